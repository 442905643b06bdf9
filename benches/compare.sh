#!/usr/bin/env bash
# CPU and wall seconds of keysieve, of git reading the same bytes, and of other scanners where they are on PATH:
# medians of some rounds in which they take turns.
#
#   benches/compare.sh KEYSIEVE FOLDER [ROUNDS]     FOLDER: a tree of source code, not under version control
set -euo pipefail
keysieve=$(realpath "$1")
folder=$(realpath "$2")
rounds=${3:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null LC_ALL=C
TIMEFORMAT='%R %U %S'

# Appends wall and CPU seconds of a command, run in a folder, to the file of its name.
timed() {
    local name=$1 place=$2
    shift 2
    { time (cd "$place" && "$@" >/dev/null 2>&1 || true); } 2>&1 |
        awk '{ printf "%.4f %.4f\n", $1, $2 + $3 }' >>"$work/$name.times"
}

# Rounds of all commands given as `NAME COMMAND...`, one a line on standard input.
compare() {
    local title=$1 place=$2 lines names=() i name
    mapfile -t lines
    rm -f "$work"/*.times
    for ((i = 0; i <= rounds; i++)); do
        for line in "${lines[@]}"; do
            read -r name command <<<"$line"
            # shellcheck disable=SC2086 # the command's words
            timed "$name" "$place" $command
        done
        # The first round fills caches.
        [ "$i" -gt 0 ] || rm -f "$work"/*.times
    done
    printf '\n%s\n' "$title"
    for line in "${lines[@]}"; do
        read -r name _ <<<"$line"
        for column in 1 2; do
            sort -n -k "$column" "$work/$name.times" | awk -v c="$column" '{ a[NR] = $c } END { print a[int((NR + 1) / 2)] }'
        done | paste -sd ' ' | awk -v n="$name" '{ printf "  %-14s wall %8.1f ms   cpu %8.1f ms\n", n, $1 * 1000, $2 * 1000 }'
    done
}

# A repository with `n` files of 50 lines, or one large file, in the index.
staged() {
    local name=$1 n=$2 lines=$3
    git init -q "$work/$name"
    (
        cd "$work/$name"
        git config user.name a
        git config user.email a@example.invalid
        git commit -q --allow-empty -m first
        for ((i = 0; i < n; i++)); do
            awk -v f="$i" -v n="$lines" 'BEGIN { for (i = 0; i < n; i++)
                printf "    if (state[%d] > limit_%d) { total += step(%d, token_of(node)); }\n", (f * 7 + i) % 1009, i % 31, i }' >"file$i.c"
        done
        git add .
    )
}

staged one 1 50
staged many 200 50
staged large 1 300000
for name in one many large; do
    compare "staged: $name" "$work/$name" <<TABLE
git git diff --cached -U0
keysieve $keysieve hook pre-commit
TABLE
done
{
    echo "keysieve $keysieve scan $folder"
    echo "one-thread taskset -c 0 $keysieve scan $folder"
    if command -v betterleaks >/dev/null; then echo "betterleaks betterleaks $folder"; fi
    if command -v kingfisher >/dev/null; then echo "kingfisher kingfisher scan $folder --turbo --no-validate --no-update-check"; fi
    if command -v gitleaks >/dev/null; then echo "gitleaks gitleaks dir $folder --no-banner"; fi
} | compare "folder of $(du -sh "$folder" | cut -f1)" /

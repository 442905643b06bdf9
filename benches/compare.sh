#!/usr/bin/env bash
# CPU and wall seconds of keysieve, of git reading the same bytes, and of other scanners where they are on PATH:
# medians of some rounds in which they take turns.
#
#   benches/compare.sh KEYSIEVE FOLDER [REPOSITORY.git] [ROUNDS]
#
# FOLDER: a tree of source code, not under version control. REPOSITORY: a bare repository that has all its objects; its
# whole history is scanned, and its newest commits are pushed.
set -euo pipefail
keysieve=$(realpath "$1")
folder=$(realpath "$2")
repository=${3:+$(realpath "$3")}
rounds=${4:-5}
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

# A server that lacks the newest `n` commits of the repository, and what a push of them is to its hook: a pack, and the
# same indexed in quarantine as receive-pack does it.
pushed() {
    local n=$1 dir="$work/push$1" old new
    new=$(git -C "$repository" rev-parse HEAD)
    old=$(git -C "$repository" rev-list --first-parent --skip="$n" -1 HEAD)
    git init -q --bare "$dir/server.git"
    git -C "$dir/server.git" fetch -q "$repository" "$old:refs/heads/main"
    printf '%s\n^%s\n' "$new" "$old" | git -C "$repository" pack-objects -q --revs --thin --stdout >"$dir/sent.pack"
    printf '%s %s refs/heads/main\n' "$old" "$new" >"$dir/line"
    cat >"$dir/receive" <<SCRIPT
#!/bin/sh
cd $dir/server.git; rm -rf \$1; mkdir -p \$1/pack
GIT_OBJECT_DIRECTORY=\$1 GIT_ALTERNATE_OBJECT_DIRECTORIES=$dir/server.git/objects \\
    exec git index-pack --stdin --fix-thin <$dir/sent.pack
SCRIPT
    cat >"$dir/hook" <<SCRIPT
#!/bin/sh
cd $dir/server.git
GIT_QUARANTINE_PATH=$dir/quarantine GIT_OBJECT_DIRECTORY=$dir/quarantine \\
    GIT_ALTERNATE_OBJECT_DIRECTORIES=$dir/server.git/objects exec $keysieve hook pre-receive <$dir/line
SCRIPT
    chmod +x "$dir/receive" "$dir/hook"
    "$dir/receive" "$dir/quarantine" >/dev/null
    compare "push of $n commits" / <<TABLE
git-index-pack $dir/receive $dir/again
keysieve $dir/hook
TABLE
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
[ -n "$repository" ] || exit 0
for n in 1 100; do
    pushed "$n"
done
{
    echo "git-cat-file git -C $repository cat-file --batch-all-objects --batch --unordered --buffer"
    echo "keysieve $keysieve scan --history $repository --format jsonl"
    if command -v betterleaks >/dev/null; then echo "betterleaks betterleaks git $repository"; fi
    if command -v gitleaks >/dev/null; then echo "gitleaks gitleaks git $repository --no-banner"; fi
    if command -v kingfisher >/dev/null; then echo "kingfisher kingfisher scan $repository --turbo --no-validate --no-update-check"; fi
} | compare "history of $(git -C "$repository" rev-list --count --all) commits" /

#!/usr/bin/env bash
# What a commit of one line costs: CPU and wall milliseconds of keysieve and of the scanners that are on PATH, each as it is
# run before a commit. Medians of some rounds in which they take turns; the first fills caches and does not count.
#
#   benches/start.sh KEYSIEVE [ROUNDS]
set -euo pipefail
keysieve=$(realpath "$1")
rounds=${2:-15}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null LC_ALL=C TIMEFORMAT='%R %U %S'
git init -q "$work/repo"
cd "$work/repo"
git config user.name a
git config user.email a@example.invalid
git commit -q --allow-empty -m first
echo 'total = step(7, state)' >line.py
git add line.py

while read -r name command; do
    command -v "${command%% *}" >/dev/null && printf '%s %s\n' "$name" "$command" >>"$work/commands"
done <<TABLE
keysieve $keysieve hook pre-commit
ripsecrets ripsecrets --strict-ignore line.py
gitleaks gitleaks git --pre-commit --staged --no-banner
betterleaks betterleaks git --staged
kingfisher kingfisher scan . --staged --no-validate --no-update-check
detect-secrets detect-secrets-hook line.py
TABLE
for ((round = 0; round <= rounds; round++)); do
    while read -r name command; do
        # shellcheck disable=SC2086 # the command's words
        { time ($command >/dev/null 2>&1 </dev/null || echo "$?" >"$work/$name.failed"); } 2>>"$work/$name.times"
        [ "$round" -gt 0 ] || rm -f "$work/$name.times"
    done <"$work/commands"
done
while read -r name _; do
    median() { awk "{ print 1000 * ($1) }" "$work/$name.times" | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
    printf '%-15s wall %7.0f ms   cpu %7.0f ms%s\n' "$name" "$(median '$1')" "$(median '$2 + $3')" \
        "$([ ! -e "$work/$name.failed" ] || echo "   exit $(cat "$work/$name.failed")")"
done <"$work/commands"

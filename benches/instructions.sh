#!/usr/bin/env bash
# Instructions that keysieve executes on fixed inputs, counted by callgrind, against limits 10 % above the figures that
# were measured when they were last set. Counts do not depend on what else the machine does.
#
#   benches/instructions.sh KEYSIEVE           checks, exits 1 where a limit is passed
#   benches/instructions.sh KEYSIEVE --print   prints limits for a build, to be copied into the table below
#
# The limits are those of `cargo build --profile quick` on x86-64 with AVX2. They change with the compiler and with
# every rule that is added: set them anew, with the reason, in the commit that needs it.
set -euo pipefail
keysieve=$(realpath "$1")
mode=${2:-check}
if ! command -v valgrind >/dev/null; then
    echo "skipped: valgrind is not installed"
    exit 0
fi
if ! grep -qw avx2 /proc/cpuinfo; then
    echo "skipped: the limits are those of processors with AVX2"
    exit 0
fi

# Input, limit in thousands of instructions.
LIMITS="
version 623
code 31220
near-misses 426287
long-line 381582
values 242478
commit 628
"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null HOME="$work" LC_ALL=C

# All inputs come from awk without chance: the same bytes everywhere.
awk 'BEGIN { for (i = 0; i < 20000; i++)
    printf "static int scan_%d(struct reader *r, const char *name)\n{\n\treturn r->next[%d] + lookup(name, %d);\n}\n", i, i % 97, i * 31 }' >code.c
awk 'BEGIN { split("github gitlab stripe slack twilio aws azure google heroku npm reply crates", n, " ")
    for (i = 0; i < 8000; i++)
        printf "%s_key: see the %s token of section %d, or the secret store of the auth service\n", n[i % 12 + 1], n[(i + 5) % 12 + 1], i }' >near.txt
awk 'BEGIN { for (i = 0; i < 40000; i++) printf "var a%d=function(key,token){return b%d.auth(key)};", i, i % 89 }' >line.js
awk 'BEGIN { for (i = 0; i < 4000; i++)
    printf "        password = get_password(user_%d)\n        config[\"token\"] = \"token-name-%d\"\n", i, i % 13 }' >values.py
git init -q repository
(
    cd repository
    echo one >file
    git add file
    git -c user.name=a -c user.email=a@example.invalid commit -qm one
    echo two >file
    git add file
)

# Runs keysieve with the arguments and prints thousands of instructions; findings and their exit code do not matter.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$keysieve" "$@" 2>&1 >/dev/null |
        awk '/Collected/ { printf "%d", $NF / 1000 }'
}

failed=0
while read -r name limit; do
    [ -n "$name" ] || continue
    case $name in
        version) n=$(count --version) ;;
        code) n=$(count scan code.c) ;;
        near-misses) n=$(count scan near.txt) ;;
        long-line) n=$(count scan line.js) ;;
        values) n=$(count scan values.py) ;;
        commit) n=$(cd repository && count hook pre-commit) ;;
    esac
    if [ -z "$n" ]; then
        echo "$name: not counted" >&2
        failed=1
    elif [ "$mode" = --print ]; then
        echo "$name $((n * 11 / 10))"
    elif [ "$n" -gt "$limit" ]; then
        echo "$name: $n thousand instructions, more than $limit" >&2
        failed=1
    else
        echo "$name: $n of $limit thousand instructions"
    fi
done <<<"$LIMITS"
exit $failed

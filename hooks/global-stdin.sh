#!/bin/sh
# keysieve @HOOK@ hook for every repository: runs the repository's own hook first.
own=$(git rev-parse --git-common-dir)/hooks/@HOOK@ || exit 1
[ -x "$own" ] || exec @KEYSIEVE@ hook @HOOK@ "$@"
input=$(cat && echo .) || exit 1
printf %s "${input%.}" | "$own" "$@" || exit $?
printf %s "${input%.}" | @KEYSIEVE@ hook @HOOK@ "$@"

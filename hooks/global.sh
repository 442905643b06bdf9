#!/bin/sh
# keysieve @HOOK@ hook for every repository: runs the repository's own hook first.
own=$(git rev-parse --git-common-dir 2>/dev/null)/hooks/@HOOK@ || exit @OUTSIDE@
if [ -x "$own" ]; then "$own" "$@" || exit $?; fi
@EXEC@

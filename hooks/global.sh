#!/bin/sh
# keysieve @HOOK@ hook for every repository: runs the repository's own hook first.
own=$(git rev-parse --git-common-dir)/hooks/@HOOK@ || exit 1
if [ -x "$own" ]; then "$own" "$@" || exit $?; fi
@EXEC@

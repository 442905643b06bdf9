#!/bin/sh
# keysieve @HOOK@ hook: `keysieve uninstall` restores what was here before.
own="${0%/*}/@HOOK@.before-keysieve"
if [ -x "$own" ]; then "$own" "$@" || exit $?; fi
exec @KEYSIEVE@ hook @HOOK@ "$@"

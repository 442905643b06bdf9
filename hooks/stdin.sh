#!/bin/sh
# keysieve @HOOK@ hook: `keysieve uninstall` restores what was here before.
own="${0%/*}/@HOOK@.before-keysieve"
if [ -x "$own" ]; then
  input=$(cat && echo .) || exit 1
  printf %s "${input%.}" | "$own" "$@" || exit $?
  printf %s "${input%.}" | @KEYSIEVE@ hook @HOOK@ "$@"; exit $?
fi
exec @KEYSIEVE@ hook @HOOK@ "$@"

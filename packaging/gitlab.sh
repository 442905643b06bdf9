#!/bin/sh
# Makes what `gitaly hooks set` takes for one repository: a tarball of custom_hooks with the hook and keysieve itself.
#   gitlab.sh OUT.tar [KEYSIEVE [SERVER.toml]]
set -eu
out=${1:?name the tarball to write}
keysieve=${2:-$(command -v keysieve)}
policy=${3:-}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

hooks=$root/custom_hooks
mkdir "$hooks"
cp -L "$keysieve" "$hooks/keysieve"
option=
if [ -n "$policy" ]; then
  cp "$policy" "$hooks/server.toml"
  option=' --config "${0%/*}/server.toml"'
fi
printf '#!/bin/sh\nexec "${0%%/*}/keysieve" hook pre-receive%s\n' "$option" >"$hooks/pre-receive"
chmod 755 "$hooks" "$hooks/keysieve" "$hooks/pre-receive"
# An empty push passes: it can run, and its policy is sound.
"$hooks/pre-receive" </dev/null
tar -cf "$out" -C "$root" custom_hooks

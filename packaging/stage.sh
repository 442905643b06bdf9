#!/bin/sh
# Lays out what an installation has below a prefix: the binary, manual pages, completions, licences.
set -eu
binary=${1:?usage: packaging/stage.sh BINARY PREFIX} prefix=${2:?usage: packaging/stage.sh BINARY PREFIX}
here=$(cd "$(dirname "$0")" && pwd)
bash=$prefix/share/bash-completion/completions zsh=$prefix/share/zsh/site-functions
fish=$prefix/share/fish/vendor_completions.d doc=$prefix/share/doc/keysieve
mkdir -p "$prefix/bin" "$bash" "$zsh" "$fish" "$doc"
# Beside it, then renamed: hooks may be running.
cp "$binary" "$prefix/bin/keysieve.new"
chmod 755 "$prefix/bin/keysieve.new"
mv "$prefix/bin/keysieve.new" "$prefix/bin/keysieve"
"$binary" man "$prefix/share/man" >/dev/null
"$binary" completions bash >"$bash/keysieve"
"$binary" completions zsh >"$zsh/_keysieve"
"$binary" completions fish >"$fish/keysieve.fish"
for file in LICENSE LICENSE-APACHE LICENSE-MIT; do
  cp "$here/../$file" "$doc/"
done

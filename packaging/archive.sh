#!/bin/sh
# The archive of a release, for cargo binstall, Homebrew and the GitHub Action: packaging/archive.sh BINARY OUT
set -eu
binary=${1:?usage: packaging/archive.sh BINARY OUT} out=${2:?usage: packaging/archive.sh BINARY OUT}
here=$(cd "$(dirname "$0")" && pwd)
version=$("$binary" --version | cut -d' ' -f2)
target=${TARGET:-$(uname -m)-unknown-linux-gnu}
name=keysieve-$version-$target
root=$(mktemp -d) && trap 'rm -rf "$root"' EXIT
"$here/stage.sh" "$binary" "$root/$name"
mkdir -p "$out"
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw \
  --mtime="@${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$out/$name.tar.gz"

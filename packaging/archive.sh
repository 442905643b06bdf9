#!/bin/sh
# The archive of a release, for cargo binstall, Homebrew and the GitHub Action: packaging/archive.sh BINARY OUT
set -eu
. "$(dirname "$0")/begin.sh"
target=${TARGET:-$(uname -m)-unknown-linux-gnu}
name=keysieve-$version-$target
"$here/stage.sh" "$binary" "$root/$name"
mkdir -p "$out"
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw \
  --mtime="@$SOURCE_DATE_EPOCH" -cf - "$name" | gzip -9n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$out/$name.tar.gz"

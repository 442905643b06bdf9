#!/bin/sh
# An npm package that carries the binary: packaging/npm.sh BINARY OUT
set -eu
. "$(dirname "$0")/begin.sh"
cpu=$(processor x64 arm64)
"$here/stage.sh" "$binary" "$root/staged"
mkdir "$root/package"
# The command is the binary itself: no script of node starts before each commit, and nothing runs at installation.
mv "$root/staged/bin" "$root/package/bin"
mv "$root/staged/share/man/man1" "$root/package/man"
mv "$root/staged/share/doc/keysieve"/LICENSE* "$root/package/"
cp "$here/../README.md" "$root/package/"
cat >"$root/package/package.json" <<TEXT
{
  "name": "keysieve",
  "version": "$version",
  "description": "Git hook that keeps secrets out of repositories",
  "license": "MIT OR Apache-2.0",
  "repository": "github:keysieve/keysieve",
  "bin": {"keysieve": "bin/keysieve"},
  "directories": {"man": "man"},
  "os": ["linux"],
  "cpu": ["$cpu"]
}
TEXT
mkdir -p "$out"
tar -C "$root" --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw \
  --mtime="@$SOURCE_DATE_EPOCH" -cf - package | gzip -9n >"$out/keysieve-$version-linux-$cpu.tgz"
echo "$out/keysieve-$version-linux-$cpu.tgz"

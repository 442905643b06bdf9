#!/bin/sh
# An npm package that carries the binary: packaging/npm.sh BINARY OUT
set -eu
binary=${1:?usage: packaging/npm.sh BINARY OUT} out=${2:?usage: packaging/npm.sh BINARY OUT}
here=$(cd "$(dirname "$0")" && pwd)
version=$("$binary" --version | cut -d' ' -f2)
case ${ARCH:-$(uname -m)} in
  x86_64) cpu=x64 ;;
  aarch64) cpu=arm64 ;;
  *) echo "error: no name for the processor ${ARCH:-$(uname -m)}; set ARCH to x86_64 or aarch64" >&2; exit 2 ;;
esac
root=$(mktemp -d) && trap 'rm -rf "$root"' EXIT
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
  --mtime="@${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}" -cf - package | gzip -9n >"$out/keysieve-$version-linux-$cpu.tgz"
echo "$out/keysieve-$version-linux-$cpu.tgz"

#!/bin/sh
# The image of packaging/Dockerfile without a daemon, for `docker load` or `skopeo copy`: packaging/image.sh BINARY OUT
set -eu
binary=${1:?usage: packaging/image.sh BINARY OUT} out=${2:?usage: packaging/image.sh BINARY OUT}
here=$(cd "$(dirname "$0")" && pwd)
version=$("$binary" --version | cut -d' ' -f2)
case ${ARCH:-$(uname -m)} in
  x86_64) arch=amd64 ;;
  aarch64) arch=arm64 ;;
  *) echo "error: no name for the processor ${ARCH:-$(uname -m)}; set ARCH to x86_64 or aarch64" >&2; exit 2 ;;
esac
epoch=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
root=$(mktemp -d) && trap 'rm -rf "$root"' EXIT
pack() { tar --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw --mtime="@$epoch" -cf - "$@"; }

mkdir -p "$root/fs/repo" "$root/image" "$out"
cp "$binary" "$root/fs/keysieve"
chmod 755 "$root/fs/keysieve"
pack -C "$root/fs" keysieve repo >"$root/image/layer.tar"
layer=$(sha256sum "$root/image/layer.tar" | cut -d' ' -f1)
cat >"$root/image/config.json" <<TEXT
{"architecture":"$arch","os":"linux","created":"$(date -u -d "@$epoch" +%Y-%m-%dT%H:%M:%SZ)",
"config":{"Entrypoint":["/keysieve"],"Cmd":["scan","."],"WorkingDir":"/repo"},
"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]}}
TEXT
printf '[{"Config":"config.json","RepoTags":["keysieve:%s"],"Layers":["layer.tar"]}]\n' "$version" >"$root/image/manifest.json"
pack -C "$root/image" config.json layer.tar manifest.json | gzip -9n >"$out/keysieve-$version-image-$arch.tar.gz"
echo "$out/keysieve-$version-image-$arch.tar.gz"

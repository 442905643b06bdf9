#!/bin/sh
# The image of packaging/Dockerfile without a daemon, for `docker load` or `skopeo copy`: packaging/image.sh BINARY OUT
set -eu
. "$(dirname "$0")/begin.sh"
arch=$(processor amd64 arm64)
pack() { tar --sort=name --owner=0 --group=0 --numeric-owner --mode=go=rX,u+rw --mtime="@$SOURCE_DATE_EPOCH" -cf - "$@"; }

mkdir -p "$root/fs/repo" "$root/image" "$out"
cp "$binary" "$root/fs/keysieve"
chmod 755 "$root/fs/keysieve"
pack -C "$root/fs" keysieve repo >"$root/image/layer.tar"
layer=$(sha256sum "$root/image/layer.tar" | cut -d' ' -f1)
cat >"$root/image/config.json" <<TEXT
{"architecture":"$arch","os":"linux","created":"$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)",
"config":{"Entrypoint":["/keysieve"],"Cmd":["scan","."],"WorkingDir":"/repo"},
"rootfs":{"type":"layers","diff_ids":["sha256:$layer"]}}
TEXT
printf '[{"Config":"config.json","RepoTags":["keysieve:%s"],"Layers":["layer.tar"]}]\n' "$version" >"$root/image/manifest.json"
pack -C "$root/image" config.json layer.tar manifest.json | gzip -9n >"$out/keysieve-$version-image-$arch.tar.gz"
echo "$out/keysieve-$version-image-$arch.tar.gz"

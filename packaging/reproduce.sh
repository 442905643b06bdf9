#!/bin/sh
# Builds the committed source in two folders and compares the binaries: packaging/reproduce.sh [PROFILE]
set -eu
profile=${1:-release}
here=$(cd "$(dirname "$0")/.." && pwd)
# What is committed now, also where something is committed meanwhile.
commit=$(git -C "$here" rev-parse HEAD)
dir=$(mktemp -d) && trap 'rm -rf "$dir"' EXIT
home=${CARGO_HOME:-$HOME/.cargo}
for name in one another/folder; do
  mkdir -p "$dir/$name"
  git -C "$here" archive "$commit" | tar -x -C "$dir/$name"
  # The flags of `.cargo/config.toml`, and no path of this machine; C sources as well.
  (
    cd "$dir/$name"
    export RUSTFLAGS="-C target-feature=+crt-static --remap-path-prefix=$dir/$name=/keysieve --remap-path-prefix=$home=/cargo"
    export CFLAGS="-ffile-prefix-map=$home=/cargo -ffile-prefix-map=$dir/$name=/keysieve"
    export SOURCE_DATE_EPOCH=0
    cargo build --quiet --locked --profile "$profile" --target-dir "$dir/$name/target" --target "$(rustc -vV | sed -n 's/^host: //p')"
  )
done
find "$dir" -path "*/$profile/keysieve" -type f -exec sha256sum {} + | tee "$dir/sums"
[ "$(cut -d' ' -f1 "$dir/sums" | sort -u | wc -l)" = 1 ] && [ "$(wc -l <"$dir/sums")" = 2 ] && echo "the same bytes"

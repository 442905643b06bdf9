#!/bin/sh
# Makes the environment in which GitHub Enterprise Server runs keysieve: a shell, keysieve and its policy. No git.
#   github-enterprise.sh OUT.tar.gz [KEYSIEVE [SERVER.toml]]
set -eu
# There chroot is, which not every PATH names.
PATH=$PATH:/usr/sbin:/sbin
out=${1:?name the tarball to write}
keysieve=${2:-$(command -v keysieve)}
policy=${3:-}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# Copies a program with the libraries that it needs; one that is linked statically needs none.
put() {
  mkdir -p "$root$(dirname "$2")"
  cp -L "$1" "$root$2"
  chmod 755 "$root$2"
  { ldd "$1" 2>/dev/null || true; } | grep -o '/[^ ]*' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
  done
}

put "$keysieve" /usr/local/bin/keysieve
put "$(command -v busybox || command -v sh)" /bin/sh
mkdir -p "$root/tmp" "$root/etc/keysieve"
if [ -n "$policy" ]; then cp "$policy" "$root/etc/keysieve/server.toml"; fi
printf '#!/bin/sh\nexec /usr/local/bin/keysieve hook pre-receive\n' >"$root/keysieve.sh"
chmod 755 "$root/keysieve.sh" "$root"
# Shown to work before it is packed: as root, in it; else as far as the program itself goes.
if [ "$(id -u)" = 0 ]; then
  chroot "$root" /bin/sh -c '/usr/local/bin/keysieve --version' >/dev/null
else
  "$keysieve" --version >/dev/null
fi
tar -czf "$out" -C "$root" .

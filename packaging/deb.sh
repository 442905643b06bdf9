#!/bin/sh
# A Debian package around a binary: packaging/deb.sh BINARY OUT
set -eu
. "$(dirname "$0")/begin.sh"
arch=$(processor amd64 arm64)

"$here/stage.sh" "$binary" "$root/usr"
doc=$root/usr/share/doc/keysieve
gzip -9n "$root"/usr/share/man/man?/*
# Debian keeps completions of vendors and licences where it says.
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
{
  printf 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\n'
  printf 'Copyright: the keysieve authors\nLicense: Expat or Apache-2.0\n\nLicense: Expat\n'
  sed 's/^$/./; s/^/ /' "$doc/LICENSE-MIT"
  printf '\nLicense: Apache-2.0\n /usr/share/common-licenses/Apache-2.0 has the text.\n'
} >"$doc/copyright"
rm "$doc"/LICENSE*
{
  printf 'keysieve (%s) unstable; urgency=medium\n\n  * CHANGELOG.md of the sources tells what is new.\n\n' "$version"
  printf ' -- keysieve <noreply@keysieve.invalid>  %s\n' "$(date -uR -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$doc/changelog.gz"
mkdir "$root/DEBIAN"
cat >"$root/DEBIAN/control" <<TEXT
Package: keysieve
Version: $version
Architecture: $arch
Maintainer: keysieve <noreply@keysieve.invalid>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Recommends: git
Section: vcs
Priority: optional
Homepage: https://github.com/keysieve/keysieve
Description: git hook that keeps secrets out of repositories
 Refuses the commit or the push that carries a credential, on a developer's
 machine and on a server. One static binary; nothing leaves the machine.
TEXT
find "$root" -type d -exec chmod 755 {} +
find "$root" -type f ! -path "$root/usr/bin/*" -exec chmod 644 {} +
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
mkdir -p "$out"
dpkg-deb --root-owner-group -Zxz --build "$root" "$out/keysieve_${version}_$arch.deb" >/dev/null
echo "$out/keysieve_${version}_$arch.deb"

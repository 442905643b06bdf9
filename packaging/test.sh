#!/usr/bin/env bash
# Makes each package from a built binary, installs it into a throw-away place, and lets it refuse a real commit:
# packaging/test.sh BINARY [archive | deb | wheel | npm | image | action | pre-commit]...
set -euo pipefail
binary=$(realpath "${1:?usage: packaging/test.sh BINARY [WHAT]...}")
shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work/home GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.invalid
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.invalid
mkdir "$HOME"
out=$work/out

fail() { echo "$what: $1" >&2; exit 1; }
# A file with a made-up token, another at each call.
secret() { "$binary" rules show github-pat | sed -n '/made-up example/,$p' | tail -n +2; }

# A new repository at $repo with something harmless in it.
new_repo() {
  repo=$work/$what-repo
  rm -rf "$repo"
  git init -q "$repo"
  echo "# A project" >"$repo/README.md"
  git -C "$repo" add . && git -C "$repo" commit -qm "start"
}

# The hooks of $repo let a harmless commit pass and refuse a secret.
refuses() {
  echo "no secret" >"$repo/a.txt"
  git -C "$repo" add . && git -C "$repo" commit -qm "no secret" || fail "a harmless commit was refused"
  secret >"$repo/config.py"
  git -C "$repo" add .
  if git -C "$repo" commit -qm "a secret" >"$work/said" 2>&1; then fail "the commit passed"; fi
  grep -q 'error\[github-pat\]' "$work/said" || fail "refused, but not for the token: $(cat "$work/said")"
}

# The same by hooks that this binary installs.
works() {
  [ "$("$1" --version)" = "$("$binary" --version)" ] || fail "another version"
  new_repo
  "$1" install --repo "$repo" >/dev/null
  refuses
}

archive() {
  local file && file=$("$here/archive.sh" "$binary" "$out")
  (cd "$out" && sha256sum -c "${file##*/}.sha256" >/dev/null)
  tar -xzf "$file" -C "$work"
  works "$work/$(basename "$file" .tar.gz)/bin/keysieve"
}

deb() {
  local file root=$work/deb && file=$("$here/deb.sh" "$binary" "$out")
  mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info"
  touch "$root/var/lib/dpkg/status"
  if [ "$(id -u)" = 0 ]; then
    dpkg --root="$root" --force-depends -i "$file" >/dev/null
    (cd "$root" && md5sum -c --quiet var/lib/dpkg/info/keysieve.md5sums) || fail "files are not as the package says"
  else
    dpkg -x "$file" "$root"
  fi
  [ -e "$root/usr/share/man/man1/keysieve-scan.1.gz" ] || fail "no manual pages"
  works "$root/usr/bin/keysieve"
}

wheel() {
  local file && file=$("$here/wheel.py" "$binary" "$out")
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install -q --no-index --disable-pip-version-check "$file"
  "$work/venv/bin/pip" show -qf keysieve
  works "$work/venv/bin/keysieve"
}

npm() {
  local file && file=$("$here/npm.sh" "$binary" "$out")
  command npm install -g --offline --no-audit --no-fund --silent --prefix "$work/npm" "$file"
  works "$work/npm/bin/keysieve"
}

# A root folder with nothing but the binary and the repository; git itself stays outside.
image() {
  local file root=$work/image && file=$("$here/image.sh" "$binary" "$out")
  mkdir -p "$work/layers" "$root"
  tar -xzf "$file" -C "$work/layers"
  tar -xf "$work/layers/layer.tar" -C "$root"
  [ "$(find "$root" -type f | wc -l)" = 1 ] || fail "more than one file"
  new_repo
  printf '#!/bin/sh\nexec env GIT_DIR=/repo/.git GIT_INDEX_FILE=/repo/.git/index chroot "%s" /keysieve hook pre-commit\n' "$root" >"$repo/.git/hooks/pre-commit"
  chmod +x "$repo/.git/hooks/pre-commit"
  mv "$repo"/.git "$repo"/* "$root/repo/"
  repo=$root/repo
  refuses
  git -C "$repo" commit -q --no-verify -m "a secret"
  if chroot "$root" /keysieve scan --history /repo >"$work/said"; then fail "the history passed"; fi
}

# The action's script, with a release that lies here.
action() {
  "$here/archive.sh" "$binary" "$out" >/dev/null
  new_repo
  local base && base=$(git -C "$repo" rev-parse HEAD)
  VERSION=$("$binary" --version | cut -d' ' -f2) KEYSIEVE_URL=file://$out GITHUB_ACTIONS=true
  GITHUB_STEP_SUMMARY=$work/summary.md SARIF=$work/keysieve.sarif
  export VERSION KEYSIEVE_URL GITHUB_ACTIONS GITHUB_STEP_SUMMARY SARIF
  (cd "$repo" && "$here/action.sh" >"$work/said") || fail "a harmless repository was refused"
  secret >"$repo/config.py"
  git -C "$repo" add . && git -C "$repo" commit -qm "a secret"
  if (cd "$repo" && BASE=$base HEAD=$(git rev-parse HEAD) "$here/action.sh" >"$work/said"); then fail "the secret passed"; fi
  grep -q '^::error file=config.py' "$work/said" || fail "no annotation: $(cat "$work/said")"
  grep -q '"github-pat"' "$SARIF" || fail "no SARIF"
  grep -q config.py "$GITHUB_STEP_SUMMARY" || fail "no summary"
  if (cd "$repo" && SHA256=$(printf '%064d' 0) "$here/action.sh" 2>"$work/said"); then fail "a wrong sum passed"; fi
  grep -q "another sum" "$work/said" || fail "a wrong sum is not told"
}

# The pre-commit framework with the ids that need no Rust; the framework comes from PyPI.
pre-commit() {
  mkdir -p "$work/path"
  cp "$binary" "$work/path/keysieve"
  python3 -m venv "$work/framework"
  "$work/framework/bin/pip" install -q --disable-pip-version-check pre-commit
  git clone -q "$here/.." "$work/hooks"
  cp "$here/../.pre-commit-hooks.yaml" "$work/hooks/"
  new_repo
  cat >"$repo/.pre-commit-config.yaml" <<TEXT
repos:
  - repo: $work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks: [{id: keysieve-system}]
TEXT
  export PATH=$work/path:$PATH
  (cd "$repo" && "$work/framework/bin/pre-commit" install >/dev/null)
  refuses
}

[ $# -gt 0 ] || set -- archive deb wheel npm image action pre-commit
for what in "$@"; do
  ("$what")
  echo "$what: made, installed, refused a commit"
done
echo "$# passed, 0 failed"

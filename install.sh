#!/bin/sh
# Builds keysieve, puts it on your PATH and shows that it works. `./install.sh --help` lists the options.
set -eu

usage() {
  cat <<'TEXT'
./install.sh [--prefix DIR] [--repo DIR | --global | --server BARE_DIR]
./install.sh --uninstall [--prefix DIR] [--repo DIR | --global | --server BARE_DIR]

  --prefix DIR   the binary goes to DIR/bin, manual pages and completions to DIR/share (default: ~/.local, no root needed)
  --repo DIR     also install the hooks in this repository
  --global       also install the hooks for every repository of this user
  --server DIR   also install the pre-receive hook in this bare repository
  --uninstall    take out the hooks that are named, or else the binary
TEXT
}

prefix=${PREFIX:-$HOME/.local} place= action=install
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=${2:?--prefix needs a folder}; shift 2 ;;
    --repo | --server) place="$1 $2"; where=$1 dir=${2:?$1 needs a folder}; shift 2 ;;
    --global) place=--global where=--global dir=; shift ;;
    --uninstall) action=uninstall; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "error: unknown option $1" >&2; usage >&2; exit 2 ;;
  esac
done
start=$PWD
case $prefix in /*) ;; *) prefix=$start/$prefix ;; esac
bin=$prefix/bin/keysieve

if [ $action = uninstall ]; then
  [ -n "$place" ] && { "$bin" uninstall $where ${dir:+"$dir"}; exit; }
  share=$prefix/share
  rm -f "$share/man/man1/keysieve"*.1 "$share/man/man5/keysieve.toml.5" "$share/fish/vendor_completions.d/keysieve.fish" \
    "$share/bash-completion/completions/keysieve" "$share/zsh/site-functions/_keysieve"
  rm -rf "$share/doc/keysieve"
  rm -f "$bin" && echo "removed $bin (hooks that call it would refuse: uninstall those first)"
  exit
fi

missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing
  $1: $2"; }
need git "https://git-scm.com/downloads, or apt install git / dnf install git / brew install git"
need cargo "https://rustup.rs"
need cc "a C compiler: apt install gcc / dnf install gcc / xcode-select --install"
[ -z "$missing" ] || { printf 'error: keysieve needs what is missing here:%s\n' "$missing" >&2; exit 2; }

cd "$(dirname "$0")"
cargo build --release --locked --bin keysieve
packaging/stage.sh "${CARGO_TARGET_DIR:-target}/release/keysieve" "$prefix"
case ":$PATH:" in
  *":$prefix/bin:"*) echo "installed $bin" ;;
  *) echo "installed $bin; put it on your PATH: export PATH=\"$prefix/bin:\$PATH\"" ;;
esac

# The main job, for real: a throw-away repository, a made-up token, a commit.
demo=$(mktemp -d) && trap 'rm -rf "$demo"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=demo GIT_AUTHOR_EMAIL=demo@example.invalid
export GIT_COMMITTER_NAME=demo GIT_COMMITTER_EMAIL=demo@example.invalid
git init -q "$demo"
"$bin" install --repo "$demo" >/dev/null
"$bin" rules show github-pat | sed -n '/made-up example/,$p' | tail -n +2 >"$demo/config.py"
git -C "$demo" add config.py
echo "--- git commit, with a made-up token:"
if git -C "$demo" commit -qm "a secret"; then echo "error: the commit passed" >&2; exit 1; fi
echo "--- refused. git commit, without it:"
echo 'token = os.environ["GITHUB_TOKEN"]' >"$demo/config.py"
git -C "$demo" add config.py
git -C "$demo" commit -qm "no secret" && echo "--- passed: keysieve works."

unset GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
cd "$start"
[ -z "$place" ] || "$bin" install $where ${dir:+"$dir"}

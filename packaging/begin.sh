# What every package begins with, for the scripts beside it: `. "$(dirname "$0")/begin.sh"` after `set -eu`, with BINARY and OUT as
# arguments. Sets binary, out, here, version, and root, a folder that goes when the script ends.
binary=${1:?usage: $0 BINARY OUT} out=${2:?usage: $0 BINARY OUT}
here=$(cd "$(dirname "$0")" && pwd)
version=$("$binary" --version | cut -d' ' -f2)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
root=$(mktemp -d) && trap 'rm -rf "$root"' EXIT

# The processor by the name of a kind of package: `arch=$(processor amd64 arm64)`.
processor() {
  case ${ARCH:-$(uname -m)} in
    x86_64) echo "$1" ;;
    aarch64) echo "$2" ;;
    *) echo "error: no name for the processor ${ARCH:-$(uname -m)}; set ARCH to x86_64 or aarch64" >&2; exit 2 ;;
  esac
}

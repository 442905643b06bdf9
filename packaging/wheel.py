#!/usr/bin/env python3
"""A wheel that carries the binary: packaging/wheel.py BINARY OUT"""

import base64
import hashlib
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
METADATA = """Metadata-Version: 2.1
Name: keysieve
Version: {version}
Summary: Git hook that keeps secrets out of repositories
Home-page: https://github.com/keysieve/keysieve
License: MIT OR Apache-2.0
Requires-Python: >=3.7
Description-Content-Type: text/markdown

"""


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def main(binary, out):
    version = subprocess.check_output([binary, "--version"], text=True).split()[1]
    machine = os.environ.get("ARCH", platform.machine())
    # A static binary needs no library of the system, glibc's or musl's.
    tag = f"py3-none-manylinux2014_{machine}.musllinux_1_1_{machine}"
    info, data = f"keysieve-{version}.dist-info", f"keysieve-{version}.data"
    files = {}
    with tempfile.TemporaryDirectory() as staged:
        subprocess.run([HERE / "stage.sh", binary, staged], check=True)
        staged = pathlib.Path(staged)
        files[f"{data}/scripts/keysieve"] = (staged / "bin/keysieve").read_bytes()
        for path in sorted((staged / "share").rglob("*")):
            if path.is_file() and "doc" not in path.parts:
                files[f"{data}/data/{path.relative_to(staged)}"] = path.read_bytes()
        for path in sorted((staged / "share/doc/keysieve").iterdir()):
            files[f"{info}/licenses/{path.name}"] = path.read_bytes()
    readme = (HERE.parent / "README.md").read_text()
    files[f"{info}/METADATA"] = (METADATA.format(version=version) + readme).encode()
    files[f"{info}/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: keysieve\nRoot-Is-Purelib: false\n"
        + "".join(f"Tag: py3-none-{one}\n" for one in tag.removeprefix("py3-none-").split("."))
    ).encode()
    rows = [f"{name},sha256={digest(body)},{len(body)}\n" for name, body in files.items()]
    files[f"{info}/RECORD"] = ("".join(rows) + f"{info}/RECORD,,\n").encode()
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or subprocess.check_output(
        ["git", "-C", HERE, "log", "-1", "--format=%ct"], text=True
    )
    when = time.gmtime(int(epoch))[:6]
    out = pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    wheel = out / f"keysieve-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, body in files.items():
            entry = zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            mode = 0o755 if "/scripts/" in name else 0o644
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, body)
    print(wheel)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: packaging/wheel.py BINARY OUT")
    main(sys.argv[1], sys.argv[2])

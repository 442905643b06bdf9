#!/usr/bin/env python3
"""Many pushers at once, over smart HTTP on loopback, for a bounded time: a ledger of what was pushed is compared with the refs.

    tests/load/run.py KEYSIEVE [--seconds 120] [--pushers 64] [--gitleaks FILE] [--betterleaks FILE]
    tests/load/run.py KEYSIEVE --soak --seconds 600 --pushers 8

One table: with no hook, with keysieve, and with the hooks of other scanners that are named. Half of the pushers share one
repository, the others have one each; every third push has a key. With `--soak` keysieve alone, and a row a minute: memory
and descriptors of its processes, and what lies about in the repositories. It ends by itself and talks to 127.0.0.1 only."""

import argparse
import base64
import http.server
import os
import pathlib
import resource
import secrets
import shutil
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import zlib

TABLE = (
    "| hook | pushes | a second | hook p50 | p95 | p99 | memory | dirty let in | clean refused | refs unlike the ledger | left over |\n"
    + "| --- " * 11
    + "|"
)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def token():
    """A token of a well-known form, made here: its check value is the CRC of its random part."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(30))
    n, check = zlib.crc32(body.encode()), ""
    while n:
        n, rest = divmod(n, 62)
        check = ALPHABET[rest] + check
    return "gh" + "p_" + body + check.rjust(6, "0")


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 256


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        out = b""
        while size := int(self.rfile.readline(), 16):
            out += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return out

    def answer(self):
        body = self.body()
        path, _, query = self.path.partition("?")
        env = dict(
            self.server.env, GIT_PROJECT_ROOT=self.server.root, GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path, QUERY_STRING=query,
            REQUEST_METHOD=self.command, REMOTE_USER="load", REMOTE_ADDR="127.0.0.1",
            CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)),
            HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""),
            HTTP_GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
        )
        done = subprocess.run(["git", "http-backend"], input=body, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode("latin1").split("\r\n") if ": " in line]
        status = next((value for name, value in lines if name == "Status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in lines:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer


def git(folder, *args, env, check=True, **more):
    done = subprocess.run(["git", *args], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
    if check and done.returncode:
        sys.exit(f"git {args}: {done.stdout.decode(errors='replace')}")
    return done


def hook(command, times, soak):
    """A hook that notes the time, its milliseconds, the most memory of what it ran, and with `soak` its descriptors."""
    return f"""#!{sys.executable}
import os, resource, subprocess, sys, time
start = time.monotonic()
child = subprocess.Popen({command!r}, shell=True)
most = 0
while {soak} and child.poll() is None:
    try:
        most = max(most, len(os.listdir(f"/proc/{{child.pid}}/fd")))
    except OSError:
        pass
    time.sleep(0.002)
code = child.wait()
ms = (time.monotonic() - start) * 1000
kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
fd = os.open({str(times)!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
os.write(fd, f"{{start:.1f}} {{ms:.1f}} {{kib}} {{most}}\\n".encode())
sys.exit(code)
"""


def left_over(root):
    """What a push leaves in a repository only where it was cut short: quarantines, unfinished packs, locks."""
    names = ("incoming-*", "tmp_objdir-*", "tmp_*", "*.lock")
    return len({path for name in names for path in pathlib.Path(root).rglob(name)})


def soak_row(minute, root, times, start):
    """One minute of a soak."""
    since = start + 60 * minute
    rows = [line.split() for line in times.read_text().splitlines()] if times.exists() else []
    rows = [row for row in rows if since <= float(row[0]) < since + 60]
    ms = sorted(float(row[1]) for row in rows)
    kib = sorted(int(row[2]) for row in rows)
    size = sum(path.stat().st_size for path in pathlib.Path(root).rglob("*") if path.is_file())
    if rows:
        print(
            f"| {minute + 1} | {len(rows)} | {ms[len(ms) // 2]:.0f} ms | {kib[len(kib) // 2] / 1024:.1f} MB | {kib[-1] / 1024:.1f} MB | "
            f"{max(int(row[3]) for row in rows)} | {len(os.listdir('/proc/self/fd'))} | {left_over(root)} | {size // 1_000_000} MB |",
            flush=True,
        )


def pusher(number, address, folder, env, end, ledger, lock):
    shared = number % 2 == 0
    name = "shared" if shared else f"own{number}"
    url = f"{address}/{name}.git"
    work = folder / f"work{number}"
    git(folder, "init", "-q", "-b", "main", str(work), env=env)
    git(work, "commit", "-q", "--allow-empty", "-m", "what all begin with", env=env)
    n = 0
    while time.monotonic() < end:
        n += 1
        dirty = (n + number) % 3 == 0
        branch = f"p{number}-{n}"
        lines = "".join(f"line {number} {n} {i}\n" for i in range(50))
        (work / f"f{n}.py").write_text(lines + (f'token = "{token()}"\n' if dirty else ""))
        git(work, "checkout", "-q", "-B", branch, env=env)
        git(work, "add", "-A", env=env)
        git(work, "commit", "-q", "--no-verify", "-m", f"change {n}", env=env)
        tip = git(work, "rev-parse", "HEAD", env=env).stdout.decode().strip()
        start = time.monotonic()
        done = git(work, "push", "-q", url, branch, env=env, check=False)
        with lock:
            ledger.append((name, branch, tip, dirty, done.returncode == 0, time.monotonic() - start, b"declined" in done.stdout))
        if dirty:
            git(work, "reset", "-q", "--hard", "HEAD~1", env=env, check=False)


def run(label, command, options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="load-", dir=options.folder))
    env = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C",
        "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
    }
    root, times = folder / "root", folder / "times"
    names = ["shared"] + [f"own{i}" for i in range(1, options.pushers, 2)]
    for name in names:
        bare = root / f"{name}.git"
        git(folder, "init", "-q", "--bare", str(bare), env=env)
        git(bare, "config", "http.receivepack", "true", env=env)
        if command:
            file = bare / "hooks" / "pre-receive"
            file.write_text(hook(command, times, options.soak))
            file.chmod(0o755)
    server = Server(("127.0.0.1", 0), Handler)
    server.root, server.env = str(root), env
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ledger, lock = [], threading.Lock()
    start = time.monotonic()
    end = start + options.seconds
    address = f"http://127.0.0.1:{server.server_address[1]}"
    threads = [
        threading.Thread(target=pusher, args=(i, address, folder, env, end, ledger, lock)) for i in range(options.pushers)
    ]
    for thread in threads:
        thread.start()
    minute = 0
    while options.soak and (time.sleep(0.5) or time.monotonic() < end):
        if time.monotonic() >= start + 60 * (minute + 1) + 2:
            soak_row(minute, root, times, start)
            minute += 1
    for thread in threads:
        thread.join()
    if options.soak:
        soak_row(minute, root, times, start)
        print(TABLE)
    took = time.monotonic() - start
    server.shutdown()
    refs = {}
    for name in names:
        text = git(root / f"{name}.git", "for-each-ref", "--format=%(refname:short) %(objectname)", env=env).stdout.decode()
        refs.update({(name, line.split()[0]): line.split()[1] for line in text.splitlines()})
    expected = {(name, branch): tip for name, branch, tip, _, ok, _, _ in ledger if ok}
    wrong = {
        "dirty in": sum(dirty and ok for _, _, _, dirty, ok, _, _ in ledger),
        "clean out": sum(not dirty and not ok for _, _, _, dirty, ok, _, _ in ledger),
        "refs": sum(refs.get(key) != expected.get(key) for key in refs.keys() | expected.keys()),
        "left": left_over(root),
    }
    measured = [line.split() for line in times.read_text().splitlines()] if times.exists() else []
    ms = sorted(float(row[1]) for row in measured)
    at = lambda part: f"{ms[min(len(ms) - 1, int(len(ms) * part))]:.0f} ms" if ms else "-"
    peak = f"{max(int(row[2]) for row in measured) // 1024} MB" if measured else "-"
    n_dirty = sum(dirty for _, _, _, dirty, _, _, _ in ledger)
    print(
        f"| {label} | {len(ledger)} | {len(ledger) / took:.1f} | {at(.5)} | {at(.95)} | {at(.99)} | {peak} | "
        f"{wrong['dirty in']} of {n_dirty} | {wrong['clean out']} of {len(ledger) - n_dirty} | {wrong['refs']} | {wrong['left']} |",
        flush=True,
    )
    shutil.rmtree(folder)
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("keysieve")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--pushers", type=int, default=64)
    parser.add_argument("--gitleaks")
    parser.add_argument("--betterleaks")
    parser.add_argument("--folder", help="where repositories are made")
    parser.add_argument("--soak", action="store_true", help="keysieve alone, a row a minute")
    options = parser.parse_args()
    keysieve = f"exec '{options.keysieve}' hook pre-receive"
    if options.soak:
        print("| minute | pushes | hook p50 | memory p50 | most | descriptors | those of the server | in flight | repositories |")
        print("| --- " * 9 + "|", flush=True)
        ours = run("keysieve", keysieve, options)
        sys.exit(any(ours.values()))
    print(TABLE, flush=True)
    run("none", None, options)
    ours = run("keysieve", keysieve, options)
    if options.betterleaks:
        run("betterleaks", f"exec '{options.betterleaks}' git --pre-receive --no-banner", options)
    if options.gitleaks:
        # It has no such mode: what its users write.
        each = 'code=0; while read old new ref; do '
        each += f"'{options.gitleaks}' git --no-banner --log-opts=\"$new --not --all\" . || code=1; done; exit $code"
        run("gitleaks", each, options)
    sys.exit(any(ours.values()))


main()

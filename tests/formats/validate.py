#!/usr/bin/env python3
"""Reports against the schemas of those who read them.

tests/formats/validate.py KEYSIEVE [--sarif SCHEMA] [--gitlab SCHEMA]

SCHEMA is a file: `sarif-schema-2.1.0.json` of OASIS, `secret-detection-report-format.json` 15.2.1 of GitLab. Our own json and
jsonl are always checked against docs/schema/. Needs the package jsonschema.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]


def example(keysieve, rule):
    told = subprocess.check_output([keysieve, "rules", "show", rule], text=True)
    return "\n".join(line[2:] for line in told.split("made-up example:\n")[1].splitlines()) + "\n"


def git(repo, *args):
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.invalid", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", repo, *identity, *args], check=True)


def make(keysieve, repo):
    """A history and a work tree in which everything that a report can tell happens at least once."""
    git(repo, "init", "-q", "-b", "main")
    token = example(keysieve, "github-pat")
    files = {
        "plain.py": token,
        "again/copy.py": token,
        "with space/ünïcode & <b>.txt": example(keysieve, "gitlab-pat"),
        "allowed.py": example(keysieve, "npm-access-token").rstrip("\n") + "  # keysieve:allow made up\n",
        "key.pem": example(keysieve, "private-key"),
        "warns.py": 'password = "hunter2"\n',
        "broken.zip": "PK\x03\x04 not a zip",
        "empty": "",
    }
    for name, text in files.items():
        path = repo / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "in a message too: " + example(keysieve, "gitlab-pat"))
    git(repo, "tag", "-am", token, "v1")
    (repo / "staged.py").write_text(example(keysieve, "github-pat"))
    git(repo, "add", ".")


def check(name, document, schema):
    errors = list(jsonschema.validators.validator_for(schema)(schema).iter_errors(document))
    for error in errors[:10]:
        print(f"{name}: {error.json_path}: {error.message[:300]}")
    return len(errors)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("keysieve")
    parser.add_argument("--sarif")
    parser.add_argument("--gitlab")
    args = parser.parse_args()
    keysieve = pathlib.Path(args.keysieve).resolve()
    schemas = {
        "json": ROOT / "docs/schema/json-1.schema.json",
        "jsonl": ROOT / "docs/schema/jsonl-1.schema.json",
        "sarif": args.sarif,
        "gitlab": args.gitlab,
    }
    schemas = {name: json.loads(pathlib.Path(path).read_text()) for name, path in schemas.items() if path}
    targets = {
        "files": ["."],
        "staged": ["--staged"],
        "tracked": ["--all-files"],
        "history": ["--history"],
        "nothing": ["empty"],
    }
    passed = failed = 0
    with tempfile.TemporaryDirectory() as work:
        repo = pathlib.Path(work) / "repo"
        repo.mkdir()
        make(keysieve, repo)
        for format_, schema in schemas.items():
            for target, words in targets.items():
                for more in ([], ["--show-suppressed"]):
                    command = [keysieve, "scan", *words, *more, "--format", format_]
                    run = subprocess.run(command, cwd=repo, capture_output=True, text=True)
                    assert run.returncode in (0, 1, 2) and run.stdout.strip() or target == "nothing", run.stderr
                    documents = run.stdout.splitlines() if format_ == "jsonl" else [run.stdout]
                    errors = sum(check(f"{format_} of {target}", json.loads(d), schema) for d in documents)
                    passed, failed = passed + (not errors), failed + bool(errors)
    print(f"{', '.join(schemas)}: {passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()

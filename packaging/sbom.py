#!/usr/bin/env python3
"""Writes what the binary is made of as CycloneDX 1.5, from the lock file: packaging/sbom.py [TARGET] > keysieve.cdx.json

Only what is built in counts: no tests, no build scripts' own needs. The same lock file gives the same bytes."""

import json
import pathlib
import subprocess
import sys
import tomllib

root = pathlib.Path(__file__).resolve().parent.parent
target = sys.argv[1] if len(sys.argv) > 1 else "x86_64-unknown-linux-gnu"
cargo = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
metadata = json.loads(subprocess.run(cargo, cwd=root, check=True, capture_output=True).stdout)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
lock = tomllib.loads((root / "Cargo.lock").read_text())
sums = {(p["name"], p["version"]): p.get("checksum") for p in lock["package"]}


def needs(node):
    """Packages that are linked in: dependencies of the normal kind."""
    return sorted(
        dep["pkg"] for dep in nodes[node]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"])
    )


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, kind):
    described = {
        "type": kind,
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
    }
    if package.get("description"):
        described["description"] = " ".join(package["description"].split())
    if package.get("license"):
        described["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
    if sums.get((package["name"], package["version"])):
        described["hashes"] = [{"alg": "SHA-256", "content": sums[package["name"], package["version"]]}]
    if package.get("repository"):
        described["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return described


start = metadata["resolve"]["root"]
reached, open_ = {start}, [start]
while open_:
    for dep in needs(open_.pop()):
        if dep not in reached:
            reached.add(dep)
            open_.append(dep)
by_ref = sorted(reached, key=lambda node: purl(packages[node]))
bom = {
    "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "version": 1,
    "metadata": {"component": component(packages[start], "application")},
    "components": [component(packages[node], "library") for node in by_ref if node != start],
    "dependencies": [
        {"ref": purl(packages[node]), "dependsOn": [purl(packages[dep]) for dep in needs(node)]} for node in by_ref
    ],
}
json.dump(bom, sys.stdout, indent=2)
print()

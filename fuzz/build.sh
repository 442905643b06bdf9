#!/usr/bin/env bash
# Builds every target as cargo-fuzz would, where cargo-fuzz itself is not installed: `fuzz/build.sh`, then
# `cd fuzz && target/x86_64-unknown-linux-gnu/release/seeds` and `target/…/release/scan corpus/scan -max_total_time=3600`.
set -euo pipefail
cd "$(dirname "$0")"
llvm=(-sanitizer-coverage-level=4 -sanitizer-coverage-inline-8bit-counters -sanitizer-coverage-pc-table -sanitizer-coverage-trace-compares)
export RUSTFLAGS="-Cpasses=sancov-module ${llvm[*]/#/-Cllvm-args=} --cfg fuzzing -Zsanitizer=${SANITIZER:-address}"
cargo +nightly build --release --target x86_64-unknown-linux-gnu "$@"

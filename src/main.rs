//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    keysieve::run::set_panic_hook();
    let args: Vec<std::ffi::OsString> = std::env::args_os().skip(1).collect();
    keysieve::run::main(&args)
}

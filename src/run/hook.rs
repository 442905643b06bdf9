//! hooks
use crate::cli::Hook;
use anyhow::{Result, bail};
use std::process::ExitCode;
pub(super) fn run(_hook: Hook) -> Result<ExitCode> {
    bail!("not yet")
}

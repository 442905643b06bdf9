//! Which part of a match is the value: groups of a foreign pattern by number become groups of ours by name.

use regex_syntax::hir::{Hir, HirKind};

use super::{Reader, Value};
use crate::rule::compile::SECOND_GROUPS;
use crate::rule::derive;

/// The pattern with names for the groups that hold the value.
pub(super) fn name(reader: &Reader, value: Value) -> Result<String, String> {
    let n = reader.n_groups;
    match value {
        Value::None => Ok(reader.assemble(&[])),
        Value::Whole => Ok(format!("(?<secret>{})", reader.assemble(&[]))),
        Value::Group(0) | Value::First if n == 0 => name(reader, Value::Whole),
        Value::Group(0) => name(reader, Value::First),
        Value::Group(group) => match usize::try_from(group) {
            Ok(group) if group <= n => Ok(reader.assemble(&[group])),
            _ => Err(format!("it asks for group {group} of a pattern with {n}")),
        },
        Value::First => {
            // Groups up to the first one that takes part in every match.
            for last in 1..=n.min(SECOND_GROUPS.len() + 1) {
                let groups: Vec<usize> = (1..=last).collect();
                let out = reader.assemble(&groups);
                let name = if last == 1 {
                    "secret"
                } else {
                    SECOND_GROUPS.get(last - 2).copied().unwrap_or_default()
                };
                if last == n || is_certain(&derive::parse(&out)?, name) {
                    return Ok(out);
                }
            }
            Err(format!(
                "it has {n} groups, any of which may hold the value; name one with `secretGroup`"
            ))
        }
    }
}

/// Whether a group takes part in every match and is never empty.
fn is_certain(hir: &Hir, group: &str) -> bool {
    match hir.kind() {
        HirKind::Capture(capture) if capture.name.as_deref() == Some(group) => capture
            .sub
            .properties()
            .minimum_len()
            .is_some_and(|n| n > 0),
        HirKind::Capture(capture) => is_certain(&capture.sub, group),
        HirKind::Concat(parts) => parts.iter().any(|part| is_certain(part, group)),
        HirKind::Repetition(repetition) => repetition.min > 0 && is_certain(&repetition.sub, group),
        HirKind::Empty
        | HirKind::Literal(_)
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Alternation(_) => false,
    }
}

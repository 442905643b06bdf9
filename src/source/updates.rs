//! The lines that git writes to `pre-receive` and `pre-push`. Names are bytes; a malformed line is one clear error that does
//! not quote the line, as a ref's name may hold anything.

use anyhow::{Context as _, Result, bail};
use git2::{ObjectFormat, Oid};

use crate::source::object::{is_zero, parse_oid};

/// One line of `pre-receive`: `old new ref`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// All zeros: the ref is new.
    pub old: Oid,
    /// All zeros: the ref is deleted.
    pub new: Oid,
    pub name: Vec<u8>,
}

impl RefUpdate {
    #[must_use]
    pub fn is_deletion(&self) -> bool {
        is_zero(self.new)
    }

    #[must_use]
    pub fn is_creation(&self) -> bool {
        is_zero(self.old)
    }
}

/// One line of `pre-push`: `local-ref local-id remote-ref remote-id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRef {
    /// `(delete)` where the remote ref is deleted.
    pub local: Vec<u8>,
    pub new: Oid,
    pub remote: Vec<u8>,
    /// What the remote has, which need not be known here; all zeros where the ref is new there.
    pub old: Oid,
}

/// Parses what `pre-receive` gets. Empty input is an empty push.
pub fn parse_updates(input: &[u8], format: ObjectFormat) -> Result<Vec<RefUpdate>> {
    lines(input)
        .map(|(number, line)| {
            update(line, format).with_context(|| {
                format!("line {number} of standard input is not `<old> <new> <ref>`")
            })
        })
        .collect()
}

/// Parses what `pre-push` gets.
pub fn parse_outgoing(input: &[u8], format: ObjectFormat) -> Result<Vec<OutgoingRef>> {
    lines(input)
        .map(|(number, line)| {
            outgoing(line, format).with_context(|| {
                format!(
                    "line {number} of standard input is not `<local ref> <local id> <remote ref> <remote id>`"
                )
            })
        })
        .collect()
}

fn lines(input: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    input
        .strip_suffix(b"\n")
        .or((!input.is_empty()).then_some(input))
        .into_iter()
        .flat_map(|text| text.split(|&byte| byte == b'\n'))
        .enumerate()
        .map(|(i, line)| (i + 1, line))
}

fn update(line: &[u8], format: ObjectFormat) -> Result<RefUpdate> {
    let mut parts = line.splitn(3, |&byte| byte == b' ');
    let (Some(old), Some(new), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
        bail!("three fields are needed");
    };
    if name.is_empty() || name.contains(&0) {
        bail!("the ref has no name");
    }
    Ok(RefUpdate {
        old: parse_oid(old, format).context("the first field")?,
        new: parse_oid(new, format).context("the second field")?,
        name: name.to_vec(),
    })
}

fn outgoing(line: &[u8], format: ObjectFormat) -> Result<OutgoingRef> {
    // The local side may be any expression (`HEAD~2`, `@{-1}`), also one with blanks: the last three fields are certain.
    let mut parts = line.rsplitn(4, |&byte| byte == b' ');
    let (Some(old), Some(remote), Some(new), Some(local)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        bail!("four fields are needed");
    };
    Ok(OutgoingRef {
        local: local.to_vec(),
        new: parse_oid(new, format).context("the second field")?,
        remote: remote.to_vec(),
        old: parse_oid(old, format).context("the fourth field")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "1111111111111111111111111111111111111111";
    const ZERO: &str = "0000000000000000000000000000000000000000";

    #[test]
    fn empty_input_is_an_empty_push() {
        assert_eq!(parse_updates(b"", ObjectFormat::Sha1).unwrap(), []);
        assert_eq!(parse_outgoing(b"", ObjectFormat::Sha1).unwrap(), []);
    }

    #[test]
    fn names_are_bytes_and_may_hold_blanks_and_quotes() {
        let line = [
            format!("{ZERO} {A} refs/heads/").as_bytes(),
            b"\xff$(x);\"`\n",
        ]
        .concat();
        let updates = parse_updates(&line, ObjectFormat::Sha1).unwrap();
        assert!(updates[0].is_creation() && !updates[0].is_deletion());
        assert_eq!(updates[0].name, b"refs/heads/\xff$(x);\"`");
    }

    #[test]
    fn malformed_lines_are_errors_that_name_the_line_only() {
        for bad in [
            "x\n".to_owned(),
            "\n".to_owned(),
            format!("{A} {A}\n"),
            format!("{A} {A} \n"),
            format!("{A}  {A} refs/heads/x\n"),
            format!("{A}0 {A} refs/heads/x\n"),
            format!("{A} {A} refs/heads/x\n\n"),
            format!("{A} {A} refs/heads/x\nsecret-name\n"),
        ] {
            let error = format!(
                "{:#}",
                parse_updates(bad.as_bytes(), ObjectFormat::Sha1).unwrap_err()
            );
            assert!(error.contains("of standard input"), "{error}");
            assert!(!error.contains("secret-name"));
        }
        assert!(parse_updates(format!("{A} {A} r\n").as_bytes(), ObjectFormat::Sha256).is_err());
    }

    #[test]
    fn a_last_line_without_its_end_is_read() {
        assert_eq!(
            parse_updates(format!("{A} {A} r").as_bytes(), ObjectFormat::Sha1)
                .unwrap()
                .len(),
            1
        );
    }

    #[test]
    fn a_deletion_in_pre_push_is_read() {
        let line = format!("(delete) {ZERO} refs/heads/x {A}\n");
        let outgoing = parse_outgoing(line.as_bytes(), ObjectFormat::Sha1).unwrap();
        assert!(is_zero(outgoing[0].new));
        assert_eq!(outgoing[0].local, b"(delete)");
    }
}

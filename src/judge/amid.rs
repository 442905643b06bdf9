//! A provider's name amid letters that mean nothing: four of them in a row stand somewhere in any long base64.

use super::{Candidate, reads_as_words};

/// The shortest run that is no identifier, in bytes.
const LEAST: usize = 40;
/// How far before the match the run is followed: what decides over a match is no farther.
const FARTHEST: usize = 60;

/// Whether the match begins within a run of digits of base64 that does not read as words and ends before the value: the name
/// was found in a signature or a key, and names nothing.
pub(super) fn begins_in_noise(candidate: &Candidate<'_>) -> bool {
    let Candidate {
        bytes,
        start,
        value_start,
        ..
    } = *candidate;
    let is_digit = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'+');
    let before = bytes.get(start.saturating_sub(FARTHEST)..start);
    let n_before = before.map_or(0, |before| before.iter().rev().take_while(is_digit).count());
    // A match may begin with what stands before the name.
    let lead = bytes.get(start..value_start).unwrap_or_default();
    let first = lead.iter().position(|b| is_digit(&b)).unwrap_or(0);
    let n_behind = lead.iter().skip(first).take_while(is_digit).count();
    let from = if first == 0 {
        start - n_before
    } else {
        start + first
    };
    let run = bytes.get(from..start + first + n_behind);
    run.is_some_and(|run| run.len() >= LEAST && run.split(|b| b"/+".contains(b)).any(is_noise))
}

/// Whether a part is long and of letters of both cases and digits that are no words: parts of a path are not.
fn is_noise(part: &[u8]) -> bool {
    const LEAST: usize = 20;
    part.len() >= LEAST
        && part.iter().any(u8::is_ascii_digit)
        && part.iter().any(u8::is_ascii_uppercase)
        && part.iter().any(u8::is_ascii_lowercase)
        && !reads_as_words(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::{Seed, expand};

    #[test]
    fn names_are_told_from_base64_that_holds_their_letters() {
        let mut seed = Seed::new(5);
        let mut told = |before: &str, lead: &str| {
            let before = expand(before, &mut seed).unwrap();
            let lead = expand(lead, &mut seed).unwrap();
            let bytes = format!("{before}{lead}value");
            begins_in_noise(&Candidate {
                bytes: bytes.as_bytes(),
                start: before.len(),
                value: b"value",
                value_start: before.len() + lead.len(),
            })
        };
        for (before, lead) in [
            (" {base62:23}/{base62:30}D1", "kEen{base62:12}\n "),
            ("{base62:44}a1+", "ACME\n "),
            ("", "ACMEa1{base62:10}/{base62:40}\n "),
        ] {
            assert!(told(before, lead), "{before} {lead}");
        }
        for (before, lead) in [
            ("const ", "acmeApiKey = \""),
            ("MY_VERY_LONG_NAME_OF_A_VARIABLE_OF_THE_", "ACME_API_KEY="),
            ("theVeryLongNameOfOneVariableOfTheService", "AcmeApiKey: \""),
            ("x = {base62:50}; ", "acme = '"),
            (
                "https://example.com/a/long/path/to/something/of/",
                "acme?key=",
            ),
        ] {
            assert!(!told(before, lead), "{before} {lead}");
        }
    }
}

//! Proof and disproof of one match: check values, structure, entropy, placeholders, what stands near. Pure; it knows
//! the content only as bytes. Says how sure a match is, or that it is none.

mod amid;
mod call;
mod own_name;
mod unmarked;

pub use unmarked::unmarked;

use crate::check::Proof;
use crate::finding::{Confidence, Evidence, Severity};
use crate::generic;
use crate::known;
use crate::rule::{Detect, Rule};

/// Words one of which must stand with a provider's name for its unmarked values.
const LABELS: &[&str] = &[
    // Longer ones first: each is taken whole.
    "authorization",
    "authentication",
    "credential",
    "passphrase",
    "password",
    "passcode",
    "passwd",
    "key",
    "token",
    "secret",
    "auth",
    "pass",
    "pwd",
    "cred",
    "api",
    "access",
    "bearer",
    "private",
    "sid",
    "webhook",
    "signing",
    "client",
    "jwt",
    "license",
    "pat",
    "login",
    // A call that hands the key over: `service.init("…")`.
    "initialize",
    "init",
];

/// Entropy below which a value of a wrong structure is a placeholder rather than an edited token, bits a byte.
const EDITED_ENTROPY: f32 = 3.0;

/// What judgement says of a match that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub confidence: Confidence,
    pub severity: Severity,
    pub evidence: Vec<Evidence>,
}

/// A match to be judged: the content, the whole match and the value in it, as byte offsets.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'c> {
    pub bytes: &'c [u8],
    pub start: usize,
    pub value: &'c [u8],
    pub value_start: usize,
}

/// Judges a match of `rule`; `None` where it does not count.
#[must_use]
pub fn judge(rule: &Rule, candidate: &Candidate<'_>) -> Option<Judgement> {
    let value = candidate.value;
    if value.is_empty() || known::is_documentation_sample(value).is_some() {
        return None;
    }
    let (proof, evidence) = prove(rule, value)?;
    let mut judgement = Judgement {
        confidence: rule.confidence,
        severity: rule.severity,
        evidence,
    };
    match proof {
        Standing::Proved => judgement.confidence = Confidence::Certain,
        // Nobody can use it as it is; a weak passphrase can be guessed.
        Standing::Sealed => judgement.confidence = Confidence::Low,
        // A sample, an edited or a cut token. It still warns, for a format may change.
        Standing::Disproved { by_sum } => {
            judgement.confidence = if by_sum || entropy(value) < EDITED_ENTROPY {
                Confidence::Low
            } else {
                rule.confidence.min(Confidence::Medium)
            };
        }
        Standing::Open => {}
    }
    if !stands_near(rule, candidate) {
        return None;
    }
    if judgement.confidence != Confidence::Certain {
        if rule.entropy.is_some_and(|least| entropy(value) < least) || !labelled(rule, candidate) {
            return None;
        }
        if matches!(rule.detect, Detect::Named { .. })
            && (reads_as_words(value)
                || is_slug(value)
                || own_name::is_something_else(candidate)
                || own_name::is_of_the_program(candidate)
                || rule.kind == "client-secret" && own_name::is_client_id(candidate)
                || amid::begins_in_noise(candidate))
        {
            return None;
        }
        if &*rule.kind == "generic" && own_name::is_public(candidate) {
            return None;
        }
        if is_style(rule, value)
            || known::looks_like_placeholder(value)
            || is_guessed_in_base64(value)
        {
            judgement.confidence = Confidence::Low;
            judgement
                .evidence
                .push(Evidence::new("looks like a placeholder"));
        }
    }
    Some(judgement)
}

enum Standing {
    Proved,
    Sealed,
    Disproved { by_sum: bool },
    Open,
}

/// Runs the rule's checks. `None` where a required one fails, or one says that the value opens nothing.
fn prove(rule: &Rule, value: &[u8]) -> Option<(Standing, Vec<Evidence>)> {
    let mut standing = Standing::Open;
    let mut evidence = Vec::new();
    if let Detect::Named { .. } = rule.detect {
        evidence.push(Evidence(
            format!("a value of its shape beside the name {}", rule.provider).into(),
        ));
    } else if !rule.prefix().is_empty() {
        evidence.push(Evidence(format!("prefix `{}`", rule.prefix()).into()));
    }
    for check in rule.checks.iter() {
        match (check.run)(value) {
            Proof::Valid(words) => {
                evidence.push(words);
                standing = Standing::Proved;
            }
            Proof::Sealed(words) => {
                evidence.push(words);
                standing = Standing::Sealed;
            }
            Proof::Harmless(_) => return None,
            Proof::Invalid => {
                if rule
                    .required
                    .iter()
                    .any(|required| required.name == check.name)
                {
                    return None;
                }
                if !matches!(standing, Standing::Proved) {
                    evidence.push(Evidence(format!("{} does not hold", check.name).into()));
                    standing = Standing::Disproved {
                        by_sum: check.is_sum,
                    };
                }
            }
            // A form that carries no check value: nothing speaks against it.
            Proof::Unknown => {}
        }
    }
    Some((standing, evidence))
}

/// Whether the rule's second pattern stands close to the value, where it has one.
fn stands_near(rule: &Rule, candidate: &Candidate<'_>) -> bool {
    let Some(near) = &rule.near else { return true };
    let within = near.within as usize;
    let from = candidate.value_start.saturating_sub(within);
    let to = (candidate.value_start + candidate.value.len() + within).min(candidate.bytes.len());
    candidate
        .bytes
        .get(from..to)
        .is_some_and(|window| near.pattern.regex().is_match(window))
}

/// Whether a word such as key or token stands in the match before the value, or before the match on its line.
fn labelled(rule: &Rule, candidate: &Candidate<'_>) -> bool {
    let Detect::Named { label: true, .. } = rule.detect else {
        return true;
    };
    let part = |from: usize, to: usize| candidate.bytes.get(from..to).unwrap_or_default();
    let between = part(candidate.start, candidate.value_start);
    if alone_with_name(between, candidate.value) {
        return true;
    }
    let before = part(candidate.start.saturating_sub(60), candidate.start);
    let on_line = before.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    let line = [on_line, between].concat();
    if call::is_constructed(rule, &line) {
        return true;
    }
    (0..line.len()).any(|at| {
        // Behind a provider's name a label may be glued to it: `datadogapikey`.
        (at >= on_line.len() || begins_word(&line, at)) && is_label(&line, at)
    })
}

fn begins_word(line: &[u8], at: usize) -> bool {
    let is =
        |at: Option<usize>, what: fn(&u8) -> bool| at.and_then(|at| line.get(at)).is_some_and(what);
    let before = at.checked_sub(1);
    !is(before, u8::is_ascii_alphabetic)
        || is(before, u8::is_ascii_lowercase) && is(Some(at), u8::is_ascii_uppercase)
}

/// Whether labels stand at `at` that no other word goes on from: `key` in `apiKeys` and `keyStore`, not in `keyboard`.
fn is_label(line: &[u8], at: usize) -> bool {
    let mut end = at;
    while let Some(label) = LABELS.iter().find(|label| {
        line.get(end..end + label.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(label.as_bytes()))
    }) {
        end += label.len();
    }
    if end == at {
        return false;
    }
    let upper = end
        .checked_sub(1)
        .and_then(|last| line.get(last))
        .is_some_and(u8::is_ascii_uppercase);
    let ends = |end: usize| {
        !line
            .get(end)
            .is_some_and(|b| b.is_ascii_lowercase() || upper && b.is_ascii_uppercase())
    };
    let mut ended = ends(end);
    for ending in [&b"id"[..], b"s"] {
        let part = line.get(end..end + ending.len());
        if part.is_some_and(|part| part.eq_ignore_ascii_case(ending)) {
            end += ending.len();
            // The `S` of `keyStore` is no ending, which the label that ends before it has said.
            ended |= ends(end);
        }
    }
    ended
}

/// Whether nothing but one word stands before a value that is too mixed to be a hash or a name: `mux: 'Q8Z…'`.
fn alone_with_name(before: &[u8], value: &[u8]) -> bool {
    const LEAST: usize = 24;
    let is_word = |b: &u8| b.is_ascii_alphanumeric();
    if !before
        .iter()
        .any(|b| matches!(b, b':' | b'=' | b'>' | b'"' | b'\'' | b'`'))
    {
        return false;
    }
    let first = before.iter().position(is_word).unwrap_or(0);
    let last = before.iter().rposition(is_word).unwrap_or(0);
    before
        .get(first..=last)
        .is_some_and(|word| word.iter().all(is_word))
        && value.len() >= LEAST
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_lowercase)
        && value.iter().any(u8::is_ascii_uppercase)
        && entropy(value) >= 4.0
}

/// Whether a value without a mark of its own is an identifier or prose: no digit in it, and the case of its letters
/// changes rarely, where that of random ones changes at every second; or it is words joined by capitals. The first of the
/// two is what `prefilter::gates` asks of whole runs.
pub(crate) fn reads_as_words(value: &[u8]) -> bool {
    let changes = value.array_windows().filter(|[a, b]| {
        a.is_ascii_alphabetic()
            && b.is_ascii_alphabetic()
            && a.is_ascii_lowercase() != b.is_ascii_lowercase()
    });
    !value.iter().any(u8::is_ascii_digit) && changes.count() * 4 < value.len()
        || is_camel_case(value)
}

/// Whether nearly all of a value is humps of three letters or more, one capital at most in each: `OAuth2TokenHandler`.
/// Of 24 random letters of both cases half are.
fn is_camel_case(value: &[u8]) -> bool {
    let (mut in_humps, mut n_humps, mut hump) = (0, 0, 0);
    for &byte in value.iter().chain(b".") {
        let goes_on = byte.is_ascii_lowercase();
        if goes_on {
            hump += 1;
        } else {
            if hump >= 3 {
                in_humps += hump;
                n_humps += 1;
            }
            hump = usize::from(byte.is_ascii_uppercase());
        }
    }
    let is_mixed = value.iter().any(u8::is_ascii_uppercase);
    is_mixed && n_humps >= 2 && in_humps >= 4 * n_humps && in_humps * 20 >= value.len() * 17
}

/// Whether a value is words and numbers with joints between them: `2024-01-15-stable-release`, `2nd-tests-of-tokens`.
/// Parts of a random value mix digits and letters.
fn is_slug(value: &[u8]) -> bool {
    let mut words = 0;
    let mut parts = 0;
    let plain = value.split(|b| b"-_.".contains(b)).all(|part| {
        let digits = part.iter().filter(|b| b.is_ascii_digit()).count();
        let capitals = part.iter().skip(1).filter(|b| b.is_ascii_uppercase());
        let shouts = part.iter().all(u8::is_ascii_uppercase);
        parts += 1;
        words += usize::from(digits == 0 && part.len() >= 3);
        let ends_in = part.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let is_of_one_case =
            capitals.clone().count() == 0 || !part.iter().any(u8::is_ascii_lowercase);
        // `2nd`, `v2`, `3x`, `oauth2` are words too.
        digits == part.len()
            || digits > 0 && part.len() <= 3
            || digits <= 2 && digits == ends_in && part.len() >= 5 && is_of_one_case
            || digits == 0 && (shouts || capitals.count() == 0)
    });
    plain && parts >= 3 && words >= 2
}

/// Whether a value is a mark with words behind it, as names of styles, of members and of parts are:
/// `md-ref-palette-primary-40`, `STS.GetFederatedIdentityOfRole`.
fn is_style(rule: &Rule, value: &[u8]) -> bool {
    const LONGEST_WORD: usize = 16;
    let prefix = rule.prefix().as_bytes();
    if prefix.is_empty() || &*rule.kind == "password" {
        return false;
    }
    let rest = value.strip_prefix(prefix).unwrap_or(value);
    let is_letters = !rest.iter().any(u8::is_ascii_digit);
    rest.len() >= LONGEST_WORD
        && is_letters
        && rest.iter().any(u8::is_ascii_lowercase)
        && reads_as_words(rest)
        || !value.iter().any(u8::is_ascii_uppercase)
            && (value.split(|b| b"-_.".contains(b))).all(|part| part.len() <= LONGEST_WORD)
            && is_slug(value)
}

/// Whether a value is base64 of what everyone guesses, as Kubernetes writes `password` and `changeme`.
fn is_guessed_in_base64(value: &[u8]) -> bool {
    known::unveil(value)
        .is_some_and(|text| known::looks_like_placeholder(&text) || generic::is_guessed(&text))
}

/// Shannon entropy of the bytes, in bits a byte (Shannon 1948).
#[must_use]
pub fn entropy(value: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for &b in value {
        if let Some(count) = counts.get_mut(usize::from(b)) {
            *count += 1;
        }
    }
    let n = value.len().max(1) as f32;
    counts
        .iter()
        .filter(|&&c| c > 0)
        .map(|&c| c as f32 / n)
        .map(|p| -p * p.log2())
        .sum()
}

#[cfg(test)]
mod tests;

//! The way past a refusal that an administrator opened: a push option with a reason, by a named user, leaving a line in
//! the audit log. No line, no way past. The log of decisions is written here too.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::hook::tell;
use crate::attribute::Hidden;
use crate::config::{Bypass, Config};
use crate::host::{Pusher, RefUpdate, push_options};
use crate::outcome::{Finding, Outcome, Stats, Status, Verdict};
use crate::policy;

/// Turns a refusal by findings into a pass where policy and pusher agree; the words to say then.
pub(super) fn consider(
    config: &Config,
    outcome: &mut Outcome,
    pusher: &Pusher,
    updates: &[RefUpdate],
) -> Option<String> {
    let bypass = config.bypass.as_ref()?;
    if outcome.verdict != Verdict::Block {
        return None;
    }
    let reason = push_options().into_iter().find_map(|option| {
        let rest = option.strip_prefix(&bypass.push_option)?;
        if rest.is_empty() {
            return Some(String::new());
        }
        rest.strip_prefix('=').map(str::to_owned)
    })?;
    let user = match permitted(bypass, pusher, &reason) {
        Ok(user) => user,
        Err(why) => {
            tell(&format!("warning: bypass refused: {why}"), pusher);
            return None;
        }
    };
    // Something that could not be examined is not known well enough to be let in.
    if outcome
        .gaps
        .iter()
        .any(|gap| policy::leaves_undecided(&config.policy, gap))
    {
        tell(
            "warning: bypass refused: not everything could be scanned",
            pusher,
        );
        return None;
    }
    let lines = audit_lines(config, outcome, pusher, updates, &user, &reason);
    if let Err(e) = append(&bypass.audit_log, &lines) {
        tell(&format!("warning: bypass refused: {e:#}"), pusher);
        return None;
    }
    outcome.verdict = Verdict::Pass;
    Some(format!(
        "warning: let in by bypass of {}; it is logged",
        ascii(&user)
    ))
}

fn permitted(bypass: &Bypass, pusher: &Pusher, reason: &str) -> Result<String, String> {
    let Some(user) = &pusher.user else {
        return Err("the host does not say who pushes".to_owned());
    };
    if !bypass.users.contains(user) {
        return Err(format!("{} may not bypass", ascii(user)));
    }
    if reason.trim().chars().count() < bypass.min_reason {
        return Err(format!(
            "the reason needs at least {} characters",
            bypass.min_reason
        ));
    }
    Ok(user.clone())
}

/// One line a place and ref, with ids and never a value.
fn audit_lines(
    config: &Config,
    outcome: &Outcome,
    pusher: &Pusher,
    updates: &[RefUpdate],
    user: &str,
    reason: &str,
) -> Vec<Value> {
    let refs = refs(updates, &outcome.findings);
    // The ref that is meant first: nothing comes with a deletion.
    let first = updates.iter().position(|update| !update.is_deletion());
    let first = |key: &str| first.and_then(|at| refs.get(at)?.get(key).cloned());
    let reason = Hidden::of(&outcome.findings).mask(reason.as_bytes());
    let blocking = outcome
        .findings
        .iter()
        .filter(|f| policy::blocks(&config.policy, f));
    let mut lines = Vec::new();
    for finding in blocking {
        for place in &finding.places {
            lines.push(json!({
                "time": jiff::Timestamp::now().to_string(),
                "event": "bypass",
                "user": user,
                "reason": String::from_utf8_lossy(&reason),
                "repository": pusher.repository,
                "ref": first("ref"),
                "old": first("old"),
                "new": first("new"),
                "refs": refs,
                "rule": finding.rule.id,
                "id": finding.id,
                "severity": finding.severity.as_str(),
                "commit": place.origin.commit().map(|commit| &commit.id),
                "path": String::from_utf8_lossy(&place.path),
                "line": place.position.line,
            }));
        }
    }
    lines
}

fn refs(updates: &[RefUpdate], findings: &[Finding]) -> Vec<Value> {
    let hidden = Hidden::of(findings);
    updates
        .iter()
        .map(|update| {
            json!({
                "ref": String::from_utf8_lossy(&hidden.mask(&update.name)),
                "old": update.old.to_string(),
                "new": update.new.to_string(),
            })
        })
        .collect()
}

/// Appends to a file of JSON Lines in one write under a lock, so that pushes at the same time never mix their lines. What a
/// machine that died in the middle left of a line is taken away first.
fn append(path: &Path, lines: &[Value]) -> Result<()> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&line.to_string());
        text.push('\n');
    }
    let write = || -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        // A log that may only be added to is left as it is.
        let (mut file, readable) = match options.clone().read(true).open(path) {
            Ok(file) => (file, true),
            Err(_) => (options.open(path)?, false),
        };
        file.lock()?;
        let before = if readable {
            whole_lines(&file)?
        } else {
            file.metadata()?.len()
        };
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.sync_data());
        if written.is_err() {
            // A full disk must not leave half a line.
            file.set_len(before)?;
        }
        written
    };
    write().with_context(|| format!("`{}` cannot be written", path.display()))
}

/// Cuts a regular file behind its last whole line, and tells its length then.
fn whole_lines(file: &File) -> std::io::Result<u64> {
    use std::os::unix::fs::FileExt as _;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Ok(0);
    }
    let mut end = metadata.len();
    let mut tail = [0; 4096];
    while end > 0 {
        let n = end.min(tail.len() as u64);
        let tail = tail.get_mut(..n as usize).unwrap_or_default();
        file.read_exact_at(tail, end - n)?;
        if let Some(at) = memchr::memrchr(b'\n', tail) {
            end = end - n + at as u64 + 1;
            break;
        }
        end -= n;
    }
    if end < metadata.len() {
        file.set_len(end)?;
    }
    Ok(end)
}

/// The line of a run that came to no verdict, where policy asks for lines.
pub(super) fn log_failure(config: &Config, pusher: &Pusher, updates: &[RefUpdate]) -> Result<()> {
    let outcome = Outcome {
        findings: Vec::new(),
        gaps: Vec::new(),
        stats: Stats::default(),
        verdict: Verdict::Undecided,
    };
    log_decision(config, &outcome, pusher, updates)
}

/// The line of a push whose time was up before it was known what it is.
pub(super) fn log_out_of_time(path: &Path, pusher: &Pusher) -> Result<()> {
    let line = json!({
        "time": jiff::Timestamp::now().to_string(),
        "event": "decision",
        "verdict": "undecided",
        "user": pusher.user,
        "repository": pusher.repository,
        "refs": [],
        "findings": [],
        "out_of_time": true,
    });
    append(path, &[line])
}

/// One line of the decision log, where policy asks for one.
pub(super) fn log_decision(
    config: &Config,
    outcome: &Outcome,
    pusher: &Pusher,
    updates: &[RefUpdate],
) -> Result<()> {
    let Some(path) = &config.decision_log else {
        return Ok(());
    };
    let findings: Vec<Value> = outcome
        .findings
        .iter()
        .map(|f| {
            json!({
                "id": f.id,
                "rule": f.rule.id,
                "severity": f.severity.as_str(),
                "confidence": f.confidence.as_str(),
                "open": f.status == Status::Open,
                "places": f.places.len(),
            })
        })
        .collect();
    let verdict = match outcome.verdict {
        Verdict::Pass => "pass",
        Verdict::Block => "block",
        Verdict::Undecided => "undecided",
    };
    let line = json!({
        "time": jiff::Timestamp::now().to_string(),
        "event": "decision",
        "verdict": verdict,
        "user": pusher.user,
        "repository": pusher.repository,
        "refs": refs(updates, &outcome.findings),
        "findings": findings,
        "not_scanned": outcome.gaps.len(),
        "commits": outcome.stats.commits,
        "bytes": outcome.stats.bytes,
        "milliseconds": u64::try_from(outcome.stats.elapsed.as_millis()).unwrap_or(u64::MAX),
    });
    append(path, &[line])
}

fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .collect()
}

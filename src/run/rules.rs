//! `rules list`, `rules show`, `rules check`.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};

use super::say;
use crate::rule::{self, Detect, Rule};
use crate::scan::{Limits, Scanner};
use crate::table::nearest;
use crate::template::{Seed, expand};

pub(super) fn list() -> Result<ExitCode> {
    let mut out = String::new();
    for rule in rule::built_in() {
        out.push_str(&format!(
            "{:<40} {:<9} {:<18} {}\n",
            rule.id,
            rule.severity.as_str(),
            rule.kind,
            rule.name
        ));
    }
    say(&out)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn show(id: &str) -> Result<ExitCode> {
    let Some(rule) = rule::find(id) else {
        let hint = nearest(id, rule::built_in().iter().map(|rule| rule.id.as_ref())).map_or_else(
            || "`keysieve rules list` lists them".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        bail!("no rule is called `{id}`; {hint}");
    };
    say(&describe(rule))?;
    Ok(ExitCode::SUCCESS)
}

fn describe(rule: &Rule) -> String {
    let mut out = format!("{}: {}\n\n", rule.id, rule.name);
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!("  {name:<12} {value}\n"));
        }
    };
    line("provider", &rule.provider);
    line("kind", &rule.kind);
    line("severity", rule.severity.as_str());
    line("confidence", rule.confidence.as_str());
    line("environment", &rule.environment);
    line("what it does", &rule.about);
    line("revoke", &rule.revoke);
    line("rotate", &rule.rotate);
    line("standards", &rule.standards().join(", "));
    match &rule.detect {
        Detect::Pattern(matcher) => line("pattern", &matcher.pattern.text()),
        Detect::Named { matcher, .. } => line("names", &matcher.literals.join(", ")),
        Detect::Path => line("found by", "the path"),
        Detect::Code => line("found by", "code of its own, see docs/detection.md"),
    }
    let checks: Vec<&str> = rule.checks.iter().map(|check| check.name).collect();
    line("checks", &checks.join(", "));
    if let Some(template) = rule.hit.first() {
        // A new value at each call, so that no example becomes a known one.
        let seed = jiff::Timestamp::now().as_nanosecond();
        let mut seed = Seed::new(seed.unsigned_abs() as u64);
        if let Ok(example) = expand(template, &mut seed) {
            out.push_str(&format!("\na made-up example:\n{}\n", indent(&example)));
        }
    }
    out
}

fn indent(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

pub(super) fn check(file: Option<&Path>) -> Result<ExitCode> {
    if let Some(file) = file {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("`{}` cannot be read", file.display()))?;
        let layer = crate::config::parse(&file.display().to_string(), &text)?;
        say(&format!(
            "{} rules in {}, no problem found\n",
            layer.rules.len(),
            file.display()
        ))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut broken = Vec::new();
    for rule in rule::built_in() {
        if let Detect::Pattern(matcher) | Detect::Named { matcher, .. } = &rule.detect
            && let Err(e) = rule::build(&matcher.pattern.text())
        {
            broken.push(format!("{}: {e}", rule.id));
        }
    }
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    say(&format!(
        "{} built-in rules, no problem found\n",
        rule::built_in().len()
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Tries each `hit` and `miss` of the rules in a configuration file, through the whole scanner.
pub(super) fn test(file: &Path) -> Result<ExitCode> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("`{}` cannot be read", file.display()))?;
    let layer = crate::config::parse(&file.display().to_string(), &text)?;
    let rules: Vec<Arc<Rule>> = layer.rules.into_iter().map(Arc::new).collect();
    if rules.is_empty() {
        bail!(
            "`{}` has no `[[rule]]`; `keysieve rules show ID` shows what one says",
            file.display()
        );
    }
    let scanner = Scanner::new(rules.clone(), layer.disable, Limits::default());
    let (mut out, mut tried, mut failed) = (String::new(), 0, 0);
    for rule in &rules {
        if rule.hit.is_empty() {
            failed += 1;
            out.push_str(&format!("{}: has no `hit` to try\n", rule.id));
        }
        let hits = rule.hit.iter().map(|template| (template, true));
        let misses = rule.miss.iter().map(|template| (template, false));
        for (template, wanted) in hits.chain(misses) {
            tried += 1;
            let word = if wanted { "hit" } else { "miss" };
            let said = match expand(template, &mut Seed::of(template)) {
                Err(e) => e,
                Ok(text) => {
                    let scanned = scanner.scan(b"", text.as_bytes());
                    let found = scanned.matches.iter().any(|m| m.rule.id == rule.id);
                    match (found, wanted) {
                        (true, true) | (false, false) => continue,
                        (false, true) => "is not found".to_owned(),
                        (true, false) => "is found".to_owned(),
                    }
                }
            };
            failed += 1;
            out.push_str(&format!("{}: {word} `{template}`: {said}\n", rule.id));
        }
    }
    out.push_str(&format!(
        "{} rules, {tried} texts tried, {failed} problems\n",
        rules.len()
    ));
    say(&out)?;
    Ok(ExitCode::from(u8::from(failed > 0)))
}

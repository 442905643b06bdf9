//! What to do about a finding: how this language reads the value from elsewhere, and how far the value has got.

use std::ops::Range;

use super::Stage;
use super::variable::variable;
use crate::outcome::{Finding, Place};

/// Bytes of a line that is shown a second time, changed.
const WIDEST_SUGGESTION: usize = 160;

/// How the file's language reads a value from its environment; `None` where that makes no sense.
pub(super) fn replacement(finding: &Finding, place: &Place) -> Option<String> {
    let name = variable(finding, place);
    let path = String::from_utf8_lossy(&place.path);
    let file = path.rsplit('/').next().unwrap_or_default();
    let extension = file.rsplit_once('.').map_or("", |(_, e)| e);
    if path.contains(".github/workflows/") {
        return Some(format!("${{{{ secrets.{name} }}}}"));
    }
    if file == ".gitlab-ci.yml"
        || file.starts_with("docker-compose")
        || file.starts_with("compose.")
    {
        return Some(format!("${{{name}}}"));
    }
    if path.contains("/templates/") && matches!(extension, "yaml" | "yml" | "tpl") {
        return Some(format!("{{{{ .Values.{} }}}}", name.to_ascii_lowercase()));
    }
    let text = match extension {
        "py" => format!("os.environ[\"{name}\"]"),
        "js" | "ts" | "jsx" | "tsx" | "mjs" | "cjs" | "vue" | "svelte" => {
            format!("process.env.{name}")
        }
        "rs" => format!("std::env::var(\"{name}\")?"),
        "go" => format!("os.Getenv(\"{name}\")"),
        "rb" => format!("ENV.fetch(\"{name}\")"),
        "java" | "kt" | "scala" | "groovy" => format!("System.getenv(\"{name}\")"),
        "cs" | "fs" | "vb" => format!("Environment.GetEnvironmentVariable(\"{name}\")"),
        "php" => format!("getenv('{name}')"),
        "ex" | "exs" => format!("System.fetch_env!(\"{name}\")"),
        "swift" => format!("ProcessInfo.processInfo.environment[\"{name}\"]"),
        "sh" | "bash" | "zsh" => format!("\"${name}\""),
        "ps1" => format!("$env:{name}"),
        "tf" | "tfvars" => format!("var.{}", name.to_ascii_lowercase()),
        "c" | "cc" | "cpp" | "h" => format!("getenv(\"{name}\")"),
        "pl" | "pm" => format!("$ENV{{{name}}}"),
        "r" | "R" => format!("Sys.getenv(\"{name}\")"),
        "lua" => format!("os.getenv(\"{name}\")"),
        "dart" => format!("Platform.environment['{name}']"),
        _ => return None,
    };
    Some(text)
}

/// The change of the displayed line that puts `code` in the value's place: a byte range of the line, quotes included.
/// `None` where the value is not the whole of a quoted literal that stands on one line.
pub(super) fn quoted_value(place: &Place) -> Option<Range<usize>> {
    let (line, mark) = &place.excerpt.mark;
    let line = place.excerpt.lines.get(*line)?;
    let plain = place.route.is_empty() && place.position.line == place.position.line_end;
    let before = line.get(..mark.start)?.chars().next_back()?;
    let after = line.get(mark.end..)?.chars().next()?;
    let quoted = before == after && matches!(before, '"' | '\'' | '`');
    (plain && quoted && line.len() <= WIDEST_SUGGESTION).then(|| mark.start - 1..mark.end + 1)
}

/// The address in the words that tell where a credential is revoked.
#[must_use]
pub fn page(revoke: &str) -> Option<&str> {
    revoke
        .split_ascii_whitespace()
        .find(|word| word.starts_with("https://"))
        .map(|word| word.trim_end_matches([',', '.', ')', ';']))
}

/// The consequence, by how far the value has got.
pub(super) fn consequence(finding: &Finding, stage: Stage) -> String {
    let revoke = &finding.rule.revoke;
    let revoke = if revoke.is_empty() {
        String::new()
    } else {
        format!(": {revoke}")
    };
    match stage {
        Stage::Index => format!("it is only in your index. Pasted elsewhere? revoke{revoke}"),
        Stage::Message => format!("it is only in this message. Pasted elsewhere? revoke{revoke}"),
        Stage::LocalCommits => {
            format!("it is in your local commits, not pushed yet. Shared elsewhere? revoke{revoke}")
        }
        Stage::Pushed => format!("it left your machine: revoke{revoke}"),
        Stage::History => format!("it is in the history, others may have it: revoke{revoke}"),
        Stage::Files => format!("if it was ever shared, revoke{revoke}"),
    }
}

//! `allow`: writes an `[[allow]]` entry into the repository's file, with everything in it kept as it is.

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::ToSpan;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::{aside, say, today};
use crate::config::{self, REPOSITORY_FILE};

/// What is allowed, and why.
pub(super) struct Entry<'e> {
    pub(super) id: &'e str,
    pub(super) reason: &'e str,
    pub(super) expires: Option<&'e str>,
    pub(super) owner: Option<&'e str>,
}

pub(super) fn run(entry: &Entry<'_>) -> Result<ExitCode> {
    say(&write(entry)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the entry; gives what to tell.
pub(super) fn write(entry: &Entry<'_>) -> Result<String> {
    let Entry {
        id,
        reason,
        expires,
        owner,
    } = *entry;
    if id.len() < 8 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        bail!("`{id}` is not a finding's id; copy it from the message that blocked you");
    }
    if reason.trim().is_empty() {
        bail!("the reason is empty; say why this value may stay");
    }
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    let root = config::repository_file(&here).unwrap_or(here);
    let path = root.join(REPOSITORY_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e).with_context(|| format!("`{}` cannot be read", path.display())),
    };
    let expires = expires.map(day).transpose()?;
    let text = with_entry(&text, id, reason.trim(), expires, owner)
        .with_context(|| path.display().to_string())?;
    config::parse(&path.display().to_string(), &text)?;
    aside::write(&path, &text)?;
    Ok(format!(
        "allowed {id} in {REPOSITORY_FILE}; commit that file too\n"
    ))
}

/// `90d` from today, or a date.
fn day(text: &str) -> Result<jiff::civil::Date> {
    let wrong = || format!("`{text}` is no expiry; write for example 90d or 2027-03-01");
    if let Some(days) = text.strip_suffix('d') {
        let days: i32 = days.parse().with_context(wrong)?;
        return today().checked_add(days.days()).with_context(wrong);
    }
    text.parse().with_context(wrong)
}

/// The text with one more entry. An entry for the same id is replaced.
fn with_entry(
    text: &str,
    id: &str,
    reason: &str,
    expires: Option<jiff::civil::Date>,
    owner: Option<&str>,
) -> Result<String> {
    let mut document: DocumentMut = text.parse().context("this is not TOML; mend it first")?;
    let mut entry = Table::new();
    entry.insert("id", value(id));
    entry.insert("reason", value(reason));
    if let Some(owner) = owner {
        entry.insert("owner", value(owner));
    }
    if let Some(day) = expires {
        entry.insert(
            "expires",
            value(
                day.to_string()
                    .parse::<toml_edit::Datetime>()
                    .context("an expiry")?,
            ),
        );
    }
    let list = document
        .entry("allow")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(list) = list.as_array_of_tables_mut() else {
        bail!("`allow` is not a list of tables; write `[[allow]]`")
    };
    list.retain(|table| table.get("id").and_then(Item::as_str) != Some(id));
    list.push(entry);
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_other_entries_are_kept() {
        let text =
            "# ours\n[policy]\nshow = 3 # few\n\n[[allow]]\nid = \"aaaaaaaa\"\nreason = \"old\"\n";
        let got = with_entry(text, "bbbbbbbb", "doc sample", None, Some("@team")).unwrap();
        assert!(got.starts_with(text), "{got}");
        assert!(
            got.contains("id = \"bbbbbbbb\"\nreason = \"doc sample\"\nowner = \"@team\"\n"),
            "{got}"
        );
        let again = with_entry(&got, "bbbbbbbb", "other", None, None).unwrap();
        assert_eq!(again.matches("bbbbbbbb").count(), 1);
    }

    #[test]
    fn expiry_is_a_number_of_days_or_a_date() {
        assert_eq!(day("2027-03-01").unwrap().to_string(), "2027-03-01");
        assert_eq!(day("1d").unwrap(), today().checked_add(1.day()).unwrap());
        assert!(day("soon").is_err());
    }
}

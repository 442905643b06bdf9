//! A call that makes a provider's client: what stands in it beside the provider's name is its key, whatever the parameter is
//! called: `new Mux("…")`, `PyHunter("…")`, `require("mux")("…")`, and behind an identifier `Flickr("…", "…")`.

use crate::rule::Rule;

/// Words of a call that makes a client, beside the provider's name.
const MAKERS: &[&str] = &[
    "client",
    "api",
    "sdk",
    "py",
    "rest",
    "http",
    "async",
    "sync",
    "auth",
    "authenticated",
    "session",
    "service",
    "wrapper",
    "connector",
    "connection",
    "authentication",
    "oauth",
    "network",
    "utils",
    "params",
    "factory",
    "impl",
    "gateway",
    "provider",
    "new",
    "make",
    "create",
    "init",
    "initialize",
    "connect",
    "configure",
    "config",
    "setup",
    "get",
    "handler",
    "instance",
    "from",
    "with",
    "subscription",
    "v1",
    "v2",
    "v3",
];

/// Arguments before the value.
const MOST: usize = 3;

/// Whether the value is an argument of a call that makes the provider's client. `line` is what stands before it on its line,
/// or since the provider's name.
pub(super) fn is_constructed(rule: &Rule, line: &[u8]) -> bool {
    let Some((head, n_before)) = before_arguments(line) else {
        return false;
    };
    let Some(call) = head.strip_suffix(b"(") else {
        // A strategy of OmniAuth: `provider :acme, "id", "…"`.
        return n_before > 1 && head.ends_with(b"provider");
    };
    let is_path = |b: &u8| b.is_ascii_alphanumeric() || b"_:.\\".contains(b);
    let name = call.iter().rposition(|b| !is_path(b)).map_or(0, |i| i + 1);
    let (before, name) = call.split_at(name);
    if name.is_empty() {
        return before.ends_with(b")") && memchr::memmem::find(before, b"require(").is_some();
    }
    if before.last().is_some_and(|b| b"$@#-".contains(b)) {
        return false;
    }
    let made = before.strip_suffix(b"new ");
    if made.is_some_and(|head| !head.last().is_some_and(u8::is_ascii_alphanumeric))
        || name.ends_with(b"::new")
        || name.ends_with(b".new")
    {
        return true;
    }
    let last = name.rsplit(|b| !b.is_ascii_alphanumeric() && *b != b'_');
    let last = last.into_iter().next().unwrap_or_default();
    // Of a lower-case function only a later argument: `acme("…")` is also how things are looked up.
    let is_type =
        last.first().is_some_and(u8::is_ascii_uppercase) && last.iter().any(u8::is_ascii_lowercase);
    let is_method = last.len() < name.len();
    (is_type || is_method || n_before > 0) && says_client(rule, last)
        || is_type && is_imported(before, last)
}

/// What stands before the arguments of the call in which the value is one, and how many come before it.
fn before_arguments(line: &[u8]) -> Option<(&[u8], usize)> {
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`');
    let (_, head) = line.split_last().filter(|(quote, _)| is_quote(quote))?;
    let mut head = head.trim_ascii_end();
    let mut n_before = 0;
    while let Some(rest) = head.strip_suffix(b",").filter(|_| n_before < MOST) {
        let rest = rest.trim_ascii_end();
        let (last, inner) = rest.split_last()?;
        let at = if is_quote(last) {
            inner.iter().rposition(|b| b == last)?
        } else {
            let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"_.:$".contains(b);
            rest.iter().rposition(|b| !is_plain(b))? + 1
        };
        head = rest.get(..at)?.trim_ascii_end();
        n_before += 1;
    }
    Some((head, n_before))
}

/// Whether a line before the call imports the class that it makes, in Python.
fn is_imported(before: &[u8], class: &[u8]) -> bool {
    let import = b" import ";
    memchr::memmem::rfind(before, import).is_some_and(|at| {
        let names = before.get(at + import.len()..).unwrap_or_default();
        let names = names.split(|&b| b == b'\n').next().unwrap_or_default();
        let mut names = names.split(|b| !b.is_ascii_alphanumeric());
        names.any(|name| name == class)
    })
}

/// Whether every word of a function's name is the provider's or one of those that make clients.
fn says_client(rule: &Rule, name: &[u8]) -> bool {
    let text = String::from_utf8_lossy(name);
    let names = rule.names().iter().map(AsRef::as_ref);
    let mut known: Vec<String> = names
        .chain([rule.provider.as_ref()])
        .map(|name: &str| name.replace([' ', '-', '.'], ""))
        .collect();
    known.sort_unstable_by_key(|name| std::cmp::Reverse(name.len()));
    let mut rest = text.replace('_', "").to_ascii_lowercase();
    if let Some(name) = known.iter().find(|name| rest.contains(name.as_str())) {
        rest = rest.replacen(name.as_str(), " ", 1);
    }
    rest.split(' ').all(is_made_of_makers)
}

/// Whether a text is nothing but words that make clients, one after the other.
fn is_made_of_makers(text: &str) -> bool {
    text.is_empty()
        || MAKERS
            .iter()
            .any(|word| text.strip_prefix(word).is_some_and(is_made_of_makers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule;

    #[test]
    fn calls_that_make_clients_are_told_from_others() {
        let rule = rule::find("mux-token-secret")
            .or_else(|| rule::built_in().iter().find(|rule| rule.provider == "mux"))
            .unwrap();
        for call in [
            "c = new Mux(\"",
            "c = Mux(\"",
            "c = mux.Client('",
            "c = Mux::Client.new('",
            "c = mux.NewClient(\"",
            "c = getMuxClient(\"id\", \"",
            "c = new Mux('id', '",
            "c = MuxAPI( \"id\",  \"",
            "mux.configure(\"",
            "mux.NewClient(nil, nil, \"",
            "provider :mux, 'id', '",
            "mux.video import Spot\nc = Spot('id', '",
            "const mux = require('mux')('",
        ] {
            assert!(is_constructed(rule, call.as_bytes()), "{call}");
        }
        for call in [
            "c = mux(\"",
            "c = MuxPlayer(\"",
            "c = mux.upload(\"",
            "c = MUX(\"",
            "c = mux[\"",
            "c = MuxPlayer(id, \"",
            "mux.video import Other\nc = Spot('id', '",
            "provide :mux, 'id', '",
            "c = Mux('a', 'b', 'c', 'd', '",
            "c = $mux.client(\"",
            "assertEquals(\"a\", \"",
            "renew Mux.load(\"",
        ] {
            assert!(!is_constructed(rule, call.as_bytes()), "{call}");
        }
    }
}

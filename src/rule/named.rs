//! Rules that give the names beside which their values stand: the pattern that is composed of names and a value, and a look
//! at the bytes behind a name that tells most of them from words that merely begin alike, before the pattern is tried.

/// The whole pattern of a rule that gives `names` and a `value`. A name stands at the start of a word or of a hump in
/// camelCase; a blank in it is an optional `_`, `-`, `.` or blank. Between name and value stands either the rest of
/// the identifier with a separator (assignment in any syntax, call, flag, header, XML, a `value` beside a `name`), or
/// a short piece of text that ends in a word such as key or token with a separator.
pub fn compose(names: &[impl AsRef<str>], value: &str) -> String {
    let [head, tail] = ends(names, value);
    format!("{head}{}{tail}", lead())
}

/// What [`compose`] puts before and after the [`lead`].
pub fn ends(names: &[impl AsRef<str>], value: &str) -> [String; 2] {
    let plain = alternatives(names, false);
    let camel = alternatives(names, true);
    [
        // `-Dname=value` sets a property of Java.
        format!("(?:(?:^|[^A-CE-Za-z])(?i:{plain})|[a-z](?i:{camel}))"),
        // See `goes_on`.
        format!(r"(?<secret>{value})(?:[^A-Za-z0-9_+/=\-]|$)"),
    ]
}

/// Whether a byte behind a value says that it has not ended.
#[must_use]
pub fn goes_on(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_+/=-".contains(&byte)
}

/// What leads from a name to its value, the same for every rule.
pub fn lead() -> String {
    let [into, labels, types, stages] = [INTO, LABELS, TYPES, STAGES].map(|words| words.join("|"));
    // The rest of an identifier: a word that the name may run into (`airtablekey`), a hump or a mark. Without it `line`
    // would stand in `linear`.
    let rest = format!(r"(?:(?i:{into})|[A-Z][a-z]|[0-9_.\-]|\\[A-Z])[A-Za-z0-9_.\-\\]{{0,40}}");
    let assigned = [
        // The end of the name, perhaps the stage that it is for.
        &format!(
            r"{CLOSER}(?:\[[0-9A-Za-z_]{{0,8}}\]|[\])}}]{{0,2}}|\)\.[A-Za-z]{{1,24}})(?:[ ]\((?i:{stages})\))?(?:"
        ),
        // A type or accessors, a separator.
        &format!(r"(?:[ \t]{{0,4}}:?(?:[ \t]{{1,4}}[Aa]s[ \t])?[ \t]{{0,4}}&?(?:'static )?(?i:{types})(?:\[\])?)?"),
        r"(?:[ \t]?\{[ ]?get;[ ]?(?:[a-z]{0,9}[ ]?(?:set|init);[ ]?)?\})?",
        r"[ \t]{0,20}(?::-|[:=]{1,4}\*{0,2}|=>|->|[?+.~|]{1,2}=|\|{1,2}|\?[?:]|[,({])[ \t]{0,20}(?:\\?\r?\n(?:\r?\n)?[ \t]{0,20})?",
        &format!("(?:{CALL}{ARGUMENT})?"),
        // Arguments before the value, in a call that makes a client.
        &format!(r"|(?:{IMPORT})?[ \t]{{0,4}}(?::?=|=>|::|->|[,(])[ \t]{{0,4}}(?:{CALL})?{ARGUMENTS}"),
        // A look-up's other branch: `var("NAME").unwrap_or("value")`.
        r"|\.(?i:unwrap_or|or|or_else|unwrap_or_else|get_or_else|orelse|getorelse)\((?:\|_?\|[ ])?",
        // A blank, a word between blanks, the end of a heading.
        r"|[ \t]{1,4}(?:(?:to|is|or|as)[ \t]{1,2})?|[ \t]{0,2}(?:\r?\n){1,2}[ \t]{0,4}|;",
        // The end of a tag, an element that stands beside the one with the name.
        r#"|>\s{0,40}|(?:\s{1,12}[A-Za-z:_-]{1,24}="[^"<>\n]{0,24}"){1,2}[ ]?>\s{0,40}|</[A-Za-z:]{1,12}>\s{0,40}<[A-Za-z:]{1,12}(?:[ ][^<>\n]{0,40})?>"#,
        // A `value` that belongs to a `name`, at once or after other members.
        r"|(?:,\s{0,40}|\s{1,40}|[ \t]{0,3}[:=]{0,2}[ \t]{0,3}[{(]\s{0,24}|:\s{1,24})",
        r"(?:[\x22']?[A-Za-z_]{3,12}[\x22']?[ \t]{0,8}[:=][^\n{}]{1,48}(?:\n\s{1,12}|,[ ]?)){0,2}",
        r"[\x22']?(?:--?|[A-Za-z]{1,10}[_:]|Parameter)?(?i:value|val|default|defaultvalue|content|body)(?:\\?[\x22'])?(?:[ \t]{0,12}[:=][ \t]{0,4}|[ ]))",
    ]
    .concat();
    // Some text, a label, a separator.
    let nearby = [
        r"(?:[^A-Za-z][\x01-\xff]{0,60}?)?",
        &format!(r"(?i:{labels})s?(?:(?:[_-]?|[ ](?:for[ ])?\(?)(?i:{stages})\)?)?"),
        &format!(r"{CLOSER}[\])}}]{{0,2}}(?:[ \t]{{0,8}}(?:[:=]{{1,4}}\*{{0,2}}|=>|,|\(|>|\|{{1,2}}|\?[?:])[ \t]{{0,8}}(?:\\?\r?\n(?:\r?\n)?[ \t]{{0,20}})?|[ \t]{{1,2}}(?:(?:-|is|is:)[ \t]{{1,2}})?|(?:\r?\n){{1,2}}[ \t]{{0,4}}|-)"),
    ]
    .concat();
    format!("(?:{rest})?(?:{assigned}|{nearby})(?:{MARK})?(?:{OPENER}){{0,3}}")
}

/// What ends a name that is quoted or emphasised.
const CLOSER: &str = r"(?:\\{0,3}[\x22'`]|\*{1,2})?";
/// YAML's marks before a value: folded text, a tag, an anchor.
const MARK: &str = r"[>|][-+]?\r?\n[ \t]{1,20}|!!?[a-z]{2,8}[ ]|&[A-Za-z0-9_]{1,16}[ ]";
/// What stands between the separator and the value: quotes, brackets, a scheme.
const OPENER: &str = r"[brfuL@$]?[\x22'`][ ]?|<!\[CDATA\[|[(\[>{<]\s{0,12}|\\{1,3}[\x22'n]|\$\{[0-9A-Za-z_]{1,24}:?[-=]|\{\{[^{}\n]{1,40}default\(|(?i:bearer|token|basic|apikey|key)(?:[ \t=:]|%20){1,2}";
/// Arguments before the one that is the value: `Acme("id", "…")`, `acme.NewClient(nil, "…")`.
const ARGUMENTS: &str = r"(?:[\x22'`]?[A-Za-z0-9_.:/+=@$-]{1,24}[\x22'`]?,\s{0,2}){0,2}[\x22'`]?[A-Za-z0-9_.:/+=@$-]{1,72}[\x22'`]?,\s{0,12}[\x22'`]";
/// A call around the value, up to its arguments.
const CALL: &str = r"(?:\[\]|new )?[A-Za-z\\][A-Za-z0-9_.:\\]{1,24}!?[( ]\s{0,12}";
/// What a call's only argument begins with.
const ARGUMENT: &str = r"(?:[a-z_]{1,16}[ ]?=[ ]?|\|[^|\n]{0,8}\|[ ]?)?[\x22'`]";
/// The class that a line of Python imports from the name's module, on whose next line the client is made.
const IMPORT: &str = r"[ ]import[ ][A-Za-z_, ]{2,24}(?:\r?\n){1,3}[A-Za-z_]{1,16}";

/// Words into which a name may run.
const INTO: &[&str] = &[
    "api",
    "key",
    "token",
    "secret",
    "auth",
    "access",
    "pass",
    "pwd",
    "cred",
    "pat",
    "app",
    "client",
    "private",
    "public",
    "admin",
    "user",
    "account",
    "acct",
    "id",
    "project",
    "org",
    "team",
    "prod",
    "dev",
    "test",
    "live",
    "staging",
    "io",
    "com",
    "db",
    "bot",
    "web",
    "hook",
    "cloud",
    "service",
    "server",
    "read",
    "write",
    "master",
    "ci",
    "http",
    "licen[sc]e",
    "ingest",
    "personal",
    "rest",
    "sdk",
    "url",
    "bearer",
    "sign",
    "config",
    "deploy",
    "cli",
];
/// Words that announce a value some way behind a name.
const LABELS: &[&str] = &[
    "key",
    "token",
    "secret",
    "password",
    "passwd",
    "auth",
    "bearer",
    "private",
    "access",
    "credential",
    "pat",
    // Commands that take the value as their last word: `wandb login …`, `shodan init …`.
    "login",
    "init",
];
/// What a label may be followed by: `API key (prod)`.
const STAGES: &[&str] = &[
    "value",
    "prod",
    "production",
    "live",
    "test",
    "dev",
    "staging",
    "sandbox",
    "old",
    "new",
];
/// Types that may stand between a name and its separator.
const TYPES: &[&str] = &["string", "str", "text", "char", "any"];
fn alternatives(names: &[impl AsRef<str>], camel: bool) -> String {
    let one = |name: &str| {
        let mut out = String::new();
        for (i, word) in name.split(' ').enumerate() {
            if i > 0 {
                out.push_str("[-_. ]?");
            }
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            if camel && i == 0 {
                let first = regex_syntax::escape(&first.to_uppercase());
                out.push_str(&format!("(?-i:{first}){}", regex_syntax::escape(rest)));
            } else {
                out.push_str(&regex_syntax::escape(word));
            }
        }
        out
    };
    names
        .iter()
        .map(|name| one(name.as_ref()))
        .collect::<Vec<_>>()
        .join("|")
}

/// Whether one of the names stands at `at`, with something behind it that a [`lead`] may begin with. Where this is false no
/// match of the pattern has its name here.
#[must_use]
pub fn may_lead(names: &[impl AsRef<str>], bytes: &[u8], at: usize) -> bool {
    let here = bytes.get(at..).unwrap_or_default();
    names
        .iter()
        .filter_map(|name| after(name.as_ref(), here))
        .any(begins_lead)
}

/// Whether one of the names of at least so many letters stands at `at` as a word or the beginning of an identifier.
#[must_use]
pub fn may_name(names: &[impl AsRef<str>], least: usize, bytes: &[u8], at: usize) -> bool {
    let here = bytes.get(at..).unwrap_or_default();
    let mut names = names
        .iter()
        .map(AsRef::as_ref)
        .filter(|name| name.len() >= least);
    names.any(|name| {
        after(name, here).is_some_and(|rest| match rest {
            [] => true,
            [a, ..] if !a.is_ascii_lowercase() => true,
            rest => begins_lead(rest),
        })
    })
}

/// Whether a value may begin at `at`: a [`lead`] stands before it, which ends in no letter, digit or `_` but those of an
/// escaped line end or blank.
#[must_use]
pub fn may_follow_lead(bytes: &[u8], at: usize) -> bool {
    match bytes.get(..at).unwrap_or_default() {
        [.., b'\\', b'n'] | [.., b'%', b'2', b'0'] => true,
        [.., last] => !(last.is_ascii_alphanumeric() || *last == b'_'),
        [] => false,
    }
}

/// What stands behind a name that the bytes begin with.
fn after<'b>(name: &str, mut bytes: &'b [u8]) -> Option<&'b [u8]> {
    for &wanted in name.as_bytes() {
        let (&found, rest) = bytes.split_first()?;
        if wanted == b' ' {
            if matches!(found, b'-' | b'_' | b'.' | b' ') {
                bytes = rest;
            }
        } else if found.eq_ignore_ascii_case(&wanted) {
            bytes = rest;
        } else {
            return None;
        }
    }
    Some(bytes)
}

/// Whether a lead may begin like this: only letters that are no word of one can not.
fn begins_lead(bytes: &[u8]) -> bool {
    match bytes {
        [a, ..] if !a.is_ascii_alphabetic() => true,
        [a, b, ..] if a.is_ascii_uppercase() && b.is_ascii_lowercase() => true,
        [a, b, ..] => {
            let seconds = SECONDS.get(usize::from(a & 31)).copied().unwrap_or(0);
            seconds >> (b & 31) & 1 == 1 && is_word(bytes)
        }
        [] | [_] => false,
    }
}

/// By the first letter of a word that leads, as the lower five bits of it: the letters that follow it.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static SECONDS: [u32; 32] = {
    let mut seconds = [0; 32];
    let lists = [INTO, LABELS, TYPES];
    let mut list = 0;
    while list < lists.len() {
        let mut word = 0;
        while word < lists[list].len() {
            let letters = lists[list][word].as_bytes();
            seconds[(letters[0] & 31) as usize] |= 1 << (letters[1] & 31);
            word += 1;
        }
        list += 1;
    }
    seconds
};

/// Whether the bytes begin with a word that leads, or end within one. Of the word with a class in it, what stands before
/// the class is asked.
fn is_word(bytes: &[u8]) -> bool {
    [INTO, LABELS, TYPES].into_iter().flatten().any(|word| {
        let mut letters = word.bytes().take_while(|&letter| letter != b'[').zip(bytes);
        letters.all(|(letter, found)| found.to_ascii_lowercase() == letter)
    })
}

#[cfg(test)]
#[path = "named/tests.rs"]
mod tests;

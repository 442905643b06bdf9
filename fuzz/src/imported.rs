//! Other scanners' files: an error or entries, never a panic; what they become is a configuration that is read again and
//! that a second import leaves as it is.

use std::path::Path;

use keysieve::config;
use keysieve::finding::Secret;
use keysieve::import::{Additions, Fate, Format, detect, read, with_entries};

use super::bytes::Bytes;

/// A configuration that stands there before the import.
const OURS: &str = "# ours\n[policy]\ndisable = [\"jwt\"]\n\n[[allow]]\npath = \"docs/**\"\nreason = \"samples\"\n";

pub fn run(data: &[u8]) {
    let mut input = Bytes(data);
    let kind = usize::from(input.byte());
    let format = Format::NAMES[kind % Format::NAMES.len()];
    let Some(format) = Format::parse(format) else {
        unreachable!("a name is of a format");
    };
    let text = String::from_utf8_lossy(input.0);
    let _ = detect(Path::new("a/config"), &text);
    let entries = match read(format, "a/file", &text) {
        Ok(entries) => entries,
        Err(problems) => {
            assert!(!problems.to_string().is_empty(), "an error without words");
            return;
        }
    };
    let mut new = Additions::default();
    for entry in entries {
        assert!(entry.at <= text.len(), "an entry stands outside");
        assert!(!entry.fate.is_empty(), "an entry is passed over");
        for fate in entry.fate {
            match fate {
                Fate::Rule(rule) => new.rules.push(rule),
                Fate::Allow(allow) => new.allow.push(allow),
                Fate::Disable(id) => new.disable.push(id),
                Fate::Place(place) => drop(place.proof.holds(&Secret::new(b"some value"))),
                Fate::Value(value) => assert!(!value.is(&Secret::new(b"")), "any value is it"),
                Fate::Extends(_) | Fate::Covered(_) | Fate::Lost(_) => {}
            }
        }
    }
    for before in ["", OURS] {
        let after = with_entries(before, &new).expect("entries that are not written");
        if let Err(problems) = config::parse("f", &after) {
            panic!("a configuration that is not read: {problems}");
        }
        let again = with_entries(&after, &new).expect("entries that are not written again");
        assert_eq!(again, after, "a second import changes the file");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let hash = "0123456789abcdef0123456789abcdef01234567";
    let one: &[(Format, &str)] = &[
        (
            Format::Gitleaks,
            "title = \"t\"\n[extend]\nuseDefault = true\npath = \"b.toml\"\ndisabledRules = [\"github-pat\"]\n[[rules]]\nid = \"Acme_Token\"\ndescription = \"d\"\nregex = '''(?i)acme[\\w-.]{0,5}=([a-z0-9]{20})'''\nsecretGroup = 1\nentropy = 3.2\nkeywords = [\"acme\"]\npath = '''\\.env$'''\n[rules.allowlist]\nregexTarget = \"line\"\nregexes = ['''x+$''']\nstopwords = [\"sample\"]\n[[rules]]\nid = \"keystore\"\npath = '''\\.jks$'''\n[allowlist]\ndescription = \"why\"\npaths = ['''^docs/''', '''(.*?)(jpg|gif)$''']\ncommits = [\"0123456789\"]\n[[allowlists]]\ncondition = \"AND\"\npaths = ['''a''']\nregexes = ['''[^\\d]b{2,}?''']\n",
        ),
        (
            Format::GitleaksIgnore,
            "# c\n0123456789abcdef0123456789abcdef01234567:a/b.txt:github-pat:12\na.txt:jwt:3\n",
        ),
        (
            Format::GitleaksBaseline,
            "[{\"RuleID\":\"github-pat\",\"File\":\"a.txt\",\"Commit\":\"\",\"StartLine\":1,\"EndLine\":2,\"Secret\":\"some value 1\",\"Fingerprint\":\"a.txt:github-pat:1\"}]",
        ),
        (
            Format::DetectSecrets,
            "{\"version\":\"1.5.0\",\"plugins_used\":[{\"name\":\"HexHighEntropyString\",\"limit\":3.0}],\"filters_used\":[{\"path\":\"p\",\"pattern\":[\"^a/\"]}],\"results\":{\"a.txt\":[{\"type\":\"t\",\"filename\":\"a.txt\",\"hashed_secret\":\"HASH\",\"is_verified\":false,\"line_number\":3,\"is_secret\":false}]}}",
        ),
        (Format::Trufflehog, "# c\n^a/b$\n.*\\.lock\n"),
        (
            Format::Ripsecrets,
            "docs/\n*.pem\n\n[secrets]\nsome-value-0123456789\npub[a-z]+\n",
        ),
        (
            Format::Secretlint,
            "{\"rules\":[{\"id\":\"@secretlint/secretlint-rule-preset-recommend\",\"rules\":[{\"id\":\"@secretlint/secretlint-rule-slack\",\"allowMessageIds\":[\"X\"]}]},{\"id\":\"@secretlint/secretlint-rule-pattern\",\"options\":{\"patterns\":[{\"name\":\"n\",\"pattern\":\"/acme(?<key>[a-z]{8})/i\"}]},\"allows\":[\"/x/\"]}]}",
        ),
        (
            Format::Secretlint,
            "rules:\n  - id: \"@secretlint/secretlint-rule-pattern\"\n    options:\n      patterns:\n        - name: n\n          pattern: /acme[0-9]{8}/\n    disabled: true\n",
        ),
        (
            Format::GitSecrets,
            "[secrets]\n\tpatterns = acme_[0-9a-z]{20}\n\tpatterns = \"a\\\"b\\\\.c\"\n\tallowed = docs/.*:1:x\n\tproviders = git secrets --aws-provider\n[other \"x\"]\n\ta = b\n",
        ),
        (Format::GitSecretsAllowed, "docs/.*\nsample[0-9]+\n"),
        (
            Format::GitGuardian,
            "version: 2\nsecret:\n  ignored_matches:\n    - name: why\n      match: some value 0123456789\n  ignored_paths:\n    - '**/README.md'\n  ignored_detectors: [Generic Password]\nexit_zero: true\n",
        ),
        (
            Format::GitGuardian,
            "paths-ignore:\n- a/*\nmatches-ignore:\n  - name: n\n    match: HASHHASH\ninstance: x\n",
        ),
    ];
    one.iter()
        .map(|(format, text)| {
            let kind = Format::NAMES
                .iter()
                .position(|name| *name == format.as_str());
            let text = text.replace("HASH", hash);
            [&[kind.unwrap_or(0) as u8], text.as_bytes()].concat()
        })
        .collect()
}

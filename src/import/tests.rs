use super::*;

/// What becomes of each entry of a text, in a line.
fn fates(format: Format, name: &str, text: &str) -> Vec<String> {
    let entries = read(format, name, text).unwrap();
    let one = |fate: &Fate| match fate {
        Fate::Rule(rule) => format!(
            "rule {} {:?} {:?} {:?} {:?} {:?}",
            rule.id, rule.pattern, rule.path, rule.keywords, rule.entropy, rule.alias
        ),
        Fate::Allow(allow) => format!(
            "allow {:?} {:?} {:?} {} {:?} {:?} {}",
            allow.rule,
            allow.path,
            allow.value,
            allow.target.as_str(),
            allow.words,
            allow.commit,
            allow.reason
        ),
        Fate::Disable(id) => format!("disable {id}"),
        Fate::Place(place) => format!(
            "place {:?} {} {:?} {:?}",
            place.commit, place.path, place.lines, place.into
        ),
        Fate::Value(value) => format!("value of {} because {}", value.value.len(), value.reason),
        Fate::Extends(path) => format!("extends {path}"),
        Fate::Covered(why) => format!("covered: {why}"),
        Fate::Lost(why) => format!("lost: {why}"),
    };
    entries
        .iter()
        .flat_map(|entry| {
            entry
                .fate
                .iter()
                .map(|fate| format!("{}: {}", entry.what, one(fate)))
        })
        .collect()
}

#[track_caller]
fn check(format: Format, name: &str, text: &str, want: &[&str]) {
    let got = fates(format, name, text);
    for (got, want) in got.iter().zip(want) {
        assert!(got.starts_with(want), "{got}\nis not {want}");
    }
    assert_eq!(got.len(), want.len(), "{got:#?}");
}

#[test]
fn gitleaks_rules() {
    check(
        Format::Gitleaks,
        ".gitleaks.toml",
        r#"
title = "ours"
[extend]
useDefault = true
path = "base.toml"
disabledRules = ["github-pat", "no-such-rule"]
[[rules]]
id = "Acme_Token"
description = "Acme token"
regex = '''(?i)acme[\w-.]{0,5}=([a-z0-9]{20})'''
secretGroup = 1
entropy = 3.2
keywords = ["acme"]
path = '''\.env$'''
tags = ["x"]
[[rules]]
id = "slack-bot-token"
regex = '''x{20}'''
[[rules]]
id = "keystore"
path = '''\.jks$'''
[[rules]]
id = "ahead"
regex = '''(?=a)b'''
[[rules]]
id = "part"
regex = '''abc'''
skipReport = true
colour = "red"
"#,
        &[
            "`useDefault`: covered",
            "`extend.path` base.toml: extends base.toml",
            "disabled rule `github-pat`: disable github-pat",
            "disabled rule `no-such-rule`: covered",
            r#"rule `Acme_Token`: rule acme-token Some("(?i)acme[\\w\\-.]{0,5}=(?<secret>[a-z0-9]{20})") Some("\\.env$") ["acme"] Some(3.2) Some("Acme_Token")"#,
            r#"rule `slack-bot-token`: rule gitleaks-slack-bot-token Some("(?<secret>x{20})") None [] None Some("slack-bot-token")"#,
            r#"rule `keystore`: rule keystore None Some("\\.jks$")"#,
            "rule `ahead`: lost: `regex`: it looks ahead",
            "rule `part`: lost: it reports nothing by itself",
            "`colour` of rule `part`: lost: no key",
        ],
    );
}

#[test]
fn gitleaks_allowlists_old_and_new() {
    check(
        Format::Gitleaks,
        ".gitleaks.toml",
        r#"
[[rules]]
id = "acme"
regex = '''acme_[a-z0-9]{20}'''
[rules.allowlist]
stopwords = ["Sample"]
[[rules]]
id = "acme2"
regex = '''acme2_[a-z0-9]{20}'''
[[rules.allowlists]]
condition = "AND"
regexTarget = "line"
paths = ['''^docs/''']
regexes = ['''example''']
[[rules]]
id = "github-pat"
[[rules.allowlists]]
regexes = ['''^ghp_x''']
[[allowlists]]
description = "tests"
targetRules = ["acme", "nobody"]
paths = ['''tests?/''']
commits = ["0123456789abcdef0123456789abcdef01234567", "main"]
[[allowlists]]
regexes = ["plainvalue1234567"]
regexTarget = "match"
"#,
        &[
            "rule `acme`: rule acme ",
            r#"rule `acme`: allow ["acme"] [] [] value ["sample"] [] imported from .gitleaks.toml"#,
            "rule `acme2`: rule acme2 ",
            r#"rule `acme2`: allow ["acme2"] ["^docs/"] ["example"] line [] [] imported"#,
            "rule `github-pat`: covered",
            r#"rule `github-pat`: allow ["github-pat"] [] ["^ghp_x"] value"#,
            r#"allowlist "tests": lost: `targetRules` names `nobody`"#,
            r#"allowlist "tests": lost: `commits[1]`: no id"#,
            r#"allowlist "tests": allow ["acme"] ["^.*(?:tests?/)"] [] value [] [] tests"#,
            r#"allowlist "tests": allow ["acme"] [] [] value [] ["0123456789abcdef0123456789abcdef01234567"] tests"#,
            "allowlist: value of 17 because imported",
        ],
    );
    check(
        Format::Gitleaks,
        "f.toml",
        "[allowlist]\nregexes = ['a+b']\npaths = ['c']\n",
        &[
            r#"allowlist: allow [] ["^.*(?:c)"] []"#,
            r#"allowlist: allow [] [] ["a+b"]"#,
        ],
    );
}

#[test]
fn every_problem_of_a_file_is_told_with_its_place() {
    let said = read(
        Format::Gitleaks,
        "g.toml",
        "[[rules]]\nregex = 1\n[[rules]]\nid = \"a\"\nregex = 'b'\nkeywords = 'k'\nentropy = \"x\"\n[[allowlists]]\ncondition = \"XOR\"\nregexTarget = \"file\"\npaths = [1]\n",
    )
    .unwrap_err()
    .to_string();
    for want in [
        "g.toml:1:1: `id` is missing",
        "g.toml:2:9: `regex` must be a string, not integer",
        "g.toml:7:11: `entropy` must be a number, not string",
        "g.toml:9:13: `condition` has no value `XOR`; it may be AND, OR",
        "g.toml:10:15: `regexTarget` has no value `file`; it may be secret, match, line",
        "g.toml:11:10: `paths` must be a list of strings, not integer",
    ] {
        assert!(said.contains(want), "{said}");
    }
    let said = read(Format::GitleaksBaseline, "b.json", "[{\"File\": 1}, 2, {}]")
        .unwrap_err()
        .to_string();
    for want in [
        "b.json:1:11: `File` must be a string, not a number",
        "b.json:1:15: a finding must be a table, not a number",
        "b.json:1:18: this finding has neither",
    ] {
        assert!(said.contains(want), "{said}");
    }
    let said = read(Format::GitleaksIgnore, "i", "a:b:3\nnothing\na:b:c\n")
        .unwrap_err()
        .to_string();
    assert!(
        said.starts_with("i:2:1: `nothing` is no fingerprint") && said.contains("i:3:1"),
        "{said}"
    );
}

#[test]
fn lists_of_known_findings() {
    let commit = "0123456789".repeat(4);
    check(
        Format::GitleaksIgnore,
        ".gitleaksignore",
        &format!("# why\n{commit}:a/b.py:acme:7\nc:d.py:acme:3\n"),
        &[
            &format!(r#"`acme` in a/b.py:7: place Some("{commit}") a/b.py Some((7, 7)) Allow("#),
            "`acme` in c:d.py:3: place None c:d.py Some((3, 3)) Allow(",
        ],
    );
    check(
        Format::GitleaksBaseline,
        "report.json",
        r#"[{"RuleID":"acme","File":"a","StartLine":2,"EndLine":4,"Secret":"REDACTED","Commit":""},
            {"RuleID":"acme","File":"b","StartLine":2,"Secret":"some value","Tags":[]},
            {"Fingerprint":"c:acme:9"}]"#,
        &[
            "`acme` in a:2: place None a Some((2, 4)) Baseline",
            "`acme` in b:2: place None b None Baseline",
            "`acme` in c:9: place None c Some((9, 9)) Baseline",
        ],
    );
    let sha1 = baseline::sha1_hex(b"abc");
    assert_eq!(sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
    check(
        Format::DetectSecrets,
        ".secrets.baseline",
        &format!(
            r#"{{"version": "1.5.0", "plugins_used": [{{"name": "AWSKeyDetector"}}, {{"name": "Own", "path": "file://x.py"}}],
            "filters_used": [{{"path": "detect_secrets.filters.heuristic.is_uuid"}},
              {{"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["test/.*", "(?<=a)b"]}},
              {{"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": "sample"}}],
            "results": {{"a.py": [{{"type": "Secret Keyword", "filename": "a.py", "hashed_secret": "{sha1}", "line_number": 3}},
              {{"type": "Secret Keyword", "hashed_secret": "{sha1}", "is_secret": false}}]}},
            "generated_at": "2026-01-01T00:00:00Z", "other": 1}}"#
        ),
        &[
            "plugin AWSKeyDetector: covered",
            "plugin Own: lost",
            "filter heuristic.is_uuid: covered",
            r#"filter regex.should_exclude_file: allow [] ["^.*(?:test/.*)"]"#,
            "filter regex.should_exclude_file: lost: it looks behind",
            r#"filter regex.should_exclude_line: allow [] [] ["sample"] line"#,
            "Secret Keyword in a.py:3: place None a.py None Baseline",
            r#"Secret Keyword in a.py: place None a.py None Allow("audited as no secret"#,
            "`other`: lost",
        ],
    );
}

#[test]
fn lists_of_paths_and_values() {
    check(
        Format::Trufflehog,
        "exclude.txt",
        "# c\nvendor/\n^go\\.sum$\n(a\n",
        &[
            r#"path vendor/: allow [] ["^.*(?:vendor/)"]"#,
            r#"path ^go\.sum$: allow [] ["^go\\.sum$"]"#,
            "path (a: lost: it does not compile",
        ],
    );
    check(
        Format::Ripsecrets,
        ".secretsignore",
        "test/*\n!keep\n\n[secrets]\nvalue-of-a-token\n",
        &[
            r#"path test/*: allow [] ["test/*"]"#,
            "path !keep: lost",
            "a value under [secrets]: value of 16 because imported",
        ],
    );
    check(
        Format::GitSecrets,
        ".git/config",
        "[secrets]\n\tproviders = git secrets --aws-provider\n\tproviders = cat x\n\tpatterns = acme_[0-9]{8}\n\tpatterns = (a)\\\\1\n\tallowed = sample\n\tallowed = ^src/\n",
        &[
            "a provider: covered",
            "a provider: lost",
            r#"pattern 1: rule git-secrets-1 Some("(?<secret>acme_[0-9]{8})")"#,
            "pattern 2: lost: it has `\\1`, a reference back",
            r#"an allowed pattern: allow [] [] ["sample"] line"#,
            "an allowed pattern: lost: it looks at a path",
        ],
    );
}

#[test]
fn secretlint_and_gitguardian() {
    check(
        Format::Secretlint,
        ".secretlintrc.json",
        r#"{"rules": [
            {"id": "@secretlint/secretlint-rule-preset-recommend", "rules": [
              {"id": "@secretlint/secretlint-rule-npm", "options": {"allows": ["/^sample/i", "exact"]}, "allowMessageIds": ["X"]}]},
            {"id": "@secretlint/secretlint-rule-pattern", "options": {"patterns": [
              {"name": "Acme token", "pattern": "/acme_[a-z\\d]{10}/i"}, {"name": "two", "patterns": ["/a{9}/", "/b(?!c)/"]}]}},
            {"id": "our-own-rule"}, {"id": "@secretlint/secretlint-rule-slack", "disabled": true}]}"#,
        &[
            "rule @secretlint/secretlint-rule-preset-recommend: covered",
            "rule @secretlint/secretlint-rule-npm: covered",
            r#"rule @secretlint/secretlint-rule-npm: allow ["npm-"#,
            r#"rule @secretlint/secretlint-rule-npm: allow ["npm-"#,
            "rule @secretlint/secretlint-rule-npm: lost: `allowMessageIds`",
            r#"pattern "Acme token": rule acme-token Some("(?<secret>(?i)acme_[a-z\\d]{10})")"#,
            r#"pattern "two": rule two-1 "#,
            r#"pattern "two": lost: it looks ahead"#,
            "rule our-own-rule: lost",
            "rule @secretlint/secretlint-rule-slack: lost: it is switched off",
        ],
    );
    check(
        Format::GitGuardian,
        ".gitguardian.yaml",
        &format!(
            "version: 2\nexit_zero: true\ninstance: x\nsecret:\n  ignored_paths:\n    - '**/README.md'\n    - doc/*\n  ignored_matches:\n    - name: credentials\n      match: MY_TEST_CREDENTIAL\n    - name: ''\n      match: {}\n  ignored_detectors: [Generic Thing]\n  show_secrets: false\n",
            "0f".repeat(32)
        ),
        &[
            "`exit_zero`: lost",
            "`instance`: covered",
            r#"path **/README.md: allow [] ["**/README.md"]"#,
            r#"path doc/*: allow [] ["doc/*"]"#,
            r#"ignored match "credentials": value of 18 because credentials"#,
            "an ignored match: lost: a hash",
            "detector Generic Thing: lost",
            "`show_secrets`: covered",
        ],
    );
    check(
        Format::GitGuardian,
        ".gitguardian.yml",
        "paths-ignore: [a]\nmatches-ignore:\n  - plain\n  - {name: n, match: m}\nexit-zero: false\n",
        &[
            r#"path a: allow [] ["a"]"#,
            "an ignored match: value of 5",
            r#"ignored match "n": value of 1"#,
            "`exit-zero`: covered",
        ],
    );
}

#[test]
fn entries_without_what_they_are_about_are_problems() {
    for (format, text) in [
        (
            Format::GitGuardian,
            "secret:\n  ignored_matches:\n    - name: n\n      match: ''\n",
        ),
        (
            Format::Secretlint,
            "rules:\n- id: '@secretlint/secretlint-rule-pattern'\n  options:\n    patterns:\n    - name: n\n      pattern:\n",
        ),
    ] {
        let problems = read(format, "f", text).unwrap_err();
        assert_eq!(problems.list.len(), 1, "{problems}");
    }
}

#[test]
fn whose_file_it_is() {
    for (name, text, want) in [
        (".gitleaks.toml", "", Some(Format::Gitleaks)),
        ("x/.gitleaksignore", "", Some(Format::GitleaksIgnore)),
        (
            "report.json",
            "[{\"RuleID\": \"a\"}]",
            Some(Format::GitleaksBaseline),
        ),
        (
            "b.json",
            "{\"plugins_used\": [], \"results\": {}}",
            Some(Format::DetectSecrets),
        ),
        (".secrets.baseline", "{}", Some(Format::DetectSecrets)),
        ("x.json", "{\"rules\": []}", Some(Format::Secretlint)),
        (".secretlintrc.yaml", "", Some(Format::Secretlint)),
        (".secretsignore", "[secrets]\n", Some(Format::Ripsecrets)),
        (".git/config", "[core]\n", Some(Format::GitSecrets)),
        (".gitallowed", "", Some(Format::GitSecretsAllowed)),
        (".gitguardian.yml", "", Some(Format::GitGuardian)),
        ("trufflehog-exclude", "", Some(Format::Trufflehog)),
        ("notes.md", "hello", None),
    ] {
        assert_eq!(detect(Path::new(name), text), want, "{name}");
    }
}

#[test]
fn ids_are_words() {
    for (name, want) in [
        ("Acme_Token", "acme-token"),
        ("acmeToken v2!", "acme-token-v2"),
        ("é", "imported"),
        ("AWS", "aws"),
    ] {
        assert_eq!(kebab(name), want);
        assert!(crate::rule::parse::is_kebab(want));
    }
}

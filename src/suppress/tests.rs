use std::sync::Arc;

use jiff::civil::{Date, date};

use super::*;
use crate::finding::{Around, Confidence, Excerpt, InlineAllow, Position, Secret, Severity};
use crate::outcome::{CommitRef, Origin};
use crate::rule::{self, RuleRef, user};

const TODAY: Date = date(2026, 11, 24);
const ID: &str = "0123456789abcdef";

fn place(path: &str) -> Place {
    Place {
        origin: Origin::File,
        path: path.as_bytes().to_vec(),
        position: Position {
            line: 1,
            column: 1,
            line_end: 1,
            column_end: 2,
        },
        route: Vec::new(),
        excerpt: Excerpt {
            line: 1,
            lines: Vec::new(),
            mark: (0, 0..0),
        },
        inline_allow: None,
        around: None,
    }
}

fn finding(places: Vec<Place>) -> Finding {
    Finding {
        id: ID.into(),
        rule: RuleRef::BuiltIn(rule::find("github-pat").unwrap()),
        secret: Secret::new(b"Sample-Value-1"),
        severity: Severity::Low,
        confidence: Confidence::High,
        evidence: Vec::new(),
        status: Status::Open,
        places,
    }
}

/// An entry that asks for nothing, and so holds for all.
fn any() -> Allow {
    Allow {
        reason: "why".into(),
        ..Allow::default()
    }
}

#[track_caller]
fn holds(allow: &Allow, place: &Place, want: bool) {
    let finding = finding(vec![place.clone()]);
    assert_eq!(allow.holds(&finding, place, TODAY), want, "{allow:?}");
}

fn regex(text: &str) -> Regex {
    rule::build(text).unwrap()
}

#[test]
fn path_patterns() {
    for (pattern, path, want) in [
        ("tests/**", "tests/a/b.py", true),
        ("tests/", "tests/a/b.py", true),
        ("tests", "src/tests/b.py", true),
        ("*.md", "docs/a.md", true),
        ("*.md", "docs/a.mdx", false),
        ("docs/*.md", "docs/x/a.md", false),
        ("docs/**/a.md", "docs/x/y/a.md", true),
        ("docs/**/a.md", "docs/a.md", true),
        ("docs/**/a.md", "docs/xa.md", false),
        ("docs/**.md", "docs/x/a.md", true),
        ("docs/a?.md", "docs/ab.md", true),
        ("docs/a?.md", "docs/a/.md", false),
        ("^src/.*\\.rs$", "src/x/a.rs", true),
        ("a+b.txt", "a+b.txt", true),
        ("lib.jar", "lib.jar!/config.yml", true),
    ] {
        let parsed = PathPattern::parse(pattern).unwrap();
        assert_eq!(parsed.matches(path.as_bytes()), want, "{pattern} on {path}");
    }
    assert!(PathPattern::parse("^(").is_err());
}

#[test]
fn each_part_that_is_given_must_hold() {
    let here = place("docs/a.md");
    holds(&any(), &here, true);
    let paths = |text: &str| vec![PathPattern::parse(text).unwrap()];
    for (good, bad) in [
        (
            Allow {
                id: Some(ID.into()),
                ..any()
            },
            Allow {
                id: Some("fedcba9876543210".into()),
                ..any()
            },
        ),
        (
            Allow {
                rule: vec!["other".into(), "github-pat".into()],
                ..any()
            },
            Allow {
                rule: vec!["other".into()],
                ..any()
            },
        ),
        (
            Allow {
                path: paths("docs/"),
                ..any()
            },
            Allow {
                path: paths("src/"),
                ..any()
            },
        ),
        (
            Allow {
                words: vec!["nothing".into(), "sample".into()],
                ..any()
            },
            Allow {
                words: vec!["nothing".into()],
                ..any()
            },
        ),
        (
            Allow {
                value: vec![regex("^Sample")],
                ..any()
            },
            Allow {
                value: vec![regex("^Value")],
                ..any()
            },
        ),
        (
            Allow {
                expires: Some(Expiry(TODAY)),
                ..any()
            },
            Allow {
                expires: Some(Expiry(date(2026, 11, 23))),
                ..any()
            },
        ),
    ] {
        holds(&good, &here, true);
        holds(&bad, &here, false);
        // What holds does not make up for what does not.
        let paths = |bad: &Allow| match bad.path.is_empty() {
            true => paths("docs/"),
            false => bad.path.clone(),
        };
        let both = Allow {
            rule: match bad.rule.is_empty() {
                true => vec!["github-pat".into()],
                false => bad.rule.clone(),
            },
            path: paths(&bad),
            ..bad
        };
        holds(&both, &here, false);
    }
}

#[test]
fn ids_may_be_shortened_to_eight_digits() {
    for (id, want) in [
        ("01234567", true),
        ("0123456789ABCDEF", true),
        ("0123456", false),
        ("01234568", false),
        ("0123456789abcdef0", false),
        ("", false),
    ] {
        assert_eq!(is_id_of(id, ID), want, "{id}");
    }
    // A short one is known as a whole.
    assert!(is_id_of("abc", "abc"));
}

#[test]
fn commits_are_known_by_their_start() {
    let mut here = place("a");
    let allow = Allow {
        commit: vec!["abcd".into()],
        ..any()
    };
    holds(&allow, &here, false);
    for (id, want) in [("abcdef01", true), ("0abcdef1", false)] {
        here.origin = Origin::Commit(CommitRef {
            id: id.into(),
            time: 0,
            author: Vec::new(),
            root: false,
            merge: false,
        });
        holds(&allow, &here, want);
    }
}

#[test]
fn a_rule_is_known_by_its_old_name() {
    let text = "[[rule]]\nid = \"acme-token\"\naliases = [\"acme-key\"]\npattern = '\\b(?<secret>acme_[a-z0-9]{20})\\b'\n";
    let rule = user::read("f", text).unwrap().remove(0);
    let mut finding = finding(vec![place("a")]);
    finding.rule = RuleRef::User(Arc::new(rule));
    for (name, want) in [
        ("acme-token", true),
        ("acme-key", true),
        ("github-pat", false),
    ] {
        let allow = Allow {
            rule: vec![name.into()],
            ..any()
        };
        assert_eq!(allow.holds(&finding, &finding.places[0], TODAY), want);
    }
}

#[test]
fn a_pattern_is_tried_on_what_the_entry_names() {
    let mut here = place("a");
    let allow = |target| Allow {
        value: vec![regex("^key = ")],
        target,
        ..any()
    };
    // Nothing was kept to look at.
    holds(&allow(Target::Line), &here, false);
    here.around = Some(Box::new(Around {
        whole: Secret::new(b"key = Sample-Value-1"),
        line: Secret::new(b"  key = Sample-Value-1;"),
    }));
    holds(&allow(Target::Value), &here, false);
    holds(&allow(Target::Match), &here, true);
    holds(&allow(Target::Line), &here, false);
    for (allow, want) in [
        (any(), false),
        (allow(Target::Value), false),
        (allow(Target::Match), true),
        (allow(Target::Line), true),
        (
            Allow {
                target: Target::Line,
                ..any()
            },
            false,
        ),
    ] {
        assert_eq!(allow.looks_around(), want, "{allow:?}");
    }
}

#[test]
fn an_entry_ends_after_its_last_day_and_says_so_before() {
    let until = |last| Allow {
        expires: Some(Expiry(last)),
        ..any()
    };
    let (today, tomorrow) = (until(TODAY), until(date(2026, 11, 25)));
    assert!(!any().expired(TODAY) && !today.expired(TODAY) && !tomorrow.expired(TODAY));
    assert!(until(date(2026, 11, 23)).expired(TODAY));
    for (last, want) in [
        (date(2026, 11, 23), false),
        (TODAY, true),
        (date(2026, 12, 8), true),
        (date(2026, 12, 9), false),
    ] {
        assert_eq!(until(last).ends_soon(TODAY), want.then_some(last), "{last}");
    }
    assert_eq!(any().ends_soon(TODAY), None);
}

#[test]
fn entries_that_allow_nothing_are_named_unless_they_have_ended() {
    let path = |text: &str| Allow {
        path: vec![PathPattern::parse(text).unwrap()],
        source: text.into(),
        ..any()
    };
    let ended = Allow {
        expires: Some(Expiry(date(2026, 1, 1))),
        ..path("ended")
    };
    let entries = [path("docs/"), path("src/"), ended];
    let findings = [finding(vec![place("x"), place("docs/a")])];
    let unused = Allow::unused(&entries, &findings, TODAY);
    let unused: Vec<&str> = unused.iter().map(|entry| entry.source.as_str()).collect();
    assert_eq!(unused, ["src/"]);
}

#[test]
fn places_that_are_allowed_do_not_hide_those_that_are_not() {
    let mut inline = place("c.py");
    inline.inline_allow = Some(InlineAllow {
        reason: "here".into(),
        foreign: false,
    });
    let mut foreign = place("d.py");
    foreign.inline_allow = Some(InlineAllow {
        reason: "".into(),
        foreign: true,
    });
    let docs = Allow {
        path: vec![PathPattern::parse("docs/").unwrap()],
        ..any()
    };
    let places = || {
        vec![
            place("docs/a"),
            place("src/b"),
            inline.clone(),
            place("docs/e"),
            foreign.clone(),
        ]
    };
    let told = |inline: bool, foreign: bool, known: bool| -> Vec<(Status, Vec<String>)> {
        let mut baseline = Baseline::default();
        if known {
            baseline.add(ID, "github-pat");
        }
        let suppressions = Suppressions {
            allow: vec![docs.clone()],
            inline,
            foreign,
            baseline,
        };
        let labelled = suppressions.apply(vec![finding(places())], TODAY);
        let paths = |f: &Finding| -> Vec<String> {
            let each = f.places.iter().map(|p| String::from_utf8_lossy(&p.path));
            each.map(std::borrow::Cow::into_owned).collect()
        };
        labelled
            .iter()
            .map(|f| (f.status.clone(), paths(f)))
            .collect()
    };
    let allowed = (
        Status::Suppressed(Reason::Allow("why".into())),
        vec!["docs/a".to_owned(), "docs/e".into()],
    );
    let open = |paths: &[&str]| {
        let paths = paths.iter().map(|&path| path.to_owned());
        (Status::Open, paths.collect::<Vec<_>>())
    };
    let commented = |reason: &str, path: &str| {
        let reason = Reason::Inline(reason.into());
        (Status::Suppressed(reason), vec![path.to_owned()])
    };
    assert_eq!(
        told(false, true, false),
        [open(&["src/b", "c.py", "d.py"]), allowed.clone()]
    );
    assert_eq!(
        told(true, false, false),
        [
            open(&["src/b", "d.py"]),
            allowed.clone(),
            commented("here", "c.py")
        ]
    );
    assert_eq!(
        told(true, true, false),
        [
            open(&["src/b"]),
            allowed.clone(),
            commented("here", "c.py"),
            commented("", "d.py")
        ]
    );
    let known = |paths: &[&str]| (Status::Suppressed(Reason::Baseline), open(paths).1);
    assert_eq!(
        told(false, false, true),
        [allowed, known(&["src/b", "c.py", "d.py"])]
    );
}

use super::*;

#[track_caller]
fn check(dialect: Dialect, pattern: &str, want: &str) {
    let got = translate(pattern, dialect, Value::None);
    assert_eq!(got.as_deref(), Ok(want), "{pattern}");
}

#[track_caller]
fn check_error(dialect: Dialect, pattern: &str, want: &str) {
    let said = translate(pattern, dialect, Value::None).unwrap_err();
    assert!(said.contains(want), "{pattern}: {said}");
}

/// Whether the translated pattern finds `text`.
#[track_caller]
fn check_match(dialect: Dialect, pattern: &str, text: &str, want: bool) {
    let out = translate(pattern, dialect, Value::None).unwrap();
    let regex = crate::rule::build(&out).unwrap();
    assert_eq!(regex.is_match(text.as_bytes()), want, "{pattern} -> {out}");
}

#[test]
fn what_is_the_same_stays() {
    for same in [
        r"\b[A-Za-z0-9_]{36}\b",
        r"(?i)abc(?:d|e)+?",
        r"^a.*b$",
        r"[[:alpha:]\d]{2,}",
        r"\Aab\z",
        r"(?s:a.b)",
    ] {
        check(Dialect::Go, same, same);
    }
}

#[test]
fn go_differs_from_rust_here() {
    let go = Dialect::Go;
    check(go, r"\Qa.b*\Ec", r"a\.b\*c");
    check(go, r"\Qa.b", r"a\.b");
    check(go, r"[\w-.]", r"[\w\-.]");
    check(go, r"[^[]", r"[^\[]");
    check(go, r"[]a]", r"[\]a]");
    check(go, r"[a&&b~~!--]", r"[a\&\&b\~\~!-\-]");
    check_error(go, r"[c--]", "range");
    check(go, r"[a-]", r"[a\-]");
    check(go, r"a{,3}", r"a\{,3\}");
    check(go, r"x{foo}", r"x\{foo\}");
    check(go, r"\<\>", "<>");
    check(go, r"\101\x41\x{42}", "AAB");
    check(go, r"[\x60\t]", "[`\\t]");
    check(go, "é+", r"(?:\xc3\xa9)+");
    check(go, r"\xe9", r"(?:\xc3\xa9)");
    check(go, "[aé]", r"(?:[a]|(?:\xc3\xa9))");
    check(go, r"(?P<name>a)(b)", "(?:a)(?:b)");
    check_match(go, r"^[\w.-]+@[\w-.]+$", "a.b-c@d-e.f", true);
    check_match(go, r"^[!--]$", "+", true);
    check_match(go, "^[éà]$", "à", true);
}

#[test]
fn what_no_engine_of_ours_does_is_named() {
    let go = Dialect::Go;
    check_error(go, r"(?=a)", "looks ahead");
    check_error(Dialect::Python, r"(?<!a)b", "looks behind");
    check_error(go, r"(a)\1", "reference back");
    check_error(Dialect::Js, r"(?<q>a)\k<q>", "`\\k`");
    check_error(go, r"\pL", "Unicode");
    check_error(go, r"[\p{Greek}]", "Unicode");
    check_error(go, r"[^é]", "beyond ASCII");
    check_error(go, r"[а-я]", "beyond ASCII");
    check_error(go, r"\y", "stands for nothing");
    check_error(go, r"a(b", "does not compile");
    check_error(go, r"[ab", "class without an end");
    check_error(go, "a\\", "backslash");
    assert!(
        translate("a*", go, Value::Whole)
            .unwrap_err()
            .contains("empty")
    );
}

#[test]
fn other_dialects() {
    check(Dialect::Python, r"a\Z", r"a\z");
    check(Dialect::Python, r"a{,3}(?#note)", r"a{0,3}");
    check(Dialect::Python, r"(?ai)a\u0041", r"(?i)aA");
    check(Dialect::Python, r"[[:alpha:]]", r"[\[:alpha:]\]");
    check(Dialect::Js, r"\/a[^/]\-", r"/a[^/]\-");
    check(Dialect::Js, r"[^]", r"(?s:.)");
    check(Dialect::Ere, r"\<ab\>", r"\b{start}ab\b{end}");
    check(Dialect::Ere, r"[\w]", r"[\\w]");
    check(Dialect::Ere, "(\\\"|')?x", "(?:\"|')?x");
}

#[test]
fn the_value_is_the_group_that_was_asked_for() {
    let go = |pattern: &str, value| translate(pattern, Dialect::Go, value);
    assert_eq!(
        go("a(b)(c)", Value::Group(2)).unwrap(),
        "a(?:b)(?<secret>c)"
    );
    assert_eq!(go("a(b)(c)", Value::First).unwrap(), "a(?<secret>b)(?:c)");
    assert_eq!(go("abc", Value::First).unwrap(), "(?<secret>abc)");
    assert_eq!(go("abc", Value::Group(0)).unwrap(), "(?<secret>abc)");
    assert_eq!(
        go("(?i)a(b)", Value::Whole).unwrap(),
        "(?<secret>(?i)a(?:b))"
    );
    assert_eq!(
        go("x(?:a=(\\w+)|b=(\\d+));", Value::First).unwrap(),
        "x(?:a=(?<secret>\\w+)|b=(?<secret2>\\d+));"
    );
    assert!(go("a(b)", Value::Group(3)).unwrap_err().contains("group 3"));
}

#[test]
fn paths_begin_with_a_hat() {
    assert_eq!(path(r"go\.sum$", Dialect::Go).unwrap(), r"^.*(?:go\.sum$)");
    assert_eq!(path(r"^a|b", Dialect::Go).unwrap(), r"^a|b");
    let holds = |pattern: &str, text: &str| {
        crate::rule::build(&path(pattern, Dialect::Go).unwrap())
            .unwrap()
            .is_match(text)
    };
    assert!(holds(r"(^|/)tests?/", "tests/a") && holds(r"(^|/)tests?/", "x/test/a"));
    assert!(!holds(r"(^|/)tests?/", "contests/a"));
}

#[test]
fn of_too_many_groups_the_value_is_the_whole_match() {
    let branches = |n: usize| -> String {
        let all: Vec<String> = (0..n).map(|n| format!("acme{n}=([a-z]{{8}})")).collect();
        all.join("|")
    };
    let first = |n| with_value(&branches(n), Dialect::Go, Value::First);
    let (few, whole) = first(8).unwrap();
    assert!(few.contains("secret8") && !whole, "{few}");
    let (many, whole) = first(9).unwrap();
    assert!(
        many.starts_with("(?<secret>acme0=(?:[a-z]") && whole,
        "{many}"
    );
    assert!(with_value("(?=a)", Dialect::Go, Value::First).is_err());
    assert!(with_value(&branches(9), Dialect::Go, Value::Group(10)).is_err());
}

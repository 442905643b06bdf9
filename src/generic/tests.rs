use super::*;

/// Every candidate of `text`, at all keywords of the rules, as text of the value.
fn candidates(path: &str, text: &str) -> Vec<String> {
    let mut out: Vec<(usize, String)> = Vec::new();
    let lower = text.to_ascii_lowercase();
    for rule in crate::rule::built_in() {
        if !rule.id.starts_with("generic-") {
            continue;
        }
        for keyword in rule.keywords.iter() {
            for (at, _) in lower.match_indices(keyword.as_ref()) {
                candidates_at(
                    text.as_bytes(),
                    at..at + keyword.len(),
                    path.as_bytes(),
                    &mut |c| {
                        let value = String::from_utf8_lossy(c.text()).into_owned();
                        assert_eq!(&text.as_bytes()[c.value.clone()], c.text());
                        out.push((c.value.start, value));
                    },
                );
            }
        }
    }
    out.sort();
    out.dedup();
    out.into_iter().map(|(_, value)| value).collect()
}

#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    assert_eq!(candidates(path, text), expected, "{text}");
}

#[test]
fn assignments_of_many_languages() {
    for text in [
        "password = \"Zq7vLm\"",
        "$password = 'Zq7vLm';",
        "db.password := \"Zq7vLm\"",
        "let password: &str = \"Zq7vLm\";",
        "var password string = \"Zq7vLm\"",
        "\"password\": \"Zq7vLm\",",
        ":password => 'Zq7vLm',",
        "config['password'] = 'Zq7vLm'",
        "if password == \"Zq7vLm\" {",
        "password = Some(\"Zq7vLm\")",
        "user.setPassword(\"Zq7vLm\");",
        "define('PASSWORD', 'Zq7vLm');",
        "String PASSWORD =\n    \"Zq7vLm\";",
        "\"{\\\"password\\\":\\\"Zq7vLm\\\"}\"",
        "password = os.environ.get('X') or x; password = b'Zq7vLm'",
    ] {
        let got = candidates("a.py", text);
        assert!(got.iter().any(|v| v == "Zq7vLm"), "{text}: {got:?}");
    }
}

#[test]
fn settings_flags_markup_and_urls() {
    for (path, text) in [
        ("a.yml", "db_password: Zq7vLm"),
        ("a.env", "export DB_PASSWORD=Zq7vLm"),
        ("a.sh", "mysql --password=Zq7vLm x"),
        ("a.sh", "tool --password Zq7vLm"),
        ("a.xml", "<password>Zq7vLm</password>"),
        ("a.xml", "<add key=\"Password\" value=\"Zq7vLm\"/>"),
        ("a.xml", "<name>password</name>\n<value>Zq7vLm</value>"),
        ("a.yml", "- name: DB_PASSWORD\n  value: Zq7vLm"),
        ("a.sql", "CREATE USER a IDENTIFIED BY 'Zq7vLm'"),
        ("a.sql", "ALTER USER a WITH PASSWORD 'Zq7vLm'"),
        ("a.py", "postgres://me:Zq7vLm@host/db"),
        ("a.cs", "\"Server=x;Password=Zq7vLm;Pooling=true\""),
        ("a.md", "The password is `Zq7vLm`."),
    ] {
        let got = candidates(path, text);
        assert!(got.iter().any(|v| v == "Zq7vLm"), "{text}: {got:?}");
    }
}

#[test]
fn look_ups_and_templates_are_no_candidates() {
    for text in [
        "password = getpass()",
        "password: string;",
        "token = self.token",
        "password: ${DB_PASSWORD}",
        "password: \"{{ vault_password }}\"",
        "password = <password>",
        "password: \"%s\"",
        "PASSWORD=$PASSWORD",
        "password = \"********\"",
        "token=\"ab_\u{2022}\u{2022}\u{2022}\u{2022}8fQ2\"",
    ] {
        check("a.ts", text, &[]);
    }
}

#[test]
fn nothing_beyond_the_reach_matters() {
    let text = "password = \"Zq7vLm\"";
    let far = format!("{}{text}{}", "x\n".repeat(REACH), "\nx".repeat(REACH));
    let at = far.find("pass").unwrap();
    let (mut near_out, mut far_out) = (Vec::new(), Vec::new());
    scan_at(text.as_bytes(), 0..4, b"a.py", &mut near_out);
    scan_at(far.as_bytes(), at..at + 4, b"a.py", &mut far_out);
    for found in &mut far_out {
        found.value = found.value.start - at..found.value.end - at;
    }
    assert_eq!(near_out, far_out);
}

/// `feature<TAB>hundredths`, as the trainer writes them.
fn weights() -> Vec<(&'static str, i32)> {
    include_str!("weights.tsv")
        .lines()
        .map(|line| {
            let (name, weight) = line.split_once('\t').expect(line);
            (name, weight.parse().expect(line))
        })
        .collect()
}

#[test]
fn every_weight_is_of_a_feature_that_the_code_makes() {
    let source = include_str!("features.rs");
    for (name, _) in weights() {
        let group = name.split('=').next().unwrap();
        if !group.is_empty() {
            let literal = format!("\"{group}\"");
            assert!(source.contains(&literal), "no feature is called {group}");
        }
    }
}

#[test]
fn the_table_gives_the_weights_of_the_file() {
    let mut names: Vec<&str> = Vec::new();
    for (name, weight) in weights() {
        names.push(name);
        let Some((group, value)) = name.split_once('=').filter(|(group, _)| !group.is_empty())
        else {
            continue;
        };
        let parts: Vec<&[u8]> = value.split('|').map(str::as_bytes).collect();
        if value != "|" {
            assert_eq!(model::weight_of(group, &parts), weight, "{name}");
        }
    }
    assert!(names.is_sorted());
}

#[test]
fn confident_where_name_and_value_agree() {
    let judge = |text: &str| {
        let mut out = Vec::new();
        for (at, _) in text.match_indices("pass") {
            scan_at(text.as_bytes(), at..at + 4, b"settings.py", &mut out);
        }
        out.first().map(|m| (m.rule, m.confidence))
    };
    let value: String = "tZ4vQ9m".chars().rev().collect();
    let found = judge(&format!("db_password = \"{value}#8\""));
    assert!(
        matches!(found, Some(("generic-password", c)) if c >= Confidence::Medium),
        "{found:?}"
    );
    assert_eq!(judge("password_label = \"Enter the new password\""), None);
}

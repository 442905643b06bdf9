mod forms;

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
                    &File::new(path.as_bytes()),
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
fn what_is_encrypted_to_be_committed_is_no_candidate() {
    let seed = &mut crate::template::Seed::new(8);
    for (path, template) in [
        (
            "a.enc.yaml",
            "db_password: ENC[AES256_GCM,data:{base64:30},iv:{base64:44},tag:{base64:24},type:str]\n",
        ),
        (
            "a.enc.json",
            "{{\"api_token\": \"ENC[AES256_GCM,data:{base64:30},iv:{base64:44},type:str]\"}\n",
        ),
        ("a.yaml", "  password: AgB{base64:700}\n"),
        ("a.yaml", "  api_key: \"AgC{base64:700}\"\n"),
        (
            "a.yml",
            "db_password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {hex:80}\n",
        ),
        ("a.yml", "password: '{{cipher}{hex:96}'\n"),
        ("a.properties", "db.password=ENC({base64:44})\n"),
        (".env", "API_SECRET=\"encrypted:{base64:120}\"\n"),
        ("a.tf", "password = \"vault:v1:{base64:60}\"\n"),
    ] {
        let text = crate::template::expand(template, seed).unwrap();
        assert_eq!(candidates(path, &text), [""; 0], "{text}");
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
        "password={{ pulp_password }}",
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
fn a_dollar_is_a_letter_where_the_language_fills_in_nothing() {
    for path in ["a.py", "a.json", "a.java", "a.cs", "a.go", "a.toml"] {
        check(path, "password = \"$ecret7x\"", &["$ecret7x"]);
        check(path, "password = \"$PASSWORD\"", &[]);
        check(path, "password = \"$password\"", &[]);
        check(path, "password = \"${x}7Kq\"", &[]);
    }
    for path in ["a.sh", "a.php", "a.pl", "a.kt", "a.groovy", "Makefile"] {
        check(path, "password = \"$ecret7x\"", &[]);
    }
}

#[test]
fn items_of_a_list_do_not_announce_each_other() {
    check(
        "a.py",
        "[\n  \"qwerty\",\n  \"pass123\",\n  \"Zq7vLm\",\n]",
        &[],
    );
    check(
        "a.py",
        "get(\n  \"PASSWORD\",\n  \"Zq7vLm\",\n)",
        &["Zq7vLm"],
    );
    check("a.py", "set(\"me\", \"password\", \"Zq7vLm\")", &["Zq7vLm"]);
}

#[test]
fn an_array_of_bytes_is_one_value() {
    let items: Vec<String> = (0..16).map(|i| (i * i * 37 % 256).to_string()).collect();
    let list = items.join(", ");
    for text in [
        format!("key := []byte{{{list}}}"),
        format!("aesKey := crypto.Key{{{list}}}"),
        format!("static const uint8_t secret_key[16] = {{{list}}};"),
        format!("byte[] key = new byte[] {{ {list} }};"),
        format!("KEY = bytes([{list}])"),
    ] {
        let got = candidates("a.c", &text);
        assert_eq!(got, [list.as_str()], "{text}");
    }
    check("a.c", "key = {1, 2, 3}", &[]);
}

#[test]
fn values_with_a_known_form_only_warn_without_it() {
    let judge = |text: &str| {
        let mut out = Vec::new();
        for (at, _) in text.match_indices("secret") {
            scan_at(text.as_bytes(), at..at + 6, &File::new(b"a.env"), &mut out);
        }
        out.first().map(|m| m.confidence)
    };
    let value: String = "mW8+tR3vKz5/Yd1bNq6XhJ4sGf9cLp2wTe7uBa0oQ"
        .chars()
        .rev()
        .collect();
    let whole = format!("aws_secret_access_key = {}", value.get(..40).unwrap());
    let short = format!("aws_secret_access_key = {}", value.get(..37).unwrap());
    assert!(judge(&whole) >= Some(Confidence::Medium));
    assert!(judge(&short) <= Some(Confidence::Low));
}

#[test]
fn a_personal_access_token_is_told_by_its_short() {
    let value = "Zq7vLm9xW2".repeat(3);
    for text in [
        "ACME_PAT=@",
        "ACME_PAT = \"@\"",
        "acme_pat: @",
        "{\"acme_pat\": \"@\"}",
    ] {
        check("a.yml", &text.replace('@', &value), &[&value]);
    }
    for text in ["acme_path=@", "acme_pattern: @", "pat: @"] {
        check("a.yml", &text.replace('@', &value), &[]);
    }
}

#[test]
fn credentials_of_a_header_may_be_joined_to_their_scheme() {
    let value = "Zq7vLm9xW2".repeat(3);
    for text in [
        "h = {'Authorization': 'Bearer ' + '@'}",
        "$h = \"Bearer \" . \"@\";",
        "h = \"Basic \" & \"@\"",
    ] {
        check("a.py", &text.replace('@', &value), &[&value]);
    }
    for text in ["h = 'Bearer ' + token", "h = 'Bearer ', '@'"] {
        let text = text.replace('@', &value);
        assert!(!candidates("a.py", &text).contains(&value), "{text}");
    }
}

#[test]
fn a_password_stands_beside_the_user_on_command_lines() {
    let value = "Zq7vLm9xW2";
    for text in [
        "mongodump -u backup -p @ -d shop",
        "mongodump -u backup -p '@'",
        "curl -u @:X https://acme.freshdesk.com",
        "curl -u \"@:x\" https://acme.freshdesk.com",
        "curl -u \"@:\" https://acme.freshdesk.com",
    ] {
        check("a.sh", &text.replace('@', value), &[value]);
    }
    for text in [
        "docker run -u 1000 -p 8080:80 @",
        "ssh -u root -p 2222 @",
        "tar -u a -p /srv/@",
        "curl -u @ https://acme.io",
    ] {
        check("a.sh", &text.replace('@', value), &[]);
    }
}

#[test]
fn nothing_beyond_the_reach_matters() {
    let text = "password = \"Zq7vLm\"";
    let far = format!("{}{text}{}", "x\n".repeat(REACH), "\nx".repeat(REACH));
    let at = far.find("pass").unwrap();
    let (mut near_out, mut far_out) = (Vec::new(), Vec::new());
    scan_at(text.as_bytes(), 0..4, &File::new(b"a.py"), &mut near_out);
    scan_at(
        far.as_bytes(),
        at..at + 4,
        &File::new(b"a.py"),
        &mut far_out,
    );
    for found in &mut far_out {
        for place in [&mut found.value, &mut found.name] {
            *place = place.start - at..place.end - at;
        }
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
    let source = concat!(
        include_str!("features.rs"),
        include_str!("features/searched.rs")
    );
    let asked = include_str!("trees.txt").lines();
    let asked = asked.filter(|line| line.contains('=') && !line.contains('<'));
    for name in weights().into_iter().map(|(name, _)| name).chain(asked) {
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
            scan_at(
                text.as_bytes(),
                at..at + 4,
                &File::new(b"settings.py"),
                &mut out,
            );
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

#[test]
fn what_is_of_another_kind_is_no_candidate() {
    let hex = |n: usize| "7c4f".repeat(n / 4);
    for (path, text) in [
        ("a.py", "password = config.get('passwd', '')".to_owned()),
        (
            "a.py",
            "password = opts(\"reporting\", \"store.password\")".to_owned(),
        ),
        ("a.py", "'masterPassword': masterPassword}".to_owned()),
        ("a.md", "password: String!".to_owned()),
        ("a.js", "password: hash.toString('ascii')".to_owned()),
        ("a.php", "$key = 'ssh-rsa Zq7vLm'".to_owned()),
        ("a.py", "AUTH_BIND_DN = \"cn=zq,dc=vl\"".to_owned()),
        ("a.yml", "## arguments passing by kubeadm".to_owned()),
        ("a.c", format!("key = 0x{}", hex(32))),
    ] {
        check(path, &text, &[]);
    }
    // A font; an umlaut of an old encoding is no sign of one.
    for (value, n) in [
        (&b"\x9c\x8aZq\xc0\xf5vL\x17"[..], 0),
        (b"p\xe4ssw\xf6rt7Zq", 1),
    ] {
        let text = [b"pwd=\"", value, b"\""].concat();
        let mut found = 0;
        candidates_at(&text, 0..3, &File::new(b"a.c"), &mut |_| found += 1);
        assert_eq!(found, n, "{value:?}");
    }
    let long = format!("0x{}", hex(64));
    check(".env", &format!("PRIVATE_KEY={long}"), &[&long]);
    let token = "Zq7vLm9x".repeat(70);
    let first = token.get(..512).unwrap();
    check("a.json", &format!("\"token\": \"{token}\""), &[first]);
}

#[test]
fn doubt_about_the_kind_of_a_value() {
    use features::Doubt;
    let of = |path: &str, name: &str, value: &str| {
        let text = format!("\"{name}\": \"{value}\"");
        let keyword = ["pass", "secret", "token", "key", "auth"]
            .into_iter()
            .find_map(|word| Some((name.to_ascii_lowercase().find(word)?, word.len())));
        let (at, n) = keyword.unwrap();
        let mut found = None;
        candidates_at(
            text.as_bytes(),
            at + 1..at + 1 + n,
            &File::new(path.as_bytes()),
            &mut |c| found = Some(features::doubt(&c)),
        );
        found.unwrap()
    };
    let uuid = "3f0c1a9e-5b7d-4c2e-9a81-6d4f2b7c8e10";
    for (path, name, value, doubt) in [
        ("a.js", "token", "zq7vLm9xW2", Doubt::None),
        ("a.js", "csrf_secret", "zq7vLm9xW2", Doubt::None),
        ("a.js", "hash_key", "zq7vLm9xW2", Doubt::None),
        ("a.js", "token", uuid, Doubt::OnlyWarns),
        ("a.js", "public_token", "zq7vLm9xW2", Doubt::OnlyWarns),
        ("a/locale/x.js", "password", "zq7vLm9xW2", Doubt::OnlyWarns),
        ("a.c", "password", "zqvlmxw@", Doubt::OnlyWarns),
        ("a.c", "password", "zqvLmxW@", Doubt::None),
        ("a/locale/x.js", "password", "wachtwoord", Doubt::NoSecret),
        ("a.js", "encrypted_key", "zq7vLm9xW2", Doubt::NoSecret),
        ("a.js", "hashedTokenKey", "zq7vLm9xW2", Doubt::NoSecret),
        ("a.js", "password_hash", "zq7vLm9xW2", Doubt::NoSecret),
        ("a.json", "apt_key_spec.rb", "zq7vLm9xW2", Doubt::NoSecret),
        ("a.js", "publicKey", "zq7vLm9xW2", Doubt::NoSecret),
    ] {
        assert_eq!(of(path, name, value), doubt, "{name}: {value}");
    }
}

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
        "$ENV{PASSWORD} = 'Zq7vLm';",
        "password = config('X', default='Zq7vLm')",
        "config('PASSWORD', default='Zq7vLm')",
        "Const Password As String = \"Zq7vLm\"",
        "#define PASSWORD @\"Zq7vLm\"",
        "password: {{ x | default('Zq7vLm') }}",
        "PASSWORD=${1:-\"Zq7vLm\"}",
        "static PASSWORD: Lazy<String> = Lazy::new(|| \"Zq7vLm\".into());",
        "field(\"String\", \"PASSWORD\", \"\\\"Zq7vLm\\\"\")",
        "{\"PASSWORD\": {\"value\": \"Zq7vLm\"}}",
        "variable \"password\" {\n  default = \"Zq7vLm\"\n}",
        "<string name=\"password\" translatable=\"false\">Zq7vLm</string>",
        "aws put --name /app/password --value \"Zq7vLm\"",
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
        ("a.xml", "<password kind=\"plain\">Zq7vLm</password>"),
        ("a.cs", "new NetworkCredential(\"me\", \"Zq7vLm\")"),
        ("a.go", "request.SetBasicAuth(user.Name, \"Zq7vLm\")"),
        ("a.go", "if creds.Secret != \"Zq7vLm\" {"),
        ("a.go", "x := `\npassword: Zq7vLm\n`"),
        ("a.go", "password=Zq7vLm\n"),
        ("a.sql", "IDENTIFIED WITH mysql_native_password BY 'Zq7vLm'"),
        ("a.py", "\"redis://host?password=Zq7vLm&db=1\""),
        ("a.yml", "url: redis://host?db=1&password=Zq7vLm&x=y"),
        ("a.ps1", "ConvertTo-SecureString 'Zq7vLm' -AsPlainText"),
        ("a.ps1", "ConvertTo-SecureString -String \"Zq7vLm\""),
        ("a.sh", "curl --user 'me:Zq7vLm' host"),
    ] {
        let got = candidates(path, text);
        assert!(got.iter().any(|v| v == "Zq7vLm"), "{text}: {got:?}");
    }
}

#[test]
fn values_before_their_names_and_tokens_as_users_of_urls() {
    let seed = &mut crate::template::Seed::new(7);
    let value = crate::template::expand("{base62:12}4Qz{base62:12}7xL", seed).unwrap();
    for (path, text) in [
        ("a.js", format!("call(\"{value}\"); // api key\n")),
        ("a.py", format!("X = '{value}'  # the token\n")),
        ("a.sql", format!("('{value}', -- secret\n")),
        ("a.md", format!("| {value} | API token |\n")),
        ("a.md", format!("| `{value}` | Secret key |\n")),
        ("a.rb", format!("{{ \"{value}\" => :api_key }}\n")),
        ("a.py", format!("X = {{\"{value}\": \"api_key\"}}\n")),
        ("a.txt", format!("{value}: the API key\n")),
        ("a.txt", format!("{value} (API key)\n")),
        ("a.txt", format!("{value} - secret token\n")),
        ("a.csv", format!("{value},api_key\n")),
        (
            "a.swift",
            format!("r.setValue(\"{value}\", forHTTPHeaderField: \"X-Api-Key\")\n"),
        ),
        (
            "a.sh",
            format!("git clone https://{value}@host.org/x.git\n"),
        ),
        (
            "a.sh",
            format!("git clone https://{value}:x-oauth-basic@host.org/x\n"),
        ),
        ("a.sh", format!("curl https://{value}:@api.host.org/v1\n")),
    ] {
        assert_eq!(candidates(path, &text), [value.as_str()], "{text}");
    }
    let stored = format!("d.set(\"{value}\", forKey: \"apiKey\")\n");
    assert!(candidates("a.swift", &stored).contains(&value));
    for (path, text) in [
        (
            "a.js",
            format!("call(\"{value}\"); // api key of {value}.x\n"),
        ),
        (
            "a.js",
            format!("x = \"{value}\"; // hash of the password\n"),
        ),
        ("a.js", "x = \"some words\"; // api key\n".to_owned()),
        ("a.py", format!("{value}(1): a.b > key\n")),
        ("a.js", format!("x = f({value}, key)\n")),
        (
            "a.py",
            format!("dsn = 'https://{value}@errors.host.org/4506'\n"),
        ),
        (
            "a.sh",
            "ssh://deploy-user-2024-staging-eu1@host.org/\n".to_owned(),
        ),
        ("a.sh", format!("https://me@host.org/{value}\n")),
    ] {
        assert_eq!(candidates(path, &text), [""; 0], "{text}");
    }
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
fn pairs_of_erlang_and_records_of_tables_are_candidates() {
    check("a.erl", "{password, \"Zq7vLm\"}.", &["Zq7vLm"]);
    check("a.erl", "-define(PASSWORD, <<\"Zq7vLm\">>).", &["Zq7vLm"]);
    check("a.c", "{PASSWORD, \"Zq7vLm\"},", &[]);
    check("a.csv", "x,y\npassword,Zq7vLm\n", &["Zq7vLm"]);
    check("a.csv", "password;Zq7vLm\n", &["Zq7vLm"]);
    check("a.tsv", "password\tZq7vLm\n", &["Zq7vLm"]);
    check("a.csv", "x,password,Zq7vLm\n", &[]);
    check(
        "a.rs",
        "fn a_password() {\n    let value = \"Zq7vLm\";\n",
        &[],
    );
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
            scan_at(text.as_bytes(), at..at + 6, b"a.env", &mut out);
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
fn nothing_beyond_the_reach_matters() {
    let text = "password = \"Zq7vLm\"";
    let far = format!("{}{text}{}", "x\n".repeat(REACH), "\nx".repeat(REACH));
    let at = far.find("pass").unwrap();
    let (mut near_out, mut far_out) = (Vec::new(), Vec::new());
    scan_at(text.as_bytes(), 0..4, b"a.py", &mut near_out);
    scan_at(far.as_bytes(), at..at + 4, b"a.py", &mut far_out);
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
    let source = include_str!("features.rs");
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
        candidates_at(&text, 0..3, b"a.c", &mut |_| found += 1);
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
            path.as_bytes(),
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

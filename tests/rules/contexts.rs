//! Values that only a name announces, put into the forms in which people write names and values down: whatever the rule,
//! whatever the form, the value is found. A sample of all pairs, the same in every run.

use keysieve::finding::Confidence;
use keysieve::rule::{self, Detect};
use keysieve::scan::Scanner;
use keysieve::template::{Seed, expand};

/// How the words of a name are joined.
#[derive(Debug, Clone, Copy)]
enum Style {
    Upper,
    Snake,
    Camel,
    Pascal,
    Kebab,
    Dotted,
    Words,
}

use Style::{Camel, Dotted, Kebab, Pascal, Snake, Upper, Words};

/// `@N` is the name, `@V` the value.
#[rustfmt::skip]
const FORMS: &[(Style, &str)] = &[
    // Environment, shells, containers.
    (Upper, "@N=@V"), (Upper, "export @N='@V'"), (Upper, "set \"@N=@V\""), (Upper, "$env:@N = \"@V\""),
    (Upper, "ENV @N @V"), (Upper, "docker run -e @N=@V image"), (Upper, "      - \"@N=@V\""),
    (Upper, "${@N:-@V}"), (Upper, "@N := @V"), (Kebab, "run --@N @V"), (Kebab, "args: [\"--@N=@V\"]"),
    (Kebab, "java -D@N=@V -jar a.jar"), (Upper, "gh secret set @N --body \"@V\""),
    // Settings.
    (Snake, "@N: @V"), (Snake, "@N: >-\n  @V"), (Camel, "  \"@N\": \"@V\","), (Kebab, "@N = '@V'"),
    (Dotted, "@N=@V"), (Upper, "- name: @N\n  value: \"@V\""), (Pascal, "@N:\n    Type: String\n    Default: @V"),
    (Snake, "variable \"@N\" {\n  type = string\n  default = \"@V\"\n}"), (Snake, "@N: &anchor \"@V\""),
    (Upper, "string(name: '@N', defaultValue: '@V')"), (Camel, "{\\\"@N\\\": \\\"@V\\\"}"),
    (Kebab, "      - uses: a/b@v1\n        with:\n          @N: @V"), (Upper, "E=([A]=b [@N]=@V)"),
    (Upper, "{\"name\": \"@N\", \"slotSetting\": false, \"value\": \"@V\"}"),
    (Pascal, "{\"ParameterKey\": \"@N\", \"ParameterValue\": \"@V\"}"), (Camel, "<@N><![CDATA[@V]]></@N>"),
    (Pascal, "<add key=\"@N\" value=\"@V\" />"), (Dotted, "<name>@N</name>\n  <value>@V</value>"),
    (Pascal, "<key>@N</key>\n<string>@V</string>"), (Camel, "<@N>\n    @V\n</@N>"),
    (Kebab, "<meta name=\"@N\" content=\"@V\">"),
    // Programs.
    (Upper, "define('@N', '@V');"), (Snake, "'@N' => '@V',"), (Snake, ":@N => \"@V\","),
    (Upper, "ENV.fetch(\"@N\") { \"@V\" }"), (Upper, "env::var(\"@N\").unwrap_or_else(|_| \"@V\".into())"),
    (Upper, "Optional.ofNullable(getenv(\"@N\")).orElse(\"@V\")"),
    (Kebab, "parser.add_argument('--@N', type=str, default='@V')"), (Pascal, "\t\t@N:  \"@V\","), (Camel, "@N := []byte(\"@V\")"),
    (Pascal, "options.set@N(\"@V\");"), (Dotted, "@Value(\"${@N:@V}\")"),
    (Pascal, "public string @N { get; set; } = \"@V\";"), (Upper, "os.getenv(\"@N\", \"@V\")"),
    (Upper, "os.environ.get('@N') or '@V'"), (Snake, "@N: str = Field(default=\"@V\")"),
    (Upper, "@N = (\n    \"@V\"\n)"), (Upper, "process.env.@N || '@V'"), (Upper, "process.env.@N ?? `@V`"),
    (Snake, "@N: String::from(\"@V\"),"), (Upper, "const @N: &'static str = \"@V\";"),
    (Snake, "static const char @N[] = \"@V\";"), (Snake, "std::string @N{\"@V\"};"),
    (Camel, "NSString *@N = @\"@V\";"), (Pascal, "Dim @N As String = \"@V\""), (Snake, "INSERT INTO s VALUES ('@N', '@V');"),
    (Snake, "<string name=\"@N\" translatable=\"false\">@V</string>"),
    (Upper, "@N=${1:-\"@V\"}"),
    (Snake, "@N: {{ x | default('@V') }}"), (Snake, "@N;@V"), (Words, "@N:\n\n    @V\n"),
    // Requests and prose.
    (Kebab, "curl -H \"X-@N: @V\" https://api.example.com"), (Snake, "https://api.example.com/v1?a=1&@N=@V&b=2"),
    (Words, "| `@N` | `@V` |"), (Words, "**@N:** @V"), (Words, "## @N\n\n@V\n"), (Words, "my @N is @V."),
    (Words, "@N (prod): @V"),
    (Upper, "# @N=@V"), (Camel, "// @N = \"@V\""), (Upper, "<!-- @N=@V -->"),
];

/// Words that end a name as they are; others are followed by `api key`.
const LABELS: &[&str] = &[
    "key",
    "token",
    "secret",
    "password",
    "auth",
    "pass",
    "api",
    "access",
    "private",
    "client",
    "license",
    "pat",
    "sid",
    "webhook",
    "signing",
    "certificate",
];

fn name(words: &[String], style: Style) -> String {
    let capital = |word: &String| {
        let (first, rest) = word.split_at(1);
        first.to_ascii_uppercase() + rest
    };
    let humps = || words.iter().map(capital).collect::<Vec<_>>();
    match style {
        Upper => words.join("_").to_ascii_uppercase(),
        Snake => words.join("_"),
        Kebab => words.join("-"),
        Dotted => words.join("."),
        Words => humps().join(" "),
        Pascal => humps().concat(),
        Camel => words[0].clone() + &humps()[1..].concat(),
    }
}

/// The first of the names that `rules.toml` gives for a rule, as words.
fn first_name(rule: &str) -> Option<Vec<String>> {
    let rules = include_str!("../../rules.toml");
    let (_, text) = rules.split_once(&format!("\nid = \"{rule}\"\n"))?;
    let text = text.split("\n[[rule]]").next()?;
    let (_, names) = text.split_once("\nnames = [\"")?;
    let name = names.split('"').next()?;
    let mut words: Vec<String> = name.split(' ').map(str::to_owned).collect();
    if !LABELS.contains(&words.last()?.as_str()) {
        words.extend(["api", "key"].map(str::to_owned));
    }
    Some(words)
}

/// What people put before and behind a name. Prose has its own ways.
const AROUND: &[(&str, &str)] = &[
    ("", ""),
    ("", ""),
    ("my app ", " prod"),
    ("legacy ", ""),
    ("", " staging"),
    ("ci ", " 2"),
    ("", " identity eu west"),
];

/// The words of a name with some before or behind it.
fn surrounded(words: &[String], style: Style, seed: &mut Seed) -> Vec<String> {
    let (before, behind) = match style {
        Words => ("", ""),
        Upper | Snake | Camel | Pascal | Kebab | Dotted => AROUND[seed.below(AROUND.len())],
    };
    let more = |text: &'static str| text.split_whitespace().map(str::to_owned);
    more(before)
        .chain(words.iter().cloned())
        .chain(more(behind))
        .collect()
}

#[test]
fn a_named_value_is_found_in_whatever_form_it_is_written() {
    /// Forms that are tried of each rule.
    const SAMPLE: usize = 4;
    let scanner = Scanner::default();
    let mut seed = Seed::new(11);
    let (mut tried, mut missed) = (vec![0; FORMS.len()], vec![Vec::new(); FORMS.len()]);
    for rule in rule::built_in() {
        let is_named = matches!(rule.detect, Detect::Named { .. });
        if !is_named || rule.confidence < Confidence::Medium {
            continue;
        }
        let text = expand(&rule.hit[0], &mut seed).unwrap();
        let scanned = scanner.scan(b"app.conf", text.as_bytes());
        let Some(found) = scanned.matches.iter().find(|m| m.rule.id == rule.id) else {
            // `each_hit_is_found_by_its_rule_alone` tells.
            continue;
        };
        let value = &text[found.span.clone()];
        let words = first_name(&rule.id).unwrap_or_else(|| panic!("{} has no names", rule.id));
        for _ in 0..SAMPLE {
            let n = seed.below(FORMS.len());
            let (style, form) = FORMS[n];
            let words = surrounded(&words, style, &mut seed);
            let text = form
                .replace("@N", &name(&words, style))
                .replace("@V", value);
            let text = ["first\n", &text, "\nlast\n"].concat();
            let scanned = scanner.scan(b"app.conf", text.as_bytes());
            let is_found = scanned
                .matches
                .iter()
                .any(|m| m.confidence >= Confidence::Medium);
            tried[n] += 1;
            if !is_found {
                missed[n].push(rule.id.as_ref());
            }
        }
    }
    let failures: Vec<String> = (FORMS.iter().zip(&tried).zip(&missed))
        // A rule of its own kind may ask for more than its name.
        .filter(|((_, tried), missed)| missed.len() * 20 > **tried || **tried < SAMPLE * 5)
        .map(|(((_, form), tried), missed)| format!("`{form}`: {missed:?} of {tried}"))
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let n_missed: usize = missed.iter().map(Vec::len).sum();
    let n_tried: usize = tried.iter().sum();
    assert!(
        n_missed * 50 <= n_tried,
        "{n_missed} of {n_tried}: {missed:?}"
    );
}

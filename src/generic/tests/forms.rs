//! In which forms of languages and settings a name leads to its value.

/// The value that [`put`] sets for `<v>` in a form: whole lines of code with a password would be findings of our own.
const VALUE: &str = "Zq7vLm";

fn put(form: &str) -> String {
    form.replace("<v>", VALUE)
}

fn candidates(path: &str, form: &str) -> Vec<String> {
    super::candidates(path, &put(form))
}

#[track_caller]
fn check(path: &str, form: &str, expected: &[&str]) {
    super::check(path, &put(form), expected);
}

#[test]
fn assignments_of_many_languages() {
    for text in [
        "password = \"<v>\"",
        "$password = '<v>';",
        "db.password := \"<v>\"",
        "let password: &str = \"<v>\";",
        "var password string = \"<v>\"",
        "\"password\": \"<v>\",",
        ":password => '<v>',",
        "config['password'] = '<v>'",
        "if password == \"<v>\" {",
        "password = Some(\"<v>\")",
        "user.setPassword(\"<v>\");",
        "define('PASSWORD', '<v>');",
        "String PASSWORD =\n    \"<v>\";",
        "\"{\\\"password\\\":\\\"<v>\\\"}\"",
        "password = os.environ.get('X') or x; password = b'<v>'",
        "$ENV{PASSWORD} = '<v>';",
        "password = config('X', default='<v>')",
        "config('PASSWORD', default='<v>')",
        "Const Password As String = \"<v>\"",
        "#define PASSWORD @\"<v>\"",
        "password: {{ x | default('<v>') }}",
        "PASSWORD=${1:-\"<v>\"}",
        "static PASSWORD: Lazy<String> = Lazy::new(|| \"<v>\".into());",
        "field(\"String\", \"PASSWORD\", \"\\\"<v>\\\"\")",
        "{\"PASSWORD\": {\"value\": \"<v>\"}}",
        "variable \"password\" {\n  default = \"<v>\"\n}",
        "<string name=\"password\" translatable=\"false\"><v></string>",
        "aws put --name /app/password --value \"<v>\"",
    ] {
        let got = candidates("a.py", text);
        assert!(got.iter().any(|v| v == VALUE), "{text}: {got:?}");
    }
}

#[test]
fn settings_flags_markup_and_urls() {
    for (path, text) in [
        ("a.yml", "db_password: <v>"),
        ("a.env", "export DB_PASSWORD=<v>"),
        ("a.sh", "mysql --password=<v> x"),
        ("a.sh", "tool --password <v>"),
        ("a.xml", "<password><v></password>"),
        ("a.xml", "<add key=\"Password\" value=\"<v>\"/>"),
        ("a.xml", "<name>password</name>\n<value><v></value>"),
        ("a.yml", "- name: DB_PASSWORD\n  value: <v>"),
        ("a.sql", "CREATE USER a IDENTIFIED BY '<v>'"),
        ("a.sql", "ALTER USER a WITH PASSWORD '<v>'"),
        ("a.py", "postgres://me:<v>@host/db"),
        ("a.cs", "\"Server=x;Password=<v>;Pooling=true\""),
        ("a.md", "The password is `<v>`."),
        ("a.xml", "<password kind=\"plain\"><v></password>"),
        ("a.cs", "new NetworkCredential(\"me\", \"<v>\")"),
        ("a.go", "request.SetBasicAuth(user.Name, \"<v>\")"),
        ("a.go", "if creds.Secret != \"<v>\" {"),
        ("a.go", "x := `\npassword: <v>\n`"),
        ("a.go", "password=<v>\n"),
        ("a.sql", "IDENTIFIED WITH mysql_native_password BY '<v>'"),
        ("a.py", "\"redis://host?password=<v>&db=1\""),
        ("a.yml", "url: redis://host?db=1&password=<v>&x=y"),
        ("a.ps1", "ConvertTo-SecureString '<v>' -AsPlainText"),
        ("a.ps1", "ConvertTo-SecureString -String \"<v>\""),
        ("a.sh", "curl --user 'me:<v>' host"),
    ] {
        let got = candidates(path, text);
        assert!(got.iter().any(|v| v == VALUE), "{text}: {got:?}");
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
fn pairs_of_erlang_and_records_of_tables_are_candidates() {
    check("a.erl", "{password, \"<v>\"}.", &[VALUE]);
    check("a.erl", "-define(PASSWORD, <<\"<v>\">>).", &[VALUE]);
    check("a.c", "{PASSWORD, \"<v>\"},", &[]);
    check("a.csv", "x,y\npassword,<v>\n", &[VALUE]);
    check("a.csv", "password;<v>\n", &[VALUE]);
    check("a.tsv", "password\t<v>\n", &[VALUE]);
    check("a.csv", "x,password,<v>\n", &[]);
    check("a.rs", "fn a_password() {\n    let value = \"<v>\";\n", &[]);
}

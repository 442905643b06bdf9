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

#[test]
fn code_stands_between_a_name_and_its_value() {
    for (path, form) in [
        (
            "a.java",
            "d.findElement(By.id(\"password\")).sendKeys(\"<v>\");",
        ),
        (
            "a.js",
            "cy.get('input[name=\"password\"]').clear().type('<v>');",
        ),
        ("a.js", "page.getByLabel('Password').fill('<v>')"),
        ("a.js", "document.getElementById('password').value = '<v>';"),
        (
            "a.swift",
            "app.secureTextFields[\"Password\"].typeText(\"<v>\")",
        ),
        (
            "a.rs",
            "var(\"PASSWORD\").unwrap_or_else(|_| \"<v>\".into())",
        ),
        ("a.java", "if (get(\"password\").equals(\"<v>\")) {"),
        (
            "a.py",
            "add_argument(\"--password\", type=str, default=\"<v>\")",
        ),
        (
            "a.py",
            "option(\"--password\", \"-p\", default='<v>', help='x')",
        ),
        ("a.rb", "fill_in 'Password', with: '<v>'"),
        (
            "a.go",
            "Password string `env:\"PASSWORD\" envDefault:\"<v>\"`",
        ),
        (
            "Jenkinsfile",
            "password(name: 'PASSWORD', defaultValue: '<v>')",
        ),
        ("a.cs", "public string Password { get; set; } = \"<v>\";"),
        ("a.rb", "password { '<v>' }"),
        ("a.cpp", "const std::string password{\"<v>\"};"),
        ("a.rb", "def password\n  '<v>'\nend"),
        ("a.java", "String getPassword() {\n  return \"<v>\";\n}"),
        ("a.py", "def password(self):\n    return '<v>'\n"),
        ("a.rs", "fn password() -> &'static str {\n    \"<v>\"\n}"),
        ("a.c", "if (strcmp(login->password, \"<v>\") == 0)"),
        ("a.c", "strcpy(password, \"<v>\");"),
        ("a.php", "curl_setopt($ch, CURLOPT_USERPWD, \"me:<v>\");"),
        ("a.rb", "r.basic_auth 'me', '<v>'"),
        ("a.rs", "c.basic_auth(\"me\", Some(\"<v>\"))"),
        ("a.pl", "my $password = q{<v>};"),
        ("a.yml", "password: &pw <v>\n"),
        ("a.yml", "password: !!str <v>\n"),
        ("a.sh", "PASSWORD=${1:-<v>}\n"),
        ("a.yml", "password: ${X:<v>}\n"),
        ("a.cs", "config.Set(\"mail\", \"password\", \"<v>\")"),
        ("a.cbl", "01 PASSWORD PIC X(12) VALUE \"<v>\"."),
    ] {
        check(path, form, &[VALUE]);
    }
    for (path, form) in [
        ("a.js", "cy.get('#password').should('<v>')"),
        ("a.java", "get(\"password\").toString(\"<v>\")"),
        ("a.c", "log(password, \"<v>\");"),
        (
            "a.cs",
            "public string Password { get; set; }\nstring X = \"<v>\";",
        ),
        ("a.rb", "password { '<v>' => 1 }"),
        ("a.java", "String getPassword() {\n  return \"<v>\" + x;\n}"),
        ("a.rb", "def password\n  '<v>'.length\nend"),
        ("a.sh", "PASSWORD=${1:?<v>}\n"),
        ("a.sh", "PASSWORD=${1:+<v>}\n"),
        ("a.py", "add_argument(\"--password\", help=\"<v>\")"),
        ("a.sh", "adduser --disabled-password --gecos x"),
    ] {
        check(path, form, &[]);
    }
}

#[test]
fn calls_that_log_in_take_the_password_last() {
    let form = "smtp.PlainAuth(\"\", \"me@x.org\", \"<v>\", host)";
    check("a.go", form, &["me@x.org", VALUE]);
}

#[test]
fn values_stand_below_the_head_of_their_column() {
    let row =
        "insert into users (id, name, `password`) values (1, 'me', '<v>'), (2, N'a', N'<v>7');";
    check("a.sql", row, &[VALUE, &format!("{VALUE}7")]);
    check(
        "a.py",
        "q = \"INSERT INTO u (password, x) VALUES ('<v>', 'y')\"",
        &[VALUE],
    );
    check(
        "a.csv",
        "name,password,mail\nme,<v>,me@x.org\nyou,<v>8,x\n",
        &[VALUE, &format!("{VALUE}8")],
    );
    check(
        "a.csv",
        "\"name\",\"password\"\n\"a, b\",\"<v>\"\n",
        &[VALUE],
    );
    check(
        "a.md",
        "| user | password |\n|---|---|\n| me | <v> |\n",
        &[VALUE],
    );
    check(
        "a.feature",
        "  | user | password |\n  | me | <v> |\n",
        &[VALUE],
    );
    check("a.md", "| user | password |\n| me | <v> |\n", &[]);
    check("a.ts", "a = | user | password |\n| me | <v> |\n", &[]);
    check("a.csv", "x\nname,password\nme,<v>\n", &[]);
    check("a.csv", "key,fr\na,<v>\n", &[]);
    check("a.sql", "call(id, password, '<v>')", &[]);
    let hash = "7c4f".repeat(8);
    check(
        "a.sql",
        &format!("INSERT INTO u (password) VALUES ('{hash}')"),
        &[],
    );
}

#[test]
fn text_between_tags_may_have_lines_of_its_own() {
    check("a.xml", "<password>\n  <v>\n</password>", &[VALUE]);
    check("a.xml", "<password><![CDATA[<v>]]></password>", &[VALUE]);
    check(
        "a.xml",
        "<property name=\"password\">\n  <value><v></value>\n</property>",
        &[VALUE],
    );
    check(
        "a.html",
        "<input type=\"x\" name=\"password\" value=\"<v>\">",
        &[VALUE],
    );
    check(
        "a.xml",
        "<passwordKind>\n  <kind><v></kind>\n</passwordKind>",
        &[],
    );
}

#[test]
fn words_stand_between_a_name_and_its_value() {
    for (path, form) in [
        ("a.md", "The password of the demo account is `<v>`."),
        ("a.md", "**Password:** <v>\n"),
        ("a.txt", "wifi password - <v>\n"),
        ("a.feature", "And I fill in \"Password\" with \"<v>\""),
        ("a.robot", "${PASSWORD}    <v>\n"),
        ("a.sh", "mongo --host x -u me -p <v> --x y"),
        ("a.sh", "ipmitool -U me -P '<v>' x"),
    ] {
        check(path, form, &[VALUE]);
    }
    for (path, form) in [
        (
            "a.md",
            "Abort where the database has a wrong password - <v>\n",
        ),
        ("a.sh", "mysql -u root -p <v>"),
        ("a.sh", "docker run -u me -p 80:8080 x"),
        ("a.sh", "psql -U me -p 5432 x"),
    ] {
        check(path, form, &[]);
    }
}

#[test]
fn fields_of_a_build_are_assignments() {
    let syntax = |text: &str| {
        let mut out = Vec::new();
        let at = text.find("SECRET").unwrap();
        crate::generic::candidates_at(
            text.as_bytes(),
            at..at + 6,
            &crate::generic::File::new(b"build.gradle"),
            &mut |c| {
                out.push(c.syntax);
            },
        );
        out
    };
    use crate::generic::candidate::Syntax;
    for field in [
        "buildConfigField \"String\", \"SECRET\", \"\\\"<v>\\\"\"",
        "buildConfigField(\"String\", \"SECRET\", \"\\\"<v>\\\"\")",
        "resValue 'string', 'SECRET', '<v>'",
    ] {
        assert_eq!(syntax(&put(field)), [Syntax::Assign], "{field}");
    }
    let other = put("field(\"String\", \"SECRET\", \"<v>\")");
    assert_eq!(syntax(&other), [Syntax::Comma]);
}

#[test]
fn an_authorization_header_may_have_a_scheme_of_its_issuers_own() {
    let seed = &mut crate::template::Seed::new(4);
    let token = &crate::template::expand("{base62:20}4Qz7", seed).unwrap();
    for (header, is_found) in [
        ("-H \"Authorization: Client-ID @\"", true),
        ("-H 'Authorization: App @'", true),
        ("Authorization: Api-Key @\n", true),
        ("-H \"Authorization: Hawk @\"", false),
        ("-H \"Authorization: Client-ID @ and more\"", false),
        ("authorizationUrl: see @\n", false),
    ] {
        let text = header.replace('@', token);
        let got = super::candidates("run.sh", &text);
        assert_eq!(
            got.iter().any(|v| v == token),
            is_found,
            "{header}: {got:?}"
        );
    }
}

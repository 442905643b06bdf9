mod large;

use super::*;
use crate::template::{Seed, expand};

/// The rule, the value and the confidence of everything found in a template at a path.
pub(super) fn found(path: &str, template: &str) -> Vec<(&'static str, String, Confidence)> {
    let text = expand(template, &mut Seed::of(path)).unwrap();
    let mut out = Vec::new();
    scan(path.as_bytes(), text.as_bytes(), &mut out);
    out.into_iter()
        .map(|m| (m.rule, text.get(m.value).unwrap().to_owned(), m.confidence))
        .collect()
}

/// `[[` and `]]` stand around the values that are found.
#[track_caller]
pub(super) fn check(path: &str, rule: &str, template: &str) {
    check_as(path, rule, Confidence::High, template);
}

#[track_caller]
pub(super) fn check_as(path: &str, rule: &str, confidence: Confidence, template: &str) {
    let text = expand(template, &mut Seed::of(path)).unwrap();
    let mut want = Vec::new();
    let mut plain = String::new();
    for (i, part) in text.split("[[").enumerate() {
        match part.split_once("]]") {
            Some((value, rest)) if i > 0 => {
                want.push((rule, value.to_owned(), confidence));
                plain.push_str(value);
                plain.push_str(rest);
            }
            Some(_) | None => plain.push_str(part),
        }
    }
    let mut out = Vec::new();
    scan(path.as_bytes(), plain.as_bytes(), &mut out);
    let got: Vec<_> = out
        .into_iter()
        .map(|m| (m.rule, plain.get(m.value).unwrap().to_owned(), m.confidence))
        .collect();
    assert_eq!(got, want, "{path}: {plain}");
}

#[track_caller]
pub(super) fn clean(path: &str, template: &str) {
    let got: Vec<_> = found(path, template)
        .into_iter()
        .filter(|(.., confidence)| *confidence >= Confidence::Medium)
        .collect();
    assert_eq!(got, [], "{path}");
}

#[test]
fn every_rule_is_in_the_rules() {
    let in_code = [
        "java-keystore",
        "keepass-database",
        "kerberos-keytab",
        "git-crypt-key",
        "gnupg-private-key",
        "pkcs12-file",
        "der-private-key-file",
        "minisign-secret-key",
        "password-safe-file",
        "tor-onion-key",
        "solana-keypair-file",
    ];
    for rule in table::rules().chain(in_code) {
        assert!(crate::rule::find(rule).is_some(), "{rule}");
    }
}

#[test]
fn logins() {
    check(
        "home/.netrc",
        "netrc-password",
        "machine a.net\n  login me\n  password [[{base62:12}]]\n",
    );
    check(
        "_netrc",
        "netrc-password",
        "machine a.net login me password [[{base62:12}]]",
    );
    check(
        "db/.pgpass",
        "pgpass-password",
        "# h:p:d:u:p\nhost:5432:app\\:x:me:[[a:{base62:12}]]\n",
    );
    check(
        ".git-credentials",
        "git-credentials",
        "https://me@a.org:[[x!#@{base62:9}]]@github.com\n",
    );
    clean("home/.netrc", "machine a.net login me password ${{TOKEN}\n");
    clean("db/.pgpass", "localhost:5432:*:postgres:postgres\n");
    clean("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
}

#[test]
fn package_managers() {
    check(
        ".npmrc",
        "npmrc-auth",
        "email=a@b.c\n//registry.npmjs.org/:_authToken=[[{uuid:}]]\n_auth = [[{make:basic:me}]]\n",
    );
    check(
        ".yarnrc.yml",
        "npmrc-auth",
        "npmAuthToken: \"[[{base62:36}]]\"\n",
    );
    check(
        ".pypirc",
        "pypirc-password",
        "[pypi]\nusername = me\npassword = [[{base62:16}]]\n",
    );
    check(
        "me/.docker/config.json",
        "docker-config-auth",
        "{{\"auths\": {{\"r.io\": {{\"auth\": \"[[{make:basic:ci}]]\"}}}",
    );
    check(
        "x/.cargo/credentials.toml",
        "cargo-credentials",
        "[registry]\ntoken = \"[[cio{base62:32}]]\"\n",
    );
    check(
        ".gem/credentials",
        "gem-credentials",
        "---\n:rubygems_api_key: [[{hex:48}]]\n",
    );
    check(
        "auth.json",
        "composer-auth",
        "{{\"http-basic\": {{\"repo.a.net\": {{\"username\": \"me\", \"password\": \"[[{base62:14}]]\"}}, \"github-oauth\": {{\"github.com\": \"[[{hex:40}]]\"}}}",
    );
    check(
        ".m2/settings.xml",
        "maven-settings-password",
        "<server>\n<username>me</username><password>[[{base62:14}]]</password></server>",
    );
    let sealed = "<master>{{[[{base64:43}=]]}</master>";
    check(
        ".m2/settings-security.xml",
        "maven-settings-password",
        sealed,
    );
    check(
        "NuGet.Config",
        "nuget-config-password",
        "<add key=\"Username\" value=\"me\" />\n<add key=\"ClearTextPassword\" value=\"[[{base62:20}]]\" />",
    );
    clean(".npmrc", "//registry.npmjs.org/:_authToken=${{NPM_TOKEN}\n");
    clean(
        ".m2/settings.xml",
        "<password>${{env.PASSWORD}</password><password>{{{base64:43}=}</password>",
    );
    clean(
        "nuget.config",
        "<add key=\"ClearTextPassword\" value=\"%NUGET_TOKEN%\" />",
    );
    clean("app/auth.json", "{{\"www.example.com\": \"{base62:30}\"}");
}

#[test]
fn deployments() {
    check("config/master.key", "rails-master-key", "[[{hex:32}]]\n");
    check(
        "config/credentials/production.key",
        "rails-master-key",
        "[[{hex:32}]]",
    );
    check(
        "config/secrets.yml",
        "rails-secret-key-base",
        "production:\n  secret_key_base: [[{hex:128}]]\n",
    );
    check(".vault-token", "vault-token-file", "[[s.{base62:24}]]\n");
    check(
        "credentials.tfrc.json",
        "terraform-credentials",
        "{{\"credentials\": {{\"app.terraform.io\": {{\"token\": \"[[{base62:14}.{base62:67}]]\"}}}",
    );
    check(
        "prod.tfvars",
        "terraform-variable",
        "region = \"eu\"\ndb_password = \"[[{base62:16}]]\"\n",
    );
    check(
        "terraform.tfstate",
        "terraform-state-secret",
        "{{\"attributes\": {{\"master_password\": \"[[{base62:16}]]\", \"password_length\": \"16\", \"id\": \"db\"}, \"outputs\": {{\"x\": {{\"sensitive\": true, \"value\": \"[[{base62:20}]]\"}}}",
    );
    check(
        ".kube/config",
        "kubeconfig-credential",
        "users:\n- name: me\n  user:\n    token: [[{base62:40}]]\n",
    );
    check(
        "gh/hosts.yml",
        "github-cli-token",
        "github.com:\n    oauth_token: [[gho_{base62:36}]]\n",
    );
    check(
        "web.config",
        "web-config-secret",
        "<add name=\"a\" connectionString=\"Server=x;User Id=me;Password=[[{base62:12}]];\" />\n<machineKey validationKey=\"[[{HEX:128}]]\" />",
    );
    check(
        "wp-config.php",
        "wordpress-config-secret",
        "define( 'DB_NAME', 'wp' );\ndefine( 'DB_PASSWORD', '[[{base62:12}]]' );\ndefine('AUTH_KEY', '[[{base62:64}]]');",
    );
    check(
        ".env",
        "dotenv-secret",
        "DB_HOST=x\nDB_PASSWORD=[[aB3{base62:12}]]\nTOKEN_TTL=360000000000a\n",
    );
    clean(".env.production", "DB_PASSWORD=\"encrypted:{base64:90}\"\n");
    clean(
        ".env",
        "SENTRY_DSN=https://{hex:32}@o{digits:6}.ingest.us.sentry.io/{digits:16}\n",
    );
    check(
        ".env",
        "dotenv-secret",
        "REPORT_DSN=[[https://{hex:32}:{hex:32}@sentry.acme.io/{digits:4}]]\n",
    );
    check(
        ".wakatime.cfg",
        "program-config-password",
        "[settings]\ndebug = false\napi_key = [[{uuid:}]]\n",
    );
    clean(
        "config/secrets.yml",
        "secret_key_base: <%= ENV[\"SECRET_KEY_BASE\"] %>\n",
    );
    clean(
        "wp-config.php",
        "define('AUTH_KEY', 'put your unique phrase here');",
    );
    clean(
        "vars.tfvars",
        "db_password = \"changeme\"\napi_token = \"<token>\"\n",
    );
    check("secrets/master.key", "jenkins-credentials", "[[{hex:256}]]");
    clean(
        "wp-config.php",
        "define('DB_PASSWORD', getenv('DB_PASS_1x'));",
    );
    clean("certs/server.key", "{hex:32}");
}

#[test]
fn programs() {
    check(
        ".my.cnf",
        "mysql-config-password",
        "[client]\nuser = me\npassword = [[{base62:12}]]\n",
    );
    check(
        ".s3cfg",
        "cloud-client-secret",
        "access_key = {BASE32:20}\nsecret_key = [[{base62:40}]]\n",
    );
    check(
        "rclone.conf",
        "cloud-client-secret",
        "[box]\ntype = sftp\npass = [[{base64url:30}]]\n",
    );
    check(
        "filezilla.xml",
        "ftp-client-password",
        "<User>me</User><Pass encoding=\"base64\">[[{base62:16}]]</Pass>",
    );
    check(
        ".vscode/sftp.json",
        "ftp-client-password",
        "{{\"username\": \"me\", \"password\": \"[[{base62:10}]]\"}",
    );
    check(
        ".idea/WebServers.xml",
        "ftp-client-password",
        "<fileTransfer host=\"a\" password=\"[[{hex:24}]]\" />",
    );
    check(
        "unattend.xml",
        "program-config-password",
        "<AdministratorPassword><Value>[[{base62:12}]]</Value><PlainText>true</PlainText></AdministratorPassword>",
    );
    check(
        "gradle.properties",
        "build-properties-password",
        "signing.keyId=1\nsigning.password=[[{base62:12}]]\n",
    );
    check(
        "logins.json",
        "firefox-logins",
        "{{\"encryptedPassword\": \"[[MDIEEPgA{base64:40}]]\"}",
    );
}

#[test]
fn encrypted_files_are_clean() {
    clean(
        "secrets.yml",
        "secret_key_base: ENC[AES256_GCM,data:{base64:80},type:str]\n",
    );
    clean(
        "vars.tfvars",
        "db_password = \"ENC[AES256_GCM,data:{base64:30}]\"\n",
    );
    clean(
        "config/secrets.yml",
        "$ANSIBLE_VAULT;1.1;AES256\n{hex:80}\n",
    );
}

fn rules_of(path: &str, bytes: &[u8]) -> Vec<&'static str> {
    let mut out = Vec::new();
    scan(path.as_bytes(), bytes, &mut out);
    assert!(out.iter().all(|m| m.value.end <= bytes.len()));
    out.into_iter().map(|m| m.rule).collect()
}

/// A Java key store with one entry of this kind.
fn key_store(kind: u32) -> Vec<u8> {
    let mut out = vec![0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1];
    out.extend(kind.to_be_bytes());
    out.extend([0, 1, b'a', 0, 0, 0, 0, 0, 0, 0, 0]);
    out.extend([0, 5]);
    out.extend(b"X.509");
    out.extend(100_u32.to_be_bytes());
    out.extend([7; 120]);
    out
}

#[test]
fn a_java_store_of_certificates_is_clean() {
    assert_eq!(rules_of("app.jks", &key_store(1)), ["java-keystore"]);
    assert!(rules_of("truststore.jks", &key_store(2)).is_empty());
}

#[test]
fn first_bytes_decide_whatever_the_name() {
    let data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let store = [
        &[0x30, 0x82, 9, 0x7f, 2, 1, 3, 0x30, 0x82, 9, 0x35, 6, 9][..],
        &data,
        &[0; 40],
    ]
    .concat();
    assert_eq!(rules_of("a.bin", &store), ["pkcs12-file"]);
    assert_eq!(
        rules_of("a", &[0x03, 0xd9, 0xa2, 0x9a, 0x67, 0xfb, 0x4b, 0xb5]),
        ["keepass-database"]
    );
    let der = crate::check::make("der", "rsa", &mut Seed::new(1)).unwrap();
    let der = data_encoding::BASE64.decode(der.as_bytes()).unwrap();
    assert_eq!(rules_of("key", &der), ["der-private-key-file"]);
    let public = crate::check::make("der", "public", &mut Seed::new(1)).unwrap();
    let public = data_encoding::BASE64.decode(public.as_bytes()).unwrap();
    assert!(rules_of("key", &public).is_empty());
}

#[test]
fn a_key_pair_of_solana_is_an_array_alone() {
    let bytes = Seed::new(3).bytes(64);
    let text = format!("{bytes:?}\n");
    assert_eq!(
        rules_of("id.json", text.as_bytes()),
        ["solana-keypair-file"]
    );
    assert!(rules_of("id.txt", text.as_bytes()).is_empty());
    let counted = format!("{:?}", (0..64).collect::<Vec<u8>>());
    assert!(rules_of("id.json", counted.as_bytes()).is_empty());
    let short = format!("{:?}", &bytes[1..]);
    assert!(rules_of("id.json", short.as_bytes()).is_empty());
}

#[test]
fn a_minisign_secret_key_is_told_from_a_public_one() {
    let text = |n| Seed::new(n as u64).text(b"ABCDEFabcdef", n);
    let secret = format!(
        "untrusted comment: minisign encrypted secret key\nRWRT{}\n",
        text(208)
    );
    assert_eq!(
        rules_of("minisign.key", secret.as_bytes()),
        ["minisign-secret-key"]
    );
    let public = format!(
        "untrusted comment: minisign public key 1\nRWQ{}\n",
        text(53)
    );
    assert!(rules_of("minisign.pub", public.as_bytes()).is_empty());
}

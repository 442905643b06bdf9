//! Files made to exhaust, what is like them, and any bytes.

use proptest::prelude::*;

use super::*;

#[test]
fn files_that_are_one_thing_over_and_over_take_no_longer_than_their_bytes() {
    let start = std::time::Instant::now();
    for (name, text, n) in [
        (
            "x.tfstate",
            "{\"sensitive\": true, \"value\": \"aB3dE5gH7j\"",
            20_000,
        ),
        ("settings.xml", "<password><![CDATA[", 100_000),
        ("credentials.xml", "<secret><![CDATA[aB3dE5gH7j", 100_000),
        ("web.config", "<add password='changeme1234'", 100_000),
        ("ipsec.secrets", ": PSK ", 100_000),
        (".netrc", "password aB3dE5gH7j ", 70_000),
    ] {
        let mut out = Vec::new();
        scan(name.as_bytes(), text.repeat(n).as_bytes(), &mut out);
        assert!(out.len() <= MOST, "{name}: {}", out.len());
    }
    // One in another, and each read to its end, took minutes.
    assert!(start.elapsed().as_secs() < 60);
}

#[test]
fn values_in_objects_and_sections_beside_each_other_are_all_found() {
    check(
        "terraform.tfstate",
        "terraform-state-secret",
        "{{\"a\": {{\"b\": {{\"sensitive\": true, \"value\": \"[[{base62:20}]]\"}, \"value\": \"[[{base62:18}]]\", \"sensitive\": true}, \"c\": {{\"sensitive\": false, \"value\": \"x\"}, \"d\": {{\"value\": \"[[{base62:21}]]\", \"sensitive\": true}",
    );
    let text = "<a><password><![CDATA[{base62:12}]]></password><b><![CDATA[x]]></b><password>{base62:13}</password><password> <![CDATA[{base62:14}]]></password></a>";
    let values = found("app/etc/local.xml", text);
    let lengths: Vec<usize> = values.iter().map(|(_, value, _)| value.len()).collect();
    assert_eq!(lengths, [12, 13, 14], "{values:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_under_any_known_name_keep_ranges_inside(bytes: Vec<u8>, text in "[a-z:=<>\"'{}\\\\\n \\[\\]/@$#-]{0,200}") {
        for name in [
            ".netrc", ".pgpass", ".git-credentials", ".htpasswd", "shadow", ".npmrc", ".docker/config.json",
            "auth.json", "settings.xml", "nuget.config", "web.config", "wp-config.php", "x.tfstate",
            "x.tfvars", ".env", "credentials.xml", ".gem/credentials", "unattend.xml", "x.jks", "rclone.conf",
            "chap-secrets", "ipsec.secrets", "sasl_passwd", "users.acl", "smbpasswd", "mongodb-keyfile", ".bundle/config", "id.json",
        ] {
            rules_of(name, &bytes);
            rules_of(name, text.as_bytes());
        }
    }
}

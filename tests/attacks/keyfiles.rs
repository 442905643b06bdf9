//! Files that keep credentials, made to exhaust: one thing of theirs over and over.

use crate::content::{Make, repeated};
use crate::formats::framed;

/// Name, path, content.
pub fn attacks() -> Vec<(&'static str, &'static str, Make)> {
    vec![
        (
            "60 MB of brackets in a `.dockercfg`",
            ".dockercfg",
            repeated("[", 60_000_000),
        ),
        (
            "60 MB of objects in an `auth.json`",
            "auth.json",
            repeated("{\"a\":", 12_000_000),
        ),
        (
            "60 MB of members in a `.tfstate`",
            "terraform.tfstate",
            repeated("\"password\": \"\",\n", 3_500_000),
        ),
        (
            "60 MB of users in a kubeconfig",
            "kubeconfig",
            framed(
                "apiVersion: v1\nkind: Config\nusers:\n",
                "- name: a\n  user:\n    token: x\n",
                1_600_000,
                "",
            ),
        ),
        (
            "60 MB of `.pgpass`",
            ".pgpass",
            repeated("h:5432:d:u:c0rrect-h0rse\n", 2_500_000),
        ),
        (
            "60 MB of `.netrc`",
            ".netrc",
            repeated("machine login password ", 2_600_000),
        ),
        (
            "60 MB of lines of a `.netrc`",
            ".netrc",
            repeated("password aB3dE5gH7j\n", 3_000_000),
        ),
        (
            "60 MB of sensitive outputs",
            "a.tfstate",
            repeated("{\"sensitive\":true,", 3_300_000),
        ),
        (
            "60 MB of assignments in a `.env`",
            ".env",
            repeated("a=\n", 20_000_000),
        ),
        (
            "60 MB of secrets in a `.env`",
            ".env",
            repeated("db_password=changeme1234\n", 2_400_000),
        ),
        (
            "60 MB of empty members in an `auth.json`",
            "auth.json",
            framed("{\"github-oauth\":\"\",", "\"\":\"\",", 10_000_000, "}"),
        ),
        (
            "60 MB of elements in a `settings.xml`",
            "settings.xml",
            repeated("<a>", 20_000_000),
        ),
        (
            "60 MB of sections in a `settings.xml`",
            "settings.xml",
            repeated("<password><![CDATA[", 3_000_000),
        ),
        (
            "60 MB of attributes in a `web.config`",
            "web.config",
            framed("<add ", "a='' ", 12_000_000, ">"),
        ),
        (
            "60 MB of words in an `ipsec.secrets`",
            "ipsec.secrets",
            repeated("PSK ", 15_000_000),
        ),
    ]
}

//! Password and key files of services: mail relays, dial-in and VPN daemons, file servers, brokers, databases.

use std::ops::Range;

use super::Sink;
use super::text::{assignments, lines, trim, unquote};

/// A file that is a key in base64 or hex, perhaps of several lines: MongoDB's key file, Chef's data bag secret.
pub(super) fn key_text(bytes: &[u8], sink: &mut Sink<'_>) {
    let range = trim(bytes, 0..bytes.len());
    let text = bytes.get(range.clone()).unwrap_or_default();
    let is_key = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-\r\n".contains(b);
    let lines_are_long = text
        .split(|&b| b == b'\n')
        .rev()
        .skip(1)
        .all(|line| line.len() >= 32);
    if (24..=1_500).contains(&text.len()) && text.iter().all(is_key) && lines_are_long {
        sink.sure(range);
    }
}

/// The words of a line up to a comment, by range.
fn words(bytes: &[u8], line: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = line.start;
    let text = bytes.get(line).unwrap_or_default();
    text.split(|b| b.is_ascii_whitespace())
        .take_while(|word| !word.starts_with(b"#"))
        .map(move |word| {
            let start = at;
            at += word.len() + 1;
            start..start + word.len()
        })
        .filter(|word| !word.is_empty())
}

/// `client server secret addresses`, as pppd reads it.
pub(super) fn ppp(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        if let Some(secret) = words(bytes, line).nth(2) {
            sink.password(unquote(bytes, secret));
        }
    }
}

/// `who : PSK "secret"`, as IPsec daemons read it.
pub(super) fn ipsec(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let mut words = words(bytes, line.clone());
        let kind = words.find(|word| {
            let word = bytes.get(word.clone()).unwrap_or_default();
            let word = word.strip_prefix(b":").unwrap_or(word);
            [&b"PSK"[..], b"EAP", b"XAUTH", b"NTLM"]
                .iter()
                .any(|kind| word.eq_ignore_ascii_case(kind))
        });
        let Some(first) = kind.and_then(|_| words.next()) else {
            continue;
        };
        // A quoted secret may hold blanks.
        let rest = bytes.get(first.start..line.end).unwrap_or_default();
        let value = match rest.split_first() {
            Some((&quote @ (b'"' | b'\''), inner)) => {
                let length = memchr::memchr(quote, inner).unwrap_or(inner.len());
                first.start + 1..first.start + 1 + length
            }
            Some(_) | None => first,
        };
        sink.password(value);
    }
}

/// `[relay]:587 user:password`, as Postfix reads it.
pub(super) fn relay(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let mut words = words(bytes, line);
        let (Some(_), Some(login), None) = (words.next(), words.next(), words.next()) else {
            continue;
        };
        let text = bytes.get(login.clone()).unwrap_or_default();
        if let Some(colon) = memchr::memchr(b':', text) {
            sink.password(login.start + colon + 1..login.end);
        }
    }
}

/// What Redis reads: `user NAME on >password` (`#` begins a digest), `requirepass password` and its kin.
pub(super) fn redis(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let mut words = words(bytes, line);
        let mut next = || words.next().and_then(|word| bytes.get(word));
        let before = match next() {
            Some(b"requirepass" | b"masterauth") => 0,
            // Behind it the name of a master.
            Some(b"sentinel") if next() == Some(b"auth-pass") => 1,
            Some(b"user") => usize::MAX,
            Some(_) | None => continue,
        };
        for (n, word) in words.enumerate() {
            match bytes.get(word.start) {
                Some(b'>') if before == usize::MAX => sink.password(word.start + 1..word.end),
                Some(_) if n == before => sink.password(unquote(bytes, word)),
                Some(_) | None => {}
            }
        }
    }
}

/// Fields between colons that are digests: `user:realm:MD5` of a web server, `user:uid:LM:NT` of Samba.
pub(super) fn digests(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let mut at = line.start;
        let text = bytes.get(line).unwrap_or_default();
        for (n, field) in text.split(|&b| b == b':').enumerate() {
            let is_digest = field.len() == 32
                && field.iter().all(u8::is_ascii_hexdigit)
                && !super::value::is_template(field);
            if n >= 2 && is_digest {
                sink.sure(at..at + field.len());
            }
            at += field.len() + 1;
        }
    }
}

/// Bundler's settings: a host in the name, `user:password` or a token as the value.
pub(super) fn bundler(bytes: &[u8], sink: &mut Sink<'_>) {
    for pair in assignments(bytes, b":") {
        let is_host = pair.name.starts_with(b"BUNDLE_")
            && memchr::memmem::find(pair.name, b"__").is_some()
            && !pair.name.starts_with(b"BUNDLE_BUILD__")
            && !pair.name.starts_with(b"BUNDLE_LOCAL__")
            && !pair.name.starts_with(b"BUNDLE_MIRROR__");
        let text = bytes.get(pair.value.clone()).unwrap_or_default();
        if !is_host || memchr::memchr(b'/', text).is_some() || text.len() < 8 {
            continue;
        }
        match memchr::memchr(b':', text) {
            Some(colon) => sink.password(pair.value.start + colon + 1..pair.value.end),
            None => sink.doubtful(pair.value),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::keyfile::tests::{check, clean, found};

    #[test]
    fn secrets_of_daemons() {
        check(
            "etc/ppp/chap-secrets",
            "program-config-password",
            "# client server secret addresses\nme * [[{base62:12}]] *\n\"you\" vpn \"[[{base62:14}]]\" 10.0.0.1\n",
        );
        check(
            "ipsec.secrets",
            "program-config-password",
            ": PSK \"[[{base62:8} {base62:8}]]\"\nme : EAP [[{base62:12}]]\n: RSA host.pem\n",
        );
        check(
            "postfix/sasl_passwd",
            "program-config-password",
            "[mail.a.net]:587 me@a.net:[[{base62:12}]]\n",
        );
        check(
            "users.acl",
            "database-client-password",
            "user me on >[[{base62:12}]] ~* +@all\nuser you on #{hex:64}\n",
        );
        check(
            "redis/redis.conf",
            "database-client-password",
            "# requirepass foobared\nrequirepass [[{base62:16}]]\nmasterauth \"[[{base62:16}]]\"\n",
        );
        check(
            "sentinel.conf",
            "database-client-password",
            "sentinel monitor m 10.0.0.1 6379 2\nsentinel auth-pass m [[{base62:16}]]\n",
        );
        check(
            ".bundle/config",
            "gem-credentials",
            "---\nBUNDLE_PATH: \"vendor/bundle\"\nBUNDLE_GEMS__A__NET: \"me:[[{base62:14}]]\"\n",
        );
        clean(
            ".bundle/config",
            "---\nBUNDLE_BUILD__PG: \"--with-pg-config=x:y123456\"\nBUNDLE_GEMS__A__NET: \"me:${{TOKEN}\"\n",
        );
        clean("etc/ppp/chap-secrets", "# client server secret addresses\n");
    }

    #[test]
    fn digests_of_logins() {
        check(".htdigest", "htpasswd-hash", "me:the realm:[[{hex:32}]]\n");
        check(
            "smbpasswd",
            "shadow-hash",
            "me:1000:[[{HEX:32}]]:[[{HEX:32}]]:[U          ]:LCT-5:\n",
        );
        clean(
            "smbpasswd",
            "me:1000:XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:{same:32}:[U          ]:LCT-5:\n",
        );
    }

    #[test]
    fn keys_of_clusters() {
        check(
            "mongodb-keyfile",
            "cluster-key-file",
            "[[{base64:64}\n{base64:64}\n{base64:40}]]\n",
        );
        check(
            "encrypted_data_bag_secret",
            "cluster-key-file",
            "[[{base64:683}=]]",
        );
        check(
            "mongod.keyfile",
            "cluster-key-file",
            "[[{base64:64}\n{base64:40}]]\n",
        );
        check(".erlang.cookie", "cluster-key-file", "[[{upper:20}]]");
        check(
            ".azure/accessTokens.json",
            "azure-token-cache",
            "[{{\"tokenType\": \"Bearer\", \"refreshToken\": \"[[0.A{base64url:300}]]\"}]",
        );
        check(".vault_pass", "ansible-vault-password", "[[{base62:20}]]\n");
        clean("mongodb-keyfile", "made by the\nbuild of the image\n");
    }

    #[test]
    fn plain_text_in_xml_is_read() {
        let text =
            "<username><![CDATA[me]]></username>\n<password><![CDATA[{base62:12}]]></password>";
        let found = found("app/etc/local.xml", text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1.len(), 12);
    }

    #[test]
    fn passwords_that_terraform_made_are_found() {
        check(
            "terraform.tfstate",
            "terraform-state-secret",
            "{{\"type\": \"random_password\", \"instances\": [{{\"attributes\": {{\"result\": \"[[{base62:20}]]\"}}]}, {{\"type\": \"random_string\", \"result\": \"{base62:8}\"}",
        );
    }
}

//! Files of logins: netrc, PostgreSQL's password file, git's stored credentials, password files of web servers and
//! systems.

use std::ops::Range;

use super::Sink;
use super::text::{lines, trim, unquote};

/// `password VALUE` among words, as in netrc, msmtp and fetchmail.
pub(super) fn netrc(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let line = trim(bytes, line);
        let text = bytes.get(line.clone()).unwrap_or_default();
        if text.starts_with(b"#") {
            continue;
        }
        let mut is_password = false;
        for word in words(text) {
            let range = line.start + word.start..line.start + word.end;
            if is_password {
                sink.password(unquote(bytes, range));
                is_password = false;
            } else {
                let word = text.get(word).unwrap_or_default();
                is_password = [&b"password"[..], b"passwd", b"pass"]
                    .iter()
                    .any(|name| word.eq_ignore_ascii_case(name));
            }
        }
    }
}

fn words(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    let words = text.split(|b| b.is_ascii_whitespace()).map(move |word| {
        let range = at..at + word.len();
        at = range.end + 1;
        range
    });
    words.filter(|word| !word.is_empty())
}

/// `host:port:database:user:password`, with `\:` and `\\` for `:` and `\`.
pub(super) fn pgpass(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let text = bytes.get(line.clone()).unwrap_or_default();
        if text.starts_with(b"#") {
            continue;
        }
        let mut escaped = false;
        let mut colons = text.iter().enumerate().filter_map(|(at, &b)| {
            let is_colon = b == b':' && !escaped;
            escaped = b == b'\\' && !escaped;
            is_colon.then_some(at)
        });
        if let Some(last) = colons.nth(3) {
            sink.password(line.start + last + 1..line.end);
        }
    }
}

/// `scheme://user:password@host`; user and password may hold `@`, as people write it.
pub(super) fn urls(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let text = bytes.get(line.clone()).unwrap_or_default();
        let Some(at) = memchr::memmem::find(text, b"://") else {
            continue;
        };
        let start = at + 3;
        let rest = text.get(start..).unwrap_or_default();
        let end = rest
            .iter()
            .position(|b| b.is_ascii_whitespace() || b"\"'<>".contains(b));
        let rest = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        let (Some(host), Some(colon)) = (memchr::memrchr(b'@', rest), memchr::memchr(b':', rest))
        else {
            continue;
        };
        if colon < host {
            let base = line.start + start;
            sink.password(base + colon + 1..base + host);
        }
    }
}

/// `user:hash` of a web server.
pub(super) fn htpasswd(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let line = trim(bytes, line);
        let text = bytes.get(line.clone()).unwrap_or_default();
        let Some(colon) = memchr::memchr(b':', text) else {
            continue;
        };
        let hash = text.get(colon + 1..).unwrap_or_default();
        let kinds: [&[u8]; 9] = [
            b"$2", b"$apr1$", b"{SHA}", b"{SSHA}", b"$1$", b"$5$", b"$6$", b"$7$", b"$y$",
        ];
        let known = kinds.iter().any(|kind| hash.starts_with(kind)) && hash.len() >= 24;
        // The old DES method: 13 characters.
        let des = hash.len() == 13 && hash.iter().all(|b| is_crypt(*b));
        let value = line.start + colon + 1..line.end;
        if text.starts_with(b"#") {
            continue;
        }
        if known {
            sink.proved(value);
        } else if des {
            sink.sure(value);
        }
    }
}

fn is_crypt(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'.' || b == b'/'
}

/// `user:hash:…` of a system; `*`, `!` and `x` are no hashes.
pub(super) fn shadow(bytes: &[u8], sink: &mut Sink<'_>) {
    for line in lines(bytes) {
        let text = bytes.get(line.clone()).unwrap_or_default();
        let mut fields = text.split(|&b| b == b':');
        let (Some(user), Some(hash), Some(_)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let method = hash.strip_prefix(b"!").unwrap_or(hash);
        let is_hash = method.starts_with(b"$")
            && method.iter().filter(|&&b| b == b'$').count() >= 3
            && method.len() >= 20;
        if is_hash && !user.starts_with(b"#") {
            let start = line.start + user.len() + 1;
            sink.proved(start..start + hash.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::finding::Confidence;
    use crate::keyfile::tests::{check, check_as};

    #[test]
    fn hashes_in_password_files_are_proved_by_place_and_form() {
        for (path, rule, text) in [
            (
                "web/.htpasswd",
                "htpasswd-hash",
                "me:[[$2y$10${base62:53}]]\nyou:[[$apr1${base62:8}${base62:22}]]\n",
            ),
            (
                "mosquitto_passwd",
                "htpasswd-hash",
                "me:[[$7$101${base64:16}${base64:86}==]]\n",
            ),
            (
                "etc/shadow",
                "shadow-hash",
                "daemon:*:19000:0:99999:7:::\nroot:[[$6${base62:8}${base62:86}]]:19000:0:99999:7:::\nnobody:!:1::::::\n",
            ),
        ] {
            check_as(path, rule, Confidence::Certain, text);
        }
        check(".htpasswd", "htpasswd-hash", "old:[[{base62:13}]]\n");
    }
}

//! Calls that fetch a setting: what stands in them is the setting's name.

use crate::generic::candidate::is_word;
use crate::generic::word_set::Words;

/// How calls begin that fetch a setting by its name.
const LOOK_UPS: &[&[u8]] = &[
    b"get",
    b"env",
    b"config",
    b"opts",
    b"setting",
    b"lookup",
    b"data_bag",
    b"hiera",
    b"fetch",
    b"require",
    b"prop",
    b"param",
    b"query",
    b"form",
    b"postform",
    b"defaultquery",
    b"defaultpostform",
    b"header",
    b"cookie",
    b"input",
    b"request",
    b"flag",
    // A command that is run, by its name.
    b"run",
    b"exec",
    b"popen",
    b"spawn",
    b"system",
    b"check_output",
];
/// Words that names of secrets have.
static SECRETS: Words<6> = Words::new([b"pass", b"pw", b"secret", b"token", b"key", b"cred"]);

/// Whether the literal, argument `nth` of the call `wrap`, is the name of what is looked up: `env.get('DB_PASSWORD')`,
/// `opts("reporting", "datastore.password")`. A later one may be what holds when nothing is found.
pub(in crate::generic) fn is_looked_up(wrap: &[u8], text: &[u8], nth: u8) -> bool {
    let call = wrap
        .rsplit(|b| b".:".contains(b))
        .next()
        .unwrap_or_default();
    let call = call.strip_prefix(b"_").unwrap_or(call);
    let looks = LOOK_UPS.iter().any(|start| {
        call.get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    });
    let path = text.contains(&b'.') || !text.iter().any(u8::is_ascii_lowercase);
    looks
        && (nth == 0 || path && SECRETS.any_in(text))
        && text.iter().all(|&b| is_word(b) || b".-".contains(&b))
        && !text.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_settings_are_looked_up() {
        for (call, text, nth) in [
            ("client.get", "passwd", 0),
            ("config.RequireSecret", "dbPassword", 0),
            ("_config", "password", 0),
            ("c.DefaultQuery", "password", 0),
            ("r.FormValue", "new_password", 0),
            ("os.getenv", "DB_PASSWORD", 0),
            ("self.opts", "reporting", 0),
            ("self.opts", "store.password", 1),
            ("environ_get_list", "SES_PASS", 1),
            ("data_bag_item", "passwords", 0),
            ("Cypress.env", "GOOGLE_PW", 0),
            ("subprocess.run", "openssl", 0),
        ] {
            assert!(
                is_looked_up(call.as_bytes(), text.as_bytes(), nth),
                "{call}({text})"
            );
        }
        for (call, text, nth) in [
            ("os.getenv", "mypassword", 1),
            ("os.getenv", "zq7vLm", 0),
            ("Some", "password", 0),
            ("Option", "password", 0),
            ("", "password", 0),
            ("client.get", "a b", 0),
        ] {
            assert!(
                !is_looked_up(call.as_bytes(), text.as_bytes(), nth),
                "{call}({text})"
            );
        }
    }
}

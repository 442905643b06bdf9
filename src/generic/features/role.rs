//! What a name's words say about the value beyond its class.

use crate::generic::candidate::find_fold;
use crate::generic::word_set::Words;

/// Roles told by a word anywhere in a name, and by its last word.
static ANYWHERE: Words<49> = Words::new([
    // hash
    b"hash",
    b"sha1",
    b"sha2",
    b"sha5",
    b"md5",
    b"digest",
    b"checksum",
    b"integrity",
    b"csrf",
    b"xsrf",
    b"thumbprint",
    b"fingerprint",
    b"crypted",
    b"signature",
    // public
    b"public",
    b"pubkey",
    b"pub_key",
    b"primarykey",
    b"primary_key",
    b"foreign",
    b"sitekey",
    b"site_key",
    b"site-key",
    // wrong
    b"invalid",
    b"wrong",
    b"fake",
    b"dummy",
    b"mock",
    b"sample",
    b"example",
    b"bad",
    // other
    b"keycode",
    b"keyboard",
    b"keydown",
    b"keyup",
    b"keypress",
    b"hotkey",
    b"keyword",
    b"monkey",
    b"author",
    b"compass",
    b"passive",
    b"passenger",
    b"bypass",
    b"passport",
    b"tokeniz",
    b"keyframe",
    b"passing",
    b"passthr",
]);
/// The roles of these, and where each one's words end.
const ROLES: [(&str, usize); 4] = [("hash", 14), ("public", 23), ("wrong", 31), ("other", 49)];
/// What hashes and signs with is a secret itself: `csrf_secret`, `hash_key`. What is encrypted with a key is none.
const OF_HASHES: &[&[u8]] = &[b"secret", b"key", b"salt", b"passphrase"];
/// Words that are often written without a joint before what they announce: `keyid`, `passwordfile`.
const GLUED: &[&[u8]] = &[
    b"pass",
    b"password",
    b"secret",
    b"token",
    b"key",
    b"client",
    b"request",
];
const LAST: &[(&str, &[&[u8]])] = &[
    (
        "id",
        &[b"id", b"ids", b"uuid", b"guid", b"arn", b"ref", b"index"],
    ),
    (
        "name",
        &[
            b"name",
            b"username",
            b"user",
            b"alias",
            b"prefix",
            b"suffix",
            b"label",
            b"title",
            b"text",
            b"placeholder",
            b"message",
            b"msg",
            b"description",
            b"desc",
            b"error",
            b"errors",
            b"hint",
            b"help",
            b"prompt",
            b"caption",
            b"info",
            b"note",
        ],
    ),
    (
        "place",
        &[
            b"file",
            b"filename",
            b"path",
            b"dir",
            b"directory",
            b"folder",
            b"url",
            b"uri",
            b"endpoint",
            b"host",
            b"namespace",
            b"location",
            b"page",
            b"link",
            b"src",
            b"route",
            b"domain",
            b"bucket",
            b"store",
            b"ring",
        ],
    ),
    (
        "kind",
        &[
            b"type",
            b"kind",
            b"mode",
            b"format",
            b"method",
            b"algorithm",
            b"alg",
            b"scheme",
            b"class",
            b"policy",
            b"strategy",
            b"provider",
            b"encoding",
            b"version",
            b"scope",
            b"scopes",
            b"status",
            b"state",
            b"role",
            b"action",
            b"event",
            b"plugin",
            b"encryption",
            b"encoder",
            b"hasher",
            b"driver",
            b"env",
            b"var",
        ],
    ),
    (
        "number",
        &[
            b"length",
            b"len",
            b"size",
            b"count",
            b"max",
            b"min",
            b"limit",
            b"timeout",
            b"expiry",
            b"expires",
            b"expiration",
            b"ttl",
            b"age",
            b"rounds",
            b"iterations",
            b"num",
            b"seconds",
            b"minutes",
            b"days",
            b"bits",
            b"strength",
        ],
    ),
    (
        "field",
        &[
            b"field",
            b"input",
            b"column",
            b"attribute",
            b"attr",
            b"param",
            b"parameter",
            b"header",
            b"form",
            b"view",
            b"button",
            b"element",
            b"selector",
            b"confirm",
            b"required",
            b"enabled",
            b"reset",
            b"change",
            b"validator",
            b"regex",
            b"pattern",
            b"rule",
        ],
    ),
    (
        "file",
        &[
            b"rb", b"py", b"js", b"go", b"java", b"pp", b"php", b"ts", b"html", b"md", b"json",
            b"css", b"yml", b"yaml", b"sh", b"cs", b"cpp", b"txt", b"svg", b"png",
        ],
    ),
];
/// The role that a name gives its value, if it is another one than the secret itself.
pub(super) fn of_name(name: &[u8]) -> Option<&'static str> {
    if let Some(word) = ANYWHERE.first_in(name) {
        let role = ROLES.iter().find(|(_, end)| word < *end);
        let hash = matches!(role, Some(("hash", _)));
        if !(hash
            && OF_HASHES.iter().any(|last| ends_with_word(name, last))
            && !is_made_of_one(name))
        {
            return role.map(|(role, _)| *role);
        }
    }
    let end = letters_end(name);
    let name = name.get(..end)?;
    let group = usize::from(name.last()? & 31);
    let from = BY_END.1.get(group).copied()?;
    let to = BY_END.1.get(group + 1).copied()?;
    let words = BY_END.0.get(usize::from(from)..usize::from(to))?;
    let ends = words.iter().filter(|(_, word)| ends_with_word(name, word));
    let role = ends.map(|&(role, _)| role).min()?;
    LAST.get(usize::from(role)).map(|(role, _)| *role)
}

/// How many words `LAST` has.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const N_LAST: usize = {
    let (mut n, mut role) = (0, 0);
    while role < LAST.len() {
        n += LAST[role].1.len();
        role += 1;
    }
    n
};

/// The words of `LAST` with the places of their roles, in groups by the lower five bits of the last letter; and where each
/// group begins.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static BY_END: ([(u8, &[u8]); N_LAST], [u8; 33]) = {
    let mut words: [(u8, &[u8]); N_LAST] = [(0, &[]); N_LAST];
    let mut starts = [0; 33];
    let (mut n, mut group) = (0, 0);
    while group < 32 {
        let mut role = 0;
        while role < LAST.len() {
            let mut i = 0;
            while i < LAST[role].1.len() {
                let word = LAST[role].1[i];
                if (word[word.len() - 1] & 31) as usize == group {
                    words[n] = (role as u8, word);
                    n += 1;
                }
                i += 1;
            }
            role += 1;
        }
        group += 1;
        starts[group] = n as u8;
    }
    assert!(n == N_LAST && n < 256, "a start is a byte");
    (words, starts)
};

/// `encrypted_key`, `hashedToken`: what has been made of a secret.
fn is_made_of_one(name: &[u8]) -> bool {
    find_fold(name, b"crypted").is_some() || find_fold(name, b"hashed").is_some()
}

/// Whether the name calls the value a public key.
pub(super) fn is_public_key(name: &[u8]) -> bool {
    of_name(name) == Some("public") && ends_with_word(name, b"key")
}

pub(super) fn letters_end(text: &[u8]) -> usize {
    text.iter()
        .rposition(u8::is_ascii_alphabetic)
        .map_or(0, |i| i + 1)
}

fn ends_fold(text: &[u8], word: &[u8]) -> bool {
    (text.len().checked_sub(word.len()))
        .and_then(|from| text.get(from..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(word))
}

/// `name` ends with `word`, which begins there a word of its own.
fn ends_with_word(name: &[u8], word: &[u8]) -> bool {
    let Some((head, tail)) = name
        .len()
        .checked_sub(word.len())
        .and_then(|from| name.split_at_checked(from))
    else {
        return false;
    };
    tail.eq_ignore_ascii_case(word)
        && match (head.last(), tail.first()) {
            (Some(b), Some(t)) if b.is_ascii_alphabetic() => {
                b.is_ascii_lowercase() && t.is_ascii_uppercase()
                    || GLUED.iter().any(|word| ends_fold(head, word))
            }
            (Some(_) | None, _) => true,
        }
}

//! Tokens that are base64 of JSON, JSON Web Tokens first.

use serde_json::{Map, Value};

use super::Proof;
use super::bits::unbase64;
use crate::finding::Evidence;

fn object(text: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&unbase64(text)?) {
        Ok(Value::Object(map)) => Some(map),
        Ok(
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_),
        )
        | Err(_) => None,
    }
}

/// Header and payload of a signed JSON Web Token.
struct Jwt {
    alg: &'static str,
    payload: Map<String, Value>,
}

/// Signature algorithms by the names that evidence may print.
const ALGORITHMS: &[&str] = &[
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "ES256K",
    "PS256", "PS384", "PS512", "EdDSA",
];

/// Header and payload are objects, yet the header names no algorithm: a token of the issuer's own kind.
fn names_no_algorithm(value: &[u8]) -> bool {
    let mut parts = value.split(|&b| b == b'.').map(object);
    matches!(
        (parts.next(), parts.next()),
        (Some(Some(header)), Some(Some(_))) if !header.contains_key("alg")
    )
}

fn parse(value: &[u8]) -> Option<Jwt> {
    let mut parts = value.split(|&b| b == b'.');
    let header = object(parts.next()?)?;
    let payload = object(parts.next()?)?;
    let signature = parts.next().unwrap_or_default();
    let alg = header.get("alg")?.as_str()?;
    // An unsigned token opens nothing.
    if alg.eq_ignore_ascii_case("none") || signature.is_empty() || unbase64(signature).is_none() {
        return None;
    }
    let alg = ALGORITHMS
        .iter()
        .find(|known| **known == alg)
        .copied()
        .unwrap_or("another algorithm");
    Some(Jwt { alg, payload })
}

/// Five parts: nothing to decode but the header.
fn is_encrypted(value: &[u8]) -> bool {
    value.iter().filter(|&&b| b == b'.').count() == 4
}

/// Why nothing trusts a token of right form, whoever has it. A token that was cut or edited is none of these.
fn opens_nothing(value: &[u8]) -> Option<&'static str> {
    let mut parts = value.split(|&b| b == b'.');
    let header = object(parts.next()?)?;
    if is_encrypted(value) {
        return header
            .contains_key("enc")
            .then_some("encrypted for its receiver");
    }
    let payload = unbase64(parts.next()?)?;
    let unsigned = (header.get("alg")?.as_str()?).eq_ignore_ascii_case("none")
        || parts.next().is_none_or(<[u8]>::is_empty);
    if unsigned {
        return Some("unsigned, anyone can make it");
    }
    // A message with a signature, not a subject's rights.
    let text = std::str::from_utf8(&payload).ok()?;
    (!text.trim_start().starts_with('{') && !text.contains(char::is_control))
        .then_some("signs a text and no claims")
}

fn of(value: &[u8], judge: impl Fn(&Jwt) -> Proof) -> Proof {
    if !value.starts_with(b"ey") {
        return Proof::Unknown;
    }
    if is_encrypted(value) {
        return Proof::Unknown;
    }
    parse(value).map_or(Proof::Invalid, |jwt| judge(&jwt))
}

/// Any signed JSON Web Token.
pub(super) fn jwt(value: &[u8]) -> Proof {
    if let Some(why) = opens_nothing(value) {
        return Proof::Harmless(why);
    }
    if is_encrypted(value) {
        return Proof::Invalid;
    }
    if names_no_algorithm(value) {
        return Proof::Unknown;
    }
    of(value, |jwt| {
        Proof::Valid(Evidence(
            format!("decodes to a JWT signed with {}", jwt.alg).into(),
        ))
    })
}

fn role(value: &[u8], role: &str, words: &'static str) -> Proof {
    of(value, |jwt| {
        let given = jwt.payload.get("role").and_then(Value::as_str);
        Proof::when(given == Some(role), words)
    })
}

/// Supabase's key that passes every row policy.
pub(super) fn service_role(value: &[u8]) -> Proof {
    role(
        value,
        "service_role",
        "decodes to a JWT with role service_role",
    )
}

/// Supabase's public key.
pub(super) fn anon(value: &[u8]) -> Proof {
    role(
        value,
        "anon",
        "decodes to a JWT with role anon, which is public",
    )
}

/// A token of a Kubernetes service account, bound or long-lived.
pub(super) fn kubernetes(value: &[u8]) -> Proof {
    of(value, |jwt| {
        let text = |claim: &str| {
            jwt.payload
                .get(claim)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let holds = text("iss") == "kubernetes/serviceaccount"
            || text("sub").starts_with("system:serviceaccount:")
            || jwt.payload.contains_key("kubernetes.io");
        Proof::when(holds, "decodes to a JWT of a Kubernetes service account")
    })
}

/// GitHub App installation tokens of the newer form: `ghs_`, a number, `_`, a JWT.
pub(super) fn github_app(value: &[u8]) -> Proof {
    let Some(rest) = value.strip_prefix(b"ghs_") else {
        return Proof::Unknown;
    };
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let tail = rest.get(digits..).and_then(|tail| tail.strip_prefix(b"_"));
    match tail {
        Some(tail) if tail.starts_with(b"ey") => {
            Proof::when(parse(tail).is_some(), "decodes to a JWT of a GitHub App")
        }
        Some(_) | None => Proof::Unknown,
    }
}

/// base64 of a JSON object that has all these keys.
fn with_keys(text: &[u8], keys: &[&str], words: &'static str) -> Proof {
    let holds = object(text).is_some_and(|map| keys.iter().all(|key| map.contains_key(*key)));
    Proof::when(holds, words)
}

/// Grafana Cloud's access policy token, and Grafana's older API key.
pub(super) fn grafana(value: &[u8]) -> Proof {
    match value.strip_prefix(b"glc_") {
        Some(rest) => with_keys(rest, &["o", "n", "k"], "decodes to a Grafana Cloud token"),
        None if value.starts_with(b"eyJ") => {
            with_keys(value, &["k", "n", "id"], "decodes to a Grafana API key")
        }
        None => Proof::Unknown,
    }
}

/// Mapbox: `sk.`, `tk.` or `pk.`, base64 of JSON with the user, a part of 22 characters.
pub(super) fn mapbox(value: &[u8]) -> Proof {
    let mut parts = value.split(|&b| b == b'.');
    let (Some(kind), Some(middle), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Proof::Unknown;
    };
    let words = match kind {
        b"sk" => "decodes to a secret Mapbox token",
        b"tk" => "decodes to a temporary Mapbox token",
        b"pk" => "decodes to a public Mapbox token",
        _ => return Proof::Unknown,
    };
    with_keys(middle, &["u", "a"], words)
}

/// Sentry's organisation token: `sntrys_`, base64 of JSON, `_`, 43 characters.
pub(super) fn sentry(value: &[u8]) -> Proof {
    let Some(rest) = value.strip_prefix(b"sntrys_") else {
        return Proof::Unknown;
    };
    // The key may have `_` too: the JSON is plain base64, which has none.
    let Some(end) = rest.iter().position(|&b| b == b'_') else {
        return Proof::Invalid;
    };
    let json = rest.get(..end).unwrap_or_default();
    with_keys(
        json,
        &["iat", "url", "org"],
        "decodes to a Sentry organisation token",
    )
}

/// 1Password's service account token.
pub(super) fn onepassword(value: &[u8]) -> Proof {
    let Some(rest) = value.strip_prefix(b"ops_") else {
        return Proof::Unknown;
    };
    let keys = ["signInAddress", "secretKey", "muk"];
    with_keys(rest, &keys, "decodes to a 1Password service account")
}

/// The words for a private key of a JSON Web Key's type, and the member that holds the private part.
const KEY_TYPES: &[(&str, &str, &str)] = &[
    ("RSA", "d", "a private JSON Web Key (RSA)"),
    ("EC", "d", "a private JSON Web Key (EC)"),
    ("OKP", "d", "a private JSON Web Key (Ed25519, X25519)"),
    ("AKP", "priv", "a private JSON Web Key (post-quantum)"),
    ("oct", "k", "a symmetric JSON Web Key"),
];

/// A JSON Web Key with its private part; without it the key is public. Read loosely, since keys stand in programs as
/// object literals too.
pub(super) fn jwk(value: &[u8]) -> Proof {
    let Some((private, words)) = jwk_private(value) else {
        return Proof::Invalid;
    };
    if crate::known::looks_like_placeholder(private) {
        return Proof::Invalid;
    }
    let holds = unbase64(private).is_some_and(|bytes| bytes.len() >= 14);
    Proof::when(holds, words)
}

/// The private part of a JSON Web Key and the words for its kind; empty where the key is public.
fn jwk_private(key: &[u8]) -> Option<(&[u8], &'static str)> {
    let kty = member(key, b"kty")?;
    let (_, name, words) = KEY_TYPES
        .iter()
        .find(|(known, ..)| known.as_bytes() == kty)?;
    Some((member(key, name.as_bytes()).unwrap_or_default(), words))
}

/// The private part of a JSON Web Key.
pub(crate) fn jwk_private_part(value: &[u8]) -> Option<&[u8]> {
    value
        .starts_with(b"{")
        .then(|| jwk_private(value))?
        .map(|(private, _)| private)
}

/// The text of a member of an object in JSON, JavaScript, Python or Ruby.
fn member<'v>(object: &'v [u8], name: &[u8]) -> Option<&'v [u8]> {
    memchr::memmem::find_iter(object, name).find_map(|at| {
        let touches = at
            .checked_sub(1)
            .and_then(|before| object.get(before))
            .is_some_and(|b| b.is_ascii_alphanumeric() || b"_-+/".contains(b));
        let rest = object.get(at + name.len()..)?;
        let after = trim_of(rest, b"\"'\\ \t");
        let after = after
            .strip_prefix(b":")
            .or_else(|| after.strip_prefix(b"=>"))?;
        let text = trim_of(after, b"\"'\\ \t\r\n");
        let end = text
            .iter()
            .position(|b| !(b.is_ascii_alphanumeric() || b"_-".contains(b)));
        (!touches).then(|| text.get(..end.unwrap_or(text.len())))?
    })
}

fn trim_of<'t>(text: &'t [u8], set: &[u8]) -> &'t [u8] {
    let n = text.iter().take_while(|b| set.contains(b)).count();
    text.get(n..).unwrap_or_default()
}

//! Makers of tokens with a valid check value or structure, for the templates of `rules.toml` and for tests. Nothing made
//! here was ever issued: the parts that an issuer would choose come from the template's seed.

mod azure_keys;
mod pem;

use self::azure_keys::{azure_cask, devops_pat, identifiable};
use super::bits::{
    BASE32, BASE36, BASE62, BASE64URL, BECH32, base64, bech32_polymod, crc16, digits, pack,
};
use super::{azure, key};
use crate::template::Seed;

/// Makes a token with a valid check value; `None` where no maker has that name or takes that argument.
pub fn make(kind: &str, arg: &str, seed: &mut Seed) -> Option<String> {
    let or = |default: &'static str| if arg.is_empty() { default } else { arg }.to_owned();
    Some(match kind {
        "github" => {
            let body = seed.text(BASE62, 30);
            format!("{}{body}{}", or("ghp_"), base62_crc(&body))
        }
        "github-fine-grained" => format!(
            "github_pat_11{}0{}_{}",
            seed.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 7),
            seed.text(BASE62, 12),
            seed.text(BASE62, 59)
        ),
        "github-app" => format!("ghs_{}_{}", seed.text(b"123456789", 7), jwt("plain", seed)?),
        "gitlab-routable" => gitlab_routable(&or("glpat-"), "", seed),
        "gitlab-routable-v1" => gitlab_routable(&or("glpat-"), "01.", seed),
        "grafana-glsa" => {
            let front = format!("glsa_{}", seed.text(BASE62, 32));
            let crc = crc32fast::hash(front.as_bytes()).to_le_bytes();
            format!("{front}_{}", data_encoding::HEXLOWER.encode(&crc))
        }
        "glc" => {
            let json = format!(
                r#"{{"o":"{}","n":"stack-{}","k":"{}","m":{{"r":"us"}}}}"#,
                seed.text(b"123456789", 6),
                seed.text(b"0123456789", 6),
                seed.text(BASE62, 24)
            );
            format!("glc_{}", base64(json.as_bytes()))
        }
        "grafana-key" => {
            let json = format!(r#"{{"k":"{}","n":"ci","id":1}}"#, seed.text(BASE62, 32));
            base64(json.as_bytes())
        }
        "matrix" => {
            let name = data_encoding::BASE64_NOPAD.encode(seed.text(BASE36, 7).as_bytes());
            let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
            let front = format!("syt_{name}_{}", seed.text(letters, 20));
            format!("{front}_{}", base62_crc(&front))
        }
        "atlassian" => {
            let front = or("ATATT3xFfGF0");
            let front = if front.starts_with("ATBB") {
                format!("{front}{}", seed.text(BASE62, 24))
            } else {
                format!("{front}{}=", seed.text(BASE64URL, 171))
            };
            format!("{front}{:08X}", crc32fast::hash(front.as_bytes()))
        }
        "jira-dc" => {
            let mut bytes = seed.text(b"0123456789", 12).into_bytes();
            bytes.push(b':');
            bytes.extend(seed.bytes(20));
            format!("{arg}{}", base64(&bytes))
        }
        "cloudflare" => {
            let body = seed.text(BASE62, 40);
            let crc = crc32fast::hash(body.as_bytes());
            format!("{}{body}{crc:08x}", or("cfut_"))
        }
        "sanctum" => {
            let body = seed.text(BASE62, 40);
            let crc = crc32fast::hash(body.as_bytes());
            format!("{}{body}{crc:08x}", or("1|"))
        }
        "azure-cask" => azure_cask(&or("ACOG"), seed),
        "azure-storage" => identifiable("+ASt", 64, azure::DEFAULT, seed),
        "azure-cosmos" => identifiable("ACDb", 64, *b"MastRW00", seed),
        "azure-servicebus" => identifiable("+ASb", 32, *b"Manage00", seed),
        "azure-iothub" => identifiable("AIoT", 32, *b"IotHub00", seed),
        "azure-functions" => identifiable("AzFu", 40, *b"Master00", seed),
        "azure-search" => identifiable("AzSe", 39, *b"PAdmin00", seed),
        "azure-registry" => identifiable("+ACR", 39, *b"ACRDflt0", seed),
        "azure-redis" => identifiable("AzCa", 32, *b"Access00", seed),
        "azure-devops-52" => devops_pat(seed),
        "aws-key-id" => {
            let account = seed.number() % 1_000_000_000_000;
            let number = (1 << 47) | (account << 7) | (seed.number() & 0x7f);
            let mut bytes: Vec<u8> = number.to_be_bytes().into_iter().skip(2).collect();
            bytes.extend(seed.bytes(4));
            format!("{}{}", or("AKIA"), pack(&bytes, 5, BASE32))
        }
        "aws-bedrock" => {
            let text = format!(
                "BedrockAPIKey-{}-at-{}:{}",
                seed.text(BASE36, 4),
                seed.text(b"123456789", 12),
                seed.text(BASE62, 40)
            );
            format!("ABSK{}", base64(text.as_bytes()))
        }
        "age" => age(seed),
        "nkey" => {
            let kinds: [(&str, u8); 4] = [("", 20), ("user", 20), ("account", 0), ("operator", 14)];
            let (_, kind) = kinds.iter().find(|(name, _)| *name == arg)?;
            // `S`, then the kind, each in 5 bits.
            let mut bytes = vec![(18 << 3) | (kind >> 2), kind << 6];
            bytes.extend(seed.bytes(32));
            pack(&with_crc16(bytes), 5, BASE32)
        }
        "stellar" => {
            let mut bytes = vec![18 << 3];
            bytes.extend(seed.bytes(32));
            pack(&with_crc16(bytes), 5, BASE32)
        }
        "wif" => wif(seed),
        "pypi" => pypi(seed),
        "jwt" => jwt(&or("plain"), seed)?,
        "sendgrid" => format!(
            "SG.{}.{}",
            pack(&seed.bytes(16), 6, BASE64URL),
            pack(&seed.bytes(32), 6, BASE64URL)
        ),
        "wireguard" => {
            let mut bytes = seed.bytes(32);
            if let [first, .., last] = bytes.as_mut_slice() {
                *first &= 248;
                *last = *last & 127 | 64;
            }
            base64(&bytes)
        }
        "discord" => format!(
            "{}.G{}.{}",
            base64(format!("1{}", seed.text(b"0123456789", 17)).as_bytes()),
            seed.text(BASE64URL, 5),
            seed.text(BASE64URL, 38)
        ),
        "mapbox" => {
            let json = format!(r#"{{"u":"acme","a":"c{}"}}"#, seed.text(BASE36, 24));
            format!(
                "{}.eyJ{}.{}",
                or("sk").trim_end_matches('.'),
                pack(json.as_bytes(), 6, BASE64URL).split_off(3),
                seed.text(BASE64URL, 22)
            )
        }
        "sentry" => {
            let json = format!(
                r#"{{"iat":17{}.5,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"acme"}}"#,
                seed.text(b"0123456789", 8)
            );
            format!(
                "sntrys_{}_{}",
                base64(json.as_bytes()),
                seed.text(BASE62, 43)
            )
        }
        "jfrog-reference" => {
            let text = format!(
                "reftkn:01:17{}:{}",
                seed.text(b"0123456789", 8),
                seed.text(BASE62, 26)
            );
            pack(text.as_bytes(), 6, BASE64URL)
        }
        "jwk" => jwk(&or("rsa"), seed)?,
        "onepassword" => onepassword(seed),
        "basic" => {
            let user = or("deploy");
            base64(format!("{user}:{}", seed.text(BASE62, 16)).as_bytes())
        }
        "openai" => {
            let prefix = or("sk-proj-");
            let n = match prefix.as_str() {
                "sk-" => 20,
                "sk-admin-" => 58,
                _ => 74,
            };
            let alphabet = if n == 20 { BASE62 } else { BASE64URL };
            let (front, back) = (seed.text(alphabet, n), seed.text(alphabet, n));
            format!("{prefix}{front}{}{back}", concat!("T3Blb", "kFJ"))
        }
        "anthropic" => format!("{}{}AA", or("sk-ant-api03-"), seed.text(BASE64URL, 93)),
        "groq" => format!(
            "gsk_{}WGdyb3FY{}",
            seed.text(BASE62, 20),
            seed.text(BASE62, 24)
        ),
        "pem" => pem::pem(&or("pkcs8"), seed)?,
        "der" => pem::der_base64(&or("pkcs8"), seed)?,
        "putty" => pem::putty(&or("v3"), seed)?,
        _ => return None,
    })
}

fn base62_crc(body: &str) -> String {
    digits(u64::from(crc32fast::hash(body.as_bytes())), BASE62, 6)
}

fn gitlab_routable(prefix: &str, version: &str, seed: &mut Seed) -> String {
    let mut payload =
        format!("o:{}\nu:{}", seed.text(BASE36, 2), seed.text(BASE36, 3)).into_bytes();
    payload.extend(seed.bytes(16));
    payload.push(16);
    let body = pack(&payload, 6, BASE64URL);
    let front = format!(
        "{prefix}{body}.{version}{}",
        digits(body.len() as u64, BASE36, 2)
    );
    let crc = digits(u64::from(crc32fast::hash(front.as_bytes())), BASE36, 7);
    front + &crc
}

fn age(seed: &mut Seed) -> String {
    let bytes = seed.bytes(32);
    let data = super::bits::unbech32(pack(&bytes, 5, BECH32).as_bytes()).unwrap_or_default();
    let whole = key::expand_prefix(key::AGE_PREFIX)
        .chain(data)
        .chain([0; 6]);
    let check = bech32_polymod(whole) ^ 1;
    let check = (0..6).rev().map(|i| (check >> (5 * i)) & 31);
    let check: String = check
        .filter_map(|v| BECH32.get(v as usize).map(|&b| char::from(b)))
        .collect();
    let prefix = String::from_utf8_lossy(key::AGE_PREFIX);
    format!("{prefix}1{}{check}", pack(&bytes, 5, BECH32)).to_ascii_uppercase()
}

fn with_crc16(mut bytes: Vec<u8>) -> Vec<u8> {
    let check = crc16(&bytes).to_le_bytes();
    bytes.extend(check);
    bytes
}

/// A Bitcoin private key for import, of a compressed public key.
fn wif(seed: &mut Seed) -> String {
    let mut bytes = vec![0x80];
    bytes.extend(seed.bytes(32));
    bytes.push(1);
    let check = key::base58_check(&bytes);
    bytes.extend(check);
    let mut number = bytes;
    let mut out = Vec::new();
    while number.iter().any(|&b| b != 0) {
        let mut rest = 0_usize;
        for b in &mut number {
            let n = rest * 256 + usize::from(*b);
            *b = (n / 58) as u8;
            rest = n % 58;
        }
        out.push(key::BASE58.get(rest).map_or('?', |&b| char::from(b)));
    }
    out.iter().rev().collect()
}

fn pypi(seed: &mut Seed) -> String {
    let hex = |seed: &mut Seed, n| seed.text(b"0123456789abcdef", n);
    let uuid = [8, 4, 4, 4, 12].map(|n| hex(seed, n)).join("-");
    let user = format!(
        "[3,\"{}\"]",
        [8, 4, 4, 4, 12].map(|n| hex(seed, n)).join("-")
    );
    let mut bytes = vec![2];
    let mut field = |kind: u8, value: &[u8], ends: usize| {
        bytes.push(kind);
        bytes.push(value.len() as u8);
        bytes.extend(value);
        bytes.extend(std::iter::repeat_n(0, ends));
    };
    field(1, b"pypi.org", 0);
    field(2, uuid.as_bytes(), 1);
    field(2, user.as_bytes(), 2);
    field(6, &seed.bytes(32), 0);
    format!("pypi-{}", pack(&bytes, 6, BASE64URL))
}

/// `what` is an algorithm (`RS256`) or a kind of payload; `none`, `text` and `encrypted` open nothing.
fn jwt(what: &str, seed: &mut Seed) -> Option<String> {
    let id = seed.text(BASE36, 20);
    if what == "encrypted" {
        let header = r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#;
        let parts = [256, 12, 90, 16].map(|n| pack(&seed.bytes(n), 6, BASE64URL));
        return Some(format!(
            "{}.{}",
            pack(header.as_bytes(), 6, BASE64URL),
            parts.join(".")
        ));
    }
    let (alg, payload) = match what {
        "plain" => (
            "HS256",
            format!(r#"{{"sub":"{id}","iat":1789000000,"exp":4102444800}}"#),
        ),
        "expired" => (
            "HS256",
            format!(r#"{{"sub":"{id}","iat":1500000000,"exp":1500003600}}"#),
        ),
        "service_role" | "anon" => (
            "HS256",
            format!(
                r#"{{"iss":"supabase","ref":"{id}","role":"{what}","iat":1700000000,"exp":2015000000}}"#
            ),
        ),
        "kubernetes" => (
            "RS256",
            format!(
                r#"{{"iss":"kubernetes/serviceaccount","kubernetes.io/serviceaccount/namespace":"default","sub":"system:serviceaccount:default:{id}"}}"#
            ),
        ),
        "none" => ("none", format!(r#"{{"sub":"{id}"}}"#)),
        "text" => ("HS256", format!("what {id} says is true")),
        alg if alg.len() == 5 => (alg, format!(r#"{{"sub":"{id}","exp":4102444800}}"#)),
        _ => return None,
    };
    let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
    let n = match alg {
        "none" => 0,
        "HS256" => 32,
        "HS512" | "ES256" => 64,
        _ => 256,
    };
    Some(format!(
        "{}.{}.{}",
        pack(header.as_bytes(), 6, BASE64URL),
        pack(payload.as_bytes(), 6, BASE64URL),
        pack(&seed.bytes(n), 6, BASE64URL)
    ))
}

fn onepassword(seed: &mut Seed) -> String {
    let json = format!(
        concat!(
            r#"{{"signInAddress":"acme.1password.com","userAuth":{{"method":"SRPg-4096","alg":"PBES2g-HS256","#,
            r#""iterations":650000,"salt":"{}"}},"email":"{}@1passwordserviceaccounts.com","srpX":"{}","#,
            r#""muk":{{"alg":"A256GCM","ext":true,"k":"{}","key_ops":["encrypt","decrypt"],"kty":"oct","kid":"mp"}},"#,
            r#""secretKey":"A3-{}","throttleSecret":{{"seed":"{}","uuid":"{}"}},"deviceUuid":"{}"}}"#
        ),
        seed.text(BASE64URL, 22),
        seed.text(BASE36, 13),
        seed.text(b"0123456789abcdef", 64),
        seed.text(BASE64URL, 43),
        [6, 6, 5, 5, 5, 5]
            .map(|n| seed.text(b"ABCDEFGHJKLMNPQRSTVWXYZ23456789", n))
            .join("-"),
        seed.text(b"0123456789abcdef", 64),
        seed.text(BASE32, 26),
        seed.text(BASE36, 26)
    );
    format!("ops_{}", pack(json.as_bytes(), 6, BASE64URL))
}

/// `rsa`, `ec`, `oct`, or the public halves `rsa-public` and `public`.
fn jwk(kind: &str, seed: &mut Seed) -> Option<String> {
    let mut number = |n: usize| pack(&seed.bytes(n), 6, BASE64URL);
    Some(match kind {
        "rsa" => format!(
            r#"{{"kty":"RSA","n":"{}","e":"AQAB","d":"{}","kid":"1"}}"#,
            number(256),
            number(256)
        ),
        "rsa-public" => format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, number(256)),
        "ec" => format!(
            r#"{{"crv":"P-256","d":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
            number(32),
            number(32),
            number(32)
        ),
        "public" => format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, number(32)),
        "literal" => format!(
            "{{\n  kty: 'EC',\n  crv: 'P-256',\n  x: '{}',\n  d: '{}',\n}}",
            number(32),
            number(32)
        ),
        "oct" => format!(r#"{{"kty": "oct", "k": "{}", "alg": "HS256"}}"#, number(32)),
        _ => return None,
    })
}

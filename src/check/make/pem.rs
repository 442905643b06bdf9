//! Key blocks whose structure is right and whose numbers are random: nothing here is a key of anything.

use crate::check::bits::{BASE64, base64, crc24};
use crate::template::Seed;

/// `KIND` or `KIND FORM`: the block in one of the forms in which it stands in files.
pub(super) fn pem(arg: &str, seed: &mut Seed) -> Option<String> {
    let (kind, form) = arg.split_once(' ').unwrap_or((arg, "plain"));
    let block = block(kind, seed)?;
    Some(match form {
        "plain" => block,
        "escaped" => block.replace('\n', "\\n"),
        "indented" => block.replace('\n', "\n    "),
        "quoted" => {
            let lines: Vec<String> = block.lines().map(|line| format!("\"{line}\\n\"")).collect();
            lines.join(" +\n    ")
        }
        "base64" => base64(block.as_bytes()),
        _ => return None,
    })
}

/// base64 of a key's DER without the lines around it.
pub(super) fn der_base64(kind: &str, seed: &mut Seed) -> Option<String> {
    Some(base64(&der(kind, seed)?))
}

fn der(kind: &str, seed: &mut Seed) -> Option<Vec<u8>> {
    Some(match kind {
        "rsa" => rsa(seed),
        "ec" => ec(seed),
        "pkcs8" => {
            let algorithm = [
                0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
            ];
            let key = element(4, &rsa(seed));
            element(0x30, &[&[2, 1, 0][..], &algorithm, &key].concat())
        }
        "ed25519" => {
            let key = element(4, &element(4, &seed.bytes(32)));
            let algorithm = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
            element(0x30, &[&[2, 1, 0][..], &algorithm, &key].concat())
        }
        "public" => {
            let algorithm = [0x30, 5, 6, 3, 0x2b, 0x65, 0x70];
            let key = element(3, &[&[0][..], &seed.bytes(32)].concat());
            element(0x30, &[&algorithm[..], &key].concat())
        }
        "encrypted" => {
            let pbes2 = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
            let parameters = element(0x30, &element(4, &seed.bytes(16)));
            let algorithm = element(0x30, &[&pbes2[..], &parameters].concat());
            let data = element(4, &seed.bytes(1232));
            element(0x30, &[algorithm, data].concat())
        }
        _ => return None,
    })
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let n = content.len();
    let mut out = vec![tag];
    match n {
        0..128 => out.push(n as u8),
        128..256 => out.extend([0x81, n as u8]),
        _ => out.extend([0x82, (n >> 8) as u8, n as u8]),
    }
    out.extend(content);
    out
}

/// A positive number of `n` bytes, the first of them at least 0xc0.
fn integer(n: usize, seed: &mut Seed) -> Vec<u8> {
    let mut bytes = seed.bytes(n);
    if let Some(first) = bytes.first_mut() {
        *first |= 0xc0;
    }
    element(2, &[&[0][..], &bytes].concat())
}

fn rsa(seed: &mut Seed) -> Vec<u8> {
    let mut content = vec![2, 1, 0];
    content.extend(integer(256, seed));
    content.extend([2, 3, 1, 0, 1]);
    for n in [256, 128, 128, 128, 128, 128] {
        content.extend(integer(n, seed));
    }
    element(0x30, &content)
}

fn ec(seed: &mut Seed) -> Vec<u8> {
    let p256 = [0xa0, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let public = element(0xa1, &element(3, &[&[0, 4][..], &seed.bytes(64)].concat()));
    let private = element(4, &seed.bytes(32));
    element(0x30, &[&[2, 1, 1][..], &private, &p256, &public].concat())
}

fn field(value: &[u8]) -> Vec<u8> {
    [&(value.len() as u32).to_be_bytes()[..], value].concat()
}

fn openssh(cipher: &str, seed: &mut Seed) -> Vec<u8> {
    let public = [field(b"ssh-ed25519"), field(&seed.bytes(32))].concat();
    let check = seed.bytes(4);
    let mut private = [
        &check[..],
        &check,
        &public,
        &field(&seed.bytes(64)),
        &field(b"me"),
    ]
    .concat();
    let mut padding = 1;
    while private.len() % 8 != 0 {
        private.push(padding);
        padding += 1;
    }
    let (kdf, options) = if cipher == "none" {
        (&b"none"[..], Vec::new())
    } else {
        private = seed.bytes(private.len());
        (
            &b"bcrypt"[..],
            [field(&seed.bytes(16)), vec![0, 0, 0, 16]].concat(),
        )
    };
    [
        b"openssh-key-v1\0".to_vec(),
        field(cipher.as_bytes()),
        field(kdf),
        field(&options),
        vec![0, 0, 0, 1],
        field(&public),
        field(&private),
    ]
    .concat()
}

/// A version 4 secret key packet (EdDSA), and its protection.
fn openpgp(usage: &[u8], seed: &mut Seed) -> Vec<u8> {
    let mut content = vec![4, 0x65, 0, 0, 0, 22];
    content.extend([9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 15, 1]);
    content.extend([1, 7, 0x40]);
    content.extend(seed.bytes(32));
    content.extend(usage);
    content.extend([0, 0xff, 0x80]);
    content.extend(seed.bytes(33));
    [&[0x94, content.len() as u8][..], &content].concat()
}

fn block(kind: &str, seed: &mut Seed) -> Option<String> {
    let (label, headers, bytes) = match kind {
        "rsa" => ("RSA PRIVATE KEY", String::new(), rsa(seed)),
        "ec" => ("EC PRIVATE KEY", String::new(), ec(seed)),
        "pkcs8" | "ed25519" => ("PRIVATE KEY", String::new(), der(kind, seed)?),
        "public" => ("PUBLIC KEY", String::new(), der(kind, seed)?),
        "encrypted" => ("ENCRYPTED PRIVATE KEY", String::new(), der(kind, seed)?),
        "rsa-encrypted" => {
            let iv = seed.text(b"0123456789ABCDEF", 32);
            let headers = format!("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{iv}\n\n");
            ("RSA PRIVATE KEY", headers, seed.bytes(1200))
        }
        "openssh" => ("OPENSSH PRIVATE KEY", String::new(), openssh("none", seed)),
        "openssh-encrypted" => (
            "OPENSSH PRIVATE KEY",
            String::new(),
            openssh("aes256-ctr", seed),
        ),
        "pgp" => (
            "PGP PRIVATE KEY BLOCK",
            "\n".to_owned(),
            openpgp(&[0], seed),
        ),
        "pgp-encrypted" => {
            let usage = [254, 7, 3, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0xe4];
            (
                "PGP PRIVATE KEY BLOCK",
                "\n".to_owned(),
                openpgp(&usage, seed),
            )
        }
        _ => return None,
    };
    let mut out = format!("-----BEGIN {label}-----\n{headers}");
    out.push_str(&wrapped(&base64(&bytes)));
    if label.starts_with("PGP") {
        let [_, crc @ ..] = crc24(&bytes).to_be_bytes();
        out.push_str(&format!("={}\n", base64(&crc)));
    }
    out.push_str(&format!("-----END {label}-----"));
    Some(out)
}

fn wrapped(text: &str) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i > 0 && i % 64 == 0 {
            out.push('\n');
        }
        out.push(c);
    }
    out + "\n"
}

/// A PuTTY key file: `v2`, `v3`, `v2-encrypted`, `v3-encrypted`.
pub(super) fn putty(arg: &str, seed: &mut Seed) -> Option<String> {
    let (version, encrypted) = match arg {
        "v2" => ("2", false),
        "v3" => ("3", false),
        "v2-encrypted" => ("2", true),
        "v3-encrypted" => ("3", true),
        _ => return None,
    };
    let cipher = if encrypted { "aes256-cbc" } else { "none" };
    let public = [field(b"ssh-ed25519"), field(&seed.bytes(32))].concat();
    let mac = seed.text(b"0123456789abcdef", if version == "3" { 64 } else { 40 });
    let derivation = if encrypted && version == "3" {
        let salt = seed.text(b"0123456789abcdef", 32);
        format!(
            "Key-Derivation: Argon2id\nArgon2-Memory: 8192\nArgon2-Passes: 13\nArgon2-Parallelism: 1\nArgon2-Salt: {salt}\n"
        )
    } else {
        String::new()
    };
    Some(format!(
        "PuTTY-User-Key-File-{version}: ssh-ed25519\nEncryption: {cipher}\nComment: deploy\nPublic-Lines: 2\n{}{derivation}Private-Lines: 1\n{}=\nPrivate-MAC: {mac}\n",
        wrapped(&base64(&public)),
        seed.text(BASE64, 47)
    ))
}

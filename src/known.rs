//! Values that are public knowledge: samples of documentation and defaults of development tools, known by hash, and
//! placeholders, known by form. The hashes keep token-shaped text out of this repository.

mod placeholder;
mod veiled;

pub use placeholder::looks_like_placeholder;
pub use veiled::{begins_pem, unveil};

/// The first eight bytes of the value's BLAKE3 and where the value is published, sorted.
#[rustfmt::skip]
const SAMPLES: &[(u64, &str)] = &[
    (0x039e_2010_6fb7_6770, "RFC 7520"),
    (0x05ce_6417_f28d_b1c9, "RFC 7517"),
    (0x0d6f_48dd_eeac_cc6e, "Firebase SDKs"),
    (0x1aab_c509_2dd9_4cbf, "OpenID Connect"),
    (0x1bed_7b29_f093_0fa0, "AWS documentation"),
    (0x1e26_71df_4a43_21de, "RFC 6749"),
    (0x1fd8_7719_ff89_0fa1, "Firebase SDKs"),
    (0x277e_81a9_13a1_a3dd, "RFC 5849"),
    (0x286e_3a91_f00e_bdbe, "Stripe documentation"),
    (0x2bf6_06f3_fafd_865c, "Firebase SDKs"),
    (0x325d_a84d_0218_73ca, "Firebase SDKs"),
    (0x354a_d9cb_2935_72d2, "GitHub documentation"),
    (0x3584_05fe_4036_24ca, "RFC 5849"),
    (0x38e4_68cd_2331_57ca, "Firebase SDKs"),
    (0x3c9a_cca0_e031_4841, "RFC 7662"),
    (0x3e9d_b6e0_edb7_dc73, "Firebase SDKs"),
    (0x3ea0_c69a_cc2a_a5cd, "Firebase SDKs"),
    (0x3f0e_e704_b533_f908, "Firebase SDKs"),
    (0x3f81_09b6_85c6_ea5f, "Firebase SDKs"),
    (0x4166_07ed_33a5_2843, "Kubernetes documentation"),
    (0x444c_6a11_3e72_6eee, "Firebase SDKs"),
    (0x461e_5677_923e_9d53, "RFC 8693"),
    (0x490e_103e_695c_2ed2, "base64 of user:password"),
    (0x4d3f_256a_7331_f681, "AWS documentation"),
    (0x4d82_4fe5_90f7_4d6d, "Firebase SDKs"),
    (0x4e81_4d20_c1a0_e049, "Hardhat's and Anvil's development accounts"),
    (0x50a7_de41_0cc8_6bee, "RFC 5849"),
    (0x547b_27d0_f4d4_7b9d, "RFC 7520"),
    (0x573f_2bef_60c5_d822, "Symfony's default configuration"),
    (0x601c_c660_6a3f_77d1, "Bitcoin documentation"),
    (0x604b_e538_b86d_0e10, "Supabase's local development keys"),
    (0x60d6_281f_4049_333d, "MinIO's public playground"),
    (0x6577_f6ed_bacd_c07a, "Slack documentation"),
    (0x66f5_9ab3_6798_c661, "Firebase SDKs"),
    (0x6797_9683_b892_f7cb, "AWS documentation"),
    (0x6d18_081f_91c7_1d33, "jwt.io"),
    (0x77a4_74fd_0902_f52b, "RFC 5849"),
    (0x7b79_cf0b_100a_4fee, "Firebase SDKs"),
    (0x7f8a_ef01_6e93_966d, "Firebase SDKs"),
    (0x8198_da00_0927_b156, "reCAPTCHA's test keys"),
    (0x8503_b02c_7f88_8872, "Hardhat's and Anvil's development accounts"),
    (0x864b_ab38_fcb7_b648, "Stripe documentation"),
    (0x86e9_9f51_6bf1_5e0f, "Firebase SDKs"),
    (0x8b28_601b_80f6_386a, "Firebase SDKs"),
    (0x8bc5_658c_5a66_93cb, "RFC 8037"),
    (0x8fbd_aec5_721b_860c, "Firebase SDKs"),
    (0x914d_d124_c317_40e5, "AWS documentation"),
    (0x93d6_1fff_3f55_4bbc, "Firebase SDKs"),
    (0x942a_12ae_2f99_58a2, "Docker documentation"),
    (0x94cd_9210_9cad_ee5a, "AWS documentation"),
    (0x9647_7eed_fb25_5e37, "Supabase's local development keys"),
    (0x9779_01e4_ded0_5794, "jwt.io"),
    (0x9860_fa36_4bab_42bf, "RFC 6749"),
    (0x997f_28d8_24b9_fc23, "AWS documentation"),
    (0x9a20_9813_27a2_5754, "RFC 7515"),
    (0x9d99_172d_418a_2b86, "RFC 6749"),
    (0xa078_ee41_abc8_67f9, "base64 of user:pass"),
    (0xa3fe_bad5_b530_1c28, "RFC 6750"),
    (0xa420_3261_19e8_364f, "OpenID Connect"),
    (0xa512_326e_817f_a61f, "RFC 6749"),
    (0xa589_dd16_9168_6f03, "RFC 9449"),
    (0xa5de_0356_d21d_8dda, "oauth.com"),
    (0xaa40_aee2_3780_4fd4, "RFC 9449"),
    (0xaca5_a48e_7999_aaff, "RFC 5849"),
    (0xb377_30c1_fe2a_3979, "NuGet documentation"),
    (0xba64_1ef5_52f0_0642, "Firebase SDKs"),
    (0xbc7e_719b_8e24_b8d3, "RFC 6749"),
    (0xbdf8_a495_03aa_ccf0, "MDN"),
    (0xc032_d99a_c596_0d84, "Hardhat's and Anvil's development accounts"),
    (0xc67b_d2eb_8487_0be2, "GitHub documentation"),
    (0xc6c8_2a25_c461_4893, "Kubernetes documentation"),
    (0xc798_c4ad_bb07_20b3, "RFC 6455"),
    (0xc7f6_e021_dcb9_e679, "Bitcoin documentation"),
    (0xc927_7f7e_6ab3_6388, "Firebase SDKs"),
    (0xcd87_4d98_3f05_4603, "RFC 5849"),
    (0xcfc3_9b4c_0b46_5b5f, "Bitcoin documentation"),
    (0xd24f_0cb8_f811_f50d, "reCAPTCHA's test keys"),
    (0xd3ba_e367_77be_288c, "RFC 7591"),
    (0xd410_8a2a_2f94_4066, "Azure Cosmos DB emulator"),
    (0xd419_06e3_fcd5_456a, "Vagrant's insecure key"),
    (0xd421_fb25_5f2e_9958, "Grafana's default configuration"),
    (0xd65a_56f8_0ca4_8866, "jwt.io"),
    (0xd6d4_b122_bda8_c692, "base64 of username:password"),
    (0xd996_a14c_1ebb_e2f0, "OpenID Connect"),
    (0xdc81_af2f_fdbf_b56f, "MinIO's public playground"),
    (0xdd9e_d349_2872_1097, "RFC 6749"),
    (0xddbe_7038_0351_9d69, "age documentation"),
    (0xdea6_1afc_3a2c_1a93, "RFC 7515"),
    (0xe0bc_86c5_e819_681a, "Stripe documentation"),
    (0xe148_344e_1aac_2141, "AWS documentation"),
    (0xe171_e545_7d60_6ebd, "RFC 5849"),
    (0xe2bb_a36a_dfa4_b44d, "Firebase SDKs"),
    (0xe52f_9096_4e13_3a37, "jwt.io"),
    (0xe832_2be1_fa3e_0aa3, "Azurite, Azure's storage emulator"),
    (0xea79_5ac0_3ebf_9359, "NATS documentation"),
    (0xee90_f5d0_ca19_6204, "OpenID Connect"),
    (0xefc1_cace_7459_1068, "Firebase SDKs"),
    (0xf0b0_1d7c_db35_c7c8, "Ganache's development accounts"),
    (0xf27c_483d_fb0f_24f5, "jwt.io"),
    (0xf2ef_98fc_df59_1ad3, "Firebase SDKs"),
    (0xf642_b6a1_aa5d_0c89, "RFC 6749"),
    (0xf71c_7f9f_1703_25b3, "Firebase SDKs"),
    (0xf887_ddbb_340e_db53, "RFC 7591"),
    (0xf977_a8e3_f189_98a7, "Firebase SDKs"),
    (0xfb45_97af_0a4a_8945, "RFC 7617"),
];

/// Where this value is published as a sample or as the default of a development tool; `None` if it is not known to be.
#[must_use]
pub fn is_documentation_sample(value: &[u8]) -> Option<&'static str> {
    let known = |value: &[u8]| {
        let at = SAMPLES.binary_search_by_key(&hash(value), |(hash, _)| *hash);
        at.map_or(None, |at| SAMPLES.get(at).map(|(_, source)| *source))
    };
    known(value)
        .or_else(|| known(value.strip_prefix(b"0x")?))
        .or_else(|| known(jwt_signature(value)?))
        .or_else(|| known(first_line_of_key(value)?.as_slice()))
        .or_else(|| known(crate::check::jwk_private_part(value)?))
}

fn hash(value: &[u8]) -> u64 {
    let hash = blake3::hash(value);
    hash.as_bytes()
        .first_chunk()
        .map_or(0, |bytes| u64::from_be_bytes(*bytes))
}

/// The third part of a JSON Web Token.
fn jwt_signature(value: &[u8]) -> Option<&[u8]> {
    let mut parts = value.strip_prefix(b"ey")?.split(|&b| b == b'.');
    parts.nth(2)
}

/// The first 64 characters of a PEM block's body, which are its own beyond the header that all keys of a kind share.
fn first_line_of_key(value: &[u8]) -> Option<Vec<u8>> {
    if !value.starts_with(b"-----BEGIN ") {
        return None;
    }
    let mut body = crate::check::pem_body(value)?;
    (body.len() > 64).then(|| {
        body.truncate(64);
        body
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values in two halves, so that none stands here whole.
    fn whole(front: &str, back: &str) -> Vec<u8> {
        [front, back].concat().into_bytes()
    }

    #[test]
    fn samples_are_sorted_and_named() {
        assert!(SAMPLES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(SAMPLES.iter().all(|(_, source)| !source.is_empty()));
    }

    #[test]
    fn a_key_id_of_the_documentation_is_known() {
        let id = whole("AKIAIOSFODN", "N7EXAMPLE");
        assert_eq!(is_documentation_sample(&id), Some("AWS documentation"));
        let edited = whole("AKIAIOSFODN", "N7EXAMPLF");
        assert_eq!(is_documentation_sample(&edited), None);
    }

    #[test]
    fn a_json_web_token_is_known_by_its_signature() {
        let signature = whole("SflKxwRJSMeKKF2QT4fwpM", "eJf36POk6yJV_adQssw5c");
        let token = [b"eyJh.eyJz.".to_vec(), signature].concat();
        assert_eq!(is_documentation_sample(&token), Some("jwt.io"));
    }

    #[test]
    fn a_json_web_key_is_known_by_its_private_part() {
        let d = whole("870MB6gfuTJ4HtUnUvYMyJ", "pr5eUZNP4Bk43bVdj3eAE");
        let key = |d: &[u8]| [br#"{"kty": "EC", "d": ""#, d, br#"", "use": "enc"}"#].concat();
        assert_eq!(is_documentation_sample(&key(&d)), Some("RFC 7517"));
        assert_eq!(is_documentation_sample(&key(&d[1..])), None);
    }

    #[test]
    fn a_private_key_is_known_by_its_first_line() {
        let first = whole(
            "MIIEogIBAAKCAQEA6NF8iallvQVp22WDkTky",
            "rtvp9eWW6A8YVr+kz4TjGYe7gHzI",
        );
        let text = [
            b"-----BEGIN ",
            &b"RSA PRIVATE KEY-----\n"[..],
            &first,
            b"\nw+niNltGEFHz",
        ]
        .concat();
        assert_eq!(
            is_documentation_sample(&text),
            Some("Vagrant's insecure key")
        );
    }
}

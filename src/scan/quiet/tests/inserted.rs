//! Deltas that put a missing byte into a token, however that is written.

use super::*;

#[test]
fn a_token_is_seen_wherever_a_delta_cuts_it() {
    let mut seen = Seen::with_room(1 << 16);
    let mut seed = Seed::new(12);
    let token = expand("t = '{make:github:ghp_}'", &mut seed).unwrap();
    let base64 = data_encoding::BASE64.encode(format!("some text and {token} in it").as_bytes());
    let wrapped: Vec<&str> = (0..base64.len())
        .step_by(28)
        .map(|at| base64.get(at..(at + 28).min(base64.len())).unwrap())
        .collect();
    let joined = format!(
        "t = '{}' +\n    '{}';",
        token.get(5..25).unwrap(),
        token.get(25..token.len() - 1).unwrap()
    );
    let block = joined
        .replace("' +\n    '", "\n  ")
        .replace("t = '", "t: >-\n  ")
        .replace("';", "");
    let forms = [
        "gh\\u0070_",
        "gh%70_",
        "gh\\70 _",
        "gh\u{440}_",
        "gh<b>p_</b>",
        "${'ghp'}_",
        "gh`p_",
    ];
    let written = forms.map(|form| token.replace("ghp_", form));
    let texts = [
        token.clone(),
        expand("password = \"{base62:16}\"", &mut seed).unwrap(),
        expand(
            "url = 'postgres://admin:{base62:16}@db.example.com/x'",
            &mut seed,
        )
        .unwrap(),
        format!("data: {base64};"),
        format!("data: |\n  {}\n;", wrapped.join("\n  ")),
        joined,
        block,
        format!(
            "kind: Secret\ndata:\n  password: {};",
            data_encoding::BASE64.encode(b"c0rrect-h0rse-8")
        ),
    ];
    for text in texts.into_iter().chain(written) {
        let whole = format!("{FILLER}{text}\n{FILLER}").into_bytes();
        assert!(
            !scanner().scan(b"a.txt", &whole).matches.is_empty(),
            "{text}"
        );
        for at in FILLER.len()..FILLER.len() + text.len() {
            let base = [&whole[..at], &whole[at + 1..]].concat();
            let Some(quiet) = alone(b"a.txt", &base) else {
                continue;
            };
            let ops = [
                Op::Copy(0..at),
                Op::Insert(vec![whole[at]]),
                Op::Copy(at..base.len()),
            ];
            let (bytes, quiet) = step(b"a.txt", &base, &quiet, &ops, &mut seen);
            assert_eq!(bytes, whole);
            assert!(quiet.is_none());
        }
    }
}

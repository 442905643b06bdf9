//! Mails with parts in quoted-printable (RFC 2045), which breaks lines inside words and writes some characters as `=41`. The
//! whole mail is one content with these parts undone; each line keeps its number.

use super::{Allowance, Budget, Format, Found, GapReason, Sink, Step};

pub(super) const FORMAT: Format = Format {
    name: "mail",
    is,
    open,
};

/// How a mail may begin; the case of letters says nothing.
const FIRST: &[&[u8]] = &[
    b"from ",
    b"from:",
    b"to:",
    b"cc:",
    b"date:",
    b"subject:",
    b"sender:",
    b"reply-to:",
    b"return-path:",
    b"received:",
    b"delivered-to:",
    b"message-id:",
    b"mime-version:",
    b"content-",
    b"dkim-signature:",
    b"authentication-results:",
    b"arc-",
    b"x-",
];
const ENCODING: &[u8] = b"content-transfer-encoding:";
/// How far the line that tells it is looked through, from its end.
const LONGEST: usize = 200;
const NAME: &[u8] = b"quoted-printable";
/// What stands in its place where a part is undone, as long: else that would be a mail to be undone again, without end.
const UNDONE: &[u8] = b"8bit            ";

fn is(bytes: &[u8]) -> bool {
    let begins = |first: &&[u8]| {
        let head = bytes.get(..first.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(first))
    };
    FIRST.iter().any(begins) && headers(bytes).next().is_some()
}

/// Where lines end that say that what comes after the next empty line is written so.
fn headers(bytes: &[u8]) -> impl Iterator<Item = usize> {
    // Rare enough in a mail to be looked for whatever its case is.
    let marks = memchr::memchr2_iter(b'q', b'Q', bytes);
    marks.filter_map(|at| {
        let name = bytes.get(at..at + NAME.len())?;
        name.eq_ignore_ascii_case(NAME).then_some(())?;
        let near = at.saturating_sub(LONGEST);
        let line = match memchr::memrchr(b'\n', bytes.get(near..at)?) {
            Some(i) => near + i + 1,
            None if near == 0 => 0,
            None => return None,
        };
        let line = bytes.get(line..at)?;
        let head = line.get(..ENCODING.len())?;
        head.eq_ignore_ascii_case(ENCODING)
            .then_some(at + NAME.len())
    })
}

fn open(bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) {
    let mut allowance = Allowance::new(budget, bytes.len());
    let mut out = Vec::new();
    let mut result = budget.count_member();
    if result.is_ok() {
        result = allowance.take(bytes.len(), 0);
    }
    if result.is_ok() {
        undo(bytes, &mut out);
        sink(Found::Content {
            step: Step::Decoded("quoted-printable"),
            bytes: &out,
        });
    }
    if let Err(why) = result {
        sink(gap(why));
    }
}

fn gap(why: GapReason) -> Found<'static> {
    Found::Gap {
        name: Box::default(),
        why,
    }
}

/// The mail with its parts undone. A part ends where another says how it is written: what stands between is no harm.
fn undo(bytes: &[u8], out: &mut Vec<u8>) {
    let mut done = 0;
    for header in headers(bytes) {
        // First, so that no header above one empty line looks for that line again.
        if header < done {
            continue;
        }
        let Some(start) = after_empty_line(bytes, header) else {
            break;
        };
        copy(bytes.get(done..start).unwrap_or_default(), out);
        let rest = bytes.get(start..).unwrap_or_default();
        let end = next_encoding(rest).map_or(bytes.len(), |len| start + len);
        body(bytes.get(start..end).unwrap_or_default(), out);
        done = end;
    }
    copy(bytes.get(done..).unwrap_or_default(), out);
}

/// Copies what is no part's body, its lines made to say that nothing is to be undone.
fn copy(bytes: &[u8], out: &mut Vec<u8>) {
    let mut done = 0;
    for header in headers(bytes) {
        out.extend_from_slice(bytes.get(done..header - NAME.len()).unwrap_or_default());
        out.extend_from_slice(UNDONE);
        done = header;
    }
    out.extend_from_slice(bytes.get(done..).unwrap_or_default());
}

fn after_empty_line(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    memchr::memchr_iter(b'\n', rest).find_map(|at| match rest.get(at + 1..)? {
        [b'\n', ..] => Some(from + at + 2),
        [b'\r', b'\n', ..] => Some(from + at + 3),
        _ => None,
    })
}

/// How far it is to the next line that says how something is written.
fn next_encoding(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\n', bytes)
        .map(|at| at + 1)
        .find(|&at| {
            let line = bytes.get(at..at + ENCODING.len());
            line.is_some_and(|line| line.eq_ignore_ascii_case(ENCODING))
        })
}

fn body(bytes: &[u8], out: &mut Vec<u8>) {
    // Ends of lines that were taken out and come back at the end of the line.
    let mut owed = 0;
    let mut at = 0;
    while let Some(next) = bytes
        .get(at..)
        .and_then(|rest| memchr::memchr2(b'=', b'\n', rest))
    {
        out.extend_from_slice(bytes.get(at..at + next).unwrap_or_default());
        at += next;
        let rest = bytes.get(at..).unwrap_or_default();
        let digit = |b: u8| {
            char::from(b)
                .to_digit(16)
                .and_then(|n| u8::try_from(n).ok())
        };
        at += match rest {
            [b'\n', ..] => {
                out.resize(out.len() + 1 + owed, b'\n');
                owed = 0;
                1
            }
            [b'=', high, low, ..] if let (Some(high), Some(low)) = (digit(*high), digit(*low)) => {
                out.push(high << 4 | low);
                3
            }
            [_, rest @ ..] => {
                // Blanks may have come to stand before the line's end.
                let blanks = rest
                    .iter()
                    .take_while(|b| matches!(b, b' ' | b'\t' | b'\r'));
                let blanks = blanks.count();
                if rest.get(blanks) == Some(&b'\n') {
                    owed += 1;
                    blanks + 2
                } else {
                    out.push(b'=');
                    1
                }
            }
            [] => 1,
        };
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    out.resize(out.len() + owed, b'\n');
}

#[cfg(test)]
mod tests {
    use super::super::Limits;
    use super::*;

    #[track_caller]
    fn check(mail: &str, expected: Option<&str>) {
        let mut got = None;
        let is_mail = super::super::open(
            mail.as_bytes(),
            &Budget::new(Limits::default(), None),
            &mut |found| match found {
                Found::Content { bytes, .. } => got = Some(bytes.to_vec()),
                Found::Gap { name, why } => panic!("{name}: {why:?}"),
            },
        );
        assert_eq!(is_mail, expected.is_some());
        assert!(
            !got.as_deref().is_some_and(is),
            "what was undone is to be undone"
        );
        let got = got.map(|got| String::from_utf8(got).unwrap());
        assert_eq!(got.as_deref(), expected);
    }

    #[test]
    fn parts_are_undone_and_lines_keep_their_numbers() {
        check(
            "From: a\nContent-Transfer-Encoding: quoted-printable\n\nab=\ncd=3Def\nlast =\r\nline",
            Some("From: a\nContent-Transfer-Encoding: 8bit            \n\nabcd=ef\n\nlast line\n"),
        );
        let one = "content-transfer-encoding:QUOTED-PRINTABLE\r\n\r\na=20b=\r\nc=zz\r\n--x\r\n";
        let other = "Content-Transfer-Encoding: 8bit\r\n\r\na=20b=\r\n";
        check(
            &format!("X-A: b\r\n{one}{other}{one}"),
            Some(&format!(
                "X-A: b\r\n{0}{other}{0}",
                "content-transfer-encoding:8bit            \r\n\r\na bc=zz\r\n\n--x\r\n"
            )),
        );
    }

    #[test]
    fn many_headers_above_one_empty_line_take_no_longer_than_their_bytes() {
        let header = "Content-Transfer-Encoding: quoted-printable\n";
        let mail = format!("To: a\n{}\na=3Db", header.repeat(100_000));
        let start = std::time::Instant::now();
        let undone = mail
            .replace("=3D", "=")
            .replace("quoted-printable", "8bit            ");
        check(&mail, Some(&undone));
        // Each of them looked through all the others took minutes.
        assert!(start.elapsed().as_secs() < 20);
    }

    #[test]
    fn a_mail_without_a_secret_is_looked_at_wholly() {
        for mail in [
            "To: a\nContent-Transfer-Encoding: quoted-printable\n\nab=\ncd=3D\n",
            "To: a\nContent-Transfer-Encoding: quoted-printable\nX-A: b\n",
        ] {
            let scanned = crate::Scanner::default().scan(b"a.eml", mail.as_bytes());
            assert!(
                scanned.matches.is_empty() && scanned.gaps.is_empty(),
                "{:?}",
                scanned.gaps
            );
        }
    }

    #[test]
    fn other_texts_are_none() {
        check("From: a\n\nquoted-printable is a word here\n", None);
        check("x\nContent-Transfer-Encoding: quoted-printable\n\na", None);
        check("To: a\nContent-Transfer-Encoding: base64\n\nQUJD\n", None);
        check("", None);
    }
}

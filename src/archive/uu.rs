//! Uuencoded files: lines of up to 45 bytes, each with its length before it, from `begin` to `end`.

use super::{Allowance, Budget, Format, Found, Sink, Step, clean_name};

pub(super) const FORMAT: Format = Format {
    name: "uuencode",
    is: |bytes| header(bytes).is_some(),
    open,
};

/// The name of the file, and where its first line begins.
fn header(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let rest = bytes.strip_prefix(b"begin ")?;
    let (mode, rest) = rest.split_first_chunk::<4>()?;
    let is_mode = matches!(mode, [b'0'..=b'7', b'0'..=b'7', b'0'..=b'7', b' ']);
    let len = memchr::memchr(b'\n', rest).filter(|_| is_mode)?;
    let name = rest.get(..len)?;
    Some((name.trim_ascii(), bytes.len() - rest.len() + len + 1))
}

fn open(bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) {
    let Some((name, start)) = header(bytes) else {
        return;
    };
    let mut allowance = Allowance::new(budget, bytes.len());
    let name = clean_name(name);
    let paid = budget.count_member();
    if let Err(why) = paid.and_then(|()| allowance.take(bytes.len(), 0)) {
        sink(Found::Gap { name, why });
        return;
    }
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    for line in bytes
        .get(start..)
        .unwrap_or_default()
        .split(|&b| b == b'\n')
    {
        if !decode(line.trim_ascii_end(), &mut out) {
            break;
        }
    }
    sink(Found::Content {
        step: Step::Member(name),
        bytes: &out,
    });
}

/// Whether the line belongs to the file.
fn decode(line: &[u8], out: &mut Vec<u8>) -> bool {
    let value = |byte: u8| byte.wrapping_sub(b' ') & 63;
    let Some((&first, digits)) = line.split_first() else {
        return false;
    };
    let len = usize::from(value(first));
    if len == 0 || !matches!(first, b' '..=b'`') {
        return false;
    }
    let end = out.len() + len;
    for four in digits.chunks(4) {
        // Blanks at the end of a line are often lost.
        let value = |at: usize| u32::from(four.get(at).map_or(0, |&b| value(b)));
        let bits = value(0) << 18 | value(1) << 12 | value(2) << 6 | value(3);
        let [_, three @ ..] = bits.to_be_bytes();
        out.extend(three);
    }
    out.resize(end, 0);
    true
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, open};
    use super::*;

    #[test]
    fn a_file_is_decoded_to_its_end() {
        let text = b"begin 644 a.txt\r\n#0V%T\n$=&5X= \n$=&5X=\n`\nend\n#0V%T\n";
        let mut got = Vec::new();
        let budget = Budget::new(Limits::default(), None);
        assert!(open(text, &budget, &mut |found| match found {
            Found::Content {
                step: Step::Member(name),
                bytes,
            } => got.push((name.into_string(), bytes.to_vec())),
            found @ (Found::Content { .. } | Found::Gap { .. }) => panic!("{found:?}"),
        }));
        assert_eq!(got, [("a.txt".to_owned(), b"Cattexttext".to_vec())]);
        for text in ["begin 64 a\n", "begin 6440 a\n", "begin 644 a", "begin\n"] {
            assert!(!open(text.as_bytes(), &budget, &mut |_| {}), "{text}");
        }
    }
}

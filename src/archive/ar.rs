//! `ar` archives: Debian packages and static libraries.

use super::{Budget, Format, Found, Sink, Step, clean_name, corrupt};

pub(super) const FORMAT: Format = Format {
    name: "ar",
    is: |bytes| bytes.starts_with(MAGIC),
    open,
};

const MAGIC: &[u8] = b"!<arch>\n";
const HEADER: usize = 60;

fn open(bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) {
    let mut rest = bytes.get(MAGIC.len()..).unwrap_or_default();
    while !rest.is_empty() {
        let Some((name, size)) = header(rest) else {
            sink(Found::Gap {
                name: Box::default(),
                why: corrupt("ar header is broken"),
            });
            return;
        };
        let body = rest.get(HEADER..).unwrap_or_default();
        if let Err(why) = budget.count_member() {
            sink(Found::Gap { name, why });
            return;
        }
        if let Some(member) = body.get(..size) {
            sink(Found::Content {
                step: Step::Member(name),
                bytes: member,
            });
        } else {
            sink(Found::Content {
                step: Step::Member(name.clone()),
                bytes: body,
            });
            sink(Found::Gap {
                name,
                why: corrupt("ar archive is cut short"),
            });
            return;
        }
        // Members begin at even places.
        rest = body.get(size + size % 2..).unwrap_or_default();
    }
}

/// Name and size of the member whose header `bytes` begin with.
fn header(bytes: &[u8]) -> Option<(Box<str>, usize)> {
    let header = bytes.get(..HEADER)?;
    header.ends_with(b"`\n").then_some(())?;
    let name = header.get(..16)?.trim_ascii_end();
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let size = header.get(48..58)?.trim_ascii_end();
    let size = size.iter().try_fold(0usize, |size, digit| {
        digit.is_ascii_digit().then_some(())?;
        Some(size * 10 + usize::from(digit - b'0'))
    })?;
    Some((clean_name(name), size))
}

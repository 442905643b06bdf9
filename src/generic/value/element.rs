//! Text between tags.

use super::{Literal, MAX};
use crate::generic::candidate::{Quote, byte, skip_while};

const CDATA: &[u8] = b"<![CDATA[";

/// Text of an element: up to the next tag, be it on lines of its own, in an element `value`, or marked as text.
/// `own`: the element that has the name, not the next one.
pub(in crate::generic) fn element(window: &[u8], i: usize, own: bool) -> Option<Literal> {
    let from = i;
    let mut i = skip_while(window, i, 40, |b| b.is_ascii_whitespace());
    if let Some(start) = [b"<value>".as_slice(), b"<string>", CDATA]
        .iter()
        .find(|start| window.get(i..).is_some_and(|rest| rest.starts_with(start)))
    {
        i += start.len();
        if *start == CDATA {
            let end = skip_while(window, i, MAX, |b| b != b']' && b != b'\n');
            return (byte(window, end) == b']').then_some(Literal {
                range: i..end,
                quote: Quote::None,
                end,
            });
        }
    } else if !own
        && window
            .get(from..i)
            .is_some_and(|blank| blank.contains(&b'\n'))
    {
        return None;
    }
    let end = skip_while(window, i, MAX, |b| b != b'<' && b != b'\n');
    // The end tag on a line of its own.
    let line = skip_while(window, end, 40, |b| b.is_ascii_whitespace());
    if line > end && window.get(line..line + 2) == Some(b"</") {
        let text = window.get(i..end)?.trim_ascii_end();
        return Some(Literal {
            range: i..i + text.len(),
            quote: Quote::None,
            end,
        });
    }
    (byte(window, end) == b'<' && byte(window, end + 1) == b'/').then_some(Literal {
        range: i..end,
        quote: Quote::None,
        end,
    })
}

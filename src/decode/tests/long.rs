//! What is too long to be decoded at once.

use super::*;

#[test]
fn very_long_lists_are_taken_in_parts_that_overlap() {
    let n = 70_000;
    let text: String = (0..n).map(|i| format!("{},", 97 + i % 26)).collect();
    let mut parts = Vec::new();
    find_all(text.as_bytes(), &mut |decoded| {
        parts.push((decoded.span.start, decoded.span.end, decoded.bytes.len()));
    });
    assert_eq!(parts.len(), 3);
    assert!(parts.windows(2).all(|two| two[1].0 + 1000 < two[0].1));
    assert_eq!(parts[2].1, text.len() - 1);
    assert!(parts.iter().all(|part| part.2 <= 32 << 10));
}

#[test]
fn very_long_lines_are_unescaped_in_parts_that_overlap() {
    let token = concat!("abcdefghij", "klmnopqrst7");
    let hidden: String = token.chars().map(|c| format!("{c}\u{200b}")).collect();
    let filler = |n: usize| "a\u{200b}".repeat(n);
    // The first part ends in the token, and before it.
    for moved in [0, 20] {
        let (before, after) = (filler(524_280 - moved), filler(524_280));
        let text = format!("{before} {hidden} {after}");
        let at = text.find(&hidden).unwrap();
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut places = Vec::new();
        (zero_width::DECODER.find)(
            text.as_bytes(),
            &Marks::of(text.as_bytes()),
            &mut |decoded| {
                if let Some(at) = memchr::memmem::find(&decoded.bytes, token.as_bytes()) {
                    places.push(decoded.map.parent(&(at..at + token.len())));
                }
                assert!(decoded.map.pieces() <= (1 << 20) + 1);
                parts.push(decoded.span);
            },
        );
        assert!(parts.len() > 1 && parts.windows(2).all(|two| two[1].start < two[0].end));
        assert_eq!(parts.last().unwrap().end, text.len());
        assert!(!places.is_empty(), "{moved}");
        assert!(
            places
                .iter()
                .all(|place| *place == (at..at + hidden.len() - 3))
        );
    }
}

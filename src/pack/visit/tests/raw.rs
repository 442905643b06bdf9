//! The bytes of packs and their indexes as git writes them. Of three tests that write packs this is the common part; the
//! one of `fuzz/` and the one of `tests/git` are other crates.

/// Begins an entry: its type, and how long its content is.
pub(crate) fn head(kind: u8, size: usize) -> Vec<u8> {
    let mut out = vec![kind << 4 | (size & 15) as u8];
    let mut rest = size >> 4;
    while rest > 0 {
        if let Some(last) = out.last_mut() {
            *last |= 128;
        }
        out.push((rest & 127) as u8);
        rest >>= 7;
    }
    out
}

/// How far before an entry its base begins.
pub(crate) fn distance(mut distance: usize) -> Vec<u8> {
    let mut out = vec![(distance & 127) as u8];
    while distance >= 128 {
        distance = (distance >> 7) - 1;
        out.insert(0, 128 | (distance & 127) as u8);
    }
    out
}

/// The second version of an index, over ids and places of entries. Its sums are zeros: whom this is for does not add up.
pub(crate) fn index(mut entries: Vec<(&[u8], usize)>) -> Vec<u8> {
    entries.sort_unstable();
    let mut out = b"\xfftOc\0\0\0\x02".to_vec();
    for first in 0..=255_u8 {
        let n = entries.iter().filter(|(id, _)| id[0] <= first).count();
        out.extend((n as u32).to_be_bytes());
    }
    out.extend(entries.iter().flat_map(|(id, _)| id.iter().copied()));
    out.extend(vec![0; 4 * entries.len()]);
    out.extend(
        entries
            .iter()
            .flat_map(|&(_, at)| (at as u32).to_be_bytes()),
    );
    out.extend([0; 40]);
    out
}

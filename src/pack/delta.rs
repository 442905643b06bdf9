//! Git's delta: copies from a base and inserted bytes, and what they say about the result.

use std::ops::Range;

/// A run of bytes that the result has in common with its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copy {
    /// Where it begins in the base.
    pub from: usize,
    /// Where it begins in the result.
    pub to: usize,
    pub len: usize,
}

/// How a result was made of its base: `copies` and `fresh` in order, together covering the result without overlap.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// Adjacent copies of adjacent bytes are one.
    pub(super) copies: Vec<Copy>,
    /// Inserted bytes; adjacent ones are one. An empty range is a seam: two copies meet there, or the result begins or ends
    /// there, and the base has other neighbours at that place.
    pub(super) fresh: Vec<Range<usize>>,
}

/// Sizes of base and result, and where the instructions begin.
pub(super) fn sizes(delta: &[u8]) -> Option<(u64, u64, usize)> {
    let (base, at) = varint(delta, 0)?;
    let (result, at) = varint(delta, at)?;
    Some((base, result, at))
}

/// Makes the result of a delta in `out`, which is emptied first, and says in `script` how.
pub(super) fn apply(
    base: &[u8],
    delta: &[u8],
    out: &mut Vec<u8>,
    script: &mut Script,
) -> Result<(), &'static str> {
    const SHORT: &str = "a delta ends too early";
    let (n_base, n_result, start) = sizes(delta).ok_or(SHORT)?;
    if n_base != base.len() as u64 {
        return Err("a delta is for a base of another size");
    }
    let n_result = usize::try_from(n_result).map_err(|_| "a delta's result is too large")?;
    out.clear();
    out.reserve(n_result);
    script.copies.clear();
    script.fresh.clear();
    let mut rest = delta.get(start..).unwrap_or_default();
    while let Some((&op, tail)) = rest.split_first() {
        rest = tail;
        let to = out.len();
        if op & 0x80 != 0 {
            let mut field = |bits: std::ops::Range<u32>| {
                let mut value = 0_usize;
                for bit in bits.clone() {
                    if op >> bit & 1 == 1 {
                        let (&byte, tail) = rest.split_first()?;
                        rest = tail;
                        value |= usize::from(byte) << (8 * (bit - bits.start));
                    }
                }
                Some(value)
            };
            let from = field(0..4).ok_or(SHORT)?;
            let len = match field(4..7).ok_or(SHORT)? {
                0 => 0x1_0000,
                len => len,
            };
            let bytes = base
                .get(from..from + len)
                .ok_or("a delta copies from beyond its base")?;
            if len > n_result - to {
                return Err("a delta's result is larger than it says");
            }
            out.extend_from_slice(bytes);
            script.copy(Copy { from, to, len });
        } else {
            let len = usize::from(op);
            if len == 0 {
                return Err("a delta has an unknown instruction");
            }
            let (bytes, tail) = rest.split_at_checked(len).ok_or(SHORT)?;
            rest = tail;
            if len > n_result - to {
                return Err("a delta's result is larger than it says");
            }
            out.extend_from_slice(bytes);
            script.insert(to..to + len);
        }
    }
    if out.len() != n_result {
        return Err("a delta's result is smaller than it says");
    }
    script.finish(base.len(), n_result);
    Ok(())
}

impl Script {
    fn copy(&mut self, copy: Copy) {
        match self.copies.last_mut() {
            // The copy before ends where this one begins: in the base as well, or there is a seam.
            Some(last) if last.to + last.len == copy.to => {
                if last.from + last.len == copy.from {
                    last.len += copy.len;
                    return;
                }
                self.fresh.push(copy.to..copy.to);
            }
            Some(_) => {}
            None if copy.to == 0 && copy.from != 0 => self.fresh.push(0..0),
            None => {}
        }
        self.copies.push(copy);
    }

    fn insert(&mut self, range: Range<usize>) {
        match self.fresh.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            Some(_) | None => self.fresh.push(range),
        }
    }

    fn finish(&mut self, n_base: usize, n_result: usize) {
        let ends_in_copy = self
            .copies
            .last()
            .filter(|last| last.to + last.len == n_result);
        if ends_in_copy.is_some_and(|last| last.from + last.len != n_base) {
            self.fresh.push(n_result..n_result);
        }
    }
}

fn varint(bytes: &[u8], mut at: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    let mut shift = 0;
    loop {
        let byte = *bytes.get(at)?;
        at += 1;
        if shift > 57 {
            return None;
        }
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Some((value, at));
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An instruction as a test writes it.
    #[derive(Debug, Clone)]
    pub(crate) enum Op {
        Copy { from: usize, len: usize },
        Insert(Vec<u8>),
    }

    fn put_varint(mut value: usize, out: &mut Vec<u8>) {
        while value >= 128 {
            out.push((value % 128) as u8 | 0x80);
            value /= 128;
        }
        out.push(value as u8);
    }

    /// Writes a delta, and its result by the plainest means.
    pub(crate) fn encode(base: &[u8], ops: &[Op]) -> (Vec<u8>, Vec<u8>) {
        let mut body = Vec::new();
        let mut result = Vec::new();
        for op in ops {
            match op {
                Op::Copy { from, len } => {
                    result.extend_from_slice(&base[*from..*from + *len]);
                    let mut code = 0x80;
                    let mut fields = Vec::new();
                    for bit in 0..4 {
                        let byte = (from >> (8 * bit)) as u8;
                        if byte != 0 {
                            code |= 1 << bit;
                            fields.push(byte);
                        }
                    }
                    for bit in 0..3 {
                        let byte = (len >> (8 * bit)) as u8;
                        if byte != 0 && *len != 0x1_0000 {
                            code |= 0x10 << bit;
                            fields.push(byte);
                        }
                    }
                    body.push(code);
                    body.extend(fields);
                }
                Op::Insert(bytes) => {
                    for piece in bytes.chunks(127) {
                        result.extend_from_slice(piece);
                        body.push(piece.len() as u8);
                        body.extend_from_slice(piece);
                    }
                }
            }
        }
        let mut delta = Vec::new();
        put_varint(base.len(), &mut delta);
        put_varint(result.len(), &mut delta);
        delta.extend(body);
        (delta, result)
    }

    /// Instructions that fit a base of `n` bytes.
    pub(crate) fn ops(n: usize) -> impl Strategy<Value = Vec<Op>> {
        let copy = (0..n.max(1), 1..=n.max(1)).prop_map(move |(from, len)| Op::Copy {
            from,
            len: len.min(n - from),
        });
        let insert = prop::collection::vec(any::<u8>(), 1..300).prop_map(Op::Insert);
        let op = if n == 0 {
            insert.boxed()
        } else {
            prop_oneof![3 => copy, 2 => insert].boxed()
        };
        prop::collection::vec(op, 0..12)
    }

    fn base_and_ops() -> impl Strategy<Value = (Vec<u8>, Vec<Op>)> {
        prop::collection::vec(any::<u8>(), 0..2000).prop_flat_map(|base| {
            let n = base.len();
            (Just(base), ops(n))
        })
    }

    /// A base, its result, and the script of an applied delta.
    fn applied(base: &[u8], ops: &[Op]) -> (Vec<u8>, Script) {
        let (delta, expected) = encode(base, ops);
        let mut out = vec![1, 2, 3];
        let mut script = Script::default();
        apply(base, &delta, &mut out, &mut script).unwrap();
        assert_eq!(out, expected);
        (out, script)
    }

    proptest! {
        #[test]
        fn result_is_that_of_the_plain_interpreter((base, ops) in base_and_ops()) {
            applied(&base, &ops);
        }

        #[test]
        fn script_covers_the_result_and_its_copies_are_true((base, ops) in base_and_ops()) {
            let (out, script) = applied(&base, &ops);
            let mut ranges: Vec<_> = script.fresh.clone();
            for copy in &script.copies {
                prop_assert_eq!(&base[copy.from..copy.from + copy.len], &out[copy.to..copy.to + copy.len]);
                ranges.push(copy.to..copy.to + copy.len);
            }
            ranges.retain(|range| !range.is_empty());
            ranges.sort_by_key(|range| range.start);
            let mut end = 0;
            for range in ranges {
                prop_assert_eq!(range.start, end);
                end = range.end;
            }
            prop_assert_eq!(end, out.len());
        }

        /// What a scanner relies on: a window that touches no fresh range, with a byte or an edge on either side, stands
        /// in the base with the same neighbours.
        #[test]
        fn whatever_is_not_near_fresh_bytes_stands_in_the_base((base, ops) in base_and_ops(), start: u16, len in 1_usize..80) {
            let (out, script) = applied(&base, &ops);
            let start = usize::from(start) % (out.len() + 1);
            let end = (start + len).min(out.len());
            let near = |range: &Range<usize>| range.start <= end && start <= range.end;
            if start < end && !script.fresh.iter().any(near) {
                let copy = script.copies.iter().find(|copy| copy.to <= start && end <= copy.to + copy.len);
                let copy = copy.expect("no fresh byte and no seam: one copy has the window");
                let (from, until) = (start - copy.to + copy.from, end - copy.to + copy.from);
                prop_assert_eq!(from.checked_sub(1).map(|i| base[i]), start.checked_sub(1).map(|i| out[i]));
                prop_assert_eq!(base.get(until), out.get(end));
            }
        }

        #[test]
        fn hostile_deltas_are_refused_or_keep_their_word(base in prop::collection::vec(any::<u8>(), 0..200), delta in prop::collection::vec(any::<u8>(), 0..100)) {
            let mut out = Vec::new();
            if sizes(&delta).is_some_and(|(_, n, _)| n < 1 << 20)
                && apply(&base, &delta, &mut out, &mut Script::default()).is_ok()
            {
                prop_assert_eq!(out.len() as u64, sizes(&delta).unwrap().1);
            }
        }
    }

    #[test]
    fn adjacent_copies_merge_and_others_leave_a_seam() {
        let base: Vec<u8> = (0..100).collect();
        let copy = |from, len| Op::Copy { from, len };
        let (_, script) = applied(&base, &[copy(0, 10), copy(10, 20), copy(50, 50)]);
        assert_eq!(script.copies.len(), 2);
        assert_eq!(script.fresh, vec![Range { start: 30, end: 30 }]);
        let (_, script) = applied(&base, &[copy(5, 10)]);
        assert_eq!(script.fresh, [0..0, 10..10]);
        let (_, script) = applied(&base, &[copy(0, 100)]);
        assert!(script.fresh.is_empty());
        let (_, script) = applied(&base, &[copy(1, 99), Op::Insert(vec![7; 200])]);
        assert_eq!(script.fresh, [0..0, 99..299]);
    }

    #[test]
    fn a_copy_without_length_is_64_kib() {
        let base = vec![9; 0x1_0000];
        let (out, _) = applied(
            &base,
            &[Op::Copy {
                from: 0,
                len: 0x1_0000,
            }],
        );
        assert_eq!(out.len(), 0x1_0000);
    }
}

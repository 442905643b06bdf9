//! Where decoded bytes come from: pieces of the decoded text and of its parent that correspond, in order.

use std::ops::Range;

/// Leads from an offset in decoded bytes back to the parent's bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Map {
    /// Starts of pieces, decoded and parent, both ascending; the last is the end of all.
    points: Vec<(usize, usize)>,
}

impl Map {
    /// From here on, decoded offset `at` corresponds to the parent's offset `from`.
    pub(crate) fn push(&mut self, at: usize, from: usize) {
        match self.points.as_mut_slice() {
            // Between two places that stand for nothing leads nothing.
            [.., (before, _), (last, end)] if *before == at && *last == at => *end = from,
            [.., last] if *last == (at, from) => {}
            _ => self.points.push((at, from)),
        }
    }

    /// How many pieces there are.
    pub(crate) fn pieces(&self) -> usize {
        self.points.len()
    }

    /// The parent's bytes that hold the given decoded bytes: exact where one stands for one, else rounded outwards to
    /// the encoded unit.
    #[must_use]
    pub fn parent(&self, decoded: &Range<usize>) -> Range<usize> {
        let start = self.place(decoded.start, false);
        let end = self.place(decoded.end, true);
        start..end.max(start)
    }

    fn place(&self, offset: usize, is_end: bool) -> usize {
        let after = if is_end {
            self.points.partition_point(|&(at, _)| at < offset)
        } else {
            self.points.partition_point(|&(at, _)| at <= offset)
        };
        let Some(&(at, from)) = self.points.get(after.saturating_sub(1)) else {
            return offset;
        };
        let Some(&(next_at, next_from)) = self.points.get(after.max(1)) else {
            return from;
        };
        let (length, size) = (next_at.saturating_sub(at), next_from.saturating_sub(from));
        let scaled = offset.saturating_sub(at).saturating_mul(size);
        from + if is_end {
            scaled.div_ceil(length.max(1))
        } else {
            scaled / length.max(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_back_through_copies_escapes_and_gaps() {
        // `ab%41c` then a removed newline at 6, then `d`.
        let mut map = Map::default();
        for point in [(0, 0), (2, 2), (3, 5), (4, 6), (4, 7), (5, 8)] {
            map.push(point.0, point.1);
        }
        assert_eq!(map.parent(&(0..2)), 0..2);
        assert_eq!(map.parent(&(2..3)), 2..5);
        assert_eq!(map.parent(&(1..4)), 1..6);
        assert_eq!(map.parent(&(4..5)), 7..8);
        assert_eq!(map.parent(&(0..5)), 0..8);
    }

    #[test]
    fn one_gap_is_one_piece_however_often_it_grows() {
        let mut map = Map::default();
        for point in [(0, 0), (1, 1), (1, 4), (1, 7), (1, 10), (2, 11)] {
            map.push(point.0, point.1);
        }
        assert_eq!(map.pieces(), 4);
        assert_eq!(
            [
                map.parent(&(0..1)),
                map.parent(&(1..2)),
                map.parent(&(0..2))
            ],
            [0..1, 10..11, 0..11]
        );
    }

    #[test]
    fn rounds_to_the_encoded_unit() {
        let mut map = Map::default();
        map.push(0, 10);
        map.push(6, 18);
        assert_eq!(map.parent(&(0..3)), 10..14);
        assert_eq!(map.parent(&(1..4)), 11..16);
        assert_eq!(map.parent(&(3..6)), 14..18);
    }
}

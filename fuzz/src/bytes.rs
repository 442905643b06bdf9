//! Input that is taken apart piece by piece, until nothing is left and every piece is the smallest.

/// The rest of an input.
pub struct Bytes<'b>(pub &'b [u8]);

impl<'b> Bytes<'b> {
    pub fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        first
    }

    pub fn two(&mut self) -> usize {
        usize::from(self.byte()) << 8 | usize::from(self.byte())
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        let number = if n > 256 {
            self.two()
        } else {
            self.byte().into()
        };
        number % n.max(1)
    }

    pub fn take(&mut self, n: usize) -> &'b [u8] {
        let (taken, rest) = self.0.split_at(n.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

//! Words of a text in lower case, and numbers as steps.

/// Longest word of a name or a value that is a feature.
pub(in crate::generic) const MAX_WORD: usize = 20;

/// A lower-cased copy of at most `N` bytes.
#[derive(Clone, Copy)]
pub(in crate::generic) struct Lower<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Default for Lower<N> {
    fn default() -> Self {
        Self {
            bytes: [0; N],
            len: 0,
        }
    }
}

impl<const N: usize> Lower<N> {
    pub(in crate::generic) fn get(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// Lower-cases `text`; one that is too long is left empty. `|` stands between the parts of a feature.
pub(super) fn lower<const N: usize>(text: &[u8]) -> Lower<N> {
    let mut out = Lower::default();
    if text.len() <= N {
        for (slot, b) in out.bytes.iter_mut().zip(text) {
            *slot = if b.is_ascii_graphic() && *b != b'|' {
                b.to_ascii_lowercase()
            } else {
                b'?'
            };
        }
        out.len = text.len();
    }
    out
}

/// The words of an identifier or text: runs of two letters or more, split where a capital follows a small letter.
pub(super) fn each_word(text: &[u8], each: &mut dyn FnMut(&[u8])) {
    let mut rest = text;
    while let Some(start) = rest.iter().position(u8::is_ascii_alphabetic) {
        let mut run = rest.get(start..).unwrap_or_default().iter();
        let begin = run.as_slice();
        let mut last = *run.next().unwrap_or(&0);
        while let [b, after @ ..] = run.as_slice()
            && b.is_ascii_alphabetic()
        {
            let is_hump = b.is_ascii_uppercase()
                && (last.is_ascii_lowercase() || after.first().is_some_and(u8::is_ascii_lowercase));
            if is_hump {
                break;
            }
            last = *b;
            run = after.iter();
        }
        rest = run.as_slice();
        let word = begin.get(..begin.len() - rest.len()).unwrap_or_default();
        if word.len() >= 2 {
            each(word);
        }
    }
}

/// A word in lower case; one that is too long is left empty.
pub(in crate::generic) fn small(word: &[u8]) -> Lower<MAX_WORD> {
    let mut out = Lower::default();
    if word.len() <= MAX_WORD {
        for (slot, b) in out.bytes.iter_mut().zip(word) {
            *slot = b | 0x20;
        }
        out.len = word.len();
    }
    out
}

pub(super) fn last_word(text: &[u8]) -> Lower<MAX_WORD> {
    let mut last = Lower::default();
    each_word(text, &mut |word| last = small(word));
    last
}

/// The word before the name on its line.
pub(super) fn previous_word(before: &[u8]) -> Lower<MAX_WORD> {
    let tail = before
        .get(before.len().saturating_sub(40)..)
        .unwrap_or_default();
    last_word(tail)
}

pub(super) fn ratio(part: usize, whole: usize) -> &'static str {
    if whole == 0 {
        return "none";
    }
    match part * 100 / whole {
        0 => "0",
        1..=24 => "1",
        25..=49 => "2",
        50..=74 => "3",
        75..=99 => "4",
        _ => "5",
    }
}

pub(super) fn count(n: usize) -> &'static str {
    match n {
        0 => "0",
        1 => "1",
        2 => "2",
        3 => "3",
        4 | 5 => "4",
        _ => "6",
    }
}

pub(super) fn pair_bucket(common: f32, n: usize) -> &'static str {
    if n < 2 {
        return "none";
    }
    match (common * 2.0) as u32 {
        0..=3 => "0",
        4..=5 => "2",
        6 => "3",
        7 => "3.5",
        8 => "4",
        9 => "4.5",
        10 => "5",
        11 => "5.5",
        12 => "6",
        13 => "6.5",
        _ => "7",
    }
}

/// Shannon entropy of the bytes against the most that their number allows.
pub(super) fn entropy(text: &[u8]) -> &'static str {
    let mut counts = [0u16; 256];
    for &b in text {
        if let Some(n) = counts.get_mut(usize::from(b)) {
            *n += 1;
        }
    }
    let distinct = counts.iter().filter(|&&n| n > 0).count();
    let most = text.len().min(64);
    match distinct * 100 / most.max(1) {
        0..=24 => "1",
        25..=39 => "2",
        40..=54 => "3",
        55..=69 => "4",
        70..=84 => "5",
        _ => "6",
    }
}

/// How many bytes `text` has that differ, and its entropy in sixteenths of a bit a byte.
pub(super) fn entropy_sixteenths(text: &[u8]) -> (usize, usize) {
    let mut counts = [0u16; 256];
    for &b in text {
        if let Some(n) = counts.get_mut(usize::from(b)) {
            *n += 1;
        }
    }
    let total = text.len().max(1);
    let spent: usize = counts
        .iter()
        .map(|&n| usize::from(n) * log2(usize::from(n)))
        .sum();
    let distinct = counts.iter().filter(|&&n| n > 0).count();
    (
        distinct,
        (log2(total) - (spent / total).min(log2(total))) / 16,
    )
}

/// The logarithm in 256ths, straight between powers of two: the same on every machine.
fn log2(n: usize) -> usize {
    let Some(whole) = n.checked_ilog2() else {
        return 0;
    };
    let whole = whole as usize;
    (whole << 8) + ((n << 8) >> whole) - 256
}

/// How many bytes of `text` are such.
pub(super) fn count_of(text: &[u8], is: fn(u8) -> bool) -> usize {
    text.iter().filter(|&&b| is(b)).count()
}

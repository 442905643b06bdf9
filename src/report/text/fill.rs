//! Text that fits a terminal's columns: broken at blanks, never within a word, so that a link or a command stays whole.

use unicode_width::UnicodeWidthStr;

/// Whether text needs no more columns than these.
pub(super) fn fits(text: &str, columns: usize) -> bool {
    text.width() <= columns
}

/// Breaks a text whose lines begin at this column. A word wider than a line stands on a line of its own.
pub(super) fn fill(text: &str, width: usize, column: usize) -> String {
    let room = width.saturating_sub(column);
    let mut out = String::new();
    let mut used = 0;
    for word in text.split(' ') {
        let wide = word.width();
        if used > 0 && used + 1 + wide > room {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += wide;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_and_words_stay_whole() {
        assert_eq!(fill("one two three", 20, 0), "one two three");
        assert_eq!(fill("one two three", 10, 2), "one two\nthree");
        assert_eq!(
            fill("revoke: https://example.com/settings", 20, 0),
            "revoke:\nhttps://example.com/settings"
        );
        assert!(fits("日本", 4) && !fits("日本", 3));
        for width in 1..40 {
            let filled = fill("a few words of several sizes to be broken", width, 0);
            let fit = |line: &str| fits(line, width) || !line.contains(' ');
            assert!(filled.lines().all(fit), "{filled}");
        }
    }
}

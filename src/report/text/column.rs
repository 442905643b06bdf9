//! Columns as the file has them, in the lines of a diagnostic that name a place.

use crate::outcome::Place;
use crate::report::plain;

/// The text with columns of the file in the lines that name a place: annotate-snippets counts those of the line as it is
/// shown, which is cut and masked.
pub(super) fn with_columns<'p>(text: &str, places: impl Iterator<Item = &'p Place>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut places = places.peekable();
    for line in text.split_inclusive('\n') {
        let named = places.peek().and_then(|place| {
            let named = format!("{}:{}:", plain::path(place), place.position.line);
            let (before, shown) = line.split_once(&named)?;
            let opens = before.contains("--> ") || before.contains("::: ");
            // What stands before it is the mark alone, perhaps with its colours.
            let is_mark = opens && !before.contains(['|', '"']);
            let rest = shown.trim_start_matches(|c: char| c.is_ascii_digit());
            is_mark.then(|| format!("{before}{named}{}{rest}", plain::column(place)))
        });
        match named {
            Some(named) => {
                out.push_str(&named);
                places.next();
            }
            None => out.push_str(line),
        }
    }
    out
}

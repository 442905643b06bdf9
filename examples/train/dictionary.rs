//! The dictionary: words that identifiers and texts of several repositories share, and how common pairs of letters are in them.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::corpus::Corpus;

/// In how many repositories a word must stand.
const REPOS: usize = 6;
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=14;

/// One word a line, sorted.
pub(crate) fn words(corpus: &Corpus) -> String {
    let mut repos: HashMap<Vec<u8>, HashSet<usize>> = HashMap::new();
    for (repo, text) in &corpus.plain {
        let mut seen: HashSet<&[u8]> = HashSet::new();
        for run in text.split(|b| !b.is_ascii_alphabetic()) {
            let mut from = 0;
            for i in 1..=run.len() {
                let hump =
                    i < run.len() && run[i].is_ascii_uppercase() && run[i - 1].is_ascii_lowercase();
                if (i == run.len() || hump) && LENGTHS.contains(&(i - from)) {
                    seen.insert(&run[from..i]);
                }
                if hump {
                    from = i;
                }
            }
        }
        for word in seen {
            repos
                .entry(word.to_ascii_lowercase())
                .or_default()
                .insert(*repo);
        }
    }
    let counts: BTreeMap<Vec<u8>, usize> = repos.into_iter().map(|(w, r)| (w, r.len())).collect();
    let mut out = String::new();
    for (word, n) in counts {
        // Short ones are often parts of something else.
        if n >= if word.len() == 3 { REPOS * 3 } else { REPOS } {
            out.push_str(&String::from_utf8_lossy(&word));
            out.push('\n');
        }
    }
    out
}

/// A digit for each pair of letters.
pub(crate) fn pairs(words: &str) -> String {
    let mut counts = [[0u32; 26]; 26];
    let index = |b: u8| usize::from(b - b'a');
    for word in words.lines() {
        for pair in word.as_bytes().windows(2) {
            counts[index(pair[0])][index(pair[1])] += 1;
        }
    }
    let total: u32 = counts.iter().flatten().sum();
    let mut out = String::new();
    for row in counts {
        for n in row {
            // Each step doubles how common the pair is; 5 is as common as chance.
            let times = f64::from(n) * 676.0 / f64::from(total.max(1));
            let digit = (0..9)
                .rev()
                .find(|&d| times >= f64::from(1u32 << d) / 32.0)
                .map_or(0, |d| d + 1);
            out.push(char::from(b'0' + digit));
        }
        out.push('\n');
    }
    out
}

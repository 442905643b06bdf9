//! A baseline: the ids of findings that were there before keysieve was. One line an id, sorted, so that a merge of two
//! branches is a merge of lines. An id that was fixed stays with a mark: when it comes back, it counts.

use std::collections::{BTreeMap, HashSet};

use crate::outcome::{Finding, Status};
use crate::table::problem::{lines, shortened};
use crate::table::{Problem, Problems};

const HEADER: &str = "# keysieve baseline 1: ids of findings that were known before, see `keysieve baseline --help`\n";
const FIXED: &str = "fixed";

/// Known ids, each with its rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<String, Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    rule: String,
    fixed: bool,
}

/// Findings beside a baseline.
#[derive(Debug, Default)]
pub struct Comparison<'f> {
    pub known: Vec<&'f Finding>,
    pub new: Vec<&'f Finding>,
    /// Marked as fixed, and there again.
    pub back: Vec<&'f Finding>,
    /// Ids with their rules that are there no longer.
    pub fixed: Vec<(String, String)>,
}

impl Baseline {
    /// Parses a baseline's text; `name` is used in messages. An id that two merged sides tell differently counts as fixed.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
        let mut problems = Vec::new();
        for (start, line) in lines(text) {
            match entry(line) {
                Ok((id, read)) => {
                    entries
                        .entry(id)
                        .and_modify(|known| known.fixed |= read.fixed)
                        .or_insert(read);
                }
                Err(message) => problems.push(Problem { at: start, message }),
            }
        }
        if problems.is_empty() {
            Ok(Self(entries))
        } else {
            Err(Problems::new(name, text, problems))
        }
    }

    /// The text of the file.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = HEADER.to_owned();
        for (id, entry) in &self.0 {
            out.push_str(&format!("{id} {}", entry.rule));
            if entry.fixed {
                out.push(' ');
                out.push_str(FIXED);
            }
            out.push('\n');
        }
        out
    }

    /// Whether a finding of this id does not count.
    #[must_use]
    pub fn knows(&self, id: &str) -> bool {
        self.0.get(id).is_some_and(|entry| !entry.fixed)
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.values().filter(|entry| !entry.fixed).count()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What open findings are to this baseline.
    #[must_use]
    pub fn compare<'f>(&self, findings: &'f [Finding]) -> Comparison<'f> {
        let mut out = Comparison::default();
        for finding in findings.iter().filter(|f| f.status == Status::Open) {
            match self.0.get(&finding.id) {
                None => out.new.push(finding),
                Some(entry) if entry.fixed => out.back.push(finding),
                Some(_) => out.known.push(finding),
            }
        }
        let there: HashSet<&str> = out.known.iter().map(|f| f.id.as_str()).collect();
        out.fixed = self
            .0
            .iter()
            .filter(|(id, entry)| !entry.fixed && !there.contains(id.as_str()))
            .map(|(id, entry)| (id.clone(), entry.rule.clone()))
            .collect();
        out
    }

    /// Takes in one id. What is there already stays as it is: what was fixed is not known again.
    pub fn add(&mut self, id: &str, rule: &str) {
        self.0.entry(id.to_owned()).or_insert_with(|| Entry {
            rule: rule.to_owned(),
            fixed: false,
        });
    }

    /// Marks what is there no longer.
    pub fn mark_fixed(&mut self, comparison: &Comparison<'_>) {
        for (id, _) in &comparison.fixed {
            if let Some(entry) = self.0.get_mut(id) {
                entry.fixed = true;
            }
        }
    }

    /// Takes in what is new or came back.
    pub fn accept(&mut self, comparison: &Comparison<'_>) {
        for finding in comparison.new.iter().chain(&comparison.back) {
            self.0.insert(
                finding.id.clone(),
                Entry {
                    rule: finding.rule.id.to_string(),
                    fixed: false,
                },
            );
        }
    }
}

/// `ID RULE` or `ID RULE fixed`.
fn entry(line: &str) -> Result<(String, Entry), String> {
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
        .iter()
        .any(|mark| line.starts_with(mark))
    {
        return Err("a merge left its marks here; keep the lines of both sides".to_owned());
    }
    let mut words = line.split_ascii_whitespace();
    let (id, rule, mark) = (words.next(), words.next(), words.next());
    let id = id.unwrap_or_default();
    if id.len() < 8 || !id.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(format!(
            "`{}` is no id, with which each line begins; `keysieve baseline update` writes them",
            shortened(id)
        ));
    }
    if words.next().is_some() || mark.is_some_and(|mark| mark != FIXED) {
        return Err(format!(
            "after the id stand the rule and perhaps `{FIXED}`, nothing else"
        ));
    }
    Ok((
        id.to_ascii_lowercase(),
        Entry {
            rule: rule.unwrap_or("-").to_owned(),
            fixed: mark.is_some(),
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Secret, Severity};
    use crate::outcome::Reason;
    use crate::rule::{self, RuleRef};

    fn finding(id: &str, status: Status) -> Finding {
        Finding {
            id: id.to_owned(),
            rule: RuleRef::BuiltIn(rule::find("github-pat").unwrap()),
            secret: Secret::new(b"value"),
            severity: Severity::Low,
            confidence: Confidence::High,
            evidence: Vec::new(),
            status,
            places: Vec::new(),
        }
    }

    fn ids<'f>(findings: &[&'f Finding]) -> Vec<&'f str> {
        findings.iter().map(|finding| finding.id.as_str()).collect()
    }

    #[test]
    fn findings_are_known_new_or_back_and_what_is_gone_is_fixed() {
        let text = "aaaaaaaa r1\nbbbbbbbb r2 fixed\ncccccccc r3\neeeeeeee r4\n";
        let mut baseline = Baseline::parse("b", text).unwrap();
        assert_eq!((baseline.len(), baseline.is_empty()), (3, false));
        let allowed = Status::Suppressed(Reason::Allow("sample".to_owned()));
        let findings = [
            finding("aaaaaaaa", Status::Open),
            finding("bbbbbbbb", Status::Open),
            // What an entry allows does not stay in the baseline.
            finding("cccccccc", allowed.clone()),
            finding("dddddddd", Status::Open),
            finding("ffffffff", allowed),
        ];
        let comparison = baseline.compare(&findings);
        assert_eq!(ids(&comparison.known), ["aaaaaaaa"]);
        assert_eq!(ids(&comparison.back), ["bbbbbbbb"]);
        assert_eq!(ids(&comparison.new), ["dddddddd"]);
        let fixed = [("cccccccc", "r3"), ("eeeeeeee", "r4")];
        assert_eq!(
            comparison.fixed,
            fixed.map(|(id, rule)| (id.to_owned(), rule.to_owned()))
        );

        baseline.mark_fixed(&comparison);
        assert!(baseline.knows("aaaaaaaa") && !baseline.knows("cccccccc"));
        assert_eq!(baseline.len(), 1);
        baseline.accept(&comparison);
        assert!(baseline.knows("bbbbbbbb") && baseline.knows("dddddddd"));
        assert_eq!(baseline.len(), 3);
        let lines = ["bbbbbbbb github-pat\n", "cccccccc r3 fixed\n"];
        assert!(lines.iter().all(|line| baseline.render().contains(line)));
    }

    #[test]
    fn a_baseline_of_what_was_fixed_is_empty() {
        assert!(Baseline::default().is_empty());
        let fixed = Baseline::parse("b", "aaaaaaaa r fixed\n").unwrap();
        assert_eq!((fixed.len(), fixed.is_empty()), (0, true));
    }

    #[test]
    fn an_id_has_eight_digits_or_more() {
        for (line, is_right) in [
            ("0123abcd r", true),
            ("0123abcdef r", true),
            ("0123abc r", false),
            ("0123abcx r", false),
        ] {
            assert_eq!(Baseline::parse("b", line).is_ok(), is_right, "{line}");
        }
    }

    #[test]
    fn lines_are_sorted_and_fixed_wins() {
        let text = "# c\nbbbbbbbbbbbbbbbb r2\naaaaaaaaaaaaaaaa r1 fixed\naaaaaaaaaaaaaaaa r1\n";
        let baseline = Baseline::parse("b", text).unwrap();
        assert!(baseline.knows("bbbbbbbbbbbbbbbb") && !baseline.knows("aaaaaaaaaaaaaaaa"));
        assert_eq!(
            baseline.render(),
            format!("{HEADER}aaaaaaaaaaaaaaaa r1 fixed\nbbbbbbbbbbbbbbbb r2\n")
        );
        assert_eq!(Baseline::parse("b", &baseline.render()), Ok(baseline));
    }

    #[test]
    fn each_wrong_line_is_named() {
        let text = "xyz r\n<<<<<<< ours\naaaaaaaaaaaaaaaa r gone\n";
        let said = Baseline::parse("b", text).unwrap_err().to_string();
        assert_eq!(said.lines().count(), 3, "{said}");
        assert!(
            said.starts_with("b:1:1: `xyz` is no id, with which each line begins"),
            "{said}"
        );
        assert!(said.contains("b:2:1: a merge left its marks"), "{said}");
    }
}

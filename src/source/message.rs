//! A commit message that is being written (`commit-msg`).
//!
//! The file may hold more than the commit will: comment lines, and what stands below a scissors line. Git removes them, but
//! only if an editor ran or a setting says so. Git's settings are asked for only where something was found.

use crate::finding::{Match, Scanned};
use crate::source::plumbing::Git;

/// What decides which lines stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleanup {
    pub mode: Mode,
    /// What a comment line starts with; `None`: git chose one itself.
    pub comment: Option<String>,
    /// `git commit -v` by configuration.
    pub verbose: bool,
    /// Whether an editor ran.
    pub editor: bool,
}

/// `commit.cleanup`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Default,
    Strip,
    Whitespace,
    Verbatim,
    Scissors,
}

impl Cleanup {
    /// Asks git. Without git, everything stays.
    #[must_use]
    pub fn read(git: Option<&Git>, editor: Option<&std::ffi::OsStr>) -> Self {
        let setting = |name: &str| git.and_then(|git| git.setting(name).unwrap_or_default());
        let mode = match (git, setting("commit.cleanup").as_deref()) {
            (None, _) | (_, Some("verbatim")) => Mode::Verbatim,
            (_, Some("strip")) => Mode::Strip,
            (_, Some("whitespace")) => Mode::Whitespace,
            (_, Some("scissors")) => Mode::Scissors,
            (_, None | Some(_)) => Mode::Default,
        };
        let comment = setting("core.commentString")
            .or_else(|| setting("core.commentChar"))
            .unwrap_or_else(|| "#".into());
        Self {
            mode,
            comment: (comment != "auto" && !comment.is_empty()).then_some(comment),
            verbose: setting("commit.verbose")
                .is_some_and(|value| !matches!(value.as_str(), "false" | "0" | "no" | "off")),
            // Git sets `:` for hooks when it runs no editor.
            editor: editor.is_none_or(|editor| editor != ":"),
        }
    }

    /// Which lines become part of the commit.
    fn kept(&self, text: &[u8]) -> Vec<bool> {
        let lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
        let comment = self.comment_mark(&lines);
        let is_comment = |line: &[u8]| line.starts_with(&comment);
        let strips = match self.mode {
            Mode::Strip => true,
            // By `--cleanup=whitespace` or `verbatim` the lines stay, and git's own words in the file say so.
            Mode::Default => {
                self.editor
                    && memchr::memmem::find(text, b"' will be kept; you may remove them").is_none()
            }
            Mode::Whitespace | Mode::Verbatim | Mode::Scissors => false,
        };
        let scissors = [comment.as_slice(), SCISSORS].concat();
        let cut = lines
            .iter()
            .position(|line| *line == scissors)
            .filter(|at| match self.mode {
                Mode::Scissors => self.editor,
                // By `-v` git cuts too, and writes a comment below its line; a person's own line has none.
                Mode::Default | Mode::Strip | Mode::Whitespace | Mode::Verbatim => {
                    self.verbose
                        || (self.editor && lines.get(at + 1).is_some_and(|line| is_comment(line)))
                }
            })
            .unwrap_or(lines.len());
        lines
            .iter()
            .enumerate()
            .map(|(i, line)| i < cut && !(strips && is_comment(line)))
            .collect()
    }

    /// With `auto`, git takes the first of its characters that starts no line, and writes its hints at the end.
    fn comment_mark(&self, lines: &[&[u8]]) -> Vec<u8> {
        match &self.comment {
            Some(comment) => comment.as_bytes().to_vec(),
            None => lines
                .iter()
                .rev()
                .find(|line| !line.is_empty())
                .and_then(|line| line.first())
                .filter(|mark| b"#;@!$%^&|:".contains(mark))
                .map_or_else(|| b"#".to_vec(), |mark| vec![*mark]),
        }
    }
}

const SCISSORS: &[u8] = b" ------------------------ >8 ------------------------";

/// Leaves out the matches that stand wholly in lines that git will remove.
pub fn leave_out_removed(text: &[u8], cleanup: &Cleanup, scanned: &mut Scanned) {
    let kept = cleanup.kept(text);
    let stays = |found: &Match| {
        let from = found.position.line.max(1) as usize - 1;
        let to = (found.position.line_end.max(1) as usize).max(from + 1);
        kept.get(from..to.min(kept.len()))
            .is_none_or(|lines| lines.is_empty() || lines.contains(&true))
    };
    scanned.matches.retain(stays);
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDITED: Cleanup = Cleanup {
        mode: Mode::Default,
        comment: None,
        verbose: false,
        editor: true,
    };

    fn hash(cleanup: Cleanup) -> Cleanup {
        Cleanup {
            comment: Some("#".into()),
            ..cleanup
        }
    }

    #[track_caller]
    fn check(cleanup: &Cleanup, text: &str, expected: &str) {
        let kept: Vec<&str> = text
            .lines()
            .zip(cleanup.kept(text.as_bytes()))
            .filter_map(|(line, kept)| kept.then_some(line))
            .collect();
        assert_eq!(kept.join("|"), expected, "{text:?}");
    }

    #[test]
    fn comments_go_only_if_an_editor_ran_or_strip_says_so() {
        check(&hash(EDITED), "a\n#b\nc\n", "a|c");
        check(
            &Cleanup {
                editor: false,
                ..hash(EDITED)
            },
            "a\n#b\nc\n",
            "a|#b|c",
        );
        check(
            &Cleanup {
                editor: false,
                mode: Mode::Strip,
                ..hash(EDITED)
            },
            "a\n#b\n",
            "a",
        );
        check(
            &Cleanup {
                mode: Mode::Whitespace,
                ..hash(EDITED)
            },
            "a\n#b\n",
            "a|#b",
        );
        check(
            &Cleanup {
                mode: Mode::Verbatim,
                ..hash(EDITED)
            },
            "a\n#b\n",
            "a|#b",
        );
        check(
            &Cleanup {
                mode: Mode::Scissors,
                ..hash(EDITED)
            },
            "a\n#b\n",
            "a|#b",
        );
        check(&hash(EDITED), "a\n #b\n", "a| #b");
    }

    #[test]
    fn what_stands_below_the_scissors_goes() {
        let cut = format!("a\n#{}\n# hint\ndiff\n", String::from_utf8_lossy(SCISSORS));
        check(&hash(EDITED), &cut, "a");
        check(
            &Cleanup {
                mode: Mode::Scissors,
                ..hash(EDITED)
            },
            &cut,
            "a",
        );
        check(
            &Cleanup {
                verbose: true,
                editor: false,
                ..hash(EDITED)
            },
            &cut,
            "a",
        );
        let typed = format!("a\n#{}\nmore\n", String::from_utf8_lossy(SCISSORS));
        check(&hash(EDITED), &typed, "a|more");
        check(
            &Cleanup {
                mode: Mode::Scissors,
                ..hash(EDITED)
            },
            &typed,
            "a",
        );
        let unlike = typed.replace(">8 -", ">8 ");
        check(
            &Cleanup {
                mode: Mode::Scissors,
                ..hash(EDITED)
            },
            &unlike,
            &unlike.trim_end().replace('\n', "|"),
        );
    }

    #[test]
    fn the_comment_character_is_the_configured_or_the_guessed_one() {
        let semicolon = Cleanup {
            comment: Some(";".into()),
            ..EDITED
        };
        check(&semicolon, "a\n#b\n;c\n", "a|#b");
        check(&EDITED, "#a\nb\n; hint\n; hint\n", "#a|b");
        check(
            &Cleanup {
                comment: Some("//".into()),
                ..EDITED
            },
            "a\n//b\n/c\n",
            "a|/c",
        );
    }
}

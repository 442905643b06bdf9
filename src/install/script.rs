//! The text of an installed hook.

use std::path::Path;

use super::folder::Style;

const CLIENT: &str = include_str!("../../hooks/client.sh");
const STDIN: &str = include_str!("../../hooks/stdin.sh");
const GLOBAL: &str = include_str!("../../hooks/global.sh");
const GLOBAL_STDIN: &str = include_str!("../../hooks/global-stdin.sh");
/// Every script of ours starts its second line so, and goes on with one of the two.
const MARKER: &[u8] = b"# keysieve ";
const MARKED: [&[u8]; 2] = [
    b" hook: `keysieve uninstall`",
    b" hook for every repository",
];

/// Hooks to which git writes on standard input.
fn reads_stdin(name: &str) -> bool {
    matches!(
        name,
        "pre-push"
            | "pre-receive"
            | "post-receive"
            | "post-rewrite"
            | "reference-transaction"
            | "proc-receive"
    )
}

/// A hook that runs a kept one first, then keysieve.
pub(super) fn own(name: &str, exe: &Path, style: Style) -> String {
    let template = if reads_stdin(name) { STDIN } else { CLIENT };
    match style {
        Style::Programs => fill(template, name, exe),
        Style::ShellText => {
            let template = template.replace("[ -x \"$own\" ]", "[ -f \"$own\" ]");
            fill(
                &template.replace("\"$own\" \"$@\"", "sh -e \"$own\" \"$@\""),
                name,
                exe,
            )
        }
    }
}

/// A hook of a folder that serves all repositories; `checks` tells whether keysieve has something to do in it.
pub(super) fn global(name: &str, exe: &Path, checks: bool) -> String {
    match (checks, reads_stdin(name)) {
        (true, true) => fill(GLOBAL_STDIN, name, exe),
        (true, false) => fill(
            &GLOBAL
                .replace("@EXEC@", "exec @KEYSIEVE@ hook @HOOK@ \"$@\"")
                .replace("@OUTSIDE@", "1"),
            name,
            exe,
        ),
        // While a repository is being made, some hooks run and git does not open it yet.
        (false, _) => fill(
            &GLOBAL
                .replace(
                    "if [ -x \"$own\" ]; then \"$own\" \"$@\" || exit $?; fi\n@EXEC@",
                    "if [ -x \"$own\" ]; then exec \"$own\" \"$@\"; fi",
                )
                .replace("@OUTSIDE@", "0"),
            name,
            exe,
        ),
    }
}

fn fill(template: &str, name: &str, exe: &Path) -> String {
    let exe = format!("'{}'", exe.display().to_string().replace('\'', "'\\''"));
    template.replace("@HOOK@", name).replace("@KEYSIEVE@", &exe)
}

/// Whether a hook's text is one of ours.
pub(super) fn is_ours(text: &[u8]) -> bool {
    text.split(|&b| b == b'\n').nth(1).is_some_and(|line| {
        line.starts_with(MARKER)
            && MARKED
                .iter()
                .any(|mark| memchr::memmem::find(line, mark).is_some())
    })
}

/// Whether it is one of ours for all repositories.
pub(super) fn is_global(text: &[u8]) -> bool {
    is_ours(text) && memchr::memmem::find(text, b"hook for every repository").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_short_ours_and_name_the_program() {
        for name in ["pre-commit", "pre-receive"] {
            for text in [
                own(name, Path::new("/a b/it's"), Style::Programs),
                own(name, Path::new("/a b/it's"), Style::ShellText),
                global(name, Path::new("/a b/it's"), true),
            ] {
                assert!(text.lines().count() <= 10, "{text}");
                assert!(is_ours(text.as_bytes()), "{text}");
                assert!(text.contains("'/a b/it'\\''s' hook "), "{text}");
                assert!(!text.contains('@') || text.contains("\"$@\""), "{text}");
            }
        }
        assert!(global("post-commit", Path::new("/k"), false).contains("exec \"$own\""));
    }
}

//! The arguments of hooks, read by hand: they run a hundred times a day.

use std::ffi::OsString;
use std::path::PathBuf;

/// Which hook git called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hook {
    PreCommit,
    PreMergeCommit,
    CommitMsg {
        file: PathBuf,
    },
    PrePush {
        remote: OsString,
        url: OsString,
    },
    PreReceive,
    /// Gerrit's `ref-update` and `commit-received`, with their arguments.
    Gerrit {
        args: Vec<OsString>,
    },
}

/// Names of the hooks, as git has them.
pub const HOOKS: &[&str] = &[
    "pre-commit",
    "pre-merge-commit",
    "commit-msg",
    "pre-push",
    "pre-receive",
    "ref-update",
    "commit-received",
];

/// What git gave the hook, and the file of `--config`. No words where help is asked for, which is clap's to give.
pub(super) fn options(
    args: &[OsString],
) -> Result<(Option<Vec<OsString>>, Option<PathBuf>), String> {
    let mut words = Vec::new();
    let mut config = None;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy();
        if matches!(&*text, "-h" | "--help") {
            return Ok((None, None));
        } else if text == "--config" {
            let file = args.next().ok_or("--config needs a file")?;
            config = Some(PathBuf::from(file));
        } else if let Some(file) = text.strip_prefix("--config=") {
            config = Some(PathBuf::from(file));
        } else if text.starts_with("--") && !words.first().is_some_and(is_gerrit) {
            return Err(format!(
                "hooks know no option `{text}`, only `--config FILE`; the rest stands in the configuration"
            ));
        } else {
            words.push(arg.clone());
        }
    }
    Ok((Some(words), config))
}

/// Gerrit gives everything in options.
fn is_gerrit(hook: &OsString) -> bool {
    hook == "ref-update" || hook == "commit-received"
}

/// The hook that is named, with what git gives it.
pub(super) fn read(args: &[OsString]) -> Result<Hook, String> {
    let name = args
        .first()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let arg = |i: usize| args.get(i).cloned();
    match name.as_str() {
        "pre-commit" => Ok(Hook::PreCommit),
        "pre-merge-commit" => Ok(Hook::PreMergeCommit),
        "commit-msg" => {
            let file = arg(1).ok_or(
                "`keysieve hook commit-msg` needs the file with the message, as git gives it",
            )?;
            Ok(Hook::CommitMsg { file: file.into() })
        }
        "pre-push" => Ok(Hook::PrePush {
            remote: arg(1).unwrap_or_default(),
            url: arg(2).unwrap_or_default(),
        }),
        "pre-receive" => Ok(Hook::PreReceive),
        "ref-update" | "commit-received" => Ok(Hook::Gerrit {
            args: args.get(1..).unwrap_or_default().to_vec(),
        }),
        "update" | "post-receive" | "reference-transaction" => Err(format!(
            "keysieve has nothing to do in `{name}`: when it runs, the pushed objects are on the server already and \
             a refusal would leave them there; install it as pre-receive"
        )),
        "prepare-commit-msg" | "post-commit" => Err(format!(
            "keysieve has nothing to do in `{name}`; commits that run no pre-commit (cherry-pick, rebase) are judged by pre-push"
        )),
        other => Err(format!(
            "no hook is called `{other}`; known: {}",
            HOOKS.join(", ")
        )),
    }
}

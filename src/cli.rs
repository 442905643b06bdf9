//! The command line: arguments in, a [`Request`] out. Hooks are read by hand, since they run a hundred times a day and
//! take one option; everything else is clap's.

mod command;
mod output;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgMatches;

use crate::finding::Confidence;
use crate::report::Format;

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

/// What `scan` looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Files, folders, archives; `-` is standard input.
    Paths(Vec<PathBuf>),
    /// Standard input under this name.
    StdinAs(PathBuf),
    Staged,
    /// What HEAD tracks.
    AllFiles,
    /// Commits of a repository: all refs, or a range.
    History {
        repository: PathBuf,
        range: Option<String>,
    },
}

/// Options of commands that print findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The format of standard output.
    pub format: Format,
    /// Further formats, each with its file.
    pub files: Vec<(Format, PathBuf)>,
    pub color: Color,
    pub show_suppressed: bool,
    pub quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// Where hooks are installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Repository(PathBuf),
    Global,
    Server(PathBuf),
    /// A host whose machine cannot be reached from here, by its name.
    ByHand(String),
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    Hook {
        hook: Hook,
        config: Option<PathBuf>,
    },
    Scan {
        target: Target,
        output: Output,
        block_at: Option<Confidence>,
        config: Option<PathBuf>,
    },
    Install {
        place: Place,
        hooks: Vec<String>,
    },
    Uninstall {
        place: Place,
        hooks: Vec<String>,
    },
    Doctor {
        repository: PathBuf,
    },
    Allow {
        id: String,
        reason: String,
        expires: Option<String>,
        owner: Option<String>,
    },
    RulesList,
    RulesShow {
        id: String,
    },
    RulesCheck {
        file: Option<PathBuf>,
    },
    ConfigShow {
        server: bool,
        config: Option<PathBuf>,
    },
    ConfigCheck {
        file: Option<PathBuf>,
    },
    /// Help or a version was asked for: print this.
    Print(String),
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

/// Parses arguments without the program's name. An error is a message for a person.
pub fn parse(args: &[OsString]) -> Result<Request, String> {
    if args.first().is_some_and(|first| first == "hook") {
        let (words, config) = hook_options(args.get(1..).unwrap_or_default())?;
        if let Some(words) = words {
            return hook(&words).map(|hook| Request::Hook { hook, config });
        }
    }
    let with_name = std::iter::once(OsString::from("keysieve")).chain(args.iter().cloned());
    match command::command().try_get_matches_from(with_name) {
        Ok(matches) => request(&matches),
        Err(e) if !e.use_stderr() => Ok(Request::Print(e.render().to_string())),
        Err(e) => Err(e
            .render()
            .to_string()
            .trim_start_matches("error: ")
            .trim_end()
            .to_owned()),
    }
}

/// What git gave the hook, and the file of `--config`. No words where help is asked for, which is clap's to give.
fn hook_options(args: &[OsString]) -> Result<(Option<Vec<OsString>>, Option<PathBuf>), String> {
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

fn hook(args: &[OsString]) -> Result<Hook, String> {
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

fn request(matches: &ArgMatches) -> Result<Request, String> {
    let (name, m) = matches
        .subcommand()
        .ok_or("give a command; `keysieve --help` lists them")?;
    let path = |key: &str| m.get_one::<PathBuf>(key).cloned();
    let text = |key: &str| m.get_one::<String>(key).cloned();
    let hooks = || {
        m.get_many::<String>("hook")
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
    };
    let place = || {
        if m.get_flag("global") {
            Place::Global
        } else if let Some(Some(host)) = m
            .try_get_one::<String>("host")
            .ok()
            .map(Option::<&String>::cloned)
        {
            Place::ByHand(host)
        } else if let Some(server) = path("server") {
            Place::Server(server)
        } else {
            Place::Repository(path("repo").unwrap_or_else(|| PathBuf::from(".")))
        }
    };
    Ok(match name {
        "scan" => scan(m)?,
        "install" => Request::Install {
            place: place(),
            hooks: hooks(),
        },
        "uninstall" => Request::Uninstall {
            place: place(),
            hooks: hooks(),
        },
        "doctor" => Request::Doctor {
            repository: path("repo").unwrap_or_else(|| PathBuf::from(".")),
        },
        "allow" => Request::Allow {
            id: text("id").unwrap_or_default(),
            reason: text("reason").unwrap_or_default(),
            expires: text("expires"),
            owner: text("owner"),
        },
        "rules" => match m.subcommand() {
            Some(("show", m)) => Request::RulesShow {
                id: m.get_one::<String>("id").cloned().unwrap_or_default(),
            },
            Some(("check", m)) => Request::RulesCheck {
                file: m.get_one::<PathBuf>("file").cloned(),
            },
            _ => Request::RulesList,
        },
        "config" => match m.subcommand() {
            Some(("check", m)) => Request::ConfigCheck {
                file: m.get_one::<PathBuf>("file").cloned(),
            },
            Some((_, m)) => Request::ConfigShow {
                server: m.get_flag("server"),
                config: m.get_one::<PathBuf>("config").cloned(),
            },
            None => return Err("give `show` or `check`".to_owned()),
        },
        other => {
            return Err(format!(
                "`{other}` is no command; `keysieve --help` lists them"
            ));
        }
    })
}

fn scan(m: &ArgMatches) -> Result<Request, String> {
    let path = |key: &str| m.get_one::<PathBuf>(key).cloned();
    let paths: Vec<PathBuf> = m
        .get_many::<PathBuf>("path")
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let target = if m.get_flag("staged") {
        Target::Staged
    } else if m.get_flag("all-files") {
        Target::AllFiles
    } else if let Some(repository) = path("history") {
        // `--history RANGE` and `--history REPO RANGE` as people type them; `--range` says it outright.
        let given = m
            .get_one::<String>("range")
            .cloned()
            .or_else(|| paths.first().map(|p| p.display().to_string()));
        let is_range = given.is_none() && !repository.exists();
        if is_range {
            Target::History {
                repository: PathBuf::from("."),
                range: Some(repository.display().to_string()),
            }
        } else {
            Target::History {
                repository,
                range: given,
            }
        }
    } else if let Some(path) = path("stdin-path") {
        Target::StdinAs(path)
    } else if paths.is_empty() {
        Target::Paths(vec![PathBuf::from(".")])
    } else {
        Target::Paths(paths)
    };
    let text = |key: &str| m.get_one::<String>(key).map(String::as_str);
    let color = match text("color") {
        Some("always") => Color::Always,
        Some("never") => Color::Never,
        _ => Color::Auto,
    };
    let (format, files) = output::outputs(m)?;
    let output = Output {
        format,
        files,
        color,
        show_suppressed: m.get_flag("show-suppressed"),
        quiet: m.get_flag("quiet"),
    };
    Ok(Request::Scan {
        target,
        output,
        block_at: text("block-at").and_then(Confidence::parse),
        config: path("config"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn the_command_is_well_formed() {
        command::command().debug_assert();
    }

    #[test]
    fn hooks_are_read_without_clap() {
        assert_eq!(
            parse(&words("hook pre-commit")),
            Ok(Request::Hook {
                hook: Hook::PreCommit,
                config: None
            })
        );
        assert_eq!(
            parse(&words("hook pre-receive --config server.toml")),
            Ok(Request::Hook {
                hook: Hook::PreReceive,
                config: Some("server.toml".into())
            })
        );
        assert!(parse(&words("hook pre-commit --forma")).is_err());
        assert!(matches!(
            parse(&words("hook --help")),
            Ok(Request::Print(_))
        ));
        assert_eq!(
            parse(&words("hook pre-push origin ssh://h/r")),
            Ok(Request::Hook {
                hook: Hook::PrePush {
                    remote: "origin".into(),
                    url: "ssh://h/r".into()
                },
                config: None
            })
        );
        assert!(parse(&words("hook commit-msg")).is_err());
        assert!(
            parse(&words("hook post-commit"))
                .unwrap_err()
                .contains("pre-push")
        );
    }

    #[track_caller]
    fn check_outputs(line: &str, terminal: &str, files: &[(&str, &str)]) {
        let Ok(Request::Scan { output, .. }) = parse(&words(line)) else {
            panic!("{line} does not parse")
        };
        let got: Vec<(&str, &str)> = output
            .files
            .iter()
            .map(|(format, file)| (format.as_str(), file.to_str().unwrap()))
            .collect();
        assert_eq!(
            (output.format.as_str(), got.as_slice()),
            (terminal, files),
            "{line}"
        );
    }

    #[test]
    fn each_output_takes_the_format_before_it() {
        check_outputs("scan", "text", &[]);
        check_outputs("scan --format json", "json", &[]);
        check_outputs("scan --format sarif --output x", "text", &[("sarif", "x")]);
        check_outputs("scan --output x --format sarif", "text", &[("sarif", "x")]);
        check_outputs("scan --output x.sarif", "text", &[("sarif", "x.sarif")]);
        check_outputs(
            "scan --format sarif --output x --format junit --output y --format github",
            "github",
            &[("sarif", "x"), ("junit", "y")],
        );
        check_outputs(
            "scan --output x.sarif --output y.csv --format jsonl",
            "jsonl",
            &[("sarif", "x.sarif"), ("csv", "y.csv")],
        );
        check_outputs("scan --format json --output -", "json", &[]);
        for wrong in ["scan --output report", "scan --format json --format csv"] {
            assert!(
                parse(&words(wrong)).unwrap_err().contains("--output"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn history_takes_a_repository_or_a_range() {
        let Ok(Request::Scan { target, .. }) = parse(&words("scan --history")) else {
            panic!("parses")
        };
        assert_eq!(
            target,
            Target::History {
                repository: ".".into(),
                range: None
            }
        );
        let Ok(Request::Scan { target, .. }) = parse(&words("scan --history no-such-folder..x"))
        else {
            panic!("parses")
        };
        assert_eq!(
            target,
            Target::History {
                repository: ".".into(),
                range: Some("no-such-folder..x".into())
            }
        );
    }
}

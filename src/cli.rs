//! The command line: arguments in, a [`Request`] out. Hooks are read by hand, since they run a hundred times a day and
//! take one option; everything else is clap's.

mod command;
mod hook;
mod man;
mod output;
mod target;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::ArgMatches;
use clap::error::ErrorKind;

pub use hook::{HOOKS, Hook};
pub use man::pages;

use crate::finding::Confidence;
use crate::import;
use crate::report::Format;

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
        /// A date in any form that git takes.
        since: Option<String>,
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
    pub verbose: bool,
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
    /// A host whose machine cannot be reached from here.
    ByHand {
        host: String,
        /// Where to write what the host takes.
        tarball: Option<PathBuf>,
    },
}

/// What is done with a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BaselineAction {
    Create { force: bool },
    Update { accept_new: bool },
    Audit,
}

/// A walk through findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    pub target: Option<Target>,
    /// Also what was skipped before.
    pub again: bool,
    /// Of the entries that it writes.
    pub expires: Option<String>,
    pub owner: Option<String>,
}

/// A foreign file to take over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Nothing where git's own settings are read.
    pub file: Option<PathBuf>,
    /// Whose it is, where its name and text do not tell.
    pub from: Option<import::Format>,
    pub dry_run: bool,
    pub jsonl: bool,
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
        /// Whether a terminal may see how far it is.
        progress: bool,
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
    Review(Review),
    Baseline {
        action: BaselineAction,
        target: Target,
        file: Option<PathBuf>,
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
    RulesTest {
        file: PathBuf,
    },
    Explain {
        id: String,
        target: Option<Target>,
    },
    ConfigSchema,
    ConfigImport(Import),
    ConfigCheck {
        file: Option<PathBuf>,
        /// Also tell which allow entries allow nothing.
        unused: bool,
        /// Whether a warning is a failure.
        strict: bool,
    },
    Man {
        dir: PathBuf,
    },
    /// Help or a version was asked for: print this.
    Print(String),
}

/// Parses arguments without the program's name. An error is a message for a person.
pub fn parse(args: &[OsString]) -> Result<Request, String> {
    if args.first().is_some_and(|first| first == "hook") {
        let (words, config) = hook::options(args.get(1..).unwrap_or_default())?;
        if let Some(words) = words {
            return hook::read(&words).map(|hook| Request::Hook { hook, config });
        }
    }
    let with_name = std::iter::once(OsString::from("keysieve")).chain(args.iter().cloned());
    let all = if args.iter().any(|arg| arg == "-h") {
        command::brief()
    } else {
        command::command()
    };
    match all.try_get_matches_from(with_name) {
        Ok(matches) => request(&matches),
        Err(e) if e.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Err(format!("a command is missing\n\n{}", e.render()))
        }
        Err(e) if !e.use_stderr() => Ok(Request::Print(e.render().to_string())),
        Err(e) => Err(e
            .render()
            .to_string()
            .trim_start_matches("error: ")
            .trim_end()
            .to_owned()),
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
            Place::ByHand {
                host,
                tarball: path("tarball"),
            }
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
        "review" => Request::Review(Review {
            target: target::target(m),
            again: m.get_flag("again"),
            expires: text("expires"),
            owner: text("owner"),
        }),
        "baseline" => {
            let (name, m) = m.subcommand().ok_or("give `create`, `update` or `audit`")?;
            let action = match name {
                "create" => BaselineAction::Create {
                    force: m.get_flag("force"),
                },
                "update" => BaselineAction::Update {
                    accept_new: m.get_flag("accept-new"),
                },
                _ => BaselineAction::Audit,
            };
            let history = || Target::History {
                repository: PathBuf::from("."),
                range: None,
                since: None,
            };
            Request::Baseline {
                action,
                target: target::target(m).unwrap_or_else(history),
                file: m.get_one::<PathBuf>("file").cloned(),
            }
        }
        "explain" => Request::Explain {
            id: text("id").unwrap_or_default(),
            target: target::target(m),
        },
        "man" => Request::Man {
            dir: path("dir").unwrap_or_default(),
        },
        "completions" => Request::Print(command::completions(&text("shell").unwrap_or_default())),
        "rules" => match m.subcommand() {
            Some(("show", m)) => Request::RulesShow {
                id: m.get_one::<String>("id").cloned().unwrap_or_default(),
            },
            Some(("check", m)) => Request::RulesCheck {
                file: m.get_one::<PathBuf>("file").cloned(),
            },
            Some(("test", m)) => Request::RulesTest {
                file: m.get_one::<PathBuf>("file").cloned().unwrap_or_default(),
            },
            _ => Request::RulesList,
        },
        "config" => match m.subcommand() {
            Some(("check", m)) => Request::ConfigCheck {
                file: m.get_one::<PathBuf>("file").cloned(),
                unused: !m.get_flag("quick"),
                strict: m.get_flag("strict"),
            },
            Some(("schema", _)) => Request::ConfigSchema,
            Some(("import", m)) => {
                let text = |key: &str| m.get_one::<String>(key).map(String::as_str);
                Request::ConfigImport(Import {
                    file: m.get_one::<PathBuf>("file").cloned(),
                    from: text("from").and_then(import::Format::parse),
                    dry_run: m.get_flag("dry-run"),
                    jsonl: text("format") == Some("jsonl"),
                })
            }
            Some((_, m)) => Request::ConfigShow {
                server: m.get_flag("server"),
                config: m.get_one::<PathBuf>("config").cloned(),
            },
            None => return Err("give `show`, `check`, `import` or `schema`".to_owned()),
        },
        other => {
            return Err(format!(
                "`{other}` is no command; `keysieve --help` lists them"
            ));
        }
    })
}

fn scan(m: &ArgMatches) -> Result<Request, String> {
    let target = target::target(m).unwrap_or_else(|| Target::Paths(vec![PathBuf::from(".")]));
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
        verbose: m.get_flag("verbose"),
    };
    Ok(Request::Scan {
        target,
        progress: !m.get_flag("no-progress") && !m.get_flag("quiet"),
        output,
        block_at: text("block-at").and_then(Confidence::parse),
        config: m.get_one::<PathBuf>("config").cloned(),
    })
}

//! The commands and options, as clap has them.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use clap_complete::Shell;

use super::HOOKS;
use crate::finding::Confidence;
use crate::report::Format;

/// Commands by what one is up to, as `--help` lists them.
const GROUPS: &[(&str, &[&str])] = &[
    ("Set up", &["install", "uninstall", "doctor"]),
    (
        "Look and decide",
        &["scan", "explain", "review", "allow", "baseline"],
    ),
    ("Configure", &["config", "rules"]),
    ("For programs", &["hook", "completions", "man"]),
];

const EXAMPLES: &str = "\
Examples:
  keysieve install                              hooks for this repository
  keysieve scan --staged                        what the next commit holds
  keysieve scan --history -o report.sarif       every commit, as a report
  keysieve allow ID --reason TEXT               let one finding stay

Exit: 0 nothing blocks, 1 findings block, 2 undecided or an error; git refuses both.
More: `keysieve COMMAND --help`, `keysieve man DIR`";

/// All commands, and the help that groups them.
pub(super) fn command() -> Command {
    let command = commands();
    let mut groups = String::new();
    for (heading, names) in GROUPS {
        groups.push_str(&format!("\n{heading}:\n"));
        for name in *names {
            let about = command.find_subcommand(name).and_then(Command::get_about);
            let about = about.map(ToString::to_string).unwrap_or_default();
            groups.push_str(&format!("  {name:<12} {about}\n"));
        }
    }
    command
        .help_template(format!(
            "{{about}}\n\n{{usage-heading}} {{usage}}\n{groups}\nOptions:\n{{options}}{{after-help}}"
        ))
        .after_help("`--help` says more.")
        .after_long_help(EXAMPLES)
}

/// Options that `scan -h` leaves to `scan --help`. Clap's own way of that puts every option on lines of its own.
const RARE: &[&str] = &["all", "stdin-path", "block-at", "no-progress", "config"];

/// The same commands as `-h` tells of them.
pub(super) fn brief() -> Command {
    command().mut_subcommand("scan", |scan| {
        scan.mut_args(|arg| {
            let is_rare = RARE.contains(&arg.get_id().as_str());
            arg.hide(is_rare)
        })
        .after_help("`--help` says more.")
    })
}

fn commands() -> Command {
    let repo = Arg::new("repo")
        .long("repo")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help("A repository");
    let global = Arg::new("global")
        .long("global")
        .action(ArgAction::SetTrue)
        .help("Every repository of this user");
    let server = Arg::new("server")
        .long("server")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .help("A bare repository on a server, or a git host's folder of hooks");
    let hooks = Arg::new("hook")
        .long("hook")
        .value_name("NAME")
        .action(ArgAction::Append)
        .value_parser(PossibleValuesParser::new(HOOKS))
        .help("Only this hook; may be given several times");
    let config = Arg::new("config")
        .long("config")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("One more configuration file");
    let placed = |c: Command| {
        c.arg(repo.clone().conflicts_with_all(["global", "server"]))
            .arg(global.clone().conflicts_with("server"))
            .arg(server.clone())
            .arg(hooks.clone())
    };
    Command::new("keysieve")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Keeps secrets out of git repositories")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(
            Command::new("hook").about("Called by git: pre-commit, commit-msg, pre-push, pre-receive and others").arg(Arg::new("name").value_name("NAME")).arg(config.clone()),
        )
        .subcommand(
            targeted(Command::new("scan"))
                .about("Scan files, folders, archives, `-`, the index or a history")
                .next_help_heading("How to tell it")
                .arg(Arg::new("format").long("format").short('f').value_name("FORMAT").action(ArgAction::Append).value_parser(PossibleValuesParser::new(Format::NAMES)).help("How to tell findings; text unless given"))
                .arg(Arg::new("output").long("output").short('o').value_name("FILE").action(ArgAction::Append).value_parser(value_parser!(PathBuf)).help("Write the --format before it, or what its name tells, to a file"))
                .arg(Arg::new("block-at").long("block-at").value_name("LEVEL").value_parser(PossibleValuesParser::new(Confidence::NAMES)).help("Confidence from which a finding blocks"))
                .arg(Arg::new("color").long("color").value_name("WHEN").default_value("auto").value_parser(["auto", "always", "never"]).help("Colour"))
                .arg(Arg::new("show-suppressed").long("show-suppressed").action(ArgAction::SetTrue).help("Also show what is allowed"))
                .arg(Arg::new("quiet").long("quiet").short('q').action(ArgAction::SetTrue).help("Print nothing where nothing blocks"))
                .arg(Arg::new("verbose").long("verbose").short('v').action(ArgAction::SetTrue).conflicts_with("quiet").help("Also say which files configure this, and how much was looked at"))
                .arg(Arg::new("no-progress").long("no-progress").action(ArgAction::SetTrue).help("No bar of progress on a terminal where it takes longer than a second"))
                .arg(config.clone()),
        )
        .subcommand(
            placed(Command::new("install").about("Install the hooks; existing ones are kept and run first"))
                .arg(Arg::new("host").long("host").value_name("NAME").value_parser(PossibleValuesParser::new(crate::install::BY_HAND)).conflicts_with_all(["repo", "global", "server", "hook"]).help("Print the steps for a host that takes hooks in its own way"))
                .arg(Arg::new("tarball").long("tarball").value_name("FILE").value_parser(value_parser!(PathBuf)).requires("host").help("Also write what that host takes: the environment of GitHub Enterprise, custom_hooks of GitLab")),
        )
        .subcommand(placed(Command::new("uninstall").about("Take the hooks out again, byte for byte")))
        .subcommand(Command::new("doctor").about("Say which hooks will run here, and what is not covered").arg(Arg::new("repo").value_name("DIR").default_value(".").value_parser(value_parser!(PathBuf))))
        .subcommand(baseline())
        .subcommand(targeted(
            Command::new("explain")
                .about("Say why a finding was judged so")
                .arg(Arg::new("id").required(true).value_name("ID")),
        ))
        .subcommand(
            Command::new("allow")
                .about("Allow a finding by its id, with a reason")
                .arg(Arg::new("id").required(true).value_name("ID"))
                .arg(Arg::new("reason").short('r').long("reason").required(true).value_name("TEXT").help("Why it may stay; stands in the entry"))
                .arg(Arg::new("expires").short('e').long("expires").value_name("DAYS|DATE").help("When that ends: 90d, or 2027-03-01"))
                .arg(Arg::new("owner").long("owner").value_name("WHO").help("Who answers for it")),
        )
        .subcommand(
            targeted(Command::new("review"))
                .about("Walk through findings, one key each; goes on where it was left")
                .next_help_heading("How to walk")
                .arg(Arg::new("again").long("again").action(ArgAction::SetTrue).help("Also what was skipped before"))
                .arg(Arg::new("expires").long("expires").value_name("DAYS|DATE").help("When what is allowed here ends: 90d, or 2027-03-01"))
                .arg(Arg::new("owner").long("owner").value_name("WHO").help("Who answers for what is allowed here")),
        )
        .subcommand(
            Command::new("rules")
                .about("List, show or check rules")
                .subcommand_required(true)
                .subcommand(Command::new("list").about("Every built-in rule"))
                .subcommand(Command::new("show").about("One rule, with a made-up example").arg(Arg::new("id").required(true).value_name("ID")))
                .subcommand(Command::new("check").about("Check the rules of a file, or the built-in ones").arg(Arg::new("file").value_name("FILE").value_parser(value_parser!(PathBuf))))
                .subcommand(Command::new("test").about("Try the `hit` and `miss` texts of a file's rules").arg(Arg::new("file").required(true).value_name("FILE").value_parser(value_parser!(PathBuf)))),
        )
        .subcommand(
            Command::new("completions")
                .about("Print what a shell needs to complete commands")
                .arg(Arg::new("shell").required(true).value_name("SHELL").value_parser(PossibleValuesParser::new(SHELLS))),
        )
        .subcommand(
            Command::new("man")
                .about("Write the manual pages below a folder: DIR/man1, DIR/man5")
                .arg(Arg::new("dir").required(true).value_name("DIR").value_parser(value_parser!(PathBuf)).help("`~/.local/share/man`, for example")),
        )
        .subcommand(
            Command::new("config")
                .about("Show or check the configuration; import that of another scanner")
                .subcommand_required(true)
                .subcommand(Command::new("show").about("Each value and where it comes from").arg(Arg::new("server").long("server").action(ArgAction::SetTrue).help("As a server hook sees it")).arg(config))
                .subcommand(Command::new("check").about("Check a file, or the files in force here").arg(Arg::new("file").value_name("FILE").value_parser(value_parser!(PathBuf))).arg(Arg::new("unused").long("unused").action(ArgAction::SetTrue).hide(true)).arg(Arg::new("quick").long("quick").action(ArgAction::SetTrue).conflicts_with("unused").help("Do not look through all commits for allow entries that allow nothing")).arg(Arg::new("strict").long("strict").action(ArgAction::SetTrue).help("Exit 1 where an entry expired, soon will, or allows nothing")))
                .subcommand(import())
                .subcommand(Command::new("schema").about("Print the JSON Schema of .keysieve.toml, for editors")),
        )
}

const SHELLS: [&str; 4] = ["bash", "zsh", "fish", "powershell"];

/// The script that completes commands in a shell.
pub(super) fn completions(shell: &str) -> String {
    let shell: Shell = shell.parse().unwrap_or(Shell::Bash);
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "keysieve", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The arguments that say what is scanned.
fn targeted(command: Command) -> Command {
    command
        .next_help_heading("What to scan")
        .arg(
            Arg::new("path")
                .num_args(0..)
                .value_parser(value_parser!(PathBuf))
                .help("What to scan; `-` is standard input"),
        )
        .arg(
            Arg::new("staged")
                .long("staged")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["path", "history", "all-files"])
                .help("What is staged"),
        )
        .arg(
            Arg::new("all-files")
                .long("all-files")
                .action(ArgAction::SetTrue)
                .conflicts_with_all(["path", "history"])
                .help("What HEAD tracks"),
        )
        .arg(
            Arg::new("history")
                .long("history")
                .num_args(0..=1)
                .value_name("REPO")
                .default_missing_value(".")
                .value_parser(value_parser!(PathBuf))
                .help("Every commit of a repository"),
        )
        .arg(
            Arg::new("range")
                .long("range")
                .value_name("RANGE")
                .requires("history")
                .help("Only these commits: `main..topic`"),
        )
        .arg(
            Arg::new("branch")
                .long("branch")
                .value_name("NAME")
                .conflicts_with_all(["range", "path", "staged", "all-files"])
                .help("Every commit of a branch"),
        )
        .arg(
            Arg::new("since")
                .long("since")
                .value_name("DATE")
                .conflicts_with_all(["staged", "all-files"])
                .help("Commits since then: 2026-11-01, 2.weeks"),
        )
        .arg(
            Arg::new("all")
                .long("all")
                .action(ArgAction::SetTrue)
                .requires("history")
                .conflicts_with_all(["range", "branch"])
                .help("All refs (the default)"),
        )
        .arg(
            Arg::new("stdin-path")
                .long("stdin-path")
                .value_name("PATH")
                .value_parser(value_parser!(PathBuf))
                .conflicts_with_all(["path", "history", "staged", "all-files", "since", "branch"])
                .help("Standard input, as if it were this file"),
        )
}

fn import() -> Command {
    Command::new("import")
        .about("Take over what another scanner was told; says of each entry what it became, or why not")
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .required_unless_present("from")
                .help("Its file; with `--from git-secrets` alone, git's own settings"),
        )
        .arg(
            Arg::new("from")
                .long("from")
                .value_name("FORMAT")
                .value_parser(PossibleValuesParser::new(crate::import::Format::NAMES))
                .help("Whose file it is; told by its name and text unless given"),
        )
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .short('n')
                .action(ArgAction::SetTrue)
                .help("Print what would be written"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(["text", "jsonl"])
                .default_value("text")
                .help("How to tell, on standard error"),
        )
}

fn baseline() -> Command {
    let file = Arg::new("file")
        .long("file")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("The baseline; .keysieve-baseline at the root unless configured");
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .action(ArgAction::SetTrue)
            .help(help)
    };
    let action = |name: &'static str, about: &'static str| {
        targeted(Command::new(name).about(about)).arg(file.clone())
    };
    Command::new("baseline")
        .about("Let what is there already pass; see what is new and what is fixed")
        .subcommand_required(true)
        .subcommand(
            action(
                "create",
                "Write down what is there now; every commit unless told otherwise",
            )
            .arg(flag("force", "Also where there is one: start anew")),
        )
        .subcommand(
            action("update", "Mark what was fixed; say what is new")
                .arg(flag("accept-new", "Also take in what is new or came back")),
        )
        .subcommand(action(
            "audit",
            "Say what is known, new, fixed and came back; exit 1 where something counts",
        ))
}

//! Manual pages, from the same commands and the same schema that `--help` and editors show.

use clap::{Arg, Command};
use serde_json::Value;

use super::command::command;

/// Each page as its file's name and its roff text.
#[must_use]
pub fn pages() -> Vec<(String, String)> {
    let mut root = command();
    root.build();
    let mut pages = vec![("keysieve.1".to_owned(), overview(&root))];
    for command in root.get_subcommands().filter(|c| c.get_name() != "help") {
        let name = format!("keysieve-{}", command.get_name());
        pages.push((format!("{name}.1"), page(&name, command)));
    }
    pages.push(("keysieve.toml.5".to_owned(), configuration()));
    pages
}

const EXIT: &str = ".SH EXIT STATUS
.TP
.B 0
Nothing blocks.
.TP
.B 1
Blocked by findings.
.TP
.B 2
Undecided, or an error. Git refuses both.
";

const AROUND: &str = ".SH ENVIRONMENT
.TP
.B KEYSIEVE_CONFIG
The server's configuration, or one more file for a client.
.TP
.B KEYSIEVE_MODE
.B block
or
.BR warn .
Clients only.
.TP
.B KEYSIEVE_BLOCK_AT
Confidence from which a finding blocks. Clients only.
.TP
.BR NO_COLOR ,\\~ CLICOLOR
Whether text is coloured.
.SH FILES
.TP
.I .keysieve.toml
A repository's allow entries, rules and policy, see
.BR keysieve.toml (5).
.TP
.I .keysieve\\-baseline
Ids of what was there before keysieve.
.TP
.I /etc/keysieve/config.toml
For all clients of a machine.
.TP
.I /etc/keysieve/server.toml
For server hooks, and nothing else counts there.
";

fn overview(root: &Command) -> String {
    let mut out = head("keysieve", 1, &about(root));
    out.push_str(".SH SYNOPSIS\n.B keysieve\n.I COMMAND\n.RI [ OPTIONS ]\n.SH DESCRIPTION\n");
    out.push_str(
        "Git calls keysieve before a commit, a push, or on a server before it takes one. It looks at the bytes that are new and \
         refuses what carries a credential, with the place, the proof and what to do now. Nothing leaves the machine.\n\
         .SH COMMANDS\n",
    );
    for command in root.get_subcommands().filter(|c| c.get_name() != "help") {
        let name = escape(command.get_name());
        out.push_str(&format!(
            ".TP\n.BR keysieve\\-{name} (1)\n{}\n",
            escape(&about(command))
        ));
    }
    out.push_str(EXIT);
    out.push_str(AROUND);
    out.push_str(".SH SEE ALSO\n.BR keysieve.toml (5),\n.BR githooks (5)\n");
    out
}

fn page(name: &str, command: &Command) -> String {
    let mut out = head(name, 1, &about(command));
    out.push_str(".SH SYNOPSIS\n");
    let below: Vec<&Command> = command
        .get_subcommands()
        .filter(|c| c.get_name() != "help")
        .collect();
    let spoken = name.replacen('-', " ", 1);
    if below.is_empty() {
        synopsis(&spoken, command, &mut out);
        out.push_str(&format!(".SH DESCRIPTION\n{}.\n", escape(&about(command))));
        arguments(command, ".SH", &mut out);
    } else {
        for one in &below {
            synopsis(&format!("{spoken} {}", one.get_name()), one, &mut out);
            out.push_str(".br\n");
        }
        out.push_str(&format!(
            ".SH DESCRIPTION\n{}.\n.SH COMMANDS\n",
            escape(&about(command))
        ));
        for one in &below {
            out.push_str(&format!(
                ".SS {}\n{}.\n",
                escape(one.get_name()),
                escape(&about(one))
            ));
            arguments(one, ".PP\n.B", &mut out);
        }
    }
    out.push_str(EXIT);
    out.push_str(".SH SEE ALSO\n.BR keysieve (1),\n.BR keysieve.toml (5)\n");
    out
}

fn synopsis(spoken: &str, command: &Command, out: &mut String) {
    out.push_str(&format!(".B {}\n", escape(spoken)));
    if shown(command).any(|a| !a.is_positional()) {
        out.push_str(".RI [ OPTIONS ]\n");
    }
    for argument in shown(command).filter(|a| a.is_positional()) {
        let name = value(argument);
        out.push_str(&if argument.is_required_set() {
            format!(".I {name}\n")
        } else {
            format!(".RI [ {name} ]\n")
        });
    }
}

fn shown(command: &Command) -> impl Iterator<Item = &Arg> {
    command
        .get_arguments()
        .filter(|a| a.get_id() != "help" && !a.is_hide_set())
}

/// What its arguments mean, under the headings of `--help`.
fn arguments(command: &Command, section: &str, out: &mut String) {
    let mut headings: Vec<&str> = Vec::new();
    for argument in shown(command) {
        let heading = argument.get_help_heading().unwrap_or("Options");
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    for heading in headings {
        let title = if section == ".SH" {
            heading.to_uppercase()
        } else {
            heading.to_owned()
        };
        out.push_str(&format!("{section} {}\n", escape(&title)));
        let of_it = |a: &&Arg| a.get_help_heading().unwrap_or("Options") == heading;
        for argument in shown(command).filter(of_it) {
            describe(argument, out);
        }
    }
}

fn describe(argument: &Arg, out: &mut String) {
    let mut names = Vec::new();
    if let Some(short) = argument.get_short() {
        names.push(format!("\\fB\\-{short}\\fR"));
    }
    if let Some(long) = argument.get_long() {
        names.push(format!("\\fB\\-\\-{}\\fR", escape(long)));
    }
    let takes = argument.is_positional() || argument.get_action().takes_values();
    let value = takes.then(|| format!("\\fI{}\\fR", value(argument)));
    let optional = argument.get_num_args().is_some_and(|n| n.min_values() == 0);
    let value = match value {
        Some(value) if optional => Some(format!("[{value}]")),
        other => other,
    };
    let names = [names.join(", "), value.unwrap_or_default()].join(" ");
    out.push_str(&format!(".TP\n{}\n", names.trim()));
    let mut words = argument
        .get_help()
        .map(|help| help.to_string())
        .unwrap_or_default();
    if !words.is_empty() {
        words.push('.');
    }
    let possible: Vec<String> = argument
        .get_possible_values()
        .iter()
        .map(|value| value.get_name().to_owned())
        .collect();
    if takes && !possible.is_empty() {
        words.push_str(&format!(" One of {}.", possible.join(", ")));
    }
    let default = argument.get_default_values().first();
    if let Some(default) = default.filter(|_| takes) {
        words.push_str(&format!(" Unless given: {}.", default.to_string_lossy()));
    }
    out.push_str(&format!("{}\n", escape(words.trim())));
}

fn value(argument: &Arg) -> String {
    argument.get_value_names().map_or_else(
        || escape(&argument.get_id().as_str().to_uppercase()),
        |names| {
            let names: Vec<String> = names.iter().map(|name| escape(name)).collect();
            names.join(" ")
        },
    )
}

/// The keys of a configuration file, from the schema.
fn configuration() -> String {
    let schema = crate::config::schema();
    let mut out = head("keysieve.toml", 5, "configuration of keysieve");
    out.push_str(
        ".SH DESCRIPTION\nTOML. An unknown key is an error that names the nearest known one. Later layers win: built in,\n\
         .IR /etc/keysieve/config.toml ,\nthe user's\n.IR keysieve/config.toml ,\nthe repository's\n.IR .keysieve.toml ,\n\
         the environment, options. A server takes only\n.I /etc/keysieve/server.toml\nor the file that it is told.\n",
    );
    for (name, table) in properties(&schema) {
        let (title, table) = match table.get("items") {
            Some(items) => (format!("[[{name}]]"), items),
            None => (format!("[{name}]"), table),
        };
        out.push_str(&format!(
            ".SH {}\n{}\n",
            escape(&title),
            escape(words(table))
        ));
        for (key, value) in properties(table) {
            let choices = value
                .get("enum")
                .or_else(|| value.get("items").and_then(|items| items.get("enum")))
                .and_then(Value::as_array)
                .map(|names| names.iter().filter_map(Value::as_str).collect::<Vec<_>>());
            out.push_str(&format!(
                ".TP\n.B {}\n{}\n",
                escape(key),
                escape(words(value))
            ));
            if let Some(choices) = choices {
                out.push_str(&format!("One of {}.\n", escape(&choices.join(", "))));
            }
        }
    }
    out.push_str(".SH SEE ALSO\n.BR keysieve (1)\n");
    out
}

fn properties(table: &Value) -> impl Iterator<Item = (&String, &Value)> {
    table
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
}

fn words(value: &Value) -> &str {
    value
        .get("description")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn head(name: &str, section: u8, about: &str) -> String {
    format!(
        ".TH {} {section} \"\" \"keysieve {}\" \"keysieve\"\n.SH NAME\n{} \\- {}\n",
        escape(&name.to_uppercase()),
        env!("CARGO_PKG_VERSION"),
        escape(name),
        escape(about)
    )
}

fn about(command: &Command) -> String {
    command
        .get_about()
        .map(|about| about.to_string())
        .unwrap_or_default()
}

/// Text in which no character means anything to roff.
fn escape(text: &str) -> String {
    let plain = text
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('…', "...");
    if plain.starts_with(['.', '\'']) {
        format!("\\&{plain}")
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_that_names_all_its_options() {
        let pages = pages();
        let mut root = command();
        root.build();
        for command in root.get_subcommands().filter(|c| c.get_name() != "help") {
            let file = format!("keysieve-{}.1", command.get_name());
            let (_, text) = pages.iter().find(|(name, _)| *name == file).unwrap();
            let below = command.get_subcommands().filter(|c| c.get_name() != "help");
            for one in std::iter::once(command).chain(below) {
                for long in shown(one).filter_map(Arg::get_long) {
                    let option = format!("\\-\\-{}", escape(long));
                    assert!(text.contains(&option), "{file}: {option}");
                }
            }
        }
        assert!(pages.iter().any(|(name, _)| name == "keysieve.toml.5"));
    }

    #[test]
    fn no_line_begins_with_a_request_of_its_text() {
        assert_eq!(escape(".keysieve.toml"), "\\&.keysieve.toml");
        assert_eq!(escape("a-b\\c"), "a\\-b\\ec");
        for (name, text) in pages() {
            for line in text.lines().filter(|line| line.starts_with('.')) {
                let request = line.split(' ').next().unwrap();
                assert!(
                    [
                        ".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".I", ".BR", ".RI", ".IR", ".br"
                    ]
                    .contains(&request),
                    "{name}: {line}"
                );
            }
        }
    }
}

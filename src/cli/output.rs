//! Which formats go where: each `--output FILE` takes the `--format` before it, or the one that its name tells.

use std::path::PathBuf;

use clap::ArgMatches;

use crate::report::Format;

/// What stands on the command line, in order.
enum Said {
    Format(Format),
    File(PathBuf),
}

/// The format for standard output, and those for files.
pub(super) fn outputs(m: &ArgMatches) -> Result<(Format, Vec<(Format, PathBuf)>), String> {
    let mut said: Vec<(usize, Said)> = Vec::new();
    if let (Some(at), Some(values)) = (m.indices_of("format"), m.get_many::<String>("format")) {
        for (at, name) in at.zip(values) {
            let format = Format::parse(name).ok_or_else(|| format!("`{name}` is no format"))?;
            said.push((at, Said::Format(format)));
        }
    }
    if let (Some(at), Some(values)) = (m.indices_of("output"), m.get_many::<PathBuf>("output")) {
        said.extend(
            at.zip(values)
                .map(|(at, file)| (at, Said::File(file.clone()))),
        );
    }
    said.sort_by_key(|(at, _)| *at);
    // One of each belongs together, whichever comes first.
    if let [(_, Said::File(_)), (_, Said::Format(_))] = said.as_slice() {
        said.reverse();
    }
    pair(said.into_iter().map(|(_, said)| said))
}

fn pair(said: impl Iterator<Item = Said>) -> Result<(Format, Vec<(Format, PathBuf)>), String> {
    let mut terminal: Vec<Format> = Vec::new();
    let mut files = Vec::new();
    let mut waiting: Option<Format> = None;
    for said in said {
        match said {
            Said::Format(format) => terminal.extend(waiting.replace(format)),
            Said::File(file) => {
                let format = waiting
                    .take()
                    .or_else(|| Format::of_file(&file))
                    .ok_or_else(|| {
                        format!(
                            "`--output {0}` needs a format; write `--format sarif --output {0}`",
                            file.display()
                        )
                    })?;
                if file.as_os_str() == "-" {
                    terminal.push(format);
                } else {
                    files.push((format, file));
                }
            }
        }
    }
    terminal.extend(waiting);
    match terminal.as_slice() {
        [] => Ok((Format::Text, files)),
        [one] => Ok((*one, files)),
        [one, other, ..] => Err(format!(
            "{} and {} would both go to standard output; write `--output FILE` after one of them",
            one.as_str(),
            other.as_str()
        )),
    }
}

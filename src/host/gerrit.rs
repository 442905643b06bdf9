//! Gerrit's hooks plugin: no `pre-receive`, but a call for each ref (`ref-update`) and each commit sent for review
//! (`commit-received`), with everything in arguments.

use std::ffi::OsString;

use super::Pusher;

/// One call, as the line that `pre-receive` would have got and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GerritUpdate {
    pub line: Vec<u8>,
    pub pusher: Pusher,
}

/// Reads the arguments: pairs of `--name value`. An error says which one is missing.
pub fn parse_gerrit(args: &[OsString]) -> Result<GerritUpdate, String> {
    let value = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1)
    };
    let needed = |name: &str| {
        value(name).ok_or_else(|| {
            format!("Gerrit's `{name}` is missing; this hook is for Gerrit's hooks plugin")
        })
    };
    let text = |name: &str| {
        value(name)
            .map(|value| value.to_string_lossy().into_owned())
            .filter(|value| !value.is_empty())
    };
    let mut line = Vec::new();
    for (i, name) in ["--oldrev", "--newrev", "--refname"]
        .into_iter()
        .enumerate()
    {
        if i > 0 {
            line.push(b' ');
        }
        line.extend_from_slice(needed(name)?.as_encoded_bytes());
    }
    line.push(b'\n');
    Ok(GerritUpdate {
        line,
        pusher: Pusher {
            user: text("--uploader-username").or_else(|| text("--uploader")),
            repository: text("--project"),
            gitlab_web: false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_become_a_line() {
        let args = "--project p --refname refs/heads/x --uploader A --uploader-username a --oldrev 00 --newrev 11";
        let args: Vec<OsString> = args.split(' ').map(OsString::from).collect();
        let update = parse_gerrit(&args).unwrap();
        assert_eq!(update.line, b"00 11 refs/heads/x\n");
        assert_eq!(update.pusher.user.as_deref(), Some("a"));
        assert_eq!(update.pusher.repository.as_deref(), Some("p"));
        // A full name where there is no name of the account.
        let by = |args: &str| {
            let args = format!("{args} --refname r --oldrev 0 --newrev 1");
            let args: Vec<OsString> = args.split(' ').map(OsString::from).collect();
            parse_gerrit(&args).unwrap().pusher
        };
        assert_eq!(by("--uploader A").user.as_deref(), Some("A"));
        assert_eq!(
            by("--uploader A --uploader-username  --project ")
                .user
                .as_deref(),
            Some("A")
        );
        assert_eq!(by("--project "), Pusher::default());
        assert!(parse_gerrit(&args[..4]).unwrap_err().contains("--oldrev"));
    }
}

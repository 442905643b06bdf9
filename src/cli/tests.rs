//! Arguments and the requests they become.

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
            range: None,
            since: None
        }
    );
    let Ok(Request::Scan { target, .. }) = parse(&words("scan --history no-such-folder..x")) else {
        panic!("parses")
    };
    assert_eq!(
        target,
        Target::History {
            repository: ".".into(),
            range: Some("no-such-folder..x".into()),
            since: None
        }
    );
    for line in [
        "scan --since 2.weeks --branch topic",
        "scan --history . --since 2.weeks --branch topic",
        "scan --history --since 2.weeks --range topic",
    ] {
        let Ok(Request::Scan { target, .. }) = parse(&words(line)) else {
            panic!("{line} parses")
        };
        assert_eq!(
            target,
            Target::History {
                repository: ".".into(),
                range: Some("topic".into()),
                since: Some("2.weeks".into())
            },
            "{line}"
        );
    }
    for wrong in [
        "scan --branch a --range b --history",
        "scan --branch a --staged",
    ] {
        assert!(parse(&words(wrong)).is_err(), "{wrong}");
    }
}

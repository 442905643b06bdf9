//! What a hook is started in: variables, the current folder, the clock. Nothing of it lets a value in.

use std::path::Path;

use crate::pushed::cloned;
use crate::sandbox::{Sandbox, said, token};

#[test]
fn the_surroundings_let_nobody_in() {
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    let hook = server.dir.join("hooks/pre-receive");
    let elsewhere = sandbox.repo("elsewhere");
    let elsewhere = elsewhere.git_dir().display().to_string();
    for (n, games) in [
        "export PATH=/nowhere".to_owned(),
        "unset PATH HOME USER LANG".to_owned(),
        "export HOME=/nowhere XDG_CONFIG_HOME=/nowhere TMPDIR=/nowhere".to_owned(),
        "cd /".to_owned(),
        "d=$(mktemp -d); cd $d; rmdir $d".to_owned(),
        "unset GIT_DIR".to_owned(),
        "unset GIT_QUARANTINE_PATH".to_owned(),
        "unset GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES".to_owned(),
        "unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES"
            .to_owned(),
        format!("export GIT_DIR={elsewhere}"),
        format!("export GIT_OBJECT_DIRECTORY={elsewhere}/objects"),
        format!("export GIT_ALTERNATE_OBJECT_DIRECTORIES={elsewhere}/objects"),
        "export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.bare GIT_CONFIG_VALUE_0=false".to_owned(),
        "export GIT_CONFIG_PARAMETERS=\"'core.attributesFile'='/dev/zero'\"".to_owned(),
        "export GIT_REPLACE_REF_BASE=refs/heads/ GIT_NAMESPACE=x GIT_SHALLOW_FILE=/dev/null"
            .to_owned(),
        "export GIT_GRAFT_FILE=/dev/zero GIT_INDEX_FILE=/dev/zero".to_owned(),
        "export LD_PRELOAD=/nowhere.so LD_LIBRARY_PATH=/nowhere RUST_BACKTRACE=full".to_owned(),
        "export NO_COLOR=1 TERM=dumb COLUMNS=0 LC_ALL=tr_TR.UTF-8 TZ=:/dev/zero".to_owned(),
        "umask 777".to_owned(),
        "trap '' PIPE TERM INT HUP ALRM XCPU XFSZ CHLD".to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        use std::os::unix::fs::PermissionsExt as _;
        let call = env!("CARGO_BIN_EXE_keysieve");
        std::fs::write(
            &hook,
            format!("#!/bin/bash\n{games}\nexec '{call}' hook pre-receive\n"),
        )
        .unwrap();
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
        let name = format!("game{n}");
        work.git(&["checkout", "-q", "-B", &name, "main"]);
        work.commit("dirty", format!("t = \"{}\"\n", token(&name)));
        let output = work.try_git(&["push", "-q", "origin", &name]);
        let told = said(&output);
        assert!(!output.status.success(), "let in by {games}: {told}");
        assert!(told.contains("hook declined"), "{games}: {told}");
        assert!(!told.contains(&token(&name)), "{games} leaks");
        assert_eq!(server.tip(&name), "", "{games}");
    }
}

/// The time that is allowed is measured by a clock that nobody sets; what time of day it is decides nothing but whether an
/// allow entry has expired.
#[test]
fn the_clock_of_the_day_is_asked_by_few() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut open = vec![src.clone()];
    let mut asked = Vec::new();
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            if ["SystemTime::now", "Timestamp::now", "Zoned::now"]
                .iter()
                .any(|call| text.contains(call))
            {
                asked.push(path.strip_prefix(&src).unwrap().display().to_string());
            }
        }
    }
    asked.sort();
    // Lines of logs and reports, seeds of samples, whether a date that was given is past, the day on which entries expire.
    let known = [
        "install/canary.rs",
        "run.rs",
        "run/bypass.rs",
        "run/report.rs",
        "run/rules.rs",
        "source/history.rs",
    ];
    assert_eq!(asked, known);
}

/// The clock that the time allowed is measured by, as it is when a machine has just begun, and after a hundred years.
#[test]
fn a_clock_of_any_age_keeps_the_time() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new();
    let (work, server) = cloned(&sandbox, &[]);
    let config = sandbox.path("server.toml");
    std::fs::write(&config, "[policy]\ntimeout = \"2s\"\n").unwrap();
    let work = work.with("KEYSIEVE_CONFIG", &config);
    let hook = server.dir.join("hooks/pre-receive");
    let call = env!("CARGO_BIN_EXE_keysieve");
    for (n, age) in ["-$(cut -d. -f1 /proc/uptime)", "3000000000"]
        .iter()
        .enumerate()
    {
        let inside = format!("unshare --time --monotonic={age} --boottime={age} --fork");
        let mut try_it = work.command("bash");
        if !try_it
            .args(["-c", &format!("{inside} true")])
            .output()
            .unwrap()
            .status
            .success()
        {
            eprintln!("not tried: no clock of its own for a process here");
            return;
        }
        let set = |input: &str| {
            let script = format!("#!/bin/bash\n{inside} '{call}' hook pre-receive {input}\n");
            std::fs::write(&hook, script).unwrap();
            std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
        };
        let name = format!("age{n}");
        set("");
        work.git(&["checkout", "-q", "-B", &name, "main"]);
        work.commit("clean", format!("text {n}\n"));
        let output = work.try_git(&["push", "-q", "origin", &name]);
        assert!(output.status.success(), "{age}: {}", said(&output));
        work.commit("dirty", format!("t = \"{}\"\n", token(&name)));
        let output = work.try_git(&["push", "-q", "origin", &name]);
        let told = said(&output);
        assert!(!output.status.success(), "let in at {age}: {told}");
        assert!(told.contains("GitHub personal"), "{age}: {told}");
        // Standard input that never ends: the time is up.
        set("< <(exec sleep 5 2>/dev/null)");
        let start = std::time::Instant::now();
        let output = work.try_git(&["push", "-q", "origin", &name]);
        let told = said(&output);
        assert!(told.contains("policy.timeout"), "{age}: {told}");
        assert!(!output.status.success());
        assert!(start.elapsed() >= std::time::Duration::from_secs(2));
    }
}

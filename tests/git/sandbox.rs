//! A folder of its own with repositories in it, where no setting of the machine counts.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use keysieve::template::{Seed, expand};

/// A token that the built-in rules know, another for each seed.
pub fn token(seed: &str) -> String {
    expand("{make:github:ghp_}", &mut Seed::of(seed)).unwrap()
}

/// What a command must have done.
#[track_caller]
pub fn refused(output: &Output, secrets: &[&str]) -> String {
    let said = said(output);
    assert!(!output.status.success(), "not refused: {said}");
    for secret in secrets {
        assert!(!said.contains(secret), "the secret leaks: {said}");
    }
    said
}

/// It succeeded and nothing was said of secrets.
#[track_caller]
pub fn passed(output: &Output) {
    let said = said(output);
    assert!(output.status.success(), "refused: {said}");
    for word in ["error", "warning", "keysieve", "secret"] {
        assert!(!said.contains(word), "not silent: {said}");
    }
}

/// All that was said, on both channels.
pub fn said(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]]
        .map(|part| String::from_utf8_lossy(part).into_owned())
        .concat()
}

/// Whether the git of this machine makes such repositories; before 2.45 it knows no reftable.
pub fn makes(options: &[&str]) -> bool {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new("git");
    command.arg("init").arg("-q").args(options).arg(dir.path());
    let made = command.stderr(Stdio::null()).status().unwrap().success();
    if !made {
        eprintln!("not tried: this git has no {options:?}");
    }
    made
}

pub struct Sandbox {
    dir: tempfile::TempDir,
}

impl Sandbox {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("home")).unwrap();
        Self { dir }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A new repository with a work tree.
    pub fn repo(&self, name: &str) -> Repo {
        self.repo_with(name, &[])
    }

    pub fn repo_with(&self, name: &str, options: &[&str]) -> Repo {
        let repo = Repo {
            dir: self.path(name),
            home: self.path("home"),
            vars: Vec::new(),
        };
        std::fs::create_dir_all(&repo.dir).unwrap();
        let mut args = vec!["init", "-q", "-b", "main"];
        args.extend(options);
        repo.git(&args);
        repo
    }

    /// Another view of a repository that git made.
    pub fn at(&self, name: &str) -> Repo {
        Repo {
            dir: self.path(name),
            home: self.path("home"),
            vars: Vec::new(),
        }
    }
}

#[derive(Clone)]
pub struct Repo {
    pub dir: PathBuf,
    home: PathBuf,
    vars: Vec<(OsString, OsString)>,
}

impl Repo {
    /// The same repository with one more variable for git.
    pub fn with(&self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let mut repo = self.clone();
        repo.vars.push((name.into(), value.as_ref().into()));
        repo
    }

    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.dir)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", &self.home)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", self.home.join(".gitconfig"))
            .env("GIT_AUTHOR_NAME", "A U Thor")
            .env("GIT_AUTHOR_EMAIL", "author@example.com")
            .env("GIT_COMMITTER_NAME", "C O Mitter")
            .env("GIT_COMMITTER_EMAIL", "committer@example.com")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .envs(self.vars.iter().cloned());
        command
    }

    /// Runs git, which must succeed; gives its output without the last newline.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(args);
        assert!(
            output.status.success(),
            "git {args:?} failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    pub fn try_git(&self, args: &[&str]) -> Output {
        self.command("git")
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    #[track_caller]
    pub fn git_input(&self, args: &[&str], input: &[u8]) -> String {
        let output = self.input("git", args, input);
        assert!(output.status.success(), "git {args:?}: {}", said(&output));
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// The binary itself, with standard input.
    pub fn keysieve_input(&self, args: &[&str], input: &[u8]) -> Output {
        self.input(env!("CARGO_BIN_EXE_keysieve"), args, input)
    }

    pub fn input(&self, program: &str, args: &[&str], input: &[u8]) -> Output {
        use std::io::Write as _;
        let mut child = self
            .command(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_vec();
        // Who does not read it all has its reasons.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.dir.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes a file and stages it.
    pub fn stage(&self, path: &str, text: impl AsRef<[u8]>) {
        self.write(path, text);
        self.git(&["add", "--", path]);
    }

    /// Writes a file and commits it without any hook; gives the commit's id.
    pub fn commit(&self, path: &str, text: impl AsRef<[u8]>) -> String {
        self.stage(path, text);
        self.git(&[
            "commit",
            "-q",
            "--no-verify",
            "-m",
            &format!("change {path}"),
        ]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Adds the repository at `url`, relative to this one, as a submodule.
    pub fn add_submodule(&self, url: &str, name: &str) {
        let allowed = ["-c", "protocol.file.allow=always"];
        self.git(&[&allowed[..], &["submodule", "add", "-q", url, name]].concat());
    }

    /// Installs hooks: two lines of shell that run the binary.
    pub fn hooks(&self, names: &[&str]) {
        let dir = self
            .dir
            .join(self.git(&["rev-parse", "--git-path", "hooks"]));
        self.hooks_in(&dir, names);
    }

    pub fn hooks_in(&self, dir: &Path, names: &[&str]) {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::create_dir_all(dir).unwrap();
        for name in names {
            let file = dir.join(name);
            let binary = env!("CARGO_BIN_EXE_keysieve");
            std::fs::write(
                &file,
                format!("#!/bin/sh\nexec \"{binary}\" hook {name} \"$@\"\n"),
            )
            .unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// A repository with all client hooks.
    pub fn with_client_hooks(self) -> Self {
        self.hooks(&["pre-commit", "pre-merge-commit", "commit-msg", "pre-push"]);
        self
    }

    /// The binary itself, in this repository.
    pub fn keysieve(&self, args: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_keysieve"))
            .args(args)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// What a ref points to, or nothing.
    pub fn tip(&self, name: &str) -> String {
        let output = self.try_git(&["rev-parse", "--verify", "-q", name]);
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned()
    }

    /// Commits what is staged, with hooks.
    pub fn try_commit(&self, args: &[&str]) -> Output {
        self.try_git(&[&["commit", "-q", "-m", "message"], args].concat())
    }

    pub fn git_dir(&self) -> PathBuf {
        self.dir.join(self.git(&["rev-parse", "--git-dir"]))
    }
}

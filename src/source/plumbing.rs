//! Runs git for what only git can read: reference tables, split and sparse indexes, expressions for revisions, settings.
//! Nothing configured is run: only plumbing commands, without replacements, grafts, fetching, locks, pager or colour.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use git2::{ObjectFormat, Oid};

use super::object::parse_oid;
use crate::host::GitEnv;

/// Git, found once, for one repository.
#[derive(Debug, Clone)]
pub struct Git {
    program: PathBuf,
    git_dir: PathBuf,
    env: GitEnv,
}

impl Git {
    /// Looks for git in the absolute directories of `PATH`: never in the current directory, which a push may fill.
    pub fn find(env: &GitEnv, git_dir: &Path) -> Result<Self> {
        let program = env
            .path
            .iter()
            .flat_map(std::env::split_paths)
            .filter(|dir| dir.is_absolute())
            .map(|dir| dir.join("git"))
            .find(|program| program.is_file())
            .context("this repository needs git to be read, and no `git` is in `PATH`")?;
        Ok(Self {
            program,
            git_dir: std::path::absolute(git_dir).context("cannot tell the current directory")?,
            env: env.clone(),
        })
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args([
                "--no-pager",
                "--no-replace-objects",
                "--literal-pathspecs",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.quotePath=false",
                "-c",
                "color.ui=false",
            ])
            .args(args)
            .env("GIT_DIR", &self.git_dir)
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_GRAFT_FILE", "/dev/null")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("LC_ALL", "C")
            .env_remove("GIT_EXTERNAL_DIFF")
            .env_remove("GIT_TRACE")
            .env_remove("GIT_PAGER")
            .env_remove("GIT_WORK_TREE")
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        // The same parts of the repository that are read here, and no others.
        for (name, value) in [
            ("GIT_COMMON_DIR", self.env.common_dir.as_deref()),
            ("GIT_INDEX_FILE", self.env.index_file.as_deref()),
            ("GIT_OBJECT_DIRECTORY", self.env.object_directory.as_deref()),
            (
                "GIT_ALTERNATE_OBJECT_DIRECTORIES",
                self.env.alternates.as_deref().map(Path::new),
            ),
            ("GIT_QUARANTINE_PATH", self.env.quarantine.as_deref()),
            ("GIT_SHALLOW_FILE", self.env.shallow_file.as_deref()),
        ] {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// The output of a command, which must succeed.
    pub fn run(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>> {
        let (status, output) = self.output(args, input)?;
        if status != Some(0) {
            bail!("`git {}` failed", args.first().copied().unwrap_or_default());
        }
        Ok(output)
    }

    /// Exit status and output of a command.
    fn output(&self, args: &[&str], input: &[u8]) -> Result<(Option<i32>, Vec<u8>)> {
        let name = args.first().copied().unwrap_or_default();
        let mut child = self
            .command(args)
            .stdin(if input.is_empty() {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .spawn()
            .with_context(|| format!("cannot run `{}`", self.program.display()))?;
        let output = std::thread::scope(|scope| -> Result<Vec<u8>> {
            if let Some(mut stdin) = child.stdin.take() {
                // A command that stops reading early says so by its status.
                scope.spawn(move || stdin.write_all(input));
            }
            let mut output = Vec::new();
            if let Some(mut stdout) = child.stdout.take() {
                stdout
                    .read_to_end(&mut output)
                    .with_context(|| format!("cannot read what `git {name}` says"))?;
            }
            Ok(output)
        })?;
        let status = child
            .wait()
            .with_context(|| format!("cannot wait for `git {name}`"))?;
        Ok((status.code(), output))
    }

    /// The commit that an expression means, or `None` if it means none here.
    pub fn commit_of(&self, expression: &str, format: ObjectFormat) -> Result<Option<Oid>> {
        let commit = format!("{expression}^{{commit}}");
        let (status, output) = self.output(
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &commit,
            ],
            b"",
        )?;
        match status {
            Some(0) => parse_oid(output.trim_ascii(), format).map(Some),
            Some(1) => Ok(None),
            _ => bail!("`git rev-parse` failed"),
        }
    }

    /// The target of every ref.
    pub fn tips(&self, format: ObjectFormat) -> Result<Vec<Oid>> {
        ids(
            &self.run(&["for-each-ref", "--format=%(objectname)"], b"")?,
            format,
        )
    }

    /// The commits that `tips` reach and `others` do not, parents first.
    pub fn new_commits(
        &self,
        tips: &[Oid],
        others: &Reach,
        format: ObjectFormat,
    ) -> Result<Vec<Oid>> {
        let mut input = lines(tips, "");
        input.push_str(&lines(&others.ids, "^"));
        let mut args = vec!["rev-list", "--topo-order", "--reverse", "--stdin"];
        if !others.flags.is_empty() {
            args.push("--not");
            args.extend(others.flags.iter().map(String::as_str));
        }
        ids(&self.run(&args, input.as_bytes())?, format)
    }

    /// The commits of a range or another expression that `rev-list` takes, parents first.
    pub fn commits_of(&self, range: &[&str], format: ObjectFormat) -> Result<Vec<Oid>> {
        let mut args = vec!["rev-list", "--topo-order", "--reverse"];
        args.extend(range);
        args.push("--");
        ids(&self.run(&args, b"")?, format)
    }

    /// Commits, trees, blobs and tags that can be reached.
    pub fn objects(&self, from: &Reach, format: ObjectFormat) -> Result<Vec<Oid>> {
        let mut args = vec!["rev-list", "--objects", "--missing=allow-any", "--stdin"];
        args.extend(from.flags.iter().map(String::as_str));
        let output = self.run(&args, lines(&from.ids, "").as_bytes())?;
        // Names follow the ids; the option that leaves them out is younger than some servers.
        output
            .split(|&byte| byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| {
                let id = line.split(|&byte| byte == b' ').next().unwrap_or(line);
                parse_oid(id, format).context("git names an object in an unknown way")
            })
            .collect()
    }

    /// A setting's value as git sees it, `-c` and included files too. With `default`, if it is not set.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        let (status, output) = self.output(&["config", "--get", name], b"")?;
        match status {
            Some(0) => Ok(Some(
                String::from_utf8_lossy(output.strip_suffix(b"\n").unwrap_or(&output)).into_owned(),
            )),
            Some(1) => Ok(None),
            _ => bail!("`git config` failed"),
        }
    }

    /// All settings whose name fits an expression, as name and value.
    pub fn settings(&self, names: &str) -> Result<Vec<(String, String)>> {
        let (status, output) = self.output(&["config", "-z", "--get-regexp", names], b"")?;
        match status {
            Some(0 | 1) => Ok(output
                .split(|&byte| byte == 0)
                .filter(|entry| !entry.is_empty())
                .map(|entry| {
                    let text = String::from_utf8_lossy(entry).into_owned();
                    text.split_once('\n').map_or_else(
                        || (text.clone(), String::new()),
                        |(name, value)| (name.to_owned(), value.to_owned()),
                    )
                })
                .collect()),
            _ => bail!("`git config` failed"),
        }
    }

    /// What the index that git means has against a tree: raw lines, separated by NUL.
    pub fn diff_index(&self, tree: Oid) -> Result<Vec<u8>> {
        let tree = tree.to_string();
        self.run(
            &[
                "diff-index",
                "--cached",
                "--raw",
                "-z",
                "--no-renames",
                "--no-abbrev",
                "--no-ext-diff",
                "--no-textconv",
                "--ignore-submodules=none",
                &tree,
                "--",
            ],
            b"",
        )
    }

    /// The first bytes of a blob.
    pub fn blob_head(&self, id: Oid, n: usize) -> Result<Vec<u8>> {
        let id = id.to_string();
        let mut child = self
            .command(&["cat-file", "blob", &id])
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot run `{}`", self.program.display()))?;
        let mut head = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout
                .take(n as u64)
                .read_to_end(&mut head)
                .context("cannot read what `git cat-file` says")?;
        }
        // Its output is closed now, so it ends by itself; waiting leaves no zombie.
        child.wait().context("cannot wait for `git cat-file`")?;
        Ok(head)
    }
}

/// Revisions as `rev-list` takes them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// `--all`, `--glob=…`.
    pub flags: Vec<String>,
    pub ids: Vec<Oid>,
}

fn lines(ids: &[Oid], mark: &str) -> String {
    ids.iter().map(|id| format!("{mark}{id}\n")).collect()
}

fn ids(output: &[u8], format: ObjectFormat) -> Result<Vec<Oid>> {
    output
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| parse_oid(line, format).context("git names an object in an unknown way"))
        .collect()
}

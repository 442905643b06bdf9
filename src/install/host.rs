//! Which git host a folder on a server belongs to, where that host runs hooks, and what has to be done by hand.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::folder::{HooksFolder, Style, executable};
use super::place::hooks_path;

/// A program that serves repositories.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    Plain,
    Gitea,
    GitLab,
    Gitolite,
    Gerrit,
    Bitbucket,
    SoftServe,
}

impl Host {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain git",
            Self::Gitea => "Gitea or Forgejo",
            Self::GitLab => "GitLab",
            Self::Gitolite => "gitolite",
            Self::Gerrit => "Gerrit (hooks plugin)",
            Self::Bitbucket => "Bitbucket Data Center",
            Self::SoftServe => "Soft Serve",
        }
    }

    /// The hooks that may refuse a push there.
    pub(super) fn hooks(self) -> &'static [&'static str] {
        match self {
            Self::Gerrit => super::GERRIT,
            Self::Plain
            | Self::Gitea
            | Self::GitLab
            | Self::Gitolite
            | Self::Bitbucket
            | Self::SoftServe => super::SERVER,
        }
    }
}

/// A host, and the folder from which it runs hooks.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) host: Host,
    pub(super) folder: HooksFolder,
    /// What installing the file does not do.
    pub(super) steps: Vec<String>,
}

/// Says which host `dir` belongs to: a bare repository, or the folder in which a host keeps hooks for all of its own.
pub(super) fn find(dir: &Path) -> Result<Found> {
    if let Some(found) = whole_site(dir) {
        return Ok(found);
    }
    if !dir.join("objects").is_dir() && !dir.join(".git").exists() {
        bail!(
            "`{}` is not a repository; name a bare repository's folder, or a host's own: the site of Gerrit, `.gitolite`, \
             the custom hooks of Gitaly, the data of Soft Serve. For GitHub Enterprise Server: \
             `keysieve install --host github-enterprise`",
            dir.display()
        );
    }
    if let Some(site) = dir
        .ancestors()
        .skip(1)
        .find(|above| above.join("etc/gerrit.config").is_file())
    {
        bail!(
            "`{}` belongs to Gerrit, which runs no hook of a repository; `keysieve install --server {}` installs in its site",
            dir.display(),
            site.display()
        );
    }
    let path = hooks_path(dir).unwrap_or_else(|_| dir.join("hooks"));
    let many = path.join("pre-receive.d");
    let dispatcher = path.join("pre-receive");
    let text = fs::read(&dispatcher).unwrap_or_default();
    let says = |word: &str| memchr::memmem::find(&text, word.as_bytes()).is_some();
    let dispatches = many.is_dir() && (says(".d/") || says(".d\"") || says("pre-receive.d"));
    let (host, folder, steps) = if dir.join("repository-config").is_file()
        || many.join("20_bitbucket_callback").exists()
    {
        let steps = vec![
            "Bitbucket has no supported way to install a hook in its folders; an upgrade may take it out, \
             `keysieve doctor` tells. The supported way is an external hook by a plug-in: \
             let it run `keysieve hook pre-receive`"
                .to_owned(),
        ];
        let folder = if many.is_dir() {
            side_by_side(many, |_| "21_keysieve".to_owned())
        } else {
            HooksFolder::at(path)
        };
        (Host::Bitbucket, folder, steps)
    } else if dispatches {
        let host = if says("SOFT SERVE") || says("SOFT_SERVE") || says("soft-serve") {
            Host::SoftServe
        } else if says("GITEA") || says("gitea") || says("FORGEJO") || says("forgejo") {
            Host::Gitea
        } else {
            Host::Plain
        };
        let mut steps = Vec::new();
        if !executable(&dispatcher) {
            steps.push(format!(
                "`{}` is not executable: git skips it and all that it would run; chmod +x it",
                dispatcher.display()
            ));
        }
        (host, side_by_side(many, |_| "keysieve".to_owned()), steps)
    } else if dir.join("custom_hooks").is_dir() || hashed(dir) || says("gitlab") {
        let folder = HooksFolder::at(dir.join("custom_hooks"));
        (Host::GitLab, folder, gitlab_steps(dir))
    } else if fs::read_link(path.join("update"))
        .is_ok_and(|to| to.to_string_lossy().contains("gitolite"))
        || fs::read(path.join("update"))
            .is_ok_and(|text| memchr::memmem::find(&text, b"gitolite").is_some())
    {
        let steps = vec![
            "for every repository of this gitolite: `keysieve install --server ~/.gitolite`, then `gitolite setup --hooks-only`"
                .to_owned(),
        ];
        (Host::Gitolite, HooksFolder::at(path), steps)
    } else {
        (Host::Plain, HooksFolder::at(path), Vec::new())
    };
    Ok(Found {
        host,
        folder,
        steps,
    })
}

/// Folders that serve all repositories of a host.
fn whole_site(dir: &Path) -> Option<Found> {
    let found = |host, folder, steps: &[&str]| {
        Some(Found {
            host,
            folder,
            steps: steps.iter().map(|&step| step.to_owned()).collect(),
        })
    };
    if dir.join("etc/gerrit.config").is_file() {
        return found(
            Host::Gerrit,
            HooksFolder::at(dir.join("hooks")),
            &[
                "Gerrit runs these hooks only with its hooks plugin: `java -jar gerrit.war init --install-plugin hooks`",
                "they have 30 seconds: hooks.syncHookTimeout in etc/gerrit.config",
            ],
        );
    }
    if dir.join("hooks/common").is_dir() {
        return found(
            Host::Gitolite,
            HooksFolder::at(dir.join("hooks/common")),
            &["now run `gitolite setup --hooks-only`: it links the hook into every repository"],
        );
    }
    if dir.join("soft-serve.db").is_file() || dir.join("soft-serve.yaml").is_file() {
        return found(Host::SoftServe, HooksFolder::at(dir.join("hooks")), &[]);
    }
    let is_repository = dir.join("objects").is_dir() || dir.join(".git").exists();
    if !is_repository && (dir.join("pre-receive.d").is_dir() || dir.ends_with("custom_hooks")) {
        return found(
            Host::GitLab,
            side_by_side(dir.join("pre-receive.d"), |_| "keysieve".to_owned()),
            &[
                "the file must belong to the user `git`, and be on every Gitaly node: Geo does not copy it",
                "wikis and snippets are judged too",
            ],
        );
    }
    None
}

fn side_by_side(path: PathBuf, file: fn(&str) -> String) -> HooksFolder {
    HooksFolder {
        path,
        file,
        style: Style::Programs,
    }
}

/// GitLab keeps repositories by the hash of their number.
fn hashed(dir: &Path) -> bool {
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
    whole.components().any(|part| {
        matches!(
            part.as_os_str().to_str(),
            Some("@hashed" | "@groups" | "@pools")
        )
    })
}

fn gitlab_steps(dir: &Path) -> Vec<String> {
    let whole = dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf());
    let relative = whole
        .components()
        .skip_while(|part| part.as_os_str() != "@hashed")
        .collect::<PathBuf>();
    let relative = if relative.as_os_str().is_empty() {
        "<relative path of the repository>".to_owned()
    } else {
        relative.display().to_string()
    };
    vec![
        "GitLab 15.11 and later take a repository's hooks by Gitaly, on every node:".to_owned(),
        format!("  tar -C {} -cf custom_hooks.tar custom_hooks", dir.display()),
        format!(
            "  gitaly hooks set --storage default --repository {relative} --config /var/opt/gitlab/gitaly/config.toml < custom_hooks.tar"
        ),
        "for all repositories: put the hook in `pre-receive.d` of Gitaly's custom_hooks_dir: `keysieve install --server <custom_hooks_dir>`"
            .to_owned(),
    ]
}

/// Steps for hosts whose machine cannot be reached from here.
pub(super) fn by_hand(host: &str) -> Option<&'static str> {
    match host {
        "github-enterprise" => Some(
            "GitHub Enterprise Server runs pre-receive hooks from a repository, in an environment of its own without git.
1. The environment, a tarball with keysieve, a shell and your policy:
     keysieve install --host github-enterprise --tarball keysieve-env.tar.gz
   Enterprise settings > Hooks > Manage environments > Add environment: the address of that file; or by ssh:
     ghe-hook-env-create keysieve /path/on/the/appliance/keysieve-env.tar.gz
2. The hook: a repository with the executable file `keysieve.sh`:
     #!/bin/sh
     exec /usr/local/bin/keysieve hook pre-receive
   (git add keysieve.sh && git update-index --chmod=+x keysieve.sh)
3. Enterprise settings > Hooks > Add pre-receive hook: that environment, that repository, that file; enable it for all repositories.
All hooks together have five seconds; keysieve stops after 4.5 and refuses what it could not look at.
",
        ),
        "gitlab" => Some(
            "GitLab takes server hooks by Gitaly, on every Gitaly node; gitlab.com takes none.
1. One repository (`<path>` as the Admin area shows it, for example @hashed/ab/cd/abcd.git):
     keysieve install --host gitlab --tarball custom_hooks.tar
     gitaly hooks set --storage default --repository <path> --config /var/opt/gitlab/gitaly/config.toml < custom_hooks.tar
2. All repositories: set gitaly['configuration'][:hooks][:custom_hooks_dir] in /etc/gitlab/gitlab.rb, then
     keysieve install --server <custom_hooks_dir>
",
        ),
        "bitbucket" => Some(
            "Bitbucket Data Center: install an app for external hooks, and let it run `keysieve hook pre-receive`
with the repository as working directory. Inside one repository's folder: keysieve install --server DIR\n",
        ),
        _ => None,
    }
}

/// Names that `by_hand` knows.
pub(super) const BY_HAND: &[&str] = &["github-enterprise", "gitlab", "bitbucket"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_its_steps() {
        for name in BY_HAND {
            let steps = by_hand(name).unwrap();
            assert!(steps.contains("keysieve"), "{name}");
        }
        assert_eq!(by_hand("elsewhere"), None);
    }
}

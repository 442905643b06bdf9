//! Who pushes, by which host, with which options.

use std::ffi::OsString;

/// The person and repository of a push, as the host names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pusher {
    /// Name of the account; absent where the host gives none.
    pub user: Option<String>,
    /// The host's name of the repository.
    pub repository: Option<String>,
    /// GitLab's web interface shows only lines with its own mark.
    pub gitlab_web: bool,
}

/// In the order of trust: what a forge says beats what the transport says, which beats the process's own user.
const USER: &[&str] = &[
    "GL_USERNAME",
    "GITHUB_USER_LOGIN",
    "GITEA_PUSHER_NAME",
    "SOFT_SERVE_USERNAME",
    "GL_USER",
    "REMOTE_USER",
    "GL_ID",
    "USER",
    "LOGNAME",
];

const REPOSITORY: &[&str] = &[
    "GL_PROJECT_PATH",
    "GITHUB_REPO_NAME",
    "GITEA_REPO_NAME",
    "SOFT_SERVE_REPO_NAME",
    "GL_REPO",
    "GL_REPOSITORY",
];

impl Pusher {
    /// Reads this process's environment.
    #[must_use]
    pub fn read() -> Self {
        let mut pusher = Self::from_vars(&super::vars().collect::<Vec<_>>());
        // Git runs a server's hooks in the repository; without a host's name for it, that is its name.
        if pusher.repository.is_none() {
            pusher.repository = std::env::current_dir()
                .ok()
                .map(|dir| dir.display().to_string());
        }
        pusher
    }

    /// From any list of variables.
    #[must_use]
    pub fn from_vars(vars: &[(OsString, OsString)]) -> Self {
        let mut repository = first(vars, REPOSITORY);
        if let (Some(owner), Some(name)) = (
            first(vars, &["GITEA_REPO_USER_NAME"]),
            first(vars, &["GITEA_REPO_NAME"]),
        ) {
            repository = Some(format!("{owner}/{name}"));
        }
        Self {
            user: first(vars, USER),
            repository,
            gitlab_web: first(vars, &["GL_PROTOCOL"]).is_some_and(|protocol| protocol == "web"),
        }
    }
}

/// The push options of this push, in order. They are bytes and hold no newline.
#[must_use]
pub fn push_options() -> Vec<String> {
    options_from(&super::vars().collect::<Vec<_>>())
}

fn options_from(vars: &[(OsString, OsString)]) -> Vec<String> {
    let count =
        first(vars, &["GIT_PUSH_OPTION_COUNT"]).map_or(0, |count| count.parse().unwrap_or(0));
    (0..count.min(vars.len()))
        .filter_map(|i| {
            let name = format!("GIT_PUSH_OPTION_{i}");
            value(vars, &name)
        })
        .collect()
}

fn first(vars: &[(OsString, OsString)], names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| value(vars, name).filter(|value| !value.is_empty()))
}

fn value(vars: &[(OsString, OsString)], name: &str) -> Option<String> {
    vars.iter()
        .find(|(n, _)| n == name)
        .map(|(_, value)| value.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(vars: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        vars.iter()
            .map(|(n, v)| ((*n).into(), (*v).into()))
            .collect()
    }

    #[test]
    fn a_forge_beats_the_transport_and_the_process() {
        for (name, others) in [
            ("GL_USERNAME", "REMOTE_USER"),
            ("GITHUB_USER_LOGIN", "USER"),
            ("GITEA_PUSHER_NAME", "USER"),
            ("GL_USER", "USER"),
            ("REMOTE_USER", "USER"),
        ] {
            let pusher = Pusher::from_vars(&vars(&[(others, "git"), (name, "alice")]));
            assert_eq!(pusher.user.as_deref(), Some("alice"), "{name}");
        }
        assert_eq!(Pusher::from_vars(&[]), Pusher::default());
    }

    #[test]
    fn only_gitlabs_web_interface_wants_its_mark() {
        assert!(Pusher::from_vars(&vars(&[("GL_PROTOCOL", "web")])).gitlab_web);
        assert!(!Pusher::from_vars(&vars(&[("GL_PROTOCOL", "ssh")])).gitlab_web);
    }

    #[test]
    fn gitea_names_owner_and_repository_apart() {
        let pusher = Pusher::from_vars(&vars(&[
            ("GITEA_REPO_USER_NAME", "o"),
            ("GITEA_REPO_NAME", "r"),
        ]));
        assert_eq!(pusher.repository.as_deref(), Some("o/r"));
    }

    #[test]
    fn what_is_empty_names_nobody() {
        let pusher = Pusher::from_vars(&vars(&[("GL_USERNAME", ""), ("USER", "git")]));
        assert_eq!(pusher.user.as_deref(), Some("git"));
    }

    #[test]
    fn without_a_hosts_name_the_folder_names_the_repository() {
        let here = std::env::current_dir().unwrap().display().to_string();
        assert_eq!(Pusher::read().repository, Some(here));
        assert_eq!(push_options(), Vec::<String>::new());
    }

    #[test]
    fn push_options_are_counted() {
        let list = vars(&[
            ("GIT_PUSH_OPTION_COUNT", "2"),
            ("GIT_PUSH_OPTION_1", "b=c"),
            ("GIT_PUSH_OPTION_0", "a"),
            ("GIT_PUSH_OPTION_2", "not counted"),
        ]);
        assert_eq!(options_from(&list), ["a", "b=c"]);
        assert_eq!(
            options_from(&vars(&[("GIT_PUSH_OPTION_COUNT", "x")])),
            Vec::<String>::new()
        );
        assert_eq!(
            options_from(&vars(&[("GIT_PUSH_OPTION_COUNT", "99999999999")])),
            Vec::<String>::new()
        );
    }
}

//! Where a repository comes from and what it stands at, for reports. An address is told without who logs in and how.

use anyhow::Result;

use super::repo::GitRepo;

/// A repository as a report names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Address of the remote `origin`, if it is one on a network.
    pub uri: Option<String>,
    /// The commit of `HEAD`, in hex.
    pub revision: Option<String>,
    pub branch: Option<Vec<u8>>,
}

impl Provenance {
    /// Reads what the repository says of itself.
    pub fn of(repo: &GitRepo) -> Result<Self> {
        let uri = repo
            .git()?
            .run(&["config", "--get", "remote.origin.url"], b"")
            .ok()
            .and_then(|url| public_uri(String::from_utf8_lossy(&url).trim()));
        let head = std::fs::read(repo.git_dir.join("HEAD")).unwrap_or_default();
        let branch = head
            .trim_ascii()
            .strip_prefix(b"ref: refs/heads/")
            .map(<[u8]>::to_vec);
        Ok(Self {
            uri,
            revision: repo.head()?.map(|id| id.to_string()),
            branch,
        })
    }
}

/// A remote's address as a URI without user, password and query; `None` for a folder of this machine.
fn public_uri(url: &str) -> Option<String> {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme @ ("http" | "https" | "ssh" | "git"), rest)) => (scheme, rest),
        Some(_) => return None,
        None => {
            let (host, path) = url.split_once(':')?;
            if host.is_empty() || host.contains('/') || path.starts_with('\\') {
                return None;
            }
            return Some(join("ssh", host, path));
        }
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    Some(join(scheme, host, path))
}

fn join(scheme: &str, authority: &str, path: &str) -> String {
    let host = authority.rsplit('@').next().unwrap_or_default();
    let path = path.trim_start_matches('/');
    let mut uri = format!("{scheme}://");
    for byte in format!("{host}/{path}").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/:[]".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, want: Option<&str>) {
        assert_eq!(public_uri(url).as_deref(), want, "{url}");
    }

    #[test]
    fn an_address_is_told_without_who_logs_in() {
        check(
            "https://github.com/o/r.git",
            Some("https://github.com/o/r.git"),
        );
        check(
            "https://u:p@h.example/o/r?x=y",
            Some("https://h.example/o/r"),
        );
        check(
            "https://u:p%40@@h.example:8443/r",
            Some("https://h.example:8443/r"),
        );
        check("git@github.com:o/r.git", Some("ssh://github.com/o/r.git"));
        check("ssh://git@h.example/~u/r", Some("ssh://h.example/~u/r"));
        check("https://h.example/a b", Some("https://h.example/a%20b"));
        check("/srv/git/r.git", None);
        check("file:///srv/git/r.git", None);
        check("../r", None);
    }
}

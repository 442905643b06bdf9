//! What installing comes to: which files it touches, what is said, and that commits are judged afterwards.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::sandbox::{Repo, refused, said, token};

pub type Listing = BTreeMap<String, (u32, Vec<u8>)>;

/// Every file below a folder: its mode, and its bytes or where it links to.
pub fn listing(dir: &Path) -> Listing {
    let mut found = BTreeMap::new();
    let mut dirs = vec![dir.to_path_buf()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir).unwrap().flatten() {
            let path = entry.path();
            let meta = path.symlink_metadata().unwrap();
            let bytes = if meta.is_symlink() {
                let to = std::fs::read_link(&path).unwrap();
                to.as_os_str().as_encoded_bytes().to_vec()
            } else if meta.is_dir() {
                dirs.push(path.clone());
                Vec::new()
            } else {
                std::fs::read(&path).unwrap()
            };
            found.insert(
                path.display().to_string(),
                (meta.permissions().mode(), bytes),
            );
        }
    }
    found
}

#[track_caller]
pub fn run(repo: &Repo, args: &[&str]) -> String {
    let output = repo.keysieve(args);
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    said(&output)
}

#[track_caller]
pub fn fails(repo: &Repo, args: &[&str], code: i32, words: &[&str]) {
    let output = repo.keysieve(args);
    let said = said(&output);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
    for word in words {
        assert!(said.contains(word), "{word} is not named: {said}");
    }
}

/// An executable hook.
pub fn hook(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Commits and pushes are judged.
#[track_caller]
pub fn guarded(repo: &Repo) {
    repo.stage("guarded", token("guarded"));
    refused(&repo.try_commit(&[]), &[&token("guarded")]);
    repo.stage("guarded", "clean");
    let output = repo.try_commit(&["--allow-empty"]);
    assert!(output.status.success(), "{}", said(&output));
    refused(
        &repo.try_git(&["commit", "-q", "--allow-empty", "-m", &token("m")]),
        &[&token("m")],
    );
}

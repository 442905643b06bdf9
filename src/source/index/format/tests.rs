use super::*;

/// An index of version 2 with these paths, each an empty file.
fn index(paths: &[String]) -> Vec<u8> {
    let mut bytes = b"DIRC\0\0\0\x02".to_vec();
    bytes.extend(u32::try_from(paths.len()).unwrap().to_be_bytes());
    for path in paths {
        let start = bytes.len();
        bytes.extend([0; 24]);
        bytes.extend(0o100_644_u32.to_be_bytes());
        bytes.extend([0; 12]);
        bytes.extend([7; 20]);
        bytes.extend(u16::try_from(path.len().min(0xfff)).unwrap().to_be_bytes());
        bytes.extend(path.as_bytes());
        bytes.push(0);
        while !(bytes.len() - start).is_multiple_of(8) {
            bytes.push(0);
        }
    }
    bytes.extend([0; 20]);
    bytes
}

/// All paths, by walking the directories.
fn walk(index: &Index, dir: Slice, prefix: &str, found: &mut Vec<String>) {
    for child in index.children(dir) {
        let path = format!("{prefix}{}", String::from_utf8_lossy(child.name));
        match child.slice {
            Some(slice) => walk(index, slice, &format!("{path}/"), found),
            None => found.push(path),
        }
    }
}

#[test]
fn names_longer_than_their_field_are_read() {
    let paths = ["a".repeat(4094), "b".repeat(4095), "c".repeat(9000)];
    let parsed = Index::parse(index(&paths), ObjectFormat::Sha1)
        .unwrap()
        .unwrap();
    let mut found = Vec::new();
    walk(&parsed, parsed.root(), "", &mut found);
    assert_eq!(found, paths);
}

#[test]
fn what_only_git_reads_is_left_to_it() {
    let mut bytes = index(&["a".into()]);
    bytes.truncate(bytes.len() - 20);
    bytes.extend(b"sdir\0\0\0\0");
    bytes.extend([0; 20]);
    assert!(
        Index::parse(bytes.clone(), ObjectFormat::Sha1)
            .unwrap()
            .is_none()
    );
    let at = bytes.len() - 28;
    bytes[at] = b'S';
    assert!(Index::parse(bytes, ObjectFormat::Sha1).unwrap().is_some());
    let mut newer = index(&["a".into()]);
    newer[7] = 5;
    assert!(Index::parse(newer, ObjectFormat::Sha1).unwrap().is_none());
}

proptest::proptest! {
    #[test]
    fn every_path_is_found_by_its_directories(
        paths in proptest::collection::btree_set("[ab.]{1,2}(/[ab0]{1,2}){0,3}", 0..30),
    ) {
        // No path may be a directory of another, as in a real index.
        let paths: Vec<String> = paths
            .iter()
            .filter(|path| !paths.iter().any(|other| other.starts_with(&format!("{path}/"))))
            .cloned()
            .collect();
        let parsed = Index::parse(index(&paths), ObjectFormat::Sha1).unwrap().unwrap();
        let mut found = Vec::new();
        walk(&parsed, parsed.root(), "", &mut found);
        found.sort();
        proptest::prop_assert_eq!(found, paths);
    }

    #[test]
    fn damaged_indexes_are_read_or_refused(
        at in 0usize..400,
        byte in proptest::num::u8::ANY,
        cut in 0usize..400,
    ) {
        let mut bytes = index(&["a/b".into(), "a/c".into(), "d".into()]);
        if let Some(slot) = bytes.get_mut(at) {
            *slot = byte;
        }
        bytes.truncate(bytes.len().saturating_sub(cut));
        if let Ok(Some(parsed)) = Index::parse(bytes, ObjectFormat::Sha1) {
            walk(&parsed, parsed.root(), "", &mut Vec::new());
        }
    }
}

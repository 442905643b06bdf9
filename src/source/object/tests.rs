use super::*;

const ID: &str = "1111111111111111111111111111111111111111";

#[test]
fn a_commit_keeps_what_stands_after_a_nul_and_in_unknown_headers() {
    let raw = format!(
        "tree {ID}\nparent {ID}\nparent {ID}\nauthor A <a@b> 5 +0000\ncommitter C <c@d> 1700000000 +0100\nodd x\n\nsubject\0after"
    );
    let commit = parse_commit(raw.as_bytes(), ObjectFormat::Sha1).unwrap();
    assert_eq!(commit.parents.len(), 2);
    assert_eq!(commit.author, b"A <a@b>");
    assert_eq!(commit.time, 1_700_000_000);
    assert_eq!(commit.message, b"subject\0after");
    assert!(commit.header.ends_with(b"odd x\n"));
}

#[test]
fn a_commit_without_a_message_or_with_a_cut_header() {
    let raw = format!("tree {ID}\n\nonly");
    let commit = parse_commit(raw.as_bytes(), ObjectFormat::Sha1).unwrap();
    assert_eq!((commit.header, commit.message), (vec![], b"only".to_vec()));
    assert!(parse_commit(b"tree 11", ObjectFormat::Sha1).is_err());
    assert!(parse_commit(b"", ObjectFormat::Sha1).is_err());
    assert!(parse_commit(raw.as_bytes(), ObjectFormat::Sha256).is_err());
}

#[test]
fn a_parent_line_after_the_author_is_text() {
    let raw = format!("tree {ID}\nauthor A <a> 5 +0000\nparent {ID}\n\nm");
    let commit = parse_commit(raw.as_bytes(), ObjectFormat::Sha1).unwrap();
    assert!(commit.parents.is_empty());
}

#[test]
fn trees_are_read_and_cut_ones_are_errors() {
    let mut raw = b"100644 a\0".to_vec();
    raw.extend([7; 20]);
    raw.extend(b"40000 d\0");
    raw.extend([8; 20]);
    raw.extend(b"160000 sub\0");
    raw.extend([9; 20]);
    let tree = parse_tree(&raw, ObjectFormat::Sha1).unwrap();
    let kinds: Vec<Kind> = tree.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Kind::Blob, Kind::Tree, Kind::Submodule]);
    for cut in 1..raw.len() {
        if cut != 29 && cut != 57 {
            assert!(
                parse_tree(&raw[..cut], ObjectFormat::Sha1).is_err(),
                "{cut}"
            );
        }
    }
}

#[test]
fn a_name_of_65536_bytes_is_refused() {
    let mut raw = b"100644 ".to_vec();
    raw.extend(vec![b'n'; NAME_LIMIT]);
    raw.push(0);
    raw.extend([7; 20]);
    assert!(parse_tree(&raw, ObjectFormat::Sha1).is_err());
    raw.remove(8);
    assert!(parse_tree(&raw, ObjectFormat::Sha1).is_ok());
}

#[test]
fn alternates_are_unquoted() {
    assert_eq!(
        split_alternates(b"/a:\"/b:c\\\"\\303\\244\":/d"),
        [b"/a".to_vec(), b"/b:c\"\xc3\xa4".to_vec(), b"/d".to_vec()]
    );
    assert_eq!(split_alternates(b""), Vec::<Vec<u8>>::new());
    assert_eq!(split_alternates(b"\"open"), [b"\"open".to_vec()]);
}

#[test]
fn ids_have_the_length_of_the_repository() {
    assert!(parse_oid(ID.as_bytes(), ObjectFormat::Sha1).is_ok());
    assert!(parse_oid(ID.as_bytes(), ObjectFormat::Sha256).is_err());
    assert!(parse_oid(b"zz", ObjectFormat::Sha1).is_err());
    assert!(is_zero(
        parse_oid(&[b'0'; 64], ObjectFormat::Sha256).unwrap()
    ));
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(raw in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
            drop(parse_tree(&raw, format));
            drop(parse_commit(&raw, format));
            drop(parse_tag(&raw, format));
            drop(split_alternates(&raw));
            drop(crate::source::updates::parse_updates(&raw, format));
            drop(crate::source::updates::parse_outgoing(&raw, format));
        }
    }

    #[test]
    fn what_is_quoted_comes_back(value in proptest::collection::vec(proptest::num::u8::ANY, 0..40)) {
        let quoted: String = value.iter().map(|byte| format!("\\{byte:03o}")).collect();
        proptest::prop_assert_eq!(unquote(format!("\"{quoted}\"").as_bytes()), value);
    }

    #[test]
    fn a_tree_keeps_its_entries(
        names in proptest::collection::vec("[a-z./\\x01\u{e9} ]{1,8}", 0..20),
    ) {
        let mut raw = Vec::new();
        for (i, name) in names.iter().enumerate() {
            raw.extend_from_slice(if i % 3 == 0 { b"40000 " } else { b"100644 " });
            raw.extend_from_slice(name.as_bytes());
            raw.push(0);
            raw.extend([u8::try_from(i).unwrap(); 20]);
        }
        let tree = parse_tree(&raw, ObjectFormat::Sha1).unwrap();
        let read: Vec<&[u8]> = tree.iter().map(|entry| entry.name).collect();
        let made: Vec<&[u8]> = names.iter().map(String::as_bytes).collect();
        proptest::prop_assert_eq!(read, made);
    }
}

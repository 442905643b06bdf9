//! Tar archives, old and new: members are slices of the archive, nothing is copied.

use super::{Budget, Format, Found, Sink, Step, clean_name, corrupt};

pub(super) const FORMAT: Format = Format {
    name: "tar",
    is,
    open,
};

const BLOCK: usize = 512;

/// The first header's checksum holds; nothing but tar begins so by chance.
fn is(bytes: &[u8]) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let Some(header) = bytes.get(..BLOCK) else {
        return false;
    };
    let field = header.get(CHECKSUM).unwrap_or_default();
    let digits = field
        .iter()
        .skip_while(|&&b| b == b' ')
        .take_while(|b| matches!(b, b'0'..=b'7'));
    let mut n_digits = 0;
    let told = digits.fold(0u32, |sum, &digit| {
        n_digits += 1;
        sum << 3 | u32::from(digit - b'0')
    });
    if n_digits < 3 {
        return false;
    }
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(at, &byte)| u32::from(if CHECKSUM.contains(&at) { b' ' } else { byte }))
        .sum();
    told == sum
}

/// Whether what follows the header is content. Who unpacks takes every kind that he does not know for a file.
fn has_content(kind: tar::EntryType) -> bool {
    !(kind.is_dir()
        || kind.is_symlink()
        || kind.is_hard_link()
        || kind.is_character_special()
        || kind.is_block_special()
        || kind.is_fifo())
}

fn open(bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) {
    let mut archive = tar::Archive::new(bytes);
    archive.set_ignore_zeros(true);
    let gap = |words| Found::Gap {
        name: Box::default(),
        why: corrupt(words),
    };
    let Ok(entries) = archive.entries() else {
        sink(gap("tar header is broken"));
        return;
    };
    for entry in entries {
        let Ok(entry) = entry else {
            sink(gap("tar header is broken"));
            return;
        };
        if entry.size() == 0 || !has_content(entry.header().entry_type()) {
            continue;
        }
        let name = clean_name(&entry.path_bytes());
        if let Err(why) = budget.count_member() {
            sink(Found::Gap { name, why });
            return;
        }
        // A place beyond the address space is beyond the archive as well.
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let (start, size) = (place(entry.raw_file_position()), place(entry.size()));
        let rest = bytes.get(start..).unwrap_or_default();
        let member = rest.get(..size).unwrap_or(rest);
        sink(Found::Content {
            step: Step::Member(name.clone()),
            bytes: member,
        });
        if member.len() < size {
            sink(Found::Gap {
                name,
                why: corrupt("tar archive is cut short"),
            });
            return;
        }
    }
}

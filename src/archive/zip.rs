//! Zip and its kin: jar, war, whl, apk, docx, xlsx, pptx, odt, nupkg.
//!
//! The central directory is asked first, but not believed: sizes are those of the streams, and members that it leaves
//! out (or all of them, if it is broken) are found by their local headers.

use rawzip::ZipArchive;

use super::stream::{self, Unpack};
use super::{Allowance, Budget, Format, Found, GapReason, Sink, Step, clean_name, corrupt};

pub(super) const FORMAT: Format = Format {
    name: "zip",
    is,
    open,
};

const LOCAL: &[u8] = b"PK\x03\x04";
const END: &[u8] = b"PK\x05\x06";
const END_SIZE: usize = 22;

/// How much of the beginning tells whether a content is a binary.
const HEAD: usize = 1 << 10;

/// A zip from the first byte, or one behind a program that unpacks it, a picture, or whatever else is no text.
fn is(bytes: &[u8]) -> bool {
    if bytes.starts_with(LOCAL) || bytes.starts_with(END) {
        return true;
    }
    let end = bytes.get(bytes.len().saturating_sub(END_SIZE)..);
    if end.is_some_and(|end| end.starts_with(END)) {
        return true;
    }
    // A comment may follow the end.
    let tail = bytes.len().saturating_sub(END_SIZE + usize::from(u16::MAX));
    let is_carrier = || {
        let head = bytes.get(..HEAD).unwrap_or(bytes);
        let marks: [&[u8]; 3] = [b"#!", b"MZ", b"%PDF-"];
        marks.iter().any(|mark| head.starts_with(mark)) || memchr::memchr(0, head).is_some()
    };
    let has_end = |tail: &[u8]| memchr::memmem::find(tail, END).is_some();
    is_carrier() && bytes.get(tail..).is_some_and(has_end)
}

/// A member as the central directory or its local header tells it.
struct Member {
    /// Of the local header.
    offset: usize,
    packed: usize,
    /// Check value, where it is told.
    crc: Option<u32>,
}

fn open(bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) {
    let mut allowance = Allowance::new(budget, bytes.len());
    let (mut members, is_whole) = directory(bytes, budget);
    if !is_whole {
        sink(gap(b"", corrupt("zip directory is broken")));
    }
    members.sort_by_key(|member| member.offset);
    members.dedup_by_key(|member| member.offset);
    let mut at = 0;
    for member in members {
        if member.offset < at {
            // Members share data only in bombs.
            sink(gap(b"", corrupt("zip members overlap")));
            continue;
        }
        // What stands before the member without being listed.
        while let Some(hidden) = next_local(bytes, at, member.offset) {
            match extract(bytes, &hidden, &mut allowance, sink) {
                Ok(end) => at = end,
                Err(Stop) => return,
            }
        }
        match extract(bytes, &member, &mut allowance, sink) {
            Ok(end) => at = at.max(end),
            Err(Stop) => return,
        }
    }
    while let Some(hidden) = next_local(bytes, at, bytes.len()) {
        match extract(bytes, &hidden, &mut allowance, sink) {
            Ok(end) => at = end,
            Err(Stop) => return,
        }
    }
}

/// A limit was met; nothing more of this archive is read.
struct Stop;

fn gap(name: &[u8], why: GapReason) -> Found<'static> {
    Found::Gap {
        name: clean_name(name),
        why,
    }
}

/// The listed members, and whether the list is whole.
fn directory(bytes: &[u8], budget: &Budget) -> (Vec<Member>, bool) {
    let mut members = Vec::new();
    let Ok(archive) = ZipArchive::from_slice(bytes) else {
        return (members, false);
    };
    for record in archive.entries() {
        // One more than permitted, so that the limit is met and told.
        if members.len() > budget.members.get() as usize {
            break;
        }
        let Ok(record) = record else {
            return (members, false);
        };
        let size = |size: u64| usize::try_from(size).unwrap_or(usize::MAX);
        members.push(Member {
            offset: size(record.local_header_offset()),
            packed: size(record.compressed_size_hint()),
            crc: Some(record.crc32()),
        });
    }
    (members, true)
}

/// The next place in `from..to` that looks like a local header.
fn next_local(bytes: &[u8], from: usize, to: usize) -> Option<Member> {
    let mut at = from;
    loop {
        at += memchr::memmem::find(bytes.get(at..to)?, LOCAL)?;
        if let Some(header) = Local::parse(bytes, at)
            && method(header.method).is_some()
        {
            let rest = bytes.get(header.data..).unwrap_or_default();
            let packed = if header.packed == 0 || header.packed == u32::MAX {
                memchr::memmem::find(rest, b"PK").unwrap_or(rest.len())
            } else {
                header.packed as usize
            };
            return Some(Member {
                offset: at,
                packed,
                crc: None,
            });
        }
        at += LOCAL.len();
    }
}

/// The parts of a local header that are used.
struct Local<'a> {
    flags: u16,
    method: u16,
    packed: u32,
    name: &'a [u8],
    /// Where the data begins.
    data: usize,
}

impl<'a> Local<'a> {
    const SIZE: usize = 30;

    fn parse(bytes: &'a [u8], at: usize) -> Option<Self> {
        let rest = bytes.get(at..)?;
        let (header, rest) = rest.split_at_checked(Self::SIZE)?;
        let half = |at: usize| Some(u16::from_le_bytes(*header.get(at..)?.first_chunk()?));
        if !header.starts_with(LOCAL) {
            return None;
        }
        let (n_name, n_extra) = (usize::from(half(26)?), usize::from(half(28)?));
        Some(Self {
            flags: half(6)?,
            method: half(8)?,
            packed: u32::from_le_bytes(*header.get(18..)?.first_chunk()?),
            name: rest.get(..n_name)?,
            data: at + Self::SIZE + n_name + n_extra,
        })
    }
}

/// How a member is stored; `None` if not known here.
fn method(id: u16) -> Option<Option<Unpack>> {
    const DEFLATE: u16 = 8;
    const BZIP2: u16 = 12;
    const ZSTD: u16 = 93;
    const XZ: u16 = 95;
    Some(match id {
        0 => None,
        DEFLATE => Some(stream::inflate),
        BZIP2 => Some(stream::bunzip2),
        ZSTD => Some(stream::unzstd),
        XZ => Some(stream::unxz),
        _ => return None,
    })
}

/// Yields a member; returns where it ends.
fn extract(
    bytes: &[u8],
    member: &Member,
    allowance: &mut Allowance<'_>,
    sink: &mut Sink<'_>,
) -> Result<usize, Stop> {
    let next = member.offset.saturating_add(LOCAL.len());
    let Some(header) = Local::parse(bytes, member.offset) else {
        sink(gap(
            b"",
            corrupt("zip directory names a place that holds no member"),
        ));
        return Ok(next.min(bytes.len()));
    };
    let rest = bytes.get(header.data..).unwrap_or_default();
    let told = rest.get(..member.packed).unwrap_or(rest);
    let told_end = header.data + told.len();
    if header.name.ends_with(b"/") && told.is_empty() {
        return Ok(told_end);
    }
    if let Err(why) = allowance.budget.count_member() {
        sink(gap(header.name, why));
        return Err(Stop);
    }
    if header.flags & 1 != 0 {
        sink(gap(header.name, corrupt("encrypted")));
        return Ok(told_end);
    }
    let mut unpacked = Vec::new();
    let (content, end, result) = match method(header.method) {
        None => {
            let why = corrupt("zip compression method is not supported");
            (told, told_end, Err(why))
        }
        Some(None) => (told, told_end, Ok(())),
        Some(Some(unpack)) => {
            // The stream says where it ends; the directory might not.
            let result = unpack(rest, &mut unpacked, allowance);
            let used = result.as_ref().map_or(told.len(), |&used| used);
            (
                unpacked.as_slice(),
                header.data + used.min(rest.len()),
                result.map(|_| ()),
            )
        }
    };
    let is_broken = result.is_ok()
        && member
            .crc
            .is_some_and(|crc| crc != crc32fast::hash(content));
    if !content.is_empty() && (method(header.method).is_some()) {
        sink(Found::Content {
            step: Step::Member(clean_name(header.name)),
            bytes: content,
        });
    }
    match result {
        Err(why @ (GapReason::Limit(_) | GapReason::Time)) => {
            sink(gap(header.name, why));
            Err(Stop)
        }
        Err(why) => {
            sink(gap(header.name, why));
            Ok(end)
        }
        Ok(()) if is_broken => {
            sink(gap(header.name, corrupt("check value does not hold")));
            Ok(end)
        }
        Ok(()) => Ok(end),
    }
}

//! Compressed streams of one file: gzip, zstd, xz, bzip2 and zlib.

use std::io::{ErrorKind, Read};

use super::{Allowance, Budget, Format, Found, GapReason, Sink, Step, corrupt};

pub(super) const GZIP: Format = Format {
    name: "gzip",
    is: |bytes| matches!(bytes, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0),
    open: |bytes, budget, sink| open(&GZIP, gunzip, bytes, budget, sink),
};

pub(super) const ZSTD: Format = Format {
    name: "zstd",
    is: |bytes| {
        after_skipped(bytes).is_some_and(|at| {
            bytes
                .get(at..)
                .is_some_and(|rest| rest.starts_with(&ZSTD_MAGIC))
        })
    },
    open: |bytes, budget, sink| open(&ZSTD, unzstd, bytes, budget, sink),
};

pub(super) const XZ: Format = Format {
    name: "xz",
    is: |bytes| bytes.starts_with(b"\xfd7zXZ\0"),
    open: |bytes, budget, sink| open(&XZ, unxz, bytes, budget, sink),
};

pub(super) const BZIP2: Format = Format {
    name: "bzip2",
    is: |bytes| {
        // A block, or the end of a stream that has none and may stand before others.
        let is_body = |rest: &[u8]| {
            rest.starts_with(&[0x31, 0x41, 0x59, 0x26, 0x53, 0x59])
                || rest.starts_with(&[0x17, 0x72, 0x45, 0x38, 0x50, 0x90])
        };
        matches!(bytes, [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] if is_body(rest))
    },
    open: |bytes, budget, sink| open(&BZIP2, bunzip2, bytes, budget, sink),
};

/// Git's loose objects and much else. Two bytes of header are no proof (RFC 1950): what does not begin to unpack is no stream.
pub(super) const ZLIB: Format = Format {
    name: "zlib",
    is: |bytes| matches!(bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, _, _, ..]),
    open: |bytes, budget, sink| {
        let start = flate2::bufread::ZlibDecoder::new(bytes);
        let mut begin = Vec::new();
        let read = start.take(ZLIB_PROOF).read_to_end(&mut begin);
        // One that is cut off may hold something all the same.
        let is_sound = read.map_or_else(|error| error.kind() == ErrorKind::UnexpectedEof, |_| true);
        if is_sound && !begin.is_empty() {
            open(&ZLIB, inflate_zlib, bytes, budget, sink);
        }
    },
};

/// How much has to unpack without an error, unless the stream ends before: any text may begin like a stream.
const ZLIB_PROOF: u64 = 32 << 10;

const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// Where the first frame begins behind those that decoders of zstd pass over; there may be many.
fn after_skipped(bytes: &[u8]) -> Option<usize> {
    let mut at = 0usize;
    while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, ..] = bytes.get(at..)? {
        let size = u32::from_le_bytes([*a, *b, *c, *d]);
        at = at
            .checked_add(8)?
            .checked_add(usize::try_from(size).ok()?)?;
    }
    Some(at)
}

/// Dictionary of an xz stream that is accepted, in KiB; `xz -9` needs 64 MiB.
const XZ_MEMORY: u32 = 160 << 10;

/// Unpacks the beginning of `packed`, appends to `out`, returns how much of `packed` was used.
pub(super) type Unpack =
    fn(packed: &[u8], out: &mut Vec<u8>, allowance: &mut Allowance<'_>) -> Result<usize, GapReason>;

fn open(format: &Format, unpack: Unpack, bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) {
    let mut allowance = Allowance::new(budget, bytes.len());
    let mut out = Vec::new();
    let mut rest = bytes;
    let mut result = budget.count_member();
    // Streams may stand one after another; what follows them and is none is padding.
    while result.is_ok() && !rest.is_empty() && (format.is)(rest) {
        match unpack(rest, &mut out, &mut allowance) {
            Ok(used) => rest = rest.get(used.max(1)..).unwrap_or_default(),
            Err(why) => result = Err(why),
        }
    }
    if !out.is_empty() {
        sink(Found::Content {
            step: Step::Decoded(format.name),
            bytes: &out,
        });
    }
    if let Err(why) = result {
        sink(Found::Gap {
            name: Box::default(),
            why,
        });
    }
}

/// Reads to the end or to a limit; what came before an error is kept.
fn drain(
    reader: &mut dyn Read,
    out: &mut Vec<u8>,
    allowance: &mut Allowance<'_>,
    broken: &str,
) -> Result<(), GapReason> {
    let mut chunk = vec![0; 64 << 10];
    let begin = out.len();
    loop {
        match reader.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                allowance.take(count, out.len() - begin)?;
                out.extend_from_slice(chunk.get(..count).unwrap_or_default());
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Not the error's own text: it is not known to be free of content.
            Err(_) => return Err(corrupt(broken)),
        }
    }
}

fn gunzip(
    packed: &[u8],
    out: &mut Vec<u8>,
    allowance: &mut Allowance<'_>,
) -> Result<usize, GapReason> {
    let mut rest = packed;
    let mut reader = flate2::bufread::GzDecoder::new(&mut rest);
    drain(&mut reader, out, allowance, "gzip stream is broken")?;
    Ok(packed.len() - rest.len())
}

/// A bare deflate stream, as in zip.
pub(super) fn inflate(
    packed: &[u8],
    out: &mut Vec<u8>,
    allowance: &mut Allowance<'_>,
) -> Result<usize, GapReason> {
    let mut rest = packed;
    let mut reader = flate2::bufread::DeflateDecoder::new(&mut rest);
    drain(&mut reader, out, allowance, "deflate stream is broken")?;
    Ok(packed.len() - rest.len())
}

/// Deflate with zlib's header, as in PDF and git.
pub(super) fn inflate_zlib(
    packed: &[u8],
    out: &mut Vec<u8>,
    allowance: &mut Allowance<'_>,
) -> Result<usize, GapReason> {
    let mut rest = packed;
    let mut reader = flate2::bufread::ZlibDecoder::new(&mut rest);
    drain(&mut reader, out, allowance, "zlib stream is broken")?;
    Ok(packed.len() - rest.len())
}

pub(super) fn unzstd(
    packed: &[u8],
    out: &mut Vec<u8>,
    allowance: &mut Allowance<'_>,
) -> Result<usize, GapReason> {
    const BROKEN: &str = "zstd stream is broken";
    let mut rest = after_skipped(packed)
        .and_then(|at| packed.get(at..))
        .unwrap_or(packed);
    let mut reader =
        ruzstd::decoding::StreamingDecoder::new(&mut rest).map_err(|_| corrupt(BROKEN))?;
    drain(&mut reader, out, allowance, BROKEN)?;
    Ok(packed.len() - rest.len())
}

pub(super) fn unxz(
    packed: &[u8],
    out: &mut Vec<u8>,
    allowance: &mut Allowance<'_>,
) -> Result<usize, GapReason> {
    let mut rest = packed;
    let mut reader = lzma_rust2::XzReader::new_mem_limit(&mut rest, true, XZ_MEMORY);
    drain(&mut reader, out, allowance, "xz stream is broken")?;
    Ok(packed.len())
}

pub(super) fn bunzip2(
    packed: &[u8],
    out: &mut Vec<u8>,
    allowance: &mut Allowance<'_>,
) -> Result<usize, GapReason> {
    let mut rest = packed;
    let mut reader = bzip2::bufread::BzDecoder::new(&mut rest);
    drain(&mut reader, out, allowance, "bzip2 stream is broken")?;
    Ok(packed.len() - rest.len())
}

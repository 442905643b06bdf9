//! PDF: the text that its pages show, as one content, and its other streams that are text.
//!
//! No layout is made: strings come in the order of the file, a move to another line is a line's end. Fonts with glyph
//! numbers of their own are read through the maps that exist for copying text out of a reader.

use super::stream::inflate_zlib;
use super::{
    Allowance, Budget, Format, Found, GapReason, Sink, Step, clean_name, corrupt, recognise,
};

mod font;
mod text;

pub(super) const FORMAT: Format = Format {
    name: "pdf",
    is: |bytes| {
        let head = bytes.get(..1024).unwrap_or(bytes);
        memchr::memmem::find(head, b"%PDF-").is_some()
    },
    open,
};

/// What names the dictionary that tells how a file is encrypted.
const ENCRYPT: &[u8] = b"/Encrypt";
/// How far before its stream a dictionary may begin.
const MAX_DICTIONARY: usize = 4 << 10;
/// Fonts whose maps are tried.
const MAX_FONTS: usize = 24;
/// Text that is read through the fonts' maps; each costs a pass.
const MAX_TEXT: usize = 4 << 20;

fn open(bytes: &[u8], budget: &Budget, sink: &mut Sink<'_>) {
    let mut places = memchr::memmem::find_iter(bytes, ENCRYPT);
    let is_word = |at: usize| {
        bytes
            .get(at + ENCRYPT.len())
            .is_some_and(|b| !b.is_ascii_alphanumeric())
    };
    if places.any(is_word) {
        sink(Found::Gap {
            name: Box::default(),
            why: corrupt("encrypted"),
        });
        return;
    }
    let mut pages = Pages::default();
    let mut fonts = Vec::new();
    let mut allowance = Allowance::new(budget, bytes.len());
    let mut result = Ok(());
    let mut streams = Streams { bytes, at: 0 };
    while let Some(stream) = streams.next() {
        let mut content = Vec::new();
        let unpacked = stream.unpack(&mut content, &mut allowance);
        // On behind the data: streams that overlap would be read again and again.
        streams.at += unpacked.as_ref().copied().unwrap_or(0);
        if content.is_empty() {
        } else if font::is_map(&content) {
            if fonts.len() < MAX_FONTS {
                fonts.push(font::Map::parse(&content));
            }
        } else if text::is_page(&content) {
            text::parse(&content, &mut |piece| pages.push(piece));
        } else if is_text(&content) || recognise(&content).is_some() {
            sink(Found::Content {
                step: Step::Member(clean_name(&stream.name())),
                bytes: &content,
            });
        }
        match unpacked.and_then(|_| budget.count_member()) {
            Ok(()) => {}
            // One broken stream says nothing about the others.
            Err(why @ GapReason::Corrupt(_)) => result = Err(why),
            Err(why) => {
                result = Err(why);
                break;
            }
        }
    }
    if pages.is_full() {
        result = result.and(Err(GapReason::Limit("text of a pdf")));
        pages.plain.extend(b"\n");
        sink(Found::Content {
            step: Step::Decoded("pdf text"),
            bytes: &pages.plain,
        });
    }
    for shown in text::show(&pages.pieces, &fonts) {
        sink(Found::Content {
            step: Step::Decoded("pdf text"),
            bytes: &shown,
        });
    }
    if let Err(why) = result {
        sink(Found::Gap {
            name: Box::default(),
            why,
        });
    }
}

/// What the pages show.
#[derive(Default)]
struct Pages {
    pieces: Vec<text::Piece>,
    length: usize,
    /// Text beyond what is kept in pieces, which take much more room.
    plain: Vec<u8>,
}

impl Pages {
    fn is_full(&self) -> bool {
        self.length > MAX_TEXT
    }

    fn push(&mut self, piece: text::Piece) {
        self.length += piece.len();
        if !self.is_full() {
            self.pieces.push(piece);
            return;
        }
        for earlier in std::mem::take(&mut self.pieces) {
            text::show_plainly(&earlier, &mut self.plain);
        }
        text::show_plainly(&piece, &mut self.plain);
    }
}

fn is_text(content: &[u8]) -> bool {
    let sample = content.get(..512).unwrap_or(content);
    let plain = sample
        .iter()
        .filter(|&&b| matches!(b, b' '..=b'~' | b'\t' | b'\n' | b'\r'))
        .count();
    plain * 10 >= sample.len() * 8
}

/// A stream as it stands in the file.
struct Stream<'a> {
    /// The object's head and dictionary.
    dictionary: &'a [u8],
    /// From its first byte to the end of the file.
    data: &'a [u8],
}

/// Undoes a text form of bytes.
type Unarmour = fn(&[u8]) -> Vec<u8>;

/// All streams in the order of the file, found by their keyword.
struct Streams<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Streams<'a> {
    type Item = Stream<'a>;

    fn next(&mut self) -> Option<Stream<'a>> {
        loop {
            let rest = self.bytes.get(self.at..)?;
            let found = self.at + memchr::memmem::find(rest, b"stream")?;
            self.at = found + b"stream".len();
            let before = self.bytes.get(..found)?.trim_ascii_end();
            let after = self.bytes.get(self.at..)?;
            let data = after
                .strip_prefix(b"\r\n")
                .or_else(|| after.strip_prefix(b"\n"))
                .or_else(|| after.strip_prefix(b"\r"));
            let (true, Some(data)) = (before.ends_with(b">>"), data) else {
                continue;
            };
            let near = before
                .get(before.len().saturating_sub(MAX_DICTIONARY)..)
                .unwrap_or_default();
            let start = memchr::memmem::rfind(near, b" obj").unwrap_or(0);
            let start = near
                .get(..start)?
                .iter()
                .rposition(|b| matches!(b, b'\n' | b'\r'))
                .map_or(0, |i| i + 1);
            return Some(Stream {
                dictionary: near.get(start..)?,
                data,
            });
        }
    }
}

impl Stream<'_> {
    /// `object 12`.
    fn name(&self) -> Vec<u8> {
        let number = self.dictionary.iter().take_while(|b| b.is_ascii_digit());
        [b"object ".as_slice(), &number.copied().collect::<Vec<u8>>()].concat()
    }

    fn has(&self, word: &[u8]) -> bool {
        memchr::memmem::find(self.dictionary, word).is_some()
    }

    /// Fills in the content, or nothing for an image, a table of places, or what is packed in a way that holds no
    /// text; returns how much of the data was read.
    fn unpack(
        &self,
        content: &mut Vec<u8>,
        allowance: &mut Allowance<'_>,
    ) -> Result<usize, GapReason> {
        let others: [&[u8]; 7] = [
            b"/Image",
            b"/XRef",
            b"DCTDecode",
            b"JPXDecode",
            b"CCITTFax",
            b"JBIG2",
            b"LZWDecode",
        ];
        if others.iter().any(|word| self.has(word)) {
            return Ok(0);
        }
        let is_deflated = self.has(b"FlateDecode") || self.has(b"/Fl ");
        let armour: Option<Unarmour> = if self.has(b"ASCII85Decode") || self.has(b"/A85") {
            Some(ascii85)
        } else if self.has(b"ASCIIHexDecode") || self.has(b"/AHx") {
            Some(text::hex)
        } else {
            None
        };
        if is_deflated && armour.is_none() {
            // It says itself where it ends; it may hold the keyword by chance.
            return inflate_zlib(self.data, content, allowance);
        }
        let end = memchr::memmem::find(self.data, b"endstream").unwrap_or(self.data.len());
        let told = self.data.get(..end).unwrap_or_default();
        allowance.take(told.len(), 0)?;
        let bare = armour.map_or_else(|| told.to_vec(), |armour| armour(told));
        if is_deflated {
            inflate_zlib(&bare, content, allowance)?;
        } else {
            *content = bare;
        }
        Ok(told.len())
    }
}

/// Five digits of base 85 for four bytes, `z` for four zeros, until `~>`.
fn ascii85(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 5 * 4);
    let mut group = 0u32;
    let mut count = 0;
    for &byte in text.iter().take_while(|&&b| b != b'~') {
        match byte {
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                count += 1;
                if count == 5 {
                    out.extend(group.to_be_bytes());
                    (group, count) = (0, 0);
                }
            }
            _ => {}
        }
    }
    if count > 1 {
        for _ in count..5 {
            group = group.wrapping_mul(85).wrapping_add(84);
        }
        out.extend(group.to_be_bytes().iter().take(count - 1));
    }
    out
}

//! From a parsed pattern to instructions.

use std::borrow::Cow;

use regex_syntax::hir::{Class, Hir, HirKind, Look as HirLook, Repetition};

use super::program::{Look, Op, Ops, Program, Set};

/// Groups of a user's pattern that hold the value where `secret` took no part in the match: one a branch.
pub const SECOND_GROUPS: [&str; 7] = [
    "secret2", "secret3", "secret4", "secret5", "secret6", "secret7", "secret8",
];

/// Longest program. A pattern that unrolls to more stays a regular expression.
const MAX_OPS: usize = 4_000;

/// Compiles a pattern; `None` where it has something that the machine does not know or is too long.
#[must_use]
pub fn compile(hir: &Hir) -> Option<Program> {
    let mut sets = Vec::new();
    let mut ops = Ops::default();
    let code = ops.number(&compile_whole(hir, &mut sets)?)?;
    Some(Program {
        code: code.into(),
        ops: ops.into_code().into(),
        sets: sets.concat().into(),
        lead: Cow::Borrowed(&[]),
        after_lead: 0,
    })
}

/// Compiles a pattern of three parts, the middle one of which is the lead that many patterns share.
#[must_use]
pub fn compile_named(head: &Hir, lead: &Hir, tail: &Hir) -> Option<Program> {
    let mut sets = Vec::new();
    let mut ops = Ops::default();
    let lead = ops.number(&compile_lead(lead, &mut sets)?)?;
    let (code, after_lead) = compile_ends(head, tail, &mut sets)?;
    let code = ops.number(&code)?;
    Some(Program {
        code: code.into(),
        ops: ops.into_code().into(),
        sets: sets.concat().into(),
        lead: lead.into(),
        after_lead,
    })
}

/// The code of a pattern; its sets are added to those that other patterns have.
#[must_use]
pub fn compile_whole(hir: &Hir, sets: &mut Vec<Set>) -> Option<Vec<u8>> {
    let mut out = Compiler {
        ops: Vec::new(),
        sets,
    };
    out.emit(hir)?;
    out.push(Op::Match)?;
    Some(out.code())
}

/// The code of a lead, which ends by returning.
#[must_use]
pub fn compile_lead(hir: &Hir, sets: &mut Vec<Set>) -> Option<Vec<u8>> {
    let mut out = Compiler {
        ops: Vec::new(),
        sets,
    };
    out.emit(hir)?;
    out.push(Op::Return)?;
    Some(out.code())
}

/// The code around a lead, and the index of the instruction after it.
#[must_use]
pub fn compile_ends(head: &Hir, tail: &Hir, sets: &mut Vec<Set>) -> Option<(Vec<u8>, u16)> {
    let mut out = Compiler {
        ops: Vec::new(),
        sets,
    };
    out.emit(head)?;
    out.push(Op::Lead)?;
    let after = out.here()?;
    out.emit(tail)?;
    out.push(Op::Match)?;
    Some((out.code(), after))
}

struct Compiler<'s> {
    ops: Vec<Op>,
    sets: &'s mut Vec<Set>,
}

impl Compiler<'_> {
    fn code(&self) -> Vec<u8> {
        self.ops.iter().flat_map(|op| op.encode()).collect()
    }

    fn push(&mut self, op: Op) -> Option<usize> {
        self.ops.push(op);
        (self.ops.len() <= MAX_OPS).then_some(self.ops.len() - 1)
    }

    /// The index of the next instruction.
    fn here(&self) -> Option<u16> {
        u16::try_from(self.ops.len()).ok()
    }

    fn put(&mut self, at: usize, op: Op) {
        if let Some(slot) = self.ops.get_mut(at) {
            *slot = op;
        }
    }

    fn set(&mut self, set: Set) -> Option<u16> {
        let at = self
            .sets
            .iter()
            .position(|known| *known == set)
            .unwrap_or_else(|| {
                self.sets.push(set);
                self.sets.len() - 1
            });
        u16::try_from(at).ok()
    }

    fn emit(&mut self, hir: &Hir) -> Option<()> {
        match hir.kind() {
            HirKind::Empty => {}
            HirKind::Literal(literal) => {
                for &byte in &literal.0 {
                    self.push(Op::Byte(byte))?;
                }
            }
            HirKind::Class(class) => {
                let set = self.set(set_of(class)?)?;
                self.push(Op::Set(set))?;
            }
            HirKind::Look(look) => {
                self.push(Op::Look(look_of(*look)?))?;
            }
            HirKind::Repetition(repetition) => self.repeat(repetition)?,
            HirKind::Capture(capture) => {
                let name = capture.name.as_deref().unwrap_or_default();
                if SECOND_GROUPS.contains(&name) {
                    return None;
                }
                let is_secret = name == "secret";
                if is_secret {
                    self.push(Op::Start)?;
                }
                self.emit(&capture.sub)?;
                if is_secret {
                    self.push(Op::End)?;
                }
            }
            HirKind::Concat(parts) => {
                for part in parts {
                    self.emit(part)?;
                }
            }
            HirKind::Alternation(parts) => self.alternate(parts)?,
        }
        Some(())
    }

    fn alternate(&mut self, parts: &[Hir]) -> Option<()> {
        let (last, first) = parts.split_last()?;
        // One look rejects most places, and all of those that a repetition before it offers.
        let mut any = [0; 32];
        let known = parts.iter().filter(|part| begins(part, &mut any)).count();
        if known == parts.len() {
            let any = self.set(any)?;
            self.push(Op::Peek(any))?;
        }
        let mut jumps = Vec::new();
        for part in first {
            let split = self.push(Op::Jump(0))?;
            self.emit(part)?;
            jumps.push(self.push(Op::Jump(0))?);
            let next = self.here()?;
            self.split(split, part, next)?;
        }
        self.emit(last)?;
        let end = self.here()?;
        for jump in jumps {
            self.put(jump, Op::Jump(end));
        }
        Some(())
    }

    fn repeat(&mut self, repetition: &Repetition) -> Option<()> {
        let Repetition {
            min,
            max,
            greedy,
            sub,
        } = repetition;
        if let Some(set) = single(sub) {
            let set = self.set(set)?;
            let [min, max] = [Some(*min), *max].map(|n| n.and_then(|n| u16::try_from(n).ok()));
            self.push(Op::Repeat {
                set,
                min: min?,
                max: max?,
                greedy: *greedy,
            })?;
            return Some(());
        }
        // What may match nothing could go round for ever in another engine's eyes; ours unrolls, and leaves it out.
        if sub
            .properties()
            .minimum_len()
            .is_none_or(|least| least == 0)
            && max.is_none_or(|max| max > 1)
        {
            return None;
        }
        for _ in 0..*min {
            self.emit(sub)?;
        }
        let mut splits = Vec::new();
        for _ in *min..(*max)? {
            splits.push(self.push(Op::Jump(0))?);
            self.emit(sub)?;
        }
        let end = self.here()?;
        for split in splits {
            if *greedy {
                self.split(split, sub, end)?;
            } else {
                let body = u16::try_from(split + 1).ok()?;
                self.put(split, Op::Split(end, body));
            }
        }
        Some(())
    }

    /// Puts the choice at `at` between what follows, compiled from `body`, and `next`. Where the next byte begins no match
    /// of the body it need not be tried.
    fn split(&mut self, at: usize, body: &Hir, next: u16) -> Option<()> {
        let mut first = [0; 32];
        let op = if begins(body, &mut first) {
            Op::Fork(self.set(first)?, next)
        } else {
            Op::Split(u16::try_from(at + 1).ok()?, next)
        };
        self.put(at, op);
        Some(())
    }
}

/// Adds the bytes with which a match of the pattern may begin; `false` if one may be empty.
fn begins(hir: &Hir, set: &mut Set) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => literal.0.first().is_some_and(|&byte| {
            insert(set, byte);
            true
        }),
        HirKind::Class(class) => match set_of(class) {
            Some(class) => {
                for (all, some) in set.iter_mut().zip(class) {
                    *all |= some;
                }
                true
            }
            None => false,
        },
        HirKind::Repetition(repetition) => begins(&repetition.sub, set) && repetition.min > 0,
        HirKind::Capture(capture) => begins(&capture.sub, set),
        HirKind::Concat(parts) => parts.iter().any(|part| begins(part, set)),
        HirKind::Alternation(parts) => {
            // Each adds its bytes, whatever the others do.
            parts.iter().filter(|part| begins(part, set)).count() == parts.len()
        }
    }
}

/// The set that a pattern of exactly one byte accepts.
fn single(hir: &Hir) -> Option<Set> {
    match hir.kind() {
        HirKind::Literal(literal) => match literal.0.as_ref() {
            [byte] => {
                let mut set = [0; 32];
                insert(&mut set, *byte);
                Some(set)
            }
            _ => None,
        },
        HirKind::Class(class) => set_of(class),
        HirKind::Empty
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => None,
    }
}

fn set_of(class: &Class) -> Option<Set> {
    let Class::Bytes(class) = class else {
        return None;
    };
    let mut set = [0; 32];
    for range in class.ranges() {
        for byte in range.start()..=range.end() {
            insert(&mut set, byte);
        }
    }
    Some(set)
}

fn insert(set: &mut Set, byte: u8) {
    if let Some(bits) = set.get_mut(usize::from(byte >> 3)) {
        *bits |= 1 << (byte & 7);
    }
}

fn look_of(look: HirLook) -> Option<Look> {
    match look {
        HirLook::Start => Some(Look::TextStart),
        HirLook::End => Some(Look::TextEnd),
        HirLook::StartLF => Some(Look::LineStart),
        HirLook::EndLF => Some(Look::LineEnd),
        HirLook::WordAscii => Some(Look::Word),
        HirLook::WordAsciiNegate => Some(Look::NotWord),
        HirLook::WordStartAscii => Some(Look::WordStart),
        HirLook::WordEndAscii => Some(Look::WordEnd),
        HirLook::StartCRLF
        | HirLook::EndCRLF
        | HirLook::WordUnicode
        | HirLook::WordUnicodeNegate
        | HirLook::WordStartUnicode
        | HirLook::WordEndUnicode
        | HirLook::WordStartHalfAscii
        | HirLook::WordEndHalfAscii
        | HirLook::WordStartHalfUnicode
        | HirLook::WordEndHalfUnicode => None,
    }
}

//! A pattern as a small program that needs no compiling at run time. Compiling one regular expression with counted
//! repetitions costs more than a whole clean commit may, and a commit meets many near misses; so `build.rs` turns each
//! built-in pattern into static instructions for a backtracking machine whose counted repetitions of a class are loops.
//! The machine gives up after a bounded number of steps, and then the regular expression decides: both prefer the same
//! match (leftmost alternative first, greedy as written), which `tests/rules.rs` checks pattern by pattern.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use look::LOOKS;
pub use look::Look;
pub use machine::Machine;
use machine::Retry;

#[path = "program/look.rs"]
mod look;
#[path = "program/machine.rs"]
mod machine;

/// Bytes of one instruction in a program's code.
const OP: usize = 8;
/// Bytes of one set: a bit for each byte value, the lowest first.
const SET: usize = 32;

/// Indices of instructions from here on are the lead's.
const IN_LEAD: u16 = 0x8000;

/// A set of bytes.
pub type Set = [u8; SET];

/// One instruction. Targets are indices of instructions; matching falls through to the next one otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    Byte(u8),
    /// A byte of the set with this index.
    Set(u16),
    /// Bytes of a set, as many as the counts allow; all of them first if greedy, as few as possible else.
    Repeat {
        set: u16,
        min: u16,
        max: u16,
        greedy: bool,
    },
    /// The first target is tried before the second.
    Split(u16, u16),
    /// What follows is tried before the target, if the next byte is in the set; the target alone otherwise.
    Fork(u16, u16),
    /// The next byte is of the set; it is not consumed.
    Peek(u16),
    Jump(u16),
    /// The value begins or ends here.
    Start,
    End,
    Look(Look),
    Match,
    /// Into the lead, and back.
    Lead,
    Return,
}

impl Op {
    /// The instruction as code: a tag, a flag, and up to three numbers of 16 bits.
    #[must_use]
    pub fn encode(self) -> [u8; OP] {
        let (tag, flag, numbers): (u8, u8, [u16; 3]) = match self {
            Self::Byte(byte) => (0, byte, [0; 3]),
            Self::Set(set) => (1, 0, [set, 0, 0]),
            Self::Repeat {
                set,
                min,
                max,
                greedy,
            } => (2, u8::from(greedy), [set, min, max]),
            Self::Split(first, second) => (3, 0, [first, second, 0]),
            Self::Jump(to) => (4, 0, [to, 0, 0]),
            Self::Start => (5, 0, [0; 3]),
            Self::End => (6, 0, [0; 3]),
            Self::Look(look) => (7, look as u8, [0; 3]),
            Self::Match => (8, 0, [0; 3]),
            Self::Lead => (9, 0, [0; 3]),
            Self::Return => (10, 0, [0; 3]),
            Self::Fork(set, next) => (11, 0, [set, next, 0]),
            Self::Peek(set) => (12, 0, [set, 0, 0]),
        };
        let [[a, b], [c, d], [e, f]] = numbers.map(u16::to_le_bytes);
        [tag, flag, a, b, c, d, e, f]
    }

    fn decode(code: [u8; OP]) -> Option<Self> {
        let [tag, flag, a, b, c, d, e, f] = code;
        let (x, y, z) = (
            u16::from_le_bytes([a, b]),
            u16::from_le_bytes([c, d]),
            u16::from_le_bytes([e, f]),
        );
        Some(match tag {
            0 => Self::Byte(flag),
            1 => Self::Set(x),
            2 => Self::Repeat {
                set: x,
                min: y,
                max: z,
                greedy: flag == 1,
            },
            3 => Self::Split(x, y),
            4 => Self::Jump(x),
            5 => Self::Start,
            6 => Self::End,
            7 => Self::Look(*LOOKS.get(usize::from(flag))?),
            8 => Self::Match,
            9 => Self::Lead,
            10 => Self::Return,
            11 => Self::Fork(x, y),
            12 => Self::Peek(x),
            _ => return None,
        })
    }
}

/// A compiled pattern: numbers of instructions, and the sets they name. Built-in programs share instructions and sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Two bytes a number, the lower first.
    pub code: Cow<'static, [u8]>,
    /// The instructions.
    pub ops: Cow<'static, [u8]>,
    pub sets: Cow<'static, [u8]>,
    /// What leads from a name to its value, shared by all rules with names; empty in others.
    pub lead: Cow<'static, [u8]>,
    /// The instruction to which the lead returns.
    pub after_lead: u16,
}

/// Instructions, each once: many programs are made of the same ones.
#[derive(Debug, Default)]
pub struct Ops {
    numbers: BTreeMap<[u8; OP], u16>,
    code: Vec<u8>,
}

impl Ops {
    /// Encoded instructions as numbers of them; `None` where there are too many.
    pub fn number(&mut self, code: &[u8]) -> Option<Vec<u8>> {
        let mut numbers = Vec::new();
        for op in code.as_chunks::<OP>().0 {
            let next = u16::try_from(self.numbers.len()).ok()?;
            let number = *self.numbers.entry(*op).or_insert_with(|| {
                self.code.extend_from_slice(op);
                next
            });
            numbers.extend(number.to_le_bytes());
        }
        Some(numbers)
    }

    #[must_use]
    pub fn into_code(self) -> Vec<u8> {
        self.code
    }
}

/// What running a program at one place gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The group `secret`, and the end of the whole match.
    Match {
        value: Range<usize>,
        end: usize,
    },
    None,
    /// Too many steps: ask the regular expression.
    Undecided,
}

/// Steps after which a program gives up. Each is a few nanoseconds.
const STEPS: u32 = 20_000;

/// Whether a set holds a byte.
#[must_use]
pub fn holds(set: &Set, byte: u8) -> bool {
    set.get(usize::from(byte >> 3))
        .is_some_and(|bits| bits >> (byte & 7) & 1 == 1)
}

impl Program {
    /// Runs the program with the match starting exactly at `start`; assertions see all of `bytes`.
    #[must_use]
    pub fn run(&self, bytes: &[u8], start: usize) -> Outcome {
        let mut machine = Machine::default();
        machine.begin(start);
        self.run_in(&mut machine, bytes, start)
    }

    /// The same as part of an attempt that `machine` began.
    #[must_use]
    pub fn run_in(&self, machine: &mut Machine, bytes: &[u8], start: usize) -> Outcome {
        self.run_from(0, machine, bytes, start)
    }

    /// Runs what follows the lead, at a place where that may end.
    #[must_use]
    pub fn run_after_lead(&self, machine: &mut Machine, bytes: &[u8], start: usize) -> Outcome {
        self.run_from(self.after_lead, machine, bytes, start)
    }

    fn run_from(&self, op: u16, machine: &mut Machine, bytes: &[u8], start: usize) -> Outcome {
        machine.retries.clear();
        let (mut op, mut at, mut value) = (op, start, (start, start));
        let mut steps = STEPS;
        loop {
            steps -= 1;
            if steps == 0 {
                // What was begun is not known to fail.
                machine.forget();
                return Outcome::Undecided;
            }
            let next = match self.op(op) {
                Some(Op::Byte(want)) => (bytes.get(at) == Some(&want)).then(|| (op + 1, at + 1)),
                Some(Op::Set(set)) => bytes
                    .get(at)
                    .is_some_and(|&b| self.holds(set, b))
                    .then(|| (op + 1, at + 1)),
                Some(Op::Repeat {
                    set,
                    min,
                    max,
                    greedy,
                }) => {
                    let (least, most) = (
                        at + usize::from(min),
                        self.span(set, bytes, at, usize::from(max)),
                    );
                    steps = steps.saturating_sub(((most - at) / 16) as u32).max(1);
                    if most < least {
                        None
                    } else {
                        let (first, rest) = if greedy {
                            (most, least..most)
                        } else {
                            (least, least + 1..most + 1)
                        };
                        if !rest.is_empty() {
                            machine.retries.push(Retry {
                                op: op + 1,
                                at: first,
                                rest,
                                greedy,
                                value,
                            });
                        }
                        Some((op + 1, first))
                    }
                }
                Some(Op::Split(first, second)) => {
                    let (first, second) = (first | (op & IN_LEAD), second | (op & IN_LEAD));
                    machine.choice(second, at, value);
                    Some((first, at))
                }
                Some(Op::Fork(set, second)) => {
                    let second = second | (op & IN_LEAD);
                    if bytes.get(at).is_some_and(|&b| self.holds(set, b)) {
                        machine.choice(second, at, value);
                        Some((op + 1, at))
                    } else {
                        Some((second, at))
                    }
                }
                Some(Op::Peek(set)) => bytes
                    .get(at)
                    .is_some_and(|&b| self.holds(set, b))
                    .then_some((op + 1, at)),
                Some(Op::Jump(to)) => Some((to | (op & IN_LEAD), at)),
                Some(Op::Start) => {
                    value.0 = at;
                    Some((op + 1, at))
                }
                Some(Op::End) => {
                    value.1 = at;
                    Some((op + 1, at))
                }
                Some(Op::Look(look)) => look.holds(bytes, at).then_some((op + 1, at)),
                Some(Op::Lead) => Some((IN_LEAD, at)),
                Some(Op::Return) => Some((self.after_lead, at)),
                Some(Op::Match) => {
                    machine.forget();
                    return Outcome::Match {
                        value: value.0..value.1,
                        end: at,
                    };
                }
                None => None,
            };
            match next {
                Some(next) => (op, at) = next,
                None => match self.retry(machine, bytes) {
                    Some(next) => (op, at, value) = next,
                    None => return Outcome::None,
                },
            }
        }
    }

    /// Takes the next thing to try from the last point of choice.
    fn retry(&self, machine: &mut Machine, bytes: &[u8]) -> Option<(u16, usize, (usize, usize))> {
        loop {
            let last = machine.retries.last_mut()?;
            let (op, value) = (last.op, last.value);
            let at = if last.rest.is_empty() {
                last.at
            } else if last.greedy {
                last.rest.end -= 1;
                last.rest.end
            } else {
                last.rest.start += 1;
                last.rest.start - 1
            };
            if last.rest.is_empty() {
                machine.retries.pop();
            }
            let may_go_on = |set| bytes.get(at).is_some_and(|&byte| self.holds(set, byte));
            let ends_here = match self.op(op) {
                Some(Op::Byte(byte)) => bytes.get(at) != Some(&byte),
                Some(Op::Set(set) | Op::Peek(set)) => !may_go_on(set),
                _ => false,
            };
            if !ends_here && !machine.tried(op, at) {
                return Some((op, at, value));
            }
        }
    }

    /// Jumps of the lead's code are relative to it.
    fn op(&self, index: u16) -> Option<Op> {
        let code = if index >= IN_LEAD {
            &self.lead
        } else {
            &self.code
        };
        let (numbers, _) = code.as_chunks::<2>();
        let number = u16::from_le_bytes(*numbers.get(usize::from(index % IN_LEAD))?);
        let (ops, _) = self.ops.as_chunks::<OP>();
        Op::decode(*ops.get(usize::from(number))?)
    }

    fn set(&self, index: u16) -> Option<&Set> {
        let at = usize::from(index) * SET;
        self.sets.get(at..at + SET)?.try_into().ok()
    }

    fn holds(&self, set: u16, byte: u8) -> bool {
        self.set(set).is_some_and(|set| holds(set, byte))
    }

    /// End of the run of bytes of a set from `at`, at most `max` of them.
    fn span(&self, set: u16, bytes: &[u8], at: usize, max: usize) -> usize {
        let end = at.saturating_add(max).min(bytes.len());
        let Some(set) = self.set(set) else { return at };
        let run = bytes.get(at..end).unwrap_or_default();
        at + run
            .iter()
            .position(|&b| !holds(set, b))
            .unwrap_or(run.len())
    }
}

#[cfg(test)]
#[path = "program/tests.rs"]
mod tests;

//! Keys of a terminal, one at a time and unseen; lines as they are typed.

use std::io::{IsTerminal, Read as _};

use anyhow::{Context, Result};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// A key that was pressed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    /// The end of the input, or what interrupts a program.
    End,
    Other,
}

/// Standard input, where it and standard output are a terminal.
pub(super) struct Terminal {
    usual: Termios,
}

impl Terminal {
    pub(super) fn open() -> Option<Self> {
        let stdin = std::io::stdin();
        if !stdin.is_terminal() || !std::io::stdout().is_terminal() {
            return None;
        }
        tcgetattr(&stdin).ok().map(|usual| Self { usual })
    }

    /// Waits for a key. The terminal is as it was afterwards, whatever happens.
    pub(super) fn key(&mut self) -> Result<Key> {
        let raw = Raw::enter(&self.usual)?;
        let mut byte = [0];
        let read = std::io::stdin().lock().read(&mut byte);
        let key = match (read.context("the terminal cannot be read")?, byte) {
            // ^C and ^D.
            (0, _) | (_, [3 | 4]) => Key::End,
            (_, [b]) if b.is_ascii_graphic() => Key::Char(char::from(b.to_ascii_lowercase())),
            _ => Key::Other,
        };
        drop(raw);
        Ok(key)
    }

    /// A line as it is typed, with what the terminal lets one correct.
    pub(super) fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        std::io::stdin()
            .read_line(&mut line)
            .context("the terminal cannot be read")?;
        Ok(line)
    }
}

/// A terminal that hands over each key; its settings come back when this is dropped.
struct Raw<'t> {
    usual: &'t Termios,
}

impl<'t> Raw<'t> {
    fn enter(usual: &'t Termios) -> Result<Self> {
        let mut raw = usual.clone();
        raw.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        tcsetattr(std::io::stdin(), OptionalActions::Now, &raw)
            .context("the terminal cannot be set to hand over keys")?;
        Ok(Self { usual })
    }
}

impl Drop for Raw<'_> {
    fn drop(&mut self) {
        // Where even that fails there is nobody to tell.
        let restored = tcsetattr(std::io::stdin(), OptionalActions::Now, self.usual);
        debug_assert!(restored.is_ok() || !std::io::stdin().is_terminal());
    }
}

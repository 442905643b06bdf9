//! Variables by which people switch off what runs their hooks, and where husky looks for more of them.

use std::path::PathBuf;

/// What is switched off in this environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Switches {
    /// Ids that the pre-commit framework, or prek, is to skip.
    pub skip: Vec<String>,
    /// `HUSKY=0`.
    pub husky_off: bool,
    /// `LEFTHOOK=0`, `LEFTHOOK=false`.
    pub lefthook_off: bool,
    /// The file that husky reads before each hook.
    pub husky_file: Option<PathBuf>,
}

impl Switches {
    /// Reads this process's environment.
    #[must_use]
    pub fn read() -> Self {
        let mut found = Self::default();
        let (mut home, mut config) = (None, None);
        for (name, value) in super::vars() {
            let text = value.to_string_lossy();
            match name.to_str() {
                Some("SKIP" | "PREK_SKIP") => {
                    found
                        .skip
                        .extend(text.split(',').map(|id| id.trim().into()));
                }
                Some("HUSKY") => found.husky_off = text == "0",
                Some("LEFTHOOK") => found.lefthook_off = text == "0" || text == "false",
                Some("HOME") => home = Some(PathBuf::from(value).join(".config")),
                Some("XDG_CONFIG_HOME") if !value.is_empty() => config = Some(PathBuf::from(value)),
                _ => {}
            }
        }
        found.husky_file = config.or(home).map(|dir| dir.join("husky/init.sh"));
        found
    }
}

//! Variables by which people switch off what runs their hooks, and where husky looks for more of them.

use std::ffi::OsString;
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
        Self::from_vars(super::vars())
    }

    /// From any list of variables.
    #[must_use]
    pub fn from_vars(vars: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut found = Self::default();
        let (mut home, mut config) = (None, None);
        for (name, value) in vars {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn switches(vars: &[(&str, &str)]) -> Switches {
        Switches::from_vars(vars.iter().map(|(n, v)| ((*n).into(), (*v).into())))
    }

    #[test]
    fn each_switch_is_off_by_its_own_words() {
        assert_eq!(switches(&[]), Switches::default());
        assert!(switches(&[("HUSKY", "0")]).husky_off);
        assert!(!switches(&[("HUSKY", "1")]).husky_off);
        for (value, off) in [("0", true), ("false", true), ("1", false), ("", false)] {
            assert_eq!(
                switches(&[("LEFTHOOK", value)]).lefthook_off,
                off,
                "{value}"
            );
        }
        let skipped = switches(&[("SKIP", "a, b"), ("PREK_SKIP", "c")]);
        assert_eq!(skipped.skip, ["a", "b", "c"]);
    }

    #[test]
    fn husky_reads_a_file_below_the_configuration_or_home() {
        let file = |vars: &[(&str, &str)]| switches(vars).husky_file;
        let home = ("HOME", "/h");
        assert_eq!(file(&[home]), Some("/h/.config/husky/init.sh".into()));
        assert_eq!(
            file(&[("XDG_CONFIG_HOME", "/c"), home]),
            Some("/c/husky/init.sh".into())
        );
        assert_eq!(
            file(&[("XDG_CONFIG_HOME", ""), home]),
            Some("/h/.config/husky/init.sh".into())
        );
    }

    #[test]
    fn this_process_has_a_home() {
        assert_eq!(
            Switches::read().husky_file.is_some(),
            std::env::home_dir().is_some()
        );
    }
}

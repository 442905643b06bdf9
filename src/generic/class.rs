//! What kind of file an extension names.

/// Kind of file, as far as it changes how literals are written in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileClass {
    /// Source code: a value without quotes is an expression.
    Code,
    /// Shell and build scripts: bare words are literals.
    Shell,
    /// Settings as names and values: ini, properties, env, yaml, toml.
    Config,
    Json,
    /// XML, HTML and templates of them.
    Markup,
    /// Prose with examples in it.
    Docs,
    Sql,
    /// Translations, lock files, minified and generated bundles, certificates.
    Data,
    Unknown,
}

impl FileClass {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Shell => "shell",
            Self::Config => "config",
            Self::Json => "json",
            Self::Markup => "markup",
            Self::Docs => "docs",
            Self::Sql => "sql",
            Self::Data => "data",
            Self::Unknown => "unknown",
        }
    }
}

const BY_EXTENSION: &[(FileClass, &[&[u8]])] = &[
    (
        FileClass::Code,
        &[
            b"py", b"js", b"ts", b"go", b"java", b"rb", b"php", b"cs", b"c", b"h", b"cc", b"cpp",
            b"cxx", b"hpp", b"hh", b"kt", b"kts", b"scala", b"swift", b"m", b"mm", b"rs", b"jsx",
            b"tsx", b"mjs", b"cjs", b"vue", b"ex", b"exs", b"erl", b"hs", b"clj", b"cljs", b"pl",
            b"pm", b"lua", b"dart", b"groovy", b"gradle", b"sbt", b"vb", b"fs", b"r", b"jl",
            b"coffee", b"pyx", b"ipynb", b"ml", b"elm", b"nim", b"zig", b"svelte", b"sol",
            b"proto", b"graphql", b"rrc", b"tl", b"moo", b"bundle", b"cshtml", b"razor", b"jsp",
            b"twig", b"d", b"cr",
        ],
    ),
    (
        FileClass::Shell,
        &[
            b"sh",
            b"bash",
            b"zsh",
            b"fish",
            b"ps1",
            b"psm1",
            b"bat",
            b"cmd",
            b"dockerfile",
            b"containerfile",
            b"makefile",
            b"mk",
            b"ksh",
            b"awk",
            b"jenkinsfile",
            b"vagrantfile",
        ],
    ),
    (
        FileClass::Config,
        &[
            b"yml",
            b"yaml",
            b"toml",
            b"ini",
            b"cfg",
            b"conf",
            b"config",
            b"properties",
            b"env",
            b"tf",
            b"tfvars",
            b"hcl",
            b"rsp",
            b"cnf",
            b"envrc",
            b"example",
            b"sample",
            b"template",
            b"dist",
            b"j2",
            b"tpl",
            b"tmpl",
            b"nix",
            b"netrc",
            b"npmrc",
            b"pypirc",
            b"gni",
            b"edn",
            b"default",
            b"local",
            b"prod",
            b"dev",
            b"test",
            b"htpasswd",
            b"pgpass",
            b"inc",
            b"settings",
            b"options",
            b"development",
            b"production",
            b"service",
            b"hocon",
            b"bicep",
            b"ovpn",
            b"rdp",
            b"reg",
        ],
    ),
    (
        FileClass::Json,
        &[
            b"json",
            b"json5",
            b"jsonc",
            b"jsonl",
            b"tfstate",
            b"har",
            b"webmanifest",
            b"avsc",
        ],
    ),
    (
        FileClass::Markup,
        &[
            b"xml",
            b"html",
            b"htm",
            b"xhtml",
            b"xaml",
            b"csproj",
            b"plist",
            b"svg",
            b"xsd",
            b"wsdl",
            b"jmx",
            b"pom",
            b"erb",
            b"haml",
            b"ejs",
            b"hbs",
            b"mustache",
            b"xib",
            b"storyboard",
            b"odd",
            b"ftl",
            b"vm",
            b"drawio",
            b"iml",
            b"props",
            b"targets",
        ],
    ),
    (
        FileClass::Docs,
        &[
            b"md",
            b"rst",
            b"txt",
            b"adoc",
            b"asciidoc",
            b"markdown",
            b"mdx",
            b"tex",
            b"org",
            b"textile",
            b"log",
            b"readme",
            b"changelog",
            b"rdoc",
            b"pod",
            b"eml",
            b"golden",
        ],
    ),
    (
        FileClass::Sql,
        &[b"sql", b"psql", b"ddl", b"pls", b"plsql", b"dump", b"cql"],
    ),
    (
        FileClass::Data,
        &[
            b"lock", b"strings", b"resx", b"po", b"pot", b"crt", b"pem", b"cer", b"csv", b"tsv",
            b"sum", b"map", b"arb", b"xliff", b"xlf", b"key", b"pub", b"der", b"snap",
        ],
    ),
];

/// The kind of the files with an extension in any case.
pub(super) fn of_extension(extension: &[u8]) -> FileClass {
    let mut lower = [0; 16];
    for (to, from) in lower.iter_mut().zip(extension) {
        *to = from.to_ascii_lowercase();
    }
    let key = u128::from_be_bytes(lower);
    let place = SORTED.binary_search_by_key(&key, |&(key, _)| key);
    let found = place.ok().and_then(|place| SORTED.get(place));
    found.map_or(FileClass::Unknown, |&(_, class)| class)
}

/// `BY_EXTENSION` as numbers in ascending order: a scan asks for each keyword that it meets.
static SORTED: [(u128, FileClass); N_EXTENSIONS] = sorted();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const N_EXTENSIONS: usize = {
    let (mut n, mut class) = (0, 0);
    while class < BY_EXTENSION.len() {
        n += BY_EXTENSION[class].1.len();
        class += 1;
    }
    n
};

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn sorted() -> [(u128, FileClass); N_EXTENSIONS] {
    let mut all = [(0, FileClass::Unknown); N_EXTENSIONS];
    let (mut n, mut class) = (0, 0);
    while class < BY_EXTENSION.len() {
        let (name, list) = BY_EXTENSION[class];
        let mut i = 0;
        while i < list.len() {
            let mut key = [0; 16];
            let mut at = 0;
            while at < list[i].len() {
                key[at] = list[i][at];
                at += 1;
            }
            // Before those that are greater, which move up.
            let item = (u128::from_be_bytes(key), name);
            let mut to = n;
            while to > 0 && all[to - 1].0 > item.0 {
                all[to] = all[to - 1];
                to -= 1;
            }
            all[to] = item;
            n += 1;
            i += 1;
        }
        class += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_extension_is_found_under_its_first_class() {
        for (i, &(class, list)) in BY_EXTENSION.iter().enumerate() {
            for extension in list {
                let capitals = extension.to_ascii_uppercase();
                assert_eq!(
                    of_extension(&capitals),
                    class,
                    "{}",
                    extension.escape_ascii()
                );
                let others = BY_EXTENSION.iter().skip(i + 1);
                assert!(others.flat_map(|(_, list)| *list).all(|e| e != extension));
            }
        }
    }
}

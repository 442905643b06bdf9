//! What kind of file a path names, by its last extension or name.

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
            b"pm", b"lua", b"dart", b"groovy", b"vb", b"fs", b"r", b"jl", b"coffee", b"pyx",
            b"ipynb", b"ml", b"elm", b"nim", b"zig", b"svelte", b"sol", b"proto", b"graphql",
            b"rrc", b"tl", b"moo", b"bundle", b"cshtml", b"razor", b"jsp", b"twig", b"d", b"cr",
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
            b"gradle",
            b"sbt",
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

/// The extension of a path: what follows the last dot of its name, or the whole name without one; at most 16 bytes.
#[must_use]
pub(super) fn extension(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|&b| b == b'/').next().unwrap_or_default();
    let extension = name.rsplit(|&b| b == b'.').next().unwrap_or_default();
    if extension.len() > 16 { &[] } else { extension }
}

#[must_use]
pub(super) fn of_path(path: &[u8]) -> FileClass {
    let extension = extension(path);
    if extension.is_empty() {
        return FileClass::Unknown;
    }
    BY_EXTENSION
        .iter()
        .find(|(_, list)| list.iter().any(|e| e.eq_ignore_ascii_case(extension)))
        .map_or(FileClass::Unknown, |&(class, _)| class)
}

/// Languages in which `x!` is an expression.
pub(super) fn shouts(path: &[u8]) -> bool {
    [
        b"ts".as_slice(),
        b"tsx",
        b"swift",
        b"kt",
        b"cs",
        b"vue",
        b"dart",
    ]
    .iter()
    .any(|e| e.eq_ignore_ascii_case(extension(path)))
}

//! Which names announce which file. Three sorted tables, looked up by the whole name, by its extension and by its
//! beginning, so that an ordinary path costs a few comparisons.

use super::{Read, daemon, developer, login, program, server, single};

/// A kind of file.
#[derive(Debug)]
pub(super) struct File {
    /// In lower case: a whole name, an extension, or the beginning of a name.
    pub(super) name: &'static str,
    /// Names of the folder one of which the file must be in; empty for any.
    pub(super) within: &'static [&'static str],
    pub(super) rule: &'static str,
    /// Evidence for a person.
    pub(super) words: &'static str,
    pub(super) read: Read,
}

pub(super) const fn file(
    name: &'static str,
    within: &'static [&'static str],
    rule: &'static str,
    words: &'static str,
    read: Read,
) -> File {
    File {
        name,
        within,
        rule,
        words,
        read,
    }
}

const NETRC: (&str, &str) = ("netrc-password", "a password in a netrc file");
const PGPASS: (&str, &str) = (
    "pgpass-password",
    "a password in PostgreSQL's password file",
);
const GIT: (&str, &str) = ("git-credentials", "a credential stored by git");
const HTPASSWD: (&str, &str) = ("htpasswd-hash", "a hash in a web server's password file");
const SHADOW: (&str, &str) = ("shadow-hash", "a hash in a system's password file");
const NPMRC: (&str, &str) = (
    "npmrc-auth",
    "a credential in a package manager's configuration",
);
const DOCKER: (&str, &str) = (
    "docker-config-auth",
    "a credential in Docker's configuration",
);
const MYSQL: (&str, &str) = (
    "mysql-config-password",
    "a password in MySQL's configuration",
);
const CLOUD: (&str, &str) = (
    "cloud-client-secret",
    "a secret in a storage client's configuration",
);
const RAILS_KEY: (&str, &str) = (
    "rails-master-key",
    "the key of Rails' encrypted credentials",
);
const TERRAFORM: (&str, &str) = (
    "terraform-credentials",
    "a token in Terraform's configuration",
);
const TFVARS: (&str, &str) = (
    "terraform-variable",
    "a secret in a file of Terraform variables",
);
const TFSTATE: (&str, &str) = (
    "terraform-state-secret",
    "a secret attribute in Terraform's state",
);
const FORGE: (&str, &str) = (
    "github-cli-token",
    "a token stored by a forge's command line",
);
const WEB_CONFIG: (&str, &str) = ("web-config-secret", "a secret in a .NET configuration");
const KUBE: (&str, &str) = ("kubeconfig-credential", "a credential in a kubeconfig");
const DATABASE: (&str, &str) = (
    "database-client-password",
    "a password in a database configuration",
);
const FTP: (&str, &str) = (
    "ftp-client-password",
    "a password stored by a file transfer client",
);
const PROGRAM: (&str, &str) = (
    "program-config-password",
    "a password in a program's configuration",
);
const BUILD: (&str, &str) = (
    "build-properties-password",
    "a password in a build's properties",
);
const DOTENV: (&str, &str) = ("dotenv-secret", "a secret in an environment file");
const CLUSTER: (&str, &str) = (
    "cluster-key-file",
    "the key that members of a cluster share",
);
const JENKINS: (&str, &str) = ("jenkins-credentials", "the key of Jenkins' credentials");
const ANSIBLE: (&str, &str) = ("ansible-vault-password", "the password of Ansible's vaults");
const CACHE: (&str, &str) = (
    "azure-token-cache",
    "tokens that Azure's command line keeps",
);
const FIREFOX: (&str, &str) = ("firefox-logins", "logins stored by Firefox");

/// One row from the words of a group.
macro_rules! row {
    ($name:literal, $group:expr, $read:path) => {
        file($name, &[], $group.0, $group.1, $read)
    };
    ($name:literal in $within:expr, $group:expr, $read:path) => {
        file($name, $within, $group.0, $group.1, $read)
    };
}

#[rustfmt::skip]
static NAMES: &[File] = &[
    row!(".boto", CLOUD, program::cloud),
    row!(".credentials", BUILD, program::properties),
    row!(".dbeaver-data-sources.xml", DATABASE, program::xml_password_attributes),
    row!(".dockercfg", DOCKER, developer::docker),
    row!(".dockerconfigjson", DOCKER, developer::docker),
    row!(".env", DOTENV, server::dotenv),
    row!(".erlang.cookie", CLUSTER, server::whole_token),
    row!(".esmtprc", PROGRAM, program::properties),
    row!(".fetchmailrc", PROGRAM, login::netrc),
    row!(".ftpconfig", FTP, program::json_passwords),
    row!(".ftppass", FTP, program::json_passwords),
    row!(".git-credentials", GIT, login::urls),
    row!(".hgrc", PROGRAM, program::properties),
    row!(".htdigest", HTPASSWD, daemon::digests),
    row!(".msmtprc", PROGRAM, login::netrc),
    row!(".my.cnf", MYSQL, program::properties),
    row!(".netrc", NETRC, login::netrc),
    row!(".npmrc", NPMRC, developer::npmrc),
    row!(".pgpass", PGPASS, login::pgpass),
    file(".pypirc", &[], "pypirc-password", "a password in a .pypirc file", program::properties),
    row!(".remote-sync.json", FTP, program::json_passwords),
    row!(".s3cfg", CLOUD, program::cloud),
    row!(".smbcredentials", PROGRAM, program::properties),
    row!(".terraformrc", TERRAFORM, program::properties),
    row!(".tugboat", PROGRAM, program::properties),
    file(".vault-token", &[], "vault-token-file", "a token stored by Vault's command line", server::whole_token),
    row!(".vault_pass", ANSIBLE, server::whole_token),
    row!(".vault_pass.txt", ANSIBLE, server::whole_token),
    row!(".vault_password", ANSIBLE, server::whole_token),
    row!(".wakatime.cfg", PROGRAM, program::properties),
    row!(".wgetrc", PROGRAM, program::properties),
    row!(".yarnrc", NPMRC, developer::npmrc),
    row!(".yarnrc.yml", NPMRC, developer::npmrc),
    row!("_netrc", NETRC, login::netrc),
    row!("accesstokens.json", CACHE, server::token_cache),
    row!("accounts.xml", PROGRAM, program::xml_passwords),
    row!("admin.conf" in &["kubernetes"], KUBE, server::kubeconfig),
    row!("app.config", WEB_CONFIG, server::dot_net),
    file("auth.json", &[], "composer-auth", "a credential in Composer's auth.json", developer::composer),
    row!("auth.json", DOCKER, developer::docker),
    row!("auth.toml" in &["pypoetry", "poetry"], PROGRAM, program::properties),
    row!("autounattend.xml", PROGRAM, program::unattend),
    row!("boto.cfg", CLOUD, program::cloud),
    row!("chap-secrets", PROGRAM, daemon::ppp),
    file("config" , &[".kube"], KUBE.0, KUBE.1, server::kubeconfig),
    row!("config" in &[".irssi", "irssi"], PROGRAM, program::properties),
    row!("config" in &[".bundle"], ("gem-credentials", "a credential in Bundler's settings"), daemon::bundler),
    row!("config.json" in &[".docker", "docker"], DOCKER, developer::docker),
    file("config.xml", &[], "jenkins-credentials", "a credential in Jenkins' configuration", server::jenkins_config),
    row!("config.yml" in &["glab-cli"], FORGE, program::properties),
    file("credentials", &[".cargo", "cargo"], "cargo-credentials", "a token stored by Cargo", program::properties),
    file("credentials", &[".gem", "gem"], "gem-credentials", "an API key stored by RubyGems", developer::gem),
    row!("credentials" in &["git"], GIT, login::urls),
    row!("credentials.tfrc.json", TERRAFORM, program::json_passwords),
    file("credentials.toml", &[".cargo", "cargo"], "cargo-credentials", "a token stored by Cargo", program::properties),
    file("credentials.xml", &[], "jenkins-credentials", "a credential of Jenkins", server::jenkins),
    row!("database.yml", DATABASE, program::properties),
    row!("dbeaver-data-sources.xml", DATABASE, program::xml_password_attributes),
    row!("deployment-config.json", FTP, program::json_passwords),
    row!("dockercfg", DOCKER, developer::docker),
    row!("encrypted_data_bag_secret", CLUSTER, daemon::key_text),
    row!("esmtprc", PROGRAM, program::properties),
    row!("filezilla.xml", FTP, program::xml_passwords),
    row!("ftp-config.json", FTP, program::json_passwords),
    row!("ftpd.passwd", SHADOW, login::shadow),
    row!("git-credentials", GIT, login::urls),
    row!("gradle.properties", BUILD, program::properties),
    row!("gshadow", SHADOW, login::shadow),
    row!("hosts.yaml" in &["gh"], FORGE, program::properties),
    row!("hosts.yml" in &["gh"], FORGE, program::properties),
    row!("hub", FORGE, program::properties),
    row!("hudson.util.secret" in &["secrets"], JENKINS, server::whole_file),
    row!("initialadminpassword", JENKINS, server::whole_token),
    row!("ipsec.secrets", PROGRAM, daemon::ipsec),
    row!("irc.conf", PROGRAM, program::properties),
    row!("key.properties", BUILD, program::properties),
    row!("key3.db", FIREFOX, server::whole_file),
    row!("key4.db", FIREFOX, server::whole_file),
    row!("keystore.properties", BUILD, program::properties),
    row!("kubeconfig", KUBE, server::kubeconfig),
    row!("kubeconfig.yaml", KUBE, server::kubeconfig),
    row!("kubeconfig.yml", KUBE, server::kubeconfig),
    row!("ldap.secret", PROGRAM, server::whole_token),
    row!("local.xml", PROGRAM, program::xml_passwords),
    row!("logins.json", FIREFOX, program::firefox),
    file("master.key", &[], RAILS_KEY.0, RAILS_KEY.1, server::rails_key),
    row!("master.key" in &["secrets"], JENKINS, server::jenkins_key),
    row!("master.passwd", SHADOW, login::shadow),
    row!("mongo-keyfile", CLUSTER, daemon::key_text),
    row!("mongod.key", CLUSTER, daemon::key_text),
    row!("mongodb-keyfile", CLUSTER, daemon::key_text),
    row!("mongodb.key", CLUSTER, daemon::key_text),
    row!("mongoid.yml", DATABASE, login::urls),
    row!("mosquitto_passwd", HTPASSWD, login::htpasswd),
    row!("msal_token_cache.json", CACHE, server::token_cache),
    row!("msmtprc", PROGRAM, login::netrc),
    row!("my.cnf", MYSQL, program::properties),
    row!("my.ini", MYSQL, program::properties),
    row!("netrc", NETRC, login::netrc),
    row!("npmrc", NPMRC, developer::npmrc),
    file("nuget.config", &[], "nuget-config-password", "a password in NuGet's configuration", developer::nuget),
    row!("pap-secrets", PROGRAM, daemon::ppp),
    row!("passwd", SHADOW, login::shadow),
    row!("passwd-", SHADOW, login::shadow),
    row!("pgpass", PGPASS, login::pgpass),
    row!("pgpass.conf", PGPASS, login::pgpass),
    row!("proftpd.passwd", SHADOW, login::shadow),
    row!("proftpdpasswd", SHADOW, login::shadow),
    file("pypirc", &[], "pypirc-password", "a password in a .pypirc file", program::properties),
    row!("rclone.conf", CLOUD, program::cloud),
    row!("recentservers.xml", FTP, program::xml_passwords),
    row!("redis.conf", DATABASE, daemon::redis),
    row!("robomongo.json", DATABASE, program::json_passwords),
    row!("s3cfg", CLOUD, program::cloud),
    row!("sasl_passwd", PROGRAM, daemon::relay),
    file("secret_token.rb", &[], "rails-secret-key-base", "the key that signs Rails' cookies", server::rails_secret),
    file("secrets.yml", &[], "rails-secret-key-base", "the key that signs Rails' cookies", server::rails_secret),
    row!("secrets.yml.key", RAILS_KEY, server::rails_key),
    row!("sentinel.conf", DATABASE, daemon::redis),
    file("settings-security.xml", &[], "maven-settings-password", "a password in Maven's settings", developer::maven),
    file("settings.xml", &[], "maven-settings-password", "a password in Maven's settings", developer::maven),
    row!("sftp-config.json", FTP, program::json_passwords),
    row!("sftp.json", FTP, program::json_passwords),
    row!("shadow", SHADOW, login::shadow),
    row!("shadow-", SHADOW, login::shadow),
    row!("sitemanager.xml", FTP, program::xml_passwords),
    row!("smbcredentials", PROGRAM, program::properties),
    row!("smbpasswd", SHADOW, daemon::digests),
    row!("terraform.rc", TERRAFORM, program::properties),
    row!("terraform.tfstate.backup", TFSTATE, server::tfstate),
    row!("terraform.tfvars.json", TFVARS, program::json_secrets),
    row!("unattend.xml", PROGRAM, program::unattend),
    row!("users.acl", DATABASE, daemon::redis),
    row!("vault_pass.txt", ANSIBLE, server::whole_token),
    row!("vault_password.txt", ANSIBLE, server::whole_token),
    row!("ventrilo_srv.ini", PROGRAM, program::properties),
    row!("web.config", WEB_CONFIG, server::dot_net),
    row!("webservers.xml", FTP, program::xml_password_attributes),
    row!("winscp.ini", FTP, program::properties),
    row!("wpa_supplicant.conf", PROGRAM, program::properties),
];

#[rustfmt::skip]
static EXTENSIONS: &[File] = &[
    row!("env", DOTENV, server::dotenv),
    row!("htpasswd", HTPASSWD, login::htpasswd),
    row!("key" in &["credentials"], RAILS_KEY, server::rails_key),
    row!("keyfile", CLUSTER, daemon::key_text),
    row!("kubeconfig", KUBE, server::kubeconfig),
    row!("nmconnection", PROGRAM, program::properties),
    row!("tfstate", TFSTATE, server::tfstate),
    row!("tfvars", TFVARS, program::properties),
];

#[rustfmt::skip]
static BEGINNINGS: &[File] = &[
    row!(".env.", DOTENV, server::dotenv),
    row!(".htpasswd", HTPASSWD, login::htpasswd),
    row!("htpasswd", HTPASSWD, login::htpasswd),
    file("utc--", &[], "ethereum-keystore", "an encrypted Ethereum account", program::ethereum),
    file("wp-config", &[], "wordpress-config-secret", "a secret in WordPress' configuration", server::wordpress),
];

/// Parts of names of files made to be copied and filled in.
const SAMPLES: &[&str] = &[
    "example", "sample", "template", "tmpl", "dist", "default", "defaults", "schema",
];

/// Hands each kind that the path's last two names announce to `each`.
pub(super) fn files(path: &[u8], mut each: impl FnMut(&'static File)) {
    let mut names = path.rsplit(|&b| b == b'/');
    let name = names.next().unwrap_or_default();
    // The longest known name is far shorter.
    if name.is_empty() || name.len() > 80 {
        return;
    }
    let folder = names.next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let mut parts = name.split(|b| b"._-".contains(b));
    if parts.any(|part| SAMPLES.iter().any(|sample| sample.as_bytes() == part)) {
        return;
    }
    let mut is_known = false;
    let mut offer = |file: &'static File| {
        let inside = file.within.is_empty()
            || file
                .within
                .iter()
                .any(|f| folder.eq_ignore_ascii_case(f.as_bytes()));
        if inside {
            is_known = true;
            each(file);
        }
    };
    named(NAMES, &name).iter().for_each(&mut offer);
    if let Some(dot) = memchr::memrchr(b'.', &name).filter(|at| *at > 0) {
        let extension = name.get(dot + 1..).unwrap_or_default();
        named(EXTENSIONS, extension).iter().for_each(&mut offer);
    }
    BEGINNINGS
        .iter()
        .filter(|file| name.starts_with(file.name.as_bytes()))
        .for_each(&mut offer);
    if !is_known && single::is_named(&name) {
        each(&single::FILE);
    }
}

fn named<'t>(table: &'t [File], name: &[u8]) -> &'t [File] {
    let start = table.partition_point(|file| file.name.as_bytes() < name);
    let rest = table.get(start..).unwrap_or_default();
    let n = rest.partition_point(|file| file.name.as_bytes() == name);
    rest.get(..n).unwrap_or_default()
}

/// Every rule that the tables report under.
#[cfg(test)]
pub(super) fn rules() -> impl Iterator<Item = &'static str> {
    NAMES
        .iter()
        .chain(EXTENSIONS)
        .chain(BEGINNINGS)
        .chain([&single::FILE])
        .map(|file| file.rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for table in [NAMES, EXTENSIONS, BEGINNINGS] {
            let names: Vec<&str> = table.iter().map(|file| file.name).collect();
            assert!(names.is_sorted(), "{names:?}");
        }
    }

    #[test]
    fn the_folder_decides_where_the_name_is_common() {
        let rules = |path: &str| {
            let mut out = Vec::new();
            files(path.as_bytes(), |file| out.push(file.rule));
            out
        };
        assert_eq!(rules("home/.docker/config.json"), ["docker-config-auth"]);
        assert!(rules("app/config.json").is_empty());
        assert_eq!(rules("NuGet.Config"), ["nuget-config-password"]);
        assert_eq!(
            rules("config/credentials/production.key"),
            ["rails-master-key"]
        );
        assert!(rules("tls/server.key").is_empty());
        assert_eq!(rules("a/.env.production"), ["dotenv-secret"]);
        assert!(rules("a/.env.example").is_empty() && rules("default.env").is_empty());
        assert!(rules("src/main.rs").is_empty() && rules("").is_empty());
    }
}

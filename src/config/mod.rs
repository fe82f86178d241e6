//! Configuration: the commented `default.toml`, overridden by a file, overridden by `PREAU_*` variables.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use ipnet::IpNet;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer};
use url::Url;

/// The defaults, with their explanation for operators.
pub const DEFAULTS: &str = include_str!("default.toml");

/// Everything an operator can set. The meaning of each value is in `default.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Origin of the application.
    pub public_url: Url,
    /// Origin of package content; never the same host as `public_url`.
    pub content_url: Url,
    /// `sqlite:PATH` or `postgres://…`; empty for a file in `data_dir`.
    pub database_url: String,
    /// Folder of everything that is kept in files.
    pub data_dir: PathBuf,
    /// Where the clocks of the organisation hang.
    #[serde(deserialize_with = "time_zone")]
    pub time_zone: TimeZone,
    /// Log filter.
    pub log: String,
    /// Reverse proxies that tell by `X-Forwarded-For` for whom they ask.
    #[serde(deserialize_with = "networks")]
    pub proxies: Vec<IpNet>,
    /// Limits of imports.
    pub packages: Packages,
    /// The Learning Record Store.
    pub lrs: Lrs,
    /// Logins.
    pub logins: Logins,
    /// What leaves by webhook.
    pub webhooks: Webhooks,
}

/// Limits of imports.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Packages {
    /// Largest upload, in bytes.
    pub max_bytes: u64,
    /// Largest content once unpacked, in bytes.
    pub max_unpacked_bytes: u64,
    /// Most files in an archive.
    pub max_files: u64,
}

/// Limits of the Learning Record Store.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lrs {
    /// Largest attachments of one request together, in bytes.
    pub max_attachments_bytes: u64,
    /// Largest file of statements brought in, in bytes.
    pub max_import_bytes: u64,
    /// Origins whose pages may use `/xapi/` from a browser, as browsers write them; `*` for any.
    #[serde(deserialize_with = "origins")]
    pub origins: Vec<String>,
    /// Most requests a second of one credential or token; 0 for as many as come.
    pub rate_per_credential: u32,
    /// Most requests a second of launched content.
    pub rate_per_launch: u32,
    /// Most requests a second from one address that no known credential carries.
    pub rate_per_address: u32,
}

/// How long a login lasts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logins {
    /// Days without a visit after which a login ends.
    pub days: u32,
}

fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(deserializer)?;
    TimeZone::get(&name).map_err(|_| {
        serde::de::Error::custom(format!(
            "time_zone must be a name of the IANA time zone database such as Europe/Paris or Indian/Reunion, not {name:?}"
        ))
    })
}

/// What leaves by webhook.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Networks of the house that endpoints may lie in, though their addresses are private.
    #[serde(deserialize_with = "networks")]
    pub allowed_networks: Vec<IpNet>,
}

/// A list in one text, separated by spaces or commas: variables of the environment know no lists.
fn networks<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<IpNet>, D::Error> {
    let text = String::deserialize(source)?;
    let words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let wrong = |word: &str| format!("{word} is no network such as 10.20.0.0/16");
    words.map(|word| word.parse().map_err(|_| serde::de::Error::custom(wrong(word)))).collect()
}

/// A list of origins in one text.
fn origins<'de, D: Deserializer<'de>>(source: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(source)?;
    let words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let wrong = |word: &str| {
        serde::de::Error::custom(format!("lrs.origins: {word} is no origin such as https://bi.example.fr"))
    };
    let origin = |word: &str| {
        if word == "*" {
            return Ok(word.to_owned());
        }
        let url = Url::parse(word).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.path() == "/");
        url.map(|url| url.origin().ascii_serialization()).ok_or_else(|| wrong(word))
    };
    words.map(origin).collect()
}

impl Config {
    /// Reads the defaults, then `file`, then the environment. The error names the value that is wrong.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let mut builder =
            config::Config::builder().add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml));
        if let Some(file) = file {
            builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
        }
        // Variables of the tests and of the start script share the prefix without being settings.
        let settings = std::env::vars()
            .filter(|(name, _)| name.starts_with("PREAU_") && !name.starts_with("PREAU_TEST_"))
            .collect();
        let environment = config::Environment::with_prefix("PREAU")
            .prefix_separator("_")
            .separator("__")
            .ignore_empty(true)
            .source(Some(settings));
        let config: Self = builder.add_source(environment).build()?.try_deserialize().context("configuration")?;
        config.checked()
    }

    fn checked(self) -> anyhow::Result<Self> {
        for (name, url) in [("public_url", &self.public_url), ("content_url", &self.content_url)] {
            anyhow::ensure!(
                matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.path() == "/",
                "configuration: {name} must be an origin such as https://formation.example.fr, not {url}"
            );
        }
        anyhow::ensure!(
            self.public_url.host() != self.content_url.host(),
            "configuration: public_url and content_url must have different host names, because content is not trusted"
        );
        Ok(self)
    }

    /// The database address, with the default filled in.
    pub fn database_url(&self) -> String {
        if self.database_url.is_empty() {
            format!("sqlite:{}", self.data_dir.join("preau.db").display())
        } else {
            self.database_url.clone()
        }
    }

    /// The application's origin as browsers write it: `http://preau.localhost:8080`.
    pub fn public_origin(&self) -> String {
        self.public_url.origin().ascii_serialization()
    }

    /// The content's origin as browsers write it.
    pub fn content_origin(&self) -> String {
        self.content_url.origin().ascii_serialization()
    }

    /// Whether browsers keep `Secure` cookies of the public address: over https, or on the machine itself.
    pub fn secure_cookies(&self) -> bool {
        let host = self.public_url.host_str().unwrap_or_default();
        self.public_url.scheme() == "https" || host == "localhost" || host.ends_with(".localhost")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_complete_and_valid() {
        let config = config::Config::builder()
            .add_source(config::File::from_str(DEFAULTS, config::FileFormat::Toml))
            .build()
            .unwrap();
        let config = config.try_deserialize::<Config>().unwrap().checked().unwrap();
        assert_eq!(config.public_origin(), "http://preau.localhost:8080");
        assert_eq!(config.database_url(), "sqlite:data/preau.db");
        assert!(config.secure_cookies());
        assert_eq!(config.time_zone.iana_name(), Some("Europe/Paris"));
        assert!(config.lrs.origins.is_empty(), "no page of another origin gets in unless the operator says so");
    }

    #[test]
    fn origins_are_kept_as_browsers_write_them() {
        use serde::de::IntoDeserializer;
        use serde::de::value::{Error, StrDeserializer};
        let read = |text: &str| {
            let source: StrDeserializer<'_, Error> = text.into_deserializer();
            origins(source)
        };
        assert_eq!(
            read("https://BI.example.fr:443/ http://localhost:3000, *").unwrap(),
            ["https://bi.example.fr", "http://localhost:3000", "*"]
        );
        assert!(read("bi.example.fr").unwrap_err().to_string().contains("bi.example.fr is no origin"));
        assert!(read("https://bi.example.fr/page").is_err());
    }
}

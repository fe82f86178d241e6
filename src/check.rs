//! `preau check`: what an operator wants to know before people do.

use std::collections::HashSet;
use std::fmt;

use serde::Serialize;

use crate::app;
use crate::config::Config;
use crate::core::{Clock, Result};
use crate::programmes::{self, Verified};
use crate::state::App;
use crate::{media, on_db};

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Stable name.
    pub name: &'static str,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub detail: String,
}

/// Everything that was looked at.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Whether all of it is as it should be.
    pub ok: bool,
    /// One line each.
    pub checks: Vec<Line>,
}

impl Report {
    /// Whether everything is as it should be.
    pub fn is_fine(&self) -> bool {
        self.ok
    }

    fn add(&mut self, name: &'static str, found: std::result::Result<String, String>) {
        let ok = found.is_ok();
        let detail = found.unwrap_or_else(|wrong| wrong).replace('\n', " ");
        self.ok &= ok;
        self.checks.push(Line { name, ok, detail });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.checks {
            let mark = if line.ok { "ok   " } else { "FAIL " };
            writeln!(f, "{mark} {:<14} {}", line.name, line.detail)?;
        }
        f.write_str(if self.ok { "Everything is in order." } else { "Something needs attention." })
    }
}

/// Looks at everything. Brings the database up to date, as every command does.
pub async fn run(config: Config) -> Report {
    let mut report = Report { ok: true, checks: Vec::new() };
    let origins = format!("pages at {}, content at {}", config.public_origin(), config.content_origin());
    report.add("configuration", Ok(origins));
    report.add("media", media::libraries().await.map_err(|cause| format!("{cause:#}")));
    let (data_dir, database) = (config.data_dir.clone(), database_name(&config.database_url()));
    report.add("data folder", writable(&data_dir).map_err(|cause| format!("{}: {cause}", data_dir.display())));
    match app::open(config, Clock::system()).await {
        Ok(app) => {
            report.add("database", Ok(format!("{database}, up to date")));
            let files = blobs(&app).await;
            report.add("files", files.unwrap_or_else(|cause| Err(cause.to_string())));
            let enrolments = programmes::verify(&app).await.map(|found| enrolments(&found));
            report.add("enrolments", enrolments.unwrap_or_else(|cause| Err(cause.to_string())));
            app.db.close().await;
        }
        Err(cause) => report.add("database", Err(format!("{database}: {cause:#}"))),
    }
    report
}

/// The database's address without its password.
fn database_name(address: &str) -> String {
    match url::Url::parse(address) {
        Ok(mut url) if url.password().is_some() => {
            // Fails only for addresses without a host, which have no password either.
            let _ = url.set_password(Some("…"));
            url.to_string()
        }
        _ => address.to_owned(),
    }
}

fn writable(folder: &std::path::Path) -> std::io::Result<String> {
    std::fs::create_dir_all(folder)?;
    // Removed when dropped.
    tempfile::NamedTempFile::new_in(folder)?;
    Ok(format!("{}, writable", folder.display()))
}

const NAMED: &str = "
    SELECT blob FROM package_version WHERE blob IS NOT NULL
    UNION SELECT blob FROM package_file WHERE blob IS NOT NULL
    UNION SELECT blob FROM rendition
    UNION SELECT blob FROM statement_attachment";

/// Whether each file that a row names is there.
async fn blobs(app: &App) -> Result<std::result::Result<String, String>> {
    let mut tx = app.db.read().await?;
    let named: Vec<String> = on_db!(tx, c => sqlx::query_scalar(NAMED).fetch_all(c).await)?;
    drop(tx);
    let there: HashSet<String> = app.blobs.list("").await?.into_iter().map(|(key, _)| key).collect();
    let missing: Vec<&String> = named.iter().filter(|key| !there.contains(*key)).collect();
    Ok(match missing.as_slice() {
        [] => Ok(format!("{} named by the database, all there", named.len())),
        [first, ..] => Err(format!("{} of {} missing, the first is {first}", missing.len(), named.len())),
    })
}

/// Whether enrolments stand where their records, versions and rules put them.
fn enrolments(found: &Verified) -> std::result::Result<String, String> {
    let first = found.first_stale.map(|id| id.to_string()).unwrap_or_default();
    let faults: Vec<String> = [
        (found.stale, format!("not where their records put them, the first is {first} (preau rebuild mends that)")),
        (found.astray, "on a version that their programme never published".to_owned()),
        (found.ruleless, "made by no rule of their programme".to_owned()),
        (found.misreported, "counted otherwise in reports".to_owned()),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if faults.is_empty() {
        Ok(format!("{}, each as its records and rules say", found.enrolments))
    } else {
        Err(format!("of {}: {}", found.enrolments, faults.join("; ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_the_database_address_is_not_shown() {
        let shown = database_name("postgres://preau:secret@db.example/preau");
        assert!(!shown.contains("secret") && shown.contains("db.example"), "{shown}");
        assert_eq!(database_name("sqlite:data/preau.db"), "sqlite:data/preau.db");
    }
}

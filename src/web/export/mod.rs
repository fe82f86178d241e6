//! Rows as files. A file holds the rows of its page, typed; it is written as the rows come, so that a hundred thousand of
//! them take no more memory than a hundred.

mod csv;
mod xlsx;

use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tracing::Instrument;

use crate::core::{Language, Result, Timestamp, plain_letters};
use crate::state::App;

/// A value with its type.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, whatever it looks like.
    Text(String),
    /// A number.
    Number(f64),
    /// A share of 1, shown as per cent.
    Share(f64),
    /// A day.
    Day(Date),
}

impl Cell {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// The day of a moment, if there is one.
    pub fn day(at: Option<Timestamp>, zone: &TimeZone) -> Self {
        at.map_or(Self::Empty, |at| Self::Day(at.jiff().to_zoned(zone.clone()).date()))
    }

    /// A moment where the organisation is, as spreadsheets read it.
    pub fn moment(at: Timestamp, zone: &TimeZone) -> Self {
        Self::Text(at.jiff().to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
    }

    /// A share, if there is one.
    pub fn share(share: Option<f64>) -> Self {
        share.map_or(Self::Empty, Self::Share)
    }
}

/// A column: its name, and about how many letters wide it is.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    pub width: f64,
}

/// A small table beside the rows: the figures they come to. Only a workbook has room for it.
#[derive(Clone, Debug)]
pub struct Summary {
    pub name: String,
    pub rows: Vec<Vec<Cell>>,
}

/// A file to be written.
#[derive(Clone, Debug)]
pub struct File {
    /// Without the ending.
    pub name: String,
    /// The name of the sheet.
    pub sheet: String,
    pub columns: Vec<Column>,
    pub summary: Option<Summary>,
    pub language: Language,
}

/// Rows on their way from the database; a failure ends the file as broken, never as shorter.
pub type Rows = mpsc::Receiver<Result<Vec<Cell>>>;

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

/// Rows under way at a time.
const UNDER_WAY: usize = 1000;

/// The answer that holds `file` with the rows that `fill` sends.
pub async fn answer<F>(
    app: &App,
    format: Format,
    file: File,
    fill: impl FnOnce(mpsc::Sender<Result<Vec<Cell>>>) -> F,
) -> Result<Response>
where
    F: Future<Output = Result<()>> + Send + 'static,
{
    let (sender, rows) = mpsc::channel(UNDER_WAY);
    let filled = fill(sender.clone());
    let filling = async move {
        if let Err(failure) = filled.await {
            // Nobody listens any more when the download was given up.
            let _ = sender.send(Err(failure)).await;
        }
    };
    tokio::spawn(filling.in_current_span());
    match format {
        Format::Csv => csv::answer(file, rows),
        Format::Xlsx => xlsx::answer(app, file, rows).await,
    }
}

/// A name for a file: the parts in small letters, digits and hyphens.
pub fn file_name(parts: &[&str]) -> String {
    let mut name = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !name.is_empty() {
            name.push('_');
        }
        let plain: String =
            plain_letters(part).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(60).collect();
        name.push_str(&plain.split('-').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-"));
    }
    name
}

/// `attachment; filename="…"`: names are plain ASCII already.
fn disposition(name: &str, ending: &str) -> String {
    format!("attachment; filename=\"{name}.{ending}\"")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_file_name_is_plain() {
        let name = super::file_name(&["Inscriptions", "Direction de l’éducation/Collèges \"été\"", "", "2026-11-22"]);
        assert_eq!(name, "inscriptions_direction-de-l-education-colleges-ete_2026-11-22");
    }
}

//! XLSX: typed cells, a header that stays, text that never is a formula.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use tokio_util::io::ReaderStream;

use super::{Cell, Column, File, Rows, Summary, disposition};
use crate::core::{Error, Result, Timestamp};
use crate::state::App;

const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// A cell holds no more letters than this.
const LETTERS: usize = 32_767;

/// The file, written to the disk row by row and then sent.
pub async fn answer(app: &App, file: File, rows: Rows) -> Result<Response> {
    let folder = app.config.data_dir.join("tmp");
    tokio::fs::create_dir_all(&folder).await?;
    let headers = [
        (header::CONTENT_TYPE, MEDIA_TYPE.to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&file.name, "xlsx")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    let now = app.clock.now();
    let written =
        tokio::task::spawn_blocking(move || write(&folder, &file, rows, now)).await.map_err(Error::internal)??;
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(written)));
    Ok((headers, body).into_response())
}

/// How each kind of value looks.
struct Looks {
    head: Format,
    share: Format,
    day: Format,
    number: Format,
}

fn write(folder: &std::path::Path, file: &File, mut rows: Rows, now: Timestamp) -> Result<std::fs::File> {
    let looks = Looks {
        head: Format::new().set_bold().set_align(FormatAlign::Top).set_text_wrap(),
        share: Format::new().set_num_format("0%"),
        day: Format::new().set_num_format("dd/mm/yyyy"),
        number: Format::new().set_num_format("#,##0.##"),
    };
    let mut workbook = Workbook::new();
    workbook.set_tempdir(folder).map_err(Error::internal)?;
    // Otherwise the moment of making is the machine's.
    let made = ExcelDateTime::from_timestamp(now.0.div_euclid(1_000_000)).map_err(Error::internal)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    if let Some(summary) = &file.summary {
        let sheet = workbook.add_worksheet();
        summarise(sheet, summary, &looks).map_err(Error::internal)?;
    }
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(Error::internal)?;
    begin(sheet, &file.sheet, &file.columns, &looks).map_err(Error::internal)?;
    let mut place = 0;
    while let Some(row) = rows.blocking_recv() {
        place += 1;
        put(sheet, place, &row?, &looks).map_err(Error::internal)?;
    }
    let last = u16::try_from(file.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, place.max(1), last).map_err(Error::internal)?;
    let written = tempfile::tempfile_in(folder)?;
    workbook.save_to_writer(written.try_clone()?).map_err(Error::internal)?;
    let mut written = written;
    std::io::Seek::rewind(&mut written)?;
    Ok(written)
}

fn begin(sheet: &mut Worksheet, name: &str, columns: &[Column], looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(name))?;
    sheet.set_freeze_panes(1, 0)?;
    for (place, column) in (0_u16..).zip(columns) {
        sheet.set_column_width(place, column.width)?;
        sheet.write_string_with_format(0, place, &column.name, &looks.head)?;
    }
    Ok(())
}

fn summarise(sheet: &mut Worksheet, summary: &Summary, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name(sheet_name(&summary.name))?;
    sheet.set_column_width(0, 44)?;
    sheet.set_column_width(1, 30)?;
    for (place, row) in (0_u32..).zip(&summary.rows) {
        put(sheet, place, row, looks)?;
    }
    Ok(())
}

fn put(sheet: &mut Worksheet, row: u32, cells: &[Cell], looks: &Looks) -> Result<(), XlsxError> {
    for (column, cell) in (0_u16..).zip(cells) {
        match cell {
            Cell::Empty => {}
            // `write_string`, never `write`: a text that begins with = stays text.
            Cell::Text(text) if text.chars().count() > LETTERS => {
                let cut: String = text.chars().take(LETTERS).collect();
                sheet.write_string(row, column, cut)?;
            }
            Cell::Text(text) => {
                sheet.write_string(row, column, text)?;
            }
            Cell::Number(number) => {
                sheet.write_number_with_format(row, column, *number, &looks.number)?;
            }
            Cell::Share(share) => {
                sheet.write_number_with_format(row, column, *share, &looks.share)?;
            }
            Cell::Day(day) => {
                let (year, month, day) = (day.year(), day.month(), day.day());
                let parts = (u16::try_from(year), u8::try_from(month), u8::try_from(day));
                if let (Ok(year @ 1900..), Ok(month), Ok(day)) = parts {
                    let day = ExcelDateTime::from_ymd(year, month, day)?;
                    sheet.write_datetime_with_format(row, column, &day, &looks.day)?;
                }
            }
        }
    }
    Ok(())
}

/// A sheet's name as Excel takes it: at most 31 letters, none of its signs.
fn sheet_name(name: &str) -> String {
    name.chars().filter(|letter| !"[]:*?/\\'’".contains(*letter)).take(31).collect()
}

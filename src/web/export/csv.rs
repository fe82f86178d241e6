//! CSV (RFC 4180) as Excel opens it: UTF-8 with a mark, semicolons in French, and no text that becomes a formula.

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use unicode_normalization::UnicodeNormalization;

use super::{Cell, File, Rows, disposition};
use crate::core::{Language, Result};

/// Rows of one piece of the answer.
const PIECE: usize = 500;
/// Tells Excel that the file is UTF-8.
const MARK: &str = "\u{FEFF}";

/// The file as it is written.
pub fn answer(file: File, rows: Rows) -> Result<Response> {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, disposition(&file.name, "csv")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    let mut head = MARK.to_owned();
    let names: Vec<Cell> = file.columns.iter().map(|column| Cell::text(&column.name)).collect();
    write(&mut head, &names, file.language);
    let language = file.language;
    let body = stream::unfold((Some(head), rows), move |(head, mut rows)| async move {
        if let Some(head) = head {
            return Some((Ok(Bytes::from(head)), (None, rows)));
        }
        let mut batch = Vec::with_capacity(PIECE);
        if rows.recv_many(&mut batch, PIECE).await == 0 {
            return None;
        }
        let mut piece = String::new();
        for row in batch {
            match row {
                Ok(cells) => write(&mut piece, &cells, language),
                // The connection breaks off, so that nobody takes a part for the whole.
                Err(failure) => return Some((Err(std::io::Error::other(failure)), (None, rows))),
            }
        }
        Some((Ok(Bytes::from(piece)), (None, rows)))
    });
    // Who compresses asks once more after the end.
    Ok((headers, Body::from_stream(body.fuse())).into_response())
}

/// One row with its line end.
fn write(text: &mut String, cells: &[Cell], language: Language) {
    let (comma, separator) = match language {
        Language::Fr => (',', ';'),
        Language::En => ('.', ','),
    };
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            text.push(separator);
        }
        match cell {
            Cell::Empty => {}
            Cell::Text(value) => quoted(text, &harmless(value), separator),
            Cell::Number(number) => quoted(text, &decimal(*number, comma), separator),
            Cell::Share(share) => quoted(text, &format!("{}%", decimal(share * 100.0, comma)), separator),
            Cell::Day(day) => text.push_str(&day.to_string()),
        }
    }
    text.push_str("\r\n");
}

/// At most two decimals, no zeros at the end.
fn decimal(number: f64, comma: char) -> String {
    let rounded = (number * 100.0).round() / 100.0;
    rounded.to_string().replace('.', comma.encode_utf8(&mut [0; 4]))
}

fn quoted(text: &mut String, value: &str, separator: char) {
    if value.contains(['"', '\r', '\n', separator]) || value.starts_with(' ') || value.ends_with(' ') {
        text.push('"');
        text.push_str(&value.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(value);
    }
}

/// A spreadsheet takes a cell that begins with one of `= + - @` for a formula, also after blanks, and some also when it is
/// written in full width; a tab or a line end moves what follows. An apostrophe keeps it text.
fn harmless(value: &str) -> String {
    let begins = |letter: char| matches!(letter, '=' | '+' | '-' | '@');
    let is_blank = |letter: &char| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{AD}')
    };
    let first = value.chars().find(|letter| !is_blank(letter));
    // Compatibility forms (full width, small) become the plain sign.
    let is_sign = first.is_some_and(|letter| letter.nfkc().next().is_some_and(begins) || letter == '\u{2212}');
    let moves = value.starts_with(['\t', '\r', '\n']);
    if is_sign || moves { format!("'{value}") } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_a_formula() {
        for text in [
            "=1+1",
            "+33 1",
            "-2",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            "\n=1",
            " =1",
            "\u{A0}=1",
            "\u{FEFF}=1",
            "\u{200B}+1",
            "＝1",
            "＋1",
            "－1",
            "＠x",
            "\u{FE62}1",
            "\u{2212}1",
            "\tNom",
        ] {
            assert_eq!(harmless(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "Camille", "a=b", "1-2", "« = »", "Œuvre"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn a_row_is_quoted_as_rfc_4180_says_and_by_language() {
        let row = [
            Cell::text("a;b"),
            Cell::text("il dit \"oui\""),
            Cell::text("x\r\ny"),
            Cell::Empty,
            Cell::Number(-1284.5),
            Cell::Share(0.835),
        ];
        let mut text = String::new();
        write(&mut text, &row, Language::Fr);
        assert_eq!(text, "\"a;b\";\"il dit \"\"oui\"\"\";\"x\r\ny\";;-1284,5;83,5%\r\n");
        text.clear();
        write(&mut text, &[Cell::text("a,b"), Cell::text("a;b"), Cell::Number(2.0)], Language::En);
        assert_eq!(text, "\"a,b\",a;b,2\r\n");
    }
}

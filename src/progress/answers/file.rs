//! Every answer as a file: who answered what.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use uuid::Uuid;

use super::read::{self, AnswerRow};
use super::words::Question;
use crate::core::{CourseId, Result, Sequence};
use crate::identity::Trainer;
use crate::progress::pages::title_of;
use crate::state::App;
use crate::web::export::{self, Cell, Column, File, Format};
use crate::web::{Path, Shell, Words};

/// Questions remembered while a file is written.
const REMEMBERED: usize = 1_000;

const COLUMNS: [(&str, f64); 12] = [
    ("learners-name", 26.0),
    ("learners-unit", 30.0),
    ("answers-attempt", 10.0),
    ("answers-activity", 30.0),
    ("answers-question", 44.0),
    ("answers-times", 10.0),
    ("answers-first", 30.0),
    ("answers-first-right", 12.0),
    ("answers-latency-seconds", 12.0),
    ("answers-last", 30.0),
    ("answers-last-right", 12.0),
    ("answers-at", 20.0),
];

/// The answers of a course as CSV, person by person, written as they are read.
pub async fn csv(_: Trainer, State(app): State<App>, Path(course): Path<CourseId>, shell: Shell) -> Result<Response> {
    let (words, zone) = (shell.words, shell.zone.clone());
    let mut tx = app.db.read().await?;
    let title = title_of(&mut tx, course).await?.best(words.language()).to_owned();
    let today = app.clock.now().jiff().to_zoned(zone.clone()).date().to_string();
    let file = File {
        name: export::file_name(&[&words.t("answers-file"), &title, &today]),
        sheet: words.t("answers-title"),
        columns: COLUMNS.into_iter().map(|(key, width)| Column { name: words.t(key), width }).collect(),
        summary: None,
        language: words.language(),
    };
    export::answer(&app, Format::Csv, file, |sender| async move {
        let mut known = Known::default();
        read::every_answer(&mut tx, course, &sender, |row| {
            let mut cells = known.cells(row, words);
            cells.push(Cell::moment(Sequence::moment(row.last_seq), &zone));
            cells
        })
        .await
    })
    .await
}

/// Definitions that were read once: a question comes back with every learner.
#[derive(Default)]
struct Known(HashMap<Uuid, Question>);

impl Known {
    fn question(&mut self, key: Uuid, iri: Option<&str>, definition: Option<&str>) -> &Question {
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        self.0.entry(key).or_insert_with(|| Question::of(iri.unwrap_or_default(), definition))
    }

    fn cells(&mut self, row: &AnswerRow, words: Words) -> Vec<Cell> {
        let language = words.language();
        let activity = self
            .question(row.activity, row.activity_iri.as_deref(), row.activity_definition.as_deref())
            .title(language);
        let asked = self.question(row.question, row.question_iri.as_deref(), row.question_definition.as_deref());
        let told = |response: &Option<String>| {
            response.as_ref().map_or(Cell::Empty, |response| Cell::text(asked.in_words(response, words)))
        };
        let right = |success: Option<bool>| {
            success.map_or(Cell::Empty, |right| Cell::text(words.t(if right { "answers-yes" } else { "answers-no" })))
        };
        vec![
            Cell::text(&row.name),
            row.unit.as_ref().map_or(Cell::Empty, Cell::text),
            Cell::Number(f64::from(row.attempt)),
            Cell::text(activity),
            Cell::text(asked.name(language)),
            Cell::Number(row.times as f64),
            told(&row.first_response),
            right(row.first_success),
            row.first_latency.map_or(Cell::Empty, |latency| Cell::Number(latency as f64 / 100.0)),
            told(&row.last_response),
            right(row.last_success),
        ]
    }
}

//! What a trainer does to a programme's draft. Each act is one POST that a plain form can send; the builder's script sends
//! the same ones and shows the page that follows.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use crate::core::{
    CourseId, Error, Language, ProgrammeId, ProgrammeVersionId, Result, StepKey, Timestamp, plain_letters,
};
use crate::identity::Trainer;
use crate::outbox::{self, Event, EventKind};
use crate::programmes::model::{self, Check, Move, Phase, Programme};
use crate::programmes::store::{self, Choice, Edit, Opens};
use crate::state::App;
use crate::storage::Tx;
use crate::web::calendar;
use crate::web::{Flash, Path, Shell};

/// Choices that the builder offers; an organisation that has more finds the rest by its own order.
pub const CHOICES: i64 = 2_000;
/// Letters of a title.
const TITLE: usize = 200;
/// Letters of a summary.
const SUMMARY: usize = 2_000;
/// Minutes of a step: a hundred hours.
const MINUTES: i32 = 6_000;

/// Where the builder of a programme is.
pub fn address(id: ProgrammeId) -> String {
    format!("/trainer/programmes/{id}")
}

/// The programme with its draft, held until the transaction ends. Errors: `programme-unknown`.
async fn editing(tx: &mut Tx, id: ProgrammeId, now: Timestamp) -> Result<(Programme, ProgrammeVersionId)> {
    let programme = store::lock(tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let draft = store::draft(tx, id, now).await?;
    Ok((programme, draft))
}

/// A text of one line as people type it: no spaces around, not endless. `None` if nothing is left.
fn line(text: &str, longest: usize) -> Option<String> {
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(longest).collect();
    (!text.is_empty()).then_some(text)
}

#[derive(Deserialize)]
pub struct NewProgramme {
    title: String,
}

/// Makes an empty programme and opens its builder.
pub async fn create(
    Trainer(person): Trainer,
    State(app): State<App>,
    Form(form): Form<NewProgramme>,
) -> Result<Response> {
    let Some(title) = line(&form.title, TITLE) else {
        return Ok(Flash::fault("programme-title-missing").redirect("/trainer/programmes"));
    };
    let id = ProgrammeId::new();
    let iri = format!("{}/programmes/{id}", app.config.public_origin());
    let mut tx = app.db.begin().await?;
    store::insert(&mut tx, id, &title, &iri, person.id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&address(id)).into_response())
}

#[derive(Deserialize)]
pub struct Description {
    title: String,
    #[serde(default)]
    summary: String,
}

/// Renames a programme and says what it is about.
pub async fn describe(
    _: Trainer,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
    Form(form): Form<Description>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let programme = store::lock(&mut tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let title = line(&form.title, TITLE).unwrap_or(programme.title);
    let summary: String = form.summary.trim().chars().take(SUMMARY).collect();
    store::describe(&mut tx, id, &title, &summary).await?;
    tx.commit().await?;
    Ok(Redirect::to(&address(id)).into_response())
}

/// What steps can open, each under a name of its own: "Course", "Course › Activity"; a name used before gets a number.
pub fn named(choices: Vec<Choice>, language: Language) -> Vec<(String, Choice)> {
    let mut seen = std::collections::HashMap::<String, usize>::new();
    let name = |choice: Choice| {
        let course = choice.course_title.best(language);
        let name = match &choice.activity {
            Some(_) => format!("{course} › {}", choice.activity_title.best(language)),
            None => course.to_owned(),
        };
        let count = seen.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
        (if *count == 1 { name } else { format!("{name} ({count})") }, choice)
    };
    choices.into_iter().map(name).collect()
}

/// The choice somebody typed: by its name, else the only one that has all the words.
fn chosen<'a>(names: &'a [(String, Choice)], typed: &str) -> Option<&'a Choice> {
    let typed = plain_letters(typed.trim());
    if let Some((_, choice)) = names.iter().find(|(name, _)| plain_letters(name) == typed) {
        return Some(choice);
    }
    let words: Vec<&str> = typed.split_whitespace().collect();
    let mut found = names.iter().filter(|(name, _)| {
        let name = plain_letters(name);
        !words.is_empty() && words.iter().all(|word| name.contains(word))
    });
    found.next().filter(|_| found.next().is_none()).map(|(_, choice)| choice)
}

#[derive(Deserialize)]
pub struct NewStep {
    phase: String,
    /// What somebody typed or chose from the list.
    #[serde(default)]
    what: String,
    /// Or a course as a whole, by a page that knows which one.
    course: Option<CourseId>,
}

/// Adds a step at the end of a phase.
pub async fn add(
    _: Trainer,
    State(app): State<App>,
    Path(id): Path<ProgrammeId>,
    shell: Shell,
    Form(form): Form<NewStep>,
) -> Result<Response> {
    let phase = Phase::of_word(&form.phase).ok_or_else(|| Error::malformed("malformed"))?;
    let mut tx = app.db.begin().await?;
    let (_, draft) = editing(&mut tx, id, app.clock.now()).await?;
    let names = named(store::choices(&mut tx, CHOICES).await?, shell.words.language());
    let named_course = form.course.map(|course| {
        names.iter().map(|(_, choice)| choice).find(|choice| choice.course_id == course && choice.activity.is_none())
    });
    let Some(choice) = named_course.unwrap_or_else(|| chosen(&names, &form.what)) else {
        let back = format!("{}#add-{}", address(id), phase.word());
        return Ok(Flash::fault("programme-choice-unknown").arg("what", form.what.trim()).redirect(&back));
    };
    let title = if choice.activity.is_some() { &choice.activity_title } else { &choice.course_title };
    let title = line(title.best(shell.words.language()), TITLE).unwrap_or_else(|| shell.t("programme-step-untitled"));
    let opens = Opens { course: choice.course_id, activity: choice.activity.clone() };
    let key = store::insert_step(&mut tx, draft, phase, &title, &opens, None).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}#step-{key}", address(id))).into_response())
}

#[derive(Deserialize)]
pub struct StepForm {
    title: String,
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    opens: String,
    /// `yes` where the step counts.
    required: Option<String>,
}

/// Changes what a step is called, how long it takes, and when it opens.
pub async fn edit(
    _: Trainer,
    State(app): State<App>,
    Path((id, key)): Path<(ProgrammeId, StepKey)>,
    Form(form): Form<StepForm>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let (_, draft) = editing(&mut tx, id, app.clock.now()).await?;
    let steps = store::steps(&mut tx, draft).await?;
    let unknown = || Error::not_found("step-unknown");
    let step = steps.iter().find(|step| step.step_key == key).ok_or_else(unknown)?;
    let after = form.after.parse().ok().filter(|after| *after != key && steps.iter().any(|s| s.step_key == *after));
    let edit = Edit {
        title: line(&form.title, TITLE).unwrap_or_else(|| step.title.clone()),
        minutes: form.minutes.trim().parse().ok().filter(|minutes| (1..=MINUTES).contains(minutes)),
        required: form.required.is_some(),
        after,
        opens_at: calendar::first_moment(&form.opens, &app.config.time_zone),
    };
    if !store::edit_step(&mut tx, draft, key, &edit).await? {
        return Err(unknown());
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}#step-{key}", address(id))).into_response())
}

#[derive(Deserialize)]
pub struct MoveForm {
    /// `up` or `down`; absent for a place.
    #[serde(default)]
    to: String,
    #[serde(default)]
    phase: String,
    #[serde(default)]
    place: usize,
}

/// Moves a step one place, or to a place of a phase.
pub async fn move_step(
    _: Trainer,
    State(app): State<App>,
    Path((id, key)): Path<(ProgrammeId, StepKey)>,
    Form(form): Form<MoveForm>,
) -> Result<Response> {
    let to = match (form.to.as_str(), Phase::of_word(&form.phase)) {
        ("up", _) => Move::Up,
        ("down", _) => Move::Down,
        (_, Some(phase)) => Move::To(phase, form.place),
        _ => return Err(Error::malformed("malformed")),
    };
    let mut tx = app.db.begin().await?;
    let (_, draft) = editing(&mut tx, id, app.clock.now()).await?;
    let steps = store::steps(&mut tx, draft).await?;
    store::arrange(&mut tx, draft, &model::moved(&steps, key, to)).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}#step-{key}", address(id))).into_response())
}

/// Takes a step out of the draft; it can be put back.
pub async fn remove(
    _: Trainer,
    State(app): State<App>,
    Path((id, key)): Path<(ProgrammeId, StepKey)>,
) -> Result<Response> {
    let title = set_removed(&app, id, key, Some(app.clock.now())).await?;
    let undo = format!("{}/steps/{key}/restore", address(id));
    Ok(Flash::done("programme-step-removed").arg("title", title).undo(undo).redirect(&address(id)))
}

/// Puts a step back where it was.
pub async fn restore(
    _: Trainer,
    State(app): State<App>,
    Path((id, key)): Path<(ProgrammeId, StepKey)>,
) -> Result<Response> {
    let title = set_removed(&app, id, key, None).await?;
    Ok(Flash::done("programme-step-restored").arg("title", title).redirect(&format!("{}#step-{key}", address(id))))
}

async fn set_removed(app: &App, id: ProgrammeId, key: StepKey, at: Option<Timestamp>) -> Result<String> {
    let mut tx = app.db.begin().await?;
    let (_, draft) = editing(&mut tx, id, app.clock.now()).await?;
    let title = store::set_removed(&mut tx, draft, key, at).await?.ok_or_else(|| Error::not_found("step-unknown"))?;
    tx.commit().await?;
    Ok(title)
}

/// Makes the draft the version that people begin on from now. Nothing is published that the checklist refuses.
pub async fn publish(_: Trainer, State(app): State<App>, Path(id): Path<ProgrammeId>) -> Result<Response> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let programme = store::lock(&mut tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let latest = store::latest(&mut tx, id).await?;
    let Some(draft) = latest.filter(|version| version.published_at.is_none()) else {
        return Ok(Flash::fault("programme-nothing-new").redirect(&address(id)));
    };
    let steps = store::steps(&mut tx, draft.id).await?;
    let open: Vec<Check> = model::checklist(&programme.title, &steps).into_iter().filter(|check| !check.fine).collect();
    if !open.is_empty() {
        let back = format!("{}#checklist", address(id));
        return Ok(Flash::fault("programme-not-ready").arg("n", open.len()).redirect(&back));
    }
    store::publish(&mut tx, id, draft.id, now).await?;
    let data = json!({
        "programme": { "id": id, "iri": programme.iri, "title": programme.title },
        "version": draft.number,
        "published_at": now.rfc3339(),
    });
    outbox::emit(&mut tx, &app, Event::new(EventKind::ProgrammePublished, data).programme(id)).await?;
    tx.commit().await?;
    tracing::info!(programme = %id, version = draft.number, "programme published");
    Ok(Flash::done("programme-published").arg("title", programme.title).redirect(&address(id)))
}

/// Drops the changes since the last version.
pub async fn discard(_: Trainer, State(app): State<App>, Path(id): Path<ProgrammeId>) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    store::lock(&mut tx, id).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    let dropped = store::drop_draft(&mut tx, id).await?;
    tx.commit().await?;
    let said = if dropped { Flash::done("programme-discarded") } else { Flash::fault("programme-nothing-new") };
    Ok(said.redirect(&address(id)))
}

/// Withdraws a programme: nobody begins it any more, those who have go on.
pub async fn withdraw(_: Trainer, State(app): State<App>, Path(id): Path<ProgrammeId>) -> Result<Response> {
    let title = set_archived(&app, id, Some(app.clock.now())).await?;
    let undo = format!("{}/offer", address(id));
    Ok(Flash::done("programme-withdrawn").arg("title", title).undo(undo).redirect(&address(id)))
}

/// Offers a withdrawn programme again.
pub async fn offer(_: Trainer, State(app): State<App>, Path(id): Path<ProgrammeId>) -> Result<Response> {
    let title = set_archived(&app, id, None).await?;
    Ok(Flash::done("programme-offered").arg("title", title).redirect(&address(id)))
}

async fn set_archived(app: &App, id: ProgrammeId, at: Option<Timestamp>) -> Result<String> {
    let mut tx = app.db.begin().await?;
    let title = store::set_archived(&mut tx, id, at).await?.ok_or_else(|| Error::not_found("programme-unknown"))?;
    tx.commit().await?;
    Ok(title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{CourseId, LanguageMap};

    fn choice(course: &str, activity: Option<&str>) -> Choice {
        Choice {
            course_id: CourseId::new(),
            course_title: LanguageMap::one("fr", course),
            activity: activity.map(str::to_owned),
            activity_title: LanguageMap::one("fr", activity.unwrap_or_default()),
        }
    }

    #[test]
    fn what_is_typed_finds_one_choice_or_none() {
        let choices = vec![choice("Sécurité", None), choice("Sécurité", Some("Le chantier")), choice("Sécurité", None)];
        let names = named(choices, Language::Fr);
        let told: Vec<_> = names.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(told, ["Sécurité", "Sécurité › Le chantier", "Sécurité (2)"]);
        let found = |typed| chosen(&names, typed).map(|choice| choice.course_id);
        assert_eq!(found("securite"), Some(names[0].1.course_id), "the whole name, without accents");
        assert_eq!(found("chantier"), Some(names[1].1.course_id), "a word that only one has");
        assert_eq!((found("Sécu"), found("plomberie"), found("  ")), (None, None, None));
    }
}

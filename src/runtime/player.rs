//! The pages: starting a course, previewing it, the player, and the launch frame.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;

use crate::core::{CourseId, Error, PersonId, RegistrationId, Result, Timestamp};
use crate::identity::{self, LaunchGrant, MaybeSignedIn, SignedIn, Trainer};
use crate::on_db;
use crate::packages::completing::Completing;
use crate::packages::playing::Place;
use crate::progress::{self, Attempts, Status};
use crate::runtime::access::PlayerOf;
use crate::runtime::chrome::{PlayerChrome, address};
use crate::runtime::course::Course;
use crate::runtime::launch::locked;
use crate::runtime::model::{Activity, Mode, own_page};
use crate::runtime::{cmi5, framing, store};
use crate::scorm::Version;
use crate::scorm::sequencing::{Outcome, Request};
use crate::state::App;
use crate::storage::{Secrets, Tx};
use crate::web::{self, Fields, Path, Shell, assets};

/// The words the page's script shows; the same list the browser code is built with.
const WORDS: &str = include_str!("../../player/src/page/words.json");

const PUBLISHED: &str = "SELECT published_at FROM course WHERE id = $1";

/// Begins a course, or goes on in it, and leads to the player. With a field `activity`, a position of the outline, the learner
/// chooses where: an activity, or a group whose rules say which.
///
/// Errors: `course-unknown` unless it is published or was begun before, `activity-unknown`, `navigation-refused`.
pub async fn start(
    SignedIn(person): SignedIn,
    asker: MaybeSignedIn,
    State(app): State<App>,
    Path(course): Path<CourseId>,
    fields: Fields,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let unknown = || Error::not_found("course-unknown");
    let published: Option<Option<Timestamp>> =
        on_db!(tx, c => sqlx::query_scalar(PUBLISHED).bind(course).fetch_optional(c).await)?;
    let is_open = published.flatten().is_some();
    if !is_open && store::of_person(&mut tx, person.id, course, false).await?.is_none() {
        return Err(unknown());
    }
    let id = enter(&mut tx, &app, person.id, course, false).await?.ok_or_else(unknown)?;
    store::set_way_out(&mut tx, id, None).await?;
    if let Some(index) = fields.whole("activity") {
        choose(&mut tx, id, index).await?;
    }
    let address = way_in(&mut tx, &asker, id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&address).into_response())
}

/// Goes to what the learner chose on the course's page. What is over is looked at, and nothing of it moves.
async fn choose(tx: &mut Tx, id: RegistrationId, index: i32) -> Result<()> {
    let registration = locked(tx, id).await?;
    if registration.way_in() != Mode::Normal || registration.is_closed() {
        return Ok(());
    }
    let course = Course::load(tx, &registration).await?;
    let place = usize::try_from(index).ok().and_then(|place| course.tree.at(place));
    let chosen = place.ok_or_else(|| Error::not_found("activity-unknown"))?;
    let mut sequencer = course.sequencer(&registration);
    match sequencer.navigate(Request::Choice(chosen)) {
        Outcome::Deliver(node) => {
            let index = node.index().and_then(|index| i32::try_from(index).ok());
            course.save(tx, &registration, index, &sequencer).await
        }
        Outcome::Refused(code) => Err(Error::conflict("navigation-refused").detail(code).with("rule", code)),
        Outcome::End | Outcome::Wait => Err(Error::conflict("navigation-refused")),
    }
}

/// The exact screen of a registration for its person, who came in by themselves.
async fn way_in(tx: &mut Tx, asker: &MaybeSignedIn, id: RegistrationId) -> Result<String> {
    let mode = locked(tx, id).await?.way_in();
    let index = first(tx, id, mode).await?;
    if let Some(login) = asker.login() {
        identity::forget_grant(tx, login, id).await?;
    }
    Ok(address(id, index, mode))
}

/// Begins a course again, for a learner who has come to a result and may try once more; goes on in an attempt that is under
/// way. What was done before is kept as it is.
///
/// Errors: `course-unknown` unless it was begun before, `attempts-one`, `attempts-used`.
pub async fn again(
    SignedIn(person): SignedIn,
    asker: MaybeSignedIn,
    State(app): State<App>,
    Path(course): Path<CourseId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    let begun = store::begin_again(&mut tx, &app, RegistrationId::new(), person.id, course).await?;
    let id = begun.ok_or_else(|| Error::not_found("course-unknown"))?;
    let address = way_in(&mut tx, &asker, id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&address).into_response())
}

/// Opens a course, or one activity of it, for somebody who comes from `way_out` and goes back there: the address of the
/// exact screen, or of the course's page where they choose between beginning again and looking at what is over. Whoever calls
/// has asked whether they may.
///
/// Errors: `course-unknown`, `activity-unknown`.
pub async fn open_from(
    tx: &mut Tx,
    app: &App,
    asker: &MaybeSignedIn,
    person: PersonId,
    (course, activity): (CourseId, Option<&str>),
    way_out: &str,
) -> Result<String> {
    let id = enter(tx, app, person, course, false).await?.ok_or_else(|| Error::not_found("course-unknown"))?;
    store::set_way_out(tx, id, Some(way_out)).await?;
    if progress::attempts(tx, &[person], Some(course)).await?.iter().any(Attempts::may_begin) {
        return Ok(format!("/courses/{course}"));
    }
    let Some(identifier) = activity else { return way_in(tx, asker, id).await };
    let registration = locked(tx, id).await?;
    let course = Course::load(tx, &registration).await?;
    let named = course.activities.iter().find(|a| a.launchable && a.identifier == identifier);
    let index = named.map(|activity| activity.activity_index).ok_or_else(|| Error::not_found("activity-unknown"))?;
    if let Some(login) = asker.login() {
        identity::forget_grant(tx, login, id).await?;
    }
    // A course may be over before all that is in it was done.
    let (completion, success) = progress::standing(tx, id, index).await?.activity();
    let mode = if Status::of(completion, success).is_over() { registration.way_in() } else { Mode::Normal };
    Ok(address(id, index, mode))
}

/// Lets a trainer see a course as a learner would, published or not. Nothing is recorded.
pub async fn preview(
    Trainer(person): Trainer,
    State(app): State<App>,
    Path(course): Path<CourseId>,
) -> Result<Response> {
    let mut tx = app.db.begin().await?;
    store::forget_preview(&mut tx, person.id, course).await?;
    let id = enter(&mut tx, &app, person.id, course, true).await?.ok_or_else(|| Error::not_found("course-unknown"))?;
    let index = first(&mut tx, id, Mode::Normal).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/player/{id}/{index}?mode=browse")).into_response())
}

/// The registration of a person in a course, made if there is none.
async fn enter(
    tx: &mut Tx,
    app: &App,
    person: PersonId,
    course: CourseId,
    preview: bool,
) -> Result<Option<RegistrationId>> {
    store::enter(tx, app, RegistrationId::new(), person, course, preview).await
}

/// Where the learner goes on: where they were, else where the course's rules begin, else at the first activity.
pub async fn first(tx: &mut Tx, id: RegistrationId, mode: Mode) -> Result<i32> {
    let registration = locked(tx, id).await?;
    let course = Course::load(tx, &registration).await?;
    let mut sequencer = course.sequencer(&registration);
    if let Some(index) = registration.current_index.filter(|index| course.launchable(*index).is_ok()) {
        return Ok(index);
    }
    if let Outcome::Deliver(node) = sequencer.navigate(Request::Start)
        && let Some(index) = node.index().and_then(|index| i32::try_from(index).ok())
    {
        if registration.moves(mode) {
            course.save(tx, &registration, Some(index), &sequencer).await?;
        }
        return Ok(index);
    }
    // Where the rules begin nowhere, the first that may be chosen.
    let openable = || course.activities.iter().filter(|activity| activity.launchable);
    let may_be_chosen = |activity: &&Activity| {
        course.launchable(activity.activity_index).is_ok_and(|(_, node)| sequencer.may_choose(node))
    };
    let chosen = openable().find(may_be_chosen).or_else(|| openable().next());
    chosen.map(|activity| activity.activity_index).ok_or_else(|| Error::unprocessable("course-without-activity"))
}

/// What a link is answered that nobody has opened yet: mail filters ask for its head, browsers fetch it ahead of a click.
fn only_looking(method: &Method, asked: &HeaderMap) -> Option<Response> {
    let is_ahead = ["sec-purpose", "purpose", "x-moz"]
        .iter()
        .filter_map(|name| asked.get(*name)?.to_str().ok())
        .any(|purpose| purpose.contains("prefetch") || purpose.contains("prerender") || purpose.contains("preview"));
    let status = match *method {
        Method::HEAD => StatusCode::OK,
        // A refusal is not kept: the click asks again.
        _ if is_ahead => StatusCode::SERVICE_UNAVAILABLE,
        _ => return None,
    };
    Some((status, [(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")]).into_response())
}

/// Redeems a one-time address: this browser, and no other, may play that registration from now on.
///
/// Errors: `launch-used` when it was redeemed, has expired or never was.
pub async fn redeem(
    State(app): State<App>,
    Path(token): Path<String>,
    asker: MaybeSignedIn,
    method: Method,
    asked: HeaderMap,
) -> Result<Response> {
    if let Some(response) = only_looking(&method, &asked) {
        return Ok(response);
    }
    let mut tx = app.db.begin().await?;
    let ticket = store::redeem(&mut tx, &Secrets::digest(&token), app.clock.now())
        .await?
        .ok_or_else(|| Error::not_found("launch-used"))?;
    let grant = LaunchGrant {
        registration_id: ticket.registration_id,
        launch_id: ticket.launch_id,
        mode: ticket.mode.clone(),
        return_url: ticket.return_url,
    };
    let cookie = identity::grant_launch(&app, &mut tx, asker.login(), &grant).await?;
    tx.commit().await?;
    let query = if ticket.mode == "normal" { String::new() } else { format!("?mode={}", ticket.mode) };
    let address = format!("/player/{}/{}{query}", ticket.registration_id, ticket.activity_index);
    let mut response = Redirect::to(&address).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address is a secret: it must not travel on as the page the next one was reached from.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[derive(Template)]
#[template(path = "runtime/templates/player.html")]
struct PlayerPage {
    shell: Shell,
    chrome: PlayerChrome,
    frame_src: String,
    frame_allow: &'static str,
    config_json: String,
    hides_previous: bool,
    hides_next: bool,
    /// Whether the activity is on this page, where it can fill the screen.
    is_here: bool,
}

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    mode: Mode,
}

/// The player, on one activity; what the server shows by a page of its own is answered with the way there.
pub async fn page(
    player: PlayerOf,
    State(app): State<App>,
    Path((id, index)): Path<(RegistrationId, i32)>,
    Query(asked): Query<Asked>,
    shell: Shell,
) -> Result<Response> {
    let mode = player.mode(asked.mode);
    let registration = &player.registration;
    if registration.superseded && registration.records(mode) && player.grant.is_none() {
        // The page they came from says why, and begins the new attempt. Another system decides by itself when to begin one.
        return Ok(Redirect::to(&player.way_out()).into_response());
    }
    let mut tx = app.db.read().await?;
    let course = Course::load(&mut tx, registration).await?;
    let (activity, _) = course.launchable(index)?;
    if let Some(page) = own_page(&activity.kind) {
        return Ok(Redirect::to(&format!("{page}/{id}/{index}{}", mode.query())).into_response());
    }
    let (hidden, hides) = (course.hidden(registration), course.hides(activity));
    let chrome = PlayerChrome::without(&mut tx, &player, activity, mode, &shell, &hidden).await?.without_state();
    let chrome = chrome.choosing_groups(course.version == Some(Version::Scorm2004));
    let is_media = matches!(activity.kind.as_str(), "video" | "audio");
    // A unit that demands a window for itself has no use for one around it.
    let place = if is_media || cmi5::is_alone(activity) { Place::Page } else { registration.playing.place };
    let completing = match activity.kind.as_str() {
        "xapi" => Completing::of(&mut tx, registration.course_id).await?,
        _ => Completing::default(),
    };
    let config = json!({
        "registration": id,
        "activity": {"index": index, "title": chrome.title},
        "course": {"id": registration.course_id, "title": chrome.course_title, "url": chrome.back_url,
            "identifier": registration.course_identifier},
        "mode": mode,
        "place": place,
        "outline": chrome.outline_json(),
        "hidden": hides,
        "urls": {
            "launch": format!("/player/{id}/{index}/launch"),
            "navigate": format!("/player/{id}/navigate"),
            "media": format!("/player/{id}/{index}/media"),
            "spent": completing.seconds().map(|_| format!("/player/{id}/{index}/spent")),
            "window": "/player/window",
        },
        "content_origin": app.config.content_origin(),
        "frame": {"allow": framing::ALLOWED},
        "words": words(&shell)?,
    });
    let page = PlayerPage {
        frame_src: if is_media || place == Place::Window { String::new() } else { frame_address(&app) },
        frame_allow: framing::ALLOWED,
        // Inside a script element only this letter could end it.
        config_json: config.to_string().replace('<', "\\u003c"),
        hides_previous: hides.iter().any(|part| part == "previous"),
        hides_next: hides.iter().any(|part| part == "continue"),
        is_here: place == Place::Page,
        chrome,
        shell,
    };
    web::render(&page)
}

/// Where the launch frame is.
fn frame_address(app: &App) -> String {
    format!("{}/frame/", app.config.content_origin())
}

#[derive(Template)]
#[template(path = "runtime/templates/window.html")]
struct OwnWindowPage {
    shell: Shell,
    frame_src: String,
    frame_allow: &'static str,
    content_origin: String,
}

/// The window of its own for content: the launch frame, as large as the window. The same for everybody: the player page that
/// opened it is who speaks to the frame.
pub async fn own_window(State(app): State<App>, shell: Shell) -> Result<Response> {
    web::render(&OwnWindowPage {
        frame_src: frame_address(&app),
        frame_allow: framing::ALLOWED,
        content_origin: app.config.content_origin(),
        shell,
    })
}

fn words(shell: &Shell) -> Result<BTreeMap<String, String>> {
    let keys: Vec<String> = serde_json::from_str(WORDS)?;
    Ok(keys.into_iter().map(|key| (key.clone(), shell.t(&format!("player-word-{key}")))).collect())
}

#[derive(Template)]
#[template(path = "runtime/templates/frame.html")]
struct FramePage {
    application_origin: String,
    content_allow: &'static str,
    script_url: String,
}

/// The launch frame. The same for everybody: who plays what arrives by message from the page around it.
pub async fn frame(State(app): State<App>) -> Result<Response> {
    let application_origin = app.config.public_origin();
    let script_url = assets::address("src/frame/main.ts");
    let page = FramePage { application_origin, content_allow: framing::ALLOWED, script_url };
    let policy = format!(
        "default-src 'self'; script-src 'self'; frame-src 'self' http: https:; object-src 'none'; base-uri 'none'; \
         frame-ancestors {}",
        app.config.public_origin()
    );
    of_the_player(web::render(&page)?, &policy)
}

#[derive(Template)]
#[template(path = "runtime/templates/frame_left.html")]
struct LeftPage {
    script_url: String,
}

/// Where content goes that leaves inside the launch frame (cmi5 `returnURL`): tells the frame around it, and nothing else.
pub async fn left(State(app): State<App>) -> Result<Response> {
    let page = LeftPage { script_url: assets::address("src/frame/left.ts") };
    let policy = format!(
        "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'self' {}",
        app.config.public_origin()
    );
    of_the_player(web::render(&page)?, &policy)
}

/// A document of the content origin that is the same for everybody.
fn of_the_player(mut response: Response, policy: &str) -> Result<Response> {
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_str(policy).map_err(Error::internal)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

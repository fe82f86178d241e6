//! The door of `/xapi/`: every request becomes a [`Call`], whatever syntax it came in, and every answer carries the headers
//! the specification asks for.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use uuid::Uuid;

use super::access::{self, Access};
use super::arriving::Arriving;
use super::door::{self, Door};
use super::writer::{Room, Writer};
use super::{origins, receive, resources, statements};
use crate::core::{Error, Result, Timestamp};
use crate::state::App;
use crate::web::client_address;
use crate::xapi::format::{self, Offset};
use crate::xapi::{Actor, AgentKey, Ifi, Refusal, Version, exact};

pub const VERSION: HeaderName = HeaderName::from_static("x-experience-api-version");
const CONSISTENT: HeaderName = HeaderName::from_static("x-experience-api-consistent-through");

/// A request, in whichever of the two syntaxes it was sent.
pub struct Call {
    pub app: App,
    pub writer: Writer,
    pub access: Access,
    pub method: Method,
    pub version: Version,
    pub params: Params,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// What a large request takes of the memory until it is answered.
    pub room: Option<Room>,
}

/// Answers every resource below `/xapi/`.
pub async fn answer(
    State(app): State<App>,
    Extension(writer): Extension<Writer>,
    Extension(door): Extension<Door>,
    Path(resource): Path<String>,
    request: Request,
) -> Response {
    let origin = origins::allowed(&app.config, request.headers());
    if request.method() == Method::OPTIONS {
        return origins::preflight(origin);
    }
    let address = client_address(request.headers(), request.extensions(), &app.config.proxies);
    // Who names no version, or one that is not spoken, is answered as 1.0.3: 2.0 clients know both (XAPI-00321, XAPI-00333).
    let mut version = said(request.headers()).unwrap_or(Version::V1);
    // Read first: everything committed up to this moment is in the answer.
    let consistent = app.sequence.settled(app.clock.now());
    let answered = serve(app.clone(), writer, &door, &resource, request, &mut version).await;
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    if response.status() == StatusCode::UNAUTHORIZED {
        door::challenge(&mut response, false);
        if let Some(Err(wait)) = address.map(|address| door.stranger(&app, address)) {
            response = door::too_many(wait);
        }
    }
    let headers = response.headers_mut();
    headers.insert(VERSION, HeaderValue::from_static(version.name()));
    if let Ok(moment) = HeaderValue::from_str(&exact(consistent)) {
        headers.insert(CONSISTENT, moment);
    }
    // Without this a second session in the same tab is answered from the browser's cache.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    origins::let_read(headers, origin);
    response
}

async fn serve(
    app: App,
    writer: Writer,
    door: &Door,
    resource: &str,
    request: Request,
    version: &mut Version,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let params = Params::parse(parts.uri.query().unwrap_or_default())?;
    let resource = resource.trim_matches('/');
    // Attachments are read as they come, once it is known who sends them.
    let is_message = resource == "statements" && !params.has("method") && receive::is_message(&parts.headers);
    let ((body, room), message) =
        if is_message { ((Bytes::new(), None), Some(body)) } else { (read(&app, &writer, body).await?, None) };
    let mut sent = Sent { method: parts.method, params, headers: parts.headers, body };
    let alternate = sent.method == Method::POST && sent.params.has("method");
    if alternate {
        sent = sent.unfold()?;
    }
    let said = said(&sent.headers);
    *version = said.unwrap_or(Version::V1);
    if alternate && said == Some(Version::V2) {
        return Err(Error::malformed("alternate-syntax")
            .detail("the alternate request syntax is of 1.0.x only (2.0 section 4.1.3)"));
    }
    // A method that a resource does not have is refused whoever asks.
    let methods = methods(resource).ok_or_else(|| Error::not_found("resource-unknown"))?;
    if !methods.split(", ").any(|method| method == sent.method.as_str()) {
        let mut response = StatusCode::METHOD_NOT_ALLOWED.into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
        return Ok(response);
    }
    if resource == "about" {
        return resources::about(&sent.params, said);
    }
    if said.is_none() {
        return Err(
            Error::malformed("version-unsupported").detail("`X-Experience-API-Version` must be 1.0, 1.0.x or 2.0.x")
        );
    }
    let authorization = sent.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let access = door.recognise(&app, authorization).await?;
    let by_token = authorization.and_then(access::bearer).is_some();
    // HEAD is GET without the body, which the server leaves out (1.0.3 Communication 1.1).
    let method = if sent.method == Method::HEAD { Method::GET } else { sent.method };
    let (holder, is_read) = (access.holder().clone(), method == Method::GET);
    if let Err(wait) = door.admit(&app, &holder, room.is_some()).await {
        door.count(&app, &holder, is_read, StatusCode::TOO_MANY_REQUESTS);
        return Ok(door::too_many(wait));
    }
    let Sent { params, headers, body, .. } = sent;
    let call = Call { app: app.clone(), writer, access, method, version: *version, params, headers, body, room };
    let answered = match resource {
        "statements" => statements::answer(call, message).await,
        "activities/state" => resources::state(call).await,
        "agents/profile" => resources::agent_profile(call).await,
        "activities/profile" => resources::activity_profile(call).await,
        "agents" => resources::agent(call).await,
        _ => resources::activity(call).await,
    };
    let mut response = answered.unwrap_or_else(IntoResponse::into_response);
    door.count(&app, &holder, is_read, response.status());
    door::challenge(&mut response, by_token);
    Ok(response)
}

/// The methods of a resource, `None` where there is no such resource.
fn methods(resource: &str) -> Option<&'static str> {
    match resource {
        "statements" => Some("GET, HEAD, POST, PUT, OPTIONS"),
        "activities/state" | "activities/profile" | "agents/profile" => Some("GET, HEAD, POST, PUT, DELETE, OPTIONS"),
        "agents" | "activities" | "about" => Some("GET, HEAD, OPTIONS"),
        _ => None,
    }
}

/// The body, and for a large one the room it takes until the request is answered.
async fn read(app: &App, writer: &Writer, body: Body) -> Result<(Bytes, Option<Room>)> {
    let mut pieces = body.into_data_stream();
    let mut arriving = Arriving::default();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|cause| Error::malformed("body-unreadable").caused_by(cause))?;
        arriving.add(app, &piece).await?;
    }
    arriving.whole(writer).await
}

/// What `X-Experience-API-Version` says, if it names an edition that is spoken (1.0.3 Communication 3.3, 2.0 section 4.1.4).
fn said(headers: &HeaderMap) -> Option<Version> {
    headers.get(VERSION).and_then(|value| value.to_str().ok()).and_then(Version::of_header)
}

/// A request before it is known who sends it.
struct Sent {
    method: Method,
    params: Params,
    headers: HeaderMap,
    body: Bytes,
}

impl Sent {
    /// The alternate request syntax (1.0.3 Communication 1.3): a POST whose query says the method and whose body is a form
    /// of headers, parameters and `content`. Old clients send the form as `text/plain`, to spare themselves a preflight.
    fn unfold(mut self) -> Result<Self> {
        let syntax = |detail: &str| Error::malformed("alternate-syntax").detail(detail);
        let method = self.params.take("method").unwrap_or_default();
        self.params
            .finish()
            .map_err(|_| syntax("the query may hold `method` only; other parameters belong in the form"))?;
        let method = ["GET", "PUT", "POST", "DELETE", "HEAD"].into_iter().find(|known| *known == method);
        let method = method.ok_or_else(|| syntax("`method` must be GET, PUT, POST, DELETE or HEAD"))?;
        let form = std::str::from_utf8(&self.body).map_err(|_| syntax("the form must be UTF-8"))?;
        let mut fields = Params::parse(form)?;
        let mut headers = self.headers;
        headers.remove(header::CONTENT_TYPE);
        let names = [
            "Authorization",
            "X-Experience-API-Version",
            "Content-Type",
            "Content-Length",
            "If-Match",
            "If-None-Match",
            "Accept",
            "Accept-Language",
        ];
        for name in names {
            if let Some(value) = fields.take_ignoring_case(name) {
                let value = HeaderValue::from_str(&value)
                    .map_err(|_| syntax("a form field that stands for a header cannot be one"))?;
                if let Ok(name) = HeaderName::try_from(name) {
                    headers.insert(name, value);
                }
            }
        }
        let body = fields.take("content").unwrap_or_default();
        if !body.is_empty() {
            headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| syntax("`method` is none"))?;
        Ok(Self { method, params: fields, headers, body: Bytes::from(body) })
    }
}

/// Most parameters of a request. The standard's longest list has a dozen; each is compared with those before it.
const MOST_PARAMETERS: usize = 100;

/// The parameters of a request, each of the form its name asks for (XAPI-00012); what nobody takes is unknown, and unknown is
/// refused (1.0.3 Communication 3.2; XAPI-00324, XAPI-00325).
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    fn parse(query: &str) -> Result<Self> {
        let given = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        let all: Vec<(String, String)> = given.take(MOST_PARAMETERS + 1).collect();
        if all.len() > MOST_PARAMETERS {
            return Err(Error::malformed("parameters-too-many").arg("most", MOST_PARAMETERS));
        }
        for (index, (name, _)) in all.iter().enumerate() {
            if all[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(Error::malformed("parameter-repeated")
                    .arg("name", name)
                    .detail(format!("`{name}` is given twice")));
            }
        }
        Ok(Self(all))
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(given, _)| given == name)
    }

    /// What is left, as it was given.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub fn take(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(given, _)| given == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn take_ignoring_case(&mut self, name: &str) -> Option<String> {
        let at = self.0.iter().position(|(given, _)| given.eq_ignore_ascii_case(name))?;
        Some(self.0.swap_remove(at).1)
    }

    pub fn required(&mut self, name: &'static str) -> Result<String> {
        self.take(name).ok_or_else(|| {
            Error::malformed("parameter-missing")
                .arg("name", name)
                .detail(format!("the parameter `{name}` is required"))
        })
    }

    /// Any text but one with U+0000, which PostgreSQL keeps in none.
    pub fn text(&mut self, name: &'static str) -> Result<Option<String>> {
        self.read(name, "a text without U+0000", |text| (!text.contains('\0')).then(|| text.to_owned()))
    }

    pub fn uuid(&mut self, name: &'static str) -> Result<Option<Uuid>> {
        self.read(name, "a UUID", format::uuid)
    }

    pub fn iri(&mut self, name: &'static str) -> Result<Option<String>> {
        self.read(name, "an absolute IRI", |text| format::is_iri(text).then(|| text.to_owned()))
    }

    pub fn moment(&mut self, name: &'static str) -> Result<Option<Timestamp>> {
        self.read(name, "an ISO 8601 timestamp", |text| format::timestamp(text, Offset::Optional))
    }

    pub fn flag(&mut self, name: &'static str) -> Result<bool> {
        let flag = self.read(name, "`true` or `false`", |text| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })?;
        Ok(flag.unwrap_or(false))
    }

    pub fn number(&mut self, name: &'static str) -> Result<Option<i64>> {
        self.read(name, "a whole number, zero or more", |text| text.parse().ok().filter(|number| *number >= 0))
    }

    /// An agent or identified group, as JSON.
    pub fn agent(&mut self, name: &'static str) -> Result<Option<Ifi>> {
        let Some(text) = self.take(name) else { return Ok(None) };
        let refused = |detail: String| wrong(name, &detail);
        match crate::xapi::actor(&text) {
            Ok(actor) => {
                actor.ifi().cloned().map(Some).ok_or_else(|| refused("an anonymous group cannot be asked for".into()))
            }
            Err(Refusal::Syntax(error)) => Err(refused(format!("JSON: {error}"))),
            Err(Refusal::Problems(problems)) => {
                let first = problems.first().map(|problem| format!("{} {}", problem.pointer, problem.requirement));
                Err(refused(first.unwrap_or_default()).with("problems", problems))
            }
        }
    }

    fn read<T>(&mut self, name: &'static str, wanted: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>> {
        let Some(text) = self.take(name) else { return Ok(None) };
        read(&text).map(Some).ok_or_else(|| wrong(name, &format!("must be {wanted}")))
    }

    /// Errors: `parameter-unknown` if anything is left.
    pub fn finish(&self) -> Result<()> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(Error::malformed("parameter-unknown")
                .arg("name", name)
                .detail(format!("`{name}` is no parameter of this request; names are case-sensitive"))),
        }
    }
}

fn wrong(name: &'static str, detail: &str) -> Error {
    Error::malformed("parameter-wrong").arg("name", name).detail(format!("`{name}`: {detail}"))
}

/// The refusal of statements that break rules: each problem with its pointer.
pub fn refused(refusal: Refusal) -> Error {
    match refusal {
        Refusal::Syntax(error) => Error::malformed("statement-not-json").detail(error.to_string()),
        Refusal::Problems(problems) => {
            let first = problems.first().map(|problem| format!("{} {}", problem.pointer, problem.requirement));
            Error::malformed("statement-invalid").detail(first.unwrap_or_default()).with("problems", problems)
        }
    }
}

/// The key of the agent in `call`'s parameter, which must be there.
pub fn required_agent(params: &mut Params) -> Result<(Ifi, AgentKey)> {
    let Some(ifi) = params.agent("agent")? else {
        return Err(params.required("agent").map_or_else(|error| error, |_| wrong("agent", "is missing")));
    };
    let key = ifi.key();
    Ok((ifi, key))
}

/// An agent as JSON members: what a `Person` is made of.
pub fn identifier_name(ifi: &Ifi) -> &'static str {
    match ifi {
        Ifi::Mbox(_) => "mbox",
        Ifi::MboxSha1(_) => "mbox_sha1sum",
        Ifi::OpenId(_) => "openid",
        Ifi::Account { .. } => "account",
    }
}

/// The agent behind an identifier, as the authority of nobody.
pub fn nameless(ifi: Ifi) -> Actor {
    Actor::Agent(crate::xapi::Agent { name: None, ifi })
}

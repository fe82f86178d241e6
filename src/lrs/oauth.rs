//! `/oauth/token`: a tool exchanges its key and secret for a bearer token of an hour, as OAuth clients do by themselves (RFC 6749
//! section 4.4).
//!
//! Such a token is signed and not stored. It names its credential, which every request reads anyway, and is bound to the secret it
//! was given for: who revokes the credential or replaces its secret ends its tokens too.

use std::time::Duration;

use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::json;

use super::access::{Scope, Tool};
use super::door::{self, Door};
use super::origins;
use crate::core::{Error, Kind, Result, Timestamp};
use crate::state::App;
use crate::web::{Fields, client_address};

/// How long a token opens the store.
const LIFE: Duration = Duration::from_secs(3600);
/// Tells these tokens from those that are stored.
const PREFIX: &str = "preau-oauth.";
const PURPOSE: &str = "lrs-oauth-token";
/// Largest request, in bytes.
const MOST: usize = 16 * 1024;

/// A refusal as RFC 6749 section 5.2 names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refused {
    code: &'static str,
    description: &'static str,
}

const NOT_A_FORM: Refused = Refused { code: "invalid_request", description: "a form of at most 16 KiB is expected" };
const TWICE: Refused = Refused { code: "invalid_request", description: "a parameter is given twice" };
const NO_GRANT: Refused = Refused { code: "invalid_request", description: "grant_type is missing" };
const TWO_WAYS: Refused = Refused { code: "invalid_request", description: "the client names itself in two ways" };
const OTHER_GRANT: Refused =
    Refused { code: "unsupported_grant_type", description: "only client_credentials is granted here" };
const NO_CLIENT: Refused = Refused { code: "invalid_client", description: "the key or the secret is wrong or revoked" };
const NO_SCOPE: Refused = Refused { code: "invalid_scope", description: "the credential does not have these scopes" };

impl Refused {
    fn answer(self, by_header: bool) -> Response {
        let body = json!({"error": self.code, "error_description": self.description});
        let status = if self == NO_CLIENT { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let mut response = (status, Json(body)).into_response();
        if self == NO_CLIENT && by_header {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"preau\""));
        }
        response
    }
}

/// `POST /oauth/token`.
pub(super) async fn token(
    State(app): State<App>,
    Extension(door): Extension<Door>,
    request: Request,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let origin = origins::allowed(&app.config, &parts.headers);
    let by_header = parts.headers.contains_key(header::AUTHORIZATION);
    let is_form = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    let fields = to_bytes(body, MOST).await.ok().filter(|_| is_form).map(|bytes| Fields::read(&bytes));
    let asked = fields.ok_or(NOT_A_FORM).and_then(|fields| Asked::read(&parts.headers, &fields));
    let outcome = match asked {
        Ok(asked) => give(&app, &door, asked).await?,
        Err(refused) => Err(refused),
    };
    let mut response = outcome.unwrap_or_else(|refused| refused.answer(by_header));
    if response.status() == StatusCode::UNAUTHORIZED {
        let address = client_address(&parts.headers, &parts.extensions, &app.config.proxies);
        if let Some(Err(wait)) = address.map(|address| door.stranger(&app, address)) {
            response = door::too_many(wait);
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    origins::let_read(response.headers_mut(), origin);
    Ok(response)
}

/// `OPTIONS /oauth/token`: a browser asks before it sends `Authorization`.
pub(super) async fn preflight(State(app): State<App>, headers: HeaderMap) -> Response {
    origins::preflight(origins::allowed(&app.config, &headers))
}

/// What a client asks for.
struct Asked {
    key: String,
    secret: String,
    /// Empty for all the credential has.
    scope: String,
}

impl Asked {
    fn read(headers: &HeaderMap, fields: &Fields) -> Result<Self, Refused> {
        // A parameter without a value counts as left out (RFC 6749 section 3.2).
        let one = |name: &str| match fields.all(name)[..] {
            [] => Ok(""),
            [value] => Ok(value),
            _ => Err(TWICE),
        };
        let (grant, id, secret, scope) = (one("grant_type")?, one("client_id")?, one("client_secret")?, one("scope")?);
        let (key, secret) = match headers.get(header::AUTHORIZATION) {
            Some(_) if !secret.is_empty() => return Err(TWO_WAYS),
            Some(value) => basic(value).filter(|(key, _)| id.is_empty() || id == key).ok_or(NO_CLIENT)?,
            None => (id.to_owned(), secret.to_owned()),
        };
        match grant {
            "client_credentials" => Ok(Self { key, secret, scope: scope.to_owned() }),
            "" => Err(NO_GRANT),
            _ => Err(OTHER_GRANT),
        }
    }
}

/// Key and secret. Both are made of characters that the form encoding of RFC 6749 section 2.3.1 leaves as they are.
fn basic(value: &HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = value.to_str().ok()?.trim().split_once(' ')?;
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (key, secret) = decoded.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (key.to_owned(), secret.to_owned()))
}

async fn give(app: &App, door: &Door, asked: Asked) -> Result<Result<Response, Refused>> {
    let tool = Tool::find(app, &asked.key).await?;
    let Some((tool, hash)) = tool.and_then(|tool| tool.opened_by(&asked.secret).map(|hash| (tool, hash))) else {
        return Ok(Err(NO_CLIENT));
    };
    if let Err(wait) = door.admit(app, &tool.holder(), false).await {
        return Ok(Ok(door::too_many(wait)));
    }
    let wanted: Option<Vec<Scope>> = match asked.scope.trim() {
        "" => Some(tool.scopes.clone()),
        text => text.split_whitespace().map(|scope| scope.parse().ok()).collect(),
    };
    let Some(scopes) = wanted.filter(|wanted| wanted.iter().all(|scope| scope.is_within(&tool.scopes))) else {
        return Ok(Err(NO_SCOPE));
    };
    let scope = scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ");
    let said = format!("{}\n{}\n{scope}", asked.key, app.clock.now().plus(LIFE).0);
    let signature = app.secrets.sign(PURPOSE, &signed(said.as_bytes(), &hash));
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let token = format!("{PREFIX}{}.{}", encode(said.as_bytes()), encode(&signature));
    let body = json!({"access_token": token, "token_type": "Bearer", "expires_in": LIFE.as_secs(), "scope": scope});
    Ok(Ok(Json(body).into_response()))
}

/// What is signed: what the token says, and the digest of the secret it was given for, which has one length.
fn signed(said: &[u8], hash: &[u8]) -> Vec<u8> {
    [said, hash].concat()
}

/// Whether a bearer token is one of these.
pub(super) fn is_ours(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// The credential a token was given for, with the scopes it was given. Errors: `token-unknown`.
pub(super) async fn opened(app: &App, token: &str) -> Result<Tool> {
    let unknown = || Error::new(Kind::Unauthenticated, "token-unknown");
    let parts = token.strip_prefix(PREFIX).and_then(|parts| parts.split_once('.'));
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let (said, signature) = parts.and_then(|(said, sign)| decode(said).zip(decode(sign))).ok_or_else(unknown)?;
    let text = str::from_utf8(&said).map_err(|_| unknown())?;
    let [key, until, scope] = text.split('\n').collect::<Vec<_>>()[..] else { return Err(unknown()) };
    // Nothing is believed yet: only what is signed with a secret that still opens the credential.
    let tool = Tool::find(app, key).await?.ok_or_else(unknown)?;
    let holds = tool.hashes.iter().any(|hash| app.secrets.verify(PURPOSE, &signed(&said, hash), &signature));
    let until = until.parse().map(Timestamp).map_err(|_| unknown())?;
    if !holds || until <= app.clock.now() {
        return Err(unknown());
    }
    let scopes = scope.split(' ').filter_map(|scope| scope.parse().ok());
    let scopes = scopes.filter(|scope: &Scope| scope.is_within(&tool.scopes)).collect();
    Ok(Tool { scopes, ..tool })
}

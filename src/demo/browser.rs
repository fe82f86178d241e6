//! The browsers of the demo's people: every request goes to the server's own addresses, as theirs and their content's would.

use std::collections::HashMap;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use bytes::Bytes;
use serde_json::Value;
use tower::ServiceExt;

use crate::core::{Error, PersonId, Result, Timestamp};
use crate::identity;
use crate::state::App;

/// How long somebody stays signed in: a working day.
const SIGNED_IN: Duration = Duration::from_secs(12 * 60 * 60);
/// The longest answer read.
const ENOUGH: usize = 4 << 20;

/// The server as browsers see it, and who is signed in where.
pub struct Site {
    pub app: App,
    router: Router,
    cookies: HashMap<PersonId, (Timestamp, String)>,
}

/// What the server answered.
pub struct Answer {
    pub status: StatusCode,
    /// Where it leads; empty if nowhere.
    pub location: String,
    pub body: String,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// What stands in the page between two texts: how a script finds the value of a hidden field.
    pub fn between(&self, before: &str, after: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(before)?;
        rest.split_once(after).map(|(found, _)| found)
    }

    /// The last segment of the address it leads to, without query and place.
    pub fn leads_to(&self) -> &str {
        let path = self.location.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }
}

impl Site {
    pub fn new(app: App, router: Router) -> Self {
        Self { app, router, cookies: HashMap::new() }
    }

    /// The browser of somebody, signed in. Whoever comes back on another day signs in again; that they know their password is
    /// taken for granted, for checking sixty of them is what would take longest.
    pub async fn browser(&mut self, person: PersonId) -> Result<Browser<'_>> {
        let now = self.app.clock.now();
        let known = self.cookies.get(&person).filter(|(since, _)| now.since(*since) < SIGNED_IN);
        let cookie = match known {
            Some((_, cookie)) => cookie.clone(),
            None => {
                let mut tx = self.app.db.begin().await?;
                let token = identity::begin_login(&self.app, &mut tx, Some(person)).await?;
                tx.commit().await?;
                let header = identity::set_cookie(&self.app, &token)?;
                let cookie = header.to_str().unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
                self.cookies.insert(person, (now, cookie.clone()));
                cookie
            }
        };
        Ok(Browser { site: self, cookie })
    }
}

/// The browser of one person.
pub struct Browser<'a> {
    site: &'a Site,
    cookie: String,
}

/// A form's fields as a browser sends them.
fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

impl Browser<'_> {
    /// The application it talks to.
    pub fn app(&self) -> &App {
        &self.site.app
    }

    pub async fn get(&self, path: &str) -> Result<Answer> {
        taken(path, self.send(Method::GET, path, FORM, Bytes::new()).await?)
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        taken(path, self.try_form(path, fields).await?)
    }

    /// As [`Browser::form`], where the server may well say no.
    pub async fn try_form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        self.send(Method::POST, path, FORM, encoded(fields).into()).await
    }

    pub async fn post(&self, path: &str, value: &Value) -> Result<Answer> {
        taken(path, self.try_post(path, value).await?)
    }

    /// As [`Browser::post`], where the server may well say no.
    pub async fn try_post(&self, path: &str, value: &Value) -> Result<Answer> {
        self.send(Method::POST, path, JSON, value.to_string().into()).await
    }

    pub async fn put(&self, path: &str, value: &Value) -> Result<Answer> {
        taken(path, self.send(Method::PUT, path, JSON, value.to_string().into()).await?)
    }

    /// Sends a file as it is.
    pub async fn upload(&self, path: &str, bytes: &'static [u8]) -> Result<Answer> {
        taken(path, self.send(Method::POST, path, "application/octet-stream", Bytes::from_static(bytes)).await?)
    }

    async fn send(&self, method: Method, path: &str, kind: &str, body: Bytes) -> Result<Answer> {
        let config = &self.site.app.config;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, config.public_url.authority())
            .header(header::ORIGIN, config.public_origin())
            .header(header::ACCEPT, JSON)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, kind);
        self.site.ask(request, body).await
    }

    /// What launched content asks, from its own origin: the address in full, its right to ask, and what it says.
    pub async fn content(
        &self,
        method: Method,
        address: &str,
        authorization: &str,
        value: Option<&Value>,
    ) -> Result<Answer> {
        let config = &self.site.app.config;
        let url = url::Url::parse(address).map_err(Error::internal)?;
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{query}", url.path()))
            .header(header::HOST, config.content_url.authority())
            .header(header::ORIGIN, config.content_origin())
            .header(header::AUTHORIZATION, authorization)
            .header("x-experience-api-version", "1.0.3")
            .header(header::CONTENT_TYPE, JSON);
        let body = value.map(Value::to_string).unwrap_or_default();
        taken(url.path(), self.site.ask(request, body.into()).await?)
    }
}

impl Site {
    /// What a tool of the house sends from its own server, by its key alone.
    pub async fn tool(&self, authorization: &str, path: &str, value: &Value) -> Result<Answer> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::HOST, self.app.config.public_url.authority())
            .header(header::AUTHORIZATION, authorization)
            .header("x-experience-api-version", "1.0.3")
            .header(header::CONTENT_TYPE, JSON);
        taken(path, self.ask(request, value.to_string().into()).await?)
    }

    async fn ask(&self, request: axum::http::request::Builder, body: Bytes) -> Result<Answer> {
        let request = request.body(Body::from(body)).map_err(Error::internal)?;
        let response = match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let (status, location) = (response.status(), location.unwrap_or_default().to_owned());
        let bytes = to_bytes(response.into_body(), ENOUGH).await.map_err(Error::internal)?;
        Ok(Answer { status, location, body: String::from_utf8_lossy(&bytes).into_owned() })
    }
}

/// The answer, unless the server said no: then the demo asked for something that nobody may or can, which is a fault of ours.
fn taken(path: &str, answer: Answer) -> Result<Answer> {
    if answer.status.is_client_error() || answer.status.is_server_error() {
        let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
        return Err(Error::internal(anyhow::anyhow!("the demo was refused {path}: {} {code}", answer.status)));
    }
    Ok(answer)
}

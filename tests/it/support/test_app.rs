//! The server, started for one test, and the client that talks to it as a browser or a program would.

use std::net::SocketAddr;
use std::sync::Mutex;

use preau::config::Config;
use preau::core::{Clock, PersonId, Timestamp};
use preau::identity::{self, NewPerson, Role};
use preau::state::{App, Projection};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{Database, TestDatabase};

/// Noon of an ordinary Saturday; tests move on from here.
const START: &str = "2026-11-21T12:00:00Z";

/// A running server with a database, a data folder and a clock of its own.
pub struct TestApp {
    /// The state, for what has no public face (moving the clock, looking for leftovers on disk).
    pub app: App,
    /// The clock the server reads.
    pub clock: Clock,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its data folder.
    pub folder: TempDir,
    // Dropped last: the database must outlive the server's connections.
    _database: TestDatabase,
}

impl TestApp {
    pub async fn start(kind: Database) -> Self {
        Self::start_with(kind, |_| {}).await
    }

    /// As [`TestApp::start`], with something set by the operator.
    pub async fn start_with(kind: Database, set: impl FnOnce(&mut Config)) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let database = TestDatabase::create(kind, &folder).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");

        let mut config = Config::load(None).expect("the defaults are valid");
        config.data_dir = folder.path().to_owned();
        config.database_url = database.url().to_owned();
        config.public_url = format!("http://preau.localhost:{}", address.port()).parse().expect("an address");
        config.content_url = format!("http://content.preau.localhost:{}", address.port()).parse().expect("an address");
        set(&mut config);

        let clock = Clock::manual(Timestamp::parse(START).expect("a moment"));
        let app = preau::app::open(config, clock.clone()).await.expect("the application opens");
        let router = preau::app::router(&app).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { app, clock, address, folder, _database: database }
    }

    /// A browser with an empty cookie jar, on the application origin.
    pub fn browser(&self) -> Client {
        Client::new(self.address, self.app.config.public_url.authority(), Some(self.app.config.public_origin()))
    }

    /// The same application started again on the same database and files, as after a restart of the process.
    pub async fn restarted(&self) -> (App, SocketAddr) {
        self.restarted_with(Box::new(preau::progress::Projector)).await
    }

    /// As [`TestApp::restarted`], with somebody else keeping the progress.
    pub async fn restarted_with(&self, projection: Box<dyn Projection>) -> (App, SocketAddr) {
        let (config, clock) = (self.app.config.clone(), self.clock.clone());
        let app = App::open(config, clock, projection).await.expect("the application opens again");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let router = preau::app::router(&app);
        tokio::spawn(async move { axum::serve(listener, router).await });
        (app, address)
    }

    /// Somebody with a password, who is not signed in.
    pub async fn account(&self, login: &str, password: &str, role: Role) -> PersonId {
        let new = NewPerson {
            name: login.to_owned(),
            login: Some(login.to_owned()),
            password_hash: Some(identity::hash_password(password).await.expect("a hash")),
            roles: vec![role],
            ..NewPerson::default()
        };
        let home_page = self.app.config.public_origin();
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let id = identity::add_person(&mut tx, &new, &home_page, self.clock.now()).await.expect("a new person");
        tx.commit().await.expect("a commit");
        id
    }

    /// Lets somebody in no longer, or again.
    pub async fn set_disabled(&self, person: PersonId, is_disabled: bool) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let at = is_disabled.then(|| self.clock.now());
        identity::set_disabled(&mut tx, person, at).await.expect("a person");
        tx.commit().await.expect("a commit");
    }

    /// Somebody with one role, signed in with a browser of their own. The login is the name in small letters.
    pub async fn person(&self, name: &str, role: Role) -> TestPerson {
        let new = NewPerson {
            name: name.to_owned(),
            login: Some(name.to_lowercase().replace(' ', ".")),
            roles: vec![role],
            ..NewPerson::default()
        };
        let home_page = self.app.config.public_origin();
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let id = identity::add_person(&mut tx, &new, &home_page, self.clock.now()).await.expect("a new person");
        let token = identity::begin_login(&self.app, &mut tx, Some(id)).await.expect("a login");
        tx.commit().await.expect("a commit");
        let browser = self.browser();
        let cookie = identity::set_cookie(&self.app, &token).expect("a cookie");
        browser.keep_cookies(&HeaderMap::from_iter([(reqwest::header::SET_COOKIE, cookie)]));
        TestPerson { id, browser }
    }

    /// A program with a bearer token of these scopes.
    pub async fn token(&self, scopes: &[&str]) -> Client {
        self.program().with_token(&self.bearer(scopes).await)
    }

    /// A bearer token of these scopes.
    pub async fn bearer(&self, scopes: &[&str]) -> String {
        let scopes: Vec<_> = scopes.iter().map(|scope| scope.parse().expect("a scope")).collect();
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let (_, token) = identity::create_token(&mut tx, "test", &scopes, self.clock.now()).await.expect("a new token");
        tx.commit().await.expect("a commit");
        token
    }

    /// A program that reaches the server by address.
    pub fn program(&self) -> Client {
        Client::new(self.address, &self.address.to_string(), None)
    }

    /// Launched content: a client on the content origin.
    pub fn content(&self) -> Client {
        Client::new(self.address, self.app.config.content_url.authority(), Some(self.app.config.content_origin()))
    }
}

/// Somebody who is signed in; sends requests as their browser would.
pub struct TestPerson {
    pub id: PersonId,
    pub browser: Client,
}

impl std::ops::Deref for TestPerson {
    type Target = Client;
    fn deref(&self) -> &Client {
        &self.browser
    }
}

/// An HTTP client that keeps cookies and headers, and follows no redirect by itself.
pub struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    cookies: Mutex<Vec<(String, String)>>,
    headers: HeaderMap,
}

/// What the server answered.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Client {
    fn new(address: SocketAddr, host: &str, origin: Option<String>) -> Self {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // An answer given before the body was read closes its connection; the next request must not meet that.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client");
        let client = Self { http, address, cookies: Mutex::default(), headers: HeaderMap::new() };
        let client = client.with_header("host", host);
        match origin {
            Some(origin) => client.with_header("origin", &origin),
            None => client,
        }
    }

    /// The same client with one more header on every request.
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a header value");
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    /// The same client, cookies included, talking to another process of the server.
    pub fn moved_to(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// What it sends with every request.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value of a cookie in the jar.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let jar = self.cookies.lock().expect("one test, one thread");
        jar.iter().find(|(kept, _)| kept == name).map(|(_, value)| value.clone())
    }

    /// The same client with one more cookie in its jar.
    pub fn with_cookie(self, name: &str, value: &str) -> Self {
        self.cookies.lock().expect("one test, one thread").push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same client, signed in with a bearer token.
    pub fn with_token(self, token: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Vec::new(), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Vec::new(), &[]).await
    }

    pub async fn post_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.send(Method::POST, path, body.to_string().into_bytes(), &[("content-type", "application/json")]).await
    }

    pub async fn put_json(&self, path: &str, body: &serde_json::Value) -> Answer {
        self.send(Method::PUT, path, body.to_string().into_bytes(), &[("content-type", "application/json")]).await
    }

    pub async fn post_bytes(&self, path: &str, media_type: &'static str, body: Vec<u8>) -> Answer {
        self.send(Method::POST, path, body, &[("content-type", media_type)]).await
    }

    /// Sends a form as a page would.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let form = [("content-type", "application/x-www-form-urlencoded")];
        self.send(Method::POST, path, body.into_bytes(), &form).await
    }

    /// Any request. `path` may be a full address, of which only path and query count: every name leads to this server.
    pub async fn send(&self, method: Method, path: &str, body: Vec<u8>, headers: &[(&'static str, &str)]) -> Answer {
        let path = match url::Url::parse(path) {
            Ok(address) => {
                format!("{}{}", address.path(), address.query().map(|q| format!("?{q}")).unwrap_or_default())
            }
            Err(_) => path.to_owned(),
        };
        let mut own = self.headers.clone();
        headers.iter().for_each(|(name, _)| _ = own.remove(*name));
        let mut request = self.http.request(method, format!("http://{}{path}", self.address)).headers(own);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let cookies: Vec<String> =
            self.cookies.lock().expect("one test, one thread").iter().map(|(n, v)| format!("{n}={v}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let response = request.body(body).send().await.expect("the server answers");
        let status = response.status();
        let headers = response.headers().clone();
        self.keep_cookies(&headers);
        Answer { status, headers, body: response.bytes().await.expect("a whole answer").to_vec() }
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        let mut jar = self.cookies.lock().expect("one test, one thread");
        for cookie in headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()) {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            jar.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                jar.push((name.to_owned(), value.to_owned()));
            }
        }
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; the whole answer is in the message if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text()))
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The answer, which must have this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }
}

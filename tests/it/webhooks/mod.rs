//! Webhooks: what leaves is signed, comes at least once, and goes nowhere it must not.

mod queue;

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::future::BoxFuture;
use preau::identity::Role;
use preau::outbox::{self, Event, EventKind};
use preau::webhooks::{self, Lookup, Sender};
use serde_json::json;
use tokio::sync::Notify;

use crate::both_databases;
use crate::support::learning::{item, scorm};
use crate::support::{TestApp, TestPerson};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A system that receives: it answers what it is told to answer (0: nothing), the last for ever, and keeps what it got.
#[derive(Clone)]
pub struct Receiver {
    address: SocketAddr,
    answers: Arc<Mutex<Vec<u16>>>,
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
    arrived: Arc<Notify>,
}

impl Receiver {
    pub async fn start(answers: &[u16]) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let receiver = Self {
            address,
            answers: Arc::new(Mutex::new(answers.to_vec())),
            got: Arc::default(),
            arrived: Arc::default(),
        };
        let router = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub fn url(&self) -> String {
        format!("http://{}/evenements", self.address)
    }

    pub fn got(&self) -> Vec<(HeaderMap, String)> {
        self.got.lock().expect("no panic holds it").clone()
    }

    /// Waits until it has got so many requests.
    pub async fn has_got(&self, count: usize) {
        loop {
            let arrived = self.arrived.notified();
            if self.got().len() >= count {
                return;
            }
            arrived.await;
        }
    }
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8_lossy(&body).into_owned();
    receiver.got.lock().expect("no panic holds it").push((headers, text));
    receiver.arrived.notify_waiters();
    let status = {
        let mut answers = receiver.answers.lock().expect("no panic holds it");
        if answers.len() > 1 { answers.remove(0) } else { answers[0] }
    };
    let Ok(status) = StatusCode::from_u16(status) else { std::future::pending().await };
    // Where a redirect would lead if it were followed: back here, as a GET.
    (status, [("location", format!("http://{}/ailleurs", receiver.address))]).into_response()
}

/// A name server of the test: every name has this address.
struct Everywhere(IpAddr);

impl Lookup for Everywhere {
    fn lookup(&self, _: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        let address = self.0;
        Box::pin(async move { Ok(vec![address]) })
    }
}

fn house() -> Sender {
    Sender::new(&["127.0.0.0/8".parse().expect("a network")]).expect("a sender")
}

/// The same application in another process, for which the machine itself is a network of the house.
pub async fn with_house(app: &TestApp) -> (preau::state::App, SocketAddr) {
    let mut config = app.app.config.clone();
    config.webhooks.allowed_networks = vec!["127.0.0.0/8".parse().expect("a network")];
    let running = preau::app::open(config, app.clock.clone()).await.expect("the application opens");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound address");
    let router = preau::app::router(&running);
    tokio::spawn(async move { axum::serve(listener, router).await });
    (running, address)
}

/// An endpoint with its administrator.
struct Hook {
    app: preau::state::App,
    administrator: TestPerson,
    page: String,
}

impl Hook {
    /// An endpoint that an administrator added on the page.
    async fn add(app: &TestApp, url: &str) -> Self {
        let (running, address) = with_house(app).await;
        let TestPerson { id, browser } = app.person("Ada", Role::Administrator).await;
        let administrator = TestPerson { id, browser: browser.moved_to(address) };
        Self { app: running, administrator, page: String::new() }.and_then(url).await
    }

    /// Another endpoint of the same administrator.
    async fn and_then(self, url: &str) -> Self {
        let fields =
            [("url", url), ("description", "RH"), ("kind", "course.completed"), ("kind", "programme.published")];
        let added = self.administrator.post_form("/admin/webhooks", &fields).await.expect(303);
        Self { page: added.header("location").expect("the endpoint's page").to_owned(), ..self }
    }

    async fn page(&self) -> String {
        self.administrator.get(&self.page).await.expect(200).text()
    }

    async fn act(&self, act: &str) {
        self.administrator.post_form(&format!("{}/{act}", self.page), &[]).await.expect(303);
    }

    /// The secret as the page shows it.
    async fn secret(&self) -> String {
        let page = self.page().await;
        let at = page.find("whsec_").expect("a secret on the page");
        // The template writes + as a character reference.
        page[at..].split('<').next().expect("an end").replace("&#43;", "+")
    }

    async fn emit(&self) {
        let mut tx = self.app.db.begin().await.expect("a transaction");
        let event = Event::new(EventKind::CourseCompleted, json!({"course": {"title": "Accueil"}}));
        outbox::emit(&mut tx, &self.app, event).await.expect("an event");
        tx.commit().await.expect("a commit");
    }

    async fn deliver(&self, sender: &Sender) -> usize {
        webhooks::deliver_due(&self.app, sender).await.expect("tries")
    }

    /// The path of the newest delivery's replay.
    async fn replay(&self) -> String {
        let page = self.page().await;
        let at = page.find("/replay").expect("something to send again");
        let start = page[..at].rfind("deliveries/").expect("a delivery");
        page[start..at + "/replay".len()].to_owned()
    }
}

/// Checks a message as a receiver does.
#[track_caller]
fn assert_signed(message: &(HeaderMap, String), secret: &str) {
    let (headers, body) = message;
    let text = |name: &str| headers[name].to_str().expect("a text").to_owned();
    let time: i64 = text("webhook-timestamp").parse().expect("seconds");
    let webhook = standardwebhooks::Webhook::new(secret).expect("a secret");
    let expected = webhook.sign(&text("webhook-id"), time, body.as_bytes()).expect("a signature");
    assert!(text("webhook-signature").split(' ').any(|one| one == expected), "{headers:?}");
}

both_databases! {
    async fn a_completed_course_reaches_the_endpoint_signed(app: TestApp) {
        let receiver = Receiver::start(&[204]).await;
        let hook = Hook::add(&app, &receiver.url()).await;
        let course = app.import(scorm("1.2", &item("a", ""), &[("a", "sco")])).await;
        let camille = app.person("Camille Martin", Role::Learner).await;
        let (registration, index) = camille.start(&course).await;
        let mut launch = camille.launch(&registration, index).await;
        launch.commit(&app, &[("cmi.core.lesson_status", "passed")], "00:12:00", Some("")).await;
        // Again: it was completed before, and is not told twice.
        let mut launch = camille.launch(&registration, index).await;
        launch.commit(&app, &[("cmi.core.lesson_status", "passed")], "00:01:00", Some("")).await;

        assert_eq!(hook.deliver(&house()).await, 1);
        let got = receiver.got();
        assert_eq!(got.len(), 1);
        assert_signed(&got[0], &hook.secret().await);
        let body: serde_json::Value = serde_json::from_str(&got[0].1).expect("JSON");
        assert_eq!((&body["type"], &body["version"]), (&json!("course.completed"), &json!(1)));
        assert_eq!(body["data"]["person"]["id"], camille.id.to_string());
        assert_eq!(body["data"]["registration"], registration);
        assert!(hook.page().await.contains("Réponse 204"));
        assert_eq!(hook.deliver(&house()).await, 0);
    }

    async fn an_endpoint_that_fails_is_tried_again_later_and_later_then_given_up(app: TestApp) {
        let receiver = Receiver::start(&[500, 503, 200]).await;
        let hook = Hook::add(&app, &receiver.url()).await;
        hook.emit().await;
        assert_eq!(hook.deliver(&house()).await, 1);
        assert_eq!(hook.deliver(&house()).await, 0, "not before its time");
        app.clock.advance(Duration::from_secs(6));
        assert_eq!(hook.deliver(&house()).await, 1);
        app.clock.advance(Duration::from_secs(6));
        assert_eq!(hook.deliver(&house()).await, 0, "the second pause is longer");
        app.clock.advance(Duration::from_secs(330));
        assert_eq!(hook.deliver(&house()).await, 1);
        let page = hook.page().await;
        assert!(["Réponse 500", "Réponse 503", "Réponse 200", "Reçu"].iter().all(|word| page.contains(word)), "{page}");
        let got = receiver.got();
        assert!(got.windows(2).all(|pair| pair[0].0["webhook-id"] == pair[1].0["webhook-id"]), "one message, one id");

        // Nobody listens there any more.
        let gone = Receiver::start(&[500]).await;
        hook.act("delete").await;
        let hook = hook.and_then(&gone.url()).await;
        hook.emit().await;
        let mut tries = 0;
        for _ in 0..20 {
            tries += hook.deliver(&house()).await;
            app.clock.advance(DAY + DAY / 8);
        }
        assert_eq!(tries, 10);
        assert!(hook.page().await.contains("Abandonné"));
    }

    async fn nobody_listening_and_a_slow_one_are_failures_that_the_log_tells(app: TestApp) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let hook = Hook::add(&app, &format!("http://{address}/")).await;
        hook.emit().await;
        // It takes the connection and says nothing.
        let begun = std::time::Instant::now();
        assert_eq!(hook.deliver(&house()).await, 1);
        assert!(begun.elapsed() < Duration::from_secs(20), "a try ends");
        assert!(hook.page().await.contains("Pas de réponse à temps"));
        drop(listener);
        app.clock.advance(Duration::from_secs(6));
        assert_eq!(hook.deliver(&house()).await, 1);
        assert!(hook.page().await.contains("Connexion impossible"));
    }

    async fn gone_stops_an_endpoint_until_an_administrator_sends_again(app: TestApp) {
        let receiver = Receiver::start(&[410, 200]).await;
        let hook = Hook::add(&app, &receiver.url()).await;
        hook.emit().await;
        hook.deliver(&house()).await;
        hook.emit().await;
        app.clock.advance(DAY);
        assert_eq!(hook.deliver(&house()).await, 0);
        assert!(hook.page().await.contains("410 (Gone)"));
        hook.act("resume").await;
        hook.emit().await;
        assert_eq!(hook.deliver(&house()).await, 1, "what happened meanwhile is not sent later");
        assert!(hook.page().await.contains("Réponse 200"));
    }

    async fn a_redirect_is_not_followed(app: TestApp) {
        let receiver = Receiver::start(&[307]).await;
        let hook = Hook::add(&app, &receiver.url()).await;
        hook.emit().await;
        assert_eq!(hook.deliver(&house()).await, 1);
        assert_eq!(receiver.got().len(), 1, "once, and nothing at the address it named");
        assert!(hook.page().await.contains("redirections ne sont pas suivies"));
    }

    async fn a_name_that_leads_to_a_private_address_is_never_connected_to(app: TestApp) {
        let receiver = Receiver::start(&[200]).await;
        let hook = Hook::add(&app, &format!("https://rh.example.fr:{}/", receiver.address.port())).await;
        for (private, number) in [("127.0.0.1", 1), ("::ffff:127.0.0.1", 2), ("169.254.169.254", 3)] {
            hook.emit().await;
            let lookup = Arc::new(Everywhere(private.parse().expect("an address")));
            let sender = Sender::with_lookup(&[], lookup).expect("a sender");
            assert_eq!(hook.deliver(&sender).await, 1, "{private}");
            let page = hook.page().await;
            assert_eq!(page.matches("réseau privé qui n’est pas autorisé").count(), number, "{private}: {page}");
        }
        assert!(receiver.got().is_empty());
        hook.act("delete").await;
        // Over plain http as well; only the operator opens the way.
        let plain = Sender::with_lookup(&[], Arc::new(Everywhere("127.0.0.1".parse().expect("an address"))));
        let other = hook.and_then(&format!("http://rh.example.fr:{}/", receiver.address.port())).await;
        other.emit().await;
        other.deliver(&plain.expect("a sender")).await;
        assert!(receiver.got().is_empty());
        app.clock.advance(Duration::from_secs(6));
        let allowed = ["127.0.0.0/8".parse().expect("a network")];
        let house = Sender::with_lookup(&allowed, Arc::new(Everywhere("127.0.0.1".parse().expect("an address"))));
        other.deliver(&house.expect("a sender")).await;
        assert_eq!(receiver.got().len(), 1, "by the address that the name server gave");
    }

    async fn a_crash_between_sending_and_recording_sends_again_with_the_same_id(app: TestApp) {
        let receiver = Receiver::start(&[0, 200]).await;
        let hook = Hook::add(&app, &receiver.url()).await;
        hook.emit().await;
        let running = hook.app.clone();
        let dying = tokio::spawn(async move { webhooks::deliver_due(&running, &house()).await });
        while receiver.got().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // It has the message; whether it was recorded, nobody will know.
        dying.abort();
        assert!(dying.await.is_err());
        assert_eq!(hook.deliver(&house()).await, 0, "another process waits until the hold has run out");
        app.clock.advance(Duration::from_secs(61));
        assert_eq!(hook.deliver(&house()).await, 1);
        let got = receiver.got();
        assert_eq!((got.len(), &got[0].0["webhook-id"]), (2, &got[1].0["webhook-id"]));
        assert!(hook.page().await.contains("Reçu"));
    }

    async fn what_was_sent_can_be_sent_again(app: TestApp) {
        let receiver = Receiver::start(&[200]).await;
        let hook = Hook::add(&app, &receiver.url()).await;
        hook.emit().await;
        hook.deliver(&house()).await;
        let replay = hook.replay().await;
        hook.administrator.post_form(&format!("{}/{replay}", hook.page), &[]).await.expect(303);
        assert_eq!(hook.deliver(&house()).await, 1);
        let got = receiver.got();
        assert_eq!(got.len(), 2);
        assert_eq!((&got[0].0["webhook-id"], &got[0].1), (&got[1].0["webhook-id"], &got[1].1));
    }

    async fn a_new_secret_signs_at_once_and_the_old_one_for_a_day(app: TestApp) {
        let receiver = Receiver::start(&[200]).await;
        let hook = Hook::add(&app, &receiver.url()).await;
        let old = hook.secret().await;
        hook.act("secret").await;
        let new = hook.secret().await;
        assert_ne!(old, new);
        hook.act("test").await;
        hook.deliver(&house()).await;
        let got = receiver.got();
        assert_signed(&got[0], &new);
        assert_signed(&got[0], &old);
        app.clock.advance(DAY + Duration::from_secs(1));
        hook.act("test").await;
        hook.deliver(&house()).await;
        let got = receiver.got();
        assert_signed(&got[1], &new);
        assert_eq!(got[1].0["webhook-signature"].to_str().expect("a text").split(' ').count(), 1);
        assert!(got[1].1.contains(r#""type":"test""#));
    }

    async fn old_events_are_forgotten_but_not_what_is_still_on_its_way(app: TestApp) {
        let receiver = Receiver::start(&[200]).await;
        let hook = Hook::add(&app, &receiver.url()).await;
        hook.emit().await;
        hook.deliver(&house()).await;
        app.clock.advance(DAY * 29);
        assert_eq!(webhooks::sweep(&hook.app).await.expect("a sweep"), 0);
        hook.act("test").await;
        app.clock.advance(DAY * 2);
        assert_eq!(webhooks::sweep(&hook.app).await.expect("a sweep"), 1);
        app.clock.advance(DAY * 40);
        assert_eq!(webhooks::sweep(&hook.app).await.expect("a sweep"), 0);
        assert_eq!(hook.deliver(&house()).await, 1);
    }

    async fn addresses_of_the_machine_are_refused_on_the_page_unless_allowed(app: TestApp) {
        let administrator = app.person("Ada", Role::Administrator).await;
        for (url, told) in [
            ("http://rh.example.fr/", "https://"),
            ("https://169.254.169.254/latest/", "adresse est privée"),
            ("https://[::1]/", "adresse est privée"),
            ("n’importe quoi", "ne convient pas"),
        ] {
            let fields = [("url", url), ("kind", "course.completed")];
            let page = administrator.post_form("/admin/webhooks", &fields).await.expect(422).text();
            assert!(page.contains(told), "{url}: {page}");
        }
        let without = administrator.post_form("/admin/webhooks", &[("url", "https://rh.example.fr/")]).await.expect(422);
        assert!(without.text().contains("au moins un événement"));
    }
}

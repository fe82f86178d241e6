//! Several processes at one queue: nothing goes out twice, and nobody waits behind somebody busy.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Uri;
use futures_util::future::join_all;
use tokio::sync::watch;

use super::*;

/// Who was sent what: the endpoint's path, and the message's id.
type Sent = Vec<(String, String)>;

/// Several endpoints at one address. They answer nobody before they are let go.
#[derive(Clone)]
struct Gate {
    address: SocketAddr,
    open: watch::Sender<bool>,
    got: watch::Sender<Sent>,
}

impl Gate {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound address");
        let gate = Self { address, open: watch::Sender::new(false), got: watch::Sender::default() };
        let router = Router::new().fallback(wait).with_state(gate.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        gate
    }

    fn url(&self, endpoint: &str) -> String {
        format!("http://{}/{endpoint}", self.address)
    }

    fn open(&self) {
        self.open.send_replace(true);
    }

    /// Everything that came, as soon as it is so much.
    async fn got(&self, count: usize) -> Sent {
        self.got.subscribe().wait_for(|got| got.len() >= count).await.expect("the gate stands").clone()
    }
}

async fn wait(State(gate): State<Gate>, uri: Uri, headers: HeaderMap) -> StatusCode {
    let message = headers["webhook-id"].to_str().expect("a text").to_owned();
    gate.got.send_modify(|got| got.push((uri.path().to_owned(), message)));
    gate.open.subscribe().wait_for(|open| *open).await.expect("the gate stands");
    StatusCode::NO_CONTENT
}

/// Sends what is due, in a process of its own.
fn delivering(app: preau::state::App) -> tokio::task::JoinHandle<usize> {
    tokio::spawn(async move { webhooks::deliver_due(&app, &house()).await.expect("tries") })
}

both_databases! {
    async fn a_message_goes_out_once_however_many_processes_look_at_once(app: TestApp) {
        let gate = Gate::start().await;
        gate.open();
        let hook = Hook::add(&app, &gate.url("rh")).await.and_then(&gate.url("sig")).await;
        for _ in 0..40 {
            hook.emit().await;
        }
        let others = [with_house(&app).await.0, with_house(&app).await.0];
        let processes = others.into_iter().chain([hook.app.clone()]);
        let tries = join_all(processes.map(delivering)).await;
        assert_eq!(tries.into_iter().map(|tries| tries.expect("no panic")).sum::<usize>(), 80);
        let got = gate.got(80).await;
        assert_eq!(got.iter().collect::<BTreeSet<_>>().len(), 80, "each message once to each endpoint");
        assert_eq!(hook.deliver(&house()).await, 0);
    }

    async fn who_has_one_message_does_not_wait_behind_those_who_have_many(app: TestApp) {
        let gate = Gate::start().await;
        let mut hook = Hook::add(&app, &gate.url("0")).await;
        for busy in 1..=6 {
            for _ in 0..10 {
                hook.act("test").await;
            }
            let next = if busy < 6 { busy.to_string() } else { "calme".to_owned() };
            hook = hook.and_then(&gate.url(&next)).await;
        }
        // The last to come, with one message.
        app.clock.advance(Duration::from_secs(1));
        hook.act("test").await;

        let first = delivering(hook.app.clone());
        let sent = gate.got(20).await;
        let mut of_each = BTreeMap::new();
        for (endpoint, _) in &sent {
            *of_each.entry(endpoint.as_str()).or_insert(0) += 1;
        }
        assert_eq!(of_each.get("/calme"), Some(&1), "{of_each:?}");
        assert!(of_each.len() == 7 && of_each.values().all(|count| *count <= 4), "everybody has a turn: {of_each:?}");

        // While nobody answers the first process, the second sends others.
        let second = delivering(with_house(&app).await.0);
        gate.got(40).await;
        gate.open();
        assert_eq!(first.await.expect("no panic") + second.await.expect("no panic"), 61);
        let got = gate.got(61).await;
        assert_eq!((got.len(), got.iter().collect::<BTreeSet<_>>().len()), (61, 61), "each message once");
    }
}

//! What a piece of work costs: the SQL statements it runs, and the rows that they return and change.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, Once};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Instrument, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// What was run inside a counted span.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    pub statements: usize,
    /// Returned and changed.
    pub rows: u64,
}

/// By the span's number.
static COSTS: LazyLock<Mutex<HashMap<u64, Cost>>> = LazyLock::new(Mutex::default);

/// sqlx tells of every statement; whoever runs it (the task itself, or SQLite's thread on its behalf) is in the span of the
/// request.
struct Counter;

struct Number(u64);

impl Visit for Number {
    fn record_u64(&mut self, _: &Field, value: u64) {
        self.0 = value;
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

/// Whether a statement reads or writes: the end of a transaction may be told after its page.
#[derive(Default)]
struct Summary {
    counts: bool,
    rows: u64,
}

impl Visit for Summary {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            let verb = value.split(' ').next().unwrap_or_default();
            self.counts = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"].contains(&verb);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if ["rows_affected", "rows_returned"].contains(&field.name()) {
            self.rows += value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Counter {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut number = Number(0);
        attributes.record(&mut number);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(number);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut told = Summary::default();
        event.record(&mut told);
        if !told.counts {
            return;
        }
        let numbers = context.event_scope(event).into_iter().flatten();
        let number = numbers.filter_map(|span| span.extensions().get::<Number>().map(|number| number.0)).next();
        if let Some(number) = number {
            let mut costs = COSTS.lock().expect("whole counts");
            let cost = costs.entry(number).or_default();
            cost.statements += 1;
            cost.rows += told.rows;
        }
    }
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let wanted =
            tracing_subscriber::filter::filter_fn(|meta| meta.target() == "sqlx::query" || meta.name() == "counted");
        let subscriber = tracing_subscriber::registry().with(Counter.with_filter(wanted));
        tracing::subscriber::set_global_default(subscriber).expect("nobody else listens");
    });
}

/// Does a piece of work and answers what it cost. What it starts in threads of its own counts where those say on whose behalf.
pub async fn cost_of<T>(work: impl Future<Output = T>) -> (T, Cost) {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    listen();
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    let span = tracing::info_span!("counted", number);
    let done = work.instrument(span).await;
    // SQLite's thread tells of a statement after it has handed over the last row.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    (done, COSTS.lock().expect("whole counts").get(&number).copied().unwrap_or_default())
}

//! Storing statements: the one way in, whoever makes them.

use std::collections::{BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use super::attachments::{self, AttachedRow};
use super::dictionary::{Dictionary, Familiar};
use super::links::Links;
use super::order::{Authority, Order, Ready, Received};
use super::sessions::{self, Sessions};
use super::store::{self, LinkRow, Row};
use crate::core::{Error, RegistrationId, Result, Sequence};
use crate::state::App;
use crate::storage::{Db, Tx};
use crate::xapi::{Statement, Stored, VerbKey, exact, vocabulary};

/// How often the projection may answer with statements of its own before something is wrong.
const ROUNDS: usize = 8;
/// How far references to references are followed.
const REFERENCES: usize = 10;
/// Statements written at a time, however many there are: what is held beside the orders stays small.
const PIECE: usize = 1_000;

// Two transactions of PostgreSQL do not see what the other is about to store. Where one has a statement that refers to one of the
// other, neither would learn of it: so whoever stores references waits for the others, and they for it. A machine that vanishes in
// the middle holds nobody back for longer than a minute.
const BESIDE_OTHERS_POSTGRES: &str =
    "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '1min'; SELECT pg_advisory_xact_lock_shared(1, 1)";
const BY_ITSELF_POSTGRES: &str =
    "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '1min'; SELECT pg_advisory_xact_lock(1, 1)";

/// Begins a transaction in which these orders are to be stored.
pub(super) async fn begin(db: &Db, orders: &[Order]) -> Result<Tx> {
    let all = || orders.iter().flat_map(|order| &order.statements);
    if all().any(|ready| ready.statement.target().is_some()) {
        begin_referring(db).await
    } else if all().any(|ready| ready.is_named) {
        db.begin_with(BESIDE_OTHERS_POSTGRES).await
    } else {
        // Nobody can refer to what has an id that was made here.
        db.begin().await
    }
}

/// Begins a transaction in which statements that refer to others are to be stored.
pub(super) async fn begin_referring(db: &Db) -> Result<Tx> {
    db.begin_with(BY_ITSELF_POSTGRES).await
}

/// Stores statements of our own making in the caller's transaction and lets the projection follow.
///
/// Answers the new ones, those the projection added included. Errors: `statement-conflict` if an id is taken by another
/// statement.
pub async fn append(tx: &mut Tx, app: &App, statements: Vec<Statement>, authority: Authority) -> Result<Vec<Stored>> {
    let order = Order::of(statements, &authority)?;
    let Done { refused, stored } =
        store_all(tx, app, std::slice::from_ref(&order), Ids::LookedFor, &Familiar::default()).await?;
    match refused.into_values().next() {
        Some(refusal) => Err(refusal),
        None => Ok(stored),
    }
}

/// What is thought of the ids that senders give.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ids {
    /// None is taken, as is nearly always so. If one is after all, storing fails as transient. What is said in a session
    /// is looked for all the same.
    Fresh,
    /// Some may be: each is looked for.
    LookedFor,
}

/// What became of some orders.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// By their place, those that cannot be stored; nothing of them was.
    pub refused: HashMap<usize, Error>,
    /// Everything new.
    pub stored: Vec<Stored>,
}

/// Stores orders one after the other, with few queries for all of them, and lets the projection follow.
///
/// An order whose id is taken by another statement is refused alone. An error is of all of them: the transaction is of no
/// use any more.
pub(super) async fn store_all(tx: &mut Tx, app: &App, orders: &[Order], ids: Ids, familiar: &Familiar) -> Result<Done> {
    let mut learnt = Dictionary::default();
    let (mut done, mut followed) = put(tx, app, orders, ids, familiar, &mut learnt).await?;
    let service = Authority::service(app);
    for _ in 0..ROUNDS {
        if followed.is_empty() {
            // Last, and once: whoever waits for a row of the dictionary waits for nobody else.
            learnt.keep(tx, familiar, app.clock.now()).await?;
            return Ok(done);
        }
        let more = app.projection.stored(app, tx, &followed).await?;
        let more = [Order::of(more, &service)?];
        let (mut added, next) = put(tx, app, &more, Ids::LookedFor, familiar, &mut learnt).await?;
        if let Some(refusal) = added.refused.remove(&0) {
            return Err(refusal);
        }
        followed = next;
        done.stored.extend(added.stored);
    }
    Err(Error::internal(anyhow::anyhow!("the projection answers every batch of its own statements with more")))
}

/// A statement that is new, with its number.
struct New<'o> {
    ready: &'o Ready,
    seq: i64,
}

impl New<'_> {
    fn body(&self) -> String {
        self.ready.draft.at(&exact(Sequence::moment(self.seq)))
    }
}

/// Writes what is new of the orders. Answers also what of it the projection takes in.
async fn put(
    tx: &mut Tx,
    app: &App,
    orders: &[Order],
    ids: Ids,
    familiar: &Familiar,
    learnt: &mut Dictionary,
) -> Result<(Done, Vec<Stored>)> {
    let all = || orders.iter().flat_map(|order| &order.statements);
    let count = all().count();
    if count == 0 {
        return Ok(Default::default());
    }
    let now = app.clock.now();
    // In one order everywhere, so that two batches never wait for each other.
    let registrations: BTreeSet<RegistrationId> = all()
        .filter_map(|ready| ready.registration)
        .map(RegistrationId)
        .filter(|registration| !familiar.is_nobodys(*registration, now))
        .collect();
    let registrations: Vec<RegistrationId> = registrations.into_iter().collect();
    let followed = app.projection.prepare(tx, &registrations).await?;
    let followed: HashSet<RegistrationId> = followed.into_iter().collect();
    for registration in registrations.into_iter().filter(|registration| !followed.contains(registration)) {
        familiar.note_nobodys(registration, now);
    }

    // A session refuses what comes too late: that what is sent again was said in time must be known before.
    let doubted = orders.iter().filter(|order| ids == Ids::LookedFor || order.saying.is_some());
    let known = store::find_all(tx, &named(doubted.flat_map(|order| &order.statements))).await?;
    let known: HashMap<Uuid, String> = known.into_iter().map(|row| (row.id.0, row.body)).collect();
    let numbers = app.sequence.take(app.clock.now(), count);
    let mut sessions = Sessions::hold(tx, orders).await?;
    let (new, refused) = accept(orders, &known, numbers.iter(), &mut sessions);
    tx.keep(numbers);
    sessions.keep(tx, app.clock.now()).await?;

    let mut done = Done { refused, stored: Vec::with_capacity(new.len()) };
    for piece in new.chunks(PIECE) {
        done.stored.extend(put_piece(tx, piece).await?);
    }
    let is_followed = |stored: &&Stored| {
        stored.statement.voids() || stored.registration.is_some_and(|registration| followed.contains(&registration))
    };
    let followed = done.stored.iter().filter(is_followed).cloned().collect();
    for (place, order) in orders.iter().enumerate() {
        // An order that is sent again teaches nothing again: something else may have been said since.
        let is_new = |ready: &Ready| !known.contains_key(&ready.id.0);
        if !done.refused.contains_key(&place) && order.statements.iter().any(is_new) {
            learnt.absorb(&order.learnt);
        }
    }
    Ok((done, followed))
}

/// The ids that senders gave: nobody else knows one yet that was made here.
fn named<'r>(statements: impl Iterator<Item = &'r Ready>) -> Vec<Uuid> {
    statements.filter(|ready| ready.is_named).map(|ready| ready.id.0).collect()
}

/// The ids under which the same statements are stored already. Errors: `statement-conflict` if they are others.
pub(super) async fn known(tx: &mut Tx, received: &[Received]) -> Result<HashSet<Uuid>> {
    let by_id: HashMap<Uuid, &Received> =
        received.iter().filter_map(|received| Some((received.statement.id?.0, received))).collect();
    let rows = store::find_all(tx, &by_id.keys().copied().collect::<Vec<_>>()).await?;
    for row in &rows {
        by_id.get(&row.id.0).map_or(Ok(()), |received| received.must_be_the_same(&row.body, row.id))?;
    }
    Ok(rows.into_iter().map(|row| row.id.0).collect())
}

/// What is new, and the orders that say something else under an id that is taken: in the database, or by an order before. What
/// a cmi5 unit sends anew is no second word of it; what is new must be allowed in its session.
fn accept<'o>(
    orders: &'o [Order],
    known: &HashMap<Uuid, String>,
    mut numbers: impl Iterator<Item = i64>,
    sessions: &mut Sessions,
) -> (Vec<New<'o>>, HashMap<usize, Error>) {
    let mut accepted: Vec<New<'o>> = Vec::new();
    let mut taken: HashMap<Uuid, usize> = HashMap::new();
    let mut refused = HashMap::new();
    for (place, order) in orders.iter().enumerate() {
        let begun = accepted.len();
        let mut session = sessions.trial(order.saying.as_ref());
        let mut deeds = order.saying.iter().flat_map(|saying| saying.deeds.iter().copied());
        let outcome = order.statements.iter().try_for_each(|ready| {
            let deed = deeds.next();
            let earlier = taken.get(&ready.id.0).map(|at| accepted[*at].body());
            match earlier.as_ref().or_else(|| known.get(&ready.id.0)) {
                Some(body) => ready.must_be_the_same(body),
                None => {
                    if let (Some(session), Some(deed)) = (&mut session, deed) {
                        session.take(deed).map_err(sessions::refusal)?;
                    }
                    // As many numbers were taken as there are statements.
                    let seq = numbers.next().unwrap_or_default();
                    accepted.push(New { ready, seq });
                    Ok(())
                }
            }
        });
        match outcome {
            // Where all is known already nobody has said anything now.
            Ok(()) if accepted.len() == begun => {}
            Ok(()) => sessions.take(order.saying.as_ref(), session),
            Err(refusal) => {
                accepted.truncate(begun);
                refused.insert(place, refusal);
            }
        }
        taken.extend((begun..accepted.len()).map(|at| (accepted[at].ready.id.0, at)));
    }
    (accepted, refused)
}

/// Writes some statements with everything that finds them.
async fn put_piece(tx: &mut Tx, piece: &[New<'_>]) -> Result<Vec<Stored>> {
    let rows: Vec<Row> = piece.iter().map(row).collect();
    let mut links = links(tx, piece).await?;
    let awaited = named(piece.iter().map(|new| new.ready));
    let referring = store::insert(tx, &rows, &mut links, &awaited).await?;
    let attached = piece.iter().flat_map(|new| {
        new.ready.attached.iter().map(|attached| AttachedRow { seq: new.seq, attached: attached.clone() })
    });
    attachments::insert(tx, &attached.collect::<Vec<_>>()).await?;
    let voiding = VerbKey::of(vocabulary::VOIDED).0;
    // Also what was taken back before it came.
    let voided = referring.iter().filter(|row| row.verb_key == voiding).filter_map(|row| row.refers_to);
    let voids = piece.iter().map(|new| &new.ready.statement).filter(|statement| statement.voids());
    store::void(tx, &voids.filter_map(|statement| statement.target()).chain(voided).collect::<Vec<_>>()).await?;
    inherit(tx, piece, &links, referring).await?;
    Ok(piece
        .iter()
        .zip(rows)
        .map(|(new, row)| Stored {
            seq: row.seq,
            id: row.id,
            stored: row.stored,
            occurred: row.occurred,
            registration: row.registration.map(RegistrationId),
            statement: new.ready.statement.clone(),
        })
        .collect())
}

fn row(new: &New<'_>) -> Row {
    let Ready { id, statement, registration, .. } = new.ready;
    let stored = Sequence::moment(new.seq);
    Row {
        seq: new.seq,
        id: *id,
        body: new.body(),
        registration: *registration,
        stored,
        occurred: statement.timestamp.unwrap_or(stored),
        refers_to: statement.target(),
        verb_key: VerbKey::of(&statement.verb.id).0,
        voided: false,
    }
}

/// The links of new statements and those they inherit from what they refer to (1.0.3 Communication 2.1.3: a statement that refers
/// to a match is a match).
async fn links(tx: &mut Tx, piece: &[New<'_>]) -> Result<Vec<LinkRow>> {
    let mut all: Vec<LinkRow> = Vec::new();
    let mut add = |links: &Links, seq: i64, subject: i64| {
        all.extend(links.iter().map(|(usage, entity)| LinkRow { usage, entity, seq, subject }));
    };
    let mut own: HashMap<Uuid, (i64, &Links, Option<Uuid>)> = HashMap::with_capacity(piece.len());
    for New { ready, seq, .. } in piece {
        add(&ready.links, *seq, *seq);
        own.insert(ready.id.0, (*seq, &ready.links, ready.statement.target()));
    }

    // What new statements refer to, level by level; most batches have none and end here.
    let mut targets: Vec<(i64, Uuid)> =
        piece.iter().filter_map(|new| Some((new.seq, new.ready.statement.target()?))).collect();
    let mut older: HashMap<Uuid, (i64, Links, Option<Uuid>)> = HashMap::new();
    for _ in 0..REFERENCES {
        let unknown: Vec<Uuid> =
            targets.iter().map(|(_, id)| *id).filter(|id| !own.contains_key(id) && !older.contains_key(id)).collect();
        for row in store::find_all(tx, &unknown).await? {
            older.insert(row.id.0, (row.seq, links_of_body(&row.body), row.refers_to));
        }
        let mut next = Vec::new();
        for (seq, id) in targets {
            let found =
                own.get(&id).copied().or_else(|| older.get(&id).map(|(seq, links, target)| (*seq, links, *target)));
            if let Some((subject, links, target)) = found {
                add(links, seq, subject);
                next.extend(target.map(|target| (seq, target)));
            }
        }
        if next.is_empty() {
            break;
        }
        targets = next;
    }

    Ok(all)
}

/// Writes what earlier statements that were waiting for one of these inherit from it: its `links` and those it has inherited
/// itself. `referring` are those that refer to one of these; others refer to them in turn.
async fn inherit(tx: &mut Tx, piece: &[New<'_>], links: &[LinkRow], referring: Vec<Row>) -> Result<()> {
    if referring.is_empty() {
        return Ok(());
    }
    let own: HashMap<Uuid, i64> = piece.iter().map(|new| (new.ready.id.0, new.seq)).collect();
    let mut by_seq: HashMap<i64, Vec<&LinkRow>> = HashMap::new();
    for link in links {
        by_seq.entry(link.seq).or_default().push(link);
    }
    let mut inherited: Vec<LinkRow> = Vec::new();
    let mut waiting: Vec<(Row, i64)> = referring
        .into_iter()
        .filter_map(|row| row.refers_to.and_then(|id| own.get(&id).copied()).map(|seq| (row, seq)))
        .collect();
    for _ in 0..REFERENCES {
        if waiting.is_empty() {
            break;
        }
        for (row, from) in &waiting {
            let links = by_seq.get(from).into_iter().flatten();
            inherited.extend(links.map(|link| LinkRow { seq: row.seq, ..**link }));
        }
        let through: HashMap<Uuid, i64> = waiting.iter().map(|(row, from)| (row.id.0, *from)).collect();
        let rows = store::referring_to(tx, &through.keys().copied().collect::<Vec<_>>()).await?;
        waiting = rows
            .into_iter()
            .filter_map(|row| row.refers_to.and_then(|id| through.get(&id).copied()).map(|from| (row, from)))
            .collect();
    }
    store::insert_inherited(tx, &mut inherited).await
}

fn links_of_body(body: &str) -> Links {
    match crate::xapi::recall(body) {
        Ok(statement) => Links::of(&statement, statement.authority.as_ref()),
        Err(_) => Links::default(),
    }
}

//! The work: statement after statement, a batch a transaction; the person last, so that who they were is known until then.

use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use super::store;
use crate::core::{Error, PersonId, Result, plain_letters};
use crate::identity::{self, Person};
use crate::jobs::Work;
use crate::lrs::links::Usage;
use crate::storage::Tx;
use crate::xapi::forget::{self, Known};
use crate::xapi::json::Json;
use crate::xapi::{Agent, AgentKey, Ifi};

/// Links of one kind that a transaction turns.
const BATCH: i64 = 100;
/// What other stores said of statements, read at once.
const ORIGINS: i64 = 5_000;
/// What an erased person is called.
const NAME: &str = "—";

/// Erases the person the job is about, or goes on with it.
pub async fn run(work: Work) -> Result<()> {
    let app = &work.app;
    let id = PersonId(work.job.subject.unwrap_or_default());
    let mut tx = app.db.read().await?;
    let Some(pseudonym) = store::pseudonym(&mut tx, id).await? else { return Ok(()) };
    let person = identity::person(&mut tx, id).await?;
    drop(tx);
    let home_page = app.config.public_origin();
    let account = format!("erased-{pseudonym}");
    // Each identifier becomes another account: what was two agents stays two agents, and what counted for nobody's progress
    // counts for nobody's.
    let mut who = Vec::new();
    for (place, ifi) in identifiers(&person).into_iter().enumerate() {
        let name = if place == 0 { account.clone() } else { format!("{account}-{place}") };
        who.push(Nobody::instead_of(ifi, Agent::account(home_page.as_str(), name.as_str()))?);
    }
    forget_origins(&work, &who).await?;
    loop {
        let mut tx = app.db.begin().await?;
        work.hold(&mut tx).await?;
        if !turn_some(&mut tx, id, &who).await? {
            // Nothing names them any more: now the person may go.
            let mut documents = 0;
            for nobody in &who {
                documents += store::forget_agent(&mut tx, nobody.known.ifi.key().0).await?;
            }
            store::count(&mut tx, id, 0, 0, documents).await?;
            let parts = (home_page.as_str(), account.as_str());
            store::make_nobody(&mut tx, id, NAME, &plain_letters(NAME), parts, app.clock.now()).await?;
            tx.commit().await?;
            tracing::info!(person = %id, "a person was erased");
            return Ok(());
        }
        tx.commit().await?;
    }
}

/// How statements may name a person: by the account, by the address, by the address in disguise.
fn identifiers(person: &Person) -> Vec<Ifi> {
    let account = Ifi::Account { home_page: person.account_home_page.clone(), name: person.account_name.clone() };
    let mut all = vec![account];
    if let Some(email) = &person.email {
        let mbox = format!("mailto:{email}");
        let sum = digest(&SHA1_FOR_LEGACY_USE_ONLY, mbox.as_bytes());
        let sum: String = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        all.extend([Ifi::Mbox(mbox), Ifi::MboxSha1(sum)]);
    }
    all
}

/// An identifier, and nobody in its place.
struct Nobody {
    known: Known,
    key: AgentKey,
}

impl Nobody {
    fn instead_of(ifi: Ifi, agent: Agent) -> Result<Self> {
        Ok(Self { known: Known { ifi, instead: serde_json::to_string(&agent)? }, key: agent.ifi.key() })
    }
}

/// Who vouched for a statement in the store that it came from may be this person: nobody stands there then.
async fn forget_origins(work: &Work, who: &[Nobody]) -> Result<()> {
    let known = known(who);
    let mut after = i64::MIN;
    loop {
        let origins = store::origins(&mut work.app.db.read().await?, after, ORIGINS).await?;
        let Some((last, _)) = origins.last() else { return Ok(()) };
        after = *last;
        let without = |authority: &str| forget::without(&Json::parse(authority).ok()?, &known);
        let texts: Vec<(i64, String)> = origins
            .into_iter()
            .filter_map(|(seq, authority)| without(&authority).map(|forgotten| (seq, forgotten.text)))
            .collect();
        if !texts.is_empty() {
            let mut tx = work.app.db.begin().await?;
            work.hold(&mut tx).await?;
            store::rewrite_origins(&mut tx, &texts).await?;
            tx.commit().await?;
        }
    }
}

fn known(who: &[Nobody]) -> Vec<Known> {
    who.iter().map(|nobody| nobody.known.clone()).collect()
}

/// Turns some links, and rewrites the statements behind them. Answers whether there were any.
async fn turn_some(tx: &mut Tx, id: PersonId, who: &[Nobody]) -> Result<bool> {
    let mut any = false;
    for nobody in who {
        for usage in [Usage::Agent as i32, Usage::RelatedAgent as i32] {
            let links = store::take(tx, usage, nobody.known.ifi.key().0, BATCH).await?;
            if links.is_empty() {
                continue;
            }
            any = true;
            store::relink(tx, usage, nobody.key.0, &links).await?;
            let mut subjects: Vec<i64> = links.iter().map(|link| link.subject).collect();
            subjects.sort_unstable();
            subjects.dedup();
            rewrite(tx, id, who, &subjects).await?;
        }
    }
    Ok(any)
}

async fn rewrite(tx: &mut Tx, id: PersonId, who: &[Nobody], seqs: &[i64]) -> Result<()> {
    let known = known(who);
    let (mut texts, mut files) = (Vec::new(), Vec::new());
    for (seq, body) in store::bodies(tx, seqs).await? {
        let json = Json::parse(&body).map_err(Error::internal)?;
        if let Some(forgotten) = forget::without(&json, &known) {
            texts.push((seq, forgotten.text));
            files.extend(forgotten.let_go.into_iter().map(|sha2| (seq, sha2)));
        }
    }
    store::rewrite(tx, &texts).await?;
    let files = store::unattach(tx, &files).await?;
    store::count(tx, id, i64::try_from(texts.len()).unwrap_or(i64::MAX), files, 0).await
}

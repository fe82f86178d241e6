//! Half a year of the demo organisation, act by act, in the order in which it happened.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use super::browser::Site;
use super::learner::Learner;
use super::library::Library;
use super::lives::{self, Far, Visit};
use super::past::{FIRST_DAY, Past};
use super::people::{self, AGENTS, Agent};
use super::programmes::{self, BEGINNINGS, OPENINGS, Opening, REVISION, Whom};
use super::tutoring::{self, Note, TUTORINGS, Tutoring};
use super::{library, samples, spaces};
use crate::core::{Dice, EnrolmentId, Error, PersonId, ProgrammeId, Result, SpaceId, Timestamp};
use crate::identity;
use crate::programmes::{self as following, Step};

/// What happens at some moment. Names are those of the plans.
#[derive(Clone, Copy)]
enum Act {
    BuildProgramme(&'static programmes::Plan),
    Revise,
    Open(&'static Opening),
    CreateSpace(&'static spaces::Plan),
    Join {
        space: &'static str,
        login: &'static str,
        role: &'static str,
    },
    Tell {
        space: &'static spaces::Plan,
        title: &'static str,
        text: &'static str,
    },
    Show {
        space: &'static str,
        programme: &'static str,
    },
    /// Somebody begins a programme of the catalogue by themselves.
    Begin {
        agent: &'static Agent,
        programme: &'static str,
    },
    /// Somebody learns, in a programme they follow.
    Learn {
        agent: &'static Agent,
        programme: &'static str,
        far: Far,
    },
    /// Somebody reads something of the catalogue that is in no programme.
    Browse {
        agent: &'static Agent,
        far: Far,
    },
    /// Somebody leaves the organisation.
    Leave(&'static str),
    /// The intranet is to be told what happens.
    Announce,
    Subscribe {
        login: &'static str,
        space: &'static str,
    },
    /// The house begins to use the tutoring notebook.
    KeepNotebook,
    /// A tutor writes something down in it.
    Note(&'static Tutoring, Note),
}

/// The story and everything it needs to go on.
pub struct Story {
    site: Site,
    past: Past,
    people: HashMap<&'static str, PersonId>,
    library: Library,
    programmes: HashMap<&'static str, ProgrammeId>,
    spaces: HashMap<&'static str, SpaceId>,
    /// The right of the tutoring notebook to write.
    notebook: String,
    /// Enrolments whose learners know what they will do.
    planned: HashSet<EnrolmentId>,
    /// What is to come, by its moment and the order in which it was thought of.
    acts: BTreeMap<(Timestamp, u32), Act>,
    /// How many acts were thought of.
    thought: u32,
}

/// Who builds programmes, and who keeps spaces and people.
const TRAINER: &str = "thomas";
const ADMINISTRATOR: &str = "amina";
/// The course that is in the catalogue and in no programme.
const BROWSED: &str = "teletravail";
/// The minutes of a day at which the organisation acts, so that what needs another comes after it.
const CREATES: i64 = 8 * 60 + 20;
const LETS_IN: i64 = 8 * 60 + 40;
const BUILDS: i64 = 9 * 60;
const OPENS: i64 = 9 * 60 + 45;
const SHOWS: i64 = 10 * 60 + 30;
const TELLS: i64 = 11 * 60 + 30;
const BEGINS: i64 = 16 * 60;
const NOTES: i64 = 16 * 60 + 30;
/// Who leaves, and when.
const LEAVES: (&str, i64) = ("gilles", -24);

impl Story {
    /// Imports and writes what there is to learn, on the first day, and plans what the organisation does. Answers the samples
    /// that were refused, too.
    pub async fn begin(
        mut site: Site,
        past: Past,
        people: HashMap<&'static str, PersonId>,
        content: &Path,
    ) -> Result<(Self, Vec<String>)> {
        let mut library = Library::default();
        let refused = samples::import(&site.app, content, &mut library).await?;
        past.reach(past.at(FIRST_DAY, 14 * 60));
        let trainer = people.get("nadege").copied().ok_or_else(unknown)?;
        library::write(&mut site, trainer, &mut library).await?;
        let mut story = Self {
            site,
            past,
            people,
            library,
            programmes: HashMap::new(),
            spaces: HashMap::new(),
            notebook: String::new(),
            planned: HashSet::new(),
            acts: BTreeMap::new(),
            thought: 0,
        };
        story.plan();
        Ok((story, refused))
    }

    /// How many courses there are to learn from.
    pub fn courses(&self) -> usize {
        self.library.0.len()
    }

    /// Puts an act on a day, or on the Monday after it.
    fn add(&mut self, day: i64, minute: i64, act: Act) {
        self.add_at(self.past.at(self.past.workday(day), minute), act);
    }

    fn add_at(&mut self, at: Timestamp, act: Act) {
        self.thought += 1;
        self.acts.insert((at, self.thought), act);
    }

    /// What the organisation does, whatever its people make of it.
    fn plan(&mut self) {
        for plan in &spaces::PLANS {
            self.add(plan.day, CREATES, Act::CreateSpace(plan));
            for (login, role, day) in plan.members {
                self.add(*day, LETS_IN, Act::Join { space: plan.name, login, role });
            }
            for (day, title, text) in plan.news {
                self.add(*day, TELLS, Act::Tell { space: plan, title, text });
            }
            for (programme, day) in plan.programmes {
                self.add(*day, SHOWS, Act::Show { space: plan.name, programme });
            }
        }
        for plan in &programmes::PLANS {
            self.add(plan.day, BUILDS, Act::BuildProgramme(plan));
        }
        for opening in &OPENINGS {
            self.add(opening.day, OPENS, Act::Open(opening));
        }
        for (login, programme, day) in BEGINNINGS {
            if let Some(agent) = people::named(login) {
                self.add(day, BEGINS, Act::Begin { agent, programme });
            }
        }
        self.add(REVISION.1, BUILDS, Act::Revise);
        self.add(LEAVES.1, 17 * 60, Act::Leave(LEAVES.0));
        self.add(-100, 9 * 60, Act::Announce);
        self.add(-170, 12 * 60 + 30, Act::Subscribe { login: "camille", space: "securite-routes" });
        self.add(-60, 12 * 60 + 30, Act::Subscribe { login: "laurent", space: "donnees-personnelles" });
        self.add(tutoring::DAY, LETS_IN, Act::KeepNotebook);
        for tutoring in &TUTORINGS {
            for (day, note) in tutoring.notes {
                self.add(*day, NOTES, Act::Note(tutoring, *note));
            }
        }
        for agent in &AGENTS {
            let mut dice = Dice::of(&format!("{} browses", agent.login));
            let is_curious = agent.login == "camille" || dice.below(5) < 2;
            if is_curious && self.people.contains_key(agent.login) {
                let day = -150 + dice.below(140) as i64;
                let far = if dice.below(5) == 0 { Far::Begun } else { Far::Done };
                self.add(day, 12 * 60 + 5 + dice.below(80) as i64, Act::Browse { agent, far });
            }
        }
    }

    /// Lets everything happen up to the present, month by month.
    pub async fn live_until(&mut self, day: i64) -> Result<()> {
        let end = self.past.at(day, 0).min(self.past.present());
        while let Some(entry) = self.acts.first_entry().filter(|entry| entry.key().0 <= end) {
            let ((at, _), act) = entry.remove_entry();
            self.past.reach(at);
            self.act(act).await?;
        }
        Ok(())
    }

    async fn act(&mut self, act: Act) -> Result<()> {
        match act {
            Act::BuildProgramme(plan) => {
                let trainer = self.site.browser(person(&self.people, TRAINER)?).await?;
                let built = programmes::build(&trainer, plan, &self.library, &self.past).await?;
                self.programmes.extend(built.map(|id| (plan.name, id)));
            }
            Act::Revise => {
                let Some(id) = self.programme(REVISION.0) else { return Ok(()) };
                let trainer = self.site.browser(person(&self.people, TRAINER)?).await?;
                programmes::revise(&trainer, id, &REVISION.2, &self.library, &self.past).await?;
            }
            Act::Open(opening) => self.open(opening).await?,
            Act::CreateSpace(plan) => {
                let administrator = self.site.browser(person(&self.people, ADMINISTRATOR)?).await?;
                self.spaces.insert(plan.name, spaces::create(&administrator, plan).await?);
            }
            Act::Join { space, login, role } => {
                let administrator = self.site.browser(person(&self.people, ADMINISTRATOR)?).await?;
                spaces::join(&administrator, space, login, role).await?;
                let opened =
                    OPENINGS.iter().filter(|opening| matches!(opening.whom, Whom::Space(name) if name == space));
                for opening in opened {
                    self.plan_learners(opening.programme, opening.due).await?;
                }
            }
            Act::Tell { space, title, text } => {
                let animator = space.members.first().map_or(ADMINISTRATOR, |(login, ..)| login);
                let browser = self.site.browser(person(&self.people, animator)?).await?;
                browser.form(&format!("/spaces/{}/news", space.name), &[("title", title), ("body", text)]).await?;
            }
            Act::Show { space, programme } => {
                let Some(id) = self.programme(programme) else { return Ok(()) };
                let browser = self.site.browser(person(&self.people, ADMINISTRATOR)?).await?;
                browser.form(&format!("/spaces/{space}/programmes"), &[("programme", &id.to_string())]).await?;
            }
            Act::Begin { agent, programme } => {
                let Some(id) = self.programme(programme) else { return Ok(()) };
                let browser = self.site.browser(person(&self.people, agent.login)?).await?;
                browser.form(&format!("/programmes/{id}/begin"), &[]).await?;
                self.plan_learners(programme, None).await?;
            }
            Act::Learn { agent, programme, far } => self.learn(agent, programme, far).await?,
            Act::Browse { agent, far } => self.browse(agent, far).await?,
            Act::Leave(login) => {
                let id = person(&self.people, login)?;
                let browser = self.site.browser(person(&self.people, ADMINISTRATOR)?).await?;
                browser.form(&format!("/admin/people/{id}/disable"), &[]).await?;
                // What the server does by itself every ten minutes.
                following::reconcile_all(&self.site.app).await?;
                // Whoever has left learns no more.
                self.acts.retain(|_, act| !matches!(act, Act::Learn { agent, .. } | Act::Browse { agent, .. } if agent.login == login));
            }
            Act::Announce => {
                let administrator = self.site.browser(person(&self.people, ADMINISTRATOR)?).await?;
                spaces::announce(&administrator).await?;
                spaces::let_in(&administrator).await?;
            }
            Act::Subscribe { login, space } => {
                let browser = self.site.browser(person(&self.people, login)?).await?;
                browser.form(&format!("/spaces/{space}/feed"), &[]).await?;
            }
            Act::KeepNotebook => {
                let administrator = self.site.browser(person(&self.people, ADMINISTRATOR)?).await?;
                self.notebook = tutoring::begin(&administrator).await?;
            }
            Act::Note(tutoring, note) => {
                let now = self.past.clock().now();
                tutoring::note(&self.site, &self.notebook, tutoring, note, now).await?;
            }
        }
        Ok(())
    }

    /// A programme, if it could be built: one whose samples are missing is not there, nor is what would happen in it.
    fn programme(&self, name: &str) -> Option<ProgrammeId> {
        self.programmes.get(name).copied()
    }

    /// Opens a programme to a person, a direction or a space, and lets those who are now enrolled plan.
    async fn open(&mut self, opening: &'static Opening) -> Result<()> {
        let Some(id) = self.programme(opening.programme) else { return Ok(()) };
        let due = opening.due.map(|day| self.past.day(day)).unwrap_or_default();
        let (field, whom) = match opening.whom {
            Whom::Person(login) => ("person", login.to_owned()),
            Whom::Space(name) => ("space", self.spaces.get(name).ok_or_else(unknown)?.to_string()),
            Whom::Unit(direction) => {
                let mut tx = self.site.app.db.begin().await?;
                let path = programmes::unit_path(direction);
                let unit = identity::org_unit_at(&mut tx, &path, self.site.app.clock.now()).await?;
                tx.commit().await?;
                ("unit", unit.to_string())
            }
        };
        let trainer = self.site.browser(person(&self.people, TRAINER)?).await?;
        trainer.form(&format!("/trainer/programmes/{id}/people"), &[(field, &whom), ("due", &due)]).await?;
        self.plan_learners(opening.programme, opening.due).await
    }

    /// Everybody newly enrolled in a programme decides how to go about it.
    async fn plan_learners(&mut self, programme: &'static str, due: Option<i64>) -> Result<()> {
        let Some(id) = self.programme(programme) else { return Ok(()) };
        let trainer = self.site.browser(person(&self.people, TRAINER)?).await?;
        let listed = trainer.get(&format!("/api/v1/programmes/{id}/enrolments")).await?.json();
        let steps = programmes::PLANS.iter().find(|plan| plan.name == programme).map_or(0, programmes::Plan::length);
        for enrolment in listed["enrolments"].as_array().into_iter().flatten() {
            let read = |name: &str| enrolment[name].as_str().unwrap_or_default();
            let enrolled: EnrolmentId = read("id").parse().map_err(Error::internal)?;
            let who: PersonId = read("person").parse().map_err(Error::internal)?;
            let agent = AGENTS.iter().find(|agent| self.people.get(agent.login) == Some(&who));
            if let Some(agent) = agent.filter(|_| self.planned.insert(enrolled)) {
                let manner = lives::manner(agent, programme);
                let mut dice = Dice::of(&format!("{} does {programme}", agent.login));
                let day = self.past.today();
                for visit in lives::visits(manner, day, due, steps, &mut dice) {
                    self.plan_visit(agent, programme, manner, visit);
                }
            }
        }
        Ok(())
    }

    fn plan_visit(&mut self, agent: &'static Agent, programme: &'static str, manner: lives::Manner, visit: Visit) {
        let act = Act::Learn { agent, programme, far: visit.far };
        if manner == lives::Manner::Today {
            // In the last hour, whatever hour it is, so that this month has seen something even on its first morning.
            let ago = Duration::from_secs(60 * (20 + u64::from(self.thought % 20)));
            self.add_at(self.past.present().minus(ago), act);
        } else {
            self.add(visit.day, visit.minute, act);
        }
    }

    /// Goes on in a programme at the step where one tap leads; some also take what is not asked for.
    async fn learn(&mut self, agent: &'static Agent, programme: &str, far: Far) -> Result<()> {
        let Some(id) = self.programme(programme) else { return Ok(()) };
        let who = person(&self.people, agent.login)?;
        let now = self.past.clock().now();
        let mut tx = self.site.app.db.read().await?;
        let all = following::following(&mut tx, who).await?;
        drop(tx);
        let followed = all.iter().find(|followed| followed.enrolment.programme_id == id && !followed.is_done());
        let is_curious = Dice::of(&format!("{} wants more", agent.login)).below(2) == 0;
        let step = followed.and_then(|followed| {
            let is_open =
                |step: &&Step| followed.standing(step.step_key) != "done" && followed.lock(step, now).is_none();
            let extra = followed.steps.iter().filter(|step| is_curious && !step.required).find(is_open);
            extra.or_else(|| followed.next(now))
        });
        let Some(step) = step else { return Ok(()) };
        let course = self.library.course(step.course_id).ok_or_else(unknown)?;
        let browser = self.site.browser(who).await?;
        let opened = browser.form(&following::open_address(id, step.step_key), &[]).await?;
        let dice = Dice::of(&format!("{} at {} on {}", agent.login, step.title, self.past.today()));
        let skill = lives::skill(agent);
        let mut learner = Learner { browser, past: &self.past, dice, skill };
        learner.follow(&opened.location, course, step.activity_identifier.is_some(), far).await
    }

    /// Reads something of the catalogue.
    async fn browse(&mut self, agent: &'static Agent, far: Far) -> Result<()> {
        let Some(course) = self.library.named(BROWSED) else { return Ok(()) };
        let browser = self.site.browser(person(&self.people, agent.login)?).await?;
        let opened = browser.form(&format!("/courses/{}/start", course.id), &[]).await?;
        let dice = Dice::of(&format!("{} reads", agent.login));
        let mut learner = Learner { browser, past: &self.past, dice, skill: lives::skill(agent) };
        learner.follow(&opened.location, course, false, far).await
    }
}

fn person(people: &HashMap<&'static str, PersonId>, login: &str) -> Result<PersonId> {
    people.get(login).copied().ok_or_else(unknown)
}

/// The plans name something that none of them makes.
fn unknown() -> Error {
    Error::internal(anyhow::anyhow!("the demo’s plans do not fit together"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn whatever_the_day_of_the_week_nothing_happens_before_what_it_needs() {
        for day in 0..7 {
            let present =
                Timestamp::parse("2026-11-22T10:00:00Z").unwrap().plus(Duration::from_secs(day * 24 * 60 * 60));
            let past = Past::before(present, &TimeZone::UTC);
            let at = |day: i64, minute: i64| past.at(past.workday(day), minute);
            let built = |name: &str| {
                let plan = programmes::PLANS.iter().find(|plan| plan.name == name).expect(name);
                at(plan.day, BUILDS)
            };
            let created = |name: &str| {
                let plan = spaces::PLANS.iter().find(|plan| plan.name == name).expect(name);
                at(plan.day, CREATES)
            };
            assert!(programmes::PLANS.iter().all(|plan| plan.day > FIRST_DAY + 2), "the courses are there before");
            for opening in &OPENINGS {
                assert!(at(opening.day, OPENS) > built(opening.programme), "{}", opening.programme);
                match opening.whom {
                    Whom::Space(name) => assert!(at(opening.day, OPENS) > created(name), "{name}"),
                    Whom::Person(login) => assert!(people::named(login).is_some(), "{login}"),
                    Whom::Unit(_) => {}
                }
            }
            for (login, programme, day) in BEGINNINGS {
                assert!(people::named(login).is_some() && at(day, BEGINS) > built(programme), "{login}");
            }
            assert!(at(REVISION.1, BUILDS) > built(REVISION.0));
            for tutoring in &TUTORINGS {
                for login in [tutoring.newcomer, tutoring.tutor] {
                    assert!(people::named(login).is_some(), "{login}");
                }
                let moments: Vec<_> = tutoring.notes.iter().map(|(day, _)| at(*day, NOTES)).collect();
                assert!(moments[0] > at(tutoring::DAY, LETS_IN), "{}", tutoring.newcomer);
                assert!(moments.is_sorted() && moments[moments.len() - 1] < present, "{}", tutoring.newcomer);
            }
            for plan in &spaces::PLANS {
                for (login, _, day) in plan.members {
                    assert!(people::named(login).is_some() && at(*day, LETS_IN) > created(plan.name), "{login}");
                }
                for (day, title, _) in plan.news {
                    assert!(at(*day, TELLS) > at(plan.members[0].2, LETS_IN) && at(*day, TELLS) < present, "{title}");
                }
                for (programme, day) in plan.programmes {
                    assert!(at(*day, SHOWS) > built(programme).max(created(plan.name)), "{programme}");
                }
            }
        }
    }
}

//! What the check found, for people and for programs.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::check::number_of;
use super::load;
use super::store::{self, Row, Shown};
use crate::core::{Error, Language, ProfileId, Result, Sequence, StatementId};
use crate::storage::Tx;
use crate::xapi::profile::{Concept, Profile, Rule};

/// Examples of one demand that is not kept.
const EXAMPLES: i64 = 5;

/// The period of a report, by the days on which statements were stored.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// First day, such as `2026-11-01`; absent: from the beginning.
    #[serde(default)]
    pub from: String,
    /// Last day; absent: until today.
    #[serde(default)]
    pub to: String,
}

impl Asked {
    /// As numbers. Errors: `parameter-wrong`.
    fn days(&self) -> Result<(i32, i32)> {
        let day = |name: &'static str, text: &str, open| match text.trim() {
            "" => Ok(open),
            text => {
                text.parse::<Date>().map(number_of).map_err(|_| Error::malformed("parameter-wrong").arg("name", name))
            }
        };
        Ok((day("from", &self.from, i32::MIN)?, day("to", &self.to, i32::MAX)?))
    }
}

/// What is known of the statements of a version in a period.
pub struct Findings {
    pub row: Row,
    pub profile: Profile,
    pub document: Value,
    sums: HashMap<(String, String), i64>,
    examples: HashMap<String, Vec<Shown>>,
    pub courses: Courses,
}

/// How registrations follow the patterns.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
#[schema(as = XapiProfileCourses)]
pub struct Courses {
    /// In an order that a pattern allows, complete.
    pub followed: i64,
    /// So far in order; more is to come.
    pub begun: i64,
    /// No pattern allows the order.
    pub broken: i64,
    /// Too many statements to be judged.
    pub long: i64,
    /// Some whose order no pattern allows.
    pub broken_examples: Vec<Uuid>,
}

/// Something the profile demands.
pub enum Demand<'p> {
    Rule(&'p Rule),
    /// The object must refer to a statement of some templates.
    ObjectRef,
    /// The context must.
    ContextRef,
    /// An extension belongs to one part of a statement.
    Place(&'p Concept),
    /// Its values look as a schema says.
    Schema(&'p Concept),
}

impl Findings {
    /// Errors: `xapi-profile-unknown`, `parameter-wrong`.
    pub async fn read(tx: &mut Tx, id: ProfileId, asked: &Asked) -> Result<Self> {
        let days = asked.days()?;
        let row = store::find(tx, id).await?;
        let text = store::document(tx, id).await?;
        let document = serde_json::from_str(&text).unwrap_or_default();
        let sums = store::sums(tx, id, days).await?;
        let mut examples: HashMap<String, Vec<Shown>> = HashMap::new();
        for example in store::examples(tx, id, days, EXAMPLES).await? {
            examples.entry(example.place.clone()).or_default().push(example);
        }
        let mut courses = Courses::default();
        for (course, count) in store::courses(tx, id, days).await? {
            match course.as_str() {
                "followed" => courses.followed = count,
                "begun" => courses.begun = count,
                "broken" => courses.broken = count,
                _ => courses.long = count,
            }
        }
        courses.broken_examples = store::broken_courses(tx, id, days, EXAMPLES).await?;
        Ok(Self {
            row,
            profile: load::recall(text).await?,
            document,
            sums: sums.into_iter().map(|(place, outcome, count)| ((place, outcome), count)).collect(),
            examples,
            courses,
        })
    }

    pub fn sum(&self, place: &str, outcome: store::Outcome) -> i64 {
        self.sums.get(&(place.to_owned(), outcome.word().to_owned())).copied().unwrap_or_default()
    }

    pub fn examples(&self, place: &str) -> &[Shown] {
        self.examples.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    /// The demands below `base` that were not kept, by their places, with the number of statements.
    pub fn broken(&self, base: &str) -> Vec<(&str, i64)> {
        let below = |((place, outcome), count): (&'_ (String, String), &i64)| -> Option<i64> {
            (outcome == store::Outcome::Broken.word() && place.starts_with(base)).then_some(*count)
        };
        let mut found: Vec<(&str, i64)> =
            self.sums.iter().filter_map(|entry| Some((entry.0.0.as_str(), below(entry)?))).collect();
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        found
    }

    /// What stands at a place of the profile.
    pub fn demand(&self, place: &str) -> Option<Demand<'_>> {
        let parts: Vec<&str> = place.split('/').skip(1).collect();
        let number = |text: &str| text.parse::<usize>().ok();
        match parts.as_slice() {
            ["templates", template, "rules", rule] => {
                let template = self.profile.templates.get(number(template)?)?;
                template.rules.get(number(rule)?).map(Demand::Rule)
            }
            ["templates", _, "objectStatementRefTemplate"] => Some(Demand::ObjectRef),
            ["templates", _, "contextStatementRefTemplate"] => Some(Demand::ContextRef),
            ["concepts", concept, "type"] => self.profile.concepts.get(number(concept)?).map(Demand::Place),
            ["concepts", concept, "inlineSchema"] => self.profile.concepts.get(number(concept)?).map(Demand::Schema),
            _ => None,
        }
    }
}

/// A version of a profile as the interface tells it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = XapiProfile)]
pub struct ProfileReport {
    /// Its identifier here.
    pub id: ProfileId,
    /// The IRI of the profile over all its versions.
    pub profile: String,
    /// The IRI of the version.
    pub version: String,
    /// Its name.
    pub name: String,
    /// Whether it is the newest version of the profile.
    pub in_force: bool,
    /// When its authors made the version (RFC 3339).
    pub generated_at: String,
    /// When it was loaded (RFC 3339).
    pub loaded_at: String,
    /// Statements stored up to this moment have been checked (RFC 3339); absent until the check has begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub checked_until: Option<String>,
}

impl ProfileReport {
    pub fn of(row: &Row, language: Language) -> Self {
        Self {
            id: row.id,
            profile: row.profile_iri.clone(),
            version: row.version_iri.clone(),
            name: row.name().best(language).to_owned(),
            in_force: row.in_force,
            generated_at: row.generated_at.rfc3339(),
            loaded_at: row.loaded_at.rfc3339(),
            checked_until: row.checked_until().map(|moment| moment.rfc3339()),
        }
    }
}

impl Row {
    /// Up to when statements have been checked; `None` before the check has begun.
    pub fn checked_until(&self) -> Option<crate::core::Timestamp> {
        self.checked_at.map(|_| Sequence::moment(self.checked_through))
    }
}

/// What the check of the statements that name a profile found.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = XapiProfileFindings)]
pub struct FindingsReport {
    #[serde(flatten)]
    pub profile: ProfileReport,
    /// Statements that name the version (or the profile, if the version is in force) as a category.
    pub statements: i64,
    /// Those that match a template and keep everything it demands.
    pub following: i64,
    /// Those that do not keep something.
    pub broken: i64,
    /// Those that match no template.
    pub unmatched: i64,
    /// Some of these.
    pub unmatched_examples: Vec<ExampleReport>,
    /// The templates of the profile.
    pub templates: Vec<TemplateReport>,
    /// Extensions that stand in the wrong part of a statement or do not look as their schema says.
    pub extensions: Vec<DemandReport>,
    /// How registrations follow the patterns; absent where the profile has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub registrations: Option<Courses>,
}

/// A template and its statements.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = XapiProfileTemplate)]
pub struct TemplateReport {
    /// Its IRI.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Statements that have its determining properties.
    pub statements: i64,
    /// Those that do not keep its demands.
    pub broken: i64,
    /// What was not kept, most often first.
    pub demands: Vec<DemandReport>,
}

/// Something that was not kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = XapiProfileDemand)]
pub struct DemandReport {
    /// Where the profile demands it, as a JSON pointer into its document.
    pub place: String,
    /// What stands there.
    #[schema(value_type = Object)]
    pub demand: Value,
    /// Statements that do not keep it.
    pub statements: i64,
    /// Some of them.
    pub examples: Vec<ExampleReport>,
}

/// A statement to look at.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = XapiProfileExample)]
pub struct ExampleReport {
    /// Its id.
    pub statement: StatementId,
    /// Where in the statement, as a JSON pointer; empty where nothing stands.
    pub pointer: String,
}

impl FindingsReport {
    pub fn of(findings: &Findings, language: Language) -> Self {
        use store::Outcome::{Broken, Checked, Unmatched};
        let examples = |place: &str| {
            let example =
                |shown: &Shown| ExampleReport { statement: shown.statement_id, pointer: shown.pointer.clone() };
            findings.examples(place).iter().map(example).collect::<Vec<_>>()
        };
        let demands = |base: &str| {
            let demand = |(place, statements): (&str, i64)| DemandReport {
                demand: findings.document.pointer(place).cloned().unwrap_or_default(),
                examples: examples(place),
                place: place.to_owned(),
                statements,
            };
            findings.broken(base).into_iter().map(demand).collect::<Vec<_>>()
        };
        let (statements, broken) = (findings.sum("", Checked), findings.sum("", Broken));
        let unmatched = findings.sum("", Unmatched);
        let templates = findings.profile.templates.iter().enumerate().map(|(index, template)| {
            let place = format!("/templates/{index}");
            TemplateReport {
                id: template.id.clone(),
                name: template.name.best(language).to_owned(),
                statements: findings.sum(&place, Checked),
                broken: findings.sum(&place, Broken),
                demands: demands(&format!("{place}/")),
            }
        });
        let courses = &findings.courses;
        Self {
            profile: ProfileReport::of(&findings.row, language),
            statements,
            following: statements - broken - unmatched,
            broken,
            unmatched,
            unmatched_examples: examples(""),
            templates: templates.collect(),
            extensions: demands("/concepts/"),
            registrations: findings
                .profile
                .has_order()
                .then(|| Courses { broken_examples: courses.broken_examples.clone(), ..*courses }),
        }
    }
}

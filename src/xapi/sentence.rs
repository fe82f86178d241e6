//! A statement as a sentence that people read: « Camille Roux a terminé Sécurité sur chantier avec 80 % en 12 min ».
//!
//! The words are in the locale files (`xapi.ftl`): this module decides which sentence and which figures. Verbs it does not
//! know are shown by their own display, so that no statement is ever silent.

use super::model::{Actor, Definition, Group, Object, Outcome, Statement, SubStatement, Verb};
use super::vocabulary::VERBS;
use crate::core::{Language, LanguageMap};

/// The words of one language. Implemented by whoever holds the locale files.
pub trait Phrases {
    fn language(&self) -> Language;
    /// The text of `key` with its placeholders filled in.
    fn say(&self, key: &str, args: &[(&'static str, &str)]) -> String;
}

/// What is known of an activity besides the statement itself: its name in the reader's language.
pub type NameOf<'n> = dyn Fn(&str) -> Option<String> + 'n;

/// The sentence of `statement` without a final full stop.
pub fn sentence(statement: &Statement, phrases: &dyn Phrases, name_of: &NameOf<'_>) -> String {
    let teller = Teller { phrases, name_of };
    teller.tell(&statement.actor, &statement.verb, &statement.object, statement.result.as_ref())
}

/// The name by which people call an agent or group.
pub fn actor_name(actor: &Actor) -> String {
    match (actor.name().filter(|name| !name.trim().is_empty()), actor) {
        (Some(name), _) => name.to_owned(),
        (None, Actor::Agent(agent)) => agent.ifi.to_string(),
        (None, Actor::Group(Group { ifi: Some(ifi), .. })) => ifi.to_string(),
        (None, Actor::Group(group)) => {
            let names: Vec<String> =
                group.member.iter().map(|agent| actor_name(&Actor::Agent(agent.clone()))).collect();
            names.join(", ")
        }
    }
}

struct Teller<'t> {
    phrases: &'t dyn Phrases,
    name_of: &'t NameOf<'t>,
}

impl Teller<'_> {
    fn tell(&self, actor: &Actor, verb: &Verb, object: &Object, result: Option<&Outcome>) -> String {
        let actor = actor_name(actor);
        let object = self.object(object);
        let known = VERBS.iter().find(|(iri, _)| *iri == verb.id);
        let mut sentence = match known {
            Some((_, name)) => self.phrases.say(&format!("verb-{name}"), &[("actor", &actor), ("object", &object)]),
            None => {
                let display = self.verb_display(verb);
                self.phrases.say("verb-other", &[("actor", &actor), ("verb", &display), ("object", &object)])
            }
        };
        let is_voiding = verb.id == super::vocabulary::VOIDED;
        for part in result.into_iter().flat_map(|result| self.result(result, is_voiding)) {
            sentence.push(' ');
            sentence.push_str(&part);
        }
        sentence
    }

    fn verb_display(&self, verb: &Verb) -> String {
        let display = verb.display.best(self.phrases.language());
        if display.trim().is_empty() { last_segment(&verb.id).to_owned() } else { display.to_owned() }
    }

    fn object(&self, object: &Object) -> String {
        match object {
            Object::Activity(activity) => {
                let own = activity.definition.as_deref().map(|definition: &Definition| &definition.name);
                let own = own
                    .filter(|name: &&LanguageMap| !name.is_empty())
                    .map(|name| name.best(self.phrases.language()).to_owned());
                own.or_else(|| (self.name_of)(&activity.id)).unwrap_or_else(|| last_segment(&activity.id).to_owned())
            }
            Object::Agent(agent) => actor_name(&Actor::Agent(agent.clone())),
            Object::Group(group) => actor_name(&Actor::Group(group.clone())),
            Object::StatementRef(reference) => {
                self.phrases.say("object-statement", &[("id", &reference.id.to_string())])
            }
            Object::SubStatement(sub) => {
                let SubStatement { actor, verb, object, result, .. } = &**sub;
                let inner = self.tell(actor, verb, object, result.as_ref());
                self.phrases.say("object-sub-statement", &[("sentence", &inner)])
            }
        }
    }

    /// What came of it, in the order people say it: how well, what was answered, in which time.
    /// What somebody answers who takes a statement back is why.
    fn result(&self, result: &Outcome, is_voiding: bool) -> Vec<String> {
        let mut parts = Vec::new();
        if let Some(score) = &result.score {
            if let Some(scaled) = score.scaled {
                parts.push(self.phrases.say("result-percent", &[("percent", &self.figure(scaled * 100.0))]));
            } else if let (Some(raw), Some(max)) = (score.raw, score.max) {
                parts
                    .push(self.phrases.say("result-points", &[("raw", &self.figure(raw)), ("max", &self.figure(max))]));
            } else if let Some(raw) = score.raw {
                parts.push(self.phrases.say("result-raw", &[("raw", &self.figure(raw))]));
            }
        }
        if let Some(response) = result.response.as_deref().filter(|response| !response.trim().is_empty()) {
            let short: String = response.chars().take(80).collect();
            let cut = if short.len() < response.len() { "…" } else { "" };
            let key = if is_voiding { "result-reason" } else { "result-response" };
            parts.push(self.phrases.say(key, &[("response", &format!("{short}{cut}"))]));
        }
        if let Some(seconds) =
            result.duration.as_ref().map(super::IsoDuration::seconds).filter(|seconds| *seconds >= 0.5)
        {
            parts.push(self.phrases.say("result-duration", &[("duration", &self.duration(seconds))]));
        }
        parts
    }

    /// Two digits behind the point at most, with the decimal sign of the language.
    fn figure(&self, figure: f64) -> String {
        let text = format!("{figure:.2}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        match self.phrases.language() {
            Language::Fr => text.replace('.', ","),
            Language::En => text.to_owned(),
        }
    }

    /// As a person would say it: seconds below a minute, minutes below an hour, then hours and minutes.
    fn duration(&self, seconds: f64) -> String {
        // Durations of statements are bounded by the parser, far below 2^53 seconds.
        let all = seconds.round() as u64;
        let (hours, minutes) = ((all + 30) / 3600, (all + 30) / 60 % 60);
        let (key, hours, minutes, seconds) = match all {
            0..60 => ("duration-seconds", 0, 0, all),
            60..3570 => ("duration-minutes", 0, (all + 30) / 60, 0),
            _ if minutes == 0 => ("duration-hours", hours, 0, 0),
            _ => ("duration-hours-minutes", hours, minutes, 0),
        };
        let [hours, minutes, seconds] = [hours.to_string(), format!("{minutes:02}"), seconds.to_string()];
        let minutes = if key == "duration-minutes" { minutes.trim_start_matches('0') } else { &minutes };
        self.phrases.say(key, &[("hours", &hours), ("minutes", minutes), ("seconds", &seconds)])
    }
}

/// The last part of an IRI, which is often a word.
fn last_segment(iri: &str) -> &str {
    iri.trim_end_matches(['/', '#']).rsplit(['/', '#', ':']).find(|part| !part.is_empty()).unwrap_or(iri)
}

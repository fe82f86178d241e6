//! Under what a statement is found: one narrow row for each agent, activity, verb, registration and statement it names.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::xapi::{Activity, ActivityKey, Actor, Context, Group, Ifi, Object, Statement, SubStatement, VerbKey};

/// In which part of a statement something is named. The numbers are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Usage {
    /// Actor or object, or a member of them: what `agent` finds.
    Agent = 0,
    /// Anywhere else: what only `related_agents` finds.
    RelatedAgent = 1,
    /// The object: what `activity` finds.
    Activity = 2,
    /// Around it: what only `related_activities` finds.
    RelatedActivity = 3,
    Verb = 4,
    Registration = 5,
    /// A statement that the context mentions. What the object refers to has a column of its own (`refers_to`).
    Mention = 6,
}

/// What one statement names, each thing once.
#[derive(Clone, Debug, Default)]
pub struct Links(BTreeSet<(i32, Uuid)>);

impl Links {
    /// Everything `statement`, whose authority is `authority`, names.
    pub fn of(statement: &Statement, authority: Option<&Actor>) -> Self {
        let mut links = Self::default();
        links.actor(&statement.actor, Usage::Agent);
        match &statement.object {
            Object::Activity(activity) => links.activity(activity, Usage::Activity),
            Object::Agent(agent) => links.agent(&agent.ifi, Usage::Agent),
            Object::Group(group) => links.group(group, Usage::Agent),
            Object::StatementRef(_) => {}
            Object::SubStatement(sub) => links.sub_statement(sub),
        }
        links.context(statement.context.as_ref());
        if let Some(authority) = authority {
            links.actor(authority, Usage::RelatedAgent);
        }
        links.add(Usage::Verb, VerbKey::of(&statement.verb.id).0);
        if let Some(registration) = statement.registration() {
            links.add(Usage::Registration, registration);
        }
        links
    }

    pub fn iter(&self) -> impl Iterator<Item = (i32, Uuid)> {
        self.0.iter().copied()
    }

    fn add(&mut self, usage: Usage, entity: Uuid) {
        self.0.insert((usage as i32, entity));
        // What is named directly is not named a second time as related.
        match usage {
            Usage::Agent => _ = self.0.remove(&(Usage::RelatedAgent as i32, entity)),
            Usage::Activity => _ = self.0.remove(&(Usage::RelatedActivity as i32, entity)),
            Usage::RelatedAgent if self.0.contains(&(Usage::Agent as i32, entity)) => {
                self.0.remove(&(Usage::RelatedAgent as i32, entity));
            }
            Usage::RelatedActivity if self.0.contains(&(Usage::Activity as i32, entity)) => {
                self.0.remove(&(Usage::RelatedActivity as i32, entity));
            }
            _ => {}
        }
    }

    fn agent(&mut self, ifi: &Ifi, usage: Usage) {
        self.add(usage, ifi.key().0);
    }

    fn group(&mut self, group: &Group, usage: Usage) {
        for ifi in group.ifi.iter().chain(group.member.iter().map(|agent| &agent.ifi)) {
            self.agent(ifi, usage);
        }
    }

    fn actor(&mut self, actor: &Actor, usage: Usage) {
        match actor {
            Actor::Agent(agent) => self.agent(&agent.ifi, usage),
            Actor::Group(group) => self.group(group, usage),
        }
    }

    fn activity(&mut self, activity: &Activity, usage: Usage) {
        self.add(usage, ActivityKey::of(&activity.id).0);
    }

    /// All of a sub-statement is related only (1.0.3 Communication 2.1.3, `related_agents`, `related_activities`).
    fn sub_statement(&mut self, sub: &SubStatement) {
        self.actor(&sub.actor, Usage::RelatedAgent);
        match &sub.object {
            Object::Activity(activity) => self.activity(activity, Usage::RelatedActivity),
            Object::Agent(agent) => self.agent(&agent.ifi, Usage::RelatedAgent),
            Object::Group(group) => self.group(group, Usage::RelatedAgent),
            Object::StatementRef(_) | Object::SubStatement(_) => {}
        }
        self.context(sub.context.as_ref());
    }

    fn context(&mut self, context: Option<&Context>) {
        let Some(context) = context else { return };
        if let Some(instructor) = &context.instructor {
            self.actor(instructor, Usage::RelatedAgent);
        }
        if let Some(team) = &context.team {
            self.group(team, Usage::RelatedAgent);
        }
        for party in &context.context_agents {
            self.agent(&party.agent.ifi, Usage::RelatedAgent);
        }
        for party in &context.context_groups {
            self.group(&party.group, Usage::RelatedAgent);
        }
        for activity in context.context_activities.iter() {
            self.activity(activity, Usage::RelatedActivity);
        }
        if let Some(mentioned) = &context.statement {
            self.add(Usage::Mention, mentioned.id);
        }
    }
}

/// Every activity of a statement, for what its definition tells.
pub fn activities(statement: &Statement) -> Vec<&Activity> {
    let mut all: Vec<&Activity> = statement.activity().into_iter().collect();
    if let Object::SubStatement(sub) = &statement.object {
        if let Object::Activity(activity) = &sub.object {
            all.push(activity);
        }
        all.extend(sub.context.iter().flat_map(|context| context.context_activities.iter()));
    }
    all.extend(statement.context.iter().flat_map(|context| context.context_activities.iter()));
    all
}

/// Every identified agent and group of a statement with the name it is given there.
pub fn agents(statement: &Statement) -> Vec<(&Ifi, Option<&str>)> {
    fn actor<'a>(actor: &'a Actor, all: &mut Vec<(&'a Ifi, Option<&'a str>)>) {
        match actor {
            Actor::Agent(agent) => all.push((&agent.ifi, agent.name.as_deref())),
            Actor::Group(found) => group(found, all),
        }
    }
    fn group<'a>(group: &'a Group, all: &mut Vec<(&'a Ifi, Option<&'a str>)>) {
        all.extend(group.ifi.as_ref().map(|ifi| (ifi, group.name.as_deref())));
        all.extend(group.member.iter().map(|agent| (&agent.ifi, agent.name.as_deref())));
    }
    fn object<'a>(object: &'a Object, all: &mut Vec<(&'a Ifi, Option<&'a str>)>) {
        match object {
            Object::Agent(agent) => all.push((&agent.ifi, agent.name.as_deref())),
            Object::Group(found) => group(found, all),
            _ => {}
        }
    }
    fn context<'a>(context: Option<&'a Context>, all: &mut Vec<(&'a Ifi, Option<&'a str>)>) {
        let Some(context) = context else { return };
        context.instructor.iter().for_each(|found| actor(found, all));
        context.team.iter().for_each(|found| group(found, all));
        all.extend(context.context_agents.iter().map(|party| (&party.agent.ifi, party.agent.name.as_deref())));
        context.context_groups.iter().for_each(|party| group(&party.group, all));
    }
    let mut all = Vec::new();
    actor(&statement.actor, &mut all);
    object(&statement.object, &mut all);
    if let Object::SubStatement(sub) = &statement.object {
        actor(&sub.actor, &mut all);
        object(&sub.object, &mut all);
        context(sub.context.as_ref(), &mut all);
    }
    context(statement.context.as_ref(), &mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xapi::{AgentKey, parse};

    #[test]
    fn what_is_named_directly_is_not_named_again_as_related() {
        let text = r#"{"actor":{"mbox":"mailto:a@b.fr"},"verb":{"id":"http://v"},"object":{"id":"http://o"},
            "context":{"registration":"ec531277-b57b-4c15-8d91-d292c5b2b8f7","instructor":{"mbox":"mailto:a@b.fr"},
            "team":{"objectType":"Group","mbox":"mailto:team@b.fr","member":[{"mbox":"mailto:m@b.fr"}]},
            "contextActivities":{"parent":[{"id":"http://o"},{"id":"http://p"}]}}}"#;
        let statement = parse(text, crate::xapi::Version::V1).unwrap();
        let links: Vec<(i32, Uuid)> = Links::of(&statement, None).iter().collect();
        let agent = |mbox: &str| -> AgentKey { Ifi::Mbox(mbox.into()).key() };
        let mut expected = vec![
            (Usage::Agent as i32, agent("mailto:a@b.fr").0),
            (Usage::RelatedAgent as i32, agent("mailto:team@b.fr").0),
            (Usage::RelatedAgent as i32, agent("mailto:m@b.fr").0),
            (Usage::Activity as i32, ActivityKey::of("http://o").0),
            (Usage::RelatedActivity as i32, ActivityKey::of("http://p").0),
            (Usage::Verb as i32, VerbKey::of("http://v").0),
            (Usage::Registration as i32, statement.registration().unwrap()),
        ];
        expected.sort_unstable();
        assert_eq!(links, expected);
    }

    #[test]
    fn all_of_a_sub_statement_is_related() {
        let text = r#"{"actor":{"mbox":"mailto:a@b.fr"},"verb":{"id":"http://v"},"object":{"objectType":"SubStatement",
            "actor":{"mbox":"mailto:s@b.fr"},"verb":{"id":"http://w"},"object":{"id":"http://o"}}}"#;
        let links = Links::of(&parse(text, crate::xapi::Version::V1).unwrap(), None);
        let usages: Vec<i32> = links.iter().map(|(usage, _)| usage).collect();
        assert_eq!(
            usages,
            [Usage::Agent, Usage::RelatedAgent, Usage::RelatedActivity, Usage::Verb].map(|usage| usage as i32)
        );
    }
}

//! Agents and groups (1.0.3 Data 2.4.2).
//!
//! `XAPI-00034` and the like are the numbers under which ADL's list of requirements names a rule; `tests/it/lrs/requirements.tsv`
//! has the test of each.

use super::{Json, Object, Reader, Version};
use crate::xapi::format;
use crate::xapi::identity::Ifi;
use crate::xapi::model::{Actor, Agent, Group};

const AGENT: [&str; 6] = ["objectType", "name", "mbox", "mbox_sha1sum", "openid", "account"];
const GROUP: [&str; 7] = ["objectType", "name", "member", "mbox", "mbox_sha1sum", "openid", "account"];

impl<'j> Reader<'j> {
    /// An agent, or a group where `objectType` says so.
    pub(super) fn actor(&mut self, json: &'j Json<'j>) -> Option<Actor> {
        match json.get("objectType").map(Json::as_str) {
            Some(Some("Group")) => self.group(json).map(Actor::Group),
            _ => self.agent(json).map(Actor::Agent),
        }
    }

    /// One identifier (XAPI-00034), a name that is a text (XAPI-00033).
    pub(super) fn agent(&mut self, json: &'j Json<'j>) -> Option<Agent> {
        let object = self.object(json, &AGENT)?;
        self.object_type(object, "Agent", "must be `Agent` (or `Group` where one may stand)");
        let name = self.member(object, "name", Self::text);
        match self.ifi(object)? {
            Some(ifi) => Some(Agent { name, ifi }),
            None => self.wrong(
                "one-ifi",
                "an agent must have exactly one of mbox, mbox_sha1sum, openid, account (1.0.3 Data 2.4.2.1)",
            ),
        }
    }

    /// Agents as members (XAPI-00036), at least one where there is no identifier (XAPI-00035), and never two identifiers
    /// (XAPI-00037). Where only a group may stand, an agent is refused (XAPI-00088).
    pub(super) fn group(&mut self, json: &'j Json<'j>) -> Option<Group> {
        let object = self.object(json, &GROUP)?;
        if object.get("objectType").is_none() {
            self.wrong::<()>("required", "a group must say objectType `Group` (1.0.3 Data 2.4.2.2)");
        }
        self.object_type(object, "Group", "must be `Group`");
        let name = self.member(object, "name", Self::text);
        // A group holds agents, never groups: `agent` refuses them by their objectType.
        let member = self.member(object, "member", |reader, list| reader.list(list, Self::agent));
        let ifi = self.ifi(object)?;
        if ifi.is_none() && object.get("member").and_then(Json::as_array).is_none_or(<[_]>::is_empty) {
            return self
                .wrong("anonymous-group", "a group without identifier must list its members (1.0.3 Data 2.4.2.2)");
        }
        Some(Group { name, ifi, member: member.unwrap_or_default() })
    }

    /// An authority: an agent, or the two members that OAuth makes (1.0.3 Data 2.4.9; XAPI-00024, XAPI-00098, XAPI-00100).
    pub(super) fn authority(&mut self, json: &'j Json<'j>) -> Option<Actor> {
        let actor = self.actor(json)?;
        match &actor {
            Actor::Group(group) if group.ifi.is_some() || group.member.len() != 2 => self.wrong(
                "authority",
                "a group as authority must be anonymous and have exactly two members (1.0.3 Data 2.4.9)",
            ),
            _ => Some(actor),
        }
    }

    /// The type, letter by letter (XAPI-00031, XAPI-00032, XAPI-00073).
    pub(super) fn object_type(&mut self, object: &'j Object<'j>, expected: &str, requirement: &'static str) {
        self.member(object, "objectType", |reader, json| {
            reader.checked(json, |text| text == expected, "object-type", requirement)
        });
    }

    /// The identifier if there is one; the outer `None` means that it was wrong and has been told (XAPI-00038, XAPI-00039,
    /// XAPI-00040, XAPI-00041).
    fn ifi(&mut self, object: &'j Object<'j>) -> Option<Option<Ifi>> {
        let given = Ifi::FIELDS.iter().filter(|field| object.get(field).is_some()).count();
        if given > 1 {
            return self.wrong(
                "one-ifi",
                "there must be no more than one of mbox, mbox_sha1sum, openid, account (1.0.3 Data 2.4.2)",
            );
        }
        if given == 0 {
            return Some(None);
        }
        let mbox = self.member(object, "mbox", |reader, json| {
            reader.checked(json, format::is_mbox, "mbox", "must be `mailto:` and a mail address (1.0.3 Data 2.4.2.3)")
        });
        let sum = self.member(object, "mbox_sha1sum", |reader, json| {
            reader.checked(
                json,
                format::is_sha1,
                "mbox-sha1sum",
                "must be the 40 hexadecimal digits of a SHA-1 (1.0.3 Data 2.4.2.3)",
            )
        });
        let openid = self.member(object, "openid", Self::iri);
        let account = self.member(object, "account", Self::account);
        let ifi = mbox.map(Ifi::Mbox).or(sum.map(Ifi::MboxSha1)).or(openid.map(Ifi::OpenId)).or(account)?;
        Some(Some(ifi))
    }

    /// XAPI-00041, XAPI-00042, XAPI-00043.
    fn account(&mut self, json: &'j Json<'j>) -> Option<Ifi> {
        let object = self.object(json, &["homePage", "name"])?;
        let home_page = self.required(object, "homePage", Self::iri);
        let name = self.required(object, "name", Self::text);
        Some(Ifi::Account { home_page: home_page?, name: name? })
    }

    /// Only 2.0 knows context agents and groups; for 1.0.x their names are unknown keys.
    pub(super) fn knows_context_agents(&self) -> bool {
        self.version == Version::V2
    }
}

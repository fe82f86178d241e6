//! Statements, sub-statements, results, contexts and attachments (1.0.3 Data 2.2 to 2.4).

use super::{Json, Object as JsonObject, Reader, Step, Value, Version};
use crate::core::StatementId;
use crate::xapi::format::{self, IsoDuration};
use crate::xapi::model::{
    Activity, Attachment, Context, ContextActivities, ContextAgent, ContextGroup, Object, Outcome, Score, Statement,
    StatementRef, SubStatement,
};

const STATEMENT: [&str; 11] = [
    "id",
    "actor",
    "verb",
    "object",
    "result",
    "context",
    "timestamp",
    "stored",
    "authority",
    "version",
    "attachments",
];
const SUB_STATEMENT: [&str; 8] =
    ["objectType", "actor", "verb", "object", "result", "context", "timestamp", "attachments"];
const CONTEXT: [&str; 11] = [
    "registration",
    "instructor",
    "team",
    "contextActivities",
    "revision",
    "platform",
    "language",
    "statement",
    "extensions",
    "contextAgents",
    "contextGroups",
];

impl<'j> Reader<'j> {
    /// Who (XAPI-00003) did what (XAPI-00004) to what (XAPI-00005), and all else well formed (XAPI-00014). A voiding statement
    /// refers to a statement (XAPI-00017, XAPI-00019, XAPI-00020).
    pub(super) fn statement(&mut self, json: &'j Json<'j>) -> Option<Statement> {
        let object = self.object(json, &STATEMENT)?;
        let id = self.member(object, "id", Self::uuid).map(StatementId);
        let actor = self.required(object, "actor", Self::actor);
        let verb = self.required(object, "verb", Self::verb);
        let target = self.required(object, "object", |reader, json| reader.target(json, true));
        let result = self.member(object, "result", Self::result);
        let context = self.member(object, "context", Self::context);
        let timestamp = self.member(object, "timestamp", Self::timestamp);
        let stored = self.member(object, "stored", Self::timestamp);
        let authority = self.member(object, "authority", Self::authority);
        let version = self.member(object, "version", Self::version);
        let attachments = self.member(object, "attachments", |reader, list| reader.list(list, Self::attachment));
        self.context_fits_object(context.as_ref(), target.as_ref());
        let statement = Statement {
            id,
            actor: actor?,
            verb: verb?,
            object: target?,
            result,
            context,
            timestamp,
            stored,
            authority,
            version,
            attachments: attachments.unwrap_or_default(),
        };
        if statement.voids() && statement.target().is_none() {
            return self.below(Step::Key("object"), |reader| {
                reader.wrong("voiding", "a voiding statement must have a StatementRef as object (1.0.3 Data 2.3.2)")
            });
        }
        Some(statement)
    }

    /// `version` of the statement itself (1.0.3 Data 2.4.10; XAPI-00101).
    fn version(&mut self, json: &'j Json<'j>) -> Option<String> {
        let text = json.as_str().unwrap_or_default();
        // `1.0` stands for 1.0.0 and came with many a statement; no statement was ever of `2.0`.
        let known = (text.split('.').count() == 3 || text == "1.0")
            && Version::of_header(text).is_some_and(|version| version <= self.version)
            && text.trim() == text;
        if known {
            return Some(text.to_owned());
        }
        let requirement = match self.version {
            Version::V1 => "must be 1.0 or 1.0.x (1.0.3 Data 2.4.10)",
            Version::V2 => "must be 1.0, 1.0.x or 2.0.x (2.0 section 4.2.2)",
        };
        self.wrong("version", requirement)
    }

    /// The `object`: which kind it is, its `objectType` says (XAPI-00046). What says none is an activity, so an agent or group
    /// must (XAPI-00065).
    fn target(&mut self, json: &'j Json<'j>, sub_statement_allowed: bool) -> Option<Object> {
        let Some(object) = json.as_object() else { return self.wrong("object", "must be an object") };
        match object.get("objectType").map(|kind| kind.as_str().unwrap_or_default()) {
            None | Some("Activity") => self.activity(json).map(Object::Activity),
            Some("Agent") => self.agent(json).map(Object::Agent),
            Some("Group") => self.group(json).map(Object::Group),
            Some("StatementRef") => self.statement_ref(json).map(Object::StatementRef),
            Some("SubStatement") if sub_statement_allowed => self.sub_statement(json).map(|sub| Object::SubStatement(Box::new(sub))),
            Some("SubStatement") => {
                self.wrong("nested-sub-statement", "a SubStatement must not contain a SubStatement (1.0.3 Data 2.4.4.3)")
            }
            Some(_) => self.below(Step::Key("objectType"), |reader| {
                reader.wrong("object-type", "must be Activity, Agent, Group, StatementRef or SubStatement; names are case-sensitive (1.0.3 Data 2.4.4)")
            }),
        }
    }

    /// XAPI-00072, XAPI-00073.
    fn statement_ref(&mut self, json: &'j Json<'j>) -> Option<StatementRef> {
        let object = self.object(json, &["objectType", "id"])?;
        if object.get("objectType").is_none() {
            self.wrong::<()>("required", "a reference must say objectType `StatementRef` (1.0.3 Data 2.4.4.3)");
        }
        self.object_type(object, "StatementRef", "must be `StatementRef`");
        self.required(object, "id", Self::uuid).map(|id| StatementRef { id })
    }

    /// A statement in all (XAPI-00066) but authority (XAPI-00067), version (XAPI-00068), stored (XAPI-00069), id (XAPI-00070) and
    /// a sub-statement of its own (XAPI-00071).
    fn sub_statement(&mut self, json: &'j Json<'j>) -> Option<SubStatement> {
        let object = self.object(json, &SUB_STATEMENT)?;
        let actor = self.required(object, "actor", Self::actor);
        let verb = self.required(object, "verb", Self::verb);
        let target = self.required(object, "object", |reader, json| reader.target(json, false));
        let result = self.member(object, "result", Self::result);
        let context = self.member(object, "context", Self::context);
        let timestamp = self.member(object, "timestamp", Self::timestamp);
        let attachments = self.member(object, "attachments", |reader, list| reader.list(list, Self::attachment));
        self.context_fits_object(context.as_ref(), target.as_ref());
        Some(SubStatement {
            actor: actor?,
            verb: verb?,
            object: target?,
            result,
            context,
            timestamp,
            attachments: attachments.unwrap_or_default(),
        })
    }

    /// Revision and platform say something of an activity only (1.0.3 Data 2.4.6; XAPI-00084, XAPI-00085).
    fn context_fits_object(&mut self, context: Option<&Context>, target: Option<&Object>) {
        let (Some(context), Some(target)) = (context, target) else { return };
        if matches!(target, Object::Activity(_)) {
            return;
        }
        self.below(Step::Key("context"), |reader| {
            for (key, given) in [("revision", &context.revision), ("platform", &context.platform)] {
                if given.is_some() {
                    reader.below(Step::Key(key), |reader| {
                        reader.wrong::<()>(
                            "activity-only",
                            "may stand only where the object is an Activity (1.0.3 Data 2.4.6)",
                        )
                    });
                }
            }
        });
    }

    /// Success (XAPI-00074), completion (XAPI-00075), response (XAPI-00076), extensions (XAPI-00078), each of its type.
    fn result(&mut self, json: &'j Json<'j>) -> Option<Outcome> {
        let object = self.object(json, &["score", "success", "completion", "response", "duration", "extensions"])?;
        Some(Outcome {
            score: self.member(object, "score", Self::score),
            success: self.member(object, "success", Self::boolean),
            completion: self.member(object, "completion", Self::boolean),
            response: self.member(object, "response", Self::text),
            duration: self.member(object, "duration", Self::duration),
            extensions: self.member(object, "extensions", Self::extensions).unwrap_or_default(),
        })
    }

    /// An object (XAPI-00079) of max (XAPI-00080), min (XAPI-00081), raw (XAPI-00082) and scaled (XAPI-00083).
    fn score(&mut self, json: &'j Json<'j>) -> Option<Score> {
        let object = self.object(json, &["scaled", "raw", "min", "max"])?;
        let score = Score {
            scaled: self.member(object, "scaled", Self::number),
            raw: self.member(object, "raw", Self::number),
            min: self.member(object, "min", Self::number),
            max: self.member(object, "max", Self::number),
        };
        if score.scaled.is_some_and(|scaled| !(-1.0..=1.0).contains(&scaled)) {
            self.below(Step::Key("scaled"), |reader| {
                reader.wrong::<()>("score-scaled", "must be from -1 to 1 (1.0.3 Data 2.4.5.1)")
            });
        }
        if let (Some(min), Some(max)) = (score.min, score.max)
            && min >= max
        {
            self.below(Step::Key("min"), |reader| {
                reader.wrong::<()>("score-range", "`min` must be less than `max` (1.0.3 Data 2.4.5.1)")
            });
        }
        if let Some(raw) = score.raw
            && (score.min.is_some_and(|min| raw < min) || score.max.is_some_and(|max| raw > max))
        {
            self.below(Step::Key("raw"), |reader| {
                reader.wrong::<()>("score-raw", "must be from `min` to `max`, both included (1.0.3 Data 2.4.5.1)")
            });
        }
        Some(score)
    }

    /// XAPI-00077.
    fn duration(&mut self, json: &'j Json<'j>) -> Option<IsoDuration> {
        match json.as_str().and_then(IsoDuration::parse) {
            Some(duration) => Some(duration),
            None => self.wrong(
                "duration",
                "must be an ISO 8601 duration such as PT12M30.5S; weeks stand alone (1.0.3 Data 4.6)",
            ),
        }
    }

    /// Registration and instructor (XAPI-00087), team (XAPI-00088), revision (XAPI-00089), platform (XAPI-00090), language
    /// (XAPI-00091), statement (XAPI-00092).
    fn context(&mut self, json: &'j Json<'j>) -> Option<Context> {
        let known = if self.knows_context_agents() { &CONTEXT[..] } else { &CONTEXT[..9] };
        let object = self.object(json, known)?;
        let context_agents = |reader: &mut Self, list| reader.list(list, Self::context_agent);
        let context_groups = |reader: &mut Self, list| reader.list(list, Self::context_group);
        Some(Context {
            registration: self.member(object, "registration", Self::uuid),
            instructor: self.member(object, "instructor", Self::actor),
            team: self.member(object, "team", Self::group),
            context_activities: self.member(object, "contextActivities", Self::context_activities).unwrap_or_default(),
            context_agents: self.member(object, "contextAgents", context_agents).unwrap_or_default(),
            context_groups: self.member(object, "contextGroups", context_groups).unwrap_or_default(),
            revision: self.member(object, "revision", Self::text),
            platform: self.member(object, "platform", Self::text),
            language: self.member(object, "language", |reader, json| {
                reader.checked(json, format::is_language_tag, "language-tag", "must be a language tag (RFC 5646)")
            }),
            statement: self.member(object, "statement", Self::statement_ref),
            extensions: self.member(object, "extensions", Self::extensions).unwrap_or_default(),
        })
    }

    /// An object (XAPI-00086) of these four and no others (XAPI-00093), of valid activities (XAPI-00094); it may be empty
    /// (XAPI-00095).
    fn context_activities(&mut self, json: &'j Json<'j>) -> Option<ContextActivities> {
        let object = self.object(json, &["parent", "grouping", "category", "other"])?;
        Some(ContextActivities {
            parent: self.member(object, "parent", Self::one_or_more_activities).unwrap_or_default(),
            grouping: self.member(object, "grouping", Self::one_or_more_activities).unwrap_or_default(),
            category: self.member(object, "category", Self::one_or_more_activities).unwrap_or_default(),
            other: self.member(object, "other", Self::one_or_more_activities).unwrap_or_default(),
        })
    }

    /// An array, or for old clients a single activity (1.0.3 Data 2.4.6.2).
    fn one_or_more_activities(&mut self, json: &'j Json<'j>) -> Option<Vec<Activity>> {
        match json.value {
            Value::Array(_) => self.list(json, Self::activity),
            _ => self.activity(json).map(|activity| vec![activity]),
        }
    }

    fn context_agent(&mut self, json: &'j Json<'j>) -> Option<ContextAgent> {
        let object = self.object(json, &["objectType", "agent", "relevantTypes"])?;
        self.named_object_type(object, "contextAgent");
        let relevant_types = self.relevant_types(object);
        let agent = self.required(object, "agent", Self::agent);
        Some(ContextAgent { agent: agent?, relevant_types })
    }

    fn context_group(&mut self, json: &'j Json<'j>) -> Option<ContextGroup> {
        let object = self.object(json, &["objectType", "group", "relevantTypes"])?;
        self.named_object_type(object, "contextGroup");
        let relevant_types = self.relevant_types(object);
        let group = self.required(object, "group", Self::group);
        Some(ContextGroup { group: group?, relevant_types })
    }

    fn named_object_type(&mut self, object: &'j JsonObject<'j>, expected: &'static str) {
        self.required(object, "objectType", |reader, json| {
            reader.checked(
                json,
                |text| text == expected,
                "object-type",
                "must be `contextAgent` or `contextGroup` (2.0 section 4.2.2)",
            )
        });
    }

    fn relevant_types(&mut self, object: &'j JsonObject<'j>) -> Vec<String> {
        let types = self.member(object, "relevantTypes", |reader, list| {
            let types = reader.list(list, Self::iri)?;
            if list.as_array().is_some_and(<[_]>::is_empty) {
                return reader.wrong("relevant-types", "must not be empty (2.0 section 4.2.2)");
            }
            Some(types)
        });
        types.unwrap_or_default()
    }

    /// One of a list (XAPI-00025): length (XAPI-00102), sha2 (XAPI-00103), fileUrl (XAPI-00104), contentType (XAPI-00105),
    /// display (XAPI-00106), usageType (XAPI-00107).
    fn attachment(&mut self, json: &'j Json<'j>) -> Option<Attachment> {
        let known = ["usageType", "display", "description", "contentType", "length", "sha2", "fileUrl"];
        let object = self.object(json, &known)?;
        let usage_type = self.required(object, "usageType", Self::iri);
        let display = self.required(object, "display", Self::language_map);
        let description = self.member(object, "description", Self::language_map);
        let content_type = self.required(object, "contentType", |reader, json| {
            reader.checked(json, format::is_media_type, "media-type", "must be an Internet media type (RFC 2046)")
        });
        let length = self.required(object, "length", |reader, json| match &json.value {
            Value::Number(text) if text.parse::<u64>().is_ok() => text.parse().ok(),
            _ => reader.wrong("length", "must be a whole number of octets (1.0.3 Data 2.4.11)"),
        });
        let sha2 = self.required(object, "sha2", |reader, json| {
            reader.checked(
                json,
                format::is_sha2,
                "sha2",
                "must be a SHA-2 digest in hexadecimal digits (1.0.3 Data 2.4.11)",
            )
        });
        let file_url = self.member(object, "fileUrl", Self::iri);
        Some(Attachment {
            usage_type: usage_type?,
            display: display?,
            description: description.unwrap_or_default(),
            content_type: content_type?,
            length: length?,
            sha2: sha2?,
            file_url,
        })
    }
}

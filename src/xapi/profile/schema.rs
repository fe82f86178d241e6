//! The JSON Schema of an extension, compiled so that no statement makes checking it long: nothing is fetched, patterns are
//! matched in linear time, and what it refers to is within it, without circles.

use std::collections::HashMap;

use jsonschema::{PatternOptions, Validator};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::xapi::json::Json;

/// Parts of a schema at most, whatever it refers to written out at each place.
const MOST_PARTS: u64 = 5_000;

/// Compiles a schema from its text; the error says what is wrong with it.
pub fn compile(text: &str) -> Result<Validator, String> {
    let schema = Json::parse(text).map_err(|cause| cause.to_string())?.to_serde();
    let mut measure = Measure { schema: &schema, known: HashMap::new() };
    let parts = measure.parts(&schema)?;
    if parts > MOST_PARTS {
        return Err(format!("has {parts} parts once its references are written out; {MOST_PARTS} are the most"));
    }
    jsonschema::options()
        .offline()
        .with_pattern_options(PatternOptions::regex())
        .build(&schema)
        .map_err(|cause| cause.to_string().chars().take(500).collect())
}

/// How large a schema is where each reference is what it refers to.
struct Measure<'s> {
    schema: &'s Value,
    /// By place; `None` while it is being measured.
    known: HashMap<*const Value, Option<u64>>,
}

impl<'s> Measure<'s> {
    fn parts(&mut self, value: &'s Value) -> Result<u64, String> {
        match self.known.get(&std::ptr::from_ref(value)) {
            Some(Some(parts)) => return Ok(*parts),
            Some(None) => return Err("refers to itself".to_owned()),
            None => {}
        }
        self.known.insert(value, None);
        let mut parts: u64 = 1;
        match value {
            Value::Array(items) => {
                for item in items {
                    parts = parts.saturating_add(self.parts(item)?);
                }
            }
            Value::Object(members) => {
                for (key, member) in members {
                    parts = parts.saturating_add(self.parts(member)?);
                    if let Value::String(target) = member {
                        parts = parts.saturating_add(self.referred(key, target)?);
                    }
                }
            }
            _ => {}
        }
        self.known.insert(value, Some(parts));
        Ok(parts)
    }

    /// What a member that refers to something adds.
    fn referred(&mut self, key: &str, target: &str) -> Result<u64, String> {
        match key {
            "$ref" => {
                let target = percent_decode_str(target).decode_utf8_lossy().into_owned();
                let place = target.strip_prefix('#').filter(|place| place.is_empty() || place.starts_with('/'));
                let found = place.and_then(|place| self.schema.pointer(place));
                self.parts(found.ok_or_else(|| format!("refers to {target}, which is not in it"))?)
            }
            "$dynamicRef" | "$recursiveRef" => Err(format!("uses {key}")),
            _ => Ok(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schema_may_refer_to_its_own_definitions_only() {
        let schema =
            json!({"$ref": "#/$defs/whole%20number", "$defs": {"whole number": {"type": "integer", "minimum": 0}}});
        let schema = compile(&schema.to_string()).expect("a schema");
        assert!(schema.is_valid(&json!(3)) && !schema.is_valid(&json!(-3)) && !schema.is_valid(&json!("3")));
        for wrong in [
            "{",
            r#"{"type":"whole"}"#,
            r##"{"$ref":"#"}"##,
            r#"{"$ref":"https://example.org/schema"}"#,
            r##"{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}},"$ref":"#/$defs/a"}"##,
            r##"{"$dynamicRef":"#node"}"##,
        ] {
            assert!(compile(wrong).is_err(), "{wrong} should be refused");
        }
    }

    #[test]
    fn a_short_schema_that_means_a_huge_one_is_refused() {
        let mut definitions = serde_json::Map::new();
        for level in 0..40 {
            let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
            definitions.insert(level.to_string(), json!({"allOf": [next, next]}));
        }
        definitions.insert("40".to_owned(), json!({"type": "string"}));
        let wrong = compile(&json!({"$ref": "#/$defs/0", "$defs": definitions}).to_string());
        assert!(wrong.is_err_and(|told| told.contains("parts")), "two to the power of forty checks");
    }
}

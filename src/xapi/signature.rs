//! Signed statements (1.0.3 Data 2.6, which 2.0 keeps): a JSON web signature (RFC 7515) among the attachments, whose payload
//! is the statement before it was signed.
//!
//! Who signed is told by the certificates in the signature's header, if there are any: the first one's key made the signature,
//! each is vouched for by the next. Which authority to trust, and until when, is for the reader of a statement to decide: the
//! specification names none, and a statement may be sent again years later.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RsaParameters,
    UnparsedPublicKey,
};
use x509_parser::oid_registry::{OID_PKCS1_RSAENCRYPTION, OID_PKCS1_SHA1WITHRSA};
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::equality;
use super::json::{Json, Object, Value};
use super::model::Attachment;
use super::read::Version;
use crate::core::StatementId;

/// What an attachment is for that signs its statement.
pub const USAGE: &str = "http://adlnet.gov/expapi/attachments/signature";
/// Certificates in one header.
const MOST_CERTIFICATES: usize = 10;

/// What is wrong with a signature: a stable code, and what the specification demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Flaw {
    pub rule: &'static str,
    pub requirement: &'static str,
}

const fn flaw(rule: &'static str, requirement: &'static str) -> Flaw {
    Flaw { rule, requirement }
}

const FORM: Flaw = flaw(
    "signature-malformed",
    "must be a JSON web signature in compact form: header, payload and signature in base64url, with dots between (1.0.3 Data 2.6, RFC 7515)",
);
const EXTENDED: Flaw =
    flaw("signature-malformed", "must not ask for extensions of JSON web signatures (`crit`, RFC 7515 section 4.1.11)");
const ALGORITHM: Flaw = flaw("signature-algorithm", "must be made with RS256, RS384 or RS512 (1.0.3 Data 2.6)");
const CERTIFICATE: Flaw = flaw(
    "signature-certificate",
    "`x5c` must be a list of X.509 certificates in base64, the first with an RSA key (RFC 7515 section 4.1.6)",
);
const CHAIN: Flaw = flaw(
    "signature-chain",
    "each certificate in `x5c` must be signed by the authority in the next (RFC 7515 section 4.1.6)",
);
const WRONG: Flaw =
    flaw("signature-wrong", "must be made with the key of the first certificate in `x5c` (1.0.3 Data 2.6)");
const PAYLOAD: Flaw = flaw("signature-payload", "the payload must be a valid statement as JSON (1.0.3 Data 2.6)");
const STATEMENT: Flaw =
    flaw("signature-statement", "the payload must say the same as the statement it is attached to (1.0.3 Data 2.6)");
const MEDIA_TYPE: Flaw =
    flaw("signature-type", "a signature must have the contentType application/octet-stream (1.0.3 Data 2.6)");

/// Whether an attachment is a signature of its statement. Errors: a signature that cannot be one by its media type.
pub fn is_signature(attachment: &Attachment) -> Result<bool, Flaw> {
    let essence = attachment.content_type.split(';').next().unwrap_or_default().trim();
    match attachment.usage_type == USAGE {
        true if !essence.eq_ignore_ascii_case("application/octet-stream") => Err(MEDIA_TYPE),
        is_signature => Ok(is_signature),
    }
}

/// A signature that holds: what it signs was signed with the key of its certificate, if it brings one.
#[derive(Debug)]
pub struct Signed {
    payload: String,
}

impl Signed {
    /// Reads the content of an attachment.
    pub fn read(content: &[u8]) -> Result<Self, Flaw> {
        let text = std::str::from_utf8(content).map_err(|_| FORM)?;
        let mut segments = text.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (segments.next(), segments.next(), segments.next(), segments.next())
        else {
            return Err(FORM);
        };
        let signed = &text[..header.len() + 1 + payload.len()];
        let decoded = |segment: &str| BASE64_URL_SAFE_NO_PAD.decode(segment).map_err(|_| FORM);
        let (header, payload, signature) = (decoded(header)?, decoded(payload)?, decoded(signature)?);
        let header = std::str::from_utf8(&header).map_err(|_| FORM)?;
        let header = Json::parse(header).map_err(|_| FORM)?;
        let header = header.as_object().filter(|header| header.repeated.is_empty()).ok_or(FORM)?;
        let algorithm = algorithm(header)?;
        if header.get("crit").is_some() {
            return Err(EXTENDED);
        }
        if signature.is_empty() {
            return Err(FORM);
        }
        if let Some(chain) = header.get("x5c") {
            verify(chain, algorithm, signed.as_bytes(), &signature)?;
        }
        Ok(Self { payload: String::from_utf8(payload).map_err(|_| PAYLOAD)? })
    }

    /// The statement that was signed.
    pub fn payload(&self, version: Version) -> Result<Payload<'_>, Flaw> {
        let statement = Json::parse(&self.payload).map_err(|_| PAYLOAD)?;
        let id = super::read::statement(&statement, version, "").map_err(|_| PAYLOAD)?.id;
        Ok(Payload { statement: unsigned(statement), id })
    }
}

/// The statement that was signed, without signatures of others.
#[derive(Debug)]
pub struct Payload<'a> {
    statement: Json<'a>,
    id: Option<StatementId>,
}

impl Payload<'_> {
    /// Whether this is `statement`, which came with this id if it has one, as it was before it was signed.
    pub fn is_of(&self, statement: Json<'_>, id: Option<StatementId>) -> Result<(), Flaw> {
        let same_id = id.is_none() || self.id.is_none() || self.id == id;
        // Of several signatures the first cannot be in the payload of the second, if both were made at once.
        if same_id && equality::same(&self.statement, &unsigned(statement)) { Ok(()) } else { Err(STATEMENT) }
    }
}

fn algorithm(header: &Object<'_>) -> Result<&'static RsaParameters, Flaw> {
    match header.get("alg").and_then(Json::as_str) {
        Some("RS256") => Ok(&RSA_PKCS1_2048_8192_SHA256),
        Some("RS384") => Ok(&RSA_PKCS1_2048_8192_SHA384),
        Some("RS512") => Ok(&RSA_PKCS1_2048_8192_SHA512),
        _ => Err(ALGORITHM),
    }
}

/// A statement without its signatures.
fn unsigned(mut statement: Json<'_>) -> Json<'_> {
    if let Value::Object(object) = &mut statement.value {
        for (_, value) in object.members.iter_mut().filter(|(key, _)| key == "attachments") {
            if let Value::Array(attachments) = &mut value.value {
                attachments.retain(|one| one.get("usageType").and_then(Json::as_str) != Some(USAGE));
            }
        }
    }
    statement
}

fn verify(chain: &Json<'_>, algorithm: &'static RsaParameters, signed: &[u8], signature: &[u8]) -> Result<(), Flaw> {
    let chain = chain.as_array().filter(|chain| (1..=MOST_CERTIFICATES).contains(&chain.len())).ok_or(CERTIFICATE)?;
    let encoded = chain.iter().map(|one| BASE64_STANDARD.decode(one.as_str()?).ok());
    let encoded: Vec<Vec<u8>> = encoded.collect::<Option<_>>().ok_or(CERTIFICATE)?;
    let read = encoded.iter().map(|der| match X509Certificate::from_der(der) {
        Ok(([], certificate)) => Ok(certificate),
        _ => Err(CERTIFICATE),
    });
    let certificates: Vec<X509Certificate<'_>> = read.collect::<Result<_, _>>()?;
    let key = certificates.first().ok_or(CERTIFICATE)?.public_key();
    if key.algorithm.algorithm != OID_PKCS1_RSAENCRYPTION {
        return Err(CERTIFICATE);
    }
    for pair in certificates.windows(2) {
        let [certificate, authority] = pair else { continue };
        let named = certificate.issuer().as_raw() == authority.subject().as_raw();
        // A digest that can be made to collide vouches for nothing.
        let weak = certificate.signature_algorithm.algorithm == OID_PKCS1_SHA1WITHRSA;
        if weak || !named || !authority.is_ca() || certificate.verify_signature(Some(authority.public_key())).is_err() {
            return Err(CHAIN);
        }
    }
    UnparsedPublicKey::new(algorithm, &key.subject_public_key.data).verify(signed, signature).map_err(|_| WRONG)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, payload: &str, signature: &str) -> String {
        [header, payload, signature].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join(".")
    }

    fn rule(token: &str) -> Option<&'static str> {
        Signed::read(token.as_bytes()).err().map(|flaw| flaw.rule)
    }

    const HEADER: &str = r#"{"alg":"RS256"}"#;
    const STATEMENT: &str =
        r#"{"actor":{"mbox":"mailto:a@b.fr"},"verb":{"id":"http://v/x"},"object":{"id":"http://o/x"}}"#;

    #[test]
    fn what_is_no_signature_is_refused() {
        let good = token(HEADER, STATEMENT, "s");
        assert_eq!(rule(&good), None);
        assert_eq!(rule(&token(r#"{"alg":"RS512","typ":"JOSE"}"#, STATEMENT, "s")), None);
        for (bad, expected) in [
            (String::new(), "signature-malformed"),
            (format!("{good}\n"), "signature-malformed"),
            (format!("{good}.x"), "signature-malformed"),
            (good.replace('.', ""), "signature-malformed"),
            (token(HEADER, STATEMENT, ""), "signature-malformed"),
            (token("[]", STATEMENT, "s"), "signature-malformed"),
            (token(r#"{"alg":"RS256","alg":"none"}"#, STATEMENT, "s"), "signature-malformed"),
            (token(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, STATEMENT, "s"), "signature-malformed"),
            (token(r#"{"alg":"HS256"}"#, STATEMENT, "s"), "signature-algorithm"),
            (token(r#"{"alg":"none"}"#, STATEMENT, "s"), "signature-algorithm"),
            (token(r#"{"alg":["RS256"]}"#, STATEMENT, "s"), "signature-algorithm"),
            (token("{}", STATEMENT, "s"), "signature-algorithm"),
            (token(r#"{"alg":"RS256","x5c":[]}"#, STATEMENT, "s"), "signature-certificate"),
            (token(r#"{"alg":"RS256","x5c":"AA=="}"#, STATEMENT, "s"), "signature-certificate"),
            (token(r#"{"alg":"RS256","x5c":["AA=="]}"#, STATEMENT, "s"), "signature-certificate"),
            (token(r#"{"alg":"RS256","x5c":[null]}"#, STATEMENT, "s"), "signature-certificate"),
        ] {
            assert_eq!(rule(&bad), Some(expected), "{bad}");
        }
    }

    #[test]
    fn the_payload_is_the_statement_without_signatures() {
        let signed = |payload: &str| Signed::read(token(HEADER, payload, "s").as_bytes()).unwrap();
        let rule = |payload: &str, statement: &str, id: Option<&str>| {
            let id = id.map(|id| StatementId(id.parse().unwrap()));
            let signed = signed(payload);
            let covers =
                signed.payload(Version::V1).and_then(|payload| payload.is_of(Json::parse(statement).unwrap(), id));
            covers.err().map(|flaw| flaw.rule)
        };
        let with = |rest: &str| STATEMENT.replacen('{', &format!("{{{rest},"), 1);
        let signature = format!(r#""attachments":[{{"usageType":"{USAGE}"}}]"#);
        assert_eq!(rule(STATEMENT, &with(&signature), None), None);
        assert_eq!(rule(STATEMENT, &with(r#""stored":"2026-01-01T00:00:00Z""#), None), None);
        assert_eq!(rule(&with(r#""version":"1.0.0""#), STATEMENT, None), None);

        assert_eq!(rule(STATEMENT, &with(r#""result":{"success":true}"#), None), Some("signature-statement"));
        assert_eq!(rule(&STATEMENT.replace("a@b", "x@y"), STATEMENT, None), Some("signature-statement"));
        assert_eq!(rule("{'a':1}", STATEMENT, None), Some("signature-payload"));
        assert_eq!(rule("{}", STATEMENT, None), Some("signature-payload"));
        let twice = with(r#""actor":{"mbox":"mailto:x@y.fr"}"#);
        assert_eq!(rule(&twice, STATEMENT, None), Some("signature-payload"), "a second reading says somebody else");

        let id = "fd41c918-b88b-4b20-a0a5-a4c32391aaa0";
        let own = with(&format!(r#""id":"{id}""#));
        assert_eq!(rule(&own, STATEMENT, Some(id)), None);
        assert_eq!(rule(&own, STATEMENT, Some("fd41c918-b88b-4b20-a0a5-a4c32391aaa1")), Some("signature-statement"));
    }
}

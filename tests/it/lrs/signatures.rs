//! Signed statements: a signature that does not hold is never kept.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair};
use rsa::RsaPrivateKey;
use rsa::pkcs8::EncodePrivateKey as _;

use super::attachments::{headers_of, json_part, message, send, sha256};
use super::*;

const USAGE: &str = "http://adlnet.gov/expapi/attachments/signature";
const OCTETS: &str = "application/octet-stream";

/// The keys of a signer, of the authority that vouches for them, and of nobody in particular, as PKCS #8.
static KEYS: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    [(); 3].map(|()| {
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        key.to_pkcs8_der().unwrap().as_bytes().to_vec()
    })
});

fn named(name: &str, is_ca: bool) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = if is_ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::NoCa };
    params
}

/// The certificates of the signer and of the authority `is_ca` says is one, the first signed by the second.
fn chain(is_ca: bool) -> Vec<Vec<u8>> {
    let key = |at: usize| KeyPair::try_from(KEYS[at].as_slice()).unwrap();
    let authority = CertifiedIssuer::self_signed(named("Autorité", is_ca), key(1)).unwrap();
    let signer = named("Camille", false).signed_by(&key(0), &authority).unwrap();
    vec![signer.der().to_vec(), authority.der().to_vec()]
}

/// A signature in compact form of `payload`, with `key` and a header that says these things.
pub fn sign(header: &Value, payload: &str, key: usize) -> String {
    let encoding: &dyn RsaEncoding = match header["alg"].as_str() {
        Some("RS384") => &RSA_PKCS1_SHA384,
        Some("RS512") => &RSA_PKCS1_SHA512,
        _ => &RSA_PKCS1_SHA256,
    };
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let signed = format!("{}.{}", encode(header.to_string().as_bytes()), encode(payload.as_bytes()));
    let key = RsaKeyPair::from_pkcs8(&KEYS[key]).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(encoding, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", encode(&signature))
}

fn x5c(algorithm: &str, chain: &[Vec<u8>]) -> Value {
    let chain: Vec<String> = chain.iter().map(|der| BASE64_STANDARD.encode(der)).collect();
    json!({"alg": algorithm, "x5c": chain})
}

/// The statement with these signatures attached, and the message that brings them.
fn signed_with(mut statement: Value, media_type: &str, signatures: &[&str]) -> Vec<u8> {
    let mut attachments = statement["attachments"].as_array().cloned().unwrap_or_default();
    attachments.extend(signatures.iter().map(|signature| {
        json!({"usageType": USAGE, "display": {"fr": "Signature"}, "contentType": media_type,
            "length": signature.len(), "sha2": sha256(signature.as_bytes())})
    }));
    statement["attachments"] = json!(attachments);
    let json = statement.to_string();
    let mut parts = vec![(json_part(), json.as_bytes())];
    for signature in signatures {
        parts.push((headers_of(media_type, &sha256(signature.as_bytes())), signature.as_bytes()));
    }
    message(&parts)
}

pub fn signed(statement: &Value, signature: &str) -> Vec<u8> {
    signed_with(statement.clone(), OCTETS, &[signature])
}

/// What is told of the first attachment.
async fn refused(tool: &Client, body: Vec<u8>) -> String {
    let problem = send(tool, body).await.expect(400).json();
    assert_eq!(problem["code"], "statement-invalid", "{problem}");
    assert_eq!(problem["problems"][0]["pointer"], "/attachments/0", "{problem}");
    problem["problems"][0]["rule"].as_str().unwrap().to_owned()
}

both_databases! {
    async fn a_signature_that_holds_is_kept_with_its_statement(app: TestApp) {
        let mut tx = app.app.db.begin().await.unwrap();
        let credential = lrs::create_credential(&mut tx, "Outil", &[Scope::All], app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let chain = chain(true);
        for version in ["1.0.3", "2.0.0"] {
            let tool = speaking(app.program(), &credential, version);
            for algorithm in ["RS256", "RS384", "RS512"] {
                let statement = with(statement("camille", "completed", algorithm), "id", json!(Uuid::new_v4().to_string()));
                let signature = sign(&x5c(algorithm, &chain), &statement.to_string(), 0);
                send(&tool, signed(&statement, &signature)).await.expect(200);
                let path = query(&[("statementId", statement["id"].as_str().unwrap()), ("attachments", "true")]);
                assert!(tool.get(&path).await.expect(200).text().contains(&signature));
                // The same again is the same.
                send(&tool, signed(&statement, &signature)).await.expect(200);
            }
        }
    }

    async fn what_says_the_same_may_be_written_otherwise(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let statement = statement("camille", "completed", "cours");
        let header = x5c("RS256", &chain(true));
        // Spaces, order, and what the store sets.
        let mut payload = with(statement.clone(), "stored", json!("2020-01-01T00:00:00Z"));
        payload["actor"]["objectType"] = json!("Agent");
        let payload = serde_json::to_string_pretty(&payload).unwrap();
        send(&tool, signed(&statement, &sign(&header, &payload, 0))).await.expect(200);
        // Durations are compared to the hundredth of a second.
        let lasting = |duration: &str| with(statement.clone(), "result", json!({"duration": duration}));
        let signature = sign(&header, &lasting("P1DT12H36M0.12S").to_string(), 0);
        send(&tool, signed(&lasting("P1DT12H36M0.1237S"), &signature)).await.expect(200);
        // Without certificates nobody can tell who signed; the specification does not demand them.
        send(&tool, signed(&statement, &sign(&json!({"alg": "RS256"}), &statement.to_string(), 2))).await.expect(200);
        // Two people may sign, together or one after the other.
        let first = sign(&header, &statement.to_string(), 0);
        let second = sign(&json!({"alg": "RS512"}), &statement.to_string(), 2);
        send(&tool, signed_with(statement.clone(), OCTETS, &[&first, &second])).await.expect(200);
        let mut once_signed = statement.clone();
        once_signed["attachments"] = json!([{"usageType": USAGE, "display": {}, "contentType": OCTETS, "length": first.len(),
            "sha2": sha256(first.as_bytes())}]);
        let second = sign(&header, &once_signed.to_string(), 0);
        send(&tool, signed_with(statement, OCTETS, &[&first, &second])).await.expect(200);
    }

    async fn a_signature_that_does_not_hold_is_refused(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let statement = statement("camille", "completed", "cours");
        let text = statement.to_string();
        let chain = chain(true);
        let good = sign(&x5c("RS256", &chain), &text, 0);
        let (claims, signature) = good.rsplit_once('.').unwrap();
        let other = statement["actor"]["mbox"].as_str().unwrap().replace("camille", "hugo");
        let forged = text.replace(statement["actor"]["mbox"].as_str().unwrap(), &other);
        let header = claims.split('.').next().unwrap();
        for (content, rule) in [
            ("rien".to_owned(), "signature-malformed"),
            (format!("{claims}."), "signature-malformed"),
            (sign(&json!({"alg": "HS256"}), &text, 0), "signature-algorithm"),
            (sign(&json!({"alg": "none"}), &text, 0), "signature-algorithm"),
            (sign(&x5c("RS256", &chain), &text.replacen('"', "'", 1), 0), "signature-payload"),
            (sign(&x5c("RS256", &chain), "{}", 0), "signature-payload"),
            (sign(&x5c("RS256", &chain), &forged, 0), "signature-statement"),
            (sign(&json!({"alg": "RS256"}), &forged, 0), "signature-statement"),
            (format!("{header}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(&forged)), "signature-wrong"),
            (sign(&x5c("RS256", &chain), &text, 2), "signature-wrong"),
            (sign(&x5c("RS256", &chain[1..]), &text, 0), "signature-wrong"),
            (sign(&x5c("RS256", &[chain[1].clone(), chain[0].clone()]), &text, 1), "signature-chain"),
            (sign(&x5c("RS256", &self::chain(false)), &text, 0), "signature-chain"),
            (sign(&x5c("RS256", &[b"0".to_vec()]), &text, 0), "signature-certificate"),
            (sign(&json!({"alg": "RS256", "x5c": "rien"}), &text, 0), "signature-certificate"),
        ] {
            assert_eq!(refused(&tool, signed(&statement, &content)).await, rule, "{content}");
        }
        let plain = signed_with(statement.clone(), "text/plain", &[&good]);
        assert_eq!(refused(&tool, plain).await, "signature-type");
        assert_eq!(refused(&tool, signed(&statement, &".".repeat(3 << 20))).await, "signature-malformed");
        assert!(ids(&tool, &[]).await.is_empty());
        assert_eq!((super::attachments::files_on_disk(&app), super::attachments::rows(&app).await), (0, 0));
    }

    async fn the_id_that_was_signed_is_the_id_it_gets(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let unnamed = statement("camille", "completed", "cours");
        let own = Uuid::new_v4().to_string();
        let signature = sign(&x5c("RS256", &chain(true)), &with(unnamed.clone(), "id", json!(own)).to_string(), 0);
        let put = async |id: &str| {
            let kind = [("content-type", "multipart/mixed; boundary=\"abcABC0123'()+_,-./:=?\"")];
            tool.send(Method::PUT, &query(&[("statementId", id)]), signed(&unnamed, &signature), &kind).await
        };
        assert_eq!(put(&Uuid::new_v4().to_string()).await.expect(400).json()["problems"][0]["rule"], "signature-statement");
        put(&own).await.expect(204);
    }

    async fn a_signature_must_come_with_its_statement(app: TestApp) {
        let tool = tool(&app, &[Scope::All]).await;
        let attachment = json!([{"usageType": USAGE, "display": {}, "contentType": OCTETS, "length": 1, "sha2": sha256(b"x"),
            "fileUrl": "http://example.fr/signature"}]);
        let statement = with(statement("camille", "completed", "cours"), "attachments", attachment);
        let told = tool.post_json("/xapi/statements", &json!([statement])).await.expect(400).json();
        assert_eq!((&told["problems"][0]["rule"], &told["problems"][0]["pointer"]), (&json!("signature-missing"), &json!("/0/attachments/0")));
        let many: Vec<String> = (0..11).map(|n| format!("{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let told = send(&tool, signed_with(self::statement("a", "completed", "x"), OCTETS, &many)).await.expect(400).json();
        assert_eq!(told["problems"][0]["rule"], "signatures-too-many");
    }
}

//! Keys the server makes for itself, kept in the database so that every process on it signs alike.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::core::{Error, Result, Timestamp};
use crate::on_db;
use crate::storage::Db;

const INSERT: &str = "INSERT INTO secret (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
const FIND: &str = "SELECT value FROM secret WHERE name = $1";
const SIGNING: &str = "signing";

/// Signs and checks what leaves the server and comes back.
#[derive(Clone)]
pub struct Secrets {
    signing: [u8; 32],
}

impl Secrets {
    /// Reads the keys of this database, making those that are missing.
    pub async fn load(db: &Db, now: Timestamp) -> Result<Self> {
        let mut tx = db.begin().await?;
        let fresh = Self::random().to_vec();
        on_db!(tx, c => sqlx::query(INSERT).bind(SIGNING).bind(fresh).bind(now).execute(c).await.map(drop))?;
        let value: Vec<u8> = on_db!(tx, c => sqlx::query_scalar(FIND).bind(SIGNING).fetch_one(c).await)?;
        tx.commit().await?;
        let signing =
            value.try_into().map_err(|_| Error::internal(anyhow::anyhow!("the signing key has a wrong length")))?;
        Ok(Self { signing })
    }

    /// The keyed digest of `message` for one `purpose`; a signature for one purpose is worthless for another.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.signing).expect("HMAC takes a key of any length");
        mac.update(&(purpose.len() as u64).to_be_bytes());
        mac.update(purpose.as_bytes());
        mac.update(message);
        mac.finalize().into_bytes().into()
    }

    /// Whether `signature` (or its first 16 bytes or more) is ours, in constant time.
    pub fn verify(&self, purpose: &str, message: &[u8], signature: &[u8]) -> bool {
        let expected = self.sign(purpose, message);
        (16..=32).contains(&signature.len()) && bool::from(expected[..signature.len()].ct_eq(signature))
    }

    /// 256 random bits from the system.
    pub fn random() -> [u8; 32] {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the system's random source never fails after boot");
        bytes
    }

    /// A fresh random token of 256 bits, as text for headers and addresses.
    pub fn token() -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Self::random())
    }

    /// What is stored of a token: tokens are random, so a plain digest cannot be guessed back.
    pub fn digest(token: &str) -> Vec<u8> {
        Sha256::digest(token.as_bytes()).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_message_and_purpose_only() {
        let secrets = Secrets { signing: [7; 32] };
        let signature = secrets.sign("content", b"a");
        assert!(secrets.verify("content", b"a", &signature));
        assert!(secrets.verify("content", b"a", &signature[..16]));
        assert!(!secrets.verify("content", b"b", &signature));
        assert!(!secrets.verify("cookie", b"a", &signature));
        assert!(!secrets.verify("content", b"a", &signature[..8]));
        assert!(!secrets.verify("content", b"a", &[]));
    }
}

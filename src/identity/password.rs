//! Passwords: kept as Argon2id hashes, compared without telling which logins exist.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::core::{Error, Result};
use crate::storage::Secrets;

/// Each computation takes 19 MiB and a core: a crowd of sign-ins queues here instead of filling the memory.
static COMPUTING: Semaphore = Semaphore::const_new(2);

/// The hash of a password that nobody has, so that an unknown login costs the time a known one does.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$cHJlYXUtbm9ib2R5LTAwMQ$nJBw7dVh2AQfJMbWxUVtF0VbVjlWHc5nAbsNSPZxTy0";

/// Fewest characters of a password people choose.
pub const SHORTEST: usize = 10;
/// Most bytes of a password; longer ones are refused before they cost time.
pub const LONGEST: usize = 1024;

/// The Argon2id hash of `password` with a fresh salt (PHC string).
pub async fn hash_password(password: &str) -> Result<String> {
    let password = password.as_bytes().to_vec();
    compute(move || {
        let hash: PasswordHash =
            Argon2::default().hash_password(&password).map_err(|cause| anyhow::anyhow!("{cause}"))?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether `password` is the one `hash` was made of. Without a hash the answer is no, after the same time.
pub async fn verify_password(password: &str, hash: Option<String>) -> Result<bool> {
    let password = password.as_bytes().to_vec();
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let same = compute(move || {
        let hash = PasswordHash::new(&hash).map_err(|cause| anyhow::anyhow!("a stored password hash: {cause}"))?;
        Ok(Argon2::default().verify_password(&password, &hash).is_ok())
    })
    .await?;
    Ok(same && known)
}

/// A password people can read from a screen and type: four groups of four, about 78 bits.
pub fn generate_password() -> String {
    // No 0, o, 1, l, i, which look alike.
    const SIGNS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    let mut text = String::new();
    let mut signs = 0;
    while signs < 16 {
        // Bytes past the largest multiple are drawn again, so that each sign is equally likely.
        for byte in Secrets::random().into_iter().map(usize::from).filter(|byte| *byte < 256 - 256 % SIGNS.len()) {
            if signs == 16 {
                break;
            }
            if signs > 0 && signs % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(SIGNS[byte % SIGNS.len()]));
            signs += 1;
        }
    }
    text
}

async fn compute<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> Result<T> {
    let _turn = COMPUTING.acquire().await.map_err(Error::internal)?;
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?.map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_same_password_matches() {
        let hash = hash_password("préau 2026").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify_password("préau 2026", Some(hash.clone())).await.unwrap());
        assert!(!verify_password("preau 2026", Some(hash)).await.unwrap());
        assert!(!verify_password("", None).await.unwrap());
    }

    #[test]
    fn generated_passwords_are_readable_and_differ() {
        let (one, two) = (generate_password(), generate_password());
        assert_ne!(one, two);
        assert_eq!(one.len(), 19);
        assert!(one.bytes().all(|byte| !b"01oil".contains(&byte)));
    }
}

//! Random secrets, and how what has to be compared with one is kept: as a digest.

use std::num::NonZeroU32;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::pbkdf2;
use sha2::{Digest, Sha256};

/// 256 random bits after a prefix that says what they are, so that a leak is found by searching for it.
pub(crate) fn random(prefix: &str) -> String {
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(random_bytes::<32>()))
}

pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has random numbers");
    bytes
}

/// What is kept of a random secret.
pub(crate) fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

pub(crate) fn same(one: &str, other: &str) -> bool {
    // Digests are compared, so that the time tells nothing of the secrets.
    digest(one) == digest(other)
}

/// What is kept of a password that a person chose.
pub(crate) fn of_password(password: &str) -> Vec<u8> {
    let salt: [u8; 16] = random_bytes();
    let mut kept = salt.to_vec();
    kept.extend(derived(&salt, password));
    kept
}

pub(crate) fn is_password(password: &str, kept: &[u8]) -> bool {
    let Some((salt, key)) = kept.split_at_checked(16) else { return false };
    pbkdf2::verify(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, password.as_bytes(), key).is_ok()
}

const ROUNDS: NonZeroU32 = NonZeroU32::new(10_000).unwrap();

fn derived(salt: &[u8], password: &str) -> [u8; 32] {
    let mut key = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, password.as_bytes(), &mut key);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other() {
        let kept = of_password("swallow");
        assert!(is_password("swallow", &kept));
        assert!(!is_password("Swallow", &kept) && !is_password("", &kept) && !is_password("swallow", b"x"));
        assert_ne!(kept, of_password("swallow"), "salted");
    }
}

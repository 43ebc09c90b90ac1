//! API tokens: their text, and who a request comes from that shows one.
//!
//! A token is a session that its owner narrowed: from here on it is an [`Actor`] like any other. Belongs here:
//! what is a token's own. Does not: what it may do (`shared::access`, `policy.rs`), and how one is made and
//! revoked (`features/tokens.rs`).

use std::{net::IpAddr, time::Duration};

use axum::http::{HeaderMap, header};
use rand::{Rng, RngExt, distr::Alphanumeric};
use sha2::{Digest, Sha256};
use shared::{UnixMillis, tokens::TOKEN_PREFIX};

use super::{
    clock::millis,
    session::{Actor, Sessions},
};
use crate::{Error, store::SessionKey};

/// Letters and digits between the prefix and the checksum: 256 bits of chance.
const SECRET: usize = 43;
/// Digits of the checksum.
const CHECKSUM: usize = 6;
/// How often it is written down that a token is in use.
const TOUCH: Duration = Duration::from_secs(60);

/// A new token's text: `lsh_`, 43 random letters and digits, 6 of a checksum.
pub fn new_text(rng: &mut impl Rng) -> String {
    let secret = rng.sample_iter(Alphanumeric).take(SECRET).map(char::from);
    let mut text: String = TOKEN_PREFIX.chars().chain(secret).collect();
    let checksum = checksum(&text);
    text.push_str(&checksum);
    text
}

/// What a token is known by on the server.
#[must_use]
pub fn key(text: &str) -> SessionKey {
    SessionKey::new(Sha256::digest(text.as_bytes()).into())
}

/// Whether a text may be a token: what a scanner that found one would ask before it cries out.
#[must_use]
pub fn is_well_formed(text: &str) -> bool {
    let Some((body, end)) = text.len().checked_sub(CHECKSUM).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    let secret = body.strip_prefix(TOKEN_PREFIX).unwrap_or_default();
    secret.len() == SECRET
        && secret.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && end == checksum(body).as_str()
}

/// The first 32 bits of the SHA-256 of what stands before, in digits and letters.
fn checksum(body: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(body.as_bytes()));
    let mut rest = u32::from_be_bytes([a, b, c, d]) as usize;
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS.get(rest % DIGITS.len()).copied().unwrap_or(b'0');
        rest /= DIGITS.len();
    }
    digits.iter().map(|digit| char::from(*digit)).collect()
}

/// The token that a request shows. Another scheme than `Bearer` is for whatever stands in front of the console.
#[must_use]
pub fn shown(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?;
    // What is no text is no token of ours, but it was meant as one.
    let Ok(text) = value.to_str() else { return value.as_bytes().starts_with(b"Bearer ").then_some("") };
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl Sessions {
    /// Who a token belongs to, as far as it goes; notes that it is in use.
    ///
    /// # Errors
    /// [`Error::BadToken`] for one that is unknown, was revoked or has expired, and for a disabled owner.
    pub async fn authenticate_token(&self, text: &str, address: IpAddr) -> Result<Actor, Error> {
        if !is_well_formed(text) {
            return Err(Error::BadToken);
        }
        let key = key(text);
        let found = self.find(&key).await?.filter(|row| row.token.is_some());
        let row = found.ok_or(Error::BadToken)?;
        let now = self.clock().now();
        let due = UnixMillis(now.0.saturating_sub(millis(TOUCH)));
        if row.seen_at <= due {
            let from = address.to_canonical().to_string();
            match self.store().touch_token(&key, now, &from, due).await {
                Ok(()) => self.forget(),
                Err(error) => tracing::warn!(%error, "an API token's use could not be noted"),
            }
        }
        self.tidy().await;
        Ok(self.actor(key, row).await?)
    }
}

#[cfg(test)]
#[path = "tokens_tests.rs"]
mod tests;

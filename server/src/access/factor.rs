//! The second factor: made, confirmed, asked for, removed.
//!
//! A code counts once, also when it comes twice at once; a recovery code likewise. Wrong codes are counted
//! before they are looked at, so that many at once do not get past the count.

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use shared::{
    UserId,
    account::{FactorSetup, RecoveryCodes},
};

use super::{
    clock::millis,
    rules::RULES,
    seal::{Keys, Place},
    session::Actor,
    totp,
};
use crate::{
    Error,
    store::{CodePace, FACTOR_SECRET, NewFactor, Store, TriedCode},
};

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// Bytes of one: random enough to be kept as a plain hash.
const RECOVERY_BYTES: usize = 10;
/// What the apps show beside the user's name.
const ISSUER: &str = "Longshore";

/// The second factors. A handle.
#[derive(Clone, Debug)]
pub struct Factors {
    store: Store,
    keys: Keys,
    clock: super::clock::Clock,
}

impl Factors {
    /// Those in this database. The clock is the wall's, since the codes come from other clocks.
    #[must_use]
    pub fn new(store: Store, keys: Keys, clock: super::clock::Clock) -> Self {
        Self { store, keys, clock }
    }

    /// Makes a secret that counts once a code has confirmed it, in place of any that was not.
    ///
    /// # Errors
    /// [`Error::Conflict`] if there is a second factor; when the database or the key fails.
    pub async fn begin(&self, actor: &Actor) -> Result<FactorSetup, Error> {
        let secret: [u8; totp::SECRET_BYTES] = rand::random();
        let sealed = self.keys.seal(&place(actor.user), &secret)?;
        let new = NewFactor { user: actor.user, secret: &sealed, at: self.clock.now() };
        if self.store.begin_factor(&new).await? {
            totp::setup(&secret, ISSUER, &actor.name)
        } else {
            Err(Error::Conflict("you have a second factor already; remove it first".to_owned()))
        }
    }

    /// Confirms it with a first code; gives the recovery codes.
    ///
    /// # Errors
    /// [`Error::BadCode`]; [`Error::Conflict`] if none was begun; [`Error::TooManyAttempts`].
    pub async fn confirm(&self, user: UserId, code: &str) -> Result<RecoveryCodes, Error> {
        let factor = match self.store.try_code(user, self.clock.now(), false, &pace()).await? {
            TriedCode::None => {
                return Err(Error::Conflict("no second factor was begun; begin again".to_owned()));
            }
            TriedCode::Wait { until } => return Err(self.wait(until)),
            TriedCode::May(factor) => factor,
        };
        let secret = self.keys.unseal(&place(user), &factor.secret)?;
        let now = self.clock.now();
        let step = totp::step_of(&secret, &plain(code), now, factor.last_step).ok_or(Error::BadCode)?;
        let (codes, hashes) = recovery_codes();
        if self.store.confirm_factor(user, &factor.secret, step, now, &hashes).await? {
            Ok(codes)
        } else {
            Err(Error::Conflict("the second factor was changed meanwhile; begin again".to_owned()))
        }
    }

    /// Uses up a code of the user's second factor, or a recovery code.
    ///
    /// # Errors
    /// [`Error::BadCode`] for one that is wrong or was used; [`Error::TooManyAttempts`]; [`Error::Conflict`]
    /// for who has no second factor.
    pub async fn use_code(&self, user: UserId, code: &str) -> Result<(), Error> {
        let factor = match self.store.try_code(user, self.clock.now(), true, &pace()).await? {
            TriedCode::None => return Err(none()),
            TriedCode::Wait { until } => return Err(self.wait(until)),
            TriedCode::May(factor) => factor,
        };
        let code = plain(code);
        let used = if totp::is_code(&code) {
            let secret = self.keys.unseal(&place(user), &factor.secret)?;
            match totp::step_of(&secret, &code, self.clock.now(), factor.last_step) {
                Some(step) => self.store.use_step(user, step).await?,
                None => false,
            }
        } else {
            self.store.use_recovery_code(user, &hash(&code)).await?
        };
        if used { Ok(()) } else { Err(Error::BadCode) }
    }

    /// Ten other recovery codes in place of those there are.
    ///
    /// # Errors
    /// [`Error::Conflict`] for who has no second factor; when the database fails.
    pub async fn renew_recovery_codes(&self, user: UserId) -> Result<RecoveryCodes, Error> {
        let (codes, hashes) = recovery_codes();
        if self.store.renew_recovery_codes(user, &hashes).await? { Ok(codes) } else { Err(none()) }
    }

    fn wait(&self, until: shared::UnixMillis) -> Error {
        let wait = until.0.saturating_sub(self.clock.now().0).max(0).saturating_add(999) / 1_000;
        Error::TooManyAttempts { retry_after_seconds: u32::try_from(wait).unwrap_or(u32::MAX) }
    }
}

/// What is said to who has no second factor.
#[must_use]
pub fn none() -> Error {
    Error::Conflict("there is no second factor".to_owned())
}

/// What is said to who would remove their own though their role requires it.
#[must_use]
pub fn required() -> Error {
    Error::Conflict("your role requires a second factor, so yours cannot be removed".to_owned())
}

fn place(user: UserId) -> Place {
    Place { table: FACTOR_SECRET.table, column: FACTOR_SECRET.column, row: user.0 }
}

fn pace() -> CodePace {
    CodePace {
        free: RULES.free_codes,
        first_ms: millis(RULES.code_wait),
        longest_ms: millis(RULES.longest_code_wait),
    }
}

/// A code as it was meant: without blanks and dashes, in capitals.
fn plain(code: &str) -> String {
    code.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .take(64)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

fn hash(code: &str) -> [u8; 32] {
    Sha256::digest(code).into()
}

fn recovery_codes() -> (RecoveryCodes, Vec<[u8; 32]>) {
    let plain: Vec<String> =
        (0..RECOVERY_CODES).map(|_| BASE32_NOPAD.encode(&rand::random::<[u8; RECOVERY_BYTES]>())).collect();
    let hashes = plain.iter().map(|code| hash(code)).collect();
    let codes = plain
        .iter()
        .map(|code| code.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-"));
    (RecoveryCodes { codes: codes.collect() }, hashes)
}

#[cfg(test)]
#[path = "factor_tests.rs"]
mod tests;

//! Hashing passwords: argon2id, at a cost that is paid on purpose and bounded for the console.
//!
//! Not here: what a good password is (`password_rules`), and whose it is (`credentials`).

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Block, Params, PasswordHash, Version,
    password_hash::{phc::Output, try_generate_salt},
};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use tokio::sync::Semaphore;

use crate::Error;

/// Hashes at once. Each takes the memory of [`Cost`], and a processor for as long as it lasts.
const AT_ONCE: usize = 2;
/// Who may wait for their turn; further ones are told that the console is busy.
const WAITING: usize = 64;
/// The least that is asked for at once for a hash, in bytes; what is not touched of it costs nothing. An
/// allocator keeps smaller pieces for the next time, glibc up to 32 MiB and for each of its threads: the
/// console would grow with each sign-in.
const PIECE_BYTES: usize = 33 * 1024 * 1024;
/// Bytes of a hash.
const OUTPUT_BYTES: usize = 32;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// What OWASP asks for at least (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
    pub const STANDARD: Self = Self { memory_kib: 19 * 1024, passes: 2, lanes: 1 };
    /// For tests that sign in a thousand times. Protects nothing.
    pub const TEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// Too many are waiting.
    #[error("too many passwords are being checked")]
    Busy,
    /// The hash cannot be made or read.
    #[error("a password's hash cannot be made or read: {0}")]
    Failed(String),
}

impl From<HashError> for Error {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy,
            HashError::Failed(_) => Self::Internal(error.to_string()),
        }
    }
}

/// Whether a password belongs to a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does not, or there was no hash.
    Wrong,
    /// It does.
    Right,
    /// It does; the hash was made at another cost and should be made again.
    RightAtOldCost,
}

/// Makes and checks hashes. A handle.
#[derive(Clone)]
pub struct Hasher(Arc<Inner>);

struct Inner {
    argon: Argon2<'static>,
    cost: Cost,
    /// Belongs to no password, and costs what a real one costs.
    decoy: String,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
}

impl Hasher {
    /// A hasher of this cost.
    ///
    /// # Errors
    /// When argon2 cannot work at that cost.
    pub fn new(cost: Cost) -> Result<Self, HashError> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(failed)?;
        let decoy = phc(cost, &rand::random::<[u8; 16]>(), &rand::random());
        Ok(Self(Arc::new(Inner {
            argon: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            cost,
            decoy,
            running: Arc::new(Semaphore::new(AT_ONCE)),
            admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
        })))
    }

    /// The password's hash, salted, as a PHC string.
    ///
    /// # Errors
    /// [`HashError::Busy`] when too many wait.
    pub async fn hash(&self, password: &str) -> Result<String, HashError> {
        let password = password.to_owned();
        self.run(move |inner| {
            let salt = try_generate_salt().map_err(failed)?;
            let mut output = [0; OUTPUT_BYTES];
            compute(&inner.argon, &password, &salt, &mut output)?;
            Ok(phc(inner.cost, &salt, &output))
        })
        .await
    }

    /// Whether the password belongs to the hash. Without a hash, which means without such a user, it
    /// takes as long and is wrong.
    ///
    /// # Errors
    /// [`HashError::Busy`] when too many wait.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<Verdict, HashError> {
        let password = password.to_owned();
        let hash = hash.map(str::to_owned);
        self.run(move |inner| inner.verify(&password, hash.as_deref())).await
    }

    /// Runs one hash off the runtime's threads. The memory is freed with it; a caller that goes away
    /// meanwhile does not give its turn back before the work has ended.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let admitted = self.0.admitted.clone().try_acquire_owned().map_err(|_| HashError::Busy)?;
        let running = self.0.running.clone().acquire_owned().await;
        let running = running.map_err(failed)?;
        let inner = self.0.clone();
        tokio::task::spawn_blocking(move || {
            let done = work(&inner);
            drop((running, admitted));
            done
        })
        .await
        .map_err(failed)?
    }
}

impl Inner {
    fn verify(&self, password: &str, hash: Option<&str>) -> Result<Verdict, HashError> {
        let parsed = PasswordHash::new(hash.unwrap_or(&self.decoy)).map_err(failed)?;
        let (Some(salt), Some(expected)) = (&parsed.salt, &parsed.hash) else { return Ok(Verdict::Wrong) };
        let algorithm = Algorithm::try_from(parsed.algorithm.as_str()).map_err(failed)?;
        let version = parsed.version.map_or(Ok(Version::default()), Version::try_from).map_err(failed)?;
        let argon = Argon2::new(algorithm, version, Params::try_from(&parsed).map_err(failed)?);
        let mut output = vec![0; expected.len()];
        compute(&argon, password, salt, &mut output)?;
        // Compared in constant time.
        match Output::new(&output).map_err(failed)? == *expected {
            true if hash.is_none() => Ok(Verdict::Wrong),
            true if self.made_today(&parsed) => Ok(Verdict::Right),
            true => Ok(Verdict::RightAtOldCost),
            false => Ok(Verdict::Wrong),
        }
    }

    fn made_today(&self, hash: &PasswordHash) -> bool {
        let cost = Params::try_from(hash).map(|params| Cost {
            memory_kib: params.m_cost(),
            passes: params.t_cost(),
            lanes: params.p_cost(),
        });
        cost == Ok(self.cost) && hash.algorithm.as_str() == "argon2id" && hash.version == Some(19)
    }
}

/// Hashes in memory that goes back to the system with it.
fn compute(argon: &Argon2<'_>, password: &str, salt: &[u8], output: &mut [u8]) -> Result<(), HashError> {
    let blocks = argon.params().block_count();
    let mut memory = Vec::with_capacity(blocks.max(PIECE_BYTES / Block::SIZE));
    memory.resize(blocks, Block::new());
    argon.hash_password_into_with_memory(password.as_bytes(), salt, output, &mut memory).map_err(failed)
}

/// A hash as it is kept (<https://github.com/P-H-C/phc-string-format>).
fn phc(cost: Cost, salt: &[u8], output: &[u8; OUTPUT_BYTES]) -> String {
    format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        cost.memory_kib,
        cost.passes,
        cost.lanes,
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(output),
    )
}

fn failed(error: impl std::fmt::Display) -> HashError {
    HashError::Failed(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_belongs_to_its_password_alone() {
        let hasher = Hasher::new(Cost::TEST).unwrap();
        let hash = hasher.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert_ne!(hash, hasher.hash("correct horse").await.unwrap(), "salted");
        assert_eq!(hasher.verify("correct horse", Some(&hash)).await.unwrap(), Verdict::Right);
        assert_eq!(hasher.verify("correct hors", Some(&hash)).await.unwrap(), Verdict::Wrong);
        assert_eq!(hasher.verify("correct horse", None).await.unwrap(), Verdict::Wrong);
        assert!(matches!(hasher.verify("x", Some("plain")).await, Err(HashError::Failed(_))));
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_recognised() {
        let old = Hasher::new(Cost::TEST).unwrap().hash("correct horse").await.unwrap();
        let hasher = Hasher::new(Cost { memory_kib: 16, ..Cost::TEST }).unwrap();
        assert_eq!(hasher.verify("correct horse", Some(&old)).await.unwrap(), Verdict::RightAtOldCost);
        assert_eq!(hasher.verify("wrong", Some(&old)).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn the_decoy_costs_what_a_real_hash_costs() {
        let hasher = Hasher::new(Cost::STANDARD).unwrap();
        let real = hasher.hash("correct horse").await.unwrap();
        let head = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(head(&real), "$argon2id$v=19$m=19456,t=2,p=1");
        assert_eq!(head(&real), head(&hasher.0.decoy));
        assert_eq!(real.len(), hasher.0.decoy.len());
        assert_eq!(hasher.verify("anything", None).await.unwrap(), Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_crowd_is_turned_away_and_then_admitted() {
        let hasher = Hasher::new(Cost::TEST).unwrap();
        let running = hasher.0.running.clone().acquire_many_owned(2).await.unwrap();
        let waiting: Vec<_> = (0..AT_ONCE + WAITING)
            .map(|_| {
                let hasher = hasher.clone();
                tokio::spawn(async move { hasher.verify("x", None).await.unwrap() })
            })
            .collect();
        while hasher.0.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(matches!(hasher.verify("x", None).await, Err(HashError::Busy)));
        drop(running);
        for one in waiting {
            one.await.unwrap();
        }
        hasher.verify("x", None).await.unwrap();
    }
}

//! The first run: the one-time code that proves access to the console's own output, and the
//! administrator made from a file for set-ups without a person.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rand::CryptoRng;
use sha2::{Digest, Sha256};
use shared::{UnixMillis, audit::AuditResult};

use super::{
    clock::{Clock, millis},
    password::Hasher,
    password_rules::check_new_password,
};
use crate::{
    Error,
    store::{NewAuditRow, Store},
};

/// How long a code may be used.
pub const SETUP_CODE_LIFE: Duration = Duration::from_secs(30 * 60);
/// The wrong attempts, from wherever, after which a code is dead. Limits by address come before.
const WRONG_AT_MOST: u32 = 1_000;
/// Crockford's base 32: nothing in it is mistaken for something else.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a code, 5 bits each.
const LENGTH: usize = 12;

struct Waiting {
    digest: [u8; 32],
    ends_at: i64,
    wrong: u32,
}

/// The setup code. A handle.
#[derive(Clone)]
pub struct SetupCode(Arc<(Clock, Mutex<Option<Waiting>>)>);

impl SetupCode {
    /// A new code, and its text for the person who starts the console: `XXXX-XXXX-XXXX`, 60 random bits.
    pub fn issue(random: &mut impl CryptoRng, clock: Clock) -> (Self, String) {
        let mut bits = u128::from(random.next_u64());
        let mut code = String::new();
        for _ in 0..LENGTH {
            let digit = usize::try_from(bits % 32).ok().and_then(|digit| ALPHABET.get(digit));
            code.push(char::from(digit.copied().unwrap_or(b'0')));
            bits /= 32;
        }
        let text = code.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-");
        let ends_at = clock.now().0.saturating_add(millis(SETUP_CODE_LIFE));
        let waiting = Waiting { digest: Sha256::digest(&code).into(), ends_at, wrong: 0 };
        (Self(Arc::new((clock, Mutex::new(Some(waiting))))), text)
    }

    /// No code, for a console that has its administrator.
    #[must_use]
    pub fn none(clock: Clock) -> Self {
        Self(Arc::new((clock, Mutex::new(None))))
    }

    /// Checks what a person typed; case, blanks and dashes do not matter. The time it takes tells nothing
    /// about how much of it was right.
    ///
    /// # Errors
    /// [`Error::BadSetupCode`] if it is wrong, used or expired.
    pub fn check(&self, typed: &str) -> Result<(), Error> {
        let (clock, waiting) = &*self.0;
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(code) = waiting.as_mut() else { return Err(Error::BadSetupCode) };
        if clock.now().0 >= code.ends_at {
            *waiting = None;
            return Err(Error::BadSetupCode);
        }
        let digest: [u8; 32] = Sha256::digest(normal(typed)).into();
        let difference = digest.iter().zip(&code.digest).fold(0, |all, (one, two)| all | (one ^ two));
        if difference == 0 {
            return Ok(());
        }
        code.wrong = code.wrong.saturating_add(1);
        if code.wrong >= WRONG_AT_MOST {
            *waiting = None;
            tracing::warn!(
                "the setup code was tried too often and is no longer valid; restart for a new one"
            );
        }
        Err(Error::BadSetupCode)
    }

    /// The administrator was made: the code is used.
    pub fn spend(&self) {
        *self.0.1.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// The code without what people add, and with what they mistake set right. Bounded, whatever was sent.
fn normal(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '‐' | '‑' | '–' | '—' | '_'))
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .take(LENGTH + 1)
        .collect()
}

/// Why no administrator was made from a file.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFileError {
    /// The file cannot be read.
    #[error("the password file {} cannot be read", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The password is refused, or the database failed.
    #[error("the password in {} makes no administrator", path.display())]
    Refused {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: Box<Error>,
    },
}

/// The name of the administrator that a file makes.
pub const ADMIN_NAME: &str = "admin";

/// Makes the administrator `admin` with the password in the file, where no user exists yet; otherwise the
/// file is not even read. Returns whether it made one. One newline at the end does not count.
///
/// # Errors
/// When the file cannot be read, its password is refused, or the database fails.
pub async fn admin_from_file(
    store: &Store,
    hasher: &Hasher,
    path: &Path,
    at: UnixMillis,
) -> Result<bool, PasswordFileError> {
    let refused =
        |source: Error| PasswordFileError::Refused { path: path.to_owned(), source: Box::new(source) };
    if store.has_users().await.map_err(|error| refused(error.into()))? {
        return Ok(false);
    }
    let password =
        read(path).await.map_err(|source| PasswordFileError::Read { path: path.to_owned(), source })?;
    make_admin(store, hasher, &password, at).await.map_err(refused)
}

async fn read(path: &Path) -> std::io::Result<String> {
    let mode = tokio::fs::metadata(path).await?.permissions().mode();
    if mode & 0o007 != 0 {
        tracing::warn!(path = %path.display(), "everybody on this machine can reach the password file");
    }
    let text = tokio::fs::read_to_string(path).await?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    Ok(line.strip_suffix('\r').unwrap_or(line).to_owned())
}

async fn make_admin(store: &Store, hasher: &Hasher, password: &str, at: UnixMillis) -> Result<bool, Error> {
    check_new_password(&store.policy().await?, password, ADMIN_NAME)?;
    let hash = hasher.hash(password).await?;
    let row = NewAuditRow {
        at,
        actor: "",
        address: "",
        action: "CompleteSetup",
        target: ADMIN_NAME,
        result: AuditResult::Started,
        detail: "",
    };
    let row = store.add_audit(&row).await?;
    let made = store.create_first_admin(ADMIN_NAME, &hash, at).await?.is_some();
    let result = if made { AuditResult::Done } else { AuditResult::Failed };
    store.finish_audit(row, result, "from the password file at the start").await?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::{
        super::{clock::testing::TestClock, password::Cost},
        *,
    };
    use crate::store::testing;

    fn issue() -> (SetupCode, String, TestClock) {
        let time = TestClock::new();
        let (code, text) = SetupCode::issue(&mut StdRng::seed_from_u64(7), time.clock());
        (code, text, time)
    }

    #[test]
    fn a_code_is_easily_typed() {
        let (code, text, _time) = issue();
        assert_eq!(text.len(), 14);
        assert!(
            text.split('-').all(|group| group.len() == 4 && group.bytes().all(|c| ALPHABET.contains(&c)))
        );
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', ""),
            format!(" {} ", text.replace('-', " ")),
        ] {
            code.check(&typed).unwrap();
        }
        code.check(&text.replace('0', "o").replace('1', "l")).unwrap();
        for wrong in
            [String::new(), text.replace('-', "").repeat(2), format!("{text}0"), text[..13].to_owned()]
        {
            assert!(matches!(code.check(&wrong), Err(Error::BadSetupCode)), "{wrong}");
        }
    }

    #[test]
    fn codes_differ() {
        let clock = TestClock::new().clock();
        let (_, one) = SetupCode::issue(&mut rand::rng(), clock.clone());
        let (_, two) = SetupCode::issue(&mut rand::rng(), clock);
        assert_ne!(one, two);
    }

    #[test]
    fn a_code_ends() {
        let (code, text, time) = issue();
        time.pass(SETUP_CODE_LIFE - Duration::from_secs(1));
        code.check(&text).unwrap();
        time.pass(Duration::from_secs(1));
        assert!(code.check(&text).is_err(), "expired");

        let (code, text, _time) = issue();
        code.spend();
        assert!(code.check(&text).is_err(), "used");

        let (code, text, _time) = issue();
        for _ in 0..WRONG_AT_MOST {
            code.check("0000-0000-0000").unwrap_err();
        }
        assert!(code.check(&text).is_err(), "tried too often");
        assert!(SetupCode::none(TestClock::new().clock()).check("").is_err());
    }

    #[tokio::test]
    async fn a_file_makes_the_administrator_once() {
        let (store, folder) = testing::store().await;
        let hasher = Hasher::new(Cost::TEST).unwrap();
        let path = folder.path().join("secret");
        let make = async || admin_from_file(&store, &hasher, &path, UnixMillis(5)).await;
        assert!(matches!(make().await, Err(PasswordFileError::Read { .. })));
        std::fs::write(&path, "password1234\n").unwrap();
        let error = make().await.unwrap_err();
        assert!(matches!(error, PasswordFileError::Refused { .. }));
        assert!(!store.has_users().await.unwrap());

        std::fs::write(&path, "correct horse battery staple\r\n").unwrap();
        assert!(make().await.unwrap());
        let found = store.find_credentials("admin").await.unwrap().unwrap();
        let verdict =
            hasher.verify("correct horse battery staple", Some(&found.password_hash)).await.unwrap();
        assert_eq!(verdict, super::super::password::Verdict::Right);

        std::fs::remove_file(&path).unwrap();
        assert!(!make().await.unwrap(), "with a user there, the file is not read");
        assert_eq!(store.list_audit(i64::MAX, 9).await.unwrap().len(), 1);
    }
}

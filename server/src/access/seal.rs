//! Sealing: secrets that must be read again stand in the database only under a key from outside it.
//!
//! Belongs here: the key file and what is done with its keys. Does not: which columns are sealed (that is
//! `store/sealed.rs`). A sealed value is bound to its place, so that it opens nowhere else; it names its key,
//! so that keys can be changed. The file holds a root, from which subkeys for other purposes are derived and
//! which stays, and the keys that seal: the last one seals, those before it only open.

use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{ErrorKind, Read as _, Write as _},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use parking_lot::RwLock;
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};

/// The file's name in the data folder, unless told otherwise.
pub const KEY_FILE: &str = "secret.key";
/// The first line of the file; another format will have another.
const HEADER: &str = "longshore keys 1";
/// The first byte of a sealed value.
const FORMAT: u8 = 1;
const ID_BYTES: usize = 4;
/// More than any key file has.
const FILE_MAX_BYTES: u64 = 4096;

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// Sealed values exist, and the key file does not.
    #[error(
        "the key file {} is missing, and the database holds values that only it opens; put it back from your \
         copy of it, or name its place with --key-file. If it is lost, `longshore admin reset-factor` for \
         each user who has a second factor removes what cannot be read any more", file.display()
    )]
    Missing {
        /// Which file.
        file: PathBuf,
    },
    /// Somebody else than the owner can read it.
    #[error(
        "the key file {} can be read by others than its owner; run: chmod 600 {}", file.display(), file.display()
    )]
    Readable {
        /// Which file.
        file: PathBuf,
    },
    /// It cannot be read or made.
    #[error("the key file {} cannot be read or written; make it and its folder fit for the user that runs the console", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It holds something else.
    #[error("the key file {} is no key file of this console; put the right one back", file.display())]
    Malformed {
        /// Which file.
        file: PathBuf,
    },
    /// A value was sealed by a key that the file does not hold.
    #[error("a value was sealed under another key than those in the key file; put the right key file back")]
    UnknownKey,
    /// A value was changed, cut, or put in another place.
    #[error("a sealed value is damaged, or stands in another place than the one it was sealed for")]
    Damaged,
}

/// Where a sealed value stands: it opens nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's key.
    pub row: i64,
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        format!("{}\0{}\0{}", self.table, self.column, self.row).into_bytes()
    }
}

/// A key that seals, and how values name it.
#[derive(Clone)]
struct SealKey {
    id: [u8; ID_BYTES],
    secret: [u8; 32],
}

impl SealKey {
    fn new(secret: [u8; 32]) -> Self {
        let [first, second, third, fourth, ..] = subkey(&secret, "name of this key");
        Self { id: [first, second, third, fourth], secret }
    }

    fn aead(&self) -> Option<LessSafeKey> {
        UnboundKey::new(&CHACHA20_POLY1305, &subkey(&self.secret, "seal")).ok().map(LessSafeKey::new)
    }
}

/// What the file holds.
#[derive(Clone)]
struct Contents {
    root: [u8; 32],
    sealing: Vec<SealKey>,
}

/// The keys. A handle.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    file: PathBuf,
    contents: RwLock<Contents>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Keys({})", self.0.file.display())
    }
}

impl Keys {
    /// The keys in `file`; makes it, readable by its owner only, unless the database has `sealed_values`,
    /// which a new key could not open.
    ///
    /// # Errors
    /// Whatever [`SealError`] says about the file.
    pub fn open(file: &Path, sealed_values: bool) -> Result<Self, SealError> {
        let contents = match Contents::read(file) {
            Err(SealError::Missing { .. }) if !sealed_values => {
                let new = Contents { root: rand::random(), sealing: vec![SealKey::new(rand::random())] };
                new.write(file)?;
                new
            }
            read => read?,
        };
        Ok(Self(Arc::new(Inner { file: file.to_owned(), contents: RwLock::new(contents) })))
    }

    /// A key for one purpose, from which neither the others nor the file's content follow. It stays the same
    /// when the keys that seal are changed.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        subkey(&self.0.contents.read().root, purpose)
    }

    /// Seals a value for its place.
    ///
    /// # Errors
    /// When there is no key to seal with, which [`Keys::open`] excludes.
    pub fn seal(&self, place: &Place, value: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.0.contents.read().sealing.last().cloned().ok_or(SealError::UnknownKey)?;
        let aead = key.aead().ok_or(SealError::UnknownKey)?;
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut text = value.to_vec();
        let tag = aead.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(place.bytes()),
            &mut text,
        );
        let tag = tag.map_err(|_unspecified| SealError::Damaged)?;
        Ok([&[FORMAT][..], &key.id, &nonce, &text, tag.as_ref()].concat())
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`] or [`SealError::Damaged`].
    pub fn unseal(&self, place: &Place, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (head, rest) = sealed.split_at_checked(1 + ID_BYTES).ok_or(SealError::Damaged)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Damaged)?;
        let id = head.strip_prefix(&[FORMAT]).ok_or(SealError::Damaged)?;
        let key = self.key(id)?;
        let aead = key.aead().ok_or(SealError::UnknownKey)?;
        let mut text = text.to_vec();
        let opened =
            aead.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(place.bytes()), &mut text);
        opened.map(|value| value.to_vec()).map_err(|_unspecified| SealError::Damaged)
    }

    /// The key of that name; looks into the file again, since the keys may have been changed meanwhile.
    fn key(&self, id: &[u8]) -> Result<SealKey, SealError> {
        let find = |contents: &Contents| contents.sealing.iter().find(|key| key.id == id).cloned();
        if let Some(key) = find(&self.0.contents.read()) {
            return Ok(key);
        }
        let read = Contents::read(&self.0.file)?;
        let key = find(&read).ok_or(SealError::UnknownKey)?;
        *self.0.contents.write() = read;
        Ok(key)
    }

    /// Adds a key, which seals from now on. The last one before it stays, for a console that runs meanwhile;
    /// older ones go with [`Keys::drop_older`], once nothing is sealed under them.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing has changed.
    pub fn add(&self) -> Result<(), SealError> {
        let mut contents = self.0.contents.write();
        let mut changed = contents.clone();
        changed.sealing.push(SealKey::new(rand::random()));
        changed.write(&self.0.file)?;
        *contents = changed;
        Ok(())
    }

    /// Forgets all keys that seal but the last two.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing has changed.
    pub fn drop_older(&self) -> Result<(), SealError> {
        let mut contents = self.0.contents.write();
        let mut changed = contents.clone();
        let older = changed.sealing.len().saturating_sub(2);
        changed.sealing.drain(..older);
        changed.write(&self.0.file)?;
        *contents = changed;
        Ok(())
    }
}

impl Contents {
    fn read(file: &Path) -> Result<Self, SealError> {
        let failed = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => SealError::Missing { file: file.to_owned() },
            _ => SealError::File { file: file.to_owned(), source },
        };
        let opened = File::open(file).map_err(failed)?;
        if opened.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(SealError::Readable { file: file.to_owned() });
        }
        let mut text = String::new();
        opened.take(FILE_MAX_BYTES).read_to_string(&mut text).map_err(failed)?;
        Self::parse(&text).ok_or_else(|| SealError::Malformed { file: file.to_owned() })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(HEADER) {
            return None;
        }
        let secret = |kind: &str, line: &str| -> Option<[u8; 32]> {
            STANDARD.decode(line.strip_prefix(kind)?.trim()).ok()?.try_into().ok()
        };
        let root = secret("root ", lines.next()?)?;
        let sealing =
            lines.map(|line| secret("seal ", line).map(SealKey::new)).collect::<Option<Vec<_>>>()?;
        (!sealing.is_empty()).then_some(Self { root, sealing })
    }

    /// Whole or not at all, and never readable by others, not even for a moment.
    fn write(&self, file: &Path) -> Result<(), SealError> {
        let failed = |source| SealError::File { file: file.to_owned(), source };
        let mut text = format!("{HEADER}\nroot {}\n", STANDARD.encode(self.root));
        for key in &self.sealing {
            text.push_str(&format!("seal {}\n", STANDARD.encode(key.secret)));
        }
        let partial = file.with_added_extension("partial");
        match std::fs::remove_file(&partial) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let mut made =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial).map_err(failed)?;
        made.write_all(text.as_bytes()).and_then(|()| made.sync_all()).map_err(failed)?;
        std::fs::rename(&partial, file).map_err(failed)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).map_err(failed)
    }
}

/// HKDF (<https://www.rfc-editor.org/rfc/rfc5869>) of a uniformly random secret.
fn subkey(secret: &[u8; 32], purpose: &str) -> [u8; 32] {
    let mut key = [0; 32];
    let info = [purpose.as_bytes()];
    let filled = Salt::new(HKDF_SHA256, b"longshore")
        .extract(secret)
        .expand(&info, HKDF_SHA256)
        .and_then(|expanded| expanded.fill(&mut key));
    // Only a length that HKDF cannot give fails, and this one is its own.
    debug_assert!(filled.is_ok());
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::TempFolder;

    const PLACE: Place = Place { table: "factors", column: "secret", row: 7 };

    #[test]
    fn stored_secrets_are_sealed_for_their_place_alone() {
        let folder = TempFolder::new();
        let keys = Keys::open(&folder.path().join(KEY_FILE), false).unwrap();
        let sealed = keys.seal(&PLACE, b"a shared secret").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"shared"));
        assert_ne!(sealed, keys.seal(&PLACE, b"a shared secret").unwrap());
        assert_eq!(keys.unseal(&PLACE, &sealed).unwrap(), b"a shared secret");
        for other in
            [Place { row: 8, ..PLACE }, Place { column: "other", ..PLACE }, Place { table: "x", ..PLACE }]
        {
            assert!(matches!(keys.unseal(&other, &sealed), Err(SealError::Damaged)), "{other:?}");
        }
        for end in 0..sealed.len() {
            assert!(keys.unseal(&PLACE, &sealed[..end]).is_err());
            let mut changed = sealed.clone();
            changed[end] ^= 1;
            assert!(keys.unseal(&PLACE, &changed).is_err(), "byte {end}");
        }
    }

    #[test]
    fn the_key_file_is_for_its_owner_and_not_made_twice() {
        let folder = TempFolder::new();
        let file = folder.path().join(KEY_FILE);
        let keys = Keys::open(&file, false).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let sealed = keys.seal(&PLACE, b"x").unwrap();
        let again = Keys::open(&file, true).unwrap();
        assert_eq!(again.unseal(&PLACE, &sealed).unwrap(), b"x");
        assert_eq!(again.derive("audit"), keys.derive("audit"));
        assert_ne!(keys.derive("audit"), keys.derive("other"));

        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = Keys::open(&file, true).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
        std::fs::remove_file(&file).unwrap();
        let error = Keys::open(&file, true).unwrap_err();
        assert!(matches!(error, SealError::Missing { .. }), "{error}");
        assert!(!file.exists());
        let other = Keys::open(&file, false).unwrap();
        assert!(matches!(other.unseal(&PLACE, &sealed), Err(SealError::UnknownKey)));
        std::fs::write(&file, "something else").unwrap();
        assert!(matches!(Keys::open(&file, false), Err(SealError::Malformed { .. })));
    }

    #[test]
    fn keys_change_under_a_running_console() {
        let folder = TempFolder::new();
        let file = folder.path().join(KEY_FILE);
        let running = Keys::open(&file, false).unwrap();
        let before = running.seal(&PLACE, b"x").unwrap();
        let audit = running.derive("audit");
        let command = Keys::open(&file, true).unwrap();
        command.add().unwrap();
        let after = command.seal(&PLACE, b"y").unwrap();
        assert_ne!(before[..5], after[..5], "another key");
        command.drop_older().unwrap();
        assert_eq!(command.unseal(&PLACE, &before).unwrap(), b"x", "the last but one stays");
        assert_eq!(running.unseal(&PLACE, &after).unwrap(), b"y");
        assert_eq!(command.derive("audit"), audit);
        command.add().unwrap();
        command.drop_older().unwrap();
        assert!(matches!(command.unseal(&PLACE, &before), Err(SealError::UnknownKey)));
    }
}

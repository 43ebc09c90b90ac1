//! What the audit's chain is made of: digests, MACs, and the head beside the database.
//!
//! Belongs here: what exactly is vouched for, byte by byte, and the file that says where the chain ends.
//! Does not: SQL (it is in `audit_chain.rs`) and walking the chain (it is in `access/audit_verify.rs`).

use std::{
    fs::{File, OpenOptions},
    io::ErrorKind,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use shared::audit::AuditRow;

/// The head's file, in the data folder.
const HEAD_FILE: &str = "longshore.audit-head";
/// Bytes of one of its two places: number, MAC, seal.
const SLOT: usize = 8 + 32 + 32;

/// What vouches for an entry, or stands for what it vouches for.
pub(super) type Digest32 = [u8; 32];

/// The key of the chain. It never comes from the database.
#[derive(Clone)]
pub struct ChainKey([u8; 32]);

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ChainKey")
    }
}

/// What an entry says of its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// An action began: all that is known then.
    Begun,
    /// It ended: how, and why.
    Ended,
    /// A row that was whole from the start: a refusal.
    Whole,
    /// A row from before there was a chain, as it stood when the chain began.
    Older,
    /// Whole, and entries before it are missing: the console itself noticed.
    Gap,
}

impl EntryKind {
    /// Its name in the database and under the MAC.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Ended => "ended",
            Self::Whole => "whole",
            Self::Older => "older",
            Self::Gap => "gap",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Begun, Self::Ended, Self::Whole, Self::Older, Self::Gap]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }

    /// What such an entry vouches for of a row.
    #[must_use]
    pub fn content(self, row: &AuditRow) -> Digest32 {
        let mut digest = Sha256::new();
        digest.update(b"longshore audit row 1");
        let mut field = |bytes: &[u8]| {
            digest.update((bytes.len() as u64).to_le_bytes());
            digest.update(bytes);
        };
        field(&row.id.to_le_bytes());
        let (begins, ends) = match self {
            Self::Begun => (true, false),
            Self::Ended => (false, true),
            Self::Whole | Self::Older | Self::Gap => (true, true),
        };
        if begins {
            field(&row.at.0.to_le_bytes());
            for text in [&row.actor, &row.address, &row.action, &row.target] {
                field(text.as_bytes());
            }
        }
        if ends {
            field(row.result.as_str().as_bytes());
            field(row.detail.as_bytes());
        }
        digest.finalize().into()
    }
}

/// A place in the chain: the number of an entry, and its MAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Rises by one, from 1.
    pub seq: i64,
    /// Its MAC.
    pub mac: Digest32,
}

impl Link {
    /// Before the first entry.
    pub const START: Self = Self { seq: 0, mac: [0; 32] };
}

impl ChainKey {
    /// A key from outside the database.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    /// The MAC of the entry after `before`.
    #[must_use]
    pub fn entry(
        &self,
        before: &Digest32,
        seq: i64,
        row: i64,
        kind: EntryKind,
        content: &Digest32,
    ) -> Digest32 {
        let name = kind.as_str().as_bytes();
        self.mac(b"entry", &[before, &seq.to_le_bytes(), &row.to_le_bytes(), content, name])
    }

    /// What vouches for a checkpoint.
    #[must_use]
    pub fn checkpoint(&self, last: Link, first_row: i64) -> Digest32 {
        self.mac(b"checkpoint", &[&last.mac, &last.seq.to_le_bytes(), &first_row.to_le_bytes()])
    }

    fn head(&self, head: Link) -> Digest32 {
        self.mac(b"head", &[&head.mac, &head.seq.to_le_bytes()])
    }

    /// Only the last of the parts may vary in length.
    fn mac(&self, purpose: &[u8], parts: &[&[u8]]) -> Digest32 {
        let mut block = [0; 64];
        for (place, byte) in block.iter_mut().zip(self.0) {
            *place = byte;
        }
        let mut mac = Hmac::<Sha256>::new(&block.into());
        mac.update(b"longshore audit 1 ");
        mac.update(purpose);
        mac.update(b"\0");
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// What the head's file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
    /// There is none.
    Missing,
    /// There is one that this key did not write.
    Foreign,
    /// The chain reached this.
    At(Link),
}

/// The file that says how far the chain has come. It is written after each entry, in one of two places in
/// turn, so that a write which breaks off leaves the other. It may lag behind the database, never run ahead.
#[derive(Clone, Debug)]
pub(super) struct HeadFile(PathBuf);

impl HeadFile {
    /// The one in that data folder.
    #[must_use]
    pub(super) fn of(folder: &Path) -> Self {
        Self(folder.join(HEAD_FILE))
    }

    /// What it says.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn read(&self, key: &ChainKey) -> std::io::Result<Head> {
        let bytes = match std::fs::read(&self.0) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Head::Missing),
            Err(error) => return Err(error),
        };
        let slots = bytes.chunks_exact(SLOT).take(2).filter_map(|slot| {
            let (seq, rest) = slot.split_first_chunk::<8>()?;
            let (mac, seal) = rest.split_first_chunk::<32>()?;
            let link = Link { seq: i64::from_le_bytes(*seq), mac: *mac };
            (key.head(link) == seal).then_some(link)
        });
        Ok(slots.max_by_key(|link| link.seq).map_or(Head::Foreign, Head::At))
    }

    /// Says that the chain has come so far.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, key: &ChainKey, head: Link) -> std::io::Result<()> {
        self.put(key, head).map(drop)
    }

    /// The same, and it outlasts a power failure when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write_durably(&self, key: &ChainKey, head: Link) -> std::io::Result<()> {
        self.put(key, head)?.sync_all()?;
        if let Some(folder) = self.0.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    fn put(&self, key: &ChainKey, head: Link) -> std::io::Result<File> {
        let mut slot = Vec::with_capacity(SLOT);
        slot.extend(head.seq.to_le_bytes());
        slot.extend(head.mac);
        slot.extend(key.head(head));
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&self.0)?;
        let place = if head.seq.rem_euclid(2) == 0 { 0 } else { SLOT as u64 };
        file.write_all_at(&slot, place)?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use shared::{UnixMillis, audit::AuditResult};

    use super::*;
    use crate::store::testing::TempFolder;

    fn row() -> AuditRow {
        AuditRow {
            id: 7,
            at: UnixMillis(5),
            actor: "ann".to_owned(),
            address: "::1".to_owned(),
            action: "StopContainer".to_owned(),
            target: "local/web".to_owned(),
            result: AuditResult::Done,
            detail: "why".to_owned(),
        }
    }

    #[test]
    fn each_field_counts_and_none_can_lend_to_its_neighbour() {
        let whole = EntryKind::Whole.content(&row());
        let changed: [fn(&mut AuditRow); 9] = [
            |row| row.id = 8,
            |row| row.at = UnixMillis(6),
            |row| row.actor = "bob".to_owned(),
            |row| row.address = "::2".to_owned(),
            |row| row.action = "StartContainer".to_owned(),
            |row| row.target = "local/db".to_owned(),
            |row| row.result = AuditResult::Failed,
            |row| row.detail = String::new(),
            |row| (row.actor, row.address) = ("an".to_owned(), "n::1".to_owned()),
        ];
        for (index, change) in changed.iter().enumerate() {
            let mut other = row();
            change(&mut other);
            assert_ne!(EntryKind::Whole.content(&other), whole, "change {index}");
        }
        let mut ended = row();
        ended.result = AuditResult::Started;
        assert_eq!(
            EntryKind::Begun.content(&ended),
            EntryKind::Begun.content(&row()),
            "how it ends comes later"
        );
    }

    #[test]
    fn a_head_is_kept_in_turns_and_a_torn_write_leaves_the_one_before() {
        let folder = TempFolder::new();
        let (head, key) = (HeadFile::of(folder.path()), ChainKey::new([1; 32]));
        assert_eq!(head.read(&key).unwrap(), Head::Missing);
        let at = |seq| Link { seq, mac: [9; 32] };
        head.write_durably(&key, Link::START).unwrap();
        for seq in 1..=4 {
            head.write(&key, at(seq)).unwrap();
            assert_eq!(head.read(&key).unwrap(), Head::At(at(seq)));
        }
        let path = folder.path().join(HEAD_FILE);
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[3] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(head.read(&key).unwrap(), Head::At(at(3)));
        assert_eq!(head.read(&ChainKey::new([2; 32])).unwrap(), Head::Foreign);
    }
}

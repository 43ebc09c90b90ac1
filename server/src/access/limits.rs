//! How often anybody may try a password or a setup code.
//!
//! Three counts, all in memory and bounded: by address, by account from one address, and by account from
//! everywhere. The last one refuses nobody, so that no stranger can lock a person out: while an account
//! is under attack, it only gives each further address fewer free attempts. An address from which the
//! account has signed in before is not held up by what others do from that address.

use std::{
    collections::HashMap,
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hash},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use shared::policy::SecurityPolicy;

use super::{clock::Clock, settings::Settings};
use crate::Error;

/// How attempts become slow.
#[derive(Clone, Copy)]
struct Pace {
    /// The failures after which waiting begins.
    free: u32,
    /// The first wait; each further failure doubles it.
    first_ms: i64,
    /// No wait is longer.
    longest_ms: i64,
}

/// The paces of now.
struct Paces {
    /// One account from one address.
    pair: Pace,
    /// The same while the account is under attack.
    pair_under_attack: Pace,
    /// All accounts from one address: a class behind one address mistypes too.
    address: Pace,
}

impl Paces {
    fn of(policy: &SecurityPolicy) -> Self {
        let longest_ms = i64::from(policy.wait_minutes).saturating_mul(60_000);
        Self {
            pair: Pace { free: policy.account_attempts, first_ms: 1_000, longest_ms },
            pair_under_attack: Pace { free: 2, first_ms: 30_000, longest_ms },
            address: Pace { free: policy.address_attempts, first_ms: 1_000, longest_ms },
        }
    }
}

/// Wrong API tokens from one address. They cannot be guessed: this keeps a broken script from filling the audit.
const TOKENS: Pace = Pace { free: 30, first_ms: 1_000, longest_ms: 5 * 60_000 };
/// The failures, from everywhere, after which an account counts as under attack.
const ATTACK: u32 = 50;
/// A count is forgotten after so long without a failure.
const FORGET_MS: i64 = 15 * 60_000;
/// The most counts of each kind that are kept; the oldest go first.
const CAPACITY: usize = 10_000;

/// An IPv4 address, or the /64 network of an IPv6 one: what one household or attacker has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Network(u64, bool);

impl Network {
    fn new(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(u64::from(address.to_bits()), false),
            // The upper half is the network.
            IpAddr::V6(address) => Self(u64::try_from(address.to_bits() >> 64).unwrap_or(0), true),
        }
    }
}

/// An account's name, or what stands in its place. Hashed, since attackers choose its length.
type Account = u64;

#[derive(Clone, Copy, Default)]
struct Count {
    failures: u32,
    blocked_until: i64,
    last: i64,
}

impl Count {
    fn is_over(self, now: i64) -> bool {
        now.saturating_sub(self.last.max(self.blocked_until)) >= FORGET_MS
    }

    /// Refuses while a wait is not over.
    fn wait(self, now: i64) -> Result<(), Error> {
        if self.blocked_until <= now {
            return Ok(());
        }
        let wait = self.blocked_until.saturating_sub(now).saturating_add(999) / 1_000;
        Err(Error::TooManyAttempts { retry_after_seconds: u32::try_from(wait).unwrap_or(u32::MAX) })
    }

    fn fail(&mut self, now: i64, pace: Pace) {
        self.failures = self.failures.saturating_add(1);
        self.last = now;
        if self.failures >= pace.free {
            let doublings = (self.failures - pace.free).min(30);
            let wait = pace.first_ms.saturating_mul(1_i64 << doublings).min(pace.longest_ms);
            self.blocked_until = now.saturating_add(wait);
        }
    }
}

/// Counts that never take more than their room.
struct Counts<K>(HashMap<K, Count>);

impl<K: Eq + Hash + Copy> Counts<K> {
    fn get(&self, key: &K, now: i64) -> Count {
        self.0.get(key).copied().filter(|count| !count.is_over(now)).unwrap_or_default()
    }

    fn put(&mut self, key: K, count: Count, now: i64) {
        if self.0.len() >= CAPACITY && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        self.0.insert(key, count);
    }

    fn make_room(&mut self, now: i64) {
        self.0.retain(|_, count| !count.is_over(now));
        if self.0.len() < CAPACITY {
            return;
        }
        let mut times: Vec<i64> = self.0.values().map(|count| count.last).collect();
        let (_, eighth, _) = times.select_nth_unstable(CAPACITY / 8);
        let eighth = *eighth;
        self.0.retain(|_, count| count.last > eighth);
    }
}

struct Tables {
    tokens: Counts<Network>,
    addresses: Counts<Network>,
    pairs: Counts<(Network, Account)>,
    accounts: Counts<Account>,
    /// Where accounts have signed in from. Only a right password adds to it.
    known: Counts<(Network, Account)>,
}

struct Inner {
    clock: Clock,
    settings: Settings,
    names: RandomState,
    tables: Mutex<Tables>,
}

/// The limits. A handle.
#[derive(Clone)]
pub struct SignInLimits(Arc<Inner>);

/// An attempt that was let through. It counts as a failure unless [`Attempt::succeeded`] is called: many
/// at once do not get past the count.
#[must_use]
pub struct Attempt {
    limits: SignInLimits,
    from: Network,
    account: Account,
    pair_before: Count,
    address_before: Count,
}

impl SignInLimits {
    /// Limits as they usually are, without any history.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self::following(clock, Settings::default())
    }

    /// Limits by these settings, without any history.
    #[must_use]
    pub fn following(clock: Clock, settings: Settings) -> Self {
        let tables = Tables {
            tokens: Counts(HashMap::new()),
            addresses: Counts(HashMap::new()),
            pairs: Counts(HashMap::new()),
            accounts: Counts(HashMap::new()),
            known: Counts(HashMap::new()),
        };
        Self(Arc::new(Inner { clock, settings, names: RandomState::new(), tables: Mutex::new(tables) }))
    }

    /// Lets an attempt to sign in through.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]; then the password must not be looked at.
    pub fn attempt(&self, address: IpAddr, name: &str) -> Result<Attempt, Error> {
        self.admit(address, self.0.names.hash_one(name.to_ascii_lowercase()))
    }

    /// Lets an attempt with the setup code through.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`]; then the code must not be looked at.
    pub fn attempt_setup(&self, address: IpAddr) -> Result<Attempt, Error> {
        // No user has a name with a blank.
        self.admit(address, self.0.names.hash_one("setup code"))
    }

    /// Counts a wrong API token. A right one is not held up by what others do from its address.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`] after too many.
    pub fn wrong_token(&self, address: IpAddr) -> Result<(), Error> {
        let now = self.0.clock.now().0;
        let from = Network::new(address);
        let mut tables = self.0.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let mut count = tables.tokens.get(&from, now);
        count.wait(now)?;
        count.fail(now, TOKENS);
        tables.tokens.put(from, count, now);
        Ok(())
    }

    fn admit(&self, address: IpAddr, account: Account) -> Result<Attempt, Error> {
        let now = self.0.clock.now().0;
        let from = Network::new(address);
        let paces = Paces::of(&self.0.settings.now().policy);
        let mut tables = self.0.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let known = tables.known.0.contains_key(&(from, account));
        let address_before = tables.addresses.get(&from, now);
        let pair_before = tables.pairs.get(&(from, account), now);
        let mut pair = pair_before;
        let blocked_until =
            if known { pair.blocked_until } else { pair.blocked_until.max(address_before.blocked_until) };
        Count { blocked_until, ..pair }.wait(now)?;
        let mut all = tables.accounts.get(&account, now);
        let pace = if all.failures >= ATTACK && !known { paces.pair_under_attack } else { paces.pair };
        all.fail(now, Pace { free: u32::MAX, ..paces.pair });
        tables.accounts.put(account, all, now);
        pair.fail(now, pace);
        tables.pairs.put((from, account), pair, now);
        let mut here = address_before;
        here.fail(now, paces.address);
        tables.addresses.put(from, here, now);
        Ok(Attempt { limits: self.clone(), from, account, pair_before, address_before })
    }
}

impl Attempt {
    /// The password was right: forgets the failures of this account from here, and takes back this
    /// attempt's share of the others. Not more, or an attacker could clear an address with an account of
    /// their own.
    pub fn succeeded(self) {
        let inner = &self.limits.0;
        let now = inner.clock.now().0;
        let mut tables = inner.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let tables = &mut *tables;
        tables.pairs.0.remove(&(self.from, self.account));
        self.take_back(tables);
        tables.known.put((self.from, self.account), Count { last: now, ..Count::default() }, now);
    }

    /// The password was right, and something else is still to come: takes back this attempt and nothing more,
    /// or who knows the password could try the rest without an end.
    pub fn undone(self) {
        let mut tables = self.limits.0.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let tables = &mut *tables;
        if let Some(count) = tables.pairs.0.get_mut(&(self.from, self.account)) {
            count.failures = count.failures.saturating_sub(1);
            if count.failures == self.pair_before.failures {
                count.blocked_until = self.pair_before.blocked_until;
            }
        }
        self.take_back(tables);
    }

    /// This attempt's share of what is counted for the account and for the address.
    fn take_back(&self, tables: &mut Tables) {
        if let Some(count) = tables.accounts.0.get_mut(&self.account) {
            count.failures = count.failures.saturating_sub(1);
        }
        if let Some(count) = tables.addresses.0.get_mut(&self.from) {
            count.failures = count.failures.saturating_sub(1);
            if count.failures == self.address_before.failures {
                count.blocked_until = self.address_before.blocked_until;
            }
        }
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;

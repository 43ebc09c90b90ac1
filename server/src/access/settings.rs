//! The policy that administrators set, as it is now.
//!
//! Belongs here: what of it is read anew for each request, sign-in and password. It is read from the database
//! together with the grants (`policy.rs`), so that a change counts as one of a grant does. Does not: what may
//! be set, which the page checks too (`shared::policy`).

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use ipnet::IpNet;
use shared::policy::{PolicyProblem, SecurityPolicy};

use crate::Error;

/// Networks of fewer fixed bits hold half of everybody, who could then forge their addresses.
const LEAST_PREFIX_V4: u8 = 8;
const LEAST_PREFIX_V6: u8 = 16;

/// The policy, kept fresh. A handle: whoever holds one reads what was set last.
#[derive(Clone, Debug, Default)]
pub struct Settings(Arc<RwLock<Arc<Effective>>>);

/// The policy, ready for use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effective {
    /// As it was set.
    pub policy: SecurityPolicy,
    /// The proxies that are trusted beside those that the console was started with.
    pub proxies: Vec<IpNet>,
}

impl Settings {
    /// As they are now.
    #[must_use]
    pub fn now(&self) -> Arc<Effective> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set(&self, policy: &SecurityPolicy) {
        let effective = Arc::new(Effective::of(policy));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = effective;
    }
}

impl Effective {
    /// Of what the database holds. What is no network there is trusted by nobody.
    fn of(policy: &SecurityPolicy) -> Self {
        let proxies = policy.trusted_proxies.iter().filter_map(|text| parse_network(text)).collect();
        Self { policy: policy.clone(), proxies }
    }

    /// After so long without use a session ends.
    #[must_use]
    pub fn idle(&self) -> Duration {
        Duration::from_secs(u64::from(self.policy.idle_minutes) * 60)
    }

    /// After so long a session ends, used or not.
    #[must_use]
    pub fn absolute(&self) -> Duration {
        Duration::from_secs(u64::from(self.policy.session_hours) * 60 * 60)
    }
}

/// An address, or a network of them.
#[must_use]
pub fn parse_network(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>().or_else(|_error| text.parse::<IpAddr>().map(IpNet::from)).ok()
}

/// Checks a policy that is to be set.
///
/// # Errors
/// [`Error::Invalid`], naming the field.
pub fn check(policy: &SecurityPolicy) -> Result<(), Error> {
    policy.check().map_err(|problem| Error::invalid(problem.field(), in_words(&problem)))?;
    networks("trusted_proxies", policy.trusted_proxies.iter().map(String::as_str)).map(drop)
}

/// The networks of these texts.
///
/// # Errors
/// [`Error::Invalid`] for that field.
pub fn networks<'a>(field: &str, texts: impl Iterator<Item = &'a str>) -> Result<Vec<IpNet>, Error> {
    let network = |text: &str| {
        let Some(network) = parse_network(text) else {
            return Err(format!("{text}: this is neither an address nor a network such as 172.16.0.0/12"));
        };
        let least = if network.addr().is_ipv4() { LEAST_PREFIX_V4 } else { LEAST_PREFIX_V6 };
        if network.prefix_len() < least {
            return Err(format!("{text}: too wide; whoever is in it could forge their address"));
        }
        Ok(network)
    };
    texts.map(|text| network(text).map_err(|message| Error::invalid(field, message))).collect()
}

fn in_words(problem: &PolicyProblem) -> String {
    match problem {
        PolicyProblem::Outside { bounds, .. } => {
            format!("this is at least {} and at most {}", bounds.least, bounds.most)
        }
        PolicyProblem::IdleLongerThanSession => {
            "a session cannot be idle for longer than it lives; choose less, or longer sessions".to_owned()
        }
        PolicyProblem::TooMany { .. } => "these are too many".to_owned(),
        PolicyProblem::Word(word) => format!("{word:?}: a word is 3 to 64 letters and digits"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_an_address_or_a_network_that_is_not_everybody() {
        let check = |text: &str| {
            let policy =
                SecurityPolicy { trusted_proxies: vec![text.to_owned()], ..SecurityPolicy::default() };
            check(&policy).map_err(|error| error.to_api().field)
        };
        for right in ["10.0.0.1", "10.0.0.0/8", "::1", "fd00::/16", "2001:db8::/32"] {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        for wrong in ["", "proxy", "10.0.0.1:80", "0.0.0.0/0", "10.0.0.0/7", "::/0", "10.0.0.0/33"] {
            assert_eq!(check(wrong), Err(Some("trusted_proxies".to_owned())), "{wrong}");
        }
    }

    #[test]
    fn whoever_holds_the_rules_reads_what_was_set_last() {
        let settings = Settings::default();
        let other = settings.clone();
        assert_eq!(other.now().idle(), Duration::from_secs(12 * 60 * 60));
        let proxies = vec!["10.0.0.1".to_owned(), "nonsense".to_owned()];
        settings.set(&SecurityPolicy {
            idle_minutes: 5,
            trusted_proxies: proxies,
            ..SecurityPolicy::default()
        });
        assert_eq!(other.now().idle(), Duration::from_secs(5 * 60));
        assert_eq!(other.now().proxies, ["10.0.0.1/32".parse::<IpNet>().unwrap()]);
    }
}

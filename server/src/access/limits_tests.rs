//! Tests of the limits: what an attacker gains, and what their victim loses.

use std::time::Duration;

use super::{super::clock::testing::TestClock, *};

const HOME: &str = "203.0.113.7";

fn limits() -> (SignInLimits, TestClock) {
    let time = TestClock::new();
    (SignInLimits::new(time.clock()), time)
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn stranger(number: u32) -> IpAddr {
    IpAddr::V4((0x0a00_0000 + number).into())
}

/// Fails until held up, and returns the attempts that were let through and the wait in seconds.
fn fail_until_held_up(limits: &SignInLimits, address: IpAddr, name: &str) -> (u32, u32) {
    let mut passed = 0;
    loop {
        match limits.attempt(address, name) {
            Ok(_failed) => passed += 1,
            Err(Error::TooManyAttempts { retry_after_seconds }) => return (passed, retry_after_seconds),
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn waits_grow_to_a_bound_and_are_forgotten() {
    let (limits, time) = limits();
    assert_eq!(fail_until_held_up(&limits, ip(HOME), "ann"), (5, 1));
    let mut waits = Vec::new();
    for _ in 0..12 {
        let Err(Error::TooManyAttempts { retry_after_seconds }) = limits.attempt(ip(HOME), "ann") else {
            panic!("held up");
        };
        time.pass(Duration::from_secs(retry_after_seconds.into()));
        let (passed, wait) = fail_until_held_up(&limits, ip(HOME), "Ann");
        assert_eq!(passed, 1, "a name is the same in any case");
        waits.push(wait);
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
    time.pass(Duration::from_secs(300 + 15 * 60));
    assert_eq!(fail_until_held_up(&limits, ip(HOME), "ann"), (5, 1));
}

#[test]
fn a_right_password_clears_the_account_but_not_the_address() {
    let (limits, time) = limits();
    for round in 0..29 {
        let _failed = limits.attempt(ip(HOME), &format!("user{round}")).unwrap();
        limits.attempt(ip(HOME), "mallory").unwrap().succeeded();
    }
    let _failed = limits.attempt(ip(HOME), "user29").unwrap();
    let refused = limits.attempt(ip(HOME), "ann");
    assert!(matches!(refused, Err(Error::TooManyAttempts { retry_after_seconds: 1 })), "held up at 30");
    limits.attempt(ip(HOME), "mallory").unwrap().succeeded();
    assert!(limits.attempt(ip(HOME), "ann").is_err(), "mallory's own password helps nobody else");
    time.pass(Duration::from_secs(1));
    assert!(limits.attempt(ip(HOME), "ann").is_ok());
}

#[test]
fn an_address_cannot_try_many_names() {
    let (limits, _time) = limits();
    let passed = (0..200).filter(|number| limits.attempt(ip(HOME), &format!("user{number}")).is_ok()).count();
    assert_eq!(passed, 30);
}

#[test]
fn an_ipv6_network_is_one_address_and_a_mapped_one_is_ipv4() {
    let (limits, _time) = limits();
    let (passed, _) = fail_until_held_up(&limits, ip("2001:db8:1:2::1"), "ann");
    assert_eq!(passed, 5);
    assert!(limits.attempt(ip("2001:db8:1:2:ffff::9"), "ann").is_err());
    assert!(limits.attempt(ip("2001:db8:1:3::1"), "ann").is_ok());
    fail_until_held_up(&limits, ip(HOME), "ann");
    assert!(limits.attempt(ip("::ffff:203.0.113.7"), "ann").is_err());
}

#[test]
fn strangers_cannot_lock_a_person_out() {
    let (limits, _time) = limits();
    limits.attempt(ip(HOME), "ann").unwrap().succeeded();
    for number in 0..3_000 {
        fail_until_held_up(&limits, stranger(number), "ann");
    }
    let (passed, wait) = fail_until_held_up(&limits, stranger(9_000), "ann");
    assert_eq!((passed, wait), (2, 30), "under attack, a new address gets less");
    assert!(limits.attempt(stranger(9_001), "ann").is_ok(), "and yet enough for a right password");
    assert_eq!(fail_until_held_up(&limits, ip(HOME), "ann"), (5, 1), "home is as before");
}

#[test]
fn a_known_address_is_not_held_up_by_its_neighbours() {
    let (limits, _time) = limits();
    limits.attempt(ip(HOME), "ann").unwrap().succeeded();
    for number in 0..100 {
        let _ = limits.attempt(ip(HOME), &format!("guess{number}"));
    }
    assert!(limits.attempt(ip(HOME), "bob").is_err());
    limits.attempt(ip(HOME), "ann").unwrap().succeeded();
    fail_until_held_up(&limits, ip(HOME), "ann");
    assert!(limits.attempt(ip(HOME), "ann").is_err(), "guessing ann's own password is held up all the same");
}

#[test]
fn many_at_once_do_not_get_past_the_count() {
    let (limits, _time) = limits();
    let open: Vec<_> = (0..100).filter_map(|_| limits.attempt(ip(HOME), "ann").ok()).collect();
    assert_eq!(open.len(), 5);
}

#[test]
fn memory_is_bounded() {
    let (limits, _time) = limits();
    for number in 0..30_000 {
        limits.attempt(stranger(number), &format!("user{number}")).unwrap().succeeded();
        let _failed = limits.attempt(stranger(number), &format!("user{number}")).unwrap();
    }
    let tables = limits.0.tables.lock().unwrap();
    for size in
        [tables.addresses.0.len(), tables.pairs.0.len(), tables.accounts.0.len(), tables.known.0.len()]
    {
        assert!(size <= CAPACITY, "{size}");
    }
}

#[test]
fn the_setup_code_has_a_count_of_its_own() {
    let (limits, _time) = limits();
    let passed = (0..50).filter(|_| limits.attempt_setup(ip(HOME)).is_ok()).count();
    assert_eq!(passed, 5);
    assert!(limits.attempt(ip(HOME), "ann").is_ok());
}

#[test]
fn the_policy_says_how_many_are_free_and_how_long_the_wait_is() {
    let time = TestClock::new();
    let settings = Settings::default();
    let limits = SignInLimits::following(time.clock(), settings.clone());
    let here = "192.0.2.1".parse().unwrap();
    let free = || (0..100).take_while(|_| limits.attempt(here, "ann").map(drop).is_ok()).count();
    let policy = SecurityPolicy { account_attempts: 3, wait_minutes: 1, ..SecurityPolicy::default() };
    settings.set(&policy);
    assert_eq!(free(), 3);
    let mut longest = 0;
    for _ in 0..20 {
        match limits.attempt(here, "ann") {
            Err(Error::TooManyAttempts { retry_after_seconds }) => longest = longest.max(retry_after_seconds),
            _ => panic!("it is let through while it waits"),
        }
        time.pass(Duration::from_secs(u64::from(longest)));
        let _failed = limits.attempt(here, "ann");
    }
    assert_eq!(longest, 60);
}

#[test]
fn wrong_tokens_are_counted_by_address_and_hold_up_nobody_elses_sign_in() {
    let time = TestClock::new();
    let limits = SignInLimits::new(time.clock());
    let (here, there) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
    let free = (0..100).take_while(|_| limits.wrong_token(here).is_ok()).count();
    assert_eq!(free, 30);
    assert!(limits.wrong_token(there).is_ok());
    assert!(limits.attempt(here, "ann").is_ok());
    time.pass(Duration::from_secs(1));
    assert!(limits.wrong_token(here).is_ok());
}

use super::*;

#[test]
fn what_is_usual_is_allowed() {
    let usual = SecurityPolicy::default();
    assert_eq!(usual.check(), Ok(()));
    assert_eq!(serde_json::from_str::<SecurityPolicy>("{}").unwrap(), usual);
    assert!(usual.differences(&usual).is_empty());
}

#[test]
fn each_number_has_two_ends() {
    for (index, (field, _, bounds)) in SecurityPolicy::default().numbers().into_iter().enumerate() {
        let below = bounds.least.checked_sub(1).map(|below| (below, false));
        let others = [(bounds.least, true), (bounds.most, true), (bounds.most + 1, false), (u32::MAX, false)];
        for (value, allowed) in below.into_iter().chain(others) {
            // The longest session leaves room for each idle time, and the shortest idle time for each session.
            let mut change = PolicyChange {
                session_hours: Some(SESSION_HOURS.most),
                idle_minutes: Some(IDLE_MINUTES.least),
                ..PolicyChange::default()
            };
            let fields = [
                &mut change.idle_minutes,
                &mut change.session_hours,
                &mut change.password_characters,
                &mut change.account_attempts,
                &mut change.address_attempts,
                &mut change.wait_minutes,
                &mut change.audit_days,
                &mut change.audit_rows,
            ];
            *fields.into_iter().nth(index).unwrap() = Some(value);
            let checked = SecurityPolicy::default().changed(&change).check();
            let expected = if allowed { Ok(()) } else { Err(PolicyProblem::Outside { field, bounds }) };
            assert_eq!(checked, expected, "{field} {value}");
        }
    }
}

#[test]
fn what_does_not_fit_together_is_told() {
    let check = |change: PolicyChange| SecurityPolicy::default().changed(&change).check();
    let short = PolicyChange { session_hours: Some(1), ..PolicyChange::default() };
    assert_eq!(check(short), Err(PolicyProblem::IdleLongerThanSession));
    for word in ["ab", "two words", "", &"x".repeat(65)] {
        let words = PolicyChange { refused_words: Some(vec![word.to_owned()]), ..PolicyChange::default() };
        assert_eq!(check(words), Err(PolicyProblem::Word(word.to_owned())));
    }
    let many = Some(vec!["10.0.0.1".to_owned(); ENTRIES_MAX + 1]);
    let many = PolicyChange { trusted_proxies: many, ..PolicyChange::default() };
    assert_eq!(check(many), Err(PolicyProblem::TooMany { field: "trusted_proxies" }));
}

#[test]
fn a_change_is_told_with_what_was() {
    let before = SecurityPolicy::default();
    let change = PolicyChange {
        idle_minutes: Some(30),
        trusted_proxies: Some(vec!["10.0.0.1".to_owned()]),
        ..PolicyChange::default()
    };
    let told = before.changed(&change).differences(&before);
    let row = |field, was: &str, is: &str| (field, was.to_owned(), is.to_owned());
    assert_eq!(told, [row("idle_minutes", "720", "30"), row("trusted_proxies", "[]", "[10.0.0.1]")]);
}

#[test]
fn a_second_factor_is_required_of_who_holds_one_of_the_roles() {
    use crate::{
        Access, EnvironmentId, GrantId, Role, Scope,
        access::{Held, Reason, TeamName},
    };
    let custom = RoleRef::Custom(RoleId(7));
    let policy =
        SecurityPolicy { factor_roles: vec![Role::Admin.into(), custom], ..SecurityPolicy::default() };
    let environment: EnvironmentId = "local".parse().unwrap();
    let held = |scope: Scope, reason: Reason| {
        let permissions = Role::Admin.permissions();
        policy.requires_factor(Access::new(vec![Held { permissions, scope, only_in: None, reason }]).roles())
    };
    let by = |role: RoleRef, team: Option<TeamName>| Reason::Grant { grant: GrantId(1), role, team };
    let team = || Some(TeamName { id: crate::TeamId(1), name: "ops".to_owned() });
    let stack = || Scope::Stack { environment: environment.clone(), stack: "shop".to_owned() };
    assert!(held(Scope::Everything, by(Role::Admin.into(), None)));
    assert!(held(stack(), by(Role::Admin.into(), None)), "at whatever place");
    assert!(held(stack(), by(custom, team())), "through a team");
    assert!(!held(Scope::Everything, by(Role::Operator.into(), None)));
    assert!(!held(Scope::Everything, by(RoleRef::Custom(RoleId(8)), None)), "another one that may the same");
    assert!(!held(Scope::Everything, Reason::Owner { team: None }), "what is owned is no role");
    assert!(!SecurityPolicy::default().requires_factor(Role::ALL.into_iter().map(RoleRef::from)));
    let told = policy.differences(&SecurityPolicy::default());
    assert_eq!(told, [("factor_roles", "[]".to_owned(), "[admin, role 7]".to_owned())]);
}

//! Tests of narrowing: never more than the person, never more than the token, and exactly what is in both.

use super::*;
use crate::{
    ContainerId, EnvironmentId, GrantId, Permission, Role, Target,
    access::{Reason, Seen},
};

fn environment(name: &str) -> EnvironmentId {
    name.parse().unwrap()
}

fn container(letter: &str) -> ContainerId {
    letter.repeat(64).parse().unwrap()
}

/// Scopes of two environments, with two stacks and two containers.
fn scopes() -> Vec<Scope> {
    let mut scopes = vec![Scope::Everything];
    for name in ["local", "other"] {
        let environment = environment(name);
        scopes.push(Scope::Environment { environment: environment.clone() });
        for stack in ["shop", "blog"] {
            scopes.push(Scope::Stack { environment: environment.clone(), stack: stack.to_owned() });
        }
        for letter in ["a", "b"] {
            scopes.push(Scope::Container { environment: environment.clone(), container: container(letter) });
        }
    }
    scopes
}

fn held(permissions: PermissionSet, scope: Scope) -> Access {
    let reason = Reason::Grant { grant: GrantId(1), role: Role::Viewer.into(), team: None };
    Access::new(vec![Held { permissions, scope, only_in: None, reason }])
}

/// Asks about everything there is in the small world of these tests.
fn for_each_target(mut ask: impl FnMut(Target<'_>)) {
    ask(Target::Console);
    for name in ["local", "other"] {
        let environment = environment(name);
        ask(Target::Environment(&environment));
        for stack in ["shop", "blog"] {
            ask(Target::Stack { environment: &environment, stack });
        }
        for letter in ["a", "b"] {
            for stack in [None, Some("shop"), Some("blog")] {
                ask(Target::Container { environment: &environment, container: &container(letter), stack });
            }
        }
    }
}

#[test]
fn what_a_token_may_is_exactly_what_both_may() {
    for own_scope in scopes() {
        for token_scope in scopes() {
            for role in [Role::Operator, Role::Admin] {
                let own = held(role.permissions(), own_scope.clone());
                let permissions = PermissionSet::of(&[Permission::ContainerExec, Permission::AuditView]);
                let alone = held(permissions, token_scope.clone());
                let token = own.narrowed(permissions, std::slice::from_ref(&token_scope));
                for_each_target(|target| {
                    let expected = own.at(target).and(alone.at(target));
                    assert_eq!(token.at(target), expected, "{own_scope} and {token_scope} at {target:?}");
                });
            }
        }
    }
}

#[test]
fn narrowing_twice_is_narrowing_by_both() {
    for own_scope in scopes() {
        for first in scopes() {
            for second in scopes() {
                let all = Role::Admin.permissions();
                let own = held(all, own_scope.clone());
                let (one, two) = (held(all, first.clone()), held(all, second.clone()));
                let token = own
                    .narrowed(all, std::slice::from_ref(&first))
                    .narrowed(all, std::slice::from_ref(&second));
                for_each_target(|target| {
                    let expected = own.at(target).and(one.at(target)).and(two.at(target));
                    assert_eq!(token.at(target), expected, "{own_scope}, {first}, {second} at {target:?}");
                });
            }
        }
    }
}

#[test]
fn a_container_of_a_stack_is_seen_only_in_the_stack() {
    let local = environment("local");
    let shop = Scope::Stack { environment: local.clone(), stack: "shop".to_owned() };
    let one = Scope::Container { environment: local.clone(), container: container("a") };
    for (own, token) in [(&shop, &one), (&one, &shop)] {
        let all = Role::Operator.permissions();
        let access = held(all, own.clone()).narrowed(all, std::slice::from_ref(token));
        let Seen::Only { stacks, containers, both } = access.seen(&local) else { panic!("all is seen") };
        assert!(stacks.is_empty() && containers.is_empty());
        assert_eq!(both.into_iter().collect::<Vec<_>>(), [(container("a"), "shop".to_owned())]);
        assert!(access.knows(&local), "the environment is known to whoever sees something in it");
        let wire = serde_json::to_string(&access).unwrap();
        assert_eq!(serde_json::from_str::<Access>(&wire).unwrap(), access, "and it survives the wire");
    }
}

#[test]
fn a_token_for_what_is_not_held_is_told() {
    let local = environment("local");
    let operator = held(Role::Operator.permissions(), Scope::Environment { environment: local.clone() });
    let wanted = |scope: Scope, permissions: &[Permission]| {
        Narrowing { permissions: PermissionSet::of(permissions), scope }.beyond(&operator)
    };
    let here = Scope::Stack { environment: local, stack: "shop".to_owned() };
    let there = Scope::Environment { environment: environment("other") };
    assert!(wanted(here.clone(), &[Permission::ContainerOperate]).is_empty());
    assert!(wanted(Scope::Everything, &[Permission::ContainerLogs]).is_empty());
    let exec = PermissionSet::of(&[Permission::ContainerExec]);
    assert_eq!(wanted(here, &[Permission::ContainerLogs, Permission::ContainerExec]), exec);
    assert_eq!(wanted(there, &[Permission::ContainerView]), PermissionSet::of(&[Permission::ContainerView]));
    assert_eq!(
        wanted(Scope::Everything, &[Permission::AuditView]),
        PermissionSet::of(&[Permission::AuditView])
    );
}

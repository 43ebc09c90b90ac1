//! Tests of the decision: what each scope reaches, what is hidden, and what may be handed on.

use super::*;

fn local() -> EnvironmentId {
    "local".parse().unwrap()
}

fn other() -> EnvironmentId {
    "other".parse().unwrap()
}

fn id(letter: &str) -> ContainerId {
    letter.repeat(64).parse().unwrap()
}

fn stack(name: &str) -> Scope {
    Scope::Stack { environment: local(), stack: name.to_owned() }
}

fn one(container: &str) -> Scope {
    Scope::Container { environment: local(), container: id(container) }
}

fn held(permissions: PermissionSet, scope: Scope) -> Held {
    let reason = Reason::Grant { grant: GrantId(1), role: Role::Viewer.into(), team: None };
    Held { permissions, scope, only_in: None, reason }
}

fn access(grants: &[(Role, Scope)]) -> Access {
    Access::new(grants.iter().map(|(role, scope)| held(role.permissions(), scope.clone())).collect())
}

/// What is decided about container `a` of the environment, in that stack.
fn decide(
    access: &Access,
    permission: Permission,
    environment: &EnvironmentId,
    stack: Option<&str>,
) -> Decision {
    access.decide(permission, Target::Container { environment, container: &id("a"), stack })
}

#[test]
fn each_scope_reaches_what_it_names_and_nothing_else() {
    use Decision::{Allowed, Hidden};
    let (local, other) = (local(), other());
    let environment = Scope::Environment { environment: local.clone() };
    let cases = [
        (Scope::Everything, [Allowed, Allowed, Allowed, Allowed]),
        (environment, [Allowed, Allowed, Allowed, Hidden]),
        (stack("shop"), [Allowed, Hidden, Hidden, Hidden]),
        (one("a"), [Allowed, Allowed, Allowed, Hidden]),
        (one("b"), [Hidden, Hidden, Hidden, Hidden]),
    ];
    for (scope, expected) in cases {
        let access = access(&[(Role::Operator, scope.clone())]);
        let view = |environment, stack| decide(&access, Permission::ContainerOperate, environment, stack);
        let found = [
            view(&local, Some("shop")),
            view(&local, Some("blog")),
            view(&local, None),
            view(&other, Some("shop")),
        ];
        assert_eq!(found, expected, "{scope}");
    }
}

#[test]
fn what_is_seen_is_forbidden_and_what_is_not_seen_is_hidden() {
    let viewer = access(&[(Role::Viewer, stack("shop"))]);
    let stop = Permission::ContainerOperate;
    assert_eq!(decide(&viewer, stop, &local(), Some("shop")), Decision::Forbidden);
    assert_eq!(decide(&viewer, stop, &local(), Some("blog")), Decision::Hidden);
    assert_eq!(viewer.decide(stop, Target::Environment(&local())), Decision::Forbidden);
    assert_eq!(viewer.decide(stop, Target::Environment(&other())), Decision::Hidden);
    assert_eq!(viewer.decide(Permission::UserManage, Target::Console), Decision::Forbidden);
    let nobody = Access::default();
    assert_eq!(nobody.decide(stop, Target::Environment(&local())), Decision::Hidden);
    assert_eq!(nobody.decide_within(Permission::EnvironmentView, None), Decision::Forbidden);
}

#[test]
fn a_list_needs_something_within() {
    let viewer = access(&[(Role::Viewer, one("a"))]);
    let view = Permission::ContainerView;
    assert_eq!(viewer.decide_within(view, Some(&local())), Decision::Allowed);
    assert_eq!(viewer.decide_within(view, Some(&other())), Decision::Hidden);
    assert_eq!(viewer.decide_within(Permission::ContainerLogs, Some(&local())), Decision::Forbidden);
    assert_eq!(viewer.decide_within(view, None), Decision::Allowed);
    assert_eq!(
        viewer.seen(&local()),
        Seen::Only { stacks: BTreeSet::new(), containers: BTreeSet::from([id("a")]), both: BTreeSet::new() }
    );
    assert_eq!(access(&[(Role::Viewer, Scope::Everything)]).seen(&local()), Seen::Everything);
}

#[test]
fn grants_add_up() {
    let both = access(&[(Role::Viewer, Scope::Everything), (Role::Operator, stack("shop"))]);
    let stop = Permission::ContainerOperate;
    assert_eq!(decide(&both, stop, &local(), Some("shop")), Decision::Allowed);
    assert_eq!(decide(&both, stop, &local(), Some("blog")), Decision::Forbidden);
    assert_eq!(both.role(), Some(Role::Viewer));
    assert_eq!(access(&[(Role::Admin, stack("shop"))]).role(), None);
}

#[test]
fn the_console_is_for_grants_on_everything() {
    let local_admin = access(&[(Role::Admin, Scope::Environment { environment: local() })]);
    for permission in [Permission::UserManage, Permission::AuditView, Permission::SettingsManage] {
        assert!(!local_admin.holds(permission, Target::Console));
        assert!(!local_admin.somewhere(permission));
        assert!(!local_admin.holds(permission, Target::Environment(&local())));
    }
    assert!(local_admin.holds(Permission::HostAccess, Target::Environment(&local())));
}

#[test]
fn nobody_hands_on_what_they_do_not_hold() {
    let admin = access(&[(Role::Admin, Scope::Everything)]);
    let shop = access(&[(Role::Deployer, stack("shop"))]);
    for scope in [Scope::Everything, Scope::Environment { environment: local() }, stack("blog"), one("a")] {
        assert!(admin.covers(Role::Admin.permissions(), &scope));
        assert!(!shop.covers(Role::Viewer.permissions(), &scope), "{scope}");
    }
    assert!(shop.covers(Role::Operator.permissions(), &stack("shop")));
    assert!(!shop.covers(Role::EnvironmentAdmin.permissions(), &stack("shop")));
    assert!(admin.covers_all(&shop) && !shop.covers_all(&admin));
    assert!(shop.covers_all(&Access::default()));
}

#[test]
fn a_permission_brings_the_sight_of_its_target() {
    let exec = Access::new(vec![held(PermissionSet::of(&[Permission::ContainerExec]), stack("shop"))]);
    assert_eq!(decide(&exec, Permission::ContainerView, &local(), Some("shop")), Decision::Allowed);
    assert_eq!(decide(&exec, Permission::ContainerLogs, &local(), Some("shop")), Decision::Forbidden);
}

#[test]
fn reasons_name_the_grants_that_matter() {
    let both = access(&[(Role::Viewer, Scope::Everything), (Role::Operator, stack("shop"))]);
    let (local, id) = (local(), id("a"));
    let target = Target::Container { environment: &local, container: &id, stack: Some("shop") };
    let scopes =
        |permission| both.reasons(permission, target).map(|held| held.scope.clone()).collect::<Vec<_>>();
    assert_eq!(scopes(Permission::ContainerOperate), [stack("shop")]);
    assert_eq!(scopes(Permission::ContainerView), [Scope::Everything, stack("shop")]);
}

#[test]
fn it_survives_the_wire() {
    let before = access(&[(Role::Viewer, Scope::Everything), (Role::Admin, one("a"))]);
    let json = serde_json::to_string(&before).unwrap();
    assert_eq!(serde_json::from_str::<Access>(&json).unwrap(), before);
}

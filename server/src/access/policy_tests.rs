//! Tests of the picture: whose grants, whose teams, whose things.

use shared::{
    Permission, Role, Target,
    access::Decision,
    users::{CustomRole, NewGrant, NewRole},
};

use super::*;
use crate::store::{GrantsChange, NewUserRow, testing};

struct Home {
    store: Store,
    policies: Policies,
    _folder: testing::TempFolder,
}

async fn home() -> Home {
    let (store, folder) = testing::store().await;
    Home { policies: Policies::new(store.clone()), store, _folder: folder }
}

impl Home {
    async fn user(&self, name: &str) -> UserId {
        let new = NewUserRow { name, password_hash: "hash", ..NewUserRow::default() };
        self.store.create_user(&new).await.unwrap().unwrap().id
    }

    async fn give(&self, subject: Subject, role: impl Into<RoleRef>, scope: Scope) {
        let give = [NewGrant { role: role.into(), scope }];
        let change = GrantsChange { give: &give, ..GrantsChange::default() };
        self.store.change_grants(subject, &change).await.unwrap().unwrap();
    }

    async fn decide(
        &self,
        user: UserId,
        permission: Permission,
        container: &str,
        stack: Option<&str>,
    ) -> Decision {
        let policy = self.policies.now().await.unwrap();
        let (environment, container) = (local(), id(container));
        let target = Target::Container { environment: &environment, container: &container, stack };
        policy.standing(user).access.decide(permission, target)
    }

    async fn made(&self, container: &str, owner: Option<Subject>, stack: Option<&str>) {
        let made =
            Owned { environment: local(), container: id(container), owner, stack: stack.map(str::to_owned) };
        self.store.record_made(&made).await.unwrap().unwrap();
    }
}

fn local() -> EnvironmentId {
    "local".parse().unwrap()
}

fn id(letter: &str) -> ContainerId {
    letter.repeat(64).parse().unwrap()
}

fn stack(name: &str) -> Scope {
    Scope::Stack { environment: local(), stack: name.to_owned() }
}

const STOP: Permission = Permission::ContainerOperate;

#[tokio::test]
async fn a_team_gives_its_members_what_it_holds_and_takes_it_back() {
    let home = home().await;
    let ann = home.user("ann").await;
    let crew = home.store.create_team("Crew").await.unwrap().unwrap();
    home.give(Subject::Team(crew), Role::Operator, stack("shop")).await;
    assert_eq!(home.decide(ann, STOP, "a", Some("shop")).await, Decision::Hidden);
    home.store.add_member(crew, ann).await.unwrap().unwrap();
    assert_eq!(home.decide(ann, STOP, "a", Some("shop")).await, Decision::Allowed);
    let policy = home.policies.now().await.unwrap();
    let standing = policy.standing(ann);
    let reason = &standing.access.held()[0].reason;
    assert!(matches!(reason, Reason::Grant { team: Some(team), .. } if team.name == "Crew"), "{reason:?}");
    home.store.remove_member(crew, ann).await.unwrap().unwrap();
    assert_eq!(home.decide(ann, STOP, "a", Some("shop")).await, Decision::Hidden);
}

#[tokio::test]
async fn a_custom_role_is_worth_what_it_says_now() {
    let home = home().await;
    let ann = home.user("ann").await;
    let new = NewRole { name: "Reader".into(), permissions: PermissionSet::of(&[Permission::ContainerLogs]) };
    let role = home.store.create_role(&new).await.unwrap().unwrap();
    home.give(Subject::User(ann), RoleRef::Custom(role), stack("shop")).await;
    assert_eq!(home.decide(ann, Permission::ContainerLogs, "a", Some("shop")).await, Decision::Allowed);
    assert_eq!(home.decide(ann, STOP, "a", Some("shop")).await, Decision::Forbidden);
    let permissions = Some(PermissionSet::of(&[STOP]));
    let change = shared::users::RoleChange { name: None, permissions };
    home.store.update_role(role, &change).await.unwrap().unwrap();
    assert_eq!(home.decide(ann, STOP, "a", Some("shop")).await, Decision::Allowed);
    assert_eq!(home.decide(ann, Permission::ContainerLogs, "a", Some("shop")).await, Decision::Forbidden);
    let in_use = home.store.remove_role(role).await.unwrap();
    assert_eq!(in_use, Err(crate::store::AccessRefusal::InUse(1)));
    let listed: Vec<CustomRole> = home.store.list_roles().await.unwrap();
    assert_eq!((listed.len(), listed[0].grants), (1, 1));
}

#[tokio::test]
async fn an_owner_holds_what_is_theirs_and_hands_it_on() {
    let home = home().await;
    let (ann, bob) = (home.user("ann").await, home.user("bob").await);
    home.made("a", Some(Subject::User(ann)), None).await;
    assert_eq!(home.decide(ann, Permission::ContainerExec, "a", None).await, Decision::Allowed);
    assert_eq!(home.decide(ann, Permission::HostAccess, "a", None).await, Decision::Forbidden);
    assert_eq!(home.decide(ann, STOP, "b", None).await, Decision::Hidden);
    assert_eq!(home.decide(bob, STOP, "a", None).await, Decision::Hidden);
    home.store.set_owner(&local(), &id("a"), Some(Subject::User(bob))).await.unwrap().unwrap();
    assert_eq!(home.decide(ann, STOP, "a", None).await, Decision::Hidden);
    assert_eq!(home.decide(bob, STOP, "a", None).await, Decision::Allowed);
    home.store.remove_user(bob).await.unwrap().unwrap();
    let policy = home.policies.now().await.unwrap();
    assert_eq!(policy.owned(&local(), &id("a")).unwrap().owner, None, "nobody's, and still known");
}

#[tokio::test]
async fn what_the_console_made_is_of_a_stack_by_its_record_and_not_by_its_label() {
    let home = home().await;
    let ann = home.user("ann").await;
    home.give(Subject::User(ann), Role::Operator, stack("shop")).await;
    // A label that claims the stack is not passed on for what the console made: `stack_for_access`.
    assert_eq!(home.decide(ann, STOP, "a", None).await, Decision::Hidden);
    home.made("a", None, Some("shop")).await;
    home.made("b", None, Some("blog")).await;
    assert_eq!(home.decide(ann, STOP, "a", None).await, Decision::Allowed);
    assert_eq!(home.decide(ann, STOP, "b", None).await, Decision::Hidden);
}

#[tokio::test]
async fn the_picture_is_read_once_a_version() {
    let home = home().await;
    home.user("ann").await;
    let before = home.policies.now().await.unwrap();
    assert!(Arc::ptr_eq(&before, &home.policies.now().await.unwrap()));
    home.user("bob").await;
    let after = home.policies.now().await.unwrap();
    assert!(!Arc::ptr_eq(&before, &after));
    assert!(Arc::ptr_eq(&after, &home.policies.at(before.version).await.unwrap()), "later is as good");
}

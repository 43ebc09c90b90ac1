//! Giving and taking: nobody hands on what they do not hold, somebody always administers, and every right
//! can be explained.

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine,
    client::Refusal,
    console::{PASSWORD, local},
    eventually,
    fake_engine::{self, WEB},
    folder::unique,
};
use shared::{
    Empty, ErrorCode, Permission, Role, RoleId, Scope, TeamId, UserId,
    access::{PermissionSet, Reason, RoleRef},
    audit::{AuditQuery, ListAudit},
    containers::{NewOwner, ReadOwner, TransferOwnership},
    users::{
        AddMember, CreateRole, CreateTeam, CreateUser, ExplainAccess, GiveGrant, Giving, Grant, ListGrants,
        ListUsers, NewGrant, NewMember, NewRole, NewUser, RemoveMember, RemoveRole, RemoveTeam, RemoveUser,
        RoleChange, Subject, TakeGrant, TeamNaming, UpdateRole, UpdateUser, UserChange,
    },
};

use crate::support::act;

async fn console() -> (FakeEngine, Console) {
    let fake = FakeEngine::start();
    let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
    (fake, console)
}

fn environment() -> Scope {
    Scope::Environment { environment: local() }
}

async fn give(
    client: &Client,
    subject: Subject,
    role: impl Into<RoleRef>,
    scope: Scope,
) -> Result<Grant, Refusal> {
    client.call(&GiveGrant {}, Empty {}, Giving { subject, role: role.into(), scope }).await
}

async fn role(client: &Client, permissions: &[Permission]) -> RoleId {
    let new = NewRole { name: unique(), permissions: PermissionSet::of(permissions) };
    client.call(&CreateRole {}, Empty {}, new).await.unwrap().id
}

async fn team(client: &Client) -> TeamId {
    client.call(&CreateTeam {}, Empty {}, TeamNaming { name: unique() }).await.unwrap().id
}

async fn update(client: &Client, user: UserId, change: UserChange) -> Result<(), Refusal> {
    client.call(&UpdateUser { user }, Empty {}, change).await.map(drop)
}

/// Somebody who manages users, and else may only what an operator of the environment may.
async fn steward(console: &Console) -> (UserId, Client) {
    let admin = console.admin().await;
    let manages = RoleRef::Custom(role(&admin, &[Permission::UserManage]).await);
    let grants = vec![
        NewGrant { role: manages, scope: Scope::Everything },
        NewGrant { role: Role::Operator.into(), scope: environment() },
    ];
    let (id, name) = console.new_user_with("steward", grants).await;
    (id, console.sign_in(&name).await.unwrap())
}

fn forbidden<T: std::fmt::Debug>(what: &str, outcome: Result<T, Refusal>) {
    let refusal = outcome.expect_err(what);
    assert_eq!(refusal.kind(), (403, ErrorCode::Forbidden), "{what}: {refusal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_or_takes_what_they_do_not_hold() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    let (own, steward) = steward(&console).await;
    let (user, _) = console.new_user_with("pupil", Vec::new()).await;
    let to = Subject::User(user);

    let given = give(&steward, to, Role::Viewer, environment()).await.expect("what they hold");
    act(&steward, TakeGrant { grant: given.id }, Empty {}).await.expect("what they hold");
    forbidden("more", give(&steward, to, Role::Deployer, environment()).await);
    forbidden("further", give(&steward, to, Role::Viewer, Scope::Everything).await);
    forbidden("to themselves", give(&steward, Subject::User(own), Role::Admin, Scope::Everything).await);
    let bigger = vec![NewGrant::everywhere(Role::Admin)];
    let change = UserChange { grants: Some(bigger.clone()), ..UserChange::default() };
    forbidden("by a change", update(&steward, user, change).await);
    let new = NewUser { name: unique(), grants: bigger, password: PASSWORD.to_owned() };
    forbidden("to a new user", steward.call(&CreateUser {}, Empty {}, new).await);

    let theirs = give(&admin, to, Role::Deployer, environment()).await.unwrap();
    forbidden("taking more", act(&steward, TakeGrant { grant: theirs.id }, Empty {}).await);
    let none = UserChange { grants: Some(Vec::new()), ..UserChange::default() };
    forbidden("taking by a change", update(&steward, user, none).await);

    let admins = team(&admin).await;
    give(&admin, Subject::Team(admins), Role::Admin, Scope::Everything).await.unwrap();
    let member = NewMember { user: own };
    forbidden("by a team", steward.call(&AddMember { team: admins }, Empty {}, member).await);
    forbidden("removing such a team", act(&steward, RemoveTeam { team: admins }, Empty {}).await);

    let small = role(&steward, &[Permission::ContainerLogs]).await;
    give(&steward, Subject::User(own), RoleRef::Custom(small), environment()).await.unwrap();
    let permissions = Some(PermissionSet::of(&Permission::ALL));
    let grow = RoleChange { permissions, ..RoleChange::default() };
    forbidden("by a role that grows", steward.call(&UpdateRole { role: small }, Empty {}, grow).await);

    let grants = act(&admin, ListGrants {}, Empty {}).await.unwrap();
    assert!(grants.iter().all(|grant| grant.subject != to || grant.id == theirs.id), "{grants:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_on_a_user_who_holds_more() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    let (_, steward) = steward(&console).await;
    let (above, name) = console.new_user(Role::Admin).await;
    let password =
        || UserChange { password: Some("another long pass phrase".to_owned()), ..UserChange::default() };
    let disable = || UserChange { disabled: Some(true), ..UserChange::default() };
    forbidden("a password", update(&steward, above, password()).await);
    forbidden("disabling", update(&steward, above, disable()).await);
    forbidden("removing", act(&steward, RemoveUser { user: above }, Empty {}).await);
    console.sign_in(&name).await.expect("nothing was changed");

    // The same through a team, which makes the user more than they seem.
    let (pupil, _) = console.new_user_with("pupil", Vec::new()).await;
    update(&steward, pupil, password()).await.expect("who holds nothing");
    let admins = team(&admin).await;
    give(&admin, Subject::Team(admins), Role::Admin, Scope::Everything).await.unwrap();
    admin.call(&AddMember { team: admins }, Empty {}, NewMember { user: pupil }).await.unwrap();
    forbidden("a team's member", update(&steward, pupil, password()).await);
    act(&admin, RemoveMember { team: admins, user: pupil }, Empty {}).await.unwrap();
    update(&steward, pupil, disable()).await.expect("who holds nothing again");
    act(&steward, RemoveUser { user: pupil }, Empty {}).await.unwrap();
    let users = act(&admin, ListUsers {}, Empty {}).await.unwrap();
    assert!(users.iter().all(|user| user.id != pupil));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_administrators_who_end_each_other_at_once_one_stays() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    for round in 0..6 {
        let (one, one_name) = console.new_user(Role::Admin).await;
        let (two, two_name) = console.new_user(Role::Admin).await;
        let first = console.sign_in(&one_name).await.unwrap();
        let second = console.sign_in(&two_name).await.unwrap();
        let users = act(&first, ListUsers {}, Empty {}).await.unwrap();
        // The two are alone from now on.
        for user in users.iter().filter(|user| user.role() == Some(Role::Admin)) {
            if user.id != one && user.id != two {
                let change = UserChange { disabled: Some(true), ..UserChange::default() };
                update(&first, user.id, change).await.unwrap();
            }
        }
        let grant = users.iter().find(|user| user.id == one).unwrap().grants[0].id;
        let disable = UserChange { disabled: Some(true), ..UserChange::default() };
        let (done, undone) =
            tokio::join!(update(&first, two, disable), act(&second, TakeGrant { grant }, Empty {}));
        let done = [done.is_ok(), undone.is_ok()];
        assert_eq!(done.iter().filter(|done| **done).count(), 1, "round {round}: {done:?}");
        // Whoever is left lets the first administrator in again.
        let left = if done[0] { &first } else { &second };
        let all = act(left, ListUsers {}, Empty {}).await.unwrap();
        let admins: Vec<_> =
            all.iter().filter(|user| user.role() == Some(Role::Admin) && !user.disabled).collect();
        assert_eq!(admins.len(), 1, "round {round}");
        let original = all.iter().find(|user| user.name == "admin").unwrap().id;
        update(left, original, UserChange { disabled: Some(false), ..UserChange::default() }).await.unwrap();
        longshore_tests::console::sign_in(&admin, "admin", PASSWORD).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_right_is_explained_by_the_grant_behind_it() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    let (user, name) = console.new_user_with("explained", Vec::new()).await;
    let crew = team(&admin).await;
    let shop = Scope::Stack { environment: local(), stack: "shop".to_owned() };
    let by_team = give(&admin, Subject::Team(crew), Role::Deployer, shop.clone()).await.unwrap();
    admin.call(&AddMember { team: crew }, Empty {}, NewMember { user }).await.unwrap();
    let own = give(&admin, Subject::User(user), Role::Viewer, environment()).await.unwrap();
    assert_eq!((own.given_by.as_str(), own.given_at.0 > 1_600_000_000_000), ("admin", true));
    let environment_path = local();
    let owner = TransferOwnership { environment: environment_path, container: WEB.parse().unwrap() };
    let subject = NewOwner { owner: Some(Subject::User(user)) };
    let owned = admin.call(&owner, Empty {}, subject).await.unwrap();
    assert_eq!(owned.name.as_deref(), Some(name.as_str()));

    let lines = act(&admin, ExplainAccess { user }, Empty {}).await.unwrap();
    let why = |permission, scope: &Scope| {
        let line = lines.iter().find(|line| line.permission == permission && line.scope == *scope);
        line.map(|line| line.reason.clone())
    };
    let create = why(Permission::ContainerCreate, &shop);
    assert!(
        matches!(&create, Some(Reason::Grant { grant, team: Some(team), .. }) if *grant == by_team.id && team.id == crew),
        "{create:?}"
    );
    let view = why(Permission::ContainerView, &environment());
    assert!(matches!(view, Some(Reason::Grant { grant, team: None, .. }) if grant == own.id), "{view:?}");
    let one = Scope::Container { environment: local(), container: WEB.parse().unwrap() };
    assert_eq!(why(Permission::ContainerExec, &one), Some(Reason::Owner { team: None }));
    assert_eq!(why(Permission::HostAccess, &one), None);
    assert_eq!(why(Permission::ContainerCreate, &environment()), None);
    let lines = act(&admin, ExplainAccess { user: UserId(4711) }, Empty {}).await.unwrap_err();
    assert_eq!(lines.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn ownership_is_handed_on_only_by_who_holds_all_of_it() {
    let (fake, console) = console().await;
    let admin = console.admin().await;
    let path = || TransferOwnership { environment: local(), container: "web-1".parse().unwrap() };
    let (deployer, name) = console.new_user(Role::Deployer).await;
    let client = console.sign_in(&name).await.unwrap();
    let to = |user| NewOwner { owner: Some(Subject::User(user)) };
    forbidden("to themselves", client.call(&path(), Empty {}, to(deployer)).await);
    let refusal = admin.call(&path(), Empty {}, to(UserId(4711))).await.unwrap_err();
    assert_eq!((refusal.status, refusal.error.field.as_deref()), (422, Some("owner")));
    admin.call(&path(), Empty {}, to(deployer)).await.unwrap();
    let (next, _) = console.new_user_with("next", Vec::new()).await;
    client.call(&path(), Empty {}, to(next)).await.expect("it is theirs to give");
    forbidden("once more", client.call(&path(), Empty {}, to(deployer)).await);
    let read = ReadOwner { environment: local(), container: "web-1".parse().unwrap() };
    assert_eq!(act(&client, read.clone(), Empty {}).await.unwrap().owner, Some(Subject::User(next)));
    // What was removed, by whomever, has no owner any more, even if its id came again.
    fake.set_containers(Vec::new());
    fake.emit("destroy", WEB, "web-1");
    eventually("it is gone", async || act(&admin, read.clone(), Empty {}).await.err()).await;
    fake.set_containers(vec![fake_engine::row(WEB, "web-1", "running", "Up 1 second")]);
    fake.emit("start", WEB, "web-1");
    eventually("it is nobody's", async || {
        let owner = act(&admin, read.clone(), Empty {}).await.ok()?.owner;
        owner.is_none().then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_taken_once_and_what_is_in_use_stays() {
    let (_fake, console) = console().await;
    let admin = console.admin().await;
    let name = unique();
    let naming = || TeamNaming { name: name.clone() };
    admin.call(&CreateTeam {}, Empty {}, naming()).await.unwrap();
    let again = admin.call(&CreateTeam {}, Empty {}, TeamNaming { name: name.to_uppercase() }).await;
    assert_eq!(again.unwrap_err().status, 409);
    for bad in ["", " ", "a ", "a\u{7}b", &"x".repeat(65)] {
        let refusal = admin.call(&CreateTeam {}, Empty {}, TeamNaming { name: bad.to_owned() }).await;
        assert_eq!(refusal.unwrap_err().kind(), (422, ErrorCode::Invalid), "{bad:?}");
    }
    let nothing = NewRole { name: unique(), permissions: PermissionSet::EMPTY };
    assert_eq!(admin.call(&CreateRole {}, Empty {}, nothing).await.unwrap_err().status, 422);
    let role = role(&admin, &[Permission::ContainerLogs]).await;
    let (user, _) = console.new_user_with("reader", Vec::new()).await;
    let given = give(&admin, Subject::User(user), RoleRef::Custom(role), environment()).await.unwrap();
    let twice = give(&admin, Subject::User(user), RoleRef::Custom(role), environment()).await;
    assert_eq!(twice.unwrap_err().status, 409);
    assert_eq!(act(&admin, RemoveRole { role }, Empty {}).await.unwrap_err().status, 409);
    act(&admin, TakeGrant { grant: given.id }, Empty {}).await.unwrap();
    act(&admin, RemoveRole { role }, Empty {}).await.unwrap();
    let gone = give(&admin, Subject::User(user), RoleRef::Custom(role), environment()).await;
    assert_eq!(gone.unwrap_err().kind(), (422, ErrorCode::Invalid));
    let nobody = give(&admin, Subject::User(UserId(4711)), Role::Viewer, environment()).await;
    assert_eq!(nobody.unwrap_err().kind(), (422, ErrorCode::Invalid));
    let nowhere = Scope::Environment { environment: "nowhere".parse().unwrap() };
    let refusal = give(&admin, Subject::User(user), Role::Viewer, nowhere).await.unwrap_err();
    assert_eq!((refusal.status, refusal.error.field.as_deref()), (422, Some("at")));

    let audit = act(&admin, ListAudit {}, AuditQuery::default()).await.unwrap().rows;
    let row = audit.iter().find(|row| row.action == "TakeGrant").unwrap();
    assert!(row.detail.contains(&format!("from user {user}")), "{row:?}");
}

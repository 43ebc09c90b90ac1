//! Everybody who could ask: each role at each place, somebody without a grant, and nobody. And what each is
//! refused, said here a second time without the code that decides.

use std::time::{SystemTime, UNIX_EPOCH};

use longshore_tests::{
    Client, Console, ConsoleOptions, FakeEngine,
    console::{PASSWORD, local},
    eventually,
    fake_engine::{JOB, WEB, row, row_of},
    folder::unique,
};
use serde_json::{Value, json};
use shared::{
    Empty, GrantId, JobId, Needs, Permission, Role, RoleId, Scope, TeamId, TokenId, UserId,
    access::{PermissionSet, owner_permissions},
    endpoint::Operation,
    images::{PullImage, PullRequest},
    jobs::{JobState, ReadJob},
    tokens::CreateToken,
    users::{
        AddMember, CreateRole, CreateTeam, GiveGrant, Giving, NewGrant, NewMember, NewRole, Subject,
        TeamNaming,
    },
};

/// Where a person's one grant holds. The container that is asked for is of the stack `shop`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Everything,
    Environment,
    Stack,
    Container,
    /// Another stack of the same environment.
    Elsewhere,
}

impl Reach {
    pub(crate) const ALL: [Self; 5] =
        [Self::Everything, Self::Environment, Self::Stack, Self::Container, Self::Elsewhere];

    pub(crate) fn scope(self) -> Scope {
        let environment = local();
        match self {
            Self::Everything => Scope::Everything,
            Self::Environment => Scope::Environment { environment },
            Self::Stack => Scope::Stack { environment, stack: "shop".to_owned() },
            Self::Container => Scope::Container { environment, container: WEB.parse().unwrap() },
            Self::Elsewhere => Scope::Stack { environment, stack: "blog".to_owned() },
        }
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Without a session.
    Nobody,
    /// Signed in, without a grant.
    Ungranted,
    Holder(Role, Reach),
}

pub(crate) struct Everybody {
    pub(crate) fake: FakeEngine,
    pub(crate) console: Console,
    pub(crate) people: Vec<(Who, Client)>,
    pub(crate) admin: Client,
    pub(crate) things: Things,
}

/// What the paths of users, teams, roles and grants name.
#[derive(Clone, Copy)]
pub(crate) struct Things {
    pub(crate) user: UserId,
    pub(crate) team: TeamId,
    pub(crate) role: RoleId,
    pub(crate) grant: GrantId,
    pub(crate) token: TokenId,
    /// An administrator's, which has ended.
    pub(crate) job: JobId,
}

impl Everybody {
    pub(crate) async fn assemble() -> Self {
        let fake = FakeEngine::start();
        fake.set_containers(vec![
            row_of("shop", WEB, "web-1"),
            row(JOB, "job-1", "exited", "Exited (0) 2 minutes ago"),
        ]);
        let console = Console::connected(ConsoleOptions::before(&fake.host())).await;
        let mut people = vec![(Who::Nobody, console.anonymous())];
        people.push((Who::Ungranted, console.user_with("ungranted", Vec::new()).await));
        for reach in Reach::ALL {
            for role in Role::ALL {
                let grant = NewGrant { role: role.into(), scope: reach.scope() };
                let client = console.user_with(role.as_str(), vec![grant]).await;
                people.push((Who::Holder(role, reach), client));
            }
        }
        let admin = console.admin().await;
        let things = Things::make(&console).await;
        Self { people, admin, fake, console, things }
    }

    /// Those whose grant is on everything, and nobody.
    pub(crate) fn all(&self) -> impl Iterator<Item = &(Who, Client)> {
        self.people.iter().filter(|(who, _)| matches!(who, Who::Nobody | Who::Holder(_, Reach::Everything)))
    }

    /// The operation with its placeholders filled in: the running container, and things of nobody here.
    pub(crate) fn operation<O: Operation>(&self) -> O {
        self.things.operation()
    }
}

impl Things {
    /// A user in a team, a custom role that nobody has, and a grant and an API token of that user.
    pub(crate) async fn make(console: &Console) -> Self {
        let admin = console.admin().await;
        let (user, name) = console.new_user_with("target", Vec::new()).await;
        let naming = TeamNaming { name: unique() };
        let team = admin.call(&CreateTeam {}, Empty {}, naming).await.unwrap().id;
        admin.call(&AddMember { team }, Empty {}, NewMember { user }).await.unwrap();
        let new = NewRole { name: unique(), permissions: PermissionSet::of(&[Permission::ContainerLogs]) };
        let role = admin.call(&CreateRole {}, Empty {}, new).await.unwrap().id;
        let giving = Giving {
            subject: Subject::User(user),
            role: Role::Operator.into(),
            scope: Scope::Environment { environment: local() },
        };
        let grant = admin.call(&GiveGrant {}, Empty {}, giving).await.unwrap().id;
        let owner = console.sign_in(&name).await.unwrap();
        let new = serde_json::from_value(new_token()).unwrap();
        let token = owner.call(&CreateToken {}, Empty {}, new).await.unwrap().token.id;
        let reference = "busybox".parse().unwrap();
        let pull = PullRequest { reference, platform: None };
        let job = admin.call(&PullImage { environment: local() }, Empty {}, pull).await.unwrap().id;
        eventually("the job ends", async || {
            let job = admin.call(&ReadJob { environment: local(), job }, Empty {}, ()).await.unwrap();
            (job.state != JobState::Running).then_some(())
        })
        .await;
        Self { user, team, role, grant, token, job }
    }

    pub(crate) fn operation<O: Operation>(&self) -> O {
        serde_json::from_value(json!({
            "environment": "local", "container": WEB,
            "user": self.user, "team": self.team, "role": self.role, "grant": self.grant,
            "token": self.token, "job": self.job, "session": "0".repeat(64),
        }))
        .unwrap()
    }
}

/// The status of a refusal, or none where they may: said here a second time, without the code that decides.
pub(crate) fn refusal<O: Operation>(who: Who, operation: &O) -> Option<u16> {
    let (permission, within) = match O::NEEDS {
        Needs::Public => return None,
        Needs::Session | Needs::Account => return (who == Who::Nobody).then_some(401),
        Needs::Permission(permission) => (permission, false),
        Needs::Within(permission) => (permission, true),
    };
    let target = operation.target();
    let hidden = if target.environment.is_some() { 404 } else { 403 };
    let (role, reach) = match who {
        Who::Nobody => return Some(401),
        Who::Ungranted => return Some(hidden),
        Who::Holder(role, reach) => (role, reach),
    };
    let reaches = match (&target.environment, &target.container) {
        (None, _) => reach == Reach::Everything || within,
        (Some(_), None) => matches!(reach, Reach::Everything | Reach::Environment) || within,
        (Some(_), Some(_)) if reach == Reach::Elsewhere => return Some(404),
        (Some(_), Some(_)) => true,
    };
    // Whoever hands on what is an owner's must hold it.
    let enough = match O::NAME {
        "TransferOwnership" => role.permissions().covers(owner_permissions()),
        // The body says in which stack it is to be.
        "CreateContainer" => !matches!(reach, Reach::Container | Reach::Elsewhere),
        _ => true,
    };
    // The job is somebody else's: who does not manage jobs, and does not read the audit, does not see it.
    let there = matches!(reach, Reach::Everything | Reach::Environment);
    if matches!(O::NAME, "ReadJob" | "CancelJob") && !(there && role.allows(Permission::JobManage)) {
        return Some(404);
    }
    (!(reaches && role.allows(permission) && enough)).then_some(403)
}

/// A token that anybody may have who sees something in the environment.
pub(crate) fn new_token() -> Value {
    let tomorrow = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() + 86_400_000;
    json!({
        "name": unique(), "expires_at": u64::try_from(tomorrow).unwrap(),
        "permissions": ["environment_view"], "at": {"environment": {"environment": "local"}},
    })
}

/// A query that is right.
pub(crate) fn query(name: &str) -> Value {
    match name {
        "InspectImage" => json!({"image": "busybox"}),
        _ => json!({}),
    }
}

/// A body that is right, so that nothing but the role stands in the way.
pub(crate) fn body(name: &str, things: Things) -> Option<Value> {
    match name {
        "CompleteSetup" => Some(json!({"code": "AAAA-BBBB-CCCC", "name": "second", "password": PASSWORD})),
        "SignIn" => Some(json!({"name": "nobody", "password": PASSWORD})),
        "FinishSignIn" => Some(json!({"code": "123456"})),
        "CreateUser" => {
            let viewer = json!([{"role": {"builtin": "viewer"}, "at": "everything"}]);
            Some(json!({"name": unique(), "grants": viewer, "password": PASSWORD}))
        }
        "UpdateUser" => Some(json!({"disabled": true})),
        "CreateTeam" | "UpdateTeam" | "UpdateRole" => Some(json!({"name": unique()})),
        "AddMember" => Some(json!({"user": things.user})),
        "CreateRole" => Some(json!({"name": unique(), "permissions": ["container_logs"]})),
        "GiveGrant" => Some(json!({
            "subject": {"user": things.user}, "role": {"builtin": "viewer"}, "at": "everything",
        })),
        "TransferOwnership" => Some(json!({"owner": null})),
        "CreateContainer" => {
            let stack = json!([{"name": "com.docker.compose.project", "value": "shop"}]);
            Some(json!({"image": "busybox", "general": {"labels": stack}}))
        }
        "UpdatePreferences" | "UpdatePolicy" => Some(json!({})),
        "CreateToken" => Some(new_token()),
        "RenameContainer" => Some(json!({"name": "another-name"})),
        "PullImage" => Some(json!({"reference": "busybox"})),
        _ => None,
    }
}

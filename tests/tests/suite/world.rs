//! What there is, as the administrator reads it: compared before and after what must change nothing.

use longshore_tests::{Client, console::local};
use serde_json::{Value, json};
use shared::{
    Empty, UserId,
    containers::ReadOwner,
    endpoint::Operation,
    jobs::ListJobs,
    policy::ReadPolicy,
    tokens::{ListTokens, ListUserTokens},
    users::{ListGrants, ListRoles, ListTeams, ListUsers, User},
};

use crate::support::{act, list};

/// Users, teams, roles, grants, policy, tokens, owners and jobs, but for the tokens of `asker`, who may change
/// those. The administrator's own are among them.
pub(crate) async fn world(admin: &Client, asker: Option<UserId>) -> Value {
    let users = act(admin, ListUsers {}, Empty {}).await.unwrap();
    let mut tokens = vec![json!(act(admin, ListTokens {}, Empty {}).await.unwrap())];
    for user in users.iter().map(|user| user.id).filter(|id| Some(*id) != asker) {
        tokens.push(json!(act(admin, ListUserTokens { user }, Empty {}).await.unwrap()));
    }
    let mut owners = Vec::new();
    for row in list(admin).await.containers {
        let owner = ReadOwner { environment: local(), container: row.id.as_str().parse().unwrap() };
        owners.push((owner.path(), act(admin, owner, Empty {}).await.unwrap()));
    }
    json!({
        "users": users.iter().map(lasting).collect::<Vec<_>>(),
        "teams": act(admin, ListTeams {}, Empty {}).await.unwrap(),
        "roles": act(admin, ListRoles {}, Empty {}).await.unwrap(),
        "grants": act(admin, ListGrants {}, Empty {}).await.unwrap(),
        "policy": act(admin, ReadPolicy {}, Empty {}).await.unwrap(),
        "jobs": act(admin, ListJobs { environment: local() }, Empty {}).await.unwrap(),
        "tokens": tokens,
        "owners": owners,
    })
}

/// A user, without when they came last.
fn lasting(user: &User) -> Value {
    json!(User { last_sign_in_at: None, ..user.clone() })
}

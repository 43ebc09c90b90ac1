//! API tokens: one's own, and for administrators those of anybody.

use shared::{
    Access, Empty, EnvironmentId, Permission, Scope, TokenId, UnixMillis, UserId,
    access::{Narrowing, is_stack_name},
    tokens::{
        CreateToken, ListTokens, ListUserTokens, MadeToken, NewToken, RevokeToken, RevokeUserToken,
        TOKEN_DAYS_MAX, TOKENS_MAX, Token,
    },
    users::is_title,
};

use crate::{
    Error,
    access::{grant::Grant, session::Actor, tokens},
    app::App,
    http::Api,
    store::NewTokenRow,
};

/// Mounts them.
#[must_use]
pub fn mount(api: Api) -> Api {
    api.mount::<ListTokens>(list)
        .mount::<CreateToken>(create)
        .mount::<RevokeToken>(revoke)
        .mount::<ListUserTokens>(list_of)
        .mount::<RevokeUserToken>(revoke_of)
}

async fn list(app: App, grant: Grant<ListTokens>, _: Empty, (): ()) -> Result<Vec<Token>, Error> {
    Ok(app.store.list_tokens(grant.actor().user).await?)
}

async fn create(app: App, grant: Grant<CreateToken>, _: Empty, new: NewToken) -> Result<MadeToken, Error> {
    let (actor, at) = (grant.actor(), app.sessions.now());
    grant.note(format!("{} on {}", new.name, new.scope));
    check(&app, actor, &new, at)?;
    let text = tokens::new_text(&mut rand::rng());
    let row = NewTokenRow {
        key: tokens::key(&text),
        user: actor.user,
        session: actor.session,
        name: &new.name,
        narrowing: &new.narrowing(),
        at,
        expires_at: new.expires_at,
        most: TOKENS_MAX,
    };
    let made = app.store.create_token(&row).await?;
    let own = app.store.list_tokens(actor.user).await?;
    let token = made.and_then(|id| own.into_iter().find(|token| token.id == id));
    let token = token.ok_or_else(|| {
        Error::Conflict(format!("you have a token of this name, or {TOKENS_MAX} of them; revoke one first"))
    })?;
    Ok(MadeToken { token, text })
}

async fn revoke(app: App, grant: Grant<RevokeToken>, _: Empty, (): ()) -> Result<(), Error> {
    grant.note(end(&app, grant.actor().user, grant.target().token).await?);
    Ok(())
}

async fn list_of(app: App, grant: Grant<ListUserTokens>, _: Empty, (): ()) -> Result<Vec<Token>, Error> {
    let user = grant.target().user;
    app.store.user_name(user).await?.ok_or(Error::NotFound("user"))?;
    Ok(app.store.list_tokens(user).await?)
}

async fn revoke_of(app: App, grant: Grant<RevokeUserToken>, _: Empty, (): ()) -> Result<(), Error> {
    let RevokeUserToken { user, token } = *grant.target();
    let name = app.store.user_name(user).await?.ok_or(Error::NotFound("user"))?;
    let policy = app.sessions.policies().now().await?;
    let theirs = &policy.standing(user).access;
    if !policy.standing_of(grant.actor()).access.covers_all(theirs) {
        return Err(Error::Forbidden { needs: Permission::UserManage });
    }
    let token = end(&app, user, token).await?;
    grant.note(format!("{name}: {token}"));
    Ok(())
}

/// Revokes a token, and closes what it opened. Gives its name.
async fn end(app: &App, user: UserId, token: TokenId) -> Result<String, Error> {
    let revoked = app.store.revoke_token(user, token).await?;
    let (name, key) = revoked.ok_or(Error::NotFound("API token"))?;
    app.sessions.token_revoked(key);
    Ok(name)
}

/// Refuses a token that is wrong, or that would be worth nothing.
fn check(app: &App, owner: &Actor, new: &NewToken, now: UnixMillis) -> Result<(), Error> {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    if !is_title(&new.name) {
        return Err(Error::invalid("name", "a name is 1 to 64 characters, without blanks at its ends"));
    }
    let latest = now.0.saturating_add(DAY_MS.saturating_mul(i64::from(TOKEN_DAYS_MAX)));
    if new.expires_at <= now || new.expires_at.0 > latest {
        return Err(Error::invalid(
            "expires_at",
            format!("a token ends in the future, in at most {TOKEN_DAYS_MAX} days"),
        ));
    }
    check_place(app, owner, &new.scope)?;
    let narrowing = new.narrowing();
    if narrowing.permissions.is_empty() {
        return Err(Error::invalid("permissions", "choose at least one thing that the token may do"));
    }
    check_held(owner.access(), &narrowing)
}

fn check_place(app: &App, owner: &Actor, scope: &Scope) -> Result<(), Error> {
    let known = |id: &EnvironmentId| app.hubs.get(id).filter(|_| owner.access().knows(id));
    let Some(environment) = scope.environment() else { return Ok(()) };
    let hub = known(environment).ok_or_else(|| Error::invalid("at", "there is no such environment"))?;
    match scope {
        Scope::Stack { stack, .. } if !is_stack_name(stack) => {
            Err(Error::invalid("at", "a stack is named by letters, digits and _.-"))
        }
        Scope::Container { container, .. } => {
            let sight = owner.sight(environment);
            let seen = hub.inventory().get(container).is_some_and(|row| sight.shows(&row));
            if seen { Ok(()) } else { Err(Error::invalid("at", "there is no such container")) }
        }
        _ => Ok(()),
    }
}

fn check_held(access: &Access, narrowing: &Narrowing) -> Result<(), Error> {
    match narrowing.beyond(access).iter().next() {
        None => Ok(()),
        Some(beyond) => {
            Err(Error::invalid("permissions", format!("you do not hold {} there yourself", beyond.as_str())))
        }
    }
}

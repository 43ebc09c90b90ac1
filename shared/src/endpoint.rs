//! One declaration per operation: the server mounts it, the browser calls it, the OpenAPI document and
//! the access sweep are made from the list of them.

use serde::{Serialize, de::DeserializeOwned};

use crate::{ContainerRef, EnvironmentId, GrantId, JobId, Permission, RoleId, TeamId, TokenId, UserId};

/// The method of an endpoint. `Get` changes nothing, everything else is audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Does, or makes.
    Post,
    /// Changes part of something.
    Patch,
    /// Removes.
    Delete,
}

impl Method {
    /// Whether a call may change something, and so is audited and checked for its origin.
    #[must_use]
    pub fn mutates(self) -> bool {
        self != Self::Get
    }

    /// The name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Anybody, without a session. Such a handler is given no engine.
    Public,
    /// Whoever is signed in, for what concerns themselves.
    Session,
    /// The same, for their account itself: signed in with the password, never by a token.
    Account,
    /// Whoever holds this permission on the target.
    Permission(Permission),
    /// Whoever holds this permission on anything within the target: the reply shows each only their own.
    Within(Permission),
}

impl Needs {
    /// Whether an API token may be used for it at all. Accounts, and who may do what, are changed by people
    /// who signed in: a token that leaks must not make another one, or a user.
    #[must_use]
    pub fn takes_tokens(self, mutates: bool, confirms: bool) -> bool {
        match self {
            _ if confirms => false,
            Self::Public | Self::Session => true,
            Self::Account => false,
            Self::Permission(needs) | Self::Within(needs) => {
                !(mutates && matches!(needs, Permission::UserManage | Permission::SettingsManage))
            }
        }
    }
}

/// What a path names, before it is resolved and checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TargetRef {
    /// The environment, where the path has one.
    pub environment: Option<EnvironmentId>,
    /// The container: an id, a prefix of one, or a name.
    pub container: Option<ContainerRef>,
    /// The user.
    pub user: Option<UserId>,
    /// The team.
    pub team: Option<TeamId>,
    /// The custom role.
    pub role: Option<RoleId>,
    /// The grant.
    pub grant: Option<GrantId>,
    /// The API token.
    pub token: Option<TokenId>,
    /// The job.
    pub job: Option<JobId>,
}

/// A parameter that stands in a path.
pub trait PathField {
    /// Its text, before percent-encoding.
    fn text(&self) -> String;
    /// Notes the parameter in what the path names.
    fn place(&self, target: &mut TargetRef);
}

impl PathField for EnvironmentId {
    fn text(&self) -> String {
        self.to_string()
    }
    fn place(&self, target: &mut TargetRef) {
        target.environment = Some(self.clone());
    }
}

impl PathField for ContainerRef {
    fn text(&self) -> String {
        self.to_string()
    }
    fn place(&self, target: &mut TargetRef) {
        target.container = Some(self.clone());
    }
}

macro_rules! number_field {
    ($($name:ident: $field:ident),*) => {
        $(impl PathField for $name {
            fn text(&self) -> String {
                self.to_string()
            }
            fn place(&self, target: &mut TargetRef) {
                target.$field = Some(*self);
            }
        })*
    };
}

number_field!(UserId: user, TeamId: team, RoleId: role, GrantId: grant, TokenId: token, JobId: job);

/// What every declared operation has. The value itself holds the parameters of the path.
pub trait Operation: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// `StopContainer`: the operation's name in the OpenAPI document and in the audit.
    const NAME: &'static str;
    /// One paragraph for people.
    const DOC: &'static str;
    /// The path with its `{placeholders}`.
    const PATH: &'static str;
    /// The names of the fields, in the path's order.
    const FIELDS: &'static [&'static str];
    /// Who may.
    const NEEDS: Needs;
    /// Whether it asks again who is at the keyboard: only a session that has just proved it may.
    const CONFIRMS: bool;
    /// Whether it is open to who lacks a second factor that their role requires: what it takes to set one up,
    /// and to leave.
    const BEFORE_FACTOR: bool;
    /// The part after `?`.
    type Query: Serialize + DeserializeOwned + Send + 'static;

    /// The path with the parameters filled in, percent-encoded.
    fn path(&self) -> String;
    /// What the path names.
    fn target(&self) -> TargetRef;
}

/// A request with one reply.
pub trait Endpoint: Operation {
    /// How it is called.
    const METHOD: Method;
    /// The JSON body; `()` for none.
    type Body: Serialize + DeserializeOwned + Send + 'static;
    /// The JSON reply; `()` for none.
    type Reply: Serialize + DeserializeOwned + Send + 'static;
}

/// An operation that anybody may call.
pub trait Public {}

/// An operation that needs a session, and mostly a permission.
pub trait Guarded {}

/// A WebSocket. Opening one that is not read-only is audited.
pub trait Socket: Operation {
    /// Whether opening it lets a person change something (a terminal) or only watch (live updates).
    const MUTATES: bool;
}

/// A query without parameters; unknown ones are refused.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// Encodes one segment of a path: nothing in a name can end it or climb out of it.
#[must_use]
pub fn segment(value: &str) -> String {
    percent_encoding::utf8_percent_encode(value, SEGMENT).to_string()
}

/// Everything but the unreserved characters; a lone `.` or `..` never occurs since names start with a
/// letter or digit.
const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Declares an operation's type and what endpoints and sockets share.
#[doc(hidden)]
#[macro_export]
macro_rules! operation {
    (doc: [$($doc:literal)*], $name:ident { $($field:ident : $ty:ty),* }, $path:literal, $query:ty, $needs:expr, $confirms:expr, $before:expr) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $(
                #[doc = concat!("The path's `", stringify!($field), "`.")]
                pub $field: $ty
            ),*
        }
        impl $crate::endpoint::Operation for $name {
            const NAME: &'static str = stringify!($name);
            const DOC: &'static str = concat!($($doc, "\n"),*);
            const PATH: &'static str = $path;
            const FIELDS: &'static [&'static str] = &[$(stringify!($field)),*];
            const NEEDS: $crate::Needs = $needs;
            const CONFIRMS: bool = $confirms;
            const BEFORE_FACTOR: bool = $before;
            type Query = $query;
            fn path(&self) -> String {
                let path = String::from($path);
                $(let path = path.replace(
                    concat!("{", stringify!($field), "}"),
                    &$crate::endpoint::segment(&$crate::endpoint::PathField::text(&self.$field)),
                );)*
                path
            }
            fn target(&self) -> $crate::TargetRef {
                #[allow(unused_mut, reason = "an operation without parameters fills nothing in")]
                let mut target = $crate::TargetRef::default();
                $($crate::endpoint::PathField::place(&self.$field, &mut target);)*
                target
            }
        }
    };
}

/// Declares one endpoint: method, path, query, body, reply, and who may.
///
/// `needs:` is `public`, `session`, `account`, a [`Permission`], or `within` a permission. With
/// `confirms: yes` at the end, only a session that has just proved again who is at the keyboard may. With
/// `before_factor: yes` after that, whoever lacks a second factor that their role requires may as well; nothing
/// that takes a permission can say so.
#[macro_export]
macro_rules! endpoint {
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident : $ty:ty),* $(,)? }
     $method:ident $path:literal,
     query: $query:ty, body: $body:ty, reply: $reply:ty, needs: public) => {
        $crate::operation!(doc: [$($doc)*], $name { $($field: $ty),* }, $path, $query, $crate::Needs::Public, false, false);
        $crate::endpoint!(@call $name, $method, $body, $reply);
        impl $crate::Public for $name {}
    };
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident : $ty:ty),* $(,)? }
     $method:ident $path:literal,
     query: $query:ty, body: $body:ty, reply: $reply:ty, needs: session $(, confirms: $confirms:ident)? $(, before_factor: $before:ident)?) => {
        $crate::operation!(doc: [$($doc)*], $name { $($field: $ty),* }, $path, $query, $crate::Needs::Session, $crate::endpoint!(@yes $($confirms)?), $crate::endpoint!(@yes $($before)?));
        $crate::endpoint!(@call $name, $method, $body, $reply);
        impl $crate::Guarded for $name {}
    };
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident : $ty:ty),* $(,)? }
     $method:ident $path:literal,
     query: $query:ty, body: $body:ty, reply: $reply:ty, needs: account $(, confirms: $confirms:ident)? $(, before_factor: $before:ident)?) => {
        $crate::operation!(doc: [$($doc)*], $name { $($field: $ty),* }, $path, $query, $crate::Needs::Account, $crate::endpoint!(@yes $($confirms)?), $crate::endpoint!(@yes $($before)?));
        $crate::endpoint!(@call $name, $method, $body, $reply);
        impl $crate::Guarded for $name {}
    };
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident : $ty:ty),* $(,)? }
     $method:ident $path:literal,
     query: $query:ty, body: $body:ty, reply: $reply:ty, needs: within $needs:expr $(, confirms: $confirms:ident)?) => {
        $crate::operation!(doc: [$($doc)*], $name { $($field: $ty),* }, $path, $query, $crate::Needs::Within($needs), $crate::endpoint!(@yes $($confirms)?), false);
        $crate::endpoint!(@call $name, $method, $body, $reply);
        impl $crate::Guarded for $name {}
    };
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident : $ty:ty),* $(,)? }
     $method:ident $path:literal,
     query: $query:ty, body: $body:ty, reply: $reply:ty, needs: $needs:expr $(, confirms: $confirms:ident)?) => {
        $crate::operation!(doc: [$($doc)*], $name { $($field: $ty),* }, $path, $query, $crate::Needs::Permission($needs), $crate::endpoint!(@yes $($confirms)?), false);
        $crate::endpoint!(@call $name, $method, $body, $reply);
        impl $crate::Guarded for $name {}
    };
    (@yes) => { false };
    (@yes yes) => { true };
    (@call $name:ident, $method:ident, $body:ty, $reply:ty) => {
        impl $crate::Endpoint for $name {
            const METHOD: $crate::Method = $crate::Method::$method;
            type Body = $body;
            type Reply = $reply;
        }
    };
}

/// Declares one WebSocket: path, query, who may, and whether it changes anything.
#[macro_export]
macro_rules! socket {
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident : $ty:ty),* $(,)? }
     $path:literal, query: $query:ty, needs: session, mutates: $mutates:literal $(, before_factor: $before:ident)?) => {
        $crate::operation!(doc: [$($doc)*], $name { $($field: $ty),* }, $path, $query, $crate::Needs::Session, false, $crate::endpoint!(@yes $($before)?));
        impl $crate::Guarded for $name {}
        impl $crate::Socket for $name { const MUTATES: bool = $mutates; }
    };
    ($(#[doc = $doc:literal])* $name:ident { $($field:ident : $ty:ty),* $(,)? }
     $path:literal, query: $query:ty, needs: $needs:expr, mutates: $mutates:literal) => {
        $crate::operation!(doc: [$($doc)*], $name { $($field: $ty),* }, $path, $query, $crate::Needs::Permission($needs), false, false);
        impl $crate::Guarded for $name {}
        impl $crate::Socket for $name { const MUTATES: bool = $mutates; }
    };
}

/// Every endpoint there is, as a macro that hands the list to another one, so that the server's router,
/// the OpenAPI document and the sweeps cannot each know a different list.
#[macro_export]
macro_rules! for_each_endpoint {
    ($with:ident) => {
        $with! {
            $crate::setup::ReadSetup, $crate::setup::CompleteSetup,
            $crate::session::SignIn, $crate::session::FinishSignIn,
            $crate::session::ReadSession, $crate::session::SignOut,
            $crate::account::ConfirmIdentity, $crate::account::EndConfirmation,
            $crate::account::ChangePassword, $crate::account::ListSessions,
            $crate::account::EndSession, $crate::account::EndOtherSessions,
            $crate::account::ReadFactor, $crate::account::BeginFactor,
            $crate::account::ConfirmFactor, $crate::account::RenewRecoveryCodes,
            $crate::account::RemoveFactor,
            $crate::users::ListUsers, $crate::users::CreateUser, $crate::users::UpdateUser,
            $crate::users::RemoveUser, $crate::users::ResetFactor, $crate::users::ExplainAccess,
            $crate::users::ListTeams, $crate::users::CreateTeam, $crate::users::UpdateTeam,
            $crate::users::RemoveTeam, $crate::users::AddMember, $crate::users::RemoveMember,
            $crate::users::ListRoles, $crate::users::CreateRole, $crate::users::UpdateRole,
            $crate::users::RemoveRole,
            $crate::users::ListGrants, $crate::users::GiveGrant, $crate::users::TakeGrant,
            $crate::preferences::UpdatePreferences,
            $crate::policy::ReadPolicy, $crate::policy::UpdatePolicy, $crate::policy::TryProxies,
            $crate::tokens::ListTokens, $crate::tokens::CreateToken, $crate::tokens::RevokeToken,
            $crate::tokens::ListUserTokens, $crate::tokens::RevokeUserToken,
            $crate::environments::ListEnvironments, $crate::environments::ReadEnvironment,
            $crate::environments::ReadDiskUsage,
            $crate::containers::ListContainers, $crate::containers::InspectContainer,
            $crate::containers::StartContainer, $crate::containers::StopContainer,
            $crate::containers::RestartContainer, $crate::containers::PauseContainer,
            $crate::containers::UnpauseContainer, $crate::containers::KillContainer,
            $crate::containers::RenameContainer, $crate::containers::RemoveContainer,
            $crate::containers::ReadOwner, $crate::containers::TransferOwnership,
            $crate::run::CreateContainer, $crate::run::ReadRunSpec, $crate::run::ReadHeld,
            $crate::images::ListImages, $crate::images::InspectImage, $crate::images::PullImage,
            $crate::jobs::ListJobs, $crate::jobs::ReadJob, $crate::jobs::CancelJob,
            $crate::logs::DownloadLogs, $crate::audit::ListAudit,
            $crate::audit::ExportAudit, $crate::audit::VerifyAudit,
        }
    };
}

/// Every WebSocket there is; see [`for_each_endpoint`].
#[macro_export]
macro_rules! for_each_socket {
    ($with:ident) => {
        $with! { $crate::live::Live, $crate::terminal::OpenTerminal, $crate::terminal::AttachContainer, }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placeholders(path: &str) -> Vec<&str> {
        path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect()
    }

    macro_rules! check {
        ($($operation:ty),* $(,)?) => {
            $(
                assert_eq!(
                    placeholders(<$operation>::PATH), <$operation>::FIELDS,
                    "{}: the path's placeholders are its fields", <$operation>::NAME
                );
                assert!(<$operation>::PATH.starts_with("/api/v1/"), "{}", <$operation>::NAME);
                assert!(!<$operation>::DOC.trim().is_empty(), "{} is documented", <$operation>::NAME);
            )*
        };
    }

    #[test]
    fn paths_and_fields_agree() {
        for_each_endpoint!(check);
        for_each_socket!(check);
    }

    #[test]
    fn a_name_cannot_leave_its_segment() {
        for name in ["a/b", "a?b", "a#b", "a%2fb", "é", "a b"] {
            let encoded = segment(name);
            assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~%".contains(&b)), "{encoded}");
        }
    }
}

//! Failures in words: what happened, then what to do next.

use shared::{ApiError, ErrorCode};

use crate::{
    i18n::{I18n, t_string},
    ui::format,
};

/// One or two sentences for a failure; tracked. What only the engine can say is quoted.
pub(crate) fn error_text(i18n: I18n, error: &ApiError) -> String {
    let message = error.told().to_owned();
    match error.code {
        // The page itself never shows a token.
        ErrorCode::SignedOut | ErrorCode::BadToken => t_string!(i18n, common.error.signed_out),
        ErrorCode::BadCredentials => t_string!(i18n, common.error.bad_credentials),
        ErrorCode::FactorNeeded => t_string!(i18n, common.error.factor_needed),
        ErrorCode::BadCode => t_string!(i18n, common.error.bad_code),
        ErrorCode::ConfirmationNeeded => t_string!(i18n, common.error.confirmation_needed),
        ErrorCode::FactorRequired => t_string!(i18n, common.error.factor_required),
        ErrorCode::BadSetupCode => t_string!(i18n, common.error.bad_setup_code),
        ErrorCode::TooManyAttempts => match error.retry_after_seconds {
            Some(seconds) => {
                let time = format::duration(i18n, i64::from(seconds) * format::SECOND);
                t_string!(i18n, common.error.too_many_attempts, time = time)
            }
            None => t_string!(i18n, common.error.too_many_attempts_later),
        },
        ErrorCode::Forbidden | ErrorCode::NotForTokens => t_string!(i18n, common.error.forbidden),
        ErrorCode::ForeignOrigin => t_string!(i18n, common.error.foreign_origin),
        ErrorCode::NotFound => t_string!(i18n, common.error.not_found),
        ErrorCode::Conflict => t_string!(i18n, common.error.conflict, message = message),
        ErrorCode::Invalid => t_string!(i18n, common.error.invalid, message = message),
        ErrorCode::TooLarge => t_string!(i18n, common.error.too_large),
        ErrorCode::EngineRefused => t_string!(i18n, common.error.engine_refused, message = message),
        ErrorCode::EngineUnable => t_string!(i18n, common.error.engine_unable, message = message),
        ErrorCode::EngineUnreachable => t_string!(i18n, common.error.engine_unreachable),
        ErrorCode::EngineTimeout => t_string!(i18n, common.error.engine_timeout),
        ErrorCode::Internal => t_string!(i18n, common.error.internal, request = error.request_id.clone()),
        ErrorCode::Busy => t_string!(i18n, common.error.busy),
        ErrorCode::Network => t_string!(i18n, common.error.network),
    }
}

/// Why a person may not do something to the target, if nothing that they hold allows it; tracked.
pub(crate) fn why_not(
    i18n: I18n,
    session: crate::session::SessionContext,
    permission: shared::Permission,
    target: shared::Target<'_>,
) -> Option<String> {
    (!session.may(permission, target)).then(|| needs_role(i18n, permission))
}

/// Why a person may not create containers in an environment, not even in one stack of it; tracked.
pub(crate) fn why_not_create(
    i18n: I18n,
    session: crate::session::SessionContext,
    environment: &shared::EnvironmentId,
) -> Option<String> {
    why_not_within(i18n, session, shared::Permission::ContainerCreate, environment)
}

/// Why a person may not do something on anything in an environment; tracked.
pub(crate) fn why_not_within(
    i18n: I18n,
    session: crate::session::SessionContext,
    permission: shared::Permission,
    environment: &shared::EnvironmentId,
) -> Option<String> {
    (!session.may_within(permission, environment)).then(|| needs_role(i18n, permission))
}

/// Who may: the least role that holds a permission; tracked.
fn needs_role(i18n: I18n, permission: shared::Permission) -> String {
    match shared::Role::least(permission) {
        shared::Role::Viewer | shared::Role::Operator => t_string!(i18n, common.needs_role.operator),
        shared::Role::Deployer => t_string!(i18n, common.needs_role.deployer),
        shared::Role::EnvironmentAdmin => t_string!(i18n, common.needs_role.environment_admin),
        shared::Role::Admin => t_string!(i18n, common.needs_role.admin),
    }
}

/// The name of somebody's role on everything, or that they have none there; tracked.
pub(crate) fn role_name(i18n: I18n, role: Option<shared::Role>) -> String {
    match role {
        None => t_string!(i18n, common.role.partial),
        Some(shared::Role::Viewer) => t_string!(i18n, common.role.viewer),
        Some(shared::Role::Operator) => t_string!(i18n, common.role.operator),
        Some(shared::Role::Deployer) => t_string!(i18n, common.role.deployer),
        Some(shared::Role::EnvironmentAdmin) => t_string!(i18n, common.role.environment_admin),
        Some(shared::Role::Admin) => t_string!(i18n, common.role.admin),
    }
}

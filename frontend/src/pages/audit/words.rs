//! Operations and results in words.

use shared::audit::AuditResult;

use crate::{
    i18n::{I18n, t_string},
    ui::icon::Icon,
};

pub(super) fn result_icon(result: AuditResult) -> Icon {
    match result {
        AuditResult::Started => Icon::Circle,
        AuditResult::Done => Icon::CheckCircle,
        AuditResult::Refused => Icon::Lock,
        AuditResult::Failed => Icon::XCircle,
    }
}

pub(super) fn result_word(i18n: I18n, result: AuditResult) -> String {
    match result {
        AuditResult::Started => t_string!(i18n, audit.results.started),
        AuditResult::Done => t_string!(i18n, audit.results.done),
        AuditResult::Refused => t_string!(i18n, audit.results.refused),
        AuditResult::Failed => t_string!(i18n, audit.results.failed),
    }
}

/// Declares the operations that have words, in the order of the filter's list.
macro_rules! actions {
    ($($name:literal => $key:ident),* $(,)?) => {
        /// Their names.
        pub(super) const ACTIONS: &[&str] = &[$($name),*];

        /// An operation's name in words; one that is not known here stands as it is.
        pub(super) fn action_word(i18n: I18n, action: &str) -> String {
            match action {
                $($name => t_string!(i18n, audit.actions.$key),)*
                other => other.to_owned(),
            }
        }
    };
}

actions! {
    "SignIn" => sign_in,
    "SignOut" => sign_out,
    "CompleteSetup" => complete_setup,
    "CreateContainer" => create_container,
    "StartContainer" => start_container,
    "StopContainer" => stop_container,
    "RestartContainer" => restart_container,
    "PauseContainer" => pause_container,
    "UnpauseContainer" => unpause_container,
    "KillContainer" => kill_container,
    "RenameContainer" => rename_container,
    "RemoveContainer" => remove_container,
    "OpenTerminal" => open_terminal,
    "AttachContainer" => attach_container,
    "TransferOwnership" => transfer_ownership,
    "CreateUser" => create_user,
    "UpdateUser" => update_user,
    "RemoveUser" => remove_user,
    "CreateTeam" => create_team,
    "UpdateTeam" => update_team,
    "RemoveTeam" => remove_team,
    "AddMember" => add_member,
    "RemoveMember" => remove_member,
    "CreateRole" => create_role,
    "UpdateRole" => update_role,
    "RemoveRole" => remove_role,
    "GiveGrant" => give_grant,
    "TakeGrant" => take_grant,
    "ResetPassword" => reset_password,
    "MakeAdmin" => make_admin,
    "EnableUser" => enable_user,
    "DisableUser" => disable_user,
    "FinishSignIn" => finish_sign_in,
    "ConfirmIdentity" => confirm_identity,
    "EndConfirmation" => end_confirmation,
    "ChangePassword" => change_password,
    "EndSession" => end_session,
    "EndOtherSessions" => end_other_sessions,
    "BeginFactor" => begin_factor,
    "ConfirmFactor" => confirm_factor,
    "RemoveFactor" => remove_factor,
    "RenewRecoveryCodes" => renew_recovery_codes,
    "ResetFactor" => reset_factor,
    "CreateToken" => create_token,
    "RevokeToken" => revoke_token,
    "RevokeUserToken" => revoke_user_token,
    "UpdatePreferences" => update_preferences,
    "UpdatePolicy" => update_policy,
    "ResetPolicy" => reset_policy,
    "PullImage" => pull_image,
    "CancelJob" => cancel_job,
    "JobEnded" => job_ended,
    "TryProxies" => try_proxies,
    "RotateKey" => rotate_key,
    "ExportAudit" => export_audit,
    "VerifyAudit" => verify_audit,
    "PruneAudit" => prune_audit,
    "FindAuditGap" => find_audit_gap,
    "BeginAuditChain" => begin_audit_chain,
    "RefusedStrangers" => refused_strangers,
}

#[cfg(test)]
mod tests {
    use shared::{Endpoint, Socket, endpoint::Operation};

    use super::ACTIONS;

    #[test]
    fn each_operation_that_is_recorded_has_words() {
        macro_rules! endpoints {
            ($($one:ty),* $(,)?) => { [$((<$one>::NAME, <$one>::METHOD.mutates())),*].to_vec() };
        }
        macro_rules! sockets {
            ($($one:ty),* $(,)?) => { [$((<$one>::NAME, <$one>::MUTATES)),*].to_vec() };
        }
        let all: Vec<(&str, bool)> =
            [shared::for_each_endpoint!(endpoints), shared::for_each_socket!(sockets)].concat();
        let missing: Vec<_> =
            all.iter().filter(|(name, mutates)| *mutates && !ACTIONS.contains(name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

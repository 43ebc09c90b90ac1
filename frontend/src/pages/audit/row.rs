//! One row of the audit, in words.

use leptos::prelude::*;
use shared::audit::{AuditResult, AuditRow};

use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    ui::{
        clock::Ago,
        icon::{Icon, IconView},
    },
};

/// The row.
#[component]
pub(super) fn AuditRowView(
    /// What was recorded.
    row: AuditRow,
) -> impl IntoView {
    let i18n = use_i18n();
    let action = row.action.clone();
    view! {
        <tr role="row">
            <td role="cell" data-col="time">
                <Ago at=row.at />
            </td>
            <td role="cell" data-col="result">
                <span
                    class="audit-result"
                    data-result=result_key(row.result)
                    title=move || (row.result == AuditResult::Started).then(|| t_string!(i18n, audit.started_hint))
                >
                    <IconView icon=result_icon(row.result) small=true />
                    {move || result_word(i18n, row.result)}
                </span>
            </td>
            <td role="cell" data-col="actor">
                {if row.actor.is_empty() {
                    view! { <span class="faint">{t!(i18n, audit.nobody)}</span> }.into_any()
                } else {
                    view! { <span class="truncate" title=row.actor.clone()>{row.actor.clone()}</span> }.into_any()
                }}
            </td>
            <td role="cell" data-col="action" title=row.action>
                {move || action_word(i18n, &action)}
            </td>
            <td role="cell" data-col="target">
                <span class="audit-target">
                    {(!row.target.is_empty())
                        .then(|| view! { <code title=row.target.clone()>{row.target.clone()}</code> })}
                    {(!row.detail.is_empty()).then(|| view! { <span>{row.detail}</span> })}
                </span>
            </td>
            <td role="cell" data-col="address">
                <code>{row.address}</code>
            </td>
        </tr>
    }
}

fn result_key(result: AuditResult) -> &'static str {
    match result {
        AuditResult::Started => "started",
        AuditResult::Done => "done",
        AuditResult::Refused => "refused",
        AuditResult::Failed => "failed",
    }
}

fn result_icon(result: AuditResult) -> Icon {
    match result {
        AuditResult::Started => Icon::Circle,
        AuditResult::Done => Icon::CheckCircle,
        AuditResult::Refused => Icon::Lock,
        AuditResult::Failed => Icon::XCircle,
    }
}

fn result_word(i18n: I18n, result: AuditResult) -> String {
    match result {
        AuditResult::Started => t_string!(i18n, audit.results.started),
        AuditResult::Done => t_string!(i18n, audit.results.done),
        AuditResult::Refused => t_string!(i18n, audit.results.refused),
        AuditResult::Failed => t_string!(i18n, audit.results.failed),
    }
}

/// An operation's name in words; one that is not known here stands as it is.
fn action_word(i18n: I18n, action: &str) -> String {
    match action {
        "CompleteSetup" => t_string!(i18n, audit.actions.complete_setup),
        "SignIn" => t_string!(i18n, audit.actions.sign_in),
        "SignOut" => t_string!(i18n, audit.actions.sign_out),
        "CreateUser" => t_string!(i18n, audit.actions.create_user),
        "UpdateUser" => t_string!(i18n, audit.actions.update_user),
        "StartContainer" => t_string!(i18n, audit.actions.start_container),
        "StopContainer" => t_string!(i18n, audit.actions.stop_container),
        "RestartContainer" => t_string!(i18n, audit.actions.restart_container),
        "PauseContainer" => t_string!(i18n, audit.actions.pause_container),
        "UnpauseContainer" => t_string!(i18n, audit.actions.unpause_container),
        "KillContainer" => t_string!(i18n, audit.actions.kill_container),
        "RenameContainer" => t_string!(i18n, audit.actions.rename_container),
        "RemoveContainer" => t_string!(i18n, audit.actions.remove_container),
        "OpenTerminal" => t_string!(i18n, audit.actions.open_terminal),
        "AttachContainer" => t_string!(i18n, audit.actions.attach_container),
        "ResetPassword" => t_string!(i18n, audit.actions.reset_password),
        "RemoveUser" => t_string!(i18n, audit.actions.remove_user),
        "CreateTeam" => t_string!(i18n, audit.actions.create_team),
        "UpdateTeam" => t_string!(i18n, audit.actions.update_team),
        "RemoveTeam" => t_string!(i18n, audit.actions.remove_team),
        "AddMember" => t_string!(i18n, audit.actions.add_member),
        "RemoveMember" => t_string!(i18n, audit.actions.remove_member),
        "CreateRole" => t_string!(i18n, audit.actions.create_role),
        "UpdateRole" => t_string!(i18n, audit.actions.update_role),
        "RemoveRole" => t_string!(i18n, audit.actions.remove_role),
        "GiveGrant" => t_string!(i18n, audit.actions.give_grant),
        "TakeGrant" => t_string!(i18n, audit.actions.take_grant),
        "TransferOwnership" => t_string!(i18n, audit.actions.transfer_ownership),
        "MakeAdmin" => t_string!(i18n, audit.actions.make_admin),
        "EnableUser" => t_string!(i18n, audit.actions.enable_user),
        "DisableUser" => t_string!(i18n, audit.actions.disable_user),
        other => other.to_owned(),
    }
}

//! The overview of a container: what is wrong first, then every fact that matters, in cards.

mod cards;
mod health;
mod networks;
mod owner;
mod security;
mod trouble;

use leptos::prelude::*;
use shared::{Permission, commands, containers::ContainerInspect};

use super::{
    figures::Figures,
    parts::{CommandFoot, EnvShown},
    subject::Subject,
};
use crate::{
    components::error_text::error_text,
    i18n::{t, use_i18n},
    session::use_session,
    ui::{badge::Tone, button::Button, notice::Notice, progress::Busy},
};
use cards::{EnvCard, LabelsCard, LifeCard, LimitsCard, MountsCard, PortsCard, ProcessCard, SummaryCard};
use health::HealthCard;
use networks::NetworksCard;
use owner::OwnerCard;
use security::SecurityCard;
use trouble::Trouble;

/// The view.
#[component]
pub(super) fn OverviewTab(
    /// The container.
    subject: Subject,
    /// Whether the environment's values are shown.
    shown: EnvShown,
    /// What it uses.
    figures: Figures,
) -> impl IntoView {
    let i18n = use_i18n();
    let session = use_session();
    let allowed = Memo::new(move |_| subject.may(session, Permission::ContainerLogs));
    let command = move || commands::line(&commands::on_containers("inspect", &[], &[subject.name()]));
    view! {
        <div class="tab-scroll">
            <div class="page-body fact-cards">
                <Trouble subject />
                <Show when=move || !allowed.get()>
                    <Notice
                        title=t!(i18n, container.forbidden)
                        text=t!(i18n, container.forbidden_details)
                    />
                    <SummaryCard subject />
                </Show>
                {move || {
                    subject
                        .details
                        .failure()
                        .filter(|_| subject.gone_at.with(Option::is_none))
                        .map(|error| {
                            view! {
                                <Notice
                                    tone=Tone::Danger
                                    title=t!(i18n, container.inspect_failed)
                                    text=move || error_text(i18n, &error)
                                >
                                    <Button
                                        label=t!(i18n, common.retry)
                                        pending=subject.details.pending()
                                        on_press=move || subject.read_details()
                                    />
                                </Notice>
                            }
                        })
                }}
                <Show when=move || {
                    subject.details.pending().get() && subject.details.with(|details| details.is_none())
                }>
                    <div class="late">
                        <Busy label=t!(i18n, common.loading) />
                    </div>
                </Show>
                <PortsCard subject />
                {move || subject.details.value().map(|inspect| view! { <Cards inspect shown figures /> })}
                <OwnerCard subject />
            </div>
        </div>
        <CommandFoot command=Signal::derive(command) />
    }
}

/// The cards that are made of the engine's document.
#[component]
fn Cards(inspect: ContainerInspect, shown: EnvShown, figures: Figures) -> impl IntoView {
    view! {
        <ProcessCard inspect=inspect.clone() />
        <LifeCard inspect=inspect.clone() />
        <HealthCard inspect=inspect.clone() />
        <MountsCard inspect=inspect.clone() />
        <NetworksCard inspect=inspect.clone() />
        <LimitsCard inspect=inspect.clone() figures />
        <SecurityCard inspect=inspect.clone() />
        <EnvCard inspect=inspect.clone() shown />
        <LabelsCard inspect />
    }
}

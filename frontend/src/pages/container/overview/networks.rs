//! The networks a container is in, and where it is found there.

use leptos::prelude::*;
use shared::containers::{ContainerInspect, NetworkAttachment};

use super::{
    super::parts::{Fact, Facts},
    cards::FactCard,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::icon::{Icon, IconView},
};

/// The card.
#[component]
pub(super) fn NetworksCard(inspect: ContainerInspect) -> impl IntoView {
    let i18n = use_i18n();
    let mode = inspect.details.network_mode.clone();
    let networks = inspect.details.networks;
    let facts = move || vec![(t_string!(i18n, container.networks.mode), mode.clone())];
    view! {
        <FactCard id="networks-title" title=t!(i18n, container.networks.title)>
            {if networks.is_empty() {
                view! { <p class="faint">{t!(i18n, container.networks.none)}</p> }.into_any()
            } else {
                networks.into_iter().map(|network| view! { <Network network /> }).collect_view().into_any()
            }}
            {move || view! { <Facts facts=facts() /> }}
        </FactCard>
    }
}

#[component]
fn Network(network: NetworkAttachment) -> impl IntoView {
    let i18n = use_i18n();
    let name = network.name.clone();
    let addresses = move || -> Vec<Fact> {
        let addresses: Vec<String> =
            [network.ipv4.clone(), network.ipv6.clone()].into_iter().flatten().collect();
        vec![
            (t_string!(i18n, container.networks.address), Some(addresses.join(", "))),
            (t_string!(i18n, container.networks.mac), network.mac.clone()),
            (t_string!(i18n, container.networks.aliases), Some(network.aliases.join(", "))),
        ]
    };
    view! {
        <div class="fact-group">
            <h3>
                <IconView icon=Icon::Network small=true />
                {name}
            </h3>
            {move || view! { <Facts facts=addresses() /> }}
        </div>
    }
}

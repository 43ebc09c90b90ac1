//! What the container may do beyond its own walls: each setting that reaches the host, with its reason.

use leptos::prelude::*;
use shared::containers::{ContainerInspect, HostAccess, Namespace, host_access};

use super::{
    super::parts::{Fact, Facts},
    cards::FactCard,
};
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    ui::{
        badge::{Badge, Tone},
        icon::{Icon, IconView},
    },
};

/// The card; the badge in the page's head leads here.
#[component]
pub(super) fn SecurityCard(inspect: ContainerInspect) -> impl IntoView {
    let i18n = use_i18n();
    let found = host_access(&inspect);
    let any = !found.is_empty();
    let details = inspect.details;
    let facts = move || -> Vec<Fact> {
        let root = if details.read_only {
            t_string!(i18n, container.security.read_only)
        } else {
            t_string!(i18n, container.security.writable)
        };
        let privileged =
            if details.privileged { t_string!(i18n, container.yes) } else { t_string!(i18n, container.no) };
        vec![
            (t_string!(i18n, container.security.privileged), Some(privileged)),
            (t_string!(i18n, container.security.root_fs), Some(root)),
            (t_string!(i18n, container.security.cap_add), Some(details.cap_add.join(", "))),
            (t_string!(i18n, container.security.cap_drop), Some(details.cap_drop.join(", "))),
            (t_string!(i18n, container.security.options), Some(details.security_options.join(", "))),
        ]
    };
    view! {
        <FactCard
            id="security-title"
            title=t!(i18n, container.security.title)
            head=move || {
                any.then(|| {
                    view! { <Badge label=t!(i18n, container.host.badge) tone=Tone::Host icon=Icon::ShieldAlert /> }
                })
            }
        >
            {move || view! { <Facts facts=facts() /> }}
            {any
                .then(|| {
                    view! {
                        <div class="fact-group">
                            <h3>{t!(i18n, container.host.title)}</h3>
                            <p class="field-hint">{t!(i18n, container.host.text)}</p>
                            <ul class="host-reasons">
                                {found
                                    .into_iter()
                                    .map(|access| {
                                        view! {
                                            <li>
                                                <IconView icon=Icon::ShieldAlert small=true />
                                                <span>{move || reason(i18n, &access)}</span>
                                            </li>
                                        }
                                    })
                                    .collect_view()}
                            </ul>
                        </div>
                    }
                })}
        </FactCard>
    }
}

fn reason(i18n: I18n, access: &HostAccess) -> String {
    match access.clone() {
        HostAccess::Privileged => t_string!(i18n, container.host.privileged),
        HostAccess::Capability(name) => t_string!(i18n, container.host.capability, name = name),
        HostAccess::EngineSocket { target } => t_string!(i18n, container.host.engine_socket, target = target),
        HostAccess::HostPath { source, target, writable: true } => {
            t_string!(i18n, container.host.host_path, source = source, target = target)
        }
        HostAccess::HostPath { source, target, writable: false } => {
            t_string!(i18n, container.host.host_path_read, source = source, target = target)
        }
        HostAccess::HostNamespace(namespace) => {
            t_string!(i18n, container.host.host_namespace, what = namespace_word(i18n, namespace))
        }
        HostAccess::SharedNamespace(namespace, other) => {
            let other = other.get(..12).filter(|_| other.len() == 64).unwrap_or(&other).to_owned();
            t_string!(
                i18n,
                container.host.shared_namespace,
                what = namespace_word(i18n, namespace),
                other = other
            )
        }
        HostAccess::Device(name) => t_string!(i18n, container.host.device, name = name),
        HostAccess::SecurityOption(name) => t_string!(i18n, container.host.security_option, name = name),
        HostAccess::UnmaskedPaths => t_string!(i18n, container.host.unmasked),
        HostAccess::Volume(name) => t_string!(i18n, container.host.volume, name = name),
        HostAccess::Setting(name) => t_string!(i18n, container.host.setting, name = name),
        HostAccess::CgroupParent(name) => t_string!(i18n, container.host.cgroup_parent, name = name),
    }
}

fn namespace_word(i18n: I18n, namespace: Namespace) -> String {
    match namespace {
        Namespace::Network => t_string!(i18n, container.host.namespace.network),
        Namespace::Processes => t_string!(i18n, container.host.namespace.processes),
        Namespace::Ipc => t_string!(i18n, container.host.namespace.ipc),
        Namespace::HostName => t_string!(i18n, container.host.namespace.host_name),
        Namespace::Users => t_string!(i18n, container.host.namespace.users),
    }
}

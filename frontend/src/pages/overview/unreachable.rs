//! Why the engine does not answer, and what to do: each cause has its own advice, with what to type.

use leptos::prelude::*;
use shared::{UnixMillis, environments::UnreachableReason};

use crate::{
    components::engine_status::advice,
    i18n::{I18n, t, t_string, use_i18n},
    ui::{
        copy::CommandLine,
        format,
        icon::{Icon, IconView},
    },
};

/// The notice at the head of the page.
#[component]
pub(super) fn Unreachable(
    /// Since when.
    since: UnixMillis,
    /// Why.
    reason: UnreachableReason,
    /// The cause in the words of the system.
    detail: String,
    /// Whether something of the engine is known from before, and so is stale.
    stale: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="notice" data-tone="danger" role="alert" aria-labelledby="unreachable-title">
            <IconView icon=Icon::PlugOff />
            <div>
                <strong id="unreachable-title">{move || advice(i18n, reason).0}</strong>
                <p>{move || advice(i18n, reason).1}</p>
                <ul class="advice">
                    {commands(reason)
                        .iter()
                        .map(|(place, command)| {
                            view! {
                                <li>
                                    <span class="field-hint">{move || place.word(i18n)}</span>
                                    <CommandLine command=(*command).to_owned() />
                                </li>
                            }
                        })
                        .collect_view()}
                    {(!detail.is_empty())
                        .then(|| {
                            view! {
                                <li>
                                    <span class="field-hint">{t!(i18n, overview.unreachable.detail)}</span>
                                    <code>{detail}</code>
                                </li>
                            }
                        })}
                    <li>
                        <p>
                            {t!(i18n, overview.unreachable.heals)}
                            {stale
                                .then(|| {
                                    let when = move || {
                                        t_string!(
                                            i18n,
                                            overview.unreachable.stale,
                                            time = format::date_time(i18n, since)
                                        )
                                    };
                                    view! {
                                        " "
                                        {when}
                                    }
                                })}
                        </p>
                    </li>
                </ul>
            </div>
        </section>
    }
}

/// Where a command is typed.
#[derive(Clone, Copy)]
enum Place {
    Host,
    Container,
}

impl Place {
    fn word(self, i18n: I18n) -> String {
        match self {
            Self::Host => t_string!(i18n, overview.unreachable.on_host),
            Self::Container => t_string!(i18n, overview.unreachable.in_container),
        }
    }
}

fn commands(reason: UnreachableReason) -> &'static [(Place, &'static str)] {
    match reason {
        UnreachableReason::NoSocket => &[
            (Place::Host, "sudo systemctl start docker"),
            (Place::Container, "docker run -v /var/run/docker.sock:/var/run/docker.sock …"),
        ],
        UnreachableReason::PermissionDenied => &[
            (Place::Host, "sudo usermod -aG docker \"$USER\""),
            (Place::Container, "docker run --group-add \"$(stat -c %g /var/run/docker.sock)\" …"),
        ],
        UnreachableReason::Refused | UnreachableReason::Lost => {
            &[(Place::Host, "sudo systemctl start docker"), (Place::Host, "sudo journalctl -u docker -n 50")]
        }
        UnreachableReason::NotResponding => &[
            (Place::Host, "sudo journalctl -u docker -n 50"),
            (Place::Host, "sudo systemctl restart docker"),
        ],
        UnreachableReason::NotAnEngine => &[(Place::Host, "echo \"$DOCKER_HOST\"")],
        UnreachableReason::TlsFailed => &[
            (
                Place::Host,
                "openssl verify -CAfile \"$DOCKER_CERT_PATH/ca.pem\" \"$DOCKER_CERT_PATH/cert.pem\"",
            ),
            (Place::Host, "docker --tlsverify version"),
        ],
    }
}

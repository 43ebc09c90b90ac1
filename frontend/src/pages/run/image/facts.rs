//! What the image has: what a container of it gets unless the form says otherwise.

use leptos::prelude::*;
use shared::{images::ImageDetails, run::flags};

use super::images::{Details, use_images};
use crate::{
    components::error_text::error_text,
    i18n::{t, t_count, t_string, use_i18n},
    pages::run::form::{Form, use_form},
    ui::{
        button::{Button, Size},
        format,
        icon::{Icon, IconView},
        progress::Busy,
    },
};

/// See the module.
#[component]
pub(super) fn ImageFacts() -> impl IntoView {
    let i18n = use_i18n();
    let images = use_images();
    view! {
        <Show when=move || images.details_pending().get() && images.details().is_none()>
            <div class="late">
                <Busy label=t!(i18n, run.pick.reading) />
            </div>
        </Show>
        {move || {
            images
                .details_failure()
                .map(|error| {
                    let why = error_text(i18n, &error);
                    view! { <p class="field-hint">{t_string!(i18n, run.pick.details_unread, why = why)}</p> }
                })
        }}
        {move || images.details().map(|details| view! { <Facts details /> })}
    }
}

#[component]
fn Facts(details: Details) -> impl IntoView {
    let i18n = use_i18n();
    let form = use_form();
    let words = details.words();
    let ImageDetails {
        size,
        platform,
        env,
        ports,
        volumes,
        user,
        workdir,
        healthcheck,
        stop_signal,
        labels,
        ..
    } = details.0;
    // The command stands at its own field.
    let healthcheck = healthcheck.join(" ");
    let texts = [
        (t!(i18n, run.pick.runs), words),
        (t!(i18n, run.pick.user), user),
        (t!(i18n, run.pick.workdir), workdir),
        (t!(i18n, run.pick.volumes), volumes.join(", ")),
        (t!(i18n, run.pick.healthcheck), healthcheck),
        (t!(i18n, run.pick.stop_signal), stop_signal),
    ];
    let about = move || {
        let size = format::disk(i18n, size.0);
        t_string!(i18n, run.pick.about, platform = platform.clone(), size = size)
    };
    let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
    view! {
        <details class="fold image-facts" open>
            <summary>
                <IconView icon=Icon::ChevronRight small=true />
                <span>{t!(i18n, run.pick.has)}</span>
                <span class="muted">{about}</span>
            </summary>
            <dl class="facts" data-dense="">
                {texts
                    .map(|(name, text)| view! { <dt>{name}</dt><dd><code>{text}</code></dd> })
                    .collect_view()}
                {(!ports.is_empty())
                    .then(|| {
                        view! {
                            <dt>{t!(i18n, run.pick.ports)}</dt>
                            <dd class="cluster">
                                {ports.into_iter().map(|port| view! { <Port form port /> }).collect_view()}
                            </dd>
                        }
                    })}
                {(labels > 0)
                    .then(|| {
                        view! {
                            <dt>{t!(i18n, run.pick.labels)}</dt>
                            <dd>{move || t_count!(i18n, labels, run.pick.labels_count)}</dd>
                        }
                    })}
            </dl>
            {(!env.is_empty()).then(|| view! { <Environment env /> })}
        </details>
    }
}

/// A port that the image says it listens on, and a way to publish it.
#[component]
fn Port(form: Form, port: String) -> impl IntoView {
    let i18n = use_i18n();
    let line = publish_line(&port);
    let wanted = line.clone();
    let published = Memo::new(move |_| {
        let inside = wanted.rsplit(':').next().unwrap_or_default().to_owned();
        form.reading.with(|reading| {
            let ports = &reading.spec.network.ports;
            ports.iter().any(|known| known.to_string().rsplit(':').next() == Some(inside.as_str()))
        })
    });
    let label = port.clone();
    let add = move || {
        if let Some(flag) = flags::by_long("publish") {
            form.add(flag, Some(line.clone()));
        }
    };
    view! {
        <Show when=move || published.get() fallback={
            let add = add.clone();
            move || {
                let (add, label) = (add.clone(), label.clone());
                view! {
                    <Button
                        label=move || t_string!(i18n, run.pick.publish, port = label.clone())
                        icon=Icon::Plus
                        size=Size::Small
                        on_press=add
                    />
                }
            }
        }>
            <code>{port.clone()}</code>
        </Show>
    }
}

/// How a port is published in the same number, or one that needs no host access: 80 at 8080.
fn publish_line(port: &str) -> String {
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    let host = match number.parse::<u16>() {
        Ok(low @ 1..1024) => (low + 8000).to_string(),
        _ => number.to_owned(),
    };
    let protocol = if protocol == "tcp" { String::new() } else { format!("/{protocol}") };
    format!("{host}:{number}{protocol}")
}

#[component]
fn Environment(env: Vec<String>) -> impl IntoView {
    let i18n = use_i18n();
    let count = env.len();
    view! {
        <details class="fold image-env">
            <summary>
                <IconView icon=Icon::ChevronRight small=true />
                {move || t_count!(i18n, count, run.pick.env)}
            </summary>
            <ul>{env.into_iter().map(|one| view! { <li><code>{one}</code></li> }).collect_view()}</ul>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::publish_line;

    #[test]
    fn a_low_port_is_published_where_no_host_access_is_needed() {
        for (port, line) in [
            ("80/tcp", "8080:80"),
            ("53/udp", "8053:53/udp"),
            ("5432/tcp", "5432:5432"),
            ("8000", "8000:8000"),
        ] {
            assert_eq!(publish_line(port), line);
        }
    }
}

//! What the health check said last, in its own words.

use leptos::prelude::*;
use shared::containers::{ContainerInspect, Health, HealthDetails};

use super::{
    super::parts::{Fact, Facts},
    cards::FactCard,
};
use crate::{
    i18n::{I18n, t, t_string, use_i18n},
    ui::{clock::Ago, format, state::StateGlyph},
};

/// The card; nothing for a container without a check.
#[component]
pub(super) fn HealthCard(inspect: ContainerInspect) -> impl IntoView {
    let i18n = use_i18n();
    inspect.details.health.map(|health| {
        let (key, status) = (health_key(health.status), health.status);
        let output = health.last_output.clone().unwrap_or_default();
        let has_run = health.last_at.is_some();
        let last_at = health.last_at;
        let facts = move || health_facts(i18n, &health);
        view! {
            <FactCard id="health-title" title=t!(i18n, container.health.title)>
                <dl class="facts" data-dense="">
                    <dt>{t!(i18n, container.health.status)}</dt>
                    <dd>
                        <span class="state" data-state=key>
                            <StateGlyph state=key />
                            <span class="state-word">{move || health_word(i18n, status)}</span>
                        </span>
                    </dd>
                    {last_at
                        .map(|at| {
                            view! {
                                <dt>{t!(i18n, container.health.last)}</dt>
                                <dd>
                                    <Ago at=at />
                                </dd>
                            }
                        })}
                </dl>
                {move || view! { <Facts facts=facts() /> }}
                {has_run
                    .then(|| {
                        if output.trim().is_empty() {
                            view! { <p class="field-hint">{t!(i18n, container.health.no_output)}</p> }.into_any()
                        } else {
                            view! {
                                <pre
                                    class="health-output"
                                    tabindex="0"
                                    aria-label=t!(i18n, container.health.output)
                                >
                                    {output}
                                </pre>
                            }
                                .into_any()
                        }
                    })}
            </FactCard>
        }
    })
}

fn health_facts(i18n: I18n, health: &HealthDetails) -> Vec<Fact> {
    let streak = u64::try_from(health.failing_streak).ok().filter(|streak| *streak > 0);
    vec![
        (t_string!(i18n, container.health.exit), health.last_exit_code.map(|code| code.to_string())),
        (t_string!(i18n, container.health.streak), streak.map(|streak| format::count(i18n, streak))),
    ]
}

fn health_key(health: Health) -> &'static str {
    match health {
        Health::Starting => "starting",
        Health::Healthy => "healthy",
        Health::Unhealthy => "unhealthy",
    }
}

fn health_word(i18n: I18n, health: Health) -> String {
    match health {
        Health::Starting => t_string!(i18n, common.condition.starting),
        Health::Healthy => t_string!(i18n, common.condition.healthy),
        Health::Unhealthy => t_string!(i18n, common.condition.unhealthy),
    }
}

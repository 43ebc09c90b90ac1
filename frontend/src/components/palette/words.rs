//! The palette's words: pages, verbs, a container's views, settings.

use shared::{
    EnvironmentId, Permission,
    containers::{ContainerAction, ContainerSummary},
};

use super::entries::{Act, Entry, Group};
use crate::{
    components::{
        container_actions::action_label,
        error_text::{why_not, why_not_create},
        theme::{Theme, ThemeChoice},
    },
    i18n::{I18n, Locale, t_string},
    paths,
    session::SessionContext,
    ui::icon::Icon,
};

/// A page of the console.
#[derive(Clone, Copy)]
pub(super) enum Page {
    Overview,
    Containers,
    Run,
    Jobs,
    Users,
    Teams,
    Policy,
    Audit,
    Commands,
    Account,
}

impl Page {
    pub(super) const ALL: [Self; 10] = [
        Self::Overview,
        Self::Containers,
        Self::Run,
        Self::Jobs,
        Self::Users,
        Self::Teams,
        Self::Policy,
        Self::Audit,
        Self::Commands,
        Self::Account,
    ];

    /// What one needs to be told of it.
    pub(super) fn needs(self) -> Option<Permission> {
        match self {
            Self::Overview | Self::Containers | Self::Run | Self::Jobs | Self::Commands | Self::Account => {
                None
            }
            Self::Users | Self::Teams => Some(Permission::UserManage),
            Self::Policy => Some(Permission::SettingsManage),
            Self::Audit => Some(Permission::AuditView),
        }
    }

    /// Why it cannot be used.
    pub(super) fn why_off(
        self,
        i18n: I18n,
        session: SessionContext,
        environment: &EnvironmentId,
    ) -> Option<String> {
        match self {
            Self::Run => why_not_create(i18n, session, environment),
            Self::Overview
            | Self::Containers
            | Self::Jobs
            | Self::Users
            | Self::Teams
            | Self::Policy
            | Self::Audit
            | Self::Commands
            | Self::Account => None,
        }
    }

    pub(super) fn icon(self) -> Icon {
        match self {
            Self::Overview => Icon::Overview,
            Self::Containers => Icon::Container,
            Self::Run => Icon::Plus,
            Self::Jobs => Icon::Activity,
            Self::Users | Self::Teams => Icon::Users,
            Self::Policy => Icon::Shield,
            Self::Audit => Icon::Audit,
            Self::Commands => Icon::History,
            Self::Account => Icon::User,
        }
    }

    pub(super) fn word(self, i18n: I18n) -> String {
        match self {
            Self::Overview => t_string!(i18n, palette.page.overview),
            Self::Containers => t_string!(i18n, palette.page.containers),
            Self::Run => t_string!(i18n, palette.page.run),
            Self::Jobs => t_string!(i18n, palette.page.jobs),
            Self::Users => t_string!(i18n, palette.page.users),
            Self::Teams => t_string!(i18n, access.teams),
            Self::Policy => t_string!(i18n, policy.title),
            Self::Audit => t_string!(i18n, palette.page.audit),
            Self::Commands => t_string!(i18n, commands.title),
            Self::Account => t_string!(i18n, account.title),
        }
    }

    pub(super) fn path(self, environment: &EnvironmentId) -> String {
        match self {
            Self::Overview => paths::overview(environment),
            Self::Containers => paths::containers(environment),
            Self::Run => paths::run(environment),
            Self::Jobs => paths::jobs(environment),
            Self::Users => paths::users(),
            Self::Teams => paths::teams(),
            Self::Policy => paths::policy(),
            Self::Audit => paths::audit(),
            Self::Commands => paths::commands(),
            Self::Account => paths::account(),
        }
    }
}

/// The verb of an action, without the dots that announce a question.
pub(super) fn verb(i18n: I18n, action: ContainerAction) -> String {
    action_label(i18n, action).trim_end_matches('…').to_owned()
}

/// The views of a container; those that the person's role does not allow say so.
pub(super) fn views(
    i18n: I18n,
    session: SessionContext,
    environment: &EnvironmentId,
    row: &ContainerSummary,
) -> Vec<Entry> {
    let name = row.name.as_str();
    let view = |icon, title: String, path: String, needs: Option<Permission>| Entry {
        container: Some(row.id.clone()),
        disabled_why: needs
            .and_then(|permission| why_not(i18n, session, permission, row.target(environment))),
        ..Entry::new(Group::Actions, icon, title, Act::Go(path))
    };
    let tab = |tab| paths::container_tab(environment, name, tab);
    vec![
        view(
            Icon::Overview,
            t_string!(i18n, palette.open_of, name = name.to_owned()),
            paths::container(environment, name),
            None,
        ),
        view(
            Icon::Logs,
            t_string!(i18n, palette.logs_of, name = name.to_owned()),
            tab("logs"),
            Some(Permission::ContainerLogs),
        ),
        view(
            Icon::Terminal,
            t_string!(i18n, palette.terminal_of, name = name.to_owned()),
            tab("terminal"),
            Some(Permission::ContainerExec),
        ),
        view(
            Icon::Inspect,
            t_string!(i18n, palette.inspect_of, name = name.to_owned()),
            tab("inspect"),
            Some(Permission::ContainerLogs),
        ),
    ]
}

/// Theme, language, sign out.
pub(super) fn settings(i18n: I18n, theme: ThemeChoice) -> Vec<Entry> {
    let themes = [
        (Theme::Light, Icon::Sun, t_string!(i18n, palette.theme.light)),
        (Theme::Dark, Icon::Moon, t_string!(i18n, palette.theme.dark)),
        (Theme::System, Icon::System, t_string!(i18n, palette.theme.system)),
    ];
    let languages = [
        (Locale::en, t_string!(i18n, palette.language.en)),
        (Locale::fr, t_string!(i18n, palette.language.fr)),
    ];
    let current = |is: bool| if is { t_string!(i18n, palette.current) } else { String::new() };
    let mut entries: Vec<Entry> = themes
        .into_iter()
        .map(|(choice, icon, title)| Entry {
            note: current(theme.get() == choice),
            kind: t_string!(i18n, palette.theme_note),
            ..Entry::new(Group::Settings, icon, title, Act::Theme(choice))
        })
        .collect();
    entries.extend(languages.into_iter().map(|(locale, title)| Entry {
        note: current(i18n.locale() == locale),
        kind: t_string!(i18n, palette.language_note),
        ..Entry::new(Group::Settings, Icon::Globe, title, Act::Language(locale))
    }));
    entries.push(Entry::new(Group::Settings, Icon::SignOut, t_string!(i18n, palette.sign_out), Act::SignOut));
    entries
}

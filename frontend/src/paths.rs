//! Every address the page uses: the one place that knows the console may live under a sub-path.
//!
//! Links and calls are made from the page's `longshore-base`, which the server fills in (the content policy
//! forbids a `<base>` element). A path here is whole: it
//! begins with the console's base, so that it works in `href`, in `navigate` and in the address bar alike.

use std::str::FromStr;

use leptos::{oco::Oco, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{query_signal_with_options, use_location, use_navigate},
};
use shared::{EnvironmentId, UserId};

/// The environment that the console begins with.
pub(crate) const LOCAL: &str = "local";

/// The console's base without its last slash: empty, or `/sub/path`.
pub(crate) fn base() -> String {
    let path = base_url().map_or_else(|| "/".to_owned(), |url| url.pathname());
    path.trim_end_matches('/').to_owned()
}

/// A place within the console (`/api/v1/session`) as a path from the server's root.
pub(crate) fn within(path: &str) -> String {
    format!("{}{path}", base())
}

/// A place within the console as a WebSocket address.
pub(crate) fn socket(path: &str) -> Option<String> {
    let url = base_url()?;
    url.set_search("");
    url.set_hash("");
    url.set_protocol(if url.protocol() == "https:" { "wss:" } else { "ws:" });
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    url.set_pathname(&within(path));
    url.set_search(query);
    Some(url.href())
}

/// The address that everything of the console lies under.
pub(crate) fn base_url() -> Option<web_sys::Url> {
    let meta = document().query_selector("meta[name=longshore-base]").ok()??;
    let origin = window().location().origin().ok()?;
    web_sys::Url::new_with_base(&meta.get_attribute("content")?, &origin).ok()
}

/// The overview of an environment.
pub(crate) fn overview(environment: &EnvironmentId) -> String {
    within(&format!("/environments/{environment}"))
}

/// The list of its containers.
pub(crate) fn containers(environment: &EnvironmentId) -> String {
    within(&format!("/environments/{environment}/containers"))
}

/// The form that makes a container.
pub(crate) fn run(environment: &EnvironmentId) -> String {
    within(&format!("/environments/{environment}/run"))
}

/// The jobs of an environment.
pub(crate) fn jobs(environment: &EnvironmentId) -> String {
    within(&format!("/environments/{environment}/jobs"))
}

/// The part of the form's address that names the container it is filled from.
pub(crate) const RUN_FROM: &str = "from";

/// The form that makes another container like one.
pub(crate) fn run_from(environment: &EnvironmentId, container: &str) -> String {
    format!("{}?{RUN_FROM}={}", run(environment), shared::endpoint::segment(container))
}

/// A container's page. A name makes a better bookmark than an id, since it outlives a recreation.
pub(crate) fn container(environment: &EnvironmentId, container: &str) -> String {
    format!("{}/{}", containers(environment), shared::endpoint::segment(container))
}

/// A tab of a container's page: `logs`, `terminal`, `inspect`.
pub(crate) fn container_tab(environment: &EnvironmentId, name: &str, tab: &str) -> String {
    format!("{}/{tab}", container(environment, name))
}

/// The part of a terminal's address that says that the container's own process is attached to at once.
pub(crate) const ATTACHED: &str = "attached";

/// A terminal that is attached to a container that is started for it, or was.
pub(crate) fn container_attached(environment: &EnvironmentId, name: &str) -> String {
    format!("{}?{ATTACHED}=1", container_tab(environment, name, "terminal"))
}

/// The users.
pub(crate) fn users() -> String {
    within("/users")
}

/// One user's access.
pub(crate) fn person(user: UserId) -> String {
    within(&format!("/users/{user}"))
}

/// The teams and the custom roles.
pub(crate) fn teams() -> String {
    within("/teams")
}

/// One's own account.
pub(crate) fn account() -> String {
    within("/account")
}

/// One's own account, to set up a second factor before anything else, with the way back to where one was.
pub(crate) fn account_first(back: &str) -> String {
    let path = account();
    with_back(path, back)
}

/// The part of an address that names where one comes from and goes back to.
pub(crate) const BACK: &str = "back";

fn with_back(path: String, back: &str) -> String {
    if back.is_empty() || back == path {
        path
    } else {
        format!("{path}?{BACK}={}", shared::endpoint::segment(back))
    }
}

/// What holds for everybody.
pub(crate) fn policy() -> String {
    within("/policy")
}

/// The audit log.
pub(crate) fn audit() -> String {
    within("/audit")
}

/// What was done in this tab, as commands.
pub(crate) fn commands() -> String {
    within("/commands")
}

/// The page to set the console up.
pub(crate) fn setup() -> String {
    within("/setup")
}

/// The page to sign in, with the way back to where one was.
pub(crate) fn sign_in(back: &str) -> String {
    let path = within("/sign-in");
    let back = if back == within("/") { "" } else { back };
    with_back(path, back)
}

/// The beginning: where the brand leads.
pub(crate) fn start() -> String {
    within("/")
}

/// Whether a place to return to lies within the console: the address bar can hold anything.
pub(crate) fn is_own(path: &str) -> bool {
    let base = within("/");
    path.starts_with(&base) && !path.starts_with("//") && !path.contains('\\')
}

/// A page, as an address names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// Leads to the first environment.
    Start,
    /// To sign in.
    SignIn,
    /// To set the console up.
    Setup,
    /// An environment.
    Overview,
    /// The containers of an environment.
    Containers,
    /// One of them.
    Container,
    /// The form that makes a container.
    Run,
    /// The jobs of an environment.
    Jobs,
    /// The users.
    Users,
    /// What one of them may do.
    Person(UserId),
    /// The teams and the custom roles.
    Teams,
    /// One's own account.
    Account,
    /// What holds for everybody.
    Policy,
    /// The audit log.
    Audit,
    /// What was done in this tab, as commands.
    Commands,
    /// No page at all.
    Unknown,
}

impl Page {
    /// The page of a place within the console: `/users`.
    fn of(place: &str) -> Self {
        let parts: Vec<&str> = place.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Self::Start,
            ["sign-in"] => Self::SignIn,
            ["setup"] => Self::Setup,
            ["users"] => Self::Users,
            ["users", user] => user.parse().map_or(Self::Unknown, |id| Self::Person(UserId(id))),
            ["teams"] => Self::Teams,
            ["account"] => Self::Account,
            ["policy"] => Self::Policy,
            ["audit"] => Self::Audit,
            ["commands"] => Self::Commands,
            ["environments", environment, rest @ ..] if environment.parse::<EnvironmentId>().is_ok() => {
                match rest {
                    [] => Self::Overview,
                    ["run"] => Self::Run,
                    ["jobs"] => Self::Jobs,
                    ["containers"] => Self::Containers,
                    ["containers", _] | ["containers", _, _] => Self::Container,
                    _ => Self::Unknown,
                }
            }
            _ => Self::Unknown,
        }
    }
}

/// The page that the address names.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Which.
    pub(crate) kind: Memo<Page>,
    /// The whole path.
    pub(crate) path: Memo<String>,
}

/// The page that the address names.
pub(crate) fn use_page() -> Place {
    let path = use_location().pathname;
    let base = base();
    let kind = Memo::new(move |_| path.with(|path| path.strip_prefix(&base).map_or(Page::Unknown, Page::of)));
    Place { kind, path }
}

/// The container that a container's page is about, and which of its tabs is open; both may be empty. What
/// they were last, once the address is another page's.
pub(crate) fn use_container() -> Memo<(String, String)> {
    let path = use_location().pathname;
    let base = base();
    Memo::new(move |last: Option<&(String, String)>| {
        path.with(|path| container_of(path.strip_prefix(&base)?))
            .or_else(|| last.cloned())
            .unwrap_or_default()
    })
}

fn container_of(place: &str) -> Option<(String, String)> {
    let (_, rest) = place.strip_prefix("/environments/")?.split_once("/containers/")?;
    let (container, tab) = rest.split_once('/').unwrap_or((rest, ""));
    let name = percent_decode(container)?;
    (!name.is_empty()).then(|| (name, tab.trim_end_matches('/').to_owned()))
}

/// An address can hold anything; what names no container is shown as it stands.
fn percent_decode(text: &str) -> Option<String> {
    if text.contains('%') {
        js_sys::decode_uri_component(text).ok().map(String::from)
    } else {
        Some(text.to_owned())
    }
}

/// The environment that a path names.
pub(crate) fn environment_of(path: &str) -> Option<EnvironmentId> {
    let rest = path.strip_prefix(&base())?.strip_prefix("/environments/")?;
    rest.split('/').next()?.parse().ok()
}

/// Where the page is: path and query, to come back to.
pub(crate) fn here() -> String {
    let location = window().location();
    format!("{}{}", location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

/// Goes to a path of this module.
pub(crate) fn use_go() -> impl Fn(&str) + Clone + 'static {
    let navigate = use_navigate();
    move |path: &str| navigate(path, NavigateOptions { resolve: false, ..NavigateOptions::default() })
}

/// Goes to a path without leaving the present one in the history.
pub(crate) fn use_go_instead() -> impl Fn(&str) + Clone + 'static {
    let navigate = use_navigate();
    move |path: &str| {
        navigate(path, NavigateOptions { resolve: false, replace: true, ..NavigateOptions::default() })
    }
}

/// A part of the address after `?`: read as a memo, written without a new entry in the history.
pub(crate) fn use_query_param<T>(
    key: impl Into<Oco<'static, str>>,
) -> (Memo<Option<T>>, SignalSetter<Option<T>>)
where
    T: FromStr + ToString + PartialEq + Send + Sync + 'static,
{
    let options =
        NavigateOptions { resolve: false, replace: true, scroll: false, ..NavigateOptions::default() };
    query_signal_with_options(key, options)
}

/// The environment of the page that is shown; `local` where the path names none.
pub(crate) fn use_environment() -> Memo<EnvironmentId> {
    let path = use_location().pathname;
    Memo::new(move |last: Option<&EnvironmentId>| {
        path.with(|path| environment_of(path))
            .or_else(|| last.cloned())
            .or_else(|| LOCAL.parse().ok())
            .unwrap_or_else(|| unreachable!("`local` is an environment's id"))
    })
}

#[cfg(test)]
mod tests {
    use shared::pages::FIRST_WORDS;

    use super::*;

    #[test]
    fn each_address_is_one_page() {
        let pages = [
            ("", Page::Start),
            ("/", Page::Start),
            ("/sign-in", Page::SignIn),
            ("/users/", Page::Users),
            ("/users/7", Page::Person(UserId(7))),
            ("/users/ann", Page::Unknown),
            ("/teams", Page::Teams),
            ("/policy", Page::Policy),
            ("/account", Page::Account),
            ("/commands", Page::Commands),
            ("/environments/local", Page::Overview),
            ("/environments/local/containers", Page::Containers),
            ("/environments/local/containers/web", Page::Container),
            ("/environments/local/containers/web/logs", Page::Container),
            ("/environments/local/containers/web/logs/more", Page::Unknown),
            ("/environments/local/run", Page::Run),
            ("/environments/local/jobs", Page::Jobs),
            ("/environments/..%2F/containers", Page::Unknown),
            ("/environments", Page::Unknown),
            ("/nowhere", Page::Unknown),
        ];
        for (place, page) in pages {
            assert_eq!(Page::of(place), page, "{place}");
            let first = place.split('/').nth(1).unwrap_or_default();
            assert!(page == Page::Unknown || FIRST_WORDS.contains(&first), "the server finds {place}");
        }
        for first in FIRST_WORDS.into_iter().filter(|first| *first != "environments") {
            assert_ne!(Page::of(&format!("/{first}")), Page::Unknown, "{first}");
        }
    }

    #[test]
    fn a_containers_address_names_it_and_its_tab() {
        let of = |place| container_of(place).map(|(name, tab)| format!("{name} {tab}"));
        assert_eq!(of("/environments/local/containers/web"), Some("web ".to_owned()));
        assert_eq!(of("/environments/local/containers/web/logs/"), Some("web logs".to_owned()));
        assert_eq!(of("/environments/local/containers/"), None);
        assert_eq!(of("/environments/local"), None);
    }
}

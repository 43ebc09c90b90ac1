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
use shared::EnvironmentId;

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

/// A container's page. A name makes a better bookmark than an id, since it outlives a recreation.
pub(crate) fn container(environment: &EnvironmentId, container: &str) -> String {
    format!("{}/{}", containers(environment), shared::endpoint::segment(container))
}

/// A tab of a container's page: `logs`, `terminal`, `inspect`.
pub(crate) fn container_tab(environment: &EnvironmentId, name: &str, tab: &str) -> String {
    format!("{}/{tab}", container(environment, name))
}

/// The users.
pub(crate) fn users() -> String {
    within("/users")
}

/// The audit log.
pub(crate) fn audit() -> String {
    within("/audit")
}

/// The page to set the console up.
pub(crate) fn setup() -> String {
    within("/setup")
}

/// The page to sign in, with the way back to where one was.
pub(crate) fn sign_in(back: &str) -> String {
    let path = within("/sign-in");
    if back.is_empty() || back == within("/") || back == path {
        path
    } else {
        format!("{path}?back={}", shared::endpoint::segment(back))
    }
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

//! The browser side of Longshore: what a person sees, and nothing that decides.
//!
//! `ui` are primitives, `components` know the domain, `pages` load and lay out, `interop` is the only code
//! that names JavaScript. Imports go pages → components → ui.

#![expect(
    unreachable_pub,
    reason = "the component macro writes each component's props and function as `pub`"
)]

mod api;
mod app;
mod components;
mod i18n;
mod interop;
mod live;
mod pages;
mod paths;
mod session;
mod ui;

fn main() {
    leptos::mount::mount_to_body(app::App);
}

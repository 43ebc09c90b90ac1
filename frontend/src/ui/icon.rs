//! Icons and state glyphs: references into a sprite that the page holds, and into another one that comes with
//! the first part. An icon that the first page shows is drawn in `icons/first.svg`.

use leptos::prelude::*;

/// Our own drawing, compiled in; nothing of it comes from elsewhere.
const FIRST: &str = include_str!("../../icons/first.svg");
const LATER: &str = include_str!("../../icons/later.svg");
const LATER_ID: &str = "later-icons";

macro_rules! icons {
    ($($name:ident $id:literal),* $(,)?) => {
        /// A drawing of the sprite.
        #[allow(missing_docs, dead_code, reason = "the names say what is drawn; the set is whole")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Icon { $($name),* }

        impl Icon {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),*];

            fn href(self) -> &'static str {
                match self { $(Self::$name => concat!("#i-", $id)),* }
            }
        }
    };
}

icons! {
    Activity "activity", ArrowRight "arrow-right", ArrowUp "arrow-up", Audit "audit", Book "book",
    Branch "branch", Check "check", CheckCircle "check-circle", ChevronDown "chevron-down",
    ChevronRight "chevron-right", ChevronUp "chevron-up", Chevrons "chevrons", Circle "circle", Clock "clock",
    Columns "columns", Container "container", Copy "copy", Cpu "cpu", Diff "diff", Download "download",
    Environment "environment", Events "events", Expand "expand", External "external", Eye "eye", File "file",
    Filter "filter", Folder "folder", Globe "globe", Heart "heart", History "history", Image "image",
    Info "info", Inspect "inspect", Key "key", Keyboard "keyboard", Kill "kill", Link "link", Lock "lock",
    Logs "logs", Memory "memory", Menu "menu", Minus "minus", Moon "moon", More "more", Network "network",
    Node "node", Overview "overview", Panel "panel", Paste "paste", Pause "pause", Play "play", Plug "plug",
    PlugOff "plug-off", Plus "plus", Registry "registry", Restart "restart", Search "search",
    Service "service", Settings "settings", Shield "shield", ShieldAlert "shield-alert", SignOut "signout",
    SortAscending "sort-asc", Sparkles "sparkles", Stack "stack", Stats "stats", Stop "stop", Sun "sun",
    System "system", Terminal "terminal", Trash "trash", Undo "undo", Update "update", User "user",
    Users "users", Volume "volume", Warning "warning", Wrap "wrap", X "x", XCircle "x-circle",
}

/// The sprite, once per page.
#[component]
pub(crate) fn Sprite() -> impl IntoView {
    view! { <svg class="sprite" aria-hidden="true" inner_html=FIRST></svg> }
}

/// Brings the other sprite, once per page. For parts alone: what names it holds it.
pub(crate) fn bring_later_icons() {
    let document = document();
    if document.get_element_by_id(LATER_ID).is_some() {
        return;
    }
    let (Ok(sprite), Some(body)) = (document.create_element("div"), document.body()) else { return };
    sprite.set_id(LATER_ID);
    sprite.set_class_name("sprite");
    sprite.set_inner_html(LATER);
    // Without it icons are blank, and none is the only bearer of a meaning.
    let _ = body.append_child(&sprite);
}

/// An icon at the size of a line, or smaller; never the only bearer of a meaning.
#[component]
pub(crate) fn IconView(
    /// Which.
    #[prop(into)]
    icon: Signal<Icon>,
    /// 14 px in place of 16.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <svg class="icon" data-size=small.then_some("small") aria-hidden="true">
            <use href=move || icon.get().href()></use>
        </svg>
    }
}

/// The brand's mark.
#[component]
pub(crate) fn BrandMark() -> impl IntoView {
    view! {
        <svg class="brand-mark" aria-hidden="true">
            <use href="#brand"></use>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_icon_is_drawn_once() {
        for icon in Icon::ALL {
            let symbol = format!("<symbol id=\"{}\"", icon.href().trim_start_matches('#'));
            let drawn = [FIRST, LATER].map(|sprite| sprite.matches(&symbol).count());
            assert_eq!(drawn.iter().sum::<usize>(), 1, "{icon:?}");
        }
    }
}

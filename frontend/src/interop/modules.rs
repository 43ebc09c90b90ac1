//! Loading what is not in the first page: JavaScript modules and their style sheets, by the names in the
//! page's own table.

use std::{cell::RefCell, collections::HashMap};

use js_sys::Promise;
use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlLinkElement;

use crate::api;

#[wasm_bindgen(inline_js = "export function load_module(address) { return import(address); }")]
extern "C" {
    #[wasm_bindgen(js_name = load_module)]
    fn load_module(address: &str) -> Promise;
}

/// A module could not be loaded: the connection is lost, or the console was renewed meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotLoaded;

/// Loads a module; the browser keeps it for the next time.
pub(super) async fn module(name: &str) -> Result<JsValue, NotLoaded> {
    let address = api::asset(name).ok_or(NotLoaded)?;
    JsFuture::from(load_module(&address)).await.map_err(|_| NotLoaded)
}

thread_local! {
    static STYLES: RefCell<HashMap<&'static str, Promise>> = RefCell::default();
}

/// Loads a style sheet into the page, once; whoever asks meanwhile waits for the same.
/// Begins at once, before it is awaited.
pub(crate) fn style(name: &'static str) -> impl Future<Output = Result<(), NotLoaded>> {
    let under_way = STYLES.with(|styles| styles.borrow().get(name).cloned());
    let loaded = under_way.or_else(|| {
        let loaded = append(name)?;
        STYLES.with(|styles| styles.borrow_mut().insert(name, loaded.clone()));
        Some(loaded)
    });
    async move {
        JsFuture::from(loaded.ok_or(NotLoaded)?).await.map(|_| ()).map_err(|_| {
            // So that the next attempt loads it again.
            STYLES.with(|styles| styles.borrow_mut().remove(name));
            NotLoaded
        })
    }
}

fn append(name: &str) -> Option<Promise> {
    let address = api::asset(name)?;
    let link: HtmlLinkElement = document().create_element("link").ok()?.dyn_into().ok()?;
    link.set_rel("stylesheet");
    link.set_href(&address);
    let loaded = Promise::new(&mut |resolve, reject| {
        link.set_onload(Some(&resolve));
        link.set_onerror(Some(&reject));
    });
    document().head()?.append_child(&link).ok()?;
    Some(loaded)
}

//! Loading what is not in the first page: JavaScript modules and their style sheets, by the names in the
//! page's own table.

use leptos::prelude::document;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlLinkElement;

use crate::api;

#[wasm_bindgen(inline_js = "export function load_module(address) { return import(address); }")]
extern "C" {
    #[wasm_bindgen(js_name = load_module)]
    fn load_module(address: &str) -> js_sys::Promise;
}

/// A module could not be loaded: the connection is lost, or the console was renewed meanwhile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotLoaded;

/// Loads a module; the browser keeps it for the next time.
pub(super) async fn module(name: &str) -> Result<JsValue, NotLoaded> {
    let address = api::asset(name).ok_or(NotLoaded)?;
    JsFuture::from(load_module(&address)).await.map_err(|_| NotLoaded)
}

/// Loads a style sheet into the page, once.
pub(super) async fn style(name: &str) -> Result<(), NotLoaded> {
    let address = api::asset(name).ok_or(NotLoaded)?;
    let id = format!("style-{}", name.replace('.', "-"));
    if document().get_element_by_id(&id).is_some() {
        return Ok(());
    }
    let link: HtmlLinkElement =
        document().create_element("link").ok().and_then(|link| link.dyn_into().ok()).ok_or(NotLoaded)?;
    link.set_id(&id);
    link.set_rel("stylesheet");
    link.set_href(&address);
    let loaded = js_sys::Promise::new(&mut |resolve, reject| {
        link.set_onload(Some(&resolve));
        link.set_onerror(Some(&reject));
    });
    document().head().ok_or(NotLoaded)?.append_child(&link).map_err(|_| NotLoaded)?;
    match JsFuture::from(loaded).await {
        Ok(_) => Ok(()),
        Err(_) => {
            // So that the next attempt loads it again.
            link.remove();
            Err(NotLoaded)
        }
    }
}

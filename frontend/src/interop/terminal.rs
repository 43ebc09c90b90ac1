//! The terminal (xterm.js, `js/terminal.ts`): made in an element, written to, and disposed of when dropped.

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::HtmlElement;

use super::modules::{self, NotLoaded};

#[wasm_bindgen]
extern "C" {
    type Module;

    #[wasm_bindgen(method, js_name = createTerminal)]
    fn create_terminal(
        this: &Module,
        host: &HtmlElement,
        handlers: &JsValue,
        options: &JsValue,
        words: &JsValue,
    ) -> Handle;

    type Handle;

    #[wasm_bindgen(method, getter)]
    fn columns(this: &Handle) -> u32;
    #[wasm_bindgen(method, getter)]
    fn rows(this: &Handle) -> u32;
    #[wasm_bindgen(method)]
    fn write(this: &Handle, bytes: &Uint8Array);
    #[wasm_bindgen(method, js_name = writeNotice)]
    fn write_notice(this: &Handle, text: &str);
    #[wasm_bindgen(method, js_name = setConvertNewlines)]
    fn set_convert_newlines(this: &Handle, convert: bool);
    #[wasm_bindgen(method, js_name = setInput)]
    fn set_input(this: &Handle, takes_input: bool);
    #[wasm_bindgen(method, js_name = setScreenReader)]
    fn set_screen_reader(this: &Handle, on: bool);
    #[wasm_bindgen(method, js_name = type)]
    fn type_text(this: &Handle, text: &str);
    #[wasm_bindgen(method, js_name = applicationCursorKeys)]
    fn application_cursor_keys(this: &Handle) -> bool;
    #[wasm_bindgen(method)]
    fn fit(this: &Handle);
    #[wasm_bindgen(method)]
    fn focus(this: &Handle);
    #[wasm_bindgen(method)]
    fn text(this: &Handle) -> String;
    #[wasm_bindgen(method)]
    fn find(this: &Handle, text: &str, backwards: bool, regex: bool, case_sensitive: bool) -> bool;
    #[wasm_bindgen(method, js_name = endFind)]
    fn end_find(this: &Handle);
    #[wasm_bindgen(method)]
    fn dispose(this: &Handle);
}

/// What the terminal tells.
pub(crate) struct Handlers {
    /// What was typed or pasted.
    pub(crate) input: Box<dyn Fn(Vec<u8>)>,
    /// It has these columns and rows now.
    pub(crate) resized: Box<dyn Fn(u16, u16)>,
    /// So many more bytes were drawn.
    pub(crate) drawn: Box<dyn Fn(u64)>,
    /// The search stands at this hit (from 0; absent for none) of so many.
    pub(crate) found: Box<dyn Fn(Option<u32>, u32)>,
    /// The person wants to search.
    pub(crate) find: Box<dyn Fn()>,
}

/// How it looks and behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Lines are read aloud.
    pub(crate) screen_reader: bool,
    /// In pixels.
    pub(crate) font_size: u32,
}

/// The browser's handles on our closures; they live as long as the terminal.
struct Closures {
    _input: Closure<dyn Fn(Uint8Array)>,
    _resized: Closure<dyn Fn(u32, u32)>,
    _drawn: Closure<dyn Fn(f64)>,
    _found: Closure<dyn Fn(i32, i32)>,
    _find: Closure<dyn Fn()>,
}

/// A terminal in an element.
pub(crate) struct Terminal {
    handle: Handle,
    _closures: Closures,
}

impl Terminal {
    /// Loads what is needed and makes one. `link_question` is asked before a link that a program hid behind
    /// other words is opened.
    pub(crate) async fn create(
        host: &HtmlElement,
        handlers: Handlers,
        options: Options,
        link_question: &str,
    ) -> Result<Self, NotLoaded> {
        modules::style("terminal.css").await?;
        let module: Module = modules::module("terminal").await?.unchecked_into();
        let Handlers { input, resized, drawn, found, find } = handlers;
        let input = Closure::<dyn Fn(Uint8Array)>::new(move |bytes: Uint8Array| input(bytes.to_vec()));
        let resized =
            Closure::<dyn Fn(u32, u32)>::new(move |columns, rows| resized(short(columns), short(rows)));
        let drawn = Closure::<dyn Fn(f64)>::new(move |bytes: f64| drawn(bytes as u64));
        let found = Closure::<dyn Fn(i32, i32)>::new(move |index, count| {
            found(u32::try_from(index).ok(), u32::try_from(count).unwrap_or_default());
        });
        let find = Closure::<dyn Fn()>::new(find);
        let js_handlers = object(&[
            ("input", input.as_ref()),
            ("resized", resized.as_ref()),
            ("drawn", drawn.as_ref()),
            ("found", found.as_ref()),
            ("find", find.as_ref()),
        ]);
        let js_options = object(&[
            ("screenReader", &JsValue::from_bool(options.screen_reader)),
            ("fontSize", &JsValue::from(options.font_size)),
        ]);
        let words = object(&[("link", &JsValue::from_str(link_question))]);
        let handle = module.create_terminal(host, &js_handlers, &js_options, &words);
        let closures =
            Closures { _input: input, _resized: resized, _drawn: drawn, _found: found, _find: find };
        Ok(Self { handle, _closures: closures })
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> (u16, u16) {
        (short(self.handle.columns()), short(self.handle.rows()))
    }

    /// Draws what a program printed.
    pub(crate) fn write(&self, bytes: &Uint8Array) {
        self.handle.write(bytes);
    }

    /// Draws a line of the page's own.
    pub(crate) fn write_notice(&self, text: &str) {
        self.handle.write_notice(text);
    }

    /// Fits to a program with or without a terminal of its own, that takes input or not.
    pub(crate) fn set_program(&self, tty: bool, takes_input: bool) {
        self.handle.set_convert_newlines(!tty);
        self.handle.set_input(takes_input);
    }

    /// Takes no more input: the program has ended.
    pub(crate) fn end_input(&self) {
        self.handle.set_input(false);
    }

    /// Has lines read aloud, or not.
    pub(crate) fn set_screen_reader(&self, on: bool) {
        self.handle.set_screen_reader(on);
    }

    /// As if it had been typed.
    pub(crate) fn type_text(&self, text: &str) {
        self.handle.type_text(text);
    }

    /// Whether the program wants the arrow keys in their other form.
    pub(crate) fn application_cursor_keys(&self) -> bool {
        self.handle.application_cursor_keys()
    }

    /// Fits to its element.
    pub(crate) fn fit(&self) {
        self.handle.fit();
    }

    /// Takes the keyboard.
    pub(crate) fn focus(&self) {
        self.handle.focus();
    }

    /// All it holds, as text.
    pub(crate) fn text(&self) -> String {
        self.handle.text()
    }

    /// Goes to the next hit, or to the one before.
    pub(crate) fn find(&self, text: &str, backwards: bool) -> bool {
        self.handle.find(text, backwards, false, false)
    }

    /// Takes the marks away.
    pub(crate) fn end_find(&self) {
        self.handle.end_find();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.handle.dispose();
    }
}

fn short(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn object(fields: &[(&str, &JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A plain object takes any property.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object.into()
}

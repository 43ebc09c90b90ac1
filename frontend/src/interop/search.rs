//! Searching with the browser's own regular expressions, in a worker of its own (`js/search.ts`): an expression
//! that never ends stops only the worker, which is then replaced.

use js_sys::{Array, Object, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::api;

/// What to look for, in which lines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    /// Comes back with the reply.
    pub(crate) id: u32,
    /// The expression.
    pub(crate) pattern: &'a str,
    /// Its flags.
    pub(crate) flags: &'a str,
    /// Lines with a newline between each two.
    pub(crate) text: &'a str,
    /// Wanted are places (line, begin, end in UTF-16 units), not only which lines.
    pub(crate) places: bool,
}

/// What was found.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// The job's.
    pub(crate) id: u32,
    /// Numbers of lines, or three numbers for each place.
    pub(crate) found: Vec<u32>,
}

/// The worker; it ends when this is dropped.
pub(crate) struct Searcher {
    worker: Worker,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Searcher {
    /// Starts it; `None` if the browser refuses.
    pub(crate) fn start(on_reply: impl Fn(Reply) + 'static) -> Option<Self> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(&api::asset("search")?, &options).ok()?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(reply) = read(&event.data()) {
                on_reply(reply);
            }
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Some(Self { worker, _on_message: on_message })
    }

    /// Gives it something to do. It answers in the order of the jobs.
    pub(crate) fn ask(&self, job: Job<'_>) {
        let text = Uint8Array::from(job.text.as_bytes());
        let message = Object::new();
        let set = |name: &str, value: &JsValue| {
            // A plain object takes any property.
            let _ = Reflect::set(&message, &JsValue::from_str(name), value);
        };
        set("id", &JsValue::from(job.id));
        set("pattern", &JsValue::from_str(job.pattern));
        set("flags", &JsValue::from_str(job.flags));
        set("places", &JsValue::from_bool(job.places));
        set("text", &text);
        // The bytes are handed over, not copied once more. Without an answer the caller's time runs out.
        let _ = self.worker.post_message_with_transfer(&message, &Array::of1(&text.buffer()));
    }
}

impl Drop for Searcher {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.terminate();
    }
}

fn read(data: &JsValue) -> Option<Reply> {
    let id = Reflect::get(data, &JsValue::from_str("id")).ok()?.as_f64()?;
    let found = Reflect::get(data, &JsValue::from_str("found")).ok()?.dyn_into::<Uint32Array>().ok()?;
    Some(Reply { id: id as u32, found: found.to_vec() })
}

/// Whether the browser accepts an expression; its own words if not.
pub(crate) fn check(pattern: &str, flags: &str) -> Result<(), String> {
    let arguments = Array::of2(&JsValue::from_str(pattern), &JsValue::from_str(flags));
    let constructor = Reflect::get(&js_sys::global(), &JsValue::from_str("RegExp"))
        .and_then(JsCast::dyn_into::<js_sys::Function>)
        .map_err(|_| String::new())?;
    match Reflect::construct(&constructor, &arguments) {
        Ok(_) => Ok(()),
        Err(error) => Err(error
            .dyn_ref::<js_sys::Error>()
            .map(|error| String::from(error.message()))
            .unwrap_or_default()),
    }
}

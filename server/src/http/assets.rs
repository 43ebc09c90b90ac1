//! The pages: embedded in the binary, or served from a folder while the frontend is worked on.

use std::{
    io::{self, Read, Write as _},
    path::{Component, Path, PathBuf},
    sync::OnceLock,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use brotli::{CompressorWriter, Decompressor};
use bytes::Bytes;
use flate2::{Compression, read::GzEncoder};
use shared::pages::FIRST_WORDS;
use tokio::task::spawn_blocking;

use crate::app::App;

/// One embedded file, as the build made it.
#[derive(Debug)]
pub struct Asset {
    /// Its path under the console's address.
    pub path: &'static str,
    /// Its media type.
    pub mime: &'static str,
    /// Its name changes with its content, so that a browser may keep it for good.
    pub immutable: bool,
    /// Its bytes.
    pub content: Content,
}

/// The bytes of a file.
#[derive(Debug)]
pub enum Content {
    /// As they are.
    Raw(&'static [u8]),
    /// Packed, for almost every client takes brotli; a browser does over TLS or on its own machine.
    Packed {
        /// In brotli.
        br: &'static [u8],
        /// In gzip, once somebody has asked who takes no better: at most all that is embedded.
        gz: OnceLock<Bytes>,
    },
}

/// The one coding in which the files are embedded.
const EMBEDDED: &str = "br";
const UNPACKING_BUFFER_BYTES: usize = 32 * 1024;

impl Content {
    /// The bytes as they were before they were packed.
    fn raw(&self) -> Result<Bytes, io::Error> {
        match self {
            Self::Raw(bytes) => Ok(Bytes::from_static(bytes)),
            Self::Packed { br, .. } => {
                let mut raw = Vec::new();
                Decompressor::new(*br, UNPACKING_BUFFER_BYTES).read_to_end(&mut raw)?;
                Ok(raw.into())
            }
        }
    }

    /// The same bytes in gzip. It takes tens of milliseconds for the largest, once.
    fn gzip(&self, gz: &OnceLock<Bytes>) -> Result<Bytes, io::Error> {
        if let Some(packed) = gz.get() {
            return Ok(packed.clone());
        }
        let mut packed = Vec::new();
        GzEncoder::new(&*self.raw()?, Compression::default()).read_to_end(&mut packed)?;
        Ok(gz.get_or_init(|| packed.into()).clone())
    }

    /// The bytes in the best coding of those that the client accepts, and its name.
    fn coded(&self, accepts: Accepts) -> Result<(Bytes, Option<&'static str>), io::Error> {
        match self {
            Self::Packed { br, .. } if accepts.brotli => Ok((Bytes::from_static(br), Some(EMBEDDED))),
            Self::Packed { gz, .. } if accepts.gzip => Ok((self.gzip(gz)?, Some("gzip"))),
            Self::Raw(_) | Self::Packed { .. } => Ok((self.raw()?, None)),
        }
    }

    /// Whether the bytes are there for such a client without working on them.
    fn is_ready(&self, accepts: Accepts) -> bool {
        match self {
            Self::Raw(_) => true,
            Self::Packed { gz, .. } => accepts.brotli || (accepts.gzip && gz.get().is_some()),
        }
    }
}

/// Which codings a client takes.
#[derive(Clone, Copy, Debug, Default)]
struct Accepts {
    brotli: bool,
    gzip: bool,
}

impl Accepts {
    fn of(asked: &HeaderMap) -> Self {
        let value = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
        let takes = |coding: &str| value.split(',').any(|part| part.trim().split(';').next() == Some(coding));
        Self { brotli: takes(EMBEDDED), gzip: takes("gzip") }
    }
}

mod site {
    use super::Asset;
    include!(concat!(env!("OUT_DIR"), "/site.rs"));
}

/// Where the pages come from.
#[derive(Clone, Debug, Default)]
pub enum Assets {
    /// The binary.
    #[default]
    Embedded,
    /// A folder, read at each request.
    Folder(PathBuf),
}

const PAGE: &str = "index.html";
/// Stands in the page where the console's base path goes.
const BASE: &str = "{{base}}";

/// A file of the site, or the page: the browser's router knows the rest.
pub(super) async fn serve(State(app): State<App>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path();
    // Only one slash is the root's: `//environments` is no page.
    let path = path.strip_prefix('/').unwrap_or(path);
    if path.starts_with('/') {
        return StatusCode::NOT_FOUND.into_response();
    }
    match &app.config.assets {
        Assets::Embedded => embedded(path, request.headers(), &app.config.base_path).await,
        Assets::Folder(folder) => from_folder(folder, path, &app.config.base_path).await,
    }
}

async fn embedded(path: &str, asked: &HeaderMap, base: &str) -> Response {
    if let Some(asset) = site::SITE.iter().find(|asset| asset.path == path && asset.path != PAGE) {
        return file(asset, Accepts::of(asked)).await;
    }
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match site::SITE.iter().find(|asset| asset.path == PAGE) {
        Some(page_file) => match page_file.content.raw() {
            Ok(template) => page(&template, base, path, Accepts::of(asked)),
            Err(error) => broken(PAGE, &error),
        },
        None => (
            StatusCode::NOT_FOUND,
            "This build of Longshore holds no pages; `cargo xtask run` makes one that does.\n",
        )
            .into_response(),
    }
}

async fn file(asset: &'static Asset, accepts: Accepts) -> Response {
    let coded = if asset.content.is_ready(accepts) {
        asset.content.coded(accepts)
    } else {
        let worked = spawn_blocking(move || asset.content.coded(accepts)).await;
        worked.unwrap_or_else(|error| Err(io::Error::other(error)))
    };
    let (bytes, coding) = match coded {
        Ok(coded) => coded,
        Err(error) => return broken(asset.path, &error),
    };
    let mut reply = Body::from(bytes).into_response();
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.mime));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if asset.immutable {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }),
    );
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    reply
}

/// The binary itself is damaged.
fn broken(path: &str, error: &io::Error) -> Response {
    tracing::error!(path, %error, "a file of the site cannot be unpacked");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

fn page(template: &[u8], base: &str, path: &str, accepts: Accepts) -> Response {
    let html = String::from_utf8_lossy(template).replace(BASE, base);
    let (body, coding) = match accepts.brotli {
        true => (packed(html.as_bytes()).into(), Some(EMBEDDED)),
        false => (Bytes::from(html), None),
    };
    let mut reply = Body::from(body).into_response();
    if path.split('/').next().is_none_or(|first| !FIRST_WORDS.contains(&first)) {
        *reply.status_mut() = StatusCode::NOT_FOUND;
    }
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    reply
}

/// The page is written anew for each who asks, with a small packer: it is of two kilobytes.
fn packed(html: &[u8]) -> Vec<u8> {
    const QUALITY: u32 = 5;
    const WINDOW: u32 = 14;
    let mut packer = CompressorWriter::new(Vec::new(), html.len(), QUALITY, WINDOW);
    // Writing to memory cannot fail.
    let _written = packer.write_all(html);
    packer.into_inner()
}

async fn from_folder(folder: &Path, path: &str, base: &str) -> Response {
    let inside = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    if inside
        && !path.is_empty()
        && path != PAGE
        && let Ok(bytes) = tokio::fs::read(folder.join(path)).await
    {
        let mut reply = Body::from(bytes).into_response();
        reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(mime(path)));
        return reply;
    }
    match tokio::fs::read(folder.join(PAGE)).await {
        Ok(template) => page(&template, base, path, Accepts::default()),
        Err(error) => {
            (StatusCode::NOT_FOUND, format!("The folder of pages cannot be read: {error}\n")).into_response()
        }
    }
}

fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("json" | "webmanifest") => "application/json",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    }
}

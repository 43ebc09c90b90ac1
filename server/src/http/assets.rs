//! The pages: embedded in the binary, or served from a folder while the frontend is worked on.

use std::{
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use flate2::read::GzDecoder;
use shared::pages::FIRST_WORDS;

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
    /// Packed, for almost every client takes one of the two.
    Packed {
        /// In brotli.
        br: &'static [u8],
        /// In gzip.
        gz: &'static [u8],
    },
}

impl Content {
    /// The bytes as they were before they were packed.
    fn raw(&self) -> Result<Bytes, io::Error> {
        match *self {
            Self::Raw(bytes) => Ok(Bytes::from_static(bytes)),
            Self::Packed { gz, .. } => {
                let mut raw = Vec::new();
                GzDecoder::new(gz).read_to_end(&mut raw)?;
                Ok(raw.into())
            }
        }
    }

    /// The bytes in the best coding that the client accepts, and its name.
    fn coded(&self, accepts: impl Fn(&str) -> bool) -> Result<(Bytes, Option<&'static str>), io::Error> {
        match *self {
            Self::Packed { br, .. } if accepts("br") => Ok((Bytes::from_static(br), Some("br"))),
            Self::Packed { gz, .. } if accepts("gzip") => Ok((Bytes::from_static(gz), Some("gzip"))),
            Self::Raw(_) | Self::Packed { .. } => Ok((self.raw()?, None)),
        }
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
        Assets::Embedded => embedded(path, request.headers(), &app.config.base_path),
        Assets::Folder(folder) => from_folder(folder, path, &app.config.base_path).await,
    }
}

fn embedded(path: &str, asked: &HeaderMap, base: &str) -> Response {
    if let Some(asset) = site::SITE.iter().find(|asset| asset.path == path && asset.path != PAGE) {
        return file(asset, asked);
    }
    if path.starts_with("assets/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    match site::SITE.iter().find(|asset| asset.path == PAGE) {
        Some(page_file) => match page_file.content.raw() {
            Ok(template) => page(&template, base, path),
            Err(error) => broken(PAGE, &error),
        },
        None => (
            StatusCode::NOT_FOUND,
            "This build of Longshore holds no pages; `cargo xtask run` makes one that does.\n",
        )
            .into_response(),
    }
}

fn file(asset: &'static Asset, asked: &HeaderMap) -> Response {
    let accepts = |coding: &str| {
        asked
            .get(header::ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.split(',').any(|part| part.trim().split(';').next() == Some(coding)))
    };
    let (bytes, coding) = match asset.content.coded(accepts) {
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

fn page(template: &[u8], base: &str, path: &str) -> Response {
    let html = String::from_utf8_lossy(template).replace(BASE, base);
    let mut reply = Body::from(html).into_response();
    if path.split('/').next().is_none_or(|first| !FIRST_WORDS.contains(&first)) {
        *reply.status_mut() = StatusCode::NOT_FOUND;
    }
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    reply
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
        Ok(template) => page(&template, base, path),
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

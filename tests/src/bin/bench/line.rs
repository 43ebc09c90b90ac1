//! One kept HTTP connection, so that a measurement is of requests and not of connections.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::SendRequest;
use hyper_util::rt::TokioIo;
use longshore_tests::Client;

/// The connection.
pub(crate) struct Line {
    sender: SendRequest<Full<Bytes>>,
    cookies: String,
    origin: String,
}

impl Line {
    /// Opens one as that client.
    pub(crate) async fn open(client: &Client) -> Self {
        let stream = client.connect().await.expect("a connection");
        let (sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
        tokio::spawn(connection);
        Self { sender, cookies: client.cookie_header(), origin: client.origin().to_owned() }
    }

    /// Status and body of a request.
    pub(crate) async fn ask(&mut self, method: &str, path: &str, body: &str) -> (u16, Bytes) {
        let host = self.origin.split_once("://").map_or("localhost", |(_, host)| host);
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", host)
            .header("cookie", &self.cookies)
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body.to_owned())))
            .expect("a request");
        self.sender.ready().await.expect("a connection that stands");
        let response = self.sender.send_request(request).await.expect("a reply");
        let status = response.status().as_u16();
        (status, response.into_body().collect().await.expect("a body").to_bytes())
    }

    /// A GET that must succeed.
    pub(crate) async fn get(&mut self, path: &str) -> Bytes {
        let (status, body) = self.ask("GET", path, "").await;
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        body
    }
}

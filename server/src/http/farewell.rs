//! How a socket ends so that its last word arrives.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::{StreamExt, stream::SplitStream};
use tokio::time::timeout;

/// A browser that does not answer the end within this time is not waited for.
const ANSWER: Duration = Duration::from_secs(2);

/// Waits, after a socket's end was sent, for the browser's. Whatever else still comes is read and dropped: a
/// connection that is closed with something unread is reset, and a reset throws away what was sent and has
/// not arrived, the last word with it.
pub async fn farewell(incoming: &mut SplitStream<WebSocket>) {
    let rest = async {
        while let Some(Ok(message)) = incoming.next().await {
            if matches!(message, Message::Close(_)) {
                return;
            }
        }
    };
    let _late = timeout(ANSWER, rest).await;
}

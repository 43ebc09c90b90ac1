//! The only code that talks to a Docker Engine, and the only one that names bollard.
//!
//! One file per resource; errors are translated here. Every function takes a grant (a person's) or the
//! [`SystemGrant`](crate::access::grant::SystemGrant) (the hub's), and acts on the target inside it.

mod actions;
mod connection;
mod containers;
mod create;
mod create_body;
mod create_host;
mod create_limits;
mod create_mounts;
mod details;
mod disk;
mod error;
mod events;
mod exec;
mod facts;
mod frames;
mod held;
mod images;
mod logs;
mod read_back;
mod stats;
mod status_text;
mod tls;
mod transport;
mod unix;

pub use connection::{DockerHost, Engine};
pub use create::Created;
pub use error::EngineError;
pub use events::{EngineEvent, EventStream, Happened};
pub use exec::{Duplex, ExecSpec};
pub use frames::{Frame, FrameDecoder, Framing, LineSplitter, RawLine};
pub use images::{PullEvent, PullStream};
pub use logs::{LogRange, LogReader};
pub use stats::StatsStream;

//! The live protocol: one WebSocket per tab, many subscriptions. Text frames are JSON, binary frames are
//! log batches ([`crate::logs::LogBatch`]).
//!
//! A list is read once by its endpoint, whose reply carries a cursor; the topic goes on from there. So
//! a list travels compressed and cached, and a reconnect costs only what changed.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    ContainerId, Empty, EnvironmentId, JobId, UnixMillis,
    audit::AuditRow,
    containers::ContainerSummary,
    environments::EnvironmentSummary,
    jobs::JobUpdate,
    logs::{LogCursor, LogQuery},
    session::SessionEnd,
    socket,
};

/// A place in a topic's history: which run of the hub, and how far in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cursor {
    /// The hub's run; another after a restart of the console.
    pub run: u32,
    /// The revision within it.
    pub revision: u64,
}

/// What can be subscribed to. Each is checked against the person's grants at the start, at least every
/// 30 s, and at once when their role changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Topic {
    /// The environment: whether the engine answers, its facts, the counts. Starts with the whole.
    Environment {
        /// Which.
        environment: EnvironmentId,
    },
    /// Changes of the containers' list after the cursor.
    Containers {
        /// Which.
        environment: EnvironmentId,
        /// Where the list that the browser has ended.
        cursor: Cursor,
    },
    /// Figures of these containers, about once a second: the visible rows. At most 200.
    Stats {
        /// Which.
        environment: EnvironmentId,
        /// Whose figures.
        containers: Vec<ContainerId>,
    },
    /// Lines of one container's log, then what comes. Binary batches, and [`Event::LogEnded`].
    Logs {
        /// Which.
        environment: EnvironmentId,
        /// Whose log.
        container: ContainerId,
        /// Which lines.
        query: LogQuery,
        /// After a drop: go on after this line, whatever `query` says of the beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<LogCursor>,
    },
    /// Rows of the audit that are new or were finished after the cursor, and how far a verification is. For
    /// who may read the audit.
    Audit {
        /// Where the page that the browser has ended.
        cursor: Cursor,
    },
    /// One job: the whole of it, then what changes. See [`crate::jobs::JobUpdate`].
    Job {
        /// Where.
        environment: EnvironmentId,
        /// Which.
        job: JobId,
        /// After a drop: go on after this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cursor: Option<u64>,
    },
    /// How many jobs are under way that the person sees, and that one began or ended.
    Jobs {
        /// Where.
        environment: EnvironmentId,
    },
    /// That the engine's images changed.
    Images {
        /// Where.
        environment: EnvironmentId,
    },
    /// The person's own session: its role may change while the page stands.
    Session,
    /// What the console itself uses, every few seconds; for whoever is signed in.
    OwnLoad,
}

impl Topic {
    /// Whether it is open to who lacks a second factor that their role requires.
    #[must_use]
    pub fn before_factor(&self) -> bool {
        match self {
            Self::Session => true,
            Self::Environment { .. }
            | Self::Containers { .. }
            | Self::Stats { .. }
            | Self::Logs { .. }
            | Self::Audit { .. }
            | Self::Job { .. }
            | Self::Jobs { .. }
            | Self::Images { .. }
            | Self::OwnLoad => false,
        }
    }
}

/// What the browser sends: `{"subscribe":{...}}`, `"ping"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientFrame {
    /// Begins a subscription, or replaces the one of that number.
    Subscribe {
        /// The browser's own number for it.
        id: u32,
        /// To what.
        to: Topic,
    },
    /// Ends one.
    Unsubscribe {
        /// Its number.
        id: u32,
    },
    /// Tells how many bytes of log batches of a subscription were taken in: the server sends at most
    /// [`LOG_WINDOW_BYTES`] beyond that.
    Taken {
        /// The subscription.
        id: u32,
        /// Bytes in all since it began.
        bytes: u64,
    },
    /// Is the server there? Answered with [`ServerFrame::Pong`].
    Ping,
}

/// Bytes of log batches that may be under way to one subscription.
pub const LOG_WINDOW_BYTES: u64 = 4 * 1024 * 1024;

/// The browser pings after so many milliseconds of silence, and reconnects after twice as many.
pub const HEARTBEAT_MS: u32 = 15_000;

/// What the server sends: `{"event":{...}}`, `"pong"`. Not tagged inside, since a reader would have to keep
/// the whole frame before it could begin to read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerFrame {
    /// Something of a subscription.
    Event {
        /// Its number.
        id: u32,
        /// What.
        event: Event,
    },
    /// The subscription was refused or has ended for good; why.
    Ended {
        /// Its number.
        id: u32,
        /// Why.
        error: crate::ApiError,
    },
    /// The session is over: no reconnect, to the sign-in page.
    SignedOut {
        /// Why.
        why: SessionEnd,
    },
    /// The answer to a ping.
    Pong,
}

/// What happens in a topic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The environment as it is now.
    Environment {
        /// The whole of it.
        environment: Box<EnvironmentSummary>,
    },
    /// Containers that are new or changed, and those that are gone.
    Containers {
        /// Where to go on.
        cursor: Cursor,
        /// New or changed, whole.
        changed: Vec<ContainerSummary>,
        /// Gone.
        removed: Vec<ContainerId>,
    },
    /// The cursor is too old or of another run: read the list again.
    Reset,
    /// Figures.
    Stats {
        /// When they were taken.
        at: UnixMillis,
        /// One for each container that has some.
        samples: Vec<Sample>,
    },
    /// No more lines will come: the container ended, or `until` was reached. Where it stood.
    LogEnded {
        /// After the last line.
        cursor: LogCursor,
    },
    /// Rows of the audit.
    Audit {
        /// Where to go on.
        cursor: Cursor,
        /// New or finished, whole, in the order in which that happened.
        rows: Enclosed<Vec<AuditRow>>,
    },
    /// How far a verification of the audit is.
    AuditProgress {
        /// Entries that were looked at.
        done: u64,
        /// Entries there are.
        of: u64,
    },
    /// A job.
    Job {
        /// What is new of it.
        update: Enclosed<JobUpdate>,
    },
    /// Jobs began or ended.
    Jobs {
        /// How many are under way.
        running: u32,
        /// Another one each time: then the list is to be read again.
        revision: u64,
    },
    /// The engine's images are others than before: the list is to be read again.
    Images {
        /// Another one each time.
        revision: u64,
    },
    /// The person's session as it is now.
    Session {
        /// Role and name.
        session: crate::session::Session,
    },
    /// What the console itself uses.
    OwnLoad {
        /// The figures.
        load: OwnLoad,
    },
}

/// A value as JSON in a text of its own: what passes it on need not know how to read it. So only the pages of
/// jobs and of the audit hold what reads theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent, bound = "")]
pub struct Enclosed<T> {
    text: String,
    #[serde(skip)]
    what: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> Enclosed<T> {
    /// Encloses a value. An error if it cannot be written as JSON.
    pub fn new(value: &T) -> serde_json::Result<Self> {
        Ok(Self { text: serde_json::to_string(value)?, what: PhantomData })
    }

    /// The value again.
    pub fn open(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.text)
    }
}

/// What the console itself uses of its host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLoad {
    /// Of one processor, in thousandths, over the last seconds.
    pub cpu_millis: u32,
    /// Memory held, in bytes.
    pub memory: u64,
}

/// A container's figures at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// Whose.
    pub container: ContainerId,
    /// Of one processor, in thousandths: 1000 is one processor busy.
    pub cpu_millis: u32,
    /// Memory in use without the page cache, in bytes, as `docker stats` counts it.
    pub memory: u64,
    /// The limit, or the host's memory.
    pub memory_limit: u64,
    /// Bytes received on all networks since the start.
    pub network_in: u64,
    /// Bytes sent.
    pub network_out: u64,
    /// Bytes read from block devices.
    pub block_in: u64,
    /// Bytes written.
    pub block_out: u64,
    /// Processes.
    pub pids: u32,
}

socket! {
    /// Live updates: see the protocol's description in the documents.
    Live {} "/api/v1/live", query: Empty, needs: session, mutates: false, before_factor: yes
}

//! What the form amounts to: the spec, and what is to be said at which of its fields. Pure.

use std::collections::HashMap;

use shared::run::{
    Field, HostReason, IpcMode, NoteKind, PidMode, Place, Problem, ReadFields, RunSpec, Typed, check,
    command_words,
    flags::{self, Flag, Kind, Section},
    from_fields, host_needs,
};

use super::{known::missing, taken::Taken};

/// Where something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Spot {
    /// At the image.
    Image,
    /// At the command.
    Command,
    /// At a flag as a whole.
    Flag(&'static str),
    /// At one of its values.
    Row(u32),
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// In the spec itself.
    Problem(Problem),
    /// The text is no value.
    Unread(NoteKind),
    /// A container has the name.
    NameTaken(String),
    /// A container is named that the list has not.
    NoContainer(String),
    /// A volume is named that is not here: it is made.
    NoVolume(String),
    /// A network is named that is not here.
    NoNetwork(String),
    /// More processors than the host has, or another one.
    TooManyProcessors(u32),
    /// More bytes than the host has.
    TooMuchMemory(u64),
    /// A container has the port.
    PortTaken {
        by: String,
        port: u16,
        bound: bool,
        /// The same line with the next free port, and that port.
        next: Option<(String, u16)>,
    },
}

impl Trouble {
    /// Whether nothing can be made of it. A port that is taken lets it be made, and not started.
    pub(super) fn blocks(&self) -> bool {
        match self {
            Self::Problem(problem) => problem.blocks(),
            Self::Unread(_) | Self::NameTaken(_) => true,
            Self::PortTaken { .. }
            | Self::NoContainer(_)
            | Self::NoVolume(_)
            | Self::NoNetwork(_)
            | Self::TooManyProcessors(_)
            | Self::TooMuchMemory(_) => false,
        }
    }
}

/// A section as its head tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// How many of its values are set.
    pub(super) set: usize,
    /// How many of these are among the rarely used flags.
    pub(super) rare: usize,
    /// How much is to be corrected.
    pub(super) troubles: usize,
    /// Whether something in it reaches the host.
    pub(super) host: bool,
    /// What it holds, shortly.
    pub(super) values: Vec<String>,
}

/// One value of the form.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) row: u32,
    pub(super) typed: Typed,
}

/// What the form amounts to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    pub(super) spec: RunSpec,
    pub(super) heads: HashMap<Section, Head>,
    troubles: HashMap<Spot, Vec<Trouble>>,
    reach: HashMap<Spot, Vec<HostReason>>,
    fields: ReadFields,
    rows: Vec<(u32, &'static str)>,
}

impl Reading {
    /// Reads the form.
    pub(super) fn of(image: &str, command: &str, entries: Vec<Entry>, taken: &Taken) -> Self {
        let mut reading = Self {
            rows: entries.iter().map(|entry| (entry.row, entry.typed.flag.long)).collect(),
            ..Self::default()
        };
        let typed: Vec<Typed> = entries.into_iter().map(|entry| entry.typed).collect();
        let words = command_words(command);
        if let Err(kind) = words {
            reading.add(Spot::Command, Trouble::Unread(kind));
        }
        reading.fields = from_fields(image.trim(), words.unwrap_or_default(), &typed);
        reading.spec = reading.fields.spec.clone();
        reading.heads_of(&typed);
        for (number, kind) in reading.fields.unread.clone() {
            if let Some((row, _)) = reading.rows.get(number) {
                reading.add(Spot::Row(*row), Trouble::Unread(kind));
            }
        }
        for finding in check(&reading.spec) {
            reading.add(reading.spot(finding.place), Trouble::Problem(finding.problem));
        }
        reading.compare(taken);
        for need in host_needs(&reading.spec) {
            let spot = reading.spot(need.place);
            if let Some(head) = reading.section_of(spot).and_then(|section| reading.heads.get_mut(&section)) {
                head.host = true;
            }
            reading.reach.entry(spot).or_default().push(need.reason);
        }
        reading
    }

    fn add(&mut self, spot: Spot, trouble: Trouble) {
        if trouble.blocks()
            && let Some(section) = self.section_of(spot)
        {
            self.heads.entry(section).or_default().troubles += 1;
        }
        self.troubles.entry(spot).or_default().push(trouble);
    }

    fn heads_of(&mut self, typed: &[Typed]) {
        for Typed { flag, text } in typed {
            let head = self.heads.entry(flag.section).or_default();
            head.set += 1;
            head.rare += usize::from(rank(flag).is_none());
            head.values.push(match (flag.kind, flag.long) {
                (Kind::Switch, _) => format!("--{}", flag.long),
                // Values may be secret.
                (_, "env") => text.split('=').next().unwrap_or_default().to_owned(),
                _ => text.clone(),
            });
        }
    }

    fn compare(&mut self, taken: &Taken) {
        if let Some(name) = self.spec.general.name.clone().filter(|name| taken.has_name(name)) {
            self.add(self.spot(Field::Name.into()), Trouble::NameTaken(name));
        }
        let away = |(place, name): (Place, &str)| (!taken.has(name)).then(|| (place, name.to_owned()));
        let away: Vec<_> = named_containers(&self.spec).into_iter().filter_map(away).collect();
        for (place, name) in away {
            self.add(self.spot(place), Trouble::NoContainer(name));
        }
        for (place, trouble) in missing(&self.spec, taken) {
            self.add(self.spot(place), trouble);
        }
        let ports = self.spec.network.ports.clone();
        for (index, port) in ports.iter().enumerate() {
            let Some((held, number)) = taken.holder(port) else { continue };
            let next = taken.next_free(port, &ports);
            let next = next.and_then(|next| Some((next.to_string(), next.host?.first())));
            let trouble = Trouble::PortTaken { by: held.by.clone(), port: number, bound: held.bound, next };
            self.add(self.spot(Field::Ports.at(index)), trouble);
        }
    }

    /// Where a place of the spec is in the form.
    pub(super) fn spot(&self, place: Place) -> Spot {
        match place.field {
            Field::Image => Spot::Image,
            Field::Command => Spot::Command,
            field => match self.fields.typed_at(place).and_then(|number| self.rows.get(number)) {
                Some((row, _)) => Spot::Row(*row),
                None => flags::by_field(field).map_or(Spot::Image, |flag| Spot::Flag(flag.long)),
            },
        }
    }

    /// Where the field of a refusal is in the form.
    pub(super) fn spot_of(&self, path: &str) -> Option<Spot> {
        self.fields.place_of(path).map(|place| self.spot(place))
    }

    /// The flag of a spot.
    pub(super) fn flag_of(&self, spot: Spot) -> Option<&'static Flag> {
        match spot {
            Spot::Image | Spot::Command => None,
            Spot::Flag(name) => flags::by_long(name),
            Spot::Row(id) => {
                self.rows.iter().find(|(row, _)| *row == id).and_then(|(_, name)| flags::by_long(name))
            }
        }
    }

    fn section_of(&self, spot: Spot) -> Option<Section> {
        match spot {
            Spot::Image => Some(Section::General),
            Spot::Command => Some(Section::Command),
            Spot::Flag(_) | Spot::Row(_) => self.flag_of(spot).map(|flag| flag.section),
        }
    }

    /// What is wrong at a spot.
    pub(super) fn troubles(&self, spot: Spot) -> Vec<Trouble> {
        self.troubles.get(&spot).cloned().unwrap_or_default()
    }

    /// How a spot reaches the host.
    pub(super) fn reach(&self, spot: Spot) -> Vec<HostReason> {
        self.reach.get(&spot).cloned().unwrap_or_default()
    }

    /// How much keeps it from being made.
    pub(super) fn blocking(&self) -> usize {
        self.heads.values().map(|head| head.troubles).sum()
    }

    /// How many texts are not in the command.
    pub(super) fn unread(&self) -> usize {
        let unread = |trouble: &&Trouble| matches!(trouble, Trouble::Unread(_));
        self.troubles.values().flatten().filter(unread).count()
    }
}

/// The flags that are shown at once, in this order; the others stand under “Rarely used”.
const COMMON: &[&str] = &[
    "name",
    "detach",
    "interactive",
    "tty",
    "rm",
    "label",
    "entrypoint",
    "workdir",
    "user",
    "publish",
    "publish-all",
    "volume",
    "tmpfs",
    "env",
    "network",
    "hostname",
    "memory",
    "cpus",
    "pids-limit",
    "health-cmd",
    "health-interval",
    "no-healthcheck",
    "restart",
    "stop-signal",
    "stop-timeout",
    "read-only",
    "privileged",
    "cap-drop",
    "cap-add",
    "security-opt",
    "device",
    "log-driver",
    "log-opt",
];

/// Where a flag stands among those that are shown at once.
pub(super) fn rank(flag: &Flag) -> Option<usize> {
    COMMON.iter().position(|name| *name == flag.long)
}

/// The container that each field names, where one does.
fn named_containers(spec: &RunSpec) -> Vec<(Place, &str)> {
    let network = &spec.network;
    let links =
        network.links.iter().enumerate().map(|(i, link)| (Field::Links.at(i), link.container.as_str()));
    let from = spec.storage.volumes_from.iter().enumerate();
    let from = from.map(|(i, from)| (Field::VolumesFrom.at(i), from.container.as_str()));
    let networks = network.networks.iter().enumerate().filter_map(|(i, network)| {
        Some((Field::Networks.at(i), network.name.as_str().strip_prefix("container:")?))
    });
    let pid = match &spec.security.pid {
        Some(PidMode::Container(name)) => Some((Field::Pid.into(), name.as_str())),
        Some(PidMode::Host) | None => None,
    };
    let ipc = match &spec.security.ipc {
        Some(IpcMode::Container(name)) => Some((Field::Ipc.into(), name.as_str())),
        _ => None,
    };
    links.chain(from).chain(networks).chain(pid).chain(ipc).collect()
}

#[cfg(test)]
#[path = "reading_tests.rs"]
mod tests;

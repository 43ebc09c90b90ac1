//! What the form is checked against beside the list: what containers hold that do not run, which volumes and
//! networks there are, how large the host is.
//!
//! Asked for when the form opens and when the list of containers or the person's attention changes; a key press
//! asks nothing.

use std::time::Duration;

use leptos::{ev, leptos_dom::helpers::window_event_listener, prelude::*, task::spawn_local};
use shared::{
    Empty,
    run::{Field, Held, MountKind, Place, ReadHeld, RunSpec, Volume},
};

use super::{reading::Trouble, taken::Taken};
use crate::{api, components::containers_store::ContainersStore};

/// How long changes of the list are gathered before it is asked again.
const GATHER: Duration = Duration::from_millis(500);

/// What is known beside the list. Kept as long as the page stands; what could not be read is not warned of.
pub(super) fn follow(store: ContainersStore) -> RwSignal<Held> {
    let held = RwSignal::new(Held::default());
    let waits = StoredValue::new(false);
    let ask = move || {
        let environment = store.environment_untracked();
        spawn_local(async move {
            if let Ok(read) = api::call(ReadHeld { environment }, Empty {}, ()).await {
                // The page may be gone by now.
                let _ = held.try_update(|held| {
                    if *held != read {
                        *held = read;
                    }
                });
            }
        });
    };
    let gather = move || {
        if waits.get_value() {
            return;
        }
        waits.set_value(true);
        set_timeout(
            move || {
                if waits.try_set_value(false).is_none() {
                    ask();
                }
            },
            GATHER,
        );
    };
    let alive = Memo::new(move |_| {
        let rows = store.all();
        rows.iter().map(|row| (row.id.clone(), row.state.is_alive())).collect::<Vec<_>>()
    });
    Effect::new(move |before: Option<()>| {
        store.environment();
        // Read, not only tracked: a memo that nobody reads follows nothing.
        alive.with(|_| ());
        match before {
            None => ask(),
            Some(()) => gather(),
        }
    });
    // Somebody may have made a volume elsewhere.
    let focus = window_event_listener(ev::focus, move |_| gather());
    on_cleanup(move || focus.remove());
    held
}

/// What the spec names and is not here, or is more than the host has.
pub(super) fn missing(spec: &RunSpec, taken: &Taken) -> Vec<(Place, Trouble)> {
    let mut found = volumes(spec, taken);
    found.extend(networks(spec, taken));
    found.extend(limits(spec, taken));
    found
}

fn volumes(spec: &RunSpec, taken: &Taken) -> Vec<(Place, Trouble)> {
    let Some(here) = &taken.volumes else { return Vec::new() };
    let named = spec.storage.volumes.iter().enumerate().filter_map(|(index, volume)| match volume {
        Volume::Named { volume, .. } => Some((Field::Volumes.at(index), volume.as_str())),
        Volume::Anonymous { .. } | Volume::Host { .. } => None,
    });
    let mounted = spec.storage.mounts.iter().enumerate().filter_map(|(index, mount)| match &mount.kind {
        MountKind::Volume { source: Some(source), .. } => Some((Field::Mounts.at(index), source.as_str())),
        _ => None,
    });
    let absent = named.chain(mounted).filter(|(_, name)| !name.is_empty() && !here.contains(*name));
    absent.map(|(place, name)| (place, Trouble::NoVolume(name.to_owned()))).collect()
}

fn networks(spec: &RunSpec, taken: &Taken) -> Vec<(Place, Trouble)> {
    if !taken.knows_networks {
        return Vec::new();
    }
    let built_in =
        |name: &str| matches!(name, "default" | "bridge" | "host" | "none") || name.starts_with("container:");
    let named = spec.network.networks.iter().enumerate();
    named
        .map(|(index, network)| (Field::Networks.at(index), network.name.as_str()))
        .filter(|(_, name)| !built_in(name) && !taken.networks.contains(*name))
        .map(|(place, name)| (place, Trouble::NoNetwork(name.to_owned())))
        .collect()
}

fn limits(spec: &RunSpec, taken: &Taken) -> Vec<(Place, Trouble)> {
    let resources = &spec.resources;
    let mut found = Vec::new();
    if let Some(processors) = taken.processors {
        let nanos = i64::from(processors).saturating_mul(1_000_000_000);
        if resources.cpus.is_some_and(|cpus| cpus.signed() > nanos) {
            found.push((Field::Cpus.into(), Trouble::TooManyProcessors(processors)));
        }
        let last = resources.cpuset_cpus.as_deref().and_then(last_processor);
        if last.is_some_and(|last| last >= processors) {
            found.push((Field::CpusetCpus.into(), Trouble::TooManyProcessors(processors)));
        }
    }
    if let Some(memory) = taken.memory {
        for (field, size) in
            [(Field::Memory, resources.memory), (Field::MemoryReservation, resources.memory_reservation)]
        {
            if size.is_some_and(|size| size.bytes() > memory) {
                found.push((field.into(), Trouble::TooMuchMemory(memory)));
            }
        }
    }
    found
}

/// The highest number in `0-3,5`.
fn last_processor(set: &str) -> Option<u32> {
    set.split([',', '-']).filter_map(|number| number.trim().parse().ok()).max()
}

#[cfg(test)]
mod tests {
    use shared::{ByteCount, environments::EngineFacts, run::parse};

    use super::*;

    fn said(line: &str, taken: &Taken) -> Vec<String> {
        let parsed = parse(line);
        assert_eq!(parsed.notes, [], "{line}");
        let found = missing(&parsed.spec, taken);
        found.into_iter().map(|(place, trouble)| format!("{place} {trouble:?}")).collect()
    }

    #[test]
    fn what_is_not_here_or_too_much_is_said_where_it_is() {
        let held = Held {
            volumes: Some(vec!["data".to_owned()]),
            networks: Some(vec!["net".to_owned()]),
            ..Held::default()
        };
        let host =
            EngineFacts { processors: Some(2), memory: Some(ByteCount(1 << 30)), ..EngineFacts::default() };
        let taken = Taken::of(&[], &held, Some(&host));
        let line = "docker run -v data:/a -v new:/b -v /etc:/c -v /d --mount src=other,dst=/e --network net \
                    --network away --cpus 2.5 --cpuset-cpus 0,2 -m 2g busybox";
        assert_eq!(
            said(line, &taken),
            [
                "storage.volumes[1] NoVolume(\"new\")",
                "storage.mounts[0] NoVolume(\"other\")",
                "network.networks[1] NoNetwork(\"away\")",
                "resources.cpus TooManyProcessors(2)",
                "resources.cpuset_cpus TooManyProcessors(2)",
                "resources.memory TooMuchMemory(1073741824)",
            ]
        );
        let within = "docker run -v data:/a --network host --cpus 2 --cpuset-cpus 0-1 -m 1g busybox";
        assert_eq!(said(within, &taken), Vec::<String>::new());
        // What is not known is not warned of.
        assert_eq!(said(line, &Taken::default()), Vec::<String>::new());
    }
}

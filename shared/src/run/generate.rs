//! Specs made at random, for tests: every field, with texts that shells, separators and parsers trip over.
//!
//! The structures are written out without `..`, so that a new field cannot be left out here.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    AttachStream, BindRecursive, Capability, CgroupnsMode, Consistency, Device, DeviceOperations, DeviceRate,
    DeviceWeight, Devices, ExposedPort, ExtraHost, General, GpuChoice, GpuRequest, HealthSpec, HostAddress,
    HostMode, IpcMode, Isolation, JoinedNetwork, KeyValue, Label, Link, Logging, MacAddress, MountKind,
    MountSpec, Name, NanoCpus, Nanos, Network, PidMode, PortRange, Process, Propagation, Protocol,
    PublishedPort, PullPolicy, Resources, Restart, RunSpec, SeccompProfile, Security, SecurityOption, Size,
    Storage, SwapLimit, Tmpfs, Ulimit, UlimitName, Volume, VolumeOption, VolumesFrom,
};

const HOSTILE: &[&str] = &[
    "",
    " ",
    "-",
    "--",
    "-x",
    "--name=x",
    "\u{2014}x",
    "a b",
    "'",
    "\"",
    "it's",
    "\\",
    "a\\",
    "\n",
    "a\r\nb",
    "\t",
    "$HOME",
    "${A}",
    "$(x)",
    "`x`",
    "$",
    "~",
    "~/x",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "#",
    "# x",
    "a#b",
    "|",
    "&&",
    ";",
    ">",
    "2>&1",
    "!",
    "=",
    "a=b",
    ",",
    "a,b",
    ":",
    "a:b",
    "::1",
    "é",
    "日本",
    "\u{202e}",
    "all",
    "rw",
    "true",
    "0",
    "-1",
    "host",
    "container:x",
    "docker run x",
    "$'a'",
    "\u{0}",
    "name=x",
    "\"a\",b",
];

fn text() -> BoxedStrategy<String> {
    prop_oneof![
        4 => select(HOSTILE).prop_map(str::to_owned),
        3 => "[a-zA-Z0-9_./-]{1,12}",
        2 => any::<String>(),
        2 => (select(HOSTILE), select(HOSTILE)).prop_map(|(a, b)| format!("{a}{b}")),
    ]
    .boxed()
}

/// A text that the type takes, as it is or with `plain` before it.
fn checked<T>(plain: &'static str) -> BoxedStrategy<T>
where
    T: std::str::FromStr + Clone + std::fmt::Debug + 'static,
{
    text()
        .prop_map(move |text| {
            text.parse::<T>()
                .or_else(|_error| format!("{plain}{text}").parse())
                .or_else(|_error| plain.parse())
                .ok()
                .unwrap()
        })
        .boxed()
}

fn word<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> BoxedStrategy<T> {
    select(all).boxed()
}

fn few<S: Strategy + 'static>(of: S) -> BoxedStrategy<Vec<S::Value>> {
    prop_oneof![3 => Just(0..1_usize), 2 => Just(1..3_usize)]
        .prop_flat_map({
            let of = of.boxed();
            move |count| vec(of.clone(), count)
        })
        .boxed()
}

fn maybe<S: Strategy + 'static>(of: S) -> BoxedStrategy<Option<S::Value>> {
    option::weighted(0.3, of).boxed()
}

fn pair() -> BoxedStrategy<KeyValue> {
    (checked("k"), text()).prop_map(|(name, value)| KeyValue { name, value }).boxed()
}

fn size() -> BoxedStrategy<Size> {
    let bytes = prop_oneof![
        Just(0),
        any::<u32>().prop_map(u64::from),
        0..=i64::MAX.unsigned_abs(),
        (0_u64..900).prop_map(|n| n << 20)
    ];
    bytes.prop_map(|bytes| Size::try_from(bytes).unwrap()).boxed()
}

fn nanos() -> BoxedStrategy<Nanos> {
    let nanos = prop_oneof![
        0..=i64::MAX.unsigned_abs(),
        (0_u64..10_000).prop_map(|n| n * 1_000_000_000),
        0_u64..5000
    ];
    nanos.prop_map(|nanos| Nanos::try_from(nanos).unwrap()).boxed()
}

fn ports() -> BoxedStrategy<PortRange> {
    (any::<u16>(), 0_u16..4)
        .prop_map(|(first, more)| PortRange::new(first, first.saturating_add(more)).unwrap())
        .boxed()
}

fn general() -> BoxedStrategy<General> {
    let restart = prop_oneof![
        3 => Just(Restart::No),
        1 => Just(Restart::Always),
        1 => Just(Restart::UnlessStopped),
        1 => maybe(any::<u32>()).prop_map(|max_retries| Restart::OnFailure { max_retries }),
    ];
    let label = (checked("k"), text()).prop_map(|(name, value)| Label { name, value });
    let first = (maybe(text()), maybe(text()), maybe(word(PullPolicy::ALL)), few(label), few(pair()));
    let switches = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), few(word(AttachStream::ALL)));
    let last = (restart, maybe(text()), maybe(any::<i64>()), maybe(any::<bool>()));
    (first, switches, last)
        .prop_map(|(first, switches, last)| {
            let (name, platform, pull, labels, annotations) = first;
            let (detach, auto_remove, interactive, tty, attach) = switches;
            let (restart, stop_signal, stop_timeout_seconds, init) = last;
            General {
                name,
                platform,
                pull,
                labels,
                annotations,
                detach,
                auto_remove,
                interactive,
                tty,
                attach,
                restart,
                stop_signal,
                stop_timeout_seconds,
                init,
            }
        })
        .boxed()
}

fn process() -> BoxedStrategy<Process> {
    (maybe(text()), maybe(text()), maybe(text()), few(text()), few(pair()))
        .prop_map(|(entrypoint, workdir, user, group_add, env)| Process {
            entrypoint,
            workdir,
            user,
            group_add,
            env,
        })
        .boxed()
}

fn attachment() -> BoxedStrategy<JoinedNetwork> {
    let names = (checked::<Name>("net"), few(checked::<Name>("alias")), few(pair()), maybe(any::<i64>()));
    let addresses = (
        maybe(any::<Ipv4Addr>()),
        maybe(any::<Ipv6Addr>()),
        few(any::<IpAddr>()),
        maybe(any::<[u8; 6]>().prop_map(MacAddress::from)),
    );
    (names, addresses)
        .prop_map(|((name, aliases, driver_options, gateway_priority), (ipv4, ipv6, link_local, mac))| {
            JoinedNetwork { name, aliases, ipv4, ipv6, link_local, mac, driver_options, gateway_priority }
        })
        .boxed()
}

fn network() -> BoxedStrategy<Network> {
    let published = (maybe(any::<IpAddr>()), maybe(ports()), ports(), word(Protocol::ALL)).prop_map(
        |(host_ip, host, container, protocol)| PublishedPort { host_ip, host, container, protocol },
    );
    let exposed =
        (ports(), word(Protocol::ALL)).prop_map(|(ports, protocol)| ExposedPort { ports, protocol });
    let address = prop_oneof![Just(HostAddress::HostGateway), any::<IpAddr>().prop_map(HostAddress::Ip)];
    let host = (checked("h"), address).prop_map(|(name, address)| ExtraHost { name, address });
    let link = (checked("c"), maybe(checked("a"))).prop_map(|(container, alias)| Link { container, alias });
    let names = (maybe(text()), maybe(text()), few(attachment()), few(published), any::<bool>());
    let more = (few(exposed), few(any::<IpAddr>()), few(text()), few(text()), few(host), few(link));
    (names, more)
        .prop_map(|((hostname, domainname, networks, ports, publish_all), more)| {
            let (expose, dns, dns_search, dns_options, extra_hosts, links) = more;
            Network {
                hostname,
                domainname,
                networks,
                ports,
                publish_all,
                expose,
                dns,
                dns_search,
                dns_options,
                extra_hosts,
                links,
            }
        })
        .boxed()
}

fn volume() -> BoxedStrategy<Volume> {
    let options = || few(word(VolumeOption::ALL));
    prop_oneof![
        checked("/data").prop_map(|target| Volume::Anonymous { target }),
        (checked("v"), checked("/data"), options()).prop_map(|(volume, target, options)| Volume::Named {
            volume,
            target,
            options
        }),
        (checked("/"), checked("/data"), options()).prop_map(|(path, target, options)| Volume::Host {
            path,
            target,
            options
        }),
    ]
    .boxed()
}

fn mount() -> BoxedStrategy<MountSpec> {
    let source = || maybe(text());
    let kind = prop_oneof![
        (source(), maybe(text()), any::<bool>(), few(pair()), maybe(text()), few(pair())).prop_map(
            |(source, subpath, no_copy, labels, driver, driver_options)| MountKind::Volume {
                source,
                subpath,
                no_copy,
                labels,
                driver,
                driver_options,
            }
        ),
        (source(), maybe(word(Propagation::ALL)), maybe(word(BindRecursive::ALL)))
            .prop_map(|(source, propagation, recursive)| MountKind::Bind { source, propagation, recursive }),
        (maybe(size()), maybe(any::<u32>())).prop_map(|(size, mode)| MountKind::Tmpfs { size, mode }),
        (source(), maybe(text())).prop_map(|(source, subpath)| MountKind::Image { source, subpath }),
        source().prop_map(|source| MountKind::Npipe { source }),
        source().prop_map(|source| MountKind::Cluster { source }),
    ];
    (text(), kind, any::<bool>(), maybe(word(Consistency::ALL)))
        .prop_map(|(target, kind, read_only, consistency)| MountSpec { target, kind, read_only, consistency })
        .boxed()
}

fn storage() -> BoxedStrategy<Storage> {
    let tmpfs = (checked("/t"), few(checked("o"))).prop_map(|(target, options)| Tmpfs { target, options });
    let from = (checked("c"), few(word(VolumeOption::ALL)))
        .prop_map(|(container, options)| VolumesFrom { container, options });
    (few(volume()), few(mount()), few(tmpfs), few(from), maybe(text()), few(pair()), any::<bool>())
        .prop_map(|(volumes, mounts, tmpfs, volumes_from, volume_driver, storage_options, read_only)| {
            Storage { volumes, mounts, tmpfs, volumes_from, volume_driver, storage_options, read_only }
        })
        .boxed()
}

fn resources() -> BoxedStrategy<Resources> {
    let n = || maybe(any::<i64>());
    let swap = prop_oneof![Just(SwapLimit::Unlimited), size().prop_map(SwapLimit::Bytes)];
    let cpus = (0..=i64::MAX.unsigned_abs()).prop_map(|nanos| NanoCpus::try_from(nanos).unwrap());
    let ulimit = (word(UlimitName::ALL), any::<i64>(), maybe(any::<i64>()))
        .prop_map(|(name, soft, hard)| Ulimit { name, soft, hard });
    let weight =
        (checked("/dev/x"), any::<u16>()).prop_map(|(device, weight)| DeviceWeight { device, weight });
    let rate = || (checked("/dev/x"), size()).prop_map(|(device, rate)| DeviceRate { device, rate });
    let operations =
        || (checked("/dev/x"), any::<u64>()).prop_map(|(device, rate)| DeviceOperations { device, rate });
    let memory =
        (maybe(size()), maybe(size()), maybe(swap), n(), maybe(size()), maybe(size()), any::<bool>(), n());
    let cpu = (maybe(cpus), n(), n(), n(), n(), n(), maybe(text()), maybe(text()));
    let kernel = (n(), few(ulimit), maybe(any::<u16>()), few(weight));
    let devices = (few(rate()), few(rate()), few(operations()), few(operations()));
    let windows = (n(), n(), maybe(size()), maybe(any::<u64>()));
    (memory, cpu, kernel, devices, windows)
        .prop_map(|(memory, cpu, kernel, devices, windows)| {
            let (
                memory,
                memory_reservation,
                memory_swap,
                memory_swappiness,
                kernel_memory,
                shm_size,
                oom_kill_disable,
                oom_score_adj,
            ) = memory;
            let (
                cpus,
                cpu_shares,
                cpu_period,
                cpu_quota,
                cpu_rt_period,
                cpu_rt_runtime,
                cpuset_cpus,
                cpuset_mems,
            ) = cpu;
            let (pids_limit, ulimits, blkio_weight, blkio_weight_device) = kernel;
            let (device_read_bps, device_write_bps, device_read_iops, device_write_iops) = devices;
            let (cpu_count, cpu_percent, io_maxbandwidth, io_maxiops) = windows;
            Resources {
                memory,
                memory_reservation,
                memory_swap,
                memory_swappiness,
                kernel_memory,
                shm_size,
                oom_kill_disable,
                oom_score_adj,
                cpus,
                cpu_shares,
                cpu_period,
                cpu_quota,
                cpu_rt_period,
                cpu_rt_runtime,
                cpuset_cpus,
                cpuset_mems,
                pids_limit,
                ulimits,
                blkio_weight,
                blkio_weight_device,
                device_read_bps,
                device_write_bps,
                device_read_iops,
                device_write_iops,
                cpu_count,
                cpu_percent,
                io_maxbandwidth,
                io_maxiops,
            }
        })
        .boxed()
}

fn health() -> BoxedStrategy<HealthSpec> {
    (
        any::<bool>(),
        maybe(text()),
        maybe(nanos()),
        maybe(nanos()),
        maybe(nanos()),
        maybe(nanos()),
        maybe(any::<i64>()),
    )
        .prop_map(|(disabled, command, interval, timeout, start_period, start_interval, retries)| {
            HealthSpec { disabled, command, interval, timeout, start_period, start_interval, retries }
        })
        .boxed()
}

fn security() -> BoxedStrategy<Security> {
    let capability =
        || select(&["ALL", "SYS_ADMIN", "NET_RAW"][..]).prop_map(|name| name.parse::<Capability>().unwrap());
    let option = prop_oneof![
        any::<bool>().prop_map(SecurityOption::NoNewPrivileges),
        word(SeccompProfile::ALL).prop_map(SecurityOption::Seccomp),
        text().prop_map(SecurityOption::Apparmor),
        text().prop_map(SecurityOption::Label),
        Just(SecurityOption::UnmaskedPaths),
        any::<bool>().prop_map(SecurityOption::WritableCgroups),
    ];
    let pid = prop_oneof![Just(PidMode::Host), checked("c").prop_map(PidMode::Container)];
    let ipc = prop_oneof![
        Just(IpcMode::None),
        Just(IpcMode::Private),
        Just(IpcMode::Shareable),
        Just(IpcMode::Host),
        checked("c").prop_map(IpcMode::Container),
    ];
    let rights = (any::<bool>(), few(capability()), few(capability()), few(option));
    let spaces = (
        maybe(word(HostMode::ALL)),
        maybe(pid),
        maybe(ipc),
        maybe(word(HostMode::ALL)),
        maybe(word(CgroupnsMode::ALL)),
    );
    let kernel = (maybe(text()), maybe(text()), maybe(word(Isolation::ALL)), few(pair()));
    (rights, spaces, kernel)
        .prop_map(|(rights, spaces, kernel)| {
            let (privileged, cap_add, cap_drop, options) = rights;
            let (userns, pid, ipc, uts, cgroupns) = spaces;
            let (cgroup_parent, runtime, isolation, sysctls) = kernel;
            Security {
                privileged,
                cap_add,
                cap_drop,
                options,
                userns,
                pid,
                ipc,
                uts,
                cgroupns,
                cgroup_parent,
                runtime,
                isolation,
                sysctls,
            }
        })
        .boxed()
}

fn devices() -> BoxedStrategy<Devices> {
    let permissions = || select(&["r", "rw", "rwm", "mr"][..]).prop_map(|text| text.parse().unwrap());
    let device = prop_oneof![
        3 => (checked("/dev/x"), maybe(checked("/dev/y")), maybe(permissions()))
            .prop_map(|(host, container, permissions)| Device::Path { host, container, permissions }),
        1 => "[a-z]{1,4}\\.com/[a-z]{1,4}=[a-z0-9:.]{0,4}[a-z]".prop_map(|name| match name.parse() {
            Ok(name) => Device::Cdi { name },
            Err(_error) => Device::Cdi { name: "a.com/b=c".parse().unwrap() },
        }),
    ];
    let rule = select(&["c 42:* rmw", "b 8:0 r", "a *:* m"][..]).prop_map(|rule| rule.parse().unwrap());
    let choice = prop_oneof![
        Just(GpuChoice::All),
        any::<u32>().prop_map(GpuChoice::Count),
        few(checked("g")).prop_map(GpuChoice::Devices),
    ];
    let gpu = (choice, maybe(text()), few(checked("c")), few(pair())).prop_map(
        |(choice, driver, capabilities, options)| GpuRequest { choice, driver, capabilities, options },
    );
    (few(device), few(rule), few(gpu))
        .prop_map(|(devices, cgroup_rules, gpus)| Devices { devices, cgroup_rules, gpus })
        .boxed()
}

/// Any spec that can be made.
pub(crate) fn spec() -> BoxedStrategy<RunSpec> {
    let logging = (maybe(text()), few(pair())).prop_map(|(driver, options)| Logging { driver, options });
    let first = (text(), few(text()), general(), process(), network());
    (first, storage(), resources(), health(), security(), devices(), logging)
        .prop_map(|(first, storage, resources, health, security, devices, logging)| {
            let (image, command, general, process, network) = first;
            RunSpec {
                image,
                command,
                general,
                process,
                network,
                storage,
                resources,
                health,
                security,
                devices,
                logging,
            }
        })
        .boxed()
}

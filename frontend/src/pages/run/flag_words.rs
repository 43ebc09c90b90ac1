//! What each flag does, in one sentence, and an example of its value.
//!
//! Sentences are keys of the locales, named like the flags; examples are Docker's own grammar and so not.

use shared::run::flags::{Flag, Section};

use crate::i18n::{I18n, t_string};

macro_rules! sentences {
    ($($key:ident)*) => {
        /// The flag's sentence; tracked.
        pub(super) fn sentence(i18n: I18n, flag: &Flag) -> String {
            match flag.key().as_str() {
                $(stringify!($key) => t_string!(i18n, run.flag.$key),)*
                _ => String::new(),
            }
        }

        #[cfg(test)]
        const KEYS: &[&str] = &[$(stringify!($key)),*];
    };
}

sentences! {
    detach interactive tty rm name attach platform pull label annotation restart stop_signal stop_timeout
    init entrypoint workdir user group_add env env_file label_file cidfile detach_keys sig_proxy quiet
    disable_content_trust help use_api_socket volume mount tmpfs volumes_from volume_driver storage_opt
    read_only no_healthcheck health_cmd health_interval health_timeout health_start_period
    health_start_interval health_retries log_driver log_opt device device_cgroup_rule gpus publish
    publish_all expose network network_alias ip ip6 link_local_ip mac_address hostname domainname dns
    dns_search dns_option add_host link memory memory_reservation memory_swap memory_swappiness
    kernel_memory shm_size oom_kill_disable oom_score_adj cpus cpu_shares cpu_period cpu_quota
    cpu_rt_period cpu_rt_runtime cpuset_cpus cpuset_mems pids_limit ulimit blkio_weight
    blkio_weight_device device_read_bps device_write_bps device_read_iops device_write_iops cpu_count
    cpu_percent io_maxbandwidth io_maxiops privileged cap_add cap_drop security_opt userns pid ipc uts
    cgroupns cgroup_parent runtime isolation sysctl
}

/// The name of a section; tracked.
pub(super) fn section_word(i18n: I18n, section: Section) -> String {
    match section {
        Section::General => t_string!(i18n, run.section.general),
        Section::Command => t_string!(i18n, run.section.command),
        Section::Ports => t_string!(i18n, run.section.ports),
        Section::Volumes => t_string!(i18n, run.section.volumes),
        Section::Environment => t_string!(i18n, run.section.environment),
        Section::Network => t_string!(i18n, run.section.network),
        Section::Resources => t_string!(i18n, run.section.resources),
        Section::Health => t_string!(i18n, run.section.health),
        Section::Restart => t_string!(i18n, run.section.restart),
        Section::Security => t_string!(i18n, run.section.security),
        Section::Logging => t_string!(i18n, run.section.logging),
    }
}

/// What a value of the flag may look like; empty where that says nothing.
pub(super) fn example(flag: &Flag) -> &'static str {
    match flag.long {
        "name" => "web",
        "platform" => "linux/amd64",
        "label" => "team=web",
        "annotation" => "org.example.key=value",
        "restart" => "unless-stopped",
        "stop-signal" => "SIGTERM",
        "stop-timeout" => "10",
        "entrypoint" => "/docker-entrypoint.sh",
        "workdir" => "/app",
        "user" => "1000:1000",
        "group-add" => "audio",
        "env" => "TZ=Europe/Paris",
        "publish" => "8080:80",
        "expose" => "9000",
        "volume" => "data:/var/lib/data",
        "mount" => "type=volume,source=data,target=/var/lib/data",
        "tmpfs" => "/tmp:size=64m",
        "volumes-from" => "other:ro",
        "volume-driver" => "local",
        "storage-opt" => "size=10G",
        "health-cmd" => "curl -f http://localhost/",
        "health-interval" | "health-timeout" | "health-start-period" => "30s",
        "health-start-interval" => "5s",
        "health-retries" => "3",
        "log-driver" => "json-file",
        "log-opt" => "max-size=10m",
        "device" => "/dev/ttyUSB0",
        "device-cgroup-rule" => "c 189:* rmw",
        "gpus" => "all",
        "network" => "backend",
        "network-alias" => "db",
        "ip" => "172.20.0.10",
        "ip6" => "2001:db8::10",
        "link-local-ip" => "169.254.1.10",
        "mac-address" => "92:d0:c6:0a:29:33",
        "hostname" => "web-1",
        "domainname" | "dns-search" => "example.org",
        "dns" => "9.9.9.9",
        "dns-option" => "ndots:1",
        "add-host" => "db.local:10.0.0.5",
        "link" => "db:database",
        "memory" => "512m",
        "memory-reservation" => "256m",
        "memory-swap" | "kernel-memory" => "1g",
        "memory-swappiness" => "60",
        "shm-size" => "64m",
        "oom-score-adj" => "100",
        "cpus" => "1.5",
        "cpu-shares" => "512",
        "cpu-period" => "100000",
        "cpu-quota" => "50000",
        "cpu-rt-period" => "1000000",
        "cpu-rt-runtime" => "950000",
        "cpuset-cpus" => "0-3",
        "cpuset-mems" => "0,1",
        "pids-limit" => "200",
        "ulimit" => "nofile=1024:2048",
        "blkio-weight" => "500",
        "blkio-weight-device" => "/dev/sda:500",
        "device-read-bps" | "device-write-bps" => "/dev/sda:1mb",
        "device-read-iops" | "device-write-iops" => "/dev/sda:1000",
        "cpu-count" => "2",
        "cpu-percent" => "50",
        "io-maxbandwidth" => "10m",
        "io-maxiops" => "1000",
        "cap-add" => "NET_ADMIN",
        "cap-drop" => "ALL",
        "security-opt" => "no-new-privileges",
        "cgroup-parent" => "/limited",
        "runtime" => "runc",
        "sysctl" => "net.core.somaxconn=1024",
        _ => "",
    }
}

/// The values that are usual, or all there are.
pub(super) fn choices(flag: &Flag) -> &'static [&'static str] {
    match flag.long {
        "attach" => &["stdin", "stdout", "stderr"],
        "pull" => &["always", "missing", "never"],
        "restart" => &["no", "always", "unless-stopped", "on-failure", "on-failure:3"],
        "ipc" => &["none", "private", "shareable", "host"],
        "pid" | "uts" | "userns" => &["host"],
        "cgroupns" => &["private", "host"],
        "isolation" => &["default", "process", "hyperv"],
        "log-driver" => &[
            "json-file",
            "local",
            "none",
            "syslog",
            "journald",
            "gelf",
            "fluentd",
            "awslogs",
            "splunk",
            "gcplogs",
        ],
        "security-opt" => &[
            "no-new-privileges",
            "apparmor=unconfined",
            "seccomp=unconfined",
            "seccomp=builtin",
            "label=disable",
            "systempaths=unconfined",
            "writable-cgroups=true",
        ],
        "stop-signal" => &["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGKILL"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use shared::run::flags::flags;

    use super::*;

    #[test]
    fn every_flag_has_its_sentence() {
        for flag in flags() {
            assert!(KEYS.contains(&flag.key().as_str()), "--{}", flag.long);
        }
    }

    #[test]
    fn examples_and_choices_are_read() {
        for flag in flags() {
            let texts = std::iter::once(example(flag)).chain(choices(flag).iter().copied());
            for text in texts.filter(|text| !text.is_empty()) {
                let typed = shared::run::Typed { flag, text: text.to_owned() };
                let read = shared::run::from_fields("image", Vec::new(), &[typed]);
                assert_eq!(read.unread, [], "--{} {text}", flag.long);
            }
        }
    }
}

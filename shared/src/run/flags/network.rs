//! Flags of ports, networks and names.

use super::{Fate, Flag, Kind, Reach, Refusal, Section, many, one, switch, text, texts};
use crate::run::{Field, Reason};

fn address(list: &mut Vec<std::net::IpAddr>, text: &str) -> Result<(), Refusal> {
    list.push(text.trim().parse().map_err(|_error| Reason::Address)?);
    Ok(())
}

pub(super) const FLAGS: &[Flag] = &[
    Flag::of(
        Section::Ports,
        Field::Ports,
        Kind::List,
        "publish",
        |d, v| many(&mut d.spec.network.ports, v),
        |s, out| out.many(&s.network.ports),
    )
    .short('p')
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Ports,
        Field::PublishAll,
        Kind::Switch,
        "publish-all",
        |d, v| switch(&mut d.spec.network.publish_all, v),
        |s, out| out.switch(s.network.publish_all),
    )
    .short('P')
    .reach(Reach::Host)
    .described(),
    Flag::of(
        Section::Ports,
        Field::Expose,
        Kind::List,
        "expose",
        |d, v| many(&mut d.spec.network.expose, v),
        |s, out| out.many(&s.network.expose),
    ),
    Flag::of(
        Section::Network,
        Field::Networks,
        Kind::List,
        "network",
        |d, v| many(&mut d.spec.network.networks, v),
        |s, out| out.many(&s.network.networks),
    )
    .alias(&["net"])
    .reach(Reach::Sometimes)
    .described(),
    Flag {
        read: |d, v| many(&mut d.first.aliases, v),
        ..Flag::without(Section::Network, Fate::FirstNetwork, Kind::List, "network-alias")
    }
    .alias(&["net-alias"]),
    Flag {
        read: |d, v| {
            d.first.ipv4 = Some(v.parse().map_err(|_error| Reason::Address)?);
            Ok(())
        },
        ..Flag::without(Section::Network, Fate::FirstNetwork, Kind::Value, "ip")
    },
    Flag {
        read: |d, v| {
            d.first.ipv6 = Some(v.parse().map_err(|_error| Reason::Address)?);
            Ok(())
        },
        ..Flag::without(Section::Network, Fate::FirstNetwork, Kind::Value, "ip6")
    },
    Flag {
        read: |d, v| address(&mut d.first.link_local, v),
        ..Flag::without(Section::Network, Fate::FirstNetwork, Kind::List, "link-local-ip")
    },
    Flag {
        read: |d, v| one(&mut d.first.mac, v),
        ..Flag::without(Section::Network, Fate::FirstNetwork, Kind::Value, "mac-address")
    },
    Flag::of(
        Section::Network,
        Field::Hostname,
        Kind::Value,
        "hostname",
        |d, v| text(&mut d.spec.network.hostname, v),
        |s, out| out.one(s.network.hostname.as_ref()),
    )
    .short('h'),
    Flag::of(
        Section::Network,
        Field::Domainname,
        Kind::Value,
        "domainname",
        |d, v| text(&mut d.spec.network.domainname, v),
        |s, out| out.one(s.network.domainname.as_ref()),
    ),
    Flag::of(
        Section::Network,
        Field::Dns,
        Kind::List,
        "dns",
        |d, v| address(&mut d.spec.network.dns, v),
        |s, out| out.many(&s.network.dns),
    )
    .reach(Reach::Host),
    Flag::of(
        Section::Network,
        Field::DnsSearch,
        Kind::List,
        "dns-search",
        |d, v| texts(&mut d.spec.network.dns_search, v),
        |s, out| out.many(&s.network.dns_search),
    ),
    Flag::of(
        Section::Network,
        Field::DnsOptions,
        Kind::List,
        "dns-option",
        |d, v| texts(&mut d.spec.network.dns_options, v),
        |s, out| out.many(&s.network.dns_options),
    )
    .alias(&["dns-opt"]),
    Flag::of(
        Section::Network,
        Field::ExtraHosts,
        Kind::List,
        "add-host",
        |d, v| many(&mut d.spec.network.extra_hosts, v),
        |s, out| out.many(&s.network.extra_hosts),
    )
    .reach(Reach::Sometimes)
    .described(),
    Flag::of(
        Section::Network,
        Field::Links,
        Kind::List,
        "link",
        |d, v| many(&mut d.spec.network.links, v),
        |s, out| out.many(&s.network.links),
    )
    .reach(Reach::Host),
];

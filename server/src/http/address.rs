//! Where a request comes from, past proxies that are trusted and no others.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};
use ipnet::IpNet;

/// The proxies whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

/// The peer of a connection that came through a Unix socket: whoever may open it is as good as local.
pub(super) const SOCKET_PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

impl TrustedProxies {
    /// These networks.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// The networks, as they would be written.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }

    /// The client's address: the last one in the chain that is no trusted proxy, neither one of these nor of
    /// `more`. What stands before it in the header was written by the client and is not believed.
    #[must_use]
    pub fn client(&self, more: &[IpNet], hops: &Hops) -> IpAddr {
        let trusts = |address: &IpAddr| self.0.iter().chain(more).any(|network| network.contains(address));
        let mut client = hops.peer;
        let mut rest = hops.named.iter();
        while trusts(&client)
            && let Some(next) = rest.next()
        {
            client = *next;
        }
        client
    }
}

/// The hosts that a request says it came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hops {
    /// Whoever is connected.
    peer: IpAddr,
    /// What each says of the one before it, the nearest first, up to what is no address.
    named: Vec<IpAddr>,
}

impl Hops {
    /// Those of a request.
    #[must_use]
    pub fn of(headers: &HeaderMap, extensions: &Extensions) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map_or(SOCKET_PEER, |info| info.0);
        let chain: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        let addresses = chain.into_iter().rev().map_while(|hop| hop.parse::<IpAddr>().ok());
        Self {
            peer: peer.ip().to_canonical(),
            named: addresses.map(|address| address.to_canonical()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &str) -> String {
        let proxies = TrustedProxies::new(trusted.iter().map(|network| network.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let hops = Hops::of(&headers, &extensions);
        // Where the trust comes from makes no difference.
        let more = TrustedProxies::default().client(&proxies.0, &hops);
        assert_eq!(proxies.client(&[], &hops), more);
        more.to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client(&[], "10.0.0.1", "1.2.3.4"), "10.0.0.1");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", "1.2.3.4"), "1.2.3.4");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2"), "1.2.3.4");
        assert_eq!(client(&["10.0.0.0/8"], "::ffff:10.0.0.1", "1.2.3.4"), "1.2.3.4");
        assert_eq!(client(&["10.0.0.0/8"], "10.0.0.1", "nonsense"), "10.0.0.1");
    }
}

//! What a node says of itself when its doors are open: how to connect, for a person to copy.

use std::net::{IpAddr, SocketAddr};

use crate::net::door::Door;
use crate::net::tls::{Identity, Origin};
use crate::settings::{Bridge, Durability, Redis, Settings, Tls};

use super::Running;

/// Several lines without a trailing line end.
#[must_use]
pub fn started(settings: &Settings, running: &Running) -> String {
    let mut lines = vec![format!(
        "conclave {} on {}",
        env!("CARGO_PKG_VERSION"),
        settings.node.name
    )];
    for door in Door::ALL {
        lines.extend(entrance(door, &running.addresses));
    }
    let made = match running.origin {
        Origin::Loaded => "",
        Origin::Generated => " (made just now)",
    };
    lines.push(format!(
        "  certificate  {}{made}",
        settings.tls.cert.display()
    ));
    lines.push(format!(
        "  fingerprint  SHA-256 {}",
        running.identity.fingerprint()
    ));
    lines.push(format!("  store        {}", store(settings)));
    lines.push("  stop         Ctrl-C, and once more to stop at once".to_owned());
    lines.join("\n")
}

/// Where a door is open, and how somebody on this machine comes in by it.
fn entrance(door: Door, open: &[(Door, SocketAddr)]) -> Vec<String> {
    let own = open.iter().filter(|(of, _)| *of == door);
    let addresses: Vec<SocketAddr> = own.map(|(_, address)| *address).collect();
    let Some(first) = addresses.first() else {
        return vec![format!("  {door:<12} off")];
    };
    let told = |address: &SocketAddr| format!("  {door:<12} {address}, TLS");
    let mut lines: Vec<_> = addresses.iter().map(told).collect();
    let name = reached_as(*first);
    lines.push(match door {
        Door::Line => format!("  connect      openssl s_client -quiet -connect {name}"),
        Door::Irc => format!("  connect      any IRC client with TLS and SASL, to {name}"),
    });
    lines
}

/// Where acknowledged messages are, and what they survive there.
fn store(settings: &Settings) -> String {
    match &settings.bridge {
        Bridge::Embedded { durability } => {
            let survives = match durability {
                Durability::Fsync => "a power cut",
                Durability::Relaxed => "a killed process",
            };
            let folder = settings.node.data_dir.display();
            format!("{folder}, embedded: acknowledged messages survive {survives}")
        }
        Bridge::Redis(Redis { url, prefix, .. }) => format!(
            "{url} (prefix {prefix:?}), shared by the cluster: \
             acknowledged messages survive what its appendonly and appendfsync say"
        ),
    }
}

/// What `conclave cert` says about the certificate it made or found.
#[must_use]
pub fn certificate(settings: &Tls, identity: &Identity) -> String {
    format!(
        "certificate  {}\nkey          {}\nfingerprint  SHA-256 {}",
        settings.cert.display(),
        settings.key.display(),
        identity.fingerprint()
    )
}

/// How somebody on this machine reaches an address.
fn reached_as(address: SocketAddr) -> String {
    let here = |ip: IpAddr| ip.is_loopback() || ip.is_unspecified();
    if here(address.ip()) {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store_of(variables: &[(&str, &str)]) -> String {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()));
        store(&crate::settings::load(None, variables).unwrap().settings)
    }

    #[test]
    fn a_door_is_told_with_all_its_addresses_and_one_way_in() {
        let open = |doors: &[(Door, &str)]| -> Vec<(Door, SocketAddr)> {
            let parsed = |(door, address): &(Door, &str)| (*door, address.parse().unwrap());
            doors.iter().map(parsed).collect()
        };
        let both = open(&[
            (Door::Line, "127.0.0.1:8001"),
            (Door::Irc, "0.0.0.0:6697"),
            (Door::Irc, "[2001:db8::1]:7000"),
        ]);
        assert_eq!(
            entrance(Door::Line, &both),
            [
                "  line door    127.0.0.1:8001, TLS",
                "  connect      openssl s_client -quiet -connect localhost:8001",
            ]
        );
        assert_eq!(
            entrance(Door::Irc, &both),
            [
                "  IRC door     0.0.0.0:6697, TLS",
                "  IRC door     [2001:db8::1]:7000, TLS",
                "  connect      any IRC client with TLS and SASL, to localhost:6697",
            ]
        );
        assert_eq!(entrance(Door::Line, &both[1..]), ["  line door    off"]);
        assert_eq!(entrance(Door::Irc, &both[..1]), ["  IRC door     off"]);
    }

    #[test]
    fn a_store_is_told_with_what_survives_in_it() {
        assert_eq!(
            store_of(&[("CONCLAVE_BRIDGE__DURABILITY", "relaxed")]),
            "data, embedded: acknowledged messages survive a killed process"
        );
        assert_eq!(
            store_of(&[
                ("CONCLAVE_BRIDGE__KIND", "redis"),
                ("CONCLAVE_REDIS__URL", "redis://anna:hunter22@store"),
                ("CONCLAVE_REDIS__PREFIX", "chat:"),
            ]),
            "redis://anna:***@store:6379/0 (prefix \"chat:\"), shared by the cluster: \
             acknowledged messages survive what its appendonly and appendfsync say"
        );
    }
}

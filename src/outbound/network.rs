//! Which addresses a webhook may be sent to.
//!
//! An administrator of Préau is not an operator of the network around it: an endpoint must not become a way to reach what
//! only this machine can reach. So an address is judged after its name was resolved, and the connection is made to the very
//! address that was judged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Everything that is not an address of the public internet (IANA special-purpose registries).
const RESERVED_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Link-local, where clouds answer with credentials.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// What lies inside 2000::/3 without being public, or hides an IPv4 address: Teredo and its like, documentation, 6to4.
const RESERVED_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// The global unicast addresses of IPv6: all else is local, reserved or a translation.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Whether the operator named a network that holds this address.
pub fn is_allowed(address: IpAddr, allowed: &[IpNet]) -> bool {
    let address = address.to_canonical();
    allowed.iter().any(|network| network.contains(&address))
}

/// Whether this is an address of the public internet. An IPv4 address in IPv6 dress is judged as what it is.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !RESERVED_V4.iter().any(|(network, bits)| v4(*network, *bits).contains(&address)),
        IpAddr::V6(address) => {
            v6(GLOBAL_V6.0, GLOBAL_V6.1).contains(&address)
                && !RESERVED_V6.iter().any(|(network, bits)| v6(*network, *bits).contains(&address))
        }
    }
}

fn v4(network: Ipv4Addr, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(network, bits)
}

fn v6(network: Ipv6Addr, bits: u8) -> Ipv6Net {
    Ipv6Net::new_assert(network, bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(address: &str) -> bool {
        is_public(address.parse().unwrap())
    }

    #[test]
    fn private_local_and_reserved_addresses_are_not_public_in_any_dress() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::127.0.0.1",
            "100::1",
        ] {
            assert!(!public(address), "{address}");
        }
    }

    #[test]
    fn addresses_of_the_internet_are_public() {
        for address in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "2a01:e0a::1"] {
            assert!(public(address), "{address}");
        }
    }

    #[test]
    fn the_operator_allows_networks_of_the_house() {
        let allowed = ["10.20.0.0/16".parse().unwrap(), "fd00:1::/32".parse().unwrap()];
        let allows = |address: &str| is_allowed(address.parse().unwrap(), &allowed);
        assert!(allows("10.20.3.4") && allows("::ffff:10.20.3.4") && allows("fd00:1::5"));
        assert!(!allows("10.21.0.1") && !allows("::1") && !allows("fd00:2::1"));
    }
}

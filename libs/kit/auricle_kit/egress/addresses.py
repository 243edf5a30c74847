"""Which addresses are public: by the registries, and by what an IPv6 address may carry inside. Pure."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Public by number, not by meaning: tunnels that carry an IPv4 address, documentation, and Azure's wire server.
REFUSED = tuple(
    ipaddress.ip_network(block)
    for block in ("2002::/16", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32")
)  # fmt: skip


def is_public(address: Address) -> bool:
    """Whether an address may be reached; an IPv6 address that carries an IPv4 one is as public as that one."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _carried(address)
        if inner is not None:
            return is_public(inner)
        if address not in GLOBAL_UNICAST:
            return False
    if any(address in block for block in REFUSED if block.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return ipaddress.IPv4Address(address.packed[-4:]) if address in NAT64 else None

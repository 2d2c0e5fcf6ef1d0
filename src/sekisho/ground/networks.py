"""IP addresses as text: reading them, their network, and who the client behind proxies is.

Strict on purpose: what cannot be read is unknown, never guessed. Countries live in places.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

IpAddress = IPv4Address | IPv6Address

NOWHERE = "0.0.0.0"  # noqa: S104 - no bind: the client of a peer that has no IP, such as a socket file
_LONGEST_IP = 45  # signs, an IPv6 address that ends in a dotted IPv4 one (RFC 4291 §2.2)
_LONGEST_CHAIN = 16  # hops; a longer chain of trusted proxies is a loop or a lie


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """Networks of trusted proxies. Compared by identity, so that a cache key costs nothing."""

    members: tuple[IPv4Network | IPv6Network, ...]

    def holds(self, ip: IpAddress) -> bool:
        """Say whether the address lies in one of the networks."""
        return any(ip in network for network in self.members)


NO_NETWORKS = Networks(())


@lru_cache(maxsize=4096)
def _read(text: str) -> IpAddress | None:
    if "%" in text:  # a zone names an interface of one machine, never a client
        return None
    try:
        ip = ip_address(text)
    except ValueError:
        return None
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return ip.ipv4_mapped
    return ip


def parse_ip(text: str) -> IpAddress | None:
    """Read one bare address; `::ffff:a.b.c.d` is its IPv4 address. Ports and zones are refused."""
    return _read(text) if len(text) <= _LONGEST_IP else None


@lru_cache(maxsize=4096)
def network_of(ip: IpAddress) -> str:
    """Return the network that limits count as one: the /24 of IPv4, the /64 of IPv6."""
    bits = 24 if isinstance(ip, IPv4Address) else 64
    return str(ip_network((ip, bits), strict=False))


def parse_networks(text: str) -> Networks:
    """Read `SEKISHO_TRUSTED_PROXIES`: addresses and networks, separated by commas.

    Raises:
        ValueError: a part is no network; the text names it and says what would work.

    """
    parts = [part.strip() for part in text.split(",")]
    return Networks(tuple(_network(part) for part in parts)) if text.strip() else NO_NETWORKS


def _network(part: str) -> IPv4Network | IPv6Network:
    if part == "":
        message = "an empty part between commas; write for example 10.0.0.0/8, 2001:db8::/32"
        raise ValueError(message)
    try:
        network = ip_network(part, strict=False)
    except ValueError as error:
        message = f"{part!r} is no IP address or network; write for example 10.0.0.0/8"
        raise ValueError(message) from error
    _refuse_traps(part, network)
    return network


def _refuse_traps(part: str, network: IPv4Network | IPv6Network) -> None:
    if "%" in part:
        message = f"{part!r} has a zone; write the address without it"
        raise ValueError(message)
    if "/" in part and str(network.network_address) != str(ip_address(part.partition("/")[0])):
        message = f"{part!r} has bits behind its length; write {network}"
        raise ValueError(message)
    # Threat: with everybody trusted, everybody chooses his own address. (attack 083)
    if network.prefixlen == 0:
        message = f"{part!r} trusts the whole world; write the networks of your own proxies"
        raise ValueError(message)
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        message = f"{part!r} is an IPv4 network in IPv6 clothes; write it as IPv4"
        raise ValueError(message)


@lru_cache(maxsize=4096)
def _hop(text: str, trusted: Networks) -> tuple[str, bool] | None:
    ip = parse_ip(text)
    return None if ip is None else (str(ip), trusted.holds(ip))


def client_ip(peer: str, forwarded_for: Iterable[str], trusted: Networks) -> str:
    """Return the address of who speaks to us, in its shortest spelling.

    Args:
        peer: the address at the other end of the connection.
        forwarded_for: the values of all `X-Forwarded-For` headers, in the order they came. No
            other header is ever believed.
        trusted: our own proxies.

    Returns:
        The peer unless it is trusted; else the right-most address that is not trusted. Where the
        chain cannot be read any further, the last proxy that could be: never anything left of
        it. A peer that is no IP address is `NOWHERE`, so all of its kind share one limit.

    """
    hop = _hop(peer, trusted) if len(peer) <= _LONGEST_IP else None
    if hop is None:
        return NOWHERE
    client, is_trusted = hop
    # Threat: a client writes this header itself; only trusted hops vouch for it. (attack 083)
    return _before(client, ",".join(forwarded_for), trusted) if is_trusted else client


def _before(proxy: str, chain: str, trusted: Networks) -> str:
    client = proxy
    for _ in range(_LONGEST_CHAIN):
        chain, comma, last = chain.rpartition(",")
        text = last.strip(" \t")
        hop = _hop(text, trusted) if len(text) <= _LONGEST_IP else None
        if hop is None:
            return client
        client, is_trusted = hop
        if not is_trusted or not comma:
            return client
    return client

"""Addresses in the world that somebody else names and that we call: https, public, nothing of ours.

Without this a stranger could make the service ask its own neighbours (SSRF, ASVS 1.3.6). A name is
looked up once and the connection goes to what was found, so it cannot change its mind in between.
"""

import socket
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import urlsplit

from sekisho.ground.networks import IpAddress, parse_ip

_LONGEST = 1000  # signs of a URL
_HTTPS = 443


@dataclass(frozen=True, slots=True)
class Place:
    """A URL that may be called."""

    url: str
    origin: str


class NotPublic(OSError):
    """The name leads into a network of ours, or nowhere."""


def read_url(text: str, *, loopback: bool) -> Place | None:
    """Return the place that a URL names, or None when it is none that we call.

    `loopback` lets http to this machine pass too: where the service itself is reached that way.
    """
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if not host or parts.username is not None or parts.fragment or "\\" in text:
        return None
    is_here = loopback and parts.scheme == "http" and _is_loopback(host)
    if not is_here and (parts.scheme != "https" or not _may_be_public(host)):
        return None
    shown = f"[{host}]" if ":" in host else host
    default = port is None or (parts.scheme == "https" and port == _HTTPS)
    return Place(text, f"{parts.scheme}://{shown}{'' if default else f':{port}'}")


def address_of(host: str, port: int, *, loopback: bool) -> str:
    """Look a host up and return the address to connect to; NotPublic when none may be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotPublic(f"no address: {type(error).__name__}") from error
    ips = [parse_ip(str(entry[4][0])) for entry in found]
    # All of them, not the first: a name that also leads into our network is nobody's push service.
    if not ips or not all(ip is not None and _may_call(ip, loopback=loopback) for ip in ips):
        raise NotPublic("not a public address")
    return str(found[0][4][0])


def is_public(ip: IpAddress) -> bool:
    """Say whether an address is in the open Internet, also not by a detour inside IPv6."""
    if isinstance(ip, IPv6Address):
        inside = ip.sixtofour or (ip.teredo and ip.teredo[1])
        is_nat64 = ip.packed[:4] == b"\x00\x64\xff\x9b"
        if inside or is_nat64 or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast


def _may_call(ip: IpAddress, *, loopback: bool) -> bool:
    return is_public(ip) or (loopback and ip.is_loopback)


def _may_be_public(host: str) -> bool:
    """Say whether a host can be public before it is looked up: a name with a dot, or such an IP."""
    ip = parse_ip(host)
    if ip is not None:
        return is_public(ip)
    last = host.rstrip(".").rpartition(".")[2]
    # Numbers alone are an IPv4 address in one of its odd spellings.
    return "." in host.rstrip(".") and not last.isdigit() and not last.startswith("0x")


def _is_loopback(host: str) -> bool:
    ip = parse_ip(host)
    return ip.is_loopback if ip is not None else host == "localhost"

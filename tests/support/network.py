"""The guard that keeps tests on this machine: no socket of the test process leaves loopback, no foreign name is looked up.

It is an audit hook, so that it sees every library too. Child processes and libpq are beyond it.
"""

import ipaddress
import socket
import sys

REFUSED: list[str] = []


class OutsideNetwork(OSError):
    """A test reached for a machine that is not this one; callers see a network that is down."""


def install() -> None:
    """Guard this process until it ends; an audit hook cannot be taken back."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    match event, arguments:
        case ("socket.connect" | "socket.sendto", (_, (str(host), *_))) if not _is_here(host):
            _refuse(host)
        case ("socket.getaddrinfo" | "socket.gethostbyname", (str(host), *_)) if _is_foreign_name(
            host
        ):
            _refuse(host)
        case _:
            return


def _refuse(host: str) -> None:
    REFUSED.append(host)
    raise OutsideNetwork(f"a test reached for {host}; tests stay on loopback")


def _is_here(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return not _is_foreign_name(host)
    return address.is_loopback or address.is_unspecified


def _is_foreign_name(host: str) -> bool:
    """A name other than this machine's own; numbers are no names, and looking them up asks nobody."""
    name = host.lower().rstrip(".")
    if name in {"", "localhost", socket.gethostname().lower()} or name.endswith(".localhost"):
        return False
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return True
    return False

"""The country of an IP address, from a table that ships with the product (spec R3).

The table is made by scripts/make_places.py and read when the first address is looked up. Without
one, and for what it does not hold, a place is honestly unknown. No city, no network, no lookups
outside. Private, documentation and other special ranges are answered before the table is asked.
"""

import json
import lzma
import sys
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from itertools import accumulate
from pathlib import Path

from sekisho.ground.networks import IpAddress, parse_ip

TABLE_PATH = Path(__file__).parent / "data" / "countries.xz"
_LOW_BITS = 64  # of IPv6: the table knows nothing finer than a /64


class Kind(StrEnum):
    """What kind of address it is; only public ones have a country."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOOPBACK = "loopback"
    DOCUMENTATION = "documentation"
    RESERVED = "reserved"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address seems to be: an ISO 3166-1 alpha-2 code, or None for unknown."""

    country: str | None
    kind: Kind


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Sorted range starts and the country of each; number 0 of `countries` is "nobody's"."""

    made_on: date | None
    countries: tuple[str | None, ...]
    v4_starts: "array[int]"
    v4_countries: bytes
    v6_starts: "array[int]"
    v6_countries: bytes

    def country(self, ip: IpAddress) -> str | None:
        """Return the country whose range holds the address."""
        if isinstance(ip, IPv4Address):
            at = bisect_right(self.v4_starts, int(ip)) - 1
            return self.countries[self.v4_countries[at]] if at >= 0 else None
        at = bisect_right(self.v6_starts, int(ip) >> _LOW_BITS) - 1
        return self.countries[self.v6_countries[at]] if at >= 0 else None


EMPTY = Table(None, (None,), array("I"), b"", array("Q"), b"")

# IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its successors), 2025.
_SPECIAL = {
    Kind.PRIVATE: "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16"
    " fc00::/7 fe80::/10",
    Kind.LOOPBACK: "127.0.0.0/8 ::1/128",
    Kind.DOCUMENTATION: "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
    Kind.RESERVED: "0.0.0.0/8 192.0.0.0/24 192.88.99.0/24 198.18.0.0/15 224.0.0.0/4 240.0.0.0/4"
    " ::/128 64:ff9b:1::/48 100::/64 2001:2::/48 2001:10::/28 5f00::/16 fec0::/10 ff00::/8",
}


def _special(version: type[IPv4Network] | type[IPv6Network]) -> list[tuple[int, int, Kind]]:
    networks = [
        (ip_network(text), kind) for kind, texts in _SPECIAL.items() for text in texts.split()
    ]
    ranges = [
        (int(network.network_address), int(network.broadcast_address), kind)
        for network, kind in networks
        if isinstance(network, version)
    ]
    return sorted(ranges)


_V4_SPECIAL = _special(IPv4Network)
_V6_SPECIAL = _special(IPv6Network)
_V4_SPECIAL_STARTS = [start for start, _, _ in _V4_SPECIAL]
_V6_SPECIAL_STARTS = [start for start, _, _ in _V6_SPECIAL]


def kind_of(ip: IpAddress) -> Kind:
    """Say whether the address is public or lies in a special range."""
    is_v6 = isinstance(ip, IPv6Address)
    number = int(ip)
    at = bisect_right(_V6_SPECIAL_STARTS if is_v6 else _V4_SPECIAL_STARTS, number) - 1
    if at < 0:
        return Kind.PUBLIC
    _, last, kind = (_V6_SPECIAL if is_v6 else _V4_SPECIAL)[at]
    return kind if number <= last else Kind.PUBLIC


def read_table(path: Path) -> Table:
    """Read a table that scripts/make_places.py wrote; without the file, the empty one."""
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        return EMPTY
    header, _, body = lzma.decompress(packed).partition(b"\n")
    head = json.loads(header)
    v4_end = 5 * head["v4"]  # 4 bytes of start and 1 of country each
    v6_end = v4_end + 9 * head["v6"]  # 8 bytes of start and 1 of country each
    return Table(
        made_on=date.fromisoformat(head["date"]),
        countries=(None, *head["countries"]),
        v4_starts=_starts("I", body[: 4 * head["v4"]]),
        v4_countries=body[4 * head["v4"] : v4_end],
        v6_starts=_starts("Q", body[v4_end : v4_end + 8 * head["v6"]]),
        v6_countries=body[v4_end + 8 * head["v6"] : v6_end],
    )


def _starts(code: str, planes: bytes) -> "array[int]":
    """Undo the packing: all first bytes, then all second bytes …, of the steps between starts."""
    width = 4 if code == "I" else 8
    count = len(planes) // width
    plain = bytearray(len(planes))
    for byte in range(width):
        plain[byte::width] = planes[byte * count : (byte + 1) * count]
    steps = array(code, bytes(plain))
    if sys.byteorder == "big":
        steps.byteswap()
    return array(code, accumulate(steps))


@lru_cache(maxsize=1)
def _table() -> Table:
    # Two threads may both read it at the first lookup; they read the same, and one copy stays.
    return read_table(TABLE_PATH)


def table_date() -> date | None:
    """Return the day the table's data is from; None when no table is shipped."""
    return _table().made_on


@lru_cache(maxsize=4096)
def place_of(ip_text: str) -> Place:
    """Return the place of an address as text; never raises."""
    ip = parse_ip(ip_text)
    if ip is None:
        return Place(None, Kind.UNREADABLE)
    kind = kind_of(ip)
    return Place(_table().country(ip) if kind is Kind.PUBLIC else None, kind)


def country_of(ip_text: str) -> str | None:
    """Return the ISO code of the address's country, or None."""
    return place_of(ip_text).country


@lru_cache(maxsize=1024)
def country_name(code: str, language: str) -> str:
    """Return the country's name in `ja` or else in English; an unknown code stays as it is."""
    # Here, not above: Babel's two languages cost 12 MB and 0.1 s, and most starts need none.
    from babel import Locale  # noqa: PLC0415

    names = Locale("ja" if language == "ja" else "en").territories
    return str(names.get(code, code))


def text_of(place: Place, language: str) -> str:
    """Say the place in a few words that do not claim more than the table knows."""
    if place.country is None:
        return "場所不明" if language == "ja" else "Place unknown"
    name = country_name(place.country, language)
    return f"{name}（推定）" if language == "ja" else f"{name} (estimated)"

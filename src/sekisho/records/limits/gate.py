"""Coarse limits by source and in all (spec F1): sliding, approximate, before the database.

Counts live in the process, or in Valkey where one is configured; when Valkey is away the process
counts by itself, so the gate never fails open. What bounds guessing is not here but in the books.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Protocol

import msgspec

from sekisho.ground import networks
from sekisho.ground.refusal import Reason, Refused

_HOUR = 3600
_MOST_SOURCES = 40_000  # keys that one process remembers of an hour, some 6 MB
_ALL = "*"  # ends the key that counts every source


@dataclass(frozen=True, slots=True)
class Port:
    """The coarse limits of one hour; the settings `limits`, without upper bound."""

    requests_hour_ip: int = 60
    requests_hour_net: int = 300
    requests_hour_all: int = 10_000
    answers_factor: int = 5


class Passed(msgspec.Struct, frozen=True):
    """The gate is open."""


class Count(msgspec.Struct, frozen=True):
    """How often a key was counted in this hour of the clock and in the one before."""

    now: int
    before: int


class Counter(Protocol):
    """Counts of an hour: in the process, or in Valkey."""

    def add(self, keys: tuple[str, ...], hour: int) -> list[Count]:
        """Count one under each key and return the counts, this one in."""

    def take_back(self, keys: tuple[str, ...], hour: int) -> None:
        """Forget one under each key: what was refused does not count."""


class Window:
    """Counts in this process. A class because it remembers; one process has one."""

    def __init__(self) -> None:
        """Start with nothing counted."""
        self._lock = threading.Lock()
        self._hour = 0
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def add(self, keys: tuple[str, ...], hour: int) -> list[Count]:
        """Count one under each key and return the counts."""
        with self._lock:
            self._turn(hour)
            counts = []
            for key in keys:
                now = self._now[key] = self._now.get(key, 0) + 1
                counts.append(Count(now, self._before.get(key, 0)))
            return counts

    def take_back(self, keys: tuple[str, ...], hour: int) -> None:
        """Forget one under each key."""
        with self._lock:
            if hour != self._hour:
                return
            for key in keys:
                self._now[key] = max(0, self._now.get(key, 0) - 1)

    def _turn(self, hour: int) -> None:
        if hour == self._hour and len(self._now) < _MOST_SOURCES:
            return
        if hour == self._hour:
            # A flood of sources: the oldest half of them is forgotten, what counts all is not.
            kept = list(self._now.items())[_MOST_SOURCES // 2 :]
            of_all = {key: count for key, count in self._now.items() if key.endswith(_ALL)}
            self._now = {**dict(kept), **of_all}
            return
        self._before = self._now if hour == self._hour + 1 else {}
        self._now = {}
        self._hour = hour


@dataclass(frozen=True, slots=True)
class Gate:
    """The coarse limits and where they are counted."""

    port: Port
    counter: Counter


def open_gate(port: Port, counter: Counter | None = None) -> Gate:
    """Make a gate that counts in this process, or by the counter given."""
    return Gate(port, counter or Window())


def take_request(gate: Gate, ip: str, now: datetime) -> Passed | Refused:
    """Count one request for a code from a source, or refuse it."""
    return _take(gate, "r", ip, now, 1)


def take_answer(gate: Gate, ip: str, now: datetime) -> Passed | Refused:
    """Count one answer from a source, or refuse it."""
    return _take(gate, "a", ip, now, gate.port.answers_factor)


def _take(gate: Gate, what: str, ip: str, now: datetime, factor: int) -> Passed | Refused:
    hour, into = divmod(int(now.timestamp()), _HOUR)
    keys = (f"{what}i{ip}", f"{what}n{_network(ip)}", f"{what}{_ALL}")
    port = gate.port
    most = (port.requests_hour_ip, port.requests_hour_net, port.requests_hour_all)
    counts = gate.counter.add(keys, hour)
    waits = [_wait(count, limit * factor, into) for count, limit in zip(counts, most, strict=True)]
    if not any(waits):
        return Passed()
    gate.counter.take_back(keys, hour)
    return Refused(
        Reason.TOO_MANY_REQUESTS,
        retry_at=now.replace(microsecond=0) + timedelta(seconds=max(waits)),
    )


@lru_cache(maxsize=16384)
def _network(ip: str) -> str:
    parsed = networks.parse_ip(ip)
    return networks.network_of(parsed) if parsed is not None else ip


def _wait(count: Count, most: int, into: int) -> int:
    """Return the seconds until one more would fit, 0 when this one does.

    The hour before weighs as far as the sliding hour still overlaps it.
    """
    if count.now + count.before * (1 - into / _HOUR) <= most:
        return 0
    if count.now <= most and count.before:
        weight = (most - count.now) / count.before
        return max(1, ceil(_HOUR * (1 - weight)) - into)
    weight = max(0.0, (most - 1) / (count.now - 1)) if count.now > 1 else 0.0
    return _HOUR - into + ceil(_HOUR * (1 - min(1.0, weight)))

"""Chance: the only place that draws randomness, from the operating system's CSPRNG (spec C1)."""

import os
from collections.abc import Sequence
from typing import Protocol

_OCTETS = 8
_RANGE = 1 << (8 * _OCTETS)


class Chance(Protocol):
    """What draws: the system's generator, or in tests a seeded one."""

    def octets(self, count: int) -> bytes:
        """Draw `count` random bytes."""

    def below(self, bound: int) -> int:
        """Draw a number from 0 to `bound` - 1, uniformly."""


class SystemChance:
    """The operating system's generator; safe after a fork, nothing is kept."""

    def octets(self, count: int) -> bytes:
        """Draw `count` random bytes."""
        return os.urandom(count)

    def below(self, bound: int) -> int:
        """Draw a number from 0 to `bound` - 1, uniformly: what would bias it is drawn anew."""
        fair = _RANGE - _RANGE % bound
        while True:
            drawn = int.from_bytes(os.urandom(_OCTETS), "big")
            if drawn < fair:
                return drawn % bound


def digits(chance: Chance, count: int) -> str:
    """Draw `count` decimal digits, leading zeros kept (spec C1)."""
    return f"{chance.below(10**count):0{count}d}"


def pick(chance: Chance, among: Sequence[str]) -> str:
    """Draw one of `among`, each as likely as the next."""
    return among[chance.below(len(among))]

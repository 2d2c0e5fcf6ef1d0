"""Chance: the only place that draws randomness, from the operating system's CSPRNG (spec C1)."""

import secrets
from collections.abc import Sequence
from typing import Protocol


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
        return secrets.token_bytes(count)

    def below(self, bound: int) -> int:
        """Draw a number from 0 to `bound` - 1, uniformly (`secrets` rejects, so no modulo bias)."""
        return secrets.randbelow(bound)


def digits(chance: Chance, count: int) -> str:
    """Draw `count` decimal digits, leading zeros kept (spec C1)."""
    return f"{chance.below(10**count):0{count}d}"


def pick(chance: Chance, among: Sequence[str]) -> str:
    """Draw one of `among`, each as likely as the next."""
    return among[chance.below(len(among))]

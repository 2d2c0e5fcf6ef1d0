"""Risk as plain functions: facts to findings to one verdict."""

import msgspec

from sekisho.risk.facts import Facts, Finding
from sekisho.risk.signals import SIGNALS

__all__ = ["Facts", "Finding", "Verdict", "judge"]


class Verdict(msgspec.Struct, frozen=True):
    """What the signals found; `reasons` are their words, in the order of the registry."""

    score: int
    reasons: tuple[str, ...]


def judge(facts: Facts) -> Verdict:
    """Ask every signal."""
    found = [finding for look in SIGNALS if (finding := look(facts)) is not None]
    return Verdict(sum(one.weight for one in found), tuple(one.reason for one in found))

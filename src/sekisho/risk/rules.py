"""Risk as plain functions: facts to findings to one verdict."""

from dataclasses import dataclass

from sekisho.risk.facts import Facts, Finding
from sekisho.risk.signals import SIGNALS

__all__ = ["Facts", "Finding", "Verdict", "judge"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the signals found; `reasons` are their words, in the order of the registry."""

    score: int
    reasons: tuple[str, ...]


def judge(facts: Facts) -> Verdict:
    """Ask every signal."""
    found = [finding for look in SIGNALS if (finding := look(facts)) is not None]
    return Verdict(sum(one.weight for one in found), tuple(one.reason for one in found))

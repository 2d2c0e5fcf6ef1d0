"""`python -m tests.campaigns.comparing`: does the time of a comparison tell a digit? (attack 017)

As dudect does it: two classes of answers, in random order, interleaved, and Welch's t of their
times below several cuts, so that a busy machine's outliers decide nothing. |t| < 4.5 passes.
"""

import argparse
import sys
from math import sqrt
from random import Random
from statistics import fmean, median, variance
from time import perf_counter_ns

from msgspec.structs import replace

from sekisho.authenticators.code import EMAIL_CODE, binding
from sekisho.authenticators.rules import Material
from tests.campaigns.ground import say
from tests.support.material import draw_keys

KEYS = draw_keys()
CODE = "482913"
EARLIER = ("111111", "222222")
CUTS = (1.0, 0.95, 0.8, 0.5)  # the share of the quickest times that is looked at
MOST = 4.5
_ROUND = 1000
# Each against answers drawn at random. Of an old code the answer itself tells, so it is no secret.
CLASSES = {"all but the last digit": "482914", "the first digit": "400000", "none": "000000"}


def main() -> int:
    """Measure each class, and return 1 when one can be told from chance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000, help="comparisons for each class")
    wanted = parser.parse_args()
    worst = 0.0
    for name, typed in CLASSES.items():
        these, others = measured(typed, wanted.samples)
        found, apart = most_telling(these, others), median(these) - median(others)
        say(f"{name:24} |t| = {found:.2f}, medians {apart:+.0f} ns apart")
        worst = max(worst, found)
    return int(worst >= MOST)


def measured(typed: str, samples: int) -> tuple[list[int], list[int]]:
    """The nanoseconds of this answer, and of wrong answers drawn at random, interleaved."""
    newest, chance = material(), Random(17)
    times: tuple[list[int], list[int]] = ([], [])
    for _ in range(0, samples, _ROUND):
        # Made before any is timed, and alike: what making one leaves behind is no finding.
        answers = [
            (which, bytes((typed, f"{chance.randrange(10**6):06d}")[which], "ascii").decode())
            for which in (chance.getrandbits(1) for _ in range(_ROUND))
        ]
        for which, answer in answers:
            began = perf_counter_ns()
            EMAIL_CODE.verify(KEYS, newest, answer)
            times[which].append(perf_counter_ns() - began)
    return times


def most_telling(one: list[int], other: list[int]) -> float:
    """The highest |t| below any cut."""
    everything = sorted(one + other)
    cuts = [everything[int((len(everything) - 1) * share)] for share in CUTS]
    return max(
        abs(welch([at for at in one if at <= cut], [at for at in other if at <= cut]))
        for cut in cuts
    )


def welch(one: list[int], other: list[int]) -> float:
    """Welch's t of two samples."""
    spread = variance(one) / len(one) + variance(other) / len(other)
    return (fmean(one) - fmean(other)) / sqrt(spread)


def material() -> Material:
    """A newest code with two earlier ones."""
    bound = Material(purpose=1, subject=2, flow=3, challenge=4, digits=6, expected=b"", earlier=())
    earlier = tuple(
        (place, binding.mac(KEYS, bound, place, code)) for place, code in enumerate(EARLIER)
    )
    return replace(bound, expected=binding.mac(KEYS, bound, 4, CODE), earlier=earlier)


if __name__ == "__main__":
    sys.exit(main())

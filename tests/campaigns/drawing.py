"""`python -m tests.campaigns.drawing`: a million codes, and what eight forks draw. (C1, 015, 016)

Chi-square of each place, of the first three digits and of neighbouring codes; the digits of each
place within four sigma; forks of a process that drew before draw nothing twice beyond chance.
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import pairwise
from math import sqrt

from sekisho.ground import chance
from sekisho.ground.chance import SystemChance
from tests.campaigns.ground import say

DIGITS = 6
FORKS = 8
SIGMAS = 4.0  # SECURITY.md attack 016
FAR = 5.0  # standard deviations of a chi-square, passed by chance about once in a million


def main() -> int:
    """Draw, judge and return the number of faults."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codes", type=int, default=1_000_000)
    wanted = parser.parse_args()
    codes = [chance.digits(SystemChance(), DIGITS) for _ in range(wanted.codes)]
    faults = sum(len(code) != DIGITS for code in codes)
    for place in range(DIGITS):
        faults += judged(f"digit {place + 1}", (code[place] for code in codes), 10, len(codes))
    faults += judged("first three digits", (code[:3] for code in codes), 1000, len(codes))
    pairs = ((one[-1], other[0]) for one, other in pairwise(codes))
    faults += judged("last digit and the next code's first", pairs, 100, len(codes) - 1)
    say(f"{sum(code[0] == '0' for code in codes):,} of {len(codes):,} codes begin with 0")
    return faults + forked(wanted.codes // 100)


def judged(name: str, drawn: Iterable[Hashable], cells: int, count: int) -> int:
    """Print chi-square and the farthest cell; 1 when one is too far."""
    counts, expected = Counter(drawn), count / cells
    every = [*counts.values(), *[0] * (cells - len(counts))]
    squared = sum((found - expected) ** 2 / expected for found in every)
    far = (squared - (cells - 1)) / sqrt(2 * (cells - 1))
    sigma = sqrt(expected * (1 - 1 / cells))
    farthest = max(abs(found - expected) for found in every) / sigma
    say(f"{name:38} chi-square {squared:8.1f} of {cells - 1}, farthest cell {farthest:.1f} sigma")
    is_wide = farthest > SIGMAS and cells == 10  # of a thousand cells one is that far by chance
    return int(far > FAR or is_wide)


def forked(count: int) -> int:
    """Fork after drawing, draw everywhere, and return how many draws came twice."""
    drawn = SystemChance()
    drawn.octets(16)
    ends = [_draw_in_a_fork(drawn, count) for _ in range(FORKS)]
    found = [line for end in ends for line in _read(end)]
    twice = len(found) - len(set(found))
    say(f"{FORKS} forks drew {len(found):,} times 128 bits, {twice} twice")
    return twice + int(len(found) != FORKS * count)


def _draw_in_a_fork(drawn: SystemChance, count: int) -> int:
    read, write = os.pipe()
    if os.fork() == 0:
        os.close(read)
        with os.fdopen(write, "w", encoding="ascii") as file:
            file.writelines(f"{drawn.octets(16).hex()}\n" for _ in range(count))
        os._exit(0)
    os.close(write)
    return read


def _read(end: int) -> list[str]:
    with os.fdopen(end, encoding="ascii") as file:
        lines = file.read().split()
    os.wait()
    return lines


if __name__ == "__main__":
    sys.exit(main())

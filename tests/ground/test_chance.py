"""Chance: uniform, from the operating system, and the same for nobody."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground import chance
from sekisho.ground.chance import SystemChance
from tests.support.material import SeededChance


@pytest.mark.spec("C1")
@pytest.mark.attack("015")
def test_numbers_below_a_bound_are_uniform():
    drawn = SystemChance()
    counts = Counter(drawn.below(7) for _ in range(70_000))
    assert set(range(7)) == set(counts)
    assert sum((count - 10_000) ** 2 / 10_000 for count in counts.values()) < 30


@pytest.mark.spec("C1")
@pytest.mark.attack("016")
def test_what_would_bias_is_drawn_anew(monkeypatch):
    """The highest 64-bit numbers do not fit evenly into a million: they do not count."""
    answers = iter([b"\xff" * 8, (10**6 + 5).to_bytes(8, "big")])
    monkeypatch.setattr("os.urandom", lambda _: next(answers))
    assert 5 == SystemChance().below(10**6)


@given(st.integers(1, 12))
def test_digits_have_their_length(count):
    drawn = chance.digits(SeededChance(count), count)
    assert (count, True) == (len(drawn), drawn.isdigit())


def test_a_pick_is_one_of_them():
    assert {"a", "b", "c"} == {chance.pick(SystemChance(), ("a", "b", "c")) for _ in range(200)}


@pytest.mark.attack("015")
def test_octets_are_never_the_same():
    drawn = SystemChance()
    assert 1000 == len({drawn.octets(16) for _ in range(1000)})
    assert 32 == len(drawn.octets(32))

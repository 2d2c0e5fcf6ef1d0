from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.records.delivery import rules
from sekisho.records.delivery.rules import (
    Accepted,
    Claimed,
    Deferred,
    Dropped,
    Late,
    Next,
    Policy,
    Rejected,
    Released,
    State,
)
from tests.support.material import START

NOW = START + timedelta(minutes=1)
MIDDLE = rules.JITTER_STEPS // 2  # a wait of exactly its length
POLICY = Policy()


def claimed(attempts=1, ends_in=None, made_before=timedelta(minutes=1)):
    return Claimed(
        id=1,
        kind="sign_in",
        channel="email",
        label="K7",
        created_at=NOW - made_before,
        ends_at=None if ends_in is None else NOW + ends_in,
        attempts=attempts,
        sealed=b"",
        claimed_at=NOW,
    )


@pytest.mark.spec("D2")
@pytest.mark.parametrize(
    ("attempts", "wait"),
    [
        pytest.param(1, timedelta(seconds=2), id="first"),
        pytest.param(2, timedelta(seconds=5), id="second"),
        pytest.param(3, timedelta(seconds=15), id="third"),
        pytest.param(4, timedelta(seconds=45), id="fourth"),
        pytest.param(5, timedelta(minutes=2), id="fifth"),
        pytest.param(6, timedelta(minutes=5), id="sixth"),
        pytest.param(7, timedelta(minutes=15), id="seventh"),
        pytest.param(8, timedelta(minutes=30), id="eighth"),
        pytest.param(9, timedelta(hours=1), id="ninth"),
        pytest.param(10, timedelta(hours=1), id="tenth"),
        pytest.param(1000, timedelta(hours=1), id="for ever after"),
    ],
)
def test_the_wait_grows_with_the_tries(attempts, wait):
    assert wait == rules.back_off(attempts, MIDDLE)


@given(st.integers(1, 50), st.integers(0, rules.JITTER_STEPS - 1))
def test_the_wait_is_a_fifth_more_or_less(attempts, jitter):
    middle = rules.back_off(attempts, MIDDLE)
    assert middle * 0.8 <= rules.back_off(attempts, jitter) < middle * 1.2


@pytest.mark.spec("D2")
@pytest.mark.parametrize(
    ("message", "outcome", "expected"),
    [
        pytest.param(
            claimed(),
            Accepted("250 ok"),
            Next(State.HANDED_OVER, NOW, "handed_over", "250 ok"),
            id="accepted",
        ),
        pytest.param(
            claimed(), Rejected("550 no"), Next(State.DEAD, NOW, "dead", "550 no"), id="rejected"
        ),
        pytest.param(claimed(), Dropped(), Next(State.DROPPED, NOW, "dropped"), id="a decoy"),
        pytest.param(claimed(), Released(), Next(State.WAITING, NOW, None), id="given back"),
        pytest.param(claimed(), Late(), Next(State.EXPIRED, NOW, "expired"), id="late"),
        pytest.param(
            claimed(ends_in=timedelta(seconds=2, microseconds=1)),
            Deferred("451"),
            Next(State.WAITING, NOW + timedelta(seconds=2), "deferred", "451"),
            id="a code with time left",
        ),
        pytest.param(
            claimed(ends_in=timedelta(seconds=2)),
            Deferred("451"),
            Next(State.EXPIRED, NOW, "expired", "451"),
            id="a code that ends before the next try",
        ),
        pytest.param(
            claimed(9, made_before=timedelta(days=3, hours=-1, microseconds=-1)),
            Deferred("451"),
            Next(State.WAITING, NOW + timedelta(hours=1), "deferred", "451"),
            id="a notice of three days less a little",
        ),
        pytest.param(
            claimed(9, made_before=timedelta(days=3, hours=-1)),
            Deferred("451"),
            Next(State.DEAD, NOW, "dead", "451"),
            id="a notice of three days",
        ),
    ],
)
def test_what_becomes_of_a_message(message, outcome, expected):
    assert expected == rules.judge(message, outcome, NOW, MIDDLE, POLICY)


@pytest.mark.attack("028")
@given(st.integers(1, 30), st.integers(0, rules.JITTER_STEPS - 1), st.integers(0, 7200))
def test_no_try_is_planned_at_or_after_the_end_of_a_code(attempts, jitter, seconds):
    message = claimed(attempts, ends_in=timedelta(seconds=seconds))
    after = rules.judge(message, Deferred("451"), NOW, jitter, POLICY)
    assert after.state is State.EXPIRED or after.due_at < message.ends_at


@pytest.mark.parametrize(
    ("ends_in", "expected"),
    [
        pytest.param(None, False, id="a notice never"),
        pytest.param(timedelta(microseconds=1), False, id="a microsecond before its end"),
        pytest.param(timedelta(0), True, id="at its end"),
        pytest.param(timedelta(seconds=-1), True, id="after its end"),
    ],
)
def test_when_a_message_is_late(ends_in, expected):
    assert expected is rules.is_late(claimed(ends_in=ends_in), NOW)


def test_each_state_has_its_word():
    assert [
        "waiting",
        "claimed",
        "handed_over",
        "expired",
        "superseded",
        "dead",
        "dropped",
    ] == [state.word for state in State]


def test_nothing_personal_is_shown_when_a_letter_is_printed():
    said = repr(
        rules.Letter(
            kind="sign_in",
            to="asha@example.org",
            language="en",
            zone="UTC",
            account=1,
            code="482913",
            facts={"place": "Kyoto"},
        )
    )
    assert [] == [secret for secret in ("asha", "482913", "Kyoto") if secret in said]

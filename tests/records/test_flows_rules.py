"""Flows as values: their states, what may be answered or asked, what asking again changes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sekisho.ground.refusal import Reason
from sekisho.records.flows import rules
from sekisho.records.flows.rules import Asked, Challenge, Flow, Policy, Purpose, State, Ticket
from tests.support.material import START

POLICY = Policy()
TRIES, ASKED = 5, 5


def at(**later):
    return START + timedelta(**later)


CHALLENGE = Challenge(
    id=1,
    digits=6,
    label="K7",
    mac=b"m" * 32,
    sent_at=START,
    ends_at=at(minutes=5),
    resend_at=at(seconds=30),
    message=9,
)
TICKET = Ticket(
    flow=3, purpose=Purpose.SIGN_IN, opened_at=START, language="en", zone="UTC", name="a@b.example"
)
FLOW = rules.next_flow(TICKET, None, Asked(11, 11, 0, CHALLENGE))


@pytest.mark.parametrize(
    ("changed", "now", "state"),
    [
        pytest.param({}, START, State.OPEN, id="new"),
        pytest.param({}, at(minutes=29, seconds=59), State.OPEN, id="one second before"),
        pytest.param({}, at(minutes=30), State.EXPIRED, id="half an hour idle"),
        pytest.param({"stepped_at": at(minutes=25)}, at(minutes=54), State.OPEN, id="stepped"),
        pytest.param({"stepped_at": at(minutes=40)}, at(minutes=59), State.OPEN, id="before 60"),
        pytest.param({"stepped_at": at(minutes=59)}, at(minutes=60), State.EXPIRED, id="60 in all"),
        pytest.param({"state": State.PASSED}, at(days=3), State.PASSED, id="passed stays passed"),
        pytest.param({"state": State.REFUSED}, at(days=3), State.REFUSED, id="refused stays so"),
    ],
)
def test_a_flow_has_a_state_at_each_moment(changed, now, state):
    assert state is rules.state_of(replace(FLOW, **changed), POLICY, now)


@pytest.mark.spec("C3", "C6")
@pytest.mark.parametrize(
    ("state", "tries", "now", "reason"),
    [
        pytest.param(State.OPEN, 0, START, None, id="fresh"),
        pytest.param(State.OPEN, 4, START, None, id="one try left"),
        pytest.param(State.OPEN, 5, START, Reason.TOO_MANY_TRIES, id="no try left"),
        pytest.param(State.OPEN, 0, at(minutes=5), Reason.CODE_EXPIRED, id="expired"),
        pytest.param(State.OPEN, 5, at(minutes=5), Reason.TOO_MANY_TRIES, id="no try, expired"),
        pytest.param(State.OPEN, 5, at(minutes=30), Reason.FLOW_EXPIRED, id="flow expired"),
        pytest.param(State.PASSED, 1, START, Reason.CODE_USED, id="used"),
        pytest.param(State.PASSED, 5, START, Reason.CODE_USED, id="used at the last try"),
        pytest.param(State.PASSED, 1, at(minutes=6), Reason.CODE_USED, id="used, expired"),
    ],
)
def test_an_answer_may_be_charged_or_not(state, tries, now, reason):
    flow = replace(FLOW, state=state, challenge=replace(CHALLENGE, tries=tries))
    refused = rules.may_answer(flow, POLICY, TRIES, now, has_budget=True)
    assert reason == (refused.reason if refused else None)


@pytest.mark.spec("C6")
@pytest.mark.parametrize(
    ("now", "reason"),
    [
        pytest.param(START, Reason.TOO_MANY_TRIES, id="before wrong"),
        pytest.param(at(minutes=5), Reason.TOO_MANY_TRIES, id="before expired"),
        pytest.param(at(minutes=30), Reason.FLOW_EXPIRED, id="after a flow that expired"),
    ],
)
def test_a_spent_budget_is_told_in_its_place(now, reason):
    assert reason == rules.may_answer(FLOW, POLICY, TRIES, now, has_budget=False).reason


@pytest.mark.spec("C10")
@pytest.mark.parametrize(
    ("changed", "now", "reason"),
    [
        pytest.param({}, at(seconds=29), Reason.TOO_SOON, id="too soon"),
        pytest.param({}, at(seconds=30), None, id="in time"),
        pytest.param({"asked": 4}, at(seconds=30), None, id="the fifth code"),
        pytest.param({"asked": 5}, at(seconds=30), Reason.TOO_MANY_REQUESTS, id="the sixth"),
        pytest.param({}, at(minutes=30), Reason.FLOW_EXPIRED, id="flow expired"),
        pytest.param({"state": State.PASSED}, at(seconds=30), Reason.CODE_USED, id="passed"),
        pytest.param({"state": State.REFUSED}, at(seconds=30), Reason.CODE_USED, id="refused"),
    ],
)
def test_asking_again_may_be_judged_or_not(changed, now, reason):
    refused = rules.may_ask(replace(FLOW, **changed), POLICY, ASKED, now)
    assert reason == (refused.reason if refused else None)


@pytest.mark.spec("C4")
def test_asking_again_voids_the_earlier_code_and_keeps_it_known():
    newer = replace(CHALLENGE, id=2, mac=b"n" * 32, sent_at=at(seconds=40), tries=0)
    flow = rules.next_flow(TICKET, FLOW, Asked(11, 11, 0, newer))
    assert (newer, 2) == (flow.challenge, flow.asked)
    assert ((1, b"m" * 32),) == flow.earlier
    assert at(seconds=40) == flow.stepped_at
    newest = rules.next_flow(TICKET, flow, Asked(11, 11, 0, replace(newer, id=5)))
    assert [1, 2] == [number for number, _ in newest.earlier]


@pytest.mark.spec("L1")
def test_asking_again_takes_on_an_account_made_meanwhile():
    flow = rules.next_flow(TICKET, FLOW, Asked(99, 99, 7, CHALLENGE))
    assert (FLOW.subject, 99, 7) == (flow.subject, flow.account, flow.lane)


@given(st.integers(0, 3600))
def test_a_flow_never_outlives_an_hour_nor_its_idle_time(stepped):
    ends = rules.ends_at(START, at(seconds=stepped), POLICY)
    assert ends <= at(minutes=60)
    assert ends <= at(seconds=stepped) + timedelta(minutes=30)


def test_words_at_the_edge():
    assert ("sign_in", "open", "passed") == (
        Purpose.SIGN_IN.word,
        State.OPEN.word,
        State.PASSED.word,
    )


def test_no_secret_of_a_flow_is_shown_by_its_repr():
    assert "m" * 8 not in repr(replace(FLOW, earlier=((1, b"m" * 32),)))
    assert "a@b.example" not in repr(TICKET)
    assert isinstance(FLOW, Flow)

"""Methods as values: how many there may be, what may be tried, how failures are told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sekisho.ground.refusal import Reason, Refused
from sekisho.records.methods import (
    Full,
    Method,
    Policy,
    State,
    is_open_to_strangers,
    may_add,
    may_try,
    read_name,
)
from sekisho.records.methods.rules import LONGEST_NAME, MOST_FAILURES, may_confirm, tried
from tests.support.material import START

POLICY = Policy()
ACTIVE = Method(
    id=1,
    account=2,
    kind="totp",
    name="Phone",
    state=State.ACTIVE,
    sealed=b"the sealed secret",
    public=b"beside it",
    counter=0,
    failures=0,
    created_at=START,
)
PENDING = replace(ACTIVE, state=State.PENDING)
REMOVED = replace(ACTIVE, state=State.REMOVED)
LATE = START + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("held", "full"),
    [
        pytest.param([], None, id="none yet"),
        pytest.param([ACTIVE], None, id="one"),
        pytest.param([ACTIVE, ACTIVE], Full("totp", 2), id="as many as may be"),
        pytest.param([ACTIVE, PENDING], None, id="a pending one does not count"),
        pytest.param([ACTIVE, replace(ACTIVE, kind="passkey")], None, id="another kind neither"),
    ],
)
def test_of_a_kind_there_are_at_most_so_many(held, full):
    assert full == may_add(held, "totp", 2)


@pytest.mark.attack("035")
@pytest.mark.parametrize(
    ("method", "now", "reason"),
    [
        pytest.param(ACTIVE, LATE, None, id="active"),
        pytest.param(PENDING, START, None, id="pending"),
        pytest.param(PENDING, LATE - timedelta(seconds=1), None, id="in its last second"),
        pytest.param(PENDING, LATE, Reason.FLOW_EXPIRED, id="one second late"),
        pytest.param(replace(PENDING, failures=4), START, None, id="after four wrong ones"),
        pytest.param(
            replace(PENDING, failures=5), START, Reason.TOO_MANY_TRIES, id="after five wrong ones"
        ),
        pytest.param(replace(ACTIVE, failures=5000), START, None, id="active: lanes decide"),
        pytest.param(REMOVED, START, Reason.NOT_FOUND, id="removed"),
    ],
)
def test_a_method_may_be_tried_or_not(method, now, reason):
    refused = may_try(method, POLICY, now)
    assert reason == (refused.reason if refused else None)


@pytest.mark.attack("035")
@pytest.mark.parametrize(
    ("method", "now", "reason"),
    [
        pytest.param(None, START, Reason.NOT_FOUND, id="none"),
        pytest.param(PENDING, START, None, id="pending"),
        pytest.param(replace(PENDING, failures=5), START, None, id="by its fifth try"),
        pytest.param(PENDING, LATE, Reason.FLOW_EXPIRED, id="too late"),
        pytest.param(ACTIVE, START, Reason.CODE_USED, id="already"),
        pytest.param(REMOVED, START, Reason.NOT_FOUND, id="removed"),
    ],
)
def test_a_method_may_be_confirmed_or_not(method, now, reason):
    refused = may_confirm(method, POLICY, now)
    assert reason == (refused.reason if refused else None)


def test_a_spent_enrolment_may_be_begun_anew_at_once():
    spent = may_try(replace(PENDING, failures=5), POLICY, START)
    assert Refused(Reason.TOO_MANY_TRIES, retry_at=START) == spent


@pytest.mark.attack("033")
@given(st.integers(0, 200))
@example(4)
@example(19)
@example(49)
def test_the_owner_is_told_at_five_twenty_and_fifty(failures):
    counted = tried(replace(ACTIVE, failures=failures), POLICY)
    assert (failures + 1, failures + 1 in {5, 20, 50}) == (counted.in_a_row, counted.is_told)


@pytest.mark.attack("033")
@pytest.mark.parametrize(("failures", "is_open"), [(0, True), (99, True), (100, False)])
def test_a_hundred_in_a_row_close_a_method_to_strangers(failures, is_open):
    assert is_open is is_open_to_strangers(replace(ACTIVE, failures=failures), POLICY)


def test_of_an_enrolment_nobody_is_told():
    assert not tried(replace(PENDING, failures=4), POLICY).is_told


def test_the_count_in_a_row_stands_still_before_its_column_ends():
    assert MOST_FAILURES == tried(replace(ACTIVE, failures=MOST_FAILURES), POLICY).in_a_row


@pytest.mark.attack("027", "034")
def test_a_method_that_is_printed_shows_no_secret():
    assert "secret" not in repr(ACTIVE)
    assert "beside" not in repr(ACTIVE)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("My phone", "My phone"),
        ("  My \t phone ", "My phone"),
        ("携帯電話", "携帯電話"),
        ("e\u0301", "\u00e9"),
        ("👩‍👧 tablet", "👩‍👧 tablet"),
        ("", None),
        (" \n ", None),
        ("a\x00b", None),
        ("a\x1b[31mb", None),
        ("\ud800", None),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
        ("x" * (LONGEST_NAME + 1), None),
        ("x" * 1_000_000, None),
    ],
)
def test_a_name_is_a_short_line_of_text(typed, name):
    assert name == read_name(typed)


@given(st.text())
def test_a_name_that_was_read_is_read_alike_again(typed):
    name = read_name(typed)
    assert name is None or name == read_name(name)

"""The rules of limits: tables, properties over any history, and the yearly bound by simulation."""

from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground.refusal import Reason, Refused
from sekisho.records.limits import rules
from sekisho.records.limits.lanes import STRANGER, Book, Lane
from sekisho.records.limits.rules import Charge, Policy, Sending
from tests.support.material import START

POLICY = Policy()
DEVICE = 77
HOUR, DAY, QUARTER = 3600, 86400, 90 * 86400


def at(seconds):
    return START + timedelta(seconds=seconds)


def asked(book, seconds, lane=STRANGER, label="K7", before=0):
    return rules.ask(book, lane, POLICY, at(seconds), label=label, asked_in_flow=before)


def charged(book, seconds, lane=STRANGER, digits=6):
    return rules.charge(book, lane, digits, POLICY, at(seconds))


def spend(book, count, seconds=0, lane=STRANGER, digits=6):
    for _ in range(count):
        book = charged(book, seconds, lane, digits).book
    return book


# --- guesses (C6) ---


@pytest.mark.spec("C6")
@pytest.mark.parametrize(
    ("lane", "digits", "count"),
    [
        pytest.param(STRANGER, 6, 10, id="strangers, short codes"),
        pytest.param(STRANGER, 8, 200, id="strangers, long codes"),
        pytest.param(DEVICE, 6, 20, id="a familiar browser"),
        pytest.param(DEVICE, 8, 20, id="a familiar browser, long codes"),
    ],
)
def test_a_lane_has_so_many_tries_at_once(lane, digits, count):
    book = spend(Book(), count, lane=lane, digits=digits)
    refused = charged(book, 0, lane, digits)
    assert Reason.TOO_MANY_TRIES == refused.reason


@pytest.mark.spec("C6")
def test_what_is_left_counts_down():
    book, left = Book(), []
    for _ in range(10):
        paid = charged(book, 0)
        book, left = paid.book, [*left, paid.left]
    assert list(range(9, -1, -1)) == left


@pytest.mark.spec("C6")
@pytest.mark.parametrize(
    ("seconds", "is_open"),
    [pytest.param(HOUR - 1, False, id="one second early"), pytest.param(HOUR, True, id="an hour")],
)
def test_an_hour_later_there_is_a_try_again(seconds, is_open):
    assert is_open == isinstance(charged(spend(Book(), 10), seconds), Charge)


@pytest.mark.spec("C6")
def test_a_refusal_names_the_second_at_which_a_try_is_free():
    book = spend(spend(Book(), 10), 10, seconds=HOUR)
    refused = charged(book, 2 * HOUR)
    assert at(DAY) == refused.retry_at
    assert isinstance(charged(book, DAY - 1), Refused)
    assert isinstance(charged(book, DAY), Charge)


@pytest.mark.spec("C6", "F2")
def test_lanes_do_not_touch_each_other():
    book = spend(Book(), 10)
    assert isinstance(charged(book, 0, DEVICE), Charge)
    assert isinstance(charged(book, 0, DEVICE + 1), Charge)
    assert isinstance(charged(book, 0, digits=8), Charge)
    assert not isinstance(charged(book, 0), Charge)


@pytest.mark.spec("C6")
@pytest.mark.parametrize(
    ("spent", "seconds", "digits"),
    [
        pytest.param(0, 0, 6, id="at first"),
        pytest.param(9, 0, 6, id="one left"),
        pytest.param(10, 0, 8, id="none left"),
        pytest.param(10, HOUR, 6, id="an hour later"),
    ],
)
def test_strangers_past_a_budget_get_long_codes(spent, seconds, digits):
    assert digits == asked(spend(Book(), spent), seconds).digits


@pytest.mark.spec("C6")
def test_a_familiar_browser_keeps_short_codes():
    assert 6 == asked(spend(Book(), 10), 0, DEVICE).digits


@pytest.mark.spec("C6")
def test_codes_of_eight_by_setting_stay_of_eight():
    policy = Policy(digits=8)
    book = spend(Book(), 10)
    assert 8 == rules.digits_for(Book(), STRANGER, policy, at(0))
    assert 8 == rules.digits_for(book, STRANGER, policy, at(0))


@pytest.mark.spec("C6")
def test_a_hundred_wrong_in_a_row_close_a_familiar_lane_until_it_is_reopened():
    book, row = Book(), 0
    while row < 100:
        book = spend(book, 20, seconds=row * HOUR * 2, lane=DEVICE)
        row += 20
    assert book.lane(DEVICE).is_closed
    later = 400 * HOUR
    assert isinstance(charged(book, later, DEVICE), Refused)
    assert STRANGER == rules.lane_of(book, DEVICE)
    opened = rules.reopen(book, (DEVICE,))
    assert DEVICE == rules.lane_of(opened, DEVICE)
    assert isinstance(charged(opened, later, DEVICE), Charge)


@pytest.mark.spec("C6")
def test_a_right_answer_breaks_the_row():
    book = spend(Book(), 19, lane=DEVICE)
    paid = charged(book, 0, DEVICE)
    settled = rules.settle(paid.book, DEVICE, paid.at, at(0))
    assert (0, 19) == (settled.lane(DEVICE).in_a_row, len(settled.lane(DEVICE).short))


@pytest.mark.spec("C6")
@pytest.mark.parametrize("digits", [6, 8])
def test_a_right_answer_returns_its_own_charge_alone(digits):
    paid = charged(spend(spend(Book(), 3, 5), 7, 6, digits=8), 9, digits=digits)
    settled = rules.settle(paid.book, STRANGER, paid.at, None)
    assert ((3, 7), 0) == (
        (len(settled.lane(STRANGER).short), len(settled.lane(STRANGER).long)),
        settled.lane(STRANGER).step,
    )


@pytest.mark.spec("C6", "C10")
def test_a_right_answer_changes_its_own_lane_and_nothing_else_in_it():
    """What was sent, asked, told and digested stays; so do the other lanes and the labels."""
    full = Lane(
        asked=9,
        step=3,
        sent=(1, 9),
        unproved=(1, 9),
        short=(2, 9),
        long=(5,),
        in_a_row=4,
        is_closed=True,
        digest=6,
        told=7,
    )
    book = Book({STRANGER: full, DEVICE: full}, (("K7", 99),))
    expected = msgspec.structs.replace(full, step=0, short=(2,), in_a_row=0, is_closed=False)
    settled = rules.settle(book, DEVICE, 9, None)
    assert Book({STRANGER: full, DEVICE: expected}, (("K7", 99),)) == settled


@pytest.mark.spec("C6")
def test_a_charge_that_is_gone_gives_nothing_back():
    book = spend(Book(), 3)
    assert 3 == len(rules.settle(book, STRANGER, 12345, None).lane(STRANGER).short)


@pytest.mark.attack("001")
def test_blocked_tries_are_told_once_a_day():
    told = rules.block(Book(), STRANGER, at(0))
    assert None is rules.block(told, STRANGER, at(DAY - 1))
    assert None is not rules.block(told, STRANGER, at(DAY))
    assert None is not rules.block(told, DEVICE, at(0))


# --- requests (C10, F3) ---


@pytest.mark.spec("C10")
def test_pauses_grow_within_an_hour_and_start_over_after_one():
    book, second, pauses = Book(), 0, []
    for _ in range(6):
        granted = asked(book, second, DEVICE)
        pauses.append((granted.resend_at - at(second)).total_seconds())
        book, second = granted.book, second + 601
    assert [30, 60, 120, 300, 300, 300] == pauses
    last = second - 601
    assert at(last + HOUR + 30) == asked(book, last + HOUR, DEVICE).resend_at
    assert at(last + HOUR - 1 + 300) == asked(book, last + HOUR - 1, DEVICE).resend_at


@pytest.mark.spec("C10")
@pytest.mark.parametrize(
    ("times", "seconds", "retry"),
    [
        pytest.param([0, 60, 120, 180, 240], 300, 600, id="five in ten minutes"),
        pytest.param([n * 121 for n in range(50)], 50 * 121, DAY, id="fifty a day"),
    ],
)
def test_familiar_browsers_together_are_bounded(times, seconds, retry):
    book = Book()
    for number, second in enumerate(times):
        book = asked(book, second, DEVICE + number % 3).book
    refused = asked(book, seconds, DEVICE)
    assert (Reason.TOO_MANY_REQUESTS, at(retry)) == (refused.reason, refused.retry_at)
    assert not isinstance(asked(book, retry, DEVICE), Refused)


@pytest.mark.spec("C10")
def test_what_is_left_of_the_flow_is_told():
    assert [4, 3, 2, 1, 0] == [asked(Book(), 0, before=n).resends_left for n in range(5)]


@pytest.mark.spec("C8")
def test_a_label_lives_ten_minutes():
    book = asked(Book(), 0, label="K7").book
    assert frozenset({"K7"}) == book.live_labels(at(599))
    assert frozenset() == book.live_labels(at(600))


@pytest.mark.spec("F3")
def test_a_flood_of_one_a_minute_over_two_days():
    book, sent = Book(), []
    for minute in range(2 * 24 * 60):
        granted = asked(book, minute * 60)
        book, sent = granted.book, [*sent, (minute, granted.sending)]
    codes = [minute for minute, what in sent if what is Sending.CODE]
    digests = [minute for minute, what in sent if what is Sending.DIGEST]
    assert [0, 1, 2, 3, 4, 64, 124, 184, 244, 304] == codes[:10]
    assert 10 == sum(minute < 24 * 60 for minute in codes)
    assert 305 == digests[0]
    assert all(later - one >= 24 * 60 for one, later in pairwise(digests))


@pytest.mark.spec("F3")
def test_what_was_answered_right_does_not_count_as_flood():
    """Somebody signs in at a new browser ten times in an hour: each time his code comes."""
    book = Book()
    for number in range(10):
        granted = asked(book, number * 300)
        assert Sending.CODE is granted.sending
        paid = charged(granted.book, number * 300 + 20)
        book = rules.settle(paid.book, STRANGER, paid.at, at(number * 300))


@pytest.mark.spec("C10")
def test_at_most_fifty_a_day_to_one_contact_even_when_all_are_answered():
    book, codes = Book(), 0
    for number in range(60):
        granted = asked(book, number * 601)
        codes += granted.sending is Sending.CODE
        paid = charged(granted.book, number * 601 + 20)
        book = rules.settle(paid.book, STRANGER, paid.at, at(number * 601))
    assert 50 == codes


# --- any history ---

STEPS = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 5, 59, 300, 601, 3599, 3600, 7000, 40_000, 86_400, 2_000_000]),
        st.sampled_from(["ask", "try", "try", "try", "right"]),
        st.sampled_from([STRANGER, STRANGER, DEVICE, DEVICE + 1]),
        st.sampled_from([6, 6, 8]),
    ),
    max_size=120,
)


def history(steps):
    """Live through the steps; what was sent and what was compared and stayed wrong, by lane."""
    book, second, sent, tried = Book(), 0, [], []
    for wait, act, lane, digits in steps:
        second += wait
        if act == "ask":
            granted = asked(book, second, lane)
            if not isinstance(granted, Refused):
                book = granted.book
                sent.append((second, lane, granted.sending))
            continue
        for _ in range(7 if act == "try" else 1):
            paid = charged(book, second, lane, digits)
            if isinstance(paid, Refused):
                assert paid.retry_at > at(second)
                break
            book = paid.book
            if act == "right":
                book = rules.settle(book, lane, paid.at, None)
            else:
                tried.append((second, lane, digits))
    return sent, tried


def most_within(seconds, window):
    return max((sum(0 <= s - one < window for s in seconds) for one in seconds), default=0)


@pytest.mark.spec("C6")
@pytest.mark.attack("001", "004")
@given(STEPS)
def test_in_every_history_wrong_answers_stay_within_each_window(steps):
    _, tried = history(steps)
    short = [second for second, lane, digits in tried if lane == STRANGER and digits == 6]
    long = [second for second, lane, digits in tried if lane == STRANGER and digits == 8]
    assert most_within(short, HOUR) <= 10
    assert most_within(short, DAY) <= 20
    assert most_within(short, QUARTER) <= 100
    assert most_within(long, DAY) <= 200
    for device in (DEVICE, DEVICE + 1):
        own = [second for second, lane, _ in tried if lane == device]
        assert most_within(own, HOUR) <= 20
        assert most_within(own, DAY) <= 50


@pytest.mark.spec("F3", "C10")
@pytest.mark.attack("078")
@given(STEPS)
def test_in_every_history_messages_stay_within_each_window(steps):
    sent, _ = history([step for step in steps if step[1] != "right"])
    strangers = [second for second, lane, what in sent if lane == STRANGER and what is Sending.CODE]
    digests = [second for second, _, what in sent if what is Sending.DIGEST]
    familiar = [second for second, lane, _ in sent if lane != STRANGER]
    assert most_within(strangers, HOUR) <= 5
    assert most_within(strangers, DAY) <= 10
    assert most_within(digests, DAY) <= 1
    assert most_within(familiar, 600) <= 5
    assert most_within(familiar, DAY) <= 50


@pytest.mark.spec("C6")
@given(STEPS)
def test_a_book_stays_small(steps):
    book, second = Book(), 0
    for wait, _, lane, digits in steps:
        second += wait
        paid = charged(book, second, lane, digits)
        book = book if isinstance(paid, Refused) else paid.book
    for lane in book.lanes.values():
        assert len(lane.short) <= 100
        assert len(lane.long) <= 200


# --- a year (C6) ---


def a_year(owner_signs_in):
    """Somebody knows all but the code, and types whatever may be compared, for a year.

    Each hour all short tries that there are, then all long ones. Returns the chance of one hit.
    """
    book, missed = Book(), 1.0
    for hour in range(365 * 24):
        second = hour * HOUR
        for digits in (6, 8):
            while isinstance(paid := charged(book, second, STRANGER, digits), Charge):
                book, missed = paid.book, missed * (1 - 10**-digits)
        if owner_signs_in and hour % 24 == 9:
            for lane in (STRANGER, DEVICE):
                granted = asked(book, second + 60, lane)
                if isinstance(granted, Refused):
                    continue
                paid = charged(granted.book, second + 90, lane, granted.digits)
                if isinstance(paid, Charge):
                    book = rules.settle(paid.book, lane, paid.at, at(second + 60))
    return 1 - missed


@pytest.mark.spec("C6")
@pytest.mark.attack("001")
@pytest.mark.parametrize("owner_signs_in", [False, True])
def test_a_year_of_guessing_opens_an_account_with_less_than_two_in_a_thousand(owner_signs_in):
    chance = a_year(owner_signs_in)
    assert 0.001 < chance < 0.002

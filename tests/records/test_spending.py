"""SMS pumping: strangers' numbers cost no more than what was set aside for them."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from sekisho.records import spending
from sekisho.records.spending import rules
from sekisho.records.spending.rules import Counted, Held, Policy, Stop
from tests.support.material import START

POLICY = Policy()
NOTHING = Counted(0, 0, 0, 0)


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
@pytest.mark.parametrize(
    ("counted", "expected"),
    [
        pytest.param(NOTHING, None, id="the first"),
        pytest.param(Counted(29, 0, 0, 0), None, id="the last of the hour"),
        pytest.param(Counted(30, 0, 0, 0), Stop.PREFIX, id="one more than the hour has"),
        pytest.param(Counted(0, 0, 0, 19_990), None, id="the last of the day"),
        pytest.param(Counted(0, 0, 0, 19_991), Stop.DAY, id="one more than the day has"),
        pytest.param(Counted(9, 9, 0, 0), None, id="too few to say"),
        pytest.param(Counted(10, 10, 1, 0), Stop.UNVERIFIED, id="one of ten"),
        pytest.param(Counted(10, 10, 2, 0), None, id="two of ten"),
        pytest.param(
            Counted(0, 0, 0, 0, START + timedelta(seconds=1)), Stop.UNVERIFIED, id="still stopped"
        ),
        pytest.param(Counted(0, 0, 0, 0, START), None, id="the stop is over"),
    ],
)
def test_what_may_go_to_a_block_of_numbers(counted, expected):
    held = rules.judge(counted, 10, START, POLICY)
    assert expected == (held.why if held else None)


def test_what_an_operator_must_hear_of_is_news_once():
    first = rules.judge(Counted(10, 10, 0, 0), 10, START, POLICY)
    assert Held(Stop.UNVERIFIED, START + POLICY.stopped, is_news=True) == first
    again = rules.judge(Counted(10, 10, 0, 0, first.until), 10, START, POLICY)
    assert Held(Stop.UNVERIFIED, first.until) == again
    assert not rules.judge(Counted(30, 0, 0, 0), 10, START, POLICY).is_news


def test_a_day_of_costs_ends_at_midnight_utc():
    late = datetime.fromisoformat("2026-03-06T08:59:59+09:00")
    held = rules.judge(Counted(0, 0, 0, 20_000), 10, late, POLICY)
    assert datetime.fromisoformat("2026-03-06T00:00:00+00:00") == held.until


def test_with_a_least_share_of_nothing_no_block_is_stopped():
    assert None is rules.judge(Counted(10, 10, 0, 0), 10, START, Policy(least_percent=0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("JP=10", {"JP": 10}),
        (" jp=10 , KR=25,", {"JP": 10, "KR": 25}),
        ("", {}),
    ],
)
def test_prices_are_read(text, expected):
    assert expected == dict(rules.read_prices(text))
    assert 100 == rules.price_of("GB", Policy(prices=rules.read_prices(text)))


@pytest.mark.parametrize("text", ["JP", "JP=", "JP=x", "JPN=1", "1=1", "JP=-1"])
def test_what_is_no_price_is_refused(text):
    with pytest.raises(ValueError, match="is no price"):
        rules.read_prices(text)


# --- over a store ---


def send(db, number, policy=POLICY, *, types=False, is_new=True):
    """Judge and keep as an asker does; return why nothing went, or nothing."""

    def act(work):
        granted = spending.judge(work, number, policy)
        if isinstance(granted, Held):
            spending.hold(work, granted, number)
            return granted.why, 0
        message = work.new_id()
        spending.keep(work, granted, message, is_new=is_new)
        return None, message

    why, message = db.write("test", act)
    if types and message:
        db.write("test", lambda work: spending.typed(work, message))
    return why


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_five_thousand_numbers_in_three_prefixes_get_no_more_than_the_budget(db, clock):
    sent = Counter()
    for number in range(5000):
        e164 = f"+8190{number % 3:04}{number:04}"
        if send(db, e164, Policy(least_percent=0)) is None:
            sent[e164[:-4]] += 1
        clock.move(seconds=0.5)
    assert [POLICY.prefix_hour] * 3 == list(sent.values())


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_a_block_whose_codes_nobody_types_is_stopped_for_a_day(db, clock):
    outcomes = []
    for number in range(40):
        outcomes.append(send(db, f"+8190123400{number:02}"))
        clock.move(minutes=1)
    first = outcomes.index(Stop.UNVERIFIED)
    assert first <= 26
    assert {Stop.UNVERIFIED} == set(outcomes[first:])
    (stopped,) = db.read(spending.stopped)
    assert ("+8190123400"[:9], "unverified") == (stopped.prefix, stopped.why)
    assert None is send(db, "+819099990000")  # another block goes on
    clock.move(days=1)
    assert [] == db.read(spending.stopped)
    assert None is send(db, "+819012340000")


@pytest.mark.spec("F5")
def test_a_block_whose_codes_are_typed_goes_on(db, clock):
    policy = Policy(prefix_hour=1000)
    outcomes = []
    for number in range(60):
        outcomes.append(send(db, "+819012340000", policy, types=number % 4 == 0))
        clock.move(minutes=1)
    assert {None} == set(outcomes)


@pytest.mark.spec("F5")
def test_codes_to_phones_that_were_proved_once_say_nothing_of_a_block(db, clock):
    for _ in range(40):
        assert send(db, "+819012340000", is_new=False) is None
        clock.move(minutes=3)


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_a_day_costs_no_more_than_was_set_aside(db, clock):
    policy = Policy(day_cost=95)
    sent = [send(db, f"+8190{number:04}0000", policy) for number in range(20)]
    assert [None] * 9 + [Stop.DAY] * 11 == sent
    (stopped,) = db.read(spending.stopped)
    assert ("", "day") == (stopped.prefix, stopped.why)
    clock.move(days=1)
    assert None is send(db, "+819000000000", policy)


@pytest.mark.attack("129")
def test_what_is_kept_names_no_number_and_goes_after_two_days(db, clock):
    send(db, "+819012345678")
    send(db, "+819012345678", Policy(day_cost=0))
    clock.move(days=3)
    assert 3 == db.write("test", spending.sweep)
    assert 0 == db.write("test", spending.sweep)

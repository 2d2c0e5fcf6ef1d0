"""SMS pumping: strangers' numbers cost no more than what was set aside for them."""

from collections import Counter
from datetime import timedelta

import pytest

from sekisho.records.delivery import pumping
from sekisho.records.delivery.pumping import Book, Day, Granted, Policy, Stop
from tests.support.material import START

POLICY = Policy()


def send(count, every, policy=POLICY, types=lambda _: False):
    """Send to one prefix as often as allowed; return what came of each try and the book."""
    book, day, now, outcomes = Book(), Day(), START, []
    for number in range(count):
        book = pumping.watch(book, now, policy)
        outcome = pumping.judge("JP", number, book, day, now, policy=policy)
        outcomes.append(outcome if isinstance(outcome, Stop) else "sent")
        if isinstance(outcome, Granted):
            book, day = outcome.prefix, outcome.day
            book = pumping.verified(book, number) if types(number) else book
        now += every
    return outcomes, book


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_a_country_that_is_not_allowed_gets_nothing():
    assert Stop.COUNTRY is pumping.judge("GB", 1, Book(), Day(), START, policy=POLICY)


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_five_thousand_numbers_in_three_prefixes_get_no_more_than_the_budget():
    books, day, sent = {}, Day(), Counter()
    for number in range(5000):
        e164 = f"+8190{number % 3:04}{number:04}"
        prefix = pumping.prefix_of(e164)
        outcome = pumping.judge("JP", number, books.get(prefix, Book()), day, START, policy=POLICY)
        if isinstance(outcome, Granted):
            books[prefix], day = outcome.prefix, outcome.day
            sent[prefix] += 1
    assert [POLICY.prefix_hour] * 3 == list(sent.values())


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_a_prefix_whose_codes_nobody_types_is_stopped():
    outcomes, book = send(60, timedelta(minutes=1))
    assert Stop.UNVERIFIED in outcomes
    assert outcomes.index(Stop.UNVERIFIED) <= 26
    assert book.stopped_until > START + POLICY.stopped


@pytest.mark.spec("F5")
def test_a_prefix_whose_codes_are_typed_goes_on():
    policy = Policy(prefix_hour=1000)
    outcomes, _ = send(120, timedelta(minutes=1), policy, types=lambda number: number % 4 == 0)
    assert {"sent"} == set(outcomes)


def test_a_few_messages_say_nothing_of_a_prefix():
    outcomes, _ = send(30, timedelta(minutes=5))
    assert {"sent"} == set(outcomes)


@pytest.mark.spec("F5")
@pytest.mark.attack("079")
def test_a_day_costs_no_more_than_was_set_aside_and_the_next_begins_anew():
    policy = Policy(prefix_hour=10_000, day_cost=100, least_sent=10_000)
    day, outcomes = Day(), []
    for number in range(12):
        outcome = pumping.judge("JP", number, Book(), day, START, policy=policy)
        outcomes.append(outcome)
        day = outcome.day if isinstance(outcome, Granted) else day
    assert [Stop.DAY] * 2 == outcomes[10:]
    tomorrow = START + timedelta(days=1)
    assert isinstance(pumping.judge("JP", 99, Book(), day, tomorrow, policy=policy), Granted)


def test_a_country_without_a_price_costs_the_dearest():
    policy = Policy(countries=frozenset({"JP", "US"}))
    outcome = pumping.judge("US", 1, Book(), Day(), START, policy=policy)
    assert policy.dearest_price == outcome.day.cost


def test_a_prefix_opens_again_after_its_stop():
    stopped = Book((), START + POLICY.stopped)
    later = START + POLICY.stopped
    assert isinstance(pumping.judge("JP", 1, stopped, Day(), later, policy=POLICY), Granted)

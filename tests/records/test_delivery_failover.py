"""Failover: the next gateway on failure or slowness, and nobody gets a code twice from one."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest

from sekisho.ground.clock import wait_clock
from sekisho.records import delivery
from sekisho.records.delivery import Policy
from sekisho.records.delivery.failover import (
    Failover,
    Health,
    Patience,
    after_failure,
    after_success,
    may_try,
)
from sekisho.records.delivery.mailroom import Mailroom
from sekisho.records.delivery.providers import gateways
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected
from tests.support.gateways import dead_url, running
from tests.support.letters import Outlet, letter, post_office
from tests.support.material import START

PATIENCE = Patience()
OK, DOWN, LOST = Accepted("ok"), Deferred("down"), Deferred("lost", is_unsure=True)


class Toy:
    """A gateway that answers as it is told."""

    def __init__(self, name, *answers, is_idempotent=False):
        self.name = name
        self.is_idempotent = is_idempotent
        self.answers = list(answers)
        self.got = []
        self.withins = []

    def send(self, draft, within):
        self.got.append(draft.id)
        self.withins.append(within)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self):
        self.answers = []


class Now:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def now():
    return Now()


def draft(number=1, code="482913"):
    return Draft(
        id=f"msg_{number}",
        kind="sign_in",
        channel="sms",
        sender="",
        to=f"+8190{number:08}",
        subject="",
        text="482913",
        html="",
        raw=b"",
        code=code,
        label="K7",
        at=START,
    )


@pytest.mark.spec("D3")
@pytest.mark.parametrize("answer", [DOWN, LOST])
def test_the_next_one_is_tried_on_failure(answer, now):
    first, second = Toy("a", answer), Toy("b", OK)
    assert OK == Failover([first, second], PATIENCE, now).send(draft())
    assert (["msg_1"], ["msg_1"]) == (first.got, second.got)


@pytest.mark.spec("D3")
def test_a_slow_one_is_left_sooner_while_another_could_take_the_message(now):
    first, second = Toy("a", LOST), Toy("b", OK)
    Failover([first, second], PATIENCE, now).send(draft())
    assert ([PATIENCE.slow], [PATIENCE.longest]) == (first.withins, second.withins)


def test_what_is_refused_for_good_is_not_tried_elsewhere(now):
    first, second = Toy("a", Rejected("opted out")), Toy("b", OK)
    assert Rejected("opted out") == Failover([first, second], PATIENCE, now).send(draft())
    assert [] == second.got


@pytest.mark.spec("D3")
@pytest.mark.parametrize(
    ("answer", "messages"), [pytest.param(DOWN, 2, id="down"), pytest.param(LOST, 1, id="silent")]
)
def test_the_breaker_takes_a_sick_one_out(answer, messages, now):
    first, second = Toy("a", answer), Toy("b", OK)
    failover = Failover([first, second], PATIENCE, now)
    for number in range(10):
        failover.send(draft(number))
    assert messages == len(first.got)
    assert failover.health()["a"].is_open


@pytest.mark.spec("D3")
def test_after_its_rest_one_message_probes_and_a_good_answer_brings_it_back(now):
    first, second = Toy("a", LOST, OK), Toy("b", OK)
    failover = Failover([first, second], PATIENCE, now)
    failover.send(draft(1))
    now.seconds += PATIENCE.rest.total_seconds() - 0.1
    failover.send(draft(2))
    assert ["msg_1"] == first.got
    now.seconds += 0.2
    failover.send(draft(3))
    failover.send(draft(4))
    assert ["msg_1", "msg_3", "msg_4"] == first.got
    assert Health() == failover.health()["a"]


def test_only_one_message_probes_at_a_time():
    probed = Health(failures=2, rests=1, rests_until=5.0, is_probed=True)
    assert not may_try(probed, 6.0)


def test_each_failed_probe_doubles_the_rest_up_to_the_longest():
    health, rests = Health(), []
    for _ in range(8):
        health = after_failure(health, 2, 0.0, PATIENCE)
        rests.append(health.rests_until)
        health = Health(health.failures, health.rests, health.rests_until, is_probed=True)
    assert [5.0, 10.0, 20.0, 40.0, 60.0, 60.0, 60.0, 60.0] == rests


def test_a_failure_that_began_before_the_breaker_opened_changes_nothing():
    health = after_failure(Health(), 2, 0.0, PATIENCE)
    assert health == after_failure(health, 2, 3.0, PATIENCE)


def test_a_success_that_began_before_the_breaker_opened_does_not_close_it():
    """First campaign: many hands opened and closed the breaker of a killed gateway in turn."""
    taken_out = after_failure(Health(), 2, 0.0, PATIENCE)
    assert taken_out == after_success(taken_out)


@pytest.mark.spec("D3")
def test_a_code_whose_answer_was_lost_is_not_given_to_the_same_one_again(now):
    only = Toy("a", LOST, OK)
    failover = Failover([only], PATIENCE, now)
    failover.send(draft())
    now.seconds += 60
    assert isinstance(failover.send(draft()), Deferred)
    assert ["msg_1"] == only.got


@pytest.mark.parametrize(
    ("is_idempotent", "code"),
    [pytest.param(True, "482913", id="it knows ids"), pytest.param(False, None, id="a notice")],
)
def test_what_may_come_twice_is_tried_again(is_idempotent, code, now):
    only = Toy("a", LOST, OK, is_idempotent=is_idempotent)
    failover = Failover([only], PATIENCE, now)
    failover.send(draft(code=code))
    now.seconds += 60
    assert OK == failover.send(draft(code=code))


def test_a_gateway_that_breaks_ends_its_probe(now):
    failover = Failover([Toy("a", LOST, KeyError("bug"), OK), Toy("b", OK)], PATIENCE, now)
    failover.send(draft(1))
    now.seconds += 6
    with pytest.raises(KeyError):
        failover.send(draft(2))
    assert not failover.health()["a"].is_probed


def test_two_gateways_of_one_name_are_refused():
    with pytest.raises(ValueError, match="add name="):
        Failover([Toy("a", OK), Toy("a", OK)])


@pytest.mark.spec("D3")
def test_a_dead_one_is_taken_out_within_five_seconds_and_a_silent_one_too():
    with running(delay=20.0) as silent, running() as well:
        urls = f"{silent.twilio_url()} {well.twilio_url()}"
        begun = wait_clock()
        with closing(gateways.open_gateways(urls)) as failover:
            assert isinstance(failover.send(draft(1)), Accepted)
            took = wait_clock() - begun
            assert failover.health()[f"g{silent.port}"].is_open
    assert took < 5.0


@pytest.mark.spec("D3", "M2")
def test_with_the_first_dead_and_the_second_slow_all_codes_arrive_once(db, tmp_path):
    """The 1,000 of the issue: `python -m tests.campaigns.failover`."""
    ring = threading.Event()
    with running(delay=0.15) as slow:
        failover = gateways.open_gateways(f"{dead_url()} {slow.twilio_url()}")
        office = post_office(tmp_path, Outlet(), policy=Policy(connections=16))
        room = Mailroom(
            db,
            type(office)(office.mail_from, office.letters, {"sms": failover}, policy=office.policy),
            ring,
        )
        numbers = [f"+8190{number:08}" for number in range(200)]
        for number in numbers:
            db.write(
                "test", lambda work, n=number: delivery.post(work, letter(channel="sms", to=n))
            )
        begun = wait_clock()
        while len(slow.requests) < 200 and wait_clock() - begun < 30:
            room.turn()
            ring.wait(0.2)
            ring.clear()
        room.finish(10)
    assert dict.fromkeys(numbers, 1) == dict(Counter(slow.numbers()))
    states = {sent.state.word for sent in db.read(lambda work: delivery.recent(work, 200))}
    assert {"handed_over"} == states
    (dead, *_) = failover.health().values()
    assert dead.is_open


@pytest.mark.spec("D3")
def test_many_hands_on_one_list_give_each_message_once_to_a_gateway():
    with running() as first, running(delay=1.0) as slow, running() as last:
        patience = Patience(slow=timedelta(seconds=0.3), rest=timedelta(seconds=0.2))
        urls = f"{slow.twilio_url()} {first.twilio_url()} {last.twilio_url()}"
        failover = gateways.open_gateways(urls, None, patience)
        with closing(failover), ThreadPoolExecutor(16) as hands:
            outcomes = list(hands.map(failover.send, map(draft, range(200))))
    assert {Accepted} == set(map(type, outcomes))
    for gateway in (first, slow, last):
        assert 1 == max(Counter(gateway.numbers()).values(), default=1)

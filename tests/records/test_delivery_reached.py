"""Marks of addresses that are not reached: set by refusals and bounces, taken by deliveries."""

import pytest

from sekisho.ground import ids
from sekisho.records import delivery
from sekisho.records.delivery import Letter, Report, reached, sending
from sekisho.records.delivery.rules import Accepted, Deferred, Dropped, Policy, Rejected

pytestmark = pytest.mark.spec("D4", "P7")
ASHA, BEN = "asha@example.org", "ben@example.org"


def post(db, to=ASHA, **more):
    letter = Letter(kind="new_sign_in", to=to, language="en", zone="UTC", account=1, **more)
    return db.write("test", lambda work: delivery.post(work, letter))


def exchange(db, outcomes):
    """Let a worker claim what is due, and note these outcomes by message."""
    policy = Policy()
    claimed = sending.exchange(db, [], sending.rooms(50), policy)
    results = [(one, outcomes[one.id]) for one in claimed if one.id in outcomes]
    sending.exchange(db, results, {}, policy)


def report(db, message, word):
    told = Report(message, word, "by the gateway")
    db.write("test", lambda work: delivery.report(work, told))


def failing(db, *addresses):
    return db.read(lambda work: reached.failures(work, addresses))


def test_a_refusal_marks_the_address_and_no_other(db, clock):
    exchange(db, {post(db): Rejected("550 no such user"), post(db, BEN): Accepted("250 ok")})
    found = failing(db, ASHA, BEN)
    assert [ASHA] == list(found)
    assert ("refused", clock.now()) == (found[ASHA].word, found[ASHA].at)
    assert ["Asha@Example.org"] == list(failing(db, "Asha@Example.org"))


@pytest.mark.parametrize(
    "outcome",
    [
        pytest.param(Deferred("451 later"), id="deferred"),
        pytest.param(Rejected("another key", is_ours=True), id="our own fault"),
        pytest.param(Dropped(), id="a decoy"),
    ],
)
def test_what_says_nothing_of_the_address_marks_nothing(db, outcome):
    exchange(db, {post(db): outcome})
    assert {} == failing(db, ASHA)


def test_a_server_that_takes_mail_again_takes_the_refusal_back(db):
    exchange(db, {post(db): Rejected("550 no such user")})
    exchange(db, {post(db): Accepted("250 ok")})
    assert {} == failing(db, ASHA)


def test_a_bounce_is_not_taken_back_by_who_took_the_message_before(db, clock):
    message = post(db)
    exchange(db, {message: Accepted("250 ok")})
    report(db, message, "bounced")
    assert "bounced" == failing(db, ASHA)[ASHA].word
    clock.move(minutes=1)
    later = post(db)
    exchange(db, {later: Accepted("250 ok")})
    assert "bounced" == failing(db, ASHA)[ASHA].word
    report(db, later, "delivered")
    assert {} == failing(db, ASHA)


def test_a_late_word_of_an_earlier_message_takes_nothing_back(db, clock):
    first = post(db)
    clock.move(minutes=1)
    second = post(db)
    report(db, second, "bounced")
    report(db, first, "delivered")
    assert [ASHA] == list(failing(db, ASHA))


def test_the_person_may_say_that_it_arrived(db):
    exchange(db, {post(db): Rejected("550 no such user")})
    db.write("test", lambda work: reached.arrived(work, "ASHA@example.org"))
    assert {} == failing(db, ASHA)


def test_many_are_looked_up_and_taken_back_at_once(db):
    everybody = [f"person{number}@example.org" for number in range(60)]
    refused = {post(db, to): Rejected("550") for to in everybody}
    for _ in range(2):
        exchange(db, refused)
    assert set(everybody) == set(failing(db, *everybody))
    taken = {post(db, to): Accepted("250") for to in everybody}
    for _ in range(2):
        exchange(db, taken)
    assert {} == failing(db, *everybody)
    assert {} == failing(db)


def test_a_mark_names_nobody_without_the_key(db):
    exchange(db, {post(db): Rejected("550")})
    keys = db.keys
    assert reached.mark(keys, ASHA) != reached.mark(keys, BEN)
    assert b"asha" not in reached.mark(keys, ASHA)
    assert 16 == len(reached.mark(keys, ASHA))


def test_marks_go_after_a_year(db, clock):
    exchange(db, {post(db): Rejected("550")})
    clock.move(days=399)
    assert 0 == db.write("test", reached.sweep)
    clock.move(days=2)
    assert 1 == db.write("test", reached.sweep)
    assert {} == failing(db, ASHA)


def test_a_message_is_seen_with_its_timeline_until_it_is_removed(db, clock):
    message = post(db)
    exchange(db, {message: Accepted("250 ok")})
    seen = db.read(lambda work: delivery.seen(work, message))
    assert ["queued", "handed_over"] == [one.state for one in seen.timeline]
    assert None is db.read(lambda work: delivery.seen(work, ids.floor(clock.now())))

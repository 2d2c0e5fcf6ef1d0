import dataclasses
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import psycopg
import pytest

from sekisho.ground.chance import SystemChance
from sekisho.ground.db import Unavailable
from sekisho.records import delivery
from sekisho.records.delivery import Policy, State, sending
from sekisho.records.delivery.rules import Accepted, Deferred, Rejected
from tests.support.letters import Outlet, letter, notice, post_office
from tests.support.material import START, draw_keys

END = START + timedelta(minutes=10)


@pytest.fixture
def outlet():
    return Outlet()


@pytest.fixture
def office(tmp_path, outlet):
    return post_office(tmp_path / "letters", outlet)


@pytest.fixture
def post(db):
    def act(a_letter):
        return db.write("test", lambda work: delivery.post(work, a_letter))

    return act


@pytest.fixture
def show(db):
    """The states and timelines of all messages, oldest first."""

    def act():
        found = db.read(lambda work: delivery.recent(work, 100))
        return [
            (sent.state.word, [moment.state for moment in sent.timeline])
            for sent in reversed(found)
        ]

    return act


@pytest.fixture
def raw(store):
    """What the store holds, read with the plain driver, as a thief would."""

    def act(columns="*"):
        connect = {"sqlite": sqlite3.connect, "postgresql": psycopg.connect}[store.kind]
        with closing(connect(store.address)) as connection:
            return connection.execute(f"SELECT {columns} FROM message ORDER BY id").fetchall()

    return act


# --- the road of a message ---


@pytest.mark.spec("D2", "D4")
def test_a_posted_message_is_handed_over_once(db, office, outlet, post, show):
    post(letter(ends_at=END))
    assert 1 == sending.send_due(db, office)
    assert 0 == sending.send_due(db, office)
    assert ["482913"] == [draft.code for draft in outlet.drafts]
    assert [("handed_over", ["queued", "handed_over"])] == show()


def test_the_timeline_says_what_the_server_said_and_when(db, office, outlet, post, clock):
    number = post(letter(ends_at=END))
    clock.move(seconds=3)
    sending.send_due(db, office)
    (sent,) = db.read(lambda work: delivery.recent(work, 1))
    assert number == sent.id
    queued, handed_over = sent.timeline
    assert 3_000_000 == handed_over.at - queued.at
    assert "250 2.0.0 Ok: queued as 4B2F1" == handed_over.detail


@pytest.mark.spec("D2")
def test_a_refused_message_is_dead_with_its_cause(db, office, outlet, post):
    outlet.says(Rejected("550 5.1.1 No such mailbox"))
    number = post(letter(ends_at=END))
    sending.send_due(db, office)
    (dead,) = db.read(delivery.parked)
    assert (number, "550 5.1.1 No such mailbox") == (dead.id, dead.timeline[-1].detail)


@pytest.mark.spec("D2")
def test_a_deferred_message_goes_later(db, office, outlet, post, show, clock):
    outlet.says(Deferred("451 4.7.1 Greylisted"))
    post(letter(ends_at=END))
    sending.send_due(db, office)
    assert 0 == sending.send_due(db, office)
    outlet.says(Accepted("250 ok"))
    clock.move(seconds=3)
    sending.send_due(db, office)
    assert [("handed_over", ["queued", "deferred", "handed_over"])] == show()


@pytest.mark.attack("028")
def test_a_code_that_cannot_go_ends_with_its_time(db, office, outlet, post, show, clock):
    """The mail server is away for half an hour: no dead code leaves afterwards."""
    outlet.says(Deferred("no connection"))
    post(letter(ends_at=END))
    tries = []
    for _ in range(180):
        sending.send_due(db, office)
        clock.move(seconds=10)
        tries.append(len(outlet.drafts))
    assert 7 == tries[-1]
    assert "expired" == show()[0][0]
    assert max(draft.at for draft in outlet.drafts) < END


@pytest.mark.attack("028")
def test_a_notice_waits_for_the_server_and_goes_once(db, office, outlet, post, show, clock):
    """Promise R6: the mail server is away for a day."""
    outlet.says(Deferred("no connection"))
    post(notice())
    for _ in range(24):
        sending.send_due(db, office)
        clock.move(hours=1, minutes=13)
    outlet.says(Accepted("250 ok"))
    before = len(outlet.drafts)
    for _ in range(3):
        sending.send_due(db, office)
        clock.move(hours=2)
    assert 1 == len(outlet.drafts) - before
    assert "handed_over" == show()[0][0]


def test_a_notice_that_cannot_go_for_three_days_is_dead(db, office, outlet, post, show, clock):
    outlet.says(Deferred("no connection"))
    post(notice())
    for _ in range(73):
        sending.send_due(db, office)
        clock.move(hours=1, minutes=13)
    assert "dead" == show()[0][0]


@pytest.mark.attack("028")
def test_a_code_that_ended_while_nobody_worked_is_not_sent(db, office, outlet, post, show, clock):
    post(letter(ends_at=END))
    clock.move(minutes=10)
    sending.send_due(db, office)
    assert [] == outlet.drafts
    assert [("expired", ["queued", "expired"])] == show()


# --- superseded ---


@pytest.mark.attack("028")
def test_a_superseded_message_is_not_sent(db, office, outlet, post, show):
    number = post(letter(ends_at=END))
    db.write("test", lambda work: delivery.supersede(work, number))
    assert 0 == sending.send_due(db, office)
    assert [] == outlet.drafts
    assert [("superseded", ["queued", "superseded"])] == show()


@pytest.mark.attack("028")
def test_a_message_superseded_after_its_claim_is_not_sent(db, office, outlet, post, show, clock):
    number = post(letter(ends_at=END))
    (claimed,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    clock.move(seconds=1)
    db.write("test", lambda work: delivery.supersede(work, number))
    assert sending.hand_over(db, office, claimed) is None
    assert [] == outlet.drafts


def test_a_message_superseded_while_it_was_handed_over_says_both(db, office, outlet, post, show):
    number = post(letter(ends_at=END))
    (claimed,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    outcome = sending.hand_over(db, office, claimed)
    db.write("test", lambda work: delivery.supersede(work, number))
    sending.exchange(db, [(claimed, outcome)], {}, office.policy)
    assert [("superseded", ["queued", "superseded", "handed_over"])] == show()


def test_what_was_handed_over_is_not_superseded(db, office, post, show):
    number = post(letter(ends_at=END))
    sending.send_due(db, office)
    db.write("test", lambda work: delivery.supersede(work, number))
    assert [("handed_over", ["queued", "handed_over"])] == show()


@pytest.mark.attack("028")
def test_a_code_that_ends_after_its_claim_is_not_sent(db, office, outlet, post, show, clock):
    post(letter(ends_at=END))
    (claimed,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    clock.move(minutes=10)
    outcome = sending.hand_over(db, office, claimed)
    sending.exchange(db, [(claimed, outcome)], {}, office.policy)
    assert [] == outlet.drafts
    assert [("expired", ["queued", "expired"])] == show()


# --- a worker dies ---


@pytest.mark.spec("D2")
def test_a_message_of_a_worker_that_died_goes_after_the_lease(
    db, office, outlet, post, show, clock
):
    post(letter(ends_at=END))
    sending.exchange(db, [], sending.rooms(50), office.policy)
    clock.move(seconds=59)
    assert 0 == sending.send_due(db, office)
    clock.move(seconds=1)
    assert 1 == sending.send_due(db, office)
    assert [("handed_over", ["queued", "handed_over"])] == show()


@pytest.mark.spec("D2")
@pytest.mark.parametrize("step", ["delivery.exchange:before", "delivery.exchange:after"])
@pytest.mark.parametrize("visit", [1, 2], ids=["at the claim", "at the note"])
def test_a_crash_at_any_step_sends_at_least_once(step, visit, db, office, clock):
    number = db.write("test", lambda work: delivery.post(work, letter(ends_at=END)))
    visits = []

    def crash(name):
        visits.extend([name] if name == step else [])
        if name == step and len(visits) == visit:
            raise KeyboardInterrupt

    db.step = crash
    with pytest.raises(KeyboardInterrupt):
        sending.send_due(db, office)
    db.step = lambda _: None
    clock.move(seconds=61)
    sending.send_due(db, office)
    (sent,) = db.read(lambda work: delivery.recent(work, 10))
    assert (number, State.HANDED_OVER) == (sent.id, sent.state)
    assert 1 <= len(office.providers["email"].drafts) <= 2


@pytest.mark.spec("D7")
def test_a_second_try_of_the_same_message_has_the_same_message_id(db, office, outlet, post, clock):
    post(letter(ends_at=END))
    (claimed,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    sending.hand_over(db, office, claimed)
    clock.move(seconds=61)
    sending.send_due(db, office)
    first, second = (
        draft.raw.partition(b"Message-ID: ")[2].partition(b"\r\n")[0] for draft in outlet.drafts
    )
    assert first == second


def test_a_late_note_of_a_lost_lease_stops_the_second_try(db, office, outlet, post, show, clock):
    """The first worker was only slow; what it handed over is not sent again."""
    post(letter(ends_at=END))
    (slow,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    outcome = sending.hand_over(db, office, slow)
    clock.move(seconds=61)
    (second,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    clock.move(seconds=1)
    sending.exchange(db, [(slow, outcome)], {}, office.policy)
    assert sending.hand_over(db, office, second) is None
    assert 1 == len(outlet.drafts)
    assert "handed_over" == show()[0][0]


def test_a_lost_lease_cannot_defer_what_another_has(db, office, post, show, clock):
    post(letter(ends_at=END))
    (slow,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    clock.move(seconds=61)
    (second,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    sending.exchange(db, [(slow, Rejected("550 no"))], {}, office.policy)
    sending.exchange(db, [(second, Accepted("250 ok"))], {}, office.policy)
    assert [("handed_over", ["queued", "handed_over"])] == show()


def test_a_note_and_a_claim_in_one_turn_do_not_meet(db, office, outlet, post, show, clock):
    """The lease ends in the very turn in which the result is noted."""
    post(letter(ends_at=END))
    (claimed,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    clock.move(seconds=61)
    again = sending.exchange(db, [(claimed, Accepted("250 ok"))], sending.rooms(50), office.policy)
    assert [] == again
    assert "handed_over" == show()[0][0]


def test_two_workers_never_send_the_same_message(store, clock, tmp_path):
    outlet = Outlet()
    office = post_office(tmp_path / "letters", outlet, policy=Policy(batch=7))
    workers = [store.open(clock, SystemChance()) for _ in range(4)]
    for number in range(120):
        workers[0].write(
            "test",
            lambda work, n=number: delivery.post(work, letter(to=f"p{n}@example.org", ends_at=END)),
        )

    def work(db):
        while sending.send_due(db, office):
            pass

    threads = [threading.Thread(target=work, args=(db,)) for db in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(f"p{n}@example.org" for n in range(120)) == sorted(d.to for d in outlet.drafts)


@pytest.mark.parametrize("count", [1, 2, 8, 9, 50, 51, 120])
def test_any_number_of_messages_is_sent_and_noted(count, db, office, outlet, post, show):
    for _ in range(count):
        post(letter(ends_at=END))
    looked_at = [sending.send_due(db, office) for _ in range(3)]
    assert count == sum(looked_at) == len(outlet.drafts)
    assert ["handed_over"] * min(count, 100) == [state for state, _ in show()]


# --- decoys and secrets ---


def test_a_decoy_goes_the_same_road_and_is_dropped(db, office, outlet, post, show):
    post(letter(ends_at=END, is_decoy=True))
    assert 1 == sending.send_due(db, office)
    assert [] == outlet.drafts
    assert [("dropped", ["queued", "dropped"])] == show()


@pytest.mark.attack("129")
def test_a_decoy_looks_like_a_message_in_the_store(post, raw):
    post(letter(ends_at=END))
    post(letter(ends_at=END, is_decoy=True))
    shown = "account, kind, channel, state, label, created_at, due_at, ends_at, attempts"
    real, decoy = raw(f"{shown}, length(sealed), timeline")
    assert real == decoy


@pytest.mark.attack("129")
@pytest.mark.parametrize("name", ["a", "asha", "ashaashaashaashaasha"])
def test_the_size_of_a_row_hides_the_length_of_the_address(name, post, raw):
    post(letter(to=f"{name}@example.org"))
    assert [(28 + 128,)] == raw("length(sealed)")  # nonce and tag, two blocks of 64


@pytest.mark.spec("C9")
@pytest.mark.attack("129", "027")
def test_a_waiting_message_names_nobody_without_the_key(post, raw):
    post(letter(ends_at=END, facts={"place": "Kyoto"}))
    held = repr(raw())
    assert [] == [secret for secret in ("asha", "example.org", "482913", "Kyoto") if secret in held]


def _accepted(db, office, clock, number):
    sending.send_due(db, office)


def _refused(db, office, clock, number):
    office.providers["email"].says(Rejected("550 no"))
    sending.send_due(db, office)


def _ended(db, office, clock, number):
    clock.move(minutes=10)
    sending.send_due(db, office)


def _superseded(db, office, clock, number):
    db.write("test", lambda work: delivery.supersede(work, number))


@pytest.mark.spec("C9")
@pytest.mark.parametrize(
    ("end", "is_decoy"),
    [
        pytest.param(_accepted, False, id="handed over"),
        pytest.param(_refused, False, id="dead"),
        pytest.param(_ended, False, id="expired"),
        pytest.param(_superseded, False, id="superseded"),
        pytest.param(_accepted, True, id="a decoy"),
    ],
)
def test_what_was_sealed_is_erased_at_the_end(end, is_decoy, db, office, clock, raw):
    number = db.write(
        "test", lambda work: delivery.post(work, letter(ends_at=END, is_decoy=is_decoy))
    )
    end(db, office, clock, number)
    assert [(None,)] == raw("sealed")


def test_what_waits_for_another_try_stays_sealed(db, office, outlet, post, raw):
    outlet.says(Deferred("451"))
    post(letter(ends_at=END))
    before = raw("sealed")
    sending.send_due(db, office)
    assert before == raw("sealed")
    assert before != [(None,)]


@pytest.mark.attack("027")
def test_no_address_and_no_code_is_logged(db, office, outlet, post, capfd):
    outlet.says(Deferred("451"))
    post(letter(ends_at=END))
    sending.send_due(db, office)
    said = "".join(capfd.readouterr())
    assert "msg_" in said
    assert [] == [secret for secret in ("asha", "482913") if secret in said]


# --- what goes wrong at home ---


def test_a_letter_that_cannot_be_written_waits_for_its_mending(db, office, outlet, post, show):
    post(letter(ends_at=END, facts={}))
    sending.send_due(db, office)
    assert [("waiting", ["queued", "deferred"])] == show()


def test_a_message_of_another_root_key_is_dead(store, db, office, post, show, clock):
    other = store.open(clock)
    post(letter(ends_at=END))
    other.keys = draw_keys(8)
    sending.send_due(other, office)
    assert [("dead", ["queued", "dead"])] == show()


def test_results_outlive_a_store_that_was_away(db, office, post, show):
    post(letter(ends_at=END))
    (claimed,) = sending.exchange(db, [], sending.rooms(50), office.policy)
    results = [(claimed, sending.hand_over(db, office, claimed))]

    def fail(step):
        raise Unavailable

    db.step = fail
    with pytest.raises(Unavailable):
        sending.exchange(db, results, {}, office.policy)
    db.step = lambda _: None
    sending.exchange(db, results, {}, office.policy)
    assert "handed_over" == show()[0][0]


# --- the list ---


def test_the_list_goes_on_where_it_ended(db, post):
    numbers = [post(letter(ends_at=END)) for _ in range(5)]
    first = db.read(lambda work: delivery.recent(work, 2))
    rest = db.read(lambda work: delivery.recent(work, 10, after=first[-1].id))
    assert sorted(numbers, reverse=True) == [sent.id for sent in (*first, *rest)]
    assert State.WAITING is first[0].state


def test_messages_are_kept_ninety_days(db, post, clock):
    for _ in range(3):
        post(letter(ends_at=END))
    clock.move(days=90)
    assert 0 == delivery.sweep(db, Policy())
    clock.move(seconds=1)
    late = post(letter())
    assert 3 == delivery.sweep(db, Policy())
    assert [late] == [sent.id for sent in db.read(lambda work: delivery.recent(work, 10))]


def test_a_sweep_takes_several_batches(db, post, clock):
    def many(work):
        for _ in range(1100):
            delivery.post(work, letter())

    db.write("test", many)
    clock.move(days=91)
    assert 1100 == delivery.sweep(db, Policy())


@pytest.mark.spec("D1", "M2")
@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_a_message_goes_by_the_channel_that_it_was_posted_for(channel, db, office, outlet, post):
    post(letter(channel=channel, to="+819012345678"))
    sending.send_due(db, office)
    (draft,) = outlet.drafts
    assert (channel, "+819012345678", "482913") == (draft.channel, draft.to, draft.code)


def test_a_channel_without_a_provider_waits_for_its_setting(db, office, post, show):
    post(letter(channel="sms", to="+819012345678"))
    sending.send_due(db, dataclasses.replace(office, providers={}))
    assert [("waiting", ["queued", "deferred"])] == show()

import threading

import pytest

from sekisho.ground.db import Unavailable
from sekisho.records import delivery
from sekisho.records.delivery import Policy
from sekisho.records.delivery.mailroom import Mailroom
from sekisho.records.delivery.rules import Accepted
from tests.support.letters import Outlet, letter, post_office

SECONDS = 20  # the longest that a test waits for a thread; none waits so long when all is well


class Gate(Outlet):
    """An outlet in which mail to `slow@…` stays until it is let go."""

    def __init__(self):
        super().__init__()
        self.entered = threading.Semaphore(0)
        self.open = threading.Event()
        self.slow = "slow"

    def send(self, draft):
        self.entered.release()
        if draft.to.startswith(self.slow):
            assert self.open.wait(SECONDS)
        return super().send(draft)


@pytest.fixture
def outlet():
    return Gate()


@pytest.fixture
def ring():
    return threading.Event()


@pytest.fixture
def room(db, outlet, ring, tmp_path):
    mailroom = Mailroom(db, post_office(tmp_path, outlet, policy=Policy(connections=2)), ring)
    yield mailroom
    outlet.open.set()
    mailroom.finish(SECONDS)


@pytest.fixture
def post(db):
    def act(*names):
        for name in names:
            db.write(
                "test", lambda work, n=name: delivery.post(work, letter(to=f"{n}@example.org"))
            )

    return act


@pytest.fixture
def states(db):
    def act():
        return [sent.state.word for sent in db.read(lambda work: delivery.recent(work, 100))]

    return act


def _until(ring, room, states, expected):
    """Take turns whenever a hand rings, until the store shows what is expected."""
    while sorted(states()) != expected:
        assert ring.wait(SECONDS)
        ring.clear()
        room.turn()


def test_what_is_due_is_handed_over_and_noted(room, ring, post, states, outlet):
    post("asha", "bert", "cleo")
    room.turn()
    _until(ring, room, states, ["handed_over"] * 3)
    assert 3 == len(outlet.drafts)


@pytest.mark.attack("128")
def test_one_slow_mail_holds_one_hand_only(room, ring, post, states, outlet):
    """Promise R7: the others go on while one server is a tarpit."""
    post("slow", *(f"p{number}" for number in range(10)))
    room.turn()
    _until(ring, room, states, ["claimed", *["handed_over"] * 10])
    outlet.open.set()
    _until(ring, room, states, ["handed_over"] * 11)


@pytest.mark.spec("D3")
@pytest.mark.attack("128")
@pytest.mark.parametrize(
    "two",
    [
        pytest.param([("sms", "+819000000001"), ("email", "a@example.org")], id="a slow gateway"),
        pytest.param([("email", "slow@example.org"), ("sms", "+819012345678")], id="slow mail"),
    ],
)
def test_a_slow_channel_holds_no_other(two, db, ring, states, outlet, tmp_path):
    """All hands of the slow one are held and its batches are full; the other goes on."""
    slow, well = two
    outlet.slow = slow[1]
    policy = Policy(connections=2, batch=4)
    mailroom = Mailroom(db, post_office(tmp_path, outlet, policy=policy), ring)
    for channel, to in [slow] * 20 + [well] * 3:
        one = letter(channel=channel, to=to)
        db.write("test", lambda work, one=one: delivery.post(work, one))
    while mailroom.turn():
        pass
    _until(ring, mailroom, states, [*["claimed"] * 8, *["handed_over"] * 3, *["waiting"] * 12])
    assert [well[1]] * 3 == [draft.to for draft in outlet.drafts]
    outlet.open.set()
    _until(ring, mailroom, states, ["handed_over"] * 23)
    mailroom.finish(SECONDS)


def test_a_full_batch_says_that_more_may_wait(db, outlet, ring, post, tmp_path):
    mailroom = Mailroom(db, post_office(tmp_path, outlet, policy=Policy(batch=2)), ring)
    post("a", "b", "c")
    assert [True, False] == [mailroom.turn(), mailroom.turn()]
    mailroom.finish(SECONDS)


def test_no_more_is_claimed_than_the_hands_can_soon_take(db, outlet, ring, post, tmp_path, states):
    policy = Policy(batch=2, connections=1)
    mailroom = Mailroom(db, post_office(tmp_path, outlet, policy=policy), ring)
    post(*["slow"] * 6)
    assert [True, True, False] == [mailroom.turn() for _ in range(3)]
    assert ["claimed"] * 4 + ["waiting"] * 2 == sorted(states())
    outlet.open.set()
    mailroom.finish(SECONDS)


def test_finishing_ends_what_is_in_hand_and_gives_the_rest_back(room, post, states, outlet):
    post("slow1", "slow2", "c", "d")
    room.turn()
    for _ in range(2):  # both hands hold a mail
        assert outlet.entered.acquire(timeout=SECONDS)
    outlet.open.set()
    room.finish(SECONDS)
    assert "claimed" not in states()
    assert len(outlet.drafts) == states().count("handed_over")
    assert outlet.is_closed


def test_a_hand_outlives_an_error_of_its_provider(room, ring, post, states, outlet):
    def fail(draft):
        raise ZeroDivisionError(draft.to)

    outlet.answer = fail
    post("asha")
    room.turn()
    _until(ring, room, states, ["waiting"])
    outlet.says(Accepted("250 ok"))
    post("bert")
    room.turn()
    _until(ring, room, states, ["handed_over", "waiting"])


def test_results_wait_while_the_store_is_away(room, ring, post, states, outlet, db):
    post("asha")
    room.turn()
    assert ring.wait(SECONDS)

    def fail(step):
        raise Unavailable

    db.step = fail
    with pytest.raises(Unavailable):
        room.turn()
    db.step = lambda _: None
    room.turn()
    assert ["handed_over"] == states()
    assert 1 == len(outlet.drafts)

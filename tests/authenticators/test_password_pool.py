"""The pool of hashing threads: bounded in threads and in line, and no turn is held meanwhile."""

import os
import sys
import threading
from datetime import timedelta

import pytest

from sekisho.authenticators.password import Cost, Place, Policy, Pool, verify
from sekisho.authenticators.rules import Verdict
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.turns import Turns
from tests.support.material import START, draw_keys

WAIT = 30


@pytest.fixture
def turns():
    return Turns(2)


@pytest.fixture
def pool(turns):
    pool = Pool(turns, at_once=2, waiting=3)
    yield pool
    pool.close()


def running(acts):
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    return threads


def ended(threads):
    for thread in threads:
        thread.join(WAIT)
    return not any(thread.is_alive() for thread in threads)


class Hashing:
    """Hashes that last until they are let go; counts how many there are at once."""

    def __init__(self):
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.lock = threading.Lock()
        self.now = self.most = 0

    def hash(self):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        assert self.go.wait(WAIT)
        with self.lock:
            self.now -= 1
        return "done"


@pytest.fixture
def hashing():
    hashing = Hashing()
    yield hashing
    hashing.go.set()


def ask(pool, hashing, answers):
    with pool.place(START) as place:
        match place:
            case Refused():
                answers.append(place)
            case Place():
                answers.append(place.run(hashing.hash))


@pytest.mark.attack("086")
def test_a_full_line_refuses_at_once_and_says_when(pool, hashing):
    """A flood of a hundred: five hold a place, two compute, all others hear it at once."""
    answers = []
    holders = running([lambda: ask(pool, hashing, answers)] * 2)
    assert hashing.begun.acquire(timeout=WAIT)
    assert hashing.begun.acquire(timeout=WAIT)
    with pool.place(START) as one, pool.place(START) as two, pool.place(START) as three:
        assert all(isinstance(place, Place) for place in (one, two, three))
        assert ended(running([lambda: ask(pool, hashing, answers)] * 100))
        assert [Refused(Reason.UNAVAILABLE, retry_at=START + timedelta(seconds=2))] * 100 == answers
    answers.clear()
    hashing.go.set()
    assert ended(holders)
    assert ["done"] * 2 == answers
    assert 2 == hashing.most


@pytest.mark.attack("086")
def test_a_place_is_free_again_whatever_became_of_it(pool):
    def fails():
        raise KeyError

    for _ in range(20):
        with pytest.raises(KeyError), pool.place(START) as place:
            place.run(fails)
        with pool.place(START) as place:
            assert 4 == place.run(lambda: 2 + 2)


@pytest.mark.attack("086")
def test_who_waits_for_a_hash_holds_no_turn(pool, turns, hashing):
    """With both turns' holders waiting for hashes, others go on as if nobody were there."""
    answers = []

    def in_turn():
        with turns.taken():
            ask(pool, hashing, answers)
            assert turns.is_mine()

    waiting = running([in_turn] * 5)
    assert hashing.begun.acquire(timeout=WAIT)
    others = []

    def other():
        with turns.taken():
            others.append(1)

    assert ended(running([other] * 20))
    assert 20 == len(others)
    hashing.go.set()
    assert ended(waiting)
    assert ["done"] * 5 == answers


@pytest.mark.attack("086")
def test_other_threads_compute_while_a_hash_is_computed(pool):
    """The hash gives the interpreter up: a long one does not stop this thread's loop."""
    dear = Policy(cost=Cost(65_536, 4))
    steps = 0
    with pool.place(START) as place:
        done = []
        thread = threading.Thread(
            target=lambda: done.append(
                place.run(lambda: verify(draw_keys(), "a password", (), dear, b"s" * 16))
            )
        )
        thread.start()
        while not done and thread.is_alive():
            steps += 1
        assert ended([thread])
    assert Verdict.WRONG == done[0].verdict
    assert steps > 1000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps threads to processors")
def test_a_hash_may_compute_where_no_process_was_settled(pool):
    with pool.place(START) as place:
        assert os.sched_getaffinity(0) == place.run(lambda: os.sched_getaffinity(0))

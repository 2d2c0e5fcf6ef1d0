import threading
from datetime import timedelta

import pytest

from sekisho.doors.worker import Step, Worker
from sekisho.ground.db import Unavailable
from sekisho.records import delivery
from tests.support.letters import Outlet, letter, post_office

SECONDS = 20  # the longest that a test waits for a thread; none waits so long when all is well


class Bells(Outlet):
    """An outlet that can be waited for."""

    def __init__(self):
        super().__init__()
        self.sent = threading.Semaphore(0)

    def send(self, draft):
        outcome = super().send(draft)
        self.sent.release()
        return outcome


@pytest.fixture
def outlet():
    return Bells()


@pytest.fixture
def worker(db, outlet, tmp_path):
    made = Worker(db, post_office(tmp_path / "letters", outlet))
    yield made
    made.stop()


def _post(db):
    return db.write("test", lambda work: delivery.post(work, letter()))


def _states(db):
    return [sent.state.word for sent in db.read(lambda work: delivery.recent(work, 100))]


def test_a_posted_message_wakes_the_worker(db, worker, outlet):
    worker.start()
    _post(db)
    assert outlet.sent.acquire(timeout=SECONDS)


def test_messages_of_other_processes_are_found_without_a_bell(db, store, clock, worker, outlet):
    worker.start()
    _post(store.open(clock))
    assert outlet.sent.acquire(timeout=SECONDS)


def test_stopping_notes_what_was_under_way(db, worker, outlet):
    worker.start()
    _post(db)
    assert outlet.sent.acquire(timeout=SECONDS)
    worker.stop()
    assert ["handed_over"] == _states(db)
    assert outlet.is_closed


def test_a_worker_in_the_foreground_ends_when_it_is_told_to(db, worker, outlet):
    stop = threading.Event()
    foreground = threading.Thread(target=worker.run_forever, args=(stop,))
    foreground.start()
    _post(db)
    assert outlet.sent.acquire(timeout=SECONDS)
    stop.set()
    foreground.join(SECONDS)
    assert not foreground.is_alive()
    assert ["handed_over"] == _states(db)


def test_a_step_that_fails_stops_nothing(db, outlet, tmp_path):
    done = []

    def fail():
        raise ZeroDivisionError

    steps = (
        Step("fail", timedelta(0), fail),
        Step("count", timedelta(0), lambda: done.append(1) or 1),
        Step("seldom", timedelta(hours=1), lambda: done.append("seldom") or 1),
    )
    worker = Worker(db, post_office(tmp_path / "letters", outlet), steps)
    for _ in range(3):
        worker.look()
    worker.stop()
    assert [1, "seldom", 1, 1] == done


def test_the_pause_grows_to_five_seconds_while_the_store_is_away(db, worker, outlet):
    def fail(step):
        raise Unavailable

    _post(db)
    db.step = fail
    pauses = []
    for _ in range(7):
        worker.look()
        pauses.append(worker.pause())
    assert [0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0] == pauses
    db.step = lambda _: None
    worker.look()
    assert 1.0 == worker.pause()
    assert outlet.sent.acquire(timeout=SECONDS)


def test_the_worker_removes_old_messages(db, clock, worker):
    _post(db)
    clock.move(days=91)
    worker.look()
    assert [] == _states(db)

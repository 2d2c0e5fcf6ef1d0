"""Turns and group commit: few compute, nobody waits for ever, one commit answers many."""

import sqlite3
import threading

import pytest

from sekisho.doors.processors import Load, better, read_load
from sekisho.ground.db import Unavailable, sql
from sekisho.ground.sqlite import SqliteStore
from sekisho.ground.turns import Turns

_TELL = sql("INSERT INTO meta (name, value) VALUES (:name, 'told')")
_ALL = sql("SELECT name FROM meta WHERE value = 'told' ORDER BY name")
_MANY = 40


@pytest.fixture
def store(tmp_path):
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    connection.close()
    store = SqliteStore(tmp_path / "store.db", at_once=2)
    yield store
    store.close()


def tell(store, number):
    with store.writing(frozenset()) as tx:
        tx.keep(_TELL, {"name": f"{number:05}"})


def _compute(turns, done, number):
    with turns.taken():
        done.append(number)


def all_told(store):
    with store.reading() as tx:
        return [int(row[0]) for row in tx.fetch(_ALL, {})]


def together(count, act):
    threads = [threading.Thread(target=act, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def test_no_more_compute_at_once_than_there_are_turns():
    turns, most, lock = Turns(2), [0, 0], threading.Lock()

    def compute(_number):
        with turns.taken():
            with lock:
                most[0] += 1
                most[1] = max(most)
            threading.Event().wait(0.002)
            with lock:
                most[0] -= 1

    together(_MANY, compute)
    assert [0, 2] == most


def test_a_turn_goes_to_who_has_waited_longest():
    turns, order, threads = Turns(1), [], []

    def compute(number):
        with turns.taken():
            order.append(number)

    with turns.taken():
        for number in range(5):
            threads.append(threading.Thread(target=compute, args=(number,)))
            threads[-1].start()
            threading.Event().wait(0.02)
        turns.give()
        turns.take()
        order.append("who gave")
    for thread in threads:
        thread.join(30)
    assert [0, 1, 2, 3, 4, "who gave"] == order


def test_writers_in_and_out_of_turn_are_all_kept(store):
    def write(number):
        if number % 3:
            with store.turns.taken():
                tell(store, number)
                tell(store, 1000 + number)
        else:
            tell(store, number)

    together(_MANY, write)
    twice = [1000 + number for number in range(_MANY) if number % 3]
    assert [*range(_MANY), *twice] == all_told(store)


def test_a_writer_does_not_wait_for_one_who_is_under_way_for_long(store):
    with store.turns.taken():
        writer = threading.Thread(target=tell, args=(store, 1))
        writer.start()
        writer.join(5)
        assert not writer.is_alive()
        assert [1] == all_told(store)


def test_who_steps_aside_gives_his_turn_to_the_next_and_waits_for_one_after():
    turns, order = Turns(1), []

    def compute(_number):
        with turns.taken():
            order.append("next")

    with turns.taken():
        with turns.aside():
            assert not turns.is_mine()
            together(2, compute)
        assert turns.is_mine()
        order.append("back")
    assert ["next", "next", "back"] == order


def test_who_steps_aside_without_a_turn_gets_none():
    turns = Turns(1)
    with turns.taken():
        pass
    with turns.aside():
        assert not turns.is_mine()
    assert not turns.is_mine()


def test_a_turn_comes_back_when_what_went_on_elsewhere_failed():
    turns = Turns(1)
    with turns.taken():
        with pytest.raises(KeyError), turns.aside():
            raise KeyError
        assert turns.is_mine()
    done = []
    together(2, lambda number: _compute(turns, done, number))  # a turn lost would hold both
    assert [0, 1] == sorted(done)


def test_no_commit_waits_for_one_who_stepped_aside():
    turns, emptied = Turns(2), []
    turns.emptied = lambda: emptied.append(1)
    with turns.taken():
        with turns.aside():
            assert [1] == emptied
        assert [1] == emptied
    assert [1, 1] == emptied


def test_one_who_fails_loses_nobody_else_his_work(store):
    failures = []

    def write(number):
        try:
            with store.turns.taken(), store.writing(frozenset()) as tx:
                tx.keep(_TELL, {"name": f"{number:05}"})
                if number % 4 == 0:
                    raise KeyError(number)  # noqa: TRY301  # it is the work that fails
        except KeyError as error:
            failures.append(error.args[0])

    together(_MANY, write)
    assert list(range(0, _MANY, 4)) == sorted(failures)
    assert [number for number in range(_MANY) if number % 4] == all_told(store)


def test_all_of_a_group_hear_that_its_commit_failed(store, tmp_path):
    told = []

    def write(number):
        try:
            with store.turns.taken():
                tell(store, number)
        except Unavailable:
            told.append(number)

    with store.turns.taken():
        tell(store, 99)
    store.close()
    (tmp_path / "store.db").write_bytes(b"no database at all, but long enough to be read" * 200)
    together(8, write)
    assert list(range(8)) == sorted(told)


@pytest.mark.parametrize(
    ("others", "expected"),
    [({0: 0.0, 1: 0.0}, 0), ({0: 0.2, 1: 0.0}, 0), ({0: 0.9, 1: 0.1}, 1), ({0: 0.9, 1: 0.8}, 0)],
)
def test_a_process_leaves_a_processor_that_others_need_more(others, expected):
    before = Load({0: 5.0, 1: 7.0}, mine=2.0)
    now = Load({0: 5.0 + others[0] + 0.6, 1: 7.0 + others[1]}, mine=2.6)
    assert expected == better(before, now, 0, 1.0)


def test_the_load_of_processors_is_read_as_linux_tells_it():
    text = "cpu  9 9 9 9\ncpu0 100 0 50 900 3 1 2 4 0 0\ncpu1 1 1 1 1 1 1 1 1 0 0\nintr 1 2\n"
    assert Load({0: 1.53}, 0.5) == read_load(text, frozenset({0, 2}), 0.5)

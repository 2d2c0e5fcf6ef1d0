"""The unit of work on both stores: all or nothing, guarded, done again when another was faster."""

import threading

import pytest

from sekisho.ground.db import Conflict, Unavailable, sql

READ = sql("SELECT value FROM meta WHERE name = :name")
ADD = sql("INSERT INTO meta (name, value) VALUES (:name, :value)")
PUT = sql(
    "INSERT INTO meta (name, value) VALUES (:name, :value)"
    " ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
NEXT = sql("UPDATE meta SET value = :value WHERE name = :name AND value = :before")
STANDS = sql("SELECT 1 FROM meta WHERE name = :name AND value = :value", postgres="FOR SHARE")
DROP = sql("DELETE FROM meta WHERE name = :name RETURNING value")


def value(db, name="x"):
    row = db.read(lambda work: work.one(READ, name=name))
    return row[0] if row else None


def put(db, text, name="x"):
    db.write("test", lambda work: work.keep(PUT, name=name, value=text))


def test_what_is_kept_is_read(db):
    put(db, "1")
    assert "1" == value(db)
    assert None is value(db, "y")


def test_nothing_is_kept_of_a_work_that_fails(db):
    def act(work):
        work.keep(PUT, name="x", value="1")
        work.keep(PUT, name="y", value="2")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        db.write("test", act)
    assert (None, None) == (value(db), value(db, "y"))


def test_a_failing_statement_keeps_nothing_of_its_work(db):
    put(db, "old", "y")

    def act(work):
        work.keep(PUT, name="x", value="1")
        work.keep(ADD, name="y", value="2")  # there is one already, each time

    with pytest.raises(Unavailable):
        db.write("test", act)
    assert (None, "old") == (value(db), value(db, "y"))


def test_a_guard_that_meets_a_changed_row_does_the_work_again(db, store, clock):
    put(db, "0")
    other = store.open(clock)
    attempts = []

    def act(work):
        before = work.one(READ, name="x")[0]
        attempts.append((before, work.is_again))
        if len(attempts) == 1 and store.kind == "postgresql":
            put(other, "7")  # SQLite's writers stand in line instead
        work.guard(NEXT, 1, name="x", before=before, value=str(int(before) + 1))

    db.write("test", act)
    expected = [("0", False), ("7", True)] if store.kind == "postgresql" else [("0", False)]
    assert expected == attempts
    assert str(int(expected[-1][0]) + 1) == value(db)
    other.store.close()


def test_a_guard_that_never_holds_ends_as_unavailable_and_keeps_nothing(db):
    def act(work):
        work.keep(PUT, name="y", value="1")
        work.guard(NEXT, 1, name="nobody", before="0", value="1")

    with pytest.raises(Unavailable):
        db.write("test", act)
    assert None is value(db, "y")


def test_a_work_that_requires_a_row_is_done_again_when_another_changed_it(db, store, clock):
    put(db, "off")
    other = store.open(clock)
    judged = []

    def act(work):
        judged.append(work.one(READ, name="x")[0])
        work.require(STANDS, 1, name="x", value=judged[-1])
        if len(judged) == 1 and store.kind == "postgresql":
            put(other, "on")  # SQLite's writers stand in line instead
        work.one(READ, name="y")  # gathering may go on
        work.keep(PUT, name="y", value=f"judged as {judged[-1]}")

    db.write("test", act)
    assert (["off", "on"] if store.kind == "postgresql" else ["off"]) == judged
    assert f"judged as {judged[-1]}" == value(db, "y")
    other.store.close()


def test_a_work_that_requires_what_is_not_so_keeps_nothing(db):
    put(db, "off")

    def act(work):
        work.require(STANDS, 1, name="x", value="on")
        work.keep(PUT, name="y", value="1")

    with pytest.raises(Unavailable):
        db.write("test", act)
    assert None is value(db, "y")


@pytest.mark.spec("C6")
def test_no_count_is_lost_among_many_writers(db):
    """Sixteen threads add one each, ten times, from what they read: the sum is exact."""
    put(db, "0")

    def add(work):
        before = work.one(READ, name="x")[0]
        work.guard(NEXT, 1, name="x", before=before, value=str(int(before) + 1))

    def ten(_):
        for _ in range(10):
            db.write("test", add)
        if db.store.name == "postgresql":
            db.store.close()

    threads = [threading.Thread(target=ten, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "160" == value(db)


def test_many_writers_of_whom_some_fail_do_not_disturb_the_others(db):
    """A group commit answers those whose work was kept, and only those."""

    def one(number):
        def act(work):
            work.keep(PUT, name=f"n{number}", value="1")
            if number % 3 == 0:
                raise RuntimeError

        try:
            db.write("test", act)
        except RuntimeError:
            return False
        finally:
            if db.store.name == "postgresql":
                db.store.close()
        return True

    results = []
    threads = [threading.Thread(target=lambda n=n: results.append((n, one(n)))) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(n, value(db, f"n{n}") is not None) for n in range(24)} == set(results)


def test_a_statement_that_returns_is_run_at_once(db):
    put(db, "1")
    assert [("1",)] == db.write("test", lambda work: work.run(DROP, name="x"))
    assert None is value(db)


def test_run_and_keep_are_one_work(db):
    put(db, "1")

    def act(work):
        work.run(DROP, name="x")
        work.keep(PUT, name="y", value="2")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        db.write("test", act)
    assert ("1", None) == (value(db), value(db, "y"))


def test_gathering_comes_before_keeping(db):
    def act(work):
        work.keep(PUT, name="x", value="1")
        work.one(READ, name="x")

    with pytest.raises(AssertionError, match="gather before you keep"):
        db.write("test", act)


def test_a_work_aside_touches_no_store(db):
    work = db.aside()
    assert db.clock.now() == work.now
    with pytest.raises(AssertionError):
        work.one(READ, name="x")
    with pytest.raises(AssertionError):
        db.aside().keep(PUT, name="x", value="1")
    with pytest.raises(AssertionError):
        db.aside().run(DROP, name="x")
    with pytest.raises(AssertionError):
        db.aside().guard(NEXT, 1, name="x", before="0", value="1")


def test_the_bell_is_rung_after_the_commit_of_a_work_that_asks(db):
    heard = []
    db.bell = lambda: heard.append(value(db))

    def act(work):
        work.keep(PUT, name="x", value="1")
        work.ring()

    put(db, "0")
    assert [] == heard
    db.write("test", act)
    assert ["1"] == heard


def test_steps_are_named_before_and_after_the_commit(db):
    seen = []
    db.step = seen.append
    put(db, "1")
    assert ["test:before", "test:after"] == seen


def test_values_of_every_kind_come_back_as_they_were(db):
    kinds = sql("SELECT :text, :octets, :number, :nothing")
    asked = {"text": "日本語 '\"\\\x01", "octets": b"\x00\xff'", "number": 1 << 62, "nothing": None}
    if db.store.name == "postgresql":
        kinds = sql("SELECT :text::text, :octets::bytea, :number::bigint, :nothing::text")
    assert tuple(asked.values()) == db.read(lambda work: work.one(kinds, **asked))


def test_ids_of_one_moment_are_unlike_each_other(db):
    assert 1000 == len(db.write("test", lambda work: {work.new_id() for _ in range(1000)}))


def test_a_store_that_is_away_is_unavailable(db, store, tmp_path):
    if store.kind == "sqlite":
        away = type(db.store)(tmp_path / "no folder" / "x.db")
    else:
        away = type(db.store)("postgresql://127.0.0.1:9/nothing")
    db.store.close()
    db.store, kept = away, db.store
    with pytest.raises(Unavailable):
        value(db)
    with pytest.raises(Unavailable):
        put(db, "1")
    db.store = kept


def test_a_lost_connection_is_made_anew(db, store):
    """The server ends the connection between two works; the next one heals by itself."""
    put(db, "1")
    if store.kind == "postgresql":
        ended = sql(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND application_name = 'sekisho'"
        )
        other = store.open(db.clock)
        other.read(lambda work: work.all(ended))
        other.store.close()
    assert "1" == value(db)
    put(db, "2")
    assert "2" == value(db)


def test_a_conflict_names_what_to_wait_for():
    assert frozenset({1, 2}) == Conflict(frozenset({1, 2})).on
    assert frozenset() == Conflict().on

"""A machine whose clock jumps: no expired code comes alive, nobody is let in by a wrong time."""

import pytest

from sekisho.ground.clock import SystemClock
from sekisho.ground.db import sql
from tests.support.people import begin, wrong

pytestmark = pytest.mark.attack("126")
WALL = 1_780_000_000.0
_META = sql("SELECT name, value FROM meta")


class Machine:
    """The two clocks of a machine, each set by the test."""

    def __init__(self, monkeypatch):
        self.wall, self.boot = WALL, 5_000.0
        monkeypatch.setattr("time.time", lambda: self.wall)
        monkeypatch.setattr("time.clock_gettime", lambda _: self.boot)

    def pass_by(self, seconds):
        self.wall += seconds
        self.boot += seconds


@pytest.fixture
def machine(monkeypatch):
    return Machine(monkeypatch)


@pytest.fixture
def on_real_time(machine, store, build_house):
    """A house that tells the time as the product does."""
    own = store.open(SystemClock())
    built = build_house(over=own)
    built.make_account("asha@example.org")
    yield built
    own.store.close()


def ask(house):
    attempt = begin(house.client(), "asha@example.org")
    assert 201 == attempt.ask().status
    return attempt, house.inbox.code()


@pytest.mark.parametrize("jump", [3600, -3600, 31 * 86400, -86400])
def test_while_the_clock_is_not_to_be_believed_no_code_is_compared(on_real_time, machine, jump):
    attempt, code = ask(on_real_time)
    machine.wall += jump
    machine.pass_by(5)
    answers = [attempt.type(wrong(code)), attempt.type(code)]
    assert [(503, "unavailable")] * 2 == [(one.status, one.code) for one in answers]
    machine.wall -= jump
    assert 200 == attempt.type(code).status  # nothing was charged meanwhile


@pytest.mark.parametrize("jump", [-3600, -86400])
def test_an_expired_code_stays_expired_when_the_clock_runs_back(on_real_time, machine, jump):
    attempt, code = ask(on_real_time)
    machine.pass_by(301)
    assert "code_expired" == attempt.type(code).code
    machine.wall += jump
    assert attempt.type(code).code in ("unavailable", "code_expired")
    assert attempt.type(code).code in ("unavailable", "code_expired")


def test_after_a_restart_before_the_high_water_mark_no_code_is_compared(
    machine, store, build_house
):
    """The wall clock was set back a day while the service was down."""
    first = store.open(SystemClock())
    house = build_house(over=first)
    house.make_account("asha@example.org")
    attempt, code = ask(house)
    machine.pass_by(301)
    mark = first.clock.now()
    first.store.close()
    machine.wall -= 86_400
    second = store.open(SystemClock(not_before=mark))
    attempt.client = build_house(over=second).client()
    assert attempt.type(code).code in ("unavailable", "code_expired")
    second.store.close()


def test_the_store_remembers_the_highest_time(on_real_time, machine):
    """What `serve` starts from after a restart."""
    on_real_time.sweep()
    rows = on_real_time.db.read(
        lambda work: work.all(_META)  # what doors/house.py reads at the start
    )
    assert int(dict(rows)["high_water"]) >= (WALL - 1) * 1_000_000


def test_a_session_is_not_revived_by_a_clock_that_runs_back(on_real_time, machine):
    attempt, code = ask(on_real_time)
    token = attempt.type(code).json["session"]["token"]
    bearer = {"Authorization": f"Bearer {token}"}
    client = on_real_time.client()
    machine.pass_by(25 * 3600)
    assert 401 == client.get("/api/v1/session", bearer).status
    machine.wall -= 20 * 3600
    assert 401 == client.get("/api/v1/session", bearer).status

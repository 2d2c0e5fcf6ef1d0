"""The clock that is not to be believed when it jumps (attack 126)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground import clock
from sekisho.ground.clock import SystemClock

pytestmark = pytest.mark.attack("126")
WALL = 1_780_000_000.0


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


def seconds(found):
    return found.timestamp() - WALL


def test_time_goes_on_with_the_machine(machine):
    told = SystemClock()
    assert 0 == seconds(told.now())
    machine.pass_by(10)
    assert (10, True) == (seconds(told.now()), told.is_steady())


@pytest.mark.parametrize(
    "jump",
    [
        pytest.param(3600, id="an hour on"),
        pytest.param(-3600, id="an hour back"),
        pytest.param(31 * 86400, id="31 days on"),
        pytest.param(-86400, id="a day back"),
        pytest.param(301, id="just over five minutes on"),
        pytest.param(-301, id="just over five minutes back"),
    ],
)
def test_a_jump_is_not_believed_and_time_goes_on(machine, jump):
    told = SystemClock()
    machine.pass_by(60)
    told.now()
    machine.wall += jump
    machine.pass_by(10)
    assert (70, False) == (seconds(told.now()), told.is_steady())
    machine.wall -= jump
    machine.pass_by(5)
    assert (75, True) == (seconds(told.now()), told.is_steady())


@pytest.mark.parametrize("jump", [299, -299, 1, -1])
def test_a_small_correction_is_followed_and_never_runs_back(machine, jump):
    told = SystemClock()
    machine.pass_by(1000)
    before = told.now()
    machine.wall += jump
    after = told.now()
    assert after >= before
    assert told.is_steady()
    machine.pass_by(400)
    assert max(1000, 1400 + jump) == seconds(told.now())


def test_a_frozen_wall_clock_is_noticed(machine):
    told = SystemClock()
    machine.boot += 400
    assert (400, False) == (seconds(told.now()), told.is_steady())


def test_slewing_over_days_is_no_jump(machine):
    """A second an hour, for a month: NTP at work."""
    told = SystemClock()
    for _ in range(30 * 24):
        machine.pass_by(3601)
        machine.wall -= 1
        told.now()
    assert told.is_steady()


def test_a_start_before_the_high_water_mark_is_not_believed(machine):
    mark = datetime.fromtimestamp(WALL + 3600, UTC)
    told = SystemClock(not_before=mark)
    assert (mark, False) == (told.now(), told.is_steady())
    machine.pass_by(3600)
    assert told.is_steady()


def test_a_start_a_little_before_the_mark_is_believed(machine):
    told = SystemClock(not_before=datetime.fromtimestamp(WALL + 100, UTC))
    assert (100, True) == (seconds(told.now()), told.is_steady())


def test_dev_moves_its_time_on(machine):
    told = SystemClock(ahead=timedelta(days=1))
    assert timedelta(days=3) == told.advance(timedelta(days=2))
    assert (3 * 86400, True) == (seconds(told.now()), told.is_steady())


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds must be naive
def test_an_instant_is_kept_to_the_microsecond(at):
    assert at == clock.instant(clock.micros(at))


def test_a_text_with_an_offset_is_an_instant_in_utc():
    assert datetime(2026, 3, 5, 5, 5, tzinfo=UTC) == clock.read("2026-03-05T14:05:00+09:00")


def test_waits_are_measured_on_a_clock_that_goes_on():
    assert clock.wait_clock() <= clock.wait_clock()

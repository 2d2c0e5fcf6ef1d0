"""What is kept, and until when: what is past its retention goes, what still counts stays."""

import pytest

from sekisho.ground.db import sql
from tests.support.people import begin

COUNTS = {
    table: sql(f"SELECT COUNT(*) FROM {table}")
    for table in ("flow", "session", "device", "event", "book", "message")
}


def rows(house, table):
    return house.db.read(lambda work: work.one(COUNTS[table]))[0]


@pytest.mark.spec("C9")
@pytest.mark.parametrize(
    ("hours", "left"), [pytest.param(20, 1, id="the same day"), pytest.param(30, 0, id="a day on")]
)
def test_what_is_left_of_a_code_goes_a_day_after_it_expired(house, asha, clock, hours, left):
    attempt = asha.asks_for_a_code()
    clock.move(hours=hours)
    house.sweep()
    assert left == rows(house, "flow")
    assert "flow_expired" == attempt.type("123456").code
    assert "flow_expired" == attempt.ask().code
    assert "expired" == attempt.look().json["state"]


@pytest.mark.spec("S3")
def test_sessions_go_when_they_have_ended_and_devices_when_long_unused(house, asha, clock):
    asha.signs_in()
    clock.move(days=20)
    house.sweep()
    assert (1, 1) == (rows(house, "session"), rows(house, "device"))
    clock.move(days=41)
    house.sweep()
    assert (0, 1) == (rows(house, "session"), rows(house, "device"))
    clock.move(days=400)
    house.sweep()
    assert 0 == rows(house, "device")


@pytest.mark.spec("C6")
def test_counts_of_ninety_days_outlive_every_sweep(house, asha, clock):
    """A hundred wrong guesses over five days; eighty days later they still count."""
    for day in range(5):
        for hour in range(2):
            for number in range(2):
                attempt = begin(house.client(f"198.18.{day}.{hour * 2 + number}"), asha.address)
                attempt.ask()
                for by in range(5):
                    attempt.type(f"{by:06d}")
            clock.move(minutes=61)
        clock.move(hours=22)
        house.sweep()
    assert 8 == begin(house.client(), asha.address).ask().json["digits"]
    clock.move(days=80)
    house.sweep()
    assert 8 == begin(house.client(), asha.address).ask().json["digits"]
    clock.move(days=11)
    house.sweep()
    assert 6 == begin(house.client(), asha.address).ask().json["digits"]


def test_unknown_names_leave_no_row_for_ever(house, clock):
    attempt = begin(house.client(), "nobody@example.org")
    attempt.ask()
    attempt.type("000000")
    house.inbox.all()
    clock.move(days=92)
    house.sweep()
    assert (0, 0, 0) == (rows(house, "flow"), rows(house, "book"), rows(house, "event"))


@pytest.mark.spec("C11")
def test_beginning_a_flow_keeps_nothing(house, asha):
    """A flood of beginnings costs the store nothing, and known and unknown are alike in it."""
    before = {table: rows(house, table) for table in COUNTS}
    for name in (asha.address, "nobody@example.org", "090-1234-5678"):
        begin(house.client(), name)
    assert before == {table: rows(house, table) for table in COUNTS}


@pytest.mark.spec("C11")
def test_known_and_unknown_names_write_the_same_rows(closed_house):
    house = closed_house
    house.make_account("asha@example.org")
    written = []
    for name in ("asha@example.org", "nobody@example.org"):
        before = {table: rows(house, table) for table in COUNTS}
        attempt = begin(house.client(), name)
        attempt.ask()
        for by in range(6):
            attempt.type(f"{by:06d}")
        written.append({table: rows(house, table) - before[table] for table in COUNTS})
    assert written[0] == written[1]

"""Every statement of the stores is one that both databases take."""

import gc

import pytest

import sekisho.doors.house  # noqa: F401 - brings every feature's statements
from sekisho.ground.db import Statement, sql
from tests.support.material import MovedClock
from tests.support.stores import TestStore

_WRITES = ("INSERT", "UPDATE", "DELETE", "SELECT")


def _statements() -> list[Statement]:
    found = [one for one in gc.get_objects() if isinstance(one, Statement)]
    return sorted({one.text: one for one in found}.values(), key=lambda one: one.text)


def test_there_are_statements_to_look_at() -> None:
    """The list below is not empty by mistake."""
    assert len(_statements()) > 30


def test_every_statement_is_understood(store: TestStore, clock: MovedClock) -> None:
    """EXPLAIN parses and plans each with NULL for every value, and runs none."""
    db = store.open(clock)
    refused = []
    for one in _statements():
        if not one.text.startswith(_WRITES) or "pg_advisory" in one.text:
            continue
        explained = sql(f"EXPLAIN {one.text}")
        values = dict.fromkeys(one.names)
        try:
            db.read(lambda work, e=explained, v=values: work.all(e, **v))  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 - whatever is wrong is the finding
            refused.append((one.text, str(error)))
    assert refused == []


@pytest.mark.parametrize("text", ["datetime('now')", "now()", "CURRENT_TIMESTAMP", "random()"])
def test_no_statement_asks_the_store_for_time_or_chance(text: str) -> None:
    """Time and chance come from the work."""
    assert [one.text for one in _statements() if text.lower() in one.text.lower()] == []

"""How often a test message may go to one address (spec P9)."""

from datetime import UTC, datetime, timedelta

import pytest

from sekisho.ground.refusal import Reason, Refused
from sekisho.records.trials.rules import Policy, may_send

NOW = datetime(2026, 3, 5, 5, 5, tzinfo=UTC)
POLICY = Policy()
DAY = timedelta(days=1)


def ago(**since):
    return NOW - timedelta(**since)


@pytest.mark.spec("P9")
@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [
        pytest.param([], None, id="the first"),
        pytest.param([ago(minutes=1)], None, id="a minute later"),
        pytest.param(
            [ago(seconds=59)],
            Refused(Reason.TOO_SOON, retry_at=NOW + timedelta(seconds=1), kind="test"),
            id="a second early",
        ),
        pytest.param([ago(hours=number) for number in range(1, 5)], None, id="the fifth"),
        pytest.param(
            [ago(hours=number) for number in range(1, 6)],
            Refused(Reason.TOO_MANY_REQUESTS, retry_at=ago(hours=5) + DAY),
            id="the sixth",
        ),
        pytest.param(
            [ago(hours=number) for number in (20, 21, 22, 23, 24)], None, id="a day after the first"
        ),
    ],
)
def test_one_a_minute_and_five_a_day(sent_at, expected):
    assert expected == may_send(sent_at, POLICY, NOW)

"""How often a test message may go to one address, whoever asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sekisho.ground.refusal import Reason, Refused

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Policy:
    """The pause between two, and how many in a day (spec P9)."""

    pause: timedelta = timedelta(minutes=1)
    day: int = 5


def may_send(sent_at: Sequence[datetime], policy: Policy, now: datetime) -> Refused | None:
    """Refuse a test that comes too soon or too often; `sent_at` are the address's, newest first.

    # Threat: 078, tests are counted by address and not by account, so that many accounts which add
    # one address fill its mailbox no faster than one (test_tests_of_many_accounts_share_a_limit).
    """
    lately = [at for at in sent_at if at > now - DAY]
    if len(lately) >= policy.day:
        return Refused(Reason.TOO_MANY_REQUESTS, retry_at=lately[policy.day - 1] + DAY)
    if lately and now < lately[0] + policy.pause:
        return Refused(Reason.TOO_SOON, retry_at=lately[0] + policy.pause, kind="test")
    return None

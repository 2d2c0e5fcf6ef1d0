"""SMS pumping as values: who may be written to, and when a block of numbers has had enough.

Fraud sends many codes to ranges that earn by each message and never types one in (spec F5, attack
079). So: a budget for each block of ten thousand numbers and for the day, and a stop for a block of
which too few codes are typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

_LAST_DIGITS = 4  # numbers are given out in blocks of ten thousand
HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class Stop(StrEnum):
    """Why nothing is sent."""

    PREFIX = "prefix"  # its hour is spent; nothing unusual after a while
    UNVERIFIED = "unverified"  # the operator is told
    DAY = "day"  # the operator is told


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator sets. Prices are thousandths of his currency for a message."""

    prefix_hour: int = 30
    day_cost: int = 20_000
    least_percent: int = 20
    prices: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({"JP": 10}))
    dearest_price: int = 100  # of a country without a price
    window: timedelta = timedelta(minutes=15)
    least_sent: int = 10  # fewer say nothing of a block
    stopped: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was sent: to a block in the last hour, of its window judged and typed; today's cost."""

    hour: int
    judged: int
    typed: int
    spent: int
    stopped_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing is sent, until when, and whether this is what the operator must hear of."""

    why: Stop
    until: datetime
    is_news: bool = False


def prefix_of(e164: str) -> str:
    """Return the block that a number is of: all but its last four digits."""
    return e164[:-_LAST_DIGITS]


def price_of(country: str, policy: Policy) -> int:
    """Return what a message to a country costs."""
    return policy.prices.get(country, policy.dearest_price)


def judge(counted: Counted, price: int, now: datetime, policy: Policy) -> Held | None:
    """Say whether one more message may go to this block: None lets it go."""
    if counted.stopped_until is not None and now < counted.stopped_until:
        return Held(Stop.UNVERIFIED, counted.stopped_until)
    if _is_pumped(counted, policy):
        return Held(Stop.UNVERIFIED, now + policy.stopped, is_news=True)
    if counted.hour >= policy.prefix_hour:
        return Held(Stop.PREFIX, now + HOUR)
    if counted.spent + price > policy.day_cost:
        return Held(Stop.DAY, day_of(now) + _DAY, is_news=True)
    return None


def day_of(now: datetime) -> datetime:
    """Return the beginning of a day of costs (UTC)."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def read_prices(text: str) -> Mapping[str, int]:
    """Read `JP=10, KR=25`; ValueError says what is wrong."""
    prices: dict[str, int] = {}
    for one in (part.strip() for part in text.split(",") if part.strip()):
        country, _, price = one.partition("=")
        if not (len(country) == 2 and country.isalpha() and price.isdecimal()):  # noqa: PLR2004
            raise ValueError(f"{one!r} is no price; write JP=10, in thousandths of your currency")
        prices[country.upper()] = int(price)
    return MappingProxyType(prices)


def _is_pumped(counted: Counted, policy: Policy) -> bool:
    """Say whether too few of the codes are typed; one whose time is not over counts when typed."""
    if counted.judged < policy.least_sent:
        return False
    return 100 * counted.typed < policy.least_percent * counted.judged

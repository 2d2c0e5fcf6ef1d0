"""SMS pumping: who may be written to, and when a prefix has cost enough (spec F5, attack 079).

Fraud sends many codes to ranges that earn by each message and never types one in. So: a list of
countries, a budget for each prefix and for the day, and a stop for a prefix whose codes are not
typed. Pure; a `Book` of a prefix and one of the day are kept by whoever calls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

_LAST_DIGITS = 4  # numbers are given out in blocks of ten thousand


class Stop(StrEnum):
    """Why nothing is sent."""

    COUNTRY = "country"  # people read `phone.country`
    PREFIX = "prefix"
    UNVERIFIED = "unverified"  # tell the operator
    DAY = "day"  # tell the operator


@dataclass(frozen=True, slots=True)
class Policy:
    """What an operator sets. Prices are thousandths of the operator's currency a message."""

    countries: frozenset[str] = frozenset({"JP"})
    prefix_hour: int = 30
    day_cost: int = 20_000
    prices: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({"JP": 10}))
    dearest_price: int = 100  # of a country without a price
    window: timedelta = timedelta(minutes=15)
    least_percent: int = 20
    least_sent: int = 10  # fewer say nothing of a prefix
    stopped: timedelta = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Sent:
    """One message to a prefix: when, for how much, and whether its code was typed."""

    number: int
    at: datetime
    cost: int
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """What was sent to one prefix, or in one day, and until when nothing more is."""

    sent: tuple[Sent, ...] = ()
    stopped_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What a day has cost; `day` is its number since 1970 (UTC)."""

    day: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True)
class Granted:
    """The message may go; both books are to be kept with it."""

    prefix: Book
    day: Day


def prefix_of(e164: str) -> str:
    """Return the block that a number is of: all but its last four digits."""
    return e164[:-_LAST_DIGITS]


def judge(
    country: str, message: int, prefix: Book, day: Day, now: datetime, *, policy: Policy
) -> Granted | Stop:
    """Say whether one more message may go to this prefix."""
    if country not in policy.countries:
        return Stop.COUNTRY
    if prefix.stopped_until is not None and now < prefix.stopped_until:
        return Stop.UNVERIFIED
    hour = tuple(one for one in prefix.sent if now - one.at < timedelta(hours=1))
    if len(hour) >= policy.prefix_hour:
        return Stop.PREFIX
    price = policy.prices.get(country, policy.dearest_price)
    today = int(now.timestamp()) // 86_400
    spent = day.cost if day.day == today else 0
    if spent + price > policy.day_cost:
        return Stop.DAY
    return Granted(Book((*hour, Sent(message, now, price))), Day(today, spent + price))


def watch(prefix: Book, now: datetime, policy: Policy) -> Book:
    """Return the book, stopped when too few of the window's codes were typed.

    A code of which the time to type it is not over yet counts only when it was typed.
    """
    begin, ripe = now - 2 * policy.window, now - policy.window
    judged = [one for one in prefix.sent if begin < one.at and (one.is_verified or one.at <= ripe)]
    verified = sum(one.is_verified for one in judged)
    if len(judged) < policy.least_sent:
        return prefix
    if 100 * verified >= policy.least_percent * len(judged):
        return prefix
    return Book(prefix.sent, now + policy.stopped)


def verified(prefix: Book, message: int) -> Book:
    """Return the book after the code of a message was typed rightly."""
    return Book(
        tuple(
            Sent(one.number, one.at, one.cost, is_verified=True) if one.number == message else one
            for one in prefix.sent
        ),
        prefix.stopped_until,
    )

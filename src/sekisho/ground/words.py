"""The words that people read: sentences, dates and refusals in each language.

The sentences lie in `locale/<language>.toml`, each language written from the key. Knows no HTML:
`web/rendering.py` makes these words safe for pages.
"""

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from sekisho.ground.refusal import Reason, Refused

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")

_FOLDER = Path(__file__).parent.parent / "locale"
_ZONE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}")
_PLAIN_WRONG = "refusal.code_wrong"
_NOWHERE = "ZZ"  # CLDR's code of the unknown country
_HEADER_SIGNS = 200  # of Accept-Language; real ones are shorter


def text(language: str, key: str, **values: object) -> str:
    """Return the sentence of `key` with its values; a missing key or value is a KeyError."""
    return catalogue(language)[key].format(**values)


def plural(language: str, key: str, count: int, **values: object) -> str:
    """Return the sentence `key.one` or `key.other`; `{count}` stands in both."""
    return text(language, f"{key}.{'one' if count == 1 else 'other'}", count=count, **values)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return every sentence of a language by its dotted key."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return MappingProxyType(dict(_flat("", tomllib.load(file))))


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", str(value)


def choose(accept_language: str, wanted: str | None = None) -> Language:
    """Return the language that the person chose, else the browser's best, else English."""
    for language in LANGUAGES:
        if language == wanted:
            return language
    return _best(accept_language[:_HEADER_SIGNS])


@lru_cache(maxsize=512)
def _best(header: str) -> Language:
    best: Language = "en"
    best_weight = 0.0
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        for language in LANGUAGES:
            if tag.strip().lower().split("-")[0] == language and _weight(weight) > best_weight:
                best, best_weight = language, _weight(weight)
    return best


def _weight(parameter: str) -> float:
    match = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameter)
    if match is not None:
        return float(match[1])
    return 0.0 if parameter else 1.0


def moment(instant: datetime, zone: str, language: str) -> str:
    """Return date, time and zone in full: `5 March 2026, 14:05 (Japan time)`."""
    return text(
        language,
        "time.moment",
        date=date(instant, zone, language),
        clock=clock(instant, zone),
        zone=zone_label(zone, language),
    )


def when(instant: datetime, now: datetime, zone: str, language: str) -> str:
    """Return the time alone when it lies on the same day as `now`, else the date too."""
    if _local(instant, zone).date() == _local(now, zone).date():
        return clock(instant, zone)
    return text(
        language,
        "time.other_day",
        date=date(instant, zone, language),
        clock=clock(instant, zone),
    )


def clock(instant: datetime, zone: str) -> str:
    """Return the time of day, `14:05`: written alike in every language."""
    return f"{_local(instant, zone):%H:%M}"


def date(instant: datetime, zone: str, language: str) -> str:
    """Return the date: `5 March 2026`, `2026年3月5日（木）`."""
    return _dated("time.date", instant, zone, language)


def day(instant: datetime, zone: str, language: str) -> str:
    """Return the date as a heading, with its weekday in every language."""
    return _dated("time.day", instant, zone, language)


def _dated(key: str, instant: datetime, zone: str, language: str) -> str:
    local = _local(instant, zone)
    return text(
        language,
        key,
        year=local.year,
        month=_names(language, "time.months")[local.month - 1],
        day=local.day,
        weekday=_names(language, "time.weekdays")[local.weekday()],
    )


def length(time: timedelta, language: str) -> str:
    """Return a length of time rounded up: seconds to 90, minutes to 2 hours, hours to 2 days."""
    seconds = max(1, math.ceil(time.total_seconds()))
    for unit, size, most in (("seconds", 1, 90), ("minutes", 60, 7200), ("hours", 3600, 172_800)):
        if seconds <= most:
            return plural(language, f"time.{unit}", math.ceil(seconds / size))
    return plural(language, "time.days", math.ceil(seconds / 86_400))


@lru_cache(maxsize=1024)
def zone_label(zone: str, language: str) -> str:
    """Return what people call the zone: `Japan time`; unknown names are UTC."""
    found = _zone(zone)
    if found is UTC:
        return text(language, "time.utc")
    # Here, not above: Babel costs 12 MB and 0.1 s, and many starts name no zone.
    from babel import Locale  # noqa: PLC0415
    from babel.dates import get_timezone_location  # noqa: PLC0415

    named = get_timezone_location(found, locale=language)
    if named.startswith(str(Locale(language).territories[_NOWHERE])):
        return _offset(found)
    return named.removesuffix(" Time") + " time" if language == "en" else named


def _offset(zone: tzinfo) -> str:
    return datetime(2026, 1, 1, tzinfo=zone).strftime("UTC%z")


def refusal(language: str, refused: Refused, zone: str, now: datetime) -> str:
    """Return what a refusal says to a person: the same words on pages and in `user_message`."""
    key = _key(language, refused)
    again = refused.retry_at
    match refused.reason:
        case Reason.CODE_WRONG:
            return _code_wrong(language, refused)
        case Reason.CODE_EARLIER if refused.label and refused.sent_at:
            sent = clock(refused.sent_at, zone)
            return text(language, f"{key}_from", label=refused.label, sent=sent)
        case Reason.TOO_SOON if again:
            return text(language, f"{key}_wait", wait=length(again - now, language))
        case Reason.TOO_MANY_TRIES | Reason.TOO_MANY_REQUESTS | Reason.UNAVAILABLE if again:
            return text(language, f"{key}_until", until=when(again, now, zone, language))
        case Reason.PASSWORD_UNFIT | Reason.PHONE_UNFIT if refused.flaw:
            return _unfit(language, refused, refused.flaw)
        case _:
            return text(language, key)


def _key(language: str, refused: Refused) -> str:
    """Return where the words are: a kind's own, its family's, those of all ways, or plain."""
    plain = refused.reason.value
    kind = refused.kind
    own = (f"{one}_{plain}" for one in (kind, kind.partition("_")[0], "way")) if kind else ()
    found = next((one for one in own if f"refusal.{one}" in catalogue(language)), plain)
    return f"refusal.{found}"


def _unfit(language: str, refused: Refused, flaw: str) -> str:
    if refused.bounds is None:
        return text(language, f"phone.{flaw}")
    shortest, longest = refused.bounds
    return text(language, f"password.unfit.{flaw}", shortest=shortest, longest=longest)


def _code_wrong(language: str, refused: Refused) -> str:
    if refused.clock_ahead is not None:
        side = "ahead" if refused.clock_ahead > timedelta(0) else "behind"
        return text(
            language, f"refusal.clock_{side}", length=length(abs(refused.clock_ahead), language)
        )
    if refused.left == 0:
        last = "wrong_none_left" if refused.kind else "code_wrong_none_left"
        return text(language, f"refusal.{last}")
    if refused.label:
        first = text(language, "refusal.code_wrong_labelled", label=refused.label)
    else:
        first = text(language, f"refusal.wrong_{refused.kind}" if refused.kind else _PLAIN_WRONG)
    if refused.left is None:
        return first
    left = plural(language, "refusal.tries_left", refused.left)
    return text(language, "frame.sentences", first=first, second=left)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> str:
    """Return the name of a time zone, or nothing when there is none of that name."""
    if _ZONE_NAME.fullmatch(name) is None:
        return ""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):  # unknown, malformed, or the name of a folder
        return ""


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(_zone(zone))


@lru_cache(maxsize=1024)
def _zone(name: str) -> tzinfo:
    named = zone_named(name)
    return ZoneInfo(named) if named not in {"", "UTC", "Etc/UTC"} else UTC


@cache
def _names(language: str, key: str) -> tuple[str, ...]:
    return tuple(text(language, key).split())

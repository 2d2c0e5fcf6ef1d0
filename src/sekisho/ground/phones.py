"""What is true of phone numbers for everybody: how people type them, and what reaches them (P3).

The verdict on a number comes from metadata that changes every fortnight, so it is kept with the
metadata's version. It cannot see portability, nor that a +1 number is VOIP; a mobile number may
still take no SMS. Nothing here knows whose a number is.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from sekisho.ground import addresses, places

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_REGION = re.compile(r"[A-Za-z]{2,3}[-_](?:[A-Za-z]{4}[-_])?([A-Za-z]{2})(?![A-Za-z])")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?![A-Za-z_-])")
_HOMES = {"ja": "JP"}  # languages that are at home in one country; English is not
_FIRST_WORDS = ("tel:", "TEL:", "Tel:", "☎", "℡")
_HIDDEN = "******"  # six always, so that lengths do not leak (spec P2)


class Line(StrEnum):
    """What stands at the other end."""

    MOBILE = "mobile"
    LANDLINE = "landline"


class Unfit(StrEnum):
    """Why a number cannot be security info (spec P3); people read `phone.<reason>`."""

    UNREADABLE = "unreadable"  # no phone number was typed
    INVALID = "invalid"  # nobody can have this number
    VOIP = "voip"  # 050 and its like: taken and given up within minutes
    PREMIUM = "premium"  # whoever is called earns by it (attack 079)
    PAGER = "pager"
    SERVICE = "service"  # toll-free, shared cost, company and personal numbers: nobody's own


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that one person can have: E.164, its country, its kind of line, judged by what."""

    text: str = field(repr=False)
    country: str
    line: Line
    metadata: str

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels that reach it: a landline has no SMS."""
        return ("sms", "voice") if self.line is Line.MOBILE else ("voice",)


def read(text: str, country: str) -> Phone | Unfit:
    """Read a number as dialled in `country` (ISO 3166), or from anywhere with its `+`."""
    plain = _plain(text)
    if plain is None:
        return Unfit.UNREADABLE
    # Here, not above: 7 MB and 0.08 s that a sign-in by e-mail does not need.
    import phonenumbers as known  # noqa: PLC0415

    try:
        number = known.parse(plain, country)
    except known.NumberParseException:
        return Unfit.INVALID
    region = known.region_code_for_number(number)
    if region is None or not known.is_valid_number(number):
        return Unfit.INVALID
    line = _LINES.get(known.PhoneNumberType.to_string(known.number_type(number)), Unfit.INVALID)
    if isinstance(line, Unfit):
        return line
    e164 = known.format_number(number, known.PhoneNumberFormat.E164)
    return Phone(e164, region, line, known.__version__)


def country_of(e164: str) -> str:
    """Return the country of a number that was read before, "" for what belongs to none."""
    import phonenumbers as known  # noqa: PLC0415 - as above

    return known.region_code_for_number(known.parse(e164)) or ""


def hint(e164: str) -> str:
    """Return `******99`: the last two digits behind stars that say nothing of the length."""
    return f"{_HIDDEN}{e164[-2:]}"


def is_e164(text: str) -> bool:
    """Say whether this is a number in the form that is kept and sent to."""
    # Threat: anything else in it would be a second number or a field more at a gateway. (088)
    return _E164.fullmatch(text) is not None


def read_countries(text: str) -> frozenset[str]:
    """Read `JP, KR` (ISO 3166); ValueError says what is no country with phones of its own."""
    found = frozenset(one.strip().upper() for one in text.split(",") if one.strip())
    unknown = sorted(code for code in found if not _is_country(code))
    if not found or unknown:
        raise ValueError(f"{', '.join(unknown) or 'nothing'} is no country; write JP or JP,KR")
    return found


def _is_country(code: str) -> bool:
    if code == "JP":
        return True
    # As above: a service for Japan alone need not load it to start.
    import phonenumbers as known  # noqa: PLC0415

    return known.country_code_for_region(code) != 0


def home(languages: str, place: str | None, fallback: str) -> str:
    """Return the country that a picker begins with, from Accept-Language, place or setting.

    The region of the first language counts (`en-GB`), then a language at home in one country,
    then where the person seems to be.
    """
    first = languages.partition(",")[0].partition(";")[0].strip()
    region = _REGION.match(first)
    if region is not None:
        return region[1].upper()
    language = _LANGUAGE.fullmatch(first)
    return _HOMES.get(language[1].lower() if language else "") or place or fallback


@dataclass(frozen=True, slots=True)
class Country:
    """One line of the picker: `JP`, `+81`, `Japan`."""

    code: str
    calling: str
    name: str


def countries(language: str, allowed: frozenset[str]) -> tuple[Country, ...]:
    """Return the countries to choose from, by name; few are allowed, so few are loaded."""
    import phonenumbers as known  # noqa: PLC0415 - as above

    found = (
        Country(code, f"+{calling}", places.country_name(code, language))
        for code in allowed
        if (calling := known.country_code_for_region(code))
    )
    return tuple(sorted(found, key=lambda country: (country.name, country.code)))


_LINES: dict[str, Line | Unfit] = {
    "MOBILE": Line.MOBILE,
    "FIXED_LINE_OR_MOBILE": Line.MOBILE,  # all of +1: which one it is, only a try tells
    "FIXED_LINE": Line.LANDLINE,
    "VOIP": Unfit.VOIP,
    "PREMIUM_RATE": Unfit.PREMIUM,
    "PAGER": Unfit.PAGER,
    "TOLL_FREE": Unfit.SERVICE,
    "SHARED_COST": Unfit.SERVICE,
    "UAN": Unfit.SERVICE,
    "PERSONAL_NUMBER": Unfit.SERVICE,
    "VOICEMAIL": Unfit.SERVICE,
}


def _plain(text: str) -> str | None:
    typed = text.strip()
    for word in _FIRST_WORDS:
        typed = typed.removeprefix(word)
    plain = addresses.plain_phone(typed)
    if plain is None:
        return None
    bare = re.sub(r"[ ().-]", "", plain)
    # `00` begins a call abroad in most of the world; no number in Japan begins so.
    return f"+{bare[2:]}" if bare.startswith("00") else plain

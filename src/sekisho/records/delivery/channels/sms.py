"""SMS: one short text. A code's last line is `@host #code`, which browsers fill in (spec D6).

What a text costs is its segments: 160 signs of GSM-7, or 70 as soon as one sign is outside of it;
of a longer text each part loses some for its number (3GPP TS 23.040 §9.2.3.24.1).
"""

import re
from dataclasses import dataclass

from sekisho.ground import phones
from sekisho.records.delivery import letters
from sekisho.records.delivery.channels.shape import Addressed
from sekisho.records.delivery.post_office import PostOffice
from sekisho.records.delivery.rules import Draft

# 3GPP TS 23.038 §6.2.1; what needs an escape counts twice (§6.2.1.1).
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€")
_GSM_7_SINGLE, _GSM_7_PART = 160, 153
_UCS_2_SINGLE, _UCS_2_PART = 70, 67
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u0085\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is on the air: its units, in which alphabet, in how many segments."""

    units: int
    is_gsm_7: bool
    segments: int


def write(message: Addressed, office: PostOffice) -> Draft:
    """Write the text; ValueError when the number or the last line is not as it must be."""
    if not phones.is_e164(message.to):
        raise ValueError("this number cannot be written to")
    code = message.contents.code
    said = letters.write_part(office.letters, message.kind, message.contents, "sms.txt")
    text = _CONTROL.sub(" ", said.replace("\r\n", "\n"))
    # Threat: a value with a line end could end the text with another site's line, and that site
    # would be given the code. (attack 088; test_delivery_sms)
    if code is not None and text.rpartition("\n")[2] != letters.bound_line(office.letters, code):
        raise ValueError("the last line is not the one that binds the code to our site")
    return Draft(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        sender="",
        to=message.to,
        subject="",
        text=text,
        html="",
        raw=text.encode(),
        code=code,
        label=message.contents.label,
        at=message.now,
        language=message.contents.language,
    )


def length(text: str) -> Length:
    """Measure a text as networks do."""
    if all(sign in _GSM_7 or sign in _ESCAPED for sign in text):
        units = len(text) + sum(sign in _ESCAPED for sign in text)
        return Length(units, is_gsm_7=True, segments=_segments(units, _GSM_7_SINGLE, _GSM_7_PART))
    units = len(text.encode("utf-16-be")) // 2
    return Length(units, is_gsm_7=False, segments=_segments(units, _UCS_2_SINGLE, _UCS_2_PART))


def _segments(units: int, single: int, part: int) -> int:
    return 1 if units <= single else -(-units // part)

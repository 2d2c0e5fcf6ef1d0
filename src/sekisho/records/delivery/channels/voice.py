"""Voice: what a call says, as TwiML. Each line of the letter is said, then a breath.

A line that is the code alone is said digit by digit with a second between, so that it can be
written down; digits are words, since engines read 4, 7 and 9 in two ways in Japanese.
"""

import re
from xml.sax.saxutils import escape

from sekisho.ground import phones, words
from sekisho.records.delivery import letters
from sekisho.records.delivery.channels.shape import Addressed
from sekisho.records.delivery.post_office import PostOffice
from sekisho.records.delivery.rules import Draft

LONGEST = 4000  # signs of TwiML that a call may bring along (Twilio, `Twiml`)
_ACCENTS = {"en": "en-US", "ja": "ja-JP"}
_PAUSE = '<Pause length="1"/>'
_NOT_SAID = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def write(message: Addressed, office: PostOffice) -> Draft:
    """Write the call; ValueError when the number is none or the call would be too long."""
    if not phones.is_e164(message.to):
        raise ValueError("this number cannot be written to")
    code = message.contents.code
    text = letters.write_part(office.letters, message.kind, message.contents, "voice.txt")
    raw = _twiml(text, code, message.contents.language)
    if len(raw) > LONGEST:
        raise ValueError(f"the call is longer than {LONGEST} signs")
    return Draft(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        sender="",
        to=message.to,
        subject="",
        text=text,
        html="",
        raw=raw.encode(),
        code=code,
        label=message.contents.label,
        at=message.now,
        language=message.contents.language,
    )


def _twiml(text: str, code: str | None, language: str) -> str:
    lines = (line.strip() for line in text.splitlines())
    said = (_digits(line, language) if line == code else _say(line, language) for line in lines)
    return f"<Response>{_PAUSE}{_PAUSE.join(said)}</Response>"


def _digits(code: str, language: str) -> str:
    names = words.text(language, "voice.digits").split()
    return _PAUSE.join(_say(names[int(digit)], language) for digit in code)


def _say(line: str, language: str) -> str:
    # Threat: a value with `<` in it would be a verb, such as one that calls another number. (088)
    spoken = escape(_NOT_SAID.sub(" ", line))
    return f'<Say language="{_ACCENTS[language]}">{spoken}</Say>'

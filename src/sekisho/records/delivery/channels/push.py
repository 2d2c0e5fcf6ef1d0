"""Push: what wakes a phone. It says that somebody asks; who and what, its page shows.

The draft's bytes are what the phone's service worker reads, still open: the provider seals them for
each phone. The number of a request is never in it, and no code either.
"""

import msgspec

from sekisho.ground import phones
from sekisho.records.delivery import letters
from sekisho.records.delivery.channels.shape import Addressed
from sekisho.records.delivery.post_office import PostOffice, is_address
from sekisho.records.delivery.rules import Draft

_LONGEST = 200  # signs of a line that a phone shows
_JSON = msgspec.json.Encoder().encode


def write(message: Addressed, office: PostOffice) -> Draft:
    """Write the notification; ValueError when its account is not named as it must be."""
    if not is_address(message.to) and not phones.is_e164(message.to):
        raise ValueError("this account cannot be written to")
    contents = message.contents
    said = letters.write_part(office.letters, message.kind, contents, "push.txt")
    title, _, text = (" ".join(line.split())[:_LONGEST] for line in said.partition("\n"))
    note = {"title": title, "text": text, "ask": contents.facts.get("ask", "")}
    return Draft(
        id=message.id,
        kind=message.kind,
        channel=message.channel,
        sender="",
        to=message.to,
        subject=title,
        text=text,
        html="",
        raw=_JSON(note),
        code=contents.code,
        label=contents.label,
        at=message.now,
        language=contents.language,
    )

"""The answer in a body: which field it came in, or why there is none."""

import msgspec

from sekisho.authenticators.rules import Given
from sekisho.ground.refusal import Reason, Refused
from sekisho.web import bodies

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_OBJECT = msgspec.json.Decoder(dict[str, object])  # read to its end: all of it is UTF-8
_ANSWERS = (
    "code",
    "password",
    "credential",
    "push",
)  # the fields that an answer may have, one of them


def given_of(body: bytes, allowed: tuple[str, ...] = _ANSWERS) -> Given | Refused:
    """Return the answer in a body; one without any is refused, and charges nothing.

    An answer that is of another type, or does not stand alone, is charged and says nothing.
    """
    fields = bodies.read(_FIELDS, body)
    if isinstance(fields, Refused):
        return fields
    there = [one for one in allowed if one in fields]
    if not there:
        pointer = f"/{allowed[0]}"
        return Refused(Reason.INVALID_INPUT, pointer=pointer, detail="the answer is missing")
    trusts = fields.pop("trust", None)
    is_alone = len(fields) == 1 and bytes(trusts or b"false") in (b"true", b"false")
    text = _answer(there[0], fields[there[0]]) if is_alone else None
    return Given(text, there[0], trusts=trusts is not None and bytes(trusts) == b"true")


def typed_code(body: bytes) -> Given | Refused:
    """Return what stands in the code field of a body that may have no other."""
    return given_of(body, ("code",))


def _answer(field: str, raw: msgspec.Raw) -> str | None:
    if field == "push":
        return "true" if bytes(raw) == b"true" else None
    if field == "credential":
        whole = bodies.read(_OBJECT, raw)
        return None if isinstance(whole, Refused) else bytes(raw).decode()
    text = bodies.read(_TEXT, raw)
    return None if isinstance(text, Refused) else text

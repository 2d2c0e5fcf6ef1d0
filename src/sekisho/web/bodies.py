"""JSON bodies of calls: read into their shapes, or refused with the place where they are none."""

import re
from typing import TypeVar

import msgspec

from sekisho.ground.refusal import Reason, Refused

Shape = TypeVar("Shape")
_PLACE = re.compile(r"[.\[]")  # a field, or a number of a list
# What decoding a body may raise. Threat: 086, brackets nested deeper than the decoder goes.
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def read(shape: msgspec.json.Decoder[Shape], body: bytes | msgspec.Raw) -> Shape | Refused:
    """Return what a body says; msgspec's words for what is wrong name no value of it."""
    try:
        return shape.decode(body)
    except _UNREADABLE as error:
        told = str(error) if isinstance(error, msgspec.ValidationError) else "not a JSON object"
    detail, _, path = told.partition(" - at `$")
    pointer = _PLACE.sub("/", path.rstrip("`").replace("[...]", "")).replace("]", "")
    return Refused(Reason.INVALID_INPUT, pointer=pointer, detail=detail)

"""What comes to confirm a method, read from a program's body."""

import msgspec

from sekisho.authenticators import flow_api
from sekisho.ground.refusal import Reason, Refused
from sekisho.journeys.security_info.rules import Given
from sekisho.web import bodies

_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_TEXT = msgspec.json.Decoder(str)
_WITH = {"credential": {"credential", "state"}, "password": {"password"}}


def read_given(body: bytes) -> Given | Refused:
    """Return what confirms a method: a credential with its state, a password, or a code."""
    fields = bodies.read(_FIELDS, body)
    if isinstance(fields, Refused):
        return fields
    if "credential" in fields and set(fields) == _WITH["credential"]:
        text = bytes(fields["credential"]).decode(errors="replace")
        return Given("credential", text, _text(fields["state"]) or "")
    if set(fields) == _WITH["password"]:
        return Given("password", _text(fields["password"]))
    for name in ("credential", "password"):
        if name in fields:
            wanted = " and ".join(sorted(_WITH[name]))
            detail = f"{wanted}, and nothing else"
            return Refused(Reason.INVALID_INPUT, pointer=f"/{name}", detail=detail)
    code = flow_api.typed_code(body)
    return code if isinstance(code, Refused) else Given("code", code.text)


def _text(raw: msgspec.Raw) -> str | None:
    text = bodies.read(_TEXT, raw)
    return None if isinstance(text, Refused) else text

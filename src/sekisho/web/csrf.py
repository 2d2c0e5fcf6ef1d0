"""Forms of our own pages: a token bound to a cookie, and the browser's own word on where it is.

A form counts when its Origin is ours *and* it carries the token of this browser's form cookie
(attack 095). API calls that lean on the session cookie need the same (`Sekisho-Form`).
"""

from base64 import urlsafe_b64encode

from sekisho.ground.chance import Chance
from sekisho.ground.keys import Keys, same

_COOKIE_BYTES = 18


def draw(chance: Chance) -> str:
    """Draw the value of a form cookie."""
    return urlsafe_b64encode(chance.octets(_COOKIE_BYTES)).decode()


def token(keys: Keys, cookie: str) -> str:
    """Return the token that forms carry in the browser with this cookie."""
    return keys.epoch_mac("form/v1", cookie.encode())[:16].hex()


def is_own(keys: Keys, *, origin: str, own_origin: str, cookie: str, sent: str) -> bool:
    """Say whether a write came from a form of ours, in the browser that was given it."""
    if not cookie or origin.lower() != own_origin:
        return False
    return same(sent.encode(), token(keys, cookie).encode())

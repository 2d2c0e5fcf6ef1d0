"""What a phone sent, as values: refused where it is none, before the store is asked."""

from base64 import urlsafe_b64decode
from binascii import Error as NotBase64

import msgspec

from sekisho.authenticators.push import pairing, signing
from sekisho.authenticators.push.deciding import Said
from sekisho.authenticators.push.rules import Decision, Reach
from sekisho.authenticators.push.shapes import Decide, PairPhone, Subscription
from sekisho.ground import outside
from sekisho.ground.refusal import Reason, Refused
from sekisho.ground.showing import shown
from sekisho.web import bodies

UNSIGNED = Refused(Reason.INVALID_INPUT, pointer="/signature", detail="not signed by this key")
_LONGEST = 200  # signs of base64 that are read
_SECRET_BYTES = 16  # of a subscription, RFC 8291 §3.2
_PAIR = msgspec.json.Decoder(PairPhone)
_DECIDE = msgspec.json.Decoder(Decide)


class Comer(msgspec.Struct, frozen=True):
    """A phone that wants to be bound, and has shown that it holds its key."""

    code: str
    public_key: bytes
    reach: Reach | None

    def __repr__(self) -> str:
        """Hide what is nobody's to read."""
        return shown(self, "code")


def read_comer(body: bytes, *, loopback: bool) -> Comer | Refused:
    """Return the phone that wants to be bound.

    # Threat: 050, a key of somebody else's (test_a_phone_shows_that_it_holds_its_key).
    """
    wanted = bodies.read(_PAIR, body)
    if isinstance(wanted, Refused):
        return wanted
    code, key = pairing.read(wanted.code), octets_of(wanted.public_key)
    if code is None:
        return Refused(Reason.INVALID_INPUT, pointer="/code", detail="no pairing code")
    if not signing.is_key(key):
        detail = "65 octets of a P-256 point, base64url"
        return Refused(Reason.INVALID_INPUT, pointer="/public_key", detail=detail)
    signature = octets_of(wanted.signature)
    if not signing.is_signed(key, signing.pairing_text(code, key), signature):
        return UNSIGNED
    reach = read_reach(wanted.subscription, loopback=loopback)
    return reach if isinstance(reach, Refused) else Comer(code, key, reach)


def read_said(ask: int, body: bytes) -> Said | Refused:
    """Return a decision; whether it was signed is for who has the phone's key to say.

    # Threat: 047, an approval without the number (test_an_approval_without_the_number…).
    """
    wanted = bodies.read(_DECIDE, body)
    if isinstance(wanted, Refused):
        return wanted
    decision = next((one for one in Decision if one.value == wanted.decision), None)
    if decision is None:
        detail = f"one of: {', '.join(Decision)}"
        return Refused(Reason.INVALID_INPUT, pointer="/decision", detail=detail)
    if (decision is Decision.APPROVE) != bool(wanted.number):
        detail = "the number that the asking screen shows; nothing with another decision"
        return Refused(Reason.INVALID_INPUT, pointer="/number", detail=detail)
    return Said(ask, decision, wanted.number, octets_of(wanted.signature))


def read_reach(subscription: Subscription | None, *, loopback: bool) -> Reach | Refused | None:
    """Return where a phone is told; None for nowhere."""
    if subscription is None:
        return None
    if outside.read_url(subscription.endpoint, loopback=loopback) is None:
        detail = "an https URL of a push service"
        return Refused(Reason.INVALID_INPUT, pointer="/subscription/endpoint", detail=detail)
    key, secret = octets_of(subscription.keys.p256dh), octets_of(subscription.keys.auth)
    if not signing.is_key(key) or len(secret) != _SECRET_BYTES:
        detail = "the keys of a subscription, base64url"
        return Refused(Reason.INVALID_INPUT, pointer="/subscription/keys", detail=detail)
    return Reach(subscription.endpoint, key, secret)


def octets_of(text: str) -> bytes:
    """Return what base64url stands for, and nothing where it is none."""
    plain = text.rstrip("=")
    if len(plain) > _LONGEST or not plain.isascii():
        return b""
    try:
        return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except (NotBase64, ValueError):
        return b""

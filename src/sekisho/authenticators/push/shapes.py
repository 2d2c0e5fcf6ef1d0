"""What phones and programs send and get, as JSON."""

import msgspec


class Keys(msgspec.Struct, forbid_unknown_fields=True):
    """The keys of a subscription, base64url (Push API, `getKey`)."""

    p256dh: str
    auth: str


class Subscription(msgspec.Struct, forbid_unknown_fields=True):
    """Where a phone is reached, as `PushSubscription.toJSON` gives it."""

    endpoint: str
    keys: Keys


class PairPhone(msgspec.Struct, forbid_unknown_fields=True):
    """Bind this phone: the pairing code, its public key (P-256, uncompressed) and a signature."""

    code: str
    public_key: str
    signature: str
    subscription: Subscription | None = None


class Subscribe(msgspec.Struct, forbid_unknown_fields=True):
    """Be told at this place from now on, or at none; signed."""

    signature: str
    subscription: Subscription | None = None


class Decide(msgspec.Struct, forbid_unknown_fields=True):
    """Approve with the number that was typed, deny, or report what was denied; signed."""

    decision: str
    signature: str
    number: str = ""


class PhonePaired(msgspec.Struct):
    """A phone that was bound; `token` is given this once, and goes as a bearer."""

    id: str
    token: str
    name: str


class PlaceShape(msgspec.Struct):
    """A rough place."""

    country: str | None
    text: str


class AskShape(msgspec.Struct):
    """One question: who asks, for what, from where. `nonce` is signed with the decision.

    `purpose` is a flow's, or `enrolment` for the one that confirms the phone; `digits` is how many
    the number has that the asking screen shows.
    """

    id: str
    nonce: str
    purpose: str
    act: str | None
    what: str
    account: str
    device: str
    place: PlaceShape
    asked_at: str
    expires_at: str
    digits: int
    left: int


class PhoneShape(msgspec.Struct):
    """The phone that asks: whether it counts yet, and whether it is told of new questions."""

    id: str
    name: str
    is_active: bool
    is_subscribed: bool


class AskList(msgspec.Struct):
    """What the phone is asked now, oldest first."""

    phone: PhoneShape
    data: list[AskShape]
    next: str | None


class Decided(msgspec.Struct):
    """How a question stands after the decision."""

    id: str
    state: str

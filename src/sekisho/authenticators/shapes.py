"""The JSON shapes of flows (API.md, "A flow")."""

from typing import Any

import msgspec


class StartFlow(msgspec.Struct, forbid_unknown_fields=True):
    """Begin a flow: what for, and by which name (an e-mail address or a phone number).

    With the kind `passkey` in place of a name, the passkey says whose sign-in it is.

    A step-up names an act of the session instead, with the parameters that the act will have.
    """

    purpose: str
    name: str | None = None
    kind: str | None = None
    act: str | None = None
    parameters: dict[str, str] | None = None
    locale: str | None = None
    time_zone: str | None = None


class AskCode(msgspec.Struct, forbid_unknown_fields=True):
    """Ask for a challenge by one of the flow's options."""

    option: str
    confirm: str | None = None


class AnswerCode(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Answer a challenge with one of the four, by its kind.

    `code`: however it was typed or pasted; also an app's, and a recovery code. `password` as it is.
    `credential`: what a browser gave for `public_key` (`PublicKeyCredential.toJSON()`).
    `push`: true, once the challenge's `state` is `approved`.
    `trust`, with the last answer of a sign-in: trust this device for a while (spec S2).
    """

    code: str | None = None
    password: str | None = None
    credential: dict[str, Any] | None = None
    push: bool | None = None
    trust: bool = False


class OptionShape(msgspec.Struct):
    """A way on; `hint` masks what the caller typed himself."""

    id: str
    kind: str
    hint: str | None


class ChallengeShape(msgspec.Struct, omit_defaults=True):
    """The newest challenge of a flow; what was not sent has no label and is not sent again.

    `public_key` is for the browser: `PublicKeyCredential.parseRequestOptionsFromJSON()`. `number`
    is to be typed on the phone; `state` is `waiting`, `approved`, `denied` or `over`.
    """

    id: str
    kind: str
    label: str | None
    digits: int | None
    expires_at: str
    resend_at: str | None
    resends_left: int | None
    public_key: dict[str, Any] | None = None
    number: str | None = None
    state: str | None = None


class FlowStarted(msgspec.Struct):
    """A flow that was begun; `secret` is given this once."""

    id: str
    secret: str
    purpose: str
    state: str
    expires_at: str
    options: list[OptionShape]


class FlowShape(msgspec.Struct):
    """A flow as its holder sees it."""

    id: str
    purpose: str
    state: str
    expires_at: str
    options: list[OptionShape]
    challenge: ChallengeShape | None


class AccountShape(msgspec.Struct):
    """An account by its id."""

    id: str


class SessionGiven(msgspec.Struct):
    """A session with its token, given this once."""

    id: str
    token: str
    expires_at: str


class DeviceGiven(msgspec.Struct, omit_defaults=True):
    """The token that makes the caller familiar to this account later; it proves nothing.

    `trust` beside it skips the second step of the next sign-in, and is replaced there.
    """

    token: str
    trust: str | None = None


class FlowPassed(msgspec.Struct, omit_defaults=True):
    """A flow after a right answer: passed, or open with the ways on where more is wanted.

    A step-up gives no session. `recovery_code` takes the place of the one among what was proved.
    """

    id: str
    state: str
    account: AccountShape | None = None
    session: SessionGiven | None = None
    device: DeviceGiven | None = None
    options: list[OptionShape] | None = None
    recovery_code: str | None = None

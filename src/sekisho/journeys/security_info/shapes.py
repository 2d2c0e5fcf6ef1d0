"""The JSON shapes of security info (API.md, "A session")."""

from typing import Any

import msgspec

from sekisho.authenticators.shapes import ChallengeShape


class ContactShape(msgspec.Struct):
    """A contact of the account: an `email` or a `phone`. `hint` masks it.

    `sign_in` says that it is a sign-in name; `channels` are those that codes can take to it.
    """

    id: str
    kind: str
    hint: str
    state: str
    sign_in: bool
    channels: list[str]
    added_at: str
    verified_at: str | None


class ContactList(msgspec.Struct):
    """All contacts of the account, oldest first."""

    data: list[ContactShape]
    next: str | None


class ContactWarning(msgspec.Struct):
    """A doubt about an address, which was taken all the same; `message` is for its owner."""

    doubt: str
    message: str


class ContactProposed(msgspec.Struct):
    """A contact that counts once the code sent to it was given back; perhaps with doubts."""

    id: str
    kind: str
    hint: str
    state: str
    challenge: ChallengeShape
    warnings: list[ContactWarning] = []


class AddContact(msgspec.Struct, forbid_unknown_fields=True):
    """Add a contact: needs a step-up for `contacts.add` with the same fields.

    `kind` is `email` or `phone`. A phone may have the `country` that it is dialled in (ISO 3166,
    else the service's own) and the `channel` of its code, `sms` or `voice`, which the step-up need
    not name.
    """

    kind: str
    address: str
    country: str | None = None
    channel: str | None = None


class SendAgain(msgspec.Struct, forbid_unknown_fields=True):
    """Send a new code; to a phone by the channel that is wished, `sms` or `voice`."""

    channel: str | None = None


class ConfirmContact(msgspec.Struct, forbid_unknown_fields=True):
    """Prove a contact: the code, however it was typed or pasted."""

    code: str


class PasskeyShape(msgspec.Struct):
    """What only passkeys have. `credential_id` is what the Signal API of browsers takes."""

    credential_id: str
    provider: str | None
    is_synced: bool
    two_factors: bool


class MethodShape(msgspec.Struct):
    """A method of the account; `passkey` is null for other kinds.

    `clock_ahead_seconds` is by how much the clock of an app's phone is ahead, to half a minute;
    null for other kinds.
    """

    id: str
    kind: str
    name: str
    added_at: str
    last_used_at: str | None
    passkey: PasskeyShape | None
    clock_ahead_seconds: int | None


class MethodList(msgspec.Struct):
    """All methods of the account, oldest first, and whether two of them are wanted."""

    data: list[MethodShape]
    two_step: bool
    next: str | None


class AddMethod(msgspec.Struct, forbid_unknown_fields=True):
    """Begin to add a method: needs a step-up for `methods.add` with the same two fields.

    Without a name an app and a phone are called by their kind, a passkey by its product.
    """

    kind: str
    name: str = ""


class MethodBegun(msgspec.Struct, omit_defaults=True):
    """A method that counts once it was confirmed; its secret is shown this once.

    A passkey has `public_key`, for `parseCreationOptionsFromJSON`, and `state`, which comes back
    with the answer; a password has its bounds in characters.
    """

    id: str
    kind: str
    expires_at: str
    secret: str | None = None
    uri: str | None = None
    code: str | None = None
    public_key: dict[str, Any] | None = None
    state: str | None = None
    shortest: int | None = None
    longest: int | None = None


class PasskeyOptions(msgspec.Struct):
    """What a browser is asked anew, for a passkey that still waits."""

    options: dict[str, Any]
    state: str
    expires_at: str


class ConfirmMethod(msgspec.Struct, forbid_unknown_fields=True):
    """Confirm a method, by the one of these that its kind wants; `state` beside `credential`."""

    code: str | None = None
    password: str | None = None
    credential: dict[str, Any] | None = None
    state: str | None = None


class RenameMethod(msgspec.Struct, forbid_unknown_fields=True):
    """Give a passkey or an app another name."""

    name: str


class TurnTwoStep(msgspec.Struct, forbid_unknown_fields=True):
    """Turn two-step verification on or off."""

    on: bool


class TwoStep(msgspec.Struct):
    """How it stands now, and how many other sessions ended that had proved too little."""

    on: bool
    ended: int


class Pairing(msgspec.Struct):
    """An enrolment as its owner sees it: type `number` on the phone once it is there."""

    id: str
    name: str
    state: str
    expires_at: str
    number: str | None
    device: str | None

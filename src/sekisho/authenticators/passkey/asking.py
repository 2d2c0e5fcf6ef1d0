"""What browsers are asked and told, as the JSON that `PublicKeyCredential.parse…FromJSON` reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from sekisho.authenticators.passkey.reading import text_of
from sekisho.authenticators.passkey.rules import Challenge, Party, Passkey, Policy

ALGORITHMS = (-8, -7, -257)  # EdDSA, ES256, RS256: what WebAuthn §5.4 advises, best first

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom a new passkey is for. The handle names nobody; the name is what its owner will see."""

    handle: bytes = field(repr=False)
    name: str = field(repr=False)


def creation_options(
    party: Party, challenge: Challenge, owner: Owner, held: Iterable[Passkey], policy: Policy
) -> Json:
    """Return the options to make a passkey; those that the account has are excluded.

    Attestation is not asked for (NIST SP 800-63B-4 App. B: not of the public).
    """
    return {
        "rp": {"id": party.id, "name": party.name},
        "user": {"id": text_of(owner.handle), "name": owner.name, "displayName": owner.name},
        "challenge": text_of(challenge.octets),
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "timeout": _milliseconds(policy.lives),
        "excludeCredentials": [_descriptor(one) for one in held],
        "authenticatorSelection": {
            "residentKey": "preferred",
            "requireResidentKey": False,
            "userVerification": "preferred",
        },
        "attestation": "none",
        "extensions": {"credProps": True},
    }


def request_options(
    party: Party, challenge: Challenge, policy: Policy, held: Iterable[Passkey] = ()
) -> Json:
    """Return the options to prove with a passkey.

    # Threat: 057, `held` is given only after the account was proved (step-up, second step); who
    # has proved nothing gets an empty list, whatever name was typed (test_strangers_see_no_ids).
    """
    return {
        "rpId": party.id,
        "challenge": text_of(challenge.octets),
        "timeout": _milliseconds(policy.lives),
        "allowCredentials": [_descriptor(one) for one in held],
        "userVerification": "preferred",
    }


def all_accepted(party: Party, owner: Owner, held: Iterable[Passkey]) -> Json:
    """Return what `signalAllAcceptedCredentials` tells a manager after a removal (§5.1.10.3)."""
    return {
        "rpId": party.id,
        "userId": text_of(owner.handle),
        "allAcceptedCredentialIds": [text_of(one.credential) for one in held],
    }


def owner_details(party: Party, owner: Owner) -> Json:
    """Return what `signalCurrentUserDetails` tells a manager after a change of name (§5.1.10.4)."""
    return {
        "rpId": party.id,
        "userId": text_of(owner.handle),
        "name": owner.name,
        "displayName": owner.name,
    }


def unknown_credential(party: Party, credential: bytes) -> Json:
    """Return what `signalUnknownCredential` tells a manager of a passkey that we do not have."""
    return {"rpId": party.id, "credentialId": text_of(credential)}


def _descriptor(one: Passkey) -> Json:
    named: Json = {"type": "public-key", "id": text_of(one.credential)}
    return {**named, "transports": list(one.transports)} if one.transports else named


def _milliseconds(length: timedelta) -> int:
    return int(length.total_seconds() * 1000)

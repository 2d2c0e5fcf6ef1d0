"""Passkeys and security keys: asked for, verified, kept; two factors where the user was verified.

One challenge is drawn for one ceremony, flow and purpose, spent before anything is compared, and
judged by pure functions (`judging`), which need fido2 and are imported by that name.
"""

from sekisho.authenticators.passkey.actions import (
    add,
    conclude,
    held,
    load,
    remove,
    spend,
    sweep,
)
from sekisho.authenticators.passkey.asking import (
    Owner,
    all_accepted,
    creation_options,
    owner_details,
    request_options,
    unknown_credential,
)
from sekisho.authenticators.passkey.challenges import (
    draw_new,
    draw_proof,
    handle_of,
    seal,
    unseal,
)
from sekisho.authenticators.passkey.kind import PASSKEY, find, judge_new, setup_of
from sekisho.authenticators.passkey.providers import provider_of
from sekisho.authenticators.passkey.reading import NewAnswer, read_new, read_proof
from sekisho.authenticators.passkey.rules import (
    Ceremony,
    Challenge,
    Flaw,
    Made,
    Parties,
    Party,
    PartyError,
    Passkey,
    Policy,
    Proved,
    Setup,
    Spent,
    name_among,
    party_of,
)
from sekisho.authenticators.passkey.store import TABLES

__all__ = [
    "PASSKEY",
    "TABLES",
    "Ceremony",
    "Challenge",
    "Flaw",
    "Made",
    "NewAnswer",
    "Owner",
    "Parties",
    "Party",
    "PartyError",
    "Passkey",
    "Policy",
    "Proved",
    "Setup",
    "Spent",
    "add",
    "all_accepted",
    "conclude",
    "creation_options",
    "draw_new",
    "draw_proof",
    "find",
    "handle_of",
    "held",
    "judge_new",
    "load",
    "name_among",
    "owner_details",
    "party_of",
    "provider_of",
    "read_new",
    "read_proof",
    "remove",
    "request_options",
    "seal",
    "setup_of",
    "spend",
    "sweep",
    "unknown_credential",
    "unseal",
]

"""What a browser is asked with, and told, where a passkey is a flow's newest challenge."""

from collections.abc import Mapping

from sekisho.authenticators import passkey
from sekisho.authenticators.passkey import Ceremony, Challenge
from sekisho.authenticators.rules import Means
from sekisho.ground.db import Work
from sekisho.records.flows import Flow, Purpose


def request(
    work: Work, means: Means, origin: str, flow: Flow | None
) -> Mapping[str, object] | None:
    """Return the request options; None where the newest challenge is no passkey's.

    # Threat: 057, ids of passkeys are shown only to who has proved something.
    """
    setup = passkey.setup_of(means)
    party = setup.parties.at(origin)
    if flow is None or flow.challenge.kind != passkey.PASSKEY.name or party is None:
        return None
    is_proved = flow.proved or flow.purpose is Purpose.STEP_UP
    held = passkey.held(work, flow.account) if is_proved and flow.account is not None else ()
    newest = flow.challenge
    asked = Challenge(newest.mac, Ceremony.GET, flow.id, int(flow.purpose), None, newest.ends_at)
    return passkey.request_options(party, asked, setup.policy, held)


def unknown(work: Work, means: Means, origin: str, answer: str) -> Mapping[str, object] | None:
    """Return what a password manager is told of a passkey that nobody here has (§5.1.10.2)."""
    party, read = passkey.setup_of(means).parties.at(origin), passkey.read_proof(answer)
    if party is None or read is None or passkey.load(work, read.credential) is not None:
        return None
    return passkey.unknown_credential(party, read.credential)

"""The kind `passkey` and its comparison."""

from datetime import datetime

import msgspec

from sekisho.authenticators.kind import Compared, Hand, Kind, Trial
from sekisho.authenticators.passkey import actions
from sekisho.authenticators.passkey.challenges import handle_of
from sekisho.authenticators.passkey.reading import NewAnswer, read_proof
from sekisho.authenticators.passkey.rules import (
    Ceremony,
    Challenge,
    Flaw,
    Made,
    Party,
    Passkey,
    Proved,
    Setup,
    Spent,
)
from sekisho.authenticators.rules import Material, Means, Verdict
from sekisho.ground.db import Work
from sekisho.ground.keys import Keys
from sekisho.ground.refusal import Reason, Refused
from sekisho.records.flows import Purpose

KIND = "passkey"
TOUCHED = "security_key"  # what it proves where the authenticator verified nobody (attack 054)


class Expected(msgspec.Struct, frozen=True):
    """What an answer is judged by: the challenge that was spent for it, and whose key it names."""

    party: Party
    spent: Spent
    passkey: Passkey | None
    handle: bytes


def verify(keys: Keys, material: Material, answer: str) -> Verdict:
    """Judge the credential that a browser sent."""
    del keys  # a passkey is public; what is secret never left the authenticator
    proof, held = read_proof(answer), material.held
    if proof is None:
        return Verdict.UNREADABLE
    if not isinstance(held, Expected) or material.now is None:
        return Verdict.WRONG
    # Imported here: fido2 costs each start 70 ms, and only answers of passkeys need it.
    from sekisho.authenticators.passkey.judging import verify_proof  # noqa: PLC0415

    judged = verify_proof(held.party, held.spent, held.passkey, held.handle, proof, material.now)
    return Verdict.RIGHT if isinstance(judged, Proved) else Verdict.WRONG


def judge_new(party: Party, spent: Spent, answer: NewAnswer, now: datetime) -> Made | Flaw:
    """Judge an answer to creation options; `add` says whether somebody has it already."""
    # Imported here, as above.
    from sekisho.authenticators.passkey.judging import verify_new  # noqa: PLC0415

    return verify_new(party, spent, answer, now)


def setup_of(means: Means) -> Setup:
    """Return what passkeys take beside the store.

    Raises TypeError where the house was put together without it.
    """
    own = means.own.get(KIND)
    if not isinstance(own, Setup):
        raise TypeError(KIND)
    return own


def find(work: Work, answer: str | None) -> Passkey | None:
    """Return the passkey that an answer names, whoever's; read with the charge."""
    proof = read_proof(answer) if answer is not None else None
    return actions.load(work, proof.credential) if proof else None


def compare(trial: Trial, held: object, answer: str) -> Compared:
    """Judge what a browser sent to the flow's newest challenge, which its charge used up.

    # Threat: 057, who has proved nothing is shown no ids, so the answer must name its owner; in a
    # flow with a name it must be that name's (test_another_persons_passkey_opens_no_named_flow).
    """
    party, flow = setup_of(trial.means).parties.at(trial.origin), trial.flow
    proof = read_proof(answer)
    if proof is None:
        return Compared(Verdict.UNREADABLE)
    if party is None or not isinstance(held, Passkey):
        return Compared(Verdict.WRONG)
    if not flow.is_nameless and held.account != flow.account:
        return Compared(Verdict.WRONG)
    newest = flow.challenge
    is_proved = flow.proved or flow.purpose is Purpose.STEP_UP
    named = flow.account if is_proved else None
    challenge = Challenge(
        newest.mac, Ceremony.GET, flow.id, int(flow.purpose), named, newest.ends_at
    )
    # Imported here: see above.
    from sekisho.authenticators.passkey.judging import verify_proof  # noqa: PLC0415

    handle = handle_of(trial.keys, held.account)
    judged = verify_proof(party, actions.used(challenge), held, handle, proof, trial.now)
    if isinstance(judged, Flaw):
        return Compared(Verdict.WRONG, judged)
    return Compared(Verdict.RIGHT, judged, KIND if judged.factors > 1 else TOUCHED)


def use_up(work: Work, held: object, compared: Compared) -> Refused | None:
    """Keep what a right answer showed; one that was removed meanwhile opens nothing."""
    del held
    if not isinstance(compared.kept, Proved):
        return Refused(Reason.CODE_WRONG)
    done = actions.conclude(work, compared.kept)
    return Refused(Reason.CODE_WRONG) if isinstance(done, Flaw) else None


def nothing(work: Work, account: int, method: int) -> None:
    """Load nothing: an answer names its passkey itself (`find`)."""
    del work, account, method


PASSKEY = Kind(
    name=KIND,
    assurance=2,
    is_phishing_resistant=True,
    is_out_of_band=False,
    is_restricted=False,
    verify=verify,
    hand=Hand(nothing, compare, use_up, field="credential"),
)

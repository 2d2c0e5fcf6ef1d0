"""The kind `passkey` and its comparison."""

from datetime import datetime

import msgspec

from sekisho.authenticators.kind import Kind
from sekisho.authenticators.passkey.reading import NewAnswer, read_proof
from sekisho.authenticators.passkey.rules import Flaw, Made, Party, Passkey, Proved, Spent
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground.keys import Keys


class Expected(msgspec.Struct, frozen=True):
    """What an answer is judged by: the challenge that was spent for it, and whose key it names."""

    party: Party
    spent: Spent
    passkey: Passkey | None
    handle: bytes


def verify(keys: Keys, material: Material, answer: str) -> Verdict:
    """Judge the credential that a browser sent."""
    del keys  # a passkey is public; what is secret never left the authenticator
    # Imported here: fido2 costs each start 70 ms, and only answers of passkeys need it.
    from sekisho.authenticators.passkey.judging import verify_proof  # noqa: PLC0415

    proof, held = read_proof(answer), material.held
    if proof is None:
        return Verdict.UNREADABLE
    if not isinstance(held, Expected) or material.now is None:
        return Verdict.WRONG
    judged = verify_proof(held.party, held.spent, held.passkey, held.handle, proof, material.now)
    return Verdict.RIGHT if isinstance(judged, Proved) else Verdict.WRONG


def judge_new(party: Party, spent: Spent, answer: NewAnswer, now: datetime) -> Made | Flaw:
    """Judge an answer to creation options; `add` says whether somebody has it already."""
    # Imported here, as above.
    from sekisho.authenticators.passkey.judging import verify_new  # noqa: PLC0415

    return verify_new(party, spent, answer, now)


PASSKEY = Kind(
    name="passkey",
    assurance=2,
    is_phishing_resistant=True,
    is_out_of_band=False,
    is_restricted=False,
    verify=verify,
)

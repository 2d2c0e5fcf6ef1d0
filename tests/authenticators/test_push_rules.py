"""Push as values: who may decide, when phones rest, what a code and a signature are."""

from dataclasses import replace as changed
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sekisho.authenticators.push import pairing, reading, resting, rules, signing
from sekisho.authenticators.push.kind import PUSH
from sekisho.authenticators.push.resting import Before, Granted, Held
from sekisho.authenticators.push.rules import Ask, Decision, Phone, Policy, State
from sekisho.authenticators.rules import Material, Verdict
from sekisho.ground import ids
from sekisho.ground.refusal import Reason, Refused
from tests.support.material import START, SeededChance, draw_keys
from tests.support.phones import base64url, point, private_key, signed

pytestmark = pytest.mark.spec("M4")

POLICY = Policy()
FLOW, OTHER_FLOW, ASHA, BEN = 5, 6, 11, 12
PHONE = Phone(
    method=21,
    account=ASHA,
    name="Pixel",
    is_active=True,
    public_key=point(private_key()),
    secret=b"",
    subscription=None,
)
ASK = Ask(
    id=ids.made(START, 31),
    account=ASHA,
    flow=FLOW,
    purpose=1,
    method=0,
    lane=0,
    state=State.WAITING,
    is_held=False,
    digits=2,
    tries=0,
    nonce=b"n" * 16,
    sealed=b"",
    ends_at=START + timedelta(minutes=5),
    decided_at=None,
    decided_by=0,
    is_reported=False,
    message=0,
)
APPROVED = replace(ASK, state=State.APPROVED, decided_at=START)


def reason(refused):
    return refused.reason if refused is not None else None


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(ASK, None, id="one that waits"),
        pytest.param(None, Reason.NOT_FOUND, id="none"),
        pytest.param(replace(ASK, account=BEN), Reason.NOT_FOUND, id="another account's"),
        pytest.param(replace(ASK, method=22), Reason.NOT_FOUND, id="another phone's"),
        pytest.param(replace(ASK, method=21), None, id="this phone's alone"),
        pytest.param(replace(ASK, is_held=True), Reason.NOT_FOUND, id="held back"),
        pytest.param(replace(ASK, ends_at=START), Reason.CODE_EXPIRED, id="expired"),
        pytest.param(replace(ASK, is_live=False), Reason.CODE_USED, id="its flow went on"),
        pytest.param(replace(ASK, tries=3), Reason.TOO_MANY_TRIES, id="three numbers typed"),
        pytest.param(replace(ASK, state=State.FAILED), Reason.TOO_MANY_TRIES, id="failed"),
        pytest.param(APPROVED, Reason.CODE_USED, id="approved"),
        pytest.param(replace(ASK, state=State.DENIED), Reason.CODE_USED, id="denied"),
        pytest.param(replace(ASK, state=State.CANCELLED), Reason.CODE_USED, id="cancelled"),
        pytest.param(replace(ASK, state=State.USED), Reason.CODE_USED, id="used"),
    ],
)
@pytest.mark.attack("049")
def test_only_what_waits_can_be_approved(ask, expected):
    assert expected == reason(rules.may_decide(ask, PHONE, POLICY, START))


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(ASK, None, id="one that waits"),
        pytest.param(APPROVED, None, id="approved and not used yet"),
        pytest.param(replace(ASK, is_live=False), None, id="its flow went on"),
        pytest.param(None, Reason.NOT_FOUND, id="none"),
        pytest.param(replace(ASK, account=BEN), Reason.NOT_FOUND, id="another account's"),
        pytest.param(replace(ASK, ends_at=START), Reason.CODE_EXPIRED, id="expired"),
        pytest.param(replace(ASK, state=State.DENIED), Reason.CODE_USED, id="denied already"),
        pytest.param(replace(ASK, state=State.USED), Reason.CODE_USED, id="used"),
        pytest.param(replace(ASK, state=State.CANCELLED), Reason.CODE_USED, id="cancelled"),
        pytest.param(replace(ASK, state=State.FAILED), Reason.CODE_USED, id="failed"),
    ],
)
@pytest.mark.attack("049")
def test_a_no_stops_what_was_not_used_yet(ask, expected):
    assert expected == reason(rules.may_deny(ask, PHONE, START))


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(replace(ASK, state=State.DENIED), None, id="denied"),
        pytest.param(ASK, Reason.CODE_USED, id="not denied"),
        pytest.param(
            replace(ASK, state=State.DENIED, is_reported=True), Reason.CODE_USED, id="reported"
        ),
        pytest.param(None, Reason.NOT_FOUND, id="none"),
    ],
)
def test_what_was_denied_is_reported_once(ask, expected):
    assert expected == reason(rules.may_report(ask, PHONE))


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        pytest.param(APPROVED, None, id="approved"),
        pytest.param(ASK, Reason.TOO_SOON, id="waiting"),
        pytest.param(replace(ASK, ends_at=START), Reason.CODE_EXPIRED, id="waited too long"),
        pytest.param(
            replace(APPROVED, decided_at=START - timedelta(minutes=5)),
            Reason.CODE_EXPIRED,
            id="approved long ago",
        ),
        pytest.param(replace(APPROVED, flow=OTHER_FLOW), Reason.NOT_FOUND, id="another flow's"),
        pytest.param(replace(ASK, is_held=True), Reason.TOO_SOON, id="held back"),
        pytest.param(None, Reason.NOT_FOUND, id="none"),
        pytest.param(replace(ASK, state=State.DENIED), Reason.CODE_USED, id="denied"),
        pytest.param(replace(ASK, state=State.USED), Reason.CODE_USED, id="used"),
        pytest.param(replace(ASK, state=State.CANCELLED), Reason.CODE_USED, id="cancelled"),
        pytest.param(replace(ASK, state=State.FAILED), Reason.TOO_MANY_TRIES, id="failed"),
    ],
)
@pytest.mark.attack("049")
def test_a_flow_goes_on_by_a_fresh_approval_of_its_own(ask, expected):
    assert expected == reason(rules.may_use(ask, FLOW, START))


def test_a_phone_that_does_not_count_yet_answers_for_its_enrolment_alone():
    new = replace(PHONE, is_active=False)
    enrolment = replace(ASK, purpose=rules.ENROLMENT, method=PHONE.method)
    assert not rules.is_for(ASK, new)
    assert rules.is_for(enrolment, new)
    assert not rules.is_for(enrolment, replace(PHONE, method=22))


@pytest.mark.spec("M11")
def test_two_digits_are_said_to_be_less_than_six():
    assert ("push", "push_6") == (rules.proved_as(2), rules.proved_as(6))


# --- when phones rest ---


def before(minutes, state=State.CANCELLED, *, flow=OTHER_FLOW, strangers=True, **more):
    at = START - timedelta(minutes=minutes)
    facts = {"is_held": False, "is_live": True, "is_reported": False} | more
    return Before(
        id=int(minutes * 1000),
        flow=flow,
        is_strangers=strangers,
        state=state,
        asked_at=at,
        ends_at=at + timedelta(minutes=5),
        message=0,
        **facts,
    )


def judged(*earlier, is_stranger=True, policy=POLICY):
    return resting.judge(earlier, FLOW, policy, START, is_stranger=is_stranger)


@pytest.mark.attack("046")
def test_the_fourth_ask_of_an_hour_without_success_is_held():
    held = judged(before(50), before(40), before(6))
    assert Held(START + timedelta(minutes=10), is_told=True) == held
    assert isinstance(judged(before(61), before(40), before(6)), Granted)


@pytest.mark.attack("046")
def test_the_eleventh_of_a_day_is_held_whatever_was_approved_between():
    failed = [before(100 + 100 * number) for number in range(10)]
    used = before(30, State.USED)
    held = judged(*reversed(failed), used)
    assert Held(START - timedelta(minutes=1000) + timedelta(days=1), is_told=True) == held


def test_an_approval_begins_the_hour_anew_and_does_not_count():
    assert isinstance(judged(before(50), before(45), before(40), before(30, State.USED)), Granted)
    assert isinstance(
        judged(before(30, State.USED), before(20), before(15), before(10)),
        Held,
    )


@pytest.mark.attack("046")
def test_the_owner_is_told_once_a_day():
    held = judged(before(50), before(40), before(30), before(20, is_held=True))
    assert not held.is_told


@pytest.mark.spec("F2")
def test_what_strangers_asked_stops_no_familiar_browser():
    strangers = [before(50), before(40), before(6)]
    assert isinstance(judged(*strangers, is_stranger=False), Granted)
    own = [before(minutes, strangers=False) for minutes in (50, 40, 6)]
    assert isinstance(judged(*own, is_stranger=False), Held)
    assert isinstance(judged(*own), Held)  # and a stranger waits for everybody's


@pytest.mark.spec("F2")
def test_one_ask_is_open_and_a_stranger_takes_nobodys_place():
    waiting = before(1, State.WAITING)
    assert Held(waiting.ends_at, is_told=False) == judged(waiting)
    assert Granted((waiting,)) == judged(waiting, is_stranger=False)


def test_a_flow_that_asks_again_takes_its_own_place():
    own = before(1, State.WAITING, flow=FLOW)
    assert Granted((own,)) == judged(own)


@pytest.mark.parametrize(
    "over",
    [
        pytest.param(before(6, State.WAITING), id="expired"),
        pytest.param(before(1, State.WAITING, is_live=False), id="its flow went on"),
    ],
)
def test_what_is_over_is_cleared_away(over):
    assert Granted((over,)) == judged(over)


def test_who_reported_has_a_days_peace_from_strangers():
    reported = before(120, State.DENIED, is_reported=True)
    assert Held(reported.asked_at + timedelta(days=1), is_told=True) == judged(reported)
    assert isinstance(judged(reported, is_stranger=False), Granted)


# --- the kind ---


def material(held, challenge=ASK.id, flow=FLOW):
    return Material(
        purpose=1,
        subject=ASHA,
        flow=flow,
        challenge=challenge,
        digits=0,
        expected=b"",
        earlier=(),
        held=held,
        now=START,
    )


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        pytest.param(APPROVED, Verdict.RIGHT, id="approved"),
        pytest.param(ASK, Verdict.WRONG, id="waiting"),
        pytest.param(replace(ASK, state=State.DENIED), Verdict.WRONG, id="denied"),
        pytest.param(replace(APPROVED, is_held=True), Verdict.WRONG, id="held back"),
        pytest.param(
            replace(APPROVED, id=ids.made(START, 32)), Verdict.WRONG, id="another challenge's"
        ),
        pytest.param(replace(APPROVED, flow=OTHER_FLOW), Verdict.WRONG, id="another flow's"),
        pytest.param(None, Verdict.WRONG, id="none"),
    ],
)
@pytest.mark.attack("049")
def test_an_approval_is_bound_to_its_flow_and_challenge(held, expected):
    assert expected == PUSH.verify(draw_keys(), material(held), "approved")


# --- codes and signatures ---


@given(st.integers(0, 2**32))
def test_a_pairing_code_is_read_back_however_it_is_written(seed):
    code = pairing.draw(SeededChance(seed))
    grouped = pairing.grouped(code)
    assert 28 == len(code)
    assert code == pairing.read(grouped) == pairing.read(grouped.lower().replace("-", " "))
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert code == pairing.read(wide)


@given(
    st.integers(0, 2**32), st.integers(0, 27), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
)
def test_a_slip_in_a_pairing_code_is_found(seed, place, sign):
    code = pairing.draw(SeededChance(seed))
    slipped = code[:place] + sign + code[place + 1 :]
    assert slipped == code or pairing.read(slipped) is None


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="nothing"),
        pytest.param("ABCD-EFGH", id="short"),
        pytest.param("U" * 28, id="a letter that is in none"),
        pytest.param("Z" * 28, id="too large"),
        pytest.param("0" * 100_000, id="over-long"),
    ],
)
def test_what_is_no_pairing_code_is_none(typed):
    assert pairing.read(typed) is None


def test_a_pairing_code_has_112_bits_at_least():
    """NIST SP 800-63B-4 §4.1.2.2; ours are drawn of 16 octets."""
    assert 16 == len({SeededChance(seed).octets(16) for seed in range(16)})
    assert pairing.draw(SeededChance(1)) != pairing.draw(SeededChance(2))


KEY = private_key()
TEXT = signing.decision_text("chl_1", b"n" * 16, Decision.APPROVE, "47")
RIGHT = signed(KEY, "sekisho push decide v1", "chl_1", (b"n" * 16).hex(), "approve", "47")


def test_what_the_phone_signed_is_signed():
    assert signing.is_signed(point(KEY), TEXT, RIGHT)


@pytest.mark.parametrize(
    ("ask", "nonce", "decision", "number"),
    [
        pytest.param("chl_2", b"n" * 16, Decision.APPROVE, "47", id="another request"),
        pytest.param("chl_1", b"m" * 16, Decision.APPROVE, "47", id="another nonce"),
        pytest.param("chl_1", b"n" * 16, Decision.DENY, "47", id="another decision"),
        pytest.param("chl_1", b"n" * 16, Decision.APPROVE, "48", id="another number"),
        pytest.param("chl_1", b"n" * 16, Decision.APPROVE, "", id="no number"),
    ],
)
@pytest.mark.attack("047")
def test_a_signature_is_for_one_decision(ask, nonce, decision, number):
    text = signing.decision_text(ask, nonce, decision, number)
    assert not signing.is_signed(point(KEY), text, RIGHT)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(b"", id="none"),
        pytest.param(RIGHT[:-1], id="short"),
        pytest.param(RIGHT + b"\x00", id="long"),
        pytest.param(bytes(64), id="zeros"),
        pytest.param(RIGHT[32:] + RIGHT[:32], id="halves changed"),
        pytest.param(signed(private_key(2), *TEXT.decode().split("\n")), id="another key's"),
    ],
)
@pytest.mark.attack("047")
def test_what_the_phone_did_not_sign_is_not_signed(signature):
    assert not signing.is_signed(point(KEY), TEXT, signature)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(point(KEY)[:-1], id="short"),
        pytest.param(b"\x04" + bytes(64), id="not on the curve"),
        pytest.param(b"\x02" + point(KEY)[1:], id="another form"),
    ],
)
def test_what_is_no_key_is_none(octets):
    assert not signing.is_key(octets)
    assert not signing.is_signed(octets, TEXT, RIGHT)


@given(st.binary(max_size=200), st.text(max_size=60))
def test_base64url_of_anything_reads_or_is_nothing(octets, text):
    assert octets[:150] == reading.octets_of(base64url(octets[:150]))
    assert isinstance(reading.octets_of(text), bytes)


def test_settings_are_values_of_their_policy():
    assert 6 == changed(POLICY, digits=6).digits
    assert isinstance(rules.may_use(None, FLOW, START), Refused)

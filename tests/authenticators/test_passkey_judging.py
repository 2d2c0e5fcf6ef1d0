"""What an authenticator may answer: a soft one says anything that it is told to."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import webauthn
from fido2 import cbor
from hypothesis import given
from hypothesis import strategies as st

from sekisho.authenticators import passkey
from sekisho.authenticators.passkey import Ceremony, Challenge, Flaw, Made, Proved, Spent, judging
from sekisho.authenticators.passkey.asking import ALGORITHMS
from sekisho.authenticators.passkey.rules import Flag
from tests.support import soft_authenticator as soft
from tests.support.material import START
from tests.support.soft_authenticator import AT, BE, BS, UP, UV, SoftAuthenticator

pytestmark = pytest.mark.spec("M5")

ORIGIN = "https://id.example.com"
RELATED = "https://www.example.org"
PARTY = passkey.party_of(ORIGIN, "Example", related=(RELATED,))
POLICY = passkey.Policy()
HANDLE = bytes(range(64))
OWNER = passkey.Owner(HANDLE, "asha@example.com")
ACCOUNT = 7
NEW = Challenge(b"n" * 32, Ceremony.CREATE, 1, 2, ACCOUNT, START + POLICY.lives)
PROOF = Challenge(b"p" * 32, Ceremony.GET, 1, 1, None, START + POLICY.lives)


def creation(held=()):
    return passkey.creation_options(PARTY, NEW, OWNER, held, POLICY)


def request(challenge=PROOF):
    return passkey.request_options(PARTY, challenge, POLICY)


def judged_new(answer, challenge=NEW, now=START):
    read = passkey.read_new(answer)
    return read and judging.verify_new(PARTY, Spent(challenge), read, now)


def judged(key, answer, challenge=PROOF, now=START):
    read = passkey.read_proof(answer)
    return read and judging.verify_proof(PARTY, Spent(challenge), key, HANDLE, read, now)


def kept(made):
    return passkey.Passkey(
        method=3,
        account=ACCOUNT,
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        flags=made.flags,
        aaguid=made.aaguid,
        transports=made.transports,
    )


@pytest.fixture
def device():
    return SoftAuthenticator(ORIGIN)


@pytest.fixture
def key(device):
    return kept(judged_new(device.make(creation())))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_passkey_is_made_and_proves(algorithm):
    device = SoftAuthenticator(ORIGIN, algorithm, flags=UP | UV | BE | BS)
    made = judged_new(device.make(creation()))
    assert Flag.VERIFIED | Flag.CAN_SYNC | Flag.IS_SYNCED == made.flags
    assert ("internal",) == made.transports
    found = judged(kept(made), device.prove(request()))
    assert Proved(3, ACCOUNT, made.flags, 0, is_count_back=False) == found
    assert 2 == found.factors


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_second_verifier_says_the_same(algorithm):
    device = SoftAuthenticator(ORIGIN, algorithm)
    answer = device.make(creation())
    made = judged_new(answer)
    theirs = webauthn.verify_registration_response(
        credential=answer,
        expected_challenge=NEW.octets,
        expected_rp_id=PARTY.id,
        expected_origin=ORIGIN,
    )
    assert (made.credential, made.public_key) == (
        theirs.credential_id,
        theirs.credential_public_key,
    )
    proof = device.prove(request())
    assert isinstance(judged(kept(made), proof), Proved)
    webauthn.verify_authentication_response(
        credential=proof,
        expected_challenge=PROOF.octets,
        expected_rp_id=PARTY.id,
        expected_origin=ORIGIN,
        credential_public_key=made.public_key,
        credential_current_sign_count=0,
    )


ELSEWHERE = [
    pytest.param({"origin": "https://evil.example"}, Flaw.OTHER_ORIGIN, id="another origin"),
    pytest.param({"origin": "https://x.id.example.com"}, Flaw.OTHER_ORIGIN, id="a sub-domain"),
    pytest.param({"origin": "https://example.com"}, Flaw.OTHER_ORIGIN, id="the domain above"),
    pytest.param({"origin": "http://id.example.com"}, Flaw.OTHER_ORIGIN, id="without TLS"),
    pytest.param({"origin": "https://id.example.com:444"}, Flaw.OTHER_ORIGIN, id="another port"),
    pytest.param({"origin": "HTTPS://ID.EXAMPLE.COM"}, Flaw.OTHER_ORIGIN, id="another spelling"),
    pytest.param({"origin": "null"}, Flaw.OTHER_ORIGIN, id="no origin"),
    pytest.param({"crossOrigin": True}, Flaw.FRAMED, id="in a frame"),
    pytest.param({"topOrigin": "https://evil.example"}, Flaw.FRAMED, id="under another page"),
    pytest.param({"topOrigin": ORIGIN}, Flaw.FRAMED, id="under a page that is ours"),
    pytest.param({"crossOrigin": "false"}, Flaw.UNREADABLE, id="a text for a truth"),
    pytest.param({"origin": [ORIGIN]}, Flaw.UNREADABLE, id="a list of origins"),
]  # fmt: skip


@pytest.mark.attack("051")
@pytest.mark.parametrize(("said", "flaw"), ELSEWHERE)
def test_the_origin_is_one_of_ours(device, key, said, flaw):
    device.said = said
    assert flaw is judged(key, device.prove(request()))
    assert flaw is judged_new(device.make(creation()))


def test_a_related_origin_is_ours_too(device, key):
    device.origin = RELATED
    assert isinstance(judged(key, device.prove(request())), Proved)


@pytest.mark.attack("051")
def test_a_passkey_of_another_domain_proves_nothing(device, key):
    device.rp_id = "example.com"
    assert Flaw.OTHER_PARTY is judged(key, device.prove(request()))
    assert Flaw.OTHER_PARTY is judged_new(device.make(creation()))


@pytest.mark.attack("052")
def test_a_challenge_serves_one_ceremony(device, key):
    as_new = replace(PROOF, ceremony=Ceremony.CREATE)
    assert Flaw.OTHER_CEREMONY is judged(key, device.prove(request(as_new)), as_new)
    as_proof = replace(NEW, ceremony=Ceremony.GET)
    assert Flaw.OTHER_CEREMONY is judged_new(device.make(creation()), as_proof)
    device.said = {"type": "webauthn.create"}
    assert Flaw.OTHER_CEREMONY is judged(key, device.prove(request()))
    device.said = {"type": "webauthn.get"}
    assert Flaw.OTHER_CEREMONY is judged_new(device.make(creation()))
    device.said = {"type": "payment.get"}
    assert Flaw.OTHER_CEREMONY is judged(key, device.prove(request()))


@pytest.mark.attack("052")
@pytest.mark.parametrize(
    "challenge",
    [
        pytest.param(soft.text(b"q" * 32), id="another"),
        pytest.param("", id="none"),
        pytest.param(soft.text(b"p" * 31), id="a part of it"),
        pytest.param(soft.text(b"p" * 32) + "=", id="another spelling"),
        pytest.param("パスキー", id="no base64"),
    ],
)
def test_another_challenge_proves_nothing(device, key, challenge):
    device.said = {"challenge": challenge}
    assert Flaw.OTHER_CHALLENGE is judged(key, device.prove(request()))
    assert Flaw.OTHER_CHALLENGE is judged_new(device.make(creation()))


@pytest.mark.attack("052")
@pytest.mark.parametrize(
    ("late", "flaw"),
    [
        pytest.param(timedelta(), None, id="at once"),
        pytest.param(POLICY.lives - timedelta(microseconds=1), None, id="just in time"),
        pytest.param(POLICY.lives, Flaw.OVER, id="as its time ends"),
    ],
)
def test_a_challenge_ends(device, key, late, flaw):
    found = judged(key, device.prove(request()), now=START + late)
    assert flaw is (found if isinstance(found, Flaw) else None)


@pytest.mark.attack("054")
@pytest.mark.parametrize(
    ("flags", "worth"),
    [
        pytest.param(0, Flaw.NOBODY_PRESENT, id="nothing"),
        pytest.param(UV, Flaw.NOBODY_PRESENT, id="verified, nobody present"),
        pytest.param(UP, 1, id="a touch"),
        pytest.param(UP | UV, 2, id="verified"),
        pytest.param(UP | BS, Flaw.BACKUP_CHANGED, id="a copy of what has none"),
        pytest.param(UP | BE, Flaw.BACKUP_CHANGED, id="syncs since today"),
        pytest.param(UP | UV | BE | BS, Flaw.BACKUP_CHANGED, id="synced since today"),
        pytest.param(UP | UV | AT, Flaw.UNREADABLE, id="says that a key is enclosed"),
    ],
)
def test_the_flags_decide(device, key, flags, worth):
    device.flags = flags
    found = judged(key, device.prove(request()))
    assert worth == (found.factors if isinstance(found, Proved) else found)


@pytest.mark.parametrize(
    ("flags", "flaw"),
    [
        pytest.param(UV, Flaw.NOBODY_PRESENT, id="nobody present"),
        pytest.param(UP | BS, Flaw.BACKUP_CHANGED, id="a copy of what has none"),
    ],
)
def test_a_new_passkey_is_judged_by_its_flags_too(device, flags, flaw):
    device.flags = flags
    assert flaw is judged_new(device.make(creation()))


def test_a_passkey_that_moves_to_a_manager_is_noted_as_synced(device):
    device.flags = UP | UV | BE
    key = kept(judged_new(device.make(creation())))
    assert not key.is_synced
    device.flags |= BS
    assert Flag.IS_SYNCED in judged(key, device.prove(request())).flags


def test_what_signed_is_the_key_that_is_kept(device, key):
    other = SoftAuthenticator(ORIGIN)
    other.handle = HANDLE
    assert Flaw.SIGNATURE is judged(key, other.prove(request()))


def test_each_signed_part_counts(device, key):
    answer = json.loads(device.prove(request()))
    flipped = bytearray(soft.octets(answer["response"]["authenticatorData"]))
    flipped[36] ^= 1  # the counter
    answer["response"]["authenticatorData"] = soft.text(bytes(flipped))
    assert Flaw.SIGNATURE is judged(key, json.dumps(answer))


def test_the_handle_is_the_owners(device, key):
    device.handle = bytes(64)
    assert Flaw.OTHER_OWNER is judged(key, device.prove(request()))
    device.handle = None
    assert Flaw.OTHER_OWNER is judged(key, device.prove(request()))


def test_who_was_named_needs_no_handle_and_owns_the_passkey(device, key):
    device.handle = None
    named = replace(PROOF, account=ACCOUNT)
    assert isinstance(judged(key, device.prove(request(named)), named), Proved)
    another = replace(PROOF, account=ACCOUNT + 1)
    assert Flaw.OTHER_OWNER is judged(key, device.prove(request(another)), another)


def test_a_passkey_that_nobody_has_proves_nothing(device, key):
    assert Flaw.UNKNOWN is judged(None, device.prove(request()))
    other = replace(key, credential=b"another")
    assert Flaw.UNKNOWN is judged(other, device.prove(request()))


def test_a_counter_that_went_back_is_noted(device):
    device.count = 5
    key = kept(judged_new(device.make(creation())))
    assert not judged(key, device.prove(request())).is_count_back
    device.count = 3
    assert judged(key, device.prove(request())).is_count_back


P256 = soft.cose_of(soft.draw_key(-7))
RSA = soft.cose_of(soft.draw_key(-257))


@pytest.mark.attack("058")
@pytest.mark.parametrize(
    ("shown", "flaw"),
    [
        pytest.param({**P256, 3: -65535}, Flaw.ALGORITHM, id="RS1"),
        pytest.param({**P256, 3: -47}, Flaw.ALGORITHM, id="secp256k1"),
        pytest.param({**P256, 3: -9}, Flaw.ALGORITHM, id="ESP256, not offered"),
        pytest.param({**P256, 3: "none"}, Flaw.ALGORITHM, id="a word"),
        pytest.param({1: 2}, Flaw.UNREADABLE, id="no algorithm"),
        pytest.param({**P256, 3: -257}, Flaw.KEY, id="one kind in the name of another"),
        pytest.param({**P256, 3: -8}, Flaw.KEY, id="a point where a string is due"),
        pytest.param({**P256, -1: 2}, Flaw.KEY, id="another curve"),
        pytest.param({**P256, -2: b"x"}, Flaw.KEY, id="a short coordinate"),
        pytest.param({**P256, -2: b"\x01" * 32}, Flaw.KEY, id="off the curve"),
        pytest.param({**P256, -2: 5}, Flaw.KEY, id="a number where octets are due"),
        pytest.param({**RSA, -1: RSA[-1][:64]}, Flaw.KEY, id="RSA of 512 bits"),
        pytest.param({**RSA, -1: RSA[-1] * 4}, Flaw.KEY, id="RSA of 8192 bits"),
        pytest.param({**RSA, -2: b"\x01"}, Flaw.KEY, id="an exponent of one"),
        pytest.param({**P256, **dict.fromkeys(range(50, 80), 0)}, Flaw.KEY, id="stuffed"),
    ],
)  # fmt: skip
def test_only_the_three_algorithms_are_taken(device, shown, flaw):
    device.cose = shown
    assert flaw is judged_new(device.make(creation()))


@pytest.mark.attack("058")
@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(b"\x81" * 8000, id="nested deep"),
        pytest.param(b"\x9b" + b"\xff" * 8, id="a list of 2^64"),
        pytest.param(b"\xbb" + b"\xff" * 8 + b"\x00" * 8000, id="a map of 2^64"),
        pytest.param(b"\x5b" + b"\xff" * 8, id="octets of 2^64"),
        pytest.param(b"\xff" * 8000, id="endings"),
        pytest.param(b"\x9f" * 8000, id="lists without end"),
        pytest.param(cbor.encode({"fmt": "none", "attStmt": {}}), id="without data"),
        pytest.param(cbor.encode({"fmt": "none", "attStmt": {}, "authData": "x"}), id="a text"),
        pytest.param(cbor.encode([1, 2]), id="a list"),
        pytest.param(cbor.encode(5), id="a number"),
    ],
)
def test_a_small_bomb_is_unreadable(device, bomb):
    response = {"attestationObject": soft.text(bomb), "transports": []}
    answer = device.answer("webauthn.create", creation(), response)
    assert Flaw.UNREADABLE is judged_new(answer)


@pytest.mark.attack("058")
@pytest.mark.parametrize("size", [8193, 1_000_000])
def test_a_bomb_is_refused_unparsed(device, size):
    response = {"attestationObject": soft.text(b"\x81" * size)}
    assert None is passkey.read_new(device.answer("webauthn.create", creation(), response))
    device.credential = b"c" * size
    assert None is passkey.read_proof(device.prove(request()))
    assert None is passkey.read_proof("[" * size)


@given(st.binary(max_size=300))
def test_any_octets_are_judged_without_an_exception(octets):
    device = SoftAuthenticator(ORIGIN)
    response = {"attestationObject": soft.text(octets or b"x")}
    answer = device.answer("webauthn.create", creation(), response)
    assert isinstance(judged_new(answer), Flaw)
    data = {"authenticatorData": soft.text(octets or b"x"), "signature": soft.text(b"x")}
    data["userHandle"] = soft.text(HANDLE)
    key = kept(Made(device.credential, b"\xa0", 0, Flag(0), bytes(16), ()))
    found = judged(key, device.answer("webauthn.get", request(), data))
    assert found in {Flaw.UNREADABLE, Flaw.OTHER_PARTY}


@given(st.text(max_size=200) | st.binary(max_size=200))
def test_anything_is_read_without_an_exception(answer):
    assert None is passkey.read_new(answer)
    assert None is passkey.read_proof(answer)


def test_a_credential_id_is_said_twice_alike(device):
    answer = json.loads(device.make(creation()))
    answer["rawId"] = soft.text(b"another")
    assert Flaw.UNREADABLE is judged_new(json.dumps(answer))


def test_what_the_browser_says_of_discovery_is_kept(device):
    answer = json.loads(device.make(creation()))
    answer["clientExtensionResults"] = {"credProps": {"rk": False}}
    made = judged_new(json.dumps(answer))
    assert not kept(made).can_sign_in_alone
    found = judged(kept(made), device.prove(request()))
    assert Flag.NEEDS_NAME in found.flags


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"type": "password"}, id="another kind of credential"),
        pytest.param({"rawId": "YQ=="}, id="padded"),
        pytest.param({"rawId": "YR"}, id="loose bits"),
        pytest.param({"rawId": "Y Q"}, id="a blank"),
        pytest.param({"rawId": ""}, id="no credential id"),
        pytest.param({"rawId": "パス"}, id="no base64"),
        pytest.param({"response": None}, id="no response"),
        pytest.param({"note": "x" * 24_000}, id="more than is read"),
    ],
)
@pytest.mark.attack("058")
def test_an_answer_has_one_spelling(device, key, change):
    answer = {**json.loads(device.prove(request())), **change}
    assert None is passkey.read_proof(json.dumps(answer))
    answer = {**json.loads(device.make(creation())), **change}
    assert None is passkey.read_new(json.dumps(answer))

"""The API of phones: what is refused, and how. Signing in by one has stories of its own."""

import pytest

from sekisho.authenticators.push import pairing
from tests.support.material import SeededChance
from tests.support.phones import Phone, base64url, point, private_key

pytestmark = pytest.mark.spec("M4")

CODE = pairing.grouped(pairing.draw(SeededChance(5)))


@pytest.fixture
def phone(house):
    """A phone that is bound to nothing."""
    return Phone(house.client("198.51.100.77"))


def pairs(phone, **changed):
    return phone.client.post("/api/v1/push/phones", phone.comer(CODE) | changed)


SUBSCRIPTION = {
    "endpoint": "https://push.example.net/1",
    "keys": {"p256dh": base64url(point(private_key(3))), "auth": base64url(b"a" * 16)},
}


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        pytest.param({"code": "ABC"}, "/code", id="no code"),
        pytest.param({"public_key": "AAAA"}, "/public_key", id="no key"),
        pytest.param({"public_key": "ä" * 10}, "/public_key", id="no base64"),
        pytest.param({"signature": base64url(bytes(64))}, "/signature", id="not signed"),
        pytest.param({"more": 1}, "", id="another field"),
        pytest.param({"code": ["0"]}, "/code", id="a list"),
    ],
)
def test_what_is_no_phone_is_refused(phone, changed, pointer):
    answer = pairs(phone, **changed)
    assert (422, "invalid_input") == (answer.status, answer.code)
    assert pointer == answer.json["errors"][0]["pointer"]


@pytest.mark.attack("050")
def test_a_phone_shows_that_it_holds_its_key(phone):
    other = base64url(point(private_key(2)))
    assert "invalid_input" == pairs(phone, public_key=other).code


def test_a_code_that_was_never_given_is_wrong(phone):
    answer = pairs(phone)
    assert (401, "code_wrong") == (answer.status, answer.code)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"endpoint": "https://10.0.0.1/x"}, id="our network"),
        pytest.param({"endpoint": "http://push.example.net/x"}, id="not https"),
        pytest.param({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, id="no keys"),
    ],
)
@pytest.mark.attack("105")
def test_an_endpoint_that_is_no_push_service_is_refused(phone, changed):
    answer = pairs(phone, subscription=SUBSCRIPTION | changed)
    assert (422, "invalid_input") == (answer.status, answer.code)
    assert answer.json["errors"][0]["pointer"].startswith("/subscription")


@pytest.mark.parametrize("token", ["", "mtd_0000000000001", "mtd_0000000000001_" + "A" * 43])
def test_nobody_sees_or_says_anything_without_a_phones_token(phone, token):
    phone.token = token
    assert (401, "not_signed_in") == (phone.looks().status, phone.looks().code)
    ask = {"id": "chl_0000000000001", "nonce": "00"}
    assert "not_signed_in" == phone.decides(ask, "deny").code
    assert "not_signed_in" == phone.subscribes(None).code


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        pytest.param({"decision": "maybe", "signature": ""}, "/decision", id="another word"),
        pytest.param({"decision": "approve", "signature": ""}, "/number", id="no number"),
        pytest.param(
            {"decision": "deny", "number": "47", "signature": ""}, "/number", id="a number too many"
        ),
        pytest.param({"signature": ""}, "", id="no decision"),
    ],
)
@pytest.mark.attack("047")
def test_an_approval_without_the_number_is_none(phone, sent, pointer):
    answer = phone.sends("chl_0000000000001", sent)
    assert (422, pointer) == (answer.status, answer.json["errors"][0]["pointer"])


def test_a_request_that_is_none_is_not_found(phone):
    answer = phone.sends("chl_x", {"decision": "deny", "signature": ""})
    assert (404, "not_found") == (answer.status, answer.code)


def test_who_knocks_too_often_waits(build_house):
    house = build_house(limits__requests_hour_ip=1, limits__answers_factor=1)
    phone = Phone(house.client("198.51.100.78"))
    assert "not_signed_in" == phone.looks().code
    assert "too_many_requests" == phone.looks().code
    assert "too_many_requests" == pairs(phone).code

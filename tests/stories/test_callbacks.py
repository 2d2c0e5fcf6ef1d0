"""Callbacks of gateways, over the whole service: believed when signed, else nothing is there."""

import json
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from sekisho.ground import ids
from sekisho.records import delivery
from sekisho.records.delivery import signing
from tests.support.letters import letter

TOKEN, SECRET = "t0ken", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SMS = f"twilio://AC0123:{TOKEN}@api.example.net?from=+15550100"
WEBHOOK = f"webhook://sms.example.net/send?secret={SECRET}"
DELIVERED = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+819012345678"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def served(build_house):
    """A house with gateways for phones."""
    return build_house(
        is_dev=False,
        public_url="https://id.example.com",
        sms_providers=f"{SMS} {WEBHOOK}",
        voice_providers=SMS,
    )


@pytest.fixture
def message(served):
    """A message that was posted to a phone."""
    one = letter(channel="sms", to="+819012345678")
    return ids.show("msg", served.db.write("test", lambda work: delivery.post(work, one)))


def by_twilio(house, path, form, token=TOKEN):
    signature = RequestValidator(token).compute_signature(f"{house.origin}{path}", form)
    headers = {"X-Twilio-Signature": signature}
    return house.api.send("POST", path, urlencode(form).encode(), headers, kind=FORM)


def by_webhook(house, body, secret=SECRET, **changed):
    raw = json.dumps(body).encode()
    signed = signing.sign(signing.read_secret(secret), "evt_1", house.clock.now(), raw)
    return house.api.send("POST", "/hooks/webhook", raw, {**signed, **changed})


def told(house):
    (sent,) = house.db.read(lambda work: delivery.recent(work, 1))
    return [(moment.state, moment.detail) for moment in sent.timeline]


@pytest.mark.spec("D4")
def test_what_twilio_signed_stands_in_the_timeline_once(served, message):
    path = f"/hooks/twilio/{message}"
    assert [204] * 3 == [by_twilio(served, path, DELIVERED).status for _ in range(3)]
    assert [("queued", ""), ("delivered", "delivered")] == told(served)
    failed = {"MessageStatus": "undelivered", "ErrorCode": "30003"}
    assert 204 == by_twilio(served, path, failed).status
    assert ("bounced", "undelivered, error 30003") == told(served)[-1]


@pytest.mark.spec("D4")
def test_what_a_webhook_signed_stands_in_the_timeline(served, message):
    body = {"type": "message.bounced", "data": {"id": message, "detail": "switched off"}}
    assert 204 == by_webhook(served, body).status
    assert [("queued", ""), ("bounced", "switched off")] == told(served)


@pytest.mark.spec("D4")
@pytest.mark.attack("083")
def test_what_nobody_signed_is_not_found_whichever_message_it_names(served, message):
    there, gone = f"/hooks/twilio/{message}", "/hooks/twilio/msg_0000000000000"
    answers = [by_twilio(served, path, DELIVERED, "guess") for path in (there, gone)]
    answers += [by_twilio(served, f"{there}x", DELIVERED, "guess")]
    answers += [served.api.send("POST", there, urlencode(DELIVERED).encode(), kind=FORM)]
    body = {"type": "message.delivered", "data": {"id": message, "detail": ""}}
    answers += [by_webhook(served, body, SECRET[:-4] + "AAAA")]
    assert {(404, b"not found\n")} == {(answer.status, answer.body) for answer in answers}
    assert [("queued", "")] == told(served)


@pytest.mark.attack("083")
@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Original-URL", "Forwarded"]
)
def test_no_header_makes_a_signature_of_another_place_good(served, message, header):
    """A signature covers our public URL, whatever a proxy or a stranger says of it."""
    path = f"/hooks/twilio/{message}"
    elsewhere = f"https://evil.example{path}"
    signature = RequestValidator(TOKEN).compute_signature(elsewhere, DELIVERED)
    headers = {"X-Twilio-Signature": signature, header: "evil.example"}
    answer = served.api.send("POST", path, urlencode(DELIVERED).encode(), headers, kind=FORM)
    assert 404 == answer.status
    assert [("queued", "")] == told(served)


@pytest.mark.spec("D4")
def test_who_has_the_key_is_thanked_alike_for_a_message_that_is_gone(served):
    assert 204 == by_twilio(served, "/hooks/twilio/msg_0000000000000", DELIVERED).status
    queued = {"MessageStatus": "queued"}
    assert 204 == by_twilio(served, "/hooks/twilio/msg_0000000000000", queued).status


@pytest.mark.attack("086")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"\xff\xfe", 404, id="no text"),
        pytest.param(b"&".join(b"f%d=1" % number for number in range(5000)), 404, id="fields"),
        pytest.param(b"a" * 70_000, 413, id="too large"),
    ],
)
def test_a_callback_of_another_shape_changes_nothing(served, message, body, status):
    answer = served.api.send("POST", f"/hooks/twilio/{message}", body, kind=FORM)
    assert status == answer.status
    assert [("queued", "")] == told(served)


def test_a_house_without_gateways_believes_no_callback(house):
    assert 404 == by_twilio(house, "/hooks/twilio/msg_0000000000000", DELIVERED, "").status
    assert 404 == by_webhook(house, {"type": "message.delivered", "data": {"id": "msg_1"}}).status

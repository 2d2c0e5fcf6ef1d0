"""Callbacks: only signed ones are believed, and one that comes again changes nothing."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from sekisho.ground import ids
from sekisho.records import delivery
from sekisho.records.delivery import Report, callbacks, signing
from sekisho.records.delivery.callbacks import Unsigned
from tests.support.letters import letter
from tests.support.material import START

TOKEN = "t0ken"
KEY = b"k" * 32
MESSAGE = 1 << 40
URL = f"https://id.example.jp/hooks/twilio/{ids.show('msg', MESSAGE)}"
DELIVERED = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+819012345678"}


def twilio(form, url=URL, signature=None, tokens=(TOKEN,)):
    made = RequestValidator(TOKEN).compute_signature(url, form)
    return callbacks.from_twilio(tokens, url, list(form.items()), signature or made)


@pytest.mark.spec("D4")
@pytest.mark.parametrize(
    ("form", "expected"),
    [
        pytest.param(DELIVERED, ("delivered", "delivered"), id="delivered"),
        pytest.param(
            {"MessageStatus": "undelivered", "ErrorCode": "30003"},
            ("bounced", "undelivered, error 30003"),
            id="not reachable",
        ),
        pytest.param({"MessageStatus": "failed"}, ("bounced", "failed"), id="failed"),
        pytest.param({"CallStatus": "completed"}, ("delivered", "completed"), id="a call"),
        pytest.param({"CallStatus": "no-answer"}, ("bounced", "no-answer"), id="nobody answered"),
    ],
)
def test_a_callback_that_twilio_signed_is_a_report(form, expected):
    assert Report(MESSAGE, *expected) == twilio(form)


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "", "nonsense"])
def test_what_is_not_final_is_no_report(status):
    assert twilio({"MessageStatus": status}) is None


@pytest.mark.spec("D4")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"signature": "AAAA"}, id="another signature"),
        pytest.param({"signature": "ä\udc80"}, id="signs that no signature has"),
        pytest.param({"tokens": ("other",)}, id="another account"),
        pytest.param({"tokens": ()}, id="no account"),
    ],
)
def test_a_callback_that_is_not_signed_is_known_as_such(change):
    assert Unsigned() == twilio(DELIVERED, **change)


def test_a_signature_is_good_for_its_message_only():
    signature = RequestValidator(TOKEN).compute_signature(URL, DELIVERED)
    other = URL.replace(ids.show("msg", MESSAGE), ids.show("msg", MESSAGE + 1))
    assert Unsigned() == twilio(DELIVERED, url=other, signature=signature)


@given(
    st.dictionaries(st.text("abcXYZ09", min_size=1, max_size=8), st.text(max_size=20), max_size=6),
    st.sampled_from(["", ":8443", ":443"]),
    st.sampled_from(["", "hooks/msg_1", "a/b?c=d&e=f", "?a=b", "/"]),
)
def test_our_judgement_is_that_of_twilios_own_validator(form, port, path):
    url = f"https://id.example.jp{port}/{path}"
    validator = RequestValidator(TOKEN)
    for signature in (validator.compute_signature(url, form), "AAAA"):
        expected = validator.validate(url, form, signature)
        assert expected is signing.is_from_twilio(TOKEN, url, form.items(), signature)


# --- webhooks ---


def webhook(payload, at=START, now=START, key=KEY, **headers):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = {**signing.sign(key, "evt_1", at, body), **headers}
    return callbacks.from_webhook((KEY,), signed, body, now)


BOUNCED = {
    "type": "message.bounced",
    "data": {"id": ids.show("msg", MESSAGE), "detail": "unknown subscriber"},
}


def test_our_signature_is_that_of_the_standards_example():
    """The vector of standardwebhooks.com's own libraries."""
    secret = signing.read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = START.fromtimestamp(1614265330, START.tzinfo)
    headers = signing.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == headers["webhook-signature"]


@pytest.mark.spec("D4")
def test_a_signed_webhook_is_a_report():
    assert Report(MESSAGE, "bounced", "unknown subscriber") == webhook(BOUNCED)


def test_while_a_key_is_changed_one_of_several_signatures_is_enough():
    body = json.dumps(BOUNCED).encode()
    good = signing.sign(KEY, "evt_1", START, body)["webhook-signature"]
    assert webhook(BOUNCED, **{"webhook-signature": f"v1,AAAA v2,x {good}"})


@pytest.mark.spec("D4")
@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"key": b"x" * 32}, id="another key"),
        pytest.param({"now": START + timedelta(minutes=5, seconds=1)}, id="old"),
        pytest.param({"now": START - timedelta(minutes=5, seconds=1)}, id="of the future"),
        pytest.param({"webhook-id": "evt_2"}, id="another id"),
        pytest.param({"webhook-id": ""}, id="no id"),
        pytest.param({"webhook-timestamp": "soon"}, id="no time"),
        pytest.param({"webhook-timestamp": "²"}, id="a digit that is none"),
        pytest.param({"webhook-signature": ""}, id="no signature"),
        pytest.param({"webhook-signature": "v1,\udc80"}, id="signs that no signature has"),
    ],
)
def test_a_webhook_that_is_not_signed_now_is_known_as_such(change):
    assert Unsigned() == webhook(BOUNCED, **change)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="no text"),
        pytest.param({"type": "message.read", "data": {"id": "msg_1"}}, id="another type"),
        pytest.param({"type": "message.bounced", "data": {"id": "acc_1"}}, id="no message"),
        pytest.param([], id="a list"),
    ],
)
def test_a_webhook_of_another_shape_is_none(payload):
    assert webhook(payload) is None


@pytest.mark.attack("027")
def test_a_detail_keeps_no_number_code_or_sign_that_is_not_shown():
    data = BOUNCED["data"] | {"detail": "to +81 90-1234-5678: 482913 拒否 \x1b[31m" + "a" * 500}
    report = webhook({"type": "message.bounced", "data": data})
    assert "1234" not in report.detail
    assert "482913" not in report.detail
    assert report.detail.replace("…", "").isascii()
    assert report.detail.replace("…", "").isprintable()
    assert len(report.detail) <= 60


# --- the timeline ---


@pytest.mark.spec("D4")
def test_a_report_stands_in_the_timeline_once(db):
    number = db.write("test", lambda work: delivery.post(work, letter(channel="sms", to="+81901")))
    told = [Report(number, "delivered", "delivered"), Report(number, "bounced", "late")]
    new = [
        db.write("t", lambda work, r=report: delivery.report(work, r)) for report in (*told, *told)
    ]
    assert [True, True, False, False] == new
    (sent,) = db.read(lambda work: delivery.recent(work, 1))
    assert [("queued", ""), ("delivered", "delivered"), ("bounced", "late")] == [
        (moment.state, moment.detail) for moment in sent.timeline
    ]


def test_a_report_of_no_message_is_not_kept(db):
    assert not db.write("t", lambda work: delivery.report(work, Report(5, "delivered", "")))


def test_a_gateway_that_never_stops_reporting_does_not_fill_the_store(db):
    number = db.write("test", lambda work: delivery.post(work, letter(channel="sms", to="+81901")))
    new = [
        db.write(
            "t", lambda work, n=count: delivery.report(work, Report(number, "bounced", str(n)))
        )
        for count in range(60)
    ]
    assert 40 == sum(new)


def test_a_form_of_thousands_of_fields_is_not_even_verified():
    assert Unsigned() == twilio({f"f{number}": "1" for number in range(61)})

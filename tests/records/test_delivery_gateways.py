"""Gateways over real sockets: what is posted, what answers mean, and that none holds a hand."""

import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from twilio.rest import Client

from sekisho.ground.clock import wait_clock
from sekisho.records.delivery import signing
from sekisho.records.delivery.providers import gateways
from sekisho.records.delivery.providers.twilio import Twilio
from sekisho.records.delivery.providers.webhook import Webhook
from sekisho.records.delivery.rules import Accepted, Deferred, Draft, Rejected
from tests.support.gateways import dead_url, running
from tests.support.material import START

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
TO = "+819012345678"
SHORT = timedelta(seconds=0.3)


def draft(**changed):
    fields = {
        "id": "msg_1",
        "kind": "sign_in",
        "channel": "sms",
        "sender": "",
        "to": TO,
        "subject": "",
        "text": "482913 は確認コード & more\n@id.example.jp #482913",
        "html": "",
        "raw": b"<Response><Say>4</Say></Response>",
        "code": "482913",
        "label": "K7",
        "at": START,
        "language": "ja",
    }
    return Draft(**(fields | changed))


@pytest.fixture
def fake():
    with running() as gateway:
        yield gateway


@pytest.fixture
def opened():
    """Opens gateways and hangs up at the end."""
    held = []

    def act(make, *args):
        held.append(make(*args))
        return held[-1]

    yield act
    for one in held:
        one.close()


@pytest.mark.spec("D1", "M2")
def test_an_sms_is_posted_as_twilios_own_client_posts_it(fake, opened):
    ours = opened(Twilio, fake.twilio_url(), "https://id.example.jp/hooks/twilio").send(draft())
    client = Client("AC0123", "t0ken")
    client.api.base_url = f"http://127.0.0.1:{fake.port}"
    client.messages.create(
        to=TO,
        from_="+15550100",
        body=draft().text,
        status_callback="https://id.example.jp/hooks/twilio/msg_1",
    )

    mine, theirs = fake.requests
    assert Accepted(f"g{fake.port}: 201 SM{1:032x}") == ours
    assert (theirs.path, theirs.form) == (mine.path, mine.form)
    assert theirs.headers["authorization"] == mine.headers["authorization"]


@pytest.mark.spec("D1", "M2")
def test_a_call_is_posted_as_twilios_own_client_posts_it(fake, opened):
    call = draft(channel="voice", to="+81312345678")
    opened(Twilio, fake.twilio_url()).send(call)
    client = Client("AC0123", "t0ken")
    client.api.base_url = f"http://127.0.0.1:{fake.port}"
    client.calls.create(to=call.to, from_="+15550100", twiml=call.raw.decode())

    mine, theirs = fake.requests
    assert (theirs.path, theirs.form) == (mine.path, mine.form)


@pytest.mark.spec("D1")
def test_a_webhook_is_signed_and_carries_the_message(fake, opened):
    assert isinstance(opened(Webhook, fake.webhook_url(SECRET)).send(draft()), Accepted)
    (request,) = fake.requests
    key = signing.read_secret(SECRET)
    assert signing.is_signed(key, request.headers, request.body, START)
    assert "msg_1" == request.headers["webhook-id"]
    told = json.loads(request.body)
    assert "message.send" == told["type"]
    assert (TO, "482913", draft().text) == tuple(told["data"][n] for n in ("to", "code", "text"))


@pytest.mark.attack("088")
def test_a_number_with_more_in_it_is_sent_to_nobody(fake, opened):
    outcome = opened(Twilio, fake.twilio_url()).send(draft(to=f"{TO}&To=+1900"))
    assert isinstance(outcome, Rejected)
    assert [] == fake.requests


@pytest.mark.attack("088")
def test_a_text_stays_one_field(fake, opened):
    opened(Twilio, fake.twilio_url()).send(draft(text="hello&To=+1900\r\nFrom: x"))
    assert {"To": TO, "From": "+15550100", "Body": "hello&To=+1900\r\nFrom: x"} == (
        fake.requests[0].form
    )


@pytest.mark.parametrize(
    ("status", "kind", "is_unsure"),
    [
        pytest.param(200, Accepted, None, id="200"),
        pytest.param(400, Rejected, None, id="400, no such number"),
        pytest.param(422, Rejected, None, id="422"),
        pytest.param(301, Deferred, False, id="301, not followed"),
        pytest.param(401, Deferred, False, id="401, our login"),
        pytest.param(404, Deferred, False, id="404, our URL"),
        pytest.param(429, Deferred, False, id="429"),
        pytest.param(500, Deferred, True, id="500, may have been taken"),
        pytest.param(502, Deferred, True, id="502"),
        pytest.param(503, Deferred, False, id="503, was not taken"),
    ],
)
def test_what_a_gateway_answers(status, kind, is_unsure, fake, opened):
    fake.status = status
    fake.headers = {"Location": f"http://127.0.0.1:{fake.port}/elsewhere"}
    outcome = opened(Twilio, fake.twilio_url()).send(draft())
    assert isinstance(outcome, kind)
    assert is_unsure is getattr(outcome, "is_unsure", None)
    assert 1 == len(fake.requests)


@pytest.mark.attack("027")
def test_a_timeline_never_holds_what_a_gateway_says_of_the_number(fake, opened):
    fake.status = 400
    fake.body = json.dumps({"code": 21211, "message": f"{TO} is not valid: 482913"}).encode()
    outcome = opened(Twilio, fake.twilio_url()).send(draft())
    assert Rejected(f"g{fake.port}: 400 error 21211") == outcome


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>", id="no JSON"),
        pytest.param(b'{"sid": 7}', id="another type"),
        pytest.param(b'{"sid": "\\u0000\\n+819012345678"}', id="signs that no id has"),
        pytest.param(b"\xff" * 200_000, id="over-long"),
    ],
)
def test_an_answer_that_cannot_be_read_is_taken_by_its_status(body, fake, opened):
    fake.body = body
    assert Accepted(f"g{fake.port}: 201") == opened(Twilio, fake.twilio_url()).send(draft())


def test_a_gateway_that_is_not_there_got_nothing(opened):
    outcome = opened(Twilio, dead_url()).send(draft())
    assert isinstance(outcome, Deferred)
    assert not outcome.is_unsure


@pytest.mark.attack("128")
@pytest.mark.parametrize(
    "behaviour",
    [pytest.param({"delay": 20.0}, id="silence"), pytest.param({"drip": 0.05}, id="a byte a time")],
)
def test_no_gateway_holds_a_hand_beyond_the_deadline(behaviour, opened):
    with running(**behaviour) as tarpit:
        provider = opened(Twilio, tarpit.twilio_url())
        begun = wait_clock()
        outcome = provider.send(draft(), SHORT)
        took = wait_clock() - begun
    assert outcome.is_unsure
    assert took < 2.0


def test_nothing_of_the_environment_leads_elsewhere(fake, opened, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(opened(Twilio, fake.twilio_url()).send(draft()), Accepted)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("smtp://h", "begins with twilio://", id="no gateway"),
        pytest.param("twilio://", "host is missing", id="no host"),
        pytest.param("twilio://h?from=+15550100", "account or token", id="no login"),
        pytest.param("twilio://a:b@h", "write from=", id="no sender"),
        pytest.param("twilio://a:b@h?from=0901", "write from=", id="no number"),
        pytest.param("twilio://a:b@h?form=+15550100", "no option is named form", id="a slip"),
        pytest.param("twilio://a:b@h?from=+15550100&tls=no", "this machine", id="no TLS abroad"),
        pytest.param("webhook://h?secret=abc", "whsec_", id="a bad secret"),
        pytest.param("webhook://h", "24 to 64 bytes", id="no secret"),
        pytest.param("twilio://a:b@h:x?from=+15550100", "no URL", id="a bad port"),
    ],
)
def test_a_gateway_that_cannot_be_used_is_refused_with_what_would_do(url, told):
    with pytest.raises(ValueError, match=told):
        gateways.open_gateways(url)


def test_the_keys_of_callbacks_come_from_the_same_urls(fake):
    keys = gateways.callback_keys(f"{fake.twilio_url()} {fake.webhook_url(SECRET)}")
    assert (("t0ken",), (b"k" * 32,)) == (keys.tokens, keys.secrets)
    assert "t0ken" not in repr(keys)


def test_a_notice_carries_no_code(fake, opened):
    opened(Webhook, fake.webhook_url(SECRET)).send(replace(draft(), code=None, label=None))
    assert json.loads(fake.requests[0].body)["data"]["code"] is None

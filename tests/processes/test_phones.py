"""Phones over a real service and a real gateway: added by API, told back by a signed callback."""

import json
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from tests.support import gateways, running
from tests.support.calling import Flow, ask, bearer
from tests.support.running import awaited, command

NUMBER, E164 = "090-1234-5678", "+819012345678"
ADD = {"kind": "phone", "address": NUMBER}


@pytest.fixture
def gateway():
    with gateways.running() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def served(request, tmp_path, mailbox, store_of, gateway):
    """A service with two gateways for texts, of which the first is dead, and one for calls."""
    mailbox.forget()
    env = {
        **mailbox.environment,
        **store_of(request.param),
        "SEKISHO_SIGN_UP": "open",
        "SEKISHO_RESEND_PAUSES_SECONDS": "[1, 60, 120, 300]",
        "SEKISHO_SMS_PROVIDERS": f"{gateways.dead_url()} {gateway.twilio_url()}",
        "SEKISHO_VOICE_PROVIDERS": gateway.twilio_url(),
    }
    with running.stopped_after(running.serve(tmp_path / "data", env=env)) as found:
        yield found
        assert [] == found.errors


def signed_in(served, mailbox, address):
    flow = ask(served.caller, address)
    answer = flow.answer(mailbox.code(address, flow.challenge["label"]))
    return bearer(answer)


def steps_up(served, mailbox, address, session):
    caller = served.caller.with_headers(**session)
    begun = caller.post(
        "/api/v1/flows", {"purpose": "step_up", "act": "contacts.add", "parameters": ADD}
    )
    assert 201 == begun.status, begun.text
    flow = Flow(caller, begun.json)
    asked = awaited(lambda: next((one for one in (flow.ask(),) if one.status == 201), None))
    answer = flow.answer(mailbox.code(address, asked.json["label"]))
    assert 200 == answer.status, answer.text


def messages(served, tmp_path):
    shown = command("message", "list", "--json", "--data", tmp_path / "data", env=served.env)
    return shown.json["data"]


def text_of(served, tmp_path):
    return next(one for one in messages(served, tmp_path) if one["channel"] == "sms")


@pytest.mark.spec("D1", "D3", "D4", "M2", "P3")
def test_a_text_takes_the_gateway_that_is_well_and_its_fate_comes_back(
    served, mailbox, gateway, tmp_path
):
    address = "asha@phones.example"
    session = signed_in(served, mailbox, address)
    steps_up(served, mailbox, address, session)
    added = served.caller.post("/api/v1/contacts", ADD, session)
    assert 201 == added.status, added.text

    (sent,) = awaited(lambda: list(gateway.requests))
    assert (E164, "/2010-04-01/Accounts/AC0123/Messages.json") == (sent.form["To"], sent.path)
    code = sent.form["Body"].rpartition("#")[2]
    confirm = f"/api/v1/contacts/{added.json['id']}/confirm"
    assert 200 == served.caller.post(confirm, {"code": code}, session).status

    form = {"MessageStatus": "delivered", "MessageSid": "SM1", "To": E164}
    callback = sent.form["StatusCallback"]
    signature = RequestValidator("t0ken").compute_signature(callback, form)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": signature,
    }
    path = callback.removeprefix(served.origin)
    awaited(lambda: text_of(served, tmp_path)["state"] == "handed_over")
    answer = served.caller.send("POST", path, urlencode(form).encode(), headers)
    assert 204 == answer.status
    timeline = text_of(served, tmp_path)["timeline"]
    told = [(moment["state"], moment["detail"]) for moment in timeline]
    assert ["queued", "handed_over", "delivered"] == [state for state, _ in told]
    assert f"g{gateway.port}" in told[1][1]
    assert E164 not in json.dumps(messages(served, tmp_path))
    assert E164 not in served.said

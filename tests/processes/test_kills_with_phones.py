"""Killed where the world tells of phones: what a carrier knows, what became of a text, who is gone.

Only the worker or a gateway's report comes by these steps. Each is died at just before its commit
and just after, on a real service between real gateways; then all is started again.
"""

import json
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from tests.support import gateways
from tests.support.calling import Flow, ask, bearer, begin
from tests.support.killing import LEASE_SECONDS, Service, lost
from tests.support.phones import Phone, base64url, point, private_key
from tests.support.running import awaited, command

NUMBER, E164 = "090-1234-5678", "+819012345678"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CHANGED = json.dumps({"changed_at": "2026-01-01T00:00:00Z", "line": "voip"}).encode()


class World:
    """Who the service speaks with."""

    def __init__(self, texts, carrier, push_service):
        self.texts, self.carrier, self.push_service = texts, carrier, push_service

    @property
    def env(self):
        look = f"webhook://127.0.0.1:{self.carrier.port}/look?tls=no&secret={SECRET}"
        return {
            "SEKISHO_SMS_PROVIDERS": self.texts.twilio_url(),
            "SEKISHO_PHONES_CARRIER": look,
            "SEKISHO_RESEND_PAUSES_SECONDS": "[1, 1, 1, 1]",
        }

    @property
    def subscription(self):
        return {
            "endpoint": f"http://127.0.0.1:{self.push_service.port}/1",
            "keys": {"p256dh": base64url(point(private_key(3))), "auth": base64url(b"a" * 16)},
        }


@pytest.fixture
def world():
    with (
        gateways.running() as texts,
        gateways.running(status=200, body=CHANGED) as carrier,
        gateways.running(status=410) as push_service,
    ):
        yield World(texts, carrier, push_service)


@pytest.fixture(params=["sqlite", "postgresql"])
def service(request, tmp_path, mailbox, store_of, world):
    found = Service(tmp_path / "data", {**store_of(request.param), **world.env}, mailbox)
    yield found
    assert [] == found.running.errors
    found.running.stop()


def dies_twice_by_itself(service, step):
    """It dies before and after a step of its worker, each time with the message in its hand."""
    service.is_gone()
    service.arm(f"{step}:after")
    service.start_to_die(later=LEASE_SECONDS)
    service.start_again(later=LEASE_SECONDS)


def steps_up(service, address, session, act, parameters):
    caller = service.caller.with_headers(**session)
    body = {"purpose": "step_up", "act": act, "parameters": parameters}
    flow = Flow(caller, caller.post("/api/v1/flows", body).json)
    awaited(lambda: flow.ask().status == 201)
    assert 200 == flow.answer(service.code(address, flow)).status


def shown(service, channel):
    """The messages of a channel as the operator sees them, newest first."""
    listed = command("message", "list", "--json", "--data", service.folder, env=service.env)
    return [one for one in listed.json["data"] if one["channel"] == channel]


def adds_a_number(service, world, address, session):
    """The carrier is asked before the text goes, which goes once."""
    body = {"kind": "phone", "address": NUMBER}
    steps_up(service, address, session, "contacts.add", body)
    service.arm("contacts.note_change:before")
    added = service.caller.post("/api/v1/contacts", body, session).json
    dies_twice_by_itself(service, "contacts.note_change")
    (sent,) = awaited(lambda: list(world.texts.requests))
    assert 3 == len(world.carrier.requests)
    code = sent.form["Body"].rpartition("#")[2]
    path = f"/api/v1/contacts/{added['id']}/confirm"
    assert 200 == service.caller.post(path, {"code": code}, session).status
    return sent


def hears_what_became_of_it(service, sent):
    """A gateway that got no answer tells again."""
    form = {"MessageStatus": "delivered", "MessageSid": "SM1", "To": E164}
    callback = sent.form["StatusCallback"]
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Twilio-Signature": RequestValidator("t0ken").compute_signature(callback, form),
    }

    def tells():
        path = callback.removeprefix(service.running.origin)
        return service.caller.send("POST", path, urlencode(form).encode(), headers)

    awaited(lambda: shown(service, "sms")[0]["state"] == "handed_over")
    for when in ("before", "after"):
        service.arm(f"delivery.report:{when}")
        lost(tells)
        service.is_gone()
        service.start_again()
    assert 204 == tells().status


def binds_a_phone(service, world, address, session):
    body = {"kind": "push", "name": "Pixel"}
    steps_up(service, address, session, "methods.add", body)
    begun = service.caller.post("/api/v1/methods", body, session).json
    phone = Phone(service.caller)
    assert 201 == phone.pairs(begun["secret"], world.subscription).status
    pairing = service.caller.get(f"/api/v1/methods/{begun['id']}/pairing", session).json
    assert 200 == phone.approves(pairing["number"]).status
    return phone


def asks_the_phone(service, address):
    flow = begin(service.caller, address)
    options = [one for one in flow.begun["options"] if one["kind"] == "push"]
    flow.begun["options"] = options
    assert 201 == flow.ask().status
    return flow


@pytest.mark.spec("D2", "D4", "M4")
@pytest.mark.attack("081", "121")
def test_killed_at_what_the_world_tells_it_loses_nothing_and_does_it_once(service, world, address):
    first = ask(service.caller, address)
    session = bearer(first.answer(service.code(address, first)))
    sent = adds_a_number(service, world, address, session)
    hears_what_became_of_it(service, sent)
    (text,) = shown(service, "sms")
    assert ["queued", "handed_over", "delivered"] == [one["state"] for one in text["timeline"]]
    assert 1 == len(world.texts.requests)

    phone = binds_a_phone(service, world, address, session)
    service.arm("push.forget:before")
    asks_the_phone(service, address)
    dies_twice_by_itself(service, "push.forget")
    awaited(lambda: shown(service, "push")[0]["state"] == "handed_over")
    assert 2 == len(world.push_service.requests)
    # What was forgotten was the address alone: the phone looks by itself, and may say a new one.
    assert 1 == len(phone.asks())
    # And the number that changed hands proves nothing by itself.
    body = {"purpose": "step_up", "act": "two_step.off", "parameters": {}}
    flow = service.caller.post("/api/v1/flows", body, session).json
    assert ["email_code", "push"] == [one["kind"] for one in flow["options"]]

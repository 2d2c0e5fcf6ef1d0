"""A number that lately changed its SIM: asked for before a code goes, and not enough by itself."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sekisho.doors import posting
from sekisho.ground.phones import Line, Phone
from sekisho.records import contacts, delivery
from sekisho.records.contacts import rules
from sekisho.records.delivery import sending, signing
from sekisho.records.delivery.carriers import Signals, WebhookLookup
from tests.support import gateways
from tests.support.letters import Outlet, letter, post_office
from tests.support.material import START

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PHONE = Phone("+819012345678", "JP", Line.MOBILE, "9.0.42")
DAY = timedelta(days=1)
CHANGED = datetime.fromisoformat("2026-03-04T05:05:00+00:00")


class Known:
    """A carrier that knows one thing of every number."""

    def __init__(self, signals):
        self.signals = signals
        self.asked = []

    def look(self, number, _now):
        self.asked.append(number)
        return self.signals

    def close(self):
        return


@pytest.fixture
def phone(db):
    """A phone that was proved, as the store has it now."""

    def propose(work):
        new = contacts.draft(work, 1, PHONE)
        contacts.propose(work, new, PHONE, [])
        return new.id

    number = db.write("test", propose)
    db.write("test", lambda work: contacts.verify(work, number))
    return lambda: db.read(lambda work: contacts.verified(work, 1))[0]


@pytest.mark.attack("081")
@pytest.mark.parametrize(
    ("changed", "is_voip", "expected"),
    [
        pytest.param(None, False, None, id="nothing known"),
        pytest.param(START - DAY, False, START + 6 * DAY, id="yesterday"),
        pytest.param(START - 7 * DAY, False, None, id="a week ago"),
        pytest.param(START - 7 * DAY + DAY / 2, False, START + DAY / 2, id="half a day less"),
        pytest.param(START + DAY, False, START + 7 * DAY, id="of the future: no longer than now"),
        pytest.param(None, True, START + 7 * DAY, id="VOIP"),
        pytest.param(START - 90 * DAY, True, START + 7 * DAY, id="VOIP for long"),
    ],
)
def test_until_when_a_number_is_in_doubt(changed, is_voip, expected):
    assert expected == rules.doubt(changed, START, is_voip=is_voip)


@pytest.mark.attack("081")
def test_a_code_to_a_number_that_changed_its_sim_is_not_enough_until_a_week_later(db, clock, phone):
    assert not contacts.is_doubted(phone(), START)
    carrier = Known(Signals(START - DAY))
    posting.look_up(db, carrier, PHONE.text)
    assert contacts.is_doubted(phone(), START)
    assert contacts.is_doubted(phone(), START + 6 * DAY - timedelta(seconds=1))
    assert not contacts.is_doubted(phone(), START + 6 * DAY)

    posting.look_up(db, Known(None), PHONE.text)  # no answer changes nothing
    assert contacts.is_doubted(phone(), START)
    posting.look_up(db, Known(Signals()), PHONE.text)  # the carrier takes it back
    assert not contacts.is_doubted(phone(), START)


@pytest.mark.attack("081")
def test_an_address_is_never_in_doubt_and_no_other_number_is(db, phone):
    posting.look_up(db, Known(Signals(START)), "+819012340000")
    assert not contacts.is_doubted(phone(), START)


@pytest.mark.attack("081")
@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        pytest.param(letter(channel="sms", to=PHONE.text), [PHONE.text], id="a text"),
        pytest.param(letter(channel="voice", to=PHONE.text), [PHONE.text], id="a call"),
        pytest.param(letter(), [], id="a mail"),
        pytest.param(letter(channel="sms", to=PHONE.text, is_decoy=True), [], id="a decoy"),
    ],
)
def test_a_carrier_is_asked_before_a_code_goes_to_a_phone(db, tmp_path, posted, expected):
    outlet, asked = Outlet(), []

    def before(number):
        asked.append((number, len(outlet.drafts)))

    db.write("test", lambda work: delivery.post(work, posted))
    sending.send_due(db, replace(post_office(tmp_path, outlet), before=before))
    assert [(number, 0) for number in expected] == asked


def test_a_look_up_that_fails_holds_back_no_code(db, tmp_path):
    def before(number):
        raise OSError(number)

    outlet = Outlet()
    db.write("test", lambda work: delivery.post(work, letter(channel="sms", to=PHONE.text)))
    sending.send_due(db, replace(post_office(tmp_path, outlet), before=before))
    assert [PHONE.text] == [draft.to for draft in outlet.drafts]


# --- the webhook ---


def looked_up(body, status=200):
    with gateways.running(status=status, body=body) as fake:
        lookup = WebhookLookup(fake.webhook_url(SECRET))
        found = lookup.look(PHONE.text, START)
        lookup.close()
    return found, fake.requests


def test_a_webhook_is_asked_with_a_signature():
    _, (request,) = looked_up(b"{}")
    assert signing.is_signed(signing.read_secret(SECRET), request.headers, request.body, START)
    question = json.loads(request.body)
    assert ("number.lookup", {"to": PHONE.text}) == (question["type"], question["data"])


@pytest.mark.attack("081")
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(b"{}", Signals(), id="nothing known"),
        pytest.param(b'{"changed_at": null, "line": "mobile"}', Signals(), id="nothing changed"),
        pytest.param(b'{"changed_at": "2026-03-04T05:05:00Z"}', Signals(CHANGED), id="changed"),
        pytest.param(b'{"line": "voip"}', Signals(is_voip=True), id="VOIP"),
        pytest.param(b'{"changed_at": "2026-03-04T05:05:00"}', None, id="no zone"),
        pytest.param(b'{"changed_at": "soon"}', None, id="no instant"),
        pytest.param(b"[]", None, id="a list"),
        pytest.param(b"\xff", None, id="no text"),
    ],
)
def test_what_a_webhook_says_is_read_or_left(body, expected):
    found, _ = looked_up(body)
    assert expected == found


@pytest.mark.parametrize("status", [204, 404, 500])
def test_a_webhook_that_does_not_answer_says_nothing(status):
    assert None is looked_up(b'{"line": "voip"}', status)[0]


@pytest.mark.parametrize(
    "url", ["twilio://A:b@x.example?from=+15550100", "webhook://x.example/y?secret=short", "x"]
)
def test_what_is_no_webhook_is_refused(url):
    with pytest.raises(ValueError, match=r"webhook://|secret"):
        WebhookLookup(url)

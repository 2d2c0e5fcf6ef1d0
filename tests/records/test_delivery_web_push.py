"""Web Push against foreign judges: http-ece opens what we seal, py-vapid believes who we are."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta

import http_ece
import pytest
from py_vapid import Vapid02

from sekisho.ground import outside
from sekisho.records.delivery.providers import web_push_sealing as sealing
from sekisho.records.delivery.providers.web_push import WebPush
from sekisho.records.delivery.providers.web_push_sealing import Address, Means
from sekisho.records.delivery.rules import Accepted, Deferred, Draft
from tests.support import gateways
from tests.support.material import START, MovedClock, SeededChance, draw_keys
from tests.support.phones import base64url, point, private_key

pytestmark = pytest.mark.spec("D1")

BROWSER = private_key(5)
AUTH = b"a" * 16
SENDER = sealing.sender(draw_keys(), "mailto:no-reply@example.com")
NOTE = b'{"title":"Example","text":"Is it you?","ask":"chl_0000000000001"}'


def opened(body):
    """What the browser of the phone reads."""
    plain = http_ece.decrypt(body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
    return plain.rstrip(b"\x00")


def octets(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def draft(raw=NOTE):
    return Draft(
        id="msg_0000000000001",
        kind="push_ask",
        channel="push",
        sender="",
        to="asha@example.org",
        subject="Example",
        text="Is it you?",
        html="",
        raw=raw,
        code=None,
        label=None,
        at=START,
    )


class Known:
    """Phones that a test knows."""

    def __init__(self, *endpoints):
        self.addresses = [
            Address(number, endpoint, point(BROWSER), AUTH, b"")
            for number, endpoint in enumerate(endpoints, 1)
        ]
        self.forgotten = []

    def of(self, _draft):
        return self.addresses

    def gone(self, address):
        self.forgotten.append(address.number)


@pytest.fixture
def sends():
    """Send a message to these endpoints."""
    made = []

    def send(*endpoints, loopback=True):
        phones = Known(*endpoints)
        means = Means(SENDER, SeededChance(), MovedClock(), loopback)
        provider = WebPush(phones, means)
        made.append(provider)
        return provider.send(draft()), phones

    yield send
    for provider in made:
        provider.close()


def endpoint_of(service):
    return f"http://127.0.0.1:{service.port}/push/abc"


def test_http_ece_opens_what_was_sealed():
    body = sealing.seal(NOTE, point(BROWSER), AUTH, SeededChance())
    assert NOTE == opened(body)


def test_the_length_of_what_is_sealed_tells_nothing():
    lengths = {
        len(sealing.seal(b"x" * size, point(BROWSER), AUTH, SeededChance())) for size in (1, 900)
    }
    assert 1 == len(lengths)


def test_two_sealings_have_nothing_alike():
    chance = SeededChance()
    first, second = (sealing.seal(NOTE, point(BROWSER), AUTH, chance) for _ in range(2))
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]  # the key of the moment


@pytest.mark.parametrize(
    ("plain", "key", "why"),
    [
        pytest.param(b"x" * 1024, point(BROWSER), "too long", id="too long"),
        pytest.param(NOTE, b"\x04" + bytes(64), "Invalid EC key", id="no point of the curve"),
    ],
)
def test_what_cannot_be_sealed_is_refused(plain, key, why):
    with pytest.raises(ValueError, match=why):
        sealing.seal(plain, key, AUTH, SeededChance())


def test_py_vapid_believes_who_we_are():
    header = sealing.authorization(SENDER, "https://push.example.net", START)
    assert Vapid02.verify(header)


def test_what_a_push_service_is_told_of_us():
    header = sealing.authorization(SENDER, "https://push.example.net", START)
    claims = json.loads(octets(header.partition("t=")[2].partition(",")[0].split(".")[1]))
    assert "https://push.example.net" == claims["aud"]
    assert "mailto:no-reply@example.com" == claims["sub"]
    assert claims["exp"] <= (START + timedelta(hours=24)).timestamp()
    assert base64url(SENDER.public_key) == header.partition("k=")[2]


def test_every_node_has_the_same_key_and_another_root_another():
    assert SENDER.public_key == sealing.sender(draw_keys(), "").public_key
    assert SENDER.public_key != sealing.sender(draw_keys(8), "").public_key


def test_a_phone_reads_the_note_and_nothing_more(sends):
    with gateways.running(status=201) as service:
        outcome, _ = sends(endpoint_of(service))
        request = service.requests[0]
    assert Accepted("told 1 of 1; who was not told looks by itself") == outcome
    assert json.loads(NOTE) == json.loads(opened(request.body))
    assert ("aes128gcm", "high", "300") == tuple(
        request.headers[name] for name in ("content-encoding", "urgency", "ttl")
    )
    assert "0000000000001" == request.headers["topic"]
    assert Vapid02.verify(request.headers["authorization"])


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_over_is_forgotten(sends, status):
    with gateways.running(status=status) as service:
        outcome, phones = sends(endpoint_of(service))
    assert [1] == phones.forgotten
    assert isinstance(outcome, Accepted)  # the phone's page looks by itself


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_push_service_in_trouble_is_tried_again(sends, status):
    with gateways.running(status=status) as service:
        outcome, phones = sends(endpoint_of(service))
    assert isinstance(outcome, Deferred)
    assert [] == phones.forgotten


def test_one_phone_that_was_told_is_enough(sends):
    with gateways.running(status=503) as sick, gateways.running(status=201) as well:
        outcome, _ = sends(endpoint_of(sick), endpoint_of(well))
    assert isinstance(outcome, Accepted)


def test_no_phone_to_tell_is_no_failure(sends):
    assert isinstance(sends()[0], Accepted)


def test_a_redirect_is_not_followed(sends):
    with gateways.running(status=201) as inside:
        headers = {"Location": endpoint_of(inside)}
        with gateways.running(status=307, headers=headers) as service:
            sends(endpoint_of(service))
        assert [] == inside.requests


@pytest.mark.attack("105")
@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.1/x",
        "https://192.168.1.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/x",
        "https://[64:ff9b::a00:1]/x",
        "https://[2002:a00:1::]/x",
        "https://[fd00::1]/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "https://127.1/x",
        "https://localhost/x",
        "https://intranet/x",
        "http://push.example.net/x",
        "https://user:pass@push.example.net/x",
        "https://push.example.net/x#y",
        "https://push.example.net:99999/x",
        "https://",
        "ftp://push.example.net/x",
        "https://push.example.net/" + "x" * 2000,
        "https://push.example.net/\r\nX: y",
        "https://push.example.net\\@10.0.0.1/",
    ],
)
def test_an_endpoint_inside_is_never_called(sends, endpoint):
    assert outside.read_url(endpoint, loopback=False) is None
    outcome, phones = sends(endpoint, loopback=False)
    assert [1] == phones.forgotten
    assert isinstance(outcome, Accepted)


@pytest.mark.attack("105")
@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1"])
def test_a_name_that_leads_inside_is_not_connected_to(monkeypatch, sends, address):
    monkeypatch.setattr(
        outside.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (address, 443))]
    )
    outcome, phones = sends("https://push.example.net/x", loopback=False)
    assert Deferred("no connection: not a public address") == outcome
    assert [] == phones.forgotten


def test_one_address_inside_spoils_a_name(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(outside.socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(outside.NotPublic):
        outside.address_of("push.example.net", 443, loopback=False)


def test_a_public_name_is_connected_to_at_what_was_found(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(outside.socket, "getaddrinfo", lambda *_, **__: found)
    assert "93.184.216.34" == outside.address_of("push.example.net", 443, loopback=False)
    place = outside.read_url("https://push.example.net:443/x", loopback=False)
    assert "https://push.example.net" == place.origin

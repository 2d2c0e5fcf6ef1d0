"""The guard of tests/conftest.py: it must refuse, or every other test's quiet proves nothing."""

import socket

import pytest

from tests.support import network


@pytest.fixture
def _expects_refusals():
    yield
    network.REFUSED.clear()


@pytest.mark.usefixtures("_expects_refusals")
@pytest.mark.parametrize("host", ["192.0.2.1", "203.0.113.9", "sekisho.example"])
def test_reaching_for_another_machine_is_refused_and_noted(host):
    with pytest.raises(network.OutsideNetwork):
        socket.create_connection((host, 80), timeout=0.01)
    assert [host] == network.REFUSED


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_may_be_reached(host):
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection((host, listener.getsockname()[1]), timeout=5) as connection,
    ):
        assert connection.getpeername()[0] == "127.0.0.1"

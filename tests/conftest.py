"""Holds for every test: chance is repeatable, and nothing leaves this machine."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

from tests.support import network

network.install()

# The same examples on every machine, so that a red run is red everywhere;
# `SEKISHO_TEST_CHANCE=free` looks further.
# No deadline: a busy machine is no bug.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.register_profile("free", deadline=None, max_examples=1_000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("SEKISHO_TEST_CHANCE", "repeatable"))


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    """Fail a test that reached for the network, also where the code under test swallowed it."""
    network.REFUSED.clear()
    yield
    assert network.REFUSED == []

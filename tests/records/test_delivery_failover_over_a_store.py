"""The failover campaign, small: an outbox, real gateways on loopback, one of them dead or dying."""

import pytest

from tests.campaigns import failover


@pytest.mark.spec("D3")
def test_codes_arrive_once_while_the_first_gateway_is_dead_and_the_second_slow():
    assert 0 == failover.dead_then_slow(60, 0.1)


@pytest.mark.spec("D3")
def test_codes_arrive_once_while_a_gateway_is_killed_and_another_says_nothing():
    assert 0 == failover.killed_under_way(60)

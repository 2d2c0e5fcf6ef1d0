"""Who computes without the interpreter is let off the one processor that a process keeps to."""

import os
import sys
import threading

import pytest

from sekisho.ground.roaming import Roaming

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux moves threads")


@pytest.fixture
def allowed():
    return frozenset(os.sched_getaffinity(0))


def in_thread(act):
    """What `act` gives in a thread of its own: its processors end with it."""
    found = []
    thread = threading.Thread(target=lambda: found.append(act()))
    thread.start()
    thread.join(30)
    return found[0]


def here():
    return frozenset(os.sched_getaffinity(0))


def test_a_roaming_thread_may_compute_on_every_processor(allowed):
    roaming = Roaming()
    roaming.settle(allowed)

    def kept_then_roams():
        roaming.keep(threading.get_native_id(), min(allowed))
        return here(), roaming.roam(here)

    assert (frozenset((min(allowed),)), allowed) == in_thread(kept_then_roams)


def test_a_roaming_thread_is_not_moved_and_one_that_came_back_is(allowed):
    roaming = Roaming()
    roaming.settle(allowed)

    def is_moved():
        roaming.keep(threading.get_native_id(), min(allowed))
        return here()

    assert (allowed, frozenset((min(allowed),))) == in_thread(
        lambda: (roaming.roam(is_moved), is_moved())
    )


def test_a_process_that_keeps_to_no_processor_lets_nobody_off(allowed):
    assert allowed == in_thread(lambda: Roaming().roam(here))


def test_a_thread_that_ended_is_nobody_to_move():
    gone = in_thread(threading.get_native_id)
    Roaming().keep(gone, 0)
    assert here() == frozenset(os.sched_getaffinity(0))


def test_what_roams_is_counted_apart_and_comes_back_when_it_fails(allowed):
    roaming = Roaming()
    roaming.settle(allowed)

    def fails():
        sum(range(200_000))
        raise KeyError

    with pytest.raises(KeyError):
        roaming.roam(fails)
    assert roaming.spent() > 0
    assert frozenset((min(allowed),)) == in_thread(
        lambda: (roaming.keep(threading.get_native_id(), min(allowed)), here())[1]
    )

"""Tickets: sealed by this service for one flow, and opened by nobody who changed a sign of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.records import flows
from sekisho.records.flows import Purpose, Ticket
from tests.support.material import START, SeededChance, draw_keys

KEYS = draw_keys()
TICKET = Ticket(
    flow=3, purpose=Purpose.SIGN_IN, opened_at=START, language="ja", zone="UTC", name="花@b.example"
)
SECRET = flows.seal_ticket(TICKET, KEYS, SeededChance())


@pytest.mark.spec("C5")
def test_a_ticket_opens_as_it_was_sealed():
    assert TICKET == flows.open_ticket(SECRET, KEYS)


@pytest.mark.spec("C5")
@given(st.integers(0, len(SECRET) - 1), st.sampled_from("ABab01_-~é"))
def test_a_changed_ticket_opens_for_nobody(place, sign):
    changed = SECRET[:place] + sign + SECRET[place + 1 :]
    opened = flows.open_ticket(changed, KEYS)
    assert opened is None or opened == TICKET  # the last sign holds bits that count for nothing


@given(st.text(max_size=1300))
def test_no_text_is_a_ticket(text):
    assert None is flows.open_ticket(text, KEYS)


@pytest.mark.parametrize("secret", ["", "A", "=" * 40, SECRET + SECRET, "A" * 5000, SECRET[:-10]])
def test_what_is_no_ticket_opens_for_nobody(secret):
    assert None is flows.open_ticket(secret, KEYS)


def test_another_key_or_epoch_opens_no_ticket():
    assert None is flows.open_ticket(SECRET, draw_keys(8))


def test_an_option_is_of_one_flow_and_one_place():
    ids = {flows.option_id(flow, place, KEYS) for flow in (1, 2) for place in (0, 1)}
    assert 4 == len(ids)
    assert flows.option_id(1, 0, KEYS) == flows.option_id(1, 0, KEYS)

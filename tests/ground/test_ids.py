"""Ids: they sort by time, are shown and read back, and are refused in every other form."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.ground import ids

NUMBERS = st.integers(0, (1 << 63) - 1)
MOMENTS = st.datetimes(datetime(2024, 1, 2), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds must be naive


@given(NUMBERS)
def test_an_id_is_read_as_it_was_shown(number):
    assert number == ids.read("acc", ids.show("acc", number))


@given(MOMENTS, st.integers(0, 1 << 24), st.integers(0, 1 << 24))
def test_ids_sort_by_time_to_the_millisecond(at, drawn, other):
    earlier, later = ids.made(at, drawn), ids.made(at + timedelta(milliseconds=1), other)
    assert earlier < later
    assert abs(ids.drawn_at(earlier) - at) <= timedelta(milliseconds=1)
    assert ids.floor(at) <= earlier < ids.floor(at + timedelta(milliseconds=1))
    assert 0 <= later < 1 << 63


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acc",
        "acc_",
        "acc_0k8rz2m4v7q1",
        "acc_0k8rz2m4v7q1cc",
        "ses_0k8rz2m4v7q1c",
        "acc_0K8RZ2M4V7Q1C",
        "acc_0k8rz2m4v7q1u",
        "acc_zzzzzzzzzzzzz",
        "acc_0k8rz2m4v7q1\n",
        " acc_0k8rz2m4v7q1c",
        "acc_0k8rz2m4v7q1٣",
    ],
)
def test_what_is_no_id_is_none(text):
    assert None is ids.read("acc", text)


@given(st.text(max_size=40))
def test_reading_never_fails(text):
    ids.read("acc", text)
    ids.read("acc", f"acc_{text}")


def test_one_text_is_one_id():
    """No second spelling of an id, as look-alike letters or case would make one."""
    shown = ids.show("acc", 123456789)
    assert None is ids.read("acc", shown.upper())
    assert None is ids.read("acc", shown.replace("0", "o"))

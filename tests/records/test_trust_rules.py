"""Trust as values: what a presented token is worth, and what a browser keeps of several."""

from datetime import timedelta

import pytest

from sekisho.records.sessions import rules as tokens
from sekisho.records.trust import rules
from sekisho.records.trust.rules import Kept, Standing
from tests.support.material import START

pytestmark = [pytest.mark.spec("S2"), pytest.mark.attack("108")]
MARK = "Chrome|Windows"
KEPT = Kept(
    id=5,
    account=1,
    device=7,
    mac=b"m",
    mark=MARK,
    trusted_at=START,
    last_used_at=START,
    ends_at=START + timedelta(days=30),
)


def token(number, fill=b"a"):
    return tokens.write("trd", number, fill * 32)


@pytest.mark.parametrize(
    ("days", "is_newest", "device", "mark", "expected"),
    [
        pytest.param(0, True, 7, MARK, Standing.TRUSTED, id="its own browser"),
        pytest.param(29.99, True, 7, MARK, Standing.TRUSTED, id="the last minute"),
        pytest.param(30, True, 7, MARK, Standing.NOTHING, id="a month later"),
        pytest.param(0, True, None, MARK, Standing.NOTHING, id="the cookie alone"),
        pytest.param(0, True, 8, MARK, Standing.NOTHING, id="another browser"),
        pytest.param(0, True, 7, "Firefox|Linux", Standing.NOTHING, id="a jar that moved"),
        pytest.param(0, False, 7, MARK, Standing.REPLAYED, id="an old value"),
        pytest.param(0, False, None, "|", Standing.REPLAYED, id="an old value elsewhere"),
        pytest.param(30, False, 7, MARK, Standing.NOTHING, id="an old value of what is over"),
    ],
)
def test_a_token_is_worth_something_in_its_own_browser_in_its_time(
    days, is_newest, device, mark, expected
):
    now = START + timedelta(days=days)
    assert expected == rules.judge(KEPT, now, is_newest=is_newest, device=device, mark=mark)


def test_the_tokens_of_several_accounts_are_read_from_one_cookie():
    text = ".".join((token(1), "nonsense", token(2), token(1, b"b"), "trd_x_y", token(3)))
    assert [1, 2, 3] == [held.id for held in rules.presented(text)]
    assert token(1)[-43:] == rules.presented(text)[0].secret


@pytest.mark.parametrize("text", ["", ".", "é" * 60, "trd_", "ses_0000000000001_" + "A" * 43])
def test_what_is_no_token_presents_nothing(text):
    assert () == rules.presented(text)


def test_no_more_than_five_tokens_are_read_however_long_the_header():
    text = ".".join(token(number) for number in range(1, 200))
    assert [1, 2, 3, 4, 5] == [held.id for held in rules.presented(text)]


def test_a_new_token_takes_the_place_of_its_own_and_the_dead_leave():
    text = ".".join((token(1), token(2), token(3)))
    assert ".".join((token(2, b"b"), token(1))) == rules.joined(text, token(2, b"b"), {1, 2})


def test_a_browser_keeps_the_five_newest():
    text = ".".join(token(number) for number in range(1, 6))
    kept = rules.joined(text, token(9), set(range(1, 6)))
    assert [9, 1, 2, 3, 4] == [held.id for held in rules.presented(kept)]


def test_a_policy_of_no_days_offers_nothing():
    assert (False, True) == (rules.Policy(timedelta(0)).is_offered, rules.Policy().is_offered)

"""What speaks against a sign-in: each signal, and their sum."""

import pytest

from sekisho.risk import Facts, judge


@pytest.mark.spec("N1", "A1")
@pytest.mark.parametrize(
    ("is_familiar", "is_new_account", "reasons"),
    [
        pytest.param(False, False, ("new_device",), id="a stranger"),
        pytest.param(True, False, (), id="a familiar browser"),
        pytest.param(False, True, (), id="who just signed up"),
        pytest.param(True, True, (), id="both"),
    ],
)
def test_a_sign_in_is_judged(is_familiar, is_new_account, reasons):
    verdict = judge(Facts(is_familiar=is_familiar, is_new_account=is_new_account))
    assert reasons == verdict.reasons
    assert (verdict.score > 0) == bool(reasons)

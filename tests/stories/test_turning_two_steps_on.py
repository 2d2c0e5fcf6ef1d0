"""Two-step verification is turned on a step at a time, and its second step tried before (M10)."""

import pytest

from tests.support.signing import Equipped, SignIn

pytestmark = pytest.mark.spec("M10")
PAGE = "/account/security/two-step"
STEPS = ("A second way", "Try it", "A spare", "Turn it on")


@pytest.fixture
def newcomer(asha):
    asha.signs_in()
    return Equipped(asha)


def opens(newcomer):
    page = newcomer.person.client
    page.jar["sekisho_session"] = newcomer.person.token
    return page


def shows(newcomer):
    """The step that the page asks for."""
    text = opens(newcomer).get(PAGE).text
    return next(step for at, step in enumerate(STEPS) if f"Step {at + 1} of 4: {step}" in text)


def tries(newcomer):
    """Try the second step, and tell that it worked."""
    step_up = SignIn(newcomer.begins("two_step.try", {}), newcomer.person.device)
    assert ["totp"] == step_up.kinds()
    assert 200 == step_up.by_code("totp", newcomer.app_code()).status
    return newcomer.posts("/api/v1/checkup/confirm", {"what": "second_step"})


def test_the_page_asks_for_one_thing_after_the_other(newcomer):
    assert "A second way" == shows(newcomer)
    newcomer.has_app()
    assert "Try it" == shows(newcomer)
    assert 200 == tries(newcomer).status
    assert "second_step_tried" in [one["kind"] for one in newcomer.person.events()]
    assert "A spare" == shows(newcomer)
    newcomer.has_recovery_code()
    assert "Turn it on" == shows(newcomer)
    newcomer.turns_on()
    assert "/account/security/methods" == opens(newcomer).get(PAGE).header("Location")


def test_what_was_tried_before_it_is_on_is_asked_for_again_after_four_weeks(newcomer, clock):
    newcomer.has_app()
    tries(newcomer)
    newcomer.has_recovery_code()
    newcomer.turns_on()
    assert newcomer.person.gets("/api/v1/checkup").json["second_step_due_at"]


def test_another_way_is_spare_enough(newcomer):
    newcomer.has_app()
    tries(newcomer)
    assert "without a recovery code" not in opens(newcomer).get(PAGE).text
    newcomer.has_key()
    text = opens(newcomer).get(PAGE).text
    assert "Turn it on without a recovery code" in text
    turned = opens(newcomer).submit("/account/security/methods/two-step", {"on": "yes"}, at=PAGE)
    assert "/account/security/prove/" in turned.header("Location")

"""The way to turn two-step verification on, a step at a time (spec M10, screen 20).

Nothing of it is kept: the step follows from what the account has, so that it goes on wherever one
stopped. Turning it on and off is done by method_pages.
"""

from functools import partial

from sekisho.authenticators import recovery_code
from sekisho.journeys.security_info import checkup_pages, enrolling, method_home, two_step
from sekisho.journeys.security_info.means import Means
from sekisho.records.sessions import Session, guard
from sekisho.web.calls import Call
from sekisho.web.replies import Page, Redirect, Reply
from sekisho.web.routing import Route

PATH = method_home.WIZARD


def routes(means: Means) -> tuple[Route, ...]:
    """Return the ways in for people."""
    inside = partial(guard.for_pages, means.db, means.policy.sessions)
    return (Route("GET", PATH, inside(partial(show_step, means))),)


def show_step(means: Means, call: Call, session: Session) -> Reply:
    """Show what is to be done next, one thing at a time."""
    found = means.db.read(lambda work: enrolling.listed(work, session))
    if found.two_step:
        return Redirect(method_home.HOME)
    steps = two_step.steps(found.methods)
    number = next(at for at, (_, is_done) in enumerate(steps) if not is_done)
    context = {
        "signed_in": True,
        "path": PATH,
        "steps": [{"step": step.value, "is_done": is_done} for step, is_done in steps],
        "step": steps[number][0].value,
        "number": number + 1,
        "ways": [
            one for one in method_home.ways(means, call, found) if one["kind"] != recovery_code.KIND
        ],
        "was_tried": "tried" in call.query,
        "may_turn_on": two_step.can_turn_on(found.methods),
        "spare_path": f"{method_home.HOME}/add/{recovery_code.KIND}",
        "try_action": checkup_pages.TRY,
        "turn_path": f"{method_home.HOME}/two-step",
        "back_path": method_home.HOME,
    }
    return Page("security_info/two_step.html", context)

"""One road leads to a session: who adds another one must come here, and to the matrix of proofs.

That matrix is tests/stories/test_one_proof_opens_nothing.py.
"""

import ast
from typing import get_args, get_type_hints

import msgspec
import pytest

from tests.support import source

pytestmark = pytest.mark.attack("038", "039")
ROAD = {
    ("store", "add"): {"sekisho.records.sessions.actions"},
    ("sessions", "begin"): {"sekisho.journeys.sign_in.concluding"},
    ("concluding", "conclude"): {"sekisho.journeys.sign_in.answering"},
    ("answering", "answer"): {"sekisho.journeys.sign_in.pages", "sekisho.journeys.sign_in.road"},
}
# What opens something by itself, and all answers of the API that have it.
WORTH = {"session", "token", "secret", "recovery_code", "code", "trust"}
GIVES = {
    ("POST", "/api/v1/flows"): {"secret"},
    ("POST", "/api/v1/flows/{flow}/challenges/{challenge}/answer"): {
        "session",
        "token",
        "trust",
        "recovery_code",
    },
    ("POST", "/api/v1/methods"): {"secret", "code"},
    ("POST", "/api/v1/push/phones"): {"token"},
}


def callers(feature, verb):
    """The modules that name a function of another one by its module, called or handed on."""
    return {
        module.name
        for module in source.modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr == verb
        and isinstance(node.value, ast.Name)
        and node.value.id == feature
    }


@pytest.mark.parametrize(("feature", "verb"), [one for one in ROAD if one[0] != "store"])
def test_every_step_of_the_road_is_taken_from_one_place(feature, verb):
    assert ROAD[feature, verb] == callers(feature, verb)


def test_no_one_but_sessions_writes_its_rows():
    writers = {
        module.name
        for module in source.modules()
        if "INSERT INTO session " in module.text or "insert into session " in module.text
    }
    assert {"sekisho.records.sessions.store"} == writers
    named = {name for name in callers("store", "add") if name.startswith("sekisho.records.sess")}
    assert ROAD["store", "add"] == named


def fields(shape):
    """The names of a shape's fields, and of the shapes in them."""
    if not (isinstance(shape, type) and issubclass(shape, msgspec.Struct)):
        return {name for one in get_args(shape) for name in fields(one)}
    hints = get_type_hints(shape)
    return set(hints) | {name for one in hints.values() for name in fields(one)}


def test_every_answer_that_opens_something_is_known(house):
    found = {
        (route.method, route.path): WORTH & set().union(*map(fields, route.answers.values()))
        for route in house.routes
        if route.answers
    }
    assert GIVES == {place: worth for place, worth in found.items() if worth}

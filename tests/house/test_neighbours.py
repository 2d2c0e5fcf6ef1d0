"""Across features one imports the package, never a module inside it (ARCHITECTURE section 3).

A package may hand out a module of its own by naming it in `__all__` (`authenticators.registered`:
the same verbs for another proof). Exceptions: doors and migrations gather from everywhere, faces
and their shapes use what another feature's face has ready for them (`sessions.guard`, the flows of
authenticators), and rules and signals import other features' rules only (a package would drag its
store in). `web` and `ground` are toolkits, not features.
"""

import importlib

import pytest

from tests.support import source

FLOORS_OF_FEATURES = {"journeys", "authenticators", "records"}
FACES = {
    "pages",
    "proving_pages",
    "method_pages",
    "device_pages",
    "phone_pages",
    "api",
    "method_api",
    "device_api",
    "reset_api",
    "reset_pages",
    "passkey_pages",
    "password_pages",
    "push_pages",
    "push_api",
    "removing_pages",
    "two_step_pages",
    "checkup_pages",
    "checkup_api",
    "reading",
    "shapes",
    "shown",
    "commands",
}
FOR_FACES = {
    "sekisho.records.sessions.guard",
    "sekisho.authenticators.flow_api",
    "sekisho.authenticators.prompts",
    "sekisho.authenticators.shapes",
}


def feature(name):
    """The feature of a module: a folder of a floor, or risk or authenticators itself."""
    match name.split("."):
        case ["sekisho", floor, room, *_] if f"{floor}.{room}" in rooms():
            return f"sekisho.{floor}.{room}"
        case ["sekisho", ("risk" | "authenticators") as floor, *_]:
            return f"sekisho.{floor}"
        case _:
            return None


def rooms():
    return {
        f"{floor}.{path.name}"
        for floor in FLOORS_OF_FEATURES
        for path in (source.PACKAGE / floor).glob("*")
        if path.is_dir()
    }


def is_allowed(importer, target):
    """Whether a module may import that module or package."""
    theirs = feature(target)
    if theirs is None or target == theirs or is_at_home(importer, theirs):
        return True
    if is_handed_out(theirs, target):
        return True
    if importer.startswith(("sekisho.doors", "sekisho.migrations")):
        return True
    last = importer.rpartition(".")[2]
    if last in FACES and target in FOR_FACES:
        return True
    return is_pure(importer) and target.endswith(".rules")


def is_at_home(importer, theirs):
    """In the feature or a room inside it: authenticators.code sees authenticators.rules."""
    return f"{importer}.".startswith(f"{theirs}.")


def is_handed_out(theirs, target):
    package, _, name = target.rpartition(".")
    return package == theirs and name in getattr(importlib.import_module(theirs), "__all__", ())


def is_pure(importer):
    return importer.endswith(".rules") or importer.startswith("sekisho.risk.signals.")


def test_features_meet_at_their_packages():
    crossing = [
        f"{module.at(imported.line)} {imported.target}"
        for module in source.modules()
        for imported in source.imports(module)
        if not is_allowed(module.name, imported.target)
    ]
    assert [] == crossing


@pytest.mark.parametrize(
    ("importer", "target", "allowed"),
    [
        pytest.param("sekisho.risk.actions", "sekisho.risk.rules", True, id="at home"),
        pytest.param("sekisho.doors.app", "sekisho.risk.store", True, id="doors gather"),
        pytest.param("sekisho.doors.app", "sekisho.risk", True, id="the package"),
        pytest.param("sekisho.web.cookies", "sekisho.ground.clock", True, id="a toolkit"),
        pytest.param(
            "sekisho.risk.rules", "sekisho.authenticators.rules", True, id="rules of rules"
        ),
        pytest.param(
            "sekisho.risk.actions", "sekisho.authenticators.rules", False, id="actions of rules"
        ),
        pytest.param(
            "sekisho.journeys.sign_in.api",
            "sekisho.authenticators.flow_api",
            True,
            id="a face of a face",
        ),
        pytest.param(
            "sekisho.journeys.sign_in.actions",
            "sekisho.authenticators.flow_api",
            False,
            id="actions of a face",
        ),
        pytest.param(
            "sekisho.risk.actions", "sekisho.authenticators.store", False, id="another's store"
        ),
        pytest.param(
            "sekisho.journeys.sign_in.actions",
            "sekisho.authenticators.registered",
            True,
            id="a module that its package hands out",
        ),
        pytest.param(
            "sekisho.risk.rules", "sekisho.authenticators.store", False, id="rules of a store"
        ),
        pytest.param(
            "sekisho.risk.signals.new_device",
            "sekisho.authenticators.rules",
            True,
            id="a signal of rules",
        ),
    ],
)
def test_the_rule_itself(importer, target, allowed):
    assert allowed is is_allowed(importer, target)

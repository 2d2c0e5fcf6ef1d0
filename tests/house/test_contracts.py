"""What the contracts in pyproject.toml name by hand, for want of a star, is complete."""

import tomllib

from tests.support import source

CONTRACTS = {
    contract["name"].partition(" ")[0]: contract
    for contract in tomllib.loads((source.ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "tool"
    ]["importlinter"]["contracts"]
}


def folders(room):
    """The packages of a room, as they are imported."""
    return {
        f"sekisho.{room.replace('/', '.')}.{path.parent.name}"
        for path in (source.PACKAGE / room).glob("*/__init__.py")
    }


def test_every_kind_of_authenticator_is_named():
    assert folders("authenticators") == set(CONTRACTS["4a"]["modules"])


def test_every_floor_is_named():
    named = " ".join(CONTRACTS["1"]["layers"])
    assert set() == {
        module.name
        for module in source.modules()
        if module.is_package and module.name.count(".") == 1 and module.name not in named
    }

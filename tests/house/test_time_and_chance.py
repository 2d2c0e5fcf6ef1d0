"""Time and chance have one door each, and the linter watches every name that would be another."""

import subprocess
import sys
import tomllib

import pytest

from tests.support import source

DOORS = {"sekisho.ground.clock", "sekisho.ground.chance"}
CHANCE = {"random", "secrets"}

OTHER_DOORS = {
    "datetime.now": "from datetime import datetime\ndatetime.now()",
    "datetime.utcnow by an alias": "import datetime as d\nd.datetime.utcnow()",
    "datetime.today": "from datetime import datetime as moment\nmoment.today()",
    "date.today": "from datetime import date\ndate.today()",
    "time.time": "import time\ntime.time()",
    "time.time by its own name": "from time import time\ntime()",
    "time.time_ns": "import time\ntime.time_ns()",
    "secrets": "import secrets",
    "random": "from random import choice",
    "uuid4": "import uuid\nuuid.uuid4()",
    "os.urandom": "from os import urandom\nurandom(16)",
    "make_msgid": "from email.utils import make_msgid\nmake_msgid()",
}


def test_chance_is_imported_by_its_door_alone():
    found = [
        module.at(imported.line)
        for module in source.modules()
        for imported in source.imports(module)
        if imported.target in CHANCE and module.name not in DOORS
    ]
    assert [] == found


def test_nothing_silences_the_linter_about_time_and_chance():
    found = [m.name for m in source.modules() if m.name not in DOORS and "TID251" in m.text]
    assert [] == found


def test_the_linter_excuses_the_two_doors_alone():
    settings = tomllib.loads((source.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    excused = settings["tool"]["ruff"]["lint"]["per-file-ignores"]
    in_the_product = {
        place for place, rules in excused.items() if "TID251" in rules and "src" in place
    }
    assert {"src/sekisho/ground/clock.py", "src/sekisho/ground/chance.py"} == in_the_product


@pytest.mark.parametrize("name", OTHER_DOORS)
def test_the_linter_refuses(name):
    checked = subprocess.run(
        [
            sys.executable, "-m", "ruff", "check", "--select=TID251", "--no-cache",
            "--stdin-filename=src/sekisho/journeys/some_feature/actions.py", "-",
        ],
        input=OTHER_DOORS[name],
        cwd=source.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert "TID251" in checked.stdout

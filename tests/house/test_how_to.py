"""The how-to pages are followed to the letter: what they name is all that a new member needs."""

import pytest

from tests.support import recipe
from tests.support.source import ROOT

PAGES = ("add-channel.md", "add-authenticator.md", "add-event.md", "add-signal.md")


@pytest.mark.parametrize("name", PAGES)
def test_a_toy_added_by_the_page_alone_keeps_every_promise(name, tmp_path):
    page = (ROOT / "docs" / "how-to" / name).read_text(encoding="utf-8")
    recipe.copy_project(tmp_path)

    for edit in recipe.edits(page):
        recipe.apply(edit, tmp_path)
    outcomes = [recipe.run(command, tmp_path) for command in recipe.commands(page)]

    assert any(outcome.command.startswith("pytest ") for outcome in outcomes)
    assert [] == [outcome for outcome in outcomes if outcome.code != 0]


PAGE = """
# How to add a colour

```python
# colours/green.py (new file)
NAME = "green"
```

```python
# colours/__init__.py (add after `from colours import red`)
from colours import green
```

```python
# colours/__init__.py (add to COLOURS)
    green,
```

```toml
# words.toml (add at the end)
green = "緑"
```

Then:

```console
$ uv run colours/check.py
1 passed
```
"""


@pytest.mark.parametrize(
    "registry",
    [
        pytest.param("COLOURS = (red,)\n", id="one line"),
        pytest.param("COLOURS = (\n    red,\n)\n", id="a line each"),
        pytest.param("COLOURS: tuple[object, ...] = ()\n", id="empty"),
        pytest.param("COLOURS = list((red,))\n", id="inside a call"),
        pytest.param("COLOURS = [red]  # 色\n", id="a comment behind"),
    ],
)
def test_the_recipe_reader_does_what_a_reader_would(registry, tmp_path):
    colours = tmp_path / "colours"
    colours.mkdir()
    (colours / "red.py").write_text('NAME = "red"\n', encoding="utf-8")
    (colours / "__init__.py").write_text(
        f"# 色\nfrom colours import red\n\n{registry}\nLAST = ()\n", encoding="utf-8"
    )
    (colours / "check.py").write_text(
        "from colours import COLOURS\nprint(COLOURS[-1].NAME)\n", encoding="utf-8"
    )
    (tmp_path / "words.toml").write_text('red = "赤"\n', encoding="utf-8")

    for edit in recipe.edits(PAGE):
        recipe.apply(edit, tmp_path)
    (command,) = recipe.commands(PAGE)

    assert recipe.Outcome("colours/check.py", 0, "green\n") == recipe.run(command, tmp_path)
    assert 'red = "赤"\ngreen = "緑"\n' == (tmp_path / "words.toml").read_text(encoding="utf-8")


def test_a_line_is_added_at_the_end_of_a_class(tmp_path):
    path = tmp_path / "events.py"
    path.write_text('class Kind:\n    A = "あ"\n\n\nLAST = ()\n', encoding="utf-8")

    recipe.apply(recipe.Edit("events.py", "add to Kind", '    B = "b"\n'), tmp_path)

    changed = 'class Kind:\n    A = "あ"\n    B = "b"\n\n\nLAST = ()\n'
    assert changed == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("what", ["add to NOTHING", "add after `no such line`", "stir well"])
def test_a_recipe_that_names_what_is_not_there_is_an_error(what, tmp_path):
    (tmp_path / "a.py").write_text("SOMETHING = ()\n", encoding="utf-8")
    with pytest.raises(LookupError):
        recipe.apply(recipe.Edit("a.py", what, "x\n"), tmp_path)

"""Names of STYLE rules 4 and 5: a module says what it holds, and a private name stays at home."""

import ast

from tests.support import source

SAY_NOTHING = {
    "utils", "util", "helpers", "helper", "common", "misc", "core",
    "manager", "service", "base", "impl", "data", "info",
}  # fmt: skip


def test_no_module_has_a_name_that_says_nothing():
    found = [m.at(1) for m in source.modules() if m.name.rpartition(".")[2] in SAY_NOTHING]
    assert [] == found


def test_nothing_is_imported_by_its_private_name():
    found = [
        module.at(imported.line)
        for module in every_module()
        for imported in source.imports(module)
        if is_private(imported.name) or any(map(is_private, imported.target.split(".")))
    ]
    assert [] == found


def is_private(name):
    return name is not None and name.startswith("_") and not name.startswith("__")


def every_module():
    """The product's modules and the tests': a test may not reach inside either."""
    yield from source.modules()
    for path in sorted((source.ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield source.Module(path.stem, path, text, ast.parse(text))

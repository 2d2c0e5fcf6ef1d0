"""Only records/flows makes a `Charged`: whoever holds one has paid for the comparison (spec C6)."""

import ast

from tests.support import source


def is_made_here(node):
    match node:
        case ast.Call(func=ast.Name(id="Charged") | ast.Attribute(attr="Charged")):
            return True
        case _:
            return False


def test_charged_is_made_in_flows_alone():
    makers = {
        module.name
        for module in source.modules()
        for node in ast.walk(module.tree)
        if is_made_here(node)
    }
    assert {name for name in makers if not name.startswith("sekisho.records.flows")} == set()


def test_flows_makes_it():
    """Else the test above would watch a name that nobody uses any more."""
    flows = [m for m in source.modules() if m.name.startswith("sekisho.records.flows")]
    assert any(is_made_here(node) for module in flows for node in ast.walk(module.tree))

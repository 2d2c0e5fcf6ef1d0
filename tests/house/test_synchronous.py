"""The product is synchronous throughout (ARCHITECTURE, "Speed is part of the shape")."""

import ast

from tests.support import source

ASYNC = (
    ast.AsyncFunctionDef,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Await,
)


def test_nothing_is_async():
    found = [
        module.at(node.lineno)
        for module in source.modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ASYNC)
    ]
    assert [] == found


def test_nothing_imports_asyncio():
    found = [
        module.at(imported.line)
        for module in source.modules()
        for imported in source.imports(module)
        if imported.target.partition(".")[0] in {"asyncio", "anyio", "trio"}
    ]
    assert [] == found

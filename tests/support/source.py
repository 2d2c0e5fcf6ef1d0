"""Reads the product's own source as syntax trees, for the house tests. Runs none of it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "sekisho"


@dataclass(frozen=True, slots=True)
class Module:
    """One file of Python; `name` is how it is imported (a package's `__init__` is the package)."""

    name: str
    path: Path
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @property
    def is_package(self) -> bool:
        """Whether it is the `__init__` of a folder."""
        return self.path.name == "__init__.py"

    def at(self, line: int) -> str:
        """Where a finding lies, as editors and terminals open it."""
        return f"{self.path.relative_to(ROOT)}:{line}"


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name: `target` is the module or package that the statement names or reaches."""

    line: int
    target: str
    name: str | None


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the product."""
    return tuple(read(path) for path in sorted(PACKAGE.rglob("*.py")))


def product() -> tuple[Module, ...]:
    """The modules written by hand in the house's style: all but the migrations."""
    return tuple(m for m in modules() if not m.name.startswith("sekisho.migrations."))


def read(path: Path) -> Module:
    """Parse one file of the source folder."""
    text = path.read_text(encoding="utf-8")
    parts = path.relative_to(SOURCE).with_suffix("").parts
    name = ".".join(parts).removesuffix(".__init__")
    return Module(name, path, text, ast.parse(text, filename=str(path)))


def imports(module: Module) -> Iterator[Import]:
    """Every import at any depth, one per name; `from a import b` reaches `a.b` where that is a module."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names):
                yield from (Import(node.lineno, alias.name, None) for alias in names)
            case ast.ImportFrom(source, names) if source:
                yield from (_imported(node.lineno, source, alias.name) for alias in names)
            case _:
                continue


def _imported(line: int, source: str, name: str) -> Import:
    reached = f"{source}.{name}"
    return Import(line, reached, None) if reached in _names() else Import(line, source, name)


@cache
def _names() -> frozenset[str]:
    return frozenset(module.name for module in modules())


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node

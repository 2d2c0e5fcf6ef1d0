"""Follows a how-to page to the letter in a copy of the project.

A fenced block whose first line is `# PATH (WHAT TO DO)` is an edit; WHAT TO DO is `new file`,
`add to NAME` (at the end of the tuple, table or class of that name), ``add after `LINE` `` or
`add at the end`. A line `$ uv run ...` of a `console` block is run in the copy and must succeed.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.source import ROOT

COPIED = ("src", "tests", "docs", "script", "pyproject.toml", "README.md")

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PLACE = re.compile(r"^(?:#|<!--|//) (\S+) \((.+)\)(?: -->)?$")
_AFTER = re.compile(r"add after `(.+)`")


@dataclass(frozen=True, slots=True)
class Edit:
    """One block of a page: the file, what to do there, and the lines."""

    path: str
    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command of the page printed, and how it ended."""

    command: str
    code: int
    printed: str


def copy_project(folder: Path) -> None:
    """Copy what a recipe may touch, without what tools leave behind."""
    for name in COPIED:
        place = ROOT / name
        if place.is_dir():
            shutil.copytree(
                place, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*")
            )
        elif place.exists():
            shutil.copy(place, folder / name)


def edits(page: str) -> Iterator[Edit]:
    """The edits of a page, in order."""
    for _, block in _BLOCK.findall(page):
        first, _, rest = block.partition("\n")
        if place := _PLACE.match(first):
            yield Edit(place[1], place[2], rest)


def commands(page: str) -> Iterator[str]:
    """The commands of a page that run in the project's environment, in order."""
    for language, block in _BLOCK.findall(page):
        if language == "console":
            yield from re.findall(r"^\$ uv run (.+)$", block, re.MULTILINE)


def apply(edit: Edit, folder: Path) -> None:
    """Do one edit in the copy; what the page says is not there is an error."""
    path = folder / edit.path
    if edit.what == "new file":
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(edit.text)
        return
    path.write_text(_changed(path.read_text(encoding="utf-8"), edit), encoding="utf-8")


def _changed(text: str, edit: Edit) -> str:
    if edit.what == "add at the end":
        return text + edit.text
    if after := _AFTER.fullmatch(edit.what):
        head, line, tail = text.partition(f"{after[1]}\n")
        if not line:
            raise LookupError(f"{edit.path} has no line {after[1]!r}")
        return head + line + edit.text + tail
    if edit.what.startswith("add to "):
        return _added(text, _value(text, edit.what.removeprefix("add to "), edit), edit.text)
    raise LookupError(f"{edit.path}: nobody knows how to {edit.what!r}")


def _added(text: str, value: ast.expr | ast.ClassDef, added: str) -> str:
    """The text with more before the closing bracket of a value, or after the last line of a class."""
    lines = text.encode().splitlines(keepends=True)
    last, column = value.end_lineno or 0, value.end_col_offset or 0  # never None after ast.parse
    end = sum(map(len, lines[: last - 1])) + column
    head, tail = text.encode()[:end].decode(), text.encode()[end:].decode()
    if isinstance(value, ast.ClassDef):
        return f"{head}\n{added.rstrip()}{tail}"
    body, bracket = head[:-1].rstrip(), head[-1]
    comma = "" if body.endswith(("(", "[", "{", ",")) else ","
    return f"{body}{comma}\n{added}{bracket}{tail}"


def _value(text: str, name: str, edit: Edit) -> ast.expr | ast.ClassDef:
    for node in ast.parse(text).body:
        match node:
            case ast.ClassDef(name=found) if found == name:
                return node
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return _container(value)
            case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if (
                found == name
            ):
                return _container(value)
            case _:
                continue
    raise LookupError(f"{edit.path} has no {name}")


def _container(value: ast.expr) -> ast.expr:
    """The brackets themselves, also inside a call: `MappingProxyType({...})`."""
    match value:
        case ast.Call(args=[inner]):
            return inner
        case _:
            return value


def run(command: str, folder: Path) -> Outcome:
    """Run a command of the page in the copy, with the copy's source first on the path."""
    program, *arguments = command.split()
    here = (
        [sys.executable, program] if "/" in program else [Path(sys.executable).with_name(program)]
    )
    ended = subprocess.run(
        [*here, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Outcome(command, ended.returncode, ended.stdout + ended.stderr)

"""The reference is the code's own word: every setting, command, refusal and event has its place."""

import subprocess
import sys

import click
import pytest

from sekisho.doors.commands import main
from sekisho.doors.settings import REFERENCE
from sekisho.ground.refusal import Reason
from sekisho.records.activity.events import KINDS
from tests.support import source

PAGES = source.ROOT / "docs" / "reference"


def test_the_pages_are_what_the_code_says():
    checked = subprocess.run(
        [sys.executable, "script/reference", "--check"],
        cwd=source.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "all pages are up to date\n") == (
        checked.returncode,
        checked.stdout + checked.stderr,
    )


@pytest.mark.parametrize("setting", REFERENCE, ids=lambda setting: setting.name)
def test_a_setting_is_documented(setting):
    assert f"| `{setting.name}` | `{setting.env}` |" in read("settings.md")
    assert setting.what


@pytest.mark.parametrize("reason", Reason)
def test_a_refusal_is_documented(reason):
    assert f"## {reason}\n\nStatus {reason.status}. {reason.sentence}\n" in read("refusals.md")
    assert reason.sentence


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_is_documented(kind):
    number, sentence = KINDS[kind]
    assert f"## {kind}\n\nNumber {number}. {sentence}\n" in read("events.md")
    assert sentence


def test_no_two_events_share_a_number():
    numbers = [number for number, _ in KINDS.values()]
    assert sorted(set(numbers)) == sorted(numbers)


def every_command(context):
    """Each command that can be run, as a person types it."""
    if not isinstance(context.command, click.Group):
        return [(context.command_path, context.command)]
    members = [
        click.Context(context.command.get_command(context, name), context, info_name=name)
        for name in context.command.list_commands(context)
    ]
    return [found for member in members for found in every_command(member)]


COMMANDS = every_command(click.Context(main, info_name="sekisho"))


@pytest.mark.parametrize(("typed", "command"), COMMANDS, ids=[typed for typed, _ in COMMANDS])
def test_a_command_is_documented(typed, command):
    assert f"## {typed}\n" in read("commands.md")
    assert command.help
    without_help = [
        option.name
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert [] == without_help


def read(page):
    return (PAGES / page).read_text(encoding="utf-8")

"""docs/reference/rows.md lists what the tests show, and the tests mark what exists."""

import subprocess
import sys

from tests.support import source


def test_the_page_of_rows_is_up_to_date_and_every_mark_names_a_known_id():
    checked = subprocess.run(
        [sys.executable, "script/rows", "--check"],
        cwd=source.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "rows.md is up to date\n") == (checked.returncode, checked.stdout + checked.stderr)

"""A serving process keeps to one processor, and what roams does not (decision 0014)."""

import os
import subprocess
import sys

import pytest

ROAMS = """
import os
from sekisho.doors import processors
from sekisho.ground import roaming

allowed = os.sched_getaffinity(0)
processors.settle()
here = len(os.sched_getaffinity(0))
away = roaming.PROCESS.roam(lambda: os.sched_getaffinity(0))
print(here, away == allowed)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps threads to processors")
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one processor only")
def test_a_settled_process_is_on_one_processor_and_what_roams_on_all():
    told = subprocess.run([sys.executable, "-c", ROAMS], capture_output=True, text=True, check=True)
    assert "1 True\n" == told.stdout

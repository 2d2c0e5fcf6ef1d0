"""`python -m tests.campaigns.model --steps 1000000`: the state machine of tests/models, for long.

Chance is free here, so every run looks elsewhere; `--seed` looks at the same again. A failure
prints the steps of its life, and the seed and round that it was met in. Stores lie in memory.
"""

import argparse
import os
import secrets
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "models" / "test_sign_in_machine.py"
MEMORY = Path("/dev/shm")  # a folder of the system, where there is one


def main() -> int:
    """Run the campaign and return pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200_000, help="requests to each store")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--round", type=int, default=0, help="the first one, of some ten thousand")
    parser.add_argument("--shrink", action="store_true", help="make a failure small: minutes more")
    wanted = parser.parse_args()
    os.environ["SEKISHO_MODEL_STEPS"] = str(wanted.steps)
    os.environ["SEKISHO_MODEL_SEED"] = str(wanted.seed)
    os.environ["SEKISHO_MODEL_ROUND"] = str(wanted.round)
    os.environ["SEKISHO_MODEL_SHRINK"] = "1" if wanted.shrink else ""
    if MEMORY.is_dir():
        tempfile.tempdir = str(MEMORY)
    return int(
        pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-k", "test_campaign", str(HERE)])
    )


if __name__ == "__main__":
    sys.exit(main())

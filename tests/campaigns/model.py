"""`python -m tests.campaigns.model --steps 200000`: the state machine of tests/models, for long.

Chance is free here: every run looks elsewhere, and prints how to repeat a failure.
"""

import argparse
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[1] / "models" / "test_sign_in_machine.py"


def main() -> int:
    """Run the campaign and return pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200_000, help="requests to each store")
    parser.add_argument("--shrink", action="store_true", help="make a failure small: minutes more")
    wanted = parser.parse_args()
    os.environ["SEKISHO_MODEL_STEPS"] = str(wanted.steps)
    os.environ["SEKISHO_MODEL_SHRINK"] = "1" if wanted.shrink else ""
    return int(
        pytest.main(["-q", "-s", "-p", "no:cacheprovider", "-k", "test_campaign", str(HERE)])
    )


if __name__ == "__main__":
    sys.exit(main())

"""Risk: what speaks against a sign-in, as findings with reasons that everybody may read."""

from sekisho.risk.rules import Facts, Finding, Verdict, judge

__all__ = ["Facts", "Finding", "Verdict", "judge"]

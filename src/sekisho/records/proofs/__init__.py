"""Proofs: what a step-up leaves, good for one act of one session, once, for five minutes (P8)."""

from sekisho.records.proofs.actions import LIFE, RESET, demand, digest, earn, find, spend
from sekisho.records.proofs.store import TABLES, sweep

__all__ = ["LIFE", "RESET", "TABLES", "demand", "digest", "earn", "find", "spend", "sweep"]

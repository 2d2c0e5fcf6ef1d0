"""Notices as their owner sees them: who is told of what, and what may be turned off (N2)."""

"""Help that needs no account: how the ways to prove who one is differ (spec M11)."""

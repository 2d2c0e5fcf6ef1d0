"""Recent activity: what happened to the account, for its owner, newest first (spec A1)."""

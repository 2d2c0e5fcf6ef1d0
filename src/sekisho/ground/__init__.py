"""Bare material: time, chance, keys, database, words and places. Knows no account."""

"""The schema's steps, numbered and forward only; shipped in the wheel, run by `sekisho migrate`."""

"""`python -m sekisho` is the command `sekisho`."""

from sekisho.doors.commands import main

main()

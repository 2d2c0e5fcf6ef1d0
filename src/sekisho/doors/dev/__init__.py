"""What only `sekisho dev` has: the inbox, the movable clock, demo people."""

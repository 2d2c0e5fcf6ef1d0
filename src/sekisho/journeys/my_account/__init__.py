"""The signed-in person's own pages: home, devices and sessions, ending them (spec S1)."""

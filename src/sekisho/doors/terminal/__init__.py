"""What the commands do; doors/commands.py says what they are called."""

"""What is remembered, and the verbs that write it."""

"""Rules, and the sessions that they make."""

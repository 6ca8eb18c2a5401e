"""What changes between two states of a calendar."""

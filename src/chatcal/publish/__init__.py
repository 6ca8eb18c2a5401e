"""What is built, served and compared."""

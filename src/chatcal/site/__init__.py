"""The pages that people subscribe from."""

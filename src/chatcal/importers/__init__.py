"""Calendars that were kept elsewhere, imported once, or followed every night."""

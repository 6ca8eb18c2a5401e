"""Calendars that communities keep as YAML or TOML: each entry becomes the event that its program writes."""

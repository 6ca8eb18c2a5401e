"""Calendars that were kept elsewhere, to schedule files as a maintainer would have written them.

Read by `ical`, `yaml2ical` and `yaml2ics`, made into chapters by `drafts`, written by `writing`, and held against what
they came from by `comparing`.
"""

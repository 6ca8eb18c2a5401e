"""chatcal: from schedule files to calendars that people subscribe to."""

"""What a million subscribers ask of a web host, on paper: from the octets of a feed and how often programs look.

How often is what others read in server logs (docs/feeds.md, "How soon programs look again"). Half of the subscribers
use Google, which asks 1.7 times a day and always takes the whole feed; three in ten Apple, which asks 24 times a day
and is told 23 times that nothing has changed; two in ten Outlook, which takes the whole feed 8 times a day.
"""

from dataclasses import dataclass

SUBSCRIBERS = 1_000_000
DAYS = 30
HEADERS = 500
"""Octets of the headers of an answer, about."""

_REQUESTS = 0.5 * 1.7 + 0.3 * 24 + 0.2 * 8
_WHOLE = 0.5 * 1.7 + 0.3 * 1 + 0.2 * 8
"""By one subscriber, in a day."""


@dataclass(frozen=True)
class Month:
    """What one feed costs its host in a month of a million subscribers."""

    million_requests: float
    gigabytes: float
    fit_pages: int
    """The subscribers that use up the 100 GB a month beyond which GitHub Pages may slow a site down."""


def month(octets: int) -> Month:
    """Return the cost of a feed of that size, sent as it is."""
    a_day = _WHOLE * octets + _REQUESTS * HEADERS
    gigabytes = SUBSCRIBERS * a_day * DAYS / 1e9
    return Month(SUBSCRIBERS * _REQUESTS * DAYS / 1e6, gigabytes, int(100e9 / (a_day * DAYS)))

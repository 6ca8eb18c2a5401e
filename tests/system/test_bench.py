"""What a run of the bench has left behind, and its arithmetic."""

import json

from bench import costs, tables


def test_the_page_shows_the_table_of_the_last_run() -> None:
    page = tables.PAGE.read_text("utf-8")
    assert tables.filled(page, json.loads(tables.RESULTS.read_text("utf-8"))) == page


def test_a_month_of_a_million_subscribers_is_what_each_asks_for() -> None:
    # 0.85 + 7.2 + 1.6 requests a day, of them 0.85 + 0.3 + 1.6 for the whole feed
    month = costs.month(40_000)
    assert round(month.million_requests, 1) == 289.5
    assert round(month.gigabytes) == round((2.75 * 40_000 + 9.65 * 500) * 30 * 1_000_000 / 1e9)
    assert month.fit_pages == 29_029

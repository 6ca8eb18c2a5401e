"""Compare what an address serves with what the schedules publish."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from chatcal import english
from chatcal.cli import options, output
from chatcal.cli.folder import find_root
from chatcal.cli.terminal import echo
from chatcal.publish.sources import read_folder, read_published
from chatcal.publish.verify import verify_site


@click.command()
@click.argument("address", type=options.ADDRESS, metavar="URL")
@click.option(
    "--wait",
    "minutes",
    type=click.IntRange(0, 120),
    default=12,
    show_default=True,
    help="Ask again for so many minutes while something is not right: caches keep a file for ten.",
)
@options.now_option
@click.pass_obj
def verify(folder: Path, *, address: str, minutes: int, now: datetime) -> None:
    """Compare what is published at URL with what these schedules publish.

    Every feed must be there, readable and the same byte for byte, and the site no older than three days. Exit codes,
    for a monitor: 0 all is right; 1 something differs, or the schedules have errors; 3 a feed is missing or cannot be
    read, or the site cannot be reached.
    """
    root = find_root(folder)
    sources = read_folder(root)
    result = verify_site(address, sources, read_published(root), now, minutes=minutes, tell=partial(echo, err=True))
    output.print_problems(result.problems, sources, "text")
    echo("".join(f"{finding.sentence}\n" for finding in result.findings), nl=False)
    if not result.problems and not result.findings:
        click.echo(f"{english.format_count(len(result.feeds), 'feed')} at {address} are what these schedules publish.")
    sys.exit(3 if any(finding.broken for finding in result.findings) else bool(result.findings or result.problems))

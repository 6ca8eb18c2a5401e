"""Compare what an address serves with what the schedules publish."""

import sys
from datetime import datetime
from pathlib import Path

import click

from chatcal import english
from chatcal.cli import options, output
from chatcal.cli.folder import find_root
from chatcal.publish.sources import read_folder, read_published


@click.command()
@click.argument("address", type=options.AddressType(), metavar="URL")
@click.option(
    "--wait",
    "minutes",
    type=click.IntRange(0, 120),
    default=12,
    show_default=True,
    help="For how many minutes to ask again while something is not right: caches keep a file for ten.",
)
@options.now_option
@click.pass_obj
def verify(folder: Path, *, address: str, minutes: int, now: datetime) -> None:
    """Compare what is published at URL with what these schedules publish.

    Every feed must be there, readable and the same byte for byte, and the site no older than three days. Exit codes,
    for a monitor: 0 all is right; 1 something is another than here, or the schedules have errors; 3 a feed is missing
    or cannot be read, or the site cannot be reached.
    """
    from chatcal.publish.verify import verify_site

    root = find_root(folder)
    sources = read_folder(root)
    found = verify_site(
        address, sources, read_published(root), now, minutes=minutes, tell=lambda said: click.echo(said, err=True)
    )
    output.print_problems(found.problems, sources, "text")
    click.echo("".join(f"{one.sentence}\n" for one in found.findings), nl=False)
    if not found.problems and not found.findings:
        click.echo(f"{english.format_count(len(found.feeds), 'feed')} at {address} are what these schedules publish.")
    sys.exit(3 if any(one.broken for one in found.findings) else bool(found.findings or found.problems))

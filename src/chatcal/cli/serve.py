"""Show the site on this machine alone."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.publish.preview import PREVIEW_HOST, Preview, make_server


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.pass_obj
def serve(folder: Path, port: int) -> None:
    """Show the site at http://127.0.0.1:8000/, to this machine alone, as a host would serve it.

    After a schedule has changed, the site is built again when a page is loaded. Nothing is written to feeds/ or _site/.
    A mistake shows in the page. Ctrl+C ends it.
    """
    root = find_root(folder)
    with (
        TemporaryDirectory(prefix="chatcal-") as site_folder,
        make_server(Preview(root, Path(site_folder), options.read_clock), port) as server,
    ):
        click.echo(f"The site is at http://{PREVIEW_HOST}:{server.server_port}/ until you press Ctrl+C.")
        with suppress(KeyboardInterrupt):
            server.serve_forever()

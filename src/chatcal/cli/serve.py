"""The site on this machine alone: serve."""

from contextlib import suppress
from pathlib import Path

import click

from chatcal.cli import options
from chatcal.cli.folder import find_root
from chatcal.publish.sources import find_sources_commit, read_folder, read_published


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.pass_obj
def serve(folder: Path, port: int) -> None:
    """Show the site at http://127.0.0.1:8000/, to this machine alone, as a host would serve it.

    It is built anew whenever a schedule has changed and somebody asks; nothing is written to feeds/ or _site/. A
    mistake shows in the page. Ctrl+C ends it.
    """
    from chatcal.publish import preview

    root = find_root(folder)

    def make() -> preview.SiteBuild:
        sources = read_folder(root)
        return preview.build_preview(
            sources, read_published(root), options.read_clock(), find_sources_commit(root, sources)
        )

    with preview.make_server(preview.Preview(lambda: preview.compute_stamp(root), make), port) as server:
        click.echo(f"The site is at http://{preview.PREVIEW_HOST}:{server.server_port}/ until you press Ctrl+C.")
        with suppress(KeyboardInterrupt):
            server.serve_forever()

"""The site on this machine alone: serve."""

from contextlib import suppress
from pathlib import Path

import click

from chatcal.cli import disk, machine


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.pass_obj
def serve(folder: Path, port: int) -> None:
    """Show the site at http://127.0.0.1:8000/, to this machine alone, as a host would serve it.

    It is built anew whenever a schedule has changed and somebody asks; nothing is written to feeds/ or _site/. A
    mistake shows in the page. Ctrl+C ends it.
    """
    from chatcal import serve

    root = disk.find_root(folder)

    def make() -> serve.SiteBuild:
        sources = disk.read_folder(root)
        return serve.build_preview(
            sources, disk.read_published(root), machine.read_clock(), disk.find_sources_commit(root, sources)
        )

    with serve.make_server(serve.Preview(lambda: serve.compute_stamp(root), make), port) as server:
        click.echo(f"The site is at http://{serve.PREVIEW_HOST}:{server.server_port}/ until you press Ctrl+C.")
        with suppress(KeyboardInterrupt):
            server.serve_forever()

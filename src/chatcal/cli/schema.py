"""Write the schemas for editors."""

from pathlib import Path

import click

from chatcal import english, files
from chatcal.cli.folder import find_root
from chatcal.schedule.json_schema import build_schema_files


@click.command(name="schema")
@click.pass_obj
def write_schema(folder: Path) -> None:
    """Write two JSON Schemas, with which an editor completes and checks schedules.

    An editor uses them if the first line of a file is `# yaml-language-server: $schema=schema.json`; in chatcal.yaml,
    `# yaml-language-server: $schema=chatcal.schema.json`.
    """
    root = find_root(folder)
    schemas = {root / path: content for path, content in build_schema_files().items()}
    with files.lock_folder(root):
        changed = files.replace_files(schemas)
    names = english.join_list([path.relative_to(root).as_posix() for path in schemas])
    click.echo(f"{names}; {len(changed)} of them changed.")

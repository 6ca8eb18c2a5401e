"""Write the schemas for editors."""

from pathlib import Path

import click

from chatcal import english
from chatcal.cli.folder import find_root


@click.command(name="schema")
@click.pass_obj
def write_schema(folder: Path) -> None:
    """Write what lets an editor complete schedules and mark mistakes: two files of JSON Schema.

    An editor takes them where the first line of a file is `# yaml-language-server: $schema=schema.json`; in
    chatcal.yaml, `# yaml-language-server: $schema=chatcal.schema.json`.
    """
    from chatcal import files
    from chatcal.schedule import json_schema

    root = find_root(folder)
    made = json_schema.build_schema_files()
    with files.lock_folder(root):
        changed = files.replace_files({root / path: octets for path, octets in made.items()})
    click.echo(f"{english.join_list([str(path) for path in made])}; {len(changed)} of them changed.")

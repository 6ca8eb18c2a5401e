"""`gh` of a hub in a folder (HUB): Pages, artifacts, labels and issues, as far as the workflows ask for them.

Whatever they do not ask for today is refused, so that a new question is not answered by chance.
"""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

HUB = Path(os.environ["HUB"])
ISSUES = HUB / "issues.json"

QUERIES: dict[str, Callable[[dict[str, Any]], str]] = {
    ".[].number": lambda one: str(one["number"]),
    r'.[] | "\(.number) \(.state) \(.title)"': lambda one: f"{one['number']} {one['state']} {one['title']}",
}


def main(words: list[str]) -> int:
    """Do what the words say; return the exit code that gh would have."""
    assert os.environ["GH_TOKEN"], "gh wants a token"
    match words:
        case ["api", "repos/lights/calendar/pages", "--jq", ".html_url"]:
            address = os.environ["HUB_PAGES"]
            print(address or "gh: Not Found (HTTP 404)", file=sys.stdout if address else sys.stderr)
            return 0 if address else 1
        case ["api", str(path), "--jq", ".permission"] if path.startswith("repos/lights/calendar/collaborators/"):
            sys.stdout.write(json.loads((HUB / "rights.json").read_text("utf-8"))[path.split("/")[4]])
            return 0
        case ["pr", "create", *options]:
            return open_pull(options)
        case ["run", "download", number, *options] if number == os.environ["GITHUB_RUN_ID"]:
            return download(options)
        case ["issue", verb, *options]:
            assert os.environ.get("GH_REPO") == "lights/calendar", "there is no checkout to tell the repository"
            return VERBS[verb](options)
        case ["label", "create", str(name), "--force", "--color", _, "--description", _]:
            (HUB / f"label-{name}").touch()
            return 0
    raise SystemExit(f"gh is not known to be asked: {words}")


def download(options: list[str]) -> int:
    """Copy artifacts: one by its name into a folder, or all of a pattern into folders of their names."""
    given = parsed(options, "name", "pattern", "dir")
    found = [one for one in sorted((HUB / "artifacts").iterdir()) if fnmatch(one.name, given.name or given.pattern)]
    for one in found:
        shutil.copytree(one, Path(given.dir) / ("" if given.name else one.name), dirs_exist_ok=True)
    return 0 if found else 1


def parsed(options: list[str], *names: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in names:
        parser.add_argument(f"--{name}")
    return parser.parse_args(options)


def read() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ISSUES.read_text("utf-8")) if ISSUES.exists() else []
    return found


def write(issues: list[dict[str, Any]]) -> int:
    ISSUES.write_text(json.dumps(issues, indent=2), "utf-8")
    return 0


def listed(options: list[str]) -> int:
    given = parsed(options, "label", "state", "json", "jq", "limit")
    fields = set(given.json.split(","))
    assert fields >= {name for name in ("number", "state", "title") if f".{name}" in given.jq}, "not asked for"
    found = [one for one in reversed(read()) if one["label"] == given.label]
    found = [one for one in found if given.state == "all" or one["state"] == given.state.upper()]
    for one in found[: int(given.limit or 30)]:
        sys.stdout.write(f"{QUERIES[given.jq](one)}\n")
    return 0


def create(options: list[str]) -> int:
    given = parsed(options, "title", "label", "body-file")
    assert (HUB / f"label-{given.label}").exists(), "gh refuses a label that there is not"
    body = Path(given.body_file).read_text("utf-8")
    issues = read()
    number = len(issues) + 1
    new = {"number": number, "state": "OPEN", "title": given.title, "label": given.label, "body": body, "comments": []}
    return write([*issues, new])


def edit(options: list[str]) -> int:
    given = parsed(options[1:], "title", "body-file", "remove-label")
    issues = read()
    one = issues[int(options[0]) - 1]
    if given.remove_label:
        one["label"] = ""
        return write(issues)
    one["title"] = given.title or one["title"]
    one["body"] = Path(given.body_file).read_text("utf-8")
    return write(issues)


def close(options: list[str]) -> int:
    issues = read()
    one = issues[int(options[0]) - 1]
    one["state"] = "CLOSED"
    one["comments"].append(parsed(options[1:], "comment").comment)
    return write(issues)


def comment(options: list[str]) -> int:
    issues = read()
    said = Path(parsed(options[1:], "body-file").body_file).read_text("utf-8")
    issues[int(options[0]) - 1]["comments"].append(said)
    return write(issues)


def open_pull(options: list[str]) -> int:
    """Open a pull request, where the repository's settings let workflows do so."""
    given = parsed(options, "base", "head", "title", "body-file")
    if (HUB / "no-pulls").exists():
        sys.stderr.write("GitHub Actions is not permitted to create or approve pull requests\n")
        return 1
    body = Path(given.body_file).read_text("utf-8")
    pull = {"base": given.base, "head": given.head, "title": given.title, "body": body}
    (HUB / "pull.json").write_text(json.dumps(pull), "utf-8")
    return 0


VERBS: dict[str, Callable[[list[str]], int]] = {
    "list": listed,
    "create": create,
    "edit": edit,
    "close": close,
    "comment": comment,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

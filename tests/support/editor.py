"""The YAML language server, which editors ask what a file may hold, asked as an editor asks it (LSP, over pipes)."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tests.pages import missing, tool

SETTINGS = {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}


@contextmanager
def editor(root: Path) -> Iterator["Editor"]:
    """Yield an editor in which a folder is open; a test without the server fails in CI and is skipped elsewhere."""
    server = tool("yaml-language-server/bin/yaml-language-server")
    node = shutil.which("node")
    if node is None:
        raise missing("node is not installed.")
    with subprocess.Popen([node, server, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin
        assert running.stdout
        yield Editor(root, running.stdin, running.stdout)
        running.kill()


class Editor:
    """What an editor sees of the files that are opened in it."""

    def __init__(self, root: Path, sent: IO[bytes], said: IO[bytes]) -> None:
        self._root, self._sent, self._said = root, sent, said
        self._asked = 0
        documented = {"completionItem": {"documentationFormat": ["markdown"]}}
        abilities = {"workspace": {"configuration": True}, "textDocument": {"completion": documented}}
        self._ask("initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": abilities})
        self._send({"method": "initialized", "params": {}})

    def open(self, path: str, text: str) -> list[tuple[int, str]]:
        """Open a file with a text that need not be on the disk; return what is underlined: line, from 1, and why."""
        document = {"uri": self._uri(path), "languageId": "yaml", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        while True:
            message = self._next()
            if (
                message.get("method") == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == document["uri"]
            ):
                found = [
                    (one["range"]["start"]["line"] + 1, one["message"]) for one in message["params"]["diagnostics"]
                ]
                return sorted(found)

    def offered(self, path: str, line: int, column: int) -> dict[str, str]:
        """Return what may stand at a place (both from 1), by its label, with what is said of it."""
        place = {"line": line - 1, "character": column - 1}
        items = self._ask("textDocument/completion", {"textDocument": {"uri": self._uri(path)}, "position": place})[
            "items"
        ]
        return {item["label"]: _text(item.get("documentation", "")) for item in items}

    def _uri(self, path: str) -> str:
        return (self._root / path).as_uri()

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == self._asked and "method" not in message:
                return message["result"]

    def _send(self, message: dict[str, Any]) -> None:
        octets = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._sent.write(b"Content-Length: %d\r\n\r\n%b" % (len(octets), octets))
        self._sent.flush()

    def _next(self) -> dict[str, Any]:
        """Return the next message, after an answer where it is a question to the editor."""
        header = b""
        while not header.endswith(b"\r\n\r\n"):
            line = self._said.readline()
            assert line, "the server has ended"
            header += line
        length = int(header.partition(b"Content-Length: ")[2].partition(b"\r")[0])
        message: dict[str, Any] = json.loads(self._said.read(length))
        if "method" in message and "id" in message:
            items = message["params"].get("items", ()) if message["params"] else ()
            self._send(
                {"id": message["id"], "result": [SETTINGS if one["section"] == "yaml" else None for one in items]}
            )
        return message


def _text(documentation: Any) -> str:
    return str(documentation["value"] if isinstance(documentation, dict) else documentation)

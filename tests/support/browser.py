"""A real Chromium for tests of what a browser makes of something. Needs playwright (tests/support/browser.txt) and the
Chromium of the system, or the one that the environment's CHROMIUM names."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright


def executable() -> str | None:
    """The program, if there is one."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser with an empty profile, ended at the end."""
    path = executable()
    if path is None:
        raise FileNotFoundError("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path)
        try:
            yield browser
        finally:
            browser.close()


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


_Silent.extensions_map = {**_Silent.extensions_map, ".vtt": "text/vtt"}


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a server on loopback that gives out the files of a folder."""
    handler = functools.partial(_Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

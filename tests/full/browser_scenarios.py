"""Scenarios II and III in a real browser, against the sandbox: the examples run, Chromium does what a person would.

Run with a recording and the folder of the examples in C, built; those in Python need none.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from browser import chromium
from playwright.sync_api import Browser, Page, expect
from tiro.sandbox import Sandbox

TEXT = "Ever tried, ever failed.\nNo matter: try again."
EXAMPLES = Path(__file__).parents[2] / "examples" / "python"
PERSON, PASSWORD = "anna@example.com", "anna-password"
MANAGED = "managed@example.com"


@contextmanager
def example(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """An example that runs; it opens no browser by itself."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("TIRO_")}
    command = ("timeout", "180", *command)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env={**kept, "BROWSER": "true", **environment}, **pipes) as process:
        try:
            yield process
        finally:
            process.terminate()


def line(process: subprocess.Popen[str], start: str) -> str:
    """The rest of the next line that begins so."""
    assert process.stdout is not None
    seen = []
    for text in process.stdout:
        if text.startswith(start):
            return text[len(start) :].strip()
        seen.append(text)
    raise AssertionError(f"{start!r} was not printed, but {seen}")


def expect_text(page: Page, selector: str, *words: str) -> None:
    for each in words:
        expect(page.locator(selector).first).to_contain_text(each)


def persons_login(browser: Browser, sandbox: Sandbox, recording: str, *program: str) -> None:
    """III: the upload waits, the person logs in, the loopback helper gets the code, the transcript arrives."""
    environment = {
        "TIRO_AUTH_BASE_URL": sandbox.url,
        "TIRO_API_BASE_URL": sandbox.url,
        "TIRO_CLIENT_ID": "demo-public",
        "TIRO_REDIRECT_URI": "http://127.0.0.1:8765/callback",
    }
    sandbox.control.clear_log()
    with example(*program, recording, **environment) as process:
        url = line(process, "log in at ")
        assert url.startswith(sandbox.url)
        assert sandbox.control.recordings(account=PERSON) == [], "it was uploaded before anybody logged in"
        context = browser.new_context()
        page = context.new_page()
        page.goto(url)
        print(f"the browser is at: {page.title()}")
        page.get_by_label("E-mail").fill(PERSON)
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("alert")).to_contain_text("wrong")
        page.get_by_label("E-mail").fill(PERSON)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("button", name="Allow")).to_be_visible()
        print(f"then at: {page.title()}")
        page.get_by_role("button", name="Allow").click()
        page.wait_for_url("http://127.0.0.1:8765/callback?**")
        said = page.locator("body").inner_text().strip()
        assert said, "the page at the end of the login is empty"
        print(f"the loopback page says: {said}")
        out, _ = process.communicate(timeout=120)
        print(f"the example prints: {out.strip()!r}")
        assert process.returncode == 0
        assert out.split() == TEXT.split(), out
        context.close()
    made = [entry for entry in sandbox.control.log()["entries"] if entry.get("created")]
    [recorded] = sandbox.control.recordings(account=PERSON)
    assert [entry["identity"] for entry in made] == [PERSON], made
    assert recorded["size"] == Path(recording).stat().st_size
    print(f"one upload of {recorded['size']} bytes, as {PERSON}")


def managed_users_pages(browser: Browser, sandbox: Sandbox, recording: str, *program: str) -> None:
    """II: a managed user's record and worklist are opened by the links that the system shows them."""
    environment = {
        "TIRO_AUTH_BASE_URL": sandbox.url,
        "TIRO_API_BASE_URL": sandbox.url,
        "TIRO_CLIENT_ID": "demo",
        "TIRO_CLIENT_SECRET": "demo-secret",
        "TIRO_GOSPEECH_LINK_RECORDING": sandbox.recording_link,
        "TIRO_GOSPEECH_LINK_WORKLIST": sandbox.worklist_link,
    }
    with example(*program, recording, MANAGED, **environment) as process:
        record, worklist = line(process, "open the record:"), line(process, "open the worklist:")
        title = Path(recording).name
        context = browser.new_context()
        page = context.new_page()
        page.goto(record)
        expect(page.get_by_label("Password")).to_be_visible()
        print("the record without a code: the browser is asked to log in")

        page.goto(f"{record}?code={sandbox.control.link_code(MANAGED)}")
        assert page.url == record, "the code stays in the address"
        expect_text(page, "h1", title)
        expect_text(page, "#status", "readyForCorrection")
        expect_text(page, "#transcript", *TEXT.split())
        print(f"the record: {page.locator('h1').inner_text()}, {page.locator('#status').inner_text()}")
        print(f"its transcript: {' '.join(page.locator('#transcript').inner_text().split())}")

        page.goto(worklist)
        expect_text(page, "body", MANAGED, "1 recordings")
        expect_text(page, "tbody tr", title, "readyForCorrection")
        print(f"the worklist: {' '.join(page.locator('tbody tr').inner_text().split())}")
        page.get_by_role("link", name=title).click()
        page.wait_for_url(record)

        person, other = context.new_page(), sandbox.control.add_recordings(PERSON, title="secret talk")[0]
        person.goto(sandbox.recording_link.replace("{recordId}", other))
        expect_text(person, "body", "no such recording")
        print("another user's record: not found")

        out, _ = process.communicate("\n", timeout=60)
        assert process.returncode == 0, out
        page.goto(worklist)
        expect(page.get_by_label("Password")).to_be_visible()
        print("the user is removed: their browser is logged out")
        context.close()
    assert MANAGED not in [account["email"] for account in sandbox.control.accounts()]


def main(recording: str, built: str) -> None:
    languages = {
        "C": lambda name: [str(Path(built, name))],
        "Python": lambda name: [sys.executable, str(EXAMPLES / f"{name}.py")],
    }
    with chromium() as browser:
        print(f"Chromium {browser.version}")
        for language, program in languages.items():
            print(f"-- {language}")
            with Sandbox(engine="scripted", script={"pace_ms": 50, "text": TEXT}) as sandbox:
                persons_login(browser, sandbox, recording, *program("gospeech_login"))
                managed_users_pages(browser, sandbox, recording, *program("gospeech_managed_users"))


if __name__ == "__main__":
    main(*sys.argv[1:])

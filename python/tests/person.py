"""A person at the sandbox's login page: follows redirects, keeps cookies, fills in forms. No real browser."""

from __future__ import annotations

import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import IO, Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit


class _Form(HTMLParser):
    """The first form of a page: where it goes, and its hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and self.action is None:
            self.action = given.get("action", "")
        elif tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value", "")


class _Halt(urllib.request.HTTPRedirectHandler):
    """Redirects are followed by hand: the one to another server is what a login ends with."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Person:
    """Somebody with cookies."""

    def __init__(self) -> None:
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Halt(), cookies)

    def open(self, url: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Opens a page, as far as redirects stay at its server. Gives where it ended and what was there."""
        data = None if form is None else urlencode(form).encode()
        for _ in range(10):
            answer = self._ask(url, data)
            location = answer.headers.get("Location")
            if location is None:
                with answer:
                    return url, answer.read().decode()
            answer.close()
            there = urljoin(url, location)
            if urlsplit(there).netloc != urlsplit(url).netloc:
                return there, ""
            url, data = there, None
        raise AssertionError(f"redirects without end at {url}")

    def _ask(self, url: str, data: bytes | None) -> IO[bytes] | Any:
        try:
            return self._opener.open(url, data, timeout=30)
        except HTTPError as answer:
            if answer.code >= 400:
                raise
            return answer

    def submit(self, url: str, page: str, **fields: str) -> tuple[str, str]:
        """Fills in the form of a page."""
        form = _Form(page)
        assert form.action is not None, f"{url} has no form: {page}"
        return self.open(urljoin(url, form.action), {**form.fields, **fields})

    def log_in(self, url: str, email: str = "anna@example.com", password: str = "anna-password") -> str:
        """Logs in and agrees. Gives the address that the browser is sent to at last."""
        at, page = self.open(url)
        at, page = self.submit(at, page, email=email, password=password)
        if page:
            at, page = self.submit(at, page, decision="allow")
        assert not page, page
        return at


def log_in_and_return(url: str) -> None:
    """As a browser does it all: logs in, and opens the address that it is sent to."""
    back = Person().log_in(url)
    assert Person().open(back)[1], "the listener says something to the person"

"""A person in front of a login page, without a browser: follows redirects, keeps cookies, fills in forms. Needs nothing
but Python."""

from __future__ import annotations

import http.cookiejar
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)


class _FirstForm(HTMLParser):
    """Where the first form of a page is sent, and the fields that are filled in already."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and self.action is None:
            self.action, self._inside = given.get("action", ""), True
        elif tag == "input" and self._inside and "name" in given:
            self.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


class _Halt(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def go_through(url: str, *answers: dict[str, str]) -> str:
    """Opens a login's URL and answers its forms, one after the other; gives the address that the browser is sent to at
    last, at another server."""
    opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(http.cookiejar.CookieJar()), _Halt())
    here, page = _open(opener, url, None)
    for answer in answers:
        if page is None:
            break
        form = _FirstForm(page)
        if form.action is None:
            raise AssertionError(f"{urlsplit(here).path} has no form: {page:.300}")
        body = urlencode({**form.fields, **answer}).encode()
        here, page = _open(opener, urljoin(here, form.action), body)
    if page is not None:
        raise AssertionError(f"after the last form there is another page, {urlsplit(here).path}: {page:.300}")
    return here


def _open(opener: OpenerDirector, url: str, body: bytes | None) -> tuple[str, str | None]:
    """A page and its address; no page where another server's begins."""
    for _ in range(10):
        request = Request(url, data=body)
        if body is not None:
            request.add_header("Origin", "{0.scheme}://{0.netloc}".format(urlsplit(url)))
        try:
            with opener.open(request, timeout=30) as answer:
                return url, answer.read().decode()
        except HTTPError as answer:
            with answer:
                location = answer.headers.get("Location")
                if location is None:
                    said = answer.read(300).decode(errors="replace")
                    raise AssertionError(f"{urlsplit(url).path}: {answer.code}: {said}") from None
        there, body = urljoin(url, location), None
        if urlsplit(there).netloc != urlsplit(url).netloc:
            return there, None
        url = there
    raise AssertionError("redirects without end")

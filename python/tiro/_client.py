"""The client for programs that wait: each verb returns when the work is done."""

from __future__ import annotations

from ._events import Events
from ._orders import OrderVerbs
from ._tiro import Core
from .errors import LoginRequiredError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._tiro import (
        Diagnosis,
        Document,
        Endpoint,
        Job,
        JobOutcome,
        Login,
        ManagedUser,
        Page,
        Recording,
        Transcript,
    )
    from .typing import (
        CallOptions,
        ClientOptions,
        ExportFormat,
        OnLogin,
        OnProgress,
        OpenBrowser,
        ServiceName,
        Source,
        TokenProvider,
    )


class Client(OrderVerbs):
    """One identity at one service.

    ``service`` is who transcribes, ``"local"`` unless a profile or the environment says otherwise. Keywords are the
    options of the library; ``None`` is as if it were not given. ``config`` is the path of a TOML file with profiles,
    ``profile`` the one to take (``default``), and with ``environment`` the ``TIRO_*`` variables are read. A keyword
    wins over the environment, that over the file. ``token_provider`` gives access tokens that the program has from
    elsewhere: it is called, on a thread of tiro's, with the token that the service refuses, or ``None``.

    It can be used by many threads at once. Ctrl-C cancels the call that the main thread waits for.
    """

    def __init__(
        self,
        service: ServiceName | None = None,
        /,
        *,
        profile: str | None = None,
        config: str | PathLike[str] | None = None,
        environment: bool = False,
        token_provider: TokenProvider | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        self._core = Core(service, options, profile, config, environment, token_provider)

    @staticmethod
    def _of(core: Core) -> Client:
        client = Client.__new__(Client)
        client._core = core
        return client

    def transcribe(
        self,
        source: Source,
        *,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        on_login: OnLogin | None = None,
        **options: Unpack[CallOptions],
    ) -> Transcript:
        """The whole job: uploads, waits, and fetches the transcript.

        On a service that charges it also orders and buys, only at a price that ``max_price`` or ``confirmed_price``
        agrees to.

        ``name`` is the file name that the service is shown, for a source that has none. ``on_progress`` is called
        with a :class:`Progress` on this thread as the work goes on; what it raises cancels the call.

        Where a person has to log in first, ``on_login`` is called with the :class:`Login`, on this thread. Once that is
        completed, by this client's :meth:`receive_login` or :meth:`complete_login`, the call goes on as that person.
        Without ``on_login`` it is a :class:`LoginRequiredError`.
        """
        return self._core.transcribe(source, name, options).wait(on_progress, on_login)

    def upload(
        self,
        source: Source,
        *,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        on_login: OnLogin | None = None,
        **options: Unpack[CallOptions],
    ) -> Recording:
        """Uploads a recording, and gives it as the service took it in.

        The keywords are those of :meth:`transcribe`.
        """
        return self._core.upload(source, name, options).wait(on_progress, on_login)

    def jobs(self, **options: Unpack[CallOptions]) -> list[Job]:
        """The jobs that the ``journal`` has of this client's identity, the newest first.

        Without a journal: those of this client that stopped on the way.
        """
        return self._core.jobs(options).wait(None)

    def resume(
        self,
        id: str,
        source: Source | None = None,
        *,
        name: str | None = None,
        on_progress: OnProgress | None = None,
        on_login: OnLogin | None = None,
        **options: Unpack[CallOptions],
    ) -> Transcript:
        """Goes on with a job that stopped, by its ``id`` (``job_id`` of the error, or :meth:`jobs`).

        What is wanted stays as it was when the job was begun, and its ``max_price`` still holds: this may buy. The
        call may agree to a price (``confirmed_price``,
        ``max_price``), or say what became of a step whose outcome nobody knows (``settle``). ``source`` is needed only
        where the upload is not done and the job was not begun with a path.
        """
        return self._core.resume(id, source, name, options).wait(on_progress, on_login)

    def resume_all(
        self, *, on_login: OnLogin | None = None, **options: Unpack[CallOptions]
    ) -> list[JobOutcome]:
        """Goes on with every job that nobody works on, side by side, until their transcripts can be fetched.

        Says what became of each. One that cannot go on keeps no other from it. A ``max_price`` that a job was begun
        with still holds: this may buy.
        """
        return self._core.resume_all(options).wait(None, on_login)

    def forget(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Forgets a job that nobody works on. What the service has of it stays there."""
        self._core.forget(id, options).wait(None)

    def recording(self, id: str, **options: Unpack[CallOptions]) -> Recording:
        """A recording as it is now."""
        return self._core.recording(id, options).wait(None)

    def recordings(self, offset: int = 0, limit: int = 100, **options: Unpack[CallOptions]) -> Page:
        """A page of the recordings: at most ``limit`` from ``offset`` on."""
        return self._core.recordings(offset, limit, options).wait(None)

    def iter_recordings(self, limit: int = 100, **options: Unpack[CallOptions]) -> Iterator[Recording]:
        """The recordings from the first on, a page of at most ``limit`` at a time.

        Ends where the list does: at an empty page, or once as many have come as the service has in all. It is asked anew
        for each page, so one that is added or deleted meanwhile moves the others: they may come twice, or be missed. To
        delete what comes, make a list of it first.
        """
        offset = 0
        while page := self.recordings(offset, limit, **options):
            yield from page
            offset += len(page)
            if page.total is not None and offset >= page.total:
                return

    def wait(
        self, id: str, *, on_progress: OnProgress | None = None, **options: Unpack[CallOptions]
    ) -> Recording:
        """Waits until a recording is ready. One that fails or waits for somebody is an error."""
        return self._core.wait(id, options).wait(on_progress)

    def transcript(self, id: str, **options: Unpack[CallOptions]) -> Transcript:
        """The transcript of a recording that is ready."""
        return self._core.transcript(id, options).wait(None)

    def delete(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Deletes a recording and its transcript."""
        self._core.delete(id, options).wait(None)

    def purge(self, **options: Unpack[CallOptions]) -> None:
        """Deletes every recording, with its transcript and whatever else is kept of it."""
        self._core.purge(options).wait(None)

    def export(self, id: str, format: ExportFormat, **options: Unpack[CallOptions]) -> Document:
        """The transcript of a recording in a format, written by the service where it can, else here."""
        return self._core.export(id, format, options).wait(None)

    def export_to_path(
        self, id: str, format: ExportFormat, path: str | PathLike[str], **options: Unpack[CallOptions]
    ) -> Path:
        """As :meth:`export`, into a file that appears whole or not at all. Gives its path."""
        return self._core.export_to_path(id, format, path, options).wait(None)

    def sign_in(self, **options: Unpack[CallOptions]) -> None:
        """Gets an access token now. Never needed; it finds out early that credentials are wrong."""
        self._core.sign_in(options).wait(None)

    def sign_out(self, **options: Unpack[CallOptions]) -> None:
        """Ends this identity's tokens: here always, at the service if it can be reached."""
        self._core.sign_out(options).wait(None)

    def login(self, *, open_browser: OpenBrowser | None = None, **options: Unpack[CallOptions]) -> Client:
        """Has a person log in with a browser on this machine, and gives their client.

        ``redirect_uri`` is a loopback address with a port of its own. ``open_browser`` is called with the URL of the
        login page; by default it is the person's own browser.
        """
        login = self.login_begin(**options)
        return self.receive_login(login, open_browser=open_browser or _open_browser, **options)

    def login_begin(self, **options: Unpack[CallOptions]) -> Login:
        """Begins the login of a person. Its ticket ends it, here or in another process: a secret."""
        return self._core.login_begin(options).wait(None)

    def complete_login(self, ticket: str, redirect_url: str, **options: Unpack[CallOptions]) -> Client:
        """Ends a login with the URL that the browser was redirected to. Gives that person's client."""
        return self._of(self._core.complete_login(ticket, redirect_url, options).wait(None))

    def receive_login(
        self, login: Login, *, open_browser: OpenBrowser | None = None, **options: Unpack[CallOptions]
    ) -> Client:
        """Waits for the browser of a login on this machine, and ends the login. Gives that person's client.

        ``open_browser`` is called with the login's URL, if it is given.
        """
        received = self._core.receive_login(login, options)
        if open_browser is not None:
            try:
                open_browser(login.url)
            except BaseException:
                received.cancel()
                raise
        return self._of(received.wait(None))

    def logout_url(self) -> str:
        """Where to send a person's browser to log out at the service. :meth:`sign_out` ends the tokens."""
        return self._core.logout_url()

    def request(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        body: str | bytes | bytearray | None = None,
        content_type: str = "",
        **options: Unpack[CallOptions],
    ) -> Document:
        """A request of one's own with this identity's token, for what tiro has no verb for.

        ``path`` is below the service's API and names no host. What is sent is ``json``, or ``body`` of a
        ``content_type`` (JSON). Whatever the server answers is the result: look at its ``http_status``.
        """
        return self._core.request(method, path, _body(json, body), content_type, options).wait(None)

    def endpoints(self) -> list[Endpoint]:
        """Every endpoint of the service: its path for this client, and how far it can be relied on."""
        return self._core.endpoints()

    def doctor(self, **options: Unpack[CallOptions]) -> Diagnosis:
        """Asks every endpoint that can be asked without changing anything. ``print()`` shows a table."""
        return self._core.doctor(options).wait(None)

    def recording_link(self, id: str) -> str:
        """A link to a recording in the service's own web pages."""
        return self._core.recording_link(id)

    def worklist_link(self) -> str:
        """A link to the list of recordings in the service's own web pages."""
        return self._core.worklist_link()

    def create_managed_user(
        self,
        email: str,
        first_name: str,
        last_name: str,
        *,
        initials: str | None = None,
        display_name: str | None = None,
        **options: Unpack[CallOptions],
    ) -> ManagedUser:
        """Creates an account for an end-user, who needs no password, managed by this client's."""
        return self._core.create_managed_user(
            email, first_name, last_name, initials, display_name, options
        ).wait(None)

    def delete_managed_user(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Removes the account of an end-user, by the ``id`` that :meth:`create_managed_user` gave."""
        self._core.delete_managed_user(id, options).wait(None)

    def as_user(self, email: str) -> Client:
        """A client of an end-user's account. It shares connections and limits with this one."""
        return self._of(self._core.as_user(email))

    def events(self, **options: Unpack[CallOptions]) -> Events:
        """What the service tells of the recordings, as it comes: pushed where it can, else found by asking.

        Not what there is already, but what changes once it listens: start it before an upload.
        """
        return Events(self._core.events(options))

    def cancel_all(self, timeout: float | None = None) -> bool:
        """Cancels the calls of other threads and waits for their end, at most ``timeout`` seconds.

        Whether all have ended. The client stays usable.
        """
        return self._core.cancel_all(timeout)

    def close(self) -> None:
        """Cancels the calls of other threads, waits for their end, and gives the client up."""
        self._core.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        state = ", closed" if self._core.is_closed() else ""
        return f"<tiro.Client {self._core.service!r}{state}>"


def _body(json: object, body: str | bytes | bytearray | None) -> bytes | None:
    """What a request sends."""
    if json is None:
        return body.encode() if isinstance(body, str) else None if body is None else bytes(body)
    if body is not None:
        raise TypeError("a request sends json or body, not both")
    from json import dumps

    return dumps(json, allow_nan=False).encode()


def _open_browser(url: str) -> None:
    """Sends the person's own browser to a URL."""
    import webbrowser

    if not webbrowser.open(url):
        raise LoginRequiredError(
            "there is no browser on this machine",
            hint="open_browser=print shows the URL; or use login_begin() and complete_login()",
        )

"""The client for asyncio: each verb is awaited, and cancelling what awaits it cancels the call."""

from __future__ import annotations

import asyncio
import warnings
from concurrent.futures import wait as wait_for_futures
from inspect import isawaitable

from ._client import _body, _open_browser
from ._events import AsyncEvents, deadline_after
from ._orders import AsyncOrderVerbs
from ._tiro import Core, nobody_to_log_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from os import PathLike
    from pathlib import Path
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self, Unpack

    from ._tiro import (
        Diagnosis,
        Document,
        Endpoint,
        Job,
        JobOutcome,
        Login,
        ManagedUser,
        Operation,
        Page,
        Progress,
        Recording,
        Transcript,
    )
    from .typing import (
        AsyncOnProgress,
        AsyncTokenProvider,
        CallOptions,
        ClientOptions,
        ExportFormat,
        OnLogin,
        OpenBrowser,
        Result,
        ServiceName,
        Source,
    )


class AsyncClient(AsyncOrderVerbs):
    """One identity at one service, as :class:`tiro.Client`. A ``token_provider`` may be awaitable here.

    Leaving ``async with`` cancels what is outstanding and waits for its end.
    """

    def __init__(
        self,
        service: ServiceName | None = None,
        /,
        *,
        profile: str | None = None,
        config: str | PathLike[str] | None = None,
        environment: bool = False,
        token_provider: AsyncTokenProvider | None = None,
        **options: Unpack[ClientOptions],
    ) -> None:
        #: What ends when a call has ended, and how to cancel that call.
        self._outstanding: dict[asyncio.Future[None], Callable[[], None]] = {}
        self._tokens = _Tokens(token_provider)
        self._core = Core(
            service,
            options,
            profile,
            config,
            environment,
            self._tokens if token_provider else None,
        )

    def _of(self, core: Core) -> AsyncClient:
        client = AsyncClient.__new__(AsyncClient)
        client._outstanding = {}
        client._tokens = self._tokens
        client._core = core
        return client

    async def transcribe(
        self,
        source: Source,
        *,
        name: str | None = None,
        on_progress: AsyncOnProgress | None = None,
        on_login: OnLogin | None = None,
        **options: Unpack[CallOptions],
    ) -> Transcript:
        """The whole job: uploads, waits, and fetches the transcript.

        On a service that charges it also orders and buys, only at a price that ``max_price`` or ``confirmed_price``
        agrees to.

        ``name`` is the file name that the service is shown, for a source that has none. ``on_progress`` is called
        with a :class:`tiro.Progress` in the event loop as the work goes on; what it gives is awaited if it can be, and of
        the progress that comes meanwhile it is told the newest only. What it raises cancels the call.

        Where a person has to log in first, ``on_login`` is called with the :class:`tiro.Login` in the event loop; what
        it gives is awaited if it can be. Once the login is completed, by this client's :meth:`receive_login` or
        :meth:`complete_login`, the call goes on as that person. Without ``on_login`` it is a
        :class:`tiro.LoginRequiredError`.
        """
        return await self._finish(self._core.transcribe(source, name, options), on_progress, on_login)

    async def upload(
        self,
        source: Source,
        *,
        name: str | None = None,
        on_progress: AsyncOnProgress | None = None,
        on_login: OnLogin | None = None,
        **options: Unpack[CallOptions],
    ) -> Recording:
        """Uploads a recording, and gives it as the service took it in.

        The keywords are those of :meth:`transcribe`.
        """
        return await self._finish(self._core.upload(source, name, options), on_progress, on_login)

    async def jobs(self, **options: Unpack[CallOptions]) -> list[Job]:
        """The jobs that the ``journal`` has of this client's identity, the newest first.

        Without a journal: those of this client that stopped on the way.
        """
        return await self._finish(self._core.jobs(options))

    async def resume(
        self,
        id: str,
        source: Source | None = None,
        *,
        name: str | None = None,
        on_progress: AsyncOnProgress | None = None,
        on_login: OnLogin | None = None,
        **options: Unpack[CallOptions],
    ) -> Transcript:
        """Goes on with a job that stopped, by its ``id`` (``job_id`` of the error, or :meth:`jobs`).

        What is wanted stays as it was when the job was begun, and its ``max_price`` still holds: this may buy. The
        call may agree to a price (``confirmed_price``,
        ``max_price``), or say what became of a step whose outcome nobody knows (``settle``). ``source`` is needed only
        where the upload is not done and the job was not begun with a path.
        """
        return await self._finish(self._core.resume(id, source, name, options), on_progress, on_login)

    async def resume_all(
        self, *, on_login: OnLogin | None = None, **options: Unpack[CallOptions]
    ) -> list[JobOutcome]:
        """Goes on with every job that nobody works on, side by side, until their transcripts can be fetched.

        Says what became of each. One that cannot go on keeps no other from it. A ``max_price`` that a job was begun
        with still holds: this may buy.
        """
        return await self._finish(self._core.resume_all(options), None, on_login)

    async def forget(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Forgets a job that nobody works on. What the service has of it stays there."""
        await self._finish(self._core.forget(id, options))

    async def recording(self, id: str, **options: Unpack[CallOptions]) -> Recording:
        """A recording as it is now."""
        return await self._finish(self._core.recording(id, options))

    async def recordings(self, offset: int = 0, limit: int = 100, **options: Unpack[CallOptions]) -> Page:
        """A page of the recordings: at most ``limit`` from ``offset`` on."""
        return await self._finish(self._core.recordings(offset, limit, options))

    async def iter_recordings(
        self, limit: int = 100, **options: Unpack[CallOptions]
    ) -> AsyncIterator[Recording]:
        """The recordings from the first on, a page of at most ``limit`` at a time.

        Ends where the list does: at an empty page, or once as many have come as the service has in all. It is asked anew
        for each page, so one that is added or deleted meanwhile moves the others: they may come twice, or be missed. To
        delete what comes, make a list of it first.
        """
        offset = 0
        while page := await self.recordings(offset, limit, **options):
            for recording in page:
                yield recording
            offset += len(page)
            if page.total is not None and offset >= page.total:
                return

    async def wait(
        self, id: str, *, on_progress: AsyncOnProgress | None = None, **options: Unpack[CallOptions]
    ) -> Recording:
        """Waits until a recording is ready. One that fails or waits for somebody is an error."""
        return await self._finish(self._core.wait(id, options), on_progress)

    async def transcript(self, id: str, **options: Unpack[CallOptions]) -> Transcript:
        """The transcript of a recording that is ready."""
        return await self._finish(self._core.transcript(id, options))

    async def delete(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Deletes a recording and its transcript."""
        await self._finish(self._core.delete(id, options))

    async def purge(self, **options: Unpack[CallOptions]) -> None:
        """Deletes every recording, with its transcript and whatever else is kept of it."""
        await self._finish(self._core.purge(options))

    async def export(self, id: str, format: ExportFormat, **options: Unpack[CallOptions]) -> Document:
        """The transcript of a recording in a format, written by the service where it can, else here."""
        return await self._finish(self._core.export(id, format, options))

    async def export_to_path(
        self, id: str, format: ExportFormat, path: str | PathLike[str], **options: Unpack[CallOptions]
    ) -> Path:
        """As :meth:`export`, into a file that appears whole or not at all. Gives its path."""
        return await self._finish(self._core.export_to_path(id, format, path, options))

    async def sign_in(self, **options: Unpack[CallOptions]) -> None:
        """Gets an access token now. Never needed; it finds out early that credentials are wrong."""
        await self._finish(self._core.sign_in(options))

    async def sign_out(self, **options: Unpack[CallOptions]) -> None:
        """Ends this identity's tokens: here always, at the service if it can be reached."""
        await self._finish(self._core.sign_out(options))

    async def login(
        self, *, open_browser: OpenBrowser | None = None, **options: Unpack[CallOptions]
    ) -> AsyncClient:
        """Has a person log in with a browser on this machine, and gives their client.

        ``redirect_uri`` is a loopback address with a port of its own. ``open_browser`` is called with the URL of the
        login page, on a thread; by default it is the person's own browser.
        """
        login = await self.login_begin(**options)
        return await self.receive_login(login, open_browser=open_browser or _open_browser, **options)

    async def login_begin(self, **options: Unpack[CallOptions]) -> Login:
        """Begins the login of a person. Its ticket ends it, here or in another process: a secret."""
        return await self._finish(self._core.login_begin(options))

    async def complete_login(
        self, ticket: str, redirect_url: str, **options: Unpack[CallOptions]
    ) -> AsyncClient:
        """Ends a login with the URL that the browser was redirected to. Gives that person's client."""
        return self._of(await self._finish(self._core.complete_login(ticket, redirect_url, options)))

    async def receive_login(
        self, login: Login, *, open_browser: OpenBrowser | None = None, **options: Unpack[CallOptions]
    ) -> AsyncClient:
        """Waits for the browser of a login on this machine, and ends the login. Gives that person's client.

        ``open_browser`` is called with the login's URL, on a thread, if it is given.
        """
        received = asyncio.ensure_future(self._finish(self._core.receive_login(login, options)))
        try:
            if open_browser is not None:
                await asyncio.to_thread(open_browser, login.url)
            return self._of(await received)
        finally:
            received.cancel()
            if received.done() and not received.cancelled():
                received.exception()  # seen, also if the browser could not be opened

    def logout_url(self) -> str:
        """Where to send a person's browser to log out at the service. :meth:`sign_out` ends the tokens."""
        return self._core.logout_url()

    async def request(
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
        return await self._finish(self._core.request(method, path, _body(json, body), content_type, options))

    def endpoints(self) -> list[Endpoint]:
        """Every endpoint of the service: its path for this client, and how far it can be relied on."""
        return self._core.endpoints()

    async def doctor(self, **options: Unpack[CallOptions]) -> Diagnosis:
        """Asks every endpoint that can be asked without changing anything. ``print()`` shows a table."""
        return await self._finish(self._core.doctor(options))

    def recording_link(self, id: str) -> str:
        """A link to a recording in the service's own web pages."""
        return self._core.recording_link(id)

    def worklist_link(self) -> str:
        """A link to the list of recordings in the service's own web pages."""
        return self._core.worklist_link()

    async def create_managed_user(
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
        created = self._core.create_managed_user(
            email, first_name, last_name, initials, display_name, options
        )
        return await self._finish(created)

    async def delete_managed_user(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Removes the account of an end-user, by the ``id`` that :meth:`create_managed_user` gave."""
        await self._finish(self._core.delete_managed_user(id, options))

    def as_user(self, email: str) -> AsyncClient:
        """A client of an end-user's account. It shares connections and limits with this one."""
        return self._of(self._core.as_user(email))

    def events(self, **options: Unpack[CallOptions]) -> AsyncEvents:
        """What the service tells of the recordings, as it comes: pushed where it can, else found by asking.

        Not what there is already, but what changes once it listens: start it before an upload.
        """
        self._tokens.loop = asyncio.get_running_loop()
        return AsyncEvents(self._core.events(options))

    async def cancel_all(self, timeout: float | None = None) -> bool:
        """Cancels the calls of other tasks and waits for their end, at most ``timeout`` seconds.

        Whether all have ended. The client stays usable.
        """
        loop = asyncio.get_running_loop()
        deadline_after(timeout)  # refused before anything is cancelled
        for cancel in self._outstanding.values():
            cancel()
        # Those of a loop that was left behind are cancelled, but would never be told here.
        here = [ended for ended in self._outstanding if ended.get_loop() is loop]
        if not here:
            return True
        _, pending = await asyncio.wait(here, timeout=timeout)
        return not pending

    async def aclose(self) -> None:
        """Cancels the calls of other tasks, waits for their end, and gives the client up."""
        try:
            await self.cancel_all()
        finally:
            self._core.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        if getattr(self, "_outstanding", None):
            warnings.warn(f"{self!r} was dropped with calls outstanding", ResourceWarning, source=self)

    def __repr__(self) -> str:
        state = ", closed" if self._core.is_closed() else ""
        return f"<tiro.AsyncClient {self._core.service!r}{state}>"

    async def _finish(
        self,
        operation: Operation[Result],
        on_progress: AsyncOnProgress | None = None,
        on_login: OnLogin | None = None,
    ) -> Result:
        """Awaits an operation. Nothing but its end keeps it among the outstanding ones."""
        loop = self._tokens.loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()
        ended: asyncio.Future[None] = loop.create_future()
        outstanding = self._outstanding
        logins: list[asyncio.Future[Any]] = []

        def done(result: Result, error: BaseException | None) -> None:
            outstanding.pop(ended, None)
            ended.set_result(None)
            if future.done():
                return
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

        def fail(error: BaseException) -> None:
            operation.cancel()
            if not future.done():
                future.set_exception(error)

        telling = _Telling(on_progress, fail) if on_progress else None

        def progress(state: Progress) -> None:
            if telling is not None and not future.done():
                telling.tell(state)

        def logged_in(login: asyncio.Future[Any]) -> None:
            if not login.cancelled() and (error := login.exception()):
                fail(error)

        def log_in() -> None:
            login = operation.login()
            if future.done() or logins or login is None:
                return
            try:
                if on_login is None:
                    raise nobody_to_log_in()
                told = on_login(login)
                if isawaitable(told):
                    logins.append(asyncio.ensure_future(told))
                    logins[0].add_done_callback(logged_in)
                else:
                    logins.append(ended)
            except Exception as error:  # noqa: BLE001 (whoever awaits gets it)
                fail(error)

        try:
            operation.deliver(loop, done, progress if on_progress else None, log_in)
            outstanding[ended] = operation.cancel
            result = await future
            if telling is not None:
                await telling.told()
            return result
        except BaseException:
            operation.cancel()
            if future.done() and not future.cancelled():
                future.exception()  # seen: a task that is cancelled just then would leave it unseen
            raise
        finally:
            if telling is not None:
                telling.cancel()
            for login in logins:
                if login is not ended:
                    login.cancel()


class _Telling:
    """Tells of progress somebody who may have to be awaited: one thing at a time, and the newest of what came meanwhile."""

    def __init__(self, on_progress: AsyncOnProgress, fail: Callable[[BaseException], None]) -> None:
        self._on_progress = on_progress
        self._fail = fail
        self._error: BaseException | None = None
        self._awaited: asyncio.Future[Any] | None = None
        self._newest: Progress | None = None

    def tell(self, state: Progress) -> None:
        if self._awaited is not None:
            self._newest = state
            return
        try:
            told = self._on_progress(state)
            if isawaitable(told):
                self._awaited = asyncio.ensure_future(told)
                self._awaited.add_done_callback(self._next)
        except Exception as error:  # noqa: BLE001 (whoever awaits gets it)
            self._refused(error)

    def _next(self, told: asyncio.Future[Any]) -> None:
        self._awaited = None
        newest, self._newest = self._newest, None
        if not told.cancelled() and (error := told.exception()):
            self._refused(error)
        elif newest is not None:
            self.tell(newest)

    def _refused(self, error: BaseException) -> None:
        self._error = error
        self._fail(error)

    async def told(self) -> None:
        """Waits until all is told. Raises what telling raised."""
        while self._awaited is not None:
            await asyncio.wait([self._awaited])
        if self._error is not None:
            raise self._error

    def cancel(self) -> None:
        self._newest = None
        if self._awaited is not None:
            self._awaited.cancel()


class _Tokens:
    """A token provider that may be awaitable, called by a thread of tiro's: awaited in the loop that was used last."""

    def __init__(self, provider: AsyncTokenProvider | None) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self._provider = provider

    def __call__(self, refused: str | None) -> str:
        if self._provider is None:
            raise RuntimeError("there is no token provider")
        given = self._provider(refused)
        return given if isinstance(given, str) else self._awaited(given)

    def _awaited(self, given: Awaitable[str]) -> str:
        async def wait() -> str:
            return await given

        loop, waiting = self.loop, wait()
        if loop is None or loop.is_closed():
            waiting.close()
            raise RuntimeError("the event loop of the token provider is closed")
        future = asyncio.run_coroutine_threadsafe(waiting, loop)
        while not wait_for_futures([future], timeout=1.0).done:
            if loop.is_closed():  # nobody is left to end it
                raise RuntimeError("the event loop of the token provider was closed")
        return future.result()

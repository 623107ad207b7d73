"""The types of what the package takes, for programs that name them: ``tiro.typing.Source``.

The package itself never imports this when it runs. Where a program does, ``typing.get_type_hints()`` finds what the
annotations of the package name. The options are those of the library's own table; a test holds them together.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from os import PathLike
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, TypedDict, TypeVar

if sys.version_info >= (3, 12):
    from collections.abc import Buffer
elif TYPE_CHECKING:
    from typing_extensions import Buffer
else:
    Buffer = bytes | bytearray | memoryview

from ._tiro import Core, Login, Operation, Price, Progress, RemoteSource

__all__ = [
    "AsyncOnProgress",
    "AsyncTokenProvider",
    "CallOptions",
    "ClientOptions",
    "DictionaryName",
    "DocumentText",
    "ExportFormat",
    "ExportOptions",
    "OnLogin",
    "OnProgress",
    "OpenBrowser",
    "Readable",
    "ServiceName",
    "Source",
    "TokenProvider",
    "WordFormat",
    "Writable",
]

#: What a call results in.
Result = TypeVar("Result")


class Readable(Protocol):
    """A binary file, or what reads like one."""

    def read(self, size: int, /) -> bytes | bytearray | None:
        """At most ``size`` bytes; none at the end."""


#: A path; bytes or another buffer; a binary file or anything else with ``read()``; a file descriptor; a
#: :class:`tiro.RemoteSource`, which is a URL.
Source: TypeAlias = str | PathLike[str] | Buffer | Readable | RemoteSource | int

#: A document as text, or as bytes in UTF-8.
DocumentText: TypeAlias = str | bytes | bytearray

#: The formats of an export. One literal each: stubtest takes a literal of several for something else.
ExportFormat: TypeAlias = (
    Literal["txt"]  # noqa: PYI030
    | Literal["md"]
    | Literal["srt"]
    | Literal["vtt"]
    | Literal["ttml"]
    | Literal["csv"]
    | Literal["tsv"]
    | Literal["json"]
    | Literal["docx"]
    | Literal["pdf"]
    | Literal["labels"]
)


#: Who transcribes.
ServiceName: TypeAlias = (
    Literal["gospeech"]  # noqa: PYI030
    | Literal["local"]
    | Literal["scripted"]
    | Literal["transcribeme"]
)


#: The lists of what can be ordered.
DictionaryName: TypeAlias = (
    Literal["types"]  # noqa: PYI030
    | Literal["speakers"]
    | Literal["outputs"]
    | Literal["turnarounds"]
    | Literal["languages"]
    | Literal["accents"]
    | Literal["domains"]
    | Literal["recording_statuses"]
    | Literal["currencies"]
)


class Finishing(Protocol):
    """A client that awaits the operations of its core."""

    _core: Core

    async def _finish(self, operation: Operation[Result]) -> Result: ...


class Writable(Protocol):
    """A binary file, or what writes like one."""

    def write(self, data: bytes, /) -> object:
        """Takes the bytes; gives how many of them, or ``None`` for all."""


#: What is told how far a call is.
OnProgress: TypeAlias = Callable[[Progress], object]

#: The same for asyncio: what it gives is awaited if it can be.
AsyncOnProgress: TypeAlias = Callable[[Progress], Awaitable[object] | object]

#: What is given the login that a call waits for.
OnLogin: TypeAlias = Callable[[Login], object]

#: What gives an access token: given is the one that the service refuses, if it refused one.
TokenProvider: TypeAlias = Callable[[str | None], str]

#: The same for asyncio: it may be awaited for the token.
AsyncTokenProvider: TypeAlias = Callable[[str | None], str | Awaitable[str]]

#: What sends a person's browser to a URL.
OpenBrowser: TypeAlias = Callable[[str], object]


#: How a word is set, where a service's editor left it: only what is set. In ``other`` is what has no key of its own,
#: each value as JSON.
WordFormat = TypedDict(
    "WordFormat",
    {
        "bold": bool,
        "italic": bool,
        "underline": bool,
        "strike": bool,
        "script": Literal["sub", "super"],
        "color": str,
        "background": str,
        "font": str,
        "size": str,
        "class": str,
        "other": dict[str, str],
    },
    total=False,
)


class CallOptions(TypedDict, total=False):
    """What a single call takes, too."""

    ca_file: str | PathLike[str] | None
    channels: Literal["mix", "split"] | None
    confirmed_price: str | Price | None
    connect_timeout_ms: int | None
    force_new: Literal["no", "yes"] | bool | None
    gospeech_upload_content_type: str | None
    gospeech_upload_fields: str | None
    identity: str | None
    idle_timeout_ms: int | None
    job_key: str | None
    keep_media: Literal["reference", "copy"] | None
    language: str | None
    login_timeout_ms: int | None
    max_price: str | Price | None
    max_retries: int | None
    model_dir: str | PathLike[str] | None
    model_sha256: str | None
    order_accent: str | None
    order_billing_type: str | None
    order_domain: str | None
    order_heavy_accent: Literal["unchanged", "no", "yes"] | bool | None
    order_noisy_audio: Literal["unchanged", "no", "yes"] | bool | None
    order_output: str | None
    order_promo_code: str | None
    order_speakers: str | None
    order_turnaround: str | None
    order_type: str | None
    raw_channels: int | None
    raw_format: (
        Literal["pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s32le", "pcm_f32le", "mulaw", "alaw"]
        | None
    )
    raw_rate: int | None
    request_timeout_ms: int | None
    settle: str | None
    spool_dir: str | PathLike[str] | None
    threads: int | None
    transcribeme_export: Literal["file", "download", "tiro"] | None
    transcribeme_parallel_parts: int | None
    transcribeme_part_bytes: int | None
    transcribeme_upload: Literal["parts", "simple", "sync"] | None
    wait_timeout_ms: int | None
    word_times: Literal["aligned", "estimated"] | None


class ExportOptions(TypedDict, total=False):
    """What the export of a transcript takes."""

    export_font: str | PathLike[str] | None
    export_page_size: Literal["a4", "letter"] | None
    export_rows: Literal["segments", "words"] | None
    export_speakers: Literal["change", "always", "none"] | None
    export_timestamps: Literal["none", "segments"] | None
    export_title: str | None
    spreadsheet_formulas: Literal["escape", "keep"] | None
    subtitle_chars_per_second: int | None
    subtitle_gap_ms: int | None
    subtitle_line_chars: int | None
    subtitle_lines: int | None
    subtitle_longest_ms: int | None
    subtitle_pause_ms: int | None
    subtitle_shortest_ms: int | None
    subtitle_words: Literal["none", "timestamps", "spans"] | None


class ClientOptions(CallOptions, total=False):
    """What a client takes."""

    access_token: str | None
    allow_plain_http: Literal["no", "yes"] | bool | None
    api_base_url: str | None
    application_token: str | None
    auth_base_url: str | None
    client_id: str | None
    client_secret: str | None
    data_dir: str | PathLike[str] | None
    discovery: Literal["off", "on"] | bool | None
    external_token: str | None
    gospeech_api_version: str | None
    gospeech_api_version_param: str | None
    gospeech_client_auth: Literal["body", "basic"] | None
    gospeech_export_body: str | None
    gospeech_hub_base_url: str | None
    gospeech_link_recording: str | None
    gospeech_link_worklist: str | None
    gospeech_list_query: str | None
    gospeech_management_scope: str | None
    gospeech_path_authorize: str | None
    gospeech_path_delete: str | None
    gospeech_path_discovery: str | None
    gospeech_path_end_session: str | None
    gospeech_path_export_download: str | None
    gospeech_path_export_start: str | None
    gospeech_path_hub: str | None
    gospeech_path_managed_user_create: str | None
    gospeech_path_managed_user_delete: str | None
    gospeech_path_recording: str | None
    gospeech_path_recordings: str | None
    gospeech_path_revocation: str | None
    gospeech_path_token: str | None
    gospeech_path_transcript: str | None
    gospeech_path_upload: str | None
    gospeech_push: Literal["on", "off"] | bool | None
    gospeech_refresh_margin_ms: int | None
    gospeech_upload_method: str | None
    gospeech_upload_part: str | None
    journal: str | PathLike[str] | None
    max_in_flight: int | None
    model: str | PathLike[str] | None
    no_proxy: str | None
    password: str | None
    post_logout_redirect_uri: str | None
    provider: str | None
    proxy: str | None
    proxy_password: str | None
    proxy_username: str | None
    redirect_uri: str | None
    retention_days: int | None
    role: str | None
    scope: str | None
    script: str | None
    service: Literal["gospeech", "local", "scripted", "transcribeme"] | None
    token_store: str | PathLike[str] | None
    transcribeme_part_body: Literal["multipart", "raw"] | None
    transcribeme_part_field: str | None
    transcribeme_path_accents: str | None
    transcribeme_path_billing_address: str | None
    transcribeme_path_billing_card: str | None
    transcribeme_path_billing_client_token: str | None
    transcribeme_path_currencies: str | None
    transcribeme_path_domains: str | None
    transcribeme_path_download: str | None
    transcribeme_path_languages: str | None
    transcribeme_path_order: str | None
    transcribeme_path_order_currency: str | None
    transcribeme_path_order_edit: str | None
    transcribeme_path_order_place: str | None
    transcribeme_path_order_promo: str | None
    transcribeme_path_orders: str | None
    transcribeme_path_outputs: str | None
    transcribeme_path_recording_status: str | None
    transcribeme_path_recording_statuses: str | None
    transcribeme_path_recordings: str | None
    transcribeme_path_regenerate_token: str | None
    transcribeme_path_speakers: str | None
    transcribeme_path_token: str | None
    transcribeme_path_transcript: str | None
    transcribeme_path_transcript_file: str | None
    transcribeme_path_turnarounds: str | None
    transcribeme_path_types: str | None
    transcribeme_path_upload_commit: str | None
    transcribeme_path_upload_remote: str | None
    transcribeme_path_upload_remote_second: str | None
    transcribeme_path_upload_simple: str | None
    transcribeme_path_upload_sync: str | None
    transcribeme_path_upload_url: str | None
    transcribeme_poll_first_ms: int | None
    transcribeme_poll_longest_ms: int | None
    transcribeme_simple_field: str | None
    transcribeme_trusted_origins: str | None
    username: str | None


_ABSTRACT = ("AsyncIterator", "Awaitable", "Callable", "Iterator", "Mapping", "Sequence")


def _resolve() -> None:
    """Gives the modules of the package the names that their annotations hold and that only checkers import."""
    import collections.abc
    import pathlib
    import types
    import typing

    from . import _aio, _client, _events, _install, _orders, _tiro, errors

    names: dict[str, object] = {name: globals()[name] for name in (*__all__, "Finishing", "Result")}
    names |= {name: value for name, value in vars(_tiro).items() if isinstance(value, type)}
    names |= {name: getattr(collections.abc, name) for name in _ABSTRACT}
    names |= {
        "Any": typing.Any,
        "Path": pathlib.Path,
        "PathLike": PathLike,
        "TracebackType": types.TracebackType,
    }
    for name in ("Self", "Unpack"):
        if hasattr(typing, name):  # from Python 3.11 on
            names[name] = getattr(typing, name)
    for module in (_aio, _client, _events, _install, _orders, errors):
        for name, value in names.items():
            vars(module).setdefault(name, value)


_resolve()

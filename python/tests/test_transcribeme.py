"""TranscribeMe: each way to sign in and to upload and each step of an order, against the sandbox."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from conftest import script

import tiro
from tiro.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("everything_is_logged")

SOUND = bytes(index * 31 % 251 for index in range(300_000))
SAID = "This transcript was written beforehand."
ADDRESS = {
    "firstName": "Ada",
    "lastName": "Example",
    "email": "ada@example.com",
    "address1": "1 Street",
    "address2": None,
    "country": {"id": "US", "name": "United States"},
    "state": {"id": "CA", "name": "California"},
    "city": "Town",
    "zip": "90000",
}
NAMES = ["talk.wav", 'a & b #1 + "c".wav', "line\nbreak.wav", "Пример 例.wav", "n" * 251 + ".wav"]


@pytest.fixture
def customer(tiro_sandbox: Sandbox) -> Iterator[tiro.Client]:
    with tiro_sandbox.client("transcribeme") as client:
        yield client


@pytest.fixture
def order(customer: tiro.Client) -> tiro.Order:
    """An order of one recording of a minute."""
    recording = customer.upload(SOUND, name="talk.wav")
    return customer.create_order([recording.id])


def grants(sandbox: Sandbox) -> list[str]:
    return [entry["grant"] for entry in sandbox.control.log(operation="token")["entries"]]


@pytest.mark.parametrize(
    ("grant", "options"),
    [
        ("password", {}),
        ("applicationtoken", {"application_token": "demo-application-token"}),
        ("externaltoken", {"external_token": "demo-google-token", "provider": "Google", "role": "Customer"}),
        (
            "externaltoken",
            {"external_token": "demo-facebook-token", "provider": "Facebook", "role": "Customer"},
        ),
    ],
)
def test_a_grant(tiro_sandbox: Sandbox, grant: str, options: dict[str, Any]) -> None:
    secret = {} if grant == "password" else {"password": None}
    with tiro_sandbox.client("transcribeme", **secret, **options) as client:
        client.sign_in()
        assert grants(tiro_sandbox) == [grant]
        tiro_sandbox.control.expire_tokens()
        client.billing_card()
        assert grants(tiro_sandbox) == [grant, "refresh_token"]
    assert all(entry["api_key"] for entry in tiro_sandbox.control.log()["entries"])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [({"client_secret": "wrong"}, "invalid_client"), ({"password": "wrong"}, "invalid_grant")],
)
@pytest.mark.parametrize("status", [400, 401])
def test_credentials_that_are_refused(
    tiro_sandbox: Sandbox, wrong: dict[str, str], code: str, status: int
) -> None:
    tiro_sandbox.control.behaviour(transcribeme={"sign_in_error_status": status})
    with tiro_sandbox.client("transcribeme", **wrong) as client, pytest.raises(tiro.AuthError) as raised:
        client.sign_in()
    assert (raised.value.service_code, raised.value.http_status) == (code, status) and raised.value.hint


@pytest.mark.parametrize("casing", ["pascal", "camel", "lower", "upper"])
@pytest.mark.parametrize("messages", ["texts", "objects", "single", "html", "empty"])
def test_an_error_in_every_form(
    tiro_sandbox: Sandbox, customer: tiro.Client, casing: str, messages: str
) -> None:
    tiro_sandbox.control.behaviour(transcribeme={"error_casing": casing, "error_messages": messages})
    with pytest.raises(tiro.NotFoundError) as raised:
        customer.order("no such order")
    assert raised.value.http_status == 404
    if messages in ("texts", "objects", "single"):
        assert raised.value.detail["messages"][0]["message"] in str(raised.value)


def test_a_new_application_token_ends_the_one_before(tiro_sandbox: Sandbox, customer: tiro.Client) -> None:
    token = customer.regenerate_application_token()
    by_token = partial(tiro_sandbox.client, "transcribeme", password=None)
    with by_token(application_token=token) as client:
        client.sign_in()
    with by_token(application_token="demo-application-token") as client, pytest.raises(tiro.AuthError):
        client.sign_in()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("parts", {"transcribeme_part_bytes": 65_536}),
        ("parts", {"transcribeme_part_bytes": 65_536, "transcribeme_parallel_parts": 4}),
        ("simple", {"transcribeme_upload": "simple"}),
        ("sync", {"transcribeme_upload": "sync"}),
    ],
)
@pytest.mark.parametrize("name", NAMES)
def test_an_upload(
    tiro_sandbox: Sandbox, customer: tiro.Client, kind: str, options: dict[str, Any], name: str
) -> None:
    recording = customer.upload(SOUND, name=name, **options)
    assert (recording.name, recording.status, recording.raw_status) == (name, "needs_action", "1")
    (held,) = tiro_sandbox.control.transcribeme_recordings()
    assert (held["id"], held["name"], held["upload"]) == (recording.id, name, kind)
    assert (held["size"], held["sha256"]) == (len(SOUND), hashlib.sha256(SOUND).hexdigest())
    assert {part["received"] for part in held["parts"]} <= {1}
    assert len(held["parts"]) == (5 if kind == "parts" else 0)


def test_parts_go_to_another_origin_without_credentials(tiro_sandbox: Sandbox, customer: tiro.Client) -> None:
    tiro_sandbox.control.behaviour(transcribeme={"upload_url_origin": "storage"})
    customer.upload(SOUND, name="talk.wav")
    parts = tiro_sandbox.control.log(operation="upload_part")["entries"]
    assert parts and not any(part["authorization"] or part["api_key"] for part in parts)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """An origin that has the recording."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    (tmp_path / "talk.wav").write_bytes(SOUND)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["first", "second"])
def test_an_upload_from_a_url(site: str, tiro_sandbox_settings: dict[str, Any], path: str) -> None:
    behaviour = {"transcribeme": {"remote_path": path}}
    with (
        Sandbox(**tiro_sandbox_settings, remote_origins=[site], behaviour=behaviour) as sandbox,
        sandbox.client("transcribeme") as client,
    ):
        source = tiro.RemoteSource(f"{site}/talk.wav?signature=secret")
        assert source.name == "talk.wav" and "secret" not in repr(source)
        client.upload(source)
        (held,) = sandbox.control.transcribeme_recordings()
        assert (held["upload"], held["sha256"]) == ("remote", hashlib.sha256(SOUND).hexdigest())


def test_a_url_that_is_none_is_refused() -> None:
    for wrong in ("", "talk.wav", "ftp://example.com/a", "https://me:secret@example.com/a"):
        with pytest.raises(tiro.UsageError):
            tiro.RemoteSource(wrong)


def test_every_step_of_an_order(tiro_sandbox: Sandbox, customer: tiro.Client, order: tiro.Order) -> None:
    (id,) = order.recording_ids
    order = customer.order(order.id)
    assert str(order.price) == "1.25 USD" and order.paid_at_ms is None and order.raw
    order = customer.edit_settings(
        order.id, language="English", order_type="verbatim", order_turnaround="24h", order_noisy_audio="yes"
    )
    assert str(order.price) == "2.00 USD"
    (held,) = tiro_sandbox.control.transcribeme_orders()
    settings = held["recordings"][0]["settings"]
    assert (settings["type"], settings["turnaround"], settings["isNoisyAudio"]) == (3, 24, True)
    assert len(settings) == 9
    customer.apply_promo(order.id, "SANDBOX-HALF")
    quote = customer.quote(order.id)
    assert quote.price is not None and quote.order_id == order.id
    assert quote.price.decimal == Decimal("1.00") and quote.price.currency == "USD"
    assert [priced.id for priced in quote.recordings] == [id]
    placed = customer.place(order.id, confirmed_price=str(quote.price))
    assert placed.paid_at_ms
    assert customer.wait(id).raw_status == "3"
    assert SAID in customer.transcript(id).text and SAID in customer.export(id, "txt").text
    (held,) = tiro_sandbox.control.transcribeme_orders()
    assert held["placed"] == 1


def test_names_that_the_lists_do_not_have(customer: tiro.Client, order: tiro.Order) -> None:
    with pytest.raises(tiro.OptionError) as raised:
        customer.edit_settings(order.id, order_type="verbatm")
    assert "Verbatim" in raised.value.hint and "order.type" in str(raised.value)


def test_a_promotional_code_that_is_wrong(customer: tiro.Client, order: tiro.Order) -> None:
    with pytest.raises(tiro.ServiceError) as raised:
        customer.apply_promo(order.id, "NO-SUCH-CODE")
    assert raised.value.service_code == "PROMO"


def test_nothing_is_bought_that_nobody_agreed_to(
    tiro_sandbox: Sandbox, customer: tiro.Client, order: tiro.Order
) -> None:
    for options in ({}, {"max_price": "1.24 USD"}, {"max_price": "100 EUR"}):
        with pytest.raises(tiro.ConfirmRequiredError) as raised:
            customer.place(order.id, **options)
        assert raised.value.order_id == order.id
        assert raised.value.price == tiro.Price("1.25 USD")
    tiro_sandbox.control.set_price(order.id, total="7.25", refund="0.25")
    with pytest.raises(tiro.QuoteChangedError) as changed:
        customer.place(order.id, confirmed_price="1.25 USD")
    assert changed.value.confirmed == tiro.Price("1.25 USD") and changed.value.now == tiro.Price("7.00 USD")
    assert changed.value.order_id == order.id
    (held,) = tiro_sandbox.control.transcribeme_orders()
    assert held["placed"] == 0
    assert customer.place(order.id, max_price="7 USD").paid_at_ms


def test_a_purchase_whose_answer_is_lost_is_looked_for(
    tiro_sandbox: Sandbox, customer: tiro.Client, order: tiro.Order
) -> None:
    tiro_sandbox.control.fault(operation="place_order", cut_before_response=True)
    assert customer.place(order.id, max_price="5 USD").paid_at_ms
    (held,) = tiro_sandbox.control.transcribeme_orders()
    assert held["placed"] == 1


def test_an_empty_wallet(tiro_sandbox: Sandbox, customer: tiro.Client, order: tiro.Order) -> None:
    tiro_sandbox.control.behaviour(transcribeme={"wallet_empty": True})
    with pytest.raises(tiro.ServiceError) as raised:
        customer.place(order.id, max_price="5 USD")
    assert raised.value.service_code == "WALLET"


def test_an_order_is_removed(tiro_sandbox: Sandbox, customer: tiro.Client, order: tiro.Order) -> None:
    customer.delete_order(order.id)
    assert tiro_sandbox.control.transcribeme_orders() == []
    with pytest.raises(tiro.NotFoundError):
        customer.order(order.id)


@pytest.mark.parametrize(
    "shape", [{}, {"dictionary": "wrapped"}, {"ids_as_text": True}, {"casing": "pascal"}]
)
def test_dictionaries(tiro_sandbox: Sandbox, customer: tiro.Client, shape: dict[str, Any]) -> None:
    tiro_sandbox.control.behaviour(transcribeme=shape)
    types = customer.dictionary("types")
    assert {entry.id: entry.name for entry in types.entries}["3"] == "Verbatim" and types.raw
    assert [entry.id for entry in types.entries if entry.is_default] == ["2"]
    assert customer.dictionary("types") == types
    assert len(tiro_sandbox.control.log(operation="types")["entries"]) == 1
    accents = customer.dictionary("accents", of="es")
    assert {entry.id for entry in accents.entries} == {"es-ES", "es-MX"}
    with pytest.raises(tiro.UsageError):
        customer.dictionary("weather")  # type: ignore[arg-type]


def test_billing(customer: tiro.Client) -> None:
    customer.set_billing_address(ADDRESS)
    assert customer.billing_address() == ADDRESS
    assert customer.billing_client_token()
    with pytest.raises(tiro.ServiceError):
        customer.save_billing_card("no-nonce")
    customer.save_billing_card("fake-valid-nonce")
    assert customer.billing_card()["last4"] == "1111"


def test_asyncio(tiro_sandbox: Sandbox) -> None:
    async def main() -> None:
        async with tiro_sandbox.async_client("transcribeme") as client:
            recording = await client.upload(SOUND, name="talk.wav")
            order = await client.create_order([recording.id])
            order = await client.edit_settings(order.id, order_type="Machine Express")
            with pytest.raises(tiro.ConfirmRequiredError):
                await client.place(order.id)
            quote = await client.quote(order.id)
            await client.place(order.id, confirmed_price=str(quote.price))
            assert (await client.order(order.id)).paid_at_ms
            assert (await client.wait(recording.id)).status == "ready"
            assert SAID in (await client.transcript(recording.id)).text
            assert (await client.dictionary("domains")).entries
            await client.set_billing_address(ADDRESS)
            assert await client.billing_address() == ADDRESS
            await client.save_billing_card("fake-valid-nonce")
            assert (await client.billing_card())["cardType"] == "Visa"
            assert await client.billing_client_token() and await client.regenerate_application_token()
            other = await client.create_order([(await client.upload(SOUND, name="b.wav")).id])
            await client.apply_promo(other.id, "SANDBOX-FREE")
            await client.delete_order(other.id)

    asyncio.run(main())


def test_orders_of_a_script() -> None:
    orders = {"prices": ["5.00 USD", "5.00 USD", "6.00 USD"]}
    with tiro.Client("scripted", script=script(orders=orders)) as client:
        recording = client.upload(SOUND, name="talk.wav")
        order = client.create_order([recording.id])
        quote = client.quote(order.id)
        with pytest.raises(tiro.ConfirmRequiredError):
            client.place(order.id)
        with pytest.raises(tiro.QuoteChangedError):
            client.place(order.id, confirmed_price=str(quote.price))
        assert client.place(order.id, max_price="6 USD").raw_status == "placed"
    with tiro.Client("scripted") as free, pytest.raises(tiro.UnsupportedError):
        free.quote("1")


def test_prices() -> None:
    price = tiro.Price("5.00 USD")
    assert (price.amount, price.currency, str(price)) == ("5.00", "USD", "5.00 USD")
    assert price == tiro.Price("USD 5.00") and hash(price) == hash(tiro.Price("USD 5.00"))
    assert price == tiro.Price("5.0 USD") and price.decimal == tiro.Price("5").decimal
    assert repr(price) == "Price('5.00 USD')"
    for wrong in ("", "a lot", "5,00 USD", "1e999 USD", "5 USD EUR"):
        with pytest.raises(tiro.UsageError):
            tiro.Price(wrong)

"""The verbs about orders and billing, which :class:`tiro.Client` and :class:`tiro.AsyncClient` have from here.

On a service that charges nobody each is a :class:`tiro.UnsupportedError`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from typing_extensions import Unpack

    from ._tiro import Core, Dictionary, Order, Quote
    from .typing import CallOptions, DictionaryName, Finishing


def _object(address: Mapping[str, object]) -> str:
    from json import dumps

    return dumps(dict(address), allow_nan=False)


class OrderVerbs:
    """Those of :class:`tiro.Client`."""

    _core: Core

    def create_order(self, recording_ids: Sequence[str], **options: Unpack[CallOptions]) -> Order:
        """Makes an order of recordings that are uploaded. Costs nothing yet."""
        return self._core.create_order(recording_ids, options).wait(None)

    def order(self, id: str, **options: Unpack[CallOptions]) -> Order:
        """An order as it is now."""
        return self._core.order(id, options).wait(None)

    def quote(self, id: str, **options: Unpack[CallOptions]) -> Quote:
        """What an order would cost if it were placed now."""
        return self._core.quote(id, options).wait(None)

    def edit_settings(self, id: str, **options: Unpack[CallOptions]) -> Order:
        """Sets what is bought for every recording of an order, and leaves what is not said.

        The options say it: ``language``, ``order_type``, ``order_turnaround`` and the others that begin with ``order_``, as
        names or ids of the service's lists (:meth:`dictionary`).
        """
        return self._core.edit_settings(id, options).wait(None)

    def apply_promo(self, id: str, code: str, **options: Unpack[CallOptions]) -> Order:
        """Applies a promotional code. Only before the order is placed."""
        return self._core.apply_promo(id, code, options).wait(None)

    def place(self, id: str, **options: Unpack[CallOptions]) -> Order:
        """Buys an order: spends money, at a price that somebody agreed to.

        ``confirmed_price`` is exactly what it has to cost, such as ``str(quote.price)``; ``max_price`` the most that it may
        cost. Without either it is a :class:`tiro.ConfirmRequiredError`; at another price than the confirmed one, a
        :class:`tiro.QuoteChangedError`. The request is never sent twice: where nobody knows whether it was bought, it is a
        :class:`tiro.NeedsActionError` that says what to look at.
        """
        return self._core.place(id, options).wait(None)

    def delete_order(self, id: str, **options: Unpack[CallOptions]) -> None:
        """Removes an order that is not placed."""
        self._core.delete_order(id, options).wait(None)

    def dictionary(
        self, name: DictionaryName, of: str | None = None, **options: Unpack[CallOptions]
    ) -> Dictionary:
        """One of the service's lists of what can be ordered. Asked for once in a client's life.

        ``of`` is the id of what the list belongs to: the language of ``accents``.
        """
        return self._core.dictionary(name, of, options).wait(None)

    def regenerate_application_token(self, **options: Unpack[CallOptions]) -> str:
        """Makes a new token that signs programs in, and gives it: a secret. It may end the one before."""
        return self._core.regenerate_application_token(options).wait(None).text

    def billing_address(self, **options: Unpack[CallOptions]) -> Any:
        """The billing address, as the service has it."""
        return self._core.billing_address(options).wait(None).json()

    def set_billing_address(self, address: Mapping[str, object], **options: Unpack[CallOptions]) -> None:
        """Sets the billing address, in the service's own words."""
        self._core.set_billing_address(_object(address), options).wait(None)

    def billing_card(self, **options: Unpack[CallOptions]) -> Any:
        """The card that is charged, as the service has it: its last digits and its end."""
        return self._core.billing_card(options).wait(None).json()

    def billing_client_token(self, **options: Unpack[CallOptions]) -> str:
        """A token for the payment gateway's own forms, which take a person's card: a secret."""
        return self._core.billing_client_token(options).wait(None).text

    def save_billing_card(self, nonce: str, **options: Unpack[CallOptions]) -> None:
        """Has a card charged from now on, by the nonce that the gateway's own forms gave for it.

        A card's number never goes through tiro.
        """
        self._core.save_billing_card(nonce, options).wait(None)


class AsyncOrderVerbs:
    """Those of :class:`tiro.AsyncClient`."""

    async def create_order(
        self: Finishing, recording_ids: Sequence[str], **options: Unpack[CallOptions]
    ) -> Order:
        """Makes an order of recordings that are uploaded. Costs nothing yet."""
        return await self._finish(self._core.create_order(recording_ids, options))

    async def order(self: Finishing, id: str, **options: Unpack[CallOptions]) -> Order:
        """An order as it is now."""
        return await self._finish(self._core.order(id, options))

    async def quote(self: Finishing, id: str, **options: Unpack[CallOptions]) -> Quote:
        """What an order would cost if it were placed now."""
        return await self._finish(self._core.quote(id, options))

    async def edit_settings(self: Finishing, id: str, **options: Unpack[CallOptions]) -> Order:
        """Sets what is bought for every recording of an order, and leaves what is not said.

        The options say it: ``language``, ``order_type``, ``order_turnaround`` and the others that begin with ``order_``, as
        names or ids of the service's lists (:meth:`dictionary`).
        """
        return await self._finish(self._core.edit_settings(id, options))

    async def apply_promo(self: Finishing, id: str, code: str, **options: Unpack[CallOptions]) -> Order:
        """Applies a promotional code. Only before the order is placed."""
        return await self._finish(self._core.apply_promo(id, code, options))

    async def place(self: Finishing, id: str, **options: Unpack[CallOptions]) -> Order:
        """Buys an order: spends money, at a price that somebody agreed to.

        ``confirmed_price`` is exactly what it has to cost, such as ``str(quote.price)``; ``max_price`` the most that it may
        cost. Without either it is a :class:`tiro.ConfirmRequiredError`; at another price than the confirmed one, a
        :class:`tiro.QuoteChangedError`. The request is never sent twice: where nobody knows whether it was bought, it is a
        :class:`tiro.NeedsActionError` that says what to look at.
        """
        return await self._finish(self._core.place(id, options))

    async def delete_order(self: Finishing, id: str, **options: Unpack[CallOptions]) -> None:
        """Removes an order that is not placed."""
        await self._finish(self._core.delete_order(id, options))

    async def dictionary(
        self: Finishing, name: DictionaryName, of: str | None = None, **options: Unpack[CallOptions]
    ) -> Dictionary:
        """One of the service's lists of what can be ordered. Asked for once in a client's life.

        ``of`` is the id of what the list belongs to: the language of ``accents``.
        """
        return await self._finish(self._core.dictionary(name, of, options))

    async def regenerate_application_token(self: Finishing, **options: Unpack[CallOptions]) -> str:
        """Makes a new token that signs programs in, and gives it: a secret. It may end the one before."""
        return (await self._finish(self._core.regenerate_application_token(options))).text

    async def billing_address(self: Finishing, **options: Unpack[CallOptions]) -> Any:
        """The billing address, as the service has it."""
        return (await self._finish(self._core.billing_address(options))).json()

    async def set_billing_address(
        self: Finishing, address: Mapping[str, object], **options: Unpack[CallOptions]
    ) -> None:
        """Sets the billing address, in the service's own words."""
        await self._finish(self._core.set_billing_address(_object(address), options))

    async def billing_card(self: Finishing, **options: Unpack[CallOptions]) -> Any:
        """The card that is charged, as the service has it: its last digits and its end."""
        return (await self._finish(self._core.billing_card(options))).json()

    async def billing_client_token(self: Finishing, **options: Unpack[CallOptions]) -> str:
        """A token for the payment gateway's own forms, which take a person's card: a secret."""
        return (await self._finish(self._core.billing_client_token(options))).text

    async def save_billing_card(self: Finishing, nonce: str, **options: Unpack[CallOptions]) -> None:
        """Has a card charged from now on, by the nonce that the gateway's own forms gave for it.

        A card's number never goes through tiro.
        """
        await self._finish(self._core.save_billing_card(nonce, options))

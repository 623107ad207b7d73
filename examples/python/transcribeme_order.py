"""TranscribeMe step by step: upload, order, quote, ask the person at the terminal, buy, wait, print the text.

python transcribeme_order.py talk.wav

The account comes from the environment: TIRO_CLIENT_ID, TIRO_CLIENT_SECRET, and TIRO_APPLICATION_TOKEN or TIRO_USERNAME and
TIRO_PASSWORD; against the sandbox also TIRO_AUTH_BASE_URL and TIRO_API_BASE_URL (docs/transcribeme.md). All of it in one
call, which survives being killed, is transcribe() with a journal (docs/jobs.md).
"""

import sys

import tiro


def agrees(price: tiro.Price) -> bool:
    """Whether the person says yes to a price."""
    return input(f"Buy the transcript for {price}? [y/N] ").strip().lower() in ("y", "yes")


def main() -> int:
    if len(sys.argv) != 2:
        print(f"usage: {sys.argv[0]} recording", file=sys.stderr)
        return 2
    try:
        with tiro.Client("transcribeme", environment=True) as client:
            recording = client.upload(sys.argv[1])
            order = client.create_order([recording.id])
            client.edit_settings(order.id, language="en", order_type="verbatim")
            price = client.quote(order.id).price
            if price is None or not agrees(price):
                client.delete_order(order.id)
                print("Nothing was bought.")
                return 0
            # At exactly this price, or not at all.
            client.place(order.id, confirmed_price=price)
            client.wait(recording.id)
            print(client.transcript(recording.id).text)
    except tiro.Error as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

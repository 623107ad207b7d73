"""Scenario III, a person with an account of their own: they log in at GoSpeech, and the upload that waited goes on.

python gospeech_login.py talk.wav

The environment names the API client: TIRO_CLIENT_ID and TIRO_REDIRECT_URI, which is on this machine with a port
(http://127.0.0.1:8765/callback) and registered with the client (docs/gospeech.md).
"""

import sys
import webbrowser

import tiro


def main() -> int:
    if len(sys.argv) != 2:
        print(f"usage: {sys.argv[0]} recording", file=sys.stderr)
        return 2
    try:
        with tiro.Client("gospeech", environment=True) as client:

            def log_in(login: tiro.Login) -> None:
                print(f"log in at {login.url}", flush=True)
                webbrowser.open(login.url)
                client.receive_login(login)

            print(client.transcribe(sys.argv[1], on_login=log_in).text)
    except tiro.Error as error:
        print(error, error.hint, sep="\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

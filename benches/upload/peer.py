"""The same upload by a peer, as its own documentation writes it: python peer.py requests|httpx SMALL LARGE."""

from __future__ import annotations

import os
import sys
from typing import Any

from upload import forget_peak, status_kib


def main(name: str, small: str, large: str) -> None:
    http: Any = __import__(name)
    url = os.environ["TIRO_API_BASE_URL"]
    form = {
        "grant_type": "password",
        "client_id": os.environ["TIRO_CLIENT_ID"],
        "client_secret": os.environ["TIRO_CLIENT_SECRET"],
        "username": os.environ["TIRO_USERNAME"],
        "scope": "openid integrated-api",
    }
    token = http.post(f"{url}/connect/token", data=form).json()["access_token"]

    def upload(path: str) -> None:
        with open(path, "rb") as file:
            headers = {"Authorization": f"Bearer {token}"}
            answer = http.post(
                f"{url}/api/records", files={"file": ("talk.wav", file)}, headers=headers, timeout=600
            )
            answer.raise_for_status()

    upload(small)
    before = forget_peak()
    upload(large)
    print(status_kib("VmHWM:") - before)


if __name__ == "__main__":
    main(*sys.argv[1:])

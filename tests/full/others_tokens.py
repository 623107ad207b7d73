"""The sandbox's token endpoint, asked by Authlib: password, client credentials, code with PKCE, refresh with rotation."""

from __future__ import annotations

import authlib
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwk, jwt
from person import go_through
from tiro.sandbox import Sandbox

SCOPES = "openid offline_access email profile integrated-api"
PERSON = "anna@example.com"
LOGIN = ({"email": PERSON, "password": "anna-password"}, {"decision": "allow"})
REDIRECT = "http://127.0.0.1:8765/callback"
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-to-be-content"


def session(client_id: str, secret: str | None = None, **settings: object) -> OAuth2Session:
    opened = OAuth2Session(client_id, secret, **settings)
    opened.trust_env = False  # loopback, whatever proxies the environment names
    return opened


def refused(asked: object) -> str:
    """The OAuth error that a call ends with."""
    try:
        asked()
    except OAuthError as error:
        return str(error.error)
    raise AssertionError("it was not refused")


def worklist(sandbox: Sandbox, opened: OAuth2Session) -> int:
    status: int = opened.get(f"{sandbox.url}/api/records/worklist?offset=0&limit=1").status_code
    return status


def password(sandbox: Sandbox, url: str, method: str) -> None:
    with session("demo", "demo-secret", scope=SCOPES, token_endpoint_auth_method=method) as developer:
        token = developer.fetch_token(url, username="me@example.com", password="developer-password")
        assert token["token_type"] == "Bearer" and token["refresh_token"], token.keys()
        assert worklist(sandbox, developer) == 200
        wrong = refused(lambda: developer.fetch_token(url, username="me@example.com", password="wrong"))
        print(f"password, {method}: a token; a wrong password: {wrong}")
        assert wrong == "invalid_grant"


def client_credentials(sandbox: Sandbox, url: str) -> None:
    with session("demo", "demo-secret", scope="management-api") as machine:
        token = machine.fetch_token(url, grant_type="client_credentials")
        assert "refresh_token" not in token and token["scope"] == "management-api", token.keys()
        made = machine.post(
            f"{sandbox.url}/api/users/managed",
            json={"email": "managed@example.com", "firstName": "M", "lastName": "U"},
        )
        assert made.status_code == 201, made.text
        assert worklist(sandbox, machine) == 403, "a token for managing users reads recordings"
    with session("demo", "wrong", scope="management-api") as stranger:
        wrong = refused(lambda: stranger.fetch_token(url, grant_type="client_credentials"))
    print(f"client credentials: a token that creates a user; a wrong secret: {wrong}")
    assert wrong == "invalid_client"


def code(sandbox: Sandbox, known: dict[str, str]) -> None:
    settings = {
        "scope": SCOPES,
        "redirect_uri": REDIRECT,
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "none",
    }
    with session("demo-public", **settings) as app:
        url, state = app.create_authorization_url(
            known["authorization_endpoint"], code_verifier=VERIFIER, nonce="a-nonce"
        )
        assert create_s256_code_challenge(VERIFIER) in url
        back = go_through(url, *LOGIN)
        assert back.startswith(f"{REDIRECT}?")

        def fetch(verifier: str) -> dict[str, str]:
            token: dict[str, str] = app.fetch_token(
                known["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
            )
            return token

        token = fetch(VERIFIER)
        keys = jwk.KeySet.import_key_set(app.get(known["jwks_uri"], withhold_token=True).json())
        claims = jwt.decode(token["id_token"], keys, algorithms=["ES256"]).claims
        assert (claims["iss"], claims["aud"]) == (sandbox.url, "demo-public"), claims
        assert claims["nonce"] == "a-nonce" and claims["email"] == PERSON, claims
        assert worklist(sandbox, app) == 200
        print("code with PKCE: a token; the identity token's signature, nonce and e-mail are right")
        rotation(sandbox, app, known["token_endpoint"])

        again = refused(lambda: fetch(VERIFIER))
        url, state = app.create_authorization_url(known["authorization_endpoint"], code_verifier=VERIFIER)
        back = go_through(url, *LOGIN)
        other = refused(lambda: fetch(VERIFIER[::-1]))
        print(f"the same code again: {again}; with another verifier: {other}")
        assert again == other == "invalid_grant"


def rotation(sandbox: Sandbox, app: OAuth2Session, url: str) -> None:
    """Authlib refreshes by itself once a token has ended; each refresh token is good for one use."""
    used = [app.token["refresh_token"]]
    for _ in range(3):
        sandbox.control.expire_tokens(account=PERSON)
        assert worklist(sandbox, app) == 401
        app.refresh_token(url)
        assert worklist(sandbox, app) == 200
        used.append(app.token["refresh_token"])
    assert len(set(used)) == len(used)
    stolen = refused(lambda: app.refresh_token(url, refresh_token=used[0]))
    ended = refused(lambda: app.refresh_token(url, refresh_token=used[-1]))
    print(f"refresh: 3 times, 4 refresh tokens; a used one: {stolen}; after that the newest: {ended}")
    assert stolen == ended == "invalid_grant" and worklist(sandbox, app) == 401


def main() -> None:
    print(f"Authlib {authlib.__version__}")
    with Sandbox(engine="scripted") as sandbox, session("") as anybody:
        known = anybody.get(f"{sandbox.url}/.well-known/openid-configuration", withhold_token=True).json()
        for method in ("client_secret_basic", "client_secret_post"):
            password(sandbox, known["token_endpoint"], method)
        client_credentials(sandbox, known["token_endpoint"])
        code(sandbox, known)


if __name__ == "__main__":
    main()

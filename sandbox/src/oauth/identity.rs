//! Identity tokens and user information, as OpenID Connect has them. Signed with ES256, by a key of this sandbox's own.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde_json::{Value, json};

use super::scope;
use crate::app::{App, SharedApp};
use crate::gospeech::bearer_token;
use crate::state::{Account, Database, Family};
use crate::timestamp::now_ms;

const KEY_ID: &str = "tiro-sandbox";

pub(crate) struct Signer {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Signer {
    /// The key that the sandbox keeps, made at the first start.
    pub(crate) fn of(database: &Database) -> Result<Self, String> {
        let random = SystemRandom::new();
        let new = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let new = new.map_err(|error| error.to_string())?;
        let kept =
            database.kept("signing key", || new.as_ref().to_vec()).map_err(|error| error.to_string())?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &kept, &random);
        Ok(Self { key: key.map_err(|error| error.to_string())?, random })
    }

    /// An identity token of a login.
    pub(super) fn identity(
        &self,
        app: &App,
        account: &Account,
        family: &Family,
        nonce: Option<&str>,
        seconds: u64,
    ) -> String {
        let now = now_ms() / 1000;
        let mut claims = claims(account, &family.scope);
        claims["iss"] = app.url.clone().into();
        claims["aud"] = family.client.clone().into();
        claims["iat"] = now.into();
        claims["exp"] = now.saturating_add_unsigned(seconds).into();
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        self.sign(&claims)
    }

    fn sign(&self, claims: &Value) -> String {
        let head = json!({ "alg": "ES256", "typ": "JWT", "kid": KEY_ID }).to_string();
        let signed =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims.to_string()));
        let signature = self.key.sign(&self.random, signed.as_bytes()).expect("P-256 signs what it is given");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The claims of a token of this sandbox's own, expired or not: as a hint to whose session ends.
    pub(super) fn read(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.key.public_key());
        key.verify(signed.as_bytes(), &signature).ok()?;
        let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?;
        serde_json::from_slice(&claims).ok()
    }

    fn public(&self) -> Value {
        // An uncompressed point: a byte that says so, x, y.
        let point = self.key.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..65]].map(|half| URL_SAFE_NO_PAD.encode(half));
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID, "x": x, "y": y })
    }
}

fn claims(account: &Account, granted: &str) -> Value {
    let mut claims = json!({ "sub": account.id });
    if scope::has(granted, "email") {
        claims["email"] = account.email.clone().into();
    }
    // The vendor's pages describe `email` as giving the names, too.
    if scope::has(granted, "profile") || scope::has(granted, "email") {
        claims["name"] = account.display_name.clone().into();
        claims["given_name"] = account.first_name.clone().into();
        claims["family_name"] = account.last_name.clone().into();
    }
    claims
}

pub(super) async fn keys(State(app): State<SharedApp>) -> Response {
    Json(json!({ "keys": [app.signer.public()] })).into_response()
}

pub(super) async fn user_info(State(app): State<SharedApp>, headers: HeaderMap) -> Response {
    let found = || {
        let (family, _) = app.database.access(bearer_token(&headers)?).ok().flatten()?;
        let account = app.database.account(family.account.as_ref()?).ok().flatten()?;
        scope::has(&family.scope, "openid").then(|| claims(&account, &family.scope))
    };
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
    found().map_or_else(
        || (StatusCode::UNAUTHORIZED, challenge).into_response(),
        |claims| Json(claims).into_response(),
    )
}

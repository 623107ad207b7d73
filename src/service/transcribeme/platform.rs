//! What every request needs: connections, addresses, the account's tokens, and the API key that goes along everywhere.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::endpoints::TRANSCRIBEME_ENDPOINTS;
use super::reading::is_answer;
use super::refusal::error_of;
use crate::auth::{
    self, Grant, IdentityKey, OAuthError, RenewAhead, Session, SessionSettings, TokenEndpoint, TokenProvider,
};
use crate::error::{Error, ErrorKind, Result};
use crate::hex::hex;
use crate::http::{HeaderName, HeaderValue, Http, Request, Response, Url, base_url, checked_url, origin};
use crate::options::Options;
use crate::service::address;
use crate::service::answer::{LARGEST_JSON, refusal, success};
use crate::service::endpoint::EndpointState;

/// Documented (spec: 3.1).
const BASE_URL: &str = "https://rest-api.transcribeme.com/api/v1";
/// Hosts below it are the vendor's own (spec: U14).
const VENDOR: &str = "transcribeme.com";
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

pub(super) struct Platform {
    pub(super) http: Http,
    pub(super) options: Options,
    pub(super) api: Url,
    pub(super) session: Arc<Session>,
    api_key: HeaderValue,
    trusted_origins: Vec<String>,
}

impl Platform {
    pub(super) fn open(options: &Options, provider: Option<Arc<dyn TokenProvider>>) -> Result<Arc<Self>> {
        let base = |key: &str| match options.text(key).is_empty() {
            true => checked_url(BASE_URL),
            false => base_url(key, options),
        };
        let http = Http::new(options)?;
        let api_key = api_key(options)?;
        let session = session(options, &http, &base("auth_base_url")?, &api_key, provider)?;
        Ok(Arc::new(Self {
            api: base("api_base_url")?,
            trusted_origins: trusted_origins(options)?,
            options: options.clone(),
            http,
            session,
            api_key,
        }))
    }

    /// The URL of an endpoint, its places filled.
    pub(super) fn url(&self, option: &str, places: &[(&str, &str)]) -> Result<Url> {
        let path = self.options.text(option);
        if path.is_empty() {
            return Err(Error::new(ErrorKind::EndpointUnset, format!("{option} is set to nothing")));
        }
        address::below(&self.api, &address::fill(&path, places)?)
    }

    /// As [`Platform::url`], with a query.
    pub(super) fn url_with(&self, option: &str, query: &[(&str, &str)]) -> Result<Url> {
        let mut url = self.url(option, &[])?;
        url.query_pairs_mut().extend_pairs(query);
        Ok(url)
    }

    /// Sends a request as this account.
    pub(super) async fn send(
        &self,
        call: &Options,
        make: impl Fn() -> Result<Request> + Send + Sync,
    ) -> Result<Response> {
        let make = || Ok(make()?.header(API_KEY, self.api_key.clone()));
        self.session.send(&self.http, call, make).await
    }

    /// The body of the answer to a request that is done, else the error that it stands for.
    pub(super) async fn ask(
        &self,
        call: &Options,
        operation: &str,
        make: impl Fn() -> Result<Request> + Send + Sync,
    ) -> Result<Bytes> {
        done(operation, self.send(call, make).await?).await
    }

    pub(super) fn endpoints(&self) -> Vec<EndpointState> {
        TRANSCRIBEME_ENDPOINTS.iter().map(|endpoint| endpoint.with(&self.options)).collect()
    }

    /// The place that the service says an upload goes to, and whether it gets the credentials (spec: U13, U14).
    pub(super) fn told_place(&self, told: &str) -> Result<(Url, bool)> {
        let refused = |why: &str| {
            Error::new(ErrorKind::Protocol, format!("the place of the upload that TranscribeMe named {why}"))
                .with_retriable(false)
        };
        let base = below_itself(&self.api);
        let mut url = base.join(told.trim()).map_err(|_| refused("is no URL"))?;
        url.set_fragment(None);
        if !url.has_host() || !url.username().is_empty() || url.password().is_some() {
            return Err(refused("names no host, or a user"));
        }
        // Plain http is for tests on this machine, which the base is on then; the transport sees to that.
        if url.scheme() != "https" && !(url.scheme() == "http" && self.api.scheme() == "http") {
            return Err(refused("is not https"));
        }
        let trusted = self.is_trusted(&url);
        Ok((url, trusted))
    }

    fn is_trusted(&self, url: &Url) -> bool {
        let to = origin(url);
        let both_vendors = is_vendors(url) && is_vendors(&self.api);
        to == origin(&self.api) || both_vendors || self.trusted_origins.contains(&to)
    }
}

/// The body of an answer that says yes; else the error that it stands for.
pub(super) async fn done(operation: &str, response: Response) -> Result<Bytes> {
    let head = response.head();
    let body = success(response, LARGEST_JSON, |status, body| error_of(operation, status, body)).await?;
    if is_answer(&body) { Ok(body) } else { Err(head.complete(no_answer(operation))) }
}

/// The error that an answer stands for which does not say yes.
pub(super) async fn refused(operation: &str, response: Response) -> Error {
    refusal(response, |status, body| error_of(operation, status, body)).await
}

/// A yes that cannot be the service's: a proxy, or the login page of a network, may have said it in its place.
fn no_answer(operation: &str) -> Error {
    let what = format!("the answer to {operation} is a page or broken JSON, not TranscribeMe's");
    Error::new(ErrorKind::Protocol, what)
        .with_retriable(false)
        .with_hint("perhaps something on the way answered; look whether it was done before asking again")
}

/// With a slash at its end, so that what is relative to it is below it.
fn below_itself(base: &Url) -> Url {
    let mut base = base.clone();
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    base
}

fn is_vendors(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let own = host == VENDOR || host.strip_suffix(VENDOR).is_some_and(|sub| sub.ends_with('.'));
    own && url.scheme() == "https" && url.port_or_known_default() == Some(443)
}

fn trusted_origins(options: &Options) -> Result<Vec<String>> {
    let given = options.text("transcribeme.trusted_origins");
    let given = given.split(',').map(str::trim).filter(|part| !part.is_empty());
    let checked = given.map(|part| {
        let refused = |why: &str| {
            Error::new(ErrorKind::Option, format!("transcribeme.trusted_origins: {part:?} {why}"))
        };
        let url = checked_url(part).map_err(|error| refused(error.message()))?;
        match url.path() == "/" && url.query().is_none() && url.fragment().is_none() {
            true => Ok(origin(&url)),
            false => Err(refused("is more than an origin")),
        }
    });
    checked.collect()
}

fn api_key(options: &Options) -> Result<HeaderValue> {
    let client_id = options.text("client_id");
    if client_id.is_empty() {
        return Err(Error::new(ErrorKind::Option, "TranscribeMe needs client_id, your API key")
            .with_hint("the vendor gives it out on request; docs/transcribeme.md shows how"));
    }
    let mut value = HeaderValue::from_str(&client_id)
        .map_err(|_| Error::new(ErrorKind::Option, "client_id holds what no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn session(
    options: &Options,
    http: &Http,
    auth: &Url,
    api_key: &HeaderValue,
    provider: Option<Arc<dyn TokenProvider>>,
) -> Result<Arc<Session>> {
    let (grant, identity) = grant(options, provider)?;
    let client_id = options.text("client_id");
    Ok(Session::new(SessionSettings {
        http: http.clone(),
        endpoint: TokenEndpoint {
            url: address::below(auth, &options.text("transcribeme.path.token"))?,
            discovery: None,
            client_id: client_id.clone(),
            client_secret: options.secret("client_secret"),
            basic: false,
            headers: vec![(API_KEY, api_key.clone())],
        },
        grant,
        scope: String::new(),
        key: IdentityKey {
            service: "transcribeme".to_owned(),
            auth_origin: origin(auth),
            client_id,
            identity,
        },
        store: auth::open_store(options)?,
        ahead: RenewAhead { most: Duration::from_secs(300), of_life: 10 },
        keep: &["userId"],
        advice,
    }))
}

/// How the account signs in, and by what name its tokens and its jobs are kept.
fn grant(options: &Options, provider: Option<Arc<dyn TokenProvider>>) -> Result<(Grant, String)> {
    let username = options.text("username");
    let name = match options.text("identity") {
        nothing if nothing.is_empty() => username.clone(),
        name => name,
    };
    if options.is_set("journal") && name.is_empty() {
        // A token is no name: with the next one all would be begun, and bought, once more.
        return Err(Error::new(ErrorKind::Option, "whose the jobs of the journal are is not said")
            .with_hint("set identity, to any name of the account, or username"));
    }
    if let Some(provider) = provider {
        return Ok((Grant::Provider(provider), name));
    }
    if let Some(token) = options.secret("access_token") {
        return Ok((Grant::Fixed(token), name));
    }
    let name_or = |otherwise: String| if name.is_empty() { otherwise } else { name.clone() };
    if let Some(token) = options.secret("application_token") {
        let identity = name_or(named_by(&token));
        let mut form = vec![("grant_type", "applicationtoken".into()), ("authtoken", token)];
        if !username.is_empty() {
            form.push(("username", username.into()));
        }
        return Ok((Grant::Form(form), identity));
    }
    if let Some(token) = options.secret("external_token") {
        let (grant, identity) = external_grant(options, token)?;
        return Ok((grant, name_or(identity)));
    }
    match options.secret("password") {
        Some(password) if !username.is_empty() => {
            let form = vec![
                ("grant_type", "password".into()),
                ("username", username.as_str().into()),
                ("password", password),
            ];
            Ok((Grant::Form(form), name))
        }
        _ => Err(Error::new(ErrorKind::Option, "the options do not say who signs in")
            .with_hint("set application_token, or username and password, or external_token and provider")),
    }
}

fn external_grant(options: &Options, token: SecretString) -> Result<(Grant, String)> {
    let (provider, role) = (options.text("provider"), options.text("role"));
    if provider.is_empty() {
        return Err(Error::new(ErrorKind::Option, "external_token needs provider")
            .with_hint("the vendor names Facebook and Google"));
    }
    let identity = format!("{provider} {}", named_by(&token));
    let mut form =
        vec![("grant_type", "externaltoken".into()), ("authtoken", token), ("provider", provider.into())];
    if !role.is_empty() {
        form.push(("role", role.into()));
    }
    Ok((Grant::Form(form), identity))
}

/// A name for whoever holds a token, which tells nothing of it.
fn named_by(token: &SecretString) -> String {
    let digest = Sha256::digest(token.expose_secret().as_bytes());
    format!("token {}", hex(&digest[..8]))
}

fn advice(error: &OAuthError) -> Option<String> {
    if error.mentions("invalid_client") {
        return Some("check client_id (the API key) and client_secret".to_owned());
    }
    if error.mentions("invalid_grant") {
        return Some(
            "check username and password, which expires by the vendor's rules; an application_token does not"
                .to_owned(),
        );
    }
    None
}

//! What all identities of one client share: connections, addresses, the store of tokens, and the management token.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use secrecy::SecretString;

use super::endpoints::GOSPEECH_ENDPOINTS;
use super::problem;
use crate::auth::{
    self, Discovered, Discovery, Grant, IdentityKey, Login, LoginSettings, OAuthError, RenewAhead, Session,
    SessionSettings, TokenEndpoint, TokenProvider, TokenStore,
};
use crate::error::{Error, ErrorKind, Result};
use crate::following::Budget;
use crate::http::{Http, Response, Url, base_url, checked_url};
use crate::options::Options;
use crate::service::answer::{LARGEST_JSON, success};
use crate::service::endpoint::EndpointState;
use crate::service::{Call, address};

/// Both are documented (spec: 4.1); that the API is on the host of the sign-in is so in the only example.
const AUTH_BASE_URL: &str = "https://auth.app.gospeech.com";
const API_BASE_URL: &str = "https://auth.app.gospeech.com";
/// The scopes of the documented example (spec: 4.2).
const SCOPE: &str = "openid offline_access email profile integrated-api";

pub(super) struct Platform {
    pub(super) http: Http,
    pub(super) options: Options,
    pub(super) api: Url,
    auth: Url,
    discovery: Option<Arc<Discovery>>,
    store: Arc<dyn TokenStore>,
    management: OnceLock<Arc<Session>>,
    pub(super) budget: Budget,
}

impl Platform {
    pub(super) fn open(options: &Options) -> Result<Arc<Self>> {
        let base = |key: &str, default: &str| match options.text(key).is_empty() {
            true => checked_url(default),
            false => base_url(key, options),
        };
        let auth = base("auth_base_url", AUTH_BASE_URL)?;
        let discovery = match options.text("discovery").as_str() {
            "on" => Some(address::below(&auth, &options.text("gospeech.path.discovery"))?),
            _ => None,
        };
        Ok(Arc::new(Self {
            http: Http::new(options)?,
            api: base("api_base_url", API_BASE_URL)?,
            auth,
            discovery: discovery.map(|url| Arc::new(Discovery::new(url))),
            store: auth::open_store(options)?,
            options: options.clone(),
            management: OnceLock::new(),
            budget: Budget::default(),
        }))
    }

    /// The URL of an endpoint of the API, its places filled.
    pub(super) fn url(&self, option: &str, places: &[(&str, &str)]) -> Result<Url> {
        let path = address::fill(&self.template(option)?, places)?;
        let mut url = address::below(&self.api, &path)?;
        let version = self.options.text("gospeech.api_version");
        if !version.is_empty() {
            url.query_pairs_mut().append_pair(&self.options.text("gospeech.api_version_param"), &version);
        }
        Ok(url)
    }

    /// The URL of a page of the list.
    pub(super) fn list_url(&self, query: &str) -> Result<Url> {
        let mut url = self.url("gospeech.path.recordings", &[])?;
        let parts = [url.query().unwrap_or_default(), query, &self.options.text("gospeech.list_query")]
            .map(str::to_owned);
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        url.set_query(Some(&parts.join("&")));
        Ok(url)
    }

    /// The URL of an endpoint of the sign-in.
    pub(super) fn auth_url(&self, option: &str) -> Result<Url> {
        address::below(&self.auth, &self.template(option)?)
    }

    /// The discovery that may tell where an endpoint is; `None`: it is off, or the endpoint's path was set.
    fn discovery_for(&self, option: &str) -> Option<&Arc<Discovery>> {
        self.discovery.as_ref().filter(|_| !self.options.is_set(option))
    }

    /// The URL of an endpoint of the sign-in, as the service tells it where it is asked for that.
    async fn told_auth_url(
        &self,
        call: &Options,
        option: &str,
        told: fn(&Discovered) -> Option<Url>,
    ) -> Result<Url> {
        if let Some(discovery) = self.discovery_for(option)
            && let Some(url) = told(discovery.ask(&self.http, call).await?)
        {
            return Ok(url);
        }
        self.auth_url(option)
    }

    /// The hub's URL.
    pub(super) fn hub_url(&self) -> Result<Url> {
        let base = match self.options.text("gospeech.hub_base_url") {
            given if given.is_empty() => self.api.clone(),
            _ => base_url("gospeech.hub_base_url", &self.options)?,
        };
        address::below(&base, &self.template("gospeech.path.hub")?)
    }

    /// The template of an endpoint. One that nobody knows and nobody set is an error before anything is sent.
    fn template(&self, option: &str) -> Result<String> {
        let path = self.options.text(option);
        if path.is_empty() {
            let what = format!("GoSpeech does not document this endpoint, and {option} is not set");
            return Err(Error::new(ErrorKind::EndpointUnset, what)
                .with_hint(format!("set {option} as your account's API reference has it")));
        }
        Ok(path)
    }

    pub(super) fn endpoints(&self) -> Vec<EndpointState> {
        GOSPEECH_ENDPOINTS.iter().map(|endpoint| endpoint.with(&self.options)).collect()
    }

    /// A link into the vendor's pages. What stands in its template is the caller's business; a token never does.
    pub(super) fn link(&self, recording_id: Option<&str>) -> Result<String> {
        match recording_id {
            Some(id) => address::fill(&self.template("gospeech.link.recording")?, &[("recordId", id)]),
            None => self.template("gospeech.link.worklist"),
        }
    }

    /// The body of an answer that says yes; else the error that it stands for.
    pub(super) async fn expect_success(&self, operation: &str, response: Response) -> Result<Bytes> {
        success(response, LARGEST_JSON, |status, body| problem::error_of(operation, status, body)).await
    }

    /// That something is gone. Where the request had to be repeated, an earlier one may have done it: then that it is not
    /// to be found says the same.
    pub(super) async fn expect_deleted(&self, operation: &str, response: Response) -> Result<()> {
        let done_before = response.was_repeated() && response.status() == 404;
        match self.expect_success(operation, response).await {
            Err(_) if done_before => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// The session of the client's own identity: a ready token, a person who logs in, or the account that is named.
    /// `None`: the options name nobody, and only managed users can be acted for.
    pub(super) fn own_session(
        &self,
        provider: Option<Arc<dyn TokenProvider>>,
    ) -> Result<Option<Arc<Session>>> {
        if let Some(provider) = provider {
            return self.session(Grant::Provider(provider), "").map(Some);
        }
        if let Some(token) = self.options.secret("access_token") {
            return self.session(Grant::Fixed(token), "").map(Some);
        }
        if !self.options.text("redirect_uri").is_empty() {
            return self.session(Grant::Login, &self.options.text("identity")).map(Some);
        }
        match self.options.text("username") {
            nobody if nobody.is_empty() => Ok(None),
            username => self.password_session(&username, self.options.secret("password")).map(Some),
        }
    }

    /// The session of a managed user, who has no password (spec: 4.3).
    pub(super) fn user_session(&self, email: &str) -> Result<Arc<Session>> {
        self.password_session(email, None)
    }

    fn password_session(&self, username: &str, password: Option<SecretString>) -> Result<Arc<Session>> {
        let mut form = vec![("grant_type", "password".into()), ("username", username.into())];
        form.extend(password.map(|password| ("password", password)));
        self.session(Grant::Form(form), username)
    }

    /// The session of the management scope, by client credentials; made at its first use.
    pub(super) fn management(&self) -> Result<Arc<Session>> {
        if let Some(session) = self.management.get() {
            return Ok(session.clone());
        }
        let scope = self.options.text("gospeech.management_scope");
        let grant = Grant::Form(vec![("grant_type", "client_credentials".into())]);
        let session = Session::new(self.settings(grant, "(management)", scope)?);
        Ok(self.management.get_or_init(|| session).clone())
    }

    fn session(&self, grant: Grant, identity: &str) -> Result<Arc<Session>> {
        Ok(Session::new(self.settings(grant, identity, self.scope())?))
    }

    fn scope(&self) -> String {
        match self.options.text("scope") {
            given if given.is_empty() => SCOPE.to_owned(),
            given => given,
        }
    }

    fn settings(&self, grant: Grant, identity: &str, scope: String) -> Result<SessionSettings> {
        let most = self.options.duration("gospeech.refresh_margin_ms");
        self.check_client_id(&grant)?;
        Ok(SessionSettings {
            http: self.http.clone(),
            endpoint: self.token_endpoint()?,
            key: self.key(identity),
            grant,
            scope,
            store: self.store.clone(),
            ahead: RenewAhead { most, of_life: 50 },
            keep: &[],
            advice,
        })
    }

    fn token_endpoint(&self) -> Result<TokenEndpoint> {
        Ok(TokenEndpoint {
            url: self.auth_url("gospeech.path.token")?,
            discovery: self.discovery_for("gospeech.path.token").cloned(),
            client_id: self.options.text("client_id"),
            client_secret: self.options.secret("client_secret"),
            basic: self.options.text("gospeech.client_auth") == "basic",
            headers: Vec::new(),
        })
    }

    fn check_client_id(&self, grant: &Grant) -> Result<()> {
        let needed = !matches!(grant, Grant::Fixed(_) | Grant::Provider(_));
        match needed && self.options.text("client_id").is_empty() {
            true => Err(Error::new(ErrorKind::Option, "GoSpeech needs client_id, the id of your API client")
                .with_hint("create an API client in GoSpeech's settings; docs/gospeech.md shows how")),
            false => Ok(()),
        }
    }

    fn key(&self, identity: &str) -> IdentityKey {
        IdentityKey {
            service: "gospeech".to_owned(),
            auth_origin: self.auth.origin().ascii_serialization(),
            client_id: self.options.text("client_id"),
            identity: identity.to_owned(),
        }
    }

    fn login_settings(&self, call: &Call) -> Result<LoginSettings> {
        let redirect_uri = self.options.text("redirect_uri");
        if redirect_uri.is_empty() {
            return Err(Error::new(
                ErrorKind::Option,
                "a login needs redirect_uri, as registered with the API client",
            ));
        }
        self.check_client_id(&Grant::Login)?;
        Ok(LoginSettings {
            authorize_url: self.auth_url("gospeech.path.authorize")?,
            redirect_uri,
            scope: self.scope(),
            extra: Vec::new(),
            key: self.key(&call.options.text("identity")),
            lifetime: call.options.duration("login_timeout_ms"),
            keep: &[],
            advice,
        })
    }

    pub(super) async fn begin_login(&self, call: &Call) -> Result<Login> {
        let mut settings = self.login_settings(call)?;
        let told = |found: &Discovered| found.authorize.clone();
        settings.authorize_url = self.told_auth_url(&call.options, "gospeech.path.authorize", told).await?;
        settings.begin()
    }

    /// Trades what the browser brought for the session of whoever logged in.
    pub(super) async fn complete_login(
        &self,
        call: &Call,
        ticket: &SecretString,
        redirect_url: &str,
    ) -> Result<Arc<Session>> {
        let settings = self.login_settings(call)?;
        let granted = settings.check(ticket, redirect_url)?;
        let identity = granted.key().identity.clone();
        let mut session = self.settings(Grant::Login, &identity, self.scope())?;
        if identity.is_empty() {
            // Persons without a name must not find one another's tokens, and the client that began stays nobody's.
            session.store = auth::memory_store();
        }
        let session = Session::new(session);
        let tokens = settings.exchange(&self.http, &self.token_endpoint()?, granted, &call.options).await?;
        session.adopt(tokens).await?;
        Ok(session)
    }

    pub(super) async fn sign_out(&self, call: &Call, session: &Session) -> Result<()> {
        let told = |found: &Discovered| found.revocation.clone();
        let revocation = self.told_auth_url(&call.options, "gospeech.path.revocation", told).await.ok();
        session.sign_out(&call.options, revocation.as_ref()).await
    }

    pub(super) fn logout_url(&self) -> Result<String> {
        let told = self.discovery_for("gospeech.path.end_session").and_then(|discovery| discovery.known());
        let mut url = match told.and_then(|found| found.end_session.clone()) {
            Some(url) => url,
            None => self.auth_url("gospeech.path.end_session")?,
        };
        let back = self.options.text("post_logout_redirect_uri");
        if !back.is_empty() {
            url.query_pairs_mut()
                .append_pair("client_id", &self.options.text("client_id"))
                .append_pair("post_logout_redirect_uri", &back);
        }
        Ok(url.into())
    }
}

/// What the vendor's pages advise about errors of the sign-in.
fn advice(error: &OAuthError) -> Option<String> {
    if error.mentions("invalid_username_or_password") {
        // spec: 4.9
        return Some(
            "check client_id and client_secret, and that the account is a Developer account".to_owned(),
        );
    }
    if error.mentions("invalid_scope") {
        // spec: 4.2
        return Some(
            "for managed users, the vendor's pages spell the scope both management-api and managed-api: set \
             gospeech.management_scope to the other one"
                .to_owned(),
        );
    }
    None
}

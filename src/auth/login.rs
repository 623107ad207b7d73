//! A person's login: authorization code with PKCE. A login is begun in one place and completed in another, perhaps by
//! another process: all that has to be remembered between is in its ticket.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::endpoint::Ask;
use super::oauth_error::OAuthError;
use super::tokens::Tokens;
use super::{IdentityKey, TokenEndpoint, form, written};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Http, Repeat, Url};
use crate::instant::now_ms;
use crate::options::{Options, same_secret};
use crate::random;

const TICKET_VERSION: u32 = 1;
/// Longest ticket or redirect that is looked at.
const MOST_TEXT: usize = 64 << 10;

/// What a login is begun and completed with. Both need the same.
pub(crate) struct LoginSettings {
    pub(crate) authorize_url: Url,
    /// As registered with the API client, byte for byte.
    pub(crate) redirect_uri: String,
    pub(crate) scope: String,
    /// Further fields of the login page's address, such as `prompt`.
    pub(crate) extra: Vec<(String, String)>,
    pub(crate) key: IdentityKey,
    /// How long a person may take.
    pub(crate) lifetime: Duration,
    pub(crate) keep: &'static [&'static str],
    pub(crate) advice: fn(&OAuthError) -> Option<String>,
}

/// A login that waits for a person. `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Login {
    url: String,
    state: String,
    ticket: SecretString,
}

impl Login {
    /// The address of the service's login page, for a browser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the redirect will carry, to find the login that it belongs to.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// What completes the login. A secret: a web host keeps it in the session of the browser that it sent there.
    pub fn ticket(&self) -> &SecretString {
        &self.ticket
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

/// The content of a ticket.
#[derive(Serialize, Deserialize)]
struct Ticket {
    version: u32,
    #[serde(flatten)]
    key: IdentityKey,
    redirect_uri: String,
    scope: String,
    expires_at_ms: i64,
    #[serde(serialize_with = "written::exposed")]
    verifier: SecretString,
    #[serde(serialize_with = "written::exposed")]
    state: SecretString,
    #[serde(serialize_with = "written::exposed")]
    nonce: SecretString,
}

/// A redirect that belongs to a ticket, with the code it carries.
pub(crate) struct Granted {
    ticket: Ticket,
    code: SecretString,
}

impl Granted {
    /// Whose login it is: as the one who began it said.
    pub(crate) fn key(&self) -> &IdentityKey {
        &self.ticket.key
    }
}

impl fmt::Debug for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Granted").finish_non_exhaustive()
    }
}

fn refused(what: &str) -> Error {
    Error::new(ErrorKind::Auth, format!("the login was not completed: {what}"))
}

impl LoginSettings {
    /// Begins a login. Asks nobody.
    pub(crate) fn begin(&self) -> Result<Login> {
        // 48 random bytes are the 64 characters of a verifier.
        let (verifier, state, nonce) = (random::text::<48>()?, random::text::<24>()?, random::text::<24>()?);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let lifetime_ms = i64::try_from(self.lifetime.as_millis()).unwrap_or(i64::MAX);
        let ticket = Ticket {
            version: TICKET_VERSION,
            key: self.key.clone(),
            redirect_uri: self.redirect_uri.clone(),
            scope: self.scope.clone(),
            expires_at_ms: now_ms().saturating_add(lifetime_ms),
            verifier: verifier.into(),
            state: state.as_str().into(),
            nonce: nonce.as_str().into(),
        };
        let own = [
            ("response_type", "code"),
            ("client_id", &self.key.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", &self.scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        if let Some((name, _)) = self.extra.iter().find(|(name, _)| own.iter().any(|(own, _)| own == name)) {
            let message = format!("{name} of the login page's address is tiro's own to set");
            return Err(Error::new(ErrorKind::Argument, message));
        }
        let extra = self.extra.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let query = form::query(own.into_iter().filter(|(_, value)| !value.is_empty()).chain(extra));
        let mut url = self.authorize_url.clone();
        let query = match url.query().filter(|query| !query.is_empty()) {
            Some(before) => format!("{before}&{query}"),
            None => query,
        };
        url.set_query(Some(&query));
        Ok(Login { url: url.into(), state, ticket: ticket.text()? })
    }

    /// Checks that a redirect belongs to a ticket, and takes its code. Asks nobody.
    pub(crate) fn check(&self, ticket: &SecretString, redirect: &str) -> Result<Granted> {
        let ticket = Ticket::read(ticket)?;
        let mine = IdentityKey { identity: ticket.key.identity.clone(), ..self.key.clone() };
        if ticket.key != mine || ticket.redirect_uri != self.redirect_uri {
            return Err(refused("its ticket is of another service, server, API client or redirect_uri"));
        }
        if now_ms() >= ticket.expires_at_ms {
            return Err(Error::new(ErrorKind::LoginRequired, "the login took too long")
                .with_hint("begin it again; login_timeout_ms says how long it may take"));
        }
        let answer = Redirect::read(redirect.trim(), &self.redirect_uri)?;
        let state = answer.one("state")?.map(SecretString::from);
        if !same_secret(state.as_ref(), &ticket.state) {
            return Err(refused("the redirect's state is not that of this login"));
        }
        if let Some(code) = answer.one("error")? {
            let text = |name| answer.one(name).ok().flatten().unwrap_or_default();
            let (description, uri) = (text("error_description"), text("error_uri"));
            return Err(OAuthError::new(code, description, uri, 0, &[]).into_error(self.advice));
        }
        match answer.one("code")?.filter(|code| !code.is_empty()) {
            Some(code) => Ok(Granted { code: code.into(), ticket }),
            None => Err(refused("the redirect carries no code")),
        }
    }

    /// Trades a code for tokens.
    pub(crate) async fn exchange(
        &self,
        http: &Http,
        endpoint: &TokenEndpoint,
        granted: Granted,
        call: &Options,
    ) -> Result<Tokens> {
        let Granted { ticket, code } = granted;
        let fields = [
            ("grant_type", "authorization_code".into()),
            ("code", code),
            ("redirect_uri", ticket.redirect_uri.as_str().into()),
            ("code_verifier", ticket.verifier.clone()),
        ];
        // A code serves once, and one that comes twice may end what it gave.
        let ask = Ask { fields: &fields, scope: "", keep: self.keep, repeat: Repeat::Unsent };
        let mut tokens = endpoint
            .ask_with_care(http, call, ask, 0)
            .await
            .map_err(|failure| failure.into_error(self.advice))?;
        if let Some(id_token) = &tokens.id_token {
            check_id_token(id_token, &ticket)?;
        }
        if tokens.scope.is_empty() {
            tokens.scope.clone_from(&ticket.scope);
        }
        tokens.asked_scope = ticket.scope;
        Ok(tokens)
    }
}

/// The state of the login that a ticket belongs to; `None`: it is no ticket.
pub(crate) fn state_of_ticket(ticket: &SecretString) -> Option<String> {
    Ticket::read(ticket).ok().map(|ticket| ticket.state.expose_secret().to_owned())
}

/// Where the redirect of a login goes to.
pub(super) fn redirect_uri_of(login: &Login) -> Result<String> {
    Ok(Ticket::read(&login.ticket)?.redirect_uri)
}

impl Ticket {
    fn text(&self) -> Result<SecretString> {
        let json = Zeroizing::new(
            serde_json::to_vec(self)
                .map_err(|_| Error::new(ErrorKind::Io, "the ticket could not be written"))?,
        );
        Ok(URL_SAFE_NO_PAD.encode(&*json).into())
    }

    fn read(text: &SecretString) -> Result<Self> {
        let broken = || Error::new(ErrorKind::Argument, "the ticket is not one that login_begin gave out");
        let text = text.expose_secret().trim();
        if text.len() > MOST_TEXT {
            return Err(broken());
        }
        let json = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| broken())?);
        let ticket: Self = serde_json::from_slice(&json).map_err(|_| broken())?;
        match ticket.version == TICKET_VERSION && !ticket.state.expose_secret().is_empty() {
            true => Ok(ticket),
            false => Err(broken()),
        }
    }
}

/// What a browser was sent back with.
struct Redirect(Vec<(String, Zeroizing<String>)>);

impl Redirect {
    /// Takes a whole URL, or its path and query: behind a proxy, a web host sees no more of it that is true.
    fn read(text: &str, redirect_uri: &str) -> Result<Self> {
        let registered = Url::parse(redirect_uri)
            .map_err(|_| Error::new(ErrorKind::Option, "redirect_uri is no absolute URL"))?;
        let broken = || Error::new(ErrorKind::Argument, "the redirect is no URL");
        if text.len() > MOST_TEXT {
            return Err(broken());
        }
        let url = registered.join(text).map_err(|_| broken())?;
        if url.path() != registered.path() {
            return Err(refused("the redirect leads to another path than redirect_uri"));
        }
        let pairs = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned().into()));
        Ok(Self(pairs.collect()))
    }

    /// A field that may be there once.
    fn one(&self, name: &str) -> Result<Option<&str>> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(refused(&format!("the redirect carries {name} twice"))),
            (value, None) => Ok(value),
        }
    }
}

/// The token came from the token endpoint itself, over TLS, which stands for its signature (OpenID Connect Core 3.1.3.7).
/// What is left to see is that it is of this login and for this API client.
fn check_id_token(token: &SecretString, ticket: &Ticket) -> Result<()> {
    #[derive(Deserialize)]
    struct Claims {
        nonce: Option<SecretString>,
        aud: Option<Audience>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Audience {
        One(String),
        Many(Vec<String>),
    }
    let broken = || Error::new(ErrorKind::Protocol, "the service's id_token is none");
    let payload = token.expose_secret().split('.').nth(1).ok_or_else(broken)?;
    let payload =
        Zeroizing::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).map_err(|_| broken())?);
    let claims: Claims = serde_json::from_slice(&payload).map_err(|_| broken())?;
    if !same_secret(claims.nonce.as_ref(), &ticket.nonce) {
        return Err(refused("the id_token is of another login"));
    }
    let client = &ticket.key.client_id;
    let is_for_client = match &claims.aud {
        None => true,
        Some(Audience::One(one)) => one == client,
        Some(Audience::Many(many)) => many.contains(client),
    };
    match is_for_client {
        true => Ok(()),
        false => Err(refused("the id_token is for another API client")),
    }
}

//! The verbs that only services with accounts have: who is signed in, logins of persons, managed users, requests of one's
//! own, and what is known of the endpoints. On another service each is [`ErrorKind::Unsupported`].

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::{CallContext, Client, Shared, checked_id};
use crate::auth::{self, Login, RedirectListener};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::runtime::Operation;
use crate::service::Service;
use crate::service::endpoint::EndpointState;
use crate::service::remote::{CustomRequest, Diagnosis, ManagedUser, ManagedUsers, NewManagedUser, Remote};

impl Client {
    /// Gets an access token now. Never needed: any verb does so. For finding out early that credentials are wrong.
    pub fn sign_in(&self, call: Option<&Options>) -> Result<Operation<()>> {
        self.shared.remote()?;
        self.start(call, |context| async move {
            context.in_turn(context.service.remote_service()?.sign_in(&context.call)).await
        })
    }

    /// Ends this identity's tokens: here always, at the service if it can be reached.
    pub fn sign_out(&self, call: Option<&Options>) -> Result<Operation<()>> {
        self.shared.remote()?;
        self.start(call, |context| async move {
            context.in_turn(context.service.remote_service()?.sign_out(&context.call)).await
        })
    }

    /// Begins the login of a person (authorization code with PKCE). The result says where to send their browser, and
    /// holds the ticket that [`Client::complete_login`] takes: a secret, to be kept in the person's session.
    pub fn login_begin(&self, call: Option<&Options>) -> Result<Operation<Login>> {
        self.shared.remote()?;
        self.start(call, |context| async move {
            context.in_turn(context.service.remote_service()?.login_begin(&context.call)).await
        })
    }

    /// Ends a login with the URL that the browser was redirected to. The result is a new client, that person's; this one
    /// stays as it is. An operation that waits for this login (see [`Operation::login`]) goes on as that person.
    pub fn complete_login(
        &self,
        ticket: &SecretString,
        redirect_url: &str,
        call: Option<&Options>,
    ) -> Result<Operation<Client>> {
        self.shared.remote()?;
        let (ticket, redirect_url) = (ticket.clone(), redirect_url.to_owned());
        let shared = self.shared.clone();
        self.start(
            call,
            move |context| async move { context.complete_login(&shared, ticket, redirect_url).await },
        )
    }

    /// Waits for the browser of a login at `redirect_uri`, which must be on this machine with a port of its own, and then
    /// ends the login as [`Client::complete_login`] does. At most `login_timeout_ms`.
    pub fn receive_login(&self, login: &Login, call: Option<&Options>) -> Result<Operation<Client>> {
        self.shared.remote()?;
        self.check_process()?;
        let listener = RedirectListener::bind(login)?;
        let (login, shared) = (login.clone(), self.shared.clone());
        self.start(call, move |context| async move {
            let redirect_url = listener.redirect(context.login_timeout()).await?;
            context.complete_login(&shared, login.ticket().clone(), redirect_url).await
        })
    }

    /// Where to send a person's browser to log out at the service. [`Client::sign_out`] ends the tokens.
    pub fn logout_url(&self) -> Result<String> {
        self.shared.remote()?.logout_url()
    }

    /// A request of the caller's own with this identity's token, for what tiro has no verb for. Any answer of the server
    /// is a result, also one that says no: look at [`Document::http_status`].
    pub fn request(&self, request: CustomRequest, call: Option<&Options>) -> Result<Operation<Document>> {
        self.shared.remote()?;
        self.start(call, |context| async move {
            context.in_turn(context.service.remote_service()?.request(&context.call, request)).await
        })
    }

    /// Every endpoint of the service: its path for this client, and how far it can be relied on.
    pub fn endpoints(&self) -> Result<Vec<EndpointState>> {
        Ok(self.shared.remote()?.endpoints())
    }

    /// Asks every endpoint that can be asked without creating, changing or spending anything, and says what works.
    pub fn doctor(&self, call: Option<&Options>) -> Result<Operation<Diagnosis>> {
        self.shared.remote()?;
        self.start(call, |context| async move {
            context.in_turn(context.service.remote_service()?.doctor(&context.call)).await
        })
    }

    /// A link to a recording in the service's own web pages.
    pub fn recording_link(&self, id: &str) -> Result<String> {
        let id = checked_id(id)?;
        self.shared.remote()?.link(Some(&id))
    }

    /// A link to the list of recordings in the service's own web pages.
    pub fn worklist_link(&self) -> Result<String> {
        self.shared.remote()?.link(None)
    }

    /// Creates an account for an end-user, managed by this client's.
    pub fn create_managed_user(
        &self,
        user: NewManagedUser,
        call: Option<&Options>,
    ) -> Result<Operation<ManagedUser>> {
        self.shared.managed_users()?;
        self.start(call, |context| async move {
            context.in_turn(context.service.managing_service()?.create(&context.call, user)).await
        })
    }

    /// Removes the account of an end-user.
    pub fn delete_managed_user(&self, id: &str, call: Option<&Options>) -> Result<Operation<()>> {
        self.shared.managed_users()?;
        let id = checked_id(id)?;
        self.start(call, |context| async move {
            context.in_turn(context.service.managing_service()?.delete(&context.call, &id)).await
        })
    }

    /// A client of an end-user's account, by its e-mail address. It shares connections and limits with this one.
    pub fn as_user(&self, email: &str) -> Result<Client> {
        self.check_process()?;
        if email.is_empty() || email.chars().any(char::is_control) {
            return Err(Error::new(
                ErrorKind::Argument,
                "an e-mail address is not empty and has no control characters",
            ));
        }
        Ok(self.shared.sibling(self.shared.managed_users()?.as_user(email)?))
    }
}

impl Shared {
    fn remote(&self) -> Result<&dyn Remote> {
        self.check_process()?;
        self.service.remote_service()
    }

    fn managed_users(&self) -> Result<&dyn ManagedUsers> {
        self.check_process()?;
        self.service.managing_service()
    }
}

impl dyn Service {
    fn remote_service(&self) -> Result<&dyn Remote> {
        let missing = || Error::new(ErrorKind::Unsupported, "this service has no accounts and no network");
        self.remote().ok_or_else(missing)
    }

    fn managing_service(&self) -> Result<&dyn ManagedUsers> {
        let missing = || Error::new(ErrorKind::Unsupported, "this service has no managed users");
        self.managed_users().ok_or_else(missing)
    }
}

impl CallContext {
    fn login_timeout(&self) -> Duration {
        self.call.options.duration("login_timeout_ms")
    }

    /// Makes sure that somebody is logged in, before a source is touched: where a person has to log in first, the
    /// operation says so ([`Operation::login`]) and waits for the login, and then goes on as that person.
    pub(super) async fn logged_in(&mut self) -> Result<()> {
        let Some(remote) = self.service.remote() else { return Ok(()) };
        let Some(login) = self.in_turn(remote.login_needed(&self.call)).await? else { return Ok(()) };
        let completed = self.logins.expect(login.state());
        self.call.reporter.login_required(login);
        let waiting = tokio::time::timeout(self.login_timeout(), completed);
        let missed = || {
            Error::new(ErrorKind::LoginRequired, "nobody logged in, in the time that login_timeout_ms gives")
                .with_hint("start the operation again, and send the person's browser to the login's url")
        };
        self.service = waiting.await.map_err(|_| missed())?.map_err(|_| missed())?;
        Ok(())
    }

    async fn complete_login(
        &self,
        shared: &Arc<Shared>,
        ticket: SecretString,
        redirect_url: String,
    ) -> Result<Client> {
        let state = auth::state_of_ticket(&ticket);
        let remote = self.service.remote_service()?;
        let service = self.in_turn(remote.complete_login(&self.call, ticket, redirect_url)).await?;
        if let Some(state) = state {
            shared.logins.complete(&state, &service);
        }
        Ok(shared.sibling(service))
    }
}

//! What only some services can do, beyond [`Service`]: those with accounts, reached over a network ([`Remote`]), and
//! those where one account manages others ([`ManagedUsers`]).

use std::sync::Arc;

use bytes::Bytes;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::endpoint::EndpointState;
use super::{Call, Service, ServiceFuture};
use crate::auth::Login;
use crate::document::Document;
use crate::error::Result;

/// A service with accounts.
pub(crate) trait Remote: Send + Sync {
    /// Gets an access token now, so that wrong credentials are found out early.
    fn sign_in<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, ()>;

    /// Ends the tokens: here always, at the service if it can be reached.
    fn sign_out<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, ()>;

    /// The login that is needed before anything else, if a person has to log in first.
    fn login_needed<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Option<Login>>;

    /// Begins the login of a person.
    fn login_begin<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Login>;

    /// Ends a login with what the browser was redirected to. The result is the service as that person.
    fn complete_login<'a>(
        &'a self,
        call: &'a Call,
        ticket: SecretString,
        redirect_url: String,
    ) -> ServiceFuture<'a, Arc<dyn Service>>;

    /// Where a person's browser is sent to log out.
    fn logout_url(&self) -> Result<String>;

    /// A request of the caller's own, with this identity's token.
    fn request<'a>(&'a self, call: &'a Call, request: CustomRequest) -> ServiceFuture<'a, Document>;

    /// Every endpoint, as it is for these options.
    fn endpoints(&self) -> Vec<EndpointState>;

    /// Asks every endpoint that can be asked without changing anything.
    fn doctor<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Diagnosis>;

    /// A link into the service's own web pages: of a recording, or of the list.
    fn link(&self, recording_id: Option<&str>) -> Result<String>;
}

/// A service where one account makes and removes others.
pub(crate) trait ManagedUsers: Send + Sync {
    /// Creates an account.
    fn create<'a>(&'a self, call: &'a Call, user: NewManagedUser) -> ServiceFuture<'a, ManagedUser>;

    /// Removes one.
    fn delete<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()>;

    /// The service as one of them.
    fn as_user(&self, email: &str) -> Result<Arc<dyn Service>>;
}

/// A request that tiro has no verb for. The path is below the service's API; it names no host.
#[derive(Clone, Debug)]
pub struct CustomRequest {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// Such as `/api/records/worklist?offset=0`.
    pub path: String,
    /// What is sent, if anything.
    pub body: Option<Bytes>,
    /// The media type of `body`; `""`: JSON.
    pub content_type: String,
}

/// An account to be made for an end-user, who needs no password.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewManagedUser {
    /// E-mail address: by it the user is acted for ([`crate::Client::as_user`]).
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Initials; the service makes them of the names if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
    /// Name to show; the service makes it of the names if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
}

/// An account that was made for an end-user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManagedUser {
    /// The service's id, by which the account is removed; `""` if the service did not tell.
    pub id: String,
    /// E-mail address.
    pub email: String,
    /// The service's own answer, as JSON.
    pub raw: String,
}

/// What a service's endpoints answered when they were asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// The service.
    pub service: String,
    /// One for each operation.
    pub probes: Vec<Probe>,
}

/// One operation of a [`Diagnosis`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Probe {
    /// The operation, by tiro's word for it.
    pub operation: String,
    /// The method and path that were asked, or would be.
    pub endpoint: String,
    /// `documented`, `assumed`, `unset` or `configured`.
    pub standing: String,
    /// `works`, `fails`, or `not probed`.
    pub outcome: String,
    /// Why it fails or was not probed; `""` otherwise.
    pub reason: String,
    /// The option that would mend it, or `""`.
    pub option: String,
}

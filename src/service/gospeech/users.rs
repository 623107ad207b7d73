//! Managed users (spec: 5.5, 5.6): accounts that the developer's account makes for end-users. They are made with a token of
//! the management scope, by client credentials; each is then acted for with a token of its own.

use std::sync::Arc;

use serde_json::Value;

use super::{GoSpeech, record};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Body, Method, Repeat, Request};
use crate::service::remote::{ManagedUser, ManagedUsers, NewManagedUser};
use crate::service::{Call, Service, ServiceFuture};

impl GoSpeech {
    async fn create_user(&self, call: &Call, user: NewManagedUser) -> Result<ManagedUser> {
        for (name, value) in
            [("email", &user.email), ("first_name", &user.first_name), ("last_name", &user.last_name)]
        {
            if value.trim().is_empty() {
                return Err(Error::new(ErrorKind::Argument, format!("a managed user needs {name}")));
            }
        }
        let url = self.platform.url("gospeech.path.managed_user_create", &[])?;
        let body = Document::json_of(&user);
        let response = self
            .platform
            .management()?
            .send(&self.platform.http, &call.options, || {
                Ok(Request::new(Method::POST, url.clone()).body(Body::Json(body.shared_bytes())))
            })
            .await?;
        let answer = self.platform.expect_success("create_managed_user", response).await;
        let answer = answer.map_err(|error| match (error.http_status(), error.hint()) {
            (Some(409), "") => error.with_hint("there may be a user with this e-mail address already"),
            _ => error,
        })?;
        let value = record::parse(&answer, "the managed user")?;
        let id = match &value {
            Value::String(id) => id.clone(),
            value => ["id", "userId"]
                .iter()
                .find_map(|name| value.get(*name)?.as_str())
                .unwrap_or_default()
                .to_owned(),
        };
        Ok(ManagedUser { id, email: user.email, raw: value.to_string() })
    }

    async fn delete_user(&self, call: &Call, id: &str) -> Result<()> {
        let url = self.platform.url("gospeech.path.managed_user_delete", &[("userId", id)])?;
        let management = self.platform.management()?;
        let request = || Ok(Request::new(Method::DELETE, url.clone()).repeat(Repeat::Safe));
        let response = management.send(&self.platform.http, &call.options, request).await?;
        self.platform.expect_deleted("delete_managed_user", response).await
    }
}

impl ManagedUsers for GoSpeech {
    fn create<'a>(&'a self, call: &'a Call, user: NewManagedUser) -> ServiceFuture<'a, ManagedUser> {
        Box::pin(self.create_user(call, user))
    }

    fn delete<'a>(&'a self, call: &'a Call, id: &'a str) -> ServiceFuture<'a, ()> {
        Box::pin(self.delete_user(call, id))
    }

    fn as_user(&self, email: &str) -> Result<Arc<dyn Service>> {
        Ok(Arc::new(GoSpeech::with_session(self.platform.clone(), self.platform.user_session(email)?)))
    }
}

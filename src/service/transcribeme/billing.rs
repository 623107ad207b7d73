//! The account that is charged (spec: 3.4, 4.6): its application token, its billing address, its card. A card's number
//! never comes here: the payment gateway's own forms take it and give a nonce.

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::TranscribeMe;
use super::reading::{Members, not_understood, scalar, utf8};
use crate::document::Document;
use crate::error::Result;
use crate::http::{Body, Method, Repeat, Request};
use crate::service::orders::Account;
use crate::service::{Call, ServiceFuture};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain";

impl TranscribeMe {
    async fn read_json(&self, call: &Call, operation: &str, option: &str) -> Result<Bytes> {
        let url = self.platform.url(option, &[])?;
        self.platform.ask(&call.options, operation, || Ok(Request::get(url.clone()))).await
    }

    async fn regenerate(&self, call: &Call) -> Result<Document> {
        let url = self.platform.url("transcribeme.path.regenerate_token", &[])?;
        let client_id = self.platform.options.text("client_id");
        let form = url_encoded("client_id", &client_id);
        let make = || {
            let request = Request::new(Method::POST, url.clone()).repeat(Repeat::Never);
            Ok(request.body(Body::Form(form.clone().into())))
        };
        let answer = self.platform.ask(&call.options, "regenerate_application_token", make).await?;
        // It may have ended the token before: what this one is has to be found out at any price but showing it.
        token_in(&answer, &["application_token", "applicationToken", "token"])
    }

    async fn save_card(&self, call: &Call, nonce: SecretString) -> Result<Document> {
        let url = self.platform.url("transcribeme.path.billing_card", &[])?;
        let body = json!({ "token": nonce.expose_secret() }).to_string();
        let answer = self.post(call, "save_billing_card", url, body, Repeat::Unsent).await?;
        Ok(Document::new(JSON, answer))
    }
}

fn url_encoded(name: &str, value: &str) -> String {
    let value = percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
    format!("{name}={value}")
}

/// A token in an answer of an undocumented shape (spec: U5): a member, or all there is.
fn token_in(answer: &[u8], names: &[&str]) -> Result<Document> {
    let refused = || not_understood("the answer holds no token where one is looked for");
    let text = utf8(answer, "the token")?.trim();
    let is_token = |text: &String| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    let bare = || Some(text.to_owned()).filter(|text| !text.contains(['<', '{', '[', '"']));
    let token =
        Members::of(text).and_then(|members| members.first(names)).or_else(|| scalar(text)).or_else(bare);
    Ok(Document::new(TEXT, token.filter(is_token).ok_or_else(refused)?.into_bytes()))
}

impl Account for TranscribeMe {
    fn regenerate_application_token<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Document> {
        Box::pin(self.regenerate(call))
    }

    fn billing_address<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Document> {
        Box::pin(async move {
            let answer = self.read_json(call, "billing_address", "transcribeme.path.billing_address").await?;
            Ok(Document::new(JSON, answer))
        })
    }

    fn set_billing_address<'a>(&'a self, call: &'a Call, address: String) -> ServiceFuture<'a, Document> {
        Box::pin(async move {
            let url = self.platform.url("transcribeme.path.billing_address", &[])?;
            let answer = self.post(call, "set_billing_address", url, address, Repeat::Unsent).await?;
            Ok(Document::new(JSON, answer))
        })
    }

    fn billing_card<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Document> {
        Box::pin(async move {
            let answer = self.read_json(call, "billing_card", "transcribeme.path.billing_card").await?;
            Ok(Document::new(JSON, answer))
        })
    }

    fn billing_client_token<'a>(&'a self, call: &'a Call) -> ServiceFuture<'a, Document> {
        Box::pin(async move {
            let path = "transcribeme.path.billing_client_token";
            let answer = self.read_json(call, "billing_client_token", path).await?;
            token_in(&answer, &["clientToken", "client_token", "token"])
        })
    }

    fn save_billing_card<'a>(&'a self, call: &'a Call, nonce: SecretString) -> ServiceFuture<'a, Document> {
        Box::pin(self.save_card(call, nonce))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_token_in_every_form_and_never_in_an_error() {
        let token =
            |body: &str| token_in(body.as_bytes(), &["application_token", "applicationToken", "token"]);
        for body in [
            r#"{"application_token":"t-1"}"#,
            r#"{"ApplicationToken":"t-1"}"#,
            r#"{"Application_Token":"t-1","token":"other"}"#,
            r#"{"token":"t-1"}"#,
            r#""t-1""#,
            "t-1\n",
        ] {
            assert_eq!(token(body).unwrap().text(), Some("t-1"), "{body}");
        }
        for body in
            ["", "<html>hidden</html>", r#"{"secret":"hidden"}"#, "[\"hidden\"]", "hid den", r#""hid den""#]
        {
            let error = token(body).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{body}");
            assert!(!format!("{error} {error:?} {}", error.detail()).contains("hid"), "{body}");
        }
    }
}

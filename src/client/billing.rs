//! The verbs about the account that a service charges. On another service each is [`ErrorKind::Unsupported`].

use secrecy::SecretString;

use super::{CallContext, Client};
use crate::document::Document;
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;
use crate::runtime::Operation;
use crate::service::orders::Account;

/// More than an address or a nonce ever has.
const LONGEST: usize = 64 << 10;

impl Client {
    /// Makes a new token that signs programs in (`application_token`); it may end the one before. The result is the token
    /// alone, a secret. tiro never calls this by itself.
    pub fn regenerate_application_token(&self, call: Option<&Options>) -> Result<Operation<Document>> {
        self.account()?;
        self.start(call, |context| async move {
            context.in_turn(context.account()?.regenerate_application_token(&context.call)).await
        })
    }

    /// The billing address, as the service's own JSON.
    pub fn billing_address(&self, call: Option<&Options>) -> Result<Operation<Document>> {
        self.account()?;
        self.start(call, |context| async move {
            context.in_turn(context.account()?.billing_address(&context.call)).await
        })
    }

    /// Sets the billing address, from an object of the service's own JSON.
    pub fn set_billing_address(&self, address: &str, call: Option<&Options>) -> Result<Operation<Document>> {
        self.account()?;
        let is_object = serde_json::from_str::<serde_json::Map<_, _>>(address).is_ok();
        if !is_object || address.len() > LONGEST {
            return Err(Error::new(ErrorKind::Argument, "the address is not a JSON object"));
        }
        let address = address.to_owned();
        self.start(call, |context| async move {
            context.in_turn(context.account()?.set_billing_address(&context.call, address)).await
        })
    }

    /// The card that is charged, as the service's own JSON: its last digits and its end.
    pub fn billing_card(&self, call: Option<&Options>) -> Result<Operation<Document>> {
        self.account()?;
        self.start(call, |context| async move {
            context.in_turn(context.account()?.billing_card(&context.call)).await
        })
    }

    /// A token for the payment gateway's own forms, which take a person's card. The result is the token alone.
    pub fn billing_client_token(&self, call: Option<&Options>) -> Result<Operation<Document>> {
        self.account()?;
        self.start(call, |context| async move {
            context.in_turn(context.account()?.billing_client_token(&context.call)).await
        })
    }

    /// Has a card charged from now on, by the nonce that the payment gateway gave for it. A card's number never goes
    /// through tiro.
    pub fn save_billing_card(
        &self,
        nonce: &SecretString,
        call: Option<&Options>,
    ) -> Result<Operation<Document>> {
        use secrecy::ExposeSecret;
        self.account()?;
        let length = nonce.expose_secret().len();
        if length == 0 || length > LONGEST {
            return Err(Error::new(ErrorKind::Argument, "the nonce is empty or overlong"));
        }
        let nonce = nonce.clone();
        self.start(call, |context| async move {
            context.in_turn(context.account()?.save_billing_card(&context.call, nonce)).await
        })
    }

    fn account(&self) -> Result<&dyn Account> {
        self.check_process()?;
        self.shared.service.account().ok_or_else(no_account)
    }
}

impl CallContext {
    fn account(&self) -> Result<&dyn Account> {
        self.service.account().ok_or_else(no_account)
    }
}

fn no_account() -> Error {
    Error::new(ErrorKind::Unsupported, "this service charges nobody")
}

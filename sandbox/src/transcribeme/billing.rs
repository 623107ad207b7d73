//! Billing: the address, and a card that only the payment gateway has seen.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::answer::Refusal;
use super::customer::Customer;
use super::input;
use crate::app::SharedApp;

const TEXTS: [&str; 6] = ["firstName", "lastName", "email", "address1", "city", "zip"];
const PLACES: [&str; 2] = ["country", "state"];
/// What the gateway's own sandbox gives out.
const NONCE: &str = "fake-valid-nonce";

pub(super) async fn address(State(app): State<SharedApp>, customer: Customer) -> Result<Response, Refusal> {
    let (address, _) = app.database.billing(&customer.account.id)?;
    Ok(customer.answer(address))
}

pub(super) async fn set_address(
    State(app): State<SharedApp>,
    customer: Customer,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = input::object(&body)?;
    let mut address = Map::new();
    for name in TEXTS {
        address.insert(name.into(), input::text(&body, name)?.into());
    }
    address.insert("address2".into(), input::member(&body, "address2").and_then(Value::as_str).into());
    for name in PLACES {
        let place = input::member(&body, name).and_then(Value::as_object);
        let place = place.ok_or_else(|| Refusal::bad(format!("{name} is missing or is no object")))?;
        let [id, label] = ["id", "name"].map(|name| input::member(place, name).cloned());
        address.insert(name.into(), json!({ "id": id, "name": label }));
    }
    let address = Value::from(address);
    app.database.set_billing_address(&customer.account.id, &address)?;
    Ok(customer.answer(address))
}

pub(super) async fn card(State(app): State<SharedApp>, customer: Customer) -> Result<Response, Refusal> {
    let (_, card) = app.database.billing(&customer.account.id)?;
    Ok(customer.answer(card))
}

pub(super) async fn set_card(
    State(app): State<SharedApp>,
    customer: Customer,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = input::object(&body)?;
    if input::text(&body, "token")? != NONCE {
        return Err(Refusal::bad("The card was declined"));
    }
    let card =
        json!({ "last4": "1111", "expirationMonth": "12", "expirationYear": "2030", "cardType": "Visa" });
    app.database.set_billing_card(&customer.account.id, &card)?;
    Ok(customer.noted(StatusCode::OK.into_response()))
}

pub(super) async fn client_token(customer: Customer) -> Response {
    customer.answer(json!("sandbox-gateway-client-token"))
}

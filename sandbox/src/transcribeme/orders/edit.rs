//! What can be changed of an order that was not placed: settings, promotional code, currency.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::price::is_promo;
use super::{Priced, settings, unplaced};
use crate::app::SharedApp;
use crate::transcribeme::answer::Refusal;
use crate::transcribeme::customer::Customer;
use crate::transcribeme::dictionaries::{self, Dictionary};
use crate::transcribeme::input;

fn shown(app: &SharedApp, customer: &Customer, id: &str) -> Result<Response, Refusal> {
    let order = customer.order(app, id)?;
    Ok(customer.answer(Priced::new(app, order)?.json(app)))
}

/// Keys that are no settings are passed over: the vendor's own client sends whole lines back.
pub(in crate::transcribeme) async fn recordings(
    State(app): State<SharedApp>,
    customer: Customer,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let order = unplaced(customer.order(&app, &id)?)?;
    let lines = app.database.ordered(&order.id)?;
    let all = app.behaviour().transcribeme.all_settings;
    let mut changes = Vec::new();
    for item in input::array(&body)? {
        let recording = input::item(&item, "id").and_then(Value::as_str);
        let line = lines.iter().find(|line| Some(&*line.recording) == recording);
        let line = line.ok_or_else(|| Refusal::bad("A recording is not in the order"))?;
        let given = input::item(&item, "settings").and_then(Value::as_object);
        let given = given.ok_or_else(|| Refusal::bad("settings is missing"))?;
        changes.push((line.position, settings::changed(&line.settings, given, all)?));
    }
    app.database.set_settings(&order.id, &changes)?;
    shown(&app, &customer, &id)
}

pub(in crate::transcribeme) async fn promo(
    State(app): State<SharedApp>,
    customer: Customer,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let order = unplaced(customer.order(&app, &id)?)?;
    let body = input::object(&body)?;
    let code = input::text(&body, "code")?;
    if !is_promo(code) {
        return Err(Refusal::of_kind("PROMO", "The promotional code is invalid"));
    }
    app.database.set_promo(&order.id, code)?;
    shown(&app, &customer, &id)
}

pub(in crate::transcribeme) async fn currency(
    State(app): State<SharedApp>,
    customer: Customer,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let order = unplaced(customer.order(&app, &id)?)?;
    let body = input::object(&body)?;
    let currency = Value::from(input::text(&body, "id")?);
    let currency = dictionaries::id_of(Dictionary::Currencies, &currency);
    let currency = currency.ok_or_else(|| Refusal::bad("There is no such currency"))?;
    app.database.set_currency(&order.id, currency.as_str().unwrap_or(""))?;
    shown(&app, &customer, &id)
}

//! Placing: what makes a purchase of an order. It starts the work.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::{Priced, settings};
use crate::app::SharedApp;
use crate::engine::{self, Work};
use crate::transcribeme::answer::Refusal;
use crate::transcribeme::customer::Customer;
use crate::transcribeme::{input, status};

pub(in crate::transcribeme) async fn place(
    State(app): State<SharedApp>,
    customer: Customer,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Refusal> {
    let order = customer.order(&app, &id)?;
    let payments = input::array(&body)?;
    let types = payments.iter().map(|payment| input::item(payment, "billingType").and_then(Value::as_i64));
    let types: Option<Vec<_>> = types.collect();
    let types = types.filter(|types| !types.is_empty());
    let types = types.ok_or_else(|| Refusal::bad("An array of objects with billingType is wanted"))?;
    if app.behaviour().transcribeme.wallet_empty {
        return Err(Refusal::of_kind("WALLET", "There is not enough money in the wallet"));
    }
    let priced = Priced::new(&app, order)?;
    let rates: Vec<_> = priced.lines.iter().map(|line| (line.ordered.position, line.rate.0)).collect();
    app.database.place(&id, &rates, &Value::from(types).to_string())?;
    for line in &priced.lines {
        let Some(media) = &line.media else { continue };
        if app.database.move_media(&media.id, status::READY_TO_TRANSCRIBE, status::IN_PROGRESS)? {
            let language = settings::language(&line.ordered.settings);
            engine::start(&app, Work::of_transcribeme(media, &customer.account.email, language));
        }
    }
    Ok(customer.noted(StatusCode::OK.into_response()))
}

/// The language that a recording was ordered in.
pub(in crate::transcribeme) fn ordered_language(
    app: &SharedApp,
    recording: &str,
) -> crate::state::Result<Option<String>> {
    let Some(order) = app.database.orders_of(recording)?.into_iter().next() else { return Ok(None) };
    let lines = app.database.ordered(&order)?;
    let line = lines.iter().find(|line| line.recording == recording);
    Ok(line.and_then(|line| settings::language(&line.settings)))
}

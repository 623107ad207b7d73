//! Orders: made of recordings, priced, changed, placed. What is placed twice is bought twice, and counted.

mod edit;
mod place;
mod price;
mod settings;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::{Refusal, Shown};
use super::customer::Customer;
use super::{input, status};
use crate::app::SharedApp;
use crate::request_log::Note;
use crate::settings::OrderAnswer;
use crate::state::MediaOrder;

pub(super) use edit::{currency, promo, recordings as edit};
pub(super) use place::{ordered_language, place};
pub(crate) use price::Priced;

pub(super) async fn create(
    State(app): State<SharedApp>,
    customer: Customer,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body = input::object(&body)?;
    let ids = input::member(&body, "recordings").and_then(Value::as_array).filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| Refusal::bad("recordings is missing or empty"))?;
    let mut recordings = Vec::new();
    for id in ids {
        let id = id.as_str().ok_or_else(|| Refusal::bad("The id of a recording is a text"))?;
        match customer.recording(&app, id)?.status {
            status::UPLOADING => return Err(Refusal::bad("The recording is not fully uploaded")),
            status::ERROR => return Err(Refusal::bad("The recording cannot be transcribed")),
            _ => recordings.push(id.to_owned()),
        }
    }
    let behaviour = app.behaviour().transcribeme;
    let settings = Value::from(settings::defaults()).to_string();
    let order = app.database.add_order(&customer.account.id, &behaviour.currency, &recordings, &settings)?;
    let answer = match behaviour.order_answer {
        OrderAnswer::Order => Priced::new(&app, order.clone())?.json(&app),
        OrderAnswer::Created => json!({ "id": order.id, "recordings": recordings }),
        OrderAnswer::Text => json!(order.id),
    };
    let note = Note { ordered: Some(order.id), ..customer.note() };
    Ok((Extension(note), Shown(answer)).into_response())
}

pub(super) async fn read(
    State(app): State<SharedApp>,
    customer: Customer,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let order = customer.order(&app, &id)?;
    Ok(customer.answer(Priced::new(&app, order)?.json(&app)))
}

pub(super) async fn delete(
    State(app): State<SharedApp>,
    customer: Customer,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    if !app.behaviour().transcribeme.orders_in_list {
        return Err(Refusal::not_found("call"));
    }
    let order = unplaced(customer.order(&app, &id)?)?;
    app.database.delete_order(&order.id)?;
    Ok(customer.noted(StatusCode::OK.into_response()))
}

fn unplaced(order: MediaOrder) -> Result<MediaOrder, Refusal> {
    match order.placed {
        0 => Ok(order),
        _ => Err(Refusal::bad("The order was placed")),
    }
}

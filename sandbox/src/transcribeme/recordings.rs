//! Recordings: the status of one, and the list.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::customer::Customer;
use crate::app::{App, SharedApp};
use crate::settings::StatusAnswer;
use crate::state::{Media, MediaFilter};

pub(super) async fn status(
    State(app): State<SharedApp>,
    customer: Customer,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let status = customer.recording(&app, &id)?.status;
    Ok(customer.answer(match app.behaviour().transcribeme.status_answer {
        StatusAnswer::Number => status.into(),
        StatusAnswer::Text => status.to_string().into(),
        StatusAnswer::Object => json!({ "status": status }),
    }))
}

/// `From` and `To` are taken as the numbers of the first item and of the one after the last.
pub(super) async fn list(
    State(app): State<SharedApp>,
    customer: Customer,
    Query(query): Query<Vec<(String, String)>>,
) -> Result<Response, Refusal> {
    if !app.behaviour().transcribeme.orders_in_list {
        return Err(Refusal::not_found("call"));
    }
    let mut filter = MediaFilter::default();
    for (name, value) in query {
        let wrong = |_| Refusal::bad(format!("{name} is no number"));
        match name.to_ascii_lowercase().as_str() {
            "status" => filter.status = Some(value.parse().map_err(wrong)?),
            "from" => filter.from = value.parse().map_err(wrong)?,
            "to" => filter.to = Some(value.parse().map_err(wrong)?),
            _ => {}
        }
    }
    let (list, total) = app.database.media_page(&customer.account.id, &filter)?;
    let items = list.iter().map(|media| item(&app, media)).collect::<Result<Vec<_>, _>>()?;
    Ok(customer.answer(json!({ "total": total, "data": items })))
}

fn item(app: &App, media: &Media) -> Result<Value, Refusal> {
    let order = app.database.orders_of(&media.id)?.into_iter().next();
    Ok(json!({
        "id": media.id,
        "name": media.name,
        "duration": media.track_ms.map(seconds),
        "created": media.created_at_ms / 1000,
        "status": media.status,
        "outputFormatGroup": 0,
        "mediaId": media.id,
        "storageType": 0,
        "folder": "0",
        "rate": 0,
        "order": order,
        "isUpgradable": false,
        "parent": null,
    }))
}

pub(super) fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}

//! TranscribeMe's half: recordings with the parts that came, orders with what was paid.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Refusal, account, account_id};
use crate::app::{App, SharedApp};
use crate::engine::Script;
use crate::state::{Media, MediaOrder, MediaUpload, NewMedia};
use crate::transcribeme::{Money, Priced, document_of, forget, has_text};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    account: Option<String>,
}

pub(super) async fn recordings(
    State(app): State<SharedApp>,
    Query(whose): Query<Whose>,
) -> Result<Json<Value>, Refusal> {
    let account = account_id(&app, whose.account.as_deref())?;
    let list = app.database.all_media(account.as_deref())?;
    let list = list.iter().map(|media| recording(&app, media)).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(json!({ "recordings": list })))
}

fn recording(app: &App, media: &Media) -> Result<Value, Refusal> {
    Ok(json!({
        "id": media.id,
        "account_id": media.account,
        "name": media.name,
        "status": media.status,
        "upload": media.upload,
        "parts": app.database.parts(&media.id)?,
        "commits": media.commits,
        "size": media.size,
        "sha256": media.sha256,
        "track_ms": media.track_ms,
        "orders": app.database.orders_of(&media.id)?,
    }))
}

pub(super) async fn orders(
    State(app): State<SharedApp>,
    Query(whose): Query<Whose>,
) -> Result<Json<Value>, Refusal> {
    let account = account_id(&app, whose.account.as_deref())?;
    let list = app.database.orders(account.as_deref())?.into_iter();
    let list = list.map(|found| order(&app, found)).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(json!({ "orders": list })))
}

fn order(app: &App, order: MediaOrder) -> Result<Value, Refusal> {
    let lines = app.database.ordered(&order.id)?;
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let recordings =
        lines.iter().map(|line| json!({ "id": line.recording, "settings": read(&line.settings) }));
    let recordings = recordings.collect::<Vec<_>>();
    let priced = Priced::new(app, order)?;
    let (total, order) = (priced.grand_total(), &priced.order);
    Ok(json!({
        "id": order.id,
        "account_id": order.account,
        "created_at_ms": order.created_at_ms,
        "placed": order.placed,
        "paid_at_ms": order.paid_at_ms,
        "billing_types": read(&order.billing_types),
        "promo_code": order.promo_code,
        "price": { "amount": total.to_string(), "currency": order.currency },
        "recordings": recordings,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPrice {
    total: Option<String>,
    refund: Option<String>,
}

/// From now on an order costs that.
pub(super) async fn set_price(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
    Input(new): Input<NewPrice>,
) -> Result<Json<Value>, Refusal> {
    let amount = |text: Option<String>| text.map(|text| text.parse::<Money>()).transpose();
    let total = amount(new.total).map_err(Refusal::bad)?;
    let refund = amount(new.refund).map_err(Refusal::bad)?;
    match app.database.set_price(&id, total.map(|total| total.0), refund.map(|refund| refund.0))? {
        true => Ok(Json(json!({}))),
        false => Err(Refusal::not_found("order")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    account: String,
    #[serde(default = "one")]
    count: u32,
    #[serde(default = "transcribed")]
    status: i64,
    #[serde(default)]
    name: String,
    /// Of the transcript: as for the scripted engine.
    #[serde(default)]
    script: Script,
}

fn one() -> u32 {
    1
}

fn transcribed() -> i64 {
    3
}

const MOST: u32 = 10_000;

/// Puts recordings there, as many as are wanted, without an upload.
pub(super) async fn add(
    State(app): State<SharedApp>,
    Input(new): Input<New>,
) -> Result<Json<Value>, Refusal> {
    if new.count > MOST {
        return Err(Refusal::bad(format!("at most {MOST} at once")));
    }
    let account = account(&app, &new.account)?.id;
    let document = new.script.document();
    let name = if new.name.is_empty() { "recording.wav" } else { &new.name };
    let mut ids = Vec::new();
    for _ in 0..new.count {
        let made = NewMedia { account: &account, name, upload: MediaUpload::None, status: new.status };
        let media = app.database.add_media(&made)?;
        if has_text(new.status) {
            app.database.set_media_transcript(&media.id, &document_of(&media.id, &document))?;
        }
        ids.push(media.id);
    }
    Ok(Json(json!({ "ids": ids })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStatus {
    status: i64,
    track_ms: Option<i64>,
}

/// Gives a recording a status, any. The engine that is at work on it is stopped.
pub(super) async fn set_status(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
    Input(new): Input<NewStatus>,
) -> Result<Json<Value>, Refusal> {
    app.engines.stop(&id);
    if has_text(new.status) && app.database.media_transcript(&id)?.is_none() {
        app.database.set_media_transcript(&id, &document_of(&id, &Script::default().document()))?;
    }
    match app.database.set_media_status(&id, new.status, new.track_ms)? {
        true => Ok(Json(json!({}))),
        false => Err(Refusal::not_found("recording")),
    }
}

/// The transcript as it is given.
pub(super) async fn set_transcript(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
    document: String,
) -> Result<Json<Value>, Refusal> {
    app.database.media(&id)?.ok_or_else(|| Refusal::not_found("recording"))?;
    app.database.set_media_transcript(&id, &document)?;
    Ok(Json(json!({})))
}

pub(super) async fn remove(
    State(app): State<SharedApp>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let media = app.database.media(&id)?.ok_or_else(|| Refusal::not_found("recording"))?;
    forget(&app, &media)?;
    Ok(Json(json!({})))
}

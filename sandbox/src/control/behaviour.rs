//! The log, faults, settings, engines, the hub.

use std::sync::PoisonError;

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::input::{Input, Refusal, account_id};
use crate::app::SharedApp;
use crate::engine::Rule;
use crate::faults::Fault;
use crate::hub::Order;
use crate::request_log::Excerpt;
use crate::settings::Behaviour;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    since: Option<u64>,
    operation: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn log(State(app): State<SharedApp>, Query(wanted): Query<Wanted>) -> Json<Excerpt> {
    let most = wanted.limit.unwrap_or(usize::MAX);
    Json(app.log.excerpt(wanted.since.unwrap_or(0), wanted.operation.as_deref(), most))
}

pub(super) async fn clear_log(State(app): State<SharedApp>) -> Json<Value> {
    app.log.clear();
    Json(json!({}))
}

pub(super) async fn faults(State(app): State<SharedApp>) -> Json<Value> {
    Json(json!({ "faults": app.faults.list() }))
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMore {
    More(Vec<Value>),
    One(Value),
}

pub(super) async fn add_faults(
    State(app): State<SharedApp>,
    Input(given): Input<OneOrMore>,
) -> Result<Json<Value>, Refusal> {
    let given = match given {
        OneOrMore::More(faults) => faults,
        OneOrMore::One(fault) => vec![fault],
    };
    let faults = given.into_iter().map(serde_json::from_value::<Fault>).collect::<Result<Vec<_>, _>>();
    let faults = faults.map_err(|error| Refusal::bad(error.to_string()))?;
    Ok(Json(json!({ "numbers": app.faults.add(faults).map_err(Refusal::bad)? })))
}

pub(super) async fn clear_faults(State(app): State<SharedApp>) -> Json<Value> {
    app.faults.clear();
    Json(json!({}))
}

pub(super) async fn behaviour(State(app): State<SharedApp>) -> Json<Behaviour> {
    Json(app.behaviour())
}

/// Changes what is given and leaves the rest.
pub(super) async fn change(
    State(app): State<SharedApp>,
    Input(given): Input<Value>,
) -> Result<Json<Behaviour>, Refusal> {
    let bad = |error: serde_json::Error| Refusal::bad(error.to_string());
    let mut behaviour = app.behaviour.write().unwrap_or_else(PoisonError::into_inner);
    let mut merged = serde_json::to_value(&*behaviour).map_err(bad)?;
    merge(&mut merged, given);
    let changed: Behaviour = serde_json::from_value(merged).map_err(bad)?;
    changed.check().map_err(Refusal::bad)?;
    *behaviour = changed;
    Ok(Json(behaviour.clone()))
}

/// Objects are merged member by member, all else is replaced.
fn merge(kept: &mut Value, given: Value) {
    match (kept, given) {
        (Value::Object(kept), Value::Object(given)) => {
            for (name, value) in given {
                merge(kept.entry(name).or_insert(Value::Null), value);
            }
        }
        (kept, given) => *kept = given,
    }
}

pub(super) async fn engine(State(app): State<SharedApp>) -> Json<Value> {
    Json(json!({ "rules": app.engines.rules() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    rules: Vec<Rule>,
}

pub(super) async fn set_engine(
    State(app): State<SharedApp>,
    Input(given): Input<Rules>,
) -> Result<Json<Value>, Refusal> {
    app.engines.set_rules(given.rules).map_err(Refusal::bad)?;
    Ok(engine(State(app)).await)
}

pub(super) async fn connections(State(app): State<SharedApp>) -> Result<Json<Value>, Refusal> {
    let mut by_email = serde_json::Map::new();
    for (id, count) in app.hub.connections() {
        if let Some(account) = app.database.account(&id)? {
            by_email.insert(account.email, count.into());
        }
    }
    Ok(Json(json!({ "connections": by_email })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Told {
    account: Option<String>,
    order: Order,
}

pub(super) async fn order(
    State(app): State<SharedApp>,
    Input(told): Input<Told>,
) -> Result<Json<Value>, Refusal> {
    let account = account_id(&app, told.account.as_deref())?;
    Ok(Json(json!({ "connections": app.hub.order(account.as_deref(), &told.order) })))
}

//! The dictionaries: what can be chosen for an order, and what the statuses are.

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::customer::Customer;
use super::status;
use crate::app::{App, SharedApp};
use crate::settings::DictionaryAnswer;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dictionary {
    Types,
    Speakers,
    Outputs,
    Turnarounds,
    Languages,
    Accents,
    Domains,
    Currencies,
}

/// An id that is a number if it reads as one, a name, a description. The first is the default.
type Row = (&'static str, &'static str, &'static str);

impl Dictionary {
    fn rows(self) -> &'static [Row] {
        match self {
            Self::Types => &[
                ("2", "Standard", "Reviewed, without fillers"),
                ("0", "Machine Express", "By machine"),
                ("1", "First Draft", "By one person"),
                ("3", "Verbatim", "Every word, with fillers"),
            ],
            Self::Speakers => &[
                ("2", "2 speakers", ""),
                ("1", "1 speaker", ""),
                ("3", "3 speakers", ""),
                ("4", "4 speakers", ""),
                ("5", "5 or more speakers", ""),
            ],
            Self::Outputs => &[
                ("0", "Word", ""),
                ("1", "HTML", ""),
                ("2", "TXT", ""),
                ("3", "PDF", ""),
                ("5", "NVivo", ""),
            ],
            Self::Turnarounds => &[
                ("48", "2 business days", "48 hours"),
                ("24", "1 business day", "24 hours"),
                ("120", "5 business days", "120 hours"),
            ],
            Self::Languages => &[("en", "English", ""), ("es", "Spanish", ""), ("de", "German", "")],
            Self::Accents => &[
                ("en-US", "American", "English"),
                ("en-GB", "British", "English"),
                ("en-AE", "Mixed", "English"),
                ("es-ES", "Castilian", "Spanish"),
                ("es-MX", "Mexican", "Spanish"),
                ("de-DE", "German", "German"),
            ],
            Self::Domains => &[("0", "General", ""), ("1", "Medical", ""), ("2", "Legal", "")],
            Self::Currencies => &[("USD", "US dollar", ""), ("EUR", "Euro", "")],
        }
    }
}

fn id(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| text.into(), Value::from)
}

pub(super) fn default_id(dictionary: Dictionary) -> Value {
    dictionary.rows().first().map_or(Value::Null, |row| id(row.0))
}

/// The id that a value is, which may be the text of a number.
pub(super) fn id_of(dictionary: Dictionary, value: &Value) -> Option<Value> {
    let given = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    dictionary.rows().iter().find(|row| row.0 == given).map(|row| id(row.0))
}

/// Whether an accent is one of a language.
pub(super) fn speaks(language: &Value, accent: &Value) -> bool {
    match (language.as_str(), accent.as_str()) {
        (Some(language), Some(accent)) => of_language(accent, language),
        _ => false,
    }
}

fn of_language(accent: &str, language: &str) -> bool {
    accent.strip_prefix(language).is_some_and(|rest| rest.starts_with('-'))
}

fn item(row: &Row, is_default: bool) -> Value {
    let (text, name, description) = *row;
    let mut item = json!({ "id": id(text), "name": name, "description": null });
    if !description.is_empty() {
        item["description"] = description.into();
    }
    if is_default {
        item["isDefault"] = true.into();
    }
    item
}

fn list(app: &App, customer: &Customer, mut items: Vec<Value>) -> Response {
    let behaviour = app.behaviour().transcribeme;
    for item in items.iter_mut().filter(|_| behaviour.ids_as_text) {
        if let Some(number) = item["id"].as_i64() {
            item["id"] = number.to_string().into();
        }
    }
    customer.answer(match behaviour.dictionary {
        DictionaryAnswer::Bare => items.into(),
        DictionaryAnswer::Wrapped => json!({ "total": items.len(), "data": items }),
    })
}

fn of(app: &App, customer: &Customer, dictionary: Dictionary) -> Response {
    let rows = dictionary.rows().iter().enumerate();
    list(app, customer, rows.map(|(index, row)| item(row, index == 0)).collect())
}

macro_rules! handlers {
    ($($name:ident: $dictionary:ident;)*) => {$(
        pub(super) async fn $name(State(app): State<SharedApp>, customer: Customer) -> Response {
            of(&app, &customer, Dictionary::$dictionary)
        }
    )*};
}

handlers! {
    types: Types;
    speakers: Speakers;
    outputs: Outputs;
    turnarounds: Turnarounds;
    languages: Languages;
    domains: Domains;
    currencies: Currencies;
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfLanguage {
    #[serde(default)]
    language_id: String,
}

pub(super) async fn accents(
    State(app): State<SharedApp>,
    customer: Customer,
    Query(wanted): Query<OfLanguage>,
) -> Result<Response, Refusal> {
    let rows = Dictionary::Accents.rows().iter().filter(|row| of_language(row.0, &wanted.language_id));
    let items: Vec<_> = rows.enumerate().map(|(index, row)| item(row, index == 0)).collect();
    match items.is_empty() {
        true => Err(Refusal::bad("languageId is missing or unknown")),
        false => Ok(list(&app, &customer, items)),
    }
}

pub(super) async fn recording_statuses(State(app): State<SharedApp>, customer: Customer) -> Response {
    let rows = status::NAMES.map(|(id, name)| json!({ "id": id, "name": name, "description": null }));
    list(&app, &customer, rows.to_vec())
}

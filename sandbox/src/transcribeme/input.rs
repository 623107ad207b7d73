//! JSON that came: the vendor binds members in any letter case.

use serde_json::{Map, Value};

use super::answer::Refusal;

type Object = Map<String, Value>;

pub(super) fn json(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body).map_err(|_| Refusal::bad("The body is no JSON"))
}

pub(super) fn object(body: &[u8]) -> Result<Object, Refusal> {
    match json(body)? {
        Value::Object(object) => Ok(object),
        _ => Err(Refusal::bad("The body is no object")),
    }
}

pub(super) fn array(body: &[u8]) -> Result<Vec<Value>, Refusal> {
    match json(body)? {
        Value::Array(items) => Ok(items),
        _ => Err(Refusal::bad("The body is no array")),
    }
}

pub(super) fn member<'o>(object: &'o Object, name: &str) -> Option<&'o Value> {
    object.iter().find(|(given, _)| given.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A text that has to be there.
pub(super) fn text<'o>(object: &'o Object, name: &str) -> Result<&'o str, Refusal> {
    let text = member(object, name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| Refusal::bad(format!("{name} is missing or is no text")))
}

/// A member of a list of objects.
pub(super) fn item<'o>(item: &'o Value, name: &str) -> Option<&'o Value> {
    member(item.as_object()?, name)
}

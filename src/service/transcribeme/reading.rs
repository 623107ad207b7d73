//! The vendor's JSON: member names in any letter case (spec: U9), ids as text or number, numbers as the digits they were
//! written with, since some of them are money.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crate::error::{Error, ErrorKind, Result};

/// An object.
pub(super) struct Members<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Members<'a> {
    /// `None`: it is no object.
    pub(super) fn of(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok().map(Self)
    }

    /// The JSON of a member that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.told(name).filter(|json| *json != "null")
    }

    /// The JSON of a member, null if it says so.
    pub(super) fn told(&self, name: &str) -> Option<&'a str> {
        let any_case = || self.0.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, json)| json);
        self.0.get(name).or_else(any_case).map(|json| json.get())
    }

    /// A member that is a text or a number, as text; never empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        scalar(self.get(name)?).filter(|text| !text.trim().is_empty())
    }

    /// The first of several members, as text.
    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.trim().parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// An instant: Unix seconds, or milliseconds where it is too large for that (spec: U40). 0 is none.
    pub(super) fn instant_ms(&self, name: &str) -> Option<i64> {
        let number = self.number(name).filter(|number| *number > 0.0)?;
        Some(if number > 1e11 { number as i64 } else { (number * 1000.0) as i64 })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0.iter().map(|(name, json)| (name.as_str(), *json))
    }
}

/// A text or a number, as text. A number keeps its digits.
pub(super) fn scalar(json: &str) -> Option<String> {
    let json = json.trim();
    if json.starts_with('"') {
        return serde_json::from_str(json).ok();
    }
    let is_number = json.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<serde_json::Number>(json).is_ok();
    is_number.then(|| json.to_owned())
}

/// The elements of an array.
pub(super) fn elements(json: &str) -> Option<Vec<&str>> {
    let elements: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    Some(elements.into_iter().map(RawValue::get).collect())
}

/// A list, bare or as `{total, data}` (spec: U50), and how many there are in all.
pub(super) fn list(json: &str) -> Option<(Vec<&str>, Option<u64>)> {
    if let Some(elements) = elements(json) {
        return Some((elements, None));
    }
    let members = Members::of(json)?;
    let data = ["data", "items"].iter().find_map(|name| members.get(name))?;
    Some((elements(data)?, members.text("total").and_then(|total| total.parse().ok())))
}

/// An id, however it comes (spec: U20): bare, in an object, or as the only element of an array.
pub(super) fn id_in(json: &str, names: &[&str]) -> Option<String> {
    let bare = || scalar(json);
    let in_object = || Members::of(json)?.first(names);
    let in_array = || match elements(json)?[..] {
        [one] => scalar(one).or_else(|| Members::of(one)?.first(names)),
        _ => None,
    };
    bare().or_else(in_object).or_else(in_array).filter(|id| !id.trim().is_empty())
}

/// An answer as text.
pub(super) fn utf8<'a>(body: &'a [u8], what: &str) -> Result<&'a str> {
    std::str::from_utf8(body).map_err(|_| not_understood(&format!("{what} is not UTF-8")))
}

/// Whether a body can be one of the service's: JSON, a bare text, or nothing. Many a call looks at no more of it.
pub(super) fn is_answer(body: &[u8]) -> bool {
    match body.trim_ascii_start().first() {
        Some(b'<') => false,
        Some(b'{' | b'[') => serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok(),
        _ => true,
    }
}

/// The error for an answer of another shape than the wire's description knows. Nothing of the answer is in it.
pub(super) fn not_understood(what: &str) -> Error {
    Error::new(ErrorKind::Protocol, format!("{what}, as TranscribeMe answered"))
        .with_retriable(false)
        .with_hint("see the endpoints' standing (endpoints, doctor): an assumed path may need its option")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_and_broken_json_are_no_answers() {
        for good in ["", " ", "1", "\"r-1\"", "t-1\n", "null", "{}", " [\"r\"]\n"] {
            assert!(is_answer(good.as_bytes()), "{good}");
        }
        for bad in ["<!doctype html>", "\r\n <html>", "{\"items\":[", "[1,", "{} {}", "{\"id\":<<<"] {
            assert!(!is_answer(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn members_are_found_in_any_case_and_numbers_keep_their_digits() {
        let members =
            Members::of(r#"{"RecordingID":"r","Total":12.50,"n":null,"created":1589900000}"#).unwrap();
        assert_eq!(members.text("recordingId").as_deref(), Some("r"));
        assert_eq!(members.text("total").as_deref(), Some("12.50"));
        assert_eq!((members.get("N"), members.told("N")), (None, Some("null")));
        assert_eq!(members.instant_ms("created"), Some(1_589_900_000_000));
        assert!(Members::of("[1]").is_none() && Members::of("<html>").is_none());
    }

    #[test]
    fn an_id_comes_in_many_forms() {
        let names = ["recordingId", "id"];
        for json in
            [r#""r-1""#, r#"{"Id":"r-1"}"#, r#"{"RECORDINGID":"r-1"}"#, r#"["r-1"]"#, r#"[{"id":"r-1"}]"#]
        {
            assert_eq!(id_in(json, &names).as_deref(), Some("r-1"), "{json}");
        }
        assert_eq!(id_in("12345678901234567890123", &names).as_deref(), Some("12345678901234567890123"));
        for json in ["", "null", "true", "[]", r#"["a","b"]"#, r#"" ""#, "{}", r#"{"id":{}}"#, "<html>"] {
            assert_eq!(id_in(json, &names), None, "{json}");
        }
    }

    #[test]
    fn lists_come_bare_and_wrapped() {
        assert_eq!(list("[1,2]"), Some((vec!["1", "2"], None)));
        assert_eq!(list(r#"{"Total":7,"Data":[{}]}"#), Some((vec!["{}"], Some(7))));
        assert_eq!(list(r#"{"total":7}"#), None);
    }
}

//! Who speaks, as services write it: a name, a number, or an object that has one.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::members::Text;

/// More of a name is not taken: it is repeated at every turn of its speaker, so a long one would fill the memory.
const LONGEST_NAME: usize = 1000;

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(borrow, alias = "Name")]
    name: Option<&'a RawValue>,
    #[serde(borrow, alias = "Id", alias = "ID")]
    id: Option<&'a RawValue>,
}

/// The speaker that a JSON value names; empty if it names none. Of a long name, its first 1000 characters.
pub(super) fn speaker(json: &str) -> Cow<'_, str> {
    if !json.starts_with('{') {
        return scalar(json);
    }
    let Ok(Person { name, id }) = serde_json::from_str(json) else { return Cow::default() };
    let name = name.map(|name| scalar(name.get())).filter(|name| !name.is_empty());
    // The name is for people, hence before the number.
    name.or(id.map(|id| scalar(id.get()))).unwrap_or_default()
}

fn scalar(json: &str) -> Cow<'_, str> {
    match json.as_bytes().first() {
        Some(b'"') => match serde_json::from_str(json) {
            Ok(Text(Cow::Borrowed(text))) => Cow::Borrowed(cut(text)),
            Ok(Text(Cow::Owned(text))) => Cow::Owned(cut(&text).to_owned()),
            Err(_) => Cow::default(),
        },
        Some(b'-' | b'0'..=b'9') => Cow::Borrowed(cut(json)),
        _ => Cow::default(),
    }
}

fn cut(name: &str) -> &str {
    let name = name.trim();
    name.char_indices().nth(LONGEST_NAME).map_or(name, |(end, _)| name[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speaker_is_a_name_a_number_or_has_one() {
        for (json, expected) in [
            (r#"" Anna ""#, "Anna"),
            (r#""A\u006ena""#, "Anna"),
            ("7", "7"),
            ("-1.0", "-1.0"),
            (r#"{"id": 3, "name": "Anna", "more": {}}"#, "Anna"),
            (r#"{"Id": "x", "name": ""}"#, "x"),
            (r#"{"id": {"id": 1}}"#, ""),
            ("null", ""),
            ("true", ""),
            ("[1]", ""),
        ] {
            assert_eq!(speaker(json), expected, "{json}");
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        let long = "é".repeat(5000);
        for json in [format!("\"{long}\""), format!("\"\\u00e9{long}\""), format!("{{\"id\": \" {long}\"}}")]
        {
            assert_eq!(speaker(&json), "é".repeat(1000));
        }
        assert_eq!(speaker(&"1".repeat(5000)), "1".repeat(1000));
        assert_eq!(
            speaker(&format!("\"{} b\"", "a".repeat(999))),
            "a".repeat(999),
            "no space is left at its end"
        );
    }
}

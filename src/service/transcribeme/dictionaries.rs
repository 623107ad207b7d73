//! The vendor's lists of what can be ordered (spec: 4.3), each asked for once, and names looked up in them.

use std::collections::HashMap;
use std::sync::Arc;

use super::TranscribeMe;
use super::reading::{Members, list, not_understood, scalar, utf8};
use crate::error::{Error, ErrorKind, Result, excerpt};
use crate::http::Request;
use crate::order::{Dictionary, DictionaryEntry};
use crate::runtime::sync::Mutex;
use crate::service::Call;

/// The lists, and the option that says where each is.
pub(super) const DICTIONARIES: &[(&str, &str)] = &[
    ("types", "transcribeme.path.types"),
    ("speakers", "transcribeme.path.speakers"),
    ("outputs", "transcribeme.path.outputs"),
    ("turnarounds", "transcribeme.path.turnarounds"),
    ("languages", "transcribeme.path.languages"),
    ("accents", "transcribeme.path.accents"),
    ("domains", "transcribeme.path.domains"),
    ("recording_statuses", "transcribeme.path.recording_statuses"),
    ("currencies", "transcribeme.path.currencies"),
];

/// How many names an error tells.
const MOST_CANDIDATES: usize = 30;
/// Lists of accents are one a language; nobody asks for more languages than that.
const MOST_KEPT: usize = 256;

type Key = (&'static str, Option<String>);

/// What was asked for in this client's life.
#[derive(Default)]
pub(super) struct Dictionaries {
    known: Mutex<HashMap<Key, Arc<Dictionary>>>,
}

impl TranscribeMe {
    pub(super) async fn look_up(&self, call: &Call, name: &str, of: Option<&str>) -> Result<Arc<Dictionary>> {
        let &(name, option) = DICTIONARIES.iter().find(|(known, _)| *known == name).ok_or_else(|| {
            let shown = excerpt(name);
            let names: Vec<&str> = DICTIONARIES.iter().map(|(name, _)| *name).collect();
            Error::new(ErrorKind::Argument, format!("there is no list {shown:?}")).with_hint(names.join(", "))
        })?;
        let key = match (name, of) {
            ("accents", None) => {
                return Err(Error::new(ErrorKind::Argument, "accents are those of a language")
                    .with_hint("name the language by its id"));
            }
            ("accents", Some(language)) => (name, Some(language.to_owned())),
            _ => (name, None),
        };
        if let Some(known) = self.dictionaries.known.lock().get(&key) {
            return Ok(known.clone());
        }
        let url = match &key.1 {
            Some(language) => self.platform.url_with(option, &[("languageId", language)])?,
            None => self.platform.url(option, &[])?,
        };
        let body = self.platform.ask(&call.options, name, || Ok(Request::get(url.clone()))).await?;
        let dictionary = Arc::new(read(name, utf8(&body, "the list")?)?);
        let mut known = self.dictionaries.known.lock();
        if known.len() >= MOST_KEPT {
            known.clear();
        }
        known.insert(key, dictionary.clone());
        Ok(dictionary)
    }
}

/// An entry is an object with an id and perhaps a name, or a bare value that is both (spec: U50).
fn read(name: &str, json: &str) -> Result<Dictionary> {
    let (items, _) =
        list(json).ok_or_else(|| not_understood(&format!("the list {name} is of no form that is known")))?;
    let entries: Vec<DictionaryEntry> = items.iter().filter_map(|item| entry(item)).collect();
    if entries.is_empty() && !items.is_empty() {
        return Err(not_understood(&format!("no entry of the list {name} has an id")));
    }
    Ok(Dictionary { name: name.to_owned(), entries, raw: json.to_owned() })
}

fn entry(json: &str) -> Option<DictionaryEntry> {
    if let Some(bare) = scalar(json) {
        return Some(DictionaryEntry { id: bare.clone(), name: bare, ..DictionaryEntry::default() });
    }
    let members = Members::of(json)?;
    let text = |name: &str| members.text(name).unwrap_or_default();
    Some(DictionaryEntry {
        id: members.text("id")?,
        name: text("name"),
        description: text("description"),
        is_default: members.get("isDefault").and_then(|json| json.parse().ok()),
    })
}

/// What a caller wants of a list.
pub(super) struct Wanted<'a> {
    pub(super) option: &'static str,
    pub(super) text: &'a str,
    /// Whether `24h` means the entry of 24 hours.
    pub(super) hours: bool,
}

/// The id of the entry that is meant: by its id, else by its name, else by what it is.
pub(super) fn choose(dictionary: &Dictionary, wanted: &Wanted<'_>) -> Result<String> {
    let text = wanted.text.trim();
    let found = |is_it: &dyn Fn(&DictionaryEntry) -> bool| {
        dictionary.entries.iter().find(|entry| is_it(entry)).map(|entry| entry.id.clone())
    };
    let same = |told: &str| told.trim().to_lowercase() == text.to_lowercase();
    let by_id = || found(&|entry| entry.id == text);
    let by_id_in_any_case = || found(&|entry| same(&entry.id));
    let by_name = || found(&|entry| same(&entry.name));
    let by_description = || found(&|entry| same(&entry.description));
    let by_hours = || {
        let hours = hours(text).filter(|_| wanted.hours)?;
        found(&|entry| entry.id == hours).or_else(|| found(&|entry| begins_with(&entry.name, &hours)))
    };
    let id = by_id().or_else(by_id_in_any_case).or_else(by_name).or_else(by_description).or_else(by_hours);
    id.ok_or_else(|| {
        let shown = excerpt(text);
        let names = dictionary.entries.iter().take(MOST_CANDIDATES).map(|entry| match entry.name.as_str() {
            "" => entry.id.clone(),
            name if name == entry.id => name.to_owned(),
            name => format!("{name} ({})", entry.id),
        });
        let names: Vec<String> = names.collect();
        Error::new(ErrorKind::Option, format!("{}: the service does not offer {shown:?}", wanted.option))
            .with_hint(format!("it offers {}", names.join(", ")))
    })
}

/// `24` of `24h`, `24 h` and `24 hours`.
fn hours(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let is_hours = ["h", "hour", "hours"].iter().any(|word| unit.trim().eq_ignore_ascii_case(word));
    (digits > 0 && is_hours).then(|| number.to_owned())
}

/// Whether a name begins with this number: `24 hours`, not `240 hours` nor `24 days`.
fn begins_with(name: &str, number: &str) -> bool {
    hours(name.trim()).is_some_and(|hours| hours == number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(json: &str) -> Dictionary {
        read("types", json).unwrap()
    }

    fn chosen(json: &str, text: &str, hours: bool) -> Result<String> {
        choose(&dictionary(json), &Wanted { option: "order.type", text, hours })
    }

    #[test]
    fn entries_come_bare_wrapped_and_with_ids_of_either_kind() {
        let one = r#"{"Id":3,"Name":"Verbatim","Description":"Every word","IsDefault":true}"#;
        for json in [format!("[{one}]"), format!(r#"{{"total":1,"data":[{one}]}}"#)] {
            let entry = &dictionary(&json).entries[0];
            assert_eq!(
                (entry.id.as_str(), entry.name.as_str(), entry.is_default),
                ("3", "Verbatim", Some(true))
            );
        }
        assert_eq!(dictionary(r#"["en",24]"#).entries[1].id, "24");
        assert!(read("types", "{}").is_err() && read("types", "[{}]").is_err());
    }

    #[test]
    fn what_is_meant_is_found_by_id_name_and_description() {
        let types = r#"[{"id":0,"name":"3"},{"id":2,"name":"Standard"},{"id":3,"name":"Verbatim","description":"Every word"}]"#;
        for (text, id) in
            [("3", "3"), ("verbatim", "3"), (" VERBATIM ", "3"), ("every WORD", "3"), ("standard", "2")]
        {
            assert_eq!(chosen(types, text, false).unwrap(), id, "{text}");
        }
        let error = chosen(types, "verbatm", false).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Option);
        assert_eq!(error.hint(), "it offers 3 (0), Standard (2), Verbatim (3)");
    }

    #[test]
    fn hours_are_understood_where_they_are_meant() {
        let times =
            r#"[{"id":240,"name":"240 hours"},{"id":1,"name":"24 hours"},{"id":48,"name":"two days"}]"#;
        assert_eq!(chosen(times, "24h", true).unwrap(), "1");
        assert_eq!(chosen(times, "48 Hours", true).unwrap(), "48");
        assert!(chosen(times, "24h", false).is_err() && chosen(times, "h", true).is_err());
        assert!(chosen(times, "24 days", true).is_err());
    }
}

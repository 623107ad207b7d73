//! Records as the vendor writes them, in the list, singly and in events (spec: 5.2, 5.3, 10.2). Which of the field names
//! the list uses is not documented: every name that is seen anywhere is tried, and all but the id may be absent.

use serde_json::{Map, Value};

use super::status::status_of;
use crate::error::{Error, ErrorKind, Result};
use crate::instant::iso_ms;
use crate::recording::{Recording, RecordingDetails, RecordingPage, RecordingStatus};

/// Reads a page: a bare array, or the first array among the usual members of an object.
pub(super) fn page(body: &[u8]) -> Result<RecordingPage> {
    let value = parse(body, "the list of records")?;
    let (items, total) = match &value {
        Value::Array(items) => (items, None),
        Value::Object(members) => {
            let named = ["items", "records", "data", "results", "list"];
            let items = named.iter().find_map(|name| members.get(*name)?.as_array());
            let total = ["total", "totalCount", "count"].iter().find_map(|name| members.get(*name)?.as_u64());
            (items.ok_or_else(|| not_understood("the list of records has no array of records"))?, total)
        }
        _ => return Err(not_understood("the list of records is neither an array nor an object")),
    };
    let recordings: Vec<Recording> =
        items.iter().filter_map(|item| recording_of(item.as_object()?)).collect();
    if recordings.is_empty() && !items.is_empty() {
        return Err(not_understood("no record of the list has an id"));
    }
    Ok(RecordingPage { recordings: recordings.into(), total })
}

/// Reads a single record. One without an id has the id that it was asked by.
pub(super) fn single(body: &[u8], id: &str) -> Result<Recording> {
    let value = parse(body, "the record")?;
    let members = value.as_object().ok_or_else(|| not_understood("the record is not an object"))?;
    let mut details = details_of(members);
    if details.id.is_empty() {
        details.id = id.to_owned();
    }
    Ok(Recording::new(details))
}

/// A record of an event's payload or of an item of the list; `None` without an id.
pub(super) fn recording_of(members: &Map<String, Value>) -> Option<Recording> {
    let details = details_of(members);
    (!details.id.is_empty()).then(|| Recording::new(details))
}

fn details_of(members: &Map<String, Value>) -> RecordingDetails {
    let text = |names: &[&str]| {
        names.iter().find_map(|name| members.get(*name)?.as_str()).unwrap_or_default().to_owned()
    };
    let number = |name: &str| members.get(name).and_then(whole);
    let raw_status = text(&["status"]);
    let status = status_of(&raw_status);
    RecordingDetails {
        id: text(&["id", "recordId"]),
        name: text(&["title", "recordName", "name"]),
        status,
        failure: failure(status, &raw_status),
        raw_status,
        created_at_ms: iso_ms(&text(&["created", "createdAt", "creationDate"])).unwrap_or_default(),
        changed_at_ms: iso_ms(&text(&["lastStatusDate"])),
        duration_ms: number("trackTime"),
        size: number("fileSize").and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
        editor: text(&["correctorName"]),
        raw: Value::Object(members.clone()).to_string(),
    }
}

fn failure(status: RecordingStatus, raw: &str) -> String {
    match status {
        RecordingStatus::Failed => "GoSpeech could not recognise it".to_owned(),
        RecordingStatus::NeedsAction => {
            format!("GoSpeech wants somebody to act in its own pages ({raw}); what, it does not say")
        }
        _ => String::new(),
    }
}

/// A whole number, also written as a float without a fraction.
fn whole(value: &Value) -> Option<i64> {
    let float = || value.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15);
    value.as_i64().or_else(|| float().map(|float| float as i64))
}

/// The id in the answer to an upload: of `recordId` or `id`, a bare string, or the end of the `Location` (spec: 5.4).
pub(super) fn uploaded_id(body: &[u8], location: Option<&str>) -> Option<String> {
    let from_body = || match serde_json::from_slice(body).ok()? {
        Value::String(id) => Some(id),
        Value::Object(members) => {
            ["recordId", "id"].iter().find_map(|name| Some(members.get(*name)?.as_str()?.to_owned()))
        }
        _ => None,
    };
    let from_location = || {
        let path = location?.split(['?', '#']).next()?;
        path.rsplit('/').find(|segment| !segment.is_empty()).map(str::to_owned)
    };
    from_body().or_else(from_location).filter(|id| !id.trim().is_empty())
}

pub(super) fn parse(body: &[u8], what: &str) -> Result<Value> {
    serde_json::from_slice(body).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        not_understood(&format!("{what} is not JSON ({place})"))
    })
}

/// The error for an answer of another shape than the wire's description knows.
pub(super) fn not_understood(what: &str) -> Error {
    Error::new(ErrorKind::Protocol, format!("{what}, as GoSpeech answered"))
        .with_retriable(false)
        .with_hint("see the endpoints' standing (endpoints, doctor): an assumed path may need its option")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_every_envelope() {
        let item = r#"{"recordId":"r-1","title":"Talk","status":"correctingBy","correctorName":"Ann","fileSize":1024,
            "trackTime":60000.0,"lastStatusDate":"2024-05-09T12:03:14.6356191Z","new":[1]}"#;
        for (body, total) in [
            (format!("[{item}]"), None),
            (format!(r#"{{"records":[{item}],"totalCount":7}}"#), Some(7)),
            (format!(r#"{{"total":"many","other":[],"data":[{item},{{"noid":1}}]}}"#), None),
        ] {
            let page = page(body.as_bytes()).unwrap();
            assert_eq!((page.total, page.recordings.len()), (total, 1));
            let record = &page.recordings[0];
            assert_eq!(
                (record.id.as_str(), record.name.as_str(), record.editor.as_str()),
                ("r-1", "Talk", "Ann")
            );
            assert_eq!((record.status, record.duration_ms), (RecordingStatus::Ready, Some(60_000)));
            assert_eq!((record.size, record.changed_at_ms), (1024, Some(1_715_256_194_635)));
            assert!(record.raw.contains("\"new\":[1]"));
        }
        assert!(page(b"[]").unwrap().recordings.is_empty());
        for bad in ["", "<html>", "3", r#"{"a":1}"#, r#"[{"title":"x"}]"#, r#"{"items":[1]}"#] {
            assert_eq!(page(bad.as_bytes()).err().unwrap().kind(), ErrorKind::Protocol, "{bad}");
        }
    }

    #[test]
    fn a_status_that_is_new_is_kept_and_is_not_final() {
        let record = single(br#"{"status":"dreaming"}"#, "r-9").unwrap();
        assert_eq!((record.id.as_str(), record.raw_status.as_str()), ("r-9", "dreaming"));
        assert!(!record.status.is_final());
    }

    #[test]
    fn the_id_of_an_upload_from_wherever_it_stands() {
        let id = |body: &str, location| uploaded_id(body.as_bytes(), location);
        assert_eq!(id(r#"{"recordId":"a","id":"b"}"#, None).as_deref(), Some("a"));
        assert_eq!(id(r#""c""#, Some("/x/y")).as_deref(), Some("c"));
        assert_eq!(id("", Some("https://h/api/records/d/?v=1")).as_deref(), Some("d"));
        assert_eq!(id(r#"{"id":" "}"#, None), None);
        assert_eq!(id("<html>", None), None);
    }
}

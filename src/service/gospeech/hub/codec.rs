//! SignalR's JSON protocol, as far as a listener needs it, and GoSpeech's five events (spec: 10). It does no I/O.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::recording::Recording;
use crate::service::gospeech::record;

/// What ends each record of a conversation.
const SEPARATOR: u8 = 0x1e;
/// No record is larger, in bytes.
const LARGEST_RECORD: usize = 1 << 20;
/// Longest text of the service's own that goes into a message.
const LONGEST_TEXT: usize = 200;

pub(super) const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
pub(super) const PING: &str = "{\"type\":6}\u{1e}";

/// Cuts what comes into records: there may be several in a message, and one may be spread over several.
#[derive(Default)]
pub(super) struct Records {
    pending: Vec<u8>,
}

impl Records {
    /// Takes a message in, and gives the records that it completes. Empty ones are passed over.
    pub(super) fn feed(&mut self, message: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut complete = Vec::new();
        let mut rest = message;
        while let Some(end) = memchr::memchr(SEPARATOR, rest) {
            self.extend(&rest[..end])?;
            if !self.pending.is_empty() {
                complete.push(std::mem::take(&mut self.pending));
            }
            rest = &rest[end + 1..];
        }
        self.extend(rest)?;
        Ok(complete)
    }

    fn extend(&mut self, bytes: &[u8]) -> Result<()> {
        if self.pending.len() + bytes.len() > LARGEST_RECORD {
            return Err(violation("sent a record that is too large"));
        }
        self.pending.extend_from_slice(bytes);
        Ok(())
    }
}

/// A record of the conversation.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    /// The service calls us.
    Invocation { target: String, payload: String },
    /// The service ends the conversation.
    Close { error: String, may_reconnect: bool },
    /// Of no concern to a listener; it shows that the service is there.
    Other,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(rename = "type")]
    kind: Option<u64>,
    target: Option<String>,
    #[serde(borrow)]
    arguments: Option<Vec<&'a RawValue>>,
    error: Option<String>,
    allow_reconnect: Option<bool>,
}

/// Reads a record. What is JSON but no record that we know is [`Frame::Other`].
pub(super) fn frame(record: &[u8]) -> Result<Frame> {
    let Ok(wire) = serde_json::from_slice::<Wire<'_>>(record) else {
        return match serde_json::from_slice::<&RawValue>(record) {
            Ok(value) if value.get().starts_with('{') => Ok(Frame::Other),
            _ => Err(violation("sent a record that is no JSON object")),
        };
    };
    Ok(match (wire.kind, wire.target) {
        (Some(1), Some(target)) => {
            let payload = wire.arguments.and_then(|arguments| Some(arguments.first()?.get().to_owned()));
            Frame::Invocation { target, payload: payload.unwrap_or_default() }
        }
        (Some(7), _) => Frame::Close {
            error: wire.error.unwrap_or_default(),
            may_reconnect: wire.allow_reconnect.unwrap_or(false),
        },
        _ => Frame::Other,
    })
}

/// Reads the answer to the handshake.
pub(super) fn handshake_answer(record: &[u8]) -> Result<()> {
    let answer: Map<String, Value> = serde_json::from_slice(record)
        .map_err(|_| violation("answered the handshake with no JSON object"))?;
    match answer.get("error") {
        None | Some(Value::Null) => Ok(()),
        Some(error) => Err(refusal("the handshake", error.as_str().unwrap_or_default())),
    }
}

/// An event of GoSpeech. `detail` is its payload as it came.
#[derive(Debug, PartialEq)]
pub(super) enum HubEvent {
    RecordChanged { record: Recording, detail: String },
    WorklistChanged { detail: String },
    UploadDenied { record_id: String, codes: Vec<String>, detail: String },
    AccountDeleted { detail: String },
    ExportCompleted { record_id: String, detail: String },
}

/// The event of an invocation; `None`: none that we know, or one without what it is about. Names are matched without
/// regard to case, as the vendor's own spelling varies; a payload that is a JSON text in a string is read once more.
pub(super) fn event(target: &str, payload: &str) -> Option<HubEvent> {
    let detail = serde_json::from_str::<String>(payload).unwrap_or_else(|_| payload.to_owned());
    let members: Map<String, Value> = serde_json::from_str(&detail).unwrap_or_default();
    let about = || Some(members.get("recordId")?.as_str()?.to_owned()).filter(|id| !id.is_empty());
    let is = |name: &str| target.eq_ignore_ascii_case(name);
    if is("workListChanged") {
        record::recording_of(&members).map(|record| HubEvent::RecordChanged { record, detail })
    } else if is("refreshWorklist") {
        Some(HubEvent::WorklistChanged { detail })
    } else if is("recordUploadDenied") {
        let codes = members.get("deniedCodes").and_then(Value::as_array);
        let codes = codes.into_iter().flatten().filter_map(|code| code.as_str().map(str::to_owned)).collect();
        about().map(|record_id| HubEvent::UploadDenied { record_id, codes, detail })
    } else if is("accountDeleted") {
        Some(HubEvent::AccountDeleted { detail })
    } else if is("transcriptExportCompleted") {
        about().map(|record_id| HubEvent::ExportCompleted { record_id, detail })
    } else {
        None
    }
}

/// What the service says of its refusal is for a person, and bounded.
pub(super) fn refusal(what: &str, said: &str) -> Error {
    let said: String = said.chars().filter(|c| !c.is_control()).take(LONGEST_TEXT).collect();
    Error::new(ErrorKind::Service, format!("the hub refuses {what}: {said}"))
}

pub(super) fn violation(what: &str) -> Error {
    Error::new(ErrorKind::Protocol, format!("the hub {what}"))
}

#[cfg(test)]
mod tests;

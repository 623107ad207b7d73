//! Frames of SignalR's JSON protocol: JSON texts, each ended by a record separator.

use serde_json::{Value, json};

const END: char = '\u{1e}';

/// One frame.
pub(super) fn frame(value: &Value) -> String {
    format!("{value}{END}")
}

pub(super) fn invocation(target: &str, arguments: &[Value]) -> String {
    frame(&json!({ "type": 1, "target": target, "arguments": arguments }))
}

pub(super) fn ping() -> String {
    frame(&json!({ "type": 6 }))
}

pub(super) fn close(error: Option<&str>, allow_reconnect: bool) -> String {
    let mut close = json!({ "type": 7 });
    if let Some(error) = error {
        close["error"] = error.into();
    }
    if allow_reconnect {
        close["allowReconnect"] = true.into();
    }
    frame(&close)
}

/// What a client says.
#[derive(Debug, PartialEq)]
pub(super) enum Said {
    /// It speaks the protocol.
    Handshake,
    /// It is there.
    Ping,
    /// It calls a method, of which the hub has none; the id if it wants an answer.
    Call(Option<String>),
    Close,
    /// What a hub without streams has no use for.
    Other,
    Nonsense,
}

/// The frames of a message.
pub(super) fn said(message: &str) -> Vec<Said> {
    let Some(frames) = message.strip_suffix(END) else { return vec![Said::Nonsense] };
    frames.split(END).map(said_once).collect()
}

fn said_once(frame: &str) -> Said {
    let Ok(Value::Object(frame)) = serde_json::from_str(frame) else { return Said::Nonsense };
    match frame.get("type").map(Value::as_i64) {
        None if frame.get("protocol") == Some(&json!("json")) && frame.get("version") == Some(&json!(1)) => {
            Said::Handshake
        }
        Some(Some(6)) => Said::Ping,
        Some(Some(1)) => Said::Call(frame.get("invocationId").and_then(Value::as_str).map(str::to_owned)),
        Some(Some(7)) => Said::Close,
        Some(Some(2..=9)) => Said::Other,
        _ => Said::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_frames_come_in_one_message() {
        let message = "{\"protocol\":\"json\",\"version\":1}\u{1e}{\"type\":6}\u{1e}";
        assert_eq!(said(message), [Said::Handshake, Said::Ping]);
    }

    #[test]
    fn what_is_no_frame_is_nonsense() {
        for message in ["", "{\"type\":6}", "[]\u{1e}", "{\"type\":\"6\"}\u{1e}", "\u{1e}", "{}\u{1e}"] {
            assert_eq!(said(message), [Said::Nonsense], "{message:?}");
        }
        let other_protocol = "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}";
        assert_eq!(said(other_protocol), [Said::Nonsense]);
    }

    #[test]
    fn a_close_says_what_it_has_to() {
        assert_eq!(close(None, false), "{\"type\":7}\u{1e}");
        assert!(close(Some("why"), true).contains("\"allowReconnect\":true"));
    }
}

use proptest::prelude::*;

use super::*;
use crate::recording::RecordingStatus;

fn records_of(messages: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut records = Records::default();
    messages.iter().flat_map(|message| records.feed(message).unwrap()).collect()
}

proptest! {
    /// However a conversation is cut into messages, its records are the same.
    #[test]
    fn cuts_do_not_matter(texts in prop::collection::vec("[ -~]{1,30}", 0..8), cuts in prop::collection::vec(0.0..1.0, 0..12)) {
        let whole: Vec<u8> = texts.iter().flat_map(|text| format!("{text}\u{1e}").into_bytes()).collect();
        let mut ends: Vec<usize> = cuts.iter().map(|cut: &f64| (cut * whole.len() as f64) as usize).collect();
        ends.push(whole.len());
        ends.sort_unstable();
        let mut begin = 0;
        let mut records = Records::default();
        let mut found = Vec::new();
        for end in ends {
            found.extend(records.feed(&whole[begin..end]).unwrap());
            begin = end;
        }
        let expected: Vec<Vec<u8>> = texts.iter().map(|text| text.clone().into_bytes()).collect();
        prop_assert_eq!(found, expected);
    }

    /// Nothing that comes makes it panic.
    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(records) = Records::default().feed(&bytes) {
            records.iter().for_each(|record| drop((frame(record), handshake_answer(record))));
        }
    }

    #[test]
    fn any_payload_is_read(target in "[a-zA-Z]{0,12}", payload in "\\PC{0,80}") {
        event(&target, &payload);
        for target in ["workListChanged", "recordUploadDenied", "transcriptExportCompleted"] {
            event(target, &payload);
        }
    }
}

#[test]
fn a_character_may_be_cut_in_two() {
    let text = "{\"type\":1,\"target\":\"ü\"}\u{1e}".as_bytes();
    let middle = text.iter().position(|byte| *byte == 0xc3).unwrap() + 1;
    let records = records_of(&[&text[..middle], &text[middle..]]);
    assert_eq!(frame(&records[0]).unwrap(), Frame::Invocation { target: "ü".into(), payload: String::new() });
}

#[test]
fn hostile_sizes_are_bounded() {
    let mut records = Records::default();
    let piece = vec![b'x'; 300_000];
    let outcomes: Vec<bool> = (0..5).map(|_| records.feed(&piece).is_ok()).collect();
    assert_eq!(outcomes, [true, true, true, false, false]);
    assert!(Records::default().feed(&vec![SEPARATOR; 5_000_000]).unwrap().is_empty());
    assert!(frame("[".repeat(1_000_000).as_bytes()).is_err());
    let deep = format!(r#"{{"type":1,"target":"workListChanged","arguments":[{}]}}"#, "[".repeat(100_000));
    assert!(frame(deep.as_bytes()).is_err());
}

#[test]
fn the_kinds_of_frames() {
    let read = |text: &str| frame(text.as_bytes());
    assert_eq!(read(r#"{"type":6}"#).unwrap(), Frame::Other);
    let close = |error: &str, may_reconnect| Frame::Close { error: error.into(), may_reconnect };
    assert_eq!(read(r#"{"type":7}"#).unwrap(), close("", false));
    assert_eq!(read(r#"{"type":7,"error":"bye","allowReconnect":true}"#).unwrap(), close("bye", true));
    for unknown in
        [r#"{"type":9,"sequenceId":3}"#, r#"{"type":"1"}"#, "{}", r#"{"type":1}"#, r#"{"type":1,"target":7}"#]
    {
        assert_eq!(read(unknown).unwrap(), Frame::Other, "{unknown}");
    }
    for bad in ["", "nonsense", "[1]", "7", "{\"type\":6", "\"x\"", "\u{0}"] {
        assert_eq!(read(bad).unwrap_err().kind(), ErrorKind::Protocol, "{bad}");
    }
}

#[test]
fn the_handshake_is_taken_or_refused() {
    handshake_answer(b"{}").unwrap();
    handshake_answer(br#"{"minorVersion":1,"error":null}"#).unwrap();
    let refused = handshake_answer(br#"{"error":"The protocol 'json' is not supported."}"#).unwrap_err();
    assert!(refused.message().contains("not supported"));
    assert!(handshake_answer(b"[]").is_err());
}

fn event_of(text: &str) -> Option<HubEvent> {
    match frame(text.as_bytes()).unwrap() {
        Frame::Invocation { target, payload } => event(&target, &payload),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_five_events() {
    let payload = r#"{"recordId":"r-1","status":"uploaded","lastStatusDate":"2024-05-09T12:03:14.6356191Z","fileSize":1024,"trackTime":60000}"#;
    for spelling in ["workListChanged", "worklistchanged", "WorkListChanged"] {
        let text = format!(r#"{{"type":1,"target":"{spelling}","arguments":[{payload}]}}"#);
        let Some(HubEvent::RecordChanged { record, detail }) = event_of(&text) else { panic!("{spelling}") };
        assert_eq!(detail, payload);
        assert_eq!((record.id.as_str(), record.status), ("r-1", RecordingStatus::Queued));
        assert_eq!((record.size, record.duration_ms), (1024, Some(60_000)));
        assert_eq!(record.changed_at_ms, Some(1_715_256_194_635));
    }
    let refresh = Some(HubEvent::WorklistChanged { detail: String::new() });
    assert_eq!(event_of(r#"{"type":1,"target":"refreshWorklist","arguments":[]}"#), refresh);
    assert_eq!(event_of(r#"{"type":1,"target":"REFRESHWORKLIST"}"#), refresh);
    let gone = r#"{"type":1,"target":"accountDeleted","arguments":[null]}"#;
    assert_eq!(event_of(gone), Some(HubEvent::AccountDeleted { detail: "null".into() }));
    let denied = r#"{"type":1,"target":"recordUploadDenied","arguments":[{"recordId":"r-2","recordName":"x","deniedCodes":["fileUploadLimitReached",7]}]}"#;
    let Some(HubEvent::UploadDenied { record_id, codes, .. }) = event_of(denied) else { panic!() };
    assert_eq!((record_id.as_str(), codes), ("r-2", vec!["fileUploadLimitReached".to_owned()]));
    let export = r#"{"type":1,"target":"transcriptExportCompleted","arguments":[{"recordId":"r-3","fileId":"f-1","fileName":"a.docx","fileFormat":"docx"},"more"]}"#;
    let Some(HubEvent::ExportCompleted { record_id, detail }) = event_of(export) else { panic!() };
    assert_eq!((record_id.as_str(), detail.contains("f-1")), ("r-3", true));
}

#[test]
fn a_payload_in_a_string_is_read_once_more() {
    let text = r#"{"type":1,"target":"workListChanged","arguments":["{\"recordId\":\"r-1\",\"status\":\"ready\"}"]}"#;
    let Some(HubEvent::RecordChanged { record, detail }) = event_of(text) else { panic!() };
    assert_eq!((record.id.as_str(), record.status), ("r-1", RecordingStatus::Ready));
    assert_eq!(detail, r#"{"recordId":"r-1","status":"ready"}"#);
}

#[test]
fn what_is_about_nothing_is_no_event() {
    for payload in ["", "{}", "[]", "3", "\"text\"", r#"{"recordId":""}"#, r#"{"recordId":null}"#] {
        assert_eq!(event("workListChanged", payload), None, "{payload}");
        assert_eq!(event("recordUploadDenied", payload), None, "{payload}");
        assert_eq!(event("somethingNew", payload), None, "{payload}");
    }
}

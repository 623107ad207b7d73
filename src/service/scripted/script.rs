//! The script: what the scripted service is told to do, as JSON. `docs/scripted.md` describes it for users.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use super::orders::OrdersScript;
use crate::error::{Error, ErrorKind, Result};
use crate::events::ServiceEventKind;
use crate::recording::RecordingStatus;
use crate::transcript::{Segment, Transcript, Word};

/// The calls that a script can speak of.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verb {
    Open,
    Upload,
    Recording,
    Recordings,
    Wait,
    Transcript,
    Delete,
    Purge,
    Events,
    CreateOrder,
    Order,
    EditSettings,
    ApplyPromo,
    Place,
    DeleteOrder,
    Dictionary,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Script {
    /// How long every answer takes.
    pub(super) answer_ms: u64,
    /// How fast an upload goes; 0: as fast as it can.
    pub(super) upload_bytes_per_second: u64,
    /// The token that a call must have.
    pub(super) access_token: Option<SecretString>,
    statuses: Vec<StatusStep>,
    transcript: TranscriptScript,
    errors: BTreeMap<Verb, ErrorScript>,
    events: Vec<EventScript>,
    /// What orders cost; `None`: nothing has to be ordered.
    pub(super) orders: Option<OrdersScript>,
    panic: Option<Verb>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            answer_ms: 0,
            upload_bytes_per_second: 0,
            access_token: None,
            statuses: vec![StatusStep { status: RecordingStatus::Ready, ..StatusStep::default() }],
            transcript: TranscriptScript::default(),
            errors: BTreeMap::new(),
            events: Vec::new(),
            orders: None,
            panic: None,
        }
    }
}

/// A status that a recording takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct StatusStep {
    #[serde(deserialize_with = "status_of_name")]
    pub(super) status: RecordingStatus,
    pub(super) raw: Option<String>,
    pub(super) failure: String,
    /// How long after the step before it, or after the upload.
    after_ms: u64,
}

fn status_of_name<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<RecordingStatus, D::Error> {
    let name = String::deserialize(deserializer)?;
    RecordingStatus::from_name(&name).ok_or_else(|| serde::de::Error::custom(format!("no status {name:?}")))
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TranscriptScript {
    language: String,
    words: Vec<WordScript>,
}

impl Default for TranscriptScript {
    fn default() -> Self {
        let word = |text: &str, start_ms| WordScript {
            text: text.into(),
            start_ms,
            end_ms: start_ms + 400,
            confidence: Some(1.0),
            speaker: String::new(),
        };
        Self { language: "en".into(), words: vec![word("Hello", 0), word("world.", 500)] }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordScript {
    text: String,
    start_ms: i64,
    end_ms: i64,
    confidence: Option<f32>,
    #[serde(default)]
    speaker: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorScript {
    code: String,
    #[serde(default)]
    message: String,
    http_status: Option<u16>,
    retry_after_ms: Option<u64>,
    #[serde(default)]
    service_code: String,
    #[serde(default)]
    request_id: String,
    detail: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What the service tells by itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventScript {
    #[serde(deserialize_with = "kind_of_name")]
    pub(super) kind: ServiceEventKind,
    #[serde(default)]
    pub(super) recording_id: String,
    pub(super) detail: Option<serde_json::Value>,
    /// How long after the one before it, or after the call.
    #[serde(default)]
    pub(super) after_ms: u64,
}

fn kind_of_name<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<ServiceEventKind, D::Error> {
    let name = String::deserialize(deserializer)?;
    let kind = ServiceEventKind::ALL.iter().copied().find(|kind| kind.name() == name);
    kind.ok_or_else(|| serde::de::Error::custom(format!("no kind of event {name:?}")))
}

/// The key that stands where none of this name does: the one thing of a script that is told again.
fn unknown_key(error: &serde_json::Error) -> Option<String> {
    let message = error.to_string();
    let (key, _) = message.strip_prefix("unknown field `")?.split_once('`')?;
    Some(key.chars().take(60).collect())
}

impl Script {
    pub(super) fn parse(json: &str) -> Result<Self> {
        // The parser's own words may quote a token out of the script: the place is told instead.
        let script: Self = serde_json::from_str(json).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            let what = match unknown_key(&error) {
                Some(key) => format!("a script has no key {key:?} there ({place})"),
                None => format!("script is not a script ({place})"),
            };
            Error::new(ErrorKind::Option, what).with_hint("see docs/scripted.md")
        })?;
        if script.statuses.is_empty() {
            return Err(Error::new(ErrorKind::Option, "script: statuses is empty"));
        }
        if let Some(orders) = &script.orders {
            orders.check().map_err(|error| {
                Error::new(ErrorKind::Option, format!("script: {error}")).with_hint(error.hint())
            })?;
        }
        let unknown = script.errors.values().find(|error| ErrorKind::from_name(&error.code).is_none());
        match unknown {
            Some(error) => {
                Err(Error::new(ErrorKind::Option, format!("script: there is no code {:?}", error.code)))
            }
            None => Ok(script),
        }
    }

    /// The status a recording has some time after its upload, and how long until the next one.
    pub(super) fn status_after(&self, elapsed: Duration) -> (&StatusStep, Option<Duration>) {
        let mut current = &self.statuses[0];
        let mut at = Duration::ZERO;
        for (index, step) in self.statuses.iter().enumerate() {
            at = at.saturating_add(Duration::from_millis(step.after_ms));
            if at > elapsed && index > 0 {
                return (current, Some(at - elapsed));
            }
            current = step;
        }
        (current, None)
    }

    /// What is told to whoever asks for events, in order.
    pub(super) fn events(&self) -> &[EventScript] {
        &self.events
    }

    pub(super) fn duration_ms(&self) -> Option<i64> {
        self.transcript.words.last().map(|word| word.end_ms)
    }

    pub(super) fn transcript(&self, id: &str) -> Transcript {
        let mut builder = Transcript::builder().recording_id(id).language(&self.transcript.language);
        if let Some(duration) = self.duration_ms() {
            builder = builder.duration_ms(duration);
        }
        for words in self.transcript.words.chunk_by(|a, b| a.speaker == b.speaker) {
            let word = |word: &WordScript| Word {
                text: word.text.clone(),
                start_ms: word.start_ms,
                end_ms: word.end_ms,
                confidence: word.confidence,
                ..Word::default()
            };
            let speaker = words[0].speaker.clone();
            let words = words.iter().map(word).collect();
            builder = builder.segment(&Segment { speaker, words, ..Segment::default() });
        }
        builder.build()
    }

    /// The failure that a call is told to end with.
    pub(super) fn error(&self, verb: Verb) -> Result<()> {
        let Some(script) = self.errors.get(&verb) else { return Ok(()) };
        let kind = ErrorKind::from_name(&script.code).unwrap_or(ErrorKind::Service);
        let message = if script.message.is_empty() { kind.entry().doc.trim() } else { &script.message };
        let mut error = Error::new(kind, message)
            .with_service_code(&script.service_code)
            .with_request_id(&script.request_id);
        if let Some(status) = script.http_status {
            error = error.with_http_status(status);
        }
        if let Some(detail) = &script.detail {
            error = error.with_detail(serde_json::to_string(detail).unwrap_or_default());
        }
        if let Some(wait) = script.retry_after_ms {
            error = error.with_retry_after(Duration::from_millis(wait));
        }
        Err(error)
    }

    /// Panics, where the script says so; without the message that a panic prints.
    pub(super) fn panic_if_told(&self, verb: Verb) {
        if self.panic == Some(verb) {
            std::panic::resume_unwind(Box::new("told by the script"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_follow_one_another() {
        let script = Script::parse(
            r#"{"statuses": [{"status": "queued"}, {"status": "processing", "after_ms": 10},
                             {"status": "unknown", "raw": "napping", "after_ms": 10}, {"status": "ready", "after_ms": 10}]}"#,
        )
        .unwrap();
        let at = |ms| {
            let (step, next) = script.status_after(Duration::from_millis(ms));
            (step.status, next.map(|next| next.as_millis()))
        };
        assert_eq!(at(0), (RecordingStatus::Queued, Some(10)));
        assert_eq!(at(10), (RecordingStatus::Processing, Some(10)));
        assert_eq!(at(25), (RecordingStatus::Unknown, Some(5)));
        assert_eq!(at(30), (RecordingStatus::Ready, None));
    }

    #[test]
    fn a_bad_script_is_refused_without_quoting_it() {
        for bad in
            ["", r#"{"statuses": []}"#, r#"{"nonsense": 1}"#, r#"{"errors": {"upload": {"code": "X"}}}"#]
        {
            let error = Script::parse(bad).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Option, "{bad}");
        }
        let unknown = Script::parse(r#"{"errors": {"upload": {"code": "TIRO_E_IO", "mesage": "s3cr3t"}}}"#);
        let told = unknown.unwrap_err().to_string();
        assert!(told.contains("\"mesage\"") && !told.contains("s3cr3t"), "{told}");
        let error = Script::parse(r#"{"access_token": "s3cr3t" "oops"}"#).unwrap_err();
        assert!(!format!("{error:?}").contains("s3cr3t"));
    }
}

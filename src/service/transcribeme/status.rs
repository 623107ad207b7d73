//! The statuses of a recording (spec: 5.1), and what each means for whoever waits.

use super::reading::{Members, not_understood, scalar};
use crate::error::Result;
use crate::recording::RecordingStatus::{self, Failed, NeedsAction, Processing, Ready, Unknown, Uploading};

/// The vendor's number, its name, and what it is to a waiter. [`NeedsAction`] stands for what has to be ordered first;
/// once that is done, the recording is queued (spec: U31). The list was documented once, and is a dictionary now.
pub const TRANSCRIBEME_STATUSES: &[(&str, &str, RecordingStatus)] = &[
    ("0", "Uploading", Uploading),
    ("1", "Ready to Transcribe", NeedsAction),
    ("2", "In Progress", Processing),
    ("3", "Transcribed", Ready),
    ("4", "Error", Failed),
];

/// The status of a number or name; one that is new is unknown, and never final.
pub(super) fn status_of(raw: &str) -> RecordingStatus {
    let is_it = |(number, name, _): &&(&str, &str, _)| raw == *number || raw.eq_ignore_ascii_case(name);
    TRANSCRIBEME_STATUSES.iter().find(is_it).map_or(Unknown, |(_, _, status)| *status)
}

/// The vendor's own status in whatever form it comes (spec: U28): bare, as text, or in an object.
pub(super) fn raw_status(body: &str) -> Result<String> {
    let in_object = || {
        let members = Members::of(body)?;
        let nested = || Members::of(members.get("status")?)?.first(&["id", "status", "name"]);
        members.text("status").or_else(nested).or_else(|| members.text("id"))
    };
    let raw = scalar(body).or_else(in_object).map(|raw| raw.trim().to_owned());
    raw.filter(|raw| !raw.is_empty()).ok_or_else(|| not_understood("the status is of no form that is known"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_in_every_form() {
        for body in [
            "3",
            " 3\n",
            r#""3""#,
            r#"{"status":3}"#,
            r#"{"Status":"3"}"#,
            r#"{"ID":3}"#,
            r#"{"status":{"id":3,"name":"x"}}"#,
        ] {
            assert_eq!(raw_status(body).unwrap(), "3", "{body}");
            assert_eq!(status_of(&raw_status(body).unwrap()), Ready);
        }
        assert_eq!(status_of("In progress"), Processing);
        for bad in ["", "<html>", "null", "[3]", "{}", r#"{"status":null}"#, r#"" ""#] {
            assert!(raw_status(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_new_status_is_kept_and_is_not_final() {
        for raw in ["7", "-1", "Dreaming", "3.0"] {
            assert_eq!(status_of(&raw_status(&serde_json::json!(raw).to_string()).unwrap()), Unknown);
        }
        assert!(!Unknown.is_final());
    }
}

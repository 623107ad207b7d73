//! The endpoints of GoSpeech, in one table: the client calls them, the sandbox answers them, `endpoints()` tells them.
//! A path is an option, and the option's default is the path: this table only says how far it can be relied on.

use crate::service::endpoint::{Endpoint, Standing, row};

use Standing::{Assumed, Documented, Unset};

/// Every operation of GoSpeech; `source` is the section of the wire's description that it rests on.
pub const GOSPEECH_ENDPOINTS: &[Endpoint] = &[
    row("discovery", "GET", "gospeech.path.discovery", Assumed, "4.1"),
    row("token", "POST", "gospeech.path.token", Documented, "4.1, 4.3"),
    row("authorize", "GET", "gospeech.path.authorize", Assumed, "4.1, 4.5"),
    row("end_session", "GET", "gospeech.path.end_session", Assumed, "4.1, 4.7"),
    row("revocation", "POST", "gospeech.path.revocation", Assumed, "4.1"),
    row("recordings", "GET", "gospeech.path.recordings", Documented, "5.2"),
    row("recording", "GET", "gospeech.path.recording", Assumed, "5.3"),
    row("upload", "POST", "gospeech.path.upload", Assumed, "5.4"),
    row("delete", "DELETE", "gospeech.path.delete", Assumed, "5.7"),
    row("transcript", "GET", "gospeech.path.transcript", Assumed, "7, 8"),
    row("export_start", "POST", "gospeech.path.export_start", Assumed, "8"),
    row("export_download", "GET", "gospeech.path.export_download", Assumed, "8"),
    row("create_managed_user", "POST", "gospeech.path.managed_user_create", Assumed, "5.5"),
    row("delete_managed_user", "DELETE", "gospeech.path.managed_user_delete", Assumed, "5.6"),
    row("events", "GET", "gospeech.path.hub", Documented, "10.1"),
    row("recording_link", "", "gospeech.link.recording", Unset, "5.8"),
    row("worklist_link", "", "gospeech.link.worklist", Unset, "5.8"),
    row("upload_check", "POST", "", Unset, "5.4"),
    row("rename", "PUT", "", Unset, "5.7"),
    row("start_recognition", "POST", "", Unset, "11 (16)"),
    row("notepad_export", "POST", "", Unset, "11 (22)"),
];

//! The endpoints of TranscribeMe, in one table: the client calls them, the sandbox answers them, `endpoints()` tells them.
//! A path is an option, and the option's default is the path: this table only says how far it can be relied on.

use crate::service::endpoint::{Endpoint, Standing, row};

use Standing::{Assumed, Documented};

/// Every operation of TranscribeMe; `source` is the section of the wire's description that it rests on. What stands only in
/// the source of the vendor's own client counts as assumed.
pub const TRANSCRIBEME_ENDPOINTS: &[Endpoint] = &[
    row("token", "POST", "transcribeme.path.token", Documented, "3.1"),
    row("regenerate_application_token", "POST", "transcribeme.path.regenerate_token", Documented, "3.4"),
    row("upload_url", "GET", "transcribeme.path.upload_url", Documented, "E6"),
    row("upload_commit", "POST", "transcribeme.path.upload_commit", Documented, "E8"),
    row("upload_simple", "POST", "transcribeme.path.upload_simple", Documented, "E10"),
    row("upload_sync", "POST", "transcribeme.path.upload_sync", Assumed, "E11"),
    row("upload_remote", "POST", "transcribeme.path.upload_remote", Documented, "E12"),
    row("upload_remote_second", "POST", "transcribeme.path.upload_remote_second", Assumed, "E12"),
    row("create_order", "POST", "transcribeme.path.orders", Documented, "E13"),
    row("order", "GET", "transcribeme.path.order", Documented, "E14"),
    row("edit_order", "POST", "transcribeme.path.order_edit", Documented, "E15"),
    row("apply_promo", "POST", "transcribeme.path.order_promo", Documented, "E16"),
    row("place_order", "POST", "transcribeme.path.order_place", Documented, "E17"),
    row("order_currency", "POST", "transcribeme.path.order_currency", Assumed, "E18"),
    row("delete_order", "DELETE", "transcribeme.path.order", Assumed, "E19"),
    row("types", "GET", "transcribeme.path.types", Documented, "E20"),
    row("speakers", "GET", "transcribeme.path.speakers", Documented, "E21"),
    row("outputs", "GET", "transcribeme.path.outputs", Documented, "E22"),
    row("turnarounds", "GET", "transcribeme.path.turnarounds", Documented, "E23"),
    row("languages", "GET", "transcribeme.path.languages", Documented, "E24"),
    row("accents", "GET", "transcribeme.path.accents", Documented, "E25"),
    row("domains", "GET", "transcribeme.path.domains", Documented, "E26"),
    row("recording_statuses", "GET", "transcribeme.path.recording_statuses", Documented, "E27"),
    row("currencies", "GET", "transcribeme.path.currencies", Assumed, "E18"),
    row("recording_status", "GET", "transcribeme.path.recording_status", Documented, "E28"),
    row("recordings", "GET", "transcribeme.path.recordings", Assumed, "E29"),
    row("transcript", "GET", "transcribeme.path.transcript", Documented, "E30"),
    row("transcript_file", "GET", "transcribeme.path.transcript_file", Assumed, "E31"),
    row("download", "POST", "transcribeme.path.download", Documented, "E32"),
    row("billing_address", "GET", "transcribeme.path.billing_address", Documented, "4.6"),
    row("set_billing_address", "POST", "transcribeme.path.billing_address", Documented, "4.6"),
    row("billing_card", "GET", "transcribeme.path.billing_card", Documented, "4.6"),
    row("billing_client_token", "GET", "transcribeme.path.billing_client_token", Documented, "4.6"),
    row("save_billing_card", "POST", "transcribeme.path.billing_card", Documented, "4.6"),
];

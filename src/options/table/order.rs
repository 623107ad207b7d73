//! Options of orders: what is bought. A name is looked up in the service's own dictionaries; an id is taken as it is.

use super::Scope::Call;
use super::{Choice, OptionEntry, Text, row};

const ORDERS: &[&str] = &["transcribeme"];
const UNCHANGED_NO_YES: &[&str] = &["unchanged", "no", "yes"];

const fn setting(key: &'static str, doc: &'static str) -> OptionEntry {
    row(key, Text, "", Call, ORDERS, doc)
}

pub(super) const ROWS: &[OptionEntry] = &[
    setting(
        "order.accent",
        "Accent of the speech: an id or name of the service's list. Default: the order's own.",
    ),
    setting(
        "order.billing_type",
        "How the order is paid, a number whose meanings the vendor does not publish. Default: `0`, as in its example.",
    ),
    setting(
        "order.domain",
        "Field of knowledge: an id or name of the service's list. Default: the order's own.",
    ),
    row(
        "order.heavy_accent",
        Choice(UNCHANGED_NO_YES),
        "unchanged",
        Call,
        ORDERS,
        "Whether a strong accent is spoken.",
    ),
    row(
        "order.noisy_audio",
        Choice(UNCHANGED_NO_YES),
        "unchanged",
        Call,
        ORDERS,
        "Whether the recording is noisy.",
    ),
    setting(
        "order.output",
        "Kind of document: an id or name of the service's list. Default: the order's own.",
    ),
    setting("order.promo_code", "Promotional code, applied before the order is quoted."),
    setting(
        "order.speakers",
        "Number of speakers: an id or name of the service's list. Default: the order's own.",
    ),
    setting(
        "order.turnaround",
        "How soon: an id or name of the service's list, or hours such as `24h`. Default: the order's own.",
    ),
    setting(
        "order.type",
        "Kind of transcription, such as `verbatim`: an id or name of the service's list. Default: the order's own.",
    ),
];

//! Options of the whole job: how it is remembered, what it may cost, and how one that stopped goes on.

use super::Scope::{Call, Client};
use super::{Choice, OptionEntry, Path, Text, row};

const CHARGING: &[&str] = &["transcribeme"];

pub(super) const ROWS: &[OptionEntry] = &[
    row(
        "confirmed_price",
        Text,
        "",
        Call,
        CHARGING,
        "The quote that a person has agreed to, as it was told, such as `5.00 USD`: the order is placed at exactly this price, or not at all. Without a currency it agrees to no price that has one.",
    ),
    row(
        "force_new",
        Choice(&["no", "yes"]),
        "no",
        Call,
        &["all"],
        "Whether a job is begun anew although the journal knows one of the same key.",
    ),
    row(
        "job_key",
        Text,
        "",
        Call,
        &["all"],
        "What a job is known by in the journal: the same key is the same job. Default: made of the source's SHA-256 and size, and of the settings (docs/jobs.md).",
    ),
    row(
        "journal",
        Path,
        "",
        Client,
        &["all"],
        "File (SQLite, 0600) in which whole jobs are remembered step by step, so that the next process goes on with them. Default: none, jobs end with their client.",
    ),
    row(
        "max_price",
        Text,
        "",
        Call,
        CHARGING,
        "The most that an order may cost to be placed without asking, such as `5.00 USD`, with its currency. Without this and `confirmed_price` nothing is ever bought.",
    ),
    row(
        "settle",
        Text,
        "",
        Call,
        &["all"],
        "For resuming a job that could not tell whether its last step was done: `not_done`, `done`, or the id of what the step made, as somebody has looked it up.",
    ),
];

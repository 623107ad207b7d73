//! TranscribeMe against the sandbox: each grant, each form of an error, each kind of upload, each step of an order.

#[path = "../support/mod.rs"]
mod support;

mod errors;
mod fixture;
mod orders;
mod recordings;
mod sign_in;
mod uploads;

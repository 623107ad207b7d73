//! The C ABI: `extern "C"` functions that convert their arguments, call the core and convert what comes back. What a
//! verb does is decided in the core; here only what is C's own: handles, borrowed texts, defaults for NULL. Of what the
//! core does not make public this uses the runtime's locks, callback thread and mark of a fork. Each function runs inside [`boundary`], so that no panic leaves the library.
//!
//! The comments of the public items are the documentation of `include/tiro.h`: every function says what it does, which
//! arguments may be NULL, what it returns, and its `Thread:`, `Blocks:` and `@since` lines. A test reads them.

#![allow(non_camel_case_types)] // the types carry their C names

pub mod arrow;
pub mod billing;
pub mod boundary;
pub mod client;
pub mod client_export;
pub mod document;
pub mod error;
pub mod event;
pub mod export;
pub mod find;
mod handle;
pub mod job;
pub mod join;
pub mod library;
pub mod login;
pub mod op;
pub mod options;
pub mod order;
pub mod ordering;
pub mod queue;
pub mod read;
pub mod recording;
pub mod remote;
pub mod sign_in;
pub mod source;
mod text;
pub mod token;
pub mod transcript;

//! The sandbox over real sockets: what it answers, and what it refuses.

mod attacks;
mod control;
mod exports;
mod faults;
mod hub;
#[cfg(feature = "local")]
mod local;
mod pages;
mod program;
mod records;
mod sign_in;
mod support;
mod tls;
mod transcribeme;
mod users;

//! What several tests need.
#![allow(dead_code)] // each test uses its part

pub mod files;
pub mod header;
#[cfg(unix)]
pub mod jobs;
#[cfg(unix)]
pub mod misuse;
pub mod options;
pub mod person;
#[cfg(unix)]
pub mod program;
pub mod random;
pub mod sandbox;
pub mod secrets;
pub mod wait;

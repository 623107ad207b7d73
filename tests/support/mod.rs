//! What several tests need.
#![allow(dead_code)] // each test uses its part

pub mod files;
pub mod header;

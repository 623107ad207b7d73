//! Reading the documents of services: one file a service, each a public `Transcript::from_...`, in one pass from the
//! text to the columns. What they share is how JSON is walked (`members`), what is done about texts that JSON readers
//! stumble over (`document`), and who speaks (`speaker`). The original stays as [`Transcript::raw`].
//!
//! The local service's own results are not a document: its decoder is `service/local/words.rs`.
//!
//! [`Transcript::raw`]: super::Transcript::raw

pub(super) mod document;
mod gospeech;
pub(super) mod members;
mod speaker;
mod transcribeme;

pub use gospeech::Spacing;

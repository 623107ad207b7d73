//! TranscribeMe (`service=transcribeme`): the vendor's wire, and nothing else. Tokens are the business of `auth`,
//! connections that of `http`, the transcript's format that of `transcript::decode`, and what is bought when that of `job`.
//! Which facts of the wire are documented and which are assumed stands in [`endpoints`], in the options `transcribeme.*`,
//! and at the readers of its answers.

mod endpoints;

pub use endpoints::TRANSCRIBEME_ENDPOINTS;

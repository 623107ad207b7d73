//! What an operation of a service asks for, and how far it is known: documented by the vendor, assumed, or unset.

use crate::options::{OptionType, Options, option_entry};

/// How far an endpoint can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// The vendor's documentation states it.
    Documented,
    /// A guess that nobody has confirmed; its option corrects it.
    Assumed,
    /// Not known at all: the operation needs its option, or is not offered.
    Unset,
}

impl Standing {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Assumed => "assumed",
            Self::Unset => "unset",
        }
    }
}

/// One row of a service's table of endpoints.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// The operation, by tiro's word for it.
    pub operation: &'static str,
    /// The HTTP method; `""` for a link that tiro builds and never asks for.
    pub method: &'static str,
    /// The option that holds the path; `""`: tiro has no call for it ([`crate::Client::request`] has).
    pub option: &'static str,
    /// How far its default can be relied on.
    pub standing: Standing,
    /// Where the fact comes from: a section of the description of the service's wire.
    pub source: &'static str,
}

/// A row of a service's table.
pub(crate) const fn row(
    operation: &'static str,
    method: &'static str,
    option: &'static str,
    standing: Standing,
    source: &'static str,
) -> Endpoint {
    Endpoint { operation, method, option, standing, source }
}

impl Endpoint {
    /// The path (or template of one) where nothing else is set; `""`: none.
    pub fn default_path(&self) -> &'static str {
        option_entry(self.option).map_or("", |entry| entry.default)
    }

    /// As it is for a client of these options.
    pub(crate) fn with(&self, options: &Options) -> EndpointState {
        let path = match option_entry(self.option) {
            Some(entry) if entry.kind == OptionType::Text => options.text(self.option),
            _ => String::new(),
        };
        let configured = path != self.default_path();
        EndpointState { endpoint: *self, configured, path }
    }
}

/// An endpoint as a client has it.
#[derive(Clone, Debug)]
pub struct EndpointState {
    /// The row of the table.
    pub endpoint: Endpoint,
    /// The path in force; `""`: none.
    pub path: String,
    /// Whether the caller's options set it, so that the table's standing says nothing of it.
    pub configured: bool,
}

impl EndpointState {
    /// The word for how far it can be relied on: `configured`, or that of the table.
    pub fn standing(&self) -> &'static str {
        if self.configured { "configured" } else { self.endpoint.standing.name() }
    }
}

//! What a doctor writes down of an endpoint.

use super::endpoint::EndpointState;
use super::remote::Probe;
use crate::error::{Error, ErrorKind, Result};

/// What came of asking an endpoint, or why it was not asked.
pub(super) enum Outcome {
    Works,
    Fails(Error),
    NotProbed(&'static str),
}

pub(super) const WRITES: &str = "only a request that creates or changes something could prove it";

impl From<Result<()>> for Outcome {
    fn from(result: Result<()>) -> Self {
        result.map_or_else(Outcome::Fails, |()| Outcome::Works)
    }
}

pub(super) fn probe(state: &EndpointState, outcome: Outcome) -> Probe {
    let (outcome, reason) = match outcome {
        Outcome::Works => ("works", String::new()),
        Outcome::NotProbed(why) => ("not probed", why.to_owned()),
        Outcome::Fails(error) => ("fails", reason(&error)),
    };
    let mends = outcome != "works" && !state.endpoint.option.is_empty();
    Probe {
        operation: state.endpoint.operation.to_owned(),
        endpoint: format!("{} {}", state.endpoint.method, state.path).trim().to_owned(),
        standing: state.standing().to_owned(),
        outcome: outcome.to_owned(),
        reason,
        option: if mends { state.endpoint.option.to_owned() } else { String::new() },
    }
}

fn reason(error: &Error) -> String {
    match (error.kind(), error.hint()) {
        (ErrorKind::NotFound, "") => format!("{error}; the path may be another one"),
        (_, "") => error.to_string(),
        (_, hint) => format!("{error} ({hint})"),
    }
}

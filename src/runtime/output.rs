//! What operations can result in, for all languages in one type, and the types that a program takes out of it.

use std::path::PathBuf;

use crate::auth::Login;
use crate::client::Client;
use crate::document::Document;
use crate::job::{Job, JobOutcome};
use crate::order::{Dictionary, Order, Quote};
use crate::recording::{Recording, RecordingPage};
use crate::service::remote::{Diagnosis, ManagedUser};
use crate::transcript::Transcript;

/// What an operation can result in. Cheap to clone.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Output {
    /// The operation has no result but its success.
    Nothing,
    /// A recording.
    Recording(Recording),
    /// A page of recordings.
    Page(RecordingPage),
    /// A transcript.
    Transcript(Transcript),
    /// An order.
    Order(Order),
    /// Where something was put.
    Path(PathBuf),
    /// Bytes with their media type; JSON for results that have no type of their own in every language.
    Document(Document),
    /// A client.
    Client(Client),
    /// A login that a person has to go through.
    Login(Login),
}

/// A type that an operation can result in.
pub trait ResultOf: Clone + Send + Sync + Sized + 'static {
    /// Takes it out of an [`Output`], if it is of this type.
    fn from_output(output: Output) -> Option<Self>;
    /// Puts it into an [`Output`].
    fn into_output(self) -> Output;
}

macro_rules! result_of {
    ($($variant:ident($type:ty)),+) => {$(
        impl ResultOf for $type {
            fn from_output(output: Output) -> Option<Self> {
                match output { Output::$variant(value) => Some(value), _ => None }
            }
            fn into_output(self) -> Output { Output::$variant(self) }
        }
    )+};
}

result_of!(
    Recording(Recording),
    Page(RecordingPage),
    Transcript(Transcript),
    Order(Order),
    Path(PathBuf),
    Document(Document),
    Client(Client),
    Login(Login)
);

/// Types that cross every binding as JSON.
macro_rules! result_as_json {
    ($($type:ty),+) => {$(
        impl ResultOf for $type {
            fn from_output(output: Output) -> Option<Self> {
                match output { Output::Document(document) => document.json().ok(), _ => None }
            }
            fn into_output(self) -> Output { Output::Document(Document::json_of(&self)) }
        }
    )+};
}

result_as_json!(Diagnosis, Dictionary, ManagedUser, Quote, Vec<Job>, Vec<JobOutcome>);

impl ResultOf for () {
    /// Every result can be dropped.
    fn from_output(_: Output) -> Option<Self> {
        Some(())
    }
    fn into_output(self) -> Output {
        Output::Nothing
    }
}

/// An operation may be held without knowing what it results in.
impl ResultOf for Output {
    fn from_output(output: Output) -> Option<Self> {
        Some(output)
    }
    fn into_output(self) -> Output {
        self
    }
}

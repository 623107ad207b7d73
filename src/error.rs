//! What can go wrong, in one table. The C codes, the Python classes and `docs/errors.md` come from it; tests hold them
//! together, so a kind cannot be added in one place only.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Declares [`ErrorKind`] and [`ERROR_TABLE`] from one list.
macro_rules! error_table {
    ($($(#[doc = $doc:literal])+ $kind:ident = $code:literal, $name:literal, $class:literal, $retriable:literal;)+) => {
        /// The kind of an [`Error`]: what a program decides by. Each kind has a fixed number ([`ErrorKind::code`]).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[doc = $doc])+ $kind,)+ }

        /// Every kind with its number, names and meaning, in the order of the numbers.
        pub const ERROR_TABLE: &[ErrorEntry] = &[$(ErrorEntry {
            kind: ErrorKind::$kind, code: $code, name: $name, python_class: $class, retriable: $retriable,
            doc: concat!($($doc),+),
        },)+];
    };
}

/// One row of [`ERROR_TABLE`].
#[derive(Clone, Copy, Debug)]
pub struct ErrorEntry {
    /// The kind.
    pub kind: ErrorKind,
    /// The number of the C ABI: negative, grouped by hundreds, never reused.
    pub code: i32,
    /// The name of the C ABI.
    pub name: &'static str,
    /// The class of the Python module.
    pub python_class: &'static str,
    /// Whether the same call may succeed later, unless the error itself says otherwise.
    pub retriable: bool,
    /// What it means.
    pub doc: &'static str,
}

error_table! {
    /// A pointer that may not be NULL is NULL.
    Null = -101, "TIRO_E_NULL", "UsageError", false;
    /// A handle is stale, of another type, or was never one.
    Handle = -102, "TIRO_E_HANDLE", "UsageError", false;
    /// A text is not UTF-8, or holds a NUL.
    Utf8 = -103, "TIRO_E_UTF8", "UsageError", false;
    /// The object is not in a state for this call: a source in use, options that another thread is changing.
    State = -104, "TIRO_E_STATE", "UsageError", false;
    /// The call would wait inside a callback, on the thread that has to end the wait.
    Deadlock = -105, "TIRO_E_DEADLOCK", "UsageError", false;
    /// The object belongs to the parent process of this fork.
    Forked = -106, "TIRO_E_FORKED", "ForkError", false;
    /// tiro itself failed: a bug. Nothing was done, or the operation ended.
    Panic = -107, "TIRO_E_PANIC", "InternalError", false;
    /// An option key is unknown, or its value is not one it takes.
    Option = -108, "TIRO_E_OPTION", "OptionError", false;
    /// An argument is out of range or empty.
    Argument = -109, "TIRO_E_ARGUMENT", "UsageError", false;
    /// This build or platform cannot do it, or the service does not offer it.
    Unsupported = -110, "TIRO_E_UNSUPPORTED", "UnsupportedError", false;
    /// The operation's result is of another type than the join asks for.
    ResultType = -111, "TIRO_E_RESULT_TYPE", "UsageError", false;
    /// The buffer is too small.
    Buffer = -112, "TIRO_E_BUFFER", "UsageError", false;
    /// The service's wire does not document this endpoint, and no option says where it is. Nothing was sent.
    EndpointUnset = -113, "TIRO_E_ENDPOINT_UNSET", "UnsupportedError", false;
    /// A name could not be resolved, or nothing could be connected to.
    Connect = -201, "TIRO_E_CONNECT", "ConnectError", true;
    /// TLS failed: an untrusted certificate, a wrong host name, no common protocol.
    Tls = -202, "TIRO_E_TLS", "ConnectError", false;
    /// A deadline passed. The work may go on at the service.
    Timeout = -203, "TIRO_E_TIMEOUT", "TimeoutError", true;
    /// The peer's answer is cut, or is not of the protocol.
    Protocol = -204, "TIRO_E_PROTOCOL", "ConnectError", true;
    /// The service does not accept the credentials.
    Auth = -301, "TIRO_E_AUTH", "AuthError", false;
    /// A person has to log in first.
    LoginRequired = -302, "TIRO_E_LOGIN_REQUIRED", "LoginRequiredError", false;
    /// The credentials are good, but not for this.
    Forbidden = -303, "TIRO_E_FORBIDDEN", "AuthError", false;
    /// The account does not exist any more.
    AccountDeleted = -304, "TIRO_E_ACCOUNT_DELETED", "AuthError", false;
    /// The service has no such thing.
    NotFound = -401, "TIRO_E_NOT_FOUND", "NotFoundError", false;
    /// The service asks to slow down.
    RateLimited = -402, "TIRO_E_RATE_LIMITED", "RateLimitedError", true;
    /// The service refuses the request as it stands.
    Rejected = -403, "TIRO_E_REJECTED", "ServiceError", false;
    /// The recording could not be transcribed.
    Failed = -404, "TIRO_E_FAILED", "RecordingFailedError", false;
    /// The transcript is not there yet.
    NotReady = -405, "TIRO_E_NOT_READY", "NotReadyError", true;
    /// The recording waits for somebody to act at the service.
    NeedsAction = -406, "TIRO_E_NEEDS_ACTION", "NeedsActionError", false;
    /// The service failed.
    Service = -407, "TIRO_E_SERVICE", "ServiceError", true;
    /// An account limit is used up.
    Quota = -408, "TIRO_E_QUOTA", "ServiceError", false;
    /// It exists already, or somebody else changed it meanwhile.
    Conflict = -409, "TIRO_E_CONFLICT", "ServiceError", false;
    /// This would cost money, and nobody has agreed to the price: the error's detail is the quote. Nothing was bought.
    ConfirmRequired = -410, "TIRO_E_CONFIRM_REQUIRED", "ConfirmRequiredError", false;
    /// The price is another than the one that was agreed to: the error's detail has both. Nothing was bought.
    QuoteChanged = -411, "TIRO_E_QUOTE_CHANGED", "QuoteChangedError", false;
    /// Reading or writing on this machine failed.
    Io = -501, "TIRO_E_IO", "FileError", false;
    /// There is no such file or folder.
    FileNotFound = -502, "TIRO_E_FILE_NOT_FOUND", "FileNotFoundError", false;
    /// The system does not allow it.
    Permission = -503, "TIRO_E_PERMISSION", "PermissionError", false;
    /// The path is a directory, a pipe or a device where a file is needed.
    NotAFile = -504, "TIRO_E_NOT_A_FILE", "NotAFileError", false;
    /// The disk is full.
    DiskFull = -505, "TIRO_E_DISK_FULL", "FileError", false;
    /// No file descriptor is left.
    TooManyFiles = -506, "TIRO_E_TOO_MANY_FILES", "FileError", true;
    /// A source's callback failed, or gave fewer or more bytes than it declared.
    Source = -507, "TIRO_E_SOURCE", "LocalError", false;
    /// The source is not the one that the job was begun with, or has to be given again to go on. The job stays as it is.
    SourceChanged = -508, "TIRO_E_SOURCE_CHANGED", "LocalError", false;
    /// The recording holds no sound at all.
    MediaEmpty = -511, "TIRO_E_MEDIA_EMPTY", "MediaError", false;
    /// The format or codec is not one tiro decodes.
    MediaUnsupported = -512, "TIRO_E_MEDIA_UNSUPPORTED", "MediaError", false;
    /// The recording's data are damaged.
    MediaCorrupt = -513, "TIRO_E_MEDIA_CORRUPT", "MediaError", false;
    /// The recording ends before its own header says.
    MediaTruncated = -514, "TIRO_E_MEDIA_TRUNCATED", "MediaError", false;
    /// The recording is longer than this service takes.
    MediaTooLong = -515, "TIRO_E_MEDIA_TOO_LONG", "MediaError", false;
    /// The recogniser's model is not on this machine.
    ModelMissing = -521, "TIRO_E_MODEL_MISSING", "ModelError", false;
    /// The model file is damaged or not a model.
    ModelCorrupt = -522, "TIRO_E_MODEL_CORRUPT", "ModelError", false;
    /// A file is not the one it has to be: its SHA-256 differs.
    HashMismatch = -523, "TIRO_E_HASH_MISMATCH", "ModelError", false;
    /// The recogniser failed.
    Engine = -524, "TIRO_E_ENGINE", "LocalError", false;
    /// The processor lacks instructions that the recogniser needs.
    CpuUnsupported = -525, "TIRO_E_CPU_UNSUPPORTED", "UnsupportedError", false;
    /// The store of recordings, or the journal of jobs, was written by a newer version of tiro. Nothing in it was touched.
    StoreNewer = -526, "TIRO_E_STORE_NEWER", "StoreError", false;
    /// The store of recordings, or the journal of jobs, is damaged, or is none. Nothing in it was touched.
    StoreCorrupt = -527, "TIRO_E_STORE_CORRUPT", "StoreError", false;
    /// Another process does not let go of the store of recordings, or of the journal of jobs.
    StoreBusy = -528, "TIRO_E_STORE_BUSY", "StoreError", true;
    /// A document could not be read: not JSON, or not of the format it is read as.
    Document = -531, "TIRO_E_DOCUMENT", "LocalError", false;
    /// The operation was cancelled.
    Cancelled = -600, "TIRO_E_CANCELLED", "CancelledError", false;
}

impl ErrorKind {
    /// The row of this kind.
    pub fn entry(self) -> &'static ErrorEntry {
        ERROR_TABLE.iter().find(|entry| entry.kind == self).expect("the macro writes a row for every kind")
    }

    /// The number of the C ABI.
    pub fn code(self) -> i32 {
        self.entry().code
    }

    /// Whether the recording itself is why it cannot be transcribed: another time, or elsewhere, would be no better.
    pub(crate) fn is_of_the_recording(self) -> bool {
        matches!(
            self,
            Self::MediaEmpty
                | Self::MediaUnsupported
                | Self::MediaCorrupt
                | Self::MediaTruncated
                | Self::MediaTooLong
        )
    }

    /// What an HTTP status that is no success means, whatever else the service says.
    pub(crate) fn of_http_status(status: u16) -> Self {
        match status {
            401 => Self::Auth,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            408 => Self::Timeout,
            409 => Self::Conflict,
            429 => Self::RateLimited,
            500.. => Self::Service,
            300.. => Self::Rejected,
            // It refuses nothing, and is not the answer that was asked for.
            _ => Self::Protocol,
        }
    }

    /// The kind of a name such as `"TIRO_E_TIMEOUT"`.
    pub fn from_name(name: &str) -> Option<Self> {
        ERROR_TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.kind)
    }
}

/// An error: its kind, a message for a person, and what the service said. Cheap to clone; holds no secret.
#[derive(Clone, thiserror::Error)]
#[error("{}", .details.message)]
pub struct Error {
    kind: ErrorKind,
    details: Arc<ErrorDetails>,
}

#[derive(Clone, Debug, Default)]
struct ErrorDetails {
    message: String,
    hint: String,
    http_status: Option<u16>,
    service_code: String,
    request_id: String,
    recording_id: String,
    job_id: String,
    detail: String,
    retriable: Option<bool>,
    unsent: bool,
    retry_after: Option<Duration>,
    path: Option<PathBuf>,
    os_code: Option<i32>,
}

/// The result of every fallible call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! detail {
    ($($(#[doc = $doc:literal])+ $field:ident, $with:ident;)+) => {$(
        $(#[doc = $doc])+
        pub fn $field(&self) -> &str { &self.details.$field }
        #[doc = concat!("Sets what [`Error::", stringify!($field), "`] says.")]
        #[must_use]
        pub fn $with(mut self, text: impl Into<String>) -> Self {
            Arc::make_mut(&mut self.details).$field = text.into();
            self
        }
    )+};
}

impl Error {
    /// An error of a kind, with a message for a person. The message must hold no secret.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, details: Arc::new(ErrorDetails { message: message.into(), ..Default::default() }) }
    }

    /// The error of an operation that was cancelled.
    pub fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "the operation was cancelled")
    }

    /// What went wrong on this machine with `what`: the kind follows the system's error.
    pub fn io(what: impl fmt::Display, error: &std::io::Error) -> Self {
        let mut own = Self::new(kind_of_io(error), format!("{what}: {error}"));
        Arc::make_mut(&mut own.details).os_code = error.raw_os_error();
        own
    }

    /// What a program decides by.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The same, as another kind: for whoever knows better what it means.
    #[must_use]
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What happened, for a person.
    pub fn message(&self) -> &str {
        &self.details.message
    }

    detail! {
        /// What to do about it, or `""`.
        hint, with_hint;
        /// The service's own code, or `""`.
        service_code, with_service_code;
        /// The service's id of the request, or `""`.
        request_id, with_request_id;
        /// The recording that the failed call was about, where it is known, or `""`.
        recording_id, with_recording_id;
        /// The job that can be taken up again, or `""`.
        job_id, with_job_id;
        /// What the service said beyond its code, as a JSON object (docs/errors.md), or `""`.
        detail, with_detail;
    }

    /// The HTTP status, if there was one.
    pub fn http_status(&self) -> Option<u16> {
        self.details.http_status
    }

    /// Sets the HTTP status.
    #[must_use]
    pub fn with_http_status(mut self, status: u16) -> Self {
        Arc::make_mut(&mut self.details).http_status = Some(status);
        self
    }

    /// Whether the same call may succeed later.
    pub fn is_retriable(&self) -> bool {
        self.details.retriable.unwrap_or_else(|| self.kind.entry().retriable)
    }

    /// Overrules the kind's own answer to [`Error::is_retriable`].
    #[must_use]
    pub fn with_retriable(mut self, retriable: bool) -> Self {
        Arc::make_mut(&mut self.details).retriable = Some(retriable);
        self
    }

    /// Whether it is sure that no byte of the request was sent.
    pub(crate) fn was_unsent(&self) -> bool {
        self.details.unsent
    }

    /// Whether the server surely did nothing of what it was asked: nothing reached it, or it refused.
    pub(crate) fn was_unsent_or_refused(&self) -> bool {
        self.was_unsent() || matches!(self.http_status(), Some(400..=407 | 409..=499))
    }

    #[must_use]
    pub(crate) fn with_unsent(mut self, unsent: bool) -> Self {
        Arc::make_mut(&mut self.details).unsent = unsent;
        self
    }

    /// The file or folder that it is about, as the caller named it, where that is known.
    pub fn path(&self) -> Option<&Path> {
        self.details.path.as_deref()
    }

    /// Sets the file or folder that it is about.
    #[must_use]
    pub fn with_path(mut self, path: impl Into<PathBuf>) -> Self {
        Arc::make_mut(&mut self.details).path = Some(path.into());
        self
    }

    /// The system's own number for it (`errno`), where the system said one.
    pub fn os_code(&self) -> Option<i32> {
        self.details.os_code
    }

    /// How long the service asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.details.retry_after
    }

    /// Sets how long to wait before the next try.
    #[must_use]
    pub fn with_retry_after(mut self, wait: Duration) -> Self {
        Arc::make_mut(&mut self.details).retry_after = Some(wait);
        self
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.entry().name, self.details.message)?;
        if !self.details.hint.is_empty() {
            write!(f, " ({})", self.details.hint)?;
        }
        Ok(())
    }
}

/// The first characters of a text that somebody got wrong, for a message: enough to find it, bounded.
pub(crate) fn excerpt(text: &str) -> String {
    const MOST: usize = 80;
    text.chars().take(MOST).collect()
}

/// The kind that a system error stands for.
fn kind_of_io(error: &std::io::Error) -> ErrorKind {
    use std::io::ErrorKind as Io;
    #[cfg(unix)]
    if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) {
        return ErrorKind::TooManyFiles;
    }
    match error.kind() {
        Io::NotFound => ErrorKind::FileNotFound,
        Io::PermissionDenied | Io::ReadOnlyFilesystem => ErrorKind::Permission,
        Io::IsADirectory => ErrorKind::NotAFile,
        // Refused before the system is asked.
        Io::InvalidInput if error.raw_os_error().is_none() && error.to_string().contains("NUL") => {
            ErrorKind::Utf8
        }
        Io::StorageFull | Io::QuotaExceeded | Io::FileTooLarge => ErrorKind::DiskFull,
        _ => ErrorKind::Io,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_in_their_group() {
        let mut codes: Vec<i32> = ERROR_TABLE.iter().map(|entry| entry.code).collect();
        assert!(codes.windows(2).all(|pair| pair[0] > pair[1]), "the table is in the order of the numbers");
        codes.dedup();
        assert_eq!(codes.len(), ERROR_TABLE.len());
        for entry in ERROR_TABLE {
            assert!((-699..=-101).contains(&entry.code), "{}", entry.name);
            assert!(entry.name.starts_with("TIRO_E_") && entry.python_class.ends_with("Error"));
            assert_eq!(ErrorKind::from_name(entry.name), Some(entry.kind));
        }
    }

    #[test]
    fn an_error_says_what_it_was_given() {
        let error = Error::new(ErrorKind::RateLimited, "slow down")
            .with_http_status(429)
            .with_retry_after(Duration::from_secs(3))
            .with_request_id("r-1");
        assert_eq!(error.to_string(), "slow down");
        assert!(error.is_retriable());
        assert_eq!((error.http_status(), error.request_id()), (Some(429), "r-1"));
        assert!(!error.with_retriable(false).is_retriable());
    }

    #[cfg(unix)]
    #[test]
    fn a_system_error_keeps_its_meaning() {
        let kind = |code| Error::io("x", &std::io::Error::from_raw_os_error(code)).kind();
        assert_eq!(kind(libc::EMFILE), ErrorKind::TooManyFiles);
        assert_eq!(kind(libc::ENOSPC), ErrorKind::DiskFull);
        assert_eq!(kind(libc::EACCES), ErrorKind::Permission);
        assert_eq!(kind(libc::EISDIR), ErrorKind::NotAFile);
        let with_nul = Error::io("x", &std::fs::File::open("a\0b").unwrap_err());
        assert_eq!((with_nul.kind(), with_nul.os_code()), (ErrorKind::Utf8, None));
    }
}

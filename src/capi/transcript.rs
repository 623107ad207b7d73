//! `tiro_transcript`: text, words and segments.

use std::ffi::c_char;

use super::boundary::{free, read, set_if_wanted, tiro_status, value};
use super::error::tiro_error;
use super::handle::{self, Handle, Kind};
use super::text::{self, TextFields, Texts, borrow};
use crate::error::Result;
use crate::transcript::{SegmentView, Transcript, WordView};

/// A transcript. Immutable; may be read by any thread.
pub struct tiro_transcript {
    _opaque: (),
}

impl Handle for tiro_transcript {
    const KIND: Kind = Kind::Transcript;
    type Object = TranscriptObject;
}

pub(super) struct TranscriptObject {
    transcript: Transcript,
    texts: Texts<4>,
}

/// A word. Only ever read, at a distance of the stride that `tiro_transcript_words` gives: fields may be added at the
/// end.
#[repr(C)]
pub struct tiro_word {
    /// The word with its punctuation, NUL-terminated UTF-8.
    pub text: *const c_char,
    /// Bytes of `text` without the NUL.
    pub text_len: u64,
    /// Start in milliseconds from the start of the media.
    pub start_ms: i64,
    /// End in milliseconds from the start of the media.
    pub end_ms: i64,
    /// How sure the service is, 0 to 1; NAN: it does not say.
    pub confidence: f32,
    /// The number of its segment, from 0.
    pub segment: u32,
    /// 1 if start and end are an estimate, because the service or the subtitles give none; else 0.
    pub estimated: u32,
}

/// A run of words of one speaker. Only ever read, at a distance of the stride that `tiro_transcript_segments` gives:
/// fields may be added at the end.
#[repr(C)]
pub struct tiro_segment {
    /// The speaker, NUL-terminated UTF-8; empty: not known.
    pub speaker: *const c_char,
    /// Bytes of `speaker` without the NUL.
    pub speaker_len: u64,
    /// The earliest start of its words in milliseconds.
    pub start_ms: i64,
    /// The latest end of its words in milliseconds.
    pub end_ms: i64,
    /// The number of its first word, from 0.
    pub first_word: u64,
    /// How many words it has.
    pub word_count: u64,
}

/// Refuses to compile unless two structs are laid out alike, field by field and type by type.
macro_rules! alike {
    ($ours:ident, $cores:ident, $($field:ident),+) => {
        const _: () = {
            use std::mem::{align_of, offset_of, size_of};
            assert!(size_of::<$ours>() == size_of::<$cores>());
            assert!(align_of::<$ours>() == align_of::<$cores>());
            $(assert!(offset_of!($ours, $field) == offset_of!($cores, $field));)+
            let _ = |$ours { $($field),+ }: $ours, cores: $cores| ($([$field, cores.$field]),+);
        };
    };
}

// The structs of the header are the core's views under the names of the ABI.
alike!(tiro_word, WordView, text, text_len, start_ms, end_ms, confidence, segment, estimated);
alike!(tiro_segment, SegmentView, speaker, speaker_len, start_ms, end_ms, first_word, word_count);

/// Field of `tiro_transcript_copy`: the words with spaces between them, a line a paragraph.
pub const TIRO_TRANSCRIPT_TEXT: i32 = 0;
/// Field of `tiro_transcript_copy`: the language code.
pub const TIRO_TRANSCRIPT_LANGUAGE: i32 = 1;
/// Field of `tiro_transcript_copy`: the id of its recording.
pub const TIRO_TRANSCRIPT_RECORDING_ID: i32 = 2;
/// Field of `tiro_transcript_copy`: the service's own document.
pub const TIRO_TRANSCRIPT_RAW: i32 = 3;

impl TextFields<4> for tiro_transcript {
    fn text(object: &Self::Object, field: i32) -> Option<&str> {
        Some(match field {
            TIRO_TRANSCRIPT_TEXT => object.transcript.text(),
            TIRO_TRANSCRIPT_LANGUAGE => object.transcript.language(),
            TIRO_TRANSCRIPT_RECORDING_ID => object.transcript.recording_id(),
            TIRO_TRANSCRIPT_RAW => object.transcript.raw(),
            _ => return None,
        })
    }

    fn texts(object: &Self::Object) -> &Texts<4> {
        &object.texts
    }
}

/// The transcript behind a handle.
pub(super) fn transcript_of(transcript: *const tiro_transcript) -> Result<Transcript> {
    Ok(handle::get(transcript)?.transcript.clone())
}

pub(super) fn new_handle(transcript: Transcript) -> Result<*mut tiro_transcript> {
    handle::insert(TranscriptObject { transcript, texts: Texts::new() })
}

/// Gives a view's array out; NULL and 0 for a bad handle.
///
/// # Safety
/// `count` and `stride` are NULL or the caller's variables.
unsafe fn array<V, W>(
    transcript: *const tiro_transcript,
    count: *mut usize,
    stride: *mut usize,
    view: impl FnOnce(&Transcript) -> &[V],
) -> *const W {
    // SAFETY: the caller of this function promises as much.
    let give = |number| unsafe {
        set_if_wanted(count, number);
        set_if_wanted(stride, std::mem::size_of::<W>());
    };
    give(0);
    value(std::ptr::null(), || {
        let Ok(object) = handle::get(transcript) else { return std::ptr::null() };
        let view = view(&object.transcript);
        give(view.len());
        view.as_ptr().cast()
    })
}

/// Frees a transcript, and the texts and arrays borrowed from it.
///
/// NULL: `transcript` may be NULL.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_transcript_free(transcript: *mut tiro_transcript) {
    free(transcript, |_| ());
}

/// The words of a transcript with spaces between them, a line a paragraph.
///
/// NULL: `transcript` and `len` may be NULL. Borrowed until the transcript is freed; copy with `tiro_transcript_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_text(
    transcript: *const tiro_transcript,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(transcript, TIRO_TRANSCRIPT_TEXT, len) }
}

/// The language code of a transcript.
///
/// NULL: `transcript` and `len` may be NULL. Borrowed until the transcript is freed; copy with `tiro_transcript_copy`.
/// Returns: `""` if it is not known, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_language(
    transcript: *const tiro_transcript,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(transcript, TIRO_TRANSCRIPT_LANGUAGE, len) }
}

/// The id of the recording that a transcript is of.
///
/// NULL: `transcript` and `len` may be NULL. Borrowed until the transcript is freed; copy with `tiro_transcript_copy`.
/// Returns: `""` for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_recording_id(
    transcript: *const tiro_transcript,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(transcript, TIRO_TRANSCRIPT_RECORDING_ID, len) }
}

/// The service's own document of a transcript.
///
/// NULL: `transcript` and `len` may be NULL. Borrowed until the transcript is freed; copy with `tiro_transcript_copy`.
/// Returns: `""` if the service has none, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `len` is NULL or points to a variable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_raw(
    transcript: *const tiro_transcript,
    len: *mut usize,
) -> *const c_char {
    // SAFETY: as promised above.
    unsafe { borrow(transcript, TIRO_TRANSCRIPT_RAW, len) }
}

/// Length of the media of a transcript, in milliseconds.
///
/// NULL: `transcript` may be NULL.
/// Returns: -1 if it is not known, and for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
#[unsafe(no_mangle)]
pub extern "C" fn tiro_transcript_duration_ms(transcript: *const tiro_transcript) -> i64 {
    read(transcript, -1, |object| object.transcript.duration_ms().unwrap_or(-1))
}

/// The words of a transcript as one array of `*count` elements, `*stride` bytes apart: `tiro_word_at` finds one. Built
/// at the first call.
///
/// NULL: `transcript`, `count` and `stride` may be NULL. Borrowed until the transcript is freed.
/// Returns: NULL, and a count of 0, for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `count` and `stride` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_words(
    transcript: *const tiro_transcript,
    count: *mut usize,
    stride: *mut usize,
) -> *const tiro_word {
    // SAFETY: as promised above.
    unsafe { array(transcript, count, stride, Transcript::word_view) }
}

/// The segments of a transcript as one array of `*count` elements, `*stride` bytes apart: `tiro_segment_at` finds one.
/// Built at the first call.
///
/// NULL: `transcript`, `count` and `stride` may be NULL. Borrowed until the transcript is freed.
/// Returns: NULL, and a count of 0, for NULL or a bad handle.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `count` and `stride` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_segments(
    transcript: *const tiro_transcript,
    count: *mut usize,
    stride: *mut usize,
) -> *const tiro_segment {
    // SAFETY: as promised above.
    unsafe { array(transcript, count, stride, Transcript::segment_view) }
}

/// Copies a text of a transcript (`TIRO_TRANSCRIPT_*`) with its NUL into `buf`; `*need` is the size that takes.
///
/// NULL: `buf` may be NULL if `cap` is 0; `err` may be NULL.
/// Returns: `TIRO_OK`; `TIRO_E_BUFFER` if `cap` is too small, with nothing written but `*need`; `TIRO_E_ARGUMENT` for
/// an unknown field; `TIRO_E_NULL`, `TIRO_E_HANDLE`.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `buf` has room for `cap` bytes; `need` and `err` are NULL or point to variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_transcript_copy(
    transcript: *const tiro_transcript,
    field_number: i32,
    buf: *mut c_char,
    cap: usize,
    need: *mut usize,
    err: *mut *mut tiro_error,
) -> tiro_status {
    // SAFETY: as promised above.
    unsafe { text::copy(transcript, field_number, buf, cap, need, err) }
}

//! Where the recogniser's own messages go.

use std::ffi::{CStr, c_char, c_void};
use std::sync::Once;

use whisper_rs_sys as sys;

/// The engine writes to stderr unless told otherwise; a guest does not.
pub(super) fn redirect() {
    static REDIRECTED: Once = Once::new();
    // SAFETY: both take a plain function for the life of the process.
    REDIRECTED.call_once(|| unsafe {
        sys::whisper_log_set(Some(engine_log), std::ptr::null_mut());
        sys::ggml_log_set(Some(engine_log), std::ptr::null_mut());
    });
}

unsafe extern "C" fn engine_log(level: sys::ggml_log_level, text: *const c_char, _: *mut c_void) {
    if text.is_null() {
        return;
    }
    // SAFETY: the engine hands over a NUL-terminated line.
    let line = unsafe { CStr::from_ptr(text) }.to_string_lossy();
    let line = line.trim_end();
    if line.is_empty() {
        return;
    }
    if (sys::ggml_log_level_GGML_LOG_LEVEL_WARN..=sys::ggml_log_level_GGML_LOG_LEVEL_ERROR).contains(&level) {
        crate::log::warn!("engine", "{line}");
    } else {
        crate::log::debug!("engine", "{line}");
    }
}

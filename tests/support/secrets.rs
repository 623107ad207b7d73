//! What no output may hold: the secrets of the tests, and the tokens of the sandbox, which begin with what they are.

use std::sync::{Arc, Mutex};

/// Parts of secrets that appear in nothing that is meant to be read.
pub const SECRETS: &[&str] = &[
    "demo-secret",
    "anna-password",
    "developer-password",
    "demo-application-token",
    "demo-google-token",
    "demo-facebook-token",
    "a-password-that-is-wrong",
    "sandbox-access-",
    "sandbox-refresh-",
    "sandbox-code-",
    "sandbox-control-",
];

/// Fails with where a secret was shown; the text itself stays out of the failure but for the words around it.
pub fn assert_none_in(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} shows {secret:?}");
    }
}

static LOGGED: Mutex<String> = Mutex::new(String::new());

/// Has everything logged that can be, for [`logged`].
pub fn listen() {
    let callback = |_: tiro::log::Level, target: &str, message: &str| {
        let mut logged = LOGGED.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *logged += &format!("{target}: {message}\n");
    };
    tiro::log::set_callback(tiro::log::Level::Debug, Some(Arc::new(callback)));
}

/// What was logged in this process.
pub fn logged() -> String {
    LOGGED.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
}

//! Access tokens that the program itself provides.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::boundary::{HostCallback, HostData, TIRO_OK, call, output, tiro_destroy_fn, tiro_status};
use super::client::tiro_client;
use super::error::tiro_error;
use super::handle;
use super::options::{optional_snapshot, tiro_options};
use crate::auth::TokenProvider;
use crate::client::{Client, Embedding};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::callbacks;
use crate::runtime::sync::Mutex;

/// Room for a token at first.
const FIRST_ROOM: usize = 4 << 10;
/// No token is longer.
const MOST_ROOM: usize = 1 << 20;

/// Writes an access token into `buf`, which has room for `cap` bytes, and returns how many it is; no NUL is needed. Of a
/// token that has no room it writes nothing, returns its size and is called again with that much room. Negative, or 0:
/// there is no token. `refused` is NULL, or the token that it gave before and that the service takes no more: a new one
/// is wanted. Called on library threads, one call at a time, before each request: it keeps its token until that is refused
/// or ends. May block and is not interrupted. Both texts are secrets.
pub type tiro_token_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, refused: *const c_char, buf: *mut c_char, cap: usize) -> i64,
>;

type TokenFunction = unsafe extern "C" fn(*mut c_void, *const c_char, *mut c_char, usize) -> i64;

/// Makes a client as `tiro_client_new` does, whose access tokens come from `tokens`: from wherever the program has them.
///
/// NULL: `options` NULL is every default; `user_data`, `destroy` and `err` may be NULL; `tokens` may not. `destroy` runs
/// exactly once, also if this fails: after the client and its operations are gone. Free with `tiro_client_free`.
/// Returns: as `tiro_client_new`; `TIRO_E_ARGUMENT` if the service takes no tokens.
/// Thread: any. Blocks: no.
/// @since 0.1.0
///
/// # Safety
/// `tokens` and `destroy` may be called with `user_data` on another thread; `client` and `err` are NULL or point to
/// variables.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tiro_client_new_with_tokens(
    options: *const tiro_options,
    tokens: tiro_token_fn,
    user_data: *mut c_void,
    destroy: tiro_destroy_fn,
    client: *mut *mut tiro_client,
    err: *mut *mut tiro_error,
) -> tiro_status {
    let data = HostData::new(user_data, destroy);
    call(err, || {
        // SAFETY: as promised above.
        let client = unsafe { output("client", client) }?;
        let tokens = tokens.ok_or_else(|| Error::new(ErrorKind::Null, "tokens is NULL"))?;
        let options = optional_snapshot(options)?.unwrap_or_default();
        let provider = Arc::new(HostTokens { host: HostCallback::new(tokens, data), turn: Mutex::default() });
        *client = handle::insert(Client::with_token_provider(&options, Embedding::C, provider)?)?;
        Ok(TIRO_OK)
    })
}

struct HostTokens {
    host: Arc<HostCallback<TokenFunction>>,
    turn: Mutex<()>,
}

impl TokenProvider for HostTokens {
    fn token(&self, refused: Option<&str>) -> Result<SecretString> {
        let _turn = self.turn.lock();
        let refused = refused.map(|token| Zeroizing::new([token.as_bytes(), b"\0"].concat()));
        let refused = refused.as_ref().map_or(std::ptr::null(), |token| token.as_ptr().cast());
        let mut room = FIRST_ROOM;
        // Twice: the second time with the room that was asked for.
        for _ in 0..2 {
            let mut buffer = Zeroizing::new(vec![0u8; room]);
            let size = self.ask(refused, &mut buffer)?;
            if let Some(token) = buffer.get(..size) {
                let text =
                    std::str::from_utf8(token).map_err(|_| failed("gave a token that is not UTF-8"))?;
                return Ok(SecretString::from(text));
            }
            if size > MOST_ROOM {
                break;
            }
            room = size;
        }
        Err(failed("gave no token of a size that it could be given room for"))
    }
}

impl HostTokens {
    /// The size of the token that the host has put into the buffer, or would if there were room.
    fn ask(&self, refused: *const c_char, buffer: &mut [u8]) -> Result<usize> {
        let (room, cap) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: the host's function with its data, a text that outlives the call, and a buffer of this size.
        let asked =
            callbacks::run(|| unsafe { (self.host.function)(self.host.user_data(), refused, room, cap) });
        match asked {
            None => Err(failed("panicked")),
            Some(size) if size > 0 => usize::try_from(size).map_err(|_| failed("gave no size")),
            Some(0) => Err(failed("gave no token")),
            Some(failure) => Err(failed(&format!("failed with {failure}"))),
        }
    }
}

fn failed(what: &str) -> Error {
    Error::new(ErrorKind::Auth, format!("the token callback {what}"))
}

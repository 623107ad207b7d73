//! Options as a test writes them: keys and values in pairs.

use tiro::Options;

/// Options of pairs alone.
pub fn options(pairs: &[(&str, &str)]) -> Options {
    with(Options::new(), pairs)
}

/// Sets some more.
pub fn with(options: Options, pairs: &[(impl AsRef<str>, impl AsRef<str>)]) -> Options {
    pairs.iter().fold(options, |options, (key, value)| options.with(key.as_ref(), value.as_ref()).unwrap())
}

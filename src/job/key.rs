//! What a job is known by.

use sha2::{Digest, Sha256};

use super::facts::SourceFacts;
use crate::error::{Error, ErrorKind, Result};
use crate::hex::hex;
use crate::options::{Options, option_entry};

/// The options that decide what the transcript is like: another value is another job. How it is sent, waited for or paid
/// is none of its key.
const SETTINGS: &[&str] = &[
    "channels",
    "gospeech.upload_fields",
    "language",
    "model",
    "order.accent",
    "order.domain",
    "order.heavy_accent",
    "order.noisy_audio",
    "order.output",
    "order.speakers",
    "order.turnaround",
    "order.type",
    "raw_channels",
    "raw_format",
    "raw_rate",
    "word_times",
];

/// Whether a job remembers the value that an option had when it was begun.
pub(super) fn is_setting(key: &str) -> bool {
    SETTINGS.contains(&key)
}

/// The key of a job: the caller's own, or one that is made of what is in the source and what is wanted.
pub(super) fn of(options: &Options, service: &str, source: &SourceFacts) -> Result<String> {
    let given = options.text("job_key");
    if !given.is_empty() {
        return Ok(format!("given:{given}"));
    }
    let Some(sha256) = &source.sha256 else {
        let what = "a recording that can be read only once has no key in the journal of jobs";
        return Err(Error::new(ErrorKind::Argument, what).with_hint("give it one: job_key"));
    };
    let mut digest = Sha256::new();
    let mut add = |text: &str| {
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(text);
    };
    add(sha256);
    add(&source.size.map(|size| size.to_string()).unwrap_or_default());
    for key in SETTINGS {
        if let Some(value) = chosen(options, service, key) {
            add(key);
            add(&value);
        }
    }
    Ok(format!("made:{}", hex(&digest.finalize())))
}

/// The value of an option that the service reads, if it is not the default.
fn chosen(options: &Options, service: &str, key: &str) -> Option<String> {
    let entry = option_entry(key).filter(|entry| entry.names(service))?;
    let value = options.get(key).ok()?.to_string_lossy().into_owned();
    (value != entry.default).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{OPTION_TABLE, Scope};

    fn source(sha256: &str) -> SourceFacts {
        SourceFacts { size: Some(3), sha256: Some(sha256.into()), ..SourceFacts::default() }
    }

    fn with(pairs: &[(&str, &str)]) -> Options {
        pairs.iter().fold(Options::new(), |options, (key, value)| options.with(key, value).unwrap())
    }

    #[test]
    fn a_key_is_made_of_what_is_in_the_source_and_what_is_wanted() {
        let key = |pairs: &[(&str, &str)]| of(&with(pairs), "transcribeme", &source("a")).unwrap();
        let plain = key(&[]);
        assert_eq!(plain, key(&[("max_price", "5 USD"), ("max_retries", "9"), ("order.promo_code", "X")]));
        assert_eq!(
            plain,
            key(&[("language", "en"), ("channels", "split")]),
            "a default, and another service's"
        );
        assert_ne!(plain, key(&[("order.type", "verbatim")]));
        assert_ne!(key(&[("order.type", "x")]), key(&[("order.output", "x")]));
        assert_ne!(plain, of(&Options::new(), "transcribeme", &source("b")).unwrap());
        assert_eq!(key(&[("job_key", "talk")]), "given:talk");
    }

    #[test]
    fn a_source_that_is_read_once_needs_a_key_of_the_callers() {
        let once = SourceFacts::default();
        assert_eq!(of(&Options::new(), "local", &once).unwrap_err().kind(), ErrorKind::Argument);
        assert_eq!(of(&with(&[("job_key", "k")]), "local", &once).unwrap(), "given:k");
    }

    /// A new option of calls has to be put on one side or the other.
    #[test]
    fn every_option_of_a_call_is_a_setting_or_is_known_not_to_be_one() {
        const MANNERS: &[&str] = &[
            "ca_file",
            "confirmed_price",
            "connect_timeout_ms",
            "force_new",
            "gospeech.upload_content_type",
            "identity",
            "idle_timeout_ms",
            "job_key",
            "keep_media",
            "login_timeout_ms",
            "max_price",
            "max_retries",
            "model_dir",
            "model_sha256",
            "order.billing_type",
            "order.promo_code",
            "request_timeout_ms",
            "settle",
            "spool_dir",
            "threads",
            "transcribeme.export",
            "transcribeme.parallel_parts",
            "transcribeme.part_bytes",
            "transcribeme.upload",
            "wait_timeout_ms",
        ];
        for entry in OPTION_TABLE.iter().filter(|entry| entry.scope == Scope::Call) {
            assert!(is_setting(entry.key) != MANNERS.contains(&entry.key), "{}", entry.key);
        }
    }
}

//! The options that say how a recording's bytes are to be read.

use super::media::{Channels, Limits, RawFormat, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::options::Options;

/// The settings of the decoder. Options that contradict one another are an error before anything is read.
pub(super) fn settings(options: &Options) -> Result<Settings> {
    Ok(Settings {
        limits: Limits::default(),
        channels: if options.text("channels") == "split" { Channels::Split } else { Channels::Mix },
        raw: raw(options)?,
        spool_dir: options.path("spool_dir").unwrap_or_else(std::env::temp_dir),
    })
}

fn raw(options: &Options) -> Result<Option<RawFormat>> {
    let refused = |message: &str| Err(Error::new(ErrorKind::Option, message));
    let format = options.text("raw_format");
    let (rate, channels) = (options.integer("raw_rate"), options.integer("raw_channels"));
    if format.is_empty() {
        return match (rate, channels) {
            (0, 0) => Ok(None),
            _ => refused("raw_rate and raw_channels say nothing without raw_format"),
        };
    }
    let (Ok(rate), Ok(channels)) = (u32::try_from(rate), u16::try_from(channels)) else {
        return refused("raw_rate or raw_channels is out of range");
    };
    if rate == 0 {
        return refused("raw_format needs raw_rate: samples without a header do not tell their rate");
    }
    match RawFormat::new(&format, rate, channels.max(1)) {
        Some(raw) => raw.map(Some).map_err(|error| Error::new(ErrorKind::Option, error.to_string())),
        None => refused("raw_format names no form of samples"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{OptionType, option_entry};

    fn with(pairs: &[(&str, &str)]) -> Result<Settings> {
        let mut options = Options::new();
        for (key, value) in pairs {
            options.set(key, value)?;
        }
        settings(&options)
    }

    #[test]
    fn nothing_set_reads_files_and_mixes() {
        let settings = with(&[]).unwrap();
        assert!(settings.raw.is_none());
        assert_eq!(settings.channels, Channels::Mix);
        assert_eq!(with(&[("channels", "split")]).unwrap().channels, Channels::Split);
    }

    #[test]
    fn every_raw_format_of_the_table_is_one_of_the_decoder() {
        let Some(OptionType::Choice(names)) = option_entry("raw_format").map(|entry| entry.kind) else {
            panic!("raw_format is a choice");
        };
        assert_eq!(names.len(), 8);
        for name in names {
            assert!(with(&[("raw_format", name), ("raw_rate", "8000")]).unwrap().raw.is_some(), "{name}");
        }
    }

    #[test]
    fn raw_options_that_make_no_sense_are_errors() {
        let none: [&[(&str, &str)]; 3] =
            [&[("raw_rate", "8000")], &[("raw_channels", "2")], &[("raw_format", "pcm_s16le")]];
        for pairs in none {
            assert_eq!(with(pairs).unwrap_err().kind(), ErrorKind::Option, "{pairs:?}");
        }
        assert!(with(&[("raw_format", "mp3")]).is_err());
        assert!(with(&[("raw_format", "mulaw"), ("raw_rate", "100")]).is_err());
    }
}

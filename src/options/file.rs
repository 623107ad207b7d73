//! Profiles in a TOML file: one table a profile, its keys those of the option table.

use std::ffi::OsStr;
use std::path::Path;

use super::{Layer, option_entry, parse};
use crate::error::{Error, ErrorKind, Result};

/// A file of options larger than this is a mistake.
const LARGEST_FILE: u64 = 1 << 20;

pub(super) fn read(path: &Path, profile: &str) -> Result<Layer> {
    let shown = path.display();
    let io = |error| Error::io(format_args!("the options in {shown}"), &error).with_path(path);
    let size = std::fs::metadata(path).map_err(io)?.len();
    if size > LARGEST_FILE {
        return Err(Error::new(ErrorKind::Option, format!("{shown} has {size} bytes: no file of options")));
    }
    let text = std::fs::read_to_string(path).map_err(io)?;
    // The parser's message quotes the line, which may hold a secret: only the place is told.
    let document: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line =
            error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        Error::new(ErrorKind::Option, format!("{shown} is not TOML (line {line})"))
    })?;
    let Some(table) = document.get(profile) else {
        return Err(Error::new(ErrorKind::Option, format!("{shown} has no profile {profile:?}"))
            .with_hint(what_there_is(&document)));
    };
    let bad = |what: String| Error::new(ErrorKind::Option, format!("{shown}, profile {profile}: {what}"));
    let table = table.as_table().ok_or_else(|| bad("it is not a table".into()))?;
    let mut layer = Layer::new();
    for (key, value) in table {
        let text = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(flag) => match option_entry(key).and_then(|entry| entry.word_for(*flag)) {
                Some(word) => word.to_owned(),
                None => flag.to_string(),
            },
            _ => return Err(bad(format!("{key} is neither text nor a whole number"))),
        };
        let (key, value) = parse(key, OsStr::new(&text)).map_err(|error| {
            Error::new(error.kind(), bad(error.to_string()).to_string()).with_hint(error.hint())
        })?;
        layer.insert(key, value);
    }
    Ok(layer)
}

/// What somebody is told whose profile is not in the file.
fn what_there_is(document: &toml::Table) -> String {
    let names: Vec<&str> =
        document.iter().filter(|(_, value)| value.is_table()).map(|(name, _)| name.as_str()).collect();
    let outside = document.iter().find(|(_, value)| !value.is_table());
    match (names.is_empty(), outside) {
        (false, _) => format!("it has: {}", names.join(", ")),
        (true, Some((key, _))) => format!("{key} stands outside a profile: put a line [default] before it"),
        (true, None) => "it has none: a profile is a table of keys and values, such as [default]".to_owned(),
    }
}

//! Options: one flat table of keys and values, the same in Rust, C, Python, a TOML file and the environment.
//! Here live the table, the values, where they come from and which of them wins. What an option does lives with
//! whoever reads it.

mod file;
mod table;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::error::{Error, ErrorKind, Result, excerpt};
pub use table::{OPTION_TABLE, OptionEntry, OptionType, Scope, option_entry};

/// Environment variables of the library that are no options.
const OTHER_VARIABLES: &[&str] = &["TIRO_DEBUG_LEAKS", "TIRO_SANDBOX"];

/// A set of options. Whatever the order of the calls, a value of [`Options::set`] wins over one of the environment,
/// that over one of a file, and that over the default. `Debug` shows no secret.
#[derive(Clone, Debug, Default)]
pub struct Options {
    explicit: Layer,
    environment: Layer,
    file: Layer,
}

type Layer = BTreeMap<&'static str, Value>;

#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Path(PathBuf),
    Integer(i64),
    Secret(SecretString),
}

impl Options {
    /// An empty set: every default.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key. An unknown key or a value it does not take is an [`ErrorKind::Option`] that names the nearest key
    /// or what the key takes; the options stay as they were.
    pub fn set(&mut self, key: &str, value: impl AsRef<OsStr>) -> Result<()> {
        let (key, value) = parse(key, value.as_ref())?;
        self.explicit.insert(key, value);
        Ok(())
    }

    /// As [`Options::set`], for chains.
    pub fn with(mut self, key: &str, value: impl AsRef<OsStr>) -> Result<Self> {
        self.set(key, value)?;
        Ok(self)
    }

    /// Takes back what [`Options::set`] gave.
    pub fn unset(&mut self, key: &str) -> Result<()> {
        self.explicit.remove(known(key)?.key);
        Ok(())
    }

    /// Reads every `TIRO_*` variable of the environment that is the upper case of a key. A bad value is an error and
    /// nothing is taken; a variable that is no key is logged and passed over.
    pub fn load_environment(&mut self) -> Result<()> {
        self.load_variables(std::env::vars_os())
    }

    fn load_variables(&mut self, variables: impl Iterator<Item = (OsString, OsString)>) -> Result<()> {
        let mut layer = Layer::new();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with("TIRO_")) else { continue };
            let key = name["TIRO_".len()..].to_ascii_lowercase();
            if option_entry(&key).is_none() {
                if !OTHER_VARIABLES.contains(&name) {
                    crate::log::warn!("options", "{name} in the environment is no option of tiro");
                }
                continue;
            }
            let (key, value) =
                parse(&key, &value).map_err(|error| Error::new(error.kind(), format!("{name}: {error}")))?;
            layer.insert(key, value);
        }
        self.environment = layer;
        Ok(())
    }

    /// Reads a profile of a TOML file: a table of keys and values. Without a name: the table `default`.
    pub fn load_file(&mut self, path: &Path, profile: Option<&str>) -> Result<()> {
        self.file = file::read(path, profile.unwrap_or("default"))?;
        Ok(())
    }

    /// The value in force, as text. A secret is refused.
    pub fn get(&self, key: &str) -> Result<OsString> {
        let entry = known(key)?;
        Ok(match self.value(entry) {
            Some(Value::Text(text)) => text.into(),
            Some(Value::Path(path)) => path.clone().into(),
            Some(Value::Integer(number)) => number.to_string().into(),
            Some(Value::Secret(_)) => {
                return Err(Error::new(ErrorKind::Option, format!("{key} is a secret and is not given out")));
            }
            None => entry.default.into(),
        })
    }

    /// Refuses keys that serve something else. A profile or an environment is shared by all: there, only what a call
    /// would overrule its client by is refused.
    pub(crate) fn check_scope(&self, place: Scope) -> Result<()> {
        let shared = [&self.environment, &self.file].into_iter().flat_map(|layer| layer.keys());
        let shared = shared.filter(|_| place == Scope::Call).filter(|key| scope_of(key) == Scope::Client);
        let explicit = self.explicit.keys().filter(|key| !scope_of(key).serves(place));
        match explicit.chain(shared).next() {
            Some(key) => {
                let (scope, what) = (scope_of(key), place.noun());
                let what = format!("{key} is an option of {}, not of {what}", scope.noun());
                let error = Error::new(ErrorKind::Option, what);
                Err(match scope {
                    Scope::Export => error.with_hint("fetch the transcript, and export that with it"),
                    _ => error,
                })
            }
            None => Ok(()),
        }
    }

    /// These options with those of one call laid over them.
    pub(crate) fn for_call(&self, call: Option<&Options>) -> Options {
        let mut merged = self.clone();
        if let Some(call) = call {
            for layer in [&call.file, &call.environment, &call.explicit] {
                merged.explicit.extend(layer.iter().map(|(key, value)| (*key, value.clone())));
            }
        }
        merged
    }

    /// What is said of exports by whoever may speak of all: a profile, the environment.
    pub(crate) fn of_exports(&self) -> Self {
        let of_exports = |layer: &Layer| {
            let theirs = layer.iter().filter(|(key, _)| scope_of(key) == Scope::Export);
            theirs.map(|(key, value)| (*key, value.clone())).collect()
        };
        Self {
            explicit: of_exports(&self.explicit),
            environment: of_exports(&self.environment),
            file: of_exports(&self.file),
        }
    }

    /// Whether somebody gave a value, be it the default.
    pub(crate) fn is_set(&self, key: &str) -> bool {
        self.value(expected(key)).is_some()
    }

    pub(crate) fn text(&self, key: &str) -> String {
        match self.value(expected(key)) {
            Some(Value::Text(text)) => text.clone(),
            _ => expected(key).default.to_owned(),
        }
    }

    /// `None` where the key has neither a value nor a default.
    pub(crate) fn path(&self, key: &str) -> Option<PathBuf> {
        match self.value(expected(key)) {
            Some(Value::Path(path)) => Some(path.clone()),
            _ => Some(expected(key).default).filter(|default| !default.is_empty()).map(PathBuf::from),
        }
    }

    pub(crate) fn integer(&self, key: &str) -> i64 {
        match self.value(expected(key)) {
            Some(Value::Integer(number)) => *number,
            _ => expected(key).default.parse().expect("a test reads every default"),
        }
    }

    /// A time that is given as a number of milliseconds, which cannot be negative.
    pub(crate) fn duration(&self, key: &str) -> Duration {
        Duration::from_millis(self.integer(key).unsigned_abs())
    }

    pub(crate) fn secret(&self, key: &str) -> Option<SecretString> {
        match self.value(expected(key)) {
            Some(Value::Secret(secret)) => Some(secret.clone()),
            _ => None,
        }
    }

    /// What was given of the options of a call that a service reads, as text: what a recording needs that is taken up
    /// again later. No path, which may not be text, and no secret.
    pub(crate) fn call_texts(&self, service: &str) -> BTreeMap<&'static str, String> {
        let of_call = |entry: &&OptionEntry| entry.scope == Scope::Call && entry.names(service);
        let text = |entry: &OptionEntry| match self.value(entry)? {
            Value::Text(text) => Some((entry.key, text.clone())),
            Value::Integer(number) => Some((entry.key, number.to_string())),
            Value::Path(_) | Value::Secret(_) => None,
        };
        OPTION_TABLE.iter().filter(of_call).filter_map(text).collect()
    }

    fn value(&self, entry: &OptionEntry) -> Option<&Value> {
        [&self.explicit, &self.environment, &self.file].into_iter().find_map(|layer| layer.get(entry.key))
    }
}

fn scope_of(key: &str) -> Scope {
    expected(key).scope
}

fn expected(key: &str) -> &'static OptionEntry {
    option_entry(key).unwrap_or_else(|| panic!("{key} is not in the option table"))
}

fn known(key: &str) -> Result<&'static OptionEntry> {
    option_entry(key).ok_or_else(|| {
        let error = Error::new(ErrorKind::Option, format!("there is no option {:?}", excerpt(key)));
        match table::nearest_key(key) {
            Some(nearest) => error.with_hint(format!("did you mean {nearest:?}?")),
            None => error.with_hint("docs/options.md lists them all"),
        }
    })
}

fn parse(key: &str, value: &OsStr) -> Result<(&'static str, Value)> {
    let entry = known(key)?;
    let refused = |what: String| Error::new(ErrorKind::Option, format!("{key} {what}"));
    let text = || value.to_str().ok_or_else(|| Error::new(ErrorKind::Utf8, format!("{key} is not UTF-8")));
    let value = match entry.kind {
        OptionType::Text => Value::Text(text()?.to_owned()),
        OptionType::Secret => Value::Secret(SecretString::from(text()?.to_owned())),
        OptionType::Path => {
            if value.is_empty() {
                return Err(refused("takes a path, not an empty text".into()));
            }
            Value::Path(value.into())
        }
        OptionType::Choice(words) => {
            let text = text()?;
            if !words.contains(&text) {
                return Err(refused(format!("is one of {}, not {:?}", words.join(", "), excerpt(text))));
            }
            Value::Text(text.to_owned())
        }
        OptionType::Integer(least, most) => {
            let text = text()?;
            let number = text.trim().parse().ok().filter(|number| (least..=most).contains(number));
            Value::Integer(number.ok_or_else(|| {
                refused(format!("is a whole number from {least} to {most}, not {:?}", excerpt(text)))
            })?)
        }
    };
    Ok((entry.key, value))
}

/// Whether a given secret equals another, without telling by the time it takes where they differ.
pub(crate) fn same_secret(given: Option<&SecretString>, wanted: &SecretString) -> bool {
    let given = given.map(|secret| secret.expose_secret().as_bytes()).unwrap_or_default();
    let wanted = wanted.expose_secret().as_bytes();
    given.ct_eq(wanted).into()
}

#[cfg(test)]
mod tests;

//! What is bought for a recording: nine settings, each of a dictionary or true or false.

use serde_json::{Map, Value, json};

use crate::transcribeme::answer::Refusal;
use crate::transcribeme::dictionaries::{self, Dictionary};
use crate::transcribeme::input;

const CHOSEN: [(&str, Dictionary); 7] = [
    ("language", Dictionary::Languages),
    ("accent", Dictionary::Accents),
    ("type", Dictionary::Types),
    ("domain", Dictionary::Domains),
    ("output", Dictionary::Outputs),
    ("turnaround", Dictionary::Turnarounds),
    ("speakers", Dictionary::Speakers),
];
const SWITCHES: [&str; 2] = ["isNoisyAudio", "isHeavyAccent"];

pub(super) fn defaults() -> Map<String, Value> {
    let chosen = CHOSEN.map(|(name, dictionary)| (name.to_owned(), dictionaries::default_id(dictionary)));
    let switches = SWITCHES.map(|name| (name.to_owned(), json!(false)));
    chosen.into_iter().chain(switches).collect()
}

/// The type, which makes the price.
pub(super) fn kind(settings: &str) -> Option<u8> {
    let settings: Value = serde_json::from_str(settings).ok()?;
    u8::try_from(settings["type"].as_u64()?).ok()
}

pub(super) fn language(settings: &str) -> Option<String> {
    let settings: Value = serde_json::from_str(settings).ok()?;
    settings["language"].as_str().map(str::to_owned)
}

/// The settings after a change. With `all` it has to bring every one.
pub(super) fn changed(kept: &str, given: &Map<String, Value>, all: bool) -> Result<String, Refusal> {
    let mut settings: Map<String, Value> = serde_json::from_str(kept).unwrap_or_else(|_| defaults());
    let mut take = |name: &str, read: &dyn Fn(&Value) -> Option<Value>| match input::member(given, name) {
        None | Some(Value::Null) if all => Err(Refusal::bad(format!("settings.{name} is required"))),
        None | Some(Value::Null) => Ok(()),
        Some(value) => {
            let value = read(value).ok_or_else(|| Refusal::bad(format!("settings.{name} is unknown")))?;
            settings.insert(name.to_owned(), value);
            Ok(())
        }
    };
    for (name, dictionary) in CHOSEN {
        take(name, &|value| dictionaries::id_of(dictionary, value))?;
    }
    for name in SWITCHES {
        take(name, &|value| value.as_bool().map(Value::from))?;
    }
    match dictionaries::speaks(&settings["language"], &settings["accent"]) {
        true => Ok(Value::from(settings).to_string()),
        false => Err(Refusal::bad("settings.accent is of another language")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_brings_all_nine_and_known_ones() {
        let kept = Value::from(defaults()).to_string();
        let mut given = defaults();
        given.insert("type".into(), json!("3"));
        let changed_all = changed(&kept, &given, true).unwrap();
        assert_eq!(kind(&changed_all), Some(3), "a number, even if it came as a text");
        assert!(changed(&kept, &Map::new(), true).is_err());
        assert_eq!(changed(&kept, &Map::new(), false).unwrap(), kept);
        for (name, value) in [("type", json!(9)), ("accent", json!("es-ES")), ("isNoisyAudio", json!(1))] {
            let mut wrong = defaults();
            wrong.insert(name.into(), value);
            assert!(changed(&kept, &wrong, true).is_err(), "{name}");
        }
    }
}

//! What is bought for each recording of an order (spec: E15): read, changed where the call says so, and written back with
//! all nine settings (U25).

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::TranscribeMe;
use super::dictionaries::{Wanted, choose};
use super::reading::{Members, elements, not_understood, scalar};
use crate::error::Result;
use crate::http::Repeat;
use crate::options::Options;
use crate::order::Order;
use crate::service::Call;

/// How the value of a setting is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// An id that is text.
    Text,
    /// An id that is a number.
    Number,
    YesOrNo,
}

/// One setting: its name on the wire, the option that sets it, the list that its names are looked up in.
struct Setting {
    name: &'static str,
    option: &'static str,
    dictionary: &'static str,
    form: Form,
}

const fn setting(name: &'static str, option: &'static str, dictionary: &'static str, form: Form) -> Setting {
    Setting { name, option, dictionary, form }
}

/// The nine settings. The language comes before the accent, whose list depends on it.
const SETTINGS: &[Setting] = &[
    setting("language", "language", "languages", Form::Text),
    setting("accent", "order.accent", "accents", Form::Text),
    setting("type", "order.type", "types", Form::Number),
    setting("domain", "order.domain", "domains", Form::Number),
    setting("output", "order.output", "outputs", Form::Number),
    setting("turnaround", "order.turnaround", "turnarounds", Form::Number),
    setting("speakers", "order.speakers", "speakers", Form::Number),
    setting("isNoisyAudio", "order.noisy_audio", "", Form::YesOrNo),
    setting("isHeavyAccent", "order.heavy_accent", "", Form::YesOrNo),
];

/// What a call says of a setting; `""`: nothing.
fn given(call: &Options, setting: &Setting) -> String {
    match setting.form {
        _ if !call.is_set(setting.option) => String::new(),
        Form::YesOrNo if call.text(setting.option) == "unchanged" => String::new(),
        _ => call.text(setting.option).trim().to_owned(),
    }
}

/// The settings of one recording, by their names on the wire.
type Settings = Map<String, Value>;

impl TranscribeMe {
    pub(super) async fn edit_order(&self, call: &Call, id: &str) -> Result<Order> {
        let wanted: Vec<(&Setting, String)> = SETTINGS
            .iter()
            .map(|setting| (setting, given(&call.options, setting)))
            .filter(|(_, given)| !given.is_empty())
            .collect();
        let raw = self.raw_order(call, id).await?;
        if wanted.is_empty() {
            return super::orders::order_in(&raw, id);
        }
        let mut edited = Vec::new();
        for (recording, mut settings) in settings_of(&raw)? {
            for (setting, given) in &wanted {
                let value = self.value(call, setting, given, &settings).await?;
                settings.insert(setting.name.to_owned(), value);
            }
            edited.push(serde_json::json!({ "id": recording, "settings": settings }));
        }
        let url = self.platform.url("transcribeme.path.order_edit", &[("orderId", id)])?;
        let body = Value::Array(edited).to_string();
        let answer = self.post(call, "edit_order", url, body, Repeat::Safe).await?;
        self.after_change(call, id, &answer).await
    }

    async fn value(&self, call: &Call, setting: &Setting, given: &str, settings: &Settings) -> Result<Value> {
        match setting.form {
            Form::YesOrNo => return Ok(Value::Bool(given == "yes")),
            // An id is taken as it is.
            Form::Number if given.parse::<i64>().is_ok() => return number(setting, given),
            Form::Number | Form::Text => {}
        }
        let language = settings.get("language").and_then(Value::as_str);
        let of = language.filter(|_| setting.dictionary == "accents");
        let dictionary = self.look_up(call, setting.dictionary, of).await?;
        let hours = setting.dictionary == "turnarounds";
        let id = choose(&dictionary, &Wanted { option: setting.option, text: given, hours })?;
        match setting.form {
            Form::Number => number(setting, &id),
            _ => Ok(Value::String(id)),
        }
    }
}

fn number(setting: &Setting, id: &str) -> Result<Value> {
    let wrong = || not_understood(&format!("the list {} gives an id that is no number", setting.dictionary));
    id.trim().parse::<i64>().map(Value::from).map_err(|_| wrong())
}

/// Each recording of an order with its settings: the nine, null where the service does not say, and whatever else it has.
fn settings_of(order: &str) -> Result<Vec<(String, Settings)>> {
    let members = Members::of(order).ok_or_else(|| not_understood("the order is not an object"))?;
    let recordings = members.get("recordings").and_then(elements);
    let recordings =
        recordings.ok_or_else(|| not_understood("the order does not say which recordings it has"))?;
    let mut all = Vec::with_capacity(recordings.len());
    for recording in recordings {
        let item = Members::of(recording);
        let id = scalar(recording).or_else(|| item.as_ref()?.first(&["id", "recordingId"]));
        let id = id.ok_or_else(|| not_understood("a recording of the order has no id"))?;
        let told = item.as_ref().and_then(|item| Members::of(item.get("settings")?));
        all.push((id, nine(told.as_ref())?));
    }
    Ok(all)
}

fn nine(told: Option<&Members<'_>>) -> Result<Settings> {
    let value = |json: &RawValue| {
        serde_json::from_str::<Value>(json.get())
            .map_err(|_| not_understood("the settings of a recording are nested too deeply"))
    };
    let mut settings = Settings::new();
    if let Some(told) = told {
        for (name, json) in told.iter() {
            let own = SETTINGS.iter().find(|setting| setting.name.eq_ignore_ascii_case(name));
            settings.insert(own.map_or(name, |setting| setting.name).to_owned(), value(json)?);
        }
    }
    for setting in SETTINGS {
        settings.entry(setting.name).or_insert(Value::Null);
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_nine_are_sent_and_what_else_there_is_stays() {
        let order = r#"{"Recordings":[{"Id":"r","name":"n","settings":{"Language":"en","TYPE":2,"currency":"USD"}},"s"]}"#;
        let all = settings_of(order).unwrap();
        let (id, settings) = &all[0];
        assert_eq!(id, "r");
        assert_eq!((&settings["language"], &settings["type"]), (&"en".into(), &2.into()));
        assert_eq!((&settings["currency"], &settings["speakers"]), (&"USD".into(), &Value::Null));
        assert_eq!(settings.len(), 10);
        assert_eq!((all[1].0.as_str(), all[1].1.len()), ("s", 9));
        for bad in ["[]", "{}", r#"{"recordings":2}"#, r#"{"recordings":[{"name":"n"}]}"#] {
            assert!(settings_of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_what_the_call_says_is_set() {
        let say = |pairs: &[(&str, &str)]| {
            let call = pairs.iter().fold(Options::new(), |call, (key, value)| call.with(key, value).unwrap());
            let said = SETTINGS.iter().filter(|setting| !given(&call, setting).is_empty());
            said.map(|setting| setting.name).collect::<Vec<_>>()
        };
        assert!(say(&[]).is_empty());
        assert_eq!(say(&[("language", "en"), ("order.noisy_audio", "no")]), ["language", "isNoisyAudio"]);
        assert!(say(&[("order.heavy_accent", "unchanged"), ("order.type", " ")]).is_empty());
    }
}

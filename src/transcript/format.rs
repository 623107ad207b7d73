//! How words and paragraphs are set, where a service's editor left it.

use std::collections::BTreeMap;

use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

use super::decode::document;
use super::decode::members::Integer;
use crate::error::{Error, ErrorKind, Result};

/// How a word is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Format {
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Struck through.
    pub strike: bool,
    /// Below or above the line.
    pub script: Option<Script>,
    /// Colour of the text, as the service writes it (`#e60000`); `""`: not set.
    pub color: String,
    /// Colour behind the text; `""`: not set.
    pub background: String,
    /// Name of the font; `""`: not set.
    pub font: String,
    /// Size of the font with its unit (`12pt`); `""`: not set.
    pub size: String,
    /// The editor's own name of a style; `""`: not set.
    pub class: String,
    /// What the service says beyond that.
    pub other: Attributes,
}

impl Format {
    /// Whether nothing is set. Cheaper than a comparison, as it looks into no text.
    pub(super) fn is_plain(&self) -> bool {
        let Self { bold, italic, underline, strike, script, color, background, font, size, class, other } =
            self;
        let flags = *bold || *italic || *underline || *strike || script.is_some();
        let texts = [color, background, font, size, class];
        !flags && other.is_empty() && texts.iter().all(|text| text.is_empty())
    }
}

pub(super) static PLAIN: Format = Format {
    bold: false,
    italic: false,
    underline: false,
    strike: false,
    script: None,
    color: String::new(),
    background: String::new(),
    font: String::new(),
    size: String::new(),
    class: String::new(),
    other: Attributes { entries: BTreeMap::new() },
};

/// Where a word stands to its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Script {
    /// Below it.
    Sub,
    /// Above it.
    Super,
}

/// How a paragraph is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ParagraphStyle {
    /// Whether it is a quotation.
    pub blockquote: bool,
    /// How its lines stand.
    pub align: Align,
    /// Whether it is an item of a list.
    pub list: Option<List>,
    /// How deep it is indented, up to 8, for which a transcript takes what is deeper; 0: not at all.
    pub indent: u8,
    /// What the service says beyond that.
    pub other: Attributes,
}

pub(super) static PLAIN_PARAGRAPH: ParagraphStyle = ParagraphStyle {
    blockquote: false,
    align: Align::Left,
    list: None,
    indent: 0,
    other: Attributes { entries: BTreeMap::new() },
};

/// How the lines of a paragraph stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right.
    Right,
    /// At both sides.
    Justify,
}

/// The kind of list that a paragraph is an item of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// With bullets.
    Bullet,
    /// With numbers.
    Ordered,
}

/// The deepest indent that there is.
const MAX_INDENT: u8 = 8;

/// What became of an attribute.
#[derive(Debug, PartialEq)]
pub(super) enum Set {
    Done,
    WrongType,
    Unknown,
}

impl Format {
    /// All members of one, as JSON has it.
    pub(super) const MEMBERS: &'static [&'static str] = &[
        "bold",
        "italic",
        "underline",
        "strike",
        "script",
        "color",
        "background",
        "font",
        "size",
        "class",
        "other",
    ];

    /// Takes over an attribute given as JSON.
    pub(super) fn set(&mut self, name: &str, json: &str) -> Set {
        match name {
            "bold" => set_flag(&mut self.bold, json),
            "italic" => set_flag(&mut self.italic, json),
            "underline" => set_flag(&mut self.underline, json),
            "strike" => set_flag(&mut self.strike, json),
            "script" => set_named(&mut self.script, json, |name| Script::from_name(name).map(Some)),
            "color" => set_text(&mut self.color, json),
            "background" => set_text(&mut self.background, json),
            "font" => set_text(&mut self.font, json),
            "size" => set_text(&mut self.size, json),
            "class" => set_text(&mut self.class, json),
            _ => Set::Unknown,
        }
    }
}

impl ParagraphStyle {
    /// All members of one, as JSON has it.
    pub(super) const MEMBERS: &'static [&'static str] = &["blockquote", "align", "list", "indent", "other"];

    /// The same, no deeper than JSON may have it.
    pub(super) fn clamped(mut self) -> Self {
        self.indent = self.indent.min(MAX_INDENT);
        self
    }

    /// Takes over an attribute given as JSON.
    pub(super) fn set(&mut self, name: &str, json: &str) -> Set {
        match name {
            "blockquote" => set_flag(&mut self.blockquote, json),
            "align" => set_named(&mut self.align, json, Align::from_name),
            "list" => set_named(&mut self.list, json, |name| List::from_name(name).map(Some)),
            "indent" => match serde_json::from_str::<Option<Integer>>(json) {
                Ok(None) => Set::Done,
                Ok(Some(Integer(indent))) if (0..=i64::from(MAX_INDENT)).contains(&indent) => {
                    self.indent = indent as u8;
                    Set::Done
                }
                _ => Set::WrongType,
            },
            _ => Set::Unknown,
        }
    }
}

fn set_flag(flag: &mut bool, json: &str) -> Set {
    match json {
        "true" => *flag = true,
        "false" => *flag = false,
        "null" => {}
        _ => return Set::WrongType,
    }
    Set::Done
}

fn set_text(text: &mut String, json: &str) -> Set {
    match serde_json::from_str::<Option<String>>(json) {
        Ok(given) => {
            *text = given.unwrap_or_default();
            Set::Done
        }
        Err(_) => Set::WrongType,
    }
}

fn set_named<T>(value: &mut T, json: &str, named: impl Fn(&str) -> Option<T>) -> Set {
    match serde_json::from_str::<Option<String>>(json).map(|name| name.map(|name| named(&name))) {
        Ok(None) => Set::Done,
        Ok(Some(Some(given))) => {
            *value = given;
            Set::Done
        }
        Ok(Some(None)) | Err(_) => Set::WrongType,
    }
}

impl Script {
    /// `sub` or `super`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sub => "sub",
            Self::Super => "super",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Sub, Self::Super].into_iter().find(|script| script.name() == name)
    }
}

impl Align {
    /// `left`, `center`, `right` or `justify`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Center => "center",
            Self::Right => "right",
            Self::Justify => "justify",
        }
    }

    /// An empty name is the left, as in GoSpeech's editor.
    fn from_name(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Self::Left);
        }
        [Self::Left, Self::Center, Self::Right, Self::Justify].into_iter().find(|align| align.name() == name)
    }
}

impl List {
    /// `bullet` or `ordered`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bullet => "bullet",
            Self::Ordered => "ordered",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Bullet, Self::Ordered].into_iter().find(|list| list.name() == name)
    }
}

/// Attributes that the model has no place for: names and values, the values as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Attributes {
    entries: BTreeMap<String, String>,
}

impl Attributes {
    /// Sets an attribute. The value has to be JSON.
    pub fn insert(&mut self, name: &str, json: &str) -> Result<()> {
        let readable = document::readable(json);
        let json = readable.trim_matches([' ', '\t', '\n', '\r']);
        if serde_json::from_str::<serde::de::IgnoredAny>(json).is_err() {
            return Err(Error::new(ErrorKind::Argument, "the value of an attribute is not JSON"));
        }
        self.set(name, json);
        Ok(())
    }

    /// As `insert`, of what is JSON already.
    pub(super) fn set(&mut self, name: &str, json: &str) {
        self.entries.insert(name.to_owned(), json.to_owned());
    }

    /// The value of an attribute, as JSON.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.entries.get(name).map(String::as_str)
    }

    /// Names and values in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.entries.iter().map(|(name, json)| (name.as_str(), json.as_str()))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (name, json) in &self.entries {
            let value = RawValue::from_string(json.clone()).map_err(S::Error::custom)?;
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let flags = [
            ("bold", self.bold),
            ("italic", self.italic),
            ("underline", self.underline),
            ("strike", self.strike),
        ];
        for (name, _) in flags.iter().filter(|(_, set)| *set) {
            map.serialize_entry(name, &true)?;
        }
        if let Some(script) = self.script {
            map.serialize_entry("script", script.name())?;
        }
        let texts = [
            ("color", &self.color),
            ("background", &self.background),
            ("font", &self.font),
            ("size", &self.size),
            ("class", &self.class),
        ];
        for (name, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
            map.serialize_entry(name, text)?;
        }
        if !self.other.is_empty() {
            map.serialize_entry("other", &self.other)?;
        }
        map.end()
    }
}

impl ParagraphStyle {
    /// Writes what is set into an object.
    pub(super) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        if self.blockquote {
            map.serialize_entry("blockquote", &true)?;
        }
        if self.align != Align::Left {
            map.serialize_entry("align", self.align.name())?;
        }
        if let Some(list) = self.list {
            map.serialize_entry("list", list.name())?;
        }
        if self.indent > 0 {
            map.serialize_entry("indent", &self.indent)?;
        }
        if !self.other.is_empty() {
            map.serialize_entry("other", &self.other)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_taken_over_or_says_why_not() {
        let mut format = Format::default();
        assert_eq!(format.set("bold", "true"), Set::Done);
        assert_eq!(format.set("italic", "1"), Set::WrongType);
        assert_eq!(format.set("script", "\"super\""), Set::Done);
        assert_eq!(format.set("script", "\"middle\""), Set::WrongType);
        assert_eq!(format.set("class", "null"), Set::Done);
        assert_eq!(format.set("align", "\"right\""), Set::Unknown);
        assert_eq!(format, Format { bold: true, script: Some(Script::Super), ..Format::default() });

        let mut style = ParagraphStyle::default();
        assert_eq!(style.set("align", "\"\""), Set::Done);
        assert_eq!(style.set("indent", "3.0"), Set::Done);
        assert_eq!(style.set("indent", "9"), Set::WrongType);
        assert_eq!(style, ParagraphStyle { indent: 3, ..ParagraphStyle::default() });
    }

    #[test]
    fn attributes_hold_json_only_and_each_name_once() {
        let mut attributes = Attributes::default();
        attributes.insert("b", " [1, 2] ").unwrap();
        attributes.insert("a", "\"x\"").unwrap();
        attributes.insert("b", "null").unwrap();
        assert_eq!(attributes.insert("c", "{").unwrap_err().kind(), ErrorKind::Argument);
        assert_eq!(attributes.iter().collect::<Vec<_>>(), [("a", "\"x\""), ("b", "null")]);
        assert_eq!(serde_json::to_string(&attributes).unwrap(), r#"{"a":"x","b":null}"#);
        attributes.insert("a", r#""\ud800""#).unwrap();
        assert_eq!(attributes.get("a"), Some(r#""\ufffd""#), "no text can hold it");
    }
}

//! The text of a cue: its words, without tags and escapes, by voice and with their timestamps.

use super::{ReadWord, Run, time};
use crate::transcript::export::text::is_separator;

/// Words as they gather, character by character.
#[derive(Default)]
struct Gathered {
    runs: Vec<Run>,
    speaker: String,
    /// The next word is not of the last run's voice.
    other_voice: bool,
    word: String,
    word_start_ms: Option<i64>,
    /// The timestamp that was read last, for the word that begins next.
    mark_ms: Option<i64>,
}

impl Gathered {
    fn push(&mut self, c: char) {
        if is_separator(c) {
            self.end_word();
            return;
        }
        let mark = self.mark_ms.take();
        if self.word.is_empty() {
            self.word_start_ms = mark;
        }
        self.word.push(if c == '\0' { char::REPLACEMENT_CHARACTER } else { c });
    }

    fn end_word(&mut self) {
        let text = self.word.trim().to_owned();
        self.word.clear();
        let start_ms = self.word_start_ms.take();
        if text.is_empty() {
            return;
        }
        let word = ReadWord { text, start_ms };
        match self.runs.last_mut() {
            Some(run) if !self.other_voice => run.words.push(word),
            _ => self.runs.push(Run { speaker: self.speaker.clone(), words: vec![word] }),
        }
        self.other_voice = false;
    }

    fn set_speaker(&mut self, speaker: String) {
        self.end_word();
        self.other_voice = self.runs.last().is_some_and(|run| run.speaker != speaker);
        self.speaker = speaker;
    }

    fn finish(mut self) -> Vec<Run> {
        self.end_word();
        self.runs
    }
}

/// SubRip knows no escapes; the tags and styles that players know are left out.
pub(super) fn srt_runs(text: &str) -> Vec<Run> {
    let mut gathered = Gathered::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let markup = match c {
            '<' | '{' => srt_markup(rest),
            '\\' if rest[1..].starts_with(['N', 'n', 'h']) => {
                gathered.push(' ');
                Some(2)
            }
            _ => None,
        };
        if markup.is_none() {
            gathered.push(c);
        }
        rest = &rest[markup.unwrap_or(c.len_utf8())..];
    }
    gathered.finish()
}

/// The length of the tag or style that a text begins with. One that does not end soon is text.
fn srt_markup(text: &str) -> Option<usize> {
    const LONGEST: usize = 200;
    let until = |end: u8| text.bytes().take(LONGEST).position(|byte| byte == end).map(|at| at + 1);
    if text.starts_with("{\\") {
        return until(b'}');
    }
    let tag = text.strip_prefix('<')?;
    let name = tag.strip_prefix('/').unwrap_or(tag);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric())?;
    let is_known =
        ["b", "i", "u", "s", "font", "c", "v"].iter().any(|known| known.eq_ignore_ascii_case(&name[..end]));
    let is_tag = is_known && name[end..].starts_with([' ', '.', '/', '>']);
    if is_tag { until(b'>') } else { None }
}

/// As the standard's tokenizer has it.
pub(super) fn vtt_runs(text: &str) -> Vec<Run> {
    let mut gathered = Gathered::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match c {
            '<' => {
                // A tag that does not end takes what is left with it.
                let (tag, after) = rest[1..].split_once('>').unwrap_or((&rest[1..], ""));
                vtt_tag(&mut gathered, tag);
                rest = after;
            }
            '&' => {
                let (decoded, length) = entity(rest).unwrap_or(('&', 1));
                gathered.push(decoded);
                rest = &rest[length..];
            }
            _ => {
                gathered.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    gathered.finish()
}

fn vtt_tag(gathered: &mut Gathered, tag: &str) {
    if tag.starts_with(|c: char| c.is_ascii_digit()) {
        if let Some(Ok(time_ms)) = time(tag.trim()) {
            gathered.mark_ms = Some(time_ms);
        }
        return;
    }
    let end = tag.find(is_separator).unwrap_or(tag.len());
    let name = tag[..end].split('.').next().unwrap_or_default();
    match name {
        "v" => gathered.set_speaker(annotation(&tag[end..])),
        "/v" => gathered.set_speaker(String::new()),
        _ => {}
    }
}

/// What stands after a tag's name, in one line and without escapes.
fn annotation(text: &str) -> String {
    let mut plain = Gathered::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (c, length) = entity(rest).unwrap_or((c, c.len_utf8()));
        plain.push(c);
        rest = &rest[length..];
    }
    let words: Vec<String> =
        plain.finish().into_iter().flat_map(|run| run.words).map(|word| word.text).collect();
    words.join(" ")
}

/// The character that a text's first escape stands for, and the escape's length.
fn entity(text: &str) -> Option<(char, usize)> {
    const LONGEST: usize = 12;
    let name = text.strip_prefix('&')?;
    let end = name.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let decoded = match &name[..end] {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "lrm" => '\u{200e}',
        "rlm" => '\u{200f}',
        number => {
            let number = number.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    };
    Some((decoded, end + 2))
}

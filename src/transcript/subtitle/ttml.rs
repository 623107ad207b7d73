//! TTML of the shape of W3C's IMSC 1.1 text profile: one region at the bottom, a paragraph a cue, speakers as agents.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;
use std::io::Write;

use super::Cues;
use super::tokens::{Dialect, as_it_is};
use crate::error::Result;
use crate::transcript::Transcript;
use crate::transcript::export::options::{ExportOptions, Speakers};
use crate::transcript::export::sink::TextWriter;
use crate::transcript::export::text::{markup, parts, push_escaped, push_line, push_time};

pub(crate) fn write(transcript: &Transcript, options: &ExportOptions, out: &mut dyn Write) -> Result<()> {
    let dialect = Dialect { replace: as_it_is, prefixes: Speakers::None };
    let cues = Cues::of(transcript, &options.layout, &dialect);
    let agents = if options.speakers == Speakers::None { Agents::default() } else { Agents::of(transcript) };
    let mut out = TextWriter::new(out);
    push_head(&mut out, transcript, &agents)?;
    for cue in &cues.cues {
        out.text.push_str("      <p begin=\"");
        push_time(&mut out.text, cue.start_ms, '.');
        out.text.push_str("\" end=\"");
        push_time(&mut out.text, cue.end_ms, '.');
        out.text.push('"');
        if let Some(number) = agents.numbers.get(transcript.segment(cue.segment).speaker) {
            // Writing to a String cannot fail.
            let _ = write!(out.text, " ttm:agent=\"speaker{number}\"");
        }
        out.text.push('>');
        for (number, line) in cues.lines(cue).iter().enumerate() {
            if number > 0 {
                out.text.push_str("<br/>");
            }
            for (before, token) in cues.line(line) {
                out.text.push_str(before);
                push_escaped(&mut out.text, cues.tokens.text(token), markup);
            }
        }
        out.text.push_str("</p>\n");
        out.relay()?;
    }
    out.text.push_str("    </div>\n  </body>\n</tt>\n");
    out.finish()
}

fn push_head(out: &mut TextWriter<'_>, transcript: &Transcript, agents: &Agents<'_>) -> Result<()> {
    out.text.push_str(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media" xml:lang=""#,
    );
    out.text.push_str(language_tag(transcript.language()));
    out.text.push_str("\">\n  <head>\n");
    if !agents.names.is_empty() {
        out.text.push_str("    <metadata>\n");
        for (index, name) in agents.names.iter().enumerate() {
            let number = index + 1;
            let _ = write!(
                out.text,
                "      <ttm:agent xml:id=\"speaker{number}\" type=\"person\"><ttm:name type=\"full\">"
            );
            push_line(&mut out.text, name, markup);
            out.text.push_str("</ttm:name></ttm:agent>\n");
            out.relay()?;
        }
        out.text.push_str("    </metadata>\n");
    }
    out.text.push_str(
        r#"    <styling>
      <style xml:id="text" tts:color="white" tts:backgroundColor="black" tts:fontFamily="proportionalSansSerif" tts:fontSize="100%"/>
    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="10% 80%" tts:extent="80% 15%" tts:displayAlign="after" tts:textAlign="center" tts:overflow="visible" tts:showBackground="whenActive"/>
    </layout>
  </head>
  <body region="bottom" style="text">
    <div>
"#,
    );
    Ok(())
}

/// A language as `xml:lang` takes it; what is no tag is not known.
fn language_tag(language: &str) -> &str {
    let is_tag = language
        .split('-')
        .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if is_tag { language } else { "" }
}

/// The speakers, numbered from 1 in the order in which they first speak.
#[derive(Default)]
struct Agents<'a> {
    names: Vec<&'a str>,
    numbers: HashMap<&'a str, usize>,
}

impl<'a> Agents<'a> {
    fn of(transcript: &'a Transcript) -> Self {
        let mut agents = Self::default();
        for index in 0..transcript.segment_count() {
            let name = transcript.segment(index).speaker;
            if parts(name).next().is_none() {
                continue;
            }
            if let Entry::Vacant(entry) = agents.numbers.entry(name) {
                agents.names.push(name);
                entry.insert(agents.names.len());
            }
        }
        agents
    }
}

//! A transcript in a notebook: its first segments as a table.

use std::fmt::Write;

use tiro::Transcript;

/// How many segments are shown, and how many characters of each.
const SEGMENTS: usize = 12;
const CHARACTERS: usize = 200;

pub(super) fn table(transcript: &Transcript) -> String {
    let count = transcript.segment_count();
    let mut html = format!("<div><p>{} words, {count} segments", transcript.word_count());
    if !transcript.language().is_empty() {
        html.push_str(", ");
        push_escaped(&mut html, transcript.language(), 20);
    }
    html.push_str("</p><table><thead><tr><th>start</th><th>speaker</th><th>text</th></tr></thead><tbody>");
    for segment in transcript.segments().take(SEGMENTS) {
        html.push_str("<tr><td>");
        push_time(&mut html, segment.start_ms);
        html.push_str("</td><td dir=\"auto\">");
        push_escaped(&mut html, segment.speaker, 40);
        html.push_str("</td><td dir=\"auto\" style=\"text-align: start\">");
        let mut text = String::new();
        for number in segment.words {
            if text.chars().count() > CHARACTERS {
                break;
            }
            text.extend(transcript.word(number).text.chars().take(CHARACTERS + 1).chain([' ']));
        }
        push_escaped(&mut html, text.trim_end(), CHARACTERS);
        html.push_str("</td></tr>");
    }
    html.push_str("</tbody></table>");
    if count > SEGMENTS {
        let _ = write!(html, "<p>… {} more segments</p>", count - SEGMENTS);
    }
    html.push_str("</div>");
    html
}

fn push_time(html: &mut String, ms: i64) {
    let sign = if ms < 0 { "-" } else { "" };
    let seconds = ms.unsigned_abs() / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    let _ = write!(html, "{sign}{hours}:{minutes:02}:{:02}", seconds % 60);
}

/// At most so many characters of a text, which stay what they are whatever stands around them.
fn push_escaped(html: &mut String, text: &str, characters: usize) {
    for c in text.chars().take(characters) {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c if c.is_whitespace() => html.push(' '),
            c if c.is_control() => html.push(char::REPLACEMENT_CHARACTER),
            c => html.push(c),
        }
    }
    if text.chars().nth(characters).is_some() {
        html.push('…');
    }
}

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::*;
use crate::options::Options;
use crate::transcript::export::options::{ExportOptions, Speakers};
use crate::transcript::export::text::{parts, shown};
use crate::transcript::{Segment, Word};

fn config() -> Config {
    Config { cases: 100, failure_persistence: None, ..Config::default() }
}

const HOSTILE: &[&str] = &[
    "-->",
    "a-->b",
    "--->",
    "00:00:01,000",
    "00:00:02.000",
    "42",
    "\n\n",
    "a\r\nb",
    "\r",
    "\0",
    "a\0b",
    "\u{feff}",
    "\u{200f}שלום\u{200e}",
    "\u{202e}abc",
    "<i>",
    "</i>",
    "<v Ann>",
    "<00:00:01.000>",
    "{\\an8}",
    "\\N",
    "&amp;",
    "&",
    "&#0;",
    "WEBVTT",
    "NOTE",
    "STYLE",
    "",
    " ",
    "\t",
    "\u{1}",
    "\u{1c}",
    "\u{85}",
    "\u{2028}",
    "\u{ffff}",
    "e\u{301}\u{301}",
    "👩‍👩‍👧‍👦",
    "🇩🇪🇫🇷",
    "\u{301}",
    "\u{200b}",
    "字幕は、日本語の長い文でも切れる。",
    "ひらがなばかりのとても長い文がここにあるので二行になるかもしれないけれどもそれでもまだ続いてゆく",
    "=1+1",
    "1.",
    "한국어자막",
    "a,b",
    "\"q\"",
    "\u{a0}",
    "x\u{a0}y",
    "\u{3164}\u{3164}x\u{3164}",
    "\u{ffa0}字\u{ffa0}\u{ffa0}字",
];

fn word_text() -> impl Strategy<Value = String> {
    prop_oneof![
        24 => "[a-zA-Z]{1,9}[.,?!]?",
        12 => proptest::sample::select(HOSTILE).prop_map(str::to_owned),
        4 => any::<String>(),
        1 => ("[a-zé字]{1,3}", 1usize..4000).prop_map(|(unit, times)| unit.repeat(times)),
    ]
}

fn time() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0i64..600_000, 1 => any::<i64>(), 1 => Just(0), 1 => Just(i64::MAX)]
}

/// Words in good order, most of the time.
fn words() -> impl Strategy<Value = Vec<Word>> {
    let orderly = prop::collection::vec((word_text(), 0i64..1500, 0i64..1500), 1..40).prop_map(|words| {
        let mut at = 0;
        let word = |(text, pause, lasts)| {
            let start_ms = at + pause;
            at = start_ms + lasts;
            Word { text, start_ms, end_ms: at, ..Word::default() }
        };
        words.into_iter().map(word).collect()
    });
    let wild = prop::collection::vec((word_text(), time(), time()), 1..40).prop_map(|words| {
        let word = |(text, start_ms, end_ms)| Word { text, start_ms, end_ms, ..Word::default() };
        words.into_iter().map(word).collect()
    });
    prop_oneof![3 => orderly, 1 => wild]
}

pub(crate) fn transcripts() -> impl Strategy<Value = Transcript> {
    let speaker = prop_oneof![3 => "[AB]?", 1 => word_text()];
    prop::collection::vec((speaker, words()), 0..6).prop_map(|segments| {
        let build = |builder: crate::transcript::TranscriptBuilder, (speaker, words)| {
            builder.segment(&Segment { speaker, words, ..Segment::default() })
        };
        segments.into_iter().fold(Transcript::builder(), build).build()
    })
}

fn options() -> impl Strategy<Value = Options> {
    let numbers = (1i64..60, 1i64..4, 1i64..3000, 0i64..8000, 0i64..300, 0i64..2000, 0i64..30);
    let words = (
        proptest::sample::select(&["none", "timestamps", "spans"][..]),
        proptest::sample::select(&["none", "change", "always"][..]),
    );
    prop_oneof![1 => Just(Options::new()), 3 => (numbers, words).prop_map(|(numbers, (marks, speakers))| {
        let (line_chars, lines, shortest, more, gap, pause, speed) = numbers;
        let pairs = [
            ("subtitle_line_chars", line_chars), ("subtitle_lines", lines), ("subtitle_shortest_ms", shortest),
            ("subtitle_longest_ms", shortest + more), ("subtitle_gap_ms", gap), ("subtitle_pause_ms", pause),
            ("subtitle_chars_per_second", speed),
        ];
        let mut options = Options::new();
        for (key, value) in pairs {
            options.set(key, value.to_string()).unwrap();
        }
        options.with("subtitle_words", marks).unwrap().with("export_speakers", speakers).unwrap()
    })]
}

/// All that is not white space.
fn solid(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).map(shown).collect()
}

fn cue_text(cues: &Cues<'_>, cue: &Cue) -> Vec<String> {
    let line =
        |line| cues.line(line).map(|(before, token)| before.to_owned() + cues.tokens.text(token)).collect();
    cues.lines(cue).iter().map(line).collect()
}

fn check_layout(transcript: &Transcript, options: &LayoutOptions) {
    let dialect = Dialect { replace: tokens::as_it_is, prefixes: Speakers::None };
    let cues = Cues::of(transcript, options, &dialect);
    let (mut next_token, mut earliest, mut said) = (0, 0, String::new());
    for cue in &cues.cues {
        assert!(cue.start_ms >= earliest, "{cue:?} overlaps");
        let lasts = cue.end_ms - cue.start_ms;
        assert!((options.shortest_ms..=options.longest_ms).contains(&lasts), "{cue:?} lasts {lasts}");
        earliest = cue.end_ms + options.gap_ms;
        assert!((1..=options.lines).contains(&cue.lines.len()), "{cue:?} has too many lines");
        for (text, line) in cue_text(&cues, cue).iter().zip(cues.lines(cue)) {
            assert_eq!(line.start, next_token, "in order, none lost");
            next_token = line.end;
            assert!(!text.is_empty() && text.trim() == text, "{text:?}");
            let fits = tokens::width_of(text) <= options.line_chars || line.len() == 1;
            assert!(fits, "{text:?} is wider than {}", options.line_chars);
            assert!(cues.tokens[line.clone()].iter().all(|token| token.segment == cue.segment));
            said.push_str(text);
        }
    }
    assert_eq!(next_token, cues.tokens.len());
    assert_eq!(solid(&said), solid(transcript.text()));
}

/// The cues as they are written, and as our reader gives them back.
fn check_read_back(transcript: &Transcript, options: &Options, format: &str) {
    let document = transcript.to_format(format, Some(options)).unwrap();
    let read = match format {
        "srt" => Transcript::from_srt(&document),
        _ => Transcript::from_vtt(&document),
    };
    let read = read.unwrap_or_else(|error| panic!("{error}\n{document}"));
    let read_options = ExportOptions::read(Some(options)).unwrap();
    let dialect = match format {
        "srt" => Dialect { replace: srt::replace_markup, prefixes: read_options.speakers },
        _ => Dialect { replace: tokens::as_it_is, prefixes: Speakers::None },
    };
    let cues = Cues::of(transcript, &read_options.layout, &dialect);
    assert_eq!(read.segment_count(), cues.cues.len(), "{document}");
    for (index, cue) in cues.cues.iter().enumerate() {
        let segment = read.segment(index);
        let words: Vec<&str> = segment.words.clone().map(|word| read.word(word).text).collect();
        let written = cue_text(&cues, cue).join(" ");
        assert_eq!(words.join(" "), written, "{document}");
        let speaker = parts(transcript.segment(cue.segment).speaker).collect::<Vec<_>>().join(" ");
        if format == "vtt" && read_options.speakers != Speakers::None {
            assert_eq!(segment.speaker, speaker.chars().map(shown).collect::<String>());
        }
        let has_marks =
            format == "vtt" && read_options.word_marks != crate::transcript::export::options::WordMarks::None;
        if !has_marks {
            assert_eq!(segment.start_ms, cue.start_ms, "{document}");
        }
        assert_eq!(segment.end_ms, cue.end_ms, "{document}");
    }
}

#[test]
fn a_no_break_space_is_never_a_line_of_its_own() {
    let words = vec![Word { text: "x\u{a0}y".into(), end_ms: 900, ..Word::default() }];
    let transcript = Transcript::builder().segment(&Segment { words, ..Segment::default() }).build();
    let options = Options::new().with("subtitle_line_chars", "1").unwrap();
    check_read_back(&transcript, &options, "vtt");
    check_read_back(&transcript, &options, "srt");
}

#[test]
fn what_no_reader_sees_makes_no_piece() {
    for unseen in ["\u{3164}", "\u{ffa0}"] {
        let text = format!("{0}{1}{0}字{0}", unseen.repeat(2000), "x".repeat(50));
        let transcript = Transcript::from_words([Word { text, end_ms: 900, ..Word::default() }]);
        let dialect = Dialect { replace: tokens::as_it_is, prefixes: Speakers::None };
        let tokens = Tokens::of(&transcript, 42, &dialect);
        let widths: Vec<u32> = tokens.iter().map(|token| token.width).collect();
        assert_eq!(widths.iter().sum::<u32>(), 52);
        assert!(widths.len() <= 3 && !widths.contains(&0), "{widths:?}");
        check_layout(&transcript, &ExportOptions::read(None).unwrap().layout);
    }
}

#[test]
fn a_timestamp_that_goes_back_is_none() {
    let document = "WEBVTT\n\n00:00.000 --> 00:04.000\n<00:03.000>late <00:01.000>early <00:03.500>last";
    let transcript = Transcript::from_vtt(document).unwrap();
    let times: Vec<_> = transcript.words().map(|word| (word.start_ms, word.end_ms, word.estimated)).collect();
    assert_eq!(times, [(3000, 3222, true), (3222, 3500, true), (3500, 4000, false)]);
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn cues_are_in_order_and_fit(transcript in transcripts(), options in options()) {
        check_layout(&transcript, &ExportOptions::read(Some(&options)).unwrap().layout);
    }

    #[test]
    fn subrip_reads_back(transcript in transcripts(), options in options()) {
        check_read_back(&transcript, &options, "srt");
    }

    #[test]
    fn webvtt_reads_back(transcript in transcripts(), options in options()) {
        check_read_back(&transcript, &options, "vtt");
    }

    #[test]
    fn readers_take_anything(document in any::<Vec<u8>>(), text in ".{0,200}") {
        for bytes in [document.as_slice(), text.as_bytes()] {
            let _ = (Transcript::from_srt(bytes), Transcript::from_vtt(bytes));
            let _ = Transcript::from_vtt([b"WEBVTT\n\n0:1.0 --> 0:2.0\n", bytes].concat());
            let _ = Transcript::from_srt([b"1\n0:1,0 --> 0:2,0\n", bytes].concat());
        }
    }
}

/// Files of subtitles with their cues, for readers of other makers: `tests/full/readers`. The same ones each time, as the
/// limits of those readers are theirs; others by `TIRO_CASES_SEED`, a number.
#[test]
fn write_for_other_readers() {
    let Some(folder) = std::env::var_os("TIRO_WRITE_CASES").map(std::path::PathBuf::from) else { return };
    let seed = std::env::var("TIRO_CASES_SEED").map_or(0, |seed| seed.parse::<u8>().unwrap());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(config(), random);
    let mut cases = Vec::new();
    for number in 0..300 {
        let transcript = transcripts().new_tree(&mut runner).unwrap().current();
        let options = options().new_tree(&mut runner).unwrap().current();
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
        for format in ["srt", "vtt", "ttml"] {
            let document = transcript.to_format(format, Some(&options)).unwrap();
            let name = format!("{number}.{format}");
            write(&name, document.as_bytes());
            let read = match format {
                "srt" => Transcript::from_srt(document),
                _ => Transcript::from_vtt(transcript.to_vtt(Some(&options)).unwrap()),
            };
            let cues = format!("{name}.json");
            write(&cues, read.unwrap().to_json().as_bytes());
            cases.push(serde_json::json!({"name": name, "format": format, "expected": name, "cues": cues}));
        }
    }
    let cases = serde_json::json!({"exports": cases});
    std::fs::write(folder.join("cases.json"), cases.to_string()).unwrap();
}

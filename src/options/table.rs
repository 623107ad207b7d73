//! The one table of option keys. `docs/options.md`, the `TIRO_OPT_*` defines, the Python keywords and the checks of
//! [`super::Options`] come from it.

/// What an option's value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionType {
    /// Any text.
    Text,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// A path in the platform's own bytes.
    Path,
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// A text that is never shown again.
    Secret,
}

/// Where an option may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// For the client as a whole.
    Client,
    /// For the client, or for one call.
    Call,
    /// For the export of a transcript.
    Export,
}

impl Scope {
    /// As the documentation calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Call => "call",
            Self::Export => "export",
        }
    }

    /// Whether an option of this scope may be given there.
    pub(super) fn serves(self, place: Self) -> bool {
        self == place || (self == Self::Call && place == Self::Client)
    }

    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Client => "a client",
            Self::Call => "a call",
            Self::Export => "an export",
        }
    }
}

/// One row of [`OPTION_TABLE`].
#[derive(Clone, Copy, Debug)]
pub struct OptionEntry {
    /// The key, as in [`super::Options::set`].
    pub key: &'static str,
    /// What the value looks like.
    pub kind: OptionType,
    /// The value in force where none is given; `""`: none.
    pub default: &'static str,
    /// Where it may be given.
    pub scope: Scope,
    /// Who reads it: services, `all` for every one; the formats of an export.
    pub services: &'static [&'static str],
    /// What it does.
    pub doc: &'static str,
}

impl OptionEntry {
    /// Whether this service is named as one that reads it; `all` names none.
    pub(crate) fn names(&self, service: &str) -> bool {
        self.services.contains(&service)
    }

    /// The word that stands for a yes or a no, where these are what the option chooses from.
    pub fn word_for(&self, flag: bool) -> Option<&'static str> {
        let OptionType::Choice(words) = self.kind else { return None };
        let wanted: [&str; 2] = if flag { ["yes", "on"] } else { ["no", "off"] };
        words.iter().copied().find(|word| wanted.contains(word))
    }
}

const fn row(
    key: &'static str,
    kind: OptionType,
    default: &'static str,
    scope: Scope,
    services: &'static [&'static str],
    doc: &'static str,
) -> OptionEntry {
    OptionEntry { key, kind, default, scope, services, doc }
}

use OptionType::{Choice, Integer, Path, Secret, Text};
use Scope::{Call, Client, Export};

mod gospeech;
mod job;
mod network;
mod order;
mod transcribeme;

const SUBTITLES: &[&str] = &["srt", "vtt", "ttml"];

const ALL: &[&[OptionEntry]] =
    &[ROWS, network::ROWS, gospeech::ROWS, transcribeme::ROWS, order::ROWS, job::ROWS];

/// Every option, in alphabetical order.
pub const OPTION_TABLE: &[OptionEntry] = &sorted::<{ count(ALL) }>(ALL);

/// What is not of a network, and not of one service alone that has a table of its own.
const ROWS: &[OptionEntry] = &[
    row(
        "access_token",
        Secret,
        "",
        Client,
        &["gospeech", "scripted", "transcribeme"],
        "A ready access token of the caller's.",
    ),
    row(
        "ca_file",
        Path,
        "",
        Call,
        &["gospeech", "transcribeme", "model installation"],
        "PEM file with further certificate authorities, added to the system's.",
    ),
    row(
        "channels",
        Choice(&["mix", "split"]),
        "mix",
        Call,
        &["local"],
        "What becomes of several channels: `mix` averages them, `split` makes each (at most 8) a speaker.",
    ),
    row(
        "connect_timeout_ms",
        Integer(1, 86_400_000),
        "10000",
        Call,
        &["gospeech", "transcribeme", "model installation"],
        "Longest time to connect, in ms.",
    ),
    row(
        "data_dir",
        Path,
        "",
        Client,
        &["local"],
        "Folder in which recordings and transcripts are kept and outlive the process (docs/local-store.md). Default: none, all is in memory and ends with the client.",
    ),
    row(
        "export_font",
        Path,
        "",
        Export,
        &["pdf"],
        "TrueType or OpenType file that is asked first for each character; the embedded font (Latin, Greek, Cyrillic) has the rest.",
    ),
    row("export_page_size", Choice(&["a4", "letter"]), "a4", Export, &["pdf", "docx"], "Size of the pages."),
    row(
        "export_rows",
        Choice(&["segments", "words"]),
        "segments",
        Export,
        &["csv", "tsv", "labels"],
        "Whether a row is a segment or a word.",
    ),
    row(
        "export_speakers",
        Choice(&["change", "always", "none"]),
        "change",
        Export,
        &["txt", "md", "srt", "vtt", "ttml", "docx", "pdf", "labels"],
        "Names of speakers: where the speaker changes, everywhere, or nowhere. `vtt` and `ttml` mark every cue by `change`, too, as a name is not shown there.",
    ),
    row(
        "export_timestamps",
        Choice(&["none", "segments"]),
        "none",
        Export,
        &["txt", "md", "docx", "pdf"],
        "Whether a segment begins with its time.",
    ),
    row(
        "export_title",
        Text,
        "",
        Export,
        &["docx", "pdf"],
        "Title of the document. Default: the recording's id.",
    ),
    row(
        "idle_timeout_ms",
        Integer(1, 86_400_000),
        "60000",
        Call,
        &["gospeech", "transcribeme", "model installation"],
        "Longest time in which no byte moves, in ms.",
    ),
    row(
        "keep_media",
        Choice(&["reference", "copy"]),
        "reference",
        Call,
        &["local"],
        "With `data_dir`, what an unfinished recording is taken up again from: `reference`: the file itself, if it was given by its path, else a copy; `copy`: always a copy.",
    ),
    row(
        "language",
        Text,
        "en",
        Call,
        &["local", "transcribeme"],
        "Language of the speech: a code such as `en`, or `auto` to find it; all but English needs a multilingual model. TranscribeMe: an id or name of its own list, sent only if it is set.",
    ),
    row(
        "max_in_flight",
        Integer(1, 1024),
        "16",
        Client,
        &["all"],
        "Calls of one client that run at once; the rest wait their turn. Waiting for a transcription does not count.",
    ),
    row(
        "model",
        Path,
        "tiny.en",
        Client,
        &["local"],
        "The recogniser's model: a name of the table of installable models, or the path of a `ggml-*.bin` file.",
    ),
    row(
        "model_dir",
        Path,
        "",
        Call,
        &["local", "model installation"],
        "Folder of installed models. Default: the environment's `TIRO_MODEL_DIR`, else `tiro/models` in the user's data folder.",
    ),
    row(
        "model_sha256",
        Text,
        "",
        Call,
        &["model installation"],
        "The SHA-256 that a `ggml-*.bin` fetched from a URL must have, in hex.",
    ),
    row(
        "raw_channels",
        Integer(0, 64),
        "0",
        Call,
        &["local"],
        "Channels of sound without a header (`raw_format`), side by side in each frame; 0: one.",
    ),
    row(
        "raw_format",
        Choice(&["pcm_u8", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s32le", "pcm_f32le", "mulaw", "alaw"]),
        "",
        Call,
        &["local"],
        "The recording is samples without a header, in this form. Not given: a file that says itself what it is.",
    ),
    row(
        "raw_rate",
        Integer(0, 384_000),
        "0",
        Call,
        &["local"],
        "Frames a second of sound without a header (`raw_format`), from 4000; it must be given there.",
    ),
    row(
        "retention_days",
        Integer(0, 36_500),
        "0",
        Client,
        &["local"],
        "With `data_dir`: recordings older than this are deleted when the store is opened and at each upload; 0: kept until they are deleted.",
    ),
    row(
        "script",
        Text,
        "{}",
        Client,
        &["scripted"],
        "What the scripted service answers, as JSON (docs/scripted.md).",
    ),
    row(
        "service",
        Choice(&["gospeech", "local", "scripted", "transcribeme"]),
        "local",
        Client,
        &["all"],
        "Who transcribes.",
    ),
    row(
        "spool_dir",
        Path,
        "",
        Call,
        &["local"],
        "Folder of the unlinked temporary files that hold what of a long recording does not fit into memory, and an MP4 that has to be put aside. Default: the system's folder for temporary files.",
    ),
    row(
        "spreadsheet_formulas",
        Choice(&["escape", "keep"]),
        "escape",
        Export,
        &["csv", "tsv"],
        "What becomes of a text that a spreadsheet would take for a formula: an apostrophe goes before it, or nothing.",
    ),
    row(
        "subtitle_chars_per_second",
        Integer(0, 1000),
        "17",
        Export,
        SUBTITLES,
        "Reading speed: a cue stays as long as this asks, if there is room; 0: no matter.",
    ),
    row(
        "subtitle_gap_ms",
        Integer(0, 10_000),
        "83",
        Export,
        SUBTITLES,
        "Least time between two cues, in ms.",
    ),
    row(
        "subtitle_line_chars",
        Integer(1, 200),
        "42",
        Export,
        SUBTITLES,
        "Most characters of a line; a wide one (Chinese, Japanese, Korean) counts as two.",
    ),
    row("subtitle_lines", Integer(1, 10), "2", Export, SUBTITLES, "Most lines of a cue."),
    row("subtitle_longest_ms", Integer(1, 3_600_000), "7000", Export, SUBTITLES, "Longest cue, in ms."),
    row(
        "subtitle_pause_ms",
        Integer(0, 3_600_000),
        "1000",
        Export,
        SUBTITLES,
        "A pause this long ends a cue; before a shorter one, a cue stays until the next. 0: neither.",
    ),
    row("subtitle_shortest_ms", Integer(1, 3_600_000), "833", Export, SUBTITLES, "Shortest cue, in ms."),
    row(
        "subtitle_words",
        Choice(&["none", "timestamps", "spans"]),
        "none",
        Export,
        &["vtt"],
        "Marks of words, for highlighting: none, a timestamp before each word, or that and the word in `<c>`.",
    ),
    row(
        "threads",
        Integer(0, 1024),
        "0",
        Call,
        &["local"],
        "Threads of one recognition; 0: as many as the process may run on, 8 at most. Never more than the processors it may use.",
    ),
    row(
        "wait_timeout_ms",
        Integer(-1, i64::MAX),
        "-1",
        Call,
        &["all"],
        "Longest time to wait for a transcription, in ms; -1: without limit.",
    ),
    row(
        "word_times",
        Choice(&["aligned", "estimated"]),
        "aligned",
        Call,
        &["local"],
        "Where the times of words come from: `aligned` with the sound, or `estimated` from those of phrases, which is faster (docs/recognition.md).",
    ),
];

const fn count(tables: &[&[OptionEntry]]) -> usize {
    let (mut count, mut table) = (0, 0);
    while table < tables.len() {
        count += tables[table].len();
        table += 1;
    }
    count
}

/// The rows of several tables in one, by key.
const fn sorted<const N: usize>(tables: &[&[OptionEntry]]) -> [OptionEntry; N] {
    let mut rows = [tables[0][0]; N];
    let (mut filled, mut table) = (0, 0);
    while table < tables.len() {
        let mut index = 0;
        while index < tables[table].len() {
            let mut place = filled;
            while place > 0 && is_before(tables[table][index].key, rows[place - 1].key) {
                rows[place] = rows[place - 1];
                place -= 1;
            }
            rows[place] = tables[table][index];
            filled += 1;
            index += 1;
        }
        table += 1;
    }
    rows
}

const fn is_before(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at < b.len() && (at == a.len() || a[at] < b[at])
}

/// The row of a key. A dot in a key may be spelled as an underscore, which keywords and environments need.
pub fn option_entry(key: &str) -> Option<&'static OptionEntry> {
    let same = |(a, b): (u8, u8)| a == b || (a == b'.' && b == b'_');
    let spells =
        |entry: &&OptionEntry| entry.key.len() == key.len() && entry.key.bytes().zip(key.bytes()).all(same);
    OPTION_TABLE.iter().find(spells)
}

/// The key most like an unknown one, if any is near.
pub(super) fn nearest_key(key: &str) -> Option<&'static str> {
    OPTION_TABLE
        .iter()
        .map(|entry| (strsim::damerau_levenshtein(key, entry.key), entry.key))
        .min()
        .filter(|(distance, nearest)| *distance <= nearest.len().max(key.len()) / 2)
        .map(|(_, nearest)| nearest)
}

//! The parser that a whisper.cpp file must pass before whisper.cpp sees it.
//!
//! whisper.cpp's loader believes every length in the file, compares little of it, and ends the process on some of
//! what it dislikes. So everything it will read is read here first, against what its `whisper_model_load` creates.
//! Where the loader is careless (a tensor twice and another one missing, a type that merely has the right size,
//! trailing bytes, an empty model) this parser is strict: no converter writes such files. The numbers inside the
//! tensors are not judged; wrong ones give wrong words, not crashes.

use super::ModelError;
use super::convert::MAGIC;
use super::digest::open_regular;
use super::element::ElementType;
use super::hparams::{HParams, Limits, N_FFT_BINS, Preset};
use super::input::Input;
use super::layout::{self, Slot};
use std::collections::BTreeMap;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

/// The longest name of a Whisper tensor has about forty.
const MAX_NAME: u32 = 128;

/// The longest token of the published vocabularies has 128 bytes.
const MAX_TOKEN: u32 = 4096;

/// Magic and header: what any file has to have.
const MIN_BYTES: u64 = 4 + 11 * 4;

/// What a checked model file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModelInfo {
    /// Whether it knows languages other than English.
    pub multilingual: bool,
    /// Tokens, special ones included.
    pub n_vocab: u32,
    /// Encoder positions: frames of 20 ms.
    pub n_audio_ctx: u32,
    /// Encoder width.
    pub n_audio_state: u32,
    /// Encoder attention heads.
    pub n_audio_head: u32,
    /// Encoder layers.
    pub n_audio_layer: u32,
    /// Decoder positions: tokens.
    pub n_text_ctx: u32,
    /// Decoder width.
    pub n_text_state: u32,
    /// Decoder attention heads.
    pub n_text_head: u32,
    /// Decoder layers.
    pub n_text_layer: u32,
    /// Mel bands.
    pub n_mels: u32,
    /// How the large matrices are stored.
    pub weights: ElementType,
    /// The alignment heads that fit it, if any are known.
    pub preset: Option<Preset>,
    /// Length of the file.
    pub bytes: u64,
}

/// Checks a whole whisper.cpp model file (`ggml-*.bin`), reading its headers and skipping over its weights.
///
/// The check is about the file as it is now. A program that lets others write to the file between this call and
/// whisper.cpp's has gained nothing.
pub fn check_model_file(path: &Path) -> Result<ModelInfo, ModelError> {
    check_file(path, &Limits::WHISPER)
}

/// [`check_model_file`] for models of any size.
pub(super) fn check_file(path: &Path, limits: &Limits) -> Result<ModelInfo, ModelError> {
    let (file, length) = open_regular(path)?;
    check(BufReader::new(file), length, limits)
}

/// Checks a model of `length` bytes.
pub(super) fn check(input: impl Read + Seek, length: u64, limits: &Limits) -> Result<ModelInfo, ModelError> {
    let mut input = Input::new(input, length);
    if length < MIN_BYTES {
        return Err(ModelError::NotAModel(format!("only {length} bytes long")));
    }
    let magic = input.u32("magic")?;
    if magic != MAGIC {
        return Err(ModelError::NotAModel(format!("magic is {magic:#010x}, not {MAGIC:#010x}")));
    }
    let mut raw = [0; 11];
    for number in &mut raw {
        *number = input.i32("header")?;
    }
    let hparams = HParams::parse(raw, limits)?;
    filters(&mut input, &hparams)?;
    vocabulary(&mut input, &hparams, limits)?;
    weights(&mut input, &hparams)?;
    Ok(ModelInfo {
        multilingual: limits.is_multilingual(hparams.n_vocab),
        n_vocab: hparams.n_vocab,
        n_audio_ctx: hparams.n_audio_ctx,
        n_audio_state: hparams.n_audio_state,
        n_audio_head: hparams.n_audio_head,
        n_audio_layer: hparams.n_audio_layer,
        n_text_ctx: hparams.n_text_ctx,
        n_text_state: hparams.n_text_state,
        n_text_head: hparams.n_text_head,
        n_text_layer: hparams.n_text_layer,
        n_mels: hparams.n_mels,
        weights: hparams.weights,
        preset: hparams.preset(limits),
        bytes: length,
    })
}

/// The mel filters: whisper.cpp walks them with constants of its own, so nothing but those will do.
fn filters<R: Read + Seek>(input: &mut Input<R>, hparams: &HParams) -> Result<(), ModelError> {
    for (name, expected) in [("bands", hparams.n_mels), ("bins", N_FFT_BINS)] {
        let found = input.u32("mel filters")?;
        if found != expected {
            return Err(ModelError::corrupt(format!("mel filters have {found} {name}, expected {expected}")));
        }
    }
    input.skip(u64::from(hparams.n_mels) * u64::from(N_FFT_BINS) * 4, "mel filters")
}

/// The vocabulary. With more entries than embeddings whisper.cpp would read past its scores; without a blank it
/// would throw through its C interface.
fn vocabulary<R: Read + Seek>(
    input: &mut Input<R>,
    hparams: &HParams,
    limits: &Limits,
) -> Result<(), ModelError> {
    let count = input.u32("vocabulary")?;
    let range = limits.text_tokens..=hparams.n_vocab;
    if !range.contains(&count) {
        return Err(ModelError::corrupt(format!(
            "vocabulary has {count} tokens, outside {}..={}",
            range.start(),
            range.end()
        )));
    }
    let mut blank = false;
    let mut token = Vec::new();
    for i in 0..count {
        // No text is built per token: there are fifty thousand of them.
        let length = input.u32("vocabulary")?;
        if length > MAX_TOKEN {
            return Err(ModelError::corrupt(format!(
                "vocabulary entry {i} has {length} bytes, more than {MAX_TOKEN}"
            )));
        }
        token.resize(length as usize, 0);
        input.fill(&mut token, "vocabulary")?;
        blank |= token == b" ";
    }
    if blank { Ok(()) } else { Err(ModelError::corrupt("vocabulary has no blank")) }
}

/// The tensors: each expected one exactly once, and then the end of the file.
fn weights<R: Read + Seek>(input: &mut Input<R>, hparams: &HParams) -> Result<(), ModelError> {
    let mut missing = layout::tensors(hparams);
    let all = missing.clone();
    while !missing.is_empty() {
        if input.left() == 0 {
            let name = missing.keys().next().map_or("", String::as_str);
            return Err(ModelError::corrupt(format!(
                "{} tensors are missing, the first is {name}",
                missing.len()
            )));
        }
        let number = all.len() - missing.len();
        let name = tensor(input, &all, hparams.weights, number)?;
        if missing.remove(&name).is_none() {
            return Err(ModelError::corrupt(format!("tensor {name} appears twice")));
        }
    }
    match input.left() {
        0 => Ok(()),
        n => Err(ModelError::corrupt(format!("{n} trailing bytes after the last tensor"))),
    }
}

/// Checks one tensor, steps over its data and returns its name. `number` stands in for a name not yet known.
fn tensor<R: Read + Seek>(
    input: &mut Input<R>,
    all: &BTreeMap<String, Slot>,
    weights: ElementType,
    number: usize,
) -> Result<String, ModelError> {
    let header = format!("header of tensor number {number}");
    let (rank, length, code) = (input.u32(&header)?, input.u32(&header)?, input.i32(&header)?);
    if !(1..=4).contains(&rank) {
        return Err(ModelError::corrupt(format!("{header} has {rank} dimensions, outside 1..=4")));
    }
    if !(1..=MAX_NAME).contains(&length) {
        return Err(ModelError::corrupt(format!(
            "{header} has a name of {length} bytes, outside 1..={MAX_NAME}"
        )));
    }
    let mut shape = [1; 4];
    for dim in &mut shape[..rank as usize] {
        *dim = input.u32(&header)?;
    }
    let mut name = vec![0; length as usize];
    input.fill(&mut name, &header)?;
    let name = String::from_utf8(name)
        .map_err(|_| ModelError::corrupt(format!("{header} has a name that is not UTF-8")))?;

    let slot = all
        .get(&name)
        .ok_or_else(|| ModelError::corrupt(format!("tensor {name:?} is not one of Whisper's")))?;
    if shape != slot.shape {
        return Err(ModelError::corrupt(format!(
            "tensor {name} has shape {shape:?}, the header asks for {:?}",
            slot.shape
        )));
    }
    let element = ElementType::from_ggml(code)
        .ok_or_else(|| ModelError::unsupported(format!("tensor {name} has element type {code}")))?;
    let expected = slot.element(weights);
    if element != expected {
        return Err(ModelError::corrupt(format!(
            "tensor {name} is {}, the header asks for {}",
            element.name(),
            expected.name()
        )));
    }
    input.skip(element.bytes(slot.elements()), &format!("data of tensor {name}"))?;
    Ok(name)
}

//! The eleven numbers at the head of a whisper.cpp file: their bounds, and what they say about the model.

use super::ModelError;
use super::element::{ElementType, QUANT_VERSION, QUANT_VERSION_FACTOR};
use std::ops::RangeInclusive;

/// Bins of the 400-sample transform that whisper.cpp runs; it indexes the filters with this constant, unchecked.
pub(super) const N_FFT_BINS: u32 = 201;

/// Which of whisper.cpp's built-in alignment-head sets (for word times) fits a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// `tiny.en`
    TinyEn,
    /// `tiny`
    Tiny,
    /// `base.en`
    BaseEn,
    /// `base`
    Base,
    /// `small.en`
    SmallEn,
    /// `small`
    Small,
    /// `medium.en`
    MediumEn,
    /// `medium`
    Medium,
    /// `large-v3`
    LargeV3,
    /// `large-v3-turbo`
    LargeV3Turbo,
}

/// The header of a whisper.cpp file, in file order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct HParams {
    pub(super) n_vocab: u32,
    pub(super) n_audio_ctx: u32,
    pub(super) n_audio_state: u32,
    pub(super) n_audio_head: u32,
    pub(super) n_audio_layer: u32,
    pub(super) n_text_ctx: u32,
    pub(super) n_text_state: u32,
    pub(super) n_text_head: u32,
    pub(super) n_text_layer: u32,
    pub(super) n_mels: u32,
    pub(super) weights: ElementType,
}

/// What values the header may hold. Apart from the shape logic, so that tests can use models of a few kilobytes.
#[derive(Debug, Clone)]
pub(super) struct Limits {
    pub(super) n_vocab: RangeInclusive<u32>,
    /// From this vocabulary size on, a model is multilingual.
    pub(super) multilingual_from: u32,
    /// Text tokens (those that have bytes) of an English-only model; a multilingual one has one more.
    pub(super) text_tokens: u32,
    pub(super) audio_ctx: RangeInclusive<u32>,
    pub(super) text_ctx: RangeInclusive<u32>,
    pub(super) state: RangeInclusive<u32>,
    pub(super) heads: RangeInclusive<u32>,
    pub(super) layers: RangeInclusive<u32>,
    pub(super) n_mels: &'static [u32],
}

impl Limits {
    /// The Whisper family, with room above `large` but not so much that a product of two numbers could overflow.
    ///
    /// The audio context is exactly one window of 30 s: with less, whisper.cpp's word timing aborts the process.
    pub(super) const WHISPER: Self = Self {
        n_vocab: 51864..=51866,
        multilingual_from: 51865,
        text_tokens: 50256,
        audio_ctx: 1500..=1500,
        text_ctx: 64..=1024,
        state: 64..=2048,
        heads: 1..=64,
        layers: 1..=64,
        n_mels: &[80, 128],
    };

    /// Whether a vocabulary of this size belongs to a multilingual model.
    pub(super) fn is_multilingual(&self, n_vocab: u32) -> bool {
        n_vocab >= self.multilingual_from
    }

    /// How many tokens of a model with this vocabulary have bytes; the rest are special and get their names from the
    /// loader.
    pub(super) fn text_tokens(&self, n_vocab: u32) -> u32 {
        self.text_tokens + u32::from(self.is_multilingual(n_vocab))
    }
}

impl HParams {
    /// Takes the raw header apart, refusing anything out of bounds.
    pub(super) fn parse(raw: [i32; 11], limits: &Limits) -> Result<Self, ModelError> {
        const NAMES: [&str; 10] = [
            "n_vocab",
            "n_audio_ctx",
            "n_audio_state",
            "n_audio_head",
            "n_audio_layer",
            "n_text_ctx",
            "n_text_state",
            "n_text_head",
            "n_text_layer",
            "n_mels",
        ];
        let mut n = [0_u32; 10];
        for ((to, from), name) in n.iter_mut().zip(raw).zip(NAMES) {
            *to = u32::try_from(from)
                .map_err(|_| ModelError::corrupt(format!("header field {name} is {from}")))?;
        }
        let hparams = Self {
            n_vocab: n[0],
            n_audio_ctx: n[1],
            n_audio_state: n[2],
            n_audio_head: n[3],
            n_audio_layer: n[4],
            n_text_ctx: n[5],
            n_text_state: n[6],
            n_text_head: n[7],
            n_text_layer: n[8],
            n_mels: n[9],
            weights: element_of_ftype(raw[10])?,
        };
        hparams.validate(limits)?;
        Ok(hparams)
    }

    /// The header as the file stores it.
    pub(super) fn to_raw(self) -> [i32; 11] {
        // Every field is bounded far below 2^31 by `validate`.
        [
            self.n_vocab as i32,
            self.n_audio_ctx as i32,
            self.n_audio_state as i32,
            self.n_audio_head as i32,
            self.n_audio_layer as i32,
            self.n_text_ctx as i32,
            self.n_text_state as i32,
            self.n_text_head as i32,
            self.n_text_layer as i32,
            self.n_mels as i32,
            self.weights.ftype(),
        ]
    }

    /// Checks every field against `limits` and the fields against each other.
    pub(super) fn validate(&self, limits: &Limits) -> Result<(), ModelError> {
        let fields = [
            ("n_vocab", self.n_vocab, &limits.n_vocab),
            ("n_audio_ctx", self.n_audio_ctx, &limits.audio_ctx),
            ("n_audio_state", self.n_audio_state, &limits.state),
            ("n_audio_head", self.n_audio_head, &limits.heads),
            ("n_audio_layer", self.n_audio_layer, &limits.layers),
            ("n_text_ctx", self.n_text_ctx, &limits.text_ctx),
            ("n_text_state", self.n_text_state, &limits.state),
            ("n_text_head", self.n_text_head, &limits.heads),
            ("n_text_layer", self.n_text_layer, &limits.layers),
        ];
        for (name, value, range) in fields {
            if !range.contains(&value) {
                let (min, max) = (range.start(), range.end());
                return Err(ModelError::corrupt(format!(
                    "header field {name} is {value}, outside {min}..={max}"
                )));
            }
        }
        if !limits.n_mels.contains(&self.n_mels) {
            return Err(ModelError::corrupt(format!(
                "header field n_mels is {}, which is none of {:?}",
                self.n_mels, limits.n_mels
            )));
        }
        // The loader only asserts this in debug builds and then mixes the two up.
        if self.n_audio_state != self.n_text_state {
            return Err(ModelError::corrupt(format!(
                "header field n_text_state is {}, n_audio_state is {}",
                self.n_text_state, self.n_audio_state
            )));
        }
        for (name, heads, state) in [
            ("n_audio_head", self.n_audio_head, self.n_audio_state),
            ("n_text_head", self.n_text_head, self.n_text_state),
        ] {
            if !state.is_multiple_of(heads) {
                return Err(ModelError::corrupt(format!(
                    "header field {name} is {heads}, which does not divide the state of {state}"
                )));
            }
        }
        // Rows are a whole number of blocks, or ggml miscounts the bytes of every tensor.
        if !self.n_text_state.is_multiple_of(self.weights.block()) {
            return Err(ModelError::unsupported(format!(
                "{} needs rows of a multiple of {} values, this model has {}",
                self.weights.name(),
                self.weights.block(),
                self.n_text_state
            )));
        }
        Ok(())
    }

    /// The alignment heads that fit, if the sizes tell: large v1 and v2 cannot be told apart, distilled models have
    /// no set of their own.
    pub(super) fn preset(&self, limits: &Limits) -> Option<Preset> {
        let english = !limits.is_multilingual(self.n_vocab);
        let sizes = (self.n_audio_layer, self.n_text_layer, self.n_text_state, self.n_text_head);
        Some(match (sizes, english) {
            ((4, 4, 384, 6), true) => Preset::TinyEn,
            ((4, 4, 384, 6), false) => Preset::Tiny,
            ((6, 6, 512, 8), true) => Preset::BaseEn,
            ((6, 6, 512, 8), false) => Preset::Base,
            ((12, 12, 768, 12), true) => Preset::SmallEn,
            ((12, 12, 768, 12), false) => Preset::Small,
            ((24, 24, 1024, 16), true) => Preset::MediumEn,
            ((24, 24, 1024, 16), false) => Preset::Medium,
            // Only the third generation has one language more, and with it the last vocabulary size.
            ((32, 32, 1280, 20), false) if self.n_vocab == *limits.n_vocab.end() => Preset::LargeV3,
            ((32, 4, 1280, 20), false) if self.n_vocab == *limits.n_vocab.end() => Preset::LargeV3Turbo,
            _ => return None,
        })
    }
}

/// Decodes `ftype`: the type of the large weights, plus a thousand times the quantisation version.
fn element_of_ftype(raw: i32) -> Result<ElementType, ModelError> {
    if raw < 0 {
        return Err(ModelError::corrupt(format!("header field ftype is {raw}")));
    }
    let (version, number) = (raw / QUANT_VERSION_FACTOR, raw % QUANT_VERSION_FACTOR);
    let element = ElementType::from_ftype(number)
        .ok_or_else(|| ModelError::unsupported(format!("ftype {raw} in the header")))?;
    // Plain floats have no blocks, so no version of them can be wrong; whisper.cpp's tools may or may not write one.
    let fits = if element.is_quantised() { version == QUANT_VERSION } else { version <= QUANT_VERSION };
    if !fits {
        return Err(ModelError::unsupported(format!(
            "quantisation version {version} (ftype {raw} in the header), only {QUANT_VERSION} is read"
        )));
    }
    Ok(element)
}

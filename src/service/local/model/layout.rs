//! Which tensors a Whisper model has, by name, shape and kind, as `whisper_model_load` creates them.

use super::element::ElementType;
use super::hparams::HParams;
use std::collections::BTreeMap;

/// Decides the element type of a tensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A large matrix: the type that the header's `ftype` names.
    Weight,
    /// A convolution kernel: `f16`, except in an all-`f32` file.
    Kernel,
    /// Biases, norms and positional embeddings: always `f32`.
    Plain,
}

/// One tensor that the loader expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// ggml order (fastest dimension first), padded with ones.
    pub(super) shape: [u32; 4],
    pub(super) role: Role,
}

impl Slot {
    /// The element type that the loader allocates for.
    pub(super) fn element(&self, weights: ElementType) -> ElementType {
        match self.role {
            Role::Weight => weights,
            Role::Kernel if weights == ElementType::F32 => ElementType::F32,
            Role::Kernel => ElementType::F16,
            Role::Plain => ElementType::F32,
        }
    }

    /// How many values it holds.
    pub(super) fn elements(&self) -> u64 {
        self.shape.iter().map(|&n| u64::from(n)).product()
    }
}

/// Collects the slots of one model.
struct Slots(BTreeMap<String, Slot>);

impl Slots {
    fn put(&mut self, name: String, shape: [u32; 4], role: Role) {
        self.0.insert(name, Slot { shape, role });
    }

    fn vector(&mut self, name: String, n: u32) {
        self.put(name, [n, 1, 1, 1], Role::Plain);
    }

    fn norm(&mut self, prefix: &str, n: u32) {
        self.vector(format!("{prefix}.weight"), n);
        self.vector(format!("{prefix}.bias"), n);
    }

    fn linear(&mut self, prefix: &str, n_in: u32, n_out: u32) {
        self.put(format!("{prefix}.weight"), [n_in, n_out, 1, 1], Role::Weight);
        self.vector(format!("{prefix}.bias"), n_out);
    }

    fn attention(&mut self, prefix: &str, n: u32) {
        for part in ["query", "value", "out"] {
            self.linear(&format!("{prefix}.{part}"), n, n);
        }
        // Whisper's keys have no bias: it would shift all scores of a query alike.
        self.put(format!("{prefix}.key.weight"), [n, n, 1, 1], Role::Weight);
        self.norm(&format!("{prefix}_ln"), n);
    }

    fn mlp(&mut self, prefix: &str, n: u32) {
        self.norm(&format!("{prefix}.mlp_ln"), n);
        self.linear(&format!("{prefix}.mlp.0"), n, 4 * n);
        self.linear(&format!("{prefix}.mlp.2"), 4 * n, n);
    }
}

/// Every tensor of a model with these (validated) parameters.
pub(super) fn tensors(hparams: &HParams) -> BTreeMap<String, Slot> {
    let mut slots = Slots(BTreeMap::new());
    let (audio, text) = (hparams.n_audio_state, hparams.n_text_state);

    slots.put("encoder.positional_embedding".into(), [audio, hparams.n_audio_ctx, 1, 1], Role::Plain);
    for (name, n_in) in [("conv1", hparams.n_mels), ("conv2", audio)] {
        slots.put(format!("encoder.{name}.weight"), [3, n_in, audio, 1], Role::Kernel);
        slots.put(format!("encoder.{name}.bias"), [1, audio, 1, 1], Role::Plain);
    }
    slots.norm("encoder.ln_post", audio);
    for i in 0..hparams.n_audio_layer {
        let prefix = format!("encoder.blocks.{i}");
        slots.attention(&format!("{prefix}.attn"), audio);
        slots.mlp(&prefix, audio);
    }

    slots.put("decoder.positional_embedding".into(), [text, hparams.n_text_ctx, 1, 1], Role::Plain);
    slots.put("decoder.token_embedding.weight".into(), [text, hparams.n_vocab, 1, 1], Role::Weight);
    slots.norm("decoder.ln", text);
    for i in 0..hparams.n_text_layer {
        let prefix = format!("decoder.blocks.{i}");
        slots.attention(&format!("{prefix}.attn"), text);
        slots.attention(&format!("{prefix}.cross_attn"), text);
        slots.mlp(&prefix, text);
    }
    slots.0
}

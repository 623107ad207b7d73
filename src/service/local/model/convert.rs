//! CTranslate2 weights to a whisper.cpp file with `q8_0` matrices.
//!
//! The output is pinned by digest, so order, rounding and names are part of the contract: tensors in the order of
//! the reference converter, halves rounded to even, exactly as numpy does.

use super::ModelError;
use super::ct2::{DType, Model, Tensor};
use super::element::ElementType;
use super::hparams::{HParams, Limits, N_FFT_BINS};
use super::layout::{self, Slot};
use super::{mel, vocabulary};
use half::f16;
use std::collections::BTreeMap;
use std::io::{Read, Seek, Write};

/// First word of a whisper.cpp file ("ggml", read as little-endian number).
pub(super) const MAGIC: u32 = 0x6767_6d6c;

/// Converts a `model.bin` of `length` bytes and its `vocabulary.txt`, writing the result to `out`. Of the weights, only
/// a piece is in memory at a time.
pub(super) fn convert(
    model: impl Read + Seek,
    length: u64,
    vocabulary: &[u8],
    limits: &Limits,
    out: &mut dyn Write,
) -> Result<(), ModelError> {
    let mut model = Model::parse(model, length)?;
    let plan = Plan::new(&mut model, limits)?;
    let tokens = vocabulary::tokens(vocabulary, limits.text_tokens(plan.hparams.n_vocab))?;

    let mut head = MAGIC.to_le_bytes().to_vec();
    let mut put = |n: i32| head.extend(n.to_le_bytes());
    plan.hparams.to_raw().into_iter().for_each(&mut put);
    put(plan.hparams.n_mels as i32);
    put(N_FFT_BINS as i32);
    head.extend(mel::filter_bytes(plan.hparams.n_mels));
    head.extend((tokens.len() as i32).to_le_bytes());
    for token in &tokens {
        head.extend((token.len() as i32).to_le_bytes());
        head.extend(token);
    }
    write(out, &head)?;
    plan.tensors
        .iter()
        .try_for_each(|(name, tensor)| write_tensor(&mut model, name, tensor, plan.element_of(name), out))
}

fn write(out: &mut dyn Write, bytes: &[u8]) -> Result<(), ModelError> {
    out.write_all(bytes).map_err(ModelError::io(|| "writing the converted model"))
}

/// The output's tensors under their new names, in file order, still in the old encoding.
struct Plan {
    hparams: HParams,
    slots: BTreeMap<String, Slot>,
    tensors: Vec<(String, Tensor)>,
}

impl Plan {
    fn new(model: &mut Model<impl Read + Seek>, limits: &Limits) -> Result<Self, ModelError> {
        let mut head_count = |name: &str| -> Result<u32, ModelError> {
            let scalar = model.scalar(name)?.and_then(|n| u32::try_from(n).ok());
            scalar.ok_or_else(|| ModelError::corrupt(format!("{name} is no positive integer")))
        };
        let (n_audio_head, n_text_head) =
            (head_count("encoder/num_heads")?, head_count("decoder/num_heads")?);
        let mut builder = Builder { model, tensors: Vec::new() };
        let n_audio_layer = builder.encoder()?;
        let n_text_layer = builder.decoder()?;
        let tensors = builder.tensors;

        let dim =
            |name: &str, axis: usize| -> Result<u32, ModelError> {
                let tensor = model.get(name)?;
                tensor.dims().get(axis).copied().ok_or_else(|| {
                    ModelError::corrupt(format!("tensor {name} has shape {:?}", tensor.dims()))
                })
            };
        let hparams = HParams {
            n_vocab: dim("decoder/embeddings/weight", 0)?,
            n_audio_ctx: dim("encoder/position_encodings/encodings", 0)?,
            n_audio_state: dim("encoder/position_encodings/encodings", 1)?,
            n_audio_head,
            n_audio_layer,
            n_text_ctx: dim("decoder/position_encodings/encodings", 0)?,
            n_text_state: dim("decoder/embeddings/weight", 1)?,
            n_text_head,
            n_text_layer,
            n_mels: dim("encoder/conv1/weight", 1)?,
            weights: ElementType::Q8_0,
        };
        hparams.validate(limits)?;

        // What the loader expects is what must come out, tensor by tensor; the names match by construction.
        let slots = layout::tensors(&hparams);
        for (name, tensor) in &tensors {
            let fits = slots.get(name).is_some_and(|slot| slot.shape == ggml_shape(tensor));
            if !fits {
                return Err(ModelError::corrupt(format!(
                    "tensor {name} has shape {:?}, which the other tensors contradict",
                    tensor.dims()
                )));
            }
        }
        debug_assert_eq!(slots.len(), tensors.len());
        Ok(Self { hparams, slots, tensors })
    }

    /// `new` has found a slot for every tensor.
    fn element_of(&self, name: &str) -> ElementType {
        self.slots[name].element(self.hparams.weights)
    }
}

/// ggml's order, fastest dimension first, padded with ones.
fn ggml_shape(tensor: &Tensor) -> [u32; 4] {
    let mut shape = [1; 4];
    for (to, from) in shape.iter_mut().zip(tensor.dims().iter().rev()) {
        *to = *from;
    }
    shape
}

/// Renames tensors and takes the fused projections apart.
struct Builder<'m, R> {
    model: &'m mut Model<R>,
    tensors: Vec<(String, Tensor)>,
}

impl<R: Read + Seek> Builder<'_, R> {
    fn float(&self, name: &str) -> Result<Tensor, ModelError> {
        let tensor = self.model.get(name)?;
        match tensor.dtype {
            DType::F32 | DType::F16 => Ok(tensor),
            other => {
                Err(ModelError::unsupported(format!("tensor {name} is {other:?}, only floats are converted")))
            }
        }
    }

    fn put(&mut self, to: String, from: &str) -> Result<(), ModelError> {
        let tensor = self.float(from)?;
        self.tensors.push((to, tensor));
        Ok(())
    }

    fn linear(&mut self, to: &str, from: &str) -> Result<(), ModelError> {
        self.put(format!("{to}.weight"), &format!("{from}/weight"))?;
        self.put(format!("{to}.bias"), &format!("{from}/bias"))
    }

    fn norm(&mut self, to: &str, from: &str) -> Result<(), ModelError> {
        self.put(format!("{to}.weight"), &format!("{from}/gamma"))?;
        self.put(format!("{to}.bias"), &format!("{from}/beta"))
    }

    fn convolution(&mut self, to: &str, from: &str) -> Result<(), ModelError> {
        self.put(format!("{to}.weight"), &format!("{from}/weight"))?;
        let bias = self.float(&format!("{from}/bias"))?;
        self.tensors.push((format!("{to}.bias"), bias.as_column()));
        Ok(())
    }

    /// Splits a projection that computes several of query, key and value at once.
    fn fused(&mut self, to: &str, from: &str, parts: &[&str]) -> Result<(), ModelError> {
        let weight = self.float(&format!("{from}/weight"))?;
        let bias = self.float(&format!("{from}/bias"))?;
        let wrong = || ModelError::corrupt(format!("{from} is not {} projections", parts.len()));
        let n = parts.len() as u32;
        let total = *weight.dims().first().ok_or_else(wrong)?;
        if !total.is_multiple_of(n) || bias.dims() != [total] {
            return Err(wrong());
        }
        let rows = total / n;
        for (i, part) in (0..n).zip(parts) {
            let bias = bias.rows(i * rows, rows).ok_or_else(wrong)?;
            let weight = weight.rows(i * rows, rows).ok_or_else(wrong)?;
            self.tensors.push((format!("{to}.{part}.weight"), weight));
            if *part != "key" {
                self.tensors.push((format!("{to}.{part}.bias"), bias));
                continue;
            }
            self.model.floats(from, &bias, |numbers| match numbers.iter().any(|x| *x != 0.0) {
                // whisper.cpp has no place for it.
                true => Err(ModelError::unsupported(format!("{from} has a key bias"))),
                false => Ok(()),
            })?;
        }
        Ok(())
    }

    fn encoder(&mut self) -> Result<u32, ModelError> {
        self.convolution("encoder.conv1", "encoder/conv1")?;
        self.convolution("encoder.conv2", "encoder/conv2")?;
        self.put("encoder.positional_embedding".into(), "encoder/position_encodings/encodings")?;
        self.norm("encoder.ln_post", "encoder/layer_norm")?;
        self.blocks("encoder", false)
    }

    fn decoder(&mut self) -> Result<u32, ModelError> {
        self.put("decoder.token_embedding.weight".into(), "decoder/embeddings/weight")?;
        self.put("decoder.positional_embedding".into(), "decoder/position_encodings/encodings")?;
        self.norm("decoder.ln", "decoder/layer_norm")?;
        self.blocks("decoder", true)
    }

    /// All layers of one side, and how many there are.
    fn blocks(&mut self, side: &str, cross: bool) -> Result<u32, ModelError> {
        let mut i = 0;
        while self.model.contains(&format!("{side}/layer_{i}/ffn/linear_0/weight")) {
            let (from, to) = (format!("{side}/layer_{i}"), format!("{side}.blocks.{i}"));
            let attention = format!("{from}/self_attention");
            self.fused(&format!("{to}.attn"), &format!("{attention}/linear_0"), &["query", "key", "value"])?;
            self.linear(&format!("{to}.attn.out"), &format!("{attention}/linear_1"))?;
            self.norm(&format!("{to}.attn_ln"), &format!("{attention}/layer_norm"))?;
            if cross {
                let (from, to) = (format!("{from}/attention"), format!("{to}.cross_attn"));
                self.linear(&format!("{to}.query"), &format!("{from}/linear_0"))?;
                self.fused(&to, &format!("{from}/linear_1"), &["key", "value"])?;
                self.linear(&format!("{to}.out"), &format!("{from}/linear_2"))?;
                self.norm(&format!("{to}_ln"), &format!("{from}/layer_norm"))?;
            }
            self.linear(&format!("{to}.mlp.0"), &format!("{from}/ffn/linear_0"))?;
            self.linear(&format!("{to}.mlp.2"), &format!("{from}/ffn/linear_1"))?;
            self.norm(&format!("{to}.mlp_ln"), &format!("{from}/ffn/layer_norm"))?;
            i += 1;
        }
        Ok(i)
    }
}

fn write_tensor(
    model: &mut Model<impl Read + Seek>,
    name: &str,
    tensor: &Tensor,
    element: ElementType,
    out: &mut dyn Write,
) -> Result<(), ModelError> {
    let mut buffer = Vec::new();
    for n in [tensor.dims().len() as i32, name.len() as i32, element.ggml()] {
        buffer.extend(n.to_le_bytes());
    }
    for dim in tensor.dims().iter().rev() {
        buffer.extend(dim.to_le_bytes());
    }
    buffer.extend(name.as_bytes());
    write(out, &buffer)?;

    // Beyond the range of a half, a scale or a kernel would silently become infinite.
    let bound = match element {
        ElementType::F32 => f32::MAX,
        _ => f16::MAX.to_f32(),
    };
    model.floats(name, tensor, |numbers| {
        // Written so that a NaN fails it.
        if !numbers.iter().all(|x| x.abs() <= bound) {
            return Err(ModelError::corrupt(format!(
                "tensor {name} has a value that is not finite, or too large"
            )));
        }
        buffer.clear();
        match element {
            ElementType::Q8_0 => numbers.chunks(32).for_each(|block| quantise(block, &mut buffer)),
            ElementType::F16 => numbers.iter().for_each(|&x| buffer.extend(f16::from_f32(x).to_le_bytes())),
            _ => numbers.iter().for_each(|x| buffer.extend(x.to_le_bytes())),
        }
        write(out, &buffer)
    })
}

/// One `q8_0` block: a half-float scale, then each value as a multiple of the (unrounded) scale.
fn quantise(block: &[f32], out: &mut Vec<u8>) {
    let largest = block.iter().fold(0.0_f32, |max, x| max.max(x.abs()));
    let scale = largest / 127.0;
    out.extend(f16::from_f32(scale).to_le_bytes());
    out.extend(block.iter().map(|x| {
        let multiple = if scale > 0.0 { x / scale } else { 0.0 };
        multiple.round_ties_even() as i8 as u8
    }));
}

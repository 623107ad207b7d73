//! Small models of both formats, built part by part so that a test can spoil one of them.

use super::super::hparams::Limits;
use half::f16;

/// Bounds under which a model has a few kilobytes.
pub(super) const SMALL: Limits = Limits {
    n_vocab: 40..=42,
    multilingual_from: 41,
    text_tokens: 33,
    audio_ctx: 6..=6,
    text_ctx: 5..=5,
    state: 32..=256,
    heads: 1..=4,
    layers: 1..=2,
    n_mels: &[4],
};

/// Marsaglia's xorshift: the same numbers on every run and every machine.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// One tensor of a CTranslate2 file.
#[derive(Clone)]
pub(super) struct Ct2Tensor {
    pub(super) name: String,
    pub(super) dims: Vec<u32>,
    pub(super) dtype: u8,
    pub(super) data: Vec<u8>,
}

/// A CTranslate2 file.
#[derive(Clone)]
pub(super) struct Ct2 {
    pub(super) version: u32,
    pub(super) spec: &'static str,
    pub(super) tensors: Vec<Ct2Tensor>,
    pub(super) aliases: Vec<(String, String)>,
}

impl Ct2 {
    /// One layer on each side, 32 wide, with halves for weights.
    pub(super) fn small(n_vocab: u32) -> Self {
        let mut this = Self { version: 6, spec: "WhisperSpec", tensors: Vec::new(), aliases: Vec::new() };
        let (d, mut random) = (32, Random(0x9e37_79b9_7f4a_7c15));
        for side in ["encoder", "decoder"] {
            this.scalar(&format!("{side}/num_heads"), 2);
            this.norm(&format!("{side}/layer_norm"), d, &mut random);
            let at = format!("{side}/layer_0");
            this.linear(&format!("{at}/self_attention/linear_0"), 3 * d, d, Some(d..2 * d), &mut random);
            this.linear(&format!("{at}/self_attention/linear_1"), d, d, None, &mut random);
            this.norm(&format!("{at}/self_attention/layer_norm"), d, &mut random);
            if side == "decoder" {
                this.linear(&format!("{at}/attention/linear_0"), d, d, None, &mut random);
                this.linear(&format!("{at}/attention/linear_1"), 2 * d, d, Some(0..d), &mut random);
                this.linear(&format!("{at}/attention/linear_2"), d, d, None, &mut random);
                this.norm(&format!("{at}/attention/layer_norm"), d, &mut random);
            }
            this.linear(&format!("{at}/ffn/linear_0"), 4 * d, d, None, &mut random);
            this.linear(&format!("{at}/ffn/linear_1"), d, 4 * d, None, &mut random);
            this.norm(&format!("{at}/ffn/layer_norm"), d, &mut random);
        }
        for (name, n_in) in [("conv1", 4), ("conv2", d)] {
            this.halves(&format!("encoder/{name}/weight"), &[d, n_in, 3], &mut random);
            this.halves(&format!("encoder/{name}/bias"), &[d], &mut random);
        }
        this.halves("encoder/position_encodings/encodings", &[6, d], &mut random);
        this.halves("decoder/position_encodings/encodings", &[5, d], &mut random);
        this.halves("decoder/embeddings/weight", &[n_vocab, d], &mut random);
        this.aliases.push(("decoder/projection/weight".into(), "decoder/embeddings/weight".into()));
        this
    }

    fn scalar(&mut self, name: &str, value: i16) {
        let data = value.to_le_bytes().to_vec();
        self.tensors.push(Ct2Tensor { name: name.into(), dims: vec![], dtype: 2, data });
    }

    fn halves(&mut self, name: &str, dims: &[u32], random: &mut Random) {
        let n = dims.iter().product::<u32>();
        let data = (0..n)
            .flat_map(|_| f16::from_f32(random.below(2001) as f32 / 1000.0 - 1.0).to_le_bytes())
            .collect();
        self.tensors.push(Ct2Tensor { name: name.into(), dims: dims.to_vec(), dtype: 4, data });
    }

    fn norm(&mut self, name: &str, n: u32, random: &mut Random) {
        self.halves(&format!("{name}/gamma"), &[n], random);
        self.halves(&format!("{name}/beta"), &[n], random);
    }

    /// `key` is the part of the bias that has to be zero.
    fn linear(
        &mut self,
        name: &str,
        n_out: u32,
        n_in: u32,
        key: Option<std::ops::Range<u32>>,
        random: &mut Random,
    ) {
        self.halves(&format!("{name}/weight"), &[n_out, n_in], random);
        self.halves(&format!("{name}/bias"), &[n_out], random);
        if let (Some(key), Some(bias)) = (key, self.tensors.last_mut()) {
            bias.data[key.start as usize * 2..key.end as usize * 2].fill(0);
        }
    }

    pub(super) fn tensor(&mut self, name: &str) -> &mut Ct2Tensor {
        self.tensors.iter_mut().find(|tensor| tensor.name == name).expect("a tensor of the model")
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        fn text(out: &mut Vec<u8>, text: &str) {
            out.extend((text.len() as u16 + 1).to_le_bytes());
            out.extend(text.as_bytes());
            out.push(0);
        }
        let mut out = self.version.to_le_bytes().to_vec();
        text(&mut out, self.spec);
        out.extend(3_u32.to_le_bytes());
        out.extend((self.tensors.len() as u32).to_le_bytes());
        for tensor in &self.tensors {
            text(&mut out, &tensor.name);
            out.push(tensor.dims.len() as u8);
            tensor.dims.iter().for_each(|dim| out.extend(dim.to_le_bytes()));
            out.push(tensor.dtype);
            out.extend((tensor.data.len() as u32).to_le_bytes());
            out.extend(&tensor.data);
        }
        out.extend((self.aliases.len() as u32).to_le_bytes());
        for (alias, target) in &self.aliases {
            text(&mut out, alias);
            text(&mut out, target);
        }
        out
    }
}

/// A vocabulary of letters, with a blank, an empty token, and special tokens after them.
pub(super) fn vocabulary() -> String {
    let mut lines: Vec<String> = ('A'..='Z').chain('a'..='e').map(String::from).collect();
    lines.extend(["Ġ", "Ċ", "", "<|endoftext|>"].map(String::from));
    lines.join("\n") + "\n"
}

/// One tensor of a whisper.cpp file.
#[derive(Clone)]
pub(super) struct GgmlTensor {
    pub(super) dims: Vec<u32>,
    pub(super) name: Vec<u8>,
    pub(super) element: i32,
    pub(super) data: Vec<u8>,
}

/// A whisper.cpp file.
#[derive(Clone)]
pub(super) struct Ggml {
    pub(super) magic: u32,
    pub(super) hparams: [i32; 11],
    pub(super) filters: [u32; 2],
    pub(super) tokens: Vec<Vec<u8>>,
    pub(super) tensors: Vec<GgmlTensor>,
}

impl Ggml {
    /// One layer on each side, with zeros for weights: `element` and `ftype` are ggml's numbers, `block` is elements
    /// and bytes per block. Written down by hand from the loader, independently of the code under test.
    pub(super) fn small(state: u32, element: i32, ftype: i32, block: (u32, u32)) -> Self {
        let (d, n_vocab) = (state, 41);
        let mut tensors = Vec::new();
        let mut put = |name: &str, dims: &[u32], element: i32, block: (u32, u32)| {
            let n: u32 = dims.iter().product();
            let data = vec![0; (n / block.0 * block.1) as usize];
            tensors.push(GgmlTensor { dims: dims.to_vec(), name: name.into(), element, data });
        };
        let (f32, kernel) = ((1, 4), if ftype == 0 { (0, (1, 4)) } else { (1, (1, 2)) });
        put("encoder.positional_embedding", &[d, 6], 0, f32);
        put("decoder.positional_embedding", &[d, 5], 0, f32);
        put("decoder.token_embedding.weight", &[d, n_vocab], element, block);
        for (conv, n_in) in [("conv1", 4), ("conv2", d)] {
            put(&format!("encoder.{conv}.weight"), &[3, n_in, d], kernel.0, kernel.1);
            put(&format!("encoder.{conv}.bias"), &[1, d], 0, f32);
        }
        for norm in ["encoder.ln_post", "decoder.ln"] {
            put(&format!("{norm}.weight"), &[d], 0, f32);
            put(&format!("{norm}.bias"), &[d], 0, f32);
        }
        for (side, attentions) in [("encoder", &["attn"][..]), ("decoder", &["attn", "cross_attn"])] {
            let at = format!("{side}.blocks.0");
            for attention in attentions {
                for part in ["query", "key", "value", "out"] {
                    put(&format!("{at}.{attention}.{part}.weight"), &[d, d], element, block);
                    if part != "key" {
                        put(&format!("{at}.{attention}.{part}.bias"), &[d], 0, f32);
                    }
                }
                put(&format!("{at}.{attention}_ln.weight"), &[d], 0, f32);
                put(&format!("{at}.{attention}_ln.bias"), &[d], 0, f32);
            }
            put(&format!("{at}.mlp_ln.weight"), &[d], 0, f32);
            put(&format!("{at}.mlp_ln.bias"), &[d], 0, f32);
            put(&format!("{at}.mlp.0.weight"), &[d, 4 * d], element, block);
            put(&format!("{at}.mlp.0.bias"), &[4 * d], 0, f32);
            put(&format!("{at}.mlp.2.weight"), &[4 * d, d], element, block);
            put(&format!("{at}.mlp.2.bias"), &[d], 0, f32);
        }
        let (n, d) = (n_vocab as i32, d as i32);
        Self {
            magic: 0x6767_6d6c,
            hparams: [n, 6, d, 2, 1, 5, d, 2, 1, 4, ftype],
            filters: [4, 201],
            tokens: (0..34_u8).map(|i| vec![b' ' + i]).collect(),
            tensors,
        }
    }

    /// The usual one of the tests: `q8_0`.
    pub(super) fn q8() -> Self {
        Self::small(32, 8, 2007, (32, 34))
    }

    pub(super) fn tensor(&mut self, name: &str) -> &mut GgmlTensor {
        self.tensors.iter_mut().find(|tensor| tensor.name == name.as_bytes()).expect("a tensor of the model")
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = self.magic.to_le_bytes().to_vec();
        self.hparams.iter().for_each(|n| out.extend(n.to_le_bytes()));
        self.filters.iter().for_each(|n| out.extend(n.to_le_bytes()));
        out.resize(out.len() + self.filters[0].min(200) as usize * self.filters[1].min(400) as usize * 4, 0);
        out.extend((self.tokens.len() as u32).to_le_bytes());
        for token in &self.tokens {
            out.extend((token.len() as u32).to_le_bytes());
            out.extend(token);
        }
        for tensor in &self.tensors {
            out.extend((tensor.dims.len() as u32).to_le_bytes());
            out.extend((tensor.name.len() as u32).to_le_bytes());
            out.extend(tensor.element.to_le_bytes());
            tensor.dims.iter().for_each(|dim| out.extend(dim.to_le_bytes()));
            out.extend(&tensor.name);
            out.extend(&tensor.data);
        }
        out
    }
}

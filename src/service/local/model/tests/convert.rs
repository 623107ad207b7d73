//! The converter: what it makes of small models, and its rounding.

use super::super::ModelError;
use super::super::convert::convert as convert_to;
use super::super::digest::Hasher;
use super::super::{mel, vocabulary};
use super::check::check;
use super::synth::{Ct2, SMALL, vocabulary as small_vocabulary};
use super::{corrupt, has, unsupported};
use std::io::Cursor;

pub(super) fn convert(model: &[u8], vocabulary: &str) -> Result<Vec<u8>, ModelError> {
    let mut out = Vec::new();
    convert_to(Cursor::new(model), model.len() as u64, vocabulary.as_bytes(), &SMALL, &mut out)?;
    Ok(out)
}

fn spoiled(spoil: impl FnOnce(&mut Ct2)) -> Result<Vec<u8>, ModelError> {
    let mut model = Ct2::small(40);
    spoil(&mut model);
    convert(&model.bytes(), &small_vocabulary())
}

/// The data that follows the name of a tensor in a converted file.
fn data_of<'a>(file: &'a [u8], name: &str) -> &'a [u8] {
    let at = file.windows(name.len()).position(|window| window == name.as_bytes()).expect("the tensor");
    &file[at + name.len()..]
}

#[test]
fn the_result_passes_the_check() {
    for (n_vocab, multilingual, tokens) in [(40, false, 33_u8), (41, true, 34)] {
        let file = convert(&Ct2::small(n_vocab).bytes(), &small_vocabulary()).expect("converted");
        let info = check(&file).expect("accepted");
        assert_eq!((info.n_vocab, info.multilingual), (n_vocab, multilingual));
        assert_eq!(info.weights.name(), "q8_0");
        assert_eq!(file[48 + 8 + 4 * 201 * 4], tokens);
    }
}

#[test]
fn fused_projections_come_apart() {
    let mut model = Ct2::small(40);
    // One bias value per part of query, key and value tells them apart.
    let bias = model.tensor("encoder/layer_0/self_attention/linear_0/bias");
    bias.data.fill(0);
    bias.data[..2].copy_from_slice(&0x3c00_u16.to_le_bytes());
    bias.data[128..130].copy_from_slice(&0x4000_u16.to_le_bytes());
    let file = convert(&model.bytes(), &small_vocabulary()).expect("converted");
    assert_eq!(data_of(&file, "encoder.blocks.0.attn.query.bias")[..4], 1.0_f32.to_le_bytes());
    assert_eq!(data_of(&file, "encoder.blocks.0.attn.value.bias")[..4], 2.0_f32.to_le_bytes());
}

#[test]
fn floats_of_both_widths_round_to_even() {
    let mut model = Ct2::small(40);
    let weight = model.tensor("encoder/layer_0/ffn/linear_0/weight");
    weight.dtype = 0;
    // The largest value makes the scale one; ties and signs follow.
    let mut values = vec![0.0_f32; 128 * 32];
    values[..8].copy_from_slice(&[127.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49]);
    weight.data = values.iter().flat_map(|x| x.to_le_bytes()).collect();
    let kernel = model.tensor("encoder/conv1/weight");
    kernel.dtype = 0;
    // Halfway between two halves, twice: down to the even one, then up to the even one.
    let mut values = vec![0.0_f32; 32 * 4 * 3];
    values[..2].copy_from_slice(&[1.0 + 1.0 / 2048.0, 1.0 + 3.0 / 2048.0]);
    kernel.data = values.iter().flat_map(|x| x.to_le_bytes()).collect();

    let file = convert(&model.bytes(), &small_vocabulary()).expect("converted");
    let block = &data_of(&file, "encoder.blocks.0.mlp.0.weight")[..68];
    assert_eq!(block[..2], 0x3c00_u16.to_le_bytes());
    assert_eq!(block[2..10], [127, 0, 2, 2, 0, 254, 254, 0]);
    assert_eq!(block[34..], [0; 34], "a block of zeros has a scale of zero");
    let halves = &data_of(&file, "encoder.conv1.weight")[..4];
    assert_eq!(halves, [0x00, 0x3c, 0x02, 0x3c]);
}

#[test]
fn what_whisper_cannot_express_is_refused() {
    let bias = "decoder/layer_0/attention/linear_1/bias";
    has(
        &unsupported(spoiled(|model| model.tensor(bias).data[1] = 0x3c)),
        "attention/linear_1 has a key bias",
    );
    let integers = spoiled(|model| {
        let weight = model.tensor("encoder/layer_0/ffn/linear_0/weight");
        weight.dtype = 1;
        weight.data.truncate(128 * 32);
    });
    has(&unsupported(integers), "encoder/layer_0/ffn/linear_0/weight is I8");
    let nan = |model: &mut Ct2| model.tensor("decoder/layer_norm/beta").data[..2].fill(0xff);
    has(&corrupt(spoiled(nan)), "tensor decoder.ln.bias has a value that is not finite");
    let large = |model: &mut Ct2| {
        let weight = model.tensor("encoder/conv2/weight");
        weight.dtype = 0;
        weight.data = 1e9_f32.to_le_bytes().repeat(32 * 32 * 3);
    };
    has(&corrupt(spoiled(large)), "tensor encoder.conv2.weight has a value that is not finite, or too large");
}

#[test]
fn contradictions_are_refused() {
    let norm = "encoder/layer_0/ffn/layer_norm/gamma";
    let wider = |model: &mut Ct2| {
        model.tensor(norm).dims = vec![33];
        model.tensor(norm).data.extend([0, 0]);
    };
    has(&corrupt(spoiled(wider)), "tensor encoder.blocks.0.mlp_ln.weight has shape [33]");
    has(&corrupt(spoiled(|model| model.tensors.retain(|t| t.name != norm))), "layer_norm/gamma is missing");
    let fused = "decoder/layer_0/self_attention/linear_0/bias";
    let shorter = |model: &mut Ct2| {
        model.tensor(fused).dims = vec![95];
        model.tensor(fused).data.truncate(190);
    };
    has(&corrupt(spoiled(shorter)), "self_attention/linear_0 is not 3 projections");
    let heads = |model: &mut Ct2| model.tensor("decoder/num_heads").data = vec![0xff, 0xff];
    has(&corrupt(spoiled(heads)), "decoder/num_heads is no positive integer");
    let flat = |model: &mut Ct2| model.tensor("decoder/embeddings/weight").dims = vec![40 * 32];
    has(&corrupt(spoiled(flat)), "decoder/embeddings/weight has shape [1280]");
    let layers = |model: &mut Ct2| model.tensors.retain(|t| t.name != "encoder/layer_0/ffn/linear_0/weight");
    has(&corrupt(spoiled(layers)), "n_audio_layer is 0");
}

#[test]
fn vocabularies_become_bytes_again() {
    let tokens = vocabulary::tokens("Ġthe\nĊ\n\nÃ©\nĀġŃ¡\n<|x|>\n".as_bytes(), 5).expect("valid");
    let expected: [&[u8]; 5] = [b" the", b"\n", b"", "é".as_bytes(), &[0, 127, 173, 161]];
    assert_eq!(tokens, expected);
    has(&corrupt(vocabulary::tokens(b"a\nb\n", 3)), "vocabulary has 2 lines, 3 are needed");
    has(&corrupt(vocabulary::tokens("a\n日\n".as_bytes(), 2)), "vocabulary line 2 has '日'");
    has(&corrupt(vocabulary::tokens(b"a\r\n", 1)), "vocabulary line 1 has '\\r'");
    has(&corrupt(vocabulary::tokens(&[0xff], 1)), "not UTF-8");
    has(&corrupt(convert(&Ct2::small(40).bytes(), "a\nb\n")), "33 are needed");
}

#[test]
fn filters_have_the_bytes_of_the_reference() {
    for (n_mels, expected) in [
        (80, "2150c30cbbeb6029f52002ffa666c1c72d83dbf53f463cb8462052055806e891"),
        (128, "aaac37f621282123f884373225515a47f119d6635d1fecd7fd78700fd961ae1c"),
    ] {
        let mut hasher = Hasher::new();
        hasher.update(&mel::filter_bytes(n_mels));
        assert_eq!(hasher.finish(), expected, "{n_mels} bands");
    }
}

/// A mathematics library may differ in the last bits; they must not show.
#[test]
fn filters_do_not_hang_on_the_last_bits() {
    let edges = mel::edges(80);
    let filters = mel::triangles(&edges);
    for by in [-2, -1, 1, 2] {
        // The linear part of the scale has no exponential in it.
        let moved: Vec<f64> = edges
            .iter()
            .map(|&hz| if hz < 1000.0 { hz } else { f64::from_bits(hz.to_bits().wrapping_add_signed(by)) })
            .collect();
        assert!(mel::triangles(&moved) == filters, "moved by {by}");
    }
}

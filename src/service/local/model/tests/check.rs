//! Every kind of damage to a whisper.cpp file, one by one.

use super::super::check::{ModelInfo, check as check_reader};
use super::super::element::ElementType;
use super::super::hparams::{HParams, Limits, Preset};
use super::super::layout;
use super::super::{ModelError, check_model_file};
use super::synth::{Ggml, SMALL};
use super::{corrupt, has, not_a_model, unsupported};
use std::io::Cursor;

pub(super) fn check(bytes: &[u8]) -> Result<ModelInfo, ModelError> {
    check_reader(Cursor::new(bytes), bytes.len() as u64, &SMALL)
}

fn spoiled(spoil: impl FnOnce(&mut Ggml)) -> Result<ModelInfo, ModelError> {
    let mut model = Ggml::q8();
    spoil(&mut model);
    check(&model.bytes())
}

#[test]
fn accepts_every_element_type() {
    for (state, element, ftype, block, name) in [
        (32, 0, 0, (1, 4), "f32"),
        (32, 1, 1, (1, 2), "f16"),
        (32, 1, 2001, (1, 2), "f16"),
        (32, 2, 2002, (32, 18), "q4_0"),
        (32, 3, 2003, (32, 20), "q4_1"),
        (32, 6, 2008, (32, 22), "q5_0"),
        (32, 7, 2009, (32, 24), "q5_1"),
        (32, 8, 2007, (32, 34), "q8_0"),
        (256, 10, 2010, (256, 84), "q2_K"),
        (256, 11, 2011, (256, 110), "q3_K"),
        (256, 12, 2012, (256, 144), "q4_K"),
        (256, 13, 2013, (256, 176), "q5_K"),
        (256, 14, 2014, (256, 210), "q6_K"),
    ] {
        let bytes = Ggml::small(state, element, ftype, block).bytes();
        let info = check(&bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(info.weights.name(), name);
        assert_eq!(info.bytes, bytes.len() as u64);
        assert_eq!((info.n_text_state, info.n_vocab, info.n_mels), (state, 41, 4));
        assert!(info.multilingual);
        assert_eq!(info.preset, None);
    }
}

#[test]
fn the_order_of_tensors_does_not_matter() {
    spoiled(|model| model.tensors.reverse()).expect("accepted");
}

#[test]
fn other_files_are_not_models() {
    has(&not_a_model(check(b"")), "0 bytes");
    has(&not_a_model(check(&Ggml::q8().bytes()[..47])), "47 bytes");
    has(&not_a_model(spoiled(|model| model.magic = 0x4655_4747)), "magic is 0x46554747");
    has(&not_a_model(check_model_file(&std::env::temp_dir())), "not a regular file");
    let absent = std::env::temp_dir().join("tiro-no-such-model.bin");
    assert!(matches!(check_model_file(&absent), Err(ModelError::Io { .. })));
}

#[test]
fn header_fields_are_bounded() {
    for (i, value, name) in [
        (0, 39, "n_vocab is 39"),
        (0, 43, "n_vocab is 43"),
        (1, 0, "n_audio_ctx is 0"),
        (1, i32::MAX, "n_audio_ctx"),
        (2, 16, "n_audio_state is 16"),
        (3, 0, "n_audio_head is 0"),
        (3, 3, "n_audio_head is 3, which does not divide"),
        (4, 0, "n_audio_layer is 0"),
        (4, 1 << 30, "n_audio_layer"),
        (5, -5, "n_text_ctx is -5"),
        (6, 64, "n_text_state is 64, n_audio_state is 32"),
        (7, 3, "n_text_head is 3, which does not divide"),
        (8, i32::MIN, "n_text_layer"),
        (9, 80, "n_mels is 80"),
        (10, -1, "ftype is -1"),
    ] {
        has(&corrupt(spoiled(|model| model.hparams[i] = value)), name);
    }
}

#[test]
fn unknown_formats_are_unsupported() {
    for (ftype, part) in [
        (4, "ftype 4"),
        (2024, "ftype 2024"),
        (1999, "ftype 1999"),
        (7, "quantisation version 0"),
        (1007, "quantisation version 1"),
        (3007, "quantisation version 3"),
        (i32::MAX, "ftype 2147483647"),
        // Rows of 32 do not hold a super-block of 256.
        (2012, "multiple of 256"),
    ] {
        has(&unsupported(spoiled(|model| model.hparams[10] = ftype)), part);
    }
    has(&unsupported(spoiled(|model| model.tensors[3].element = 42)), "element type 42");
}

#[test]
fn filters_have_the_sizes_that_whisper_assumes() {
    has(&corrupt(spoiled(|model| model.filters[0] = 5)), "mel filters have 5 bands, expected 4");
    has(&corrupt(spoiled(|model| model.filters[1] = 200)), "mel filters have 200 bins, expected 201");
    has(&corrupt(check(&Ggml::q8().bytes()[..200])), "file ends inside mel filters");
}

#[test]
fn the_vocabulary_is_bounded() {
    let more = |model: &mut Ggml| model.tokens.resize(42, b"x".to_vec());
    has(&corrupt(spoiled(more)), "vocabulary has 42 tokens, outside 33..=41");
    has(&corrupt(spoiled(|model| model.tokens.truncate(32))), "vocabulary has 32 tokens");
    has(&corrupt(spoiled(|model| model.tokens[7] = vec![b'x'; 5000])), "vocabulary entry 7 has 5000 bytes");
    has(&corrupt(spoiled(|model| model.tokens[0] = b"x".to_vec())), "no blank");
    spoiled(|model| model.tokens[9] = Vec::new()).expect("an empty token is one");
    let mut bytes = Ggml::q8().bytes();
    let count = 48 + 8 + 4 * 201 * 4;
    bytes[count + 4..count + 8].copy_from_slice(&u32::MAX.to_le_bytes());
    has(&corrupt(check(&bytes)), "vocabulary entry 0 has 4294967295 bytes");
}

#[test]
fn tensor_headers_are_bounded() {
    has(&corrupt(spoiled(|model| model.tensors[2].dims.clear())), "tensor number 2 has 0 dimensions");
    has(&corrupt(spoiled(|model| model.tensors[2].dims = vec![1; 5])), "tensor number 2 has 5 dimensions");
    has(&corrupt(spoiled(|model| model.tensors[2].name.clear())), "tensor number 2 has a name of 0 bytes");
    has(&corrupt(spoiled(|model| model.tensors[2].name = vec![b'x'; 129])), "a name of 129 bytes");
    has(&corrupt(spoiled(|model| model.tensors[2].name[0] = 0xff)), "not UTF-8");
    // A C string would end early and find the tensor.
    has(&corrupt(spoiled(|model| model.tensors[2].name.push(0))), "weight\\0\" is not one of Whisper's");
}

#[test]
fn every_tensor_is_there_once_with_its_shape_and_type() {
    let query = "encoder.blocks.0.attn.query.weight";
    has(
        &corrupt(spoiled(|model| model.tensor(query).name = b"encoder.blocks.1.attn.query.weight".into())),
        "tensor \"encoder.blocks.1.attn.query.weight\" is not one of Whisper's",
    );
    let wrong = corrupt(spoiled(|model| model.tensor("decoder.blocks.0.mlp.0.weight").dims.reverse()));
    has(&wrong, "tensor decoder.blocks.0.mlp.0.weight has shape [128, 32, 1, 1]");
    // 2^32 elements: a product of 32 bits is zero.
    has(&corrupt(spoiled(|model| model.tensor(query).dims = vec![1 << 16, 1 << 16])), "shape [65536, 65536");
    has(&corrupt(spoiled(|model| model.tensor("encoder.conv1.bias").dims = vec![32])), "encoder.conv1.bias");
    spoiled(|model| model.tensor("encoder.ln_post.bias").dims = vec![32, 1, 1]).expect("ones do not matter");

    for (name, element, found) in [
        (query, 0, "tensor encoder.blocks.0.attn.query.weight is f32, the header asks for q8_0"),
        ("encoder.conv1.weight", 0, "tensor encoder.conv1.weight is f32, the header asks for f16"),
        ("encoder.conv2.bias", 1, "tensor encoder.conv2.bias is f16, the header asks for f32"),
        ("decoder.positional_embedding", 1, "is f16, the header asks for f32"),
    ] {
        has(&corrupt(spoiled(|model| model.tensor(name).element = element)), found);
    }

    let mut model = Ggml::q8();
    let first = model.tensors[0].clone();
    model.tensors[1] = first.clone();
    has(&corrupt(check(&model.bytes())), "tensor encoder.positional_embedding appears twice");
    model.tensors.remove(1);
    has(&corrupt(check(&model.bytes())), "1 tensors are missing, the first is decoder.positional_embedding");
    has(&corrupt(spoiled(|model| model.tensors.clear())), "50 tensors are missing");
    has(&corrupt(spoiled(|model| model.tensors.push(first))), "trailing bytes after the last tensor");
}

#[test]
fn the_length_is_exact() {
    let bytes = Ggml::q8().bytes();
    let mut longer = bytes.clone();
    longer.push(0);
    has(&corrupt(check(&longer)), "1 trailing bytes");
    has(
        &corrupt(check(&bytes[..bytes.len() - 1])),
        "file ends inside data of tensor decoder.blocks.0.mlp.2.bias",
    );
    for length in 0..bytes.len() {
        assert!(check(&bytes[..length]).is_err(), "accepted when cut to {length} bytes");
    }
}

fn family(n_vocab: u32, mels: u32, layers: (u32, u32), state: u32, weights: ElementType) -> HParams {
    HParams {
        n_vocab,
        n_audio_ctx: 1500,
        n_audio_state: state,
        n_audio_head: state / 64,
        n_audio_layer: layers.0,
        n_text_ctx: 448,
        n_text_state: state,
        n_text_head: state / 64,
        n_text_layer: layers.1,
        n_mels: mels,
        weights,
    }
}

#[test]
fn presets_follow_the_published_sizes() {
    let preset = |n_vocab, mels, layers, state| {
        let hparams = family(n_vocab, mels, layers, state, ElementType::F16);
        hparams.validate(&Limits::WHISPER).expect("within bounds");
        hparams.preset(&Limits::WHISPER)
    };
    assert_eq!(preset(51864, 80, (4, 4), 384), Some(Preset::TinyEn));
    assert_eq!(preset(51865, 80, (4, 4), 384), Some(Preset::Tiny));
    assert_eq!(preset(51864, 80, (6, 6), 512), Some(Preset::BaseEn));
    assert_eq!(preset(51865, 80, (6, 6), 512), Some(Preset::Base));
    assert_eq!(preset(51864, 80, (12, 12), 768), Some(Preset::SmallEn));
    assert_eq!(preset(51865, 80, (12, 12), 768), Some(Preset::Small));
    assert_eq!(preset(51864, 80, (24, 24), 1024), Some(Preset::MediumEn));
    assert_eq!(preset(51865, 80, (24, 24), 1024), Some(Preset::Medium));
    assert_eq!(preset(51865, 80, (32, 32), 1280), None, "large v1 or v2");
    assert_eq!(preset(51866, 128, (32, 32), 1280), Some(Preset::LargeV3));
    assert_eq!(preset(51866, 128, (32, 4), 1280), Some(Preset::LargeV3Turbo));
    assert_eq!(preset(51866, 128, (32, 2), 1280), None, "distilled");
    assert_eq!(preset(51864, 80, (12, 4), 768), None, "distilled");
}

/// Lengths of well-known published files. What is left of one after its tensors is header, filters and vocabulary:
/// the same for all that share a vocabulary, so wrong shapes or block sizes for any of them would show.
#[test]
fn layouts_add_up_to_the_published_lengths() {
    let rest = |length: u64, hparams: HParams| {
        let tensors: u64 = layout::tensors(&hparams)
            .iter()
            .map(|(name, slot)| {
                let rank = match slot.role {
                    layout::Role::Kernel => 3,
                    _ if slot.shape[1] > 1 => 2,
                    _ => 1,
                };
                12 + 4 * rank + name.len() as u64 + slot.element(hparams.weights).bytes(slot.elements())
            })
            .sum();
        length - tensors - u64::from(hparams.n_mels) * 201 * 4
    };
    let f16 = ElementType::F16;
    let english = rest(77_704_715, family(51864, 80, (4, 4), 384, f16));
    assert_eq!(english, rest(147_964_211, family(51864, 80, (6, 6), 512, f16)));
    let multilingual = rest(77_691_713, family(51865, 80, (4, 4), 384, f16));
    assert_eq!(multilingual, rest(147_951_465, family(51865, 80, (6, 6), 512, f16)));
    assert_eq!(multilingual, rest(487_601_967, family(51865, 80, (12, 12), 768, f16)));
    assert_eq!(multilingual, rest(3_095_033_483, family(51866, 128, (32, 32), 1280, f16)));
    assert_eq!(multilingual, rest(1_624_555_275, family(51866, 128, (32, 4), 1280, f16)));
    assert_eq!(multilingual, rest(574_041_195, family(51866, 128, (32, 4), 1280, ElementType::Q5_0)));
}

#[test]
fn element_numbers_round_trip() {
    for number in 0..64 {
        if let Some(element) = ElementType::from_ggml(number) {
            assert_eq!(element.ggml(), number);
            assert_eq!(ElementType::from_ftype(element.ftype() % 1000), Some(element));
        }
    }
}

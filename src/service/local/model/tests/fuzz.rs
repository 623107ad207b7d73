//! Thousands of small damages, the same on every run: whatever they do, there is an answer and not a panic.

use super::super::ct2::Model;
use super::check::check;
use super::convert::convert;
use super::synth::{Ct2, Ggml, Random, vocabulary};
use std::io::Cursor;

/// Numbers that lengths and counts are tried with.
const NASTY: [u32; 10] =
    [0, 1, 5, 0xff, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff];

/// Spoils one to four places of `bytes`, mostly where `interesting` says.
fn mutate(bytes: &mut Vec<u8>, interesting: &[usize], random: &mut Random) {
    for _ in 0..1 + random.below(4) {
        let near = interesting[random.below(interesting.len())] + random.below(16);
        let at = if random.below(8) == 0 { random.below(bytes.len()) } else { near.min(bytes.len() - 1) };
        match random.below(5) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.next() as u8,
            2 => {
                let nasty = NASTY[random.below(NASTY.len())].to_le_bytes();
                for (to, from) in bytes[at..].iter_mut().zip(nasty) {
                    *to = from;
                }
            }
            3 => bytes.insert(at, random.next() as u8),
            _ => {
                bytes.remove(at);
            }
        }
    }
}

/// Where names stand: around them are the lengths.
fn names(bytes: &[u8], prefixes: [&[u8]; 2]) -> Vec<usize> {
    let starts = |at: &usize| prefixes.iter().any(|prefix| bytes[*at..].starts_with(prefix));
    (0..bytes.len()).filter(starts).map(|at| at.saturating_sub(20)).collect()
}

#[test]
fn damaged_whisper_files_never_panic() {
    let whole = Ggml::q8().bytes();
    let mut interesting = names(&whole, [b"encoder.", b"decoder."]);
    // The header as often as all tensors together, and the start of the vocabulary.
    interesting.extend((0..50).map(|i| i % 56));
    interesting.extend([48 + 8 + 4 * 201 * 4; 10]);
    let (mut random, mut refused) = (Random(0x0123_4567_89ab_cdef), 0);
    for _ in 0..6000 {
        let mut bytes = whole.clone();
        mutate(&mut bytes, &interesting, &mut random);
        refused += u32::from(check(&bytes).is_err());
    }
    assert!(refused > 4000, "only {refused} refused: the damages miss what matters");
}

#[test]
fn damaged_ct2_files_never_panic() {
    let whole = Ct2::small(40).bytes();
    let mut interesting = names(&whole, [b"encoder/", b"decoder/"]);
    interesting.extend(0..24);
    let (mut random, mut refused) = (Random(0xfedc_ba98_7654_3210), 0);
    for _ in 0..4000 {
        let mut bytes = whole.clone();
        mutate(&mut bytes, &interesting, &mut random);
        refused += u32::from(Model::parse(Cursor::new(&bytes), bytes.len() as u64).is_err());
    }
    assert!(refused > 2000, "only {refused} refused: the damages miss what matters");
}

/// Whatever the converter makes, even of a damaged file, the check accepts: one of the two would be wrong otherwise.
#[test]
fn what_is_converted_is_accepted() {
    let whole = Ct2::small(40).bytes();
    let text = vocabulary();
    let interesting = names(&whole, [b"encoder/", b"decoder/"]);
    let (mut random, mut converted) = (Random(0x0f1e_2d3c_4b5a_6978), 0);
    for _ in 0..1500 {
        let mut bytes = whole.clone();
        mutate(&mut bytes, &interesting, &mut random);
        if let Ok(file) = convert(&bytes, &text) {
            check(&file).expect("accepted");
            converted += 1;
        }
    }
    assert!(converted > 0, "no damage was harmless");
}

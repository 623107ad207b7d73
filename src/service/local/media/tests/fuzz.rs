//! Thousands of damaged files from a fixed seed: whatever comes back, it comes back.

use super::*;

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
}

/// A few changes of the kinds that files suffer. Half of them go to the first 64 bytes, where the
/// claims are.
fn mutate(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut file = seed.to_vec();
    for _ in 0..=random.below(4) {
        if file.is_empty() {
            break;
        }
        let reach = if random.below(2) == 0 { file.len().min(64) } else { file.len() };
        let at = random.below(reach);
        let len = random.below(40).min(file.len() - at);
        match random.below(8) {
            0 => file[at] ^= 1 << random.below(8),
            1 => file[at] = random.next() as u8,
            2 => file[at] = [0, 0x7f, 0x80, 0xff][random.below(4)],
            3 => file[at..at + len].fill(0xff),
            4 => file[at..at + len].fill(0),
            5 => file.truncate(at + random.below(file.len() - at)),
            6 => drop(file.drain(at..at + len)),
            _ => {
                let piece = file[at..at + len].to_vec();
                let to = random.below(file.len());
                file.splice(to..to, piece);
            }
        }
    }
    file
}

/// Decodes `rounds` mutations of `seed`, and returns how many decoded.
fn rounds(seed: &[u8], rounds: usize, start: u64) -> usize {
    let mut random = Random(start);
    let settings = limited(60_000);
    let mut good = 0;
    for round in 0..rounds {
        let file = mutate(seed, &mut random);
        let step = 1 + random.below(5000);
        let input: Box<dyn MediaInput> = match random.below(2) {
            0 => pipe(Drip { inner: Cursor::new(file), step }),
            _ => Box::new(File(Cursor::new(file))),
        };
        if let Ok(decoded) = decode(input, Some("mp3"), &settings, &mut || true) {
            assert!(decoded.samples.iter().all(|s| s.is_finite()), "round {round}");
            assert!(decoded.duration_ms <= 60_001, "round {round}");
            good += 1;
        }
    }
    good
}

#[test]
fn damaged_wav() {
    let integer = rounds(&wav(Sample::Int(16), 44_100, 2, 60), 1500, 0x9e37_79b9_7f4a_7c15);
    let float = rounds(&wav(Sample::Float(32), 8_000, 1, 100), 1500, 0xd1b5_4a32_d192_ed03);
    assert!(integer > 50 && float > 100, "{integer} and {float} decoded");
}

#[test]
fn damaged_flac() {
    let mono = rounds(FLAC_MONO, 500, 0x2545_f491_4f6c_dd1d);
    let stereo = rounds(FLAC_STEREO, 150, 0x1234_5678_9abc_def1);
    assert!(mono > 20 && stereo > 20, "{mono} and {stereo} decoded");
}

#[test]
fn damaged_mp3() {
    let xing = rounds(MP3_XING, 150, 0x0123_4567_89ab_cdef);
    let plain = rounds(MP3_PLAIN, 300, 0xfeed_beef_cafe_f00d);
    assert!(xing > 20 && plain > 50, "{xing} and {plain} decoded");
}

#[test]
fn damaged_containers() {
    let mut good = 0;
    for (index, (_, file)) in CONTAINERS.iter().enumerate() {
        good += rounds(file, 100, 0x0bad_cafe_1234_5678 + index as u64);
    }
    // Few of Ogg's: its pages have checksums, and these files have one page of audio.
    assert!(good > 200, "{good} decoded");
}

#[test]
fn noise_behind_every_signature() {
    let mut random = Random(0xabcd_ef01_2345_6789);
    let wav = wav(Sample::Int(16), 8_000, 1, 0);
    let mut heads: Vec<&[u8]> = vec![&FLAC_MONO[..42], &MP3_XING[20..60], &wav[..40], b""];
    for (_, file) in CONTAINERS {
        heads.extend([4, 16, 64, 400].map(|keep| &file[..keep]));
    }
    for head in heads {
        for _ in 0..8 {
            let mut file = head.to_vec();
            let len = random.below(3000);
            file.extend((0..len).map(|_| random.next() as u8));
            let _ = run(file, Some("mp3"));
        }
    }
}

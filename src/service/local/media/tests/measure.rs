//! Not a test but a measurement, run by hand: how fast each file of a folder decodes, and how far it is from
//! `reference.wav` beside it, in level and in time.

use super::*;

/// Seconds that this thread has computed, which on a busy machine is less than what passed.
fn computed() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a plain call that fills a struct.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[test]
#[ignore = "a measurement: needs TIRO_MEDIA_FILES, a folder of recordings of one sound"]
fn speed_and_offset_of_every_file() {
    let folder = std::env::var("TIRO_MEDIA_FILES").unwrap();
    let read = |path: &std::path::Path| std::fs::read(path).unwrap();
    let reference = read(&std::path::Path::new(&folder).join("reference.wav"));
    let reference = decode(pipe(Cursor::new(reference)), None, &Settings::default(), &mut || true);
    let reference = reference.unwrap().samples;
    let mut paths: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let bytes = read(&path);
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (how, split) in [("mix", Channels::Mix), ("split", Channels::Split)] {
            let settings = Settings { channels: split, ..Settings::default() };
            let start = computed();
            let decoded = decode(Box::new(File(Cursor::new(bytes.clone()))), None, &settings, &mut || true);
            let took = computed() - start;
            match decoded {
                Err(error) => println!("{name}: {error}"),
                Ok(decoded) => {
                    let (shift, correlation) = best_shift(&reference, &decoded.samples);
                    println!(
                        "{name} {how}: {} {} Hz x {}, {} ms, factor {:.5}, {shift} samples late, correlation {correlation:.4}",
                        decoded.codec,
                        decoded.source_rate,
                        decoded.source_channels,
                        decoded.duration_ms,
                        took / (decoded.duration_ms as f64 / 1000.0),
                    );
                }
            }
        }
    }
}

/// By how many samples at 16 kHz `late` is behind `reference`, within a tenth of a second, and how alike they are then.
fn best_shift(reference: &[f32], late: &[f32]) -> (i64, f64) {
    let window = 160_000.min(reference.len()).min(late.len());
    let middle = (reference.len().min(late.len()) - window) / 2;
    let at = |samples: &[f32], index: i64| {
        usize::try_from(index)
            .ok()
            .and_then(|index| samples.get(index))
            .map_or(0.0, |sample| f64::from(*sample))
    };
    let alike = |shift: i64| {
        let (mut product, mut left, mut right) = (0.0, 1e-9, 1e-9);
        for index in middle..middle + window {
            let (a, b) = (at(reference, index as i64), at(late, index as i64 + shift));
            (product, left, right) = (product + a * b, left + a * a, right + b * b);
        }
        product / f64::sqrt(left * right)
    };
    (-1600..=1600).map(|shift| (shift, alike(shift))).max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
}

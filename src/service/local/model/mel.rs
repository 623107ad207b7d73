//! The mel filter bank that a whisper.cpp file carries (slaney scale, 16 kHz, 400-sample transform).
//!
//! Written operation for operation like the reference, because the bytes of a converted model are pinned: do not
//! "simplify" the arithmetic. The exponential is the platform's; rounding to `f32` hides its last bits (a test moves
//! every band edge by two of them and finds the same bytes).

use super::hparams::N_FFT_BINS;

const SAMPLE_RATE: f64 = 16_000.0;

/// Where the scale turns from linear to logarithmic, in mel.
const BREAK_MEL: f64 = 15.0;

/// The logarithm of 6.4, over 27 mel. A constant, so that no platform's logarithm has a say.
const LOG_STEP: f64 = 1.8562979903656263 / 27.0;

/// Half the sample rate in mel: the logarithm of 8000 Hz over the 1000 Hz of the break.
const TOP_MEL: f64 = BREAK_MEL + 2.0794415416798357 / LOG_STEP;

fn mel_to_hz(mel: f64) -> f64 {
    if mel >= BREAK_MEL { 1000.0 * (LOG_STEP * (mel - BREAK_MEL)).exp() } else { mel * 200.0 / 3.0 }
}

/// `count` points from zero to `stop`, the last one exact.
fn spread(stop: f64, count: usize) -> Vec<f64> {
    let step = stop / (count - 1) as f64;
    let mut points: Vec<f64> = (0..count).map(|i| i as f64 * step).collect();
    points[count - 1] = stop;
    points
}

/// The edges of the bands in Hz: `n_mels` triangles share `n_mels + 2` of them.
pub(super) fn edges(n_mels: usize) -> Vec<f64> {
    spread(TOP_MEL, n_mels + 2).into_iter().map(mel_to_hz).collect()
}

/// The triangles over `edges`, row by row, one value per transform bin.
pub(super) fn triangles(edges: &[f64]) -> Vec<f32> {
    let bins = spread(SAMPLE_RATE / 2.0, N_FFT_BINS as usize);
    let mut filters = Vec::with_capacity(edges.len().saturating_sub(2) * bins.len());
    for band in edges.windows(3) {
        let (low, mid, high) = (band[0], band[1], band[2]);
        // Equal area for all bands.
        let norm = 2.0 / (high - low);
        for &bin in &bins {
            let rising = -(low - bin) / (mid - low);
            let falling = (high - bin) / (high - mid);
            let height = rising.min(falling);
            // A comparison, not `max`: the very first value is a negative zero in the reference, and has to stay one
            // on every platform.
            let height = if height >= 0.0 { height } else { 0.0 };
            filters.push((height * norm) as f32);
        }
    }
    filters
}

/// The filter bank as the file stores it: `n_mels` rows of [`N_FFT_BINS`] little-endian `f32`.
pub(super) fn filter_bytes(n_mels: u32) -> Vec<u8> {
    triangles(&edges(n_mels as usize)).into_iter().flat_map(f32::to_le_bytes).collect()
}

//! Rate conversion: length, alignment, drift, and what lies beyond the filter's edge.

use super::super::resample::Resampler;
use super::*;

fn convert(rate: u32, input: &[f32], step: usize) -> Vec<f32> {
    let mut resampler = Resampler::new(rate);
    let mut out = Vec::new();
    for piece in input.chunks(step) {
        resampler.push(piece, &mut out);
    }
    resampler.finish(&mut out);
    out
}

fn sine(rate: u32, hz: f64, frames: usize) -> Vec<f32> {
    (0..frames).map(|n| (std::f64::consts::TAU * hz * n as f64 / f64::from(rate)).sin() as f32).collect()
}

#[test]
fn every_usual_rate_keeps_pitch_phase_and_length() {
    for rate in [8_000, 16_000, 22_050, 44_100, 48_000] {
        for channels in [1, 2, 6] {
            let what = format!("{rate} Hz x {channels}");
            let frames = rate as usize / 4 + 3;
            let decoded = run(wav(Sample::Int(16), rate, channels, frames), None).expect(&what);
            let exact = (frames as f64 * 16_000.0 / f64::from(rate)).round() as usize;
            assert_eq!(decoded.samples.len(), exact, "{what}");
            assert_tone(&decoded.samples, 150, 2e-4, &what);
        }
    }
}

#[test]
fn unusual_rates_too() {
    for rate in [4_000, 7_350, 11_025, 12_345, 15_999, 32_000, 44_099, 96_000, 176_400, 192_000] {
        let input: Vec<f32> = (0..rate as usize / 4).map(|n| tone(rate, n) as f32).collect();
        let out = convert(rate, &input, 1152);
        let exact = (input.len() as f64 * 16_000.0 / f64::from(rate)).round() as usize;
        assert_eq!(out.len(), exact, "{rate}");
        assert_tone(&out, 400, 2e-4, &format!("{rate} Hz"));
    }
}

#[test]
fn pieces_do_not_change_the_result() {
    let input = sine(44_100, 1000.0, 5000);
    let whole = convert(44_100, &input, input.len());
    for step in [1, 13, 441, 1152] {
        assert_eq!(convert(44_100, &input, step), whole, "pieces of {step}");
    }
}

#[test]
fn nothing_drifts() {
    // Silence, and a click whose place is known: at 44 099 Hz nothing divides evenly.
    let (rate, at) = (44_099, 44_099 * 10);
    let mut resampler = Resampler::new(rate);
    let mut out = Vec::new();
    for _ in 0..10 {
        resampler.push(&vec![0.0; rate as usize], &mut out);
    }
    let before = out.iter().rposition(|s| *s != 0.0);
    assert_eq!(before, None);
    resampler.push(&[1.0], &mut out);
    resampler.push(&vec![0.0; 5000], &mut out);
    resampler.finish(&mut out);
    let loudest = (0..out.len()).max_by(|a, b| out[*a].total_cmp(&out[*b])).unwrap();
    assert_eq!(loudest as u64, at as u64 * 16_000 / u64::from(rate));
}

#[test]
fn what_16_khz_cannot_hold_is_removed_and_speech_is_kept() {
    for rate in [22_050, 44_100, 48_000] {
        let middle = |hz: f64| {
            let out = convert(rate, &sine(rate, hz, rate as usize / 2), 4096);
            let inner = &out[1000..out.len() - 1000];
            (inner.iter().map(|s| s * s).sum::<f32>() / inner.len() as f32 * 2.0).sqrt()
        };
        for hz in [100.0, 3400.0, 7000.0] {
            assert!((middle(hz) - 1.0).abs() < 0.002, "{hz} Hz at {rate}: {}", middle(hz));
        }
        for hz in [8_050.0, 9_000.0, 11_000.0] {
            assert!(middle(hz) < 2e-4, "{hz} Hz at {rate}: {}", middle(hz));
        }
    }
}

#[test]
fn very_short_recordings() {
    for frames in 1..40 {
        let decoded = run(wav(Sample::Int(16), 48_000, 1, frames), None);
        match (frames as f64 / 3.0).round() as usize {
            0 => assert!(matches!(decoded, Err(MediaError::NoAudio))),
            n => assert_eq!(decoded.unwrap().samples.len(), n),
        }
    }
}

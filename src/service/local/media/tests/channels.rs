//! Lanes: one for all channels, or one for each.

use super::*;

fn split(bytes: &[u8]) -> Result<Decoded, MediaError> {
    let settings = Settings { channels: Channels::Split, ..Settings::default() };
    decode(pipe(Cursor::new(bytes.to_vec())), None, &settings, &mut || true)
}

#[test]
fn each_channel_gets_a_lane_of_its_own() {
    let frames = [[8192i16, -4096, 0], [16_384, 0, 4096], [0, 4096, -8192]];
    let data: Vec<u8> = frames.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    let decoded = split(&wav_with(1, 16, 16_000, 3, 18, &data)).unwrap();
    let expected: [[f32; 3]; 3] = [[0.25, 0.5, 0.0], [-0.125, 0.0, 0.125], [0.0, 0.125, -0.25]];
    assert_eq!(decoded.lanes, expected);
    assert_eq!(decoded.source_channels, 3);
}

#[test]
fn lanes_are_as_long_as_the_mix_at_every_rate() {
    for rate in [8_000, 22_050, 44_100, 48_000] {
        let file = wav(Sample::Int(16), rate, 2, rate as usize / 4 + 3);
        let (mixed, apart) = (run(file.clone(), None).unwrap(), split(&file).unwrap());
        assert_eq!(apart.lanes.len(), 2);
        for lane in &apart.lanes {
            assert_eq!(*lane, mixed.samples, "{rate}");
        }
    }
}

#[test]
fn compressed_channels_too() {
    for (file, channels) in [(FLAC_STEREO, 2), (MP3_XING, 2), (VORBIS_STEREO, 2), (OPUS_OGG, 1), (AAC_M4A, 1)]
    {
        let mixed = run(file, None).unwrap();
        let apart = split(file).unwrap();
        assert_eq!(apart.lanes.len(), channels);
        for lane in &apart.lanes {
            let worst = lane.iter().zip(&mixed.samples).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(lane.len() == mixed.samples.len() && worst < 0.01, "{worst}");
        }
    }
}

#[test]
fn eight_lanes_and_no_more() {
    assert_eq!(split(&wav(Sample::Int(16), 16_000, 8, 100)).unwrap().lanes.len(), 8);
    let error = split(&wav(Sample::Int(16), 16_000, 9, 100)).unwrap_err();
    assert!(matches!(error, MediaError::Unsupported { .. }));
    assert!(error.to_string().contains("9 channels one by one"), "{error}");
    run(wav(Sample::Int(16), 16_000, 9, 100), None).unwrap();
}

fn raw(format: &str, rate: u32, channels: u16, bytes: &[u8]) -> Result<Decoded, MediaError> {
    let raw = Some(RawFormat::new(format, rate, channels).unwrap()?);
    let settings = Settings { raw, ..Settings::default() };
    decode(pipe(Cursor::new(bytes.to_vec())), Some("wav"), &settings, &mut || true)
}

#[test]
fn samples_without_a_header_decode_as_those_of_a_wav() {
    for (name, sample) in [
        ("pcm_u8", Sample::Int(8)),
        ("pcm_s16le", Sample::Int(16)),
        ("pcm_s24le", Sample::Int(24)),
        ("pcm_s32le", Sample::Int(32)),
        ("pcm_f32le", Sample::Float(32)),
        ("mulaw", Sample::MuLaw),
        ("alaw", Sample::ALaw),
    ] {
        for channels in [1, 2] {
            let file = wav(sample, 8_000, channels, 2000);
            let expected = run(file.clone(), None).unwrap();
            assert_eq!(raw(name, 8_000, channels, &file[44..]).unwrap(), expected, "{name}");
        }
    }
    let file = wav(Sample::Int(16), 16_000, 1, 2000);
    let mut swapped = file[44..].to_vec();
    swapped.chunks_exact_mut(2).for_each(|pair| pair.swap(0, 1));
    assert_eq!(raw("pcm_s16be", 16_000, 1, &swapped).unwrap().samples, run(file, None).unwrap().samples);
}

#[test]
fn samples_without_a_header_are_whole_frames() {
    assert!(matches!(raw("pcm_s16le", 8_000, 1, &[]), Err(MediaError::Empty)));
    let error = raw("pcm_s16le", 8_000, 2, &[0; 4003]).unwrap_err();
    assert!(error.to_string().contains("3 bytes of 4"), "{error}");
    assert!(matches!(raw("pcm_s16le", 100, 1, &[0; 8]), Err(MediaError::Unsupported { .. })));
    assert!(RawFormat::new("mp3", 8_000, 1).is_none());
}

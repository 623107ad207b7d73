//! Recordings that are in order: every codec, width, channel count and rate.

use super::*;

#[test]
fn every_wav_encoding_decodes_to_the_tone() {
    // The tolerance is the encoding's own step, at the tone's level of 0.5.
    let encodings = [
        (Sample::Int(8), "pcm_u8", 0.02),
        (Sample::Int(16), "pcm_s16le", 1e-4),
        (Sample::Int(24), "pcm_s24le", 1e-6),
        (Sample::Int(32), "pcm_s32le", 1e-6),
        (Sample::Float(32), "pcm_f32le", 1e-6),
        (Sample::Float(64), "pcm_f64le", 1e-6),
        (Sample::MuLaw, "pcm_mulaw", 0.02),
        (Sample::ALaw, "pcm_alaw", 0.02),
    ];
    for (sample, codec, tolerance) in encodings {
        for channels in [1, 2, 6] {
            let what = format!("{sample:?} x {channels}");
            let decoded = run(wav(sample, 16_000, channels, 4000), Some("wav")).expect(&what);
            assert_eq!(decoded.codec, codec, "{what}");
            assert_eq!(decoded.samples.len(), 4000, "{what}");
            assert_eq!(decoded.duration_ms, 250, "{what}");
            assert_eq!(decoded.source_channels, channels, "{what}");
            assert_tone(&decoded.samples, 0, tolerance, &what);
        }
    }
}

#[test]
fn sixteen_kilohertz_passes_untouched() {
    let values: Vec<f32> = (0..5000).map(|n| tone(16_000, n) as f32).collect();
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let file = wav_with(3, 32, 16_000, 1, bytes.len() as u32, &bytes);
    assert_eq!(run(file, None).unwrap().samples, values);
}

#[test]
fn channels_are_averaged() {
    let data: Vec<u8> = [8192i16, -4096, 0, 16384].iter().flat_map(|v| v.to_le_bytes()).collect();
    let decoded = run(wav_with(1, 16, 16_000, 2, 8, &data), None).unwrap();
    assert_eq!(decoded.samples, [0.0625, 0.25]);
}

#[test]
fn extensible_wav_with_other_chunks_and_odd_sizes() {
    let plain = wav(Sample::Int(24), 48_000, 2, 4800);
    let mut file = plain[..12].to_vec();
    file.extend_from_slice(b"bext\x03\0\0\0abc\0fmt \x28\0\0\0\xfe\xff");
    file.extend_from_slice(&plain[22..36]);
    file.extend_from_slice(b"\x16\0\x18\0\x03\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xaa\0\x38\x9b\x71");
    file.extend_from_slice(b"LIST\x04\0\0\0INFO");
    file.extend_from_slice(&plain[36..]);
    // What follows the audio is no audio, whatever the outer size says.
    file.extend_from_slice(b"id3 \x04\0\0\0\xff\xff\xff\xff");
    let decoded = run(file, None).unwrap();
    assert_eq!(decoded.samples.len(), 1600);
    assert_tone(&decoded.samples, 100, 1e-4, "extensible");
}

#[test]
fn flac_and_mp3_decode_to_the_tone() {
    for (bytes, codec, rate, channels, len, tolerance) in [
        (FLAC_MONO, "flac", 16_000, 1, 4800, 1e-4),
        (FLAC_STEREO, "flac", 44_100, 2, 1920, 1e-3),
        (MP3_XING, "mp3", 44_100, 2, 8000, 0.05),
    ] {
        let decoded = run(bytes, None).unwrap();
        let what = format!("{codec} {rate}");
        assert_eq!(decoded.codec, codec);
        assert_eq!(decoded.source_rate, rate, "{what}");
        assert_eq!(decoded.source_channels, channels, "{what}");
        assert_eq!(decoded.samples.len(), len, "{what}");
        assert_tone(&decoded.samples, 200, tolerance, &what);
    }
    // Without an Info header the encoder's delay and padding stay in: 16 frames of 576 samples.
    let plain = run(MP3_PLAIN, Some("mp3")).unwrap();
    assert_eq!(plain.duration_ms, 576);
    let power: f32 = plain.samples[2000..6000].iter().map(|s| s * s).sum::<f32>() / 4000.0;
    // What other decoders give as well: this encoder takes a little off the tone.
    assert!((power - 0.1128).abs() < 0.0005, "power {power}");
}

#[test]
fn the_content_decides_and_not_the_name() {
    assert_eq!(run(FLAC_MONO, Some("wav")).unwrap().codec, "flac");
    assert_eq!(run(MP3_XING, Some(".flac")).unwrap().codec, "mp3");
    assert_eq!(run(wav(Sample::Int(16), 16_000, 1, 160), Some("mp3")).unwrap().codec, "pcm_s16le");
}

#[test]
fn tags_and_junk_around_the_audio_do_not_matter() {
    let tag = b"ID3\x04\0\0\0\0\x02\x00"; // 256 bytes of tag
    let mut flac = tag.to_vec();
    flac.extend_from_slice(&[7; 256]);
    flac.extend_from_slice(FLAC_MONO);
    assert_eq!(run(flac, None).unwrap().samples.len(), 4800);

    let mut mp3 = tag.to_vec();
    mp3.extend_from_slice(&[0; 256]);
    mp3.extend_from_slice(MP3_XING);
    mp3.extend_from_slice(b"TAG");
    mp3.extend_from_slice(&[b' '; 125]);
    assert_eq!(run(mp3, None).unwrap().samples.len(), 8000);

    let mut junk = vec![0; 3000];
    junk.extend_from_slice(MP3_PLAIN);
    assert_eq!(run(junk, Some("mp3")).unwrap().codec, "mp3");
}

#[test]
fn two_mp3_joined_into_one_file_both_count() {
    let joined = [MP3_XING, MP3_XING].concat();
    let samples = run(joined, None).unwrap().samples;
    assert!(samples.len() > 15_900, "{} samples", samples.len());
}

#[test]
fn mp3_joined_of_other_channels_both_count() {
    // Silence in stereo: frames like those of the file, without a bit of sound.
    let mut frame = [0; 144];
    frame[..4].copy_from_slice(&MP3_PLAIN[..4]);
    assert_eq!(frame[3] >> 6, 3, "mono");
    frame[3] &= 0x3f;
    let silence = frame.repeat(50);
    let alone = run(MP3_PLAIN, None).unwrap();
    for (joined, channels, at) in
        [([&silence, MP3_PLAIN].concat(), 2, 50 * 576), ([MP3_PLAIN, &silence].concat(), 1, 0)]
    {
        let decoded = run(joined, None).unwrap();
        assert_eq!(decoded.source_channels, channels);
        assert_eq!(decoded.samples.len(), alone.samples.len() + 50 * 576);
        let sound = &decoded.samples[at..at + alone.samples.len()];
        // Not the last of it: its end rings on into what follows.
        assert_eq!(sound[..8000], alone.samples[..8000]);
    }
}

#[test]
fn mp3_joined_of_another_rate_are_refused_and_one_frame_of_it_is_not() {
    let error = run([MP3_PLAIN, MP3_XING].concat(), None).unwrap_err();
    assert!(matches!(error, MediaError::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains("changes from 16000 to 44100 Hz"), "{error}");
    let one = &MP3_XING[MP3_XING.len() - 418..];
    run([MP3_PLAIN, one].concat(), None).unwrap();
}

#[test]
fn a_pipe_gives_the_same_as_a_file() {
    for bytes in [FLAC_STEREO, MP3_XING, &wav(Sample::Int(16), 44_100, 2, 9000)] {
        let whole = run(bytes, None).unwrap();
        for step in [1, 7, 4099] {
            let drip = Drip { inner: Cursor::new(bytes.to_vec()), step };
            assert_eq!(run_reader(drip, None).unwrap(), whole);
        }
    }
}

#[test]
fn chunks_join_to_the_whole() {
    let file = wav(Sample::Int(16), 22_050, 1, 50_000);
    let whole = run(file.clone(), None).unwrap().samples;
    let (pieces, result) = drain(Cursor::new(file));
    result.unwrap();
    assert_eq!(pieces, whole);
}

#[test]
fn a_decoder_can_move_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Decoder>();
    is_send::<MediaError>();
}

//! Recordings that are not in order, and the error that each must be.

use super::*;

fn tone_wav() -> Vec<u8> {
    wav(Sample::Int(16), 16_000, 1, 16_000)
}

fn truncated(result: Result<impl std::fmt::Debug, MediaError>) -> String {
    match result {
        Err(MediaError::Truncated { what }) => what,
        other => panic!("not Truncated: {other:?}"),
    }
}

#[test]
fn nothing_at_all() {
    assert!(matches!(run([], Some("wav")), Err(MediaError::Empty)));
}

#[test]
fn no_samples() {
    assert!(matches!(run(wav(Sample::Int(16), 16_000, 1, 0), None), Err(MediaError::NoAudio)));
    // The same with another chunk behind it.
    let mut file = wav(Sample::Int(16), 16_000, 1, 0);
    file.extend_from_slice(b"LIST\x04\0\0\0INFO");
    assert!(matches!(run(file, None), Err(MediaError::NoAudio)));
    // Bytes, though less than one sample of each channel.
    assert!(matches!(run(wav_with(1, 16, 8000, 2, 3, &[1, 2, 3]), None), Err(MediaError::NoAudio)));
}

#[test]
fn a_header_the_recorder_never_finished() {
    let mut file = wav_with(1, 16, 16_000, 1, 0, &[]);
    file.extend_from_slice(&tone_wav()[44..]);
    let error = run(file, None).unwrap_err();
    assert!(matches!(error, MediaError::Corrupt { .. }));
    assert!(error.to_string().contains("did not finish the header"), "{error}");
}

#[test]
fn a_wav_that_was_cut() {
    let whole = tone_wav();
    for keep in [44 + 2 * 4000, 44 + 2 * 4000 + 1] {
        let what = truncated(run(&whole[..keep], None));
        assert!(what.contains("4000 of 16000 samples"), "{what}");
    }
    for keep in [11, 12, 20, 40, 43] {
        let result = run(&whole[..keep], Some("wav"));
        // Before the word WAVE is complete there is no telling what it is.
        assert!(
            matches!(
                (keep, &result),
                (11, Err(MediaError::Unsupported { .. })) | (_, Err(MediaError::Truncated { .. }))
            ),
            "{keep}: {result:?}"
        );
    }
    truncated(run(&whole[..44], None));
}

#[test]
fn a_wav_that_claims_4_gib() {
    for claim in [u32::MAX, u32::MAX - 1, 0x7fff_f000] {
        let file = wav_with(1, 16, 8000, 1, claim, &[0; 1600]);
        let what = truncated(run(file.clone(), None));
        assert!(what.contains(&format!("800 of {} samples", claim / 2)), "{what}");
        // The outer size may tell the truth or not: it is not what counts.
        let mut file = file;
        file[4..8].copy_from_slice(&1636u32.to_le_bytes());
        truncated(run(file, None));
    }
}

#[test]
fn an_mp4_that_was_cut_before_its_index() {
    // What is in the media may look like a box of any size.
    for inside in [&b"\0\0\0\x04free"[..], b"\0\0\0\0free", b"\0\0\0\x10moov\0\0\0\x08free"] {
        let mut file = b"\0\0\0\x10ftypM4A \0\0\0\0\0\x10\0\0mdat".to_vec();
        for _ in 0..100 {
            file.extend_from_slice(inside);
        }
        for result in [run(file.clone(), None), run_file(file)] {
            let what = truncated(result);
            assert!(what.contains("no index"), "{what}");
        }
    }
}

#[test]
fn what_came_before_the_cut_is_delivered() {
    let file = wav(Sample::Int(16), 8000, 1, 8000);
    let (samples, result) = drain(Cursor::new(file[..44 + 8000].to_vec()));
    truncated(result);
    assert_eq!(samples.len(), 8000);
    assert_tone(&samples, 150, 1e-3, "first half");
}

#[test]
fn a_flac_that_was_cut() {
    let what = truncated(run(&FLAC_MONO[..FLAC_MONO.len() / 2], None));
    assert!(what.contains("of 4800 samples"), "{what}");
    for keep in [4, 10, 42, 50, 54, 56, 70] {
        truncated(run(&FLAC_MONO[..keep], None));
    }
}

#[test]
fn a_flac_with_a_damaged_frame_keeps_its_timeline() {
    let mut file = FLAC_MONO.to_vec();
    let middle = file.len() / 2;
    file[middle] ^= 0x55;
    let samples = run(file, None).unwrap().samples;
    assert_eq!(samples.len(), 4800);
    assert_tone(&samples[..1000], 0, 1e-4, "before");
    let shifted: Vec<f32> = samples[4000..].to_vec();
    let expected: Vec<f32> = (4000..4800).map(|n| tone(16_000, n) as f32).collect();
    assert!(shifted.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-4));
}

/// The checksum of FLAC of so many bits.
fn checksum(bytes: &[u8], bits: u32, polynomial: u32) -> u32 {
    let top = 1 << (bits - 1);
    let step = |sum: u32, _| sum << 1 ^ if sum & top != 0 { polynomial } else { 0 };
    bytes.iter().fold(0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte) << (bits - 8), step)) & (2 * top - 1)
}

#[test]
fn a_long_hole_in_a_flac_is_silence_a_second_at_a_time() {
    let mut file = FLAC_MONO.to_vec();
    let last = file.windows(2).rposition(|bytes| bytes == b"\xff\xf8").unwrap();
    // The last frame of 576 samples each says that it is the hundredth after the first.
    file[last + 4] = 100;
    file[last + 5] = checksum(&file[last..last + 5], 8, 0x07) as u8;
    let end = file.len() - 2;
    let sum = checksum(&file[last..end], 16, 0x8005) as u16;
    file[end..].copy_from_slice(&sum.to_be_bytes());
    let mut decoder = Decoder::open(pipe(Cursor::new(file)), None, &limited(60_000), &mut || true).unwrap();
    let (mut all, mut longest) = (0, 0);
    let error = loop {
        let mut chunk = [Vec::new()];
        let result = decoder.next_chunk(&mut chunk);
        (all, longest) = (all + chunk[0].len(), longest.max(chunk[0].len()));
        match result {
            Ok(more) => assert!(more, "most of it is missing"),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("most of its FLAC frames"), "{error}");
    assert_eq!((all, longest), (57_600 + 192, 16_000));
}

#[test]
fn an_mp3_that_was_cut() {
    let what = truncated(run(&MP3_XING[..MP3_XING.len() / 2], None));
    assert!(what.contains("of 22050 samples"), "{what}");
    // Without the header nothing says that there was more.
    let half = run(&MP3_PLAIN[..MP3_PLAIN.len() / 2], None).unwrap();
    assert!((200..300).contains(&half.duration_ms), "{} ms", half.duration_ms);
}

#[test]
fn a_few_bad_mp3_frames_are_skipped_and_many_are_not() {
    // Frames of 144 bytes. Broken side information cannot be decoded; a broken header is not found.
    let whole = run(MP3_PLAIN, None).unwrap().samples.len();
    let spoil = |range: std::ops::Range<usize>| {
        let mut file = MP3_PLAIN.to_vec();
        for frame in range {
            let at = frame * 144;
            file[at + 4..at + 40].fill(0xff);
        }
        run(file, None)
    };
    assert_eq!(spoil(6..8).unwrap().samples.len(), whole);
    let error = spoil(2..15).unwrap_err();
    assert!(matches!(error, MediaError::Corrupt { .. }), "{error}");

    let mut file = MP3_XING.to_vec();
    let middle = file.len() / 2;
    file[middle..middle + 300].fill(0);
    run(file, None).unwrap();
}

#[test]
fn files_that_are_something_else() {
    let unsupported = |bytes: &[u8], hint, word: &str| match run(bytes, hint) {
        Err(error @ MediaError::Unsupported { .. }) => {
            let text = error.to_string();
            assert!(text.contains(word), "{text}");
        }
        other => panic!("{word}: {other:?}"),
    };
    unsupported(b"Dear Sir, please find attached.", Some("wav"), "not a format tiro knows");
    unsupported(b"Dear Sir, please find attached.", Some("mp3"), "no MP3 frame");
    unsupported(&[0; 100], None, "not a format tiro knows");
    unsupported(SPEEX_OGG, Some("ogg"), "Speex in Ogg");
    unsupported(AC3_MP4, Some("m4a"), "AC-3 in MP4");
    unsupported(b"#!AMR\n\x3c\0\0\0", Some("amr"), "AMR");
    unsupported(b"RIFF\x10\0\0\0AVI LIST", None, "RIFF file that is not WAVE");
    unsupported(&wav_with(0x31, 8, 8000, 1, 4, &[0; 4]), Some("wav"), "GSM 6.10");
    unsupported(&wav_with(0x0977, 8, 8000, 1, 4, &[0; 4]), Some("wav"), "0x0977");
    unsupported(&wav_with(3, 16, 8000, 1, 4, &[0; 4]), None, "16 bits");
    unsupported(&wav_with(1, 16, 0, 1, 4, &[0; 4]), None, "0 Hz");
    unsupported(&wav_with(1, 16, 16_000, 0, 4, &[0; 4]), None, "0 channels");
    unsupported(&wav_with(1, 16, 16_000, 4000, 4, &[0; 4]), None, "4000 channels");
}

#[test]
fn ten_bytes_of_mp3() {
    for bytes in [&MP3_PLAIN[..10], &MP3_XING[20..30]] {
        let error = run(bytes, Some("mp3")).unwrap_err();
        assert!(matches!(error, MediaError::Corrupt { .. }), "{error}");
    }
    truncated(run(&MP3_XING[..10], Some("mp3")));
}

#[test]
fn a_reader_that_fails_keeps_its_error() {
    let files: [Vec<u8>; 3] = [tone_wav(), FLAC_MONO.to_vec(), MP3_PLAIN.to_vec()];
    for file in files {
        for keep in [0, 4, 20, 60, file.len() / 2, file.len()] {
            for kind in [io::ErrorKind::TimedOut, io::ErrorKind::UnexpectedEof] {
                let bytes = Cursor::new(file[..keep].to_vec());
                let result = run_reader(Fails { bytes, kind }, None);
                // A WAV is complete without asking for more.
                if keep == file.len() && file.starts_with(b"RIFF") {
                    result.unwrap();
                    continue;
                }
                match result {
                    Err(MediaError::Read(error)) => assert_eq!(error.kind(), kind),
                    other => panic!("{keep} of {}: {other:?}", file.len()),
                }
            }
        }
    }
}

#[test]
fn a_reader_that_is_only_interrupted_is_asked_again() {
    struct Nagged(Cursor<Vec<u8>>, u32);
    impl Read for Nagged {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            if !self.1.is_multiple_of(3) {
                return Err(io::ErrorKind::Interrupted.into());
            }
            self.0.read(buf)
        }
    }
    run_reader(Nagged(Cursor::new(tone_wav()), 0), None).unwrap();
    run_reader(Nagged(Cursor::new(FLAC_MONO.to_vec()), 0), None).unwrap();

    let always = Fails { bytes: Cursor::new(vec![]), kind: io::ErrorKind::Interrupted };
    match run_reader(always, None) {
        Err(MediaError::Read(e)) => assert_eq!(e.kind(), io::ErrorKind::Interrupted),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_reader_that_lies_about_its_count() {
    struct Liar;
    impl Read for Liar {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            Ok(buf.len() + 1)
        }
    }
    assert!(matches!(run_reader(Liar, None), Err(MediaError::Read(_))));
}

#[test]
fn stopping() {
    let stop_after = |bytes: &[u8], mut asked: u32| {
        decode(pipe(Cursor::new(bytes.to_vec())), None, &Settings::default(), &mut || {
            asked = asked.saturating_sub(1);
            asked > 0
        })
    };
    for bytes in [tone_wav().as_slice(), FLAC_MONO, MP3_XING] {
        for asked in [0, 1, 2, 3, 4, 5] {
            assert!(matches!(stop_after(bytes, asked), Err(MediaError::Stopped)));
        }
        stop_after(bytes, 1000).unwrap();
    }
    // An endless tag is left as well.
    let mut tag = b"ID3\x04\0\0\x7f\x7f\x7f\x7f".to_vec();
    tag.resize(400_000, 0);
    assert!(matches!(stop_after(&tag, 3), Err(MediaError::Stopped)));
}

#[test]
fn the_limit() {
    let run_limited = |ms| decode(pipe(Cursor::new(tone_wav())), None, &limited(ms), &mut || true);
    assert_eq!(run_limited(1000).unwrap().duration_ms, 1000);
    for ms in [999, 0, -1] {
        match run_limited(ms) {
            Err(MediaError::TooLong { limit_ms }) => assert_eq!(limit_ms, ms),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn endless_rubbish_ends() {
    // A frame or header in front, and then nothing but bytes that are no audio.
    for start in [MP3_PLAIN, FLAC_MONO] {
        let endless = Cursor::new(start.to_vec()).chain(io::repeat(0x20));
        let error = run_reader(endless, None).unwrap_err();
        assert!(matches!(error, MediaError::Corrupt { .. }), "{error}");
    }
    let error = run_reader(io::repeat(0x20), Some("mp3")).unwrap_err();
    assert!(matches!(error, MediaError::Unsupported { .. }), "{error}");
}

#[test]
fn floats_that_are_no_numbers_are_silence() {
    let data: Vec<u8> =
        [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.25].iter().flat_map(|v| v.to_le_bytes()).collect();
    let decoded = run(wav_with(3, 32, 16_000, 1, 16, &data), None).unwrap();
    assert_eq!(decoded.samples, [0.0, 0.0, 0.0, 0.25]);
}

//! What real encoders made, of a tone whose every sample is known.

use super::*;

#[test]
fn every_container_decodes_to_the_tone() {
    /// Name, file, codec, rate, channels, samples at 16 kHz, how far they may be off.
    type Case = (&'static str, &'static [u8], &'static str, u32, u16, usize, f64);
    let cases: &[Case] = &[
        ("Vorbis", VORBIS_MONO, "vorbis", 48_000, 1, 8000, 0.03),
        ("stereo Vorbis", VORBIS_STEREO, "vorbis", 44_100, 2, 8000, 0.03),
        ("Opus in Ogg", OPUS_OGG, "opus", 48_000, 1, 8000, 0.05),
        ("Opus in WebM", OPUS_WEBM, "opus", 48_000, 1, 8000, 0.05),
        ("AAC in M4A", AAC_M4A, "aac", 44_100, 1, 8000, 0.03),
        ("index last", AAC_INDEX_LAST, "aac", 44_100, 1, 8000, 0.03),
        ("beside video in MP4", AAC_VIDEO, "aac", 44_100, 1, 8000, 0.03),
        ("ALAC", ALAC, "alac", 16_000, 1, 4800, 1e-3),
        ("PCM in MOV", PCM_MOV, "pcm_s16le", 16_000, 1, 4000, 1e-3),
        ("AIFF", AIFF, "pcm_s16be", 16_000, 1, 4000, 1e-3),
    ];
    for (what, file, codec, rate, channels, samples, tolerance) in cases {
        for decoded in [run(*file, None), run_file(*file)] {
            let decoded = decoded.expect(what);
            assert_eq!((decoded.codec, decoded.source_rate), (*codec, *rate), "{what}");
            assert_eq!(decoded.source_channels, *channels, "{what}");
            // Matroska, and AAC, round the end to a packet.
            let excess = decoded.samples.len() as i64 - *samples as i64;
            assert!((0..800).contains(&excess), "{what}: {} samples", decoded.samples.len());
            // The AAC encoder takes a while to find the tone.
            let edge = if *codec == "aac" { 1300 } else { 400 };
            assert_tone(&decoded.samples[..*samples], edge, *tolerance, what);
        }
    }
}

/// Where nothing tells the encoder's delay, the tone is there all the same, at its level and pitch.
#[test]
fn without_a_word_of_the_delay_the_tone_is_only_late() {
    for (what, file) in [("ADTS", AAC_ADTS), ("Matroska", AAC_MKV), ("fragments", AAC_FRAGMENTS)] {
        let decoded = run(file, None).expect(what);
        assert_eq!(decoded.codec, "aac");
        assert!((480..580).contains(&decoded.duration_ms), "{what}: {} ms", decoded.duration_ms);
        let middle = &decoded.samples[2000..6000];
        let power = middle.iter().map(|sample| sample * sample).sum::<f32>() / 4000.0;
        assert!((power - 0.125).abs() < 0.005, "{what}: {power}");
        let crossings = middle.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
        assert_eq!(crossings, 110, "{what}");
    }
}

/// Where a text stands in a file, each time.
fn places_of(text: &[u8], file: &[u8]) -> Vec<usize> {
    (0..file.len() - text.len()).filter(|at| file[*at..].starts_with(text)).collect()
}

#[test]
fn fragments_of_a_stream_that_was_joined_late_begin_at_once() {
    let whole = run_file(AAC_FRAGMENTS).unwrap();
    for hours in [1, 5, 400_000] {
        let mut late = AAC_FRAGMENTS.to_vec();
        for at in places_of(b"tfdt", AAC_FRAGMENTS) {
            let time = &mut late[at + 8..at + 16];
            let own = u64::from_be_bytes(time.try_into().unwrap());
            time.copy_from_slice(&(own + hours * 3600 * 44_100).to_be_bytes());
        }
        assert_eq!(run_file(late.clone()).unwrap(), whole, "{hours} hours");
        assert_eq!(run(late, None).unwrap(), whole, "{hours} hours, from a pipe");
    }
}

#[test]
fn the_last_fragment_may_go_to_the_end_of_the_file() {
    let whole = run_file(AAC_FRAGMENTS).unwrap();
    let last = places_of(b"mdat", AAC_FRAGMENTS).pop().unwrap() - 4;
    let size = u32::from_be_bytes(AAC_FRAGMENTS[last..last + 4].try_into().unwrap()) as usize;
    let mut open = AAC_FRAGMENTS[..last + size].to_vec();
    open[last..last + 4].fill(0);
    assert_eq!(run_file(open.clone()).unwrap(), whole);
    assert_eq!(run(open, None).unwrap(), whole);
}

#[test]
fn a_pipe_gives_the_same_as_a_file() {
    for (what, file) in CONTAINERS {
        let whole = run_file(*file).expect(what);
        for step in [1, 7, 4099] {
            let drip = Drip { inner: Cursor::new(file.to_vec()), step };
            assert_eq!(run_reader(drip, None).expect(what), whole, "{what}");
        }
    }
}

#[test]
fn what_is_put_aside_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { spool_dir: folder.path().to_owned(), ..Settings::default() };
    decode(pipe(Cursor::new(AAC_INDEX_LAST.to_vec())), None, &settings, &mut || true).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let gone = Settings { spool_dir: folder.path().join("gone"), ..Settings::default() };
    let decode = |file: &[u8]| decode(pipe(Cursor::new(file.to_vec())), None, &gone, &mut || true);
    assert!(matches!(decode(AAC_INDEX_LAST), Err(MediaError::Spool(_))));
    // An index in front needs nothing put aside.
    decode(AAC_M4A).unwrap();
}

#[test]
fn ogg_streams_joined_into_one_file_both_count() {
    for file in [OPUS_OGG, VORBIS_MONO] {
        let joined = run([file, file].concat(), None).unwrap();
        assert_eq!(joined.samples.len(), 16_000);
        assert_tone(&joined.samples[..8000], 400, 0.05, "the first");
        assert_tone(&joined.samples[8000..], 400, 0.05, "the second");
    }
}

/// An element of Matroska.
fn element(id: u32, content: &[u8]) -> Vec<u8> {
    let id = id.to_be_bytes();
    let first = id.iter().position(|byte| *byte != 0).unwrap_or(0);
    let size = (content.len() as u64 | 1 << 56).to_be_bytes();
    [&id[first..], &size, content].concat()
}

#[test]
fn a_packet_of_many_seconds_is_decoded_a_second_at_a_time() {
    let frames = 16_000 * 5 + 77;
    let sound = &wav(Sample::Int(16), 16_000, 1, frames)[44..];
    let audio =
        [element(0xb5, &16_000f32.to_be_bytes()), element(0x9f, &[1]), element(0x6264, &[16])].concat();
    let track = [
        element(0xd7, &[1]),
        element(0x73c5, &[1]),
        element(0x83, &[2]),
        element(0x86, b"A_PCM/INT/LIT"),
        element(0xe1, &audio),
    ]
    .concat();
    let cluster = [element(0xe7, &[0]), element(0xa3, &[&[0x81, 0, 0, 0x80], sound].concat())].concat();
    let scale = element(0x2a_d7b1, &1_000_000u32.to_be_bytes());
    let info = [scale, element(0x4d80, b"tiro"), element(0x5741, b"tiro")].concat();
    let segment = [
        element(0x1549_a966, &info),
        element(0x1654_ae6b, &element(0xae, &track)),
        element(0x1f43_b675, &cluster),
    ]
    .concat();
    let head = [element(0x4282, b"matroska"), element(0x4287, &[4]), element(0x4285, &[2])].concat();
    let file = [element(0x1a45_dfa3, &head), element(0x1853_8067, &segment)].concat();

    let input = Box::new(File(Cursor::new(file)));
    let mut decoder = Decoder::open(input, None, &limited(60_000), &mut || true).unwrap();
    assert_eq!(decoder.codec(), "pcm_s16le");
    let (mut samples, mut longest) = (Vec::new(), 0);
    let mut chunk = [Vec::new()];
    while decoder.next_chunk(&mut chunk).unwrap() {
        longest = longest.max(chunk[0].len());
        samples.append(&mut chunk[0]);
    }
    assert_eq!((samples.len(), longest), (frames, 16_000));
    assert_tone(&samples, 0, 1e-4, "all of it");
}

#[test]
fn a_wav_over_4_gib_says_its_size_elsewhere() {
    let plain = wav(Sample::Int(16), 16_000, 1, 1000);
    let mut file = b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec();
    for size in [2100u64, 2000, 1000] {
        file.extend_from_slice(&size.to_le_bytes());
    }
    file.extend_from_slice(&[0; 4]);
    file.extend_from_slice(&plain[12..40]);
    file.extend_from_slice(&[0xff; 4]);
    file.extend_from_slice(&plain[44..]);
    assert_eq!(run(file.clone(), None).unwrap().samples, run(plain, None).unwrap().samples);
    file.truncate(file.len() - 500);
    assert!(matches!(run(file, None), Err(MediaError::Truncated { .. })));
}

#[test]
fn names_of_what_is_refused() {
    for (file, name) in [(AC3_MP4, "AC-3 in MP4"), (SPEEX_OGG, "Speex in Ogg")] {
        let error = run_file(file).unwrap_err();
        assert!(matches!(error, MediaError::Unsupported { .. }), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
}

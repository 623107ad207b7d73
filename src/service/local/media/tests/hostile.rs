//! Containers that are cut, and containers that lie.

use super::*;

#[test]
fn cut_anywhere_a_container_says_so_or_gives_what_there_is() {
    for (what, file) in CONTAINERS {
        let whole = run_file(*file).unwrap().samples.len();
        let step = (file.len() / 60).max(1);
        for keep in (1..file.len()).step_by(step) {
            for decoded in [run_file(&file[..keep]), run(&file[..keep], None)].into_iter().flatten() {
                assert!(decoded.samples.len() <= whole, "{what} cut at {keep}");
            }
        }
    }
}

#[test]
fn a_container_that_declares_more_is_cut_short() {
    for (what, file) in [
        ("M4A", AAC_M4A),
        ("index last", AAC_INDEX_LAST),
        ("video", AAC_VIDEO),
        ("fragments", AAC_FRAGMENTS),
        ("ALAC", ALAC),
        ("MOV", PCM_MOV),
        ("WebM", OPUS_WEBM),
        ("Matroska", AAC_MKV),
        ("AIFF", AIFF),
    ] {
        for cut in [run_file(&file[..file.len() * 2 / 3]), run(&file[..file.len() * 2 / 3], None)] {
            assert!(
                matches!(cut, Err(MediaError::Truncated { .. })),
                "{what}: {:?}",
                cut.map(|d| d.duration_ms)
            );
        }
    }
}

#[test]
fn a_reader_that_fails_keeps_its_error() {
    for (what, file) in CONTAINERS {
        for keep in [0, 4, 20, 60, 300, file.len() / 2] {
            let bytes = Cursor::new(file[..keep].to_vec());
            match run_reader(Fails { bytes, kind: io::ErrorKind::TimedOut }, None) {
                Err(MediaError::Read(error)) => assert_eq!(error.kind(), io::ErrorKind::TimedOut),
                other => panic!("{what} at {keep}: {:?}", other.map(|decoded| decoded.duration_ms)),
            }
        }
    }
}

#[test]
fn stopping() {
    for (what, file) in CONTAINERS {
        for mut asked in 0..3 {
            let stopped = decode(pipe(Cursor::new(file.to_vec())), None, &Settings::default(), &mut || {
                asked -= 1;
                asked >= 0
            });
            assert!(matches!(stopped, Err(MediaError::Stopped)), "{what}");
        }
    }
}

#[test]
fn a_damaged_packet_is_silence_and_times_stay() {
    // In the middle of the audio, behind every header.
    for (what, file) in [("M4A", AAC_INDEX_LAST), ("fragments", AAC_FRAGMENTS), ("ALAC", ALAC)] {
        let whole = run_file(file).unwrap().samples;
        for at in (file.len() / 2..file.len() * 5 / 8).step_by(40) {
            let mut damaged = file.to_vec();
            damaged[at..at + 24].fill(0xff);
            // A damaged index of a fragment is damage of another kind.
            let Ok(decoded) = run_file(damaged) else { continue };
            assert_eq!(decoded.samples.len(), whole.len(), "{what} at {at}");
        }
    }
    // Two packets gone from the middle of a WebM: their time is not.
    let whole = run_file(OPUS_WEBM).unwrap().samples;
    let blocks: Vec<usize> = (0..OPUS_WEBM.len() - 8)
        .filter(|at| OPUS_WEBM[*at] == 0xa3 && OPUS_WEBM[at + 3] == 0x81 && OPUS_WEBM[at + 6] == 0x80)
        .collect();
    assert!(blocks.len() > 20, "{} blocks", blocks.len());
    let mut holed = OPUS_WEBM.to_vec();
    // Void elements in their place.
    for at in &blocks[8..16] {
        holed[*at] = 0xec;
    }
    let decoded = run_file(holed).unwrap().samples;
    assert!(decoded.len().abs_diff(whole.len()) < 32, "{} of {} samples", decoded.len(), whole.len());
    assert_tone(&decoded[..2400], 400, 0.05, "before");
    assert!(decoded[3600..4800].iter().all(|sample| *sample == 0.0));
}

#[test]
fn sizes_that_lie() {
    // Every size field of the boxes of an index, each in turn with the most that it can claim.
    for file in [AAC_INDEX_LAST, AAC_FRAGMENTS] {
        for at in 4..file.len() - 4 {
            if !file[at..at + 4].iter().all(|byte| byte.is_ascii_lowercase()) {
                continue;
            }
            for claim in [u32::MAX, 0x7fff_ffff, 1, 0, 9] {
                let mut lying = file.to_vec();
                lying[at - 4..at].copy_from_slice(&claim.to_be_bytes());
                let _ = run_file(lying);
            }
            // The count of entries that follows the version in most tables.
            if at + 12 < file.len() {
                let mut lying = file.to_vec();
                lying[at + 8..at + 12].fill(0xff);
                let _ = run_file(lying);
            }
        }
    }
}

#[test]
fn an_index_of_very_many_tracks_is_refused() {
    let boxed = |kind: &[u8; 4], content: &[u8]| {
        [&(8 + content.len() as u32).to_be_bytes(), kind.as_slice(), content].concat()
    };
    let handler = boxed(b"hdlr", &[&[0; 8], b"soun".as_slice()].concat());
    let track = boxed(b"trak", &boxed(b"mdia", &handler));
    let index = |tracks| [boxed(b"ftyp", b"M4A "), boxed(b"moov", &track.repeat(tracks))].concat();
    for tracks in [64, 65, 5000] {
        let error = run_file(index(tracks)).unwrap_err();
        assert_eq!(error.to_string().contains("over 64 tracks"), tracks > 64, "{error}");
    }
}

#[test]
fn endless_rubbish_ends() {
    for (what, file) in [("Ogg", VORBIS_MONO), ("WebM", OPUS_WEBM), ("ADTS", AAC_ADTS)] {
        let endless = Cursor::new(file.to_vec()).chain(io::repeat(0x20));
        let error = run_reader(endless, None).expect_err(what);
        assert!(matches!(error, MediaError::Corrupt { .. }), "{what}: {error}");
    }
}

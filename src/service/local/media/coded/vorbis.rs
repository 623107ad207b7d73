//! A look at a Vorbis setup header before the library builds its tables.
//!
//! The library bounds one codebook at 16 MB, and a header may have 256 of them that take a few bytes each.

use super::super::error::MediaError;

/// Table entries of all codebooks together; encoders make under a million.
const MAX_VALUES: u64 = 16 << 20;
/// Codewords of all codebooks together.
const MAX_ENTRIES: u64 = 2 << 20;

/// The identification header has one length.
const IDENTIFICATION: usize = 30;

/// Refuses codebooks that are larger than any encoder makes. `headers`: the identification header and after it the setup
/// header.
pub(super) fn check(headers: &[u8]) -> Result<(), MediaError> {
    let broken = || MediaError::corrupt("its Vorbis header is broken");
    let setup = headers.get(IDENTIFICATION..).and_then(|setup| setup.strip_prefix(b"\x05vorbis"));
    let setup = setup.filter(|_| headers.starts_with(b"\x01vorbis")).ok_or_else(broken)?;
    let mut bits = Bits { bytes: setup, at: 0 };
    let (mut values, mut entries) = (0, 0);
    let mut walk = || -> Option<bool> {
        for _ in 0..=bits.take(8)? {
            let book = walk_codebook(&mut bits)?;
            values += book.values;
            entries += book.entries;
            if values > MAX_VALUES || entries > MAX_ENTRIES {
                return Some(false);
            }
        }
        Some(true)
    };
    match walk() {
        Some(true) => Ok(()),
        Some(false) => Err(MediaError::corrupt("its Vorbis header asks for tables beyond any encoder's")),
        None => Err(broken()),
    }
}

struct Codebook {
    entries: u64,
    values: u64,
}

fn walk_codebook(bits: &mut Bits<'_>) -> Option<Codebook> {
    bits.take(24)?;
    let dimensions = u64::from(bits.take(16)?);
    let entries = u64::from(bits.take(24)?);
    if bits.take(1)? == 1 {
        bits.take(5)?;
        let mut done = 0;
        while done < entries {
            let width = 64 - (entries - done).leading_zeros();
            done += u64::from(bits.take(width)?);
        }
    } else if bits.take(1)? == 1 {
        for _ in 0..entries {
            if bits.take(1)? == 1 {
                bits.take(5)?;
            }
        }
    } else {
        bits.skip(entries.checked_mul(5)?)?;
    }
    let lookup = bits.take(4)?;
    if lookup == 0 {
        return Some(Codebook { entries, values: 0 });
    }
    bits.skip(64)?;
    let width = u64::from(bits.take(4)?) + 1;
    bits.take(1)?;
    let written = match lookup {
        1 => whole_root(entries, dimensions),
        _ => entries * dimensions,
    };
    bits.skip(width.checked_mul(written)?)?;
    Some(Codebook { entries, values: entries * dimensions })
}

/// The largest number whose `power`th power is at most `of`.
fn whole_root(of: u64, power: u64) -> u64 {
    let fits = |root: u64| {
        (0..power)
            .try_fold(1u64, |product, _| product.checked_mul(root).filter(|product| *product <= of))
            .is_some()
    };
    if power == 0 || of == 0 {
        return 0;
    }
    let mut root = (of as f64).powf(1.0 / power as f64).round() as u64 + 1;
    while root > 1 && !fits(root) {
        root -= 1;
    }
    root
}

/// Bits from the lowest of each byte up.
struct Bits<'a> {
    bytes: &'a [u8],
    at: u64,
}

impl Bits<'_> {
    /// The next `width` bits, 32 at most.
    fn take(&mut self, width: u32) -> Option<u32> {
        let mut value = 0u64;
        for index in 0..u64::from(width.min(32)) {
            let at = self.at + index;
            let byte = *self.bytes.get(usize::try_from(at / 8).ok()?)?;
            value |= u64::from(byte >> (at % 8) & 1) << index;
        }
        self.at += u64::from(width);
        Some(value as u32)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(count).filter(|at| at / 8 <= self.bytes.len() as u64)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn put(&mut self, value: u32, width: u32) {
            self.0.extend((0..width).map(|bit| value >> bit & 1 == 1));
        }

        fn headers(&self) -> Vec<u8> {
            let byte = |bits: &[bool]| bits.iter().rev().fold(0u8, |sum, bit| sum << 1 | u8::from(*bit));
            let mut identification = b"\x01vorbis".to_vec();
            identification.resize(IDENTIFICATION, 0);
            [identification, b"\x05vorbis".to_vec(), self.0.chunks(8).map(byte).collect()].concat()
        }
    }

    /// Codebooks whose codewords are told by one length, so that they take few bytes whatever they claim.
    fn codebooks(count: u32, dimensions: u32, entries: u32) -> Vec<u8> {
        let mut bits = Writer::default();
        bits.put(count - 1, 8);
        for _ in 0..count {
            bits.put(0x564342, 24);
            bits.put(dimensions, 16);
            bits.put(entries, 24);
            bits.put(1, 1);
            bits.put(17, 5);
            bits.put(entries, 32 - entries.leading_zeros());
            bits.put(1, 4);
            bits.put(0, 32);
            bits.put(0, 32);
            bits.put(0, 4);
            bits.put(0, 1);
            bits.put(0, whole_root(u64::from(entries), u64::from(dimensions)) as u32);
        }
        bits.headers()
    }

    #[test]
    fn tables_of_gigabytes_in_a_few_bytes_are_refused() {
        let claims = codebooks(200, 32, 1 << 17);
        assert!(claims.len() < 8000);
        assert!(matches!(check(&claims), Err(MediaError::Corrupt { .. })));
        check(&codebooks(40, 8, 4096)).unwrap();
    }

    #[test]
    fn headers_that_end_early_are_broken() {
        let headers = codebooks(40, 8, 4096);
        for keep in [0, 5, 7, 8, 20, 30, 37, 38, 100, headers.len() - 1] {
            assert!(matches!(check(&headers[..keep]), Err(MediaError::Corrupt { .. })), "{keep}");
        }
    }

    #[test]
    fn a_setup_header_inside_of_the_identification_is_none() {
        let mut claims = codebooks(200, 32, 1 << 17);
        claims[21..28].copy_from_slice(b"\x05vorbis");
        assert!(check(&claims).is_err());
    }

    #[test]
    fn roots_are_whole() {
        for (of, power, root) in
            [(625, 4, 5), (624, 4, 4), (81, 4, 3), (1, 8, 1), (131_072, 17, 2), (0, 2, 0)]
        {
            assert_eq!(whole_root(of, power), root, "{of}");
        }
    }
}

//! Boxes: of the file, one after the other, and of an index that is in memory.

use super::super::error::MediaError;
use super::super::input::Input;

/// The head of a box in the file.
pub(super) struct Head {
    pub(super) kind: [u8; 4],
    /// Where the box ends; `None`: with the file.
    pub(super) end: Option<u64>,
}

impl Head {
    /// `None` at the end of the input.
    pub(super) fn read(input: &mut Input) -> Result<Option<Self>, MediaError> {
        let start = input.position();
        let mut bytes = [0; 16];
        if input.fill(&mut bytes[..8]).map_err(MediaError::Read)? < 8 {
            return Ok(None);
        }
        let [a, b, c, d, kind @ ..] = *bytes.first_chunk::<8>().unwrap_or(&[0; 8]);
        let size = match u32::from_be_bytes([a, b, c, d]) {
            0 => return Ok(Some(Self { kind, end: None })),
            1 => {
                if input.fill(&mut bytes[8..]).map_err(MediaError::Read)? < 8 {
                    return Ok(None);
                }
                bytes.last_chunk().map_or(0, |size| u64::from_be_bytes(*size))
            }
            size => u64::from(size),
        };
        let end = start.checked_add(size).filter(|end| *end >= input.position());
        match end {
            Some(end) => Ok(Some(Self { kind, end: Some(end) })),
            None => Err(MediaError::corrupt(format!(
                "the MP4 box {} has an impossible size",
                kind.escape_ascii()
            ))),
        }
    }

    /// All of the box, `most` bytes at most.
    pub(super) fn content(&self, input: &mut Input, most: u64, what: &str) -> Result<Vec<u8>, MediaError> {
        let here = input.position();
        let size = self.end.map_or(most, |end| end.saturating_sub(here));
        if size > most {
            return Err(MediaError::corrupt(format!("the MP4 {what} claims {size} bytes")));
        }
        let content = input.take(usize::try_from(size).unwrap_or(usize::MAX))?;
        if self.end.is_some() && (content.len() as u64) < size {
            return Err(MediaError::truncated(format!("the file ends inside the MP4 {what}")));
        }
        Ok(content)
    }
}

/// A box in memory.
#[derive(Clone, Copy)]
pub(super) struct Inner<'a> {
    pub(super) kind: [u8; 4],
    pub(super) content: &'a [u8],
}

/// The boxes in `bytes`, as far as they are whole.
pub(super) fn inner(mut bytes: &[u8]) -> impl Iterator<Item = Inner<'_>> {
    std::iter::from_fn(move || {
        let ([a, b, c, d, kind @ ..], rest) = bytes.split_first_chunk::<8>()?;
        let (size, rest, head) = match u32::from_be_bytes([*a, *b, *c, *d]) {
            0 => (bytes.len(), rest, 8),
            1 => {
                let (long, rest) = rest.split_first_chunk()?;
                (usize::try_from(u64::from_be_bytes(*long)).ok()?, rest, 16)
            }
            size => (size as usize, rest, 8),
        };
        let (content, after) = rest.split_at_checked(size.checked_sub(head)?)?;
        bytes = after;
        Some(Inner { kind: *kind, content })
    })
}

/// The content of the first box of a kind in `bytes`.
pub(super) fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    inner(bytes).find(|inner| inner.kind == *kind).map(|inner| inner.content)
}

/// The content of a box inside of boxes.
pub(super) fn path<'a>(bytes: &'a [u8], kinds: &[&[u8; 4]]) -> Option<&'a [u8]> {
    kinds.iter().try_fold(bytes, |bytes, kind| find(bytes, kind))
}

/// Fields one after the other. Past the end they are `None`.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_be_bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    /// A number of 32 bits in version 0 of a box, and of 64 from version 1 on.
    pub(super) fn by_version(&mut self, version: u8) -> Option<u64> {
        if version == 0 { self.u32().map(u64::from) } else { self.u64() }
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }
}

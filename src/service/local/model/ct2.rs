//! Reader of CTranslate2's `model.bin`, version 6.
//!
//! The format has no magic, no checksums and lengths everywhere, so each of them is compared with what is left of
//! the file before it is believed. Nothing is copied: names and tensors are slices of the caller's buffer.

use super::ModelError;
use std::collections::HashMap;

/// The one version of the container that is read.
const VERSION: u32 = 6;

/// Versions that may exist; a first word beyond is some other kind of file.
const PLAUSIBLE_VERSIONS: std::ops::RangeInclusive<u32> = 1..=64;

/// Whisper needs three.
pub(super) const MAX_RANK: usize = 4;

/// How the numbers of a tensor are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DType {
    F32,
    I8,
    I16,
    I32,
    F16,
}

impl DType {
    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::F32,
            1 => Self::I8,
            2 => Self::I16,
            3 => Self::I32,
            4 => Self::F16,
            _ => return None,
        })
    }

    pub(super) fn size(self) -> usize {
        match self {
            Self::I8 => 1,
            Self::I16 | Self::F16 => 2,
            Self::F32 | Self::I32 => 4,
        }
    }
}

/// A tensor inside the buffer; `data` holds exactly what the dimensions say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tensor<'a> {
    dims: [u32; MAX_RANK],
    rank: usize,
    pub(super) dtype: DType,
    pub(super) data: &'a [u8],
}

impl<'a> Tensor<'a> {
    /// Slowest dimension first; empty for a scalar.
    pub(super) fn dims(&self) -> &[u32] {
        &self.dims[..self.rank]
    }

    /// The `count` rows (of the first dimension) from `start`, or `None` if there are not as many.
    pub(super) fn rows(&self, start: u32, count: u32) -> Option<Self> {
        let total = *self.dims().first()?;
        if total == 0 || start.checked_add(count)? > total {
            return None;
        }
        let row = self.data.len() / total as usize;
        let mut part = *self;
        part.dims[0] = count;
        part.data = self.data.get(row * start as usize..row * (start + count) as usize)?;
        Some(part)
    }

    /// The same data as a column: `n` becomes `n x 1`.
    pub(super) fn as_column(&self) -> Self {
        let mut column = *self;
        if self.rank == 1 {
            column.dims[1] = 1;
            column.rank = 2;
        }
        column
    }

    /// The value of an integer scalar.
    pub(super) fn scalar(&self) -> Option<i32> {
        match (self.dtype, self.data) {
            (DType::I8, &[a]) => Some(i32::from(i8::from_le_bytes([a]))),
            (DType::I16, &[a, b]) => Some(i32::from(i16::from_le_bytes([a, b]))),
            (DType::I32, &[a, b, c, d]) => Some(i32::from_le_bytes([a, b, c, d])),
            _ => None,
        }
    }
}

/// Everything in a `model.bin`.
#[derive(Debug)]
pub(super) struct Model<'a> {
    tensors: HashMap<&'a str, Tensor<'a>>,
}

impl<'a> Model<'a> {
    /// Parses a whole file.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let mut input = Input { rest: bytes };
        let version = input
            .u32("version")
            .map_err(|_| ModelError::NotAModel(format!("only {} bytes long", bytes.len())))?;
        if !PLAUSIBLE_VERSIONS.contains(&version) {
            return Err(ModelError::NotAModel(format!(
                "first word {version:#010x} is no CTranslate2 version"
            )));
        }
        if version != VERSION {
            return Err(ModelError::unsupported(format!(
                "CTranslate2 model version {version}, only {VERSION} is read"
            )));
        }
        let spec = input.string("specification name")?;
        if spec != "WhisperSpec" {
            return Err(ModelError::unsupported(format!("CTranslate2 model of kind {spec:?}")));
        }
        input.u32("revision")?;

        // Neither count sizes an allocation: the loops end with the file.
        let count = input.u32("tensor count")?;
        let mut tensors = HashMap::new();
        for i in 0..count {
            let (name, tensor) = input.tensor(i)?;
            if tensors.insert(name, tensor).is_some() {
                return Err(ModelError::corrupt(format!("tensor {name} appears twice")));
            }
        }
        for i in 0..input.u32("alias count")? {
            let alias = input.string(&format!("alias {i}"))?;
            let target = input.string(&format!("target of alias {alias}"))?;
            let tensor = *tensors
                .get(target)
                .ok_or_else(|| ModelError::corrupt(format!("alias {alias} of a missing tensor {target}")))?;
            if tensors.insert(alias, tensor).is_some() {
                return Err(ModelError::corrupt(format!("alias {alias} appears twice")));
            }
        }
        if !input.rest.is_empty() {
            return Err(ModelError::corrupt(format!(
                "{} trailing bytes after the last alias",
                input.rest.len()
            )));
        }
        Ok(Self { tensors })
    }

    /// The tensor of this name.
    pub(super) fn get(&self, name: &str) -> Result<Tensor<'a>, ModelError> {
        self.tensors
            .get(name)
            .copied()
            .ok_or_else(|| ModelError::corrupt(format!("tensor {name} is missing")))
    }

    /// Whether there is a tensor of this name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }
}

/// What is left of the file.
struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    fn take(&mut self, n: usize, what: &str) -> Result<&'a [u8], ModelError> {
        let (head, tail) = self
            .rest
            .split_at_checked(n)
            .ok_or_else(|| ModelError::corrupt(format!("file ends inside {what}")))?;
        self.rest = tail;
        Ok(head)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], ModelError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    fn u8(&mut self, what: &str) -> Result<u8, ModelError> {
        self.array::<1>(what).map(|[byte]| byte)
    }

    fn u32(&mut self, what: &str) -> Result<u32, ModelError> {
        self.array(what).map(u32::from_le_bytes)
    }

    /// A length that counts a final NUL, then the text and the NUL.
    fn string(&mut self, what: &str) -> Result<&'a str, ModelError> {
        let length = u16::from_le_bytes(self.array(what)?);
        match self.take(usize::from(length), what)?.split_last() {
            Some((0, text)) => {
                std::str::from_utf8(text).map_err(|_| ModelError::corrupt(format!("{what} is not UTF-8")))
            }
            _ => Err(ModelError::corrupt(format!("{what} does not end in NUL"))),
        }
    }

    fn tensor(&mut self, index: u32) -> Result<(&'a str, Tensor<'a>), ModelError> {
        let name = self.string(&format!("name of tensor number {index}"))?;
        let what = format!("tensor {name}");
        let rank = usize::from(self.u8(&what)?);
        if rank > MAX_RANK {
            return Err(ModelError::unsupported(format!("{what} has {rank} dimensions")));
        }
        let mut dims = [1; MAX_RANK];
        for dim in &mut dims[..rank] {
            *dim = self.u32(&what)?;
        }
        let code = self.u8(&what)?;
        let dtype = DType::from_code(code)
            .ok_or_else(|| ModelError::unsupported(format!("{what} has element type {code}")))?;
        let bytes = self.u32(&what)?;
        let expected =
            dims.iter().try_fold(dtype.size() as u64, |product, &dim| product.checked_mul(dim.into()));
        if expected != Some(u64::from(bytes)) {
            return Err(ModelError::corrupt(format!(
                "{what} of shape {:?} has {bytes} bytes",
                &dims[..rank]
            )));
        }
        let data = self.take(bytes as usize, &what)?;
        let tensor = Tensor { dims, rank, dtype, data };
        Ok((name, tensor))
    }
}

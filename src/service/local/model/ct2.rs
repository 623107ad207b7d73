//! Reader of CTranslate2's `model.bin`, version 6.
//!
//! The format has no magic, no checksums and lengths everywhere, so each of them is compared with what is left of
//! the file before it is believed. Only what describes the tensors is read here; their numbers stay in the file until
//! somebody asks for them, a piece at a time.

use super::ModelError;
use super::input::Input;
use half::f16;
use std::collections::HashMap;
use std::io::{Read, Seek};

/// The one version of the container that is read.
const VERSION: u32 = 6;

/// Versions that may exist; a first word beyond is some other kind of file.
const PLAUSIBLE_VERSIONS: std::ops::RangeInclusive<u32> = 1..=64;

/// Whisper needs three.
pub(super) const MAX_RANK: usize = 4;

/// Numbers that are read at a time.
const PIECE: usize = 64 * 1024;

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

/// Where a tensor lies in the file; it has exactly as many bytes as its dimensions say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tensor {
    dims: [u32; MAX_RANK],
    rank: usize,
    pub(super) dtype: DType,
    start: u64,
    bytes: u64,
}

impl Tensor {
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
        let row = self.bytes / u64::from(total);
        let mut part = *self;
        part.dims[0] = count;
        part.start += row * u64::from(start);
        part.bytes = row * u64::from(count);
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
}

/// Everything in a `model.bin`, open for reading.
pub(super) struct Model<R> {
    input: Input<R>,
    tensors: HashMap<String, Tensor>,
}

impl<R: Read + Seek> Model<R> {
    /// Parses a whole file of `length` bytes.
    pub(super) fn parse(input: R, length: u64) -> Result<Self, ModelError> {
        let mut input = Input::new(input, length);
        if length < 4 {
            return Err(ModelError::NotAModel(format!("only {length} bytes long")));
        }
        let version = input.u32("version")?;
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
        let spec = text(&mut input, "specification name")?;
        if spec != "WhisperSpec" {
            return Err(ModelError::unsupported(format!("CTranslate2 model of kind {spec:?}")));
        }
        input.u32("revision")?;

        // Neither count sizes an allocation: the loops end with the file.
        let count = input.u32("tensor count")?;
        let mut tensors = HashMap::new();
        for i in 0..count {
            let name = text(&mut input, &format!("name of tensor number {i}"))?;
            let tensor = tensor(&mut input, &format!("tensor {name}"))?;
            if tensors.contains_key(&name) {
                return Err(ModelError::corrupt(format!("tensor {name} appears twice")));
            }
            tensors.insert(name, tensor);
        }
        for i in 0..input.u32("alias count")? {
            let alias = text(&mut input, &format!("alias {i}"))?;
            let target = text(&mut input, &format!("target of alias {alias}"))?;
            let tensor = *tensors
                .get(&target)
                .ok_or_else(|| ModelError::corrupt(format!("alias {alias} of a missing tensor {target}")))?;
            if tensors.contains_key(&alias) {
                return Err(ModelError::corrupt(format!("alias {alias} appears twice")));
            }
            tensors.insert(alias, tensor);
        }
        match input.left() {
            0 => Ok(Self { input, tensors }),
            n => Err(ModelError::corrupt(format!("{n} trailing bytes after the last alias"))),
        }
    }

    /// The tensor of this name.
    pub(super) fn get(&self, name: &str) -> Result<Tensor, ModelError> {
        self.tensors
            .get(name)
            .copied()
            .ok_or_else(|| ModelError::corrupt(format!("tensor {name} is missing")))
    }

    /// Whether there is a tensor of this name.
    pub(super) fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// The value of an integer scalar, or `None` if the tensor is something else.
    pub(super) fn scalar(&mut self, name: &str) -> Result<Option<i32>, ModelError> {
        let tensor = self.get(name)?;
        if tensor.bytes != tensor.dtype.size() as u64 {
            return Ok(None);
        }
        self.input.go_to(tensor.start, name)?;
        Ok(match tensor.dtype {
            DType::I8 => Some(i32::from(i8::from_le_bytes(self.input.array(name)?))),
            DType::I16 => Some(i32::from(i16::from_le_bytes(self.input.array(name)?))),
            DType::I32 => Some(self.input.i32(name)?),
            DType::F16 | DType::F32 => None,
        })
    }

    /// Hands the numbers of a float tensor to `take`, a piece of whole blocks of 32 at a time.
    pub(super) fn floats(
        &mut self,
        name: &str,
        tensor: &Tensor,
        mut take: impl FnMut(&[f32]) -> Result<(), ModelError>,
    ) -> Result<(), ModelError> {
        let size = tensor.dtype.size();
        self.input.go_to(tensor.start, name)?;
        let (mut left, mut bytes, mut numbers) = (tensor.bytes, Vec::new(), Vec::new());
        while left > 0 {
            let count = left.min((PIECE * size) as u64);
            bytes.resize(count as usize, 0);
            self.input.fill(&mut bytes, name)?;
            numbers.clear();
            numbers.extend(bytes.chunks_exact(size).map(|raw| match (tensor.dtype, raw) {
                (DType::F32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
                (DType::F16, &[a, b]) => f16::from_le_bytes([a, b]).to_f32(),
                _ => f32::NAN,
            }));
            take(&numbers)?;
            left -= count;
        }
        Ok(())
    }
}

/// A length that counts a final NUL, then the text and the NUL.
fn text(input: &mut Input<impl Read + Seek>, what: &str) -> Result<String, ModelError> {
    let length = u16::from_le_bytes(input.array(what)?);
    let mut bytes = vec![0; usize::from(length)];
    input.fill(&mut bytes, what)?;
    match bytes.pop() {
        Some(0) => String::from_utf8(bytes).map_err(|_| ModelError::corrupt(format!("{what} is not UTF-8"))),
        _ => Err(ModelError::corrupt(format!("{what} does not end in NUL"))),
    }
}

fn tensor(input: &mut Input<impl Read + Seek>, what: &str) -> Result<Tensor, ModelError> {
    let [rank] = input.array(what)?;
    let rank = usize::from(rank);
    if rank > MAX_RANK {
        return Err(ModelError::unsupported(format!("{what} has {rank} dimensions")));
    }
    let mut dims = [1; MAX_RANK];
    for dim in &mut dims[..rank] {
        *dim = input.u32(what)?;
    }
    let [code] = input.array(what)?;
    let dtype = DType::from_code(code)
        .ok_or_else(|| ModelError::unsupported(format!("{what} has element type {code}")))?;
    let bytes = u64::from(input.u32(what)?);
    let expected = dims.iter().try_fold(dtype.size() as u64, |product, &dim| product.checked_mul(dim.into()));
    if expected != Some(bytes) {
        return Err(ModelError::corrupt(format!("{what} of shape {:?} has {bytes} bytes", &dims[..rank])));
    }
    let start = input.position();
    input.skip(bytes, what)?;
    Ok(Tensor { dims, rank, dtype, start, bytes })
}

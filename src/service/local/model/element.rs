//! The element types of ggml tensors that a Whisper model may use, and how many bytes they take.

/// Version of ggml's quantised block formats that whisper.cpp reads; older ones had other block sizes.
pub(super) const QUANT_VERSION: i32 = 2;

/// ggml stores the quantisation version in the thousands of the header's `ftype`.
pub(super) const QUANT_VERSION_FACTOR: i32 = 1000;

/// How the numbers of a tensor are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ElementType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// 4 bits, blocks of 32 with a scale.
    Q4_0,
    /// 4 bits, blocks of 32 with a scale and a minimum.
    Q4_1,
    /// 5 bits, blocks of 32 with a scale.
    Q5_0,
    /// 5 bits, blocks of 32 with a scale and a minimum.
    Q5_1,
    /// 8 bits, blocks of 32 with a scale.
    Q8_0,
    /// 2 bits, super-blocks of 256.
    Q2K,
    /// 3 bits, super-blocks of 256.
    Q3K,
    /// 4 bits, super-blocks of 256.
    Q4K,
    /// 5 bits, super-blocks of 256.
    Q5K,
    /// 6 bits, super-blocks of 256.
    Q6K,
}

/// One row per type: ggml's type number, its number in the header's `ftype`, elements and bytes per block, name.
type Row = (ElementType, i32, i32, u32, u32, &'static str);

/// `ggml_type` and `ggml_ftype` number the same formats differently, so both are spelled out.
const TABLE: [Row; 12] = [
    (ElementType::F32, 0, 0, 1, 4, "f32"),
    (ElementType::F16, 1, 1, 1, 2, "f16"),
    (ElementType::Q4_0, 2, 2, 32, 18, "q4_0"),
    (ElementType::Q4_1, 3, 3, 32, 20, "q4_1"),
    (ElementType::Q5_0, 6, 8, 32, 22, "q5_0"),
    (ElementType::Q5_1, 7, 9, 32, 24, "q5_1"),
    (ElementType::Q8_0, 8, 7, 32, 34, "q8_0"),
    (ElementType::Q2K, 10, 10, 256, 84, "q2_K"),
    (ElementType::Q3K, 11, 11, 256, 110, "q3_K"),
    (ElementType::Q4K, 12, 12, 256, 144, "q4_K"),
    (ElementType::Q5K, 13, 13, 256, 176, "q5_K"),
    (ElementType::Q6K, 14, 14, 256, 210, "q6_K"),
];

impl ElementType {
    fn row(self) -> &'static Row {
        // The table is in declaration order; a test holds it to that.
        &TABLE[self as usize]
    }

    /// The type with this number in a tensor header.
    pub(super) fn from_ggml(number: i32) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == number).map(|row| row.0)
    }

    /// The type that this `ftype` (without the quantisation version) asks of the large weights.
    pub(super) fn from_ftype(number: i32) -> Option<Self> {
        TABLE.iter().find(|row| row.2 == number).map(|row| row.0)
    }

    /// The number in a tensor header.
    pub(super) fn ggml(self) -> i32 {
        self.row().1
    }

    /// The header's `ftype` for a file whose large weights have this type.
    pub(super) fn ftype(self) -> i32 {
        let version = if self.is_quantised() { QUANT_VERSION } else { 0 };
        version * QUANT_VERSION_FACTOR + self.row().2
    }

    /// Elements per block.
    pub(super) fn block(self) -> u32 {
        self.row().3
    }

    /// Bytes of a tensor of `elements`, a whole number of blocks.
    pub(super) fn bytes(self, elements: u64) -> u64 {
        elements / u64::from(self.block()) * u64::from(self.row().4)
    }

    /// Whether values are stored in blocks rather than one by one.
    pub(super) fn is_quantised(self) -> bool {
        self.block() > 1
    }

    /// ggml's own name, such as `q8_0`.
    pub fn name(self) -> &'static str {
        self.row().5
    }
}

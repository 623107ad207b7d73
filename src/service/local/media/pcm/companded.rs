//! The two laws of ITU-T G.711.

pub(super) fn mu_law(code: u8) -> f32 {
    let code = !code;
    let magnitude = ((i32::from(code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
    let value = magnitude - 0x84;
    (if code & 0x80 != 0 { -value } else { value }) as f32 / 32_768.0
}

pub(super) fn a_law(code: u8) -> f32 {
    let code = code ^ 0x55;
    let mantissa = i32::from(code & 0x0f) << 4;
    let value = match (code & 0x70) >> 4 {
        0 => mantissa + 8,
        segment => (mantissa + 0x108) << (segment - 1),
    };
    (if code & 0x80 != 0 { value } else { -value }) as f32 / 32_768.0
}

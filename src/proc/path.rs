//! A path that ends in a number, built without `fmt`.

use core::ffi::CStr;

/// The longest is "fdinfo/" and ten digits; the last byte stays NUL.
const LEN: usize = 24;

pub(super) struct NumberedPath {
    bytes: [u8; LEN],
    start: usize,
}

impl NumberedPath {
    pub(super) fn new(prefix: &[u8], number: u32) -> Self {
        let mut path = NumberedPath { bytes: [0; LEN], start: LEN.saturating_sub(1) };
        let mut rest = number;
        loop {
            path.put_before(b'0'.wrapping_add((rest % 10) as u8));
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        prefix.iter().rev().for_each(|&byte| path.put_before(byte));
        path
    }

    pub(super) fn as_c_str(&self) -> &CStr {
        let text = self.bytes.get(self.start..).unwrap_or(&[]);
        CStr::from_bytes_with_nul(text).unwrap_or(c"")
    }

    fn put_before(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(self.start) {
            *place = byte;
        }
    }
}

/// The number that `text` is, in full, in the given base.
pub(super) fn parse(text: &[u8], base: u64) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |sum, &byte| {
        let digit = u64::from(byte.wrapping_sub(b'0'));
        if digit >= base { None } else { sum.checked_mul(base)?.checked_add(digit) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_length() {
        for (number, path) in [(0, c"fdinfo/0"), (10, c"fdinfo/10"), (u32::MAX, c"fdinfo/4294967295")] {
            assert_eq!(NumberedPath::new(b"fdinfo/", number).as_c_str(), path);
        }
    }

    #[test]
    fn a_number_is_digits_and_nothing_else() {
        assert_eq!((parse(b"0", 10), parse(b"0100001", 8)), (Some(0), Some(0o100001)));
        for text in [&b""[..], b"-1", b"1 ", b"8", b"/", b":"] {
            assert_eq!(parse(text, 8), None);
        }
        assert_eq!(parse(b"18446744073709551616", 10), None);
    }
}

//! What holds for an address made of any bytes that the kernel could write, and of any length that it could tell.

use super::Address;
use std::string::ToString;

/// One thing or another, within what there is; what is taken out goes in again.
pub(super) fn address(bytes: &[u8]) {
    let Some((len, name)) = bytes.split_first_chunk::<2>() else { return };
    let mut raw = [0; 111];
    for (to, from) in raw.iter_mut().zip(name) {
        *to = *from;
    }
    let address = Address::told(&raw, usize::from(u16::from_ne_bytes(*len)));
    let (path, name) = (address.as_path(), address.as_abstract());
    match (path, name) {
        (Some(path), None) => {
            assert!(path.to_bytes().len() <= 108);
            if let Ok(again) = Address::path(path) {
                assert_eq!(again.as_path(), Some(path));
            }
        }
        (None, Some(name)) => {
            assert!(name.len() <= 108);
            if let Ok(again) = Address::abstract_name(name) {
                assert_eq!(again.as_abstract(), Some(name));
            }
        }
        (None, None) => {}
        both => panic!("{both:?}"),
    }
    assert!(address.bytes().len() <= 110);
    assert!(!address.to_string().is_empty());
}

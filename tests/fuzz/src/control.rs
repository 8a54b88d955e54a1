//! What holds for control messages taken out of any bytes, for the fuzzer and for the unit test that replays the
//! corpus.

use super::{Content, HEADER, Message};

/// Every message lies within `bytes`, behind the one before it, and tells no descriptor that is not there.
pub(super) fn control<'a>(bytes: &'a [u8], messages: impl Iterator<Item = Message<'a>>) {
    let mut end = 0;
    for m in messages {
        assert!(m.at >= end + HEADER && m.at % 4 == 0);
        let claimed = bytes[m.at - HEADER..][..size_of::<usize>()].try_into().unwrap();
        let data = m.at..m.at - HEADER + usize::from_ne_bytes(claimed);
        let there = &bytes[data.clone()];
        match m.content {
            Content::Rights(numbers) | Content::Pidfd(numbers) => {
                assert_eq!(numbers.count(), there.len() / 4);
                assert!(numbers.map(i32::to_ne_bytes).eq(there.chunks_exact(4)));
            }
            Content::Credentials(words) => {
                assert!(words.iter().flat_map(|w| w.to_ne_bytes()).eq(there[..12].iter().copied()));
            }
            Content::Other => {}
        }
        end = data.end;
    }
}

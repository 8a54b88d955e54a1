use super::*;
use std::vec;
use std::vec::Vec;

/// A control message as the kernel lays it out, with a length of its own choice.
fn put(out: &mut Vec<u8>, len: usize, level: i32, kind: i32, data: &[u8]) {
    out.resize(aligned(out.len()), 0xee);
    out.extend(len.to_ne_bytes());
    out.extend(level.to_ne_bytes());
    out.extend(kind.to_ne_bytes());
    out.extend(data);
}

fn words(words: &[i32]) -> Vec<u8> {
    words.iter().flat_map(|w| w.to_ne_bytes()).collect()
}

/// Credentials, a label, two descriptors and a pidfd, in the kernel's order.
fn all_kinds() -> Vec<u8> {
    let mut out = vec![];
    put(&mut out, len(12), SOL_SOCKET, SCM_CREDENTIALS, &words(&[7, 8, 9]));
    put(&mut out, len(5), SOL_SOCKET, 3, b"label");
    put(&mut out, len(8), SOL_SOCKET, SCM_RIGHTS, &words(&[10, 11]));
    put(&mut out, len(4), SOL_SOCKET, SCM_PIDFD, &words(&[12]));
    out
}

fn numbers(content: Content<'_>) -> Option<Vec<i32>> {
    match content {
        Content::Rights(n) | Content::Pidfd(n) => {
            assert_eq!(n.count(), n.collect::<Vec<_>>().len());
            Some(n.collect())
        }
        _ => None,
    }
}

#[test]
fn the_lengths_are_those_of_c() {
    for n in 0..2000u32 {
        let libc = of_libc(n);
        assert_eq!((len(n as usize), space(n as usize)), libc);
    }
    assert_eq!((SCM_RIGHTS, SCM_CREDENTIALS), (libc::SCM_RIGHTS, libc::SCM_CREDENTIALS));
}

#[allow(unsafe_code)]
fn of_libc(n: u32) -> (usize, usize) {
    // SAFETY: arithmetic.
    let len = unsafe { libc::CMSG_LEN(n) };
    // SAFETY: arithmetic.
    let space = unsafe { libc::CMSG_SPACE(n) };
    (len as usize, space as usize)
}

#[test]
fn each_kind_is_told_in_its_order() {
    let bytes = all_kinds();
    let all: Vec<Message<'_>> = messages(&bytes).collect();
    assert_eq!(all.len(), 4);
    assert_eq!(all[0].content, Content::Credentials([7, 8, 9]));
    assert_eq!(all[1].content, Content::Other);
    assert!(matches!(all[2].content, Content::Rights(_)) && matches!(all[3].content, Content::Pidfd(_)));
    assert_eq!((numbers(all[2].content), numbers(all[3].content)), (Some(vec![10, 11]), Some(vec![12])));
    for m in &all {
        assert_eq!(m.at % 4, 0);
    }
    assert_eq!(&bytes[all[2].at..all[2].at + 8], words(&[10, 11]));
}

/// Cut anywhere, what is still whole is told, and nothing that is not.
#[test]
fn every_cut() {
    let bytes = all_kinds();
    let whole: Vec<Message<'_>> = messages(&bytes).collect();
    for cut in 0..=bytes.len() {
        let some: Vec<Message<'_>> = messages(&bytes[..cut]).collect();
        assert_eq!(some, whole[..some.len()], "cut at {cut}");
        let ends = whole.iter().map(|m| m.at - HEADER + data_len(&bytes, m));
        assert_eq!(some.len(), ends.filter(|end| *end <= cut).count(), "cut at {cut}");
    }
}

fn data_len(bytes: &[u8], m: &Message<'_>) -> usize {
    usize::from_ne_bytes(bytes[m.at - HEADER..][..ALIGN].try_into().unwrap())
}

/// Every length that a message can claim, over every length that its buffer can have, at every alignment of it.
#[test]
fn every_length_and_alignment() {
    const MOST: usize = 96;
    for shift in 0..8 {
        for claimed in
            (0..MOST + 8).chain([usize::MAX - 8, usize::MAX - 7, usize::MAX - 1, usize::MAX, 1 << 63])
        {
            for there in 0..MOST {
                let mut out = vec![0xaa; shift];
                let at = out.len();
                out.extend(claimed.to_ne_bytes());
                out.extend(SOL_SOCKET.to_ne_bytes());
                out.extend(SCM_RIGHTS.to_ne_bytes());
                out.resize(at + MOST, 0x55);
                let bytes = &out[at..at + there];
                let first = messages(bytes).next();
                let possible = claimed >= HEADER && claimed <= there;
                assert_eq!(first.is_some(), possible, "{claimed} in {there}");
                if let Some(m) = first {
                    let found = numbers(m.content).unwrap();
                    assert_eq!((m.at, found.len()), (HEADER, (claimed - HEADER) / 4));
                    assert!(found.iter().all(|n| *n == 0x5555_5555));
                }
                assert!(messages(bytes).count() <= there / HEADER);
            }
        }
    }
}

#[test]
fn credentials_that_are_short_are_none() {
    for n in 0..16 {
        let mut out = vec![];
        put(&mut out, len(n), SOL_SOCKET, SCM_CREDENTIALS, &[1; 16][..n]);
        let told = messages(&out).next().unwrap().content;
        let one = 0x0101_0101;
        assert_eq!(told, if n < 12 { Content::Other } else { Content::Credentials([one; 3]) }, "{n}");
    }
}

#[test]
fn of_other_levels_nothing_is_known() {
    for kind in [SCM_RIGHTS, SCM_CREDENTIALS, SCM_PIDFD] {
        let mut out = vec![];
        put(&mut out, len(12), SOL_SOCKET + 1, kind, &[0; 12]);
        let told = messages(&out).next().unwrap();
        assert_eq!(told.content, Content::Other, "{told:?}");
    }
}

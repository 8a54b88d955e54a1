//! Messages of every size around each limit, between two processes, and raw bytes of every size through a pipe.

use crate::add_tests;
use crate::conformance;
use crate::conformance::mechanism::{Gone, Mechanism, PATIENCE, across, assert_same, message, remove_files};
use crate::os::process::Child;
use crate::runner::List;
use rawipc::{ByteRead, ByteWrite, Errno, Origin, pipe};

pub fn tests(list: &mut List) {
    for m in conformance::all() {
        list.add(format!("sizes::{}", m.name.replace(' ', "_")), move || {
            around_each_limit(&m);
            remove_files();
        });
    }
    add_tests!(list, "sizes": raw_bytes_through_a_pipe, raw_buffers_of_every_size, no_bytes_at_all);
}

/// Where some limit of the kernel or of ours lies, and what lies next to it.
fn sizes(limit: usize) -> Vec<usize> {
    let limits = [1, 8, 64, 128, 4092, pipe::PIPE_BUF, 8192, 1 << 16, limit / 2, limit];
    let mut sizes: Vec<_> = limits.into_iter().flat_map(|n| n.saturating_sub(2)..n + 3).collect();
    sizes.retain(|n| *n > 0);
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

fn around_each_limit(m: &Mechanism) {
    let (fit, too_long): (Vec<_>, Vec<_>) = sizes(m.limit).into_iter().partition(|n| *n <= m.limit);
    assert!(fit.contains(&m.limit) && too_long.contains(&(m.limit + 1)));
    across(
        m,
        |mut tx| {
            for len in &too_long {
                let e = tx.end.send(&message(0, *len), PATIENCE).expect_err("too long");
                assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(m.limit)));
            }
            fit.iter().for_each(|len| tx.put(&message(*len, *len)));
        },
        |mut rx| {
            // The longest first into a buffer that is just enough, as each one after it.
            for len in &fit {
                let mut buf = vec![0; if m.needed_is_its_length() { *len } else { m.limit }];
                let n = rx.end.recv(&mut buf, PATIENCE).unwrap_or_else(|e| panic!("{len} bytes: {e}"));
                assert_same(&buf[..n], &message(*len, *len));
            }
            if m.gone != Gone::SendersOnly {
                rx.expect_end();
            }
        },
    );
}

fn raw_bytes_through_a_pipe() {
    for len in sizes(1 << 17) {
        let (mut read_end, mut write_end) = pipe::pair().expect("pair");
        let bytes = message(len, len);
        let child = Child::spawn(|| write_end.write_all(&bytes, PATIENCE).expect("write_all"));
        drop(write_end);
        let mut buf = vec![0; len + 1];
        let n = read_end.read_exact(&mut buf, PATIENCE).expect("read_exact");
        assert_same(&buf[..n], &bytes);
        child.join();
    }
}

fn raw_buffers_of_every_size() {
    let (mut read_end, mut write_end) = pipe::pair().expect("pair");
    let bytes = message(0, 5000);
    for size in [1, 2, 3, 4095, 4096, 4097, 4999, 5000, 5001] {
        write_end.write_all(&bytes, PATIENCE).expect("write_all");
        let mut got = Vec::new();
        while got.len() < bytes.len() {
            let mut buf = vec![0; size];
            let n = read_end.read(&mut buf, PATIENCE).expect("read");
            got.extend_from_slice(&buf[..n]);
        }
        assert_same(&got, &bytes);
    }
}

/// No buffer, and nothing to write: refused before any call, and nothing happens to what is there.
fn no_bytes_at_all() {
    let (mut read_end, mut write_end) = pipe::pair().expect("pair");
    write_end.write_all(b"x", PATIENCE).expect("write_all");
    for answer in [
        read_end.read(&mut [], PATIENCE),
        read_end.try_read(&mut []),
        write_end.write(b"", PATIENCE),
        write_end.try_write(b""),
    ] {
        let e = answer.expect_err("no bytes");
        assert_eq!((e.errno(), e.origin()), (Errno::INVAL, Origin::Argument));
    }
    assert_eq!(read_end.read(&mut [0; 2], PATIENCE), Ok(1));
}

//! Calls that are answered, by a result or by an error, one after the other over one line.

use super::line::Kind;
use super::{add, buffer, channel_errno, methods, serve};
use crate::conformance::mechanism::{PATIENCE, assert_same, message};
use crate::os::process::{Child, End};
use rawipc::rpc::{CallError, Client, Failure, HEAD, Packer};
use rawipc::{Errno, Receiver};

/// Runs `calls` against a server in a child, which ends with its client where it is told of that.
fn with_server(kind: &Kind, calls: impl FnOnce(&mut Client<'_, super::Line>)) {
    let mut lines = kind.lines();
    let child = Child::spawn(|| serve(lines.server(), PATIENCE).expect("serve"));
    let line = lines.client();
    let mut buf = buffer(&line);
    let mut client = Client::new(line, &mut buf).expect("Client");
    calls(&mut client);
    drop(client);
    if kind.tells_the_end {
        child.join();
    } else {
        child.signal(libc::SIGKILL);
        assert_eq!(child.wait(), End::Signal(libc::SIGKILL), "the server ended before its time");
    }
}

fn failure<T>(answer: Result<T, CallError>) -> Failure {
    match answer {
        Err(CallError::Remote(failure)) => failure,
        Err(CallError::Channel(e)) => panic!("{e}"),
        Ok(_) => panic!("a result"),
    }
}

/// Each kind of error, and after each one a good call: none of them harms the line.
pub fn every_kind_of_answer(kind: &Kind) {
    with_server(kind, |client| {
        for (a, b) in [(1, 2), (0, 0), (u32::MAX, u32::MAX), (u32::MAX, 1)] {
            add(client, a, b, PATIENCE).expect("add");
        }
        for code in [1, 42, 0xffff_feff] {
            let e = failure(client.call(methods::FAIL, PATIENCE, |args| args.u32(code)));
            assert_eq!(e, Failure::new(code));
        }
        assert_eq!(failure(client.call(methods::FAIL, PATIENCE, |args| args.u32(0))), Failure::OTHER);
        add(client, 3, 4, PATIENCE).expect("add after failures");

        for method in [0, methods::NONE, u32::MAX] {
            assert_eq!(failure(client.call(method, PATIENCE, |_| Ok(()))), Failure::UNKNOWN_METHOD);
        }
        add(client, 5, 6, PATIENCE).expect("add after an unknown method");

        // None, too few, too many.
        for count in [0, 1, 3, 4] {
            let e =
                failure(client.call(methods::ADD, PATIENCE, |args| (0..count).try_for_each(|n| args.u32(n))));
            assert_eq!(e, Failure::BAD_ARGUMENTS, "{count} arguments");
        }
        let lies = client.call(methods::ECHO, PATIENCE, |args| args.u32(1 << 30));
        assert_eq!(failure(lies), Failure::BAD_ARGUMENTS);
        add(client, 7, 8, PATIENCE).expect("add after bad arguments");

        assert_eq!(failure(client.call(methods::FLOOD, PATIENCE, |_| Ok(()))), Failure::RESULT_TOO_LONG);
        add(client, 9, 10, PATIENCE).expect("add after a result too long");

        let refused = client.call(methods::ADD, PATIENCE, |_| Packer::new(&mut [0]).u32(0));
        assert_eq!(channel_errno(refused), Errno::MSGSIZE);
        every_type(client);
    });
}

fn every_type(client: &mut Client<'_, super::Line>) {
    let text = "naïve – ☃";
    let mut same = client
        .call(methods::EVERYTHING, PATIENCE, |args| {
            args.u8(200)?;
            args.i8(-100)?;
            args.u16(60_000)?;
            args.i16(-30_000)?;
            args.i32(i32::MIN)?;
            args.u64(u64::MAX)?;
            args.i64(i64::MIN)?;
            args.bool(true)?;
            args.str(text)
        })
        .expect("everything");
    assert_eq!((same.u8(), same.i8(), same.u16(), same.i16()), (Ok(200), Ok(-100), Ok(60_000), Ok(-30_000)));
    assert_eq!((same.i32(), same.u64(), same.i64()), (Ok(i32::MIN), Ok(u64::MAX), Ok(i64::MIN)));
    assert_eq!((same.bool(), same.str(), same.finish()), (Ok(true), Ok(text), Ok(())));
}

/// Up to the longest that fits; what does not is refused before anything is sent.
pub fn echo_of_every_size(kind: &Kind) {
    let largest = kind.limit - HEAD - 4;
    with_server(kind, |client| {
        assert!(client.channel().recv_limit() >= kind.limit);
        for len in [0, 1, 2, 3, 4, 5, 63, 64, 65, 1000, 4000, largest / 2, largest - 1, largest] {
            let len = len.min(largest);
            let bytes = message(len, len);
            let mut echo =
                client.call(methods::ECHO, PATIENCE, |args| args.bytes(&bytes)).expect("an echo that fits");
            assert_same(echo.bytes().expect("bytes"), &bytes);
            echo.finish().expect("nothing else");
            for too_long in [largest + 1, largest * 2] {
                let bytes = vec![0; too_long];
                let e = client.call(methods::ECHO, PATIENCE, |args| args.bytes(&bytes));
                assert_eq!(channel_errno(e), Errno::MSGSIZE, "{too_long} bytes");
            }
        }
    });
}

pub fn hundreds_in_a_row(kind: &Kind) {
    with_server(kind, |client| {
        for i in 0..300 {
            add(client, i, i.wrapping_mul(0x9e37_79b9), PATIENCE).expect("add");
        }
    });
}

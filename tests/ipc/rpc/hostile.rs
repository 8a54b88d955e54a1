//! A side that sends what no server and no client would: the other goes on, or ends with an error.

use super::line::Kind;
use super::{Line, buffer, methods, serve};
use crate::conformance::mechanism::{PATIENCE, message};
use crate::os::process::Child;
use rawipc::rpc::{CallError, Client, HEAD, Unpacker};
use rawipc::{Errno, Receiver, Result, Sender, Wait};
use std::time::{Duration, Instant};

const MOMENT: Wait = Wait::at_most(Duration::from_millis(100));

/// Message `i` of a hostile side: random bytes, every other time behind a head that is right in part.
fn garbage(i: usize, limit: usize, heads: &[u32]) -> Vec<u8> {
    let random = message(i, 64);
    let pick = |n: usize, of: usize| usize::from(random[n]) % of;
    let len = match i % 5 {
        0 => 1 + pick(0, HEAD + 8),
        1 => limit,
        _ => 1 + (pick(0, 256) * 256 + pick(1, 256)) % limit.min(3000),
    };
    let mut bytes = message(i + 1_000_000, len);
    if i % 2 == 0 {
        // The id that a client begins with, and a status or a method.
        let second = heads[pick(2, heads.len())];
        for (place, byte) in bytes.iter_mut().zip([1u32.to_le_bytes(), second.to_le_bytes()].concat()) {
            *place = byte;
        }
    }
    if i % 4 == 0 {
        // A length that lies in front of bytes or text.
        let lie = [0, 1, len as u32, len as u32 - 1, u32::MAX, 1 << 31][pick(3, 6)].to_le_bytes();
        for (place, byte) in bytes.iter_mut().skip(HEAD).zip(lie) {
            *place = byte;
        }
    }
    bytes
}

/// Takes whatever came, so that nobody waits for room.
fn drain(line: &mut Line, buf: &mut [u8]) -> Result<()> {
    loop {
        match line.try_recv(buf) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(e) if e.errno() == Errno::AGAIN => return Ok(()),
            Err(e) => return Err(e),
        }
    }
}

/// Whatever is unpacked from it, and however: an answer each time.
fn unpack(result: &mut Unpacker<'_>, how: usize) {
    for step in 0..20 {
        let _ = match (how + step * 7) % 10 {
            0 => result.u8().map(drop),
            1 => result.i16().map(drop),
            2 => result.u32().map(drop),
            3 => result.i64().map(drop),
            4 => result.bool().map(drop),
            5 => result.str().map(drop),
            6 => result.finish(),
            _ => result.bytes().map(drop),
        };
    }
    assert!(result.remaining() <= 200_000);
}

pub fn server(kind: &Kind) {
    let mut lines = kind.lines();
    let child = Child::spawn(|| {
        let mut line = lines.server();
        let (limit, mut buf) = (line.send_limit(), buffer(&line));
        for i in 0.. {
            let heads = [0, 0, 0, 1, i as u32, u32::MAX];
            if line.send(&garbage(i, limit, &heads), PATIENCE).is_err() || drain(&mut line, &mut buf).is_err()
            {
                return;
            }
        }
    });
    let mut line = lines.client();
    let mut buf = buffer(&line);
    let (mut results, mut failures, mut corrupt) = (0, 0, 0);
    for i in 0..400 {
        // A new client each time, as one that met garbage takes nothing any more.
        let mut client = Client::new(line, &mut buf).expect("Client");
        match client.call(methods::ECHO, MOMENT, |args| args.u32(0)) {
            Ok(mut result) => {
                unpack(&mut result, i);
                results += 1;
            }
            Err(CallError::Remote(_)) => failures += 1,
            Err(CallError::Channel(e)) => {
                assert!([Errno::BADMSG, Errno::TIMEDOUT].contains(&e.errno()), "{e}");
                if e.errno() == Errno::BADMSG {
                    corrupt += 1;
                    let again = super::channel_errno(client.call(methods::ADD, PATIENCE, |_| Ok(())));
                    assert_eq!(again, Errno::BADMSG, "what is corrupt stays so");
                }
            }
        }
        line = client.into_channel();
    }
    drop(line);
    assert!(results > 20 && failures > 20 && corrupt > 20, "{results} {failures} {corrupt}");
    child.kill();
}

/// Garbage by the hundred, its answers read; and then a good request, whose answer is right.
pub fn client(kind: &Kind) {
    let mut lines = kind.lines();
    let child = Child::spawn(|| {
        let mut line = lines.client();
        let (limit, mut buf) = (line.send_limit(), buffer(&line));
        let numbers = [methods::ADD, methods::ECHO, methods::FAIL, methods::FLOOD, methods::EVERYTHING];
        for i in 0..400 {
            line.send(&garbage(i, limit, &numbers), PATIENCE).expect("the server takes what it is sent");
            drain(&mut line, &mut buf).expect("whole messages");
        }
        let mut good = Vec::new();
        [0x600d_600d, methods::ADD, 30, 4].iter().for_each(|n: &u32| good.extend(n.to_le_bytes()));
        line.send(&good, PATIENCE).expect("send");
        loop {
            let n = line.recv(&mut buf, PATIENCE).expect("an answer");
            if buf[..n].starts_with(&good[..4]) {
                assert_eq!(&buf[4..n], [0, 0, 0, 0, 34, 0, 0, 0, 0, 0, 0, 0]);
                return;
            }
        }
    });
    let wait = if kind.tells_the_end { PATIENCE } else { Wait::at_most(Duration::from_millis(1500)) };
    match serve(lines.server(), wait) {
        Ok(()) => {}
        Err(e) => assert!(e.errno() == Errno::TIMEDOUT && !kind.tells_the_end, "serve: {e}"),
    }
    child.join();
}

/// It asks and asks, and leaves every answer where it is: the server's deadline is for that too.
pub fn client_that_never_reads(kind: &Kind) {
    let mut lines = kind.lines();
    let child = Child::spawn(|| {
        let mut line = lines.client();
        let limit = line.send_limit();
        for i in 0.. {
            let mut request = garbage(2, limit, &[methods::ECHO]);
            request.truncate(HEAD);
            request.extend(2000u32.to_le_bytes());
            request.extend(message(i, 2000));
            if line.send(&request, PATIENCE).is_err() {
                return;
            }
        }
    });
    let began = Instant::now();
    let e =
        serve(lines.server(), Wait::at_most(Duration::from_millis(300))).expect_err("no room for an answer");
    assert_eq!(e.errno(), Errno::TIMEDOUT);
    assert!(began.elapsed() < Duration::from_secs(5), "served for {:?}", began.elapsed());
    child.kill();
}

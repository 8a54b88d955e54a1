//! Calls over pipes and over frames, and what a hostile side can do.

use super::{CallError, Client, Failure, HEAD, Packer, Server, Unpacker};
use crate::channel::{Duplex, Receiver, Sender};
use crate::error::{Call, Errno, Error, Origin};
use crate::frame::{FrameReceiver, FrameSender};
use crate::pipe::{self, PIPE_BUF, PacketReceiver, PacketSender};
use crate::wait::Wait;
use core::time::Duration;
use std::string::ToString;
use std::vec::Vec;
use std::{thread, vec};

const MOMENT: Wait = Wait::at_most(Duration::from_millis(2));
const BAD: Error = Error::peer(Call::RPC, Errno::BADMSG);
const ECHO: u32 = 7;

type Packets = Duplex<PacketSender, PacketReceiver>;

/// The client's side and the server's.
fn packets() -> (Packets, Packets) {
    let (requests, to_server) = pipe::packet_pair().unwrap();
    let (replies, to_client) = pipe::packet_pair().unwrap();
    (Duplex { sender: to_server, receiver: replies }, Duplex { sender: to_client, receiver: requests })
}

/// Echoes the arguments' bytes, and knows nothing else.
fn echo(method: u32, args: &mut Unpacker<'_>, result: &mut Packer<'_>) -> Result<(), Failure> {
    if method != ECHO {
        return Err(Failure::UNKNOWN_METHOD);
    }
    result.bytes(args.bytes()?)?;
    Ok(args.finish()?)
}

/// Calls of every kind against a server that runs [`echo`], with messages up to `limit` bytes both ways.
fn talk<C, S>(client: C, server: S, limit: usize)
where
    C: Sender + Receiver,
    S: Sender + Receiver + Send + 'static,
{
    let serving = thread::spawn(move || {
        let (mut inbox, mut outbox) = (vec![0; server.recv_limit()], vec![0; limit]);
        Server::new(server, &mut inbox, &mut outbox).unwrap().serve(Wait::FOREVER, echo)
    });
    let mut buf = vec![0; client.recv_limit().max(limit)];
    let mut client = Client::new(client, &mut buf).unwrap();
    for size in [0, 1, 100, limit - HEAD - 4] {
        let data: Vec<u8> = (0..size).map(|i| i as u8).collect();
        let mut result = client.call(ECHO, Wait::FOREVER, |args| args.bytes(&data)).unwrap();
        assert!(result.bytes().unwrap() == data);
        result.finish().unwrap();
    }
    let e = client.call(ECHO, Wait::FOREVER, |args| args.bytes(&vec![0; limit])).unwrap_err();
    assert!(matches!(e, CallError::Channel(e) if e.errno() == Errno::MSGSIZE), "{e}");
    let e = client.call(ECHO, Wait::FOREVER, |args| args.u8(0)).unwrap_err();
    assert_eq!(e, CallError::Remote(Failure::BAD_ARGUMENTS));
    let e = client.call(1, Wait::FOREVER, |_| Ok(())).unwrap_err();
    assert_eq!(e, CallError::Remote(Failure::UNKNOWN_METHOD));
    drop(client);
    serving.join().unwrap().unwrap();
}

#[test]
fn calls_over_packet_pipes() {
    let (client, server) = packets();
    talk(client, server, PIPE_BUF);
}

#[test]
fn calls_over_frames_larger_than_the_pipe() {
    const LIMIT: usize = 300_000;
    let (requests, to_server) = pipe::pair().unwrap();
    let (replies, to_client) = pipe::pair().unwrap();
    let room = || vec![0; LIMIT + 4].leak();
    let client = Duplex {
        sender: FrameSender::sole(to_server, LIMIT).unwrap(),
        receiver: FrameReceiver::new(replies, room()).unwrap(),
    };
    let server = Duplex {
        sender: FrameSender::sole(to_client, LIMIT).unwrap(),
        receiver: FrameReceiver::new(requests, room()).unwrap(),
    };
    talk(client, server, LIMIT);
}

#[test]
fn a_late_reply_is_skipped() {
    let (client, server) = packets();
    let (mut buf, mut inbox, mut outbox) = ([0; PIPE_BUF], [0; PIPE_BUF], [0; 64]);
    let mut client = Client::new(client, &mut buf).unwrap();
    let mut server = Server::new(server, &mut inbox, &mut outbox).unwrap();
    for n in [1, 2] {
        let e = client.call(n, MOMENT, |_| Ok(())).unwrap_err();
        assert_eq!(e, CallError::Channel(Error::deadline(Call::PPOLL)));
    }
    for n in [1, 2] {
        let request = server.try_next().unwrap().unwrap();
        assert_eq!(request.method(), n);
        request.reply(Wait::FOREVER, |result| result.u32(n)).unwrap();
    }
    thread::scope(|scope| {
        let serving = scope.spawn(|| {
            let request = server.next(Wait::FOREVER).unwrap().unwrap();
            let n = request.method();
            request.reply(Wait::FOREVER, |result| result.u32(n))
        });
        let mut result = client.call(3, Wait::FOREVER, |_| Ok(())).unwrap();
        assert_eq!((result.u32(), result.finish()), (Ok(3), Ok(())));
        serving.join().unwrap().unwrap();
    });
}

/// What three calls come to whose replies lie there already; ids count from 1.
fn answered_with(replies: &[&[u8]]) -> Vec<CallError> {
    let (client, mut server) = packets();
    let mut buf = [0; PIPE_BUF];
    let mut client = Client::new(client, &mut buf).unwrap();
    for reply in replies {
        server.send(reply, Wait::FOREVER).unwrap();
    }
    (0..3).map(|_| client.call(ECHO, MOMENT, |_| Ok(())).err().unwrap()).collect()
}

#[test]
fn a_reply_to_nothing_corrupts_the_client() {
    let bad = CallError::Channel(BAD);
    for len in 1..HEAD {
        assert_eq!(answered_with(&[&b"\x01\0\0\0\0\0\0\0"[..len]]), [bad; 3], "{len} bytes");
    }
    for id in [0, 2, u32::MAX] {
        let reply = [id.to_le_bytes(), [0; 4]].concat();
        assert_eq!(answered_with(&[&reply]), [bad; 3], "id {id}");
    }
    // The first call is answered; the same answer again is to nothing.
    let failed = b"\x01\0\0\0\x05\0\0\0";
    assert_eq!(answered_with(&[failed, failed]), [CallError::Remote(Failure::new(5)), bad, bad]);
}

#[test]
fn late_replies_cannot_keep_a_client() {
    let (client, mut server) = packets();
    let mut buf = [0; PIPE_BUF];
    let mut client = Client::new(client, &mut buf).unwrap();
    client.call(ECHO, MOMENT, |_| Ok(())).unwrap_err();
    for _ in 0..2 {
        server.send(b"\x01\0\0\0\0\0\0\0", Wait::FOREVER).unwrap();
    }
    assert_eq!(client.call(ECHO, Wait::FOREVER, |_| Ok(())).unwrap_err(), CallError::Channel(BAD));
}

#[test]
fn a_server_that_is_gone_is_epipe() {
    let (client, server) = packets();
    let mut buf = [0; PIPE_BUF];
    let mut client = Client::new(client, &mut buf).unwrap();
    let Duplex { sender, receiver } = server;
    drop(sender);
    let e = client.call(ECHO, Wait::FOREVER, |_| Ok(())).unwrap_err();
    assert_eq!(e, CallError::Channel(Error::peer(Call::RPC, Errno::PIPE)));
    drop(receiver);
    let e = client.call(ECHO, Wait::FOREVER, |_| Ok(())).unwrap_err();
    let refused = [Call::PWRITEV2, Call::WRITEV].map(|call| Error::kernel(call, Errno::PIPE));
    assert!(matches!(e, CallError::Channel(e) if refused.contains(&e)));
}

#[test]
fn a_hostile_request_is_an_error_and_the_server_goes_on() {
    let (mut client, server) = packets();
    let (mut inbox, mut outbox) = ([0; PIPE_BUF], [0; 64]);
    let mut server = Server::new(server, &mut inbox, &mut outbox).unwrap();
    let request = [&9u32.to_le_bytes()[..], &ECHO.to_le_bytes(), &4u32.to_le_bytes(), b"four"].concat();
    for len in 1..HEAD {
        client.send(&request[..len], Wait::FOREVER).unwrap();
        assert_eq!(server.next(Wait::FOREVER).unwrap_err(), BAD, "{len} bytes");
    }
    for len in 1..=request.len() {
        client.send(&request[..len], Wait::FOREVER).unwrap();
        let served = server.serve(Wait::at_most(Duration::ZERO), echo);
        assert_eq!(served.unwrap_err().errno(), Errno::TIMEDOUT);
        let mut buf = [0; PIPE_BUF];
        let reply = client.try_recv(&mut buf).map(|n| buf[..n].to_vec());
        if len < HEAD {
            assert_eq!(reply.unwrap_err().errno(), Errno::AGAIN, "{len} bytes");
        } else if len < request.len() {
            assert_eq!(reply.unwrap(), b"\x09\0\0\0\xfe\xff\xff\xff", "{len} bytes");
        } else {
            assert_eq!(reply.unwrap(), b"\x09\0\0\0\0\0\0\0\x04\0\0\0four");
        }
    }
}

#[test]
fn a_result_too_long_is_told_to_both() {
    let (mut client, server) = packets();
    let (mut inbox, mut outbox) = ([0; PIPE_BUF], [0; 12]);
    let mut server = Server::new(server, &mut inbox, &mut outbox).unwrap();
    let mut buf = [0; PIPE_BUF];
    for ignores in [false, true] {
        client.send(b"\x01\0\0\0\x07\0\0\0", Wait::FOREVER).unwrap();
        let request = server.next(Wait::FOREVER).unwrap().unwrap();
        let e = request.reply(Wait::FOREVER, |result| {
            let answer = result.u64(0);
            if ignores { Ok(()) } else { answer }
        });
        assert_eq!(e.unwrap_err().errno(), Errno::MSGSIZE);
        let n = client.recv(&mut buf, Wait::FOREVER).unwrap();
        assert_eq!(&buf[..n], b"\x01\0\0\0\xfd\xff\xff\xff");
    }
}

#[test]
fn a_client_that_is_gone_ends_the_server() {
    let (mut client, server) = packets();
    let (mut inbox, mut outbox) = ([0; PIPE_BUF], [0; 64]);
    let mut server = Server::new(server, &mut inbox, &mut outbox).unwrap();
    client.send(b"\x01\0\0\0\x07\0\0\0\0\0\0\0", Wait::FOREVER).unwrap();
    drop(client);
    // Its last request still runs, and the answer finds nobody.
    let mut ran = 0;
    let served = server.serve(Wait::FOREVER, |method, args, result| {
        ran += 1;
        echo(method, args, result)
    });
    assert_eq!((served, ran), (Ok(()), 1));
    assert!(server.next(Wait::FOREVER).unwrap().is_none());
}

#[test]
fn buffers_that_could_be_too_small_are_refused() {
    let (client, server) = packets();
    let e = Client::new(client, &mut [0; PIPE_BUF - 1]).unwrap_err();
    assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(PIPE_BUF)));
    let e = Server::new(server, &mut [0; PIPE_BUF], &mut [0; HEAD - 1]).unwrap_err();
    assert_eq!((e.errno(), e.origin()), (Errno::INVAL, Origin::Argument));
    let (_, server) = packets();
    let e = Server::new(server, &mut [0; PIPE_BUF - 1], &mut [0; HEAD]).unwrap_err();
    assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(PIPE_BUF)));
}

#[test]
fn a_failure_is_never_success_nor_one_of_ours_by_accident() {
    assert_eq!(Failure::new(1).code(), 1);
    assert_eq!(Failure::new(0xffff_feff).code(), 0xffff_feff);
    for code in [0, 0xffff_ff00, u32::MAX] {
        assert_eq!(Failure::new(code), Failure::OTHER);
    }
    assert_eq!(CallError::Remote(Failure::new(12)).to_string(), "the server: failed with code 12");
    assert_eq!(CallError::from(BAD).to_string(), "rpc: EBADMSG (the peer's doing)");
}

#[test]
fn what_another_packer_packed_is_appended_whole_or_not_at_all() {
    let mut inner = [0; 8];
    let mut args = Packer::new(&mut inner);
    args.u16(7).unwrap();
    args.str("x").unwrap();
    let mut outer = [0; 9];
    let mut packer = Packer::new(&mut outer);
    packer.u16(1).unwrap();
    packer.append(args.packed().unwrap()).unwrap();
    assert_eq!(packer.packed().unwrap(), b"\x01\0\x07\0\x01\0\0\0x");
    assert!(packer.append(b"").is_ok());
    let e = packer.append(b"y").unwrap_err();
    assert_eq!((e, packer.packed().unwrap_err()), (e, e));
    assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(9)));
    args.u16(0).unwrap_err();
    assert_eq!(args.packed().unwrap_err().needed(), Some(8));
}

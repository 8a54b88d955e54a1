use super::super::message::DEFAULT_LIMIT;
use super::super::{Listener, Seqpacket};
use super::{IN_TIME, SOON, name};
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error, Origin};
use rustix::net::SendFlags;
use std::vec;

const CORRUPT: Error = Error::peer(Call::RECVFROM, Errno::BADMSG);

/// What a peer does that keeps no rule.
fn raw(socket: &Seqpacket, msg: &[u8]) {
    assert_eq!(rustix::net::send(socket, msg, SendFlags::NOSIGNAL).unwrap(), msg.len());
}

#[test]
fn messages_stay_whole_and_in_order() {
    let address = name();
    let listener = Listener::<Seqpacket>::bind(&address).unwrap();
    let mut client = Seqpacket::connect(&address, IN_TIME).unwrap();
    let mut server = listener.accept(IN_TIME).unwrap();
    let largest = vec![9; DEFAULT_LIMIT];
    client.send(b"a", IN_TIME).unwrap();
    client.send(&largest, IN_TIME).unwrap();
    client.send(b"bc", IN_TIME).unwrap();
    let mut buf = vec![0; DEFAULT_LIMIT];
    assert_eq!(server.recv(&mut buf, IN_TIME).unwrap(), 1);
    assert_eq!(server.try_recv(&mut buf).unwrap(), DEFAULT_LIMIT);
    assert_eq!(buf, largest);
    assert_eq!(server.recv(&mut buf[..2], IN_TIME).unwrap(), 2);
    assert_eq!(&buf[..2], b"bc");
    assert!(server.try_recv(&mut buf).unwrap_err().is_again());
    assert!(server.try_recv(&mut buf[..2]).unwrap_err().is_again());
    assert_eq!(server.recv(&mut buf, SOON).unwrap_err().origin(), Origin::Deadline);
}

#[test]
fn a_buffer_too_small_keeps_the_message() {
    let (mut ours, mut theirs) = Seqpacket::pair().unwrap();
    theirs.send(b"twelve bytes", IN_TIME).unwrap();
    for n in [0, 1, 11] {
        let e = ours.recv(&mut vec![0; n], IN_TIME).unwrap_err();
        assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(12)));
    }
    let mut buf = [0; 12];
    assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap(), 12);
    assert_eq!(&buf, b"twelve bytes");
}

#[test]
fn what_is_no_message_is_refused_before_any_call() {
    let (mut ours, mut theirs) = Seqpacket::pair().unwrap();
    assert_eq!(ours.send(b"", SOON).unwrap_err(), Error::argument(Call::SENDTO, Errno::INVAL));
    let e = ours.try_send(&vec![0; DEFAULT_LIMIT + 1]).unwrap_err();
    assert_eq!(e, Error::argument(Call::SENDTO, Errno::MSGSIZE).with_needed(DEFAULT_LIMIT));
    assert!(theirs.try_recv(&mut [0; 8]).unwrap_err().is_again());
}

#[test]
fn an_empty_message_is_not_the_end() {
    for small in [false, true] {
        let mut buf = vec![0; if small { 8 } else { DEFAULT_LIMIT }];
        let (mut ours, theirs) = Seqpacket::pair().unwrap();
        raw(&theirs, b"");
        raw(&theirs, b"more");
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap_err(), CORRUPT);
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap_err(), CORRUPT);

        let (mut ours, theirs) = Seqpacket::pair().unwrap();
        raw(&theirs, b"");
        raw(&theirs, b"more");
        drop(theirs);
        assert_eq!(ours.try_recv(&mut buf).unwrap_err(), CORRUPT);
        assert_eq!(ours.try_recv(&mut buf).unwrap_err(), CORRUPT);

        // Nothing behind it but the end.
        let (mut ours, theirs) = Seqpacket::pair().unwrap();
        raw(&theirs, b"");
        drop(theirs);
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap(), 0);
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap(), 0);
    }
}

#[test]
fn a_message_above_the_limit_is_corruption() {
    for small in [false, true] {
        let (mut ours, theirs) = Seqpacket::pair().unwrap();
        ours.set_limit(100).unwrap();
        let mut buf = vec![0; if small { 8 } else { 200 }];
        raw(&theirs, &[1; 101]);
        raw(&theirs, b"fits");
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap_err(), CORRUPT.with_needed(101));
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap_err(), CORRUPT);
    }
}

#[test]
fn what_was_sent_comes_before_the_end() {
    for small in [false, true] {
        let mut buf = vec![0; if small { 8 } else { DEFAULT_LIMIT }];
        let (mut ours, mut theirs) = Seqpacket::pair().unwrap();
        ours.send(b"never read", IN_TIME).unwrap();
        theirs.send(b"last", IN_TIME).unwrap();
        theirs.send(b"words", IN_TIME).unwrap();
        drop(theirs);
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap(), 4);
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap(), 5);
        assert_eq!(ours.recv(&mut buf, IN_TIME).unwrap(), 0);
        assert_eq!(ours.try_recv(&mut buf).unwrap(), 0);
    }
}

#[test]
fn a_send_to_nobody_is_epipe_each_time() {
    let (mut ours, theirs) = Seqpacket::pair().unwrap();
    ours.send(b"never read", IN_TIME).unwrap();
    drop(theirs);
    for _ in 0..3 {
        // ECONNRESET, the kernel says first.
        assert_eq!(ours.send(b"x", IN_TIME).unwrap_err(), Error::kernel(Call::SENDTO, Errno::PIPE));
    }
    let (mut ours, theirs) = Seqpacket::pair().unwrap();
    ours.shutdown_write().unwrap();
    assert_eq!(ours.try_send(b"x").unwrap_err().errno(), Errno::PIPE);
    let mut theirs = Seqpacket::attach(theirs.into_fd()).unwrap();
    assert_eq!(theirs.recv(&mut [0; 8], IN_TIME).unwrap(), 0);
}

#[test]
fn a_full_socket_keeps_the_deadline() {
    let (mut ours, mut theirs) = Seqpacket::pair().unwrap();
    let msg = vec![0; DEFAULT_LIMIT];
    while ours.try_send(&msg).is_ok() {}
    assert_eq!(ours.try_send(&msg).unwrap_err(), Error::kernel(Call::SENDTO, Errno::AGAIN));
    assert_eq!(ours.send(&msg, SOON).unwrap_err().origin(), Origin::Deadline);
    let mut buf = vec![0; DEFAULT_LIMIT];
    while theirs.try_recv(&mut buf).is_ok() {}
    ours.send(&msg, IN_TIME).unwrap();
}

#[test]
fn the_limit_is_one_that_the_kernel_keeps() {
    let (mut ours, mut theirs) = Seqpacket::pair().unwrap();
    let before = rustix::net::sockopt::socket_send_buffer_size(&ours).unwrap();
    assert_eq!(ours.set_limit(0).unwrap_err(), Error::argument(Call::SETSOCKOPT, Errno::INVAL));
    let e = ours.set_limit(1 << 30).unwrap_err();
    assert_eq!((e.errno(), ours.send_limit()), (Errno::MSGSIZE, DEFAULT_LIMIT));
    let largest = e.needed().unwrap();
    assert!(largest >= before - 32);
    ours.set_limit(largest).unwrap();
    theirs.set_limit(largest).unwrap();
    assert_eq!((ours.send_limit(), ours.recv_limit()), (largest, largest));
    ours.send(&vec![3; largest], IN_TIME).unwrap();
    assert_eq!(theirs.recv(&mut vec![0; largest], IN_TIME).unwrap(), largest);
}

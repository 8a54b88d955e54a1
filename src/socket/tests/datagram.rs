use super::super::Datagram;
use super::super::message::DEFAULT_LIMIT;
use super::{IN_TIME, SOON, name};
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error, Origin};
use rustix::net::SendFlags;
use std::{thread, time, vec};

#[test]
fn a_name_is_answered() {
    let (server, client) = (Datagram::bind(&name()).unwrap(), Datagram::bind(&name()).unwrap());
    client.send_to(server.address(), b"question", IN_TIME).unwrap();
    let mut buf = vec![0; DEFAULT_LIMIT];
    let (n, from) = server.recv_from(&mut buf, IN_TIME).unwrap();
    assert_eq!((n, &from), (8, client.address()));
    server.try_send_to(&from, b"answer").unwrap();
    assert_eq!(client.try_recv_from(&mut buf[..6]).unwrap(), (6, *server.address()));
    assert_eq!(client.try_recv_from(&mut buf).unwrap_err(), Error::kernel(Call::RECVMSG, Errno::AGAIN));
    assert_eq!(client.recv_from(&mut buf, SOON).unwrap_err().origin(), Origin::Deadline);
    Datagram::unbound().unwrap().send_to(server.address(), b"x", IN_TIME).unwrap();
    assert!(server.recv_from(&mut buf, IN_TIME).unwrap().1.is_unnamed());
}

#[test]
fn a_pair_keeps_messages_whole() {
    let (mut ours, mut theirs) = Datagram::pair().unwrap();
    ours.send(b"one", IN_TIME).unwrap();
    ours.send(b"two!", IN_TIME).unwrap();
    for n in [0, 2] {
        let e = theirs.recv(&mut vec![0; n], IN_TIME).unwrap_err();
        assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(3)));
        assert_eq!(theirs.recv_from(&mut vec![0; n], IN_TIME).unwrap_err(), e);
    }
    assert_eq!(theirs.recv(&mut [0; 3], IN_TIME).unwrap(), 3);
    assert_eq!(theirs.try_recv(&mut vec![0; DEFAULT_LIMIT]).unwrap(), 4);
    assert!(theirs.try_recv(&mut [0; 3]).unwrap_err().is_again());
}

#[test]
fn what_is_no_message_is_dropped_and_ends_nothing() {
    let (ours, mut theirs) = Datagram::pair().unwrap();
    theirs.set_limit(100).unwrap();
    for n in [8, 200] {
        for msg in [&b""[..], &[1; 101], b"good", b"", &[1; 101], b"good"] {
            rustix::net::send(&ours, msg, SendFlags::empty()).unwrap();
        }
        let mut buf = vec![0; n];
        let bad = Error::peer(Call::RECVFROM, Errno::BADMSG);
        assert_eq!(theirs.recv(&mut buf, IN_TIME).unwrap_err(), bad);
        assert_eq!(theirs.recv(&mut buf, IN_TIME).unwrap_err(), bad.with_needed(101));
        assert_eq!(theirs.recv(&mut buf, IN_TIME).unwrap(), 4);
        let bad = Error::peer(Call::RECVMSG, Errno::BADMSG);
        assert_eq!(theirs.recv_from(&mut buf, IN_TIME).unwrap_err(), bad);
        assert_eq!(theirs.recv_from(&mut buf, IN_TIME).unwrap_err(), bad.with_needed(101));
        assert_eq!(theirs.recv_from(&mut buf, IN_TIME).unwrap().0, 4);
    }
}

#[test]
fn what_cannot_be_sent_is_refused_before_any_call() {
    let (mut ours, _theirs) = Datagram::pair().unwrap();
    let empty = Error::argument(Call::SENDTO, Errno::INVAL);
    assert_eq!(ours.send(b"", SOON).unwrap_err(), empty);
    assert_eq!(ours.send_to(&name(), b"", SOON).unwrap_err(), empty);
    assert_eq!(ours.send_to(Datagram::unbound().unwrap().address(), b"x", SOON).unwrap_err(), empty);
    let long = vec![0; DEFAULT_LIMIT + 1];
    let e = Error::argument(Call::SENDTO, Errno::MSGSIZE).with_needed(DEFAULT_LIMIT);
    assert_eq!(ours.try_send(&long).unwrap_err(), e);
    assert_eq!(ours.try_send_to(&name(), &long).unwrap_err(), e);
}

#[test]
fn a_peer_that_is_gone_is_epipe_to_send_and_silence_to_recv() {
    let (mut ours, mut theirs) = Datagram::pair().unwrap();
    theirs.send(b"last words", IN_TIME).unwrap();
    drop(theirs);
    assert_eq!(ours.recv(&mut [0; 16], IN_TIME).unwrap(), 10);
    for _ in 0..2 {
        // ECONNREFUSED and then ENOTCONN, the kernel says.
        assert_eq!(ours.send(b"x", IN_TIME).unwrap_err(), Error::kernel(Call::SENDTO, Errno::PIPE));
    }
    assert_eq!(ours.recv(&mut [0; 16], SOON).unwrap_err().origin(), Origin::Deadline);
    let mut never = Datagram::unbound().unwrap();
    assert_eq!(never.send(b"x", IN_TIME).unwrap_err().errno(), Errno::NOTCONN);
    let gone = name();
    assert_eq!(never.connect_to(&gone).unwrap_err(), Error::kernel(Call::CONNECT, Errno::CONNREFUSED));
    assert_eq!(
        never.send_to(&gone, b"x", IN_TIME).unwrap_err(),
        Error::kernel(Call::SENDTO, Errno::CONNREFUSED)
    );
}

#[test]
fn a_full_queue_keeps_the_deadline_and_takes_more_later() {
    let server = Datagram::bind(&name()).unwrap();
    let address = *server.address();
    let stranger = Datagram::unbound().unwrap();
    let mut client = Datagram::connect(&address).unwrap();
    while stranger.try_send_to(&address, b"x").is_ok() {}
    let full = Error::kernel(Call::SENDTO, Errno::AGAIN);
    assert_eq!(stranger.try_send_to(&address, b"x").unwrap_err(), full);
    assert_eq!(client.try_send(b"x").unwrap_err(), full);
    let start = time::Instant::now();
    assert_eq!(stranger.send_to(&address, b"x", SOON).unwrap_err().origin(), Origin::Deadline);
    assert_eq!(client.send(b"x", SOON).unwrap_err().origin(), Origin::Deadline);
    assert!((40..4000).contains(&start.elapsed().as_millis()));
    thread::scope(|scope| {
        scope.spawn(|| stranger.send_to(&address, b"x", IN_TIME).unwrap());
        scope.spawn(|| client.send(b"x", IN_TIME).unwrap());
        let mut buf = [0; 8];
        while server.recv_from(&mut buf, SOON).is_ok() {}
    });
}

#[test]
fn a_connected_socket_hears_its_peer_alone() {
    let server = Datagram::bind(&name()).unwrap();
    let mut client = Datagram::bind(&name()).unwrap();
    client.connect_to(server.address()).unwrap();
    let stranger = Datagram::unbound().unwrap();
    assert_eq!(stranger.send_to(client.address(), b"x", IN_TIME).unwrap_err().errno(), Errno::PERM);
    server.send_to(client.address(), b"to you", IN_TIME).unwrap();
    assert_eq!(client.recv(&mut [0; 8], IN_TIME).unwrap(), 6);
}

#[test]
fn a_receiving_side_that_was_shut_is_told_and_not_waited_for() {
    let (mut ours, _theirs) = Datagram::pair().unwrap();
    rustix::net::shutdown(&ours, rustix::net::Shutdown::Read).unwrap();
    let mut buf = [0; 8];
    let shut = Error::kernel(Call::RECVFROM, Errno::SHUTDOWN);
    assert_eq!(ours.recv(&mut buf, SOON).unwrap_err(), shut);
    let mut buf = vec![0; DEFAULT_LIMIT];
    assert_eq!(ours.recv(&mut buf, SOON).unwrap_err(), shut);
    let shut = Error::kernel(Call::RECVMSG, Errno::SHUTDOWN);
    assert_eq!(ours.recv_from(&mut buf, SOON).unwrap_err(), shut);
}

#[test]
fn a_peer_that_turns_to_another_is_no_error_of_a_receive() {
    for from in [false, true] {
        let (mut ours, mut theirs) = Datagram::pair().unwrap();
        let other = Datagram::bind(&name()).unwrap();
        ours.send(b"never read", IN_TIME).unwrap();
        theirs.send(b"before", IN_TIME).unwrap();
        theirs.connect_to(other.address()).unwrap();
        let mut buf = vec![0; DEFAULT_LIMIT];
        let n = if from { ours.recv_from(&mut buf, SOON).map(|r| r.0) } else { ours.recv(&mut buf, SOON) };
        assert_eq!(n, Ok(6));
    }
}

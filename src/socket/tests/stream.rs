use super::super::{Datagram, Seqpacket, Stream};
use super::{IN_TIME, SOON};
use crate::channel::{ByteRead, ByteWrite};
use crate::error::{Call, Errno, Error, Origin};
use std::vec;

#[test]
fn bytes_go_both_ways_at_once() {
    let (ours, mut theirs) = Stream::pair().unwrap();
    let (mut reading, mut writing) = (&ours, &ours);
    writing.write_all(b"there", IN_TIME).unwrap();
    theirs.write_all(b"back", IN_TIME).unwrap();
    let mut buf = [0; 16];
    assert_eq!(reading.read(&mut buf, IN_TIME).unwrap(), 4);
    assert_eq!(theirs.try_read(&mut buf).unwrap(), 5);
    assert_eq!(reading.try_read(&mut buf).unwrap_err(), Error::kernel(Call::RECVFROM, Errno::AGAIN));
    assert_eq!(reading.read(&mut buf, SOON).unwrap_err().origin(), Origin::Deadline);
}

#[test]
fn two_parts_go_in_one_call() {
    let (mut ours, mut theirs) = Stream::pair().unwrap();
    assert_eq!(ours.write_two(b"head", b"", IN_TIME).unwrap(), 4);
    assert_eq!(ours.try_write_two(b"he", b"ad").unwrap(), 4);
    let mut buf = [0; 16];
    assert_eq!(theirs.read(&mut buf, IN_TIME).unwrap(), 8);
    assert_eq!(&buf[..8], b"headhead");
}

#[test]
fn no_bytes_are_refused_before_any_call() {
    let (mut ours, _theirs) = Stream::pair().unwrap();
    assert_eq!(ours.write(b"", SOON).unwrap_err(), Error::argument(Call::SENDTO, Errno::INVAL));
    assert_eq!(ours.write_two(b"", b"", SOON).unwrap_err(), Error::argument(Call::SENDMSG, Errno::INVAL));
    assert_eq!(ours.read(&mut [], SOON).unwrap_err(), Error::argument(Call::RECVFROM, Errno::INVAL));
}

#[test]
fn a_full_socket_takes_a_part_and_then_nothing() {
    let (mut ours, mut theirs) = Stream::pair().unwrap();
    let bytes = vec![7; 1 << 20];
    let n = ours.try_write(&bytes).unwrap();
    assert!((1..bytes.len()).contains(&n));
    while ours.try_write(&bytes).is_ok() {}
    assert_eq!(ours.try_write(&bytes).unwrap_err(), Error::kernel(Call::SENDTO, Errno::AGAIN));
    assert_eq!(ours.try_write_two(b"x", &bytes).unwrap_err(), Error::kernel(Call::SENDMSG, Errno::AGAIN));
    assert_eq!(ours.write(&bytes, SOON).unwrap_err().origin(), Origin::Deadline);
    theirs.read_exact(&mut vec![0; n], IN_TIME).unwrap();
    ours.write(b"x", IN_TIME).unwrap();
}

#[test]
fn what_was_sent_comes_before_the_end() {
    let (mut ours, mut theirs) = Stream::pair().unwrap();
    ours.write_all(b"never read", IN_TIME).unwrap();
    theirs.write_all(b"last words", IN_TIME).unwrap();
    drop(theirs);
    let mut buf = [0; 16];
    assert_eq!(ours.read(&mut buf, IN_TIME).unwrap(), 10);
    assert_eq!(ours.read(&mut buf, IN_TIME).unwrap(), 0);
    assert_eq!(ours.try_read(&mut buf).unwrap(), 0);
    assert_eq!(ours.write(b"x", IN_TIME).unwrap_err(), Error::kernel(Call::SENDTO, Errno::PIPE));
    assert_eq!(ours.try_write_two(b"x", b"y").unwrap_err(), Error::kernel(Call::SENDMSG, Errno::PIPE));
}

#[test]
fn one_direction_can_end_alone() {
    let (mut ours, mut theirs) = Stream::pair().unwrap();
    ours.shutdown_write().unwrap();
    assert_eq!(theirs.read(&mut [0; 4], IN_TIME).unwrap(), 0);
    assert_eq!(ours.try_write(b"x").unwrap_err().errno(), Errno::PIPE);
    theirs.write_all(b"still", IN_TIME).unwrap();
    assert_eq!(ours.read(&mut [0; 8], IN_TIME).unwrap(), 5);
}

#[test]
fn only_a_socket_of_the_kind_is_attached() {
    let (stream, _) = Stream::pair().unwrap();
    let mut stream = Stream::attach(stream.into_fd()).unwrap();
    assert_eq!(stream.try_write(b"x").unwrap_err().errno(), Errno::PIPE);
    let wrong = Error::argument(Call::GETSOCKOPT, Errno::PROTOTYPE);
    assert_eq!(Seqpacket::attach(stream.into_fd()).unwrap_err(), wrong);
    assert_eq!(Stream::attach(Datagram::unbound().unwrap().into_fd()).unwrap_err(), wrong);
    assert_eq!(Datagram::attach(Seqpacket::pair().unwrap().0.into_fd()).unwrap_err(), wrong);
    let (pipe, _) = rustix::pipe::pipe().unwrap();
    assert_eq!(Stream::attach(pipe.into()).unwrap_err(), Error::kernel(Call::GETSOCKOPT, Errno::NOTSOCK));
    let inet = rustix::net::socket(rustix::net::AddressFamily::INET, rustix::net::SocketType::STREAM, None);
    assert_eq!(Stream::attach(inet.unwrap().into()).unwrap_err().errno(), Errno::AFNOSUPPORT);
}

use super::*;
use crate::sys;
use crate::wait::{Events, PollFd, poll};
use core::time::Duration;
use rustix::io::IoSlice;
use std::vec;
use std::vec::Vec;

const SHORT: Wait = Wait::at_most(Duration::from_millis(20));

fn errno<T: core::fmt::Debug>(r: Result<T>) -> (Call, Errno) {
    let e = r.unwrap_err();
    (e.call(), e.errno())
}

/// Of either call that writes: before Linux 6.18 it is `writev`.
fn errno_of_write(answer: Result<()>) -> Errno {
    let (call, errno) = errno(answer);
    assert!([Call::PWRITEV2, Call::WRITEV].contains(&call), "{call:?}");
    errno
}

#[test]
fn packets_of_every_size_come_out_as_they_went_in() {
    let (mut receiver, mut sender) = packet_pair().unwrap();
    let bytes: Vec<u8> = (0..PIPE_BUF).map(|i| (i * 7) as u8).collect();
    let mut buf = [0; PIPE_BUF];
    for len in 1..=PIPE_BUF {
        sender.try_send(&bytes[..len]).unwrap();
        assert_eq!(receiver.try_recv(&mut buf).unwrap(), len);
        assert_eq!(buf[..len], bytes[..len]);
    }
}

#[test]
fn what_cannot_be_a_packet_is_refused_before_any_call() {
    let (mut receiver, mut sender) = packet_pair().unwrap();
    assert_eq!(sender.send(b"", SHORT).unwrap_err(), Error::argument(Call::PWRITEV2, Errno::INVAL));
    let e = sender.send(&[0; PIPE_BUF + 1], SHORT).unwrap_err();
    assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(sender.send_limit())));
    sender.send(b"stays", SHORT).unwrap();
    let e = receiver.recv(&mut [0; PIPE_BUF - 1], SHORT).unwrap_err();
    assert_eq!((e.call(), e.errno(), e.needed()), (Call::READ, Errno::MSGSIZE, Some(PIPE_BUF)));
    assert_eq!(receiver.recv(&mut [0; PIPE_BUF], SHORT).unwrap(), 5);
}

#[test]
fn a_full_pipe_says_so_and_loses_nothing() {
    let (mut receiver, mut sender) = packet_pair().unwrap();
    let mut sent = 0_u32;
    while sender.try_send(&sent.to_ne_bytes()).is_ok() {
        sent += 1;
    }
    assert_eq!(sent, 16);
    assert_eq!(errno_of_write(sender.try_send(b"more")), Errno::AGAIN);
    assert_eq!(errno(sender.send(b"more", SHORT)), (Call::PPOLL, Errno::TIMEDOUT));
    let mut buf = [0; PIPE_BUF];
    for i in 0..sent {
        assert_eq!(receiver.recv(&mut buf, SHORT).unwrap(), 4);
        assert_eq!(buf[..4], i.to_ne_bytes());
    }
    assert_eq!(errno(receiver.try_recv(&mut buf)), (Call::READ, Errno::AGAIN));
    sender.try_send(b"room again").unwrap();
}

#[test]
fn the_end_comes_after_what_was_sent_and_stays() {
    let (mut receiver, mut sender) = packet_pair().unwrap();
    sender.send(b"last words", SHORT).unwrap();
    drop(sender);
    let mut buf = [0; PIPE_BUF];
    assert_eq!(receiver.recv(&mut buf, SHORT).unwrap(), 10);
    assert_eq!(receiver.recv(&mut buf, SHORT).unwrap(), 0);
    assert_eq!(receiver.try_recv(&mut buf).unwrap(), 0);
}

#[test]
fn nobody_left_to_read_is_epipe() {
    let (receiver, mut sender) = packet_pair().unwrap();
    drop(receiver);
    assert_eq!(errno_of_write(sender.send(b"x", SHORT)), Errno::PIPE);
    assert_eq!(errno_of_write(sender.try_send(b"x")), Errno::PIPE);
}

#[test]
fn capacity_is_what_the_kernel_says() {
    let (read_end, write_end) = pair().unwrap();
    let asked = read_end.capacity().unwrap() * 2;
    let given = write_end.set_capacity(asked).unwrap();
    assert!(given >= asked);
    assert_eq!(read_end.capacity().unwrap(), given);
    assert_eq!(write_end.capacity().unwrap(), given);
    let too_much = usize::MAX;
    assert_eq!(read_end.set_capacity(too_much).unwrap_err(), Error::argument(Call::FCNTL, Errno::INVAL));
}

#[test]
fn a_capacity_below_what_lies_in_the_pipe_is_refused() {
    let (read_end, mut write_end) = pair().unwrap();
    write_end.write_all(&[1; 60_000], SHORT).unwrap();
    assert_eq!(read_end.available().unwrap(), 60_000);
    assert_eq!(errno(read_end.set_capacity(4096)), (Call::FCNTL, Errno::BUSY));
}

#[test]
fn a_short_write_is_told_and_write_all_goes_on() {
    let (mut read_end, mut write_end) = pair().unwrap();
    let room = write_end.capacity().unwrap();
    let bytes = vec![3; room + 10_000];
    assert_eq!(write_end.try_write(&bytes).unwrap(), room);
    let mut buf = vec![0; room];
    assert_eq!(read_end.read_exact(&mut buf, SHORT).unwrap(), room);
    let reader = std::thread::spawn(move || {
        let mut buf = vec![0; 300_000];
        read_end.read_exact(&mut buf, Wait::FOREVER).unwrap()
    });
    write_end.write_all(&vec![4; 250_000], Wait::FOREVER).unwrap();
    drop(write_end);
    assert_eq!(reader.join().unwrap(), 250_000);
}

#[test]
fn nothing_at_all_is_refused() {
    let (mut read_end, mut write_end) = pair().unwrap();
    assert_eq!(read_end.read(&mut [], SHORT).unwrap_err(), Error::argument(Call::READ, Errno::INVAL));
    assert_eq!(write_end.write(&[], SHORT).unwrap_err(), Error::argument(Call::PWRITEV2, Errno::INVAL));
}

#[test]
fn attach_takes_the_right_end_of_a_pipe_only() {
    let (read_end, write_end) = pair().unwrap();
    let (other_read, other_write) = pair().unwrap();
    ReadEnd::attach(read_end.into_fd()).unwrap();
    WriteEnd::attach(write_end.into_fd()).unwrap();
    assert_eq!(ReadEnd::attach(other_write.into_fd()).unwrap_err().errno(), Errno::BADF);
    assert_eq!(WriteEnd::attach(other_read.into_fd()).unwrap_err().errno(), Errno::BADF);
    let null = rustix::fs::open(c"/dev/null", rustix::fs::OFlags::RDONLY, rustix::fs::Mode::empty()).unwrap();
    let e = ReadEnd::attach(null.into()).unwrap_err();
    assert_eq!(e, Error::argument(Call::FSTAT, Errno::PROTOTYPE));
}

#[test]
fn a_deadline_shared_by_many_reads_is_one_deadline() {
    let (mut read_end, mut write_end) = pair().unwrap();
    let feeder = std::thread::spawn(move || {
        for _ in 0..50 {
            if write_end.write_all(b"x", Wait::FOREVER).is_err() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let begin = std::time::Instant::now();
    let e = read_end.read_exact(&mut [0; 50], Wait::at_most(Duration::from_millis(40))).unwrap_err();
    assert_eq!(e.errno(), Errno::TIMEDOUT);
    assert!(begin.elapsed() >= Duration::from_millis(40));
    drop(read_end);
    feeder.join().unwrap();
}

#[test]
fn poll_tells_which_of_several_is_ready() {
    let (a, mut to_a) = packet_pair().unwrap();
    let (b, to_b) = packet_pair().unwrap();
    let mut fds = [PollFd::new(&a, Events::READABLE), PollFd::new(&b, Events::READABLE)];
    assert_eq!(errno(poll(&mut fds, SHORT)), (Call::PPOLL, Errno::TIMEDOUT));
    assert_eq!(errno(poll(&mut fds, Wait::at_most(Duration::ZERO))), (Call::PPOLL, Errno::TIMEDOUT));
    to_a.try_send(b"x").unwrap();
    drop(to_b);
    assert_eq!(poll(&mut fds, Wait::FOREVER).unwrap(), 2);
    assert!(fds[0].told().any_of(Events::READABLE) && !fds[0].told().any_of(Events::HANG_UP));
    assert!(fds[1].told().any_of(Events::HANG_UP) && !fds[1].told().any_of(Events::READABLE));
}

#[test]
fn two_parts_of_nothing_are_refused_before_any_call() {
    let (_read_end, mut write_end) = pair().unwrap();
    let refused = Error::argument(Call::PWRITEV2, Errno::INVAL);
    assert_eq!(write_end.write_two(b"", b"", SHORT), Err(refused));
    assert_eq!(write_end.try_write_two(b"", b""), Err(refused));
    assert_eq!(write_end.try_write_two(b"", b"x"), Ok(1));
}

#[test]
fn a_masked_write_that_loses_its_reader_midway_leaves_no_signal() {
    let (read_end, write_end) = pair().unwrap();
    let (fd, room) = (write_end.into_fd(), read_end.capacity().unwrap());
    fd.inherit().unwrap(); // blocking, as another holder may have made it
    let before = sys::block_signals(sys::SIGPIPE_SET).unwrap();
    let reader = std::thread::spawn(move || {
        while read_end.available().unwrap() < room {
            std::thread::yield_now();
        }
    });
    let bytes = vec![1; 2 * room];
    assert_eq!(masked::put_masked(&fd, &[IoSlice::new(&bytes)], bytes.len()), Ok(room));
    assert_eq!(sys::sigpending().unwrap() & sys::SIGPIPE_SET, 0);
    let e = masked::put_masked(&fd, &[IoSlice::new(&bytes)], bytes.len()).unwrap_err();
    assert_eq!(e, Error::kernel(Call::WRITEV, Errno::PIPE));
    assert_eq!(sys::sigpending().unwrap() & sys::SIGPIPE_SET, 0);
    sys::set_signal_mask(before).unwrap();
    reader.join().unwrap();
}

#[test]
fn packet_ends_given_on_are_packet_ends_again() {
    let (read_end, write_end) = pair().unwrap();
    let mut receiver = PacketReceiver::attach(read_end.into_fd()).unwrap();
    let fd = write_end.into_fd();
    fd.inherit().unwrap();
    let mut sender = PacketSender::attach(fd).unwrap();
    sender.send(b"one", SHORT).unwrap();
    sender.send(b"two!", SHORT).unwrap();
    let mut buf = [0; PIPE_BUF];
    assert_eq!((receiver.recv(&mut buf, SHORT), receiver.recv(&mut buf, SHORT)), (Ok(3), Ok(4)));
    assert!(receiver.recv(&mut buf, SHORT).is_err());
    let mut again = PacketSender::attach(sender.into_fd()).unwrap();
    while again.try_send(b"x").is_ok() {}
    assert_eq!(PacketReceiver::attach(again.into_fd()).unwrap_err().errno(), Errno::BADF);
    assert_eq!(PacketSender::attach(receiver.into_fd()).unwrap_err().errno(), Errno::BADF);
}

//! Both halves over streams that give and take as the test says, and over pipes.

mod fake;

use super::{FrameReceiver, FrameSender, Framed};
use crate::channel::{ByteRead, ByteWrite, Receiver, Sender};
use crate::error::{Call, Errno, Error, Origin};
use crate::pipe;
use crate::wait::Wait;
use core::time::Duration;
use fake::{Fake, Idle};
use std::vec::Vec;
use std::{thread, vec};

const MOMENT: Wait = Wait::at_most(Duration::from_millis(2));
const IN_TIME: Wait = Wait::at_most(Duration::from_secs(20));

fn frame(msg: &[u8]) -> Vec<u8> {
    let mut bytes = (msg.len() as u32).to_le_bytes().to_vec();
    bytes.extend(msg);
    bytes
}

fn several() -> Vec<Vec<u8>> {
    (1..=9u8).map(|n| (0..n * 3).map(|i| n ^ i).collect()).collect()
}

#[test]
fn every_split_of_a_stream_gives_the_same_messages() {
    let messages = several();
    let bytes: Vec<u8> = messages.iter().flat_map(|m| frame(m)).collect();
    for room in 31..80 {
        for step in 1..40 {
            let mut buf = vec![0; room];
            let mut receiver = FrameReceiver::new(Fake::of(&bytes, step), &mut buf).unwrap();
            let mut out = [0; 64];
            for (i, msg) in messages.iter().enumerate() {
                if i % 2 == 0 {
                    let n = receiver.recv(&mut out, Wait::FOREVER).unwrap();
                    assert_eq!(&out[..n], &msg[..]);
                } else {
                    assert_eq!(receiver.recv_in_place(IN_TIME).unwrap(), Some(&msg[..]));
                }
            }
            for _ in 0..3 {
                assert_eq!(receiver.recv(&mut out, Wait::FOREVER), Ok(0));
            }
        }
    }
}

#[test]
fn try_recv_keeps_the_part_and_goes_on() {
    let messages = several();
    let bytes: Vec<u8> = messages.iter().flat_map(|m| frame(m)).collect();
    let mut buf = [0; 40];
    let mut receiver = FrameReceiver::new(Fake::of(&bytes, 1), &mut buf).unwrap();
    let (mut got, mut agains, mut out) = (vec![], 0, [0; 40]);
    loop {
        match receiver.try_recv(&mut out) {
            Ok(0) => break,
            Ok(n) => got.push(out[..n].to_vec()),
            Err(e) => {
                assert_eq!((e.errno(), e.call()), (Errno::AGAIN, Call::RECVFROM));
                agains += 1;
            }
        }
    }
    assert_eq!(got, messages);
    assert_eq!(agains, bytes.len() + 1);
}

#[test]
fn one_read_takes_many_messages() {
    let bytes: Vec<u8> = several().iter().flat_map(|m| frame(m)).collect();
    let mut buf = [0; 1024];
    let mut receiver = FrameReceiver::new(Fake::of(&bytes, 1024), &mut buf).unwrap();
    let mut out = [0; 64];
    assert!(!receiver.has_buffered());
    for left in (0..9).rev() {
        receiver.recv(&mut out, Wait::FOREVER).unwrap();
        assert_eq!(receiver.has_buffered(), left > 0);
    }
    assert_eq!(receiver.into_inner().calls, 2, "one EAGAIN, one read");
}

#[test]
fn a_length_that_lies_is_corrupt_for_good() {
    for len in [0, 29, 1 << 31, u32::MAX] {
        let mut bytes = frame(b"good");
        bytes.extend(len.to_le_bytes());
        bytes.extend(frame(b"good"));
        let mut buf = [0; 32];
        let mut receiver = FrameReceiver::new(Fake::of(&bytes, 3), &mut buf).unwrap();
        let mut out = [0; 32];
        assert_eq!(receiver.recv(&mut out, Wait::FOREVER), Ok(4));
        for _ in 0..3 {
            let e = receiver.recv(&mut out, Wait::FOREVER).unwrap_err();
            assert_eq!((e.errno(), e.origin(), e.call()), (Errno::BADMSG, Origin::Peer, Call::RECVFROM));
            assert!(receiver.has_buffered());
            assert_eq!(receiver.try_recv_in_place().unwrap_err(), e);
        }
    }
}

#[test]
fn an_end_in_mid_message_is_a_broken_message() {
    let whole = frame(b"message");
    for cut in 1..whole.len() {
        let mut buf = [0; 32];
        let mut receiver = FrameReceiver::new(Fake::of(&whole[..cut], 32), &mut buf).unwrap();
        let mut out = [0; 32];
        for _ in 0..2 {
            let e = receiver.recv(&mut out, Wait::FOREVER).unwrap_err();
            assert_eq!((e.errno(), e.origin()), (Errno::BADMSG, Origin::Peer), "after {cut} bytes");
        }
    }
}

#[test]
fn a_buffer_too_small_loses_nothing() {
    let mut bytes = frame(b"message");
    bytes.extend(frame(b"next"));
    let mut buf = [0; 11];
    let mut receiver = FrameReceiver::new(Fake::of(&bytes, 5), &mut buf).unwrap();
    assert_eq!(receiver.recv_limit(), 7);
    for size in 0..7 {
        let e = receiver.recv(&mut vec![0; size], Wait::FOREVER).unwrap_err();
        assert_eq!((e.errno(), e.needed()), (Errno::MSGSIZE, Some(7)));
    }
    let mut out = [0; 7];
    assert_eq!(receiver.recv(&mut out, Wait::FOREVER), Ok(7));
    assert_eq!(&out, b"message");
    assert_eq!(receiver.recv_in_place(Wait::FOREVER).unwrap(), Some(&b"next"[..]));
}

#[test]
fn what_cannot_work_is_refused_at_the_start() {
    for size in 0..5 {
        let e = FrameReceiver::new(Fake::of(b"", 1), &mut vec![0; size]).err().unwrap();
        assert_eq!((e.errno(), e.origin()), (Errno::INVAL, Origin::Argument));
    }
    // All that 32 bits can count, they can hold.
    let too_large = if usize::BITS == 64 { [u32::MAX as usize + 1, usize::MAX] } else { [0, 0] };
    for limit in [0].into_iter().chain(too_large) {
        assert_eq!(FrameSender::sole(Fake::of(b"", 1), limit).err().unwrap().errno(), Errno::INVAL);
    }
    let e = FrameSender::shared(Fake::of(b"", 1)).err().unwrap();
    assert_eq!((e.errno(), e.call()), (Errno::INVAL, Call::SENDMSG));
}

#[test]
fn a_send_of_the_wrong_length_makes_no_call() {
    let mut sender = FrameSender::sole(Fake::taking(99, 99), 10).unwrap();
    assert_eq!(sender.send(b"", Wait::FOREVER).unwrap_err().errno(), Errno::INVAL);
    for e in [sender.send(&[0; 11], Wait::FOREVER), sender.try_send(&[0; 11])] {
        let e = e.unwrap_err();
        assert_eq!((e.errno(), e.needed(), e.origin()), (Errno::MSGSIZE, Some(10), Origin::Argument));
    }
    assert_eq!(sender.into_inner().calls, 0);
}

#[test]
fn a_send_goes_in_one_write_and_in_as_many_as_it_takes() {
    for (step, calls) in [(99, 1), (11, 1), (10, 2), (4, 3), (3, 4), (1, 11)] {
        for wait in [Wait::FOREVER, IN_TIME] {
            let mut sender = FrameSender::sole(Fake::taking(step, 99), 10).unwrap();
            sender.send(b"message", wait).unwrap();
            let stream = sender.into_inner();
            assert_eq!(stream.calls, calls, "{step} bytes a write");
            assert_eq!(Vec::from(stream.bytes), frame(b"message"));
        }
    }
}

#[test]
fn what_is_unfinished_takes_only_the_rest_of_itself() {
    for room in 1..10 {
        let mut sender = FrameSender::sole(Fake::taking(99, room), 10).unwrap();
        assert_eq!(sender.try_send(b"message").unwrap_err().errno(), Errno::AGAIN);
        assert!(sender.is_unfinished());
        let calls = sender.stream.calls;
        for other in [&b"messagf"[..], b"messag", b"message!"] {
            let e = sender.try_send(other).unwrap_err();
            assert_eq!((e.errno(), e.origin()), (Errno::BUSY, Origin::Argument));
            assert_eq!(sender.send(other, MOMENT).unwrap_err(), e);
        }
        assert_eq!(sender.stream.calls, calls, "refused before any call");
        // One byte at a time until it is through.
        while sender.is_unfinished() {
            sender.stream.room += 1;
            match sender.send(b"message", IN_TIME) {
                Ok(()) => assert!(!sender.is_unfinished()),
                Err(e) => assert!(e.is_again()),
            }
        }
        sender.stream.room = 99;
        sender.send(b"next", IN_TIME).unwrap();
        let mut bytes = frame(b"message");
        bytes.extend(frame(b"next"));
        assert_eq!(Vec::from(sender.into_inner().bytes), bytes);
    }
}

#[test]
fn a_peer_gone_in_mid_message_breaks_the_sender_for_good() {
    let mut sender = FrameSender::sole(Fake::taking(99, 5), 10).unwrap();
    assert!(sender.try_send(b"message").unwrap_err().is_again());
    sender.stream.gone = true;
    assert_eq!(sender.try_send(b"message").unwrap_err(), Error::kernel(Call::SENDMSG, Errno::PIPE));
    let calls = sender.stream.calls;
    for msg in [&b"message"[..], b"another"] {
        assert_eq!(sender.try_send(msg).unwrap_err(), Error::peer(Call::SENDMSG, Errno::PIPE));
    }
    assert_eq!(sender.stream.calls, calls);
}

#[test]
fn a_megabyte_goes_through_a_pipe_in_tries() {
    let (read_end, write_end) = pipe::pair().unwrap();
    let message: Vec<u8> = (0..1u32 << 18).flat_map(u32::to_le_bytes).collect();
    let mut sender = FrameSender::sole(write_end, message.len()).unwrap();
    assert!(sender.try_send(&message).unwrap_err().is_again(), "a pipe holds less");
    assert!(sender.is_unfinished());
    assert_eq!(sender.try_send(b"another").unwrap_err().errno(), Errno::BUSY);
    assert_eq!(sender.send(&message, MOMENT).unwrap_err().errno(), Errno::TIMEDOUT);

    let reader = thread::spawn(move || {
        let mut buf = vec![0; (1 << 20) + 4];
        let mut receiver = FrameReceiver::new(read_end, &mut buf).unwrap();
        let first = receiver.recv_in_place(Wait::FOREVER).unwrap().unwrap().to_vec();
        let mut out = [0; 8];
        let n = receiver.recv(&mut out, Wait::FOREVER).unwrap();
        (first, out[..n].to_vec())
    });
    while let Err(e) = sender.try_send(&message) {
        assert!(e.is_again());
        thread::yield_now();
    }
    sender.send(b"next", Wait::FOREVER).unwrap();
    let (first, next) = reader.join().unwrap();
    assert!(first == message);
    assert_eq!(next, b"next");
}

#[test]
fn a_writer_that_dies_in_mid_message_is_told_of() {
    let (read_end, write_end) = pipe::pair().unwrap();
    let mut sender = FrameSender::sole(write_end, 1 << 20).unwrap();
    sender.send(b"whole", Wait::FOREVER).unwrap();
    assert!(sender.try_send(&[1; 1 << 20]).unwrap_err().is_again());
    drop(sender);
    let mut buf = vec![0; 1 << 21];
    let mut receiver = FrameReceiver::new(read_end, &mut buf).unwrap();
    assert_eq!(receiver.recv_in_place(Wait::FOREVER).unwrap(), Some(&b"whole"[..]));
    for _ in 0..2 {
        assert_eq!(receiver.try_recv_in_place().unwrap_err(), Error::peer(Call::READ, Errno::BADMSG));
    }
}

#[test]
fn a_reader_that_is_gone_is_epipe() {
    let (read_end, write_end) = pipe::pair().unwrap();
    let mut sender = FrameSender::shared(write_end).unwrap();
    assert_eq!(sender.send_limit(), pipe::PIPE_BUF - 4);
    drop(read_end);
    assert_eq!(sender.send(b"x", Wait::FOREVER).unwrap_err().errno(), Errno::PIPE);
}

#[test]
fn shared_writers_leave_no_part_in_a_full_pipe() {
    let (read_end, write_end) = pipe::pair().unwrap();
    let mut sender = FrameSender::shared(write_end).unwrap();
    let message = [3; pipe::PIPE_BUF - 4];
    let mut sent = 0;
    while sender.try_send(&message).is_ok() {
        sent += 1;
    }
    assert!(!sender.is_unfinished());
    assert_eq!(sender.send(&message, MOMENT).unwrap_err(), Error::deadline(Call::PPOLL));
    drop(sender);
    let mut buf = vec![0; pipe::PIPE_BUF];
    let mut receiver = FrameReceiver::new(read_end, &mut buf).unwrap();
    let mut got = 0;
    while let Some(m) = receiver.recv_in_place(Wait::FOREVER).unwrap() {
        assert!(m == message);
        got += 1;
    }
    assert_eq!(got, sent);
}

#[test]
fn all_parts_share_one_deadline() {
    let mut buf = [0; 32];
    let mut both = Framed::new(Fake::taking(2, 99), &mut buf, 28).unwrap();
    both.send(b"message", IN_TIME).unwrap();
    both.recv_in_place(IN_TIME).unwrap().unwrap();
    let waits = both.into_inner().waits;
    // The first write of six does not wait, and the first read that does not get EAGAIN.
    let (sends, recvs) = waits.split_at(5);
    assert_eq!(recvs.len(), 6);
    for waits in [sends, recvs] {
        assert!(waits.iter().all(|wait| wait.contains("Until") && *wait == waits[0]), "{waits:?}");
    }
    assert_ne!(sends[0], recvs[0]);
}

#[test]
fn a_wait_that_needs_no_clock_goes_straight_down() {
    let mut buf = [0; 32];
    let mut both = Framed::new(Fake::taking(99, 99), &mut buf, 28).unwrap();
    both.send(b"message", Wait::FOREVER).unwrap();
    both.recv_in_place(Wait::FOREVER).unwrap().unwrap();
    assert_eq!(both.into_inner().waits.len(), 2);
}

#[test]
fn both_ways_over_one_stream() {
    let mut buf = [0; 32];
    let mut both = Framed::new(Fake::taking(5, usize::MAX), &mut buf, 28).unwrap();
    assert_eq!((both.send_limit(), both.recv_limit()), (28, 28));
    both.send(b"out and in again", Wait::FOREVER).unwrap();
    assert!(!both.is_unfinished() && !both.has_buffered());
    let mut out = [0; 32];
    assert_eq!(both.recv(&mut out, Wait::FOREVER), Ok(16));
    assert_eq!(&out[..16], b"out and in again");
    assert_eq!(both.try_recv(&mut out).unwrap_err().errno(), Errno::AGAIN);
}

#[test]
fn a_stream_that_takes_nothing_and_calls_it_success_holds_nobody() {
    let nothing = Error::kernel(Call::SENDMSG, Errno::IO);
    for room in [0, 2, 6] {
        let mut sender = FrameSender::sole(Idle { room }, 100).unwrap();
        assert_eq!(sender.send(b"message", Wait::FOREVER), Err(nothing));
        let mut sender = FrameSender::sole(Idle { room }, 100).unwrap();
        assert_eq!(sender.try_send(b"message"), Err(nothing));
        assert!(!sender.is_unfinished());
        assert_eq!(Idle { room }.write_all(b"message", IN_TIME), Err(nothing));
    }
}

#[test]
fn a_peer_that_trickles_holds_nobody_beyond_the_limit() {
    let past = Wait::until(crate::wait::Instant::from_nanos(1));
    let bytes = frame(&[7; 100]);
    let mut buf = vec![0; 200];
    let mut trickle = Fake::of(&bytes, 1);
    trickle.again = true;
    let mut receiver = FrameReceiver::new(trickle, &mut buf).unwrap();
    for _ in 0..3 {
        assert_eq!(receiver.recv_in_place(past).unwrap_err().origin(), Origin::Deadline);
    }
    // What came is kept.
    assert_eq!(receiver.recv_in_place(Wait::FOREVER).unwrap(), Some(&[7; 100][..]));
    let mut sender = FrameSender::sole(Fake::taking(1, usize::MAX), 100).unwrap();
    assert_eq!(sender.send(&[7; 100], past).unwrap_err().origin(), Origin::Deadline);
    assert!(sender.is_unfinished());
    sender.send(&[7; 100], Wait::FOREVER).unwrap();
    assert_eq!(sender.into_inner().bytes, bytes);
    let mut trickle = Fake::of(&bytes, 1);
    assert_eq!(trickle.read_exact(&mut [0; 50], past).unwrap_err().origin(), Origin::Deadline);
    assert_eq!(trickle.write_all(&bytes, past).unwrap_err().origin(), Origin::Deadline);
}

//! Whole conversations, in which each call fails in turn: no message is lost, doubled or torn.
//!
//! What was acknowledged arrives, once, in order and unaltered. What was refused does not, but for the last of an
//! end that is broken for good. Nobody gives up at an error: the next message is tried, and at the end whatever is
//! still on its way is taken out.

use rawipc::frame::{FrameReceiver, FrameSender};
use rawipc::pipe::{self, PIPE_BUF, WriteEnd};
use rawipc::socket::{Datagram, Seqpacket, Stream};
use rawipc::{Errno, Receiver, Sender, ring};

use crate::scenario::{LONG, Outcome, Scenarios, Stage, ZERO};

pub fn cases(s: &mut Scenarios) {
    s.case("messages::packet pipe", "a conversation", |t| {
        let (r, w) = pipe::packet_pair()?;
        talk(t, Ends { sender: w, receiver: r, unfinished: |_| false }, &[4, 700, 1, PIPE_BUF, 9, 30])
    });
    s.case("messages::seqpacket", "a conversation", |t| {
        let (a, b) = Seqpacket::pair()?;
        talk(t, Ends { sender: a, receiver: b, unfinished: |_| false }, &[4, 700, 1, 60_000, 9, 30])
    });
    s.case("messages::datagram", "a conversation", |t| {
        let (a, b) = Datagram::pair()?;
        talk(t, Ends { sender: a, receiver: b, unfinished: |_| false }, &[4, 700, 1, 60_000, 9, 30])
    });
    s.case("messages::ring", "a conversation", |t| {
        let (p, c) = ring::pair(4096)?;
        talk(t, Ends { sender: p, receiver: c, unfinished: |_| false }, &[4, 700, 1, 1900, 1900, 30])
    });
    s.case("messages::frames on a pipe", "a conversation", |t| {
        let (r, w) = pipe::pair()?;
        let mut buf = vec![0; ROOM + 4];
        let receiver = FrameReceiver::new(r, &mut buf)?;
        let sender = FrameSender::sole(w, ROOM)?;
        talk(t, Ends { sender, receiver, unfinished: FrameSender::<WriteEnd>::is_unfinished }, FRAMES)
    });
    s.case("messages::frames on a stream", "a conversation", |t| {
        let (a, b) = Stream::pair()?;
        let mut buf = vec![0; ROOM + 4];
        let receiver = FrameReceiver::new(b, &mut buf)?;
        let sender = FrameSender::sole(a, ROOM)?;
        talk(t, Ends { sender, receiver, unfinished: FrameSender::<Stream>::is_unfinished }, FRAMES)
    });
}

const ROOM: usize = 300_000;
const FRAMES: &[usize] = &[4, 700, 100_000, 1, 299_999, 30];

/// The two ends of a channel.
pub struct Ends<S, R> {
    pub sender: S,
    pub receiver: R,
    /// Whether the sender takes nothing but the rest of the message it was given last.
    pub unfinished: fn(&S) -> bool,
}

/// What was said, and what was heard.
#[derive(Default)]
struct Books {
    acknowledged: Vec<usize>,
    heard: Vec<usize>,
    wrong: Option<String>,
}

/// A message that tells which it is.
fn message(i: usize, len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 7 + i * 31 + 1) as u8).collect()
}

impl Books {
    fn hear(&mut self, bytes: &[u8], lens: &[usize]) {
        let known = lens.iter().position(|len| *len == bytes.len());
        match known.map(|first| (first..lens.len()).find(|i| message(*i, lens[*i]) == bytes)) {
            Some(Some(i)) => self.heard.push(i),
            _ => self.wrong = Some(format!("a torn message of {} bytes came", bytes.len())),
        }
    }

    /// What is wrong with them, if anything is.
    fn check(mut self) -> Outcome {
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong.into());
        }
        if self.heard.windows(2).any(|two| two[0] >= two[1]) {
            return Err(format!("doubled, or out of order: {:?} came", self.heard).into());
        }
        let heard = |i: &usize| self.heard.contains(i);
        if let Some(i) = self.acknowledged.iter().find(|i| !heard(i)) {
            return Err(format!("lost: {i} was acknowledged, and {:?} came", self.heard).into());
        }
        let last = self.acknowledged.last();
        let refused =
            self.heard.iter().find(|i| !self.acknowledged.contains(i) && last.is_some_and(|l| l > i));
        match refused {
            Some(i) => Err(format!("{i} was refused, and came").into()),
            None => Ok(()),
        }
    }
}

/// Sends messages of these lengths, and receives what there is after every second.
pub fn talk<S: Sender, R: Receiver>(t: &Stage, ends: Ends<S, R>, lens: &[usize]) -> Outcome {
    let Ends { mut sender, mut receiver, unfinished } = ends;
    let mut books = Books::default();
    let mut buf = vec![0; receiver.recv_limit().max(PIPE_BUF)];
    t.window(|| {
        for (i, len) in lens.iter().enumerate() {
            let msg = message(i, *len);
            for try_nth in 0..TRIES {
                let answer =
                    if i % 2 == 0 || try_nth > 0 { sender.try_send(&msg) } else { sender.send(&msg, ZERO) };
                match answer {
                    Ok(()) => {
                        books.acknowledged.push(i);
                        break;
                    }
                    Err(_) if unfinished(&sender) => take(&mut receiver, &mut buf, &mut books, lens, false),
                    Err(e) if e.errno() == Errno::AGAIN || e.errno() == Errno::TIMEDOUT => {
                        take(&mut receiver, &mut buf, &mut books, lens, false);
                    }
                    Err(_) => break,
                }
            }
            if i % 2 == 1 {
                take(&mut receiver, &mut buf, &mut books, lens, true);
            }
        }
    });
    drop(sender);
    for _ in 0..TRIES {
        match receiver.recv(&mut buf, LONG) {
            Ok(0) => break,
            Ok(n) => books.hear(&buf[..n], lens),
            Err(_) => break,
        }
    }
    books.check()
}

const TRIES: usize = 16;

/// Receives until there is nothing, or something is wrong.
fn take<R: Receiver>(receiver: &mut R, buf: &mut [u8], books: &mut Books, lens: &[usize], waits: bool) {
    for _ in 0..TRIES {
        let answer = if waits { receiver.recv(buf, ZERO) } else { receiver.try_recv(buf) };
        match answer {
            Ok(0) | Err(_) => return,
            Ok(n) => books.hear(&buf[..n], lens),
        }
    }
}

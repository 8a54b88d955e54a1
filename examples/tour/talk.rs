//! One side of a conversation, whatever it goes over, and how the two sides print what they say and hear.

use crate::Outcome;
use crate::claims::Claims;
use crate::process::patience;
use crate::table::Whole;
use crate::terminal::Voice;
use rawipc::socket::Stream;
use rawipc::{ByteRead, ByteWrite, Duplex, Receiver, Sender, Wait};

/// Room for the longest message of any channel here: where it fits for certain, a receive is one syscall.
pub const ROOM: usize = rawipc::socket::DEFAULT_LIMIT;

/// Puts a message to the other side, and gets one from it.
pub trait Talk {
    fn put(&mut self, message: &[u8], wait: Wait) -> Outcome;
    /// 0: the other side is gone.
    fn get(&mut self, buf: &mut [u8], wait: Wait) -> Outcome<usize>;
}

/// A side that sends and receives whole messages.
pub struct Messages<C>(pub C);

impl<C: Sender + Receiver> Talk for Messages<C> {
    fn put(&mut self, message: &[u8], wait: Wait) -> Outcome {
        Ok(self.0.send(message, wait)?)
    }

    fn get(&mut self, buf: &mut [u8], wait: Wait) -> Outcome<usize> {
        Ok(self.0.recv(buf, wait)?)
    }
}

/// A side that writes and reads bytes.
pub struct Bytes<C>(pub C);

impl<W: ByteWrite, R: ByteRead> Talk for Bytes<Duplex<W, R>> {
    fn put(&mut self, message: &[u8], wait: Wait) -> Outcome {
        Ok(self.0.sender.write_all(message, wait)?)
    }

    fn get(&mut self, buf: &mut [u8], wait: Wait) -> Outcome<usize> {
        Ok(self.0.receiver.read(buf, wait)?)
    }
}

impl Talk for Bytes<Stream> {
    fn put(&mut self, message: &[u8], wait: Wait) -> Outcome {
        Ok(self.0.write_all(message, wait)?)
    }

    fn get(&mut self, buf: &mut [u8], wait: Wait) -> Outcome<usize> {
        Ok(self.0.read(buf, wait)?)
    }
}

/// Says it aloud, and puts it to the other side: in this order, so that the answer is printed after it.
pub fn say(voice: Voice, to: &mut impl Talk, text: &str) -> Outcome {
    voice.says(&format!("sends    \"{text}\""));
    to.put(text.as_bytes(), patience())
}

/// Gets what the other side has put, prints it, and claims that it is what was to come.
pub fn hear(voice: Voice, claims: &mut Claims, from: &mut impl Talk, expected: &str) -> Outcome {
    let mut buf = [0; ROOM];
    let n = from.get(&mut buf, patience())?;
    let text = String::from_utf8_lossy(&buf[..n]);
    voice.says(&format!("receives \"{text}\""));
    claims.equal("what was received", &*text, expected);
    Ok(())
}

/// Waits for the other side's end, and says that it came.
pub fn hear_the_end(voice: Voice, claims: &mut Claims, from: &mut impl Talk) -> Outcome {
    let n = from.get(&mut [0; ROOM], patience())?;
    claims.equal("bytes received at the end", &n, &0);
    voice.says("sees the end: the other side is gone");
    Ok(())
}

/// What becomes of two messages that are sent before the first is received.
pub fn whole(from: &mut impl Talk, to: &mut impl Talk) -> Outcome<Whole> {
    from.put(b"one", patience())?;
    from.put(b"three", patience())?;
    let mut buf = [0; ROOM];
    let n = to.get(&mut buf, patience())?;
    match &buf[..n] {
        b"one" => {
            let n = to.get(&mut buf, patience())?;
            if buf[..n] == *b"three" { Ok(Whole::Yes) } else { Err("the second message is another".into()) }
        }
        b"onethree" => Ok(Whole::Joined),
        b"three" => Ok(Whole::Overwritten),
        other => Err(format!("\"one\" and \"three\" came out as {other:?}").into()),
    }
}

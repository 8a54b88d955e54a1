//! Stream sockets, by path.

use crate::figures::{Waits, measure};
use crate::look::{inode_of, is_file_line};
use crate::process::{fork, patience};
use crate::scratch::Scratch;
use crate::table::{Call, Row, Whole};
use crate::talk::{Bytes, Messages, hear, hear_the_end, say, whole};
use crate::{Outcome, Tour, show, terminal};
use rawipc::fd::{AsFd, AsRawFd};
use rawipc::frame::Framed;
use rawipc::socket::{Address, Listener, Stream};

pub fn stop(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Stream socket",
        "unix(7), SOCK_STREAM",
        "One process listens behind a file of type s, any that may write to the file connects, and each gets a \
         connection of its own: bytes, both ways, through one descriptor. Nothing is ever in the file.",
    );
    let (path, name) = tour.scratch.name("server")?;
    let address = Address::path(&name)?;
    let listener = Listener::<Stream>::bind(&address)?;
    let lines = show::files(&[&path])?;
    terminal::gap();

    let (listener, mut child) = fork(listener, (), |here, ()| {
        let mut side = Bytes(Stream::connect(&address, patience())?);
        here.holds(&[side.0.as_fd().as_raw_fd()])?;
        say(here.voice, &mut side, "A table for one, please.")?;
        hear(here.voice, &mut here.claims, &mut side, "This way.")?;
        say(here.voice, &mut side, "Thank you.")?;
        hear_the_end(here.voice, &mut here.claims, &mut side)
    })?;
    let mut mine = Bytes(listener.accept(patience())?);
    hear(tour.voice, &mut tour.claims, &mut mine, "A table for one, please.")?;
    say(tour.voice, &mut mine, "This way.")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "Thank you.")?;

    terminal::gap();
    let own = [listener.as_fd().as_raw_fd(), mine.0.as_fd().as_raw_fd()];
    let (parents, childs) = tour.descriptors(&own, child.pid, &child.holds()?)?;
    terminal::gap();
    drop(mine);
    child.finish(&mut tour.claims)?;
    listener.remove()?;

    let empty = is_file_line(&lines[0], 's', 0, 0, &path.display().to_string());
    tour.claims
        .show(empty, "an s file for its owner alone, with 0 blocks and 0 bytes, there to be connected to");
    sockets_of_their_own(tour, &parents, &childs);
    tour.claims.show(!path.exists(), "the file went with the listener that had made it");

    let make = || connected(&tour.scratch).map(|(server, client)| (Bytes(server), Bytes(client)));
    let (mut mine, mut theirs) = make()?;
    let row = Row {
        mechanism: "stream",
        named: "a path (s)",
        call: Call::Rpc,
        each: 1,
        whole: whole(&mut mine, &mut theirs)?,
        figures: measure(Waits::Sleeping, make)?,
    };
    tour.claims
        .show(row.whole == Whole::Joined, "two writes came out of one read, joined: bytes have no borders");
    tour.row(row);
    framed(tour)
}

/// The same bytes with a length before each message.
fn framed(tour: &mut Tour) -> Outcome {
    terminal::gap();
    terminal::inner("The same, and each message with its length in front, by rawipc::frame:");
    let make = || {
        let (server, client) = connected(&tour.scratch)?;
        Ok((Messages(in_frames(server)?), Messages(in_frames(client)?)))
    };
    let (mut mine, mut theirs) = make()?;
    let row = Row {
        mechanism: "stream, framed",
        named: "a path (s)",
        call: Call::Rpc,
        each: 1,
        whole: whole(&mut mine, &mut theirs)?,
        figures: measure(Waits::Sleeping, make)?,
    };
    tour.claims
        .show(row.whole == Whole::Yes, "two messages, sent before the first was received, came out as two");
    tour.row(row);
    Ok(())
}

/// Messages of up to 256 bytes over a stream.
pub fn in_frames(stream: Stream) -> Outcome<Framed<'static, Stream>> {
    // For as long as the process lives: there are few of these, and it is soon over.
    Ok(Framed::new(stream, Box::leak(Box::new([0; 512])), 256)?)
}

/// Both ends in one process, and the name gone again.
pub fn connected(scratch: &Scratch) -> Outcome<(Stream, Stream)> {
    let address = Address::path(&scratch.name("measured")?.1)?;
    let listener = Listener::<Stream>::bind(&address)?;
    let client = Stream::connect(&address, patience())?;
    let server = listener.accept(patience())?;
    listener.remove()?;
    Ok((server, client))
}

/// That every descriptor is of a socket, read and write, and that each end has an inode of its own.
pub fn sockets_of_their_own(tour: &mut Tour, parents: &[show::Descriptor], childs: &[show::Descriptor]) {
    let all: Vec<_> = parents.iter().chain(childs).collect();
    let lines = all.iter().all(|d| d.is("lrwx------", &format!("socket:[{}]", d.object.1)));
    let numbers: std::collections::HashSet<_> = all.iter().map(|d| inode_of(&d.target, "socket")).collect();
    let own = numbers.len() == all.len() && !numbers.contains(&None);
    tour.claims.show(lines && own, "sockets, to read and to write, and each end has an inode of its own");
}

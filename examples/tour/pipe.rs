//! Pipes, as bytes and as packets.

use crate::claims::Claims;
use crate::figures::{Waits, measure};
use crate::look::inode_of;
use crate::process::fork;
use crate::show::Descriptor;
use crate::table::{Call, Row, Whole};
use crate::talk::{Bytes, Messages, hear, hear_the_end, say, whole};
use crate::{Outcome, Tour, terminal};
use rawipc::fd::{AsFd, AsRawFd};
use rawipc::pipe::{PacketReceiver, PacketSender, ReadEnd, WriteEnd};
use rawipc::{Duplex, pipe};

type ByteSide = Bytes<Duplex<WriteEnd, ReadEnd>>;
pub type PacketSide = Messages<Duplex<PacketSender, PacketReceiver>>;

pub fn bytes(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Pipe, bytes",
        "pipe(7)",
        "Two descriptors, made before the fork: what is written to one is read from the other, one way only, so \
         that a conversation takes two pipes. A pipe has no name; the child has it because it inherited it.",
    );
    let (mut mine, mut theirs) = two_byte_pipes()?;
    let kept = whole(&mut mine, &mut theirs)?;

    let (mut mine, mut child) = fork(mine, theirs, |here, mut side| {
        here.holds(&numbers(&side.0))?;
        hear(here.voice, &mut here.claims, &mut side, "Is the kettle on?")?;
        say(here.voice, &mut side, "It has been singing for a minute.")?;
        hear_the_end(here.voice, &mut here.claims, &mut side)
    })?;
    say(tour.voice, &mut mine, "Is the kettle on?")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "It has been singing for a minute.")?;

    terminal::gap();
    let (parents, childs) = tour.descriptors(&numbers(&mine.0), child.pid, &child.holds()?)?;
    terminal::gap();
    drop(mine);
    child.finish(&mut tour.claims)?;

    same_pipes(&mut tour.claims, &parents, &childs);
    let claim = "two writes came out of one read, joined: bytes have no borders";
    tour.claims.show(kept == Whole::Joined, claim);
    tour.row(Row {
        mechanism: "pipe, bytes",
        named: "inheritance",
        call: Call::Local,
        each: 1,
        whole: kept,
        figures: measure(Waits::Sleeping, two_byte_pipes)?,
    });
    Ok(())
}

pub fn packets(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Pipe, packets",
        "pipe(2), O_DIRECT",
        "The same pipe in packet mode: the kernel keeps each write apart, up to 4,096 bytes, and a read takes one. \
         Several processes may write to it, and no message is torn.",
    );
    let (mut mine, mut theirs) = two_packet_pipes()?;
    let kept = whole(&mut mine, &mut theirs)?;

    let (mut mine, mut child) = fork(mine, theirs, |here, mut side| {
        here.holds(&numbers(&side.0))?;
        hear(here.voice, &mut here.claims, &mut side, "Milk, or sugar?")?;
        say(here.voice, &mut side, "Both.")?;
        hear_the_end(here.voice, &mut here.claims, &mut side)
    })?;
    say(tour.voice, &mut mine, "Milk, or sugar?")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "Both.")?;

    terminal::gap();
    let (parents, childs) = tour.descriptors(&numbers(&mine.0), child.pid, &child.holds()?)?;
    terminal::gap();
    drop(mine);
    child.finish(&mut tour.claims)?;

    same_pipes(&mut tour.claims, &parents, &childs);
    tour.claims.show(kept == Whole::Yes, "two messages, sent before the first was received, came out as two");
    tour.row(Row {
        mechanism: "pipe, packets",
        named: "inheritance",
        call: Call::Local,
        each: 1,
        whole: kept,
        figures: measure(Waits::Sleeping, two_packet_pipes)?,
    });
    Ok(())
}

fn two_byte_pipes() -> Outcome<(ByteSide, ByteSide)> {
    let (down, to_child) = pipe::pair()?;
    let (up, to_parent) = pipe::pair()?;
    let parents = Duplex { sender: to_child, receiver: up };
    let childs = Duplex { sender: to_parent, receiver: down };
    Ok((Bytes(parents), Bytes(childs)))
}

pub fn two_packet_pipes() -> Outcome<(PacketSide, PacketSide)> {
    let (down, to_child) = pipe::packet_pair()?;
    let (up, to_parent) = pipe::packet_pair()?;
    let parents = Duplex { sender: to_child, receiver: up };
    let childs = Duplex { sender: to_parent, receiver: down };
    Ok((Messages(parents), Messages(childs)))
}

/// The numbers of what a side sends into and of what it receives from, in this order.
pub fn numbers<W: AsFd, R: AsFd>(side: &Duplex<W, R>) -> [i32; 2] {
    [side.sender.as_fd().as_raw_fd(), side.receiver.as_fd().as_raw_fd()]
}

/// That what one may write into is what the other may read from, and that neither may do more.
fn same_pipes(claims: &mut Claims, parents: &[Descriptor], childs: &[Descriptor]) {
    let ([put, get], [childs_put, childs_get]) = (parents, childs) else {
        return claims.show(false, "each process holds two ends");
    };
    for (write, read) in [(put, childs_get), (childs_put, get)] {
        let target = &write.target;
        let one = inode_of(target, "pipe").is_some() && write.object == read.object;
        let lines = write.is("l-wx------", target) && read.is("lr-x------", target);
        claims.show(one && lines, &format!("{target} is written by one process and read by the other"));
    }
    claims.check(put.object != get.object, || "the two directions are two pipes".to_owned());
}

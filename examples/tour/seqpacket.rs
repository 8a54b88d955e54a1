//! Sequenced packets, as a connected pair.

use crate::figures::{Waits, measure};
use crate::process::fork;
use crate::stream::sockets_of_their_own;
use crate::table::{Call, Row, Whole};
use crate::talk::{Messages, hear, hear_the_end, say, whole};
use crate::{Outcome, Tour, terminal};
use rawipc::fd::{AsFd, AsRawFd};
use rawipc::socket::Seqpacket;

type Side = Messages<Seqpacket>;

pub fn stop(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Seqpacket socket",
        "socketpair(2), SOCK_SEQPACKET",
        "Connected like a stream, but in whole messages, both ways, with an end that is told. By path as before; \
         or, as here, as a pair that is made before the fork and needs no name. The first to think of between \
         two processes.",
    );
    let (mut mine, mut theirs) = pair()?;
    let kept = whole(&mut mine, &mut theirs)?;

    let (mut mine, mut child) = fork(mine, theirs, |here, mut side| {
        here.holds(&[side.0.as_fd().as_raw_fd()])?;
        hear(here.voice, &mut here.claims, &mut side, "Who is it?")?;
        say(here.voice, &mut side, "The only one it can be.")?;
        hear_the_end(here.voice, &mut here.claims, &mut side)
    })?;
    say(tour.voice, &mut mine, "Who is it?")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "The only one it can be.")?;

    terminal::gap();
    let own = [mine.0.as_fd().as_raw_fd()];
    let (parents, childs) = tour.descriptors(&own, child.pid, &child.holds()?)?;
    terminal::gap();
    drop(mine);
    child.finish(&mut tour.claims)?;

    sockets_of_their_own(tour, &parents, &childs);
    tour.claims.show(kept == Whole::Yes, "two messages, sent before the first was received, came out as two");
    tour.row(Row {
        mechanism: "seqpacket",
        named: "inheritance",
        call: Call::Rpc,
        each: 1,
        whole: kept,
        figures: measure(Waits::Sleeping, pair)?,
    });
    Ok(())
}

pub fn pair() -> Outcome<(Side, Side)> {
    let (one, other) = Seqpacket::pair()?;
    Ok((Messages(one), Messages(other)))
}

//! Names without a file.

use crate::figures::{Waits, measure};
use crate::process::{fork, patience};
use crate::stream::sockets_of_their_own;
use crate::table::{Call, Row, Whole};
use crate::talk::{Messages, hear, hear_the_end, say, whole};
use crate::{Outcome, Tour, show, terminal};
use rawipc::fd::{AsFd, AsRawFd};
use rawipc::socket::{Address, Listener, Seqpacket};

type Side = Messages<Seqpacket>;

pub fn stop(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Abstract name",
        "unix(7), Abstract sockets",
        "A socket's name that is no path: no file, no permissions, gone with the socket. Any process of any user \
         may connect to it, so whoever listens there must ask who it is. It is shown with an @ in front.",
    );
    let name = format!("tour-{}", std::process::id());
    let address = Address::abstract_name(name.as_bytes())?;
    let before = tour.scratch.names();
    let listener = Listener::<Seqpacket>::bind(&address)?;

    let (listener, mut child) = fork(listener, (), |here, ()| {
        let mut side = Messages(Seqpacket::connect(&address, patience())?);
        here.holds(&[side.0.as_fd().as_raw_fd()])?;
        say(here.voice, &mut side, "There is no file, and I found you.")?;
        hear(here.voice, &mut here.claims, &mut side, "So could anybody.")?;
        say(here.voice, &mut side, "You had better ask who I am.")?;
        hear_the_end(here.voice, &mut here.claims, &mut side)
    })?;
    let mut mine = Messages(listener.accept(patience())?);
    hear(tour.voice, &mut tour.claims, &mut mine, "There is no file, and I found you.")?;
    say(tour.voice, &mut mine, "So could anybody.")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "You had better ask who I am.")?;

    let own = [listener.as_fd().as_raw_fd(), mine.0.as_fd().as_raw_fd()];
    terminal::gap();
    let (parents, childs) = tour.descriptors(&own, child.pid, &child.holds()?)?;
    let named = show::unix_sockets(&format!("@{name}"))?;
    terminal::gap();
    let files = tour.scratch.names();
    drop(mine);
    child.finish(&mut tour.claims)?;
    drop(listener);

    sockets_of_their_own(tour, &parents, &childs);
    let with_name = |d: &&show::Descriptor| {
        let inode = d.object.1.to_string();
        named.iter().any(|line| line.split_whitespace().any(|field| field == inode))
    };
    let known = parents.iter().all(|d| with_name(&d)) && !childs.iter().any(|d| with_name(&d));
    tour.claims.show(known, "the kernel lists the listener's and the connection's inodes under the name");
    tour.claims.show(files == before, "no file came to be");

    let make = || connected(&format!("{name}-measured"));
    let (mut mine, mut theirs) = make()?;
    let row = Row {
        mechanism: "seqpacket, abstract",
        named: "an abstract name",
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

/// Both ends in one process.
fn connected(name: &str) -> Outcome<(Side, Side)> {
    let address = Address::abstract_name(name.as_bytes())?;
    let listener = Listener::<Seqpacket>::bind(&address)?;
    let client = Seqpacket::connect(&address, patience())?;
    let server = listener.accept(patience())?;
    Ok((Messages(server), Messages(client)))
}

//! The ring: whole messages in mapped memory.

use crate::figures::{Waits, measure};
use crate::look::has_one_writer_each;
use crate::pipe::numbers;
use crate::process::{fork, patience};
use crate::stream::connected;
use crate::table::{Call, Row, Whole};
use crate::talk::{Messages, hear, hear_the_end, say, whole};
use crate::{Outcome, Tour, show, terminal};
use rawipc::Duplex;
use rawipc::ring::{self, Consumer, Producer};
use rawipc::socket::{Address, Listener, Stream};

type Side = Messages<Duplex<Producer, Consumer>>;

pub fn stop(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Ring",
        "memfd_create(2)",
        "Whole messages through mapped memory. Each side writes to memory of its own that the other can only read, \
         so that neither can spoil what the other has written. While both are awake a message costs no syscall; who \
         finds nothing sleeps in an epoll, by which it also hears of the other's death. An end is of the process that \
         first uses it.",
    );
    // Both ends are used here, and so these can be no child's.
    let kept = {
        let (mut mine, mut theirs) = two_rings()?;
        whole(&mut mine, &mut theirs)?
    };

    let (mine, theirs) = two_rings()?;
    let (mut mine, mut child) = fork(mine, theirs, |here, mut side| {
        here.holds(&numbers(&side.0))?;
        hear(here.voice, &mut here.claims, &mut side, "Did you notice the kernel?")?;
        say(here.voice, &mut side, "Only when it woke me up.")?;
        hear_the_end(here.voice, &mut here.claims, &mut side)
    })?;
    say(tour.voice, &mut mine, "Did you notice the kernel?")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "Only when it woke me up.")?;

    terminal::gap();
    let (parents, childs) = tour.descriptors(&numbers(&mine.0), child.pid, &child.holds()?)?;
    let of_rings = |m: &crate::look::Mapping| m.name.starts_with("/memfd:rawipc-");
    let parents_maps = show::mappings("parent", std::process::id(), of_rings)?;
    let childs_maps = show::mappings("child", child.pid, of_rings)?;
    terminal::gap();
    drop(mine);
    child.finish(&mut tour.claims)?;

    let bells = parents.iter().chain(&childs).all(|d| d.is("lrwx------", "anon_inode:[eventpoll]"));
    tour.claims.show(bells, "what each end sleeps in is an epoll");
    let claim = "each piece of memory is rw-s in one process and r--s in the other";
    tour.claims.show(has_one_writer_each(&parents_maps, &childs_maps), claim);
    tour.claims.show(kept == Whole::Yes, "two messages, sent before the first was received, came out as two");
    tour.row(Row {
        mechanism: "ring",
        named: "inheritance",
        call: Call::Local,
        each: 0,
        whole: kept,
        figures: measure(Waits::Sleeping, two_rings)?,
    });
    Ok(())
}

/// The same between two that share nothing but a name.
pub fn strangers(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Ring, between strangers",
        "memfd_create(2), unix(7)",
        "One listens, the other connects, and over that socket each passes memory that it has made, mapped and sealed \
         against every later writer; then each looks at the seals and the size of what came, and maps it to read \
         alone. Nothing of it has a name, and the socket is not needed any more.",
    );
    let address = Address::path(&tour.scratch.name("strangers")?.1)?;
    let listener = Listener::<Stream>::bind(&address)?;
    let (listener, mut child) = fork(listener, (), |here, ()| {
        let socket = Stream::connect(&address, patience())?;
        let mut side = Messages(ring::meet(&socket, 1 << 16, patience())?);
        drop(socket);
        here.holds(&numbers(&side.0))?;
        hear(here.voice, &mut here.claims, &mut side, "Have we met?")?;
        say(here.voice, &mut side, "Just now.")?;
        hear_the_end(here.voice, &mut here.claims, &mut side)
    })?;
    let socket = listener.accept(patience())?;
    listener.remove()?;
    let mut mine = Messages(ring::meet(&socket, 1 << 16, patience())?);
    drop(socket);
    say(tour.voice, &mut mine, "Have we met?")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "Just now.")?;

    terminal::gap();
    tour.descriptors(&numbers(&mine.0), child.pid, &child.holds()?)?;
    let of_rings = |m: &crate::look::Mapping| m.name.starts_with("/memfd:rawipc-");
    let parents_maps = show::mappings("parent", std::process::id(), of_rings)?;
    let childs_maps = show::mappings("child", child.pid, of_rings)?;
    terminal::gap();
    drop(mine);
    child.finish(&mut tour.claims)?;

    let claim = "each piece of memory is rw-s in one and r--s in the other, and none was inherited";
    tour.claims.show(has_one_writer_each(&parents_maps, &childs_maps), claim);
    let make = || met(tour);
    let (mut one, mut other) = make()?;
    let row = Row {
        mechanism: "ring, met",
        named: "a path (s)",
        call: Call::Local,
        each: 0,
        whole: whole(&mut one, &mut other)?,
        figures: measure(Waits::Sleeping, make)?,
    };
    tour.claims
        .show(row.whole == Whole::Yes, "two messages, sent before the first was received, came out as two");
    tour.row(row);
    Ok(())
}

/// Both sides in one process: each waits for the other, so one of them is a thread.
fn met(tour: &Tour) -> Outcome<(Side, Side)> {
    let (ours, theirs) = connected(&tour.scratch)?;
    let (mine, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| ring::meet(&theirs, 1 << 16, patience()));
        (ring::meet(&ours, 1 << 16, patience()), other.join())
    });
    let other = other.map_err(|_| "a side of the ring panicked")??;
    Ok((Messages(mine?), Messages(other)))
}

pub fn two_rings() -> Outcome<(Side, Side)> {
    let (to_child, down) = ring::pair(1 << 16)?;
    let (to_parent, up) = ring::pair(1 << 16)?;
    let parents = Duplex { sender: to_child, receiver: up };
    let childs = Duplex { sender: to_parent, receiver: down };
    Ok((Messages(parents), Messages(childs)))
}

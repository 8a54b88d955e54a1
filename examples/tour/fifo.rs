//! FIFOs: pipes with a name.

use crate::figures::{Waits, measure};
use crate::look::is_file_line;
use crate::pipe::{PacketSide, numbers};
use crate::process::{fork, patience};
use crate::scratch::Scratch;
use crate::show;
use crate::table::{Call, Row, Whole};
use crate::talk::{Messages, hear, hear_the_end, say, whole};
use crate::{Outcome, Tour, terminal};
use rawipc::{Duplex, Sender, fifo};
use std::ffi::CStr;

pub fn stop(tour: &mut Tour) -> Outcome {
    tour.stop(
        "FIFO",
        "fifo(7), mknod(2)",
        "A pipe with a name: a file of type p that anyone who knows the path may open, and the rest is as with any \
         pipe. No byte of what goes through it is ever in the file. Parent and child open the two by path, after \
         the fork.",
    );
    let (down_path, down) = tour.scratch.name("to-child")?;
    let (up_path, up) = tour.scratch.name("to-parent")?;
    fifo::create(&down)?;
    fifo::create(&up)?;
    // A message lies in the first of them while ls looks.
    let held_open = fifo::open_receiver(&down)?;
    fifo::open_sender(&down, patience())?.send(b"a message that waits", patience())?;
    let lines = show::files(&[&down_path, &up_path])?;
    drop(held_open);
    terminal::gap();

    let ((), mut child) = fork((), (), |here, ()| {
        let mut side = open_side(&up, &down)?;
        here.holds(&numbers(&side.0))?;
        hear(here.voice, &mut here.claims, &mut side, "Anyone at home?")?;
        say(here.voice, &mut side, "I found you by your path.")?;
        hear_the_end(here.voice, &mut here.claims, &mut side)
    })?;
    let mut mine = open_side(&down, &up)?;
    say(tour.voice, &mut mine, "Anyone at home?")?;
    hear(tour.voice, &mut tour.claims, &mut mine, "I found you by your path.")?;

    terminal::gap();
    let (parents, childs) = tour.descriptors(&numbers(&mine.0), child.pid, &child.holds()?)?;
    terminal::gap();
    drop(mine);
    child.finish(&mut tour.claims)?;
    fifo::remove(&down)?;
    fifo::remove(&up)?;

    let names = [down_path, up_path].map(|path| path.display().to_string());
    let empty = lines.iter().zip(&names).all(|(line, name)| is_file_line(line, 'p', 0, 0, name));
    tour.claims.show(
        empty,
        "each is a p file for its owner alone, with 0 blocks and 0 bytes, a message inside or not",
    );
    for (write, read, name) in [(&parents[0], &childs[1], &names[0]), (&childs[0], &parents[1], &names[1])] {
        let one = write.object == read.object;
        let lines = write.is("l-wx------", name) && read.is("lr-x------", name);
        tour.claims.show(one && lines, &format!("{name} is written by one process and read by the other"));
    }

    let make = || through_fifos(&tour.scratch);
    let (mut mine, mut theirs) = make()?;
    let row = Row {
        mechanism: "FIFO",
        named: "a path (p)",
        call: Call::Local,
        each: 1,
        whole: whole(&mut mine, &mut theirs)?,
        figures: measure(Waits::Sleeping, make)?,
    };
    tour.claims
        .show(row.whole == Whole::Yes, "two messages, sent before the first was received, came out as two");
    tour.row(row);
    Ok(())
}

/// One process's side. Who reads is there at once, who writes waits for it: so the reader is opened first.
fn open_side(into: &CStr, out_of: &CStr) -> Outcome<PacketSide> {
    let receiver = fifo::open_receiver(out_of)?;
    let sender = fifo::open_sender(into, patience())?;
    Ok(Messages(Duplex { sender, receiver }))
}

/// Both sides in one process, and the names gone again.
pub fn through_fifos(scratch: &Scratch) -> Outcome<(PacketSide, PacketSide)> {
    let (_, down) = scratch.name("down")?;
    let (_, up) = scratch.name("up")?;
    fifo::create(&down)?;
    fifo::create(&up)?;
    let (receiver, receiver_up) = (fifo::open_receiver(&down)?, fifo::open_receiver(&up)?);
    let (sender, sender_down) = (fifo::open_sender(&up, patience())?, fifo::open_sender(&down, patience())?);
    fifo::remove(&down)?;
    fifo::remove(&up)?;
    let parents = Duplex { sender: sender_down, receiver: receiver_up };
    let childs = Duplex { sender, receiver };
    Ok((Messages(parents), Messages(childs)))
}

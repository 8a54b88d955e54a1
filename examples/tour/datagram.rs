//! Datagram sockets, by path.

use crate::claims::Claims;
use crate::figures::{Waits, measure};
use crate::look::is_file_line;
use crate::process::{fork, patience};
use crate::scratch::Scratch;
use crate::stream::sockets_of_their_own;
use crate::table::{Call, Row, Whole};
use crate::talk::{Messages, ROOM, hear, say, whole};
use crate::{Outcome, Tour, show, terminal};
use rawipc::fd::{AsFd, AsRawFd};
use rawipc::socket::{Address, Datagram};

type Side = Messages<Datagram>;

pub fn stop(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Datagram socket",
        "unix(7), SOCK_DGRAM",
        "Whole messages from many to one, without connections: each comes with the name of who sent it, to be \
         answered there. Two files of type s, then. Nobody is told when the other side is gone, so the parent says \
         goodbye.",
    );
    let (server_path, server_name) = tour.scratch.name("server")?;
    let (client_path, client_name) = tour.scratch.name("client")?;
    let (server_address, client_address) = (Address::path(&server_name)?, Address::path(&client_name)?);
    let server = Datagram::bind(&server_address)?;

    let (server, mut child) = fork(server, (), |here, ()| {
        let mut client = Datagram::bind(&client_address)?;
        client.connect_to(&server_address)?;
        let mut side = Messages(client);
        here.holds(&[side.0.as_fd().as_raw_fd()])?;
        say(here.voice, &mut side, "One stamp, please.")?;
        hear(here.voice, &mut here.claims, &mut side, "Here you are.")?;
        say(here.voice, &mut side, "Thank you.")?;
        hear(here.voice, &mut here.claims, &mut side, "Goodbye.")?;
        Ok(side.0.remove()?)
    })?;
    let hear_from = |claims: &mut Claims, expected: &str| {
        let mut buf = [0; ROOM];
        let (n, from) = server.recv_from(&mut buf, patience())?;
        let text = String::from_utf8_lossy(&buf[..n]);
        tour.voice.says(&format!("receives \"{text}\" from {from}"));
        claims.equal("what was received", &*text, expected);
        Outcome::Ok(from)
    };
    let say_to = |to: &Address, text: &str| {
        tour.voice.says(&format!("sends    \"{text}\" to {to}"));
        server.send_to(to, text.as_bytes(), patience())
    };
    let from = hear_from(&mut tour.claims, "One stamp, please.")?;
    say_to(&from, "Here you are.")?;
    let again = hear_from(&mut tour.claims, "Thank you.")?;

    terminal::gap();
    let lines = show::files(&[&server_path, &client_path])?;
    let own = [server.as_fd().as_raw_fd()];
    let holds: Vec<i32> = child.holds()?;
    let parents = show::descriptors("parent", std::process::id(), &own, &mut tour.claims)?;
    let childs = show::descriptors("child", child.pid, &holds, &mut tour.claims)?;
    terminal::gap();
    say_to(&from, "Goodbye.")?;
    child.finish(&mut tour.claims)?;
    server.remove()?;

    let names = [&server_path, &client_path].map(|path| path.display().to_string());
    let empty = lines.iter().zip(&names).all(|(line, name)| is_file_line(line, 's', 0, 0, name));
    tour.claims.show(empty, "each is an s file for its owner alone, with 0 blocks and 0 bytes");
    let named = from == client_address && again == client_address;
    tour.claims.show(named, "each message came with the name of who had sent it");
    sockets_of_their_own(tour, &parents, &childs);
    let gone = !server_path.exists() && !client_path.exists();
    tour.claims.show(gone, "each file was removed by who had made it");

    let make = || both_ways(&tour.scratch);
    let (mut mine, mut theirs) = make()?;
    let row = Row {
        mechanism: "datagram",
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

/// Two in one process, each the other's peer, and their names gone again.
pub fn both_ways(scratch: &Scratch) -> Outcome<(Side, Side)> {
    let addresses = (Address::path(&scratch.name("one")?.1)?, Address::path(&scratch.name("other")?.1)?);
    let (mut one, mut other) = (Datagram::bind(&addresses.0)?, Datagram::bind(&addresses.1)?);
    one.connect_to(&addresses.1)?;
    other.connect_to(&addresses.0)?;
    let names = [scratch.name("one")?.0, scratch.name("other")?.0];
    names.iter().try_for_each(std::fs::remove_file)?;
    Ok((Messages(one), Messages(other)))
}

//! Remote calls, over any two-way channel of messages.

use crate::cpus::Cpus;
use crate::figures::{Figures, Syscalls, Waits, ended_well, median_of, split};
use crate::pipe::two_packet_pipes;
use crate::process::{Here, fork, leave, patience};
use crate::ring::two_rings;
use crate::table::{Call, Row, Whole};
use crate::talk::{ROOM, whole};
use crate::trace::{Failure as NotTraced, trace, window};
use crate::{Outcome, Tour, datagram, fifo, seqpacket, stream};
use rawipc::rpc::{CallError, Client, Failure, Server};
use rawipc::socket::Seqpacket;
use rawipc::wait::{Events, PollFd, poll};
use rawipc::{Receiver, Sender, Wait};

/// The methods, by number, and the code of the one failure of our own.
const ADD: u32 = 1;
const DIVIDE: u32 = 2;
const GOODBYE: u32 = 3;
const BY_ZERO: Failure = Failure::new(33);

pub fn stop(tour: &mut Tour) -> Outcome {
    tour.stop(
        "Remote call",
        "rawipc::rpc",
        "A method number and its arguments, packed in order into one message; the other process unpacks them, runs \
         the method, and the result, or an error, comes back in the same way. All in buffers that the two own, over \
         any channel that carries messages both ways.",
    );
    let (mine, theirs) = seqpacket::pair()?;
    let (mine, child) = fork(mine.0, theirs.0, |here, channel| serve(here, channel, true))?;
    let mut buf = [0; ROOM];
    let mut client = Client::new(mine, &mut buf)?;

    let mut call = |method, name: &str, left, right| {
        tour.voice.says(&format!("calls method {method}, {name}, on {left} and {right}"));
        let answer = ask(&mut client, method, left, right)?;
        match answer {
            Ok(value) => tour.voice.says(&format!("is answered {value}")),
            Err(failure) => tour.voice.says(&format!("is answered: error, {failure}")),
        }
        Outcome::Ok(answer)
    };
    let sum = call(ADD, "add", 40, 2)?;
    let quotient = call(DIVIDE, "divide", 42, 6)?;
    let by_zero = call(DIVIDE, "divide", 42, 0)?;
    let unknown = call(99, "unknown", 1, 1)?;
    goodbye(&mut client)?;
    child.finish(&mut tour.claims)?;

    tour.claims
        .show(sum == Ok(42) && quotient == Ok(7), "the results are those of the methods, run in the child");
    let failed = by_zero == Err(BY_ZERO) && unknown == Err(Failure::UNKNOWN_METHOD);
    tour.claims.show(failed, "an error of the method, and of the call, came back as an error");
    over_each(tour)?;

    let (mut mine, mut theirs) = seqpacket::pair()?;
    let kept = whole(&mut mine, &mut theirs)?;
    tour.claims.check(kept == Whole::Yes, || "a call stays whole".to_owned());
    let figures = cost()?;
    tour.row(Row {
        mechanism: "remote call",
        named: "its channel's name",
        call: Call::Rpc,
        each: 1,
        whole: kept,
        figures,
    });
    Ok(())
}

/// The same call over every channel that carries messages both ways.
fn over_each(tour: &mut Tour) -> Outcome {
    let (a, b) = two_packet_pipes()?;
    over(tour, "two pipes of packets", a.0, b.0)?;
    let (a, b) = fifo::through_fifos(&tour.scratch)?;
    over(tour, "two FIFOs", a.0, b.0)?;
    let (a, b) = two_rings()?;
    over(tour, "two rings", a.0, b.0)?;
    let (a, b) = stream::connected(&tour.scratch)?;
    over(tour, "a stream socket, in frames", stream::in_frames(a)?, stream::in_frames(b)?)?;
    let (a, b) = datagram::both_ways(&tour.scratch)?;
    over(tour, "datagram sockets", a.0, b.0)
}

fn over<C: Sender + Receiver>(tour: &mut Tour, what: &str, mine: C, theirs: C) -> Outcome {
    let (mine, child) = fork(mine, theirs, |here, channel| serve(here, channel, false))?;
    let mut buf = [0; ROOM];
    let mut client = Client::new(mine, &mut buf)?;
    let sum = ask(&mut client, ADD, 40, 2)?;
    goodbye(&mut client)?;
    child.finish(&mut tour.claims)?;
    tour.claims.show(sum == Ok(42), &format!("add(40, 2) is 42 over {what} too"));
    Ok(())
}

/// The child: answers until it is told that this was all.
fn serve<C: Sender + Receiver>(here: &mut Here, channel: C, aloud: bool) -> Outcome {
    let (mut inbox, mut outbox) = ([0; ROOM], [0; 64]);
    let mut server = Server::new(channel, &mut inbox, &mut outbox)?;
    while let Some(mut request) = server.next(patience())? {
        let method = request.method();
        if method == GOODBYE {
            request.reply(patience(), |_| Ok(()))?;
            break;
        }
        let (left, right) = (request.args().i64()?, request.args().i64()?);
        let answer = match method {
            ADD => left.checked_add(right).ok_or(Failure::OTHER),
            DIVIDE => left.checked_div(right).ok_or(BY_ZERO),
            _ => Err(Failure::UNKNOWN_METHOD),
        };
        if aloud {
            let outcome = match answer {
                Ok(value) => value.to_string(),
                Err(failure) => format!("error, {failure}"),
            };
            here.voice.says(&format!("runs method {method} on {left} and {right}: {outcome}"));
        }
        match answer {
            Ok(value) => request.reply(patience(), |result| result.i64(value))?,
            Err(failure) => request.fail(patience(), failure)?,
        }
    }
    Ok(())
}

fn ask<C: Sender + Receiver>(
    client: &mut Client<'_, C>,
    method: u32,
    left: i64,
    right: i64,
) -> Outcome<Result<i64, Failure>> {
    let answer = client.call(method, patience(), |args| {
        args.i64(left)?;
        args.i64(right)
    });
    match answer {
        Ok(mut result) => {
            let value = result.i64()?;
            result.finish()?;
            Ok(Ok(value))
        }
        Err(CallError::Remote(failure)) => Ok(Err(failure)),
        Err(CallError::Channel(e)) => Err(e.into()),
    }
}

fn goodbye<C: Sender + Receiver>(client: &mut Client<'_, C>) -> Outcome {
    client.call(GOODBYE, patience(), |_| Ok(()))?.finish()?;
    Ok(())
}

/// What a call costs over a seqpacket pair. The calls are counted in the server: a request received, a reply sent.
fn cost() -> Outcome<Figures> {
    let cpus = Cpus::look()?;
    cpus.stay_on(0);
    let (mine, theirs) = Seqpacket::pair()?;
    let (mine, server) = split(mine, theirs, answer_all)?;
    let mut buf = [0; ROOM];
    let mut client = Client::new(mine, &mut buf)?;
    let (round_trip, rounds) = median_of(|| match ask(&mut client, ADD, 40, 2)? {
        Ok(42) => Ok(()),
        other => Err(format!("40 + 2 is {other:?}").into()),
    })?;
    drop(client);
    ended_well(server)?;
    Ok(Figures { syscalls: count()?, round_trip, rounds, waits: Waits::Sleeping })
}

fn answer_all(channel: Seqpacket) -> Outcome {
    let (mut inbox, mut outbox) = ([0; ROOM], [0; 64]);
    let mut server = Server::new(channel, &mut inbox, &mut outbox)?;
    let answered = server.serve(Wait::FOREVER, |method, args, result| match method {
        ADD => Ok(result.i64(args.i64()?.wrapping_add(args.i64()?))?),
        _ => Err(Failure::UNKNOWN_METHOD),
    });
    Ok(answered?)
}

fn count() -> Outcome<Syscalls> {
    let traced = trace(|| {
        if let Err(e) = counted_server() {
            crate::terminal::inner(&format!("the traced server: {e}"));
            leave(1);
        }
    });
    let windows = match traced {
        Err(NotTraced::Refused(_)) => return Ok(Syscalls::Refused),
        answer => answer?,
    };
    let [recv, send] = &windows[..] else { return Err("the tracer saw another number of windows".into()) };
    Ok(Syscalls::Counted { send: send.names(), recv: recv.names(), asleep: None })
}

/// Serves one request that is there already, from a client that is a process of its own.
fn counted_server() -> Outcome {
    let (mine, theirs) = Seqpacket::pair()?;
    let (mine, client) = split(mine, theirs, |channel| {
        let mut buf = [0; ROOM];
        let sum = ask(&mut Client::new(channel, &mut buf)?, ADD, 40, 2)?;
        if sum == Ok(42) { Ok(()) } else { Err("the counted call has another result".into()) }
    })?;
    poll(&mut [PollFd::new(&mine, Events::READABLE)], patience())?;
    let (mut inbox, mut outbox) = ([0; ROOM], [0; 64]);
    let mut server = Server::new(mine, &mut inbox, &mut outbox)?;
    let mut request = window(0, || server.next(Wait::FOREVER))?.ok_or("the client is gone")?;
    let sum = request.args().i64()?.wrapping_add(request.args().i64()?);
    window(0, || request.reply(Wait::FOREVER, |result| result.i64(sum)))?;
    ended_well(client)
}

//! One side killed: the other is told, within its deadline.

use super::line::Kind;
use super::{Line, add, buffer, channel_errno, serve};
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::{Child, End, Gate, nap};
use rawipc::rpc::{Client, Server};
use rawipc::{Errno, Wait};
use std::time::{Duration, Instant};

/// How long a call may take where nothing tells it of the death.
const SILENCE: Duration = Duration::from_millis(400);
const SLACK: Duration = Duration::from_secs(2);

/// A child that kills `victim` once the gate is open.
fn killer(victim: &Child, gate: &Gate) -> Child {
    let pid = victim.pid();
    Child::spawn(|| {
        gate.wait();
        // SAFETY: a call without pointers; our parent has not reaped it yet.
        unsafe { libc::kill(pid, libc::SIGKILL) };
    })
}

/// A call during which the server dies, and one after that.
fn told(kind: &Kind, client: &mut Client<'_, Line>, dead: Child) {
    let wait = if kind.tells_the_end { PATIENCE } else { Wait::at_most(SILENCE) };
    let began = Instant::now();
    let e = channel_errno(client.call(0, wait, |_| Ok(())));
    let is_fair = e == Errno::PIPE || e == Errno::TIMEDOUT && !kind.tells_the_end;
    assert!(is_fair, "{}: {e}", kind.name);
    assert!(began.elapsed() < SILENCE + SLACK, "told after {:?}", began.elapsed());
    assert_eq!(dead.wait(), End::Signal(libc::SIGKILL));
    for wait in [PATIENCE, Wait::FOREVER] {
        assert_eq!(channel_errno(client.call(0, wait, |_| Ok(()))), Errno::PIPE, "and again");
    }
}

pub fn server_killed_in_mid_call(kind: &Kind) {
    let running = Gate::new();
    let mut lines = kind.lines();
    let child = Child::spawn(|| {
        let line = lines.server();
        let (mut inbox, mut outbox) = (buffer(&line), buffer(&line));
        let mut server = Server::new(line, &mut inbox, &mut outbox).expect("Server");
        let _request = server.next(PATIENCE).expect("next").expect("a request");
        running.open();
        nap(Duration::from_secs(60));
    });
    let killer = killer(&child, &running);
    with_client(lines.client(), |client| told(kind, client, child));
    killer.join();
}

/// The request lies in the channel still, unread; that is no answer either.
pub fn server_killed_before_it_reads(kind: &Kind) {
    let open = Gate::new();
    let mut lines = kind.lines();
    let child = Child::spawn(|| {
        let _line = lines.server();
        // Time for the client to send and to fall asleep; if not, its send is what tells it.
        nap(Duration::from_millis(40));
        open.open();
        nap(Duration::from_secs(60));
    });
    let killer = killer(&child, &open);
    with_client(lines.client(), |client| told(kind, client, child));
    killer.join();
}

/// Not killed: it closes its line and lives on.
pub fn server_that_leaves(kind: &Kind) {
    let (left, leave) = (Gate::new(), Gate::new());
    let mut lines = kind.lines();
    let child = Child::spawn(|| {
        let line = lines.server();
        let (mut inbox, mut outbox) = (buffer(&line), buffer(&line));
        let mut server = Server::new(line, &mut inbox, &mut outbox).expect("Server");
        let request = server.next(PATIENCE).expect("next").expect("a request");
        request.reply(PATIENCE, |result| result.u64(3)).expect("reply");
        drop(server);
        left.open();
        leave.wait();
    });
    with_client(lines.client(), |client| {
        add(client, 1, 2, PATIENCE).expect("the only one");
        left.wait();
        for wait in [PATIENCE, Wait::FOREVER] {
            assert_eq!(channel_errno(client.call(0, wait, |_| Ok(()))), Errno::PIPE);
        }
    });
    leave.open();
    child.join();
}

fn with_client(line: Line, calls: impl FnOnce(&mut Client<'_, Line>)) {
    let mut buf = buffer(&line);
    calls(&mut Client::new(line, &mut buf).expect("Client"));
}

/// Whatever a client is at when it dies: the server's loop ends, and says nothing but that.
pub fn client_killed(kind: &Kind) {
    for round in 0..if kind.tells_the_end { 8 } else { 2 } {
        let mut lines = kind.lines();
        let calling = Gate::new();
        let child = Child::spawn(|| {
            with_client(lines.client(), |client| {
                add(client, 0, 0, PATIENCE).expect("add");
                calling.open();
                for i in 1.. {
                    add(client, i, i, PATIENCE).expect("add");
                }
            });
        });
        let pid = child.pid();
        let killer = Child::spawn(|| {
            calling.wait();
            nap(Duration::from_micros(round * 700));
            // SAFETY: a call without pointers; our parent has not reaped it yet.
            unsafe { libc::kill(pid, libc::SIGKILL) };
        });
        let wait = if kind.tells_the_end { PATIENCE } else { Wait::at_most(Duration::from_millis(1500)) };
        match serve(lines.server(), wait) {
            Ok(()) => {}
            Err(e) => assert!(e.errno() == Errno::TIMEDOUT && !kind.tells_the_end, "serve: {e}"),
        }
        killer.join();
        assert_eq!(child.wait(), End::Signal(libc::SIGKILL));
    }
}

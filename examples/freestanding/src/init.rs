//! An init: PID 1 of a PID namespace. It answers requests, reaps whoever is left behind, and leaves on SIGTERM.
//!
//!     unshare --user --map-root-user --pid --fork target/release/init /tmp/init.sock
//!
//! A request is a datagram, and so is its answer: a client that does not take it misses it, and keeps nobody waiting.
//!
//! | request | answer |
//! |---------|--------|
//! | `run`   | `ok`: a process is started that starts another and leaves it to us; then both end |
//! | `reaped` | how many have been reaped, in decimal |
//! | anything else | the same |
#![no_std]
#![no_main]

use core::sync::atomic::{AtomicU32, Ordering};

use freestanding::{Arguments, OrExit, Signals, entry, exit, fork, reap_any, say};
use rawipc::socket::{Address, Datagram};
use rawipc::{Errno, Origin, Wait};

entry!(main);

/// SIGTERM came: the one thing that is written to outside of the stack.
static TERMINATED: AtomicU32 = AtomicU32::new(0);

const OURS: Signals = Signals::CHILD.and(Signals::TERMINATE);

extern "C" fn main(arguments: &Arguments) -> i32 {
    let Some(path) = arguments.get(1) else {
        say(b"usage: init SOCKET\n");
        return 2;
    };
    // The kernel drops what PID 1 has no handler for.
    Signals::TERMINATE.handle(terminate);
    Signals::CHILD.handle(wake);
    OURS.block();
    let socket = Datagram::bind(&Address::path(path).or_exit()).or_exit();
    say(b"init: ready\n");

    let mut reaped = 0_u32;
    let mut request = [0; 1 << 16]; // as long as a request can be
    while TERMINATED.load(Ordering::Relaxed) == 0 {
        // Held back but for the time of the sleep, a signal is not missed between the look above and the sleep.
        match socket.recv_from(&mut request, Wait::FOREVER.or_signal_under(Signals::NONE.0)) {
            Ok((len, client)) => {
                let request = request.get(..len).unwrap_or_default();
                let mut room = [0; 10];
                let answer = match request {
                    b"run" => {
                        run();
                        b"ok"
                    }
                    b"reaped" => decimal(reaped, &mut room),
                    other => other,
                };
                // A client that has no name, or no room, or is gone.
                let _ = socket.try_send_to(&client, answer);
            }
            Err(e) if e.errno() == Errno::INTR => {}
            // An empty message, say: its sender's fault, and no reason for us to leave.
            Err(e) if e.origin() == Origin::Peer => {}
            Err(e) => exit(e.errno().raw_os_error()),
        }
        // Whoever asks without a pause does not keep the signals out.
        Signals::NONE.block();
        OURS.block();
        while reap_any() {
            reaped = reaped.saturating_add(1);
        }
    }
    drop(socket); // and its file is removed
    say(b"init: terminated\n");
    0
}

/// Starts a process that starts another and ends: nobody but PID 1 is left to reap that.
fn run() {
    if fork() == 0 {
        fork();
        exit(0);
    }
}

fn decimal(mut number: u32, room: &mut [u8; 10]) -> &[u8] {
    let mut digits = 0;
    for place in room.iter_mut().rev() {
        *place = b'0' + (number % 10) as u8;
        number /= 10;
        digits += 1;
        if number == 0 {
            break;
        }
    }
    room.get(10 - digits..).unwrap_or_default()
}

extern "C" fn terminate(_signal: i32) {
    TERMINATED.store(1, Ordering::Relaxed);
}

/// Nothing but the end of a sleep.
extern "C" fn wake(_signal: i32) {}

//! Calls that are given up, and the replies that come after.

use super::line::Kind;
use super::{add, buffer, channel_errno, methods};
use crate::conformance::mechanism::PATIENCE;
use crate::os::process::{Child, Gate};
use rawipc::rpc::{Client, Server};
use rawipc::{Errno, Wait};
use std::time::{Duration, Instant};

/// Answers when it is told to.
const SLOW: u32 = 50;
const LIMIT: Duration = Duration::from_millis(15);

pub fn late_replies_are_skipped(kind: &Kind) {
    let answer = Gate::new();
    let mut lines = kind.lines();
    let child = Child::spawn(|| {
        let line = lines.server();
        let (mut inbox, mut outbox) = (buffer(&line), buffer(&line));
        let served = Server::new(line, &mut inbox, &mut outbox).expect("Server").serve(
            PATIENCE,
            |method, args, result| {
                if method != SLOW {
                    return methods::run(method, args, result);
                }
                answer.wait();
                Ok(result.u32(0xdead)?)
            },
        );
        served.expect("serve");
    });
    let line = lines.client();
    let mut buf = buffer(&line);
    let mut client = Client::new(line, &mut buf).expect("Client");
    add(&mut client, 1, 2, PATIENCE).expect("add");
    for given_up in 1..=3 {
        for _ in 0..given_up {
            let began = Instant::now();
            let e = channel_errno(client.call(SLOW, Wait::at_most(LIMIT), |_| Ok(())));
            assert_eq!(e, Errno::TIMEDOUT);
            assert!((LIMIT..LIMIT + Duration::from_secs(1)).contains(&began.elapsed()));
        }
        (0..given_up).for_each(|_| answer.open());
        // The late ones lie in front of this one's.
        add(&mut client, given_up, 4, PATIENCE).expect("add after late replies");
        add(&mut client, given_up, 5, PATIENCE).expect("add after that");
    }
    // One that is asked for and comes in time is not taken for another.
    answer.open();
    let mut slow = client.call(SLOW, PATIENCE, |_| Ok(())).expect("in time");
    assert_eq!(slow.u32(), Ok(0xdead));
    drop(client);
    if kind.tells_the_end { child.join() } else { child.kill() }
}

//! Remote calls between two processes, over every mechanism.

mod calls;
mod deaths;
mod hostile;
mod late;
mod line;
mod methods;

use crate::conformance::mechanism::remove_files;
use crate::runner::List;
use line::{Kind, Line};
use rawipc::rpc::{CallError, Client, Server, Unpacker};
use rawipc::{Errno, Receiver, Sender, Wait};

pub fn tests(list: &mut List) {
    type Check = fn(&Kind);
    let checks: [(&str, Check); 11] = [
        ("every_kind_of_answer", calls::every_kind_of_answer),
        ("echo_of_every_size", calls::echo_of_every_size),
        ("hundreds_in_a_row", calls::hundreds_in_a_row),
        ("late_replies_are_skipped", late::late_replies_are_skipped),
        ("server_killed_in_mid_call", deaths::server_killed_in_mid_call),
        ("server_killed_before_it_reads", deaths::server_killed_before_it_reads),
        ("server_that_leaves", deaths::server_that_leaves),
        ("client_killed", deaths::client_killed),
        ("hostile_server", hostile::server),
        ("hostile_client", hostile::client),
        ("client_that_never_reads", hostile::client_that_never_reads),
    ];
    for kind in line::KINDS {
        for (name, check) in checks {
            list.add(format!("rpc::{}::{name}", kind.name.replace(' ', "_")), move || {
                check(kind);
                remove_files();
            });
        }
    }
}

/// A client's or a server's buffer, for whatever may come.
fn buffer(line: &Line) -> Vec<u8> {
    vec![0; line.recv_limit().max(line.send_limit())]
}

/// Serves [`methods::run`] over `line` until the client is gone.
fn serve(line: Line, wait: Wait) -> rawipc::Result<()> {
    let (mut inbox, mut outbox) = (buffer(&line), buffer(&line));
    Server::new(line, &mut inbox, &mut outbox).expect("Server").serve(wait, methods::run)
}

/// Calls `add`, and fails the test where the sum is wrong.
#[track_caller]
fn add(client: &mut Client<'_, Line>, a: u32, b: u32, wait: Wait) -> Result<(), CallError> {
    let mut sum: Unpacker<'_> = client.call(methods::ADD, wait, |args| {
        args.u32(a)?;
        args.u32(b)
    })?;
    assert_eq!(sum.u64(), Ok(u64::from(a) + u64::from(b)));
    sum.finish().expect("nothing behind the sum");
    Ok(())
}

/// The errno of a call that the channel failed.
#[track_caller]
fn channel_errno<T>(answer: Result<T, CallError>) -> Errno {
    match answer {
        Err(CallError::Channel(e)) => e.errno(),
        Err(CallError::Remote(failure)) => panic!("the server answered: {failure}"),
        Ok(_) => panic!("the server answered"),
    }
}

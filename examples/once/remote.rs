//! A remote call, which takes two processes.

use std::io;
use std::time::Duration;

use rawipc::rpc::{CallError, Client, Packer, Server};
use rawipc::socket::Seqpacket;
use rawipc::{Result, Wait};

use crate::trace;

/// The labels of the windows of the three: who makes the pair, who calls, who answers.
pub const LABELS: [u64; 3] = [100, 101, 102];

/// What each of them calls, in order.
#[allow(dead_code)] // for who reads the trace
pub const FUNCTIONS: [&[&str]; 3] = [
    &["socket::Seqpacket::pair"],
    &["socket::Seqpacket", "rpc::Client::new", "rpc::Client::call", "rpc::Client"],
    &["socket::Seqpacket", "rpc::Server::new", "rpc::Server::next", "rpc::Request::reply", "rpc::Server"],
];

const WAIT: Wait = Wait::at_most(Duration::from_secs(10));

/// Forks a server and asks it for a sum.
pub fn call(nothing: bool) -> std::result::Result<(), Box<dyn std::error::Error>> {
    let [pair, calls, answers] = LABELS;
    let ends = if nothing { None } else { Some(trace::window(pair, Seqpacket::pair)?) };
    // SAFETY: the child makes raw calls only, and leaves.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error().into()),
        0 => {
            let served = ends.is_none_or(|ends| trace::window(answers, || serve(ends)).is_ok());
            // SAFETY: the end of the child.
            unsafe { libc::_exit(i32::from(!served)) };
        }
        child => {
            let answer = ends.map_or(Ok(Some(5)), |ends| trace::window(calls, || ask(ends)));
            let mut status = 0;
            // SAFETY: our own child, and room for its status.
            unsafe { libc::waitpid(child, &raw mut status, 0) };
            match (answer?, status) {
                (Some(5), 0) => Ok(()),
                (sum, status) => Err(format!("2 + 3 = {sum:?}, wait status {status}").into()),
            }
        }
    }
}

fn ask((mine, other): (Seqpacket, Seqpacket)) -> Result<Option<u32>> {
    drop(other);
    let mut buf = [0; ROOM];
    let mut client = Client::new(mine, &mut buf)?;
    let add = |p: &mut Packer<'_>| p.u32(2).and_then(|()| p.u32(3));
    match client.call(1, WAIT, add) {
        Ok(mut result) => result.u32().map(Some),
        Err(CallError::Channel(e)) => Err(e),
        Err(CallError::Remote(_)) => Ok(None),
    }
}

fn serve((other, mine): (Seqpacket, Seqpacket)) -> Result<()> {
    drop(other);
    let (mut inbox, mut outbox) = ([0; ROOM], [0; ROOM]);
    let mut server = Server::new(mine, &mut inbox, &mut outbox)?;
    let Some(mut request) = server.next(WAIT)? else { return Ok(()) };
    let sum = request.args().u32()?.wrapping_add(request.args().u32()?);
    request.reply(WAIT, |p| p.u32(sum))
}

/// The longest message of a seqpacket socket, unless it is set.
const ROOM: usize = 1 << 16;

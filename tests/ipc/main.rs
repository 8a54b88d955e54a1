//! Forking integration tests: real processes, one forked child per test.
//!
//! `cargo test --test ipc` runs them all; see [`runner`] for what it takes on the command line.

mod badinput;
mod conformance;
mod crash;
mod crowd;
mod datagrams;
mod descriptors;
mod exec;
mod hostile;
mod killed;
mod many;
mod meeting;
mod memory;
mod names;
mod older_kernels;
mod os;
mod peers;
mod proc;
mod restart;
mod ring_in_place;
mod ring_stress;
mod rpc;
mod runner;
#[path = "../support/scratch.rs"]
mod scratch;
mod several;
mod sizes;
mod socket_files;
mod strangers;
mod tables;
#[path = "../support/trace.rs"]
mod trace;
mod travel;

fn main() {
    if std::env::args().nth(1).as_deref() == Some(meeting::STRANGER) {
        return meeting::stranger();
    }
    let mut list = runner::List::new();
    runner::selftest::tests(&mut list);
    conformance::tests(&mut list);
    descriptors::tests(&mut list);
    exec::tests(&mut list);
    crash::tests(&mut list);
    killed::tests(&mut list);
    meeting::tests(&mut list);
    memory::tests(&mut list);
    ring_stress::tests(&mut list);
    many::tests(&mut list);
    ring_in_place::tests(&mut list);
    hostile::tests(&mut list);
    proc::tests(&mut list);
    rpc::tests(&mut list);
    several::tests(&mut list);
    sizes::tests(&mut list);
    badinput::tests(&mut list);
    names::tests(&mut list);
    restart::tests(&mut list);
    socket_files::tests(&mut list);
    strangers::tests(&mut list);
    datagrams::tests(&mut list);
    crowd::tests(&mut list);
    older_kernels::tests(&mut list);
    peers::tests(&mut list);
    travel::tests(&mut list);
    runner::main(list, conformance::matrix::judge)
}

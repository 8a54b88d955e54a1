//! Layouts that C can hold: every public type has a stated representation, and its size and alignment stand in
//! `layout.txt`. After a change that is meant, `RAWIPC_BLESS=1 cargo test --test house` writes it anew.

use std::collections::BTreeSet;

use crate::source::{self, Model, Source, root};

macro_rules! layouts {
    ($($ty:ty as $key:literal),+ $(,)?) => {
        vec![$(($key, size_of::<$ty>(), align_of::<$ty>())),+]
    };
}

fn layouts() -> Vec<(&'static str, usize, usize)> {
    use rawipc::*;
    layouts![
        Duplex<u64, u64> as "channel::Duplex",
        Call as "error::Call",
        Error as "error::Error",
        Origin as "error::Origin",
        fd::Fd as "fd::Fd",
        fd::Stdio as "fd::Stdio",
        fifo::Owner as "fifo::Owner",
        frame::FrameReceiver<'_, pipe::ReadEnd> as "frame::FrameReceiver",
        frame::FrameSender<pipe::WriteEnd> as "frame::FrameSender",
        frame::Framed<'_, fd::Fd> as "frame::Framed",
        memory::File as "memory::File",
        memory::Map as "memory::Map",
        memory::Memfd as "memory::Memfd",
        memory::ReadOnlyMap as "memory::ReadOnlyMap",
        pipe::PacketReceiver as "pipe::PacketReceiver",
        pipe::PacketSender as "pipe::PacketSender",
        pipe::ReadEnd as "pipe::ReadEnd",
        pipe::WriteEnd as "pipe::WriteEnd",
        proc::Access as "proc::Access",
        proc::Device as "proc::Device",
        proc::Entry<'_> as "proc::Entry",
        proc::FdInfo as "proc::FdInfo",
        proc::Kind as "proc::Kind",
        proc::Link as "proc::Link",
        proc::OpenFile<'_> as "proc::OpenFile",
        proc::Process as "proc::Process",
        proc::Table<'_> as "proc::Table",
        proc::Target<'_> as "proc::Target",
        ring::Batch<'_> as "ring::Batch",
        ring::Consumer as "ring::Consumer",
        ring::Corruption as "ring::Corruption",
        ring::Many<'_> as "ring::Many",
        ring::Polling as "ring::Polling",
        ring::Producer as "ring::Producer",
        ring::Received as "ring::Received",
        ring::Slot as "ring::Slot",
        ring::Word as "ring::Word",
        ring::Message<'_> as "ring::Message",
        ring::Reservation<'_> as "ring::Reservation",
        rpc::CallError as "rpc::CallError",
        rpc::Client<'_, u64> as "rpc::Client",
        rpc::Failure as "rpc::Failure",
        rpc::Packer<'_> as "rpc::Packer",
        rpc::Request<'_, u64> as "rpc::Request",
        rpc::Server<'_, u64> as "rpc::Server",
        rpc::Unpacker<'_> as "rpc::Unpacker",
        seccomp::Action as "seccomp::Action",
        seccomp::Check as "seccomp::Check",
        seccomp::Fcntl as "seccomp::Fcntl",
        seccomp::Filter<'_> as "seccomp::Filter",
        seccomp::Instruction as "seccomp::Instruction",
        seccomp::List as "seccomp::List",
        socket::Address as "socket::Address",
        socket::Behind as "socket::Behind",
        socket::Crowd<'_, socket::Stream> as "socket::Crowd",
        socket::Credentials as "socket::Credentials",
        socket::Datagram as "socket::Datagram",
        socket::Event<socket::Stream> as "socket::Event",
        socket::Files<'_> as "socket::Files",
        socket::Listener<socket::Stream> as "socket::Listener",
        socket::Member as "socket::Member",
        socket::Options as "socket::Options",
        socket::FdRefs<'_, 1> as "socket::Refs",
        socket::Refusal as "socket::Refusal",
        socket::Seat<socket::Stream> as "socket::Seat",
        socket::Seqpacket as "socket::Seqpacket",
        socket::FdSlots<1> as "socket::Slots",
        socket::SocketFile<'_> as "socket::SocketFile",
        socket::Stream as "socket::Stream",
        wait::Epoll as "wait::Epoll",
        wait::Events as "wait::Events",
        wait::Instant as "wait::Instant",
        wait::PollFd<'_> as "wait::PollFd",
        wait::Ready as "wait::Ready",
        wait::Trigger as "wait::Trigger",
        Wait as "wait::Wait",
    ]
}

/// Public types whose layout is the compiler's to choose.
fn unstated(sources: &[Source]) -> Vec<(String, String)> {
    let stated = |repr: &str| repr != "Rust" && !repr.starts_with("packed");
    let types = Model::new(sources).types;
    let found = types.iter().filter(|t| t.public && !t.repr.as_deref().is_some_and(stated));
    found
        .map(|t| (t.key(), format!("src/{}:{} {} has no repr that C knows", t.path, t.line, t.key())))
        .collect()
}

#[test]
fn every_layout_is_stated() {
    crate::none(&source::except("repr", unstated(&source::sources())));
}

#[test]
fn a_type_without_repr_is_flagged() {
    let found = |text: &str| -> Vec<String> {
        unstated(&[source::source("x.rs", text)]).into_iter().map(|(_, finding)| finding).collect()
    };
    crate::flagged(&found("pub struct S(u8);"), "x::S");
    crate::flagged(&found("#[derive(Debug)] pub enum E { A }"), "x::E");
    assert!(found("#[repr(C)] pub struct S(u8); #[repr(u8)] pub enum E { A } struct P;").is_empty());
}

#[test]
fn every_public_type_is_measured() {
    let measured: BTreeSet<String> = layouts().iter().map(|(key, ..)| key.to_string()).collect();
    let types = Model::new(&source::sources()).types;
    let public: BTreeSet<String> = types.iter().filter(|t| t.public).map(|t| t.key()).collect();
    let missing = public.difference(&measured).map(|k| (k.clone(), format!("{k} is not measured"))).collect();
    let mut found = source::except("layout", missing);
    found.extend(measured.difference(&public).map(|k| format!("{k} is measured, and is no public type")));
    crate::none(&found);
}

/// With 64 bits elsewhere, sizes are the same, but for these: `struct epoll_event` is packed on x86-64 alone.
const PACKED: [(&str, &str); 2] =
    [("wait::Ready 12 1", "wait::Ready 16 8"), ("socket::Crowd 528 8", "socket::Crowd 592 8")];

#[test]
fn sizes_are_as_committed() {
    let mut text = String::from("# type size align, x86-64\n");
    for (key, size, align) in layouts() {
        text.push_str(&format!("{key} {size} {align}\n"));
    }
    if !cfg!(target_pointer_width = "64") {
        crate::skip::skip("the committed sizes are those of 64 bits");
        return;
    }
    if !cfg!(target_arch = "x86_64") {
        PACKED.iter().for_each(|(there, elsewhere)| text = text.replace(elsewhere, there));
    }
    let path = root().join("tests/house/layout.txt");
    if std::env::var_os("RAWIPC_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, text, "a layout changed; RAWIPC_BLESS=1 accepts it");
}

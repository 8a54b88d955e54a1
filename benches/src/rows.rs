//! What is measured against what, and what is to be reached.

use crate::contenders::calls::{self, Kind};
#[cfg(any(boost, libqb, feature = "peers"))]
use crate::contenders::each::{Each, Queue};
use crate::contenders::inplace::{Batches, InPlace, Work};
use crate::contenders::{futex::Futex, line::Bounced, memcpy::Memcpy, pipe::Pipes, ring::Rings, slots::Both};
use crate::two::Ends;
use crate::{Contender, Processors, Row};
use rawipc::ring::{Consumer, Polling, Producer};

pub fn all() -> Vec<Row> {
    let mut rows = vec![];
    for size in [8, 48] {
        rows.push(Row {
            name: format!("round trip {size} B"),
            processors: Processors::Two,
            n: 1500,
            bytes: None,
            base: contender("one bare cache line bounced", None, Bounced::<true>::boxed),
            others: vec![
                contender("a line each way", None, Bounced::<false>::boxed),
                ring(size, 1 << 16, Some(1.25), true, polls),
            ],
        });
    }
    rows.push(round_trip::<64, 1024>(Some(0.75)));
    rows.push(round_trip::<256, 1024>(None));
    rows.push(round_trip::<1024, 256>(Some(1.0)));
    rows.push(round_trip::<4096, 128>(Some(1.0)));
    rows.push(one_way::<64, 16384>(100_000, Some(1.0 / 1.7)));
    rows.push(one_way::<4096, 256>(8_000, Some(1.0 / 1.5)));
    rows.push(one_way::<4096, 1024>(8_000, None));
    rows.push(one_way::<65536, 64>(600, Some(1.0)));
    rows.push(one_way::<1048576, 4>(40, Some(1.0)));
    rows.extend(peers());
    rows.push(able_to_sleep());
    rows.push(Row {
        name: "round trip 64 B, one core".into(),
        processors: Processors::One,
        n: 400,
        bytes: None,
        base: contender("a bare pipe", None, || Pipes::boxed(64)),
        others: vec![
            contender("a bare futex", None, Futex::boxed),
            Contender { name: "rawipc, yielding", ..ring(64, 1 << 16, Some(1.1), true, yields) },
            Contender { name: "rawipc, sleeping", ..ring(64, 1 << 16, Some(1.1), true, sleeps) },
        ],
    });
    let kinds = [
        ("pipe", Kind::Pipe),
        ("stream", Kind::Stream),
        ("seqpacket", Kind::Seqpacket),
        ("datagram", Kind::Datagram),
    ];
    rows.extend(kinds.map(|(name, kind)| against_the_call(name, kind)));
    rows.extend(in_place());
    rows.push(batches());
    rows
}

/// A send and a receive against the same two calls made by hand.
fn against_the_call(name: &str, kind: Kind) -> Row {
    Row {
        name: format!("send and recv 64 B, {name}"),
        processors: Processors::Two,
        n: 500,
        bytes: None,
        base: contender("the calls by hand", None, move || calls::bare(kind, 64)),
        others: vec![contender("rawipc", Some(1.05), move || calls::ours(kind, 64))],
    }
}

/// 64 KiB written and read where they lie, against the same copied in and out.
fn in_place() -> [Row; 2] {
    let made = |work| move || InPlace::boxed(65536, 1 << 20, work, ladder);
    [("one byte touched", Work::OneByte), ("every byte written and read", Work::EveryByte)].map(
        |(what, work)| Row {
            name: format!("in place 65536 B, {what}"),
            processors: Processors::Two,
            n: 300,
            bytes: Some(65536),
            base: contender("rawipc, copied", None, made(Work::Copied)),
            others: vec![contender("rawipc, in place", None, made(work))],
        },
    )
}

/// The same, against iceoryx2 where they lie.
#[cfg(feature = "peers")]
fn in_place_against_iceoryx2() -> [Row; 2] {
    use crate::contenders::loaned::Loaned;
    let rows = [
        ("one byte touched", Work::OneByte, 0.1),
        ("every byte written and read", Work::EveryByte, 1.0 / 0.95),
    ];
    rows.map(|(what, work, most)| Row {
        name: format!("in place 65536 B, {what}, iceoryx2"),
        processors: Processors::Two,
        n: 300,
        bytes: Some(65536),
        base: contender("iceoryx2, in place", None, move || Loaned::boxed(65536, 64, work)),
        others: vec![contender("rawipc, in place", Some(most), move || {
            InPlace::boxed(65536, 1 << 20, work, ladder)
        })],
    })
}

/// Short messages, many in one go, against one by one.
fn batches() -> Row {
    Row {
        name: "one way 64 B, in batches".into(),
        processors: Processors::Two,
        n: 96_000,
        bytes: Some(64),
        base: ring(64, 1 << 20, None, false, ladder),
        others: vec![
            contender("rawipc, 8 in one go", None, || Batches::<8>::boxed(64, 1 << 20, ladder)),
            contender("rawipc, 64 in one go", None, || Batches::<64>::boxed(64, 1 << 20, ladder)),
        ],
    }
}

fn round_trip<const SIZE: usize, const COUNT: usize>(at_most: Option<f64>) -> Row {
    Row {
        name: format!("round trip {SIZE} B"),
        processors: Processors::Two,
        n: 1000,
        bytes: None,
        base: contender("fixed slots", None, Both::<SIZE, COUNT, true>::boxed),
        others: vec![ring(SIZE, ring_for(SIZE), at_most, true, polls)],
    }
}

fn one_way<const SIZE: usize, const COUNT: usize>(n: usize, at_most: Option<f64>) -> Row {
    let capacity = ring_one_way(SIZE);
    Row {
        name: format!("one way {SIZE} B, {} KiB of slots", SIZE * COUNT / 1024),
        processors: Processors::Two,
        n,
        bytes: Some(SIZE),
        base: contender("fixed slots", None, Both::<SIZE, COUNT, false>::boxed),
        others: vec![
            contender("memcpy in and out", None, || Memcpy::boxed(SIZE)),
            Contender { name: "rawipc, only polling", ..ring(SIZE, capacity, None, false, polls) },
            ring(SIZE, capacity, at_most, false, ladder),
        ],
    }
}

/// What being able to sleep costs.
fn able_to_sleep() -> Row {
    Row {
        name: "one way 64 B, able to sleep".into(),
        processors: Processors::Two,
        n: 100_000,
        bytes: Some(64),
        base: Contender { name: "rawipc, only polling", ..ring(64, 1 << 20, None, false, polls) },
        others: vec![ring(64, 1 << 20, Some(1.0 / 0.85), false, ladder)],
    }
}

/// Says which contenders this build is without, and why.
pub fn say_what_is_missing() {
    if !cfg!(feature = "peers") {
        println!("SKIP iceoryx2, shmem-ipc, rtrb: built without --features peers");
    }
    if !cfg!(boost) {
        println!("SKIP Boost.Lockfree: no C++ compiler, or no libboost-dev");
    }
    if !cfg!(libqb) {
        println!("SKIP libqb: no libqb-dev");
    }
}

/// A row a peer, and what is to be reached against it.
fn peers() -> Vec<Row> {
    #[allow(unused_mut)]
    let mut rows = vec![];
    #[cfg(feature = "peers")]
    {
        use crate::contenders::packages::{Iceoryx2, Rtrb, RtrbItems, ShmemIpc};
        rows.extend(in_place_against_iceoryx2());
        rows.push(against_round_trip::<64, _>("iceoryx2", Some(0.25), || Iceoryx2::new(64, 64)));
        rows.push(against_round_trip::<64, _>("shmem-ipc", None, || ShmemIpc::<64>::new(1024)));
        rows.push(against_round_trip::<64, _>("rtrb, items", None, || RtrbItems::<64>::new(1024)));
        rows.push(against_round_trip::<64, _>("rtrb, bytes", None, || Rtrb::new(1 << 16)));
        rows.push(against_round_trip::<4096, _>("rtrb, items", None, || RtrbItems::<4096>::new(128)));
        rows.push(against_one_way::<64, _>("iceoryx2", Some(1.0 / 50.0), || Iceoryx2::new(64, 1024)));
        rows.push(against_one_way::<64, _>("shmem-ipc", Some(1.0 / 8.0), || ShmemIpc::<64>::new(16384)));
        rows.push(against_one_way::<64, _>("rtrb, items", None, || RtrbItems::<64>::new(16384)));
        rows.push(against_one_way::<64, _>("rtrb, bytes", None, || Rtrb::new(1 << 20)));
        rows.push(against_one_way::<4096, _>("rtrb, items", None, || RtrbItems::<4096>::new(1024)));
        rows.push(against_one_way::<65536, _>("iceoryx2", Some(1.0), || Iceoryx2::new(65536, 64)));
        rows.push(against_one_way::<65536, _>("shmem-ipc", Some(1.0), || ShmemIpc::<65536>::new(64)));
        rows.push(against_one_way::<65536, _>("rtrb, bytes", Some(1.0), || Rtrb::new(1 << 22)));
        rows.push(against_one_way::<1048576, _>("iceoryx2", Some(1.0), || Iceoryx2::new(1048576, 4)));
        rows.push(against_one_way::<1048576, _>("shmem-ipc", Some(1.0), || ShmemIpc::<1048576>::new(4)));
        rows.push(against_one_way::<1048576, _>("rtrb, bytes", Some(1.0), || Rtrb::new(1 << 22)));
    }
    #[cfg(boost)]
    {
        use crate::contenders::debian::boost::Boost;
        rows.push(against_round_trip::<64, _>("Boost.Lockfree", None, || Boost::new(64)));
        rows.push(against_round_trip::<4096, _>("Boost.Lockfree", None, || Boost::new(4096)));
        rows.push(against_one_way::<64, _>("Boost.Lockfree", None, || Boost::new(64)));
        rows.push(against_one_way::<4096, _>("Boost.Lockfree", None, || Boost::new(4096)));
        rows.push(against_one_way::<65536, _>("Boost.Lockfree", Some(1.0), || Boost::new(65536)));
        rows.push(against_one_way::<1048576, _>("Boost.Lockfree", Some(1.0), || Boost::new(1048576)));
    }
    #[cfg(libqb)]
    {
        use crate::contenders::debian::libqb::Libqb;
        rows.push(against_round_trip::<64, _>("libqb", None, || Libqb::new(1 << 16)));
        rows.push(against_one_way::<64, _>("libqb", None, || Libqb::new(1 << 20)));
        rows.push(against_one_way::<65536, _>("libqb", Some(1.0), || Libqb::new(1 << 22)));
        rows.push(against_one_way::<1048576, _>("libqb", Some(1.0), || Libqb::new(1 << 23)));
    }
    rows
}

#[cfg(any(boost, libqb, feature = "peers"))]
fn against_round_trip<const SIZE: usize, Q: Queue + 'static>(
    name: &'static str,
    at_most: Option<f64>,
    make: impl Fn() -> Q + 'static,
) -> Row {
    Row {
        name: format!("round trip {SIZE} B, {name}"),
        processors: Processors::Two,
        n: 500,
        bytes: None,
        base: contender(name, None, move || Each::<Q, true>::boxed(SIZE, &make)),
        others: vec![ring(SIZE, ring_for(SIZE), at_most, true, polls)],
    }
}

#[cfg(any(boost, libqb, feature = "peers"))]
fn against_one_way<const SIZE: usize, Q: Queue + 'static>(
    name: &'static str,
    at_most: Option<f64>,
    make: impl Fn() -> Q + 'static,
) -> Row {
    Row {
        name: format!("one way {SIZE} B, {name}"),
        processors: Processors::Two,
        n: ((32 << 20) / SIZE).clamp(40, 40_000),
        bytes: Some(SIZE),
        base: contender(name, None, move || Each::<Q, false>::boxed(SIZE, &make)),
        others: vec![ring(SIZE, ring_one_way(SIZE), at_most, false, ladder)],
    }
}

/// What round trips go through: large enough for several messages, and no larger.
fn ring_for(size: usize) -> usize {
    if size < 4096 { 1 << 16 } else { 1 << 18 }
}

/// What goes one way: found by trying each power of two.
fn ring_one_way(size: usize) -> usize {
    match size {
        0..=4095 => 1 << 20,
        4096..=65535 => 1 << 19,
        65536..=1048575 => 1 << 23,
        _ => 1 << 22,
    }
}

fn ring(
    size: usize,
    capacity: usize,
    at_most: Option<f64>,
    back: bool,
    set: fn(&mut Producer, &mut Consumer),
) -> Contender {
    contender("rawipc", at_most, move || match back {
        true => Rings::<true>::boxed(size, capacity, set),
        false => Rings::<false>::boxed(size, capacity, set),
    })
}

fn contender(
    name: &'static str,
    at_most: Option<f64>,
    make: impl Fn() -> Box<dyn Ends> + 'static,
) -> Contender {
    Contender { name, at_most, make: Box::new(make) }
}

/// Never sleeps.
fn polls(producer: &mut Producer, consumer: &mut Consumer) {
    set(producer, consumer, Polling::ENDLESS);
}

/// Polls for a while, yields for a while, sleeps.
fn ladder(producer: &mut Producer, consumer: &mut Consumer) {
    set(producer, consumer, Polling { pauses: 10_000, yields: 100 });
}

fn yields(producer: &mut Producer, consumer: &mut Consumer) {
    set(producer, consumer, Polling { pauses: 0, yields: 40 });
}

fn sleeps(producer: &mut Producer, consumer: &mut Consumer) {
    set(producer, consumer, Polling::NONE);
}

fn set(producer: &mut Producer, consumer: &mut Consumer, polling: Polling) {
    producer.set_polling(polling);
    consumer.set_polling(polling);
}

//! What is measured against what, and what is to be reached.

use crate::contenders::calls::{self, Kind};
use crate::contenders::inplace::{Batches, InPlace, Work};
use crate::contenders::{line::Bounced, pipe::Pipes, ring::Rings, slots::Both};
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
    rows.push(one_way::<4096, 256>(2_000, Some(1.0 / 1.5)));
    rows.push(one_way::<65536, 64>(300, Some(1.0)));
    rows.push(one_way::<1048576, 4>(20, Some(1.0)));
    rows.push(Row {
        name: "round trip 64 B, one core".into(),
        processors: Processors::One,
        n: 400,
        bytes: None,
        base: contender("a bare pipe", None, || Pipes::boxed(64)),
        others: vec![
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
    let made = |work| move || InPlace::boxed(65536, 1 << 22, work, ladder);
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
        others: vec![ring(SIZE, 1 << 16, at_most, true, polls)],
    }
}

fn one_way<const SIZE: usize, const COUNT: usize>(n: usize, at_most: Option<f64>) -> Row {
    let capacity = if SIZE < 4096 { 1 << 20 } else { 1 << 22 };
    Row {
        name: format!("one way {SIZE} B"),
        processors: Processors::Two,
        n,
        bytes: Some(SIZE),
        base: contender("fixed slots", None, Both::<SIZE, COUNT, false>::boxed),
        others: vec![
            Contender { name: "rawipc, only polling", ..ring(SIZE, capacity, None, false, polls) },
            ring(SIZE, capacity, at_most, false, ladder),
        ],
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

//! Many rings behind one receiver.

use rawipc::ring::{Many, Producer, Received, Slot};
use rawipc::{Errno, Sender, Wait};

use super::{ASLEEP, LARGE, fill, lie_about_a_length, made, overwrite};
use crate::cases::pipe::drop_of;
use crate::cases::room;
use crate::scenario::{Outcome, Scenarios};

type Few = Many<'static>;

/// Two slots, and a ring in the first.
pub fn few() -> Outcome<(Few, Producer)> {
    let mut many = empty()?;
    let (p, c) = made()?;
    many.admit(c)?;
    Ok((many, p))
}

fn empty() -> rawipc::Result<Few> {
    Many::new(room_for_two())
}

fn room_for_two() -> &'static mut [Slot] {
    Box::leak(Box::new([const { Slot::EMPTY }; 2]))
}

pub fn cases(s: &mut Scenarios) {
    making(s);
    coming_and_going(s);
    receiving(s);
}

fn making(s: &mut Scenarios) {
    let new = "ring::Many::new";
    s.case(new, "ok", |t| {
        let mut slots = Some(room_for_two());
        t.ok(|| Many::new(slots.take().expect("once"))).map(std::mem::forget)
    });
    for (case, call) in
        [("no set", "epoll_create1"), ("no page for a mark", "mmap"), ("a mark is refused", "madvise")]
    {
        s.case(new, case, move |t| {
            t.refuse(call, 1, Errno::NOMEM);
            let mut slots = Some(room_for_two());
            t.err(Errno::NOMEM, || Many::new(slots.take().expect("once")).map(std::mem::forget))
        });
    }
    s.case("ring::Slot", "drop", |t| drop_of(t, slots(false)?));
    s.case("ring::Slot", "drop, its receiver was forgotten", |t| drop_of(t, slots(true)?));
    s.case("ring::Many", "drop", |t| drop_of(t, empty()?));
    s.case("ring::Many", "drop, with rings", |t| {
        let (mut many, _p) = few()?;
        let (_other, c) = made()?;
        many.admit(c)?;
        drop_of(t, many)
    });
}

/// Two slots of which one holds a ring still, where nobody has tidied up.
fn slots(forgotten: bool) -> Outcome<[Slot; 2]> {
    let mut slots = [const { Slot::EMPTY }; 2];
    let (p, c) = made()?;
    std::mem::forget(p);
    let mut many = Many::new(&mut slots)?;
    many.admit(c)?;
    if forgotten {
        std::mem::forget(many);
    } else {
        drop(many);
    }
    Ok(slots)
}

/// What a child finds of the marks of its parent: nothing.
fn in_place_of_a_child() -> Outcome {
    let mut pages = String::new();
    for line in std::fs::read_to_string("/proc/self/smaps")?.lines() {
        match line.strip_prefix("VmFlags:") {
            Some(flags) if flags.split(' ').any(|flag| flag == "wf") => {
                let mut ends = pages.split('-').filter_map(|end| usize::from_str_radix(end, 16).ok());
                let (start, end) = ends.next().zip(ends.next()).ok_or("no range")?;
                for word in (start..end).step_by(4) {
                    // SAFETY: a page of marks, of which nobody holds a reference now.
                    unsafe { std::ptr::with_exposed_provenance_mut::<u32>(word).write_volatile(0) };
                }
            }
            None if line.contains(" rw-p ") => pages = line.split(' ').next().unwrap_or_default().into(),
            _ => {}
        }
    }
    Ok(())
}

fn coming_and_going(s: &mut Scenarios) {
    let admit = "ring::Many::admit";
    s.case(admit, "ok", |t| {
        let (mut many, (_p, c)) = (empty()?, made()?);
        let mut c = Some(c);
        t.ok(|| many.admit(c.take().expect("once"))).map(drop)
    });
    s.case(admit, "refused", |t| {
        let (mut many, _p) = few()?;
        let ((_one, a), (_two, b)) = (made()?, made()?);
        many.admit(a)?;
        let mut b = Some(b);
        t.err(Errno::NOBUFS, || many.admit(b.take().expect("once")))
    });
    s.case(admit, "refused", |t| {
        let (mut many, (_p, c)) = (empty()?, made()?);
        let mut c = Some(c);
        in_place_of_a_child()?;
        t.err(Errno::PERM, || many.admit(c.take().expect("once")))
    });
    for (case, nth) in [("not in the set", 1), ("by half in the set", 2)] {
        s.case(admit, case, move |t| {
            let (mut many, (_p, c)) = (empty()?, made()?);
            let mut c = Some(c);
            t.refuse("epoll_ctl", nth, Errno::NOSPC);
            t.err(Errno::NOSPC, || many.admit(c.take().expect("once")))
        });
    }
    let remove = "ring::Many::remove";
    s.case(remove, "ok", |t| {
        let (mut many, _p) = few()?;
        t.window(|| std::mem::forget(many.remove(0)));
        Ok(())
    });
    s.case(remove, "none there", |t| {
        let (mut many, _p) = few()?;
        t.window(|| std::mem::forget(many.remove(1)));
        Ok(())
    });
    s.case(remove, "a corrupt one that was told", |t| {
        let (mut many, _p) = few()?;
        lie_about_a_length()?;
        assert!(matches!(many.try_recv(&mut []), Ok(Received::Corrupt { from: 0, .. })));
        t.window(|| std::mem::forget(many.remove(0)));
        Ok(())
    });
    s.case(remove, "another process's", |t| {
        let (mut many, _p) = few()?;
        in_place_of_a_child()?;
        t.window(|| std::mem::forget(many.remove(0)));
        Ok(())
    });
}

type Recv = fn(&mut Few) -> rawipc::Result<Received>;
const RECVS: [(&str, Recv); 2] = [
    ("ring::Many::recv", |many| many.recv(room(), Wait::FOREVER)),
    ("ring::Many::try_recv", |many| many.try_recv(room())),
];

fn receiving(s: &mut Scenarios) {
    for (function, recv) in RECVS {
        s.case(function, "a message is there", move |t| {
            let (mut many, mut p) = few()?;
            p.try_send(b"some")?;
            t.gives(Received::Message { from: 0, len: 4 }, || recv(&mut many))
        });
        s.case(function, "too small a buffer", move |t| {
            let (mut many, mut p) = few()?;
            p.try_send(b"some")?;
            t.gives(Received::TooLong { from: 0, len: 4 }, || match function.contains("try") {
                true => many.try_recv(&mut [0; 3]),
                false => many.recv(&mut [0; 3], Wait::FOREVER),
            })
        });
        s.case(function, "no ring", move |t| {
            let mut many = empty()?;
            t.err(Errno::NOTCONN, || recv(&mut many))
        });
        s.case(function, "another process's", move |t| {
            let (mut many, _p) = few()?;
            in_place_of_a_child()?;
            t.err(Errno::PERM, || recv(&mut many))
        });
        s.case(function, "a message is there, its producer waits for room", move |t| {
            let (mut many, mut p) = few()?;
            fill(&mut p);
            t.gives(Received::Message { from: 0, len: LARGE.len() }, || recv(&mut many))
        });
        s.case(function, "the end of one", move |t| {
            let (mut many, p) = few()?;
            many.admit(made()?.1)?;
            drop(p);
            // Both are heard of, and one is told.
            assert!(matches!(many.try_recv(room()), Ok(Received::End { from: 1 })));
            t.gives(Received::End { from: 0 }, || recv(&mut many))
        });
        s.case(function, "a corrupt one", move |t| {
            let (mut many, _p) = few()?;
            lie_about_a_length()?;
            t.ok(|| recv(&mut many)).map(drop)
        });
        s.case(function, "65,536 messages since the kernel was asked", move |t| {
            let (mut many, mut p) = few()?;
            for _ in 0..1 << 16 {
                p.try_send(b"some")?;
                many.try_recv(room())?;
            }
            p.try_send(b"some")?;
            t.gives(Received::Message { from: 0, len: 4 }, || recv(&mut many))
        });
    }
    s.case("ring::Many::recv", "nothing there, producers wait for room", |t| {
        let (mut many, mut p) = idle()?;
        woken(&mut many, &mut p)?;
        overwrite("rawipc-producer", 0, ASLEEP)?;
        t.cue("read", 1, move || assert!(p.try_send(b"some").is_ok()));
        t.gives(Received::Message { from: 0, len: 4 }, || many.recv(room(), Wait::FOREVER))
    });
    let try_recv = "ring::Many::try_recv";
    s.case(try_recv, "nothing there", |t| {
        let (mut many, _p) = idle()?;
        t.err(Errno::AGAIN, || many.try_recv(room()))
    });
    s.case(try_recv, "nothing there, producers wait for room", |t| {
        let (mut many, mut p) = idle()?;
        woken(&mut many, &mut p)?;
        overwrite("rawipc-producer", 0, ASLEEP)?;
        t.err(Errno::AGAIN, || many.try_recv(room()))
    });
    s.case(try_recv, "something is heard", |t| {
        let (mut many, mut p) = idle()?;
        t.cue("epoll_pwait", 1, move || assert!(p.try_send(b"some").is_ok()));
        t.gives(Received::Message { from: 0, len: 4 }, || many.try_recv(room()))
    });
    s.case(try_recv, "something is heard", |t| {
        let (mut many, p) = idle()?;
        drop(p);
        t.gives(Received::End { from: 0 }, || many.try_recv(room()))
    });
    s.case(try_recv, "many messages since the last sleep", |t| {
        let (mut many, _p) = few()?;
        t.err(Errno::AGAIN, || many.try_recv(room()))
    });
}

/// Its producer was told that we sleep.
fn idle() -> Outcome<(Few, Producer)> {
    let (mut many, p) = few()?;
    assert!(many.try_recv(&mut []).is_err());
    Ok((many, p))
}

/// A message has come and gone, so that the next sleep is to be announced.
fn woken(many: &mut Few, p: &mut Producer) -> Outcome {
    p.try_send(b"some")?;
    many.try_recv(room())?;
    Ok(())
}

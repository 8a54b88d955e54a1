//! A crowd and its members.

use std::time::Duration;

use rawipc::socket::{Address, Crowd, Event, Listener, Member, Refusal, Seat, Stream};
use rawipc::wait::{Events, Trigger};
use rawipc::{ByteWrite, Errno, Wait};

use super::abstract_name;
use crate::cases::pipe::drop_of;
use crate::cases::waiting::Waiting;
use crate::scenario::{LONG, Outcome, Scenarios, Stage};

type Few = Crowd<'static, Stream>;

/// With two seats, and where it is found. None of its members is dropped in a scenario that forgets it.
fn crowd(patience: Option<Duration>) -> Outcome<(Few, Address)> {
    let at = abstract_name()?;
    let seats = Box::leak(Box::new([const { Seat::EMPTY }; 2]));
    Ok((Crowd::new(Listener::bind(&at)?, seats, patience)?, at))
}

const LONG_PATIENCE: Option<Duration> = Some(Duration::from_secs(10));

fn member(crowd: &mut Few) -> Outcome<(Member, Stream)> {
    let (ours, theirs) = Stream::pair()?;
    Ok((crowd.admit(ours, Events::READABLE, Trigger::Level)?, theirs))
}

pub fn cases(s: &mut Scenarios) {
    making(s);
    coming(s);
    waiting(s);
    staying(s);
}

fn making(s: &mut Scenarios) {
    type Seats = &'static mut [Seat<Stream>];
    let make = |listener, seats: Seats| Crowd::<Stream>::new(listener, seats, None).map(std::mem::forget);
    let given = || -> Outcome<(Listener<Stream>, Seats)> {
        Ok((Listener::bind(&abstract_name()?)?, Box::leak(Box::new([const { Seat::EMPTY }; 2]))))
    };
    let new = "socket::Crowd::new";
    s.case(new, "ok", move |t| {
        let (listener, seats) = given()?;
        t.ok(|| make(listener, seats))
    });
    for (case, call) in
        [("no set", "epoll_create1"), ("no reserve", "fcntl"), ("not in the set", "epoll_ctl")]
    {
        s.case(new, case, move |t| {
            let (listener, seats) = given()?;
            t.refuse(call, 1, Errno::NOMEM);
            t.err(Errno::NOMEM, || make(listener, seats))
        });
    }
    s.case("socket::Crowd", "drop", |t| drop_of(t, crowd(None)?.0));
    s.case("socket::Crowd", "drop, with members", |t| {
        let (mut crowd, _) = crowd(None)?;
        std::mem::forget((member(&mut crowd)?, member(&mut crowd)?));
        drop_of(t, crowd)
    });
    s.case("socket::Crowd", "drop, the door closed", |t| {
        let (mut crowd, _) = crowd(None)?;
        std::mem::forget(crowd.close_door());
        drop_of(t, crowd)
    });
    s.case("socket::Crowd", "drop, the door closed, with members", |t| {
        let (mut crowd, _) = crowd(None)?;
        std::mem::forget((crowd.close_door(), member(&mut crowd)?));
        drop_of(t, crowd)
    });
    s.case("socket::Crowd::close_door", "ok", |t| {
        let (mut crowd, _) = crowd(None)?;
        t.window(|| std::mem::forget(crowd.close_door()));
        Ok(())
    });
    s.case("socket::Crowd::close_door", "closed already", |t| {
        let (mut crowd, _) = crowd(None)?;
        std::mem::forget(crowd.close_door());
        t.window(|| std::mem::forget(crowd.close_door()));
        Ok(())
    });
}

type Next = fn(&mut Few) -> rawipc::Result<Event<Stream>>;
/// Two at the door, and what has been done to the crowd since; then what is told.
type Then = fn(&Stage, &mut Few) -> Outcome;

fn coming(s: &mut Scenarios) {
    let ways: [(&str, Next); 2] = [
        ("socket::Crowd::next", |crowd| crowd.next(Wait::FOREVER)),
        ("socket::Crowd::try_next", |crowd| crowd.try_next()),
    ];
    for (function, next) in ways {
        // The scenarios stand in the middle of a round, behind the call that began it.
        let cases: [(&str, Then, &str); 6] = [
            ("arrived", |_, _| Ok(()), "arrived"),
            (
                "no seat",
                |_, crowd| {
                    let _: () = std::mem::forget((member(crowd)?, member(crowd)?));
                    Ok(())
                },
                "refused for want of a seat",
            ),
            (
                "no descriptor",
                |t, _| {
                    let _: () = t.refuse("accept4", 1, Errno::MFILE);
                    Ok(())
                },
                "refused",
            ),
            (
                "no descriptor, nor in reserve",
                |t, crowd| {
                    t.refuse("accept4", 1, Errno::NFILE);
                    t.refuse("accept4", 2, Errno::NFILE);
                    later_ready(crowd)
                },
                "ready",
            ),
            (
                "nobody at the door after all",
                |t, crowd| {
                    t.refuse("accept4", 1, Errno::AGAIN);
                    later_ready(crowd)
                },
                "arrived",
            ),
            ("a round", |_, crowd| later_ready(crowd), "arrived"),
        ];
        for (case, then, told) in cases {
            s.case(function, case, move |t| {
                let mut crowd = at_the_door()?;
                if case == "a round" {
                    std::mem::forget(crowd.next(Wait::FOREVER)?);
                }
                then(t, &mut crowd)?;
                let answer = t.gives(told, || next(&mut crowd).map(kind));
                std::mem::forget(crowd);
                answer
            });
        }
        s.case(function, "no descriptor, and none was in reserve", move |t| {
            let mut crowd = stuck(t, Errno::NFILE)?;
            let one = ready_before(&mut crowd)?;
            let (leaves, _client) = member(&mut crowd)?;
            drop(crowd.remove(leaves));
            told_first(&mut crowd, one)?;
            (1..=2).for_each(|nth| t.refuse("accept4", nth, Errno::NFILE));
            t.refuse("fcntl", 1, Errno::NFILE);
            later_ready(&mut crowd)?;
            t.ok(|| next(&mut crowd).map(kind)).map(drop)
        });
        s.case(function, "not accepted", move |t| {
            let mut crowd = at_the_door()?;
            t.refuse("accept4", 1, Errno::NOMEM);
            t.err(Errno::NOMEM, || next(&mut crowd))
        });
        s.case(function, "a round, the door is tried again", move |t| {
            let mut crowd = stuck(t, Errno::NFILE)?;
            let (leaves, _client) = member(&mut crowd)?;
            drop(crowd.remove(leaves));
            t.ok(|| next(&mut crowd).map(kind)).map(drop)
        });
        s.case(function, "a round, within patience", move |t| {
            let (mut crowd, at) = crowd(LONG_PATIENCE)?;
            let _member = member(&mut crowd)?;
            let _client = Stream::connect(&at, Wait::FOREVER)?;
            t.ok(|| next(&mut crowd).map(kind)).map(drop)
        });
        type Do = fn(&mut Few, Member);
        let members: [(&str, Do); 3] = [
            ("a member is ready", |_, _| {}),
            ("a member is told again", |crowd, one| {
                crowd.again(one);
            }),
            ("a member is late", |_, _| {}),
        ];
        for (case, set_up) in members {
            s.case(function, case, move |t| {
                let late = (case == "a member is late").then_some(Duration::ZERO);
                let (mut crowd, _) = crowd(late)?;
                let (one, mut first) = member(&mut crowd)?;
                let (two, mut second) = member(&mut crowd)?;
                if late.is_none() && case != "a member is told again" {
                    first.write_all(b"x", Wait::FOREVER)?;
                    second.write_all(b"x", Wait::FOREVER)?;
                }
                set_up(&mut crowd, one);
                set_up(&mut crowd, two);
                crowd.next(Wait::FOREVER)?;
                t.ok(|| next(&mut crowd).map(kind)).map(drop)
            });
        }
    }
    s.case("socket::Crowd::try_next", "nothing", |t| {
        let (mut crowd, _) = crowd(None)?;
        t.err(Errno::AGAIN, || crowd.try_next())
    });
    s.case("socket::Crowd::try_next", "nothing, within patience", |t| {
        let (mut crowd, _) = crowd(LONG_PATIENCE)?;
        let _member = member(&mut crowd)?;
        t.err(Errno::AGAIN, || crowd.try_next())
    });
}

/// What an event is; who has come is kept.
fn kind(event: Event<Stream>) -> &'static str {
    match event {
        Event::Arrived(connection) => {
            std::mem::forget(connection);
            "arrived"
        }
        Event::Refused(Refusal::NoSeat) => "refused for want of a seat",
        Event::Refused(Refusal::NoDescriptor) => "refused",
        Event::Ready(..) => "ready",
        Event::Late(_) => "late",
    }
}

/// In the middle of a round: a member was told, and next is the door, with two in front of it.
fn at_the_door() -> Outcome<Few> {
    let (mut crowd, at) = crowd(None)?;
    let one = ready_before(&mut crowd)?;
    std::mem::forget((Stream::connect(&at, Wait::FOREVER)?, Stream::connect(&at, Wait::FOREVER)?));
    told_first(&mut crowd, one)?;
    Ok(crowd)
}

fn ready_before(crowd: &mut Few) -> Outcome<Member> {
    let (one, mut client) = member(crowd)?;
    client.write_all(b"x", Wait::FOREVER)?;
    std::mem::forget(client);
    Ok(one)
}

/// Who was ready first is told first; then it leaves.
fn told_first(crowd: &mut Few, one: Member) -> Outcome {
    match crowd.next(Wait::FOREVER)? {
        Event::Ready(told, _) if told == one => drop(crowd.remove(one)),
        event => return Err(format!("{event:?} before the member").into()),
    }
    Ok(())
}

/// Accepting has just failed, with or without an answer, and the next round tries again.
fn stuck(t: &Stage, errno: Errno) -> Outcome<Few> {
    let mut crowd = at_the_door()?;
    (1..=2).for_each(|nth| t.refuse("accept4", nth, errno));
    t.refuse("fcntl", 1, errno);
    match crowd.try_next() {
        Err(e) if [errno, Errno::AGAIN].contains(&e.errno()) => {}
        event => return Err(format!("{event:?} where nobody can be accepted").into()),
    }
    Ok(crowd)
}

/// A member with something to read, in the next round.
fn later_ready(crowd: &mut Few) -> Outcome {
    let (_, mut client) = member(crowd)?;
    client.write_all(b"x", Wait::FOREVER)?;
    std::mem::forget(client);
    Ok(())
}

struct Waits {
    crowd: Few,
}

fn waiting(s: &mut Scenarios) {
    static NEXT: Waiting<Waits> = Waiting {
        function: "socket::Crowd::next",
        prefix: "",
        polls: 1,
        pauses: false,
        make: |_| {
            let (crowd, at) = crowd(None)?;
            Ok((Waits { crowd }, Box::new(move || std::mem::forget(Stream::try_connect(&at)))))
        },
        // A client who is refused is another answer.
        call: |on, wait| match on.crowd.next(wait)? {
            Event::Refused(_) => Address::path(c"").map(drop),
            event => {
                let _: () = std::mem::forget(event);
                Ok(())
            }
        },
    };
    NEXT.cases(s);
    for (case, wait) in
        [("waits for ever, within patience", Wait::FOREVER), ("waits with a limit, within patience", LONG)]
    {
        s.case("socket::Crowd::next", case, move |t| {
            let (mut crowd, _) = crowd(LONG_PATIENCE)?;
            let (_, mut client) = member(&mut crowd)?;
            t.cue("ppoll", 1, move || client.write_all(b"x", Wait::FOREVER).expect("room"));
            t.ok(|| crowd.next(wait).map(kind)).map(drop)
        });
    }
}

fn staying(s: &mut Scenarios) {
    let admit = "socket::Crowd::admit";
    for (case, patience) in [("ok", None), ("patience", LONG_PATIENCE)] {
        s.case(admit, case, move |t| {
            let (mut crowd, _) = crowd(patience)?;
            let (ours, _theirs) = Stream::pair()?;
            t.ok(|| crowd.admit(ours, Events::READABLE, Trigger::Level)).map(drop)
        });
    }
    s.case(admit, "no seat", |t| {
        let (mut crowd, _) = crowd(None)?;
        let _members = [member(&mut crowd)?, member(&mut crowd)?];
        let (ours, _theirs) = Stream::pair()?;
        t.err(Errno::NOBUFS, || crowd.admit(ours, Events::READABLE, Trigger::Level))
    });
    s.case(admit, "not in the set", |t| {
        let (mut crowd, _) = crowd(None)?;
        let (ours, _theirs) = Stream::pair()?;
        t.refuse("epoll_ctl", 1, Errno::NOSPC);
        t.err(Errno::NOSPC, || crowd.admit(ours, Events::READABLE, Trigger::Level))
    });
    s.case("socket::Crowd::watch", "ok", |t| {
        let (mut crowd, _) = crowd(None)?;
        let (one, _client) = member(&mut crowd)?;
        t.ok(|| crowd.watch(one, Events::WRITABLE, Trigger::Once))
    });
    s.case("socket::Crowd::watch", "refused", |t| {
        let (mut crowd, _) = crowd(None)?;
        let (one, _client) = member(&mut crowd)?;
        drop(crowd.remove(one));
        t.err(Errno::STALE, || crowd.watch(one, Events::WRITABLE, Trigger::Once))
    });
    for (case, again) in [("ok", false), ("none any more", true)] {
        s.case("socket::Crowd::remove", case, move |t| {
            let (mut crowd, _) = crowd(None)?;
            let (one, _client) = member(&mut crowd)?;
            if again {
                drop(crowd.remove(one));
            }
            t.window(|| std::mem::forget(crowd.remove(one)));
            Ok(())
        });
    }
    for (case, excused) in [("ok", false), ("patience, and no other clock runs", true)] {
        s.case("socket::Crowd::start_clock", case, move |t| {
            let (mut crowd, _) = crowd(LONG_PATIENCE)?;
            let (one, _client) = member(&mut crowd)?;
            if excused {
                crowd.stop_clock(one);
            }
            t.window(|| crowd.start_clock(one));
            Ok(())
        });
    }
}

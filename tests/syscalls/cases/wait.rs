//! Deadlines, and readiness of several descriptors.

use rawipc::wait::{Epoll, Events, Instant, PollFd, Ready, Trigger, poll};
use rawipc::{Errno, Sender, Wait, pipe};

use super::pipe::drop_of;
use super::waiting::Waiting;
use crate::scenario::{LONG, Outcome, PAST, SHORT, Scenarios, Stage, TINY, ZERO};

pub fn cases(s: &mut Scenarios) {
    s.case("wait::Instant::now", "ok", |t| {
        t.window(Instant::now);
        Ok(())
    });
    for (case, wait) in [("at_most", LONG), ("FOREVER", Wait::FOREVER), ("until", PAST)] {
        s.case("wait::Wait::fixed", case, move |t| {
            t.window(|| wait.fixed());
            Ok(())
        });
    }
    polling(s);
    sets(s);
}

fn polling(s: &mut Scenarios) {
    for (case, wait) in [("for ever", Wait::FOREVER), ("with a limit", LONG), ("a limit of zero", ZERO)] {
        s.case("wait::poll", case, move |t| ready(t, wait, |_| {}));
        if case != "a limit of zero" {
            s.case("wait::poll", case, move |t| ready(t, wait, |t| t.refuse("ppoll", 1, Errno::INTR)));
        }
        s.case("wait::poll", case, move |t| {
            t.refuse("ppoll", 1, Errno::INTR);
            silent(t, wait.or_signal(), Errno::INTR)
        });
    }
    for (case, wait) in [("for ever", Wait::FOREVER), ("with a limit", LONG)] {
        // A signal from outside while it sleeps, and a handler that runs; then what it waits for.
        s.case("wait::poll", case, move |t| {
            let (r, mut w) = pipe::packet_pair()?;
            on_sigusr1();
            // SAFETY: asks for a number.
            let me = unsafe { libc::gettid() };
            t.cue("ppoll", 1, move || {
                // SAFETY: plain numbers.
                unsafe { libc::syscall(libc::SYS_tgkill, libc::getpid(), me, libc::SIGUSR1) };
            });
            t.cue("ppoll", 2, move || w.send(b"x", Wait::FOREVER).expect("a packet"));
            let mut fds = [PollFd::new(&r, Events::READABLE)];
            t.gives(1, || poll(&mut fds, wait))
        });
    }
    s.case("wait::poll", "a limit of zero", |t| silent(t, ZERO, Errno::TIMEDOUT));
    s.case("wait::poll", "times out", |t| silent(t, SHORT, Errno::TIMEDOUT));
    s.case("wait::poll", "times out, by the clock", |t| {
        t.refuse("ppoll", 1, Errno::INTR);
        silent(t, TINY, Errno::TIMEDOUT)
    });
    s.case("wait::poll", "over from the start", |t| silent(t, PAST, Errno::TIMEDOUT));
    s.case("wait::poll", "over from the start", |t| ready(t, PAST, |_| {}));
}

fn ready(t: &Stage, wait: Wait, set_up: impl Fn(&Stage)) -> Outcome {
    let (a, _to_a) = pipe::packet_pair()?;
    let (b, mut to_b) = pipe::packet_pair()?;
    to_b.send(b"x", Wait::FOREVER)?;
    set_up(t);
    let mut fds = [PollFd::new(&a, Events::READABLE), PollFd::new(&b, Events::READABLE)];
    t.gives(1, || poll(&mut fds, wait))
}

fn silent(t: &Stage, wait: Wait, errno: Errno) -> Outcome {
    let (a, _to_a) = pipe::packet_pair()?;
    let mut fds = [PollFd::new(&a, Events::READABLE)];
    t.err(errno, || poll(&mut fds, wait))
}

fn on_sigusr1() {
    extern "C" fn nothing(_: libc::c_int) {}
    // SAFETY: zeros are a valid sigaction: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = nothing as *const () as usize;
    // SAFETY: a handler that does nothing.
    unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()) };
}

struct Set {
    set: Epoll,
    _of: pipe::PacketReceiver,
}

fn sets(s: &mut Scenarios) {
    static WAIT: Waiting<Set> = Waiting {
        function: "wait::Epoll::wait",
        prefix: "",
        polls: 1,
        pauses: false,
        make: |_| {
            let (r, mut w) = pipe::packet_pair()?;
            let set = Epoll::create()?;
            set.add(&r, Events::READABLE, Trigger::Level, 1)?;
            Ok((Set { set, _of: r }, Box::new(move || w.send(b"x", Wait::FOREVER).expect("a packet"))))
        },
        call: |on, wait| on.set.wait(&mut [Ready::NONE; 4], wait).map(drop),
    };
    WAIT.cases(s);
    s.case("wait::Epoll::create", "ok", |t| t.ok(|| Epoll::create().map(std::mem::forget)));
    s.case("wait::Epoll", "drop", |t| drop_of(t, Epoll::create()?));
    type Change = fn(&Epoll, &pipe::PacketReceiver) -> rawipc::Result<()>;
    let ways: [(&str, Change, bool, &str, Errno); 3] = [
        (
            "wait::Epoll::add",
            |set, fd| set.add(fd, Events::READABLE, Trigger::Edge, 1),
            false,
            "there already",
            Errno::EXIST,
        ),
        (
            "wait::Epoll::change",
            |set, fd| set.change(fd, Events::READABLE, Trigger::Once, 1),
            true,
            "not there",
            Errno::NOENT,
        ),
        ("wait::Epoll::remove", |set, fd| set.remove(fd), true, "not there", Errno::NOENT),
    ];
    for (function, change, there, case, errno) in ways {
        for wrong in [false, true] {
            s.case(function, if wrong { case } else { "ok" }, move |t| {
                let (r, _w) = pipe::packet_pair()?;
                let set = Epoll::create()?;
                if there != wrong {
                    set.add(&r, Events::READABLE, Trigger::Level, 1)?;
                }
                t.answers(wrong.then_some(errno), || change(&set, &r))
            });
        }
    }
    type Look = fn(&Epoll, &mut [Ready]) -> rawipc::Result<usize>;
    let looks: [(&str, Look); 2] = [
        ("wait::Epoll::wait", |set, ready| set.wait(ready, Wait::FOREVER)),
        ("wait::Epoll::try_wait", |set, ready| set.try_wait(ready)),
    ];
    for (function, look) in looks {
        s.case(function, "ready", move |t| {
            let (_r, w) = pipe::packet_pair()?;
            let set = Epoll::create()?;
            set.add(&w, Events::WRITABLE, Trigger::Level, 1)?;
            t.gives(1, || look(&set, &mut [Ready::NONE; 4]))
        });
        s.case(function, "refused", move |t| {
            let set = Epoll::create()?;
            t.err(Errno::INVAL, || look(&set, &mut []))
        });
    }
    s.case("wait::Epoll::try_wait", "none is", |t| {
        let set = Epoll::create()?;
        t.err(Errno::AGAIN, || set.try_wait(&mut [Ready::NONE; 4]))
    });
}

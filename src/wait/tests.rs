use super::*;
use crate::channel::Sender;
use crate::fd::{AsFd, Fd};
use crate::pipe;
use crate::sys::epoll::{EpollEvent, Op, control};
use crate::sys::made::epoll_create;
use linux_raw_sys::general::EPOLLIN;

const PAST: Wait = Wait::until(Instant::from_nanos(1));
const NO_TIME: Wait = Wait::at_most(Duration::ZERO);

#[test]
fn what_is_ready_is_told_though_the_time_is_over() {
    let (receiver, mut sender) = pipe::packet_pair().unwrap();
    for wait in [PAST, NO_TIME, PAST.or_signal(), NO_TIME.or_signal_under(0)] {
        let mut fds = [PollFd::new(&receiver, Events::READABLE), PollFd::new(&sender, Events::NONE)];
        assert_eq!(poll(&mut fds, wait).unwrap_err(), Error::deadline(Call::PPOLL));
        assert_eq!(poll(&mut [], wait).unwrap_err(), Error::deadline(Call::PPOLL));
    }
    sender.send(b"x", PAST).unwrap();
    for wait in [PAST, NO_TIME, Wait::FOREVER] {
        let mut fds = [PollFd::new(&receiver, Events::READABLE)];
        assert_eq!(poll(&mut fds, wait), Ok(1));
        assert_eq!(fds[0].told(), Events::READABLE);
    }
}

#[test]
fn an_instant_ends_where_its_clock_does() {
    let end = Instant::from_nanos(u64::MAX);
    assert_eq!(Instant::from_nanos(5).after(Duration::from_nanos(2)).as_nanos(), 7);
    assert_eq!(end.after(Duration::from_secs(1)), end);
    assert_eq!(Instant::from_nanos(0).after(Duration::MAX), end);
}

#[test]
fn who_always_has_something_to_tell_holds_up_no_deadline() {
    let (receiver, mut sender) = pipe::packet_pair().unwrap();
    sender.send(b"x", PAST).unwrap();
    let set = Fd::from(epoll_create().unwrap());
    let none = EpollEvent { events: 0, data: 0 };
    control(set.as_fd(), Op::Add, receiver.as_fd(), EpollEvent { events: EPOLLIN, data: 7 }).unwrap();
    for wait in [PAST, NO_TIME, PAST.or_signal_under(0)] {
        let (mut sleeper, mut told) = (Sleeper::new(wait), [none]);
        assert_eq!(sleeper.epoll(set.as_fd(), &mut told), Ok(1));
        for _ in 0..2 {
            let over = Error::deadline(Call::EPOLL_PWAIT2);
            assert_eq!(sleeper.epoll(set.as_fd(), &mut told), Err(over));
        }
    }
    // With time left it is told as often as it is there.
    let (mut sleeper, mut told) = (Sleeper::new(Wait::FOREVER), [none]);
    assert_eq!([(); 3].map(|()| sleeper.epoll(set.as_fd(), &mut told)), [Ok(1); 3]);
}

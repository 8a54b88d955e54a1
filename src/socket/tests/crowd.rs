use super::super::{Crowd, Event, Listener, Member, Refusal, Seat, Seqpacket};
use super::{IN_TIME, SOON, name};
use crate::Wait;
use crate::channel::{Receiver, Sender};
use crate::error::{Call, Errno, Error, Origin};
use crate::wait::{Events, Trigger};
use core::time::Duration;
use std::vec::Vec;

type Seats4 = [Seat<Seqpacket>; 4];
const EMPTY: Seats4 = [const { Seat::EMPTY }; 4];

fn arrived(crowd: &mut Crowd<'_, Seqpacket>) -> Member {
    match crowd.next(IN_TIME).unwrap() {
        Event::Arrived(one) => crowd.admit(one, Events::READABLE, Trigger::Level).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn ready(crowd: &mut Crowd<'_, Seqpacket>) -> Member {
    match crowd.next(IN_TIME).unwrap() {
        Event::Ready(member, _) => member,
        other => panic!("{other:?}"),
    }
}

#[test]
fn clients_come_are_served_and_leave() {
    let address = name();
    let mut seats = EMPTY;
    let mut crowd = Crowd::new(Listener::bind(&address).unwrap(), &mut seats, None).unwrap();
    assert_eq!(crowd.next(SOON).unwrap_err(), Error::deadline(Call::PPOLL));
    assert_eq!(crowd.try_next().unwrap_err(), Error::kernel(Call::EPOLL_PWAIT, Errno::AGAIN));
    let mut clients: Vec<_> = (0..4).map(|_| Seqpacket::connect(&address, IN_TIME).unwrap()).collect();
    let members: Vec<_> = (0..4).map(|_| arrived(&mut crowd)).collect();
    assert_eq!((crowd.len(), crowd.capacity()), (4, 4));
    // A fifth is refused, and sees it.
    let mut fifth = Seqpacket::connect(&address, IN_TIME).unwrap();
    assert!(matches!(crowd.next(IN_TIME).unwrap(), Event::Refused(Refusal::NoSeat)));
    assert_eq!(fifth.recv(&mut [0; 65_536], IN_TIME).unwrap(), 0);
    let (spare, _) = Seqpacket::pair().unwrap();
    let e = crowd.admit(spare, Events::READABLE, Trigger::Level).unwrap_err();
    assert_eq!(e, Error::argument(Call::EPOLL_CTL, Errno::NOBUFS));

    clients[2].send(b"two", IN_TIME).unwrap();
    let member = ready(&mut crowd);
    assert_eq!(member, members[2]);
    assert_eq!(crowd.get(member).unwrap().recv(&mut [0; 65_536], IN_TIME).unwrap(), 3);
    // What was told of one who is removed in the same round is dropped.
    clients[0].send(b"x", IN_TIME).unwrap();
    clients[1].send(b"x", IN_TIME).unwrap();
    let first = ready(&mut crowd);
    let other = if first == members[0] { members[1] } else { members[0] };
    drop(crowd.remove(other).unwrap());
    assert!(crowd.get(other).is_none() && crowd.remove(other).is_none());
    assert_eq!(crowd.watch(other, Events::READABLE, Trigger::Edge).unwrap_err().errno(), Errno::STALE);
    drop(crowd.remove(first).unwrap());
    assert_eq!(crowd.next(SOON).unwrap_err().origin(), Origin::Deadline);
    // Its seat is another's now, and its name is not.
    clients.push(Seqpacket::connect(&address, IN_TIME).unwrap());
    let new = arrived(&mut crowd);
    assert_eq!(new.index(), first.index());
    assert_ne!(new, first);
    assert_eq!((0..4).filter_map(|i| crowd.member_at(i)).count(), 3);
    drop(crowd);
    assert!(seats.iter().all(|seat| std::format!("{seat:?}").contains("member: None")));
}

#[test]
fn the_late_are_told_once_and_the_excused_never() {
    let address = name();
    let mut seats = EMPTY;
    let patience = Some(Duration::from_millis(20));
    let mut crowd = Crowd::new(Listener::bind(&address).unwrap(), &mut seats, patience).unwrap();
    let _clients = [(); 3].map(|()| Seqpacket::connect(&address, IN_TIME).unwrap());
    let [a, b, c] = [(); 3].map(|()| arrived(&mut crowd));
    crowd.stop_clock(b);
    crowd.start_clock(a); // behind c
    let mut late = Vec::new();
    while late.len() < 2 {
        match crowd.next(IN_TIME).unwrap() {
            Event::Late(member) => late.push(member),
            other => panic!("{other:?}"),
        }
    }
    assert!(late.contains(&a) && late.contains(&c));
    assert_eq!(crowd.next(SOON).unwrap_err().origin(), Origin::Deadline);
    crowd.start_clock(b);
    assert!(matches!(crowd.next(Wait::FOREVER).unwrap(), Event::Late(late) if late == b));
}

#[test]
fn who_has_more_is_told_again_after_the_others() {
    let address = name();
    let mut seats = EMPTY;
    let mut crowd = Crowd::new(Listener::bind(&address).unwrap(), &mut seats, None).unwrap();
    let mut clients = [(); 2].map(|()| Seqpacket::connect(&address, IN_TIME).unwrap());
    let [a, b] = [(); 2].map(|()| match crowd.next(IN_TIME).unwrap() {
        Event::Arrived(one) => crowd.admit(one, Events::READABLE, Trigger::Edge).unwrap(),
        other => panic!("{other:?}"),
    });
    for client in &mut clients {
        client.send(b"1", IN_TIME).unwrap();
        client.send(b"2", IN_TIME).unwrap();
    }
    // Edge-triggered: nobody is told of the second message but who asks for it.
    let mut told = Vec::new();
    for _ in 0..4 {
        let member = ready(&mut crowd);
        crowd.get(member).unwrap().try_recv(&mut [0; 65_536]).unwrap();
        crowd.again(member);
        crowd.again(member);
        told.push(member);
    }
    assert_eq!(told.iter().filter(|m| **m == a).count(), 2);
    assert_ne!(told[0], told[1]);
    // One who leaves with a turn before it has none.
    drop(crowd.remove(b));
    assert_eq!(ready(&mut crowd), a);
    assert_eq!(crowd.next(SOON).unwrap_err().origin(), Origin::Deadline);
}

#[test]
fn a_closed_door_lets_the_members_stay() {
    let address = name();
    let mut seats = EMPTY;
    let mut crowd = Crowd::new(Listener::bind(&address).unwrap(), &mut seats, None).unwrap();
    let mut client = Seqpacket::connect(&address, IN_TIME).unwrap();
    let member = arrived(&mut crowd);
    let listener = crowd.close_door().unwrap();
    assert!(crowd.close_door().is_none());
    let _waiting = Seqpacket::connect(&address, IN_TIME).unwrap();
    client.send(b"still here", IN_TIME).unwrap();
    assert_eq!(ready(&mut crowd), member);
    drop(crowd.remove(member));
    let late = listener.accept(IN_TIME).unwrap();
    crowd.admit(late, Events::READABLE, Trigger::Level).unwrap();
    assert!(!crowd.is_empty());
}

//! One task that serves a crowd: as many clients as it has seats for, and none of them holds up another.
//!
//! A crowd is a listener, and those who came to it, in seats that the caller owns. It knows of each client the
//! descriptor and the number of its seat: what else the server keeps of a client, a rawipc_seqpacket or a receiver with
//! its buffer, lies in an array of its own, at the number of the seat. rawipc_crowd_next() tells one event after the
//! other, and waits for nobody in particular. The server answers with calls that do not wait.
//!
//! - A slow client that does not read makes a try_send say -EAGAIN: rawipc_crowd_watch() tells when there is room.
//! - A silent client, or one that sends a byte now and then, has the time of patience from when it was admitted, or its
//!   clock was started anew, which the server does for each whole message. Then it is told as late, for the server to
//!   remove. One that may be silent has its clock stopped.
//! - A busy client has its turn and then all others have theirs, where the server handles one message, or a few, of each
//!   event. With messages left in a buffer, it is told rawipc_crowd_again().
//! - Too many clients are refused, and know it at once: their connection is accepted and closed. So it is where no
//!   descriptor is left, for which one is held in reserve.

use core::ffi::{c_int, c_void};
use core::mem::ManuallyDrop;
use core::time::Duration;

use rawipc::fd::{AsFd, AsRawFd, BorrowedFd, Fd};
use rawipc::socket::{Crowd, Event, Member, Refusal, Seat, Seqpacket, Stream};
use rawipc::{Call, Errno, Result};

use crate::arg::Args;
use crate::error::{length, rawipc_error, status};
use crate::handle::holds;
use crate::socket::listener::{Listening, rawipc_listener};
use crate::wait::rawipc_wait;

pub mod members;

/// A client has come, and there is a seat for it: admit it, or close it.
pub const RAWIPC_CROWD_ARRIVED: u32 = 1;
/// A client has come and was closed at once.
pub const RAWIPC_CROWD_REFUSED: u32 = 2;
/// A member has something to read, room, or is gone; or it was to be told again.
pub const RAWIPC_CROWD_READY: u32 = 3;
/// A member's clock has run out. It is told once, and has stopped.
pub const RAWIPC_CROWD_LATE: u32 = 4;

/// Why a client was refused: each seat has its member.
pub const RAWIPC_CROWD_NO_SEAT: u32 = 0;
/// Why a client was refused: no descriptor was left for it.
pub const RAWIPC_CROWD_NO_DESCRIPTOR: u32 = 1;

/// Names a member, until it is removed: then nobody.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_crowd_member {
    /// The number of its seat, below the crowd's capacity, for what the server keeps beside.
    pub index: u32,
    /// Tells it from those who had the seat before.
    pub generation: u32,
}

/// What rawipc_crowd_next() tells.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rawipc_crowd_event {
    /// RAWIPC_CROWD_ARRIVED, …_REFUSED, …_READY or …_LATE.
    pub kind: u32,
    /// Of one that is ready, for what: RAWIPC_EVENT_…. Of one that was refused, why: RAWIPC_CROWD_NO_….
    pub told: u32,
    /// Of one that is ready or late.
    pub member: rawipc_crowd_member,
    /// Of one that has come: its descriptor, of a stream or for rawipc_seqpacket_assume(), which is the caller's. Else
    /// -1.
    pub fd: c_int,
    /// 0.
    pub reserved: u32,
}

/// Room for one member. What is in it is the crowd's.
#[repr(C)]
pub struct rawipc_crowd_seat {
    seat: [u64; 5],
}

/// A listener, and those who came to it. A handle: it does not move, and neither do its seats.
#[repr(C)]
pub struct rawipc_crowd {
    opaque: [u64; 88],
}

/// A member's descriptor, which is the server's to close.
pub(crate) struct Lent(ManuallyDrop<Fd>);

impl AsFd for Lent {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A crowd of either kind.
pub(crate) enum Gathering {
    Streams(Crowd<'static, Stream, Lent>),
    Seqpackets(Crowd<'static, Seqpacket, Lent>),
}

crate::layout!(rawipc_crowd_member: 8, index 0, generation 4);
crate::layout!(rawipc_crowd_event: 24, kind 0, told 4, member 8, fd 16, reserved 20);
crate::layout!(rawipc_crowd_seat: 40, seat 0);
crate::layout!(rawipc_crowd: 704);
holds!(rawipc_crowd, Gathering, *b"crowd   ");
const _: () = assert!(size_of::<Seat<Lent>>() == size_of::<rawipc_crowd_seat>());
const _: () = assert!(align_of::<Seat<Lent>>() == align_of::<rawipc_crowd_seat>());
const _: () = assert!(size_of::<Member>() == size_of::<rawipc_crowd_member>());
const _: () = assert!(align_of::<Member>() == align_of::<rawipc_crowd_member>());

/// What is the same for both.
macro_rules! both {
    ($gathering:expr, $crowd:ident => $does:expr) => {
        match $gathering {
            Gathering::Streams($crowd) => $does,
            Gathering::Seqpackets($crowd) => $does,
        }
    };
}

use both;

const MAKE: Args = Args(Call::EPOLL_CREATE1);
const CONTROL: Args = Args(Call::EPOLL_CTL);
const NEXT: Args = Args(Call::EPOLL_PWAIT);
const FD: Args = Args(Call::CLOSE);

/// Makes a crowd around a listener, with as many seats as there are, emptied.
///
/// @param crowd     gets it
/// @param patience  how long a member's clock runs before it is late, in nanoseconds; negative: for ever
/// @return 0, or -errno
/// @par Errors
/// EMFILE, ENFILE: no descriptors left. ENOSPC: this user watches too many.
/// @par Ownership
/// The listener is the crowd's from now on, and its handle closed: on failure too, unless an argument is refused. The seats
/// are the crowd's until it is closed.
/// @rust socket::Crowd::new
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_new(
    crowd: *mut rawipc_crowd,
    listener: *mut rawipc_listener,
    seats: *mut rawipc_crowd_seat,
    len: usize,
    patience: i64,
    error: *mut rawipc_error,
) -> c_int {
    let made = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { MAKE.empty(crowd) }?;
        // SAFETY: the caller's seats.
        let seats = unsafe { MAKE.seats(seats, len) }?;
        let patience = u64::try_from(patience).ok().map(Duration::from_nanos);
        // SAFETY: the caller's listener.
        to.put(match unsafe { MAKE.taken(listener) }? {
            Listening::Stream(listener) => Crowd::new(listener, seats, patience).map(Gathering::Streams),
            Listening::Seqpacket(listener) => {
                Crowd::new(listener, seats, patience).map(Gathering::Seqpackets)
            }
        })
    })();
    // SAFETY: the caller's error.
    unsafe { status(made, error) }
}

/// Tells what there is to do next, or waits for it.
///
/// One round follows the other: those who are ready and one at the door, at most 16, then those to be told again. The late
/// are told as soon as they are known.
///
/// @param event  gets it
/// @return 0, or -errno
/// @par Errors
/// ETIMEDOUT; EINTR where wait asks for it. What else accept4 says: the client is left waiting, and the door alone for
/// 10 ms, or 32 rounds.
/// @rust socket::Crowd::next
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_next(
    crowd: *mut rawipc_crowd,
    event: *mut rawipc_crowd_event,
    wait: *const rawipc_wait,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { NEXT.output(event) }?;
        // SAFETY: the caller's crowd.
        let gathering = unsafe { NEXT.value(crowd) }?;
        // SAFETY: the caller's wait.
        let wait = unsafe { NEXT.wait(wait) }?;
        let event = match gathering {
            Gathering::Streams(crowd) => told(crowd.next(wait)?, Stream::into_fd),
            Gathering::Seqpackets(crowd) => told(crowd.next(wait)?, Seqpacket::into_fd),
        };
        to.set(event);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// Tells what there is to do now.
///
/// @param event  gets it
/// @return 0, or -errno
/// @par Errors
/// As rawipc_crowd_next(), and EAGAIN in place of a wait.
/// @rust socket::Crowd::try_next
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_try_next(
    crowd: *mut rawipc_crowd,
    event: *mut rawipc_crowd_event,
    error: *mut rawipc_error,
) -> c_int {
    let told = (|| {
        // SAFETY: the caller's output.
        let to = unsafe { NEXT.output(event) }?;
        // SAFETY: the caller's crowd.
        let gathering = unsafe { NEXT.value(crowd) }?;
        let event = match gathering {
            Gathering::Streams(crowd) => told(crowd.try_next()?, Stream::into_fd),
            Gathering::Seqpackets(crowd) => told(crowd.try_next()?, Seqpacket::into_fd),
        };
        to.set(event);
        Ok(())
    })();
    // SAFETY: the caller's error.
    unsafe { status(told, error) }
}

/// Stops listening for clients, and gives the listener back, to retire it. The members stay.
///
/// @param listener  gets it
/// @return 0, or -errno
/// @par Errors
/// EALREADY: that was done.
/// @par Ownership
/// The listener is the caller's to close.
/// @rust socket::Crowd::close_door
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_close_door(
    crowd: *mut rawipc_crowd,
    listener: *mut rawipc_listener,
    error: *mut rawipc_error,
) -> c_int {
    let closed = (|| {
        // SAFETY: the caller's memory.
        let to = unsafe { CONTROL.empty(listener) }?;
        // SAFETY: the caller's crowd.
        let gathering = unsafe { CONTROL.value(crowd) }?;
        let listening = match gathering {
            Gathering::Streams(crowd) => crowd.close_door().map(Listening::Stream),
            Gathering::Seqpackets(crowd) => crowd.close_door().map(Listening::Seqpacket),
        };
        to.put(listening.ok_or_else(|| CONTROL.refused(Errno::ALREADY)))
    })();
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

/// A descriptor that is RAWIPC_EVENT_READABLE when there may be something to do: for another loop, which calls
/// rawipc_crowd_try_next() until -EAGAIN, and again after patience. It stays the crowd's.
///
/// @return the descriptor, or -errno
/// @rust socket::Crowd::as_fd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_fd(crowd: *const rawipc_crowd, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's crowd.
    let fd = unsafe { FD.value_ref(crowd) }
        .map(|gathering| both!(gathering, crowd => crowd.as_fd().as_raw_fd() as usize));
    // SAFETY: the caller's error.
    unsafe { length(fd, error) as c_int }
}

/// Closes the crowd and its listener; the members' descriptors stay the caller's, and the seats are again.
///
/// @return 0, or -errno
/// @par Errors
/// EINVAL: it is none, or closed already.
/// @rust socket::Crowd
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rawipc_crowd_close(crowd: *mut rawipc_crowd, error: *mut rawipc_error) -> c_int {
    // SAFETY: the caller's crowd.
    let closed = unsafe { FD.taken(crowd) }.map(drop);
    // SAFETY: the caller's error.
    unsafe { status(closed, error) }
}

fn told<C>(event: Event<C>, into_fd: impl FnOnce(C) -> Fd) -> rawipc_crowd_event {
    const NOBODY: rawipc_crowd_member = rawipc_crowd_member { index: 0, generation: 0 };
    const NOTHING: rawipc_crowd_event =
        rawipc_crowd_event { kind: 0, told: 0, member: NOBODY, fd: -1, reserved: 0 };
    match event {
        Event::Arrived(client) => {
            rawipc_crowd_event { kind: RAWIPC_CROWD_ARRIVED, fd: into_fd(client).into_raw(), ..NOTHING }
        }
        Event::Refused(why) => {
            let told = match why {
                Refusal::NoSeat => RAWIPC_CROWD_NO_SEAT,
                Refusal::NoDescriptor => RAWIPC_CROWD_NO_DESCRIPTOR,
            };
            rawipc_crowd_event { kind: RAWIPC_CROWD_REFUSED, told, ..NOTHING }
        }
        Event::Ready(member, events) => rawipc_crowd_event {
            kind: RAWIPC_CROWD_READY,
            told: u32::from(events.bits()),
            member: named(member),
            ..NOTHING
        },
        Event::Late(member) => {
            rawipc_crowd_event { kind: RAWIPC_CROWD_LATE, member: named(member), ..NOTHING }
        }
    }
}

fn named(member: Member) -> rawipc_crowd_member {
    // SAFETY: the same two integers.
    unsafe { core::mem::transmute(member) }
}

impl Args {
    /// Seats with nobody in them.
    ///
    /// # Safety
    /// As [`buffer`](Self::buffer).
    unsafe fn seats<'a>(self, seats: *mut rawipc_crowd_seat, len: usize) -> Result<&'a mut [Seat<Lent>]> {
        let bytes =
            len.checked_mul(size_of::<rawipc_crowd_seat>()).ok_or_else(|| self.refused(Errno::INVAL))?;
        // SAFETY: by the caller.
        unsafe { self.buffer(seats.cast::<c_void>(), bytes) }?;
        if len > 0 && !seats.is_aligned() {
            return Err(self.refused(Errno::FAULT));
        }
        for at in 0..len {
            // SAFETY: so many can be written there.
            let seat = unsafe { seats.cast::<Seat<Lent>>().add(at) };
            // SAFETY: as above, and aligned.
            unsafe { seat.write(Seat::EMPTY) };
        }
        // SAFETY: just written, and nobody else's.
        unsafe { self.array(seats.cast(), len) }
    }
}

//! How a wait polls before it sleeps.

/// The steps of a wait before it sleeps, counted, and chosen by who waits.
///
/// First `pauses` looks with a pause of the processor between them, 15 to 50 ns each; then `yields` looks with a
/// `sched_yield` between them, some 0.3 µs each where nobody else wants the processor; then the sleep. `u32::MAX` is
/// without end. Now and then a step looks at the doorbell and the clock too, so that the other side's death and a
/// deadline end the polling; a signal does not.
///
/// A pause is a waste where both sides share a processor; a yield is good everywhere, but costs a syscall and the
/// processor's time.
///
/// # Examples
/// ```
/// use core::time::Duration;
/// use rawipc::ring::{self, Polling};
/// use rawipc::{Errno, Receiver, Sender, Wait};
///
/// let (mut producer, mut consumer) = ring::pair(1 << 16)?;
/// // Some 10 µs of pauses for answers that come soon, then the sleep.
/// consumer.set_polling(Polling { pauses: 200, yields: 0 });
/// producer.send(b"soon", Wait::FOREVER)?;
/// assert_eq!(consumer.recv(&mut [0; 64], Wait::FOREVER)?, 4);
///
/// // A processor of its own; a deadline ends it all the same.
/// consumer.set_polling(Polling::ENDLESS);
/// let late = consumer.recv(&mut [0; 64], Wait::at_most(Duration::from_millis(1)));
/// assert_eq!(late.unwrap_err().errno(), Errno::TIMEDOUT);
/// # Ok::<(), rawipc::Error>(())
/// ```
///
/// # References
/// [sched_yield(2)](https://man7.org/linux/man-pages/man2/sched_yield.2.html)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Polling {
    /// Looks with a pause between them.
    pub pauses: u32,
    /// Looks with a yield between them, after the pauses.
    pub yields: u32,
}

impl Polling {
    /// Sleeps at once. What an end begins with.
    pub const NONE: Polling = Polling { pauses: 0, yields: 0 };

    /// Up to half a microsecond of pauses, some twenty of yields: good on one processor and on several, where answers come
    /// soon.
    pub const BRIEF: Polling = Polling { pauses: 10, yields: 40 };

    /// Pauses without end: the fastest, for two sides that have a processor each, and burn it.
    pub const ENDLESS: Polling = Polling { pauses: u32::MAX, yields: 0 };
}

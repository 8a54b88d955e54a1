//! How a wait polls before it sleeps.

/// The steps of a wait before it sleeps, counted, and chosen by who waits.
///
/// First `pauses` looks with a pause of the processor between them, some 50 ns each; then `yields` looks with a
/// `sched_yield` between them, some 0.3 µs each where nobody else wants the processor; then the sleep. `u32::MAX` is
/// without end. Now and then a step looks at the doorbell and the clock too, so that the other side's death and a
/// deadline end the polling; a signal does not.
///
/// A pause is a waste where both sides share a processor; a yield is good everywhere, but costs a syscall and the
/// processor's time.
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

    /// Half a microsecond of pauses, some fifty of yields: good on one processor and on several, where answers come
    /// soon.
    pub const BRIEF: Polling = Polling { pauses: 10, yields: 40 };

    /// Pauses without end: the fastest, for two sides that have a processor each, and burn it.
    pub const ENDLESS: Polling = Polling { pauses: u32::MAX, yields: 0 };
}

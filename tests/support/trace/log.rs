//! What is made of the stops.

use super::child::Info;
use super::{ANSWER, CUE, HUSH, OPEN, SHUT, Syscall, Window, is_to_be_made_again};

/// Puts entries and exits together, inside windows, and carries out what the traced process asked for.
#[derive(Default)]
pub(super) struct Log {
    pub(super) windows: Vec<Window>,
    pub(super) open: bool,
    entered: Option<Entered>,
    orders: Vec<Order>,
    /// A filter has been put up, or is being put up: a call is left out only behind it.
    filtered: bool,
    /// Nothing is counted.
    hushed: bool,
    /// How many more calls of a window are stopped in.
    stops: u32,
    /// The call that was interrupted, and is to be made again.
    again: Option<u64>,
    /// The cue of a sleep that is stopped in first: for when it is slept again.
    late: Option<Act>,
}

struct Entered {
    number: u64,
    args: [u64; 6],
    answer: Option<i64>,
}

/// An [`answer`] or a [`cue`] that is still to come.
struct Order {
    number: u64,
    left: u64,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Answer(i64),
    Cue { held: bool },
}

/// What the tracer does at a stop.
#[derive(Clone, Copy)]
pub(super) enum Act {
    Nothing,
    Cue {
        held: bool,
    },
    /// At an entry: it is stopped in the call, as by job control, and continued.
    Stop,
    /// At an entry, or behind a filter that has let the call through: no call is made.
    Skip,
    /// At an exit: it returns this.
    Return(i64),
}

impl Log {
    /// The first `stops` calls of each window are stopped in.
    pub(super) fn stopping(stops: u32) -> Log {
        Log { stops, ..Log::default() }
    }

    pub(super) fn take(&mut self, info: &Info) -> Act {
        match info.op {
            Info::ENTRY => self.enter(info),
            Info::SECCOMP => match self.entered {
                Some(Entered { answer: Some(_), .. }) => Act::Skip,
                _ => Act::Nothing,
            },
            Info::EXIT => self.leave(info),
            _ => Act::Nothing,
        }
    }

    fn enter(&mut self, info: &Info) -> Act {
        let [number, args @ .., _] = info.data;
        let number = through_libc(number, &args);
        let again = self.again.take() == Some(number);
        let (act, answer) = if self.hushed || again { (Act::Nothing, None) } else { self.due(number) };
        self.entered = Some(Entered { number, args, answer });
        match (act, answer) {
            (_, Some(_)) if self.filtered => Act::Nothing,
            (_, Some(_)) => Act::Skip,
            _ if again => self.late.take().unwrap_or(Act::Nothing),
            (Act::Cue { .. }, None) if number != libc::SYS_ppoll as u64 => act,
            _ if !self.open || self.stops == 0 || number as i64 == SHUT => act,
            _ => {
                self.stops -= 1;
                self.late = matches!(act, Act::Cue { .. }).then_some(act);
                Act::Stop
            }
        }
    }

    /// Counts the call, and says what was ordered of it.
    fn due(&mut self, number: u64) -> (Act, Option<i64>) {
        let mut due = (Act::Nothing, None);
        for order in self.orders.iter_mut().filter(|o| o.number == number) {
            order.left = order.left.wrapping_sub(1);
            match order.what {
                _ if order.left != 0 => {}
                What::Cue { held } => due.0 = Act::Cue { held },
                What::Answer(result) => due.1 = Some(result),
            }
        }
        due
    }

    fn leave(&mut self, info: &Info) -> Act {
        let Some(Entered { number, args, answer }) = self.entered.take() else { return Act::Nothing };
        let result = info.data[0] as i64;
        self.again = (answer.is_none() && is_to_be_made_again(result)).then_some(number);
        match number as i64 {
            OPEN => {
                self.windows.push(Window { label: args[0], calls: Vec::new() });
                (self.open, self.hushed) = (true, false);
            }
            SHUT => self.open = false,
            HUSH => (self.filtered, self.hushed) = (true, true),
            ANSWER | CUE => {
                let what = match number as i64 {
                    CUE => What::Cue { held: args[2] != 0 },
                    _ => What::Answer(args[2] as i64),
                };
                self.orders.push(Order { number: args[0], left: args[1], what });
            }
            _ if self.open => {
                let calls = self.windows.last_mut().map(|w| &mut w.calls);
                calls.into_iter().for_each(|c| {
                    c.push(Syscall { number, args, result: answer.unwrap_or(result) });
                });
            }
            _ => {}
        }
        answer.map_or(Act::Nothing, Act::Return)
    }
}

/// glibc makes `fstat` as a `newfstatat` of no path at all, which is what it is counted as.
fn through_libc(number: u64, args: &[u64; 6]) -> u64 {
    let of_no_path = args[3] == libc::AT_EMPTY_PATH as u64;
    if cfg!(feature = "libc") && number == libc::SYS_newfstatat as u64 && of_no_path {
        return libc::SYS_fstat as u64;
    }
    number
}

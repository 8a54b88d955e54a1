//! What is made of the stops.

use super::child::Info;
use super::{ANSWER, CUE, OPEN, SHUT, Syscall, Window};

/// Puts entries and exits together, inside windows, and carries out what the traced process asked for.
#[derive(Default)]
pub(super) struct Log {
    pub(super) windows: Vec<Window>,
    pub(super) open: bool,
    entered: Option<Entered>,
    orders: Vec<Order>,
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
pub(super) enum Act {
    Nothing,
    Cue {
        held: bool,
    },
    /// At an entry: no call is made.
    Skip,
    /// At an exit: it returns this.
    Return(i64),
}

impl Log {
    pub(super) fn take(&mut self, info: &Info) -> Act {
        match info.op {
            Info::ENTRY => {
                let [number, args @ .., _] = info.data;
                let number = through_libc(number, &args);
                let mut act = Act::Nothing;
                let mut answer = None;
                for order in self.orders.iter_mut().filter(|o| o.number == number) {
                    order.left = order.left.wrapping_sub(1);
                    match order.what {
                        _ if order.left != 0 => {}
                        What::Cue { held } => act = Act::Cue { held },
                        What::Answer(result) => (act, answer) = (Act::Skip, Some(result)),
                    }
                }
                self.entered = Some(Entered { number, args, answer });
                act
            }
            Info::EXIT => {
                let Some(Entered { number, args, answer }) = self.entered.take() else { return Act::Nothing };
                let [result, ..] = info.data;
                match number as libc::c_long {
                    OPEN => {
                        self.windows.push(Window { label: args[0], calls: Vec::new() });
                        self.open = true;
                    }
                    SHUT => self.open = false,
                    ANSWER | CUE => {
                        let what = match number as libc::c_long {
                            CUE => What::Cue { held: args[2] != 0 },
                            _ => What::Answer(args[2] as i64),
                        };
                        self.orders.push(Order { number: args[0], left: args[1], what });
                    }
                    _ if self.open => {
                        let calls = self.windows.last_mut().map(|w| &mut w.calls);
                        calls.into_iter().for_each(|c| {
                            c.push(Syscall { number, args, result: answer.unwrap_or(result as i64) });
                        });
                    }
                    _ => {}
                }
                answer.map_or(Act::Nothing, Act::Return)
            }
            _ => Act::Nothing,
        }
    }
}

/// glibc makes `fstat` as a `newfstatat` of no path at all, which is what it is counted as.
fn through_libc(number: u64, args: &[u64; 6]) -> u64 {
    let of_no_path = args[3] == libc::AT_EMPTY_PATH as u64;
    if cfg!(feature = "libc") && Some(number) == super::number("newfstatat") && of_no_path {
        return libc::SYS_fstat as u64;
    }
    number
}

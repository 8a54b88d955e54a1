//! What a call's arguments must be, where its number says too little.

use super::List;
use crate::error::Call;
use linux_raw_sys::{general, ioctl, net, prctl};

/// The condition under which a listed call is let through: one argument, under a mask, is one of a few values.
///
/// A filter sees numbers and no memory, so it can judge no path, no address and no buffer. The low 32 bits of the
/// argument count, as they do in the kernel: each of these is an `int` there, or has no meaning above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct Check {
    /// Which argument, from 0.
    pub arg: u32,
    /// The bits of it that are looked at.
    pub mask: u32,
    values: [u32; MOST],
    len: u32,
}

/// As many as there are commands in [`Fcntl`](super::Fcntl).
const MOST: usize = 8;

impl Check {
    /// What the argument may be under the mask.
    pub fn values(&self) -> &[u32] {
        self.values.get(..self.len as usize).unwrap_or(&[])
    }

    /// Argument `arg`, under `mask`, must be `value`.
    fn only(arg: u32, mask: u32, value: u32) -> Check {
        let mut check = Check { arg, mask, values: [0; MOST], len: 0 };
        check.or(value);
        check
    }

    fn or(&mut self, value: u32) {
        if let Some(place) = self.values.get_mut(self.len as usize) {
            *place = value;
            self.len = self.len.saturating_add(1);
        }
    }

    /// The condition on `call` in `list`; `None` where any arguments will do.
    pub(super) fn of(list: &List, call: Call) -> Option<Check> {
        let whole = u32::MAX;
        Some(match call {
            Call::SOCKET | Call::SOCKETPAIR => Check::only(0, whole, net::AF_UNIX),
            Call::MMAP | Call::MPROTECT => Check::only(2, general::PROT_EXEC, 0),
            Call::MKNODAT => Check::only(2, general::S_IFMT, general::S_IFIFO),
            Call::IOCTL => Check::only(1, whole, ioctl::FIONREAD),
            Call::PRCTL => Check::only(0, whole, prctl::PR_SET_NO_NEW_PRIVS),
            Call::FCNTL => {
                let mut check = Check { arg: 1, mask: whole, values: [0; MOST], len: 0 };
                list.fcntls().for_each(|command| check.or(command.as_raw()));
                check
            }
            _ => return None,
        })
    }
}

//! Which CPUs the two who are measured run on: one for both who sleep, so that every mechanism is woken in the
//! same way; one for each who polls. Put back when dropped.

use std::io;
use std::mem::size_of;

pub struct Cpus {
    before: libc::cpu_set_t,
    allowed: Vec<usize>,
}

impl Cpus {
    pub fn look() -> io::Result<Cpus> {
        // SAFETY: all zeroes is the empty set.
        let mut before = unsafe { std::mem::zeroed::<libc::cpu_set_t>() };
        // SAFETY: the set is ours to write, and as long as said.
        if unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut before) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the index is below the size of the set.
        let allowed = (0..libc::CPU_SETSIZE as usize).filter(|&cpu| unsafe { libc::CPU_ISSET(cpu, &before) });
        Ok(Cpus { before, allowed: allowed.collect() })
    }

    /// Keeps this process on the `which`th of its CPUs, or on the last where there are fewer.
    pub fn stay_on(&self, which: usize) {
        let Some(&cpu) = self.allowed.get(which).or(self.allowed.last()) else { return };
        // SAFETY: all zeroes is the empty set.
        let mut one = unsafe { std::mem::zeroed::<libc::cpu_set_t>() };
        // SAFETY: the index came out of such a set.
        unsafe { libc::CPU_SET(cpu, &mut one) };
        set(&one);
    }
}

impl Drop for Cpus {
    fn drop(&mut self) {
        set(&self.before);
    }
}

/// Where it is refused, the processes run where they may: the figures are a little less steady then.
fn set(cpus: &libc::cpu_set_t) {
    // SAFETY: the set is live, and as long as said.
    unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), cpus) };
}

//! A message each way in a mapped page: a flag says that one is there. No kernel, and no way to sleep: who waits
//! looks again and again. A ring does better; this is to see what bare memory is like.

use crate::Outcome;
use crate::talk::Talk;
use rawipc::Wait;
use rawipc::memory::Map;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// One process's side: where it puts, and where it gets from.
pub struct Shared {
    map: Rc<Map>,
    out: usize,
    from: usize,
}

/// Where a place begins: its flag, which is the length of what lies there, or 0. The bytes are behind it.
const PLACES: [usize; 2] = [64, 2048];
const BYTES: usize = 64;
const PATIENCE: Duration = Duration::from_secs(5);

/// The two sides of a page, as this process, or these two, have it mapped.
pub fn connect(one: &Rc<Map>, other: &Rc<Map>) -> (Shared, Shared) {
    let [down, up] = PLACES;
    let one = Shared { map: Rc::clone(one), out: down, from: up };
    (one, Shared { map: Rc::clone(other), out: up, from: down })
}

impl Shared {
    /// A word of the page that is in no place.
    pub fn word(&self) -> Outcome<&AtomicU32> {
        Ok(self.map.atomic_u32(0)?)
    }

    /// Where this process has the page.
    pub fn address(&self) -> i64 {
        self.map.as_ptr() as i64
    }
}

impl Talk for Shared {
    fn put(&mut self, message: &[u8], _: Wait) -> Outcome {
        self.map.write(self.out + BYTES, message)?;
        self.map.atomic_u32(self.out)?.store(message.len() as u32, Ordering::Release);
        Ok(())
    }

    fn get(&mut self, buf: &mut [u8], _: Wait) -> Outcome<usize> {
        let flag = self.map.atomic_u32(self.from)?;
        let mut looks = 0u32;
        let mut begin = None;
        let len = loop {
            match flag.load(Ordering::Acquire) {
                0 if looks < 500 => std::hint::spin_loop(),
                0 if begin.get_or_insert_with(Instant::now).elapsed() > PATIENCE => {
                    return Err("nothing came into the mapped page".into());
                }
                0 => std::thread::yield_now(),
                len => break len as usize,
            }
            looks = looks.saturating_add(1);
        };
        self.map.read(self.from + BYTES, buf.get_mut(..len).ok_or("a length that lies")?)?;
        flag.store(0, Ordering::Release);
        Ok(len)
    }
}

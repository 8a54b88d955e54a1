//! Calls that are answered in the place of the kernel, and peers that act when one is made.
//!
//! By a seccomp filter that has the calls of the scenario's thread, and of the child that it forks, told to another
//! thread: nothing of it runs where the call is made, neither on its stack nor in its process's memory.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::places;
use crate::trace;

pub enum What {
    /// It is not made and returns this.
    Answer(i64),
    /// This is done before it goes on.
    Cue(Box<dyn FnMut() + Send>),
    /// A thread is told.
    Tell(Arc<AtomicBool>),
}

impl What {
    /// A thread of its own, which waits until it is told.
    pub fn meanwhile(mut action: impl FnMut() + Send + 'static) -> What {
        let told = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&told);
        begun(move || {
            while !told.load(SeqCst) {
                std::thread::sleep(Duration::from_micros(100));
            }
            action();
            forget_all((told, action));
        });
        What::Tell(tell)
    }
}

/// A thread that runs already: one that begins allocates, and would wait for a lock that is held for good by then.
fn begun(work: impl FnOnce() + Send + 'static) {
    let runs = Arc::new(AtomicBool::new(false));
    let says = Arc::clone(&runs);
    std::thread::spawn(move || {
        says.store(true, SeqCst);
        forget_all(says);
        work();
    });
    while !runs.load(SeqCst) {
        std::thread::yield_now();
    }
}

/// `free` would wait, too.
fn forget_all<T>(things: T) {
    let _ = ManuallyDrop::new(things);
}

struct Order {
    number: u64,
    left: u64,
    what: Option<What>,
}

pub struct Orders(Arc<Shared>);

#[derive(Default)]
struct Shared {
    orders: Mutex<Vec<Order>>,
    listener: AtomicI32,
}

/// Never ordered, and made by whoever answers, or where nobody can answer any more.
const LEFT_ALONE: [libc::c_long; 7] = [
    libc::SYS_brk,
    libc::SYS_clone,
    libc::SYS_clone3,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_rt_sigreturn,
];

impl Orders {
    /// From here on the calls of this thread are told to another.
    pub fn start() -> Orders {
        let shared = Arc::new(Shared { listener: AtomicI32::new(-1), ..Shared::default() });
        let theirs = Arc::clone(&shared);
        begun(move || listen(&theirs));
        let told: Vec<u32> = trace::numbers().filter(|n| !LEFT_ALONE.contains(n)).map(|n| n as u32).collect();
        let action = libc::SECCOMP_RET_USER_NOTIF;
        let fd = places::filter(&told, action, libc::SECCOMP_FILTER_FLAG_NEW_LISTENER)
            .unwrap_or_else(|e| panic!("no listener: {e}"));
        shared.listener.store(fd, SeqCst);
        Orders(shared)
    }

    pub fn push(&self, number: u64, nth: u64, what: What) {
        let mut orders = self.0.orders.lock().expect("nobody panics with it");
        orders.push(Order { number, left: nth, what: Some(what) });
    }
}

/// Allocates nothing: the lock may be held.
fn listen(shared: &Shared) {
    while shared.listener.load(SeqCst) < 0 {
        std::thread::yield_now();
    }
    let fd = shared.listener.load(SeqCst);
    loop {
        // SAFETY: zeros are what the kernel asks for.
        let mut told: libc::seccomp_notif = unsafe { std::mem::zeroed() };
        // SAFETY: room for what the kernel tells.
        if unsafe { libc::ioctl(fd, libc::SECCOMP_IOCTL_NOTIF_RECV, &raw mut told) } != 0 {
            // A signal, or a call that was interrupted before it was told.
            continue;
        }
        let mut reply = libc::seccomp_notif_resp { id: told.id, val: 0, error: 0, flags: CONTINUE };
        let mut orders = shared.orders.lock().expect("nobody panics with it");
        for order in orders.iter_mut().filter(|o| o.number == told.data.nr as u64) {
            order.left = order.left.wrapping_sub(1);
            if order.left != 0 {
                continue;
            }
            match order.what.take() {
                Some(What::Answer(result)) if result < 0 => (reply.error, reply.flags) = (result as i32, 0),
                Some(What::Answer(result)) => (reply.val, reply.flags) = (result, 0),
                Some(What::Cue(mut action)) => {
                    action();
                    // What it holds stays open: the far end of a channel does not go away unasked.
                    forget_all(action);
                }
                Some(What::Tell(thread)) => {
                    thread.store(true, SeqCst);
                    forget_all(thread);
                }
                None => {}
            }
        }
        drop(orders);
        // SAFETY: what the kernel asked for. Whoever made the call may be gone.
        unsafe { libc::ioctl(fd, libc::SECCOMP_IOCTL_NOTIF_SEND, &raw const reply) };
    }
}

const CONTINUE: u32 = libc::SECCOMP_USER_NOTIF_FLAG_CONTINUE as u32;

//! What the shipped files need of the crate around them: a bell that loom sees, and a barrier in everybody else.

pub mod error {
    pub type Result<T> = std::result::Result<T, Error>;

    #[derive(Debug, PartialEq, Eq)]
    pub struct Error(Call, Errno);

    #[derive(Debug, PartialEq, Eq)]
    pub enum Call {
        MEMORY,
    }

    #[derive(Debug, PartialEq, Eq)]
    pub enum Errno {
        PERM,
        TIMEDOUT,
    }

    impl Error {
        pub fn argument(call: Call, errno: Errno) -> Error {
            Error(call, errno)
        }

        pub fn is(&self, errno: Errno) -> bool {
            self.1 == errno
        }
    }
}

/// A fork mark of a process that never forks.
pub mod memory {
    #[derive(Debug)]
    pub struct ForkMark;

    impl ForkMark {
        pub fn is_set(&self) -> bool {
            true
        }

        pub fn set(&self) {}
    }
}

pub mod wait {
    use crate::error::{Call, Errno, Error, Result};

    /// For ever, or over from the start.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub enum Wait {
        Forever,
        Over,
    }

    pub struct Sleeper(Wait);

    impl Sleeper {
        pub fn new(wait: Wait) -> Sleeper {
            Sleeper(wait)
        }

        pub fn left(&mut self) -> Result<()> {
            match self.0 {
                Wait::Forever => Ok(()),
                Wait::Over => Err(Error::argument(Call::MEMORY, Errno::TIMEDOUT)),
            }
        }
    }
}

pub mod sys {
    /// `membarrier(GLOBAL_EXPEDITED)` as the kernel has it: each other thread is interrupted between two of its
    /// accesses, makes a full fence there, and says so; the call returns when all have. One that does not run made its
    /// fence when it went to sleep.
    pub mod sleep {
        use crate::error::Result;
        use loom::sync::Arc;
        use loom::sync::atomic::{AtomicBool, Ordering::Relaxed, Ordering::SeqCst, fence};
        use std::cell::RefCell;

        pub struct Interrupt {
            asked: AtomicBool,
            served: AtomicBool,
        }

        loom::thread_local! {
            /// The interrupts that this thread is the target of, and those that it makes.
            static TAKES: RefCell<Option<Arc<Interrupt>>> = RefCell::new(None);
            static MAKES: RefCell<Option<Arc<Interrupt>>> = RefCell::new(None);
        }

        impl Interrupt {
            pub fn new() -> Arc<Interrupt> {
                Arc::new(Interrupt { asked: AtomicBool::new(false), served: AtomicBool::new(false) })
            }

            /// This thread is interrupted by it from here on.
            pub fn taken_here(this: Arc<Interrupt>) {
                TAKES.with(|takes| takes.replace(Some(this)));
            }

            /// The barriers of this thread are made by it.
            pub fn made_here(this: Arc<Interrupt>) {
                MAKES.with(|makes| makes.replace(Some(this)));
            }

            fn serve(&self) {
                fence(SeqCst);
                self.served.store(true, Relaxed);
            }
        }

        /// Between any two accesses of this thread.
        pub fn interrupt() {
            let takes = TAKES.with(|takes| takes.borrow().clone());
            if let Some(interrupt) = takes {
                if interrupt.asked.load(Relaxed) {
                    interrupt.serve();
                    TAKES.with(|takes| takes.replace(None));
                }
            }
        }

        /// This thread does not run any more, or not for a while.
        pub fn stop_running() {
            if let Some(interrupt) = TAKES.with(|takes| takes.replace(None)) {
                interrupt.serve();
            }
        }

        pub fn membarrier_everywhere() -> Result<()> {
            // The twin: a kernel that does nothing.
            if std::env::args().any(|arg| arg == crate::proofs::NO_BARRIER) {
                return Ok(());
            }
            let interrupt = MAKES.with(|makes| makes.borrow_mut().take()).expect("one barrier a model");
            fence(SeqCst);
            interrupt.asked.store(true, Relaxed);
            while !interrupt.served.load(Relaxed) {
                loom::thread::yield_now();
            }
            fence(SeqCst);
            Ok(())
        }

        /// Does nothing: loom's own would have the other side run on before the poll comes to its end.
        pub fn sched_yield() {}
    }
}

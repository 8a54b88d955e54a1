//! Queues of Debian's packages.

#[cfg(boost)]
pub mod boost {
    //! Boost.Lockfree 1.74: its capacity a constant, which spares a division, and `push` and `pop` of one value, a
    //! message of that size.

    use crate::contenders::each::Queue;
    use std::ffi::{c_int, c_void};

    #[repr(C)]
    pub struct Table {
        message: usize,
        size: Option<extern "C" fn() -> usize>,
        make: Option<unsafe extern "C" fn(*mut c_void)>,
        put: Option<unsafe extern "C" fn(*mut c_void, *const c_void) -> c_int>,
        take: Option<unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int>,
    }

    unsafe extern "C" {
        static boost_table: [Table; 6];
    }

    pub struct Boost {
        at: *mut c_void,
        table: &'static Table,
    }

    impl Boost {
        pub fn new(size: usize) -> Boost {
            // SAFETY: as c/boost.cpp has it, and never written.
            let all = unsafe { &boost_table };
            let table = all.iter().find(|t| t.message == size).expect("a size of the table");
            let at = crate::shared::map(table.size.expect("a row")()).cast();
            // SAFETY: of that size, and aligned as a page.
            unsafe { table.make.expect("a row")(at) };
            Boost { at, table }
        }
    }

    impl Queue for Boost {
        fn try_put(&mut self, msg: &[u8]) -> bool {
            assert_eq!(msg.len(), self.table.message);
            // SAFETY: a queue of messages of that size.
            unsafe { self.table.put.expect("a row")(self.at, msg.as_ptr().cast()) != 0 }
        }

        fn try_take(&mut self, buf: &mut [u8]) -> bool {
            assert_eq!(buf.len(), self.table.message);
            // SAFETY: as above.
            unsafe { self.table.take.expect("a row")(self.at, buf.as_mut_ptr().cast()) != 0 }
        }
    }
}

#[cfg(libqb)]
pub mod libqb {
    //! libqb 2.0's ring of chunks, without its semaphore, whose post and wait are a syscall each at times: it polls.

    use crate::contenders::each::Queue;
    use std::ffi::{CString, c_char, c_void};
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    unsafe extern "C" {
        fn qb_rb_open(name: *const c_char, size: usize, flags: u32, user: usize) -> *mut c_void;
        fn qb_rb_chunk_write(ring: *mut c_void, data: *const c_void, len: usize) -> isize;
        fn qb_rb_chunk_read(ring: *mut c_void, data: *mut c_void, len: usize, timeout: i32) -> isize;
    }

    const CREATE: u32 = 1;
    const SHARED_PROCESS: u32 = 8;
    const NO_SEMAPHORE: u32 = 16;

    pub struct Libqb(*mut c_void);

    impl Libqb {
        pub fn new(capacity: usize) -> Libqb {
            static COUNT: AtomicU32 = AtomicU32::new(0);
            let name = format!("{}-{}", crate::shared::debris(), COUNT.fetch_add(1, Relaxed));
            let name = CString::new(name).expect("no NUL");
            // SAFETY: a name, and plain numbers.
            let ring =
                unsafe { qb_rb_open(name.as_ptr(), capacity, CREATE | SHARED_PROCESS | NO_SEMAPHORE, 0) };
            assert!(!ring.is_null(), "no ring of libqb");
            Libqb(ring)
        }
    }

    impl Queue for Libqb {
        fn try_put(&mut self, msg: &[u8]) -> bool {
            // SAFETY: our own bytes.
            unsafe { qb_rb_chunk_write(self.0, msg.as_ptr().cast(), msg.len()) == msg.len() as isize }
        }

        fn try_take(&mut self, buf: &mut [u8]) -> bool {
            // SAFETY: as above.
            unsafe { qb_rb_chunk_read(self.0, buf.as_mut_ptr().cast(), buf.len(), 0) == buf.len() as isize }
        }
    }
}

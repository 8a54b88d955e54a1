//! A kernel without memory for bells, and a peer that rings in its own way.

use super::*;

/// Runs `f` in a thread whose `sendto` fails as it does where the kernel has no memory.
#[allow(unsafe_code)]
fn without_bells<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let refusing = scope.spawn(|| {
            let op = |code: u32, jf, k| libc::sock_filter { code: code as u16, jt: 0, jf, k };
            // On x86, `socketcall` makes all calls of sockets, and its first argument says which: `send`.
            #[cfg(target_arch = "x86")]
            let (number, first, send) = (libc::SYS_socketcall, 16, 9);
            #[cfg(not(target_arch = "x86"))]
            let (number, first, send) = (libc::SYS_sendto, 0, libc::SYS_sendto as u32);
            let load = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
            let mut filter = [
                op(load, 0, 0), // the number of the call
                op(libc::BPF_JMP | libc::BPF_JEQ, 3, number as u32),
                op(load, 0, first),
                op(libc::BPF_JMP | libc::BPF_JEQ, 1, send),
                op(libc::BPF_RET, 0, libc::SECCOMP_RET_ERRNO | libc::ENOBUFS as u32),
                op(libc::BPF_RET, 0, libc::SECCOMP_RET_ALLOW),
            ];
            let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
            // SAFETY: for this thread alone, which ends.
            unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) };
            // SAFETY: a program of as many instructions as it says.
            let answer = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) };
            assert_eq!(answer, 0);
            f()
        });
        refusing.join().unwrap()
    })
}

#[test]
fn a_bell_that_the_kernel_has_no_memory_for_loses_neither_message_nor_wake() {
    let (mut producer, mut consumer) = pair(1).unwrap();
    let mut buf = [0; 512];
    assert!(consumer.try_recv(&mut buf).unwrap_err().is_again());
    let sent = without_bells(|| {
        let mut sent = 0;
        while producer.try_send(&[1; 500]).is_ok() {
            sent += 1;
        }
        // Full, and the consumer still sleeps: neither may wait now.
        let no_memory = Error::kernel(Call::SENDTO, Errno::NOBUFS);
        assert_eq!(producer.try_send(&[1; 500]), Err(no_memory));
        assert_eq!(producer.send(&[1; 500], Wait::FOREVER), Err(no_memory));
        sent
    });
    assert_eq!(sent, (GRAIN - 64) / 512);
    assert!(!readable(&consumer));
    assert!(producer.try_send(&[1; 500]).unwrap_err().is_again());
    assert!(readable(&consumer));

    without_bells(|| {
        for _ in 0..sent {
            assert_eq!(consumer.try_recv(&mut buf), Ok(500));
        }
        assert_eq!(consumer.recv(&mut buf, Wait::FOREVER).unwrap_err().errno(), Errno::NOBUFS);
    });
    assert!(!readable(&producer));
    assert_eq!(consumer.recv(&mut buf, SOON).unwrap_err().errno(), Errno::TIMEDOUT);
    assert!(readable(&producer));
    producer.try_send(b"all is well").unwrap();
    assert_eq!(consumer.try_recv(&mut buf), Ok(11));
}

#[test]
#[allow(unsafe_code)]
fn an_urgent_byte_from_a_hostile_peer_is_one_more_bell() {
    use crate::fd::AsRawFd;
    let (producer, mut consumer) = pair(1).unwrap();
    let mut buf = [0; 8];
    for _ in 0..3 {
        // SAFETY: sends one byte.
        let sent = unsafe {
            libc::send(
                producer.as_fd().as_raw_fd(),
                [0_u8].as_ptr().cast(),
                1,
                libc::MSG_OOB | libc::MSG_NOSIGNAL,
            )
        };
        assert!(sent == 1 || sent == -1, "the kernel may have no urgent bytes");
        assert_eq!(consumer.recv(&mut buf, SOON).unwrap_err().errno(), Errno::TIMEDOUT);
        assert!(!readable(&consumer));
    }
    drop(producer);
    assert_eq!(consumer.recv(&mut buf, LATE), Ok(0));
}

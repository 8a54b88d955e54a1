/**
 * @file rawipc.h
 *
 * rawipc: every local way a Linux process can talk to another, by raw syscalls.
 *
 * No allocator, no libc, no thread of its own, no writable static, no hidden syscall. Everything lies in memory
 * that the caller owns, and every function tells below which syscalls it makes, case by case.
 *
 * A first program, built by cc first.c $(pkg-config --cflags --libs rawipc):
 *     #include <rawipc.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         int receiver, sender;
 *         char buf[RAWIPC_PIPE_BUF];
 *         rawipc_error error;
 *
 *         if (rawipc_pipe_packet_pair(&receiver, &sender, &error) < 0) {
 *             fprintf(stderr, "%s: errno %d\n", rawipc_error_call(&error), error.code);
 *             return 1;
 *         }
 *         rawipc_pipe_send(sender, "hello", 5, NULL, NULL);
 *         ssize_t len = rawipc_pipe_recv(receiver, buf, sizeof buf, NULL, NULL);
 *         printf("%.*s\n", (int)len, buf);
 *     }
 *
 * What holds everywhere
 * - Answers. 0, or a length, or a descriptor; where something is wrong, -errno. What an errno cannot carry,
 *   which call said it, who found it and how large a buffer must be, goes to a rawipc_error, the last argument
 *   of what can fail. It may be NULL, and is written on failure alone. So are all other outputs on success alone.
 * - Waits. A function that can wait takes a const rawipc_wait *; NULL waits for ever. Its twin without one,
 *   …_try_…, answers -EAGAIN instead. A signal handler runs and the wait goes on, unless it is asked otherwise.
 * - Descriptors are plain numbers where the kernel has one and nothing else is kept. All are close-on-exec
 *   from the call that makes them; close them with close(2) or rawipc_fd_close(). Files are 0600 unless the caller
 *   says otherwise.
 * - Handles are structs that the caller declares, anywhere; what is in them is the library's. A handle does not
 *   move: one that was copied, zeroed, closed already or made by another function is -EINVAL, before any syscall.
 *   One that was never written to holds what was in its memory: it must not be passed to anything but the
 *   function that makes it.
 * - Options are structs that begin with their size, so that a program and a library of different ages go
 *   together: members that the program does not know yet have their defaults, members that the library does not
 *   know must be 0 (-E2BIG), and so must flags (-EINVAL). NULL stands for the defaults.
 * - Misuse is answered: a NULL that must not be one is -EFAULT, a negative descriptor -EBADF, a length that no
 *   memory has -EINVAL, all before any syscall.
 * - Signals. None is raised, SIGPIPE neither, and no disposition is touched.
 * - Threads. Functions keep nothing between calls. One handle is for one thread at a time.
 * - Messages go whole or not at all, in order, and are never empty and never cut: see docs/c-api.md.
 */
#ifndef RAWIPC_H
#define RAWIPC_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version that this header came with. */
#define RAWIPC_VERSION "0.1.0"

/* == error ========================================================================================
 * What went wrong: which syscall said no, and why.
 */

/** The kernel answered the call with this errno. */
#define RAWIPC_ORIGIN_KERNEL 0

/** The arguments were refused, before any syscall that they were for; the call is that one. */
#define RAWIPC_ORIGIN_ARGUMENT 1

/** What the peer sent, or put into shared memory, was judged and found wrong. */
#define RAWIPC_ORIGIN_PEER 2

/** A wait ended at its deadline (ETIMEDOUT), or was over before it began. */
#define RAWIPC_ORIGIN_DEADLINE 3

/** The longest text that rawipc_error_describe() writes, its NUL included. */
#define RAWIPC_ERROR_TEXT_MAX 81

/**
 * Which syscall said no, and why: what a function that fails writes to its last argument.
 *
 * Not written to on success.
 */
typedef struct rawipc_error {
    /** The errno; the function returned its negative. */
    int code;
    /** Which syscall, for rawipc_error_call(). */
    uint16_t call;
    /** Who found it: RAWIPC_ORIGIN_…. */
    uint16_t origin;
    /**
     * With EMSGSIZE, from a receive: the bytes that a buffer needs for the message that waits; from a send: the
     * largest message that goes. With EBADMSG: the length of a message above the limit, where it is known. Else 0.
     */
    uint64_t needed;
} rawipc_error;

/**
 * The kernel's name of the syscall that failed, or that refused arguments were meant for.
 *
 * @return a static string, "unknown" for what is no error of this library
 * @par Syscalls, as of error::Call::c_name in Rust
 * None.
 */
const char *rawipc_error_call(const rawipc_error *error);

/**
 * The error as a line of text, such as "pwritev2: EINVAL (refused before the call)".
 *
 * @param buf  gets as much of it as fits, always ended by a NUL; RAWIPC_ERROR_TEXT_MAX bytes are enough
 * @return the length of the whole text without its NUL, or -errno
 * @par Errors
 * EFAULT: error or buf is NULL.
 * @par Syscalls, as of error::Error::describe in Rust
 * None.
 */
ssize_t rawipc_error_describe(const rawipc_error *error, char *buf, size_t len);

/* == wait =========================================================================================
 * Readiness of descriptors, and deadlines.
 *
 * No function waits inside the call that moves the bytes: it tries, and where there is nothing, it sleeps in ppoll
 * until the descriptor is ready or the deadline is there, and tries again. What is ready costs one syscall; the
 * clock is read only by who must sleep.
 */

/**
 * Waits `nanoseconds` at the most, counted from the moment at which there is something to wait for.
 */
#define RAWIPC_WAIT_AT_MOST 1

/** Waits until CLOCK_MONOTONIC says `nanoseconds`: one deadline for several functions. */
#define RAWIPC_WAIT_UNTIL 2

/** A signal handler that runs ends the wait with -EINTR. */
#define RAWIPC_WAIT_OR_SIGNAL 4

/** Nothing asked for; errors and hang-ups are told all the same. */
#define RAWIPC_EVENT_NONE 0

/** POLLIN: a read would not wait; the end of a stream counts. */
#define RAWIPC_EVENT_READABLE 1

/** POLLOUT: a write would not wait. */
#define RAWIPC_EVENT_WRITABLE 4

/** POLLERR: an error waits; on the write end of a pipe, nobody is left to read. */
#define RAWIPC_EVENT_ERROR 8

/** POLLHUP: the other side is gone. */
#define RAWIPC_EVENT_HANG_UP 16

/** POLLNVAL: the number is not an open descriptor. */
#define RAWIPC_EVENT_INVALID 32

/** POLLRDHUP: the other side of a socket will send no more. */
#define RAWIPC_EVENT_PEER_CLOSED 8192

/**
 * How long a function may wait, and whether a signal ends the wait. NULL in its place waits for ever.
 *
 * `rawipc_wait wait = { sizeof wait, RAWIPC_WAIT_AT_MOST, 1000000000, NULL };` is a second.
 */
typedef struct rawipc_wait {
    /** `sizeof(rawipc_wait)`. */
    uint32_t size;
    /**
     * RAWIPC_WAIT_AT_MOST or RAWIPC_WAIT_UNTIL, and RAWIPC_WAIT_OR_SIGNAL; with neither of the first two, for ever.
     */
    uint32_t flags;
    /** The duration or the moment; 0 where the wait is for ever. */
    int64_t nanoseconds;
    /**
     * With RAWIPC_WAIT_OR_SIGNAL: NULL, or the signal mask of the thread while it sleeps, put in place and taken
     * back by the kernel in one step. Bit n − 1 is signal n. A program blocks the signal, looks at its flag, and
     * waits under a mask without it: none is missed.
     */
    const uint64_t *signal_mask;
} rawipc_wait;

/** One descriptor of a rawipc_wait_poll(): the kernel's `struct pollfd`. */
typedef struct rawipc_poll_fd {
    /** The descriptor; a negative one is passed over. */
    int fd;
    /** What to be told of: RAWIPC_EVENT_…. */
    uint16_t asked;
    /** What the last call told. */
    uint16_t told;
} rawipc_poll_fd;

/**
 * CLOCK_MONOTONIC now, for RAWIPC_WAIT_UNTIL.
 *
 * A syscall and not the vDSO, which cannot be found without others.
 *
 * @return nanoseconds; 0 where a seccomp filter refuses the clock
 * @par Syscalls, as of wait::Instant::now in Rust
 * - ok: clock_gettime
 */
int64_t rawipc_wait_now(void);

/**
 * Makes of "at most" an "until", so that several functions share one deadline. Other waits stay as they are.
 *
 * @param wait  is read and written
 * @return 0, or -errno
 * @par Errors
 * EFAULT: wait is NULL. EINVAL, E2BIG: it is none.
 * @par Syscalls, as of wait::Wait::fixed in Rust
 * - at_most: clock_gettime
 * - FOREVER; until: none
 */
int rawipc_wait_fix(rawipc_wait *wait, rawipc_error *error);

/**
 * Waits until one of several descriptors is ready.
 *
 * A receiver that keeps messages in a buffer of its own (frames) can have one while its descriptor is silent: drain
 * it with its `try_recv` until -EAGAIN before each wait.
 *
 * @param fds  len of them; `told` of each is written
 * @return how many are ready, or -errno
 * @par Errors
 * ETIMEDOUT: none is ready in time. EINTR where wait asks for it. EINVAL: more descriptors than RLIMIT_NOFILE.
 * @par Syscalls, as of wait::poll in Rust
 * - for ever: (ppoll)×n
 * - with a limit; times out: (clock_gettime ppoll)×n
 * - times out, by the clock: (clock_gettime ppoll)×n clock_gettime
 * - over from the start: clock_gettime ppoll
 * - a limit of zero: ppoll
 */
ssize_t rawipc_wait_poll(rawipc_poll_fd *fds, size_t len, const rawipc_wait *wait,
                         rawipc_error *error);

/* == fd ===========================================================================================
 * Descriptors: plain numbers, as the kernel has them.
 */

/**
 * Closes a descriptor, as close(2) does, for programs without libc. Never retried, whatever the kernel says.
 *
 * @return 0, or -EBADF for a negative number
 * @par Syscalls, as of fd::Fd in Rust
 * - drop: close
 */
int rawipc_fd_close(int fd);

/**
 * Makes a second descriptor of the same open file description, close-on-exec.
 *
 * Both share flags such as O_NONBLOCK, and the object lives until both are closed: a pipe has no end of file while
 * a forgotten copy of its write end is open.
 *
 * @return the new descriptor, 3 or above, or -errno
 * @par Errors
 * EMFILE: RLIMIT_NOFILE is reached. EBADF: fd is not open.
 * @par Ownership
 * The new one is the caller's to close.
 * @par Syscalls, as of fd::Fd::try_clone in Rust
 * - ok: fcntl
 */
int rawipc_fd_clone(int fd, rawipc_error *error);

/**
 * Makes a descriptor the standard input, output or error of the program that is exec'd next.
 *
 * For use between fork and exec. The copy is blocking and survives exec, as any program expects of its standard
 * streams. What is blocking is the open file description: whoever shares it, a parent that did not close this end
 * among them, finds O_NONBLOCK cleared, and its calls can then wait beyond their deadline. What had the number
 * before is closed.
 *
 * @param stdio  0, 1 or 2
 * @return 0, or -errno
 * @par Errors
 * EINVAL: stdio is another number. Else what fcntl and dup3 say.
 * @par Ownership
 * fd is closed, whether it went well or not, unless an argument was refused.
 * @par Syscalls, as of fd::Fd::hand_over_as in Rust
 * - ok: fcntl fcntl dup3 close
 * - already that number: fcntl fcntl fcntl
 * - not open; already that number, not open: fcntl close
 */
int rawipc_fd_hand_over_as(int fd, int stdio, rawipc_error *error);

/**
 * Lets a program that is exec'd next keep a descriptor, blocking, under the number it has.
 *
 * As with rawipc_fd_hand_over_as(), whoever shares the open file description finds it blocking.
 *
 * @return 0, or -errno
 * @par Errors
 * What fcntl says.
 * @par Syscalls, as of fd::Fd::inherit in Rust
 * - ok: fcntl fcntl fcntl
 * - not open: fcntl
 */
int rawipc_fd_inherit(int fd, rawipc_error *error);

/* == pipe =========================================================================================
 * Pipes: named by a descriptor that is inherited over fork, one way only.
 *
 * rawipc_pipe_pair() makes the raw ends, for bytes and for talking to any program; rawipc_pipe_packet_pair() makes
 * ends of whole messages, which any number of processes may write to. For messages above RAWIPC_PIPE_BUF put frames
 * over the raw ends of a pipe that has a single writer.
 *
 * Ends are O_NONBLOCK, which concerns nobody else: each is an open file description of its own. Waiting is done in
 * ppoll. A descriptor that was not made here is made ready by …_attach_…; a blocking one can wait beyond its
 * deadline.
 */

/**
 * The largest write that goes whole or not at all, and the largest message of packet mode, in bytes.
 */
#define RAWIPC_PIPE_BUF 4096

/**
 * Makes a pipe for raw bytes.
 *
 * @param read_end   gets the descriptor that bytes come out of
 * @param write_end  gets the descriptor that bytes go into
 * @return 0, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left, in this process or at all.
 * @par Ownership
 * Both are the caller's to close.
 * @par Syscalls, as of pipe::pair in Rust
 * - ok: pipe2
 */
int rawipc_pipe_pair(int *read_end, int *write_end, rawipc_error *error);

/**
 * Makes a pipe in packet mode, for whole messages.
 *
 * Each message takes a page of the pipe whatever its length, so a pipe of default capacity holds 16.
 *
 * @param receiver  gets the descriptor that messages come out of
 * @param sender    gets the descriptor that messages go into
 * @return 0, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left, in this process or at all.
 * @par Ownership
 * Both are the caller's to close.
 * @par Syscalls, as of pipe::packet_pair in Rust
 * - ok: pipe2
 */
int rawipc_pipe_packet_pair(int *receiver, int *sender, rawipc_error *error);

/**
 * Takes over the read end of a pipe or FIFO that was not made here: standard input, or one inherited.
 *
 * O_NONBLOCK is set on its open file description, which others may share.
 *
 * @return fd, or -errno
 * @par Errors
 * EPROTOTYPE: it is neither pipe nor FIFO. EBADF: it is not open for reading, or not open.
 * @par Ownership
 * On failure fd is closed, unless it is negative.
 * @par Syscalls, as of pipe::ReadEnd::attach in Rust
 * - ok: fstat fcntl fcntl
 * - non-blocking already: fstat fcntl
 * - another kind; not open: fstat close
 * - another direction: fstat fcntl close
 */
int rawipc_pipe_attach_read_end(int fd, rawipc_error *error);

/**
 * Takes over the write end of a pipe or FIFO that was not made here: standard output, or one inherited.
 *
 * O_NONBLOCK is set on its open file description, which others may share.
 *
 * @return fd, or -errno
 * @par Errors
 * EPROTOTYPE: it is neither pipe nor FIFO. EBADF: it is not open for writing, or not open.
 * @par Ownership
 * On failure fd is closed, unless it is negative.
 * @par Syscalls, as of pipe::WriteEnd::attach in Rust
 * - ok: fstat fcntl fcntl
 * - non-blocking already: fstat fcntl
 * - another kind; not open: fstat close
 * - another direction: fstat fcntl close
 */
int rawipc_pipe_attach_write_end(int fd, rawipc_error *error);

/**
 * Takes over the read end of a pipe or FIFO whose writers are in packet mode: one that was inherited. Nothing tells
 * here what mode they are in.
 *
 * @return fd, or -errno
 * @par Errors
 * As rawipc_pipe_attach_read_end().
 * @par Ownership
 * On failure fd is closed, unless it is negative.
 * @par Syscalls, as of pipe::PacketReceiver::attach in Rust
 * - as rawipc_pipe_attach_read_end()
 */
int rawipc_pipe_attach_receiver(int fd, rawipc_error *error);

/**
 * Takes over the write end of a pipe or FIFO, one that was inherited, for whole messages.
 *
 * O_NONBLOCK and O_DIRECT are set on its open file description, which others may share.
 *
 * @return fd, or -errno
 * @par Errors
 * As rawipc_pipe_attach_write_end().
 * @par Ownership
 * On failure fd is closed, unless it is negative.
 * @par Syscalls, as of pipe::PacketSender::attach in Rust
 * - ok: fstat fcntl fcntl
 * - both are set already: fstat fcntl
 * - another kind; not open: fstat close
 * - another direction: fstat fcntl close
 */
int rawipc_pipe_attach_sender(int fd, rawipc_error *error);

/**
 * The bytes that a pipe holds; a packet takes a page of them.
 *
 * @param end  any end of a pipe or FIFO
 * @return the capacity, or -errno
 * @par Errors
 * EBADF: no end of a pipe.
 * @par Syscalls, as of pipe::ReadEnd::capacity in Rust
 * - ok: fcntl
 */
ssize_t rawipc_pipe_capacity(int end, rawipc_error *error);

/**
 * Asks for room for so many bytes.
 *
 * @param end  any end of a pipe or FIFO
 * @return the room that the kernel made, which is no less, or -errno
 * @par Errors
 * EPERM: more than /proc/sys/fs/pipe-max-size. EBUSY: more lies in the pipe. EINVAL: more than 2³¹. EBADF: no end of
 * a pipe.
 * @par Syscalls, as of pipe::ReadEnd::set_capacity in Rust
 * - ok: fcntl
 * - above 2³¹: none
 */
ssize_t rawipc_pipe_set_capacity(int end, size_t bytes, rawipc_error *error);

/**
 * The bytes that lie in a pipe.
 *
 * @param read_end  of a pipe or FIFO
 * @return how many, or -errno
 * @par Errors
 * ENOTTY: another kind of descriptor. EBADF: not open.
 * @par Syscalls, as of pipe::ReadEnd::available in Rust
 * - ok: ioctl
 */
ssize_t rawipc_pipe_available(int read_end, rawipc_error *error);

/**
 * Reads at least one byte, as many as are there, or waits for them.
 *
 * A read end does not know in C whether a writer has been there, so that each read at the end of the stream asks
 * for hang-ups, as on a FIFO.
 *
 * @return how many bytes; 0: the end; or -errno
 * @par Errors
 * EINVAL: len is 0. ETIMEDOUT: nothing came in time. Else what the kernel says.
 * @par Syscalls, as of pipe::ReadEnd::read in Rust
 * - ready; end; a limit of zero: read
 * - an end that may come first: read (ppoll)×n
 * - waits for ever: (read ppoll)×n read
 * - waits with a limit: (read clock_gettime ppoll)×n read
 * - times out: (read clock_gettime ppoll)×n
 * - times out, by the clock: (read clock_gettime ppoll)×n read clock_gettime
 * - over from the start: read clock_gettime
 * - a signal ends it, for ever: (read ppoll)×n
 * - a signal ends it, with a limit: (read clock_gettime ppoll)×n
 * - FIFO before its first writer, a limit of zero: read (ppoll)×n
 * - FIFO before its first writer, waits for ever: ([rawipc_pipe_try_read()] ppoll)×n [rawipc_pipe_try_read()]
 * - FIFO before its first writer, waits with a limit: ([rawipc_pipe_try_read()] clock_gettime ppoll)×n
 *   [rawipc_pipe_try_read()]
 * - FIFO before its first writer, times out: ([rawipc_pipe_try_read()] clock_gettime ppoll)×n
 * - FIFO before its first writer, times out, by the clock: ([rawipc_pipe_try_read()] clock_gettime ppoll)×n
 *   [rawipc_pipe_try_read()] clock_gettime
 * - FIFO before its first writer, over from the start: [rawipc_pipe_try_read()] clock_gettime
 * - FIFO before its first writer, a signal ends it, for ever: ([rawipc_pipe_try_read()] ppoll)×n
 * - FIFO before its first writer, a signal ends it, with a limit: ([rawipc_pipe_try_read()] clock_gettime ppoll)×n
 * - refused: none
 */
ssize_t rawipc_pipe_read(int read_end, void *buf, size_t len, const rawipc_wait *wait,
                         rawipc_error *error);

/**
 * Reads what is there now.
 *
 * @return how many bytes; 0: the end; or -errno
 * @par Errors
 * As rawipc_pipe_read(), and EAGAIN in place of a wait.
 * @par Syscalls, as of pipe::ReadEnd::try_read in Rust
 * - ready; end; nothing there: read
 * - FIFO before its first writer; an end that may come first: read (ppoll)×n
 * - refused: none
 */
ssize_t rawipc_pipe_try_read(int read_end, void *buf, size_t len, rawipc_error *error);

/**
 * Reads until the buffer is full, or the stream ends.
 *
 * @return len, or less where the stream ends first, or -errno: bytes read before the error are in buf then, but how
 *         many is not told
 * @par Errors
 * As rawipc_pipe_read(); len may be 0.
 * @par Syscalls, as of channel::ByteRead::read_exact in Rust
 * - for ever: ([rawipc_pipe_read()])×n
 * - until an instant: [rawipc_pipe_read()]
 * - until an instant, in parts: ([rawipc_pipe_read()] clock_gettime)×n [rawipc_pipe_read()]
 * - until an instant, over between two parts: ([rawipc_pipe_read()] clock_gettime)×n
 * - at most a duration: (clock_gettime [rawipc_pipe_read()])×n
 * - at most a duration, over between two parts: (clock_gettime [rawipc_pipe_read()])×n clock_gettime
 * - no bytes: none
 */
ssize_t rawipc_pipe_read_exact(int read_end, void *buf, size_t len, const rawipc_wait *wait,
                               rawipc_error *error);

/**
 * Writes at least one byte, or waits for room. Up to RAWIPC_PIPE_BUF bytes go whole or not at all.
 *
 * Before Linux 6.18 SIGPIPE is blocked in the thread around each write; that the kernel is older is learnt anew each
 * time, which costs one call more than the table says of later ones.
 *
 * @return how many bytes were taken, or -errno
 * @par Errors
 * EINVAL: len is 0. ETIMEDOUT: no room came in time. EPIPE: nobody is left to read; no signal is raised.
 * @par Syscalls, as of pipe::WriteEnd::write in Rust
 * - room; no reader; a limit of zero: pwritev2
 * - waits for ever: (pwritev2 ppoll)×n pwritev2
 * - waits with a limit: (pwritev2 clock_gettime ppoll)×n pwritev2
 * - times out: (pwritev2 clock_gettime ppoll)×n
 * - times out, by the clock: (pwritev2 clock_gettime ppoll)×n pwritev2 clock_gettime
 * - over from the start: pwritev2 clock_gettime
 * - a signal ends it, for ever: (pwritev2 ppoll)×n
 * - a signal ends it, with a limit: (pwritev2 clock_gettime ppoll)×n
 * - before 6.18, at once; before 6.18, a limit of zero: [rawipc_pipe_try_write()]
 * - before 6.18, waits for ever: ([rawipc_pipe_try_write()] ppoll)×n [rawipc_pipe_try_write()]
 * - before 6.18, waits with a limit: ([rawipc_pipe_try_write()] clock_gettime ppoll)×n [rawipc_pipe_try_write()]
 * - before 6.18, times out: ([rawipc_pipe_try_write()] clock_gettime ppoll)×n
 * - before 6.18, times out, by the clock: ([rawipc_pipe_try_write()] clock_gettime ppoll)×n [rawipc_pipe_try_write()]
 *   clock_gettime
 * - before 6.18, over from the start: [rawipc_pipe_try_write()] clock_gettime
 * - before 6.18, a signal ends it, for ever: ([rawipc_pipe_try_write()] ppoll)×n
 * - before 6.18, a signal ends it, with a limit: ([rawipc_pipe_try_write()] clock_gettime ppoll)×n
 * - refused: none
 */
ssize_t rawipc_pipe_write(int write_end, const void *bytes, size_t len, const rawipc_wait *wait,
                          rawipc_error *error);

/**
 * Writes what there is room for now.
 *
 * @return how many bytes were taken, or -errno
 * @par Errors
 * As rawipc_pipe_write(), and EAGAIN in place of a wait.
 * @par Syscalls, as of pipe::WriteEnd::try_write in Rust
 * - room; no room; no reader: pwritev2
 * - before 6.18, first use, room; before 6.18, first use, no room: pwritev2 rt_sigprocmask writev rt_sigprocmask
 * - before 6.18, first use, a part; before 6.18, first use, no reader: pwritev2 rt_sigprocmask writev rt_sigtimedwait
 *   rt_sigprocmask
 * - before 6.18, first use, SIGPIPE blocked; before 6.18, first use, SIGPIPE pending, no reader: pwritev2
 *   rt_sigprocmask rt_sigpending writev
 * - before 6.18, first use, SIGPIPE blocked, a part; before 6.18, first use, SIGPIPE blocked, no reader: pwritev2
 *   rt_sigprocmask rt_sigpending writev rt_sigtimedwait
 * - before 6.18, room; before 6.18, no room: rt_sigprocmask writev rt_sigprocmask
 * - before 6.18, a part; before 6.18, no reader: rt_sigprocmask writev rt_sigtimedwait rt_sigprocmask
 * - before 6.18, SIGPIPE blocked; before 6.18, SIGPIPE pending, no reader: rt_sigprocmask rt_sigpending writev
 * - before 6.18, SIGPIPE blocked, a part; before 6.18, SIGPIPE blocked, no reader: rt_sigprocmask rt_sigpending writev
 *   rt_sigtimedwait
 * - refused: none
 */
ssize_t rawipc_pipe_try_write(int write_end, const void *bytes, size_t len, rawipc_error *error);

/**
 * Writes head and then body in one call; as rawipc_pipe_write() otherwise.
 *
 * @return how many bytes of both together were taken, or -errno
 * @par Errors
 * As rawipc_pipe_write(); one of the two may be empty.
 * @par Syscalls, as of pipe::WriteEnd::write_two in Rust
 * - as rawipc_pipe_write()
 */
ssize_t rawipc_pipe_write_two(int write_end, const void *head, size_t head_len, const void *body,
                              size_t body_len, const rawipc_wait *wait, rawipc_error *error);

/**
 * Writes what there is room for now of head and then body, in one call.
 *
 * @return how many bytes of both together were taken, or -errno
 * @par Errors
 * As rawipc_pipe_try_write(); one of the two may be empty.
 * @par Syscalls, as of pipe::WriteEnd::try_write_two in Rust
 * - as rawipc_pipe_try_write()
 */
ssize_t rawipc_pipe_try_write_two(int write_end, const void *head, size_t head_len, const void *body,
                                  size_t body_len, rawipc_error *error);

/**
 * Writes all bytes.
 *
 * @return 0, or -errno: how many bytes went before the error is not told
 * @par Errors
 * As rawipc_pipe_write(); len may be 0.
 * @par Syscalls, as of channel::ByteWrite::write_all in Rust
 * - for ever: ([rawipc_pipe_write()])×n
 * - until an instant: [rawipc_pipe_write()]
 * - until an instant, in parts: ([rawipc_pipe_write()] clock_gettime)×n [rawipc_pipe_write()]
 * - until an instant, over between two parts: ([rawipc_pipe_write()] clock_gettime)×n
 * - at most a duration: (clock_gettime [rawipc_pipe_write()])×n
 * - at most a duration, over between two parts: (clock_gettime [rawipc_pipe_write()])×n clock_gettime
 * - no bytes: none
 */
int rawipc_pipe_write_all(int write_end, const void *bytes, size_t len, const rawipc_wait *wait,
                          rawipc_error *error);

/**
 * Receives one message of a pipe or FIFO in packet mode.
 *
 * @param len  at least RAWIPC_PIPE_BUF
 * @return its length; 0: the other side is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * EMSGSIZE: the buffer is smaller. ETIMEDOUT: nothing came in time.
 * @par Syscalls, as of pipe::PacketReceiver::recv in Rust
 * - as rawipc_pipe_read()
 * - refused: none
 */
ssize_t rawipc_pipe_recv(int receiver, void *buf, size_t len, const rawipc_wait *wait,
                         rawipc_error *error);

/**
 * Receives one message if one is there now.
 *
 * @param len  at least RAWIPC_PIPE_BUF
 * @return its length; 0: the other side is gone; or -errno
 * @par Errors
 * As rawipc_pipe_recv(), and EAGAIN in place of a wait.
 * @par Syscalls, as of pipe::PacketReceiver::try_recv in Rust
 * - as rawipc_pipe_try_read()
 * - refused: none
 */
ssize_t rawipc_pipe_try_recv(int receiver, void *buf, size_t len, rawipc_error *error);

/**
 * Sends one message of 1 to RAWIPC_PIPE_BUF bytes into a pipe or FIFO in packet mode. Several processes may hold a
 * sender, each message stays whole.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the message is empty. EMSGSIZE: it is longer. ETIMEDOUT: no room came in time; nothing was sent. EPIPE:
 * the other side is gone.
 * @par Syscalls, as of pipe::PacketSender::send in Rust
 * - as rawipc_pipe_write()
 * - refused: none
 */
int rawipc_pipe_send(int sender, const void *msg, size_t len, const rawipc_wait *wait,
                     rawipc_error *error);

/**
 * Sends one message if there is room now.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_pipe_send(), and EAGAIN in place of a wait.
 * @par Syscalls, as of pipe::PacketSender::try_send in Rust
 * - as rawipc_pipe_try_write()
 * - refused: none
 */
int rawipc_pipe_try_send(int sender, const void *msg, size_t len, rawipc_error *error);

/* == fifo =========================================================================================
 * FIFOs: pipes with a name, a file of type p that holds no data blocks.
 *
 * rawipc_fifo_create() makes the file, anyone who knows the path opens an end, and from there on "I/O on pipes and
 * FIFOs has exactly the same semantics" (pipe(7)): the functions are those of rawipc_pipe_…, for bytes on the ends of
 * open_read and open_write, for messages on those of open_receiver and open_sender.
 *
 * What lies at the path is not trusted: a symbolic link is not followed, another kind of file and a FIFO of another
 * owner are refused. A FIFO left behind by a killed process holds nothing, and rawipc_fifo_ensure() takes it into use
 * again.
 */

/** In place of an owner's uid: this process's effective user. */
#define RAWIPC_FIFO_MINE (-1)

/** In place of an owner's uid: whoever made it, for a directory that only the trusted can write to. */
#define RAWIPC_FIFO_ANYONE (-2)

/**
 * Makes a FIFO that only this user can open.
 *
 * @return 0, or -errno
 * @par Errors
 * EEXIST: something is there already, see rawipc_fifo_ensure(). ENOENT, ENOTDIR, EACCES, ENAMETOOLONG: the path.
 * @par Syscalls, as of fifo::create in Rust
 * - ok; there already; a bad path: mknodat
 * - refused: none
 */
int rawipc_fifo_create(const char *path, rawipc_error *error);

/**
 * Makes a FIFO relative to a directory, with the permissions of mode less those that the umask takes.
 *
 * @param dir    a directory, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * As rawipc_fifo_create(); EINVAL: mode has other bits than the nine permissions.
 * @par Syscalls, as of fifo::create_at in Rust
 * - ok; there already; a bad path: mknodat
 * - refused: none
 */
int rawipc_fifo_create_at(int dir, const char *path, uint32_t mode, rawipc_error *error);

/**
 * Makes a FIFO as rawipc_fifo_create() does, or takes into use the FIFO of this user that is there: what a killed
 * predecessor left holds no data and stands in nobody's way.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_fifo_create(); EPROTOTYPE: what is there is no FIFO. EPERM: it is another user's, or others have more
 * permissions on it than 0600. EEXIST: each time something was there, and gone when it was looked at.
 * @par Syscalls, as of fifo::ensure in Rust
 * - made; a bad path: mknodat
 * - there already; another owner; others have permissions: mknodat newfstatat geteuid
 * - another kind: mknodat newfstatat
 * - gone in between; gone again and again: (mknodat newfstatat)×n mknodat
 * - gone and there again: (mknodat newfstatat)×n geteuid
 * - refused: none
 */
int rawipc_fifo_ensure(const char *path, rawipc_error *error);

/**
 * Opens the end that raw bytes come out of, of a FIFO that belongs to this user.
 *
 * It does not wait for a writer; the first read does. A read of 0 is the end only after a writer has come and gone;
 * when another comes after that, the stream goes on.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_fifo_open_read_at().
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of fifo::open_read in Rust
 * - ok: openat fstat geteuid
 * - another kind: openat fstat close
 * - another owner: openat fstat geteuid close
 * - nothing there; a symbolic link; no descriptor left: openat
 * - refused: none
 */
int rawipc_fifo_open_read(const char *path, rawipc_error *error);

/**
 * Opens the end that raw bytes come out of, relative to a directory; see rawipc_fifo_open_read().
 *
 * @param dir    a directory, or AT_FDCWD of <fcntl.h>
 * @param owner  whose FIFO may be opened: a uid, RAWIPC_FIFO_MINE or RAWIPC_FIFO_ANYONE
 * @return the descriptor, or -errno
 * @par Errors
 * ELOOP: a symbolic link lies there. EPROTOTYPE: another kind of file. EPERM: another owner. ENOENT, ENOTDIR, EACCES,
 * ENAMETOOLONG: the path. EMFILE, ENFILE: no descriptors left.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of fifo::open_read_at in Rust
 * - Owner::Mine: openat fstat geteuid
 * - Owner::Uid; Owner::Anyone: openat fstat
 * - another kind: openat fstat close
 * - another owner, Owner::Mine: openat fstat geteuid close
 * - another owner, Owner::Uid: openat fstat close
 * - nothing there; a symbolic link; no descriptor left: openat
 * - refused: none
 */
int rawipc_fifo_open_read_at(int dir, const char *path, int64_t owner, rawipc_error *error);

/**
 * Opens the end that raw bytes go into, of a FIFO that belongs to this user, waiting for a reader.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_fifo_open_write_at().
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of fifo::open_write in Rust
 * - a reader is there: openat fstat geteuid
 * - waits for ever: (openat newfstatat geteuid ppoll)×n openat fstat geteuid
 * - waits with a limit: (openat newfstatat geteuid clock_gettime ppoll)×n openat fstat geteuid
 * - times out: (openat newfstatat geteuid clock_gettime ppoll)×n openat newfstatat geteuid clock_gettime
 * - over from the start: openat newfstatat geteuid clock_gettime
 * - a limit of zero: openat newfstatat geteuid
 * - a signal ends it, for ever: (openat newfstatat geteuid ppoll)×n
 * - a signal ends it, with a limit: (openat newfstatat geteuid clock_gettime ppoll)×n
 * - another file takes its place, for ever: (openat newfstatat geteuid ppoll)×n [rawipc_fifo_open_read()]
 * - another file takes its place, with a limit: (openat newfstatat geteuid clock_gettime ppoll)×n
 *   [rawipc_fifo_open_read()]
 * - another kind: openat fstat close
 * - another owner: openat fstat geteuid close
 * - another owner, no reader: openat newfstatat geteuid
 * - a socket, or a device without a driver: openat newfstatat
 * - nothing there; a symbolic link: openat
 * - refused: none
 */
int rawipc_fifo_open_write(const char *path, const rawipc_wait *wait, rawipc_error *error);

/**
 * Opens the end that raw bytes go into, relative to a directory, waiting for a reader.
 *
 * A FIFO tells its writer of nothing: opening is tried again after 0.1 ms, then ever more seldom, at the least every
 * 10 ms.
 *
 * @param dir    a directory, or AT_FDCWD of <fcntl.h>
 * @param owner  whose FIFO may be opened: a uid, RAWIPC_FIFO_MINE or RAWIPC_FIFO_ANYONE
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_fifo_open_read_at(), and ETIMEDOUT: no reader came in time.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of fifo::open_write_at in Rust
 * - Owner::Mine: [rawipc_fifo_open_write()]
 * - a reader is there: openat fstat
 * - waits for ever: (openat newfstatat ppoll)×n openat fstat
 * - waits with a limit: (openat newfstatat clock_gettime ppoll)×n openat fstat
 * - times out: (openat newfstatat clock_gettime ppoll)×n openat newfstatat clock_gettime
 * - over from the start: openat newfstatat clock_gettime
 * - a limit of zero: openat newfstatat
 * - a signal ends it, for ever: (openat newfstatat ppoll)×n
 * - a signal ends it, with a limit: (openat newfstatat clock_gettime ppoll)×n
 * - another file takes its place, for ever: (openat newfstatat ppoll)×n [rawipc_fifo_open_read_at()]
 * - another file takes its place, with a limit: (openat newfstatat clock_gettime ppoll)×n [rawipc_fifo_open_read_at()]
 * - another kind; another owner: openat fstat close
 * - another owner, no reader; a socket, or a device without a driver: openat newfstatat
 * - nothing there; a symbolic link: openat
 * - refused: none
 */
int rawipc_fifo_open_write_at(int dir, const char *path, int64_t owner, const rawipc_wait *wait,
                              rawipc_error *error);

/**
 * Opens the end that whole messages come out of, of a FIFO that belongs to this user; see rawipc_fifo_open_read().
 *
 * A writer that is not of rawipc_fifo_open_sender() puts in plain bytes, which come out as messages of any length.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_fifo_open_read_at().
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of fifo::open_receiver in Rust
 * - as rawipc_fifo_open_read()
 */
int rawipc_fifo_open_receiver(const char *path, rawipc_error *error);

/**
 * Opens the end that whole messages come out of, relative to a directory; see rawipc_fifo_open_receiver().
 *
 * @param dir    a directory, or AT_FDCWD of <fcntl.h>
 * @param owner  whose FIFO may be opened: a uid, RAWIPC_FIFO_MINE or RAWIPC_FIFO_ANYONE
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_fifo_open_read_at().
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of fifo::open_receiver_at in Rust
 * - as rawipc_fifo_open_read_at()
 */
int rawipc_fifo_open_receiver_at(int dir, const char *path, int64_t owner, rawipc_error *error);

/**
 * Opens the end that whole messages go into, of a FIFO that belongs to this user, waiting for a reader.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_fifo_open_write_at().
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of fifo::open_sender in Rust
 * - a reader is there: openat fstat geteuid fcntl
 * - waits for ever: (openat newfstatat geteuid ppoll)×n openat fstat geteuid fcntl
 * - waits with a limit: (openat newfstatat geteuid clock_gettime ppoll)×n openat fstat geteuid fcntl
 * - times out: (openat newfstatat geteuid clock_gettime ppoll)×n openat newfstatat geteuid clock_gettime
 * - over from the start: openat newfstatat geteuid clock_gettime
 * - a limit of zero: openat newfstatat geteuid
 * - a signal ends it, for ever: (openat newfstatat geteuid ppoll)×n
 * - a signal ends it, with a limit: (openat newfstatat geteuid clock_gettime ppoll)×n
 * - another file takes its place, for ever: (openat newfstatat geteuid ppoll)×n [rawipc_fifo_open_read()]
 * - another file takes its place, with a limit: (openat newfstatat geteuid clock_gettime ppoll)×n
 *   [rawipc_fifo_open_read()]
 * - another kind: openat fstat close
 * - another owner: openat fstat geteuid close
 * - another owner, no reader: openat newfstatat geteuid
 * - a socket, or a device without a driver: openat newfstatat
 * - nothing there; a symbolic link: openat
 * - refused: none
 */
int rawipc_fifo_open_sender(const char *path, const rawipc_wait *wait, rawipc_error *error);

/**
 * Opens the end that whole messages go into, relative to a directory, waiting for a reader.
 *
 * @param dir    a directory, or AT_FDCWD of <fcntl.h>
 * @param owner  whose FIFO may be opened: a uid, RAWIPC_FIFO_MINE or RAWIPC_FIFO_ANYONE
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_fifo_open_write_at().
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of fifo::open_sender_at in Rust
 * - Owner::Mine: [rawipc_fifo_open_sender()]
 * - a reader is there: openat fstat fcntl
 * - waits for ever: (openat newfstatat ppoll)×n openat fstat fcntl
 * - waits with a limit: (openat newfstatat clock_gettime ppoll)×n openat fstat fcntl
 * - times out: (openat newfstatat clock_gettime ppoll)×n openat newfstatat clock_gettime
 * - over from the start: openat newfstatat clock_gettime
 * - a limit of zero: openat newfstatat
 * - a signal ends it, for ever: (openat newfstatat ppoll)×n
 * - a signal ends it, with a limit: (openat newfstatat clock_gettime ppoll)×n
 * - another file takes its place, for ever: (openat newfstatat ppoll)×n [rawipc_fifo_open_read_at()]
 * - another file takes its place, with a limit: (openat newfstatat clock_gettime ppoll)×n [rawipc_fifo_open_read_at()]
 * - another kind; another owner: openat fstat close
 * - another owner, no reader; a socket, or a device without a driver: openat newfstatat
 * - nothing there; a symbolic link: openat
 * - refused: none
 */
int rawipc_fifo_open_sender_at(int dir, const char *path, int64_t owner, const rawipc_wait *wait,
                               rawipc_error *error);

/**
 * Removes the FIFO's name. Ends that are open stay so.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_fifo_remove_at().
 * @par Syscalls, as of fifo::remove in Rust
 * - ok: newfstatat unlinkat
 * - another kind; nothing there: newfstatat
 * - refused: none
 */
int rawipc_fifo_remove(const char *path, rawipc_error *error);

/**
 * Removes the FIFO's name, relative to a directory.
 *
 * The kernel cannot remove a name on condition: who can write to the directory can put another file there between the
 * look and the removal.
 *
 * @param dir    a directory, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * EPROTOTYPE: another kind of file, which stays. ENOENT: nothing is there.
 * @par Syscalls, as of fifo::remove_at in Rust
 * - ok: newfstatat unlinkat
 * - another kind; nothing there: newfstatat
 * - refused: none
 */
int rawipc_fifo_remove_at(int dir, const char *path, rawipc_error *error);

#ifdef __cplusplus
}
#endif

#endif /* RAWIPC_H */

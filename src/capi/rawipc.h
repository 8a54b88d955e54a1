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

/* == memory =======================================================================================
 * Mapped memory: named by inheritance, by a descriptor, or by a path.
 *
 * rawipc_map_anonymous() is for what is forked from now on, and has no seals. rawipc_memfd_create() names memory by a
 * descriptor, its size sealed; rawipc_memfd_seal_writes() leaves writing to the mappings that are there. A
 * rawipc_file_create() is named by a path, and can be cut short by whoever may write to it: an access is SIGBUS then.
 *
 * A process that shares memory can change any of it at any time. Copy bytes out with rawipc_map_read(), once, and
 * judge the copy; words that both sides write are atomics (rawipc_map_atomic_u32()).
 */



/* -- map ------------------------------------------------------------------------------------------
 * Memory that is mapped, to read and to write, or to read alone.
 */

/**
 * Memory that is shared with other processes, to read and to write. A handle.
 *
 * A child of fork has it at the same address, and unmaps it for itself; a program that is exec'd does not have it.
 */
typedef struct rawipc_map {
    uint64_t opaque[4];
} rawipc_map;

/** Memory that is shared with other processes, to read alone. A handle. */
typedef struct rawipc_read_only_map {
    uint64_t opaque[4];
} rawipc_read_only_map;

/**
 * Maps memory without a name, all zero, which processes share that are forked from now on.
 *
 * Memory is found for a page when it is first touched: where the kernel has none left then, it kills. A memfd is
 * told of that at its creation.
 *
 * @param map  gets the mapping
 * @return 0, or -errno
 * @par Errors
 * EINVAL: len is 0, or more than an address space holds. ENOMEM: the kernel will not have it.
 * @par Ownership
 * The caller's, until rawipc_map_close().
 * @par Syscalls, as of memory::Map::anonymous in Rust
 * - ok: mmap
 * - refused: none
 */
int rawipc_map_anonymous(rawipc_map *map, size_t len, rawipc_error *error);

/**
 * The bytes that are mapped.
 *
 * @return how many, or -errno
 * @par Syscalls, as of memory::Map::len in Rust
 * None.
 */
ssize_t rawipc_map_length(const rawipc_map *map, rawipc_error *error);

/**
 * Where the mapping lies in this process.
 *
 * What is read through the pointer can change between two reads, and a compiler may read twice: judge copies.
 *
 * @return the first byte; NULL where map is no mapping
 * @par Syscalls, as of memory::Map::as_ptr in Rust
 * None.
 */
void *rawipc_map_address(const rawipc_map *map);

/**
 * Copies bytes out of the mapping, each read once. A peer that writes meanwhile makes them a mixture of old and new.
 *
 * @param offset  of the first byte, in the mapping
 * @param buf     gets len bytes
 * @return 0, or -errno
 * @par Errors
 * ERANGE: they do not all lie in the mapping; nothing is read then.
 * @par Syscalls, as of memory::Map::read in Rust
 * - ok; refused: none
 */
int rawipc_map_read(const rawipc_map *map, size_t offset, void *buf, size_t len,
                    rawipc_error *error);

/**
 * Copies bytes into the mapping.
 *
 * @param offset  where they go
 * @return 0, or -errno
 * @par Errors
 * ERANGE: they would not all lie in the mapping; nothing is written then.
 * @par Syscalls, as of memory::Map::write in Rust
 * - ok; refused: none
 */
int rawipc_map_write(const rawipc_map *map, size_t offset, const void *bytes, size_t len,
                     rawipc_error *error);

/**
 * A word that every process which has the mapping may read and write: for C's `_Atomic` operations.
 *
 * @param offset  a multiple of 4
 * @param word    gets its address, good for as long as the mapping is
 * @return 0, or -errno
 * @par Errors
 * ERANGE: it does not lie in the mapping. EINVAL: offset is no multiple of 4.
 * @par Syscalls, as of memory::Map::atomic_u32 in Rust
 * - ok; refused: none
 */
int rawipc_map_atomic_u32(const rawipc_map *map, size_t offset, uint32_t **word,
                          rawipc_error *error);

/**
 * A double word that every process which has the mapping may read and write: for C's `_Atomic` operations.
 *
 * @param offset  a multiple of 8
 * @param word    gets its address, good for as long as the mapping is
 * @return 0, or -errno
 * @par Errors
 * ERANGE: it does not lie in the mapping. EINVAL: offset is no multiple of 8.
 * @par Syscalls, as of memory::Map::atomic_u64 in Rust
 * - ok; refused: none
 */
int rawipc_map_atomic_u64(const rawipc_map *map, size_t offset, uint64_t **word,
                          rawipc_error *error);

/**
 * Unmaps the memory. Pointers into it are good no longer.
 *
 * @return 0, or -errno
 * @par Syscalls, as of memory::Map in Rust
 * - drop: munmap
 */
int rawipc_map_close(rawipc_map *map, rawipc_error *error);

/**
 * The bytes that are mapped.
 *
 * @return how many, or -errno
 * @par Syscalls, as of memory::ReadOnlyMap::len in Rust
 * None.
 */
ssize_t rawipc_read_only_map_length(const rawipc_read_only_map *map, rawipc_error *error);

/**
 * Where the mapping lies in this process; as rawipc_map_address().
 *
 * @return the first byte; NULL where map is no mapping
 * @par Syscalls, as of memory::ReadOnlyMap::as_ptr in Rust
 * None.
 */
const void *rawipc_read_only_map_address(const rawipc_read_only_map *map);

/**
 * Copies bytes out of the mapping; as rawipc_map_read().
 *
 * @param offset  of the first byte, in the mapping
 * @param buf     gets len bytes
 * @return 0, or -errno
 * @par Errors
 * ERANGE: they do not all lie in the mapping; nothing is read then.
 * @par Syscalls, as of memory::ReadOnlyMap::read in Rust
 * - ok; refused: none
 */
int rawipc_read_only_map_read(const rawipc_read_only_map *map, size_t offset, void *buf, size_t len,
                              rawipc_error *error);

/**
 * Loads a word, once: what its writer wrote before a release store of it is seen by whatever is read next.
 *
 * @param offset  a multiple of 4
 * @param value   gets the word
 * @return 0, or -errno
 * @par Errors
 * ERANGE: it does not lie in the mapping. EINVAL: offset is no multiple of 4.
 * @par Syscalls, as of memory::ReadOnlyMap::load_u32 in Rust
 * - ok; refused: none
 */
int rawipc_read_only_map_load_u32(const rawipc_read_only_map *map, size_t offset, uint32_t *value,
                                  rawipc_error *error);

/**
 * Unmaps the memory. Pointers into it are good no longer.
 *
 * @return 0, or -errno
 * @par Syscalls, as of memory::ReadOnlyMap in Rust
 * - drop: munmap
 */
int rawipc_read_only_map_close(rawipc_read_only_map *map, rawipc_error *error);

/* -- memfd ----------------------------------------------------------------------------------------
 * Memory that is named by a descriptor: inherited, or sent over a socket.
 *
 * It can never shrink, and what was created here has memory behind each byte, so an access to it raises no SIGBUS.
 */

/** Memory that is named by a descriptor, its size sealed. A handle. */
typedef struct rawipc_memfd {
    uint64_t opaque[4];
} rawipc_memfd;

/**
 * Makes len bytes of memory, all zero, with something behind each of them, and sealed at that size.
 *
 * The kernel finds all the memory now: a len taken from a peer is bounded first, or the OOM killer bounds it. Under
 * RLIMIT_FSIZE the kernel raises SIGXFSZ.
 *
 * @param memfd  gets the memory
 * @param name   for people: /proc shows it, nobody can open it
 * @return 0, or -errno
 * @par Errors
 * EINVAL: len is 0 or more than an address space holds, or the name longer than 249 bytes. ENOSPC, ENOMEM: there is
 * not so much memory. EMFILE, ENFILE: no descriptors left.
 * @par Ownership
 * The caller's, until rawipc_memfd_close() or rawipc_memfd_into_fd().
 * @par Syscalls, as of memory::Memfd::create in Rust
 * - ok: memfd_create fallocate fcntl
 * - a signal comes: memfd_create (fallocate)×n fcntl
 * - no descriptor left: memfd_create
 * - no room: memfd_create (fallocate)×n close
 * - sealing fails: memfd_create (fallocate)×n fcntl close
 * - before 6.3, ok; before 6.3, a signal comes: memfd_create memfd_create (fallocate)×n fcntl
 * - before 6.3, no descriptor left: memfd_create memfd_create
 * - before 6.3, no room: memfd_create memfd_create (fallocate)×n close
 * - before 6.3, sealing fails: memfd_create memfd_create (fallocate)×n fcntl close
 * - refused: none
 */
int rawipc_memfd_create(rawipc_memfd *memfd, const char *name, size_t len, rawipc_error *error);

/**
 * Takes over a descriptor that came from a peer. It must be a memfd that can never shrink again; nothing else about
 * it is believed.
 *
 * @param memfd  gets the memory
 * @return 0, or -errno
 * @par Errors
 * EPERM: it can shrink, or is made of huge pages, which may run out. EINVAL: it is no memfd. ENODATA: it is empty.
 * @par Ownership
 * fd is the handle's, or closed on failure, unless an argument was refused.
 * @par Syscalls, as of memory::Memfd::attach in Rust
 * - ok: fcntl fstatfs fstat
 * - not a memfd; not sealed: fcntl close
 * - huge pages: fcntl fstatfs close
 * - empty: fcntl fstatfs fstat close
 */
int rawipc_memfd_attach(rawipc_memfd *memfd, int fd, rawipc_error *error);

/**
 * The bytes that can be mapped.
 *
 * @return how many, or -errno
 * @par Syscalls, as of memory::Memfd::len in Rust
 * None.
 */
ssize_t rawipc_memfd_length(const rawipc_memfd *memfd, rawipc_error *error);

/**
 * The descriptor, to look at or to send; it stays the handle's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of memory::Memfd::as_fd in Rust
 * None.
 */
int rawipc_memfd_fd(const rawipc_memfd *memfd, rawipc_error *error);

/**
 * Maps all of it, to read and to write.
 *
 * @param map  gets the mapping, which outlives the memfd
 * @return 0, or -errno
 * @par Errors
 * EPERM: writing was sealed. EACCES: the descriptor is not for writing. ENOMEM.
 * @par Syscalls, as of memory::Memfd::map in Rust
 * - ok; writing was sealed: mmap
 */
int rawipc_memfd_map(const rawipc_memfd *memfd, rawipc_map *map, rawipc_error *error);

/**
 * Maps all of it, to read. Of a memfd whose writing was sealed before, the mapping can never be made writable.
 *
 * @param map  gets the mapping, which outlives the memfd
 * @return 0, or -errno
 * @par Errors
 * EACCES: the descriptor is not for reading. ENOMEM.
 * @par Syscalls, as of memory::Memfd::map_read_only in Rust
 * - ok: mmap
 */
int rawipc_memfd_map_read_only(const rawipc_memfd *memfd, rawipc_read_only_map *map,
                               rawipc_error *error);

/**
 * Leaves writing to the mappings that are there, for good.
 *
 * Nobody, in any process, can from now on map it for writing, make a mapping writable, write to the descriptor or
 * punch a hole. So the process that owns the memory maps it, seals it, and then passes it on.
 *
 * @return 0, or -errno
 * @par Errors
 * EPERM: seals can no longer be added.
 * @par Syscalls, as of memory::Memfd::seal_writes in Rust
 * - ok; sealed already: fcntl
 */
int rawipc_memfd_seal_writes(const rawipc_memfd *memfd, rawipc_error *error);

/**
 * Gives the descriptor up to the caller; the handle is closed.
 *
 * @return the descriptor, or -errno
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of memory::Memfd::into_fd in Rust
 * None.
 */
int rawipc_memfd_into_fd(rawipc_memfd *memfd, rawipc_error *error);

/**
 * Closes the descriptor. Mappings live on.
 *
 * @return 0, or -errno
 * @par Syscalls, as of memory::Memfd in Rust
 * - drop: close
 */
int rawipc_memfd_close(rawipc_memfd *memfd, rawipc_error *error);

/* -- file -----------------------------------------------------------------------------------------
 * A file that is mapped by everyone who may open it. On a tmpfs such as /dev/shm it never touches a disk.
 *
 * The weakest of the three: no seal keeps a file's size, so whoever may write to it can truncate it, and an access
 * behind its end raises SIGBUS. It is made 0600 for that reason, and opened only where it belongs to this user.
 * Nothing removes it but rawipc_file_remove(): what a killed process left, its successor opens, or removes.
 */

/** A file to be mapped. A handle. */
typedef struct rawipc_file {
    uint64_t opaque[4];
} rawipc_file;

/**
 * Makes a new file of len bytes, all zero, with room behind each of them, that only this user can open.
 *
 * Under RLIMIT_FSIZE the kernel raises SIGXFSZ.
 *
 * @param file  gets the file
 * @return 0, or -errno
 * @par Errors
 * EINVAL: len is 0 or more than an address space holds. EEXIST: something is there already, a dangling link included.
 * ENOSPC, EDQUOT, EFBIG: there is no such room, or EOPNOTSUPP: the file system does not promise any; the file is
 * removed again. ENOENT, ENOTDIR, EACCES, ENAMETOOLONG: the path.
 * @par Ownership
 * The handle is the caller's, until rawipc_file_close() or rawipc_file_into_fd(); the file stays.
 * @par Syscalls, as of memory::File::create in Rust
 * - ok: openat fallocate
 * - a signal comes: openat (fallocate)×n
 * - there already; a bad path: openat
 * - no room: openat (fallocate)×n unlinkat close
 * - refused: none
 */
int rawipc_file_create(rawipc_file *file, const char *path, size_t len, rawipc_error *error);

/**
 * Opens a file that is there, of this user.
 *
 * @param file  gets the file
 * @return 0, or -errno
 * @par Errors
 * ELOOP: a symbolic link lies there. EPROTOTYPE: another kind of file. EPERM: another owner. ENODATA: it is empty, or
 * its maker has not come further yet. EISDIR, ENXIO: a directory, a socket. ENOENT, ENOTDIR, EACCES, ENAMETOOLONG:
 * the path.
 * @par Ownership
 * The handle is the caller's, until rawipc_file_close() or rawipc_file_into_fd().
 * @par Syscalls, as of memory::File::open in Rust
 * - ok: openat fstat geteuid
 * - another kind: openat fstat close
 * - another owner; empty: openat fstat geteuid close
 * - a bad path: openat
 * - refused: none
 */
int rawipc_file_open(rawipc_file *file, const char *path, rawipc_error *error);

/**
 * Removes the name. Mappings of the file live on.
 *
 * @return 0, or -errno
 * @par Errors
 * ENOENT: nothing is there. EISDIR: a directory. EACCES, EPERM.
 * @par Syscalls, as of memory::File::remove in Rust
 * - ok; nothing there: unlinkat
 * - refused: none
 */
int rawipc_file_remove(const char *path, rawipc_error *error);

/**
 * The bytes that the file had when it was created or opened.
 *
 * @return how many, or -errno
 * @par Syscalls, as of memory::File::len in Rust
 * None.
 */
ssize_t rawipc_file_length(const rawipc_file *file, rawipc_error *error);

/**
 * The descriptor, to look at; it stays the handle's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of memory::File::as_fd in Rust
 * None.
 */
int rawipc_file_fd(const rawipc_file *file, rawipc_error *error);

/**
 * Maps all of it, to read and to write.
 *
 * @param map  gets the mapping, which outlives the file
 * @return 0, or -errno
 * @par Errors
 * ENODEV: the file system cannot. ENOMEM.
 * @par Syscalls, as of memory::File::map in Rust
 * - ok: mmap
 */
int rawipc_file_map(const rawipc_file *file, rawipc_map *map, rawipc_error *error);

/**
 * Maps all of it, to read.
 *
 * @param map  gets the mapping, which outlives the file
 * @return 0, or -errno
 * @par Errors
 * As rawipc_file_map().
 * @par Syscalls, as of memory::File::map_read_only in Rust
 * - ok: mmap
 */
int rawipc_file_map_read_only(const rawipc_file *file, rawipc_read_only_map *map,
                              rawipc_error *error);

/**
 * Gives the descriptor up to the caller; the handle is closed.
 *
 * @return the descriptor, or -errno
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of memory::File::into_fd in Rust
 * None.
 */
int rawipc_file_into_fd(rawipc_file *file, rawipc_error *error);

/**
 * Closes the descriptor. Mappings live on.
 *
 * @return 0, or -errno
 * @par Syscalls, as of memory::File in Rust
 * - drop: close
 */
int rawipc_file_close(rawipc_file *file, rawipc_error *error);

/* == ring =========================================================================================
 * A ring of whole messages in mapped memory, one way, from one process to one.
 *
 * rawipc_ring_pair() makes both ends; then fork, and each process keeps one and closes the other. While both sides are
 * awake a message costs no syscall. An end is one process's: two that use copies of the same end after a fork destroy
 * each other's messages; a copy that is merely closed does no harm.
 *
 * The descriptor of an end, rawipc_ring_producer_fd() and rawipc_ring_consumer_fd(), is its doorbell. It becomes
 * readable, for a producer that waits for room too, when the other side did something since this side was last told
 * -EAGAIN or -ETIMEDOUT: so a loop over several channels tries until -EAGAIN, then polls. It says hang-up when the
 * other side is gone.
 */

/** The end that sends. A handle. */
typedef struct rawipc_ring_producer {
    uint64_t opaque[24];
} rawipc_ring_producer;

/** The end that receives. A handle. */
typedef struct rawipc_ring_consumer {
    uint64_t opaque[24];
} rawipc_ring_consumer;

/**
 * Makes a ring of at least capacity bytes and its two ends, of which each process keeps one after the fork.
 *
 * The capacity is rounded up to a power of two, a page at least; rawipc_ring_send_limit() tells the largest message.
 *
 * @param producer  gets the end that sends
 * @param consumer  gets the end that receives
 * @return 0, or -errno
 * @par Errors
 * EINVAL: capacity is 0 or more than 2³⁰. ENOMEM, ENOSPC: there is not so much memory. EMFILE, ENFILE: no descriptors
 * left, of which two stay and a third is used for a moment.
 * @par Ownership
 * Both are the caller's, until rawipc_ring_producer_close() and rawipc_ring_consumer_close(), in each process.
 * @par Syscalls, as of ring::pair in Rust
 * - ok: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close memfd_create fallocate fcntl mmap fcntl
 *   mmap close
 * - signals come: socketpair memfd_create (fallocate)×n fcntl mmap mmap fcntl mmap mmap close memfd_create
 *   (fallocate)×n fcntl mmap fcntl mmap close
 * - before 6.3: socketpair memfd_create memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close memfd_create
 *   memfd_create fallocate fcntl mmap fcntl mmap close
 * - fewer than two descriptors left: socketpair
 * - two left: socketpair memfd_create close close
 * - no memory: socketpair memfd_create fallocate close close close
 * - sealing the size fails: socketpair memfd_create fallocate fcntl close close close
 * - no mapping: socketpair memfd_create fallocate fcntl mmap close close close
 * - no second mapping: socketpair memfd_create fallocate fcntl mmap mmap munmap close close close
 * - sealing writes fails: socketpair memfd_create fallocate fcntl mmap mmap fcntl munmap close close close
 * - no third mapping: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap munmap close close close
 * - no fourth mapping: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap mmap munmap munmap close close
 *   close
 * - none left for the second memory: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close
 *   memfd_create munmap munmap close close
 * - no memory for the second: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close memfd_create
 *   fallocate close munmap munmap close close
 * - sealing the second size fails: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close memfd_create
 *   fallocate fcntl close munmap munmap close close
 * - no fifth mapping: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close memfd_create fallocate
 *   fcntl mmap close munmap munmap close close
 * - sealing writes to the second fails: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close
 *   memfd_create fallocate fcntl mmap fcntl munmap close munmap munmap close close
 * - no sixth mapping: socketpair memfd_create fallocate fcntl mmap mmap fcntl mmap mmap close memfd_create fallocate
 *   fcntl mmap fcntl mmap munmap close munmap munmap close close
 * - refused: none
 */
int rawipc_ring_pair(rawipc_ring_producer *producer, rawipc_ring_consumer *consumer, size_t capacity,
                     rawipc_error *error);

/**
 * Sends one message.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: an empty message. EMSGSIZE: larger than the limit. EPIPE: the consumer is gone. ETIMEDOUT: no room came in
 * time. EBADMSG: the consumer wrote what cannot be; the ring stays so.
 * @par Syscalls, as of ring::Producer::send in Rust
 * - room; gone already; corrupt; refused: none
 * - room, the consumer sleeps; room, the consumer sleeps, no memory for a bell; room, a copy of the consumer was
 *   dropped; the consumer was dropped: sendto
 * - waits for ever; the consumer is gone, waits for ever: (ppoll recvfrom)×n
 * - waits for ever, the consumer sleeps: (ppoll recvfrom)×n sendto
 * - waits with a limit; the consumer is gone, waits with a limit; times out: (clock_gettime ppoll recvfrom)×n
 * - waits with a limit, the consumer sleeps: (clock_gettime ppoll recvfrom)×n sendto
 * - times out, by the clock: (clock_gettime ppoll recvfrom)×n clock_gettime recvfrom
 * - room came just then, by the clock, the consumer sleeps: (clock_gettime ppoll recvfrom)×n clock_gettime recvfrom
 *   sendto
 * - over from the start: clock_gettime recvfrom
 * - room came just then, over from the start, the consumer sleeps: clock_gettime recvfrom sendto
 * - a limit of zero: recvfrom
 * - room came just then, a limit of zero, the consumer sleeps: recvfrom sendto
 * - a signal ends it, for ever: ppoll
 * - a signal ends it later, for ever: (ppoll recvfrom)×n ppoll
 * - a signal ends it, with a limit: clock_gettime ppoll
 * - a signal ends it later, with a limit: (clock_gettime ppoll recvfrom)×n clock_gettime ppoll
 * - a bell is owed: sendto [rawipc_ring_send()]
 * - a bell is owed, no memory for it: sendto
 */
int rawipc_ring_send(rawipc_ring_producer *producer, const void *msg, size_t len,
                     const rawipc_wait *wait, rawipc_error *error);

/**
 * Sends one message if there is room for it now.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_ring_send(), and EAGAIN in place of a wait.
 * @par Syscalls, as of ring::Producer::try_send in Rust
 * - room; gone already; corrupt; refused: none
 * - room, the consumer sleeps; room, the consumer sleeps, no memory for a bell; room, a copy of the consumer was
 *   dropped; the consumer was dropped: sendto
 * - no room; the consumer is gone; room came just then: recvfrom
 * - room came just then, the consumer sleeps; a bell is owed; a bell is owed, no memory for it: recvfrom sendto
 * - a bell is owed, room came just then, the consumer sleeps: recvfrom sendto sendto
 */
int rawipc_ring_try_send(rawipc_ring_producer *producer, const void *msg, size_t len,
                         rawipc_error *error);

/**
 * The largest message that goes.
 *
 * @return its bytes, or -errno
 * @par Syscalls, as of ring::Producer::send_limit in Rust
 * None.
 */
ssize_t rawipc_ring_send_limit(const rawipc_ring_producer *producer, rawipc_error *error);

/**
 * Receives one message.
 *
 * @return its length; 0: the producer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * EMSGSIZE: the buffer is too small; `needed` tells the length, and the message stays. ETIMEDOUT: nothing came in time.
 * EBADMSG: the producer wrote what cannot be; the ring stays so. EINVAL: len is 0.
 * @par Syscalls, as of ring::Consumer::recv in Rust
 * - a message is there; too small a buffer; gone already; corrupt: none
 * - a message is there, the producer waits for room: sendto
 * - waits for ever; the end, waits for ever: (ppoll recvfrom)×n
 * - waits for ever, the producer waits for room: (ppoll recvfrom)×n sendto
 * - waits with a limit; the end, waits with a limit; times out: (clock_gettime ppoll recvfrom)×n
 * - waits with a limit, the producer waits for room: (clock_gettime ppoll recvfrom)×n sendto
 * - times out, by the clock: (clock_gettime ppoll recvfrom)×n clock_gettime recvfrom
 * - a message came just then, by the clock, the producer waits for room: (clock_gettime ppoll recvfrom)×n clock_gettime
 *   recvfrom sendto
 * - over from the start: clock_gettime recvfrom
 * - a message came just then, over from the start, the producer waits for room: clock_gettime recvfrom sendto
 * - a limit of zero: recvfrom
 * - a message came just then, a limit of zero, the producer waits for room: recvfrom sendto
 * - a signal ends it, for ever: ppoll
 * - a signal ends it later, for ever: (ppoll recvfrom)×n ppoll
 * - a signal ends it, with a limit: clock_gettime ppoll
 * - a signal ends it later, with a limit: (clock_gettime ppoll recvfrom)×n clock_gettime ppoll
 * - a bell is owed: sendto [rawipc_ring_recv()]
 * - a bell is owed, no memory for it: sendto
 */
ssize_t rawipc_ring_recv(rawipc_ring_consumer *consumer, void *buf, size_t len,
                         const rawipc_wait *wait, rawipc_error *error);

/**
 * Receives one message if there is one now.
 *
 * @return its length; 0: the producer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * As rawipc_ring_recv(), and EAGAIN in place of a wait.
 * @par Syscalls, as of ring::Consumer::try_recv in Rust
 * - a message is there; too small a buffer; gone already; corrupt: none
 * - a message is there, the producer waits for room: sendto
 * - nothing there; the end; a message came just then: recvfrom
 * - a message came just then, the producer waits for room; a bell is owed; a bell is owed, no memory for it: recvfrom
 *   sendto
 * - a bell is owed, a message came just then, the producer waits for room: recvfrom sendto sendto
 */
ssize_t rawipc_ring_try_recv(rawipc_ring_consumer *consumer, void *buf, size_t len,
                             rawipc_error *error);

/**
 * The largest message that can come.
 *
 * @return its bytes, or -errno
 * @par Syscalls, as of ring::Consumer::recv_limit in Rust
 * None.
 */
ssize_t rawipc_ring_recv_limit(const rawipc_ring_consumer *consumer, rawipc_error *error);

/**
 * The bytes that the ring holds, headers and padding included.
 *
 * @return how many, or -errno
 * @par Syscalls, as of ring::Producer::capacity in Rust
 * None.
 */
ssize_t rawipc_ring_producer_capacity(const rawipc_ring_producer *producer, rawipc_error *error);

/**
 * The bytes that the ring holds, headers and padding included.
 *
 * @return how many, or -errno
 * @par Syscalls, as of ring::Consumer::capacity in Rust
 * None.
 */
ssize_t rawipc_ring_consumer_capacity(const rawipc_ring_consumer *consumer, rawipc_error *error);

/**
 * The doorbell of the end that sends, to poll; it stays the handle's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of ring::Producer::as_fd in Rust
 * None.
 */
int rawipc_ring_producer_fd(const rawipc_ring_producer *producer, rawipc_error *error);

/**
 * The doorbell of the end that receives, to poll; it stays the handle's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of ring::Consumer::as_fd in Rust
 * None.
 */
int rawipc_ring_consumer_fd(const rawipc_ring_consumer *consumer, rawipc_error *error);

/**
 * Closes the end that sends: unmaps its memory, and the other side is told.
 *
 * @return 0, or -errno
 * @par Syscalls, as of ring::Producer in Rust
 * - drop: close munmap munmap
 */
int rawipc_ring_producer_close(rawipc_ring_producer *producer, rawipc_error *error);

/**
 * Closes the end that receives: unmaps its memory, and the other side is told.
 *
 * @return 0, or -errno
 * @par Syscalls, as of ring::Consumer in Rust
 * - drop: close munmap munmap
 */
int rawipc_ring_consumer_close(rawipc_ring_consumer *consumer, rawipc_error *error);

/* == proc =========================================================================================
 * What a process holds: its descriptors, as /proc/PID/fd shows them, in the caller's buffers.
 *
 * rawipc_proc_open() opens /proc/PID once, and everything is read from that directory: after the process is gone it
 * answers -ESRCH, and never with another process that was given the same number. The kernel lets a process look into
 * those that it may trace: its own user's, as a rule; root into all.
 */

/** A buffer of this many bytes holds every link text. */
#define RAWIPC_PROC_LINK_MAX 4096

/** The shortest buffer for the numbers of a table. */
#define RAWIPC_PROC_NAMES_MIN 32

/** The working directory. */
#define RAWIPC_PROC_CWD 0

/** The root directory. */
#define RAWIPC_PROC_ROOT 1

/** The program that a process runs. */
#define RAWIPC_PROC_EXE 2

/** `pipe:[number]`: a pipe without a name. A FIFO is a path of the kind 'p'. */
#define RAWIPC_PROC_PIPE 0

/** `socket:[number]`. */
#define RAWIPC_PROC_SOCKET 1

/** `anon_inode:name`: what has no inode of its own. */
#define RAWIPC_PROC_ANON_INODE 2

/** `/memfd:name (deleted)`. */
#define RAWIPC_PROC_MEMFD 3

/** A file, by its name as we see it now. */
#define RAWIPC_PROC_PATH 4

/** A file whose name is gone, and what the name was. */
#define RAWIPC_PROC_DELETED 5

/** Anything else, such as a namespace. */
#define RAWIPC_PROC_OTHER 6

/** A file whose path is too long for the kernel to print. */
#define RAWIPC_PROC_TOO_LONG 7

/** Opened to read: bit of an entry's access. */
#define RAWIPC_PROC_READ 1

/** Opened to write: bit of an entry's access. */
#define RAWIPC_PROC_WRITE 2

/** The descriptors of a process, in ascending order. A handle. */
typedef struct rawipc_proc_table {
    uint64_t opaque[8];
} rawipc_proc_table;

/**
 * An open file: what its link says, decoded, and what its inode says.
 *
 * Both texts lie in the buffer that was given for them.
 */
typedef struct rawipc_proc_file {
    /** The text of the link as the kernel wrote it, ended by a NUL. */
    const char *text;
    /** Its length without the NUL. */
    size_t text_len;
    /** The name in it, as the target says; not ended by a NUL. NULL where the target has none. */
    const char *name;
    /** Its length. */
    size_t name_len;
    /** The number in brackets of a pipe or socket; else 0. */
    uint64_t number;
    /** The number of the inode. */
    uint64_t inode;
    /** Its size in bytes. */
    uint64_t size;
    /** The file system. */
    uint32_t device_major;
    /** The file system. */
    uint32_t device_minor;
    /** The device that a character or block device stands for; else 0. */
    uint32_t special_major;
    /** The device that a character or block device stands for; else 0. */
    uint32_t special_minor;
    /** How many names the inode has in its file system. */
    uint32_t links;
    /** The permission bits of the inode, of which ls -l makes rwxr-xr-x. */
    uint16_t permissions;
    /** RAWIPC_PROC_PIPE … RAWIPC_PROC_TOO_LONG. */
    uint8_t target;
    /**
     * The type of the inode, by the letter that ls -l prints: p c d b - l s, or ? for none of them.
     */
    char kind;
} rawipc_proc_file;

/** One descriptor of a process. */
typedef struct rawipc_proc_entry {
    /** Its number, there. */
    int fd;
    /** RAWIPC_PROC_READ, RAWIPC_PROC_WRITE, both, or neither (O_PATH). */
    uint32_t access;
    /** What it leads to. */
    rawipc_proc_file file;
} rawipc_proc_entry;

/** What fdinfo says of a descriptor. */
typedef struct rawipc_proc_info {
    /** Where the next read or write starts. */
    int64_t offset;
    /** The access mode and status flags, as O_… bits of <fcntl.h>, O_CLOEXEC among them. */
    uint32_t flags;
    /** 0. */
    uint32_t reserved;
} rawipc_proc_info;

/**
 * Opens the directory in /proc of the process that has this number now.
 *
 * @return a descriptor of it, or -errno
 * @par Errors
 * EINVAL: 0 and below. ESRCH: no process has the number, or /proc hides it from us, or there is no /proc. EMFILE,
 * ENFILE: no descriptors left.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of proc::Process::open in Rust
 * - ok; no such process: openat
 * - refused: none
 */
int rawipc_proc_open(int32_t pid, rawipc_error *error);

/**
 * Opens the directory in /proc of the calling process. After a fork it still means the parent.
 *
 * @return a descriptor of it, or -errno
 * @par Errors
 * As rawipc_proc_open().
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of proc::Process::own in Rust
 * - ok: openat
 */
int rawipc_proc_own(rawipc_error *error);

/**
 * Opens the table of a process's descriptors.
 *
 * @param table      gets it
 * @param process    of rawipc_proc_open() or rawipc_proc_own()
 * @param names      holds the next few numbers while the table is in use: RAWIPC_PROC_NAMES_MIN bytes are enough, and
 *                   each 24 more save going to the kernel once more often
 * @return 0, or -errno
 * @par Errors
 * EACCES: not ours to look into. ESRCH: it is gone. EMSGSIZE: names is too short. EMFILE, ENFILE: no descriptors left.
 * @par Ownership
 * The table is the caller's, until rawipc_proc_table_close(), and names is the table's until then.
 * @par Syscalls, as of proc::Process::descriptors in Rust
 * - ok; not ours; gone: openat
 * - refused: none
 */
int rawipc_proc_table_open(rawipc_proc_table *table, int process, void *names, size_t len,
                           rawipc_error *error);

/**
 * The next descriptor.
 *
 * One that another thread of the process has closed since its number was read is passed over.
 *
 * @param entry  gets it, its texts in text
 * @param text   RAWIPC_PROC_LINK_MAX bytes are always enough
 * @return 1, or 0 after the last one, or -errno
 * @par Errors
 * EMSGSIZE: text is too short; the descriptor stays for the next call. After any other error the next call goes on
 * behind it. ESRCH: the process is gone, so the table never ends early without a word. EACCES: it has become another
 * user's. EPROTO: what /proc said is nothing that a kernel says.
 * @par Syscalls, as of proc::Table::next in Rust
 * - ok: statx readlinkat statx
 * - the text ends in (deleted), it is a name: statx readlinkat statx openat statx close
 * - the text ends in (deleted), it is no name there: statx readlinkat statx openat statx close statx
 * - the text ends in (deleted), the root cannot be opened: statx readlinkat statx openat statx
 * - text too short; not ours any more: statx readlinkat
 * - a directory of /proc whose process is gone: statx readlinkat statx readlinkat
 * - the next numbers must be fetched: getdents64 [rawipc_proc_table_next()]
 * - one was closed meanwhile: statx [rawipc_proc_table_next()]
 * - one was closed after its mode was read: statx readlinkat [rawipc_proc_table_next()]
 * - one was closed after its text was read: statx readlinkat statx readlinkat [rawipc_proc_table_next()]
 * - the end; dead: getdents64 readlinkat
 * - the end, of a kernel thread; dying: getdents64 readlinkat openat read close
 * - gone: getdents64
 * - gone in between: getdents64 readlinkat openat
 * - refused: none
 */
int rawipc_proc_table_next(rawipc_proc_table *table, rawipc_proc_entry *entry, void *text,
                           size_t len, rawipc_error *error);

/**
 * Closes the table; the buffer of names is the caller's again.
 *
 * @return 0, or -errno
 * @par Syscalls, as of proc::Table in Rust
 * - drop: close
 */
int rawipc_proc_table_close(rawipc_proc_table *table, rawipc_error *error);

/**
 * What a link in a process's directory leads to.
 *
 * @param process  of rawipc_proc_open() or rawipc_proc_own()
 * @param link     RAWIPC_PROC_CWD, RAWIPC_PROC_ROOT or RAWIPC_PROC_EXE
 * @param file     gets it, its texts in text
 * @param text     RAWIPC_PROC_LINK_MAX bytes are always enough
 * @return 0, or -errno
 * @par Errors
 * As rawipc_proc_table_next(); and ENOENT: it has none, being a kernel thread, or one that has ended and was not
 * waited for. EINVAL: no such link.
 * @par Syscalls, as of proc::Process::link in Rust
 * - ok: readlinkat statx
 * - the text ends in (deleted), it is a name: readlinkat statx openat statx close
 * - the text ends in (deleted), it is no name there: readlinkat statx openat statx close statx
 * - the text ends in (deleted), the root cannot be opened: readlinkat statx openat statx
 * - not ours; gone; text too short: readlinkat
 * - a directory of /proc whose process is gone; gone after its text was read: readlinkat statx readlinkat
 * - refused: none
 */
int rawipc_proc_link(int process, uint32_t link, rawipc_proc_file *file, void *text, size_t len,
                     rawipc_error *error);

/**
 * Reads close-on-exec, status flags and offset of one descriptor of a process.
 *
 * @param process  of rawipc_proc_open() or rawipc_proc_own()
 * @param fd       its number, there
 * @param info     gets them
 * @return 0, or -errno
 * @par Errors
 * EBADF: fd is negative, or not open there. ESRCH: the process is gone. EACCES: not ours to look into. EMFILE, ENFILE:
 * no descriptors left. EPROTO: what /proc said is nothing that a kernel says.
 * @par Syscalls, as of proc::Process::fdinfo in Rust
 * - ok: openat read close
 * - not open there; dead: openat readlinkat
 * - not open there, in a kernel thread; dying: openat readlinkat openat read close
 * - not ours; gone: openat
 * - gone in between: openat readlinkat openat
 * - closed in between; closed in between, dead: openat read readlinkat close
 * - closed in between, in a kernel thread; closed in between, dying: openat read readlinkat openat read close close
 * - closed in between, gone: openat read readlinkat openat close
 * - refused: none
 */
int rawipc_proc_fdinfo(int process, int fd, rawipc_proc_info *info, rawipc_error *error);

/* == seccomp ======================================================================================
 * Allow-lists of exactly the calls that these functions make, as a filter in the kernel.
 *
 * A rawipc_seccomp_list is a set of calls, some with a condition on an argument; all zeroes is an empty one.
 * rawipc_seccomp_add() puts one of the lists that are made from the syscall tables into it, by name: a module
 * ("PIPE") or a role that a process plays once everything is set up ("PIPE_WRITER"). rawipc_seccomp_filter_make() turns
 * the list into instructions, rawipc_seccomp_filter_install() puts them in front of the thread for good.
 *
 * A C library makes calls of its own: give their numbers (SYS_… of <sys/syscall.h>) to rawipc_seccomp_filter_make().
 */

/** The process dies of SIGSYS at a call that is not on the list. */
#define RAWIPC_SECCOMP_KILL 0

/** A call that is not on the list is not made, and fails with an errno. */
#define RAWIPC_SECCOMP_ERRNO 1

/** A call that is not on the list is made, and the kernel's log tells of it. */
#define RAWIPC_SECCOMP_LOG 2

/** Instructions that a filter of any list has at the most, without numbers of the program's own. */
#define RAWIPC_SECCOMP_ROOM 128

/** A set of calls; all zeroes is an empty one. May be copied. */
typedef struct rawipc_seccomp_list {
    uint64_t opaque[3];
} rawipc_seccomp_list;

/**
 * The condition under which a call is let through: an argument, under a mask, is one of a few values.
 */
typedef struct rawipc_seccomp_check {
    /** Which argument, from 0. */
    uint32_t arg;
    /** The bits of it that are looked at. */
    uint32_t mask;
    /** How many values there are. */
    uint32_t len;
    /** What the argument may be under the mask. */
    uint32_t values[9];
} rawipc_seccomp_check;

/**
 * A filter that is ready to be put in front of the process, in the caller's instructions. A handle.
 */
typedef struct rawipc_seccomp_filter {
    uint64_t opaque[4];
} rawipc_seccomp_filter;

/** One instruction of a filter: the kernel's `struct sock_filter`. */
typedef struct rawipc_seccomp_instruction {
    /** What to do. */
    uint16_t code;
    /** How many instructions to pass over where a comparison holds. */
    uint8_t jump_true;
    /** How many where it does not. */
    uint8_t jump_false;
    /** The operand. */
    uint32_t operand;
} rawipc_seccomp_instruction;

/**
 * The names of the lists.
 *
 * @param index  from 0
 * @param buf    gets as much of the name as fits, always ended by a NUL; 32 bytes are enough
 * @return the length of the whole name without its NUL; 0 after the last; or -errno
 * @par Syscalls, as of seccomp::List::ALL in Rust
 * None.
 */
ssize_t rawipc_seccomp_name(size_t index, char *buf, size_t len, rawipc_error *error);

/**
 * Puts everything that is in one of the named lists into a list.
 *
 * @param list  is read and written
 * @param name  of rawipc_seccomp_name(), such as "RING_CONSUMER", or "EXIT" for what any program makes besides
 * @return 0, or -errno
 * @par Errors
 * EINVAL: no list has this name.
 * @par Syscalls, as of seccomp::List::and in Rust
 * None.
 */
int rawipc_seccomp_add(rawipc_seccomp_list *list, const char *name, rawipc_error *error);

/**
 * Puts one call into a list, with its condition; fcntl with every command of these functions.
 *
 * @param call  its name, as in the tables
 * @return 0, or -errno
 * @par Errors
 * EINVAL: none of these functions makes it; rawipc_seccomp_filter_make() takes any call by its number.
 * @par Syscalls, as of seccomp::List::with in Rust
 * None.
 */
int rawipc_seccomp_add_call(rawipc_seccomp_list *list, const char *call, rawipc_error *error);

/**
 * Takes one call out of a list; fcntl with all its commands.
 *
 * @param call  its name, as in the tables
 * @return 0, or -errno
 * @par Errors
 * EINVAL: none of these functions makes it.
 * @par Syscalls, as of seccomp::List::without in Rust
 * None.
 */
int rawipc_seccomp_remove_call(rawipc_seccomp_list *list, const char *call, rawipc_error *error);

/**
 * Puts fcntl with one command into a list.
 *
 * @param command  F_… of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * EINVAL: none of these functions gives it.
 * @par Syscalls, as of seccomp::List::with_fcntl in Rust
 * None.
 */
int rawipc_seccomp_add_fcntl(rawipc_seccomp_list *list, int command, rawipc_error *error);

/**
 * Takes one command of fcntl out of a list.
 *
 * @param command  F_… of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * EINVAL: none of these functions gives it.
 * @par Syscalls, as of seccomp::List::without_fcntl in Rust
 * None.
 */
int rawipc_seccomp_remove_fcntl(rawipc_seccomp_list *list, int command, rawipc_error *error);

/**
 * The calls of a list.
 *
 * @param index  from 0
 * @return a static string; NULL after the last
 * @par Syscalls, as of seccomp::List::calls in Rust
 * None.
 */
const char *rawipc_seccomp_call(const rawipc_seccomp_list *list, size_t index);

/**
 * The commands of fcntl in a list.
 *
 * @param index  from 0
 * @return F_… of <fcntl.h>; -1 after the last
 * @par Syscalls, as of seccomp::List::fcntls in Rust
 * None.
 */
int rawipc_seccomp_fcntl(const rawipc_seccomp_list *list, size_t index);

/**
 * What an argument of a call must be.
 *
 * @param call   its name
 * @param check  gets the condition where there is one
 * @return 1 where there is one; 0: any arguments will do, or the call is not on the list; or -errno
 * @par Errors
 * EINVAL: none of these functions makes it.
 * @par Syscalls, as of seccomp::List::check in Rust
 * None.
 */
int rawipc_seccomp_check_of(const rawipc_seccomp_list *list, const char *call,
                            rawipc_seccomp_check *check, rawipc_error *error);

/**
 * Makes a filter that lets the calls of a list through, with their conditions, and those that have one of the numbers,
 * with any arguments; everything else meets the action.
 *
 * Calls of another architecture, and of x32 on x86-64, end the process whatever the action.
 *
 * @param filter   gets it
 * @param numbers  count numbers of calls, or NULL
 * @param action   RAWIPC_SECCOMP_KILL, RAWIPC_SECCOMP_ERRNO or RAWIPC_SECCOMP_LOG
 * @param code     the errno, with RAWIPC_SECCOMP_ERRNO; else 0
 * @param buf      len instructions: RAWIPC_SECCOMP_ROOM are enough where there are no numbers
 * @return how many instructions it has, or -errno
 * @par Errors
 * EMSGSIZE: buf is too small; `needed` tells how many instructions it takes. EINVAL: no such action or errno, or more
 * numbers than a filter can have. ENOSYS: an architecture without numbers.
 * @par Ownership
 * buf is the filter's for as long as it is in use; there is nothing to close.
 * @par Syscalls, as of seccomp::Filter::new in Rust
 * None.
 */
ssize_t rawipc_seccomp_filter_make(rawipc_seccomp_filter *filter, const rawipc_seccomp_list *list,
                                   const uint32_t *numbers, size_t count, uint32_t action, int code,
                                   rawipc_seccomp_instruction *buf, size_t len,
                                   rawipc_error *error);

/**
 * Puts the filter in front of the calling thread, and of whatever it forks, starts or executes from now on. Nothing
 * takes it away again.
 *
 * A further filter can only take more away; to install one, "SECCOMP" must be in the first.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: this kernel has no filters. ENOMEM: with those before it, they are too long.
 * @par Syscalls, as of seccomp::Filter::install in Rust
 * - ok; refused by the kernel: prctl seccomp
 * - no prctl, because of an earlier filter: prctl
 */
int rawipc_seccomp_filter_install(const rawipc_seccomp_filter *filter, rawipc_error *error);

/**
 * The same, in front of every thread of the process.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_seccomp_filter_install(); ESRCH: a thread has a filter that this one has not.
 * @par Syscalls, as of seccomp::Filter::install_on_all_threads in Rust
 * - as rawipc_seccomp_filter_install()
 */
int rawipc_seccomp_filter_install_on_all_threads(const rawipc_seccomp_filter *filter,
                                                 rawipc_error *error);

#ifdef __cplusplus
}
#endif

#endif /* RAWIPC_H */

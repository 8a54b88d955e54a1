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

/* -- epoll ----------------------------------------------------------------------------------------
 * A set of descriptors that the kernel keeps, for more of them than are worth handing over at each wait.
 *
 * The set is a plain descriptor. What is ready costs as much as there is of it, however large the set. A descriptor is
 * told by the token that it was added with. It leaves the set when it is removed, or when every copy of it is closed.
 * A receiver that keeps messages in a buffer of its own (frames) must be asked for them before each wait.
 */

/** Told at each wait for as long as it is ready. */
#define RAWIPC_TRIGGER_LEVEL 0

/**
 * Told once for each time that something comes: whoever is told goes on until -EAGAIN, or is not told of the rest.
 */
#define RAWIPC_TRIGGER_EDGE 1

/** Told once, and then no more until rawipc_epoll_change() arms it anew. */
#define RAWIPC_TRIGGER_ONCE 2

/** One descriptor that is ready. */
typedef struct rawipc_ready {
    /** What it was added with. */
    uint64_t token;
    /** What it is ready for: RAWIPC_EVENT_…; an error or a hang-up is told unasked. */
    uint32_t told;
    /** 0. */
    uint32_t reserved;
} rawipc_ready;

/**
 * Makes an empty set.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left, in this process or at all.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of wait::Epoll::create in Rust
 * - ok: epoll_create1
 */
int rawipc_epoll_create(rawipc_error *error);

/**
 * Tells of a descriptor from now on.
 *
 * @param events   RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, RAWIPC_EVENT_PEER_CLOSED
 * @param trigger  RAWIPC_TRIGGER_…
 * @return 0, or -errno
 * @par Errors
 * EINVAL: other events, or another trigger. EEXIST: it is there already. EPERM: a regular file or directory, of which epoll
 * knows nothing. ENOSPC: this user watches too many.
 * @par Syscalls, as of wait::Epoll::add in Rust
 * - ok; there already: epoll_ctl
 */
int rawipc_epoll_add(int set, int fd, uint32_t events, uint32_t trigger, uint64_t token,
                     rawipc_error *error);

/**
 * Tells of other events, in another way, with another token. What is ready already is told, edge-triggered as well.
 *
 * @param events   RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, RAWIPC_EVENT_PEER_CLOSED
 * @param trigger  RAWIPC_TRIGGER_…
 * @return 0, or -errno
 * @par Errors
 * EINVAL: other events, or another trigger. ENOENT: it is not there.
 * @par Syscalls, as of wait::Epoll::change in Rust
 * - ok; not there: epoll_ctl
 */
int rawipc_epoll_change(int set, int fd, uint32_t events, uint32_t trigger, uint64_t token,
                        rawipc_error *error);

/**
 * Tells of a descriptor no more.
 *
 * @return 0, or -errno
 * @par Errors
 * ENOENT: it is not there.
 * @par Syscalls, as of wait::Epoll::remove in Rust
 * - ok; not there: epoll_ctl
 */
int rawipc_epoll_remove(int set, int fd, rawipc_error *error);

/**
 * Those that are ready, or waits for one.
 *
 * @param ready  len of them, of which as many are written as are ready
 * @return how many, or -errno
 * @par Errors
 * EINVAL: len is 0. ETIMEDOUT: none is ready in time. EINTR where wait asks for it.
 * @par Syscalls, as of wait::Epoll::wait in Rust
 * - ready; a limit of zero: epoll_pwait
 * - waits for ever: (epoll_pwait ppoll)×n epoll_pwait
 * - waits with a limit: (epoll_pwait clock_gettime ppoll)×n epoll_pwait
 * - times out: (epoll_pwait clock_gettime ppoll)×n
 * - times out, by the clock: (epoll_pwait clock_gettime ppoll)×n epoll_pwait clock_gettime
 * - over from the start: epoll_pwait clock_gettime
 * - a signal ends it, for ever: (epoll_pwait ppoll)×n
 * - a signal ends it, with a limit: (epoll_pwait clock_gettime ppoll)×n
 * - refused: none
 * @par Syscalls, as of wait::Ready::token in Rust
 * None.
 */
ssize_t rawipc_epoll_wait(int set, rawipc_ready *ready, size_t len, const rawipc_wait *wait,
                          rawipc_error *error);

/**
 * Those that are ready now.
 *
 * @param ready  len of them, of which as many are written as are ready
 * @return how many, or -errno
 * @par Errors
 * As rawipc_epoll_wait(), and EAGAIN in place of a wait.
 * @par Syscalls, as of wait::Epoll::try_wait in Rust
 * - ready; none is: epoll_pwait
 * - refused: none
 */
ssize_t rawipc_epoll_try_wait(int set, rawipc_ready *ready, size_t len, rawipc_error *error);

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

/* -- packet ---------------------------------------------------------------------------------------
 * Pipes of whole messages: each write is a packet, which is read as one.
 */

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
 * awake a message costs no syscall. An end is of the first process that sends or receives with it: to any other it says
 * -EPERM, and may be closed without harm.
 *
 * The descriptor of an end, rawipc_ring_producer_fd() and rawipc_ring_consumer_fd(), is its doorbell. It becomes
 * readable, for a producer that waits for room too, when the other side is gone, or did something since this side was
 * last told -EAGAIN or -ETIMEDOUT: so a loop over several channels tries until -EAGAIN, then polls. A producer that sends or
 * reserves something smaller in between has to be told so anew.
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
 * left, of which six stay and a seventh is used for a moment.
 * @par Ownership
 * Both are the caller's, until rawipc_ring_producer_close() and rawipc_ring_consumer_close(), in each process.
 * @par Syscalls, as of ring::pair in Rust
 * - ok; no membarrier: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl mmap mmap close memfd_create fallocate fcntl mmap fcntl mmap close membarrier
 * - signals come: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1
 *   epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create (fallocate)×n fcntl mmap mmap fcntl mmap
 *   mmap close memfd_create (fallocate)×n fcntl mmap fcntl mmap close membarrier
 * - before 6.3: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1
 *   epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create memfd_create fallocate fcntl mmap mmap fcntl
 *   mmap mmap close memfd_create memfd_create fallocate fcntl mmap fcntl mmap close membarrier
 * - no socket: socketpair
 * - no bell: socketpair eventfd2 close close
 * - a bell without a count: socketpair eventfd2 write close close close
 * - no second bell: socketpair eventfd2 write eventfd2 close close close
 * - a second bell without a count: socketpair eventfd2 write eventfd2 write close close close close
 * - no epoll: socketpair eventfd2 write eventfd2 write epoll_create1 close close close close
 * - nothing to be added to it: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl close close close close
 *   close
 * - nothing more to be added to it: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl close
 *   close close close close
 * - no second epoll: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 close close close close close
 * - nothing to be added to the second: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait epoll_create1 epoll_ctl close close close close close close
 * - nothing more to be added to the second: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait epoll_create1 epoll_ctl epoll_ctl close close close close close close
 * - no page for a mark: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap close close close close close close
 * - a mark is refused: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise munmap close close close close close close
 * - no page for the second mark: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap munmap close close close close close close
 * - the second mark is refused: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise munmap munmap close close close close close
 *   close
 * - no descriptor for the memory: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create munmap munmap
 *   close close close close close close
 * - no memory: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1
 *   epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate close munmap munmap close close
 *   close close close close
 * - sealing the size fails: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl close munmap
 *   munmap close close close close close close
 * - no mapping: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1
 *   epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap close munmap munmap
 *   close close close close close close
 * - no second mapping: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap
 *   munmap close munmap munmap close close close close close close
 * - sealing writes fails: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl munmap close munmap munmap close close close close close close
 * - no third mapping: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl mmap munmap close munmap munmap close close close close close close
 * - no fourth mapping: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl mmap mmap munmap munmap close munmap munmap close close close close close close
 * - none left for the second memory: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl
 *   mmap mmap fcntl mmap mmap close memfd_create munmap munmap munmap munmap close close close close close close
 * - no memory for the second: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl mmap mmap close memfd_create fallocate close munmap munmap munmap munmap close close close close close close
 * - sealing the second size fails: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl
 *   mmap mmap fcntl mmap mmap close memfd_create fallocate fcntl close munmap munmap munmap munmap close close close
 *   close close close
 * - no fifth mapping: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl mmap mmap close memfd_create fallocate fcntl mmap close munmap munmap munmap munmap close close close close
 *   close close
 * - sealing writes to the second fails: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl
 *   mmap mmap fcntl mmap mmap close memfd_create fallocate fcntl mmap fcntl munmap close munmap munmap munmap munmap
 *   close close close close close close
 * - no sixth mapping: socketpair eventfd2 write eventfd2 write epoll_create1 epoll_ctl epoll_ctl epoll_pwait
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait mmap madvise mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl mmap mmap close memfd_create fallocate fcntl mmap fcntl mmap munmap close munmap munmap munmap munmap close
 *   close close close close close
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
 * time. EBADMSG: the consumer wrote what cannot be; the ring stays so. EPERM: the end is another process's.
 * @par Syscalls, as of ring::Producer::send in Rust
 * - room; gone already; corrupt; another process's; refused: none
 * - room, the consumer sleeps: read
 * - room, the consumer sleeps on; the consumer was dropped: epoll_pwait
 * - a copy of the consumer was dropped: epoll_pwait [rawipc_ring_send()]
 * - many messages since the last sleep: membarrier [rawipc_ring_send()]
 * - polls, and looks at the doorbell: (epoll_pwait)×n [rawipc_ring_send()]
 * - polls with a limit, and looks at the doorbell: (epoll_pwait clock_gettime)×n [rawipc_ring_send()]
 * - polls, and yields: (sched_yield)×n [rawipc_ring_send()]
 * - yields on, and looks at the doorbell: (sched_yield)×n (epoll_pwait sched_yield)×n [rawipc_ring_send()]
 * - yields on with a limit, and looks at the doorbell: (sched_yield)×n (epoll_pwait clock_gettime sched_yield)×n
 *   [rawipc_ring_send()]
 * - waits for ever; the consumer is gone, waits for ever; a signal ends it, for ever: (epoll_pwait)×n
 *   [rawipc_ring_send()]
 * - waits with a limit; the consumer is gone, waits with a limit; times out; times out, by the clock; a signal ends it,
 *   with a limit: (clock_gettime epoll_pwait2)×n [rawipc_ring_send()]
 * - over from the start; room came just then, over from the start: clock_gettime epoll_pwait [rawipc_ring_send()]
 * - a limit of zero; room came just then, a limit of zero: epoll_pwait [rawipc_ring_send()]
 * - before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it: (clock_gettime epoll_pwait2
 *   epoll_pwait)×n
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
 * - room; gone already; corrupt; another process's; refused: none
 * - room, the consumer sleeps: read
 * - room, the consumer sleeps on; the consumer was dropped: epoll_pwait
 * - a copy of the consumer was dropped: epoll_pwait [rawipc_ring_try_send()]
 * - no room; the consumer is gone; room came just then: epoll_pwait
 * - room came just then, the consumer sleeps: epoll_pwait read
 * - no room, many messages since the last sleep: membarrier [rawipc_ring_try_send()]
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
 * EBADMSG: the producer wrote what cannot be; the ring stays so. EPERM: the end is another process's.
 * @par Syscalls, as of ring::Consumer::recv in Rust
 * - a message is there; too small a buffer; gone already; corrupt; another process's: none
 * - a message is there, the producer waits for room: read
 * - nothing there, the producer waits for room: read [rawipc_ring_recv()]
 * - many messages since the last sleep: membarrier [rawipc_ring_recv()]
 * - polls, and looks at the doorbell: (epoll_pwait)×n [rawipc_ring_recv()]
 * - polls with a limit, and looks at the doorbell: (epoll_pwait clock_gettime)×n [rawipc_ring_recv()]
 * - polls, and yields: (sched_yield)×n [rawipc_ring_recv()]
 * - yields on, and looks at the doorbell: (sched_yield)×n (epoll_pwait sched_yield)×n [rawipc_ring_recv()]
 * - yields on with a limit, and looks at the doorbell: (sched_yield)×n (epoll_pwait clock_gettime sched_yield)×n
 *   [rawipc_ring_recv()]
 * - waits for ever; the end, waits for ever; a signal ends it, for ever: (epoll_pwait)×n [rawipc_ring_recv()]
 * - waits with a limit; the end, waits with a limit; times out; times out, by the clock; a signal ends it, with a
 *   limit: (clock_gettime epoll_pwait2)×n [rawipc_ring_recv()]
 * - over from the start; a message came just then, over from the start: clock_gettime epoll_pwait [rawipc_ring_recv()]
 * - a limit of zero; a message came just then, a limit of zero: epoll_pwait [rawipc_ring_recv()]
 * - before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it: (clock_gettime epoll_pwait2
 *   epoll_pwait)×n
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
 * - a message is there; too small a buffer; gone already; corrupt; another process's: none
 * - a message is there, the producer waits for room: read
 * - nothing there; the end; a message came just then: epoll_pwait
 * - nothing there, the producer waits for room; a message came just then, the producer waits for room: epoll_pwait read
 * - a message came just then, the producer waits for room twice: epoll_pwait read read
 * - nothing there, many messages since the last sleep: membarrier [rawipc_ring_try_recv()]
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
 * How a wait of the end that sends polls before it sleeps; not at all to begin with.
 *
 * First looks with a pause of the processor between them, then looks with a sched_yield between them, then the sleep.
 * UINT32_MAX is without end. The other side's death and a deadline end the polling, a signal does not.
 *
 * @param pauses  how many looks with a pause
 * @param yields  how many looks with a yield
 * @return 0, or -errno
 * @par Syscalls, as of ring::Producer::set_polling in Rust
 * None.
 */
int rawipc_ring_producer_set_polling(rawipc_ring_producer *producer, uint32_t pauses,
                                     uint32_t yields, rawipc_error *error);

/**
 * How a wait of the end that receives polls before it sleeps; not at all to begin with.
 *
 * First looks with a pause of the processor between them, then looks with a sched_yield between them, then the sleep.
 * UINT32_MAX is without end. The other side's death and a deadline end the polling, a signal does not.
 *
 * @param pauses  how many looks with a pause
 * @param yields  how many looks with a yield
 * @return 0, or -errno
 * @par Syscalls, as of ring::Consumer::set_polling in Rust
 * None.
 */
int rawipc_ring_consumer_set_polling(rawipc_ring_consumer *consumer, uint32_t pauses,
                                     uint32_t yields, rawipc_error *error);

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
 * - drop: close close close munmap munmap munmap
 */
int rawipc_ring_producer_close(rawipc_ring_producer *producer, rawipc_error *error);

/**
 * Closes the end that receives: unmaps its memory, and the other side is told.
 *
 * @return 0, or -errno
 * @par Syscalls, as of ring::Consumer in Rust
 * - drop: close close close munmap munmap munmap
 */
int rawipc_ring_consumer_close(rawipc_ring_consumer *consumer, rawipc_error *error);

/* -- corruption -----------------------------------------------------------------------------------
 * What an end of a ring saw that cannot be.
 */

/**
 * The length in front of a message, which the producer writes. 0: a message that was there was taken back.
 */
#define RAWIPC_RING_LENGTH 1

/** How far the consumer has come. */
#define RAWIPC_RING_POSITION 2

/**
 * The word of the other side that made a ring corrupt, as it was when it was loaded: kept for good.
 */
typedef struct rawipc_ring_corruption {
    /** Which word: RAWIPC_RING_LENGTH or RAWIPC_RING_POSITION. */
    uint32_t word;
    /** What it said. */
    uint32_t value;
    /** Where in the ring we were, in bytes since its beginning, counted round at 2³². */
    uint32_t position;
    /** The least that it could have said. */
    uint32_t least;
    /**
     * The most that it could have said. From the least to the most positions are counted round, and are multiples of 64.
     */
    uint32_t most;
} rawipc_ring_corruption;

/**
 * What made the ring corrupt, as the producer saw it.
 *
 * @param corruption  gets it
 * @return 0, or -errno
 * @par Errors
 * ENODATA: it is not corrupt.
 * @par Syscalls, as of ring::Producer::corruption in Rust
 * None.
 */
int rawipc_ring_producer_corruption(const rawipc_ring_producer *producer,
                                    rawipc_ring_corruption *corruption, rawipc_error *error);

/**
 * What made the ring corrupt, as the consumer saw it.
 *
 * @param corruption  gets it
 * @return 0, or -errno
 * @par Errors
 * ENODATA: it is not corrupt.
 * @par Syscalls, as of ring::Consumer::corruption in Rust
 * None.
 */
int rawipc_ring_consumer_corruption(const rawipc_ring_consumer *consumer,
                                    rawipc_ring_corruption *corruption, rawipc_error *error);

/* -- inplace --------------------------------------------------------------------------------------
 * Messages written and read where they lie in the ring.
 *
 * What was reserved is the caller's to write to until rawipc_ring_commit(), rawipc_ring_abandon() or the next message
 * that the same end sends. What was read stays where it is until rawipc_ring_done() or the next message that the same
 * end receives. The producer may be writing to it at any moment, against the rules: rawipc_ring_copy() is safe from
 * that, and whoever uses the pointer reads each byte once, through volatile, and judges what was read.
 */

/**
 * Room for one message of up to size bytes, to be written in place.
 *
 * A child made by fork has nothing to write there.
 *
 * @param at  gets where it lies, in one piece, aligned to 16 bytes
 * @return 0, or -errno
 * @par Errors
 * As rawipc_ring_send() of a message of size bytes.
 * @par Syscalls, as of ring::Producer::reserve in Rust
 * - room; gone already; corrupt; another process's; refused: none
 * - the consumer was dropped: epoll_pwait
 * - a copy of the consumer was dropped: epoll_pwait [rawipc_ring_reserve()]
 * - many messages since the last sleep: membarrier [rawipc_ring_reserve()]
 * - polls, and looks at the doorbell: (epoll_pwait)×n [rawipc_ring_reserve()]
 * - polls with a limit, and looks at the doorbell: (epoll_pwait clock_gettime)×n [rawipc_ring_reserve()]
 * - polls, and yields: (sched_yield)×n [rawipc_ring_reserve()]
 * - yields on, and looks at the doorbell: (sched_yield)×n (epoll_pwait sched_yield)×n [rawipc_ring_reserve()]
 * - yields on with a limit, and looks at the doorbell: (sched_yield)×n (epoll_pwait clock_gettime sched_yield)×n
 *   [rawipc_ring_reserve()]
 * - waits for ever; the consumer is gone, waits for ever; a signal ends it, for ever: (epoll_pwait)×n
 *   [rawipc_ring_reserve()]
 * - waits with a limit; the consumer is gone, waits with a limit; times out; times out, by the clock; a signal ends it,
 *   with a limit: (clock_gettime epoll_pwait2)×n [rawipc_ring_reserve()]
 * - over from the start; room came just then, over from the start: clock_gettime epoll_pwait
 * - a limit of zero; room came just then, a limit of zero: epoll_pwait
 * - before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it: (clock_gettime epoll_pwait2
 *   epoll_pwait)×n
 */
int rawipc_ring_reserve(rawipc_ring_producer *producer, void **at, size_t size,
                        const rawipc_wait *wait, rawipc_error *error);

/**
 * Room for one message of up to size bytes, to be written in place, if there is so much now.
 *
 * @param at  gets where it lies, in one piece, aligned to 16 bytes
 * @return 0, or -errno
 * @par Errors
 * As rawipc_ring_try_send() of a message of size bytes.
 * @par Syscalls, as of ring::Producer::try_reserve in Rust
 * - room; gone already; corrupt; another process's; refused: none
 * - no room; the consumer is gone; the consumer was dropped; room came just then: epoll_pwait
 * - a copy of the consumer was dropped: epoll_pwait [rawipc_ring_try_reserve()]
 * - no room, many messages since the last sleep: membarrier [rawipc_ring_try_reserve()]
 */
int rawipc_ring_try_reserve(rawipc_ring_producer *producer, void **at, size_t size,
                            rawipc_error *error);

/**
 * Sends the first size bytes of what was reserved as one message, and gives the rest of the room back.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: nothing is reserved, or size is 0. EMSGSIZE: more than was reserved, which `needed` tells; nothing is reserved
 * any more. EPIPE, EBADMSG: a call since said so. Any errno of read breaks the end for good: the message may arrive.
 * @par Syscalls, as of ring::Reservation::commit in Rust
 * - ok; refused; another process's: none
 * - ok, the consumer sleeps: read
 * - ok, the consumer sleeps on: epoll_pwait
 */
int rawipc_ring_commit(rawipc_ring_producer *producer, size_t size, rawipc_error *error);

/**
 * Gives back what was reserved, with nothing sent.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: nothing is reserved.
 * @par Syscalls, as of ring::Reservation in Rust
 * - drop: none
 */
int rawipc_ring_abandon(rawipc_ring_producer *producer, rawipc_error *error);

/**
 * One message, to be read where it lies. Until it is done, it is there again at the next call.
 *
 * @param at  gets where it lies, in one piece, aligned to 16 bytes; not at the end
 * @return its length; 0: the producer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * ETIMEDOUT: nothing came in time. EBADMSG: the producer wrote what cannot be; the ring stays so. EPERM: the end is
 * another process's.
 * @par Syscalls, as of ring::Consumer::read in Rust
 * - a message is there; gone already; corrupt; another process's: none
 * - nothing there, the producer waits for room: read [rawipc_ring_read()]
 * - many messages since the last sleep: membarrier [rawipc_ring_read()]
 * - polls, and looks at the doorbell: (epoll_pwait)×n [rawipc_ring_read()]
 * - polls with a limit, and looks at the doorbell: (epoll_pwait clock_gettime)×n [rawipc_ring_read()]
 * - polls, and yields: (sched_yield)×n [rawipc_ring_read()]
 * - yields on, and looks at the doorbell: (sched_yield)×n (epoll_pwait sched_yield)×n [rawipc_ring_read()]
 * - yields on with a limit, and looks at the doorbell: (sched_yield)×n (epoll_pwait clock_gettime sched_yield)×n
 *   [rawipc_ring_read()]
 * - waits for ever; the end, waits for ever; a signal ends it, for ever: (epoll_pwait)×n [rawipc_ring_read()]
 * - waits with a limit; the end, waits with a limit; times out; times out, by the clock; a signal ends it, with a
 *   limit: (clock_gettime epoll_pwait2)×n [rawipc_ring_read()]
 * - over from the start; a message came just then, over from the start: clock_gettime epoll_pwait
 * - a limit of zero; a message came just then, a limit of zero: epoll_pwait
 * - before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it: (clock_gettime epoll_pwait2
 *   epoll_pwait)×n
 */
ssize_t rawipc_ring_read(rawipc_ring_consumer *consumer, const void **at, const rawipc_wait *wait,
                         rawipc_error *error);

/**
 * One message, to be read where it lies, if there is one now.
 *
 * @param at  gets where it lies, in one piece, aligned to 16 bytes; not at the end
 * @return its length; 0: the producer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * As rawipc_ring_read(), and EAGAIN in place of a wait.
 * @par Syscalls, as of ring::Consumer::try_read in Rust
 * - a message is there; gone already; corrupt; another process's: none
 * - nothing there; the end; a message came just then: epoll_pwait
 * - nothing there, the producer waits for room: epoll_pwait read
 * - nothing there, many messages since the last sleep: membarrier [rawipc_ring_try_read()]
 */
ssize_t rawipc_ring_try_read(rawipc_ring_consumer *consumer, const void **at, rawipc_error *error);

/**
 * Copies a part of the message that was read into buf, each byte read once.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: no message was read. ERANGE: the bytes do not all lie in it; nothing is copied then.
 * @par Syscalls, as of ring::Message::copy_to in Rust
 * - ok; refused: none
 */
int rawipc_ring_copy(rawipc_ring_consumer *consumer, size_t offset, void *buf, size_t len,
                     rawipc_error *error);

/**
 * Takes the message that was read off the ring.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: no message was read, or it was taken.
 * @par Syscalls, as of ring::Message::done in Rust
 * - ok: none
 * - ok, the producer waits for room: read
 */
int rawipc_ring_done(rawipc_ring_consumer *consumer, rawipc_error *error);

/* -- many -----------------------------------------------------------------------------------------
 * Many writers, one reader: a ring each, behind one receiver.
 *
 * Each writer has a ring of its own, and none of them can do anything to another's. rawipc_ring_many_recv() says of each
 * message whose it is, by the index of its slot. While messages are there it makes no syscall, but for one after 65,536
 * messages, by which it hears who has died; where there are none, it sleeps once for all of them.
 *
 * Rings that have messages have their turns one after the other, one message a turn. With each message the next eight
 * rings that have no turn to come are looked at: of n rings, counted up to the last slot that is taken, at most
 * ⌈n / 8⌉ − 1 messages are handed out before a ring that has one has a turn to come, and then at most one of each other
 * ring.
 */

/** A message, at the beginning of the buffer. */
#define RAWIPC_RING_MESSAGE 1

/** A producer is gone, and everything that it sent has been handed out. Its slot is free again. */
#define RAWIPC_RING_END 2

/**
 * A producer wrote what cannot be. Its ring stays in the slot until it is removed, and is not heard any more.
 */
#define RAWIPC_RING_CORRUPT 3

/**
 * A message for which the buffer is too small. It stays, and its ring has its next turn after all others.
 */
#define RAWIPC_RING_TOO_LONG 4

/** Many rings behind one receiver. A handle: it does not move, and neither do its slots. */
typedef struct rawipc_ring_many {
    uint64_t opaque[16];
} rawipc_ring_many;

/** Room for one ring. What is in it is the receiver's. */
typedef struct rawipc_ring_slot {
    uint64_t slot[20];
} rawipc_ring_slot;

/** What rawipc_ring_many_recv() tells. */
typedef struct rawipc_ring_received {
    /** RAWIPC_RING_MESSAGE, RAWIPC_RING_END, RAWIPC_RING_CORRUPT or RAWIPC_RING_TOO_LONG. */
    uint32_t kind;
    /** Whose: the index of its slot. */
    uint32_t from;
    /** Of a message, there or too long: its bytes. */
    uint64_t len;
    /** Of a corrupt ring: what was written there. */
    rawipc_ring_corruption saw;
    /** 0. */
    uint32_t reserved;
} rawipc_ring_received;

/**
 * Makes a receiver with as many slots as there are, emptied.
 *
 * @param many  gets it
 * @return 0, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left, in this process or at all. ENOMEM.
 * @par Ownership
 * The slots are the receiver's until rawipc_ring_many_close(). It is this process's: a child of it is told -EPERM.
 * @par Syscalls, as of ring::Many::new in Rust
 * - ok: epoll_create1 mmap madvise
 * - no set: epoll_create1
 * - no page for a mark: epoll_create1 mmap close
 * - a mark is refused: epoll_create1 mmap madvise munmap close
 */
int rawipc_ring_many_new(rawipc_ring_many *many, rawipc_ring_slot *slots, size_t len,
                         rawipc_error *error);

/**
 * Puts a ring into the first free slot.
 *
 * The ring is this process's from now on. What was sent before is handed out as well.
 *
 * @return the index of the slot, or -errno
 * @par Errors
 * ENOBUFS: no slot is free. EPERM: the ring is another process's, or the receiver is. ENOSPC: this user watches too many.
 * @par Ownership
 * The ring is the receiver's from now on, and its handle closed: on failure too, unless an argument is refused.
 * @par Syscalls, as of ring::Many::admit in Rust
 * - ok: epoll_ctl epoll_ctl
 * - refused: close close close munmap munmap munmap
 * - not in the set: epoll_ctl close close close munmap munmap munmap
 * - by half in the set: epoll_ctl epoll_ctl epoll_ctl close close close munmap munmap munmap
 */
ssize_t rawipc_ring_many_admit(rawipc_ring_many *many, rawipc_ring_consumer *consumer,
                               rawipc_error *error);

/**
 * Takes a ring out of its slot, with all that has not been handed out.
 *
 * @param consumer  gets it
 * @return 0, or -errno
 * @par Errors
 * ENOENT: no ring is there.
 * @par Ownership
 * The ring is the caller's to close.
 * @par Syscalls, as of ring::Many::remove in Rust
 * - ok: epoll_ctl epoll_ctl
 * - none there; a corrupt one that was told; another process's: none
 */
int rawipc_ring_many_remove(rawipc_ring_many *many, size_t index, rawipc_ring_consumer *consumer,
                            rawipc_error *error);

/**
 * Copies out the message whose turn it is, or tells of an end, waiting for either.
 *
 * @param received  gets what it is, and whose
 * @return 0, or -errno
 * @par Errors
 * ETIMEDOUT; EINTR where wait asks for it. ENOTCONN: no ring is there, or corrupt ones alone. EPERM: it is another
 * process's. That the buffer is too small is no error, but told in `received`, with whose message it is.
 * @par Syscalls, as of ring::Many::recv in Rust
 * - a message is there; too small a buffer; no ring; another process's: none
 * - a message is there, its producer waits for room: read
 * - the end of one: epoll_ctl epoll_ctl close close close munmap munmap munmap
 * - a corrupt one: epoll_ctl epoll_ctl
 * - 65,536 messages since the kernel was asked: (epoll_pwait)×n [rawipc_ring_many_recv()]
 * - nothing there, producers wait for room: (read)×n [rawipc_ring_many_recv()]
 * - many messages since the last sleep: membarrier [rawipc_ring_many_recv()]
 * - polls, and looks at the doorbell: (epoll_pwait)×n [rawipc_ring_many_recv()]
 * - polls with a limit, and looks at the doorbell: (epoll_pwait clock_gettime)×n [rawipc_ring_many_recv()]
 * - polls, and yields: (sched_yield)×n [rawipc_ring_many_recv()]
 * - yields on, and looks at the doorbell: (sched_yield)×n (epoll_pwait sched_yield)×n [rawipc_ring_many_recv()]
 * - yields on with a limit, and looks at the doorbell: (sched_yield)×n (epoll_pwait clock_gettime sched_yield)×n
 *   [rawipc_ring_many_recv()]
 * - waits for ever; an end, waits for ever; a signal ends it, for ever: (epoll_pwait)×n [rawipc_ring_many_recv()]
 * - waits with a limit; an end, waits with a limit; times out; times out, by the clock; a signal ends it, with a limit:
 *   (clock_gettime epoll_pwait2)×n [rawipc_ring_many_recv()]
 * - over from the start; a message came just then, over from the start: clock_gettime epoll_pwait
 *   [rawipc_ring_many_recv()]
 * - a limit of zero; a message came just then, a limit of zero: epoll_pwait [rawipc_ring_many_recv()]
 * - before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it: (clock_gettime epoll_pwait2
 *   epoll_pwait)×n
 */
int rawipc_ring_many_recv(rawipc_ring_many *many, rawipc_ring_received *received, void *buf,
                          size_t len, const rawipc_wait *wait, rawipc_error *error);

/**
 * Copies out the message whose turn it is, or tells of an end, if either is there now.
 *
 * @param received  gets what it is, and whose
 * @return 0, or -errno
 * @par Errors
 * As rawipc_ring_many_recv(), and EAGAIN in place of a wait.
 * @par Syscalls, as of ring::Many::try_recv in Rust
 * - a message is there; too small a buffer; no ring; another process's: none
 * - a message is there, its producer waits for room: read
 * - the end of one: epoll_ctl epoll_ctl close close close munmap munmap munmap
 * - a corrupt one: epoll_ctl epoll_ctl
 * - 65,536 messages since the kernel was asked: (epoll_pwait)×n [rawipc_ring_many_try_recv()]
 * - nothing there: epoll_pwait
 * - nothing there, producers wait for room: epoll_pwait (read)×n
 * - something is heard: epoll_pwait [rawipc_ring_many_try_recv()]
 * - many messages since the last sleep: membarrier [rawipc_ring_many_try_recv()]
 */
int rawipc_ring_many_try_recv(rawipc_ring_many *many, rawipc_ring_received *received, void *buf,
                              size_t len, rawipc_error *error);

/**
 * What made the ring in a slot corrupt.
 *
 * @param corruption  gets it
 * @return 0, or -errno
 * @par Errors
 * ENOENT: no ring is there. ENODATA: it is not corrupt.
 * @par Syscalls, as of ring::Many::get in Rust
 * None.
 */
int rawipc_ring_many_corruption(const rawipc_ring_many *many, size_t index,
                                rawipc_ring_corruption *corruption, rawipc_error *error);

/**
 * The largest message that can come of any of them.
 *
 * @return its bytes, or -errno
 * @par Syscalls, as of ring::Many::recv_limit in Rust
 * None.
 */
ssize_t rawipc_ring_many_recv_limit(const rawipc_ring_many *many, rawipc_error *error);

/**
 * How many rings there are, corrupt ones among them.
 *
 * @return how many, or -errno
 * @par Syscalls, as of ring::Many::len in Rust
 * None.
 */
ssize_t rawipc_ring_many_len(const rawipc_ring_many *many, rawipc_error *error);

/**
 * How many rings there can be.
 *
 * @return how many, or -errno
 * @par Syscalls, as of ring::Many::capacity in Rust
 * None.
 */
ssize_t rawipc_ring_many_capacity(const rawipc_ring_many *many, rawipc_error *error);

/**
 * How a wait for a message polls before it sleeps; not at all to begin with. What the rings were told is not asked.
 *
 * @param pauses  how many looks with a pause
 * @param yields  how many looks with a yield
 * @return 0, or -errno
 * @par Syscalls, as of ring::Many::set_polling in Rust
 * None.
 */
int rawipc_ring_many_set_polling(rawipc_ring_many *many, uint32_t pauses, uint32_t yields,
                                 rawipc_error *error);

/**
 * A descriptor that is RAWIPC_EVENT_READABLE when there may be something to receive since this was last told -EAGAIN or
 * -ETIMEDOUT: for another loop. It stays the receiver's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of ring::Many::as_fd in Rust
 * None.
 */
int rawipc_ring_many_fd(const rawipc_ring_many *many, rawipc_error *error);

/**
 * Closes the receiver and the rings in it; the slots are the caller's again.
 *
 * @return 0, or -errno
 * @par Syscalls, as of ring::Many in Rust
 * - drop: close munmap
 * - drop, with rings: close (close close close munmap munmap munmap)×n munmap
 */
int rawipc_ring_many_close(rawipc_ring_many *many, rawipc_error *error);

/* -- batch ----------------------------------------------------------------------------------------
 * Several messages in one go: published together, with one doorbell, and taken together.
 */

/** One message of a batch that is sent. */
typedef struct rawipc_ring_message {
    /** Where it lies. */
    const void *at;
    /** Its bytes, one at least. */
    size_t len;
} rawipc_ring_message;

/**
 * Sends messages, as many as have room, waiting for the first alone.
 *
 * They become visible together. Where fewer than all went, the rest had no room, or the next is one that is refused: the
 * next call, with the rest, says or waits.
 *
 * @param msgs  count of them
 * @return how many went, from the first on; or -errno
 * @par Errors
 * As rawipc_ring_send() of the first. EFAULT: one of them is NULL; none went then.
 * @par Syscalls, as of ring::Producer::send_batch in Rust
 * - room; gone already; corrupt; another process's; refused: none
 * - room, the consumer sleeps: read
 * - room, the consumer sleeps on; the consumer was dropped: epoll_pwait
 * - a copy of the consumer was dropped: epoll_pwait [rawipc_ring_send_batch()]
 * - many messages since the last sleep: membarrier [rawipc_ring_send_batch()]
 * - polls, and looks at the doorbell: (epoll_pwait)×n [rawipc_ring_send_batch()]
 * - polls with a limit, and looks at the doorbell: (epoll_pwait clock_gettime)×n [rawipc_ring_send_batch()]
 * - polls, and yields: (sched_yield)×n [rawipc_ring_send_batch()]
 * - yields on, and looks at the doorbell: (sched_yield)×n (epoll_pwait sched_yield)×n [rawipc_ring_send_batch()]
 * - yields on with a limit, and looks at the doorbell: (sched_yield)×n (epoll_pwait clock_gettime sched_yield)×n
 *   [rawipc_ring_send_batch()]
 * - waits for ever; the consumer is gone, waits for ever; a signal ends it, for ever: (epoll_pwait)×n
 *   [rawipc_ring_send_batch()]
 * - waits with a limit; the consumer is gone, waits with a limit; times out; times out, by the clock; a signal ends it,
 *   with a limit: (clock_gettime epoll_pwait2)×n [rawipc_ring_send_batch()]
 * - over from the start; room came just then, over from the start: clock_gettime epoll_pwait [rawipc_ring_send_batch()]
 * - a limit of zero; room came just then, a limit of zero: epoll_pwait [rawipc_ring_send_batch()]
 * - before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it: (clock_gettime epoll_pwait2
 *   epoll_pwait)×n
 */
ssize_t rawipc_ring_send_batch(rawipc_ring_producer *producer, const rawipc_ring_message *msgs,
                               size_t count, const rawipc_wait *wait, rawipc_error *error);

/**
 * Sends messages, as many as have room now.
 *
 * @param msgs  count of them
 * @return how many went, from the first on; or -errno
 * @par Errors
 * As rawipc_ring_send_batch(), and EAGAIN in place of a wait.
 * @par Syscalls, as of ring::Producer::try_send_batch in Rust
 * - room; gone already; corrupt; another process's; refused: none
 * - room, the consumer sleeps: read
 * - room, the consumer sleeps on; the consumer was dropped: epoll_pwait
 * - a copy of the consumer was dropped: epoll_pwait [rawipc_ring_try_send_batch()]
 * - no room; the consumer is gone; room came just then: epoll_pwait
 * - room came just then, the consumer sleeps: epoll_pwait read
 * - no room, many messages since the last sleep: membarrier [rawipc_ring_try_send_batch()]
 */
ssize_t rawipc_ring_try_send_batch(rawipc_ring_producer *producer, const rawipc_ring_message *msgs,
                                   size_t count, rawipc_error *error);

/**
 * Receives messages, as many as are there and fit, waiting for the first alone.
 *
 * They lie in buf one behind the other: the first from 0 to ends[0], the next from there to ends[1], and so on.
 *
 * @param ends  where each ends; count at the most are received
 * @return how many; 0: the producer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * As rawipc_ring_recv() of the first. EINVAL: count is 0.
 * @par Syscalls, as of ring::Consumer::recv_batch in Rust
 * - a message is there; too small a buffer; gone already; corrupt; another process's; refused: none
 * - a message is there, the producer waits for room: read
 * - nothing there, the producer waits for room: read [rawipc_ring_recv_batch()]
 * - many messages since the last sleep: membarrier [rawipc_ring_recv_batch()]
 * - polls, and looks at the doorbell: (epoll_pwait)×n [rawipc_ring_recv_batch()]
 * - polls with a limit, and looks at the doorbell: (epoll_pwait clock_gettime)×n [rawipc_ring_recv_batch()]
 * - polls, and yields: (sched_yield)×n [rawipc_ring_recv_batch()]
 * - yields on, and looks at the doorbell: (sched_yield)×n (epoll_pwait sched_yield)×n [rawipc_ring_recv_batch()]
 * - yields on with a limit, and looks at the doorbell: (sched_yield)×n (epoll_pwait clock_gettime sched_yield)×n
 *   [rawipc_ring_recv_batch()]
 * - waits for ever; the end, waits for ever; a signal ends it, for ever: (epoll_pwait)×n [rawipc_ring_recv_batch()]
 * - waits with a limit; the end, waits with a limit; times out; times out, by the clock; a signal ends it, with a
 *   limit: (clock_gettime epoll_pwait2)×n [rawipc_ring_recv_batch()]
 * - over from the start; a message came just then, over from the start: clock_gettime epoll_pwait
 *   [rawipc_ring_recv_batch()]
 * - a limit of zero; a message came just then, a limit of zero: epoll_pwait [rawipc_ring_recv_batch()]
 * - before 5.11, waits with a limit; before 5.11, times out; before 5.11, a signal ends it: (clock_gettime epoll_pwait2
 *   epoll_pwait)×n
 */
ssize_t rawipc_ring_recv_batch(rawipc_ring_consumer *consumer, void *buf, size_t len, size_t *ends,
                               size_t count, const rawipc_wait *wait, rawipc_error *error);

/**
 * Receives messages, as many as are there now and fit.
 *
 * @param ends  where each ends; count at the most are received
 * @return how many; 0: the producer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * As rawipc_ring_recv_batch(), and EAGAIN in place of a wait.
 * @par Syscalls, as of ring::Consumer::try_recv_batch in Rust
 * - a message is there; too small a buffer; gone already; corrupt; another process's; refused: none
 * - a message is there, the producer waits for room: read
 * - nothing there; the end; a message came just then: epoll_pwait
 * - nothing there, the producer waits for room; a message came just then, the producer waits for room: epoll_pwait read
 * - a message came just then, the producer waits for room twice: epoll_pwait read read
 * - nothing there, many messages since the last sleep: membarrier [rawipc_ring_try_recv_batch()]
 */
ssize_t rawipc_ring_try_recv_batch(rawipc_ring_consumer *consumer, void *buf, size_t len,
                                   size_t *ends, size_t count, rawipc_error *error);

/* -- meeting --------------------------------------------------------------------------------------
 * Strangers that meet over a UNIX socket and share rings from then on.
 *
 * Each side makes the memory that it writes to, seals it against every later writer, and passes it; then it looks at what
 * came, in full, before it maps any of it, to read alone. Nothing has a name, and nothing is left of a process that was
 * killed. The socket, stream or seqpacket, is not needed any more afterwards, and may be used for other things.
 */

/**
 * Makes two rings with the stranger at the other end of a socket, one each way, who calls this too.
 *
 * The capacity is that of the ring that this side sends into, rounded up to a power of two; the other side's is its own.
 *
 * @param producer  gets the end that sends
 * @param consumer  gets the end that receives
 * @param socket    the descriptor of a connected stream or seqpacket socket, which stays the caller's
 * @param wait      one deadline for all of it
 * @return 0, or -errno
 * @par Errors
 * EPROTO: what the other side said is no greeting of this version and for this direction, or brought too few descriptors.
 * E2BIG: too many. EBADMSG: its memory is no memfd, or not sealed, or of another size, or not for writing, or has holes, or
 * is our own, or its bell or its line is none; rawipc_error_call() tells which. EPIPE: it is gone. ETIMEDOUT: it did not come in time. EINVAL: capacity is 0
 * or more than 2³⁰. EPERM: it refuses descriptors. ENOMEM, ENOSPC: there is not so much memory. EMFILE, ENFILE: no
 * descriptors left. After any, nothing of it is left, mapped or open.
 * @par Ownership
 * Both are the caller's, until rawipc_ring_producer_close() and rawipc_ring_consumer_close().
 * @par Syscalls, as of ring::meet in Rust
 * - ok; no membarrier: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat
 *   fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx mmap close
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait close close close close
 *   close
 * - before 6.3: socketpair eventfd2 write mmap madvise memfd_create memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl
 *   fstatfs ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx
 *   mmap close epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait close close
 *   close close close
 * - signals come: socketpair eventfd2 write mmap madvise memfd_create (fallocate)×n fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create (fallocate)×n fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs ftruncate
 *   fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx mmap close
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait close close close close
 *   close
 * - no line: socketpair
 * - no bell: socketpair eventfd2 close close
 * - a bell without a count: socketpair eventfd2 write close close close
 * - no page for a mark: socketpair eventfd2 write mmap close close close
 * - a mark is refused: socketpair eventfd2 write mmap madvise munmap close close close
 * - no descriptor for the memory: socketpair eventfd2 write mmap madvise memfd_create munmap close close close
 * - no memory: socketpair eventfd2 write mmap madvise memfd_create fallocate close munmap close close close
 * - sealing the size fails: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl close munmap close
 *   close close
 * - no mapping: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap close munmap close close close
 * - no second mapping: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap munmap close
 *   munmap close close close
 * - sealing writes fails: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl munmap
 *   close munmap close close close
 * - no second bell: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2 munmap
 *   close munmap close close close
 * - a second bell without a count: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write close munmap close munmap close close close
 * - no page for the second mark: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap close munmap close munmap close close close
 * - the second mark is refused: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise munmap close munmap close munmap close close close
 * - none left for the second memory: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create munmap close munmap close munmap close close close
 * - no memory for the second: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate close munmap close munmap close munmap close close close
 * - sealing the second size fails: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl close munmap close munmap close munmap close close close
 * - no third mapping: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create fallocate fcntl mmap close munmap close munmap close munmap close close close
 * - sealing writes to the second fails: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl munmap close munmap close munmap close
 *   munmap close close close
 * - its memory cannot be mapped: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap close close close close close munmap close munmap close
 *   munmap close munmap close close close
 * - its memory cannot be mapped twice: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap mmap munmap close close close close close munmap close
 *   munmap close munmap close munmap close close close
 * - its second memory cannot be mapped: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx mmap
 *   close close munmap close close munmap close munmap close munmap close munmap close close close
 * - no epoll: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2 write mmap
 *   madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat fstat
 *   statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx mmap close epoll_create1
 *   munmap close munmap close close munmap close munmap close munmap close munmap close close close
 * - nothing to be added to it; its second bell is an epoll: socketpair eventfd2 write mmap madvise memfd_create
 *   fallocate fcntl mmap mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs
 *   ftruncate fstat fstat statx mmap close epoll_create1 epoll_ctl close munmap close munmap close close munmap close
 *   munmap close munmap close munmap close close close
 * - nothing more to be added to it: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx mmap
 *   close epoll_create1 epoll_ctl epoll_ctl close munmap close munmap close close munmap close munmap close munmap
 *   close munmap close close close
 * - no second epoll: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2 write
 *   mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat fstat
 *   statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx mmap close epoll_create1
 *   epoll_ctl epoll_ctl epoll_pwait epoll_create1 close munmap close munmap close close munmap close munmap close
 *   munmap close munmap close close close
 * - nothing to be added to the second; its bell is an epoll: socketpair eventfd2 write mmap madvise memfd_create
 *   fallocate fcntl mmap mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs
 *   ftruncate fstat fstat statx mmap close epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl close
 *   close munmap close munmap close close munmap close munmap close munmap close munmap close close close
 * - nothing more to be added to the second: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap
 *   mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl
 *   fstatfs ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx
 *   mmap close epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl epoll_ctl close close munmap close
 *   munmap close close munmap close munmap close munmap close munmap close close close
 * - no greeting: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2 write
 *   mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg close close close close close
 *   munmap close munmap close munmap close munmap close close close
 * - too few descriptors: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg close close close close
 *   munmap close munmap close munmap close munmap close close close
 * - too many descriptors: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg close close close close close
 *   close munmap close munmap close munmap close munmap close close close
 * - no descriptors; it says nothing, and ends; a limit of zero: socketpair eventfd2 write mmap madvise memfd_create
 *   fallocate fcntl mmap mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   sendmsg recvmsg munmap close munmap close munmap close munmap close close close
 * - its memory is not sealed: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl close close
 *   close close close munmap close munmap close munmap close munmap close close close
 * - its memory is of another size: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate close close close close close munmap close munmap close munmap close munmap close close close
 * - its memory has holes; its memory is our own: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl
 *   mmap mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg
 *   fcntl fstatfs ftruncate fstat fstat close close close close close munmap close munmap close munmap close munmap
 *   close close close
 * - its bell is none: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat
 *   fstat statx close close close close close munmap close munmap close munmap close munmap close close close
 * - its line is none: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat
 *   fstat statx getsockopt close close close close close munmap close munmap close munmap close munmap close close
 *   close
 * - its line is of another type: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt close close close close close munmap close munmap close munmap
 *   close munmap close close close
 * - its second memory is not sealed: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl close munmap close close close munmap close
 *   munmap close munmap close munmap close close close
 * - its second memory is of another size: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate close munmap close close
 *   close munmap close munmap close munmap close munmap close close close
 * - its second memory has holes; its second memory is our own: socketpair eventfd2 write mmap madvise memfd_create
 *   fallocate fcntl mmap mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs
 *   ftruncate fstat fstat close munmap close close close munmap close munmap close munmap close munmap close close
 *   close
 * - its second bell is none: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx close
 *   close munmap close close munmap close munmap close munmap close munmap close close close
 * - its memory is of huge pages: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs close
 *   close close close close munmap close munmap close munmap close munmap close close close
 * - its second memory is of huge pages: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs close munmap close close close
 *   munmap close munmap close munmap close munmap close close close
 * - gone from the start; no room, a limit of zero: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl
 *   mmap mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg munmap close
 *   munmap close munmap close munmap close close close
 * - it leaves without a look: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg recvmsg munmap close
 *   munmap close munmap close munmap close close close
 * - waits for ever: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2 write
 *   mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg (recvmsg ppoll)×n recvmsg fcntl fstatfs
 *   ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat statx mmap
 *   close epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait close close close
 *   close close
 * - waits with a limit: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg (recvmsg clock_gettime ppoll)×n
 *   recvmsg fcntl fstatfs ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate
 *   fstat fstat statx mmap close epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait close close close close close
 * - times out; a signal ends it, with a limit: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap
 *   mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg (recvmsg
 *   clock_gettime ppoll)×n munmap close munmap close munmap close munmap close close close
 * - times out, by the clock: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg (recvmsg clock_gettime
 *   ppoll)×n recvmsg clock_gettime munmap close munmap close munmap close munmap close close close
 * - over from the start: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl eventfd2
 *   write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg clock_gettime munmap close
 *   munmap close munmap close munmap close close close
 * - a signal ends it, for ever: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg (recvmsg ppoll)×n munmap
 *   close munmap close munmap close munmap close close close
 * - no room, waits for ever: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier (sendmsg ppoll)×n sendmsg recvmsg
 *   fcntl fstatfs ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs ftruncate fstat fstat
 *   statx mmap close epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl epoll_ctl epoll_pwait close
 *   close close close close
 * - no room, waits with a limit: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier (sendmsg clock_gettime ppoll)×n
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat fstat statx getsockopt getsockopt mmap mmap close fcntl fstatfs
 *   ftruncate fstat fstat statx mmap close epoll_create1 epoll_ctl epoll_ctl epoll_pwait epoll_create1 epoll_ctl
 *   epoll_ctl epoll_pwait close close close close close
 * - no room, times out; no room, a signal ends it, with a limit: socketpair eventfd2 write mmap madvise memfd_create
 *   fallocate fcntl mmap mmap fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   (sendmsg clock_gettime ppoll)×n munmap close munmap close munmap close munmap close close close
 * - no room, times out, by the clock: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier (sendmsg clock_gettime
 *   ppoll)×n sendmsg clock_gettime munmap close munmap close munmap close munmap close close close
 * - no room, over from the start: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg clock_gettime munmap close
 *   munmap close munmap close munmap close close close
 * - no room, a signal ends it, for ever: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier (sendmsg ppoll)×n munmap close
 *   munmap close munmap close munmap close close close
 * - refused: none
 */
int rawipc_ring_meet(rawipc_ring_producer *producer, rawipc_ring_consumer *consumer, int socket,
                     size_t capacity, const rawipc_wait *wait, rawipc_error *error);

/**
 * Makes the sending end of a ring with the stranger at the other end of a socket, who calls
 * rawipc_ring_consumer_meet().
 *
 * @param producer  gets the end that sends
 * @param socket    the descriptor of a connected stream or seqpacket socket, which stays the caller's
 * @param wait      one deadline for all of it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_ring_meet().
 * @par Ownership
 * The end is the caller's, until rawipc_ring_producer_close().
 * @par Syscalls, as of ring::Producer::meet in Rust
 * - ok; no membarrier: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1 epoll_ctl epoll_ctl epoll_pwait close
 *   close close
 * - before 6.3: socketpair eventfd2 write mmap madvise memfd_create memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait close close close
 * - signals come: socketpair eventfd2 write mmap madvise memfd_create (fallocate)×n fcntl mmap mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1 epoll_ctl epoll_ctl epoll_pwait close
 *   close close
 * - no line: socketpair
 * - no bell: socketpair eventfd2 close close
 * - a bell without a count: socketpair eventfd2 write close close close
 * - no page for a mark: socketpair eventfd2 write mmap close close close
 * - a mark is refused: socketpair eventfd2 write mmap madvise munmap close close close
 * - no descriptor for the memory: socketpair eventfd2 write mmap madvise memfd_create munmap close close close
 * - no memory: socketpair eventfd2 write mmap madvise memfd_create fallocate close munmap close close close
 * - sealing the size fails: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl close munmap close
 *   close close
 * - no mapping: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap close munmap close close close
 * - no second mapping: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap munmap close
 *   munmap close close close
 * - sealing writes fails: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl munmap
 *   close munmap close close close
 * - its memory cannot be mapped: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat statx mmap close close munmap close munmap close close
 *   close
 * - no epoll: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl membarrier sendmsg
 *   recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1 munmap close munmap close munmap close close
 *   close
 * - nothing to be added to it; its bell is an epoll: socketpair eventfd2 write mmap madvise memfd_create fallocate
 *   fcntl mmap mmap fcntl membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1
 *   epoll_ctl close munmap close munmap close munmap close close close
 * - nothing more to be added to it: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1 epoll_ctl epoll_ctl close
 *   munmap close munmap close munmap close close close
 * - no greeting: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl membarrier sendmsg
 *   recvmsg close close munmap close munmap close close close
 * - too few descriptors: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl membarrier
 *   sendmsg recvmsg close munmap close munmap close close close
 * - too many descriptors: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg close close close munmap close munmap close close close
 * - no descriptors; it says nothing, and ends; a limit of zero: socketpair eventfd2 write mmap madvise memfd_create
 *   fallocate fcntl mmap mmap fcntl membarrier sendmsg recvmsg munmap close munmap close close close
 * - its memory is not sealed: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg fcntl close close munmap close munmap close close close
 * - its memory is of another size: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg fcntl fstatfs ftruncate close close munmap close munmap close close close
 * - its memory has holes: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat close close munmap close munmap close close close
 * - its bell is none: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat statx close close munmap close munmap close close close
 * - its memory is of huge pages: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg fcntl fstatfs close close munmap close munmap close close close
 * - gone from the start; no room, a limit of zero: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl
 *   mmap mmap fcntl membarrier sendmsg munmap close munmap close close close
 * - it leaves without a look: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg recvmsg recvmsg munmap close munmap close close close
 * - waits for ever: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl membarrier
 *   sendmsg (recvmsg ppoll)×n recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait close close close
 * - waits with a limit: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl membarrier
 *   sendmsg (recvmsg clock_gettime ppoll)×n recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1
 *   epoll_ctl epoll_ctl epoll_pwait close close close
 * - times out; a signal ends it, with a limit: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap
 *   mmap fcntl membarrier sendmsg (recvmsg clock_gettime ppoll)×n munmap close munmap close close close
 * - times out, by the clock: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg (recvmsg clock_gettime ppoll)×n recvmsg clock_gettime munmap close munmap close close close
 * - over from the start: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl membarrier
 *   sendmsg recvmsg clock_gettime munmap close munmap close close close
 * - a signal ends it, for ever: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg (recvmsg ppoll)×n munmap close munmap close close close
 * - no room, waits for ever: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier (sendmsg ppoll)×n sendmsg recvmsg fcntl fstatfs ftruncate fstat statx mmap close epoll_create1 epoll_ctl
 *   epoll_ctl epoll_pwait close close close
 * - no room, waits with a limit: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier (sendmsg clock_gettime ppoll)×n sendmsg recvmsg fcntl fstatfs ftruncate fstat statx mmap close
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait close close close
 * - no room, times out; no room, a signal ends it, with a limit: socketpair eventfd2 write mmap madvise memfd_create
 *   fallocate fcntl mmap mmap fcntl membarrier (sendmsg clock_gettime ppoll)×n munmap close munmap close close close
 * - no room, times out, by the clock: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl membarrier (sendmsg clock_gettime ppoll)×n sendmsg clock_gettime munmap close munmap close close close
 * - no room, over from the start: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap fcntl
 *   membarrier sendmsg clock_gettime munmap close munmap close close close
 * - no room, a signal ends it, for ever: socketpair eventfd2 write mmap madvise memfd_create fallocate fcntl mmap mmap
 *   fcntl membarrier (sendmsg ppoll)×n munmap close munmap close close close
 * - refused: none
 */
int rawipc_ring_producer_meet(rawipc_ring_producer *producer, int socket, size_t capacity,
                              const rawipc_wait *wait, rawipc_error *error);

/**
 * Makes the receiving end of a ring with the stranger at the other end of a socket, who calls
 * rawipc_ring_producer_meet() and says how large it is.
 *
 * @param consumer  gets the end that receives
 * @param socket    the descriptor of a connected stream or seqpacket socket, which stays the caller's
 * @param wait      one deadline for all of it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_ring_meet().
 * @par Ownership
 * The end is the caller's, until rawipc_ring_consumer_close().
 * @par Syscalls, as of ring::Consumer::meet in Rust
 * - ok; no membarrier: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg
 *   fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait close close
 * - before 6.3: eventfd2 write mmap madvise memfd_create memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait close close
 * - signals come: eventfd2 write mmap madvise memfd_create (fallocate)×n fcntl mmap fcntl membarrier sendmsg recvmsg
 *   fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close epoll_create1 epoll_ctl epoll_ctl
 *   epoll_pwait close close
 * - no bell: eventfd2
 * - a bell without a count: eventfd2 write close
 * - no page for a mark: eventfd2 write mmap close
 * - a mark is refused: eventfd2 write mmap madvise munmap close
 * - no descriptor for the memory: eventfd2 write mmap madvise memfd_create munmap close
 * - no memory: eventfd2 write mmap madvise memfd_create fallocate close munmap close
 * - sealing the size fails: eventfd2 write mmap madvise memfd_create fallocate fcntl close munmap close
 * - no mapping: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap close munmap close
 * - sealing writes fails: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl munmap close munmap close
 * - its memory cannot be mapped: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap close close close munmap close munmap close
 * - its memory cannot be mapped twice: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap munmap close close close munmap
 *   close munmap close
 * - no epoll: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg fcntl
 *   fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close epoll_create1 munmap close close munmap close
 *   munmap close
 * - nothing to be added to it; its bell is an epoll: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap
 *   fcntl membarrier sendmsg recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close
 *   epoll_create1 epoll_ctl close munmap close close munmap close munmap close
 * - nothing more to be added to it: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close epoll_create1 epoll_ctl
 *   epoll_ctl close munmap close close munmap close munmap close
 * - no greeting: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg close
 *   close close munmap close munmap close
 * - too few descriptors: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg
 *   close close munmap close munmap close
 * - too many descriptors: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   recvmsg close close close close munmap close munmap close
 * - no descriptors; it says nothing, and ends; a limit of zero: eventfd2 write mmap madvise memfd_create fallocate
 *   fcntl mmap fcntl membarrier sendmsg recvmsg munmap close munmap close
 * - its memory is not sealed: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   recvmsg fcntl close close close munmap close munmap close
 * - its memory is of another size: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   sendmsg recvmsg fcntl fstatfs ftruncate close close close munmap close munmap close
 * - its memory has holes: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   recvmsg fcntl fstatfs ftruncate fstat close close close munmap close munmap close
 * - its bell is none: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg
 *   fcntl fstatfs ftruncate fstat statx close close close munmap close munmap close
 * - its line is none: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg
 *   fcntl fstatfs ftruncate fstat statx getsockopt close close close munmap close munmap close
 * - its line is of another type: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt close close close munmap close munmap close
 * - its memory is of huge pages: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   recvmsg fcntl fstatfs close close close munmap close munmap close
 * - gone from the start; no room, a limit of zero: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl
 *   membarrier sendmsg munmap close munmap close
 * - it leaves without a look: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   recvmsg recvmsg munmap close munmap close
 * - waits for ever: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg (recvmsg
 *   ppoll)×n recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close epoll_create1 epoll_ctl
 *   epoll_ctl epoll_pwait close close
 * - waits with a limit: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg (recvmsg
 *   clock_gettime ppoll)×n recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close
 *   epoll_create1 epoll_ctl epoll_ctl epoll_pwait close close
 * - times out; a signal ends it, with a limit: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl
 *   membarrier sendmsg (recvmsg clock_gettime ppoll)×n munmap close munmap close
 * - times out, by the clock: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   (recvmsg clock_gettime ppoll)×n recvmsg clock_gettime munmap close munmap close
 * - over from the start: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg recvmsg
 *   clock_gettime munmap close munmap close
 * - a signal ends it, for ever: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier sendmsg
 *   (recvmsg ppoll)×n munmap close munmap close
 * - no room, waits for ever: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier (sendmsg
 *   ppoll)×n sendmsg recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap close epoll_create1
 *   epoll_ctl epoll_ctl epoll_pwait close close
 * - no room, waits with a limit: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   (sendmsg clock_gettime ppoll)×n sendmsg recvmsg fcntl fstatfs ftruncate fstat statx getsockopt getsockopt mmap mmap
 *   close epoll_create1 epoll_ctl epoll_ctl epoll_pwait close close
 * - no room, times out; no room, a signal ends it, with a limit: eventfd2 write mmap madvise memfd_create fallocate
 *   fcntl mmap fcntl membarrier (sendmsg clock_gettime ppoll)×n munmap close munmap close
 * - no room, times out, by the clock: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   (sendmsg clock_gettime ppoll)×n sendmsg clock_gettime munmap close munmap close
 * - no room, over from the start: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   sendmsg clock_gettime munmap close munmap close
 * - no room, a signal ends it, for ever: eventfd2 write mmap madvise memfd_create fallocate fcntl mmap fcntl membarrier
 *   (sendmsg ppoll)×n munmap close munmap close
 */
int rawipc_ring_consumer_meet(rawipc_ring_consumer *consumer, int socket, const rawipc_wait *wait,
                              rawipc_error *error);

/* == socket =======================================================================================
 * UNIX sockets: two-way, named by a path or an abstract name, or made as a connected pair.
 *
 * A stream carries raw bytes and talks to any program; a seqpacket socket carries whole messages between two; a
 * datagram socket carries whole messages from many to one, without connections. A listener accepts the first two.
 *
 * A stream is a plain descriptor. The others keep what the kernel does not know of, the largest message that was
 * declared and the name that is removed when they are closed, and are handles.
 *
 * Each send and receive says MSG_DONTWAIT itself and waiting is done in ppoll, so it is no matter whether O_NONBLOCK
 * is set on the descriptor, which others may share. Each send says MSG_NOSIGNAL.
 *
 * A peer that closes while messages of ours wait unread makes the kernel answer ECONNRESET once. That is no news to a
 * receiver, and the call is made again: what was sent is handed out, and then comes the end. A sender gets EPIPE.
 */



/* -- address --------------------------------------------------------------------------------------
 * The names of sockets: a path, a name in the abstract namespace, or none.
 *
 * A path is what the file system guards with its permissions. An abstract name is guarded by nothing: any process in
 * the same network namespace, of any user, can connect to it, and bind it before we do. A path is one name, an
 * abstract name one for each type of socket.
 */

/** The most bytes that a path, without its NUL, or an abstract name can have. */
#define RAWIPC_ADDRESS_NAME_MAX 107

/**
 * The name of a socket: a plain value, which may be copied. Two are the same name where all their bytes are.
 *
 * A struct sockaddr_un and its length, as bind(2) and connect(2) take it.
 */
typedef struct rawipc_address {
    /** AF_UNIX. */
    uint16_t family;
    /** The path, or a NUL and the abstract name; zero from where it ends. */
    uint8_t name[109];
    /**
     * Of family and name, as the kernel counts; 2: unnamed, the address of a socket that was never bound.
     */
    uint8_t len;
} rawipc_address;

/**
 * Makes the address of a name in the file system.
 *
 * @param address  gets it
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the path is empty. ENAMETOOLONG: it is longer than RAWIPC_ADDRESS_NAME_MAX bytes.
 * @par Syscalls, as of socket::Address::path in Rust
 * - ok; refused: none
 */
int rawipc_address_path(rawipc_address *address, const char *path, rawipc_error *error);

/**
 * Makes the address of a name in the abstract namespace, of exactly these bytes, which may be any, NUL among them.
 *
 * Many programs pad their abstract names with NULs to 107 bytes: that is another name than without.
 *
 * @param address  gets it
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the name is empty. ENAMETOOLONG: it is longer than RAWIPC_ADDRESS_NAME_MAX bytes.
 * @par Syscalls, as of socket::Address::abstract_name in Rust
 * - ok; refused: none
 */
int rawipc_address_abstract_name(rawipc_address *address, const void *name, size_t len,
                                 rawipc_error *error);

/**
 * The path of an address.
 *
 * @return text that lies in the address; NULL where it is no path, or no address
 * @par Syscalls, as of socket::Address::as_path in Rust
 * None.
 */
const char *rawipc_address_as_path(const rawipc_address *address);

/**
 * The abstract name of an address.
 *
 * @param name  gets a pointer to its bytes, which lie in the address
 * @return how many they are, or -errno
 * @par Errors
 * EINVAL: it is no abstract name.
 * @par Syscalls, as of socket::Address::as_abstract in Rust
 * None.
 */
ssize_t rawipc_address_as_abstract(const rawipc_address *address, const void **name,
                                   rawipc_error *error);

/**
 * Whether an address is that of a socket without a name.
 *
 * @return 1 or 0, or -errno
 * @par Syscalls, as of socket::Address::is_unnamed in Rust
 * None.
 */
int rawipc_address_is_unnamed(const rawipc_address *address, rawipc_error *error);

/* -- peer -----------------------------------------------------------------------------------------
 * Who is at the other end of a connection, as the kernel tells it.
 *
 * The functions here take the descriptor of any connected socket: a stream, or that of rawipc_seqpacket_fd() or
 * rawipc_datagram_fd().
 */

/**
 * The process, the user and the group of a peer, as the kernel tells them: a struct ucred.
 *
 * They cannot be forged by who has no privilege to: a process with CAP_SETUID, CAP_SETGID or CAP_SYS_ADMIN in its user
 * namespace can send others along with a message.
 */
typedef struct rawipc_credentials {
    /**
     * The process; 0 where it cannot be named from here, outside of this one's pid namespace. It may have ended, and
     * its number be another's: rawipc_peer_pidfd() has no such doubt.
     */
    int32_t pid;
    /**
     * The effective user; 65,534 (/proc/sys/kernel/overflowuid) where it has no number in this user namespace.
     */
    uint32_t uid;
    /** The effective group, likewise. */
    uint32_t gid;
} rawipc_credentials;

/**
 * Who the peer was when the connection was made.
 *
 * Of one that connected, who called listen; of one that was accepted, who called connect; of a pair, who made it. What the
 * peer became since, and to whom it gave the socket, is not told.
 *
 * @param credentials  gets them
 * @return 0, or -errno
 * @par Errors
 * ENODATA: nobody is known, as for a socket that is not connected, and for datagrams but in a pair.
 * @par Syscalls, as of socket::Peer::peer in Rust
 * - ok; nobody: getsockopt
 * @par Syscalls, as of socket::Credentials::pid in Rust
 * None.
 */
int rawipc_peer_credentials(int socket, rawipc_credentials *credentials, rawipc_error *error);

/**
 * Makes a descriptor of the process that rawipc_peer_credentials() names (Linux 6.5).
 *
 * It names that process and no other, whatever becomes of its number, and is readable once the process has ended.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * ENOPROTOOPT: this kernel is older, and there is the pid alone. ENODATA: nobody is known. ESRCH, EINVAL before Linux
 * 6.16: it has ended, and was waited for. EMFILE, ENFILE: no descriptors left.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Peer::peer_pidfd in Rust
 * - ok; nobody; an older kernel: getsockopt
 */
int rawipc_peer_pidfd(int socket, rawipc_error *error);

/**
 * Whether the peer was of the effective user of this process.
 *
 * @return 1 or 0, or -errno
 * @par Errors
 * As rawipc_peer_credentials().
 * @par Syscalls, as of socket::Peer::is_same_user in Rust
 * - ok: getsockopt geteuid
 * - nobody: getsockopt
 */
int rawipc_peer_is_same_user(int socket, rawipc_error *error);

/**
 * Whether credentials are of the effective user of this process. Never for 65,534, which stands for all users without a
 * number here.
 *
 * @return 1 or 0, or -errno
 * @par Syscalls, as of socket::Credentials::is_same_user in Rust
 * - ok: geteuid
 */
int rawipc_credentials_is_same_user(const rawipc_credentials *credentials, rawipc_error *error);

/* -- fds ------------------------------------------------------------------------------------------
 * Descriptors that travel with a message.
 *
 * The sender lends descriptors by pushing them into refs; the receiver gets descriptors of its own, of the same open
 * file descriptions, in slots, and takes them out. Both keep them in memory of the caller's, RAWIPC_FDS_HEAD bytes and
 * an int for each. What is not taken is closed when the slots are cleared or closed.
 *
 * Descriptors that come to a receive without slots, or beyond their room, are closed by the kernel or here: nobody is
 * made to have any. They are close-on-exec from their first instant.
 */

/** The most descriptors that the kernel takes with one message. */
#define RAWIPC_FDS_MAX 253

/** The bytes of memory that refs and slots need besides the descriptors. */
#define RAWIPC_FDS_HEAD 96

/**
 * Descriptors that are lent to a message. A handle: it does not move, and neither does its memory. There is nothing to
 * close.
 */
typedef struct rawipc_fd_refs {
    uint64_t opaque[4];
} rawipc_fd_refs;

/**
 * Room for the descriptors that come with a message, and for its sender's credentials. A handle: it does not move, and
 * neither does its memory.
 */
typedef struct rawipc_fd_slots {
    uint64_t opaque[4];
} rawipc_fd_slots;

/**
 * Makes room for descriptors to send, as many as the memory has ints (4 bytes) behind RAWIPC_FDS_HEAD bytes; none are there yet.
 *
 * @param refs  gets it
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the memory has no RAWIPC_FDS_HEAD bytes.
 * @par Ownership
 * The memory is refs' as long as they are used.
 * @par Syscalls, as of socket::Refs::init in Rust
 * None.
 */
int rawipc_fd_refs_new(rawipc_fd_refs *refs, void *buf, size_t len, rawipc_error *error);

/**
 * Adds a descriptor, to be sent with each message that these refs are given to.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: there is no room, or they are RAWIPC_FDS_MAX already.
 * @par Ownership
 * It stays the caller's, and open until the message is sent.
 * @par Syscalls, as of socket::Refs::push in Rust
 * None.
 */
int rawipc_fd_refs_push(rawipc_fd_refs *refs, int fd, rawipc_error *error);

/**
 * Forgets them all, for the next message.
 *
 * @return 0, or -errno
 * @par Syscalls, as of socket::Refs::clear in Rust
 * None.
 */
int rawipc_fd_refs_clear(rawipc_fd_refs *refs, rawipc_error *error);

/**
 * How many there are.
 *
 * @return how many, or -errno
 * @par Syscalls, as of socket::Refs::len in Rust
 * None.
 */
ssize_t rawipc_fd_refs_len(const rawipc_fd_refs *refs, rawipc_error *error);

/**
 * Makes room for descriptors to receive, as many as the memory has ints (4 bytes) behind RAWIPC_FDS_HEAD bytes. With none, a
 * descriptor that comes is told as an error.
 *
 * @param slots  gets it
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the memory has no RAWIPC_FDS_HEAD bytes.
 * @par Ownership
 * The memory is the slots' until they are closed.
 * @par Syscalls, as of socket::Slots::init in Rust
 * None.
 */
int rawipc_fd_slots_new(rawipc_fd_slots *slots, void *buf, size_t len, rawipc_error *error);

/**
 * Takes out the descriptor that was sent at this place, counted from 0.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * ENOENT: fewer came with the last message, or it was taken.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Slots::take in Rust
 * None.
 */
int rawipc_fd_slots_take(rawipc_fd_slots *slots, size_t at, rawipc_error *error);

/**
 * The descriptor that was sent at this place, counted from 0. It stays the slots'.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_fd_slots_take().
 * @par Syscalls, as of socket::Slots::get in Rust
 * None.
 */
int rawipc_fd_slots_get(const rawipc_fd_slots *slots, size_t at, rawipc_error *error);

/**
 * How many came with the last message, those that were taken since among them.
 *
 * @return how many, or -errno
 * @par Syscalls, as of socket::Slots::len in Rust
 * None.
 */
ssize_t rawipc_fd_slots_len(const rawipc_fd_slots *slots, rawipc_error *error);

/**
 * How many can come with a message.
 *
 * @return how many, or -errno
 * @par Syscalls, as of socket::Slots::room in Rust
 * None.
 */
ssize_t rawipc_fd_slots_room(const rawipc_fd_slots *slots, rawipc_error *error);

/**
 * Who sent the last message, where the socket passes credentials: see rawipc_seqpacket_pass_credentials().
 *
 * @param credentials  gets them
 * @return 0, or -errno
 * @par Errors
 * ENODATA: nothing was told.
 * @par Syscalls, as of socket::Slots::credentials in Rust
 * None.
 */
int rawipc_fd_slots_credentials(const rawipc_fd_slots *slots, rawipc_credentials *credentials,
                                rawipc_error *error);

/**
 * Closes all that were not taken, in their order.
 *
 * @return 0, or -errno
 * @par Syscalls, as of socket::Slots::clear in Rust
 * - ok: (close)×n
 * - empty: none
 */
int rawipc_fd_slots_clear(rawipc_fd_slots *slots, rawipc_error *error);

/**
 * Closes all that were not taken; the memory is the caller's again.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: they are none, or closed already.
 * @par Syscalls, as of socket::Slots in Rust
 * - drop: (close)×n
 * - drop, empty: none
 */
int rawipc_fd_slots_close(rawipc_fd_slots *slots, rawipc_error *error);

/**
 * Has descriptors refused where they are sent, instead of closed where they come (Linux 6.16).
 *
 * The peer's send is EPERM from then on, and sends nothing. On a listener it covers what it accepts, the time before it is
 * accepted included. Those in the queue are as before.
 *
 * @param socket  a stream, or the descriptor of another socket or a listener
 * @return 0, or -errno
 * @par Errors
 * ENOPROTOOPT: this kernel is older. Nothing comes unasked there either.
 * @par Syscalls, as of socket::Stream::refuse_fds in Rust
 * - ok; an older kernel: setsockopt
 * @par Syscalls, as of socket::Seqpacket::refuse_fds in Rust
 * - as rawipc_fds_refuse()
 */
int rawipc_fds_refuse(int socket, rawipc_error *error);

/* -- stream ---------------------------------------------------------------------------------------
 * Connected sockets that carry raw bytes, both ways; plain descriptors.
 *
 * For whole messages over a stream put frames over it.
 */

/**
 * Makes two sockets that are connected to each other.
 *
 * @param first   gets a descriptor
 * @param second  gets another
 * @return 0, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left, in this process or at all.
 * @par Ownership
 * Both are the caller's to close.
 * @par Syscalls, as of socket::Stream::pair in Rust
 * - ok: socketpair
 */
int rawipc_stream_pair(int *first, int *second, rawipc_error *error);

/**
 * Makes a socket that is connected to the listener of that name, though not accepted yet.
 *
 * Where the listener's backlog is full, nothing tells of room: the call is made again each millisecond. Symbolic links
 * in a path are followed.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * ENOENT: no such file. ECONNREFUSED: nobody listens behind it. EACCES: the file cannot be written. EPROTOTYPE: the
 * socket there is not of this type; ECONNREFUSED for an abstract name, which each type has for itself. ETIMEDOUT: the
 * backlog stayed full. EINVAL: the address is unnamed. EMFILE, ENFILE: no descriptors left.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Stream::connect in Rust
 * - room: socket connect
 * - waits for ever: socket (connect ppoll)×n connect
 * - waits with a limit: socket (connect clock_gettime ppoll)×n connect
 * - times out: socket (connect clock_gettime ppoll)×n connect clock_gettime close
 * - over from the start: socket connect clock_gettime close
 * - a limit of zero; an error: socket connect close
 * - an error, for ever: socket (connect ppoll)×n connect close
 * - an error, with a limit: socket (connect clock_gettime ppoll)×n connect close
 * - a signal ends it, for ever: socket (connect ppoll)×n close
 * - a signal ends it, with a limit: socket (connect clock_gettime ppoll)×n close
 * - no socket: socket
 * - refused: none
 */
int rawipc_stream_connect(const rawipc_address *address, const rawipc_wait *wait,
                          rawipc_error *error);

/**
 * Makes a socket that is connected to the listener of that name, if there is room in its backlog.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_stream_connect(), and EAGAIN in place of a wait.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Stream::try_connect in Rust
 * - room: socket connect
 * - no room; an error: socket connect close
 * - no socket: socket
 * - refused: none
 */
int rawipc_stream_try_connect(const rawipc_address *address, rawipc_error *error);

/**
 * Takes over a UNIX stream socket that was not made here: standard input, or one inherited. Nothing is changed on it.
 *
 * @return fd, or -errno
 * @par Errors
 * ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE: no socket, none of UNIX, not a stream.
 * @par Ownership
 * On failure fd is closed, unless it is negative.
 * @par Syscalls, as of socket::Stream::attach in Rust
 * - ok: getsockopt getsockopt
 * - no socket; another family: getsockopt close
 * - another type: getsockopt getsockopt close
 */
int rawipc_stream_attach(int fd, rawipc_error *error);

/**
 * Ends what the peer reads; reading from it goes on.
 *
 * @return 0, or -errno
 * @par Errors
 * ENOTCONN: a socket that was never connected.
 * @par Syscalls, as of socket::Stream::shutdown_write in Rust
 * - ok: shutdown
 */
int rawipc_stream_shutdown_write(int stream, rawipc_error *error);

/**
 * Reads at least one byte, as many as are there, or waits for them.
 *
 * @return how many bytes; 0: the end; or -errno
 * @par Errors
 * EINVAL: len is 0. ETIMEDOUT: nothing came in time. Else what the kernel says.
 * @par Syscalls, as of socket::Stream::read in Rust
 * - ready; end; a limit of zero: recvfrom
 * - the peer closed with bytes unread: recvfrom recvfrom
 * - waits for ever: (recvfrom ppoll)×n [rawipc_stream_try_read()]
 * - waits with a limit: (recvfrom clock_gettime ppoll)×n [rawipc_stream_try_read()]
 * - times out: (recvfrom clock_gettime ppoll)×n
 * - times out, by the clock: (recvfrom clock_gettime ppoll)×n recvfrom clock_gettime
 * - over from the start: recvfrom clock_gettime
 * - a signal ends it, for ever: (recvfrom ppoll)×n
 * - a signal ends it, with a limit: (recvfrom clock_gettime ppoll)×n
 * - refused: none
 */
ssize_t rawipc_stream_read(int stream, void *buf, size_t len, const rawipc_wait *wait,
                           rawipc_error *error);

/**
 * Reads what is there now.
 *
 * @return how many bytes; 0: the end; or -errno
 * @par Errors
 * As rawipc_stream_read(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Stream::try_read in Rust
 * - ready; end; nothing there: recvfrom
 * - the peer closed with bytes unread: recvfrom recvfrom
 * - refused: none
 */
ssize_t rawipc_stream_try_read(int stream, void *buf, size_t len, rawipc_error *error);

/**
 * Reads until the buffer is full, or the stream ends.
 *
 * @return len, or less where the stream ends first, or -errno: bytes read before the error are in buf then, but how
 *         many is not told
 * @par Errors
 * As rawipc_stream_read(); len may be 0.
 * @par Syscalls, as of channel::ByteRead::read_exact in Rust
 * - for ever: ([rawipc_stream_read()])×n
 * - until an instant: [rawipc_stream_read()]
 * - until an instant, in parts: ([rawipc_stream_read()] clock_gettime)×n [rawipc_stream_read()]
 * - until an instant, over between two parts: ([rawipc_stream_read()] clock_gettime)×n
 * - at most a duration: (clock_gettime [rawipc_stream_read()])×n
 * - at most a duration, over between two parts: (clock_gettime [rawipc_stream_read()])×n clock_gettime
 * - no bytes: none
 */
ssize_t rawipc_stream_read_exact(int stream, void *buf, size_t len, const rawipc_wait *wait,
                                 rawipc_error *error);

/**
 * Writes at least one byte, or waits for room.
 *
 * @return how many bytes were taken, or -errno
 * @par Errors
 * EINVAL: len is 0. ETIMEDOUT: no room came in time. EPIPE: the peer is gone; no signal is raised.
 * @par Syscalls, as of socket::Stream::write in Rust
 * - room; the peer is gone; a limit of zero: sendto
 * - waits for ever: (sendto ppoll)×n sendto
 * - waits with a limit: (sendto clock_gettime ppoll)×n sendto
 * - times out: (sendto clock_gettime ppoll)×n
 * - times out, by the clock: (sendto clock_gettime ppoll)×n sendto clock_gettime
 * - over from the start: sendto clock_gettime
 * - a signal ends it, for ever: (sendto ppoll)×n
 * - a signal ends it, with a limit: (sendto clock_gettime ppoll)×n
 * - refused: none
 */
ssize_t rawipc_stream_write(int stream, const void *bytes, size_t len, const rawipc_wait *wait,
                            rawipc_error *error);

/**
 * Writes what there is room for now.
 *
 * @return how many bytes were taken, or -errno
 * @par Errors
 * As rawipc_stream_write(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Stream::try_write in Rust
 * - room; no room; the peer is gone: sendto
 * - refused: none
 */
ssize_t rawipc_stream_try_write(int stream, const void *bytes, size_t len, rawipc_error *error);

/**
 * Writes head and then body in one call; as rawipc_stream_write() otherwise.
 *
 * @return how many bytes of both together were taken, or -errno
 * @par Errors
 * As rawipc_stream_write(); one of the two may be empty.
 * @par Syscalls, as of socket::Stream::write_two in Rust
 * - room; the peer is gone; a limit of zero: sendmsg
 * - waits for ever: (sendmsg ppoll)×n sendmsg
 * - waits with a limit: (sendmsg clock_gettime ppoll)×n sendmsg
 * - times out: (sendmsg clock_gettime ppoll)×n
 * - times out, by the clock: (sendmsg clock_gettime ppoll)×n sendmsg clock_gettime
 * - over from the start: sendmsg clock_gettime
 * - a signal ends it, for ever: (sendmsg ppoll)×n
 * - a signal ends it, with a limit: (sendmsg clock_gettime ppoll)×n
 * - refused: none
 */
ssize_t rawipc_stream_write_two(int stream, const void *head, size_t head_len, const void *body,
                                size_t body_len, const rawipc_wait *wait, rawipc_error *error);

/**
 * Writes what there is room for now of head and then body, in one call.
 *
 * @return how many bytes of both together were taken, or -errno
 * @par Errors
 * As rawipc_stream_try_write(); one of the two may be empty.
 * @par Syscalls, as of socket::Stream::try_write_two in Rust
 * - room; no room; the peer is gone: sendmsg
 * - refused: none
 */
ssize_t rawipc_stream_try_write_two(int stream, const void *head, size_t head_len, const void *body,
                                    size_t body_len, rawipc_error *error);

/**
 * Writes all bytes.
 *
 * @return 0, or -errno: how many bytes went before the error is not told
 * @par Errors
 * As rawipc_stream_write(); len may be 0.
 * @par Syscalls, as of channel::ByteWrite::write_all in Rust
 * - for ever: ([rawipc_stream_write()])×n
 * - until an instant: [rawipc_stream_write()]
 * - until an instant, in parts: ([rawipc_stream_write()] clock_gettime)×n [rawipc_stream_write()]
 * - until an instant, over between two parts: ([rawipc_stream_write()] clock_gettime)×n
 * - at most a duration: (clock_gettime [rawipc_stream_write()])×n
 * - at most a duration, over between two parts: (clock_gettime [rawipc_stream_write()])×n clock_gettime
 * - no bytes: none
 */
int rawipc_stream_write_all(int stream, const void *bytes, size_t len, const rawipc_wait *wait,
                            rawipc_error *error);

/* -- with_fds -------------------------------------------------------------------------------------
 * A stream socket that descriptors travel over.
 */

/**
 * Writes some bytes, and all descriptors with the first of them, or waits for room.
 *
 * Once a byte was taken the descriptors are on their way: the rest is for rawipc_stream_write_all(), which sends them no
 * second time. No descriptors at all are a plain write.
 *
 * @return how many bytes were taken, or -errno
 * @par Errors
 * As rawipc_stream_write(). EINVAL: more than RAWIPC_FDS_MAX. EPERM: the peer refuses them. ETOOMANYREFS: as many of
 * this user's are on their way as it may have open (RLIMIT_NOFILE). After an error nothing was sent.
 * @par Syscalls, as of socket::Stream::write_with_fds in Rust
 * - room; the peer is gone; a limit of zero: sendmsg
 * - waits for ever: (sendmsg ppoll)×n sendmsg
 * - waits with a limit: (sendmsg clock_gettime ppoll)×n sendmsg
 * - times out: (sendmsg clock_gettime ppoll)×n
 * - times out, by the clock: (sendmsg clock_gettime ppoll)×n sendmsg clock_gettime
 * - over from the start: sendmsg clock_gettime
 * - a signal ends it, for ever: (sendmsg ppoll)×n
 * - a signal ends it, with a limit: (sendmsg clock_gettime ppoll)×n
 * - refused: none
 */
ssize_t rawipc_stream_write_with_fds(int stream, const void *bytes, size_t len,
                                     const rawipc_fd_refs *fds, const rawipc_wait *wait,
                                     rawipc_error *error);

/**
 * Writes what there is room for now, and all descriptors with its first byte.
 *
 * @return how many bytes were taken, or -errno
 * @par Errors
 * As rawipc_stream_write_with_fds(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Stream::try_write_with_fds in Rust
 * - room; no room; the peer is gone: sendmsg
 * - refused: none
 */
ssize_t rawipc_stream_try_write_with_fds(int stream, const void *bytes, size_t len,
                                         const rawipc_fd_refs *fds, rawipc_error *error);

/**
 * Reads what is there and the descriptors that came with it, or waits for it.
 *
 * Those of one write at most come at a time, with the read that takes its first byte. Bytes of writes before it may stand
 * in front of that byte, and none of a later write that brought descriptors behind.
 *
 * @return how many bytes; 0: the end; or -errno
 * @par Errors
 * As rawipc_stream_read(). EINVAL: fds still hold descriptors. E2BIG: more came than fds have room for. EMFILE: they had
 * room, and this process may open no more descriptors. After either all that came are closed; the bytes are in buf
 * all the same, and error->needed tells how many.
 * @par Syscalls, as of socket::Stream::read_with_fds in Rust
 * - at once; a limit of zero: [rawipc_stream_try_read_with_fds()]
 * - waits for ever: (recvmsg ppoll)×n [rawipc_stream_try_read_with_fds()]
 * - waits with a limit: (recvmsg clock_gettime ppoll)×n [rawipc_stream_try_read_with_fds()]
 * - times out: (recvmsg clock_gettime ppoll)×n
 * - times out, by the clock: (recvmsg clock_gettime ppoll)×n recvmsg clock_gettime
 * - over from the start: recvmsg clock_gettime
 * - a signal ends it, for ever: (recvmsg ppoll)×n
 * - a signal ends it, with a limit: (recvmsg clock_gettime ppoll)×n
 * - refused: none
 */
ssize_t rawipc_stream_read_with_fds(int stream, void *buf, size_t len, rawipc_fd_slots *fds,
                                    const rawipc_wait *wait, rawipc_error *error);

/**
 * Reads what is there now and the descriptors that came with it.
 *
 * @return how many bytes; 0: the end; or -errno
 * @par Errors
 * As rawipc_stream_read_with_fds(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Stream::try_read_with_fds in Rust
 * - ready; end; nothing there; too many descriptors, for no room; not one descriptor left: recvmsg
 * - too many descriptors; no descriptors left: recvmsg (close)×n
 * - the peer closed with bytes unread: recvmsg recvmsg
 * - refused: none
 */
ssize_t rawipc_stream_try_read_with_fds(int stream, void *buf, size_t len, rawipc_fd_slots *fds,
                                        rawipc_error *error);

/* -- seqpacket ------------------------------------------------------------------------------------
 * Connected sockets that carry whole messages, both ways.
 *
 * Both sides declare how large a message can be: RAWIPC_SEQPACKET_LIMIT bytes, or what both gave to
 * rawipc_seqpacket_set_limit(). A buffer of that size is received into with one syscall; a smaller one needs a look at
 * the length first. A peer that sends more than it declared, or an empty message, is corrupt: every receive from it is
 * -EBADMSG from then on. Empty messages with which a peer closes are taken for the end.
 */

/** The largest message unless another was declared, in bytes. */
#define RAWIPC_SEQPACKET_LIMIT 65536

/** One end of a connected seqpacket socket. A handle: it does not move. */
typedef struct rawipc_seqpacket {
    uint64_t opaque[6];
} rawipc_seqpacket;

/**
 * Makes two sockets that are connected to each other.
 *
 * @param first   gets one
 * @param second  gets the other
 * @return 0, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left, in this process or at all. EINVAL: both are the same memory.
 * @par Ownership
 * Both are the caller's to close.
 * @par Syscalls, as of socket::Seqpacket::pair in Rust
 * - ok: socketpair
 */
int rawipc_seqpacket_pair(rawipc_seqpacket *first, rawipc_seqpacket *second, rawipc_error *error);

/**
 * Makes a socket that is connected to the listener of that name, though not accepted yet.
 *
 * Where the listener's backlog is full, nothing tells of room: the call is made again each millisecond. Symbolic links
 * in a path are followed.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_stream_connect().
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Seqpacket::connect in Rust
 * - as rawipc_stream_connect()
 */
int rawipc_seqpacket_connect(rawipc_seqpacket *socket, const rawipc_address *address,
                             const rawipc_wait *wait, rawipc_error *error);

/**
 * Makes a socket that is connected to the listener of that name, if there is room in its backlog.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_stream_connect(), and EAGAIN in place of a wait.
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Seqpacket::try_connect in Rust
 * - as rawipc_stream_try_connect()
 */
int rawipc_seqpacket_try_connect(rawipc_seqpacket *socket, const rawipc_address *address,
                                 rawipc_error *error);

/**
 * Takes over a UNIX seqpacket socket that was not made here, one inherited. Nothing is changed on it.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE: no socket, none of UNIX, not a seqpacket.
 * @par Ownership
 * fd is the socket's from now on. On failure it is closed, unless socket or fd itself are refused.
 * @par Syscalls, as of socket::Seqpacket::attach in Rust
 * - ok: getsockopt getsockopt
 * - no socket; another family: getsockopt close
 * - another type: getsockopt getsockopt close
 */
int rawipc_seqpacket_attach(rawipc_seqpacket *socket, int fd, rawipc_error *error);

/**
 * Takes a descriptor for a UNIX seqpacket socket without asking the kernel: one that was accepted, or seen before.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Ownership
 * fd is the socket's from now on, unless it is refused.
 * @par Syscalls, as of socket::Seqpacket::assume in Rust
 * None.
 */
int rawipc_seqpacket_assume(rawipc_seqpacket *socket, int fd, rawipc_error *error);

/**
 * Declares the largest message of both directions, in bytes; the peer has to declare the same.
 *
 * The kernel's own limit is the sender's buffer, which is made larger where it has to be, and 4 MiB. It looks for that
 * much memory in one piece: a send of a large message can be ENOBUFS.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: 0 bytes. EMSGSIZE: above 4 MiB, or the kernel lets no such buffer be (/proc/sys/net/core/wmem_max);
 * error->needed tells the largest message that it would take. The limit stays as it was then.
 * @par Syscalls, as of socket::Seqpacket::set_limit in Rust
 * - the buffer is large enough: getsockopt
 * - it is made larger; it cannot be: getsockopt setsockopt getsockopt
 * - refused: none
 */
int rawipc_seqpacket_set_limit(rawipc_seqpacket *socket, size_t bytes, rawipc_error *error);

/**
 * The largest message of both directions: a buffer of this size is always enough.
 *
 * @return bytes, or -errno
 * @par Syscalls, as of socket::Seqpacket::send_limit in Rust
 * None.
 */
ssize_t rawipc_seqpacket_limit(const rawipc_seqpacket *socket, rawipc_error *error);

/**
 * Ends what the peer receives; receiving from it goes on.
 *
 * @return 0, or -errno
 * @par Errors
 * ENOTCONN: an attached socket that was never connected.
 * @par Syscalls, as of socket::Seqpacket::shutdown_write in Rust
 * - ok: shutdown
 */
int rawipc_seqpacket_shutdown_write(rawipc_seqpacket *socket, rawipc_error *error);

/**
 * Sends one message, or waits for room.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the message is empty. EMSGSIZE: it is longer than the limit, which error->needed repeats. ETIMEDOUT: no room
 * came in time; nothing was sent. EPIPE: the peer is gone.
 * @par Syscalls, as of socket::Seqpacket::send in Rust
 * - room; the peer is gone; a limit of zero: sendto
 * - waits for ever: (sendto ppoll)×n sendto
 * - waits with a limit: (sendto clock_gettime ppoll)×n sendto
 * - times out: (sendto clock_gettime ppoll)×n
 * - times out, by the clock: (sendto clock_gettime ppoll)×n sendto clock_gettime
 * - over from the start: sendto clock_gettime
 * - a signal ends it, for ever: (sendto ppoll)×n
 * - a signal ends it, with a limit: (sendto clock_gettime ppoll)×n
 * - refused: none
 */
int rawipc_seqpacket_send(rawipc_seqpacket *socket, const void *msg, size_t len,
                          const rawipc_wait *wait, rawipc_error *error);

/**
 * Sends one message if there is room now.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_seqpacket_send(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Seqpacket::try_send in Rust
 * - room; no room; the peer is gone: sendto
 * - refused: none
 */
int rawipc_seqpacket_try_send(rawipc_seqpacket *socket, const void *msg, size_t len,
                              rawipc_error *error);

/**
 * Receives one message, or waits for it.
 *
 * @return its length; 0: the peer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * EMSGSIZE: the buffer is too small; error->needed tells what is enough, and the message stays. ETIMEDOUT: nothing came
 * in time. EBADMSG: what came is no message of this channel, and so it stays; error->needed tells the length of one above
 * the limit, the first time.
 * @par Syscalls, as of socket::Seqpacket::recv in Rust
 * - ready: recvfrom
 * - at once otherwise; a limit of zero: [rawipc_seqpacket_try_recv()]
 * - waits for ever: (recvfrom ppoll)×n [rawipc_seqpacket_try_recv()]
 * - waits with a limit: (recvfrom clock_gettime ppoll)×n [rawipc_seqpacket_try_recv()]
 * - times out: (recvfrom clock_gettime ppoll)×n
 * - times out, by the clock: (recvfrom clock_gettime ppoll)×n recvfrom clock_gettime
 * - over from the start: recvfrom clock_gettime
 * - a signal ends it, for ever: (recvfrom ppoll)×n
 * - a signal ends it, with a limit: (recvfrom clock_gettime ppoll)×n
 * - corrupt: none
 */
ssize_t rawipc_seqpacket_recv(rawipc_seqpacket *socket, void *buf, size_t len,
                              const rawipc_wait *wait, rawipc_error *error);

/**
 * Receives one message if one is there now.
 *
 * @return its length; 0: the peer is gone; or -errno
 * @par Errors
 * As rawipc_seqpacket_recv(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Seqpacket::try_recv in Rust
 * - ready; too small; above the limit; nothing there: recvfrom
 * - small; reset; too small, reset: recvfrom recvfrom
 * - small, reset: recvfrom recvfrom recvfrom
 * - empty message: recvfrom (ppoll)×n
 * - empty message, small: recvfrom recvfrom (ppoll)×n
 * - empty message, and the peer is gone; end: recvfrom (ppoll)×n ioctl
 * - empty message, and the peer is gone, small; end, small; end, reset: recvfrom recvfrom (ppoll)×n ioctl
 * - end, small, reset: recvfrom recvfrom recvfrom (ppoll)×n ioctl
 * - end, of which the look failed before: (ppoll)×n ioctl
 * - empty message, of which the look failed before: (ppoll)×n
 * - corrupt: none
 */
ssize_t rawipc_seqpacket_try_recv(rawipc_seqpacket *socket, void *buf, size_t len,
                                  rawipc_error *error);

/**
 * The descriptor, to poll or to ask about. It stays the socket's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of socket::Seqpacket::as_fd in Rust
 * None.
 */
int rawipc_seqpacket_fd(const rawipc_seqpacket *socket, rawipc_error *error);

/**
 * Takes the descriptor out, to keep or to hand over; the handle is closed.
 *
 * @return the descriptor, or -errno
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Seqpacket::into_fd in Rust
 * None.
 */
int rawipc_seqpacket_into_fd(rawipc_seqpacket *socket, rawipc_error *error);

/**
 * Closes the socket.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: it is none, or closed already.
 * @par Syscalls, as of socket::Seqpacket in Rust
 * - drop: close
 */
int rawipc_seqpacket_close(rawipc_seqpacket *socket, rawipc_error *error);

/* -- with_fds -------------------------------------------------------------------------------------
 * A seqpacket socket that descriptors travel over.
 */

/**
 * Sends one message with these descriptors, or waits for room.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_seqpacket_send(). EINVAL: more than RAWIPC_FDS_MAX. EPERM: the peer refuses them. ETOOMANYREFS: as many of
 * this user's are on their way as it may have open (RLIMIT_NOFILE). After an error nothing was sent.
 * @par Syscalls, as of socket::Seqpacket::send_with_fds in Rust
 * - room; the peer is gone; a limit of zero: sendmsg
 * - waits for ever: (sendmsg ppoll)×n sendmsg
 * - waits with a limit: (sendmsg clock_gettime ppoll)×n sendmsg
 * - times out: (sendmsg clock_gettime ppoll)×n
 * - times out, by the clock: (sendmsg clock_gettime ppoll)×n sendmsg clock_gettime
 * - over from the start: sendmsg clock_gettime
 * - a signal ends it, for ever: (sendmsg ppoll)×n
 * - a signal ends it, with a limit: (sendmsg clock_gettime ppoll)×n
 * - refused: none
 */
int rawipc_seqpacket_send_with_fds(rawipc_seqpacket *socket, const void *msg, size_t len,
                                   const rawipc_fd_refs *fds, const rawipc_wait *wait,
                                   rawipc_error *error);

/**
 * Sends one message with these descriptors if there is room now.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_seqpacket_send_with_fds(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Seqpacket::try_send_with_fds in Rust
 * - room; no room; the peer is gone: sendmsg
 * - refused: none
 */
int rawipc_seqpacket_try_send_with_fds(rawipc_seqpacket *socket, const void *msg, size_t len,
                                       const rawipc_fd_refs *fds, rawipc_error *error);

/**
 * Receives one message with what was sent along, or waits for it.
 *
 * @return its length; 0: the peer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * As rawipc_seqpacket_recv(). EINVAL: fds still hold descriptors. E2BIG: more came than fds have room for. EMFILE: they had
 * room, and this process may open no more descriptors. After either all that came are closed; the message is in buf
 * all the same, and error->needed tells its length.
 * @par Syscalls, as of socket::Seqpacket::recv_with_fds in Rust
 * - at once; a limit of zero: [rawipc_seqpacket_try_recv_with_fds()]
 * - waits for ever: ([rawipc_seqpacket_try_recv_with_fds()] ppoll)×n [rawipc_seqpacket_try_recv_with_fds()]
 * - waits with a limit: ([rawipc_seqpacket_try_recv_with_fds()] clock_gettime ppoll)×n
 *   [rawipc_seqpacket_try_recv_with_fds()]
 * - times out: ([rawipc_seqpacket_try_recv_with_fds()] clock_gettime ppoll)×n
 * - times out, by the clock: ([rawipc_seqpacket_try_recv_with_fds()] clock_gettime ppoll)×n
 *   [rawipc_seqpacket_try_recv_with_fds()] clock_gettime
 * - over from the start: [rawipc_seqpacket_try_recv_with_fds()] clock_gettime
 * - a signal ends it, for ever: ([rawipc_seqpacket_try_recv_with_fds()] ppoll)×n
 * - a signal ends it, with a limit: ([rawipc_seqpacket_try_recv_with_fds()] clock_gettime ppoll)×n
 * - refused; corrupt: none
 */
ssize_t rawipc_seqpacket_recv_with_fds(rawipc_seqpacket *socket, void *buf, size_t len,
                                       rawipc_fd_slots *fds, const rawipc_wait *wait,
                                       rawipc_error *error);

/**
 * Receives one message with what was sent along, if one is there now.
 *
 * @return its length; 0: the peer is gone; or -errno
 * @par Errors
 * As rawipc_seqpacket_recv_with_fds(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Seqpacket::try_recv_with_fds in Rust
 * - ready; above the limit; nothing there; too many descriptors, for no room; not one descriptor left: recvmsg
 * - too small; small, nothing there: recvfrom
 * - small: recvfrom recvmsg
 * - reset: recvmsg recvmsg
 * - too small, reset: recvfrom recvfrom
 * - small, reset: recvfrom recvfrom recvmsg
 * - too many descriptors; no descriptors left; above the limit, with descriptors; empty message with descriptors:
 *   recvmsg (close)×n
 * - too many descriptors, small; empty message with descriptors, small: recvfrom recvmsg (close)×n
 * - empty message: recvmsg (ppoll)×n
 * - empty message, small: recvfrom recvmsg (ppoll)×n
 * - empty message, and the peer is gone; end: recvmsg (ppoll)×n ioctl
 * - empty message, and the peer is gone, small; end, small: recvfrom recvmsg (ppoll)×n ioctl
 * - end, reset: recvmsg recvmsg (ppoll)×n ioctl
 * - end, small, reset: recvfrom recvfrom recvmsg (ppoll)×n ioctl
 * - end, of which the look failed before: (ppoll)×n ioctl
 * - empty message, of which the look failed before: (ppoll)×n
 * - refused; corrupt: none
 */
ssize_t rawipc_seqpacket_try_recv_with_fds(rawipc_seqpacket *socket, void *buf, size_t len,
                                           rawipc_fd_slots *fds, rawipc_error *error);

/**
 * Has each message that is sent from now on bring its sender's credentials, for a receive with slots to tell: see
 * rawipc_fd_slots_credentials().
 *
 * They are those of who sends, which may be another than who connected. A message that was there before is told as of user
 * 65,534 and no process. A socket without a name gets an abstract one of the kernel's choice when it sends next.
 *
 * @return 0, or -errno
 * @par Syscalls, as of socket::Seqpacket::pass_credentials in Rust
 * - ok: setsockopt
 */
int rawipc_seqpacket_pass_credentials(rawipc_seqpacket *socket, rawipc_error *error);

/* -- datagram -------------------------------------------------------------------------------------
 * Sockets that carry whole messages without connections: from anybody to one with a name, or both ways between two.
 *
 * rawipc_datagram_send_to() and rawipc_datagram_recv_from() work on any; rawipc_datagram_send() is for one that has a
 * peer. The kernel keeps every message, in order, and refuses the sender where it has no room.
 *
 * There is no end: when the peer is gone, a receive hands out what was sent and then waits, to its deadline. A send
 * that finds it gone makes the kernel drop what was not received yet: receive first. An empty message, or one above the
 * declared limit, is dropped and told as -EBADMSG, and the next one is received after it. On a socket with a name and
 * no peer, whoever may write to its file sends, and any process does to an abstract name.
 *
 * A path is owned, taken over from the dead and removed on close as that of a listener, with a lock beside it.
 */

/** A datagram socket. A handle: it does not move. */
typedef struct rawipc_datagram {
    uint64_t opaque[32];
} rawipc_datagram;

/**
 * Makes two sockets, each the other's peer.
 *
 * @param first   gets one
 * @param second  gets the other
 * @return 0, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left, in this process or at all. EINVAL: both are the same memory.
 * @par Ownership
 * Both are the caller's to close.
 * @par Syscalls, as of socket::Datagram::pair in Rust
 * - ok: socketpair
 */
int rawipc_datagram_pair(rawipc_datagram *first, rawipc_datagram *second, rawipc_error *error);

/**
 * Makes a socket without name or peer, to send from.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left, in this process or at all.
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Datagram::unbound in Rust
 * - ok: socket
 */
int rawipc_datagram_unbound(rawipc_datagram *socket, rawipc_error *error);

/**
 * Makes a socket with a file of mode 0600, or an abstract name.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_bind().
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Datagram::bind in Rust
 * - as rawipc_datagram_bind_with()
 */
int rawipc_datagram_bind(rawipc_datagram *socket, const rawipc_address *address,
                         rawipc_error *error);

/**
 * Makes a socket with a file of this mode, less what the umask takes away.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_bind().
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Datagram::bind_with in Rust
 * - path: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat getpid
 * - path of a dead socket: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid socket connect
 *   close unlinkat bind newfstatat getpid
 * - path, its last owner just left: socket (openat fstat geteuid flock newfstatat close)×n openat fstat geteuid flock
 *   newfstatat fchmod bind newfstatat getpid
 * - abstract name: socket bind
 * - no socket: socket
 * - path, no lock: socket openat close
 * - path, the lock is no regular file: socket openat fstat close close
 * - path, another user's lock: socket openat fstat geteuid close close
 * - path, its owner lives: socket openat fstat geteuid flock close close
 * - path, its owners come and go: socket (openat fstat geteuid flock newfstatat close)×n close
 * - path, no look at the lock: socket openat fstat geteuid flock newfstatat newfstatat unlinkat close close
 * - path, no mode: socket openat fstat geteuid flock newfstatat fchmod newfstatat unlinkat close close
 * - path, no bind: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat unlinkat close close
 * - path of another kind of file: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat newfstatat
 *   unlinkat close close
 * - path of another user's socket: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   newfstatat unlinkat close close
 * - path of a live socket without a lock: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   socket connect close newfstatat unlinkat close close
 * - path of a dead socket, no socket to ask with: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat
 *   geteuid socket newfstatat unlinkat close close
 * - path of a dead socket, not removed: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   socket connect close unlinkat newfstatat unlinkat close close
 * - path of a dead socket, no bind: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid socket
 *   connect close unlinkat bind newfstatat unlinkat close close
 * - path, no stat: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat unlinkat newfstatat unlinkat
 *   close close
 * - path of a dead socket, no stat: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid socket
 *   connect close unlinkat bind newfstatat unlinkat newfstatat unlinkat close close
 * - abstract name, no bind: socket bind close
 * - refused: none
 */
int rawipc_datagram_bind_with(rawipc_datagram *socket, const rawipc_address *address, uint32_t mode,
                              rawipc_error *error);

/**
 * Makes a socket without a name, whose messages go to the one of that name. Symbolic links in a path are followed.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * ENOENT: no such file. ECONNREFUSED: nobody is behind it. EACCES: the file cannot be written. EPROTOTYPE: the socket
 * there is not of this type; ECONNREFUSED for an abstract name, which each type has for itself. EPERM: it has another
 * peer. EINVAL: the address is unnamed. EMFILE, ENFILE: no descriptors left.
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Datagram::connect in Rust
 * - ok: socket connect
 * - an error: socket connect close
 * - no socket: socket
 * - refused: none
 */
int rawipc_datagram_connect(rawipc_datagram *socket, const rawipc_address *address,
                            rawipc_error *error);

/**
 * Makes the socket of that name the peer: messages go there, and come from there alone. What others sent before stays in
 * the queue and is received first.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_datagram_connect().
 * @par Syscalls, as of socket::Datagram::connect_to in Rust
 * - ok; an error: connect
 * - refused: none
 */
int rawipc_datagram_connect_to(rawipc_datagram *socket, const rawipc_address *address,
                               rawipc_error *error);

/**
 * Takes over a UNIX datagram socket that was not made here, one inherited. Nothing is changed on it, and the file of its
 * name, if it has one, is another's to remove.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE: no socket, none of UNIX, not for datagrams.
 * @par Ownership
 * fd is the socket's from now on. On failure it is closed, unless socket or fd itself are refused.
 * @par Syscalls, as of socket::Datagram::attach in Rust
 * - ok: getsockopt getsockopt
 * - no socket; another family: getsockopt close
 * - another type: getsockopt getsockopt close
 */
int rawipc_datagram_attach(rawipc_datagram *socket, int fd, rawipc_error *error);

/**
 * Declares the largest message, in bytes, RAWIPC_SEQPACKET_LIMIT until then; whoever sends here has to declare the same.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_seqpacket_set_limit().
 * @par Syscalls, as of socket::Datagram::set_limit in Rust
 * - as rawipc_seqpacket_set_limit()
 */
int rawipc_datagram_set_limit(rawipc_datagram *socket, size_t bytes, rawipc_error *error);

/**
 * The largest message of both directions: a buffer of this size is always enough.
 *
 * @return bytes, or -errno
 * @par Syscalls, as of socket::Datagram::send_limit in Rust
 * None.
 */
ssize_t rawipc_datagram_limit(const rawipc_datagram *socket, rawipc_error *error);

/**
 * The name that the socket was bound to; unnamed without.
 *
 * @param address  gets it
 * @return 0, or -errno
 * @par Syscalls, as of socket::Datagram::address in Rust
 * None.
 */
int rawipc_datagram_address(const rawipc_datagram *socket, rawipc_address *address,
                            rawipc_error *error);

/**
 * The descriptor, to poll or to ask about. It stays the socket's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of socket::Datagram::as_fd in Rust
 * None.
 */
int rawipc_datagram_fd(const rawipc_datagram *socket, rawipc_error *error);

/**
 * Takes the descriptor out, to keep or to hand over; the handle is closed. The file of its name stays, for its new owner
 * to remove, and the lock is let go.
 *
 * @return the descriptor, or -errno
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Datagram::into_fd in Rust
 * - as rawipc_listener_into_fd()
 * - unnamed: none
 */
int rawipc_datagram_into_fd(rawipc_datagram *socket, rawipc_error *error);

/**
 * Removes the file of its name and the lock, closes the socket, and tells whether the file was there to be removed.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_remove().
 * @par Syscalls, as of socket::Datagram::remove in Rust
 * - as rawipc_listener_remove()
 * - unnamed: close
 */
int rawipc_datagram_remove(rawipc_datagram *socket, rawipc_error *error);

/**
 * Closes the socket, and removes the file of its name and the lock, if this process made them and they are still the same.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: it is none, or closed already.
 * @par Syscalls, as of socket::Datagram in Rust
 * - drop, unnamed; drop, abstract name: close
 * - drop, path: getpid newfstatat unlinkat newfstatat unlinkat close close
 * - drop, path, the file is gone; drop, path, the file is another's: getpid newfstatat newfstatat unlinkat close close
 * - drop, path, the lock's file is gone; drop, path, the lock's file is another's: getpid newfstatat unlinkat
 *   newfstatat close close
 * - drop, path, both are gone: getpid newfstatat newfstatat close close
 * - drop, path, in a child made by fork: getpid close close
 * - drop, in a directory: getpid newfstatat unlinkat newfstatat unlinkat close close close
 */
int rawipc_datagram_close(rawipc_datagram *socket, rawipc_error *error);

/* -- messages -------------------------------------------------------------------------------------
 * Sending and receiving.
 */

/**
 * Sends one message to the socket of that name, or waits for room in its queue.
 *
 * Nothing tells of that room: the call is made again each millisecond. A socket connected to it waits without.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the message is empty, or the address unnamed. EMSGSIZE: above the limit. ETIMEDOUT: no room came in time.
 * ENOENT, ECONNREFUSED, EACCES, EPROTOTYPE, EPERM: as rawipc_datagram_connect().
 * @par Syscalls, as of socket::Datagram::send_to in Rust
 * - room; an error; a limit of zero: sendto
 * - waits for ever: (sendto ppoll)×n sendto
 * - waits with a limit: (sendto clock_gettime ppoll)×n sendto
 * - times out: (sendto clock_gettime ppoll)×n sendto clock_gettime
 * - over from the start: sendto clock_gettime
 * - a signal ends it, for ever: (sendto ppoll)×n
 * - a signal ends it, with a limit: (sendto clock_gettime ppoll)×n
 * - refused: none
 */
int rawipc_datagram_send_to(const rawipc_datagram *socket, const rawipc_address *to, const void *msg,
                            size_t len, const rawipc_wait *wait, rawipc_error *error);

/**
 * Sends one message to the socket of that name if there is room now.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_datagram_send_to(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Datagram::try_send_to in Rust
 * - room; no room; an error: sendto
 * - refused: none
 */
int rawipc_datagram_try_send_to(const rawipc_datagram *socket, const rawipc_address *to,
                                const void *msg, size_t len, rawipc_error *error);

/**
 * Receives one message and its sender's name, or waits for it.
 *
 * @param from  gets the name: what the sender chose, and unnamed where it has none
 * @return its length, never 0; or -errno
 * @par Errors
 * As rawipc_datagram_recv().
 * @par Syscalls, as of socket::Datagram::recv_from in Rust
 * - ready: recvmsg
 * - at once otherwise; a limit of zero: [rawipc_datagram_try_recv_from()]
 * - waits for ever: ([rawipc_datagram_try_recv_from()] ppoll)×n [rawipc_datagram_try_recv_from()]
 * - waits with a limit: ([rawipc_datagram_try_recv_from()] clock_gettime ppoll)×n [rawipc_datagram_try_recv_from()]
 * - times out: ([rawipc_datagram_try_recv_from()] clock_gettime ppoll)×n
 * - times out, by the clock: ([rawipc_datagram_try_recv_from()] clock_gettime ppoll)×n
 *   [rawipc_datagram_try_recv_from()] clock_gettime
 * - over from the start: [rawipc_datagram_try_recv_from()] clock_gettime
 * - a signal ends it, for ever: ([rawipc_datagram_try_recv_from()] ppoll)×n
 * - a signal ends it, with a limit: ([rawipc_datagram_try_recv_from()] clock_gettime ppoll)×n
 */
ssize_t rawipc_datagram_recv_from(const rawipc_datagram *socket, void *buf, size_t len,
                                  rawipc_address *from, const rawipc_wait *wait,
                                  rawipc_error *error);

/**
 * Receives one message and its sender's name, if one is there now.
 *
 * @param from  gets the name
 * @return its length, never 0; or -errno
 * @par Errors
 * As rawipc_datagram_recv(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Datagram::try_recv_from in Rust
 * - ready; empty; above the limit; nothing there: recvmsg
 * - too small; small, nothing there: recvfrom
 * - small: recvfrom recvmsg
 * - reset; reset, nothing there: recvmsg recvmsg
 * - too small, reset; small, reset, nothing there: recvfrom recvfrom
 * - small, reset: recvfrom recvfrom recvmsg
 */
ssize_t rawipc_datagram_try_recv_from(const rawipc_datagram *socket, void *buf, size_t len,
                                      rawipc_address *from, rawipc_error *error);

/**
 * Sends one message to the peer, or waits for room.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the message is empty. EMSGSIZE: it is longer than the limit, which error->needed repeats. ETIMEDOUT: no room
 * came in time; nothing was sent. EPIPE: the peer is gone. ENOTCONN: it never had one.
 * @par Syscalls, as of socket::Datagram::send in Rust
 * - room; the peer is gone; a limit of zero: sendto
 * - waits for ever: (sendto ppoll)×n sendto
 * - waits with a limit: (sendto clock_gettime ppoll)×n sendto
 * - times out: (sendto clock_gettime ppoll)×n
 * - times out, by the clock: (sendto clock_gettime ppoll)×n sendto clock_gettime
 * - over from the start: sendto clock_gettime
 * - a signal ends it, for ever: (sendto ppoll)×n
 * - a signal ends it, with a limit: (sendto clock_gettime ppoll)×n
 * - refused: none
 */
int rawipc_datagram_send(rawipc_datagram *socket, const void *msg, size_t len,
                         const rawipc_wait *wait, rawipc_error *error);

/**
 * Sends one message to the peer if there is room now.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_datagram_send(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Datagram::try_send in Rust
 * - room; no room; the peer is gone: sendto
 * - refused: none
 */
int rawipc_datagram_try_send(rawipc_datagram *socket, const void *msg, size_t len,
                             rawipc_error *error);

/**
 * Receives one message, or waits for it.
 *
 * @return its length, never 0; or -errno
 * @par Errors
 * EMSGSIZE: the buffer is too small; error->needed tells what is enough, and the message stays. ETIMEDOUT: nothing came in
 * time. EBADMSG: what came was empty or above the limit, and is dropped; error->needed tells the length of the latter.
 * ESHUTDOWN: it would wait, and another holder of this socket shut it down.
 * @par Syscalls, as of socket::Datagram::recv in Rust
 * - ready: recvfrom
 * - at once otherwise; a limit of zero: [rawipc_datagram_try_recv()]
 * - waits for ever: ([rawipc_datagram_try_recv()] ppoll)×n [rawipc_datagram_try_recv()]
 * - waits with a limit: ([rawipc_datagram_try_recv()] clock_gettime ppoll)×n [rawipc_datagram_try_recv()]
 * - times out: ([rawipc_datagram_try_recv()] clock_gettime ppoll)×n
 * - times out, by the clock: ([rawipc_datagram_try_recv()] clock_gettime ppoll)×n [rawipc_datagram_try_recv()]
 *   clock_gettime
 * - over from the start: [rawipc_datagram_try_recv()] clock_gettime
 * - a signal ends it, for ever: ([rawipc_datagram_try_recv()] ppoll)×n
 * - a signal ends it, with a limit: ([rawipc_datagram_try_recv()] clock_gettime ppoll)×n
 */
ssize_t rawipc_datagram_recv(rawipc_datagram *socket, void *buf, size_t len, const rawipc_wait *wait,
                             rawipc_error *error);

/**
 * Receives one message if one is there now.
 *
 * @return its length, never 0; or -errno
 * @par Errors
 * As rawipc_datagram_recv(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Datagram::try_recv in Rust
 * - ready; too small; empty; above the limit; nothing there: recvfrom
 * - small; reset; reset, nothing there; too small, reset: recvfrom recvfrom
 * - small, reset: recvfrom recvfrom recvfrom
 */
ssize_t rawipc_datagram_try_recv(rawipc_datagram *socket, void *buf, size_t len,
                                 rawipc_error *error);

/* -- with_fds -------------------------------------------------------------------------------------
 * A datagram socket that descriptors travel over.
 */

/**
 * Sends one message with these descriptors, or waits for room.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_datagram_send(). EINVAL: more than RAWIPC_FDS_MAX. EPERM: the peer refuses them. ETOOMANYREFS: as many of
 * this user's are on their way as it may have open (RLIMIT_NOFILE). After an error nothing was sent.
 * @par Syscalls, as of socket::Datagram::send_with_fds in Rust
 * - room; the peer is gone; a limit of zero: sendmsg
 * - waits for ever: (sendmsg ppoll)×n sendmsg
 * - waits with a limit: (sendmsg clock_gettime ppoll)×n sendmsg
 * - times out: (sendmsg clock_gettime ppoll)×n
 * - times out, by the clock: (sendmsg clock_gettime ppoll)×n sendmsg clock_gettime
 * - over from the start: sendmsg clock_gettime
 * - a signal ends it, for ever: (sendmsg ppoll)×n
 * - a signal ends it, with a limit: (sendmsg clock_gettime ppoll)×n
 * - refused: none
 */
int rawipc_datagram_send_with_fds(rawipc_datagram *socket, const void *msg, size_t len,
                                  const rawipc_fd_refs *fds, const rawipc_wait *wait,
                                  rawipc_error *error);

/**
 * Sends one message with these descriptors if there is room now.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_datagram_send_with_fds(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Datagram::try_send_with_fds in Rust
 * - room; no room; the peer is gone: sendmsg
 * - refused: none
 */
int rawipc_datagram_try_send_with_fds(rawipc_datagram *socket, const void *msg, size_t len,
                                      const rawipc_fd_refs *fds, rawipc_error *error);

/**
 * Receives one message with what was sent along, or waits for it.
 *
 * @return its length, never 0; or -errno
 * @par Errors
 * As rawipc_datagram_recv(). EINVAL: fds still hold descriptors. E2BIG: more came than fds have room for. EMFILE: they had
 * room, and this process may open no more descriptors. After either all that came are closed; the message is in buf
 * all the same, and error->needed tells its length.
 * @par Syscalls, as of socket::Datagram::recv_with_fds in Rust
 * - as rawipc_datagram_recv_from_with_fds()
 */
ssize_t rawipc_datagram_recv_with_fds(rawipc_datagram *socket, void *buf, size_t len,
                                      rawipc_fd_slots *fds, const rawipc_wait *wait,
                                      rawipc_error *error);

/**
 * Receives one message with what was sent along, if one is there now.
 *
 * @return its length, never 0; or -errno
 * @par Errors
 * As rawipc_datagram_recv_with_fds(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Datagram::try_recv_with_fds in Rust
 * - as rawipc_datagram_try_recv_from_with_fds()
 */
ssize_t rawipc_datagram_try_recv_with_fds(rawipc_datagram *socket, void *buf, size_t len,
                                          rawipc_fd_slots *fds, rawipc_error *error);

/**
 * Sends one message with these descriptors to the socket of that name, or waits for room in its queue.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_datagram_send_to() and rawipc_datagram_send_with_fds().
 * @par Syscalls, as of socket::Datagram::send_to_with_fds in Rust
 * - room; an error; a limit of zero: sendmsg
 * - waits for ever: (sendmsg ppoll)×n sendmsg
 * - waits with a limit: (sendmsg clock_gettime ppoll)×n sendmsg
 * - times out: (sendmsg clock_gettime ppoll)×n sendmsg clock_gettime
 * - over from the start: sendmsg clock_gettime
 * - a signal ends it, for ever: (sendmsg ppoll)×n
 * - a signal ends it, with a limit: (sendmsg clock_gettime ppoll)×n
 * - refused: none
 */
int rawipc_datagram_send_to_with_fds(const rawipc_datagram *socket, const rawipc_address *to,
                                     const void *msg, size_t len, const rawipc_fd_refs *fds,
                                     const rawipc_wait *wait, rawipc_error *error);

/**
 * Sends one message with these descriptors to the socket of that name if there is room now.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_datagram_send_to_with_fds(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Datagram::try_send_to_with_fds in Rust
 * - room; no room; an error: sendmsg
 * - refused: none
 */
int rawipc_datagram_try_send_to_with_fds(const rawipc_datagram *socket, const rawipc_address *to,
                                         const void *msg, size_t len, const rawipc_fd_refs *fds,
                                         rawipc_error *error);

/**
 * Receives one message, its sender's name and what was sent along, or waits for it.
 *
 * @param from  gets the name
 * @return its length, never 0; or -errno
 * @par Errors
 * As rawipc_datagram_recv_with_fds().
 * @par Syscalls, as of socket::Datagram::recv_from_with_fds in Rust
 * - at once; a limit of zero: [rawipc_datagram_try_recv_from_with_fds()]
 * - waits for ever: ([rawipc_datagram_try_recv_from_with_fds()] ppoll)×n [rawipc_datagram_try_recv_from_with_fds()]
 * - waits with a limit: ([rawipc_datagram_try_recv_from_with_fds()] clock_gettime ppoll)×n
 *   [rawipc_datagram_try_recv_from_with_fds()]
 * - times out: ([rawipc_datagram_try_recv_from_with_fds()] clock_gettime ppoll)×n
 * - times out, by the clock: ([rawipc_datagram_try_recv_from_with_fds()] clock_gettime ppoll)×n
 *   [rawipc_datagram_try_recv_from_with_fds()] clock_gettime
 * - over from the start: [rawipc_datagram_try_recv_from_with_fds()] clock_gettime
 * - a signal ends it, for ever: ([rawipc_datagram_try_recv_from_with_fds()] ppoll)×n
 * - a signal ends it, with a limit: ([rawipc_datagram_try_recv_from_with_fds()] clock_gettime ppoll)×n
 * - refused: none
 */
ssize_t rawipc_datagram_recv_from_with_fds(const rawipc_datagram *socket, void *buf, size_t len,
                                           rawipc_fd_slots *fds, rawipc_address *from,
                                           const rawipc_wait *wait, rawipc_error *error);

/**
 * Receives one message, its sender's name and what was sent along, if one is there now.
 *
 * @param from  gets the name
 * @return its length, never 0; or -errno
 * @par Errors
 * As rawipc_datagram_recv_with_fds(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Datagram::try_recv_from_with_fds in Rust
 * - ready; empty; above the limit; nothing there; too many descriptors, for no room; not one descriptor left: recvmsg
 * - too small; small, nothing there: recvfrom
 * - small: recvfrom recvmsg
 * - reset; reset, nothing there: recvmsg recvmsg
 * - too small, reset; small, reset, nothing there: recvfrom recvfrom
 * - small, reset: recvfrom recvfrom recvmsg
 * - too many descriptors; no descriptors left; above the limit, with descriptors; empty, with descriptors: recvmsg
 *   (close)×n
 * - too many descriptors, small; empty, with descriptors, small: recvfrom recvmsg (close)×n
 * - refused: none
 */
ssize_t rawipc_datagram_try_recv_from_with_fds(const rawipc_datagram *socket, void *buf, size_t len,
                                               rawipc_fd_slots *fds, rawipc_address *from,
                                               rawipc_error *error);

/**
 * Has each message that is sent from now on bring its sender's credentials, for a receive with slots to tell: see
 * rawipc_fd_slots_credentials().
 *
 * One without a name gets an abstract one of the kernel's choice when it sends next, to which anybody may send unless it
 * has a peer.
 *
 * @return 0, or -errno
 * @par Syscalls, as of socket::Datagram::pass_credentials in Rust
 * - as rawipc_seqpacket_pass_credentials()
 */
int rawipc_datagram_pass_credentials(rawipc_datagram *socket, rawipc_error *error);

/* -- listener -------------------------------------------------------------------------------------
 * Sockets that others connect to.
 *
 * A path is owned by who holds the lock beside it: a file of the same name with .lock behind it, 0600 and empty, which
 * rawipc_listener_bind() makes and locks with flock, and a second descriptor holds from then on. However its owner
 * ends, the kernel lets the lock go, and the next bind takes over the socket's file that the dead left; until then the
 * name is taken, even where somebody removed the socket's file. Of two that start at once, one gets the name and the
 * other EADDRINUSE. A live socket of a program that knows nothing of the lock is found by connect and never robbed.
 *
 * Closing removes both files, if this process made them and they are still the same: not in a child made by fork, which
 * shares the lock and keeps the name in use for as long as it has it, and not where somebody replaced them. The path is
 * looked up again from where the process then stands, so a relative one is removed from the same working directory
 * only.
 */

/** A listener that accepts streams. */
#define RAWIPC_LISTENER_STREAM 1

/** A listener that accepts seqpacket sockets. */
#define RAWIPC_LISTENER_SEQPACKET 5

/** The options say a mode. */
#define RAWIPC_LISTENER_MODE 1

/** The options say a backlog. */
#define RAWIPC_LISTENER_BACKLOG 2

/** A listening socket. A handle: it does not move. */
typedef struct rawipc_listener {
    uint64_t opaque[36];
} rawipc_listener;

/**
 * How a listener is made; NULL in its place is for the defaults.
 *
 * `rawipc_listener_options options = { sizeof options, RAWIPC_LISTENER_MODE, 0660, 0 };` lets a group connect.
 */
typedef struct rawipc_listener_options {
    /** `sizeof(rawipc_listener_options)`. */
    uint32_t size;
    /** RAWIPC_LISTENER_MODE, RAWIPC_LISTENER_BACKLOG: which of the two below are said. */
    uint32_t flags;
    /**
     * Permissions of the socket file, less what the umask takes away; 0600 where not said. An abstract name has none.
     */
    uint32_t mode;
    /**
     * Connections that may wait to be accepted, cut by the kernel at /proc/sys/net/core/somaxconn; 4096 where not said.
     */
    uint32_t backlog;
} rawipc_listener_options;

/**
 * Makes a listener with a file, of mode 0600 unless the options say another, or an abstract name.
 *
 * The file has its mode from its first instant. A connect is ECONNREFUSED between bind and listen.
 *
 * @param listener  gets it
 * @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
 * @return 0, or -errno
 * @par Errors
 * EINVAL: another kind, a mode above 0777, or the address is unnamed. EADDRINUSE: the name is taken, by a live socket of
 * whatever type, a file that is no socket of this user's, or one that this user may not write to; of flock, another
 * process owns it. Of the lock, ELOOP, EISDIR, ENXIO, EPROTOTYPE: it is no regular file; EPERM: another user's. EACCES,
 * ENOENT, ENOTDIR, EROFS: the path. EMFILE, ENFILE: no descriptors left. After an error nothing stays open, and no file of
 * ours stays but the lock's where it could not be locked (ENOLCK).
 * @par Ownership
 * The listener is the caller's to close.
 * @par Syscalls, as of socket::Listener::bind_with in Rust
 * - path: socket openat fstat geteuid flock newfstatat fchmod bind listen newfstatat getpid
 * - path of a dead socket: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid socket connect
 *   close bind listen newfstatat renameat2 getpid
 * - path of a retired listener: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid preadv2
 *   bind listen newfstatat renameat2 getpid ftruncate
 * - path of a dead socket, another was left before it: socket openat fstat geteuid flock newfstatat fchmod bind
 *   newfstatat geteuid preadv2 socket connect close bind listen newfstatat renameat2 getpid
 * - path of a dead socket, a successor was killed: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat
 *   geteuid socket connect close bind newfstatat geteuid socket connect close unlinkat bind listen newfstatat renameat2
 *   getpid
 * - path, its last owner just left: socket (openat fstat geteuid flock newfstatat close)×n openat fstat geteuid flock
 *   newfstatat fchmod bind listen newfstatat getpid
 * - abstract name: socket bind listen
 * - no socket: socket
 * - path, no lock: socket openat close
 * - path, the lock is no regular file: socket openat fstat close close
 * - path, another user's lock: socket openat fstat geteuid close close
 * - path, its owner lives: socket openat fstat geteuid flock close close
 * - path, its owners come and go: socket (openat fstat geteuid flock newfstatat close)×n close
 * - path, no look at the lock: socket openat fstat geteuid flock newfstatat newfstatat unlinkat close close
 * - path, no mode: socket openat fstat geteuid flock newfstatat fchmod newfstatat unlinkat close close
 * - path, no bind: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat unlinkat close close
 * - path, no listen: socket openat fstat geteuid flock newfstatat fchmod bind listen unlinkat newfstatat unlinkat close
 *   close
 * - path, no stat: socket openat fstat geteuid flock newfstatat fchmod bind listen newfstatat unlinkat newfstatat
 *   unlinkat close close
 * - path of another kind of file: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat newfstatat
 *   unlinkat close close
 * - path of another user's socket: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   newfstatat unlinkat close close
 * - path of a live socket without a lock: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   socket connect close newfstatat unlinkat close close
 * - path of a retired listener, no look at the mark: socket openat fstat geteuid flock newfstatat fchmod bind
 *   newfstatat geteuid preadv2 newfstatat unlinkat close close
 * - path of a dead socket, no socket to ask with: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat
 *   geteuid socket newfstatat unlinkat close close
 * - path of a dead socket, no bind: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid socket
 *   connect close bind newfstatat unlinkat close close
 * - path of a dead socket, no listen: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   socket connect close bind listen unlinkat newfstatat unlinkat close close
 * - path of a dead socket, no stat: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid socket
 *   connect close bind listen newfstatat unlinkat newfstatat unlinkat close close
 * - path of a dead socket, no rename: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   socket connect close bind listen newfstatat renameat2 unlinkat newfstatat unlinkat close close
 * - long path of a dead socket: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid socket
 *   connect close unlinkat bind listen newfstatat getpid
 * - long path of a dead socket, not removed: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat
 *   geteuid socket connect close unlinkat newfstatat unlinkat close close
 * - long path of a dead socket, no bind: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   socket connect close unlinkat bind newfstatat unlinkat close close
 * - long path of a dead socket, no listen: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   socket connect close unlinkat bind listen unlinkat newfstatat unlinkat close close
 * - long path of a dead socket, no stat: socket openat fstat geteuid flock newfstatat fchmod bind newfstatat geteuid
 *   socket connect close unlinkat bind listen newfstatat unlinkat newfstatat unlinkat close close
 * - abstract name, no bind: socket bind close
 * - abstract name, no listen: socket bind listen close
 * - refused: none
 * @par Syscalls, as of socket::Listener::bind in Rust
 * - as rawipc_listener_bind()
 */
int rawipc_listener_bind(rawipc_listener *listener, uint32_t kind, const rawipc_address *address,
                         const rawipc_listener_options *options, rawipc_error *error);

/**
 * Accepts the next stream, or waits for one.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * EPROTOTYPE: it accepts seqpacket sockets. ETIMEDOUT. EMFILE, ENFILE: no descriptors left; the connection waits on, and so
 * do those after it, until one is closed. ESHUTDOWN: another holder of this socket shut it down.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Listener::accept in Rust
 * - ready; a limit of zero: accept4
 * - waits for ever: (accept4 ppoll)×n accept4
 * - waits with a limit: (accept4 clock_gettime ppoll)×n accept4
 * - times out: (accept4 clock_gettime ppoll)×n
 * - times out, by the clock: (accept4 clock_gettime ppoll)×n accept4 clock_gettime
 * - over from the start: accept4 clock_gettime
 * - a signal ends it, for ever: (accept4 ppoll)×n
 * - a signal ends it, with a limit: (accept4 clock_gettime ppoll)×n
 */
int rawipc_listener_accept_stream(const rawipc_listener *listener, const rawipc_wait *wait,
                                  rawipc_error *error);

/**
 * Accepts the next stream if there is one now.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_listener_accept_stream(), and EAGAIN in place of a wait.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Listener::try_accept in Rust
 * - ready; nobody there: accept4
 */
int rawipc_listener_try_accept_stream(const rawipc_listener *listener, rawipc_error *error);

/**
 * Accepts the next seqpacket socket, or waits for one.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_accept_stream(); EPROTOTYPE: it accepts streams.
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Listener::accept in Rust
 * - ready; a limit of zero: accept4
 * - waits for ever: (accept4 ppoll)×n accept4
 * - waits with a limit: (accept4 clock_gettime ppoll)×n accept4
 * - times out: (accept4 clock_gettime ppoll)×n
 * - times out, by the clock: (accept4 clock_gettime ppoll)×n accept4 clock_gettime
 * - over from the start: accept4 clock_gettime
 * - a signal ends it, for ever: (accept4 ppoll)×n
 * - a signal ends it, with a limit: (accept4 clock_gettime ppoll)×n
 */
int rawipc_listener_accept_seqpacket(const rawipc_listener *listener, rawipc_seqpacket *socket,
                                     const rawipc_wait *wait, rawipc_error *error);

/**
 * Accepts the next seqpacket socket if there is one now.
 *
 * @param socket  gets it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_accept_seqpacket(), and EAGAIN in place of a wait.
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Listener::try_accept in Rust
 * - ready; nobody there: accept4
 */
int rawipc_listener_try_accept_seqpacket(const rawipc_listener *listener, rawipc_seqpacket *socket,
                                         rawipc_error *error);

/**
 * Has what is sent to a seqpacket socket before it is accepted bring its sender's credentials too. To be told them, call
 * rawipc_seqpacket_pass_credentials() on what was accepted.
 *
 * @return 0, or -errno
 * @par Errors
 * EPROTOTYPE: it accepts streams.
 * @par Syscalls, as of socket::Listener::pass_credentials in Rust
 * - as rawipc_seqpacket_pass_credentials()
 */
int rawipc_listener_pass_credentials(const rawipc_listener *listener, rawipc_error *error);

/**
 * The name that the listener was bound to.
 *
 * @param address  gets it
 * @return 0, or -errno
 * @par Syscalls, as of socket::Listener::address in Rust
 * None.
 */
int rawipc_listener_address(const rawipc_listener *listener, rawipc_address *address,
                            rawipc_error *error);

/**
 * The descriptor, to poll or to ask about: it is RAWIPC_EVENT_READABLE when somebody can be accepted. It stays the
 * listener's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of socket::Listener::as_fd in Rust
 * None.
 */
int rawipc_listener_fd(const rawipc_listener *listener, rawipc_error *error);

/**
 * Takes the descriptor out, to keep or to hand over; the handle is closed. The file stays, for its new owner to remove.
 *
 * The lock is let go and its file removed: no bind takes the name from a socket that lives, and the next one takes it over
 * once every descriptor of it is closed.
 *
 * @return the descriptor, or -errno
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Listener::into_fd in Rust
 * - path: getpid newfstatat unlinkat close
 * - path, the lock's file is gone; path, the lock's file is another's: getpid newfstatat close
 * - path, in a child made by fork: getpid close
 * - in a directory: getpid newfstatat unlinkat close close
 * - retired: getpid close
 * - abstract name; attached; succeeded: none
 */
int rawipc_listener_into_fd(rawipc_listener *listener, rawipc_error *error);

/**
 * Stops listening and removes its file and the lock, and tells whether the file was there to be removed.
 *
 * @return 0, or -errno
 * @par Errors
 * EPERM: this process did not make the file, but its parent. ENOENT: it is gone already. ESTALE: another is there in its
 * place, which is left alone. The socket is closed all the same. EINVAL: it is none, or closed already.
 * @par Syscalls, as of socket::Listener::remove in Rust
 * - path: getpid newfstatat unlinkat newfstatat unlinkat close close
 * - path, the file is gone; path, the file is another's: getpid newfstatat newfstatat unlinkat close close
 * - path, the lock's file is gone; path, the lock's file is another's: getpid newfstatat unlinkat newfstatat close
 *   close
 * - path, both are gone: getpid newfstatat newfstatat close close
 * - path, in a child made by fork: getpid close close
 * - in a directory: getpid newfstatat unlinkat newfstatat unlinkat close close close
 * - retired and not succeeded: getpid openat fstat geteuid flock newfstatat newfstatat unlinkat newfstatat unlinkat
 *   close close close
 * - retired, a successor has the lock: getpid openat fstat geteuid flock close close close
 * - abstract name; attached; succeeded: close
 */
int rawipc_listener_remove(rawipc_listener *listener, rawipc_error *error);

/**
 * Stops listening and removes its file and the lock, if this process made them and they are still the same.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: it is none, or closed already.
 * @par Syscalls, as of socket::Listener in Rust
 * - drop, path: getpid newfstatat unlinkat newfstatat unlinkat close close
 * - drop, path, the file is gone; drop, path, the file is another's: getpid newfstatat newfstatat unlinkat close close
 * - drop, path, the lock's file is gone; drop, path, the lock's file is another's: getpid newfstatat unlinkat
 *   newfstatat close close
 * - drop, path, both are gone: getpid newfstatat newfstatat close close
 * - drop, path, in a child made by fork: getpid close close
 * - drop, abstract name; drop, attached; drop, succeeded: close
 * - drop, retired: close close
 * - drop, in a directory: getpid newfstatat unlinkat newfstatat unlinkat close close close
 */
int rawipc_listener_close(rawipc_listener *listener, rawipc_error *error);

/* -- names ----------------------------------------------------------------------------------------
 * Listeners by a path of any length, and restarts that refuse nobody.
 *
 * The old server retires, which lets the lock go and says in it that its file may be replaced, and accepts those who
 * still come to it with rawipc_listener_accept_last(); the new one binds, or has been waiting in
 * rawipc_listener_take_over(). A client that connects meanwhile meets the one or the other. Where there is no time to
 * ask the old one, its descriptor can be handed on instead, and attached.
 */

/**
 * Binds as rawipc_listener_bind() does, after the owner of the name has retired or is gone: what a new server calls while
 * the old one still serves.
 *
 * Nothing tells that a lock was let go: it is tried each millisecond. A live socket of a program that knows nothing of the
 * lock is not waited for.
 *
 * @param listener  gets it
 * @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_bind(), and ETIMEDOUT: it has its owner still.
 * @par Ownership
 * The listener is the caller's to close.
 * @par Syscalls, as of socket::Listener::take_over in Rust
 * - at once; a limit of zero: [rawipc_listener_bind()]
 * - waits for ever: socket (openat fstat geteuid flock close ppoll)×n openat fstat geteuid flock newfstatat fchmod bind
 *   listen newfstatat getpid
 * - waits with a limit: socket (openat fstat geteuid flock close clock_gettime ppoll)×n openat fstat geteuid flock
 *   newfstatat fchmod bind listen newfstatat getpid
 * - waits for ever, the owner retires: socket (openat fstat geteuid flock close ppoll)×n openat fstat geteuid flock
 *   newfstatat fchmod bind newfstatat geteuid preadv2 bind listen newfstatat renameat2 getpid ftruncate
 * - times out: socket (openat fstat geteuid flock close clock_gettime ppoll)×n openat fstat geteuid flock close
 *   clock_gettime close
 * - over from the start: socket openat fstat geteuid flock close clock_gettime close
 * - a signal ends it, for ever: socket (openat fstat geteuid flock close ppoll)×n close
 * - a signal ends it, with a limit: socket (openat fstat geteuid flock close clock_gettime ppoll)×n close
 * - refused: none
 */
int rawipc_listener_take_over(rawipc_listener *listener, uint32_t kind,
                              const rawipc_address *address, const rawipc_listener_options *options,
                              const rawipc_wait *wait, rawipc_error *error);

/**
 * Binds as rawipc_listener_bind() does, to a path of any length, relative to a directory.
 *
 * The directory that the last component lies in is opened and held, and all that is done with the name is done there,
 * whatever becomes of the path. The address leads through it, and is good in this process alone. It takes a /proc.
 *
 * @param listener  gets it
 * @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
 * @param dir       a directory, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_bind(); EINVAL: the path ends in a slash. ENAMETOOLONG: its last component has more than 71 bytes.
 * @par Ownership
 * The listener is the caller's to close.
 * @par Syscalls, as of socket::Listener::bind_at in Rust
 * - ok: openat [rawipc_listener_bind()]
 * - an error: openat [rawipc_listener_bind()] close
 * - no directory: openat
 * - above 319 bytes of directories: openat (openat close)×n [rawipc_listener_bind()]
 * - above 319 bytes of directories, an error: openat (openat close)×n [rawipc_listener_bind()] close
 * - above 319 bytes of directories, no directory: openat (openat close)×n
 * - refused: none
 */
int rawipc_listener_bind_at(rawipc_listener *listener, uint32_t kind, int dir, const char *path,
                            const rawipc_listener_options *options, rawipc_error *error);

/**
 * Takes over as rawipc_listener_take_over() does, at a path as for rawipc_listener_bind_at().
 *
 * @param listener  gets it
 * @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
 * @param dir       a directory, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_bind_at() and rawipc_listener_take_over().
 * @par Ownership
 * The listener is the caller's to close.
 * @par Syscalls, as of socket::Listener::take_over_at in Rust
 * - ok: openat [rawipc_listener_take_over()]
 * - an error: openat [rawipc_listener_take_over()] close
 * - no directory: openat
 * - refused: none
 */
int rawipc_listener_take_over_at(rawipc_listener *listener, uint32_t kind, int dir, const char *path,
                                 const rawipc_listener_options *options, const rawipc_wait *wait,
                                 rawipc_error *error);

/**
 * Takes over a listening socket that was not made here: one inherited, as an init hands them to the servers that it
 * starts. Nothing is changed on it, and the file of its name, if it has one, is another's to remove.
 *
 * @param listener  gets it
 * @param kind      RAWIPC_LISTENER_STREAM or RAWIPC_LISTENER_SEQPACKET
 * @return 0, or -errno
 * @par Errors
 * ENOTSOCK, EAFNOSUPPORT, EPROTOTYPE: no socket, none of UNIX, not of this kind. EINVAL: it does not listen.
 * @par Ownership
 * fd is the listener's from now on. On failure it is closed, unless listener, kind or fd itself are refused.
 * @par Syscalls, as of socket::Listener::attach in Rust
 * - ok: getsockopt getsockopt getsockopt
 * - no socket; another family: getsockopt close
 * - another type: getsockopt getsockopt close
 * - does not listen: getsockopt getsockopt getsockopt close
 */
int rawipc_listener_attach(rawipc_listener *listener, uint32_t kind, int fd, rawipc_error *error);

/**
 * Leaves the name to a successor, so that a restart refuses nobody: lets the lock go, and marks the file as one that the
 * next owner may replace while this socket listens still.
 *
 * From here on rawipc_listener_accept_last() takes the place of accepting. Where no successor comes,
 * rawipc_listener_remove() takes the file away; closing leaves it, and the next bind finds it dead.
 *
 * @return 0, or -errno
 * @par Errors
 * EOPNOTSUPP: an abstract name, which only a descriptor can be handed on with. EALREADY: it was called before. EPERM: in a
 * child made by fork. ESTALE, ENOENT: the file was replaced, or removed. ENOSPC, EDQUOT: no room for the mark. EMFILE,
 * ENFILE. After an error it is the owner still.
 * @par Syscalls, as of socket::Listener::retire in Rust
 * - ok: getpid openat fstat write flock close
 * - in a child made by fork: getpid
 * - the file is gone: getpid openat
 * - the file is another's: getpid openat fstat close
 * - no mark: getpid openat fstat write close
 * - refused: none
 */
int rawipc_listener_retire(rawipc_listener *listener, rawipc_error *error);

/**
 * Accepts the next connection of those that come here after rawipc_listener_retire(), or tells that nobody can come here
 * any more, for a successor has the name: then close this soon.
 *
 * That is exact, as long as this process is the only one that accepts here. Nothing tells of a successor: it is looked for
 * each millisecond.
 *
 * @param connection  gets the descriptor, of a stream or for rawipc_seqpacket_assume()
 * @return 1; 0: nobody can come any more; or -errno
 * @par Errors
 * ETIMEDOUT: no successor, and nobody came. EINVAL: not retired. Else as rawipc_listener_accept_stream().
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Listener::accept_last in Rust
 * - at once; a limit of zero: [rawipc_listener_try_accept_last()]
 * - waits for ever: ([rawipc_listener_try_accept_last()] ppoll)×n [rawipc_listener_try_accept_last()]
 * - waits with a limit: ([rawipc_listener_try_accept_last()] clock_gettime ppoll)×n [rawipc_listener_try_accept_last()]
 * - times out: ([rawipc_listener_try_accept_last()] clock_gettime ppoll)×n [rawipc_listener_try_accept_last()]
 *   clock_gettime
 * - over from the start: [rawipc_listener_try_accept_last()] clock_gettime
 * - a signal ends it, for ever: ([rawipc_listener_try_accept_last()] ppoll)×n
 * - a signal ends it, with a limit: ([rawipc_listener_try_accept_last()] clock_gettime ppoll)×n
 * - refused: none
 */
int rawipc_listener_accept_last(rawipc_listener *listener, int *connection, const rawipc_wait *wait,
                                rawipc_error *error);

/**
 * Accepts the next connection of those that come here after rawipc_listener_retire(), if there is one now.
 *
 * @param connection  gets the descriptor, of a stream or for rawipc_seqpacket_assume()
 * @return 1; 0: nobody can come any more; or -errno
 * @par Errors
 * As rawipc_listener_accept_last(), and EAGAIN in place of a wait.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Listener::try_accept_last in Rust
 * - one is there; one came before the successor: accept4
 * - no successor yet: accept4 newfstatat
 * - succeeded: accept4 newfstatat listen socket connect close close
 * - succeeded, one comes in between: accept4 newfstatat listen socket connect close accept4
 * - those before the successor are accepted: accept4 listen socket connect close close
 * - accepted, one comes in between: accept4 listen socket connect close accept4
 * - shut; refused: none
 */
int rawipc_listener_try_accept_last(rawipc_listener *listener, int *connection,
                                    rawipc_error *error);

/* -- at -------------------------------------------------------------------------------------------
 * Sockets by a path of any length, relative to a directory; and who is behind the file of a socket.
 *
 * An address has room for 107 bytes, and leads through whatever symbolic links there are. Here a path is as long as the
 * kernel takes it, dir is a directory or AT_FDCWD of <fcntl.h>, and it takes a /proc.
 */

/** No process has the socket any more: what a dead server left. */
#define RAWIPC_BEHIND_NOBODY 0

/** A stream or seqpacket socket that does not listen: a server between bind and listen, as a rule. */
#define RAWIPC_BEHIND_BOUND 1

/** A stream socket listens. */
#define RAWIPC_BEHIND_STREAM 2

/** A seqpacket socket listens. */
#define RAWIPC_BEHIND_SEQPACKET 3

/** A datagram socket. */
#define RAWIPC_BEHIND_DATAGRAM 4

/**
 * Asks who is behind the file of a socket, so that nobody there is told: no connection is made, and nothing waits in
 * anybody's backlog.
 *
 * @param dir  a directory, or AT_FDCWD of <fcntl.h>
 * @return RAWIPC_BEHIND_…, of which those from RAWIPC_BEHIND_STREAM on hear a client; or -errno
 * @par Errors
 * ENOENT: no such file. ELOOP: a symbolic link. ENOTSOCK: another kind of file. EACCES: the file cannot be written, so the
 * kernel does not answer. EMFILE, ENFILE: no descriptors left.
 * @par Syscalls, as of socket::behind_at in Rust
 * - a stream: openat fstat socketpair connect close close close
 * - a seqpacket; a seqpacket that does not listen; a datagram: openat fstat socketpair connect socketpair connect close
 *   close close close close
 * - nobody; a stream that does not listen: openat fstat socketpair connect socket connect close close close close
 * - no leave to write: openat fstat socketpair connect close close close
 * - no such file: openat
 * - a link; another kind of file: openat fstat close
 * - no sockets: openat fstat socketpair close
 */
int rawipc_socket_behind_at(int dir, const char *path, rawipc_error *error);

/**
 * Makes a socket that is connected to the listener whose file lies at a path.
 *
 * A symbolic link in the last place is refused: what was looked at is what is connected to. Where a restart replaces the
 * file between the look and the connect, the new one is taken.
 *
 * @param dir  a directory, or AT_FDCWD of <fcntl.h>
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_stream_connect(). ELOOP: a symbolic link. ENOTSOCK: another kind of file.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Stream::connect_at in Rust
 * - room; a limit of zero, room: openat fstat socket connect close
 * - waits for ever: openat fstat socket (connect ppoll)×n connect close
 * - waits with a limit: openat fstat socket (connect clock_gettime ppoll)×n connect close
 * - times out: openat fstat socket (connect clock_gettime ppoll)×n connect clock_gettime close close
 * - over from the start: openat fstat socket connect clock_gettime close close
 * - a limit of zero; an error: openat fstat socket connect close close
 * - a signal ends it, for ever: openat fstat socket (connect ppoll)×n close close
 * - a signal ends it, with a limit: openat fstat socket (connect clock_gettime ppoll)×n close close
 * - replaced meanwhile: openat fstat socket (connect openat fstat close)×n connect close
 * - replaced meanwhile, with a limit: openat fstat socket (connect openat fstat clock_gettime close)×n connect close
 * - nobody listens: openat fstat socket connect openat fstat close close close
 * - nobody listens, and the file is removed: openat fstat socket connect openat close close
 * - no such file: openat
 * - a link; another kind of file: openat fstat close
 * - no socket: openat fstat socket close
 */
int rawipc_stream_connect_at(int dir, const char *path, const rawipc_wait *wait,
                             rawipc_error *error);

/**
 * Makes a socket that is connected to the listener whose file lies at a path, if there is room in its backlog.
 *
 * @param dir  a directory, or AT_FDCWD of <fcntl.h>
 * @return the descriptor, or -errno
 * @par Errors
 * As rawipc_stream_connect_at(), and EAGAIN in place of a wait.
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of socket::Stream::try_connect_at in Rust
 * - room: openat fstat socket connect close
 * - no room; an error: openat fstat socket connect close close
 * - replaced meanwhile: openat fstat socket (connect openat fstat close)×n connect close
 * - nobody listens: openat fstat socket connect openat fstat close close close
 * - no such file: openat
 * - a link; another kind of file: openat fstat close
 * - no socket: openat fstat socket close
 */
int rawipc_stream_try_connect_at(int dir, const char *path, rawipc_error *error);

/**
 * Makes a socket that is connected to the listener whose file lies at a path; see rawipc_stream_connect_at().
 *
 * @param socket  gets it
 * @param dir     a directory, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * As rawipc_stream_connect_at().
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Seqpacket::connect_at in Rust
 * - as rawipc_stream_connect_at()
 */
int rawipc_seqpacket_connect_at(rawipc_seqpacket *socket, int dir, const char *path,
                                const rawipc_wait *wait, rawipc_error *error);

/**
 * Makes a socket that is connected to the listener whose file lies at a path, if there is room in its backlog.
 *
 * @param socket  gets it
 * @param dir     a directory, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * As rawipc_stream_connect_at(), and EAGAIN in place of a wait.
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Seqpacket::try_connect_at in Rust
 * - as rawipc_stream_try_connect_at()
 */
int rawipc_seqpacket_try_connect_at(rawipc_seqpacket *socket, int dir, const char *path,
                                    rawipc_error *error);

/**
 * Makes a socket with a file at a path, of this mode, less what the umask takes away; see rawipc_listener_bind_at().
 *
 * @param socket  gets it
 * @param dir     a directory, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * As rawipc_listener_bind_at().
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Datagram::bind_at in Rust
 * - ok: openat [rawipc_datagram_bind_with()]
 * - an error: openat [rawipc_datagram_bind_with()] close
 * - no directory: openat
 * - refused: none
 */
int rawipc_datagram_bind_at(rawipc_datagram *socket, int dir, const char *path, uint32_t mode,
                            rawipc_error *error);

/**
 * Makes a socket without a name, whose messages go to the one whose file lies at a path; see rawipc_stream_connect_at().
 *
 * @param socket  gets it
 * @param dir     a directory, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * As rawipc_datagram_connect(). ELOOP: a symbolic link. ENOTSOCK: another kind of file.
 * @par Ownership
 * The socket is the caller's to close.
 * @par Syscalls, as of socket::Datagram::connect_at in Rust
 * - ok: openat fstat socket connect close
 * - an error: openat fstat socket connect close close
 * - no such file: openat
 * - a link; another kind of file: openat fstat close
 * - no socket: openat fstat socket close
 */
int rawipc_datagram_connect_at(rawipc_datagram *socket, int dir, const char *path,
                               rawipc_error *error);

/* -- files ----------------------------------------------------------------------------------------
 * The files of sockets in a directory, and who is behind them.
 */

/** Bytes of records that are enough for any name. */
#define RAWIPC_FILES_RECORD_MAX 280

/** A directory that is gone through. A handle: it does not move, and neither do its records. */
typedef struct rawipc_files {
    uint64_t opaque[20];
} rawipc_files;

/** The file of a socket, a file of type s. */
typedef struct rawipc_socket_file {
    /** Its name in the directory, which lies in the records until the next one is asked for. */
    const char *name;
    /** Permissions, and set-user-ID, set-group-ID and sticky bit. */
    uint32_t mode;
    /** The user it belongs to. */
    uint32_t uid;
    /** The group it belongs to. */
    uint32_t gid;
    /** The nanoseconds beyond the seconds of modified. */
    uint32_t modified_nanos;
    /** When it was made, as a rule: seconds since 1970. */
    int64_t modified;
    /** Names that it has. */
    uint64_t links;
    /** Bytes, as ls shows them: 0 on most file systems. */
    uint64_t size;
    /** The device that it lies on. */
    uint64_t device;
    /** Its number there. */
    uint64_t inode;
} rawipc_socket_file;

/**
 * Opens a directory, to be read through records, which hold the next few of its entries: RAWIPC_FILES_RECORD_MAX bytes are
 * enough, and more save going to the kernel.
 *
 * @param files  gets it
 * @param dir    a directory that the path is relative to, or AT_FDCWD of <fcntl.h>
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: records are too short; error->needed tells what is enough. ENOTDIR, ENOENT, EACCES: the path. EMFILE, ENFILE:
 * no descriptors left.
 * @par Ownership
 * files are the caller's to close, and the records theirs until then.
 * @par Syscalls, as of socket::Files::open_at in Rust
 * - ok; no directory: openat
 * - refused: none
 */
int rawipc_files_open_at(rawipc_files *files, int dir, const char *path, void *records,
                         size_t records_len, rawipc_error *error);

/**
 * Tells the next socket's file. Files of other types are passed over, and what was removed since its name was read.
 *
 * @param file  gets it
 * @return 1; 0: that was the last one; or -errno
 * @par Errors
 * ENOENT: the directory was removed. EACCES: it may be read but not searched. EPROTO: what the kernel said is nothing that
 * a kernel says.
 * @par Syscalls, as of socket::Files::next in Rust
 * - one that was read already; not to be looked at: newfstatat
 * - removed since, or no socket, where the file system does not tell types: newfstatat [rawipc_files_next()]
 * - the next names must be fetched: getdents64 [rawipc_files_next()]
 * - the end; no more to be read: getdents64
 */
int rawipc_files_next(rawipc_files *files, rawipc_socket_file *file, rawipc_error *error);

/**
 * Asks who is behind the file that rawipc_files_next() told last, so that nobody there is told.
 *
 * @return RAWIPC_BEHIND_…, or -errno
 * @par Errors
 * As rawipc_socket_behind_at(). ESTALE: another file has taken its place. EINVAL: none was told.
 * @par Syscalls, as of socket::SocketFile::behind in Rust
 * - as rawipc_socket_behind_at()
 * - replaced meanwhile: openat fstat close
 */
int rawipc_files_behind(const rawipc_files *files, rawipc_error *error);

/**
 * Type and permissions, as ls writes them, of the file that rawipc_files_next() told last: "srw-rw----".
 *
 * @param buf  gets as much of it as fits, always ended by a NUL; 11 bytes are enough
 * @return 10, or -errno
 * @par Errors
 * EINVAL: none was told.
 * @par Syscalls, as of socket::SocketFile::permissions in Rust
 * None.
 */
ssize_t rawipc_files_permissions(const rawipc_files *files, char *buf, size_t len,
                                 rawipc_error *error);

/**
 * The directory. It stays the files'.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of socket::Files::as_fd in Rust
 * None.
 */
int rawipc_files_fd(const rawipc_files *files, rawipc_error *error);

/**
 * Closes the directory; the records are the caller's again.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: they are none, or closed already.
 * @par Syscalls, as of socket::Files in Rust
 * - drop: close
 */
int rawipc_files_close(rawipc_files *files, rawipc_error *error);

/* -- crowd ----------------------------------------------------------------------------------------
 * One task that serves a crowd: as many clients as it has seats for, and none of them holds up another.
 *
 * A crowd is a listener, and those who came to it, in seats that the caller owns. It knows of each client the
 * descriptor and the number of its seat: what else the server keeps of a client, a rawipc_seqpacket or a receiver with
 * its buffer, lies in an array of its own, at the number of the seat. rawipc_crowd_next() tells one event after the
 * other, and waits for nobody in particular. The server answers with calls that do not wait.
 *
 * - A slow client that does not read makes a try_send say -EAGAIN: rawipc_crowd_watch() tells when there is room.
 * - A silent client, or one that sends a byte now and then, has the time of patience from when it was admitted, or its
 *   clock was started anew, which the server does for each whole message. Then it is told as late, for the server to
 *   remove. One that may be silent has its clock stopped.
 * - A busy client has its turn and then all others have theirs, where the server handles one message, or a few, of each
 *   event. With messages left in a buffer, it is told rawipc_crowd_again().
 * - Too many clients are refused, and know it at once: their connection is accepted and closed. So it is where no
 *   descriptor is left, for which one is held in reserve.
 */

/** A client has come, and there is a seat for it: admit it, or close it. */
#define RAWIPC_CROWD_ARRIVED 1

/** A client has come and was closed at once. */
#define RAWIPC_CROWD_REFUSED 2

/** A member has something to read, room, or is gone; or it was to be told again. */
#define RAWIPC_CROWD_READY 3

/** A member's clock has run out. It is told once, and has stopped. */
#define RAWIPC_CROWD_LATE 4

/** Why a client was refused: each seat has its member. */
#define RAWIPC_CROWD_NO_SEAT 0

/** Why a client was refused: no descriptor was left for it. */
#define RAWIPC_CROWD_NO_DESCRIPTOR 1

/** A listener, and those who came to it. A handle: it does not move, and neither do its seats. */
typedef struct rawipc_crowd {
    uint64_t opaque[88];
} rawipc_crowd;

/** Room for one member. What is in it is the crowd's. */
typedef struct rawipc_crowd_seat {
    uint64_t seat[5];
} rawipc_crowd_seat;

/** Names a member, until it is removed: then nobody. */
typedef struct rawipc_crowd_member {
    /** The number of its seat, below the crowd's capacity, for what the server keeps beside. */
    uint32_t index;
    /** Tells it from those who had the seat before. */
    uint32_t generation;
} rawipc_crowd_member;

/** What rawipc_crowd_next() tells. */
typedef struct rawipc_crowd_event {
    /** RAWIPC_CROWD_ARRIVED, …_REFUSED, …_READY or …_LATE. */
    uint32_t kind;
    /**
     * Of one that is ready, for what: RAWIPC_EVENT_…. Of one that was refused, why: RAWIPC_CROWD_NO_….
     */
    uint32_t told;
    /** Of one that is ready or late. */
    rawipc_crowd_member member;
    /**
     * Of one that has come: its descriptor, of a stream or for rawipc_seqpacket_assume(), which is the caller's. Else
     * -1.
     */
    int fd;
    /** 0. */
    uint32_t reserved;
} rawipc_crowd_event;

/**
 * Makes a crowd around a listener, with as many seats as there are, emptied.
 *
 * @param crowd     gets it
 * @param patience  how long a member's clock runs before it is late, in nanoseconds; negative: for ever
 * @return 0, or -errno
 * @par Errors
 * EMFILE, ENFILE: no descriptors left. ENOSPC: this user watches too many.
 * @par Ownership
 * The listener is the crowd's from now on, and its handle closed: on failure too, unless an argument is refused. The seats
 * are the crowd's until it is closed.
 * @par Syscalls, as of socket::Crowd::new in Rust
 * - ok: epoll_create1 fcntl epoll_ctl
 * - no set: epoll_create1 close
 * - no reserve: epoll_create1 fcntl close close
 * - not in the set: epoll_create1 fcntl epoll_ctl close close close
 */
int rawipc_crowd_new(rawipc_crowd *crowd, rawipc_listener *listener, rawipc_crowd_seat *seats,
                     size_t len, int64_t patience, rawipc_error *error);

/**
 * Tells what there is to do next, or waits for it.
 *
 * One round follows the other: those who are ready and one at the door, at most 16, then those to be told again. The late
 * are told as soon as they are known.
 *
 * @param event  gets it
 * @return 0, or -errno
 * @par Errors
 * ETIMEDOUT; EINTR where wait asks for it. What else accept4 says: the client is left waiting, and the door alone for
 * 10 ms, or 32 rounds.
 * @par Syscalls, as of socket::Crowd::next in Rust
 * - a member is ready; a member is told again; a member is late: none
 * - arrived: accept4
 * - no seat: accept4 close
 * - no descriptor: accept4 close accept4 close fcntl
 * - no descriptor, nor in reserve: accept4 close accept4 fcntl epoll_ctl [rawipc_crowd_next()]
 * - no descriptor, and none was in reserve: accept4 accept4 fcntl epoll_ctl [rawipc_crowd_next()]
 * - not accepted: accept4 epoll_ctl
 * - nobody at the door after all: accept4 [rawipc_crowd_next()]
 * - a round: epoll_pwait [rawipc_crowd_next()]
 * - a round, within patience: epoll_pwait clock_gettime [rawipc_crowd_next()]
 * - a round, the door is tried again: epoll_ctl epoll_pwait [rawipc_crowd_next()]
 * - waits for ever: (epoll_pwait ppoll)×n [rawipc_crowd_next()]
 * - waits with a limit; waits for ever, within patience: (epoll_pwait clock_gettime ppoll)×n [rawipc_crowd_next()]
 * - waits with a limit, within patience: (epoll_pwait clock_gettime clock_gettime ppoll)×n [rawipc_crowd_next()]
 * - times out: (epoll_pwait clock_gettime ppoll)×n
 * - times out, by the clock: (epoll_pwait clock_gettime ppoll)×n epoll_pwait clock_gettime
 * - over from the start: epoll_pwait clock_gettime
 * - a limit of zero: epoll_pwait
 * - a signal ends it, for ever: (epoll_pwait ppoll)×n
 * - a signal ends it, with a limit: (epoll_pwait clock_gettime ppoll)×n
 */
int rawipc_crowd_next(rawipc_crowd *crowd, rawipc_crowd_event *event, const rawipc_wait *wait,
                      rawipc_error *error);

/**
 * Tells what there is to do now.
 *
 * @param event  gets it
 * @return 0, or -errno
 * @par Errors
 * As rawipc_crowd_next(), and EAGAIN in place of a wait.
 * @par Syscalls, as of socket::Crowd::try_next in Rust
 * - a member is ready; a member is told again; a member is late: none
 * - arrived: accept4
 * - no seat: accept4 close
 * - no descriptor: accept4 close accept4 close fcntl
 * - no descriptor, nor in reserve: accept4 close accept4 fcntl epoll_ctl [rawipc_crowd_try_next()]
 * - no descriptor, and none was in reserve: accept4 accept4 fcntl epoll_ctl [rawipc_crowd_try_next()]
 * - not accepted: accept4 epoll_ctl
 * - nobody at the door after all: accept4 [rawipc_crowd_try_next()]
 * - a round: epoll_pwait [rawipc_crowd_try_next()]
 * - a round, within patience: epoll_pwait clock_gettime [rawipc_crowd_try_next()]
 * - a round, the door is tried again: epoll_ctl epoll_pwait [rawipc_crowd_try_next()]
 * - nothing: epoll_pwait
 * - nothing, within patience: epoll_pwait clock_gettime
 */
int rawipc_crowd_try_next(rawipc_crowd *crowd, rawipc_crowd_event *event, rawipc_error *error);

/**
 * Stops listening for clients, and gives the listener back, to retire it. The members stay.
 *
 * @param listener  gets it
 * @return 0, or -errno
 * @par Errors
 * EALREADY: that was done.
 * @par Ownership
 * The listener is the caller's to close.
 * @par Syscalls, as of socket::Crowd::close_door in Rust
 * - ok: epoll_ctl close
 * - closed already: none
 */
int rawipc_crowd_close_door(rawipc_crowd *crowd, rawipc_listener *listener, rawipc_error *error);

/**
 * A descriptor that is RAWIPC_EVENT_READABLE when there may be something to do: for another loop, which calls
 * rawipc_crowd_try_next() until -EAGAIN, and again after patience. It stays the crowd's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of socket::Crowd::as_fd in Rust
 * None.
 */
int rawipc_crowd_fd(const rawipc_crowd *crowd, rawipc_error *error);

/**
 * Closes the crowd and its listener; the members' descriptors stay the caller's, and the seats are again.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: it is none, or closed already.
 * @par Syscalls, as of socket::Crowd in Rust
 * - drop: close close close
 * - drop, with members: close (close)×n close close
 * - drop, the door closed: close
 * - drop, the door closed, with members: close (close)×n
 */
int rawipc_crowd_close(rawipc_crowd *crowd, rawipc_error *error);

/* -- members --------------------------------------------------------------------------------------
 * The members of a crowd: let in, watched, timed, and let go.
 */

/**
 * Gives a client a seat, tells of it from now on, and starts its clock.
 *
 * It need not have come by the door. What its descriptor is ready for already is told.
 *
 * @param events   RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, RAWIPC_EVENT_PEER_CLOSED
 * @param trigger  RAWIPC_TRIGGER_…
 * @param member   gets its name
 * @return 0, or -errno
 * @par Errors
 * ENOBUFS: no seat is free. ENOSPC: this user watches too many. EINVAL: other events, or another trigger.
 * @par Ownership
 * The descriptor stays the caller's, to close when the member was removed.
 * @par Syscalls, as of socket::Crowd::admit in Rust
 * - ok: epoll_ctl
 * - patience: epoll_ctl clock_gettime
 * - no seat: close
 * - not in the set: epoll_ctl close
 */
int rawipc_crowd_admit(rawipc_crowd *crowd, int fd, uint32_t events, uint32_t trigger,
                       rawipc_crowd_member *member, rawipc_error *error);

/**
 * Tells of other events from now on: with RAWIPC_EVENT_WRITABLE of room.
 *
 * @param events   RAWIPC_EVENT_READABLE, RAWIPC_EVENT_WRITABLE, RAWIPC_EVENT_PEER_CLOSED
 * @param trigger  RAWIPC_TRIGGER_…
 * @return 0, or -errno
 * @par Errors
 * ESTALE: it is no member any more. EINVAL: other events, or another trigger.
 * @par Syscalls, as of socket::Crowd::watch in Rust
 * - ok: epoll_ctl
 * - refused: none
 */
int rawipc_crowd_watch(rawipc_crowd *crowd, const rawipc_crowd_member *member, uint32_t events,
                       uint32_t trigger, rawipc_error *error);

/**
 * Takes a member out, and tells of it no more; what was told of it and not yet handed out is dropped.
 *
 * @return its descriptor, to be closed, or -errno
 * @par Errors
 * ESTALE: it is no member any more.
 * @par Syscalls, as of socket::Crowd::remove in Rust
 * - ok: epoll_ctl
 * - none any more: none
 */
int rawipc_crowd_remove(rawipc_crowd *crowd, const rawipc_crowd_member *member,
                        rawipc_error *error);

/**
 * The descriptor of a member.
 *
 * @return the descriptor, or -errno
 * @par Errors
 * ESTALE: it is no member any more.
 * @par Syscalls, as of socket::Crowd::get in Rust
 * None.
 */
int rawipc_crowd_get(rawipc_crowd *crowd, const rawipc_crowd_member *member, rawipc_error *error);

/**
 * Starts a member's clock anew: within patience from this round on, it is to be started again, or stopped.
 *
 * @return 0, of one that is no member any more as well; or -errno
 * @par Syscalls, as of socket::Crowd::start_clock in Rust
 * - ok: none
 * - patience, and no other clock runs: clock_gettime
 */
int rawipc_crowd_start_clock(rawipc_crowd *crowd, const rawipc_crowd_member *member,
                             rawipc_error *error);

/**
 * Stops a member's clock: it may be silent for as long as it likes.
 *
 * @return 0, of one that is no member any more as well; or -errno
 * @par Syscalls, as of socket::Crowd::stop_clock in Rust
 * None.
 */
int rawipc_crowd_stop_clock(rawipc_crowd *crowd, const rawipc_crowd_member *member,
                            rawipc_error *error);

/**
 * Has a member told as readable in the next round, whatever its descriptor says: there is a message in its buffer, or an
 * edge was told of and not read to its end.
 *
 * @return 0, of one that is no member any more as well; or -errno
 * @par Syscalls, as of socket::Crowd::again in Rust
 * None.
 */
int rawipc_crowd_again(rawipc_crowd *crowd, const rawipc_crowd_member *member, rawipc_error *error);

/**
 * The member that is in the seat of this number, for going through all of them: 0 and on, below rawipc_crowd_capacity().
 *
 * @param member  gets its name
 * @return 0, or -errno
 * @par Errors
 * ENOENT: nobody is there.
 * @par Syscalls, as of socket::Crowd::member_at in Rust
 * None.
 */
int rawipc_crowd_member_at(const rawipc_crowd *crowd, size_t index, rawipc_crowd_member *member,
                           rawipc_error *error);

/**
 * How many members there are.
 *
 * @return how many, or -errno
 * @par Syscalls, as of socket::Crowd::len in Rust
 * None.
 */
ssize_t rawipc_crowd_len(const rawipc_crowd *crowd, rawipc_error *error);

/**
 * How many members there can be.
 *
 * @return how many, or -errno
 * @par Syscalls, as of socket::Crowd::capacity in Rust
 * None.
 */
ssize_t rawipc_crowd_capacity(const rawipc_crowd *crowd, rawipc_error *error);

/* == frame ========================================================================================
 * Whole messages over a byte stream: a length in front of each.
 *
 * What a pipe, a FIFO or a stream socket carries is bytes; a frame is a message with its length before it, 4 bytes,
 * little endian, 1 to the receiver's limit. A frame sender is for the end that bytes go into, a frame receiver for the
 * end that they come out of, and framed is both over one stream socket.
 *
 * The receiver reads as much as is there into one fixed buffer of the caller's, so that many small messages cost one
 * syscall together. Its buffer is the limit: a length above it is a lie, and the channel is corrupt. Because of that
 * buffer its descriptor can be silent while a message is here: ask rawipc_frame_receiver_has_buffered().
 *
 * A receiver of frames knows its writer only as a stream of bytes. Where a sole writer died in mid-message and another
 * opened the same FIFO before the receiver read that far, the bytes of both are one stream to it: let each writer have
 * a receiver of its own, or keep to rawipc_frame_sender_shared(), which writes no part.
 */

/** The bytes of the length in front of a message. */
#define RAWIPC_FRAME_HEAD 4

/** The descriptor is an end of a pipe or FIFO. */
#define RAWIPC_FRAME_PIPE 1

/** The descriptor is a stream socket. */
#define RAWIPC_FRAME_STREAM 2

/* -- sender ---------------------------------------------------------------------------------------
 * The end of a stream that messages go into.
 */

/** The end of a byte stream that whole messages go into. A handle: it does not move. */
typedef struct rawipc_frame_sender {
    uint64_t opaque[10];
} rawipc_frame_sender;

/**
 * Makes the only writer of a stream, of messages up to limit bytes.
 *
 * Nothing checks that it is the only one. What a second one writes lands in the middle of a message.
 *
 * @param sender  gets it
 * @param over    what the descriptor is: RAWIPC_FRAME_PIPE or RAWIPC_FRAME_STREAM
 * @return 0, or -errno
 * @par Errors
 * EINVAL: a limit of 0, or one that 32 bits cannot hold.
 * @par Ownership
 * The descriptor is the sender's from now on. On failure it is closed, unless sender, over or
 * the descriptor itself are refused.
 * @par Syscalls, as of frame::FrameSender::sole in Rust
 * - ok: none
 * - refused: close
 */
int rawipc_frame_sender_sole(rawipc_frame_sender *sender, uint32_t over, int stream, size_t limit,
                             rawipc_error *error);

/**
 * Makes one of several writers of a pipe or FIFO: each message is a single write that nobody else's bytes come into, so
 * none is longer than RAWIPC_PIPE_BUF - RAWIPC_FRAME_HEAD.
 *
 * @param sender  gets it
 * @param over    what the descriptor is: RAWIPC_FRAME_PIPE
 * @return 0, or -errno
 * @par Errors
 * EINVAL: a stream socket makes no such promise.
 * @par Ownership
 * The descriptor is the sender's from now on. On failure it is closed, unless sender, over or
 * the descriptor itself are refused.
 * @par Syscalls, as of frame::FrameSender::shared in Rust
 * - ok: none
 * - refused: close
 */
int rawipc_frame_sender_shared(rawipc_frame_sender *sender, uint32_t over, int stream,
                               rawipc_error *error);

/**
 * Sends one message: in a single write where there is room for all of it.
 *
 * A sole sender whose wait is over when only a part has gone is unfinished: it takes that same message again, and writes
 * the rest of it.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: the message is empty. EMSGSIZE: it is longer than the limit, which error->needed repeats. ETIMEDOUT: no room
 * came in time. EBUSY: another message is unfinished. EPIPE: the other side is gone; from the peer: the stream failed in
 * the middle of a message, and so it stays.
 * @par Syscalls, as of frame::FrameSender::send in Rust
 * - refused; another is unfinished; broken: none
 * - for ever: ([rawipc_pipe_write_two() or rawipc_stream_write_two()])×n
 * - until an instant: [rawipc_pipe_write_two() or rawipc_stream_write_two()]
 * - until an instant, in parts: ([rawipc_pipe_write_two() or rawipc_stream_write_two()] clock_gettime)×n
 *   [rawipc_pipe_write_two() or rawipc_stream_write_two()]
 * - until an instant, over between two parts: ([rawipc_pipe_write_two() or rawipc_stream_write_two()] clock_gettime)×n
 * - up to ATOMIC bytes, at most a duration: [rawipc_pipe_write_two() or rawipc_stream_write_two()]
 * - larger, at most a duration, at once: [rawipc_pipe_try_write_two() or rawipc_stream_try_write_two()]
 * - larger, at most a duration: [rawipc_pipe_try_write_two() or rawipc_stream_try_write_two()] (clock_gettime
 *   [rawipc_pipe_write_two() or rawipc_stream_write_two()])×n
 * - larger, at most a duration, over between two parts: [rawipc_pipe_try_write_two() or rawipc_stream_try_write_two()]
 *   (clock_gettime [rawipc_pipe_write_two() or rawipc_stream_write_two()])×n clock_gettime
 */
int rawipc_frame_sender_send(rawipc_frame_sender *sender, const void *msg, size_t len,
                             const rawipc_wait *wait, rawipc_error *error);

/**
 * Sends what there is room for of one message now.
 *
 * EAGAIN means that all of it, or the rest of it, has yet to go: see rawipc_frame_sender_send(). A shared sender never
 * sends a part.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_frame_sender_send(), and EAGAIN in place of a wait.
 * @par Syscalls, as of frame::FrameSender::try_send in Rust
 * - refused; another is unfinished; broken: none
 * - whole; in parts; no room: ([rawipc_pipe_try_write_two() or rawipc_stream_try_write_two()])×n
 */
int rawipc_frame_sender_try_send(rawipc_frame_sender *sender, const void *msg, size_t len,
                                 rawipc_error *error);

/**
 * The largest message that it takes.
 *
 * @return bytes, or -errno
 * @par Syscalls, as of frame::FrameSender::send_limit in Rust
 * None.
 */
ssize_t rawipc_frame_sender_limit(const rawipc_frame_sender *sender, rawipc_error *error);

/**
 * Whether a part of a message has gone and the rest has not. Only that same message can be sent now.
 *
 * @return 1 or 0, or -errno
 * @par Syscalls, as of frame::FrameSender::is_unfinished in Rust
 * None.
 */
int rawipc_frame_sender_is_unfinished(const rawipc_frame_sender *sender, rawipc_error *error);

/**
 * The descriptor, to poll or to ask about. It stays the handle's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of frame::FrameSender::as_fd in Rust
 * None.
 */
int rawipc_frame_sender_fd(const rawipc_frame_sender *sender, rawipc_error *error);

/**
 * Takes the descriptor out, which may be in the middle of a message; the handle is closed.
 *
 * @return the descriptor, or -errno
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of frame::FrameSender::into_inner in Rust
 * None.
 */
int rawipc_frame_sender_into_fd(rawipc_frame_sender *sender, rawipc_error *error);

/**
 * Closes the descriptor. In the middle of a message it leaves the receiver with a broken one, which it is told of.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: it is none, or closed already.
 * @par Syscalls, as of frame::FrameSender in Rust
 * - drop: close
 */
int rawipc_frame_sender_close(rawipc_frame_sender *sender, rawipc_error *error);

/* -- receiver -------------------------------------------------------------------------------------
 * The end of a stream that messages come out of, by way of a buffer of the caller's.
 */

/**
 * The end of a byte stream that whole messages come out of. A handle: it does not move, and neither does its buffer.
 */
typedef struct rawipc_frame_receiver {
    uint64_t opaque[10];
} rawipc_frame_receiver;

/**
 * Makes the only reader of a stream, at a border between two frames. The buffer holds what has come in; messages up to
 * its length - RAWIPC_FRAME_HEAD fit.
 *
 * @param receiver  gets it
 * @param over      what the descriptor is: RAWIPC_FRAME_PIPE or RAWIPC_FRAME_STREAM
 * @return 0, or -errno
 * @par Errors
 * EINVAL: a buffer of fewer than 5 bytes holds no frame at all.
 * @par Ownership
 * The descriptor is the receiver's from now on. On failure it is closed, unless receiver, over, buf
 * or the descriptor itself are refused. The buffer is the receiver's until it is closed.
 * @par Syscalls, as of frame::FrameReceiver::new in Rust
 * - ok: none
 * - refused: close
 */
int rawipc_frame_receiver_new(rawipc_frame_receiver *receiver, uint32_t over, int stream, void *buf,
                              size_t len, rawipc_error *error);

/**
 * Receives one message: no syscall where it came with an earlier one, else a single read of all that is there.
 *
 * @return its length; 0: the other side is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * EMSGSIZE: the buffer is too small; error->needed tells what is enough, and the message stays. ETIMEDOUT: nothing came
 * in time. EBADMSG, from then on: a length of 0 or above the limit, or the stream ended in the middle of a message.
 * @par Syscalls, as of frame::FrameReceiver::recv in Rust
 * - buffered; corrupt: none
 * - for ever: ([rawipc_pipe_read() or rawipc_stream_read()])×n
 * - until an instant: [rawipc_pipe_read() or rawipc_stream_read()]
 * - until an instant, in parts: ([rawipc_pipe_read() or rawipc_stream_read()] clock_gettime)×n [rawipc_pipe_read() or
 *   rawipc_stream_read()]
 * - until an instant, over between two parts: ([rawipc_pipe_read() or rawipc_stream_read()] clock_gettime)×n
 * - at most a duration, at once: [rawipc_pipe_try_read() or rawipc_stream_try_read()]
 * - at most a duration: [rawipc_pipe_try_read() or rawipc_stream_try_read()] (clock_gettime [rawipc_pipe_read() or
 *   rawipc_stream_read()])×n
 * - at most a duration, over between two parts: [rawipc_pipe_try_read() or rawipc_stream_try_read()] (clock_gettime
 *   [rawipc_pipe_read() or rawipc_stream_read()])×n clock_gettime
 */
ssize_t rawipc_frame_receiver_recv(rawipc_frame_receiver *receiver, void *buf, size_t len,
                                   const rawipc_wait *wait, rawipc_error *error);

/**
 * Receives one message if all of it is there. What has come of a message is kept.
 *
 * @return its length; 0: the other side is gone; or -errno
 * @par Errors
 * As rawipc_frame_receiver_recv(), and EAGAIN in place of a wait.
 * @par Syscalls, as of frame::FrameReceiver::try_recv in Rust
 * - buffered; corrupt: none
 * - whole; in parts; nothing there: ([rawipc_pipe_try_read() or rawipc_stream_try_read()])×n
 */
ssize_t rawipc_frame_receiver_try_recv(rawipc_frame_receiver *receiver, void *buf, size_t len,
                                       rawipc_error *error);

/**
 * Receives one message where it lies, in the receiver's buffer. Nothing is copied.
 *
 * @param msg  gets a pointer to it, good until the next receive; NULL at the end
 * @return its length; 0: the other side is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * As rawipc_frame_receiver_recv(), but for EMSGSIZE, which there is not.
 * @par Syscalls, as of frame::FrameReceiver::recv_in_place in Rust
 * - as rawipc_frame_receiver_recv()
 */
ssize_t rawipc_frame_receiver_recv_in_place(rawipc_frame_receiver *receiver, const void **msg,
                                            const rawipc_wait *wait, rawipc_error *error);

/**
 * Receives one message where it lies, if all of it is there.
 *
 * @param msg  gets a pointer to it, good until the next receive; NULL at the end
 * @return its length; 0: the other side is gone; or -errno
 * @par Errors
 * As rawipc_frame_receiver_recv_in_place(), and EAGAIN in place of a wait.
 * @par Syscalls, as of frame::FrameReceiver::try_recv_in_place in Rust
 * - as rawipc_frame_receiver_try_recv()
 */
ssize_t rawipc_frame_receiver_try_recv_in_place(rawipc_frame_receiver *receiver, const void **msg,
                                                rawipc_error *error);

/**
 * The largest message that can come out: a buffer of this size is always enough.
 *
 * @return bytes, or -errno
 * @par Syscalls, as of frame::FrameReceiver::recv_limit in Rust
 * None.
 */
ssize_t rawipc_frame_receiver_limit(const rawipc_frame_receiver *receiver, rawipc_error *error);

/**
 * Whether the next receive has its answer in the buffer already, and makes no syscall.
 *
 * A wait on the descriptor says nothing of what was read before: ask here first.
 *
 * @return 1 or 0, or -errno
 * @par Syscalls, as of frame::FrameReceiver::has_buffered in Rust
 * None.
 */
int rawipc_frame_receiver_has_buffered(const rawipc_frame_receiver *receiver, rawipc_error *error);

/**
 * The descriptor, to poll or to ask about. It stays the handle's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of frame::FrameReceiver::as_fd in Rust
 * None.
 */
int rawipc_frame_receiver_fd(const rawipc_frame_receiver *receiver, rawipc_error *error);

/**
 * Takes the descriptor out, to which what lies in the buffer is lost; the handle is closed.
 *
 * @return the descriptor, or -errno
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of frame::FrameReceiver::into_inner in Rust
 * None.
 */
int rawipc_frame_receiver_into_fd(rawipc_frame_receiver *receiver, rawipc_error *error);

/**
 * Closes the descriptor; the buffer is the caller's again.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: it is none, or closed already.
 * @par Syscalls, as of frame::FrameReceiver in Rust
 * - drop: close
 */
int rawipc_frame_receiver_close(rawipc_frame_receiver *receiver, rawipc_error *error);

/* -- framed ---------------------------------------------------------------------------------------
 * A stream socket that carries whole messages both ways: a frame sender and a frame receiver in one.
 *
 * Each direction is on its own: a broken one leaves the other as it is.
 */

/**
 * A stream socket that carries whole messages. A handle: it does not move, and neither does its buffer.
 */
typedef struct rawipc_framed {
    uint64_t opaque[14];
} rawipc_framed;

/**
 * Makes the only reader and the only writer of this end of a stream socket.
 *
 * The buffer holds what has come in; messages up to its length - RAWIPC_FRAME_HEAD come in, and up to send_limit go out.
 *
 * @param framed  gets it
 * @return 0, or -errno
 * @par Errors
 * EINVAL: a buffer of fewer than 5 bytes; a limit of 0, or one that 32 bits cannot hold.
 * @par Ownership
 * The descriptor is framed's from now on. On failure it is closed, unless framed, buf or the
 * descriptor itself are refused.
 * The buffer is framed's until it is closed.
 * @par Syscalls, as of frame::Framed::new in Rust
 * - ok: none
 * - refused: close
 */
int rawipc_framed_new(rawipc_framed *framed, int stream, void *buf, size_t len, size_t send_limit,
                      rawipc_error *error);

/**
 * Sends one message, as a sole frame sender does.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_frame_sender_send().
 * @par Syscalls, as of frame::Framed::send in Rust
 * - as rawipc_frame_sender_send()
 */
int rawipc_framed_send(rawipc_framed *framed, const void *msg, size_t len, const rawipc_wait *wait,
                       rawipc_error *error);

/**
 * Sends what there is room for of one message now, as a sole frame sender does.
 *
 * @return 0, or -errno
 * @par Errors
 * As rawipc_frame_sender_send(), and EAGAIN in place of a wait.
 * @par Syscalls, as of frame::Framed::try_send in Rust
 * - as rawipc_frame_sender_try_send()
 */
int rawipc_framed_try_send(rawipc_framed *framed, const void *msg, size_t len, rawipc_error *error);

/**
 * Receives one message, as a frame receiver does.
 *
 * @return its length; 0: the peer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * As rawipc_frame_receiver_recv().
 * @par Syscalls, as of frame::Framed::recv in Rust
 * - as rawipc_frame_receiver_recv()
 */
ssize_t rawipc_framed_recv(rawipc_framed *framed, void *buf, size_t len, const rawipc_wait *wait,
                           rawipc_error *error);

/**
 * Receives one message if all of it is there, as a frame receiver does.
 *
 * @return its length; 0: the peer is gone; or -errno
 * @par Errors
 * As rawipc_frame_receiver_recv(), and EAGAIN in place of a wait.
 * @par Syscalls, as of frame::Framed::try_recv in Rust
 * - as rawipc_frame_receiver_try_recv()
 */
ssize_t rawipc_framed_try_recv(rawipc_framed *framed, void *buf, size_t len, rawipc_error *error);

/**
 * Receives one message where it lies, as a frame receiver does.
 *
 * @param msg  gets a pointer to it, good until the next receive; NULL at the end
 * @return its length; 0: the peer is gone, and all that it sent has been handed out; or -errno
 * @par Errors
 * As rawipc_frame_receiver_recv_in_place().
 * @par Syscalls, as of frame::Framed::recv_in_place in Rust
 * - as rawipc_framed_recv()
 */
ssize_t rawipc_framed_recv_in_place(rawipc_framed *framed, const void **msg, const rawipc_wait *wait,
                                    rawipc_error *error);

/**
 * Receives one message where it lies, if all of it is there, as a frame receiver does.
 *
 * @param msg  gets a pointer to it, good until the next receive; NULL at the end
 * @return its length; 0: the peer is gone; or -errno
 * @par Errors
 * As rawipc_frame_receiver_recv_in_place(), and EAGAIN in place of a wait.
 * @par Syscalls, as of frame::Framed::try_recv_in_place in Rust
 * - as rawipc_framed_try_recv()
 */
ssize_t rawipc_framed_try_recv_in_place(rawipc_framed *framed, const void **msg,
                                        rawipc_error *error);

/**
 * The largest message that it takes.
 *
 * @return bytes, or -errno
 * @par Syscalls, as of frame::Framed::send_limit in Rust
 * None.
 */
ssize_t rawipc_framed_send_limit(const rawipc_framed *framed, rawipc_error *error);

/**
 * The largest message that can come out: a buffer of this size is always enough.
 *
 * @return bytes, or -errno
 * @par Syscalls, as of frame::Framed::recv_limit in Rust
 * None.
 */
ssize_t rawipc_framed_recv_limit(const rawipc_framed *framed, rawipc_error *error);

/**
 * Whether the next receive has its answer in the buffer already, and makes no syscall.
 *
 * @return 1 or 0, or -errno
 * @par Syscalls, as of frame::Framed::has_buffered in Rust
 * None.
 */
int rawipc_framed_has_buffered(const rawipc_framed *framed, rawipc_error *error);

/**
 * Whether a part of a message has gone and the rest has not. Only that same message can be sent now.
 *
 * @return 1 or 0, or -errno
 * @par Syscalls, as of frame::Framed::is_unfinished in Rust
 * None.
 */
int rawipc_framed_is_unfinished(const rawipc_framed *framed, rawipc_error *error);

/**
 * The descriptor, to poll or to ask about. It stays the handle's.
 *
 * @return the descriptor, or -errno
 * @par Syscalls, as of frame::Framed::as_fd in Rust
 * None.
 */
int rawipc_framed_fd(const rawipc_framed *framed, rawipc_error *error);

/**
 * Takes the descriptor out, to which what lies in the buffer is lost, and which may be in the middle of a message; the
 * handle is closed.
 *
 * @return the descriptor, or -errno
 * @par Ownership
 * The descriptor is the caller's to close.
 * @par Syscalls, as of frame::Framed::into_inner in Rust
 * None.
 */
int rawipc_framed_into_fd(rawipc_framed *framed, rawipc_error *error);

/**
 * Closes the socket; the buffer is the caller's again.
 *
 * @return 0, or -errno
 * @par Errors
 * EINVAL: it is none, or closed already.
 * @par Syscalls, as of frame::Framed in Rust
 * - drop: close
 */
int rawipc_framed_close(rawipc_framed *framed, rawipc_error *error);

/* == rpc ==========================================================================================
 * A remote call: a method's number and its arguments packed in order into one message, and its result, or a failure,
 * packed into the answer.
 *
 * Over any channel of whole messages, in buffers that the two sides own. The client packs the arguments, calls, and
 * unpacks the result; the server takes the next request, unpacks its arguments, and replies. The two share nothing but
 * the numbers of the methods and the order of what is packed, and either may be in Rust.
 *
 * A request is a u32 id, a u32 method, and the arguments; a reply is the u32 id of the request, a u32 0, and the
 * result; a failure is the id and a u32 code of 1 or above. Integers are little endian, as wide as they are, without
 * padding; a bool is one byte, 0 or 1; bytes and text are a u32 length, and then the bytes.
 */

/** The bytes in front of the arguments of a request and in front of the result of a reply: two u32. */
#define RAWIPC_RPC_HEAD 8

/** A failure: the server has no method of this number. */
#define RAWIPC_RPC_UNKNOWN_METHOD 4294967295

/** A failure: the arguments are not those of the method. */
#define RAWIPC_RPC_BAD_ARGUMENTS 4294967294

/** A failure: the result does not fit the server's buffer, or the channel. */
#define RAWIPC_RPC_RESULT_TOO_LONG 4294967293

/**
 * A failure: the method failed, without a code of its own. A program's own codes are 1 to 0xfffffeff.
 */
#define RAWIPC_RPC_OTHER 4294967292

/* -- packer ---------------------------------------------------------------------------------------
 * Values into bytes, one behind the other, in a buffer that is the caller's.
 *
 * What does not fit is -EMSGSIZE, and from then on everything is, the call or the reply that the packer is given to
 * among it: no half of a message can pass for a whole one, and a program that packs several values can leave the
 * answers unread until then.
 */

/** Where values are packed. A handle: it does not move. There is nothing to close. */
typedef struct rawipc_packer {
    uint64_t opaque[6];
} rawipc_packer;

/**
 * Packs into a buffer, from its beginning. A packer that is there already begins anew.
 *
 * @param packer  gets it
 * @return 0, or -errno
 * @par Ownership
 * The buffer is the packer's as long as that is used.
 * @par Syscalls, as of rpc::Packer::new in Rust
 * None.
 */
int rawipc_packer_new(rawipc_packer *packer, void *buf, size_t len, rawipc_error *error);

/**
 * Packs a uint8_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::u8 in Rust
 * None.
 */
int rawipc_packer_u8(rawipc_packer *packer, uint8_t value, rawipc_error *error);

/**
 * Packs a uint16_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::u16 in Rust
 * None.
 */
int rawipc_packer_u16(rawipc_packer *packer, uint16_t value, rawipc_error *error);

/**
 * Packs a uint32_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::u32 in Rust
 * None.
 */
int rawipc_packer_u32(rawipc_packer *packer, uint32_t value, rawipc_error *error);

/**
 * Packs a uint64_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::u64 in Rust
 * None.
 */
int rawipc_packer_u64(rawipc_packer *packer, uint64_t value, rawipc_error *error);

/**
 * Packs an int8_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::i8 in Rust
 * None.
 */
int rawipc_packer_i8(rawipc_packer *packer, int8_t value, rawipc_error *error);

/**
 * Packs an int16_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::i16 in Rust
 * None.
 */
int rawipc_packer_i16(rawipc_packer *packer, int16_t value, rawipc_error *error);

/**
 * Packs an int32_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::i32 in Rust
 * None.
 */
int rawipc_packer_i32(rawipc_packer *packer, int32_t value, rawipc_error *error);

/**
 * Packs an int64_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::i64 in Rust
 * None.
 */
int rawipc_packer_i64(rawipc_packer *packer, int64_t value, rawipc_error *error);

/**
 * Packs a bool, 0 or 1, as one byte.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full. EINVAL: it is another number.
 * @par Syscalls, as of rpc::Packer::bool in Rust
 * None.
 */
int rawipc_packer_bool(rawipc_packer *packer, int value, rawipc_error *error);

/**
 * Packs bytes with their number in front, as a uint32_t.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::bytes in Rust
 * None.
 */
int rawipc_packer_bytes(rawipc_packer *packer, const void *bytes, size_t len, rawipc_error *error);

/**
 * Packs text, len bytes of UTF-8, with their number in front; a NUL behind them is not needed, and not packed.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full. EILSEQ: it is not UTF-8.
 * @par Syscalls, as of rpc::Packer::str in Rust
 * None.
 */
int rawipc_packer_str(rawipc_packer *packer, const char *text, size_t len, rawipc_error *error);

/**
 * Packs what another packer has packed, as it is.
 *
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is full.
 * @par Syscalls, as of rpc::Packer::append in Rust
 * None.
 */
int rawipc_packer_append(rawipc_packer *packer, const void *packed, size_t len,
                         rawipc_error *error);

/**
 * How many bytes have been packed so far.
 *
 * @return bytes, or -errno
 * @par Syscalls, as of rpc::Packer::len in Rust
 * None.
 */
ssize_t rawipc_packer_len(const rawipc_packer *packer, rawipc_error *error);

/**
 * All that was packed so far, to send it in a message of one's own. It can go on.
 *
 * @param packed  gets a pointer to it, in the packer's buffer
 * @return how many bytes they are, or -errno
 * @par Errors
 * EMSGSIZE: something before did not fit.
 * @par Syscalls, as of rpc::Packer::packed in Rust
 * None.
 */
ssize_t rawipc_packer_packed(const rawipc_packer *packer, const void **packed, rawipc_error *error);

/* -- unpacker -------------------------------------------------------------------------------------
 * Bytes into values, in the order in which a packer packed them; nothing is believed.
 *
 * What is not there, or is no such value, is -EBADMSG from the peer, and from then on everything is, so that a program
 * that unpacks several values can leave all answers but that of rawipc_unpacker_finish() unread. Bytes and text are not
 * copied: they lie in the message.
 */

/** What values are unpacked from. A handle: it does not move. There is nothing to close. */
typedef struct rawipc_unpacker {
    uint64_t opaque[4];
} rawipc_unpacker;

/**
 * Unpacks from a message, from its beginning. An unpacker that is there already begins anew.
 *
 * @param unpacker  gets it
 * @return 0, or -errno
 * @par Ownership
 * The message stays as it is as long as the unpacker, or what came out of it, is used.
 * @par Syscalls, as of rpc::Unpacker::new in Rust
 * None.
 */
int rawipc_unpacker_new(rawipc_unpacker *unpacker, const void *msg, size_t len,
                        rawipc_error *error);

/**
 * Unpacks a uint8_t.
 *
 * @param value  gets it
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before.
 * @par Syscalls, as of rpc::Unpacker::u8 in Rust
 * None.
 */
int rawipc_unpacker_u8(rawipc_unpacker *unpacker, uint8_t *value, rawipc_error *error);

/**
 * Unpacks a uint16_t.
 *
 * @param value  gets it
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before.
 * @par Syscalls, as of rpc::Unpacker::u16 in Rust
 * None.
 */
int rawipc_unpacker_u16(rawipc_unpacker *unpacker, uint16_t *value, rawipc_error *error);

/**
 * Unpacks a uint32_t.
 *
 * @param value  gets it
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before.
 * @par Syscalls, as of rpc::Unpacker::u32 in Rust
 * None.
 */
int rawipc_unpacker_u32(rawipc_unpacker *unpacker, uint32_t *value, rawipc_error *error);

/**
 * Unpacks a uint64_t.
 *
 * @param value  gets it
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before.
 * @par Syscalls, as of rpc::Unpacker::u64 in Rust
 * None.
 */
int rawipc_unpacker_u64(rawipc_unpacker *unpacker, uint64_t *value, rawipc_error *error);

/**
 * Unpacks an int8_t.
 *
 * @param value  gets it
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before.
 * @par Syscalls, as of rpc::Unpacker::i8 in Rust
 * None.
 */
int rawipc_unpacker_i8(rawipc_unpacker *unpacker, int8_t *value, rawipc_error *error);

/**
 * Unpacks an int16_t.
 *
 * @param value  gets it
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before.
 * @par Syscalls, as of rpc::Unpacker::i16 in Rust
 * None.
 */
int rawipc_unpacker_i16(rawipc_unpacker *unpacker, int16_t *value, rawipc_error *error);

/**
 * Unpacks an int32_t.
 *
 * @param value  gets it
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before.
 * @par Syscalls, as of rpc::Unpacker::i32 in Rust
 * None.
 */
int rawipc_unpacker_i32(rawipc_unpacker *unpacker, int32_t *value, rawipc_error *error);

/**
 * Unpacks an int64_t.
 *
 * @param value  gets it
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before.
 * @par Syscalls, as of rpc::Unpacker::i64 in Rust
 * None.
 */
int rawipc_unpacker_i64(rawipc_unpacker *unpacker, int64_t *value, rawipc_error *error);

/**
 * Unpacks a bool.
 *
 * @param value  gets 0 or 1
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: the message ends before, or the byte is neither 0 nor 1.
 * @par Syscalls, as of rpc::Unpacker::bool in Rust
 * None.
 */
int rawipc_unpacker_bool(rawipc_unpacker *unpacker, int *value, rawipc_error *error);

/**
 * Unpacks bytes, where they lie.
 *
 * @param bytes  gets a pointer to them, in the message
 * @return how many they are, or -errno
 * @par Errors
 * EBADMSG: the message ends before, or before what the number in front of them says.
 * @par Syscalls, as of rpc::Unpacker::bytes in Rust
 * None.
 */
ssize_t rawipc_unpacker_bytes(rawipc_unpacker *unpacker, const void **bytes, rawipc_error *error);

/**
 * Unpacks text, where it lies: UTF-8, in which any NUL may be, and behind which none is.
 *
 * @param text  gets a pointer to it, in the message
 * @return how many bytes it has, or -errno
 * @par Errors
 * EBADMSG: as for rawipc_unpacker_bytes(), or it is not UTF-8.
 * @par Syscalls, as of rpc::Unpacker::str in Rust
 * None.
 */
ssize_t rawipc_unpacker_str(rawipc_unpacker *unpacker, const char **text, rawipc_error *error);

/**
 * How many bytes are left; 0 after something that was wrong.
 *
 * @return bytes, or -errno
 * @par Syscalls, as of rpc::Unpacker::remaining in Rust
 * None.
 */
ssize_t rawipc_unpacker_remaining(const rawipc_unpacker *unpacker, rawipc_error *error);

/**
 * Sees to it that nothing is left over.
 *
 * @return 0, or -errno
 * @par Errors
 * EBADMSG: something is, or was wrong before.
 * @par Syscalls, as of rpc::Unpacker::finish in Rust
 * None.
 */
int rawipc_unpacker_finish(rawipc_unpacker *unpacker, rawipc_error *error);

/* -- channel --------------------------------------------------------------------------------------
 * What a remote call goes over: any channel of whole messages, both ways.
 *
 * A channel borrows the handles and descriptors that it is made of: they stay the caller's to poll and to close, stay
 * where they are as long as a client or a server uses them, and what is closed meanwhile is -EINVAL.
 */

/**
 * A channel, for a client or a server to be made over. A handle: it does not move. There is nothing to close, and once
 * the client or server is made, nothing to keep.
 */
typedef struct rawipc_rpc_channel {
    uint64_t opaque[5];
} rawipc_rpc_channel;

/**
 * Makes a channel of a connected seqpacket socket.
 *
 * @param channel  gets it
 * @return 0, or -errno
 */
int rawipc_rpc_channel_seqpacket(rawipc_rpc_channel *channel, rawipc_seqpacket *socket,
                                 rawipc_error *error);

/**
 * Makes a channel of a datagram socket that has a peer. Its end is not told: give the client and the server a wait.
 *
 * @param channel  gets it
 * @return 0, or -errno
 */
int rawipc_rpc_channel_datagram(rawipc_rpc_channel *channel, rawipc_datagram *socket,
                                rawipc_error *error);

/**
 * Makes a channel of frames both ways over one stream socket.
 *
 * @param channel  gets it
 * @return 0, or -errno
 */
int rawipc_rpc_channel_framed(rawipc_rpc_channel *channel, rawipc_framed *framed,
                              rawipc_error *error);

/**
 * Makes a channel of frames over two streams, pipes for example, one each way.
 *
 * @param channel  gets it
 * @return 0, or -errno
 */
int rawipc_rpc_channel_frames(rawipc_rpc_channel *channel, rawipc_frame_receiver *receiver,
                              rawipc_frame_sender *sender, rawipc_error *error);

/**
 * Makes a channel of two pipes or FIFOs in packet mode, one each way.
 *
 * @param channel  gets it
 * @return 0, or -errno
 */
int rawipc_rpc_channel_pipes(rawipc_rpc_channel *channel, int receiver, int sender,
                             rawipc_error *error);

/**
 * Makes a channel of two rings, one each way.
 *
 * @param channel  gets it
 * @return 0, or -errno
 */
int rawipc_rpc_channel_ring(rawipc_rpc_channel *channel, rawipc_ring_consumer *consumer,
                            rawipc_ring_producer *producer, rawipc_error *error);

/* -- client ---------------------------------------------------------------------------------------
 * The side that calls.
 */

/**
 * The side that calls, over a channel of its own. A handle: it does not move. There is nothing to close but what its
 * channel is made of.
 */
typedef struct rawipc_rpc_client {
    uint64_t opaque[10];
} rawipc_rpc_client;

/**
 * Makes a client over a channel; the buffer holds a request, and then the reply.
 *
 * @param client  gets it
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the buffer is smaller than the longest message of the channel, so that one could come that it does not hold;
 * error->needed tells what is enough. EINVAL: the channel takes no message of 8 bytes, or is closed.
 * @par Ownership
 * The buffer, and what the channel is made of, stay where they are as long as the client is used.
 * @par Syscalls, as of rpc::Client::new in Rust
 * - ok: none
 * - refused, the two ends of a Duplex of pipes: close close
 * - refused, a socket: close
 */
int rawipc_rpc_client_new(rawipc_rpc_client *client, const rawipc_rpc_channel *channel, void *buf,
                          size_t len, rawipc_error *error);

/**
 * Calls a method, and waits for its result. The wait is one for the request and the reply together.
 *
 * A reply that comes when the call has been given up is skipped by a later call, once for each call given up; a reply to
 * no request at all corrupts the client for good. Where the time is over while a part of the request is in a channel of
 * frames, that refuses every other request with EBUSY: close it.
 *
 * @param args     the arguments, packed in a buffer of the caller's, which may be used again at once; NULL: none
 * @param result   gets the result to unpack, which lies in the client's buffer until the next call
 * @param failure  NULL, or gets with -EREMOTEIO the server's code: RAWIPC_RPC_…, or the program's own
 * @return 0, or -errno
 * @par Errors
 * EREMOTEIO: the server's answer is a failure. EMSGSIZE: the arguments did not fit their packer, or do not fit the buffer
 * or the channel; nothing was sent. ETIMEDOUT, EINTR: the wait is over; the method may have run, may be running or may yet
 * run. EPIPE: the server is gone. EBADMSG: the reply is none, or not to this call; from then on. Else what the channel
 * says.
 * @par Syscalls, as of rpc::Client::call in Rust
 * - refused; corrupt: none
 * - packet pipes, for ever, the reply is there: pwritev2 read
 * - for ever; until an instant: [rawipc_frame_sender_send() or rawipc_framed_send() or rawipc_pipe_send() or
 *   rawipc_ring_send() or rawipc_datagram_send() or rawipc_seqpacket_send()] ([rawipc_frame_receiver_recv() or
 *   rawipc_framed_recv() or rawipc_pipe_recv() or rawipc_ring_recv() or rawipc_datagram_recv() or
 *   rawipc_seqpacket_recv()])×n
 * - at most a duration: clock_gettime [rawipc_frame_sender_send() or rawipc_framed_send() or rawipc_pipe_send() or
 *   rawipc_ring_send() or rawipc_datagram_send() or rawipc_seqpacket_send()] ([rawipc_frame_receiver_recv() or
 *   rawipc_framed_recv() or rawipc_pipe_recv() or rawipc_ring_recv() or rawipc_datagram_recv() or
 *   rawipc_seqpacket_recv()])×n
 * - for ever, not sent; until an instant, not sent: [rawipc_frame_sender_send() or rawipc_framed_send() or
 *   rawipc_pipe_send() or rawipc_ring_send() or rawipc_datagram_send() or rawipc_seqpacket_send()]
 * - at most a duration, not sent: clock_gettime [rawipc_frame_sender_send() or rawipc_framed_send() or
 *   rawipc_pipe_send() or rawipc_ring_send() or rawipc_datagram_send() or rawipc_seqpacket_send()]
 */
int rawipc_rpc_client_call(rawipc_rpc_client *client, uint32_t method, const rawipc_packer *args,
                           rawipc_unpacker *result, uint32_t *failure, const rawipc_wait *wait,
                           rawipc_error *error);

/* -- server ---------------------------------------------------------------------------------------
 * The side that runs the methods, for one client over a channel of its own.
 *
 * It takes the next request, and replies to it or fails it, in a loop:
 *     uint32_t method;
 *     rawipc_unpacker args;
 *     while (rawipc_rpc_server_next(&server, &method, &args, NULL, &error) > 0) {
 *         uint32_t a, b;
 *         rawipc_unpacker_u32(&args, &a, NULL);
 *         rawipc_unpacker_u32(&args, &b, NULL);
 *         if (method != ADD)
 *             rawipc_rpc_server_fail(&server, RAWIPC_RPC_UNKNOWN_METHOD, NULL, &error);
 *         else if (rawipc_unpacker_finish(&args, NULL) < 0)
 *             rawipc_rpc_server_fail(&server, RAWIPC_RPC_BAD_ARGUMENTS, NULL, &error);
 *         else {
 *             rawipc_packer_new(&result, buf, sizeof buf, NULL);
 *             rawipc_packer_u64(&result, (uint64_t)a + b, NULL);
 *             rawipc_rpc_server_reply(&server, &result, NULL, &error);
 *         }
 *     }
 */

/**
 * The side that runs the methods. A handle: it does not move. There is nothing to close but what its channel is made
 * of.
 */
typedef struct rawipc_rpc_server {
    uint64_t opaque[12];
} rawipc_rpc_server;

/**
 * Makes a server over a channel; the inbox holds a request while it runs, the outbox its reply.
 *
 * @param server  gets it
 * @return 0, or -errno
 * @par Errors
 * EMSGSIZE: the inbox is smaller than the longest message of the channel, so that one could come that it does not hold;
 * error->needed tells what is enough. EINVAL: the outbox or the channel has no room for a message of 8 bytes, or the
 * channel is closed.
 * @par Ownership
 * The buffers, and what the channel is made of, stay where they are as long as the server is used.
 * @par Syscalls, as of rpc::Server::new in Rust
 * - ok: none
 * - refused, the two ends of a Duplex of pipes: close close
 * - refused, a socket: close
 */
int rawipc_rpc_server_new(rawipc_rpc_server *server, const rawipc_rpc_channel *channel, void *inbox,
                          size_t inbox_len, void *outbox, size_t outbox_len, rawipc_error *error);

/**
 * Receives the next request, or waits for it. One before it that was not answered leaves its client to its deadline.
 *
 * @param method  gets the number of the method, as the client sent it: any at all
 * @param args    gets the arguments to unpack: any bytes at all, which lie in the inbox until the next request
 * @return 1; 0: the client is gone; or -errno
 * @par Errors
 * EBADMSG, of the call "rpc": the message is too short for a request. It is taken off the channel, and the next one can be
 * asked for. Every other error is the channel's.
 * @par Syscalls, as of rpc::Server::next in Rust
 * - as rawipc_frame_receiver_recv() or rawipc_framed_recv() or rawipc_pipe_recv() or rawipc_ring_recv() or
 *   rawipc_datagram_recv() or rawipc_seqpacket_recv()
 * @par Syscalls, as of rpc::Request::method in Rust
 * None.
 */
int rawipc_rpc_server_next(rawipc_rpc_server *server, uint32_t *method, rawipc_unpacker *args,
                           const rawipc_wait *wait, rawipc_error *error);

/**
 * Receives a request if one is there now.
 *
 * @param method  gets the number of the method
 * @param args    gets the arguments to unpack
 * @return 1; 0: the client is gone; or -errno
 * @par Errors
 * As rawipc_rpc_server_next(), and EAGAIN in place of a wait.
 * @par Syscalls, as of rpc::Server::try_next in Rust
 * - as rawipc_frame_receiver_try_recv() or rawipc_framed_try_recv() or rawipc_pipe_try_recv() or rawipc_ring_try_recv()
 *   or rawipc_datagram_try_recv() or rawipc_seqpacket_try_recv()
 */
int rawipc_rpc_server_try_next(rawipc_rpc_server *server, uint32_t *method, rawipc_unpacker *args,
                               rawipc_error *error);

/**
 * Answers the request with a result.
 *
 * @param result  the result, packed in a buffer of the caller's; NULL: none
 * @return 0, or -errno
 * @par Errors
 * EINVAL: there is no request, or it is answered. EMSGSIZE: the result did not fit its packer, or does not fit the outbox
 * or the channel; the client is answered all the same, with RAWIPC_RPC_RESULT_TOO_LONG. EPIPE: the client is gone.
 * ETIMEDOUT: there was no room in time; the request still waits for its answer, and where a part of it has gone over a
 * channel of frames, for this one.
 * @par Syscalls, as of rpc::Request::reply in Rust
 * - as rawipc_frame_sender_send() or rawipc_framed_send() or rawipc_pipe_send() or rawipc_ring_send() or
 *   rawipc_datagram_send() or rawipc_seqpacket_send()
 */
int rawipc_rpc_server_reply(rawipc_rpc_server *server, const rawipc_packer *result,
                            const rawipc_wait *wait, rawipc_error *error);

/**
 * Answers the request with a failure.
 *
 * @param failure  a RAWIPC_RPC_… code, or one of the program's own: 1 to 0xfffffeff
 * @return 0, or -errno
 * @par Errors
 * EINVAL: there is no request, or it is answered; or it is no such code. EPIPE, ETIMEDOUT: as rawipc_rpc_server_reply().
 * @par Syscalls, as of rpc::Request::fail in Rust
 * - as rawipc_rpc_server_reply()
 */
int rawipc_rpc_server_fail(rawipc_rpc_server *server, uint32_t failure, const rawipc_wait *wait,
                           rawipc_error *error);

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
 * @return F_… of <fcntl.h>; -1 after the last; -EFAULT
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

/* The same operations as main.rs, by whoever makes the call himself: the kernel call with the same flags, and for
 * the ring the same protocol without a check of anything. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef RWF_NOSIGNAL
#define RWF_NOSIGNAL 0x100
#endif

#define OP __attribute__((noinline, noclone))

OP ssize_t op_pipe_send(int fd, const void *msg, size_t n) {
    struct iovec part = {(void *)msg, n};
    return pwritev2(fd, &part, 1, -1, RWF_NOSIGNAL);
}

OP ssize_t op_pipe_recv(int fd, void *buf, size_t n) { return read(fd, buf, n); }

OP ssize_t op_fifo_send(int fd, const void *msg, size_t n) {
    struct iovec part = {(void *)msg, n};
    return pwritev2(fd, &part, 1, -1, RWF_NOSIGNAL);
}

OP ssize_t op_fifo_recv(int fd, void *buf, size_t n) { return read(fd, buf, n); }

OP ssize_t op_seqpacket_send(int fd, const void *msg, size_t n) {
    return sendto(fd, msg, n, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
}

OP ssize_t op_seqpacket_recv(int fd, void *buf, size_t n) {
    return recvfrom(fd, buf, n, MSG_DONTWAIT | MSG_TRUNC, NULL, NULL);
}

OP ssize_t op_stream_send(int fd, const void *msg, size_t n) {
    return sendto(fd, msg, n, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
}

/* One descriptor along, in the control message that the caller keeps. */
struct along {
    struct cmsghdr head;
    int fd;
};

OP ssize_t op_along_send(int fd, const void *msg, size_t n, const struct along *along) {
    struct iovec part = {(void *)msg, n};
    struct msghdr all = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = (void *)along, .msg_controllen = CMSG_LEN(sizeof(int))};
    return sendmsg(fd, &all, MSG_DONTWAIT | MSG_NOSIGNAL);
}

OP ssize_t op_along_recv(int fd, void *buf, size_t n, struct along *along) {
    struct iovec part = {buf, n};
    struct msghdr all = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = along, .msg_controllen = CMSG_LEN(sizeof(int))};
    ssize_t got = recvmsg(fd, &all, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
    if (all.msg_flags & MSG_CTRUNC) return -1;
    struct cmsghdr *c = CMSG_FIRSTHDR(&all);
    if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) return -1;
    return got;
}

OP ssize_t op_stream_recv(int fd, void *buf, size_t n) { return recvfrom(fd, buf, n, MSG_DONTWAIT, NULL, NULL); }

OP ssize_t op_datagram_send(int fd, const void *msg, size_t n) {
    return sendto(fd, msg, n, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
}

OP ssize_t op_datagram_recv(int fd, void *buf, size_t n) {
    return recvfrom(fd, buf, n, MSG_DONTWAIT | MSG_TRUNC, NULL, NULL);
}

struct ring {
    unsigned char *records;
    uint32_t head, tail, seen;
    _Atomic uint32_t *position, *sleeps;
};

enum { CAPACITY = 65536, HEADER = 8, LINE = 64 };

OP ssize_t op_ring_send(struct ring *r, const void *msg, size_t n) {
    uint32_t record = (n + HEADER + LINE - 1) & ~(uint32_t)(LINE - 1);
    if (r->head - r->seen + record + LINE > CAPACITY) {
        r->seen = atomic_load_explicit(r->position, memory_order_acquire);
        if (r->head - r->seen + record + LINE > CAPACITY) return -1;
    }
    unsigned char *here = r->records + r->head % CAPACITY;
    r->head += record;
    atomic_store_explicit((_Atomic uint32_t *)(r->records + r->head % CAPACITY), 0, memory_order_relaxed);
    memcpy(here + HEADER, msg, n);
    atomic_store_explicit((_Atomic uint32_t *)here, n, memory_order_release);
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(r->sleeps, memory_order_relaxed) & 1) abort();
    return n;
}

OP ssize_t op_ring_recv(struct ring *r, void *buf, size_t room) {
    unsigned char *here = r->records + r->tail % CAPACITY;
    uint32_t n = atomic_load_explicit((_Atomic uint32_t *)here, memory_order_acquire);
    if (n == 0 || n > room) return -1;
    memcpy(buf, here + HEADER, n);
    r->tail += (n + HEADER + LINE - 1) & ~(uint32_t)(LINE - 1);
    atomic_store_explicit(r->position, r->tail, memory_order_release);
    atomic_thread_fence(memory_order_seq_cst);
    if (atomic_load_explicit(r->sleeps, memory_order_relaxed) & 1) abort();
    return n;
}

static void check(int ok, const char *what) {
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static void *page(size_t n) {
    void *at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(at != MAP_FAILED, "mmap");
    return at;
}

int main(int argc, char **argv) {
    check(argc == 3, "bare TIMES FIFO");
    long times = atol(argv[1]);
    int pipes[2], seqpacket[2], stream[2], datagram[2];
    check(pipe2(pipes, O_CLOEXEC | O_NONBLOCK | O_DIRECT) == 0, "pipe2");
    check(mkfifo(argv[2], 0600) == 0, "mkfifo");
    int from = open(argv[2], O_RDONLY | O_NONBLOCK | O_CLOEXEC), to = open(argv[2], O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    unlink(argv[2]);
    check(to >= 0 && fcntl(to, F_SETFL, O_NONBLOCK | O_DIRECT) == 0, "fifo");
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, seqpacket) == 0, "socketpair");
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream) == 0, "socketpair");
    check(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, datagram) == 0, "socketpair");
    struct ring ring = {page(2 * CAPACITY), 0, 0, 0, page(4096), page(4096)};

    static char msg[64] = "as many bytes as a cache line has", buf[65536];
    for (long i = 0; i < times; i++) {
        check(op_pipe_send(pipes[1], msg, 64) == 64 && op_pipe_recv(pipes[0], buf, 4096) == 64, "pipe");
        check(op_fifo_send(to, msg, 64) == 64 && op_fifo_recv(from, buf, 4096) == 64, "fifo");
        check(op_seqpacket_send(seqpacket[0], msg, 64) == 64, "seqpacket");
        check(op_seqpacket_recv(seqpacket[1], buf, 65536) == 64, "seqpacket");
        struct along along = {{CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}, 0};
        check(op_along_send(seqpacket[0], msg, 64, &along) == 64, "along");
        check(op_along_recv(seqpacket[1], buf, 65536, &along) == 64 && close(along.fd) == 0, "along");
        check(op_stream_send(stream[0], msg, 64) == 64 && op_stream_recv(stream[1], buf, 65536) == 64, "stream");
        check(op_datagram_send(datagram[0], msg, 64) == 64, "datagram");
        check(op_datagram_recv(datagram[1], buf, 65536) == 64, "datagram");
        check(op_ring_send(&ring, msg, 64) == 64 && op_ring_recv(&ring, buf, 65536) == 64, "ring");
    }
    return 0;
}

/* The bare calls: what a round trip through a pipe, and through a futex, costs a C program. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

int bare_pipe(int out, int in, char *msg, size_t len, size_t n, int first) {
    if (!first && read(in, msg, len) != (ssize_t)len) return -1;
    for (size_t i = 0; i < n; i++) {
        if (write(out, msg, len) != (ssize_t)len) return -1;
        if ((first || i + 1 < n) && read(in, msg, len) != (ssize_t)len) return -1;
    }
    return 0;
}

static void pass_on(uint32_t *word, uint32_t value) {
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void await(uint32_t *word, uint32_t value) {
    for (uint32_t seen; (seen = __atomic_load_n(word, __ATOMIC_SEQ_CST)) != value;)
        syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

/* One word, odd on the way there, even on the way back. */
void bare_futex_lead(uint32_t *word, size_t n) {
    uint32_t turn = __atomic_load_n(word, __ATOMIC_SEQ_CST);
    for (; n > 0; n--, turn += 2) {
        pass_on(word, turn + 1);
        await(word, turn + 2);
    }
}

void bare_futex_follow(uint32_t *word, uint32_t turn, size_t n) {
    for (; n > 0; n--, turn += 2) {
        await(word, turn + 1);
        pass_on(word, turn + 2);
    }
}

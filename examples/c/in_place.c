/*
 * A ring between a parent and its child, whose messages are written and read where they lie, and sent in batches.
 *
 *     cc in_place.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <rawipc.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PICTURES = 1000, SIZE = 65536, BATCH = 4 };

/* Each picture is drawn in the ring, and sent as far as it was drawn; then some words in one go. */
static int produce(rawipc_ring_producer *producer)
{
    static const rawipc_ring_message words[BATCH] = {
        { "one", 3 }, { "two", 3 }, { "three", 5 }, { "four", 4 },
    };
    size_t sent = 0;

    for (int i = 0; i < PICTURES; i++) {
        void *at;
        if (rawipc_ring_reserve(producer, &at, SIZE, NULL, NULL) < 0)
            return 1;
        memset(at, i, SIZE);
        if (rawipc_ring_commit(producer, SIZE - (size_t)i, NULL) < 0)
            return 1;
    }
    while (sent < BATCH) {
        ssize_t n = rawipc_ring_send_batch(producer, words + sent, BATCH - sent, NULL, NULL);
        if (n < 0)
            return 1;
        sent += (size_t)n;
    }
    return 0;
}

int main(void)
{
    rawipc_error error;
    rawipc_ring_producer producer;
    rawipc_ring_consumer consumer;
    rawipc_wait wait_for = { sizeof wait_for, RAWIPC_WAIT_AT_MOST, 10000000000, NULL };
    const void *at;
    size_t ends[BATCH], start = 0;
    uint64_t bytes = 0, right = 0;
    char words[64];
    ssize_t len = 0;
    int status;

    if (rawipc_ring_pair(&producer, &consumer, 1 << 20, &error) < 0) {
        fprintf(stderr, "%s: errno %d\n", rawipc_error_call(&error), error.code);
        return 1;
    }
    if (fork() == 0) {
        rawipc_ring_consumer_close(&consumer, NULL);
        _exit(produce(&producer));
    }
    rawipc_ring_producer_close(&producer, NULL);

    for (int i = 0; i < PICTURES; i++) {
        unsigned char last;
        len = rawipc_ring_read(&consumer, &at, &wait_for, &error);
        if (len <= 0)
            return 1;
        /* A part of it, copied out; the child could be changing the rest. */
        if (rawipc_ring_copy(&consumer, (size_t)len - 1, &last, 1, NULL) < 0)
            return 1;
        bytes += (uint64_t)len;
        right += last == (unsigned char)i;
        rawipc_ring_done(&consumer, NULL);
    }
    printf("%llu bytes, %llu pictures as drawn\n", (unsigned long long)bytes, (unsigned long long)right);

    while ((len = rawipc_ring_recv_batch(&consumer, words, sizeof words, ends, BATCH, &wait_for, &error)) > 0) {
        for (ssize_t i = 0; i < len; start = ends[i++])
            printf("%.*s\n", (int)(ends[i] - start), words + start);
        start = 0;
    }
    rawipc_ring_consumer_close(&consumer, NULL);
    wait(&status);
    return len != 0 || status != 0;
}

// prints: 65036500 bytes, 1000 pictures as drawn
// prints: one
// prints: two
// prints: three
// prints: four

/*
 * Memory that two processes share: a memfd, sealed so that only the mapping made before can write to it.
 *
 *     cc memory.c $(pkg-config --cflags --libs rawipc)
 */
#define _POSIX_C_SOURCE 200809L
#include <rawipc.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what, const rawipc_error *error)
{
    char text[RAWIPC_ERROR_TEXT_MAX];

    rawipc_error_describe(error, text, sizeof text);
    fprintf(stderr, "%s: %s\n", what, text);
    return 1;
}

int main(void)
{
    rawipc_error error;
    rawipc_memfd memfd;
    rawipc_map map;
    rawipc_read_only_map view;
    uint32_t *count;
    char picture[8];
    int status;

    if (rawipc_memfd_create(&memfd, "picture", 1 << 16, &error) < 0)
        return fail("create", &error);
    /* The owner maps it for writing, and seals it: nobody can do so any more. */
    if (rawipc_memfd_map(&memfd, &map, &error) < 0 || rawipc_memfd_seal_writes(&memfd, &error) < 0)
        return fail("map", &error);
    if (rawipc_memfd_map_read_only(&memfd, &view, &error) < 0)
        return fail("map_read_only", &error);

    if (fork() == 0) {
        /* The child writes, and says so last, by a release store. */
        rawipc_map_write(&map, 64, "a sunset", 8, NULL);
        if (rawipc_map_atomic_u32(&map, 0, &count, NULL) == 0)
            __atomic_store_n(count, 1, __ATOMIC_RELEASE);
        _exit(0);
    }
    wait(&status);

    uint32_t pictures = 0;
    if (rawipc_read_only_map_load_u32(&view, 0, &pictures, &error) < 0)
        return fail("load", &error);
    if (rawipc_read_only_map_read(&view, 64, picture, sizeof picture, &error) < 0)
        return fail("read", &error);
    printf("%u picture: %.*s\n", (unsigned)pictures, (int)sizeof picture, picture);

    /* What does not lie in the mapping is an answer, not a crash. */
    if (rawipc_read_only_map_read(&view, (1 << 16) - 4, picture, sizeof picture, &error) == 0)
        return 1;
    printf("beyond the end: ");
    fflush(stdout);
    char text[RAWIPC_ERROR_TEXT_MAX];
    rawipc_error_describe(&error, text, sizeof text);
    puts(text);

    rawipc_read_only_map_close(&view, NULL);
    rawipc_map_close(&map, NULL);
    rawipc_memfd_close(&memfd, NULL);
    return 0;
}

// prints: 1 picture: a sunset
// prints: beyond the end: memory: ERANGE (refused before the call)

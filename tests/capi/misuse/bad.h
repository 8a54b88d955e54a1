/* A library that does what ours must not. Each function is flagged in the words beside it. */
#ifndef BAD_H
#define BAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct rawipc_error {
    int code;
} rawipc_error;

typedef struct bad_handle {
    uint64_t opaque[4];
} bad_handle;

typedef struct bad_other {
    uint64_t opaque[4];
} bad_other;

typedef struct bad_options {
    uint32_t size;
    uint32_t flags;
} bad_options;

int bad_follows_null(const char *path);                      /* flagged: bad_follows_null(path = NULL): died of signal 11 */
int bad_takes_any_length(const void *buf, size_t len);       /* flagged: bad_takes_any_length(len = SIZE_MAX): did not refuse it */
int bad_asks_the_kernel(int fd);                             /* flagged: bad_asks_the_kernel(fd = -1): made a syscall before it answered */
int bad_hangs(const void *buf, size_t len);                  /* flagged: bad_hangs(len = 0): did not answer */
int bad_knows_no_mark(bad_handle *handle);                   /* flagged: bad_knows_no_mark(handle = copied): did not refuse it */
int bad_handle_close(bad_handle *handle);                    /* flagged: bad_handle_close(handle = closed): did not refuse it */
int bad_takes_the_other(bad_handle *handle);                 /* flagged: bad_takes_the_other(handle = a bad_other): did not refuse it */
int bad_takes_any_flag(const bad_options *options);          /* flagged: bad_takes_any_flag(options = all flags): did not refuse it */
int bad_reads_no_size(const bad_options *options);           /* flagged: bad_reads_no_size(options = 8 bytes longer, not 0): did not refuse it */

/**
 * @param out  gets a number
 */
int bad_writes_first(const char *path, int *out);            /* flagged: bad_writes_first(path = ""): wrote to an output */

int bad_says_two_things(int fd, rawipc_error *error);        /* flagged: bad_says_two_things(fd = -1): returned another errno */
int bad_never_works(int fd);                                 /* flagged: bad_never_works(nothing = bad): failed, with arguments that are valid */
int bad_reads_beyond(const void *buf, size_t len);

#endif

#include "bad.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int bad_follows_null(const char *path)
{
    return path[0] == '/' ? -ENOENT : 0;
}

int bad_takes_any_length(const void *buf, size_t len)
{
    return buf == NULL && len > 0 ? -EFAULT : 0;
}

int bad_asks_the_kernel(int fd)
{
    return close(fd) < 0 ? -errno : 0;
}

int bad_hangs(const void *buf, size_t len)
{
    alarm(1);
    while (len == 0)
        pause();
    return buf == NULL ? -EFAULT : 0;
}

int bad_knows_no_mark(bad_handle *handle)
{
    return handle == NULL ? -EFAULT : handle->opaque[0] != 1 ? -EINVAL : 0;
}

int bad_handle_close(bad_handle *handle)
{
    return handle == NULL ? -EFAULT : handle->opaque[0] != 1 ? -EINVAL : 0;
}

int bad_takes_the_other(bad_handle *handle)
{
    return handle == NULL ? -EFAULT : handle->opaque[0] == 0 ? -EINVAL : 0;
}

int bad_takes_any_flag(const bad_options *options)
{
    return options != NULL && options->size < sizeof *options ? -EINVAL : 0;
}

int bad_reads_no_size(const bad_options *options)
{
    return options != NULL && options->flags != 0 ? -EINVAL : 0;
}

int bad_writes_first(const char *path, int *out)
{
    if (out == NULL || path == NULL)
        return -EFAULT;
    *out = 1;
    return path[0] == 0 ? -ENOENT : 0;
}

int bad_says_two_things(int fd, rawipc_error *error)
{
    if (fd >= 0)
        return 0;
    if (error != NULL)
        error->code = EINVAL;
    return -EBADF;
}

int bad_never_works(int fd)
{
    return fd < 0 ? -EBADF : -EIO;
}

int bad_reads_beyond(const void *buf, size_t len)
{
    if (buf == NULL || len > 5)
        return buf == NULL ? -EFAULT : -EINVAL;
    char *copy = malloc(len);
    memcpy(copy, buf, len);
    volatile char beyond = copy[len];
    free(copy);
    return beyond == 0 ? 0 : 1;
}

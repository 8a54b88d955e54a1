/* Valid arguments, made anew for each case in its own process.
 *
 * An argument that is no pointer comes from `valid__FUNCTION__PARAMETER()` or, for all functions that name it so,
 * `valid__PARAMETER()`. What a handle or a struct of type rawipc_thing holds is put there by
 * `valid__FUNCTION__PARAMETER(rawipc_thing *)` or `valid__rawipc_thing(rawipc_thing *)`. Paths come from
 * `valid__path()` and are relative to a directory of the case's own user. Nothing made here blocks: there is something
 * to read, and room to write. */

static int made(int result)
{
    if (result < 0) {
        fprintf(stderr, "%s: a valid argument: %d\n", this_case->function, result);
        _exit(5);
    }
    return result;
}

/* Buffers and their lengths. */

static size_t valid__len(void) { return 5; }
static size_t valid__head_len(void) { return 2; }
static size_t valid__body_len(void) { return 3; }

/* error, wait */

static void valid__rawipc_error(rawipc_error *error)
{
    *error = (rawipc_error){ .code = EAGAIN };
}

static void valid__rawipc_wait(rawipc_wait *wait)
{
    *wait = (rawipc_wait){ sizeof *wait, RAWIPC_WAIT_AT_MOST, 1000000, NULL };
}

static void valid__rawipc_poll_fd(rawipc_poll_fd *fd)
{
    int end, other;
    made(rawipc_pipe_pair(&other, &end, NULL));
    for (int i = 0; i < 5; i++)
        fd[i] = (rawipc_poll_fd){ end, RAWIPC_EVENT_WRITABLE, 0 };
}

/* fd */

static int valid__fd(void) { return made(open(".", O_RDONLY)); }
static int valid__stdio(void) { return 0; }
static int valid__dir(void) { return AT_FDCWD; }

/* pipe */

static int ends[2];

static void pipe_of(int flags)
{
    made(pipe2(ends, flags | O_NONBLOCK | O_CLOEXEC));
    made((int)write(ends[1], "hello", 5));
}

static int valid__read_end(void) { pipe_of(0); return ends[0]; }
static int valid__write_end(void) { pipe_of(0); return ends[1]; }
static int valid__receiver(void) { pipe_of(O_DIRECT); return ends[0]; }
static int valid__sender(void) { pipe_of(O_DIRECT); return ends[1]; }
static int valid__end(void) { return valid__read_end(); }
static size_t valid__bytes(void) { return 65536; }

static int valid__rawipc_pipe_attach_read_end__fd(void) { return valid__read_end(); }
static int valid__rawipc_pipe_attach_write_end__fd(void) { return valid__write_end(); }
static int valid__rawipc_pipe_attach_receiver__fd(void) { return valid__receiver(); }
static int valid__rawipc_pipe_attach_sender__fd(void) { return valid__sender(); }
static size_t valid__rawipc_pipe_recv__len(void) { return RAWIPC_PIPE_BUF; }
static size_t valid__rawipc_pipe_try_recv__len(void) { return RAWIPC_PIPE_BUF; }

/* fifo */

static uint32_t valid__mode(void) { return 0600; }
static int64_t valid__owner(void) { return RAWIPC_FIFO_MINE; }

static const char *new_path(void) { unlink("new"); return "new"; }

/* A FIFO that somebody has open at both ends, with something in it. */
static const char *fifo_path(void)
{
    unlink("fifo");
    made(mkfifo("fifo", 0600));
    made(open("fifo", O_RDWR | O_NONBLOCK));
    return "fifo";
}

static const char *valid__path(void)
{
    const char *verb = this_case->function + strlen("rawipc_fifo_");
    return strncmp(verb, "create", 6) == 0 ? new_path() : fifo_path();
}

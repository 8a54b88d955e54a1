/* Runs the cases of the misuse matrix, each in a child of its own; where a fork is dear, under valgrind, those of one
 * function one after the other in one child. What a case does is generated from the header; how a
 * valid argument is made stands in valid.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BUFFER 8192
#define PATTERN 0xa5

enum expect {
    WENT_WELL, /* the case without a bad value */
    ANY,       /* an answer, whatever it is */
    AS_VALID,  /* as if nothing were wrong */
    NEGATIVE,  /* an error, of the kernel's or ours */
    REFUSED    /* this errno, before any syscall */
};

struct one_case {
    const char *function, *parameter, *value;
    void (*run)(int value);
    int number;
    enum expect expect;
    int code;
};

/* Shared with the child. */
static struct outcome {
    int was_called, has_result, error_was_asked;
    long long result;
    int error_code;
    int outputs_touched;
} *outcome;

static const struct one_case *this_case;

/* With RAWIPC_NATIVE, each case has a process of its own, and the kernel watches over what must make no syscall. */
static int is_native;
static int is_alone;
static jmp_buf next_case;

static void done(void)
{
    if (is_alone)
        _exit(0);
    longjmp(next_case, 1);
}

/* The outputs of the call that is made, which a call that fails leaves alone. */
static struct { const unsigned char *at; size_t size; } outputs[8];
static size_t output_count;

static void *output_of(void *at, size_t size)
{
    memset(at, PATTERN, size);
    outputs[output_count].at = at;
    outputs[output_count++].size = size;
    return at;
}

/* Bad values. */

static const char *long_text(void)
{
    static char text[5001];
    memset(text, 'x', sizeof text - 1);
    return text;
}

static int foreign_socket(void)
{
    int pair[2];
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) ? -2 : pair[0];
}

/* With room, and something to read. */
static int foreign_pipe(int end)
{
    int pair[2];
    if (pipe2(pair, O_NONBLOCK) || write(pair[1], "foreign", 7) != 7)
        return -2;
    return pair[end];
}

/* What was made so far is from before a fork. */
static void go_on_in_a_child(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        alarm(10);
        is_alone = 1;
        return;
    }
    if (child < 0 || waitpid(child, &status, 0) < 0)
        _exit(6);
    if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    if (WEXITSTATUS(status) != 0)
        _exit(WEXITSTATUS(status));
    done();
}

/* Where a refusal is expected, the call is made under a filter that kills at any syscall but the end. */
static void h_begin(void)
{
    if (this_case->expect == REFUSED && is_native) {
        struct sock_filter steps[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        };
        struct sock_fprog program = { sizeof steps / sizeof *steps, steps };
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
            perror("the filter");
            _exit(3);
        }
    }
    outcome->was_called = 1;
}

static void h_end(int has_result, long long result, const int *error_code)
{
    outcome->has_result = has_result;
    outcome->result = result;
    if (error_code != NULL) {
        outcome->error_was_asked = 1;
        outcome->error_code = *error_code;
    }
    if (has_result && result < 0)
        for (size_t i = 0; i < output_count; i++)
            for (size_t at = 0; at < outputs[i].size; at++)
                if (outputs[i].at[at] != PATTERN)
                    outcome->outputs_touched = 1;
    done();
}

/* Of functions that return a text, or NULL. */
static void h_end_text(const char *text)
{
    h_end(0, text == NULL ? 0 : (long long)strlen(text), NULL);
}

static int complain(const char *what, long long number)
{
    printf("%s(%s = %s): %s", this_case->function, this_case->parameter, this_case->value, what);
    printf(number ? " %lld\n" : "\n", number);
    return 1;
}

static int judge(int status)
{
    static long long valid;
    long long result = outcome->result;
    if (WIFSIGNALED(status))
        return complain(WTERMSIG(status) == SIGSYS ? "made a syscall before it answered, signal"
                        : WTERMSIG(status) == SIGALRM ? "did not answer, signal" : "died of signal", WTERMSIG(status));
    if (WEXITSTATUS(status) != 0)
        return complain("ended with", WEXITSTATUS(status));
    if (!outcome->was_called)
        return complain("was not called", 0);
    if (this_case->expect == WENT_WELL)
        valid = result;
    if (!outcome->has_result)
        return 0;
    if (outcome->outputs_touched)
        return complain("wrote to an output, and failed with", result);
    if (outcome->error_was_asked && result < 0 && outcome->error_code != -result)
        return complain("returned another errno than its error, which is", outcome->error_code);
    switch (this_case->expect) {
    case WENT_WELL:
        if (result == -ENOSYS && !is_native)
            return 0; /* valgrind does not know the call */
        return result < 0 ? complain("failed, with arguments that are valid:", result) : 0;
    case AS_VALID: return (result < 0) != (valid < 0) ? complain("answered otherwise than without:", result) : 0;
    case NEGATIVE: return result >= 0 ? complain("took it:", result) : 0;
    case REFUSED: return result != -this_case->code ? complain("did not refuse it as it should:", result) : 0;
    case ANY: break;
    }
    return 0;
}

static void start(const struct one_case *one)
{
    this_case = one;
    output_count = 0;
    memset(outcome, 0, sizeof *outcome);
}

/* All cases of a function, as far as they come: the number of the first that was not begun is left in *next. */
static void run_in_turn(const struct one_case *cases, size_t count, volatile size_t *next, volatile size_t *wrong)
{
    for (;;) {
        size_t i = *next;
        if (i >= count || strcmp(cases[i].function, this_case->function) != 0)
            _exit(0);
        start(&cases[i]);
        *next = i + 1;
        alarm(60);
        if (setjmp(next_case) == 0)
            this_case->run(this_case->number);
        *wrong += (size_t)judge(0);
        fflush(stdout);
        for (int fd = 3; fd < 64; fd++)
            close(fd);
    }
}

static int run(const struct one_case *cases, size_t count, const char *directory)
{
    const char *only = getenv("RAWIPC_ONLY");
    struct { size_t next, wrong; } *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    outcome = mmap(NULL, sizeof *outcome, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcome == MAP_FAILED || (void *)shared == MAP_FAILED || chdir(directory) < 0) {
        perror(directory);
        return 2;
    }
    is_native = getenv("RAWIPC_NATIVE") != NULL;
    while (shared->next < count) {
        start(&cases[shared->next++]);
        if (only != NULL && strcmp(only, this_case->function) != 0)
            continue;
        /* What puts a filter in front of its process spoils it for others. */
        is_alone = is_native || strstr(this_case->function, "_install") != NULL;
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            alarm(10);
            if (setjmp(next_case) == 0)
                this_case->run(this_case->number);
            if (is_alone)
                _exit(4);
            shared->wrong += (size_t)judge(0);
            fflush(stdout);
            run_in_turn(cases, count, &shared->next, &shared->wrong);
        }
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) < 0) {
            perror("a child");
            return 2;
        }
        this_case = &cases[shared->next - 1];
        if (is_alone || status != 0)
            shared->wrong += (size_t)judge(status);
    }
    printf("%zu cases, %zu wrong\n", count, shared->wrong);
    return shared->wrong > 0;
}

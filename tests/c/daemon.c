/*
 * The other ways to become a child: the bare system call, which runs no fork handlers; daemon() after a client was made,
 * as servers do; a child that lives on after its parent; and a fork out of a callback.
 */
#include "check.h"

/* What the C library's fork does, without the C library. */
static pid_t raw_fork(void)
{
#ifdef SYS_fork
    return (pid_t)syscall(SYS_fork);
#else
    return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
#endif
}

static void child_ended_well(pid_t child)
{
    int status = 1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (status != 0)
        fprintf(stderr, "the child ended with %#x (14 is the alarm: it hung)\n", (unsigned)status);
    CHECK(status == 0);
}

static void use_in_child(tiro_client *inherited, tiro_op *op)
{
    alarm(child_seconds());
    CHECK_STATUS(tiro_op_wait(op, -1, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_client_cancel_all(inherited, -1, NULL), TIRO_E_FORKED);
    tiro_client *client = scripted(NULL);
    join_transcript(transcribe(client));
    tiro_client_free(client);
    tiro_op_free(op);
    tiro_client_free(inherited);
    CHECK_OK(tiro_shutdown(-1, NULL));
    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == 0);
    _exit(0);
}

static int at_work;

static void look_at(const char *id)
{
    at_work += !in_a_wait((pid_t)atoi(id));
}

/* Waits until every thread of the library waits for work, at several looks: none is inside malloc then. */
static void until_all_rest(void)
{
    int64_t deadline = now_ms() + 30000;
    for (int in_a_row = 0; in_a_row < 3; sleep_ms(1)) {
        CHECK(now_ms() < deadline);
        at_work = 0;
        in_a_row = library_threads(look_at) >= 2 && at_work == 0 ? in_a_row + 1 : 0;
    }
}

static void by_the_system_call(void)
{
    tiro_client *client = scripted(NEVER_READY);
    tiro_op *op = pending(client);
    for (int i = 0; i < rounds(20); i++) {
        until_all_rest(); /* no thread may be inside malloc, whose locks this fork would leave locked */
        fflush(NULL);
        pid_t child = raw_fork();
        if (child == 0)
            use_in_child(client, op);
        child_ended_well(child);
    }
    CHECK_STATUS(tiro_op_wait(op, 0, NULL), TIRO_PENDING);
    CHECK_OK(tiro_op_cancel(op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_CANCELLED);
    tiro_client_free(client);
}

/* The library was loaded but never used before the fork: the child is the first to use it, and so is the parent. */
static void before_the_first_use(void)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(child_seconds());
        tiro_client *client = scripted(NULL);
        join_transcript(transcribe(client));
        tiro_client_free(client);
        _exit(0);
    }
    child_ended_well(child);
}

/* With a client made but nothing started, as a server does before it becomes a daemon. */
static void by_daemon(void)
{
    int report[2];
    CHECK(pipe(report) == 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(report[0]);
        tiro_client *early = scripted(NULL), *busy = scripted(NEVER_READY);
        tiro_op *op = pending(busy);
        CHECK(daemon(1, 1) == 0); /* this process ends here, its child goes on */
        alarm(child_seconds());
        tiro_op *refused = NULL;
        CHECK_STATUS(tiro_client_recordings(early, 0, 1, NULL, &refused, NULL), TIRO_E_FORKED);
        CHECK_STATUS(tiro_op_wait(op, -1, NULL), TIRO_E_FORKED);
        tiro_client *client = scripted(NULL);
        join_transcript(transcribe(client));
        tiro_client_free(client);
        tiro_client_free(early);
        CHECK(write(report[1], "well", 4) == 4);
        _exit(0);
    }
    close(report[1]);
    child_ended_well(child); /* the one in the middle */
    char answer[8] = "";
    CHECK(read(report[0], answer, sizeof answer) == 4 && memcmp(answer, "well", 4) == 0);
    close(report[0]);
}

static atomic_int forked;

static void fork_here(void *data, tiro_op *op, tiro_status status)
{
    (void)data;
    CHECK_STATUS(status, TIRO_OK);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(child_seconds());
        CHECK_STATUS(tiro_op_wait(op, 0, NULL), TIRO_E_FORKED);
        /* The mark of the callback is inherited: a wait is refused here, a look is not. */
        tiro_client *client = scripted(NULL);
        tiro_op *own = transcribe(client);
        WAIT_UNTIL(tiro_op_wait(own, 0, NULL) == TIRO_OK);
        tiro_op_free(own);
        tiro_client_free(client);
        _exit(0);
    }
    child_ended_well(child);
    atomic_store(&forked, 1);
}

static void out_of_a_callback(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_on_done(op, fork_here, NULL, NULL, NULL));
    WAIT_UNTIL(atomic_load(&forked));
    CHECK_OK(tiro_op_join(op, -1, NULL));
    tiro_client_free(client);
}

/* A chain of forks, each child forking the next: the generations do not run into each other. */
static void twenty_deep(void)
{
    int depth = 0;
    tiro_client *clients[20];
    fflush(NULL);
    for (; depth < 20; depth++) {
        clients[depth] = scripted(NULL);
        join_transcript(transcribe(clients[depth]));
        pid_t child = fork();
        if (child != 0) {
            child_ended_well(child);
            break;
        }
        alarm(child_seconds());
        tiro_op *op = NULL;
        for (int d = 0; d <= depth; d++)
            CHECK_STATUS(tiro_client_recordings(clients[d], 0, 1, NULL, &op, NULL), TIRO_E_FORKED);
    }
    if (depth > 0)
        _exit(0);
    tiro_client_free(clients[0]);
}

int main(void)
{
    RUN(before_the_first_use);
    RUN(by_the_system_call);
    RUN(by_daemon);
    RUN(out_of_a_callback);
    RUN(twenty_deep);
    return 0;
}

/*
 * Signals are the host's: no handler is changed, the library's threads have all blocked but those of a fault, no signal
 * of the host's is ever handled on one of them, and no wait ends early for one.
 */
#include "check.h"

#include <sys/time.h>

static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT};

static int is_fault(int number)
{
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (faults[i] == number)
            return 1;
    return 0;
}

static void check_mask(const char *id)
{
    char path[64], line[256];
    unsigned long long blocked = 0;
    int found = 0;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", id);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return; /* it has ended since */
    while (fgets(line, sizeof line, file) != NULL)
        found |= sscanf(line, "SigBlk: %llx", &blocked) == 1;
    fclose(file);
    if (!found)
        return;
    for (int number = 1; number <= 64; number++) {
        /* Two cannot be blocked, two are the C library's own. */
        if (number == SIGKILL || number == SIGSTOP || number == 32 || number == 33)
            continue;
        int is_blocked = (int)(blocked >> (number - 1) & 1);
        if (is_blocked == is_fault(number)) {
            fprintf(stderr, "signal %d in thread %s: mask %llx\n", number, id, blocked);
            check_failed(__FILE__, __LINE__, "the mask of a thread of the library");
        }
    }
}

static atomic_int let_go, inside;

static int64_t blocked_read(void *data, void *buf, size_t cap)
{
    (void)data, (void)buf, (void)cap;
    atomic_fetch_add(&inside, 1);
    WAIT_UNTIL(atomic_load(&let_go));
    return 0;
}

static void blocked_done(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op, (void)status;
    atomic_fetch_add(&inside, 1);
    WAIT_UNTIL(atomic_load(&let_go));
}

static tiro_client *client;
static tiro_op *ops[4];

/* Every kind of thread that there is: workers, readers of sources, the one of callbacks. */
static void start_all_threads(void)
{
    client = scripted(NULL);
    atomic_store(&let_go, 0);
    atomic_store(&inside, 0);
    for (int i = 0; i < 3; i++) {
        tiro_source *source = NULL;
        CHECK_OK(tiro_source_from_callbacks(blocked_read, NULL, NULL, NULL, NULL, NULL, &source, NULL));
        CHECK_OK(tiro_client_upload(client, source, NULL, &ops[i], NULL));
        tiro_source_free(source);
    }
    ops[3] = upload(client);
    CHECK_OK(tiro_op_on_done(ops[3], blocked_done, NULL, NULL, NULL));
    WAIT_UNTIL(atomic_load(&inside) == 4);
    WAIT_UNTIL(library_threads(NULL) >= 6); /* two workers, three readers, the callbacks: a thread names itself */
}

static void end_all_threads(void)
{
    atomic_store(&let_go, 1);
    for (int i = 0; i < 4; i++)
        CHECK_OK(tiro_op_join(ops[i], -1, NULL));
    tiro_client_free(client);
    CHECK_OK(tiro_shutdown(-1, NULL));
}

static void masks_of_the_librarys_threads(void)
{
    sigset_t before, after;
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &before) == 0);
    start_all_threads();
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &after) == 0);
    for (int number = 1; number <= 64; number++)
        if (number != 32 && number != 33)
            CHECK(sigismember(&before, number) == sigismember(&after, number));
    CHECK(library_threads(check_mask) >= 6);
    end_all_threads();
}

/* A host that had some blocked itself gets its own mask back, and its threads' are no less full. */
static void masks_under_a_mask(void)
{
    sigset_t some, old, now;
    sigemptyset(&some);
    sigaddset(&some, SIGUSR2);
    sigaddset(&some, SIGSEGV);
    CHECK(pthread_sigmask(SIG_SETMASK, &some, &old) == 0);
    start_all_threads();
    CHECK(pthread_sigmask(SIG_SETMASK, &old, &now) == 0);
    CHECK(sigismember(&now, SIGUSR2) == 1 && sigismember(&now, SIGSEGV) == 1 && sigismember(&now, SIGTERM) == 0);
    CHECK(library_threads(check_mask) >= 6);
    end_all_threads();
}

static void no_handler_is_changed(void)
{
    static struct sigaction before[65];
    for (int number = 1; number <= 64; number++)
        sigaction(number, NULL, &before[number]);
    start_all_threads();
    end_all_threads();
    for (int number = 1; number <= 64; number++) {
        struct sigaction now;
        if (sigaction(number, NULL, &now) == 0)
            CHECK(now.sa_handler == before[number].sa_handler && now.sa_flags == before[number].sa_flags);
    }
    struct sigaction pipe_signal;
    CHECK(sigaction(SIGPIPE, NULL, &pipe_signal) == 0 && pipe_signal.sa_handler == SIG_DFL);
}

static atomic_int handled, on_other_thread;
static pid_t host_thread;

static void on_signal(int number)
{
    (void)number;
    atomic_fetch_add(&handled, 1);
    if ((pid_t)syscall(SYS_gettid) != host_thread)
        atomic_store(&on_other_thread, 1);
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler; /* without SA_RESTART: what can be interrupted, is */
    CHECK(sigaction(number, &action, NULL) == 0);
}

/* Sent to the process, it comes to this thread, the only one of the host's, however many the library has. */
static void a_signal_of_the_process_comes_to_the_host(void)
{
    host_thread = (pid_t)syscall(SYS_gettid);
    atomic_store(&handled, 0);
    handle(SIGUSR1, on_signal);
    handle(SIGTERM, on_signal);
    start_all_threads();
    for (int i = 0; i < 200; i++)
        CHECK(kill(getpid(), i % 2 ? SIGUSR1 : SIGTERM) == 0);
    CHECK(atomic_load(&handled) == 200 && !atomic_load(&on_other_thread));
    /* Blocked here it waits, instead of finding a thread of the library. */
    sigset_t one, waiting;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &one, NULL) == 0 && kill(getpid(), SIGUSR1) == 0);
    sleep_ms(20);
    CHECK(sigpending(&waiting) == 0 && sigismember(&waiting, SIGUSR1) == 1 && atomic_load(&handled) == 200);
    int number = 0;
    CHECK(sigwait(&one, &number) == 0 && number == SIGUSR1);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &one, NULL) == 0);
    end_all_threads();
    handle(SIGUSR1, SIG_DFL);
    handle(SIGTERM, SIG_DFL);
}

static void *take_in(void *data)
{
    (void)data;
    join_transcript(transcribe(client));
    return NULL;
}

/* A timer that interrupts the host all the while: no wait ends early, no call fails. */
static void waits_under_a_timer(void)
{
    host_thread = (pid_t)syscall(SYS_gettid);
    atomic_store(&handled, 0);
    atomic_store(&on_other_thread, 0);
    handle(SIGALRM, on_signal);
    client = scripted(NEVER_READY);
    tiro_op *op = pending(client), *none = NULL;
    tiro_queue *queue = NULL;
    void *tag = NULL;
    int32_t kind = 0;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    struct itimerval each = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    CHECK(setitimer(ITIMER_REAL, &each, NULL) == 0);
    int64_t start = now_ms();
    CHECK_STATUS(tiro_op_wait(op, 100, NULL), TIRO_PENDING);
    CHECK(now_ms() - start >= 99);
    start = now_ms();
    CHECK_STATUS(tiro_queue_next(queue, 100, &kind, &none, &tag, NULL, NULL), TIRO_PENDING);
    CHECK(now_ms() - start >= 99);
    start = now_ms();
    CHECK_STATUS(tiro_op_join(op, 100, NULL), TIRO_PENDING);
    CHECK(now_ms() - start >= 99);
    tiro_client_free(client);
    client = scripted(NULL);
    for (int i = 0; i < 100; i++)
        take_in(NULL);
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    CHECK(atomic_load(&handled) > 10 && !atomic_load(&on_other_thread));
    handle(SIGALRM, SIG_DFL);
    tiro_op_free(op);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

/* SIGPIPE as the system has it, and pipes whose other ends are gone: nothing of the library writes into one. */
static void sigpipe_is_never_raised(void)
{
    handle(SIGPIPE, SIG_DFL);
    client = scripted(NULL);
    for (int i = 0; i < 20; i++) {
        int ends[2];
        tiro_queue *queue = NULL;
        tiro_source *source = NULL;
        tiro_op *op = NULL;
        int32_t fd = -1;
        CHECK(pipe(ends) == 0);
        close(ends[1]);
        CHECK_OK(tiro_source_from_fd(ends[0], 0, NULL, &source, NULL));
        close(ends[0]);
        CHECK_OK(tiro_queue_new(&queue, NULL));
        CHECK_OK(tiro_queue_fd(queue, &fd, NULL));
        CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
        CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
        if (i % 2)
            tiro_queue_free(queue); /* while its events come */
        CHECK_OK(tiro_op_join(op, -1, NULL));
        tiro_queue_free(queue);
        tiro_source_free(source);
    }
    tiro_client_free(client);
}

int main(void)
{
    RUN(masks_of_the_librarys_threads);
    RUN(masks_under_a_mask);
    RUN(no_handler_is_changed);
    RUN(a_signal_of_the_process_comes_to_the_host);
    RUN(waits_under_a_timer);
    RUN(sigpipe_is_never_raised);
    return 0;
}

/*
 * tiro_shutdown: cancels every operation, waits for them, for their callbacks and for all threads of the library; says
 * so if it could not; and is not the end: the next operation starts everything again.
 */
#include "check.h"

static atomic_int called, destroyed, let_go, inside;

static void slow_done(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op;
    CHECK_STATUS(status, TIRO_E_CANCELLED);
    sleep_ms(30);
    atomic_fetch_add(&called, 1);
}

static void count_destroyed(void *data)
{
    (void)data;
    atomic_fetch_add(&destroyed, 1);
}

static void blocked(void)
{
    atomic_store(&inside, 1);
    WAIT_UNTIL(atomic_load(&let_go));
}

static int64_t blocked_read(void *data, void *buf, size_t cap)
{
    (void)data, (void)buf, (void)cap;
    blocked();
    return 0;
}

static void blocked_done(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op, (void)status;
    blocked();
}

static void start_case(void)
{
    atomic_store(&called, 0);
    atomic_store(&destroyed, 0);
    atomic_store(&let_go, 0);
    atomic_store(&inside, 0);
}

/* A thread has told the library that it ends a moment before the system counts it out. */
static void no_threads(void)
{
    WAIT_UNTIL(library_threads(NULL) == 0);
}

static void with_nothing_to_end(void)
{
    CHECK_OK(tiro_shutdown(0, NULL));
    CHECK_OK(tiro_shutdown(-1, NULL));
    tiro_client *client = scripted(NULL);
    CHECK_OK(tiro_shutdown(-1, NULL));
    join_transcript(transcribe(client));
    CHECK_OK(tiro_shutdown(-1, NULL));
    no_threads();
    tiro_client_free(client);
}

static void waits_for_callbacks(void)
{
    start_case();
    tiro_client *client = scripted(NEVER_READY);
    tiro_op *ops[5];
    for (int i = 0; i < 5; i++) {
        ops[i] = pending(client);
        CHECK_OK(tiro_op_on_done(ops[i], slow_done, NULL, count_destroyed, NULL));
    }
    CHECK_OK(tiro_shutdown(-1, NULL));
    CHECK(atomic_load(&called) == 5 && atomic_load(&destroyed) == 5);
    no_threads();
    for (int i = 0; i < 5; i++)
        CHECK_STATUS(tiro_op_join(ops[i], 0, NULL), TIRO_E_CANCELLED);
    tiro_client_free(client);
}

static tiro_op *upload_blocked(tiro_client *client)
{
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    CHECK_OK(tiro_source_from_callbacks(blocked_read, NULL, NULL, NULL, count_destroyed, NULL, &source, NULL));
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    tiro_source_free(source);
    WAIT_UNTIL(atomic_load(&inside));
    return op;
}

/* A host's read cannot be ended: as long as it runs, every shutdown says that something is left. */
static void says_that_a_read_goes_on(void)
{
    start_case();
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload_blocked(client);
    int64_t start = now_ms();
    CHECK_STATUS(tiro_shutdown(30, NULL), TIRO_PENDING);
    CHECK(now_ms() - start >= 29);
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_CANCELLED); /* while the read still blocks */
    CHECK_STATUS(tiro_shutdown(0, NULL), TIRO_PENDING);
    CHECK_STATUS(tiro_shutdown(30, NULL), TIRO_PENDING);
    /* The client works meanwhile, and starts again what was stopped. */
    join_transcript(transcribe(client));
    CHECK_STATUS(tiro_shutdown(30, NULL), TIRO_PENDING);
    CHECK(atomic_load(&destroyed) == 0);
    atomic_store(&let_go, 1);
    CHECK_OK(tiro_shutdown(-1, NULL));
    CHECK(atomic_load(&destroyed) == 1);
    no_threads();
    tiro_client_free(client);
}

/* The last client gone, the library lets its threads end without waiting; a shutdown does wait for them. */
static void after_the_last_client(void)
{
    start_case();
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload_blocked(client);
    tiro_op_free(op);
    tiro_client_free(client);
    CHECK_STATUS(tiro_shutdown(30, NULL), TIRO_PENDING);
    atomic_store(&let_go, 1);
    CHECK_OK(tiro_shutdown(-1, NULL));
    CHECK(atomic_load(&destroyed) == 1);
    no_threads();
}

static void says_that_a_callback_goes_on(void)
{
    start_case();
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_on_done(op, blocked_done, NULL, count_destroyed, NULL));
    WAIT_UNTIL(atomic_load(&inside));
    CHECK_STATUS(tiro_shutdown(30, NULL), TIRO_PENDING);
    CHECK_STATUS(tiro_shutdown(30, NULL), TIRO_PENDING);
    atomic_store(&let_go, 1);
    CHECK_OK(tiro_shutdown(-1, NULL));
    CHECK(atomic_load(&destroyed) == 1);
    no_threads();
    CHECK_OK(tiro_op_join(op, 0, NULL));
    tiro_client_free(client);
}

/* With the client gone and all joined, a callback that is asked for late has a thread of its own: that one, too. */
static void waits_for_a_late_callback(void)
{
    start_case();
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_wait(op, -1, NULL));
    tiro_client_free(client);
    CHECK_OK(tiro_shutdown(-1, NULL));
    CHECK_OK(tiro_op_on_done(op, blocked_done, NULL, count_destroyed, NULL));
    WAIT_UNTIL(atomic_load(&inside));
    CHECK_STATUS(tiro_shutdown(30, NULL), TIRO_PENDING);
    atomic_store(&let_go, 1);
    CHECK_OK(tiro_shutdown(-1, NULL));
    CHECK(atomic_load(&destroyed) == 1);
    CHECK_OK(tiro_op_join(op, 0, NULL));
    no_threads();
}

static void *shut_down(void *data)
{
    (void)data;
    CHECK_OK(tiro_shutdown(-1, NULL));
    return NULL;
}

/* Shutdowns, calls and frees from many threads: each operation ends, well or cancelled. */
static void while_others_call(void)
{
    tiro_client *client = scripted(NULL);
    for (int i = 0; i < rounds(100); i++) {
        pthread_t threads[3];
        for (int t = 0; t < 3; t++)
            threads[t] = start_thread(shut_down, NULL);
        for (int j = 0; j < 10; j++) {
            tiro_status status = tiro_op_join(transcribe(client), -1, NULL);
            CHECK(status == TIRO_OK || status == TIRO_E_CANCELLED);
        }
        for (int t = 0; t < 3; t++)
            end_thread(threads[t]);
    }
    CHECK_OK(tiro_shutdown(-1, NULL));
    no_threads();
    tiro_client_free(client);
}

/* Threads and descriptors come with the first operation and go with the last: none is lost on the way. */
static void counts_come_back(void)
{
    int threads = count_threads(), fds = count_fds();
    for (int i = 0; i < rounds(100); i++) {
        tiro_client *client = scripted(NULL);
        CHECK(count_threads() == threads && count_fds() == fds); /* a client alone costs neither */
        join_transcript(transcribe(client));
        CHECK(library_threads(NULL) >= 2);
        tiro_client_free(client);
        WAIT_UNTIL(count_threads() == threads && count_fds() == fds);
    }
}

int main(void)
{
    RUN(counts_come_back);
    RUN(with_nothing_to_end);
    RUN(waits_for_callbacks);
    RUN(says_that_a_read_goes_on);
    RUN(after_the_last_client);
    RUN(says_that_a_callback_goes_on);
    RUN(waits_for_a_late_callback);
    RUN(while_others_call);
    return 0;
}

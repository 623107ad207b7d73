/*
 * destroy runs exactly once, in every ending of every function that takes one. All counters of the program are looked
 * at again at its end: a second call may be late.
 */
#include "check.h"

#define MOST 4096
static struct counter {
    atomic_int destroyed;
    atomic_int called; /* of its callback */
} counters[MOST];
static int used;
static atomic_int let_go;

static struct counter *fresh(void)
{
    CHECK(used < MOST);
    return &counters[used++];
}

static void destroy(void *data)
{
    atomic_fetch_add(&((struct counter *)data)->destroyed, 1);
}

static void called(void *data)
{
    struct counter *counter = data;
    CHECK(atomic_load(&counter->destroyed) == 0); /* never after destroy */
    atomic_fetch_add(&counter->called, 1);
}

static void on_done(void *data, tiro_op *op, tiro_status status)
{
    (void)op, (void)status;
    called(data);
}

static void on_wakeup(void *data, tiro_queue *queue)
{
    (void)queue;
    called(data);
}

static void on_log(void *data, int32_t level, const char *target, const char *message)
{
    (void)level, (void)target, (void)message;
    called(data);
}

static int64_t on_read(void *data, void *buf, size_t cap)
{
    called(data);
    memset(buf, 'x', cap < 100 ? cap : 100);
    return atomic_load(&((struct counter *)data)->called) < 5 ? (int64_t)(cap < 100 ? cap : 100) : 0;
}

static int64_t on_read_blocked(void *data, void *buf, size_t cap)
{
    (void)buf, (void)cap;
    called(data);
    WAIT_UNTIL(atomic_load(&let_go));
    return 0;
}

static int64_t on_read_failing(void *data, void *buf, size_t cap)
{
    (void)buf, (void)cap;
    called(data);
    return -1;
}

static void once(struct counter *counter)
{
    WAIT_UNTIL(atomic_load(&counter->destroyed) > 0);
    CHECK(atomic_load(&counter->destroyed) == 1);
}

static void not_yet(struct counter *counter)
{
    sleep_ms(5);
    CHECK(atomic_load(&counter->destroyed) == 0);
}

static tiro_source *callbacks_source(tiro_read_fn read, struct counter *counter)
{
    tiro_source *source = NULL;
    CHECK_OK(tiro_source_from_callbacks(read, NULL, NULL, counter, destroy, "a.wav", &source, NULL));
    return source;
}

static tiro_source *borrowed_source(struct counter *counter)
{
    tiro_source *source = NULL;
    CHECK_OK(tiro_source_from_bytes("bytes", 5, counter, destroy, "a.wav", &source, NULL));
    return source;
}

static void sources_that_are_never_used(void)
{
    struct counter *bytes = fresh(), *callbacks = fresh();
    tiro_source *a = borrowed_source(bytes), *b = callbacks_source(on_read, callbacks);
    not_yet(bytes);
    not_yet(callbacks);
    tiro_source_free(a);
    tiro_source_free(b);
    once(bytes);
    once(callbacks);
    tiro_source_free(a);
    tiro_source_free(b);
}

static void sources_whose_making_fails(void)
{
    tiro_source *source = NULL;
    struct counter *counter[7];
    for (int i = 0; i < 7; i++)
        counter[i] = fresh();
    CHECK_STATUS(tiro_source_from_bytes("x", 1, counter[0], destroy, "\xff", &source, NULL), TIRO_E_UTF8);
    CHECK_STATUS(tiro_source_from_bytes(NULL, 1, counter[1], destroy, "a", &source, NULL), TIRO_E_NULL);
    CHECK_STATUS(tiro_source_from_bytes("x", SIZE_MAX, counter[2], destroy, "a", &source, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_source_from_bytes("x", 1, counter[3], destroy, "a", NULL, NULL), TIRO_E_NULL);
    CHECK_STATUS(tiro_source_from_callbacks(NULL, NULL, NULL, counter[4], destroy, "a", &source, NULL), TIRO_E_NULL);
    CHECK_STATUS(tiro_source_from_callbacks(on_read, NULL, NULL, counter[5], destroy, "\xff", &source, NULL), TIRO_E_UTF8);
    CHECK_STATUS(tiro_source_from_callbacks(on_read, NULL, NULL, counter[6], destroy, "a", NULL, NULL), TIRO_E_NULL);
    for (int i = 0; i < 7; i++)
        once(counter[i]);
}

/* The operation keeps the source: freed at once, it is destroyed when the operation has read it, however that ends. */
static void sources_in_an_operation(void)
{
    struct {
        tiro_read_fn read;
        tiro_status status;
        int end; /* 0: join, 1: cancel, 2: free, 3: cancel_all, 4: shutdown */
    } endings[] = {{on_read, TIRO_OK, 0},
                   {on_read_failing, TIRO_E_SOURCE, 0},
                   {on_read_blocked, TIRO_E_CANCELLED, 1},
                   {on_read_blocked, TIRO_E_CANCELLED, 2},
                   {on_read_blocked, TIRO_E_CANCELLED, 3},
                   {on_read_blocked, TIRO_E_CANCELLED, 4}};
    for (size_t e = 0; e < sizeof endings / sizeof endings[0]; e++) {
        struct counter *counter = fresh();
        tiro_client *client = scripted(NULL);
        tiro_source *source = callbacks_source(endings[e].read, counter);
        tiro_op *op = NULL;
        atomic_store(&let_go, 0);
        CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
        tiro_source_free(source);
        WAIT_UNTIL(atomic_load(&counter->called) > 0);
        if (endings[e].read == on_read_blocked)
            not_yet(counter);
        if (endings[e].end == 1)
            CHECK_OK(tiro_op_cancel(op, NULL));
        else if (endings[e].end == 2)
            tiro_op_free(op);
        else if (endings[e].end == 3)
            CHECK_OK(tiro_client_cancel_all(client, -1, NULL));
        else if (endings[e].end == 4)
            CHECK_STATUS(tiro_shutdown(1, NULL), TIRO_PENDING);
        if (endings[e].end != 2)
            CHECK_STATUS(tiro_op_join(op, -1, NULL), endings[e].status);
        if (endings[e].read == on_read_blocked)
            not_yet(counter);
        atomic_store(&let_go, 1);
        once(counter);
        tiro_client_free(client);
    }
}

static void sources_whose_operation_is_refused(void)
{
    struct counter *counter = fresh();
    tiro_client *client = scripted(NULL);
    tiro_options *not_of_a_call = tiro_options_new();
    CHECK_OK(tiro_options_set(not_of_a_call, TIRO_OPT_SERVICE, "scripted", NULL));
    tiro_source *source = borrowed_source(counter);
    tiro_op *op = NULL;
    CHECK_STATUS(tiro_client_upload(client, source, not_of_a_call, &op, NULL), TIRO_E_OPTION);
    CHECK_STATUS(tiro_client_upload(NULL, source, NULL, &op, NULL), TIRO_E_NULL);
    CHECK_STATUS(tiro_client_transcribe(client, source, NULL, NULL, NULL), TIRO_E_NULL);
    not_yet(counter);
    /* A refusal gives the source back: it can be used now. */
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    CHECK_OK(tiro_op_join(op, -1, NULL));
    tiro_source_free(source);
    once(counter);
    tiro_options_free(not_of_a_call);
    tiro_client_free(client);
}

static void done_callbacks(void)
{
    tiro_client *client = scripted(NULL), *slow = scripted(NEVER_READY);
    struct counter *success = fresh(), *late = fresh(), *cancelled = fresh(), *freed = fresh(), *detached = fresh(),
                   *all = fresh(), *stale = fresh(), *null_cb = fresh(), *null_op = fresh(), *two[2] = {fresh(), fresh()};
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_on_done(op, on_done, success, destroy, NULL));
    CHECK_OK(tiro_op_on_done(op, on_done, two[0], destroy, NULL));
    CHECK_OK(tiro_op_on_done(op, on_done, two[1], destroy, NULL));
    CHECK_OK(tiro_op_wait(op, -1, NULL));
    CHECK_OK(tiro_op_on_done(op, on_done, late, destroy, NULL));
    CHECK_STATUS(tiro_op_on_done(op, NULL, null_cb, destroy, NULL), TIRO_E_NULL);
    CHECK_OK(tiro_op_join(op, -1, NULL));
    CHECK_STATUS(tiro_op_on_done(op, on_done, stale, destroy, NULL), TIRO_E_HANDLE);
    CHECK_STATUS(tiro_op_on_done(NULL, on_done, null_op, destroy, NULL), TIRO_E_NULL);

    op = pending(slow);
    CHECK_OK(tiro_op_on_done(op, on_done, cancelled, destroy, NULL));
    not_yet(cancelled);
    CHECK_OK(tiro_op_cancel(op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_CANCELLED);
    op = pending(slow);
    CHECK_OK(tiro_op_on_done(op, on_done, freed, destroy, NULL));
    tiro_op_free(op);
    op = pending(slow);
    CHECK_OK(tiro_op_on_done(op, on_done, detached, destroy, NULL));
    CHECK_OK(tiro_op_detach(op, NULL));
    op = pending(slow);
    CHECK_OK(tiro_op_on_done(op, on_done, all, destroy, NULL));
    not_yet(detached);
    CHECK_OK(tiro_client_cancel_all(slow, -1, NULL));
    tiro_op_free(op);
    struct counter *ran[] = {success, two[0], two[1], late, cancelled, freed, detached, all};
    for (size_t i = 0; i < sizeof ran / sizeof ran[0]; i++) {
        once(ran[i]);
        CHECK(atomic_load(&ran[i]->called) == 1);
    }
    struct counter *refused[] = {stale, null_cb, null_op};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        once(refused[i]);
        CHECK(atomic_load(&refused[i]->called) == 0);
    }
    tiro_client_free(client);
    tiro_client_free(slow);
}

static void done_callbacks_under_shutdown(void)
{
    tiro_client *client = scripted(NEVER_READY);
    struct counter *first = &counters[used];
    tiro_op *ops[50];
    for (int i = 0; i < 50; i++) {
        ops[i] = pending(client);
        CHECK_OK(tiro_op_on_done(ops[i], on_done, fresh(), destroy, NULL));
    }
    CHECK_OK(tiro_shutdown(-1, NULL));
    for (int i = 0; i < 50; i++) {
        /* It waits for the callbacks, so this is so by now. */
        CHECK(atomic_load(&first[i].called) == 1 && atomic_load(&first[i].destroyed) == 1);
        CHECK_STATUS(tiro_op_join(ops[i], 0, NULL), TIRO_E_CANCELLED);
    }
    tiro_client_free(client);
}

static void wakeup_callbacks(void)
{
    tiro_client *client = scripted(NULL);
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    struct counter *replaced = fresh(), *taken_back = fresh(), *null_cb = fresh(), *freed = fresh(), *stale = fresh(),
                   *null = fresh();
    CHECK_OK(tiro_queue_set_wakeup(queue, on_wakeup, replaced, destroy, NULL));
    not_yet(replaced);
    CHECK_OK(tiro_queue_set_wakeup(queue, on_wakeup, taken_back, destroy, NULL));
    once(replaced);
    CHECK_OK(tiro_queue_set_wakeup(queue, NULL, null_cb, destroy, NULL));
    once(taken_back);
    once(null_cb);
    CHECK_OK(tiro_queue_set_wakeup(queue, on_wakeup, freed, destroy, NULL));
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
    WAIT_UNTIL(atomic_load(&freed->called) == 1);
    tiro_queue_free(queue);
    once(freed);
    CHECK_STATUS(tiro_queue_set_wakeup(queue, on_wakeup, stale, destroy, NULL), TIRO_E_HANDLE);
    CHECK_STATUS(tiro_queue_set_wakeup(NULL, on_wakeup, null, destroy, NULL), TIRO_E_NULL);
    once(stale);
    once(null);
    CHECK_OK(tiro_op_join(op, -1, NULL));
    tiro_client_free(client);
}

static void log_callbacks(void)
{
    struct counter *replaced = fresh(), *cleared = fresh(), *bad_level = fresh(), *null_cb = fresh(), *kept = fresh();
    CHECK_OK(tiro_log_set(on_log, replaced, destroy, TIRO_LOG_DEBUG, NULL));
    not_yet(replaced);
    CHECK_STATUS(tiro_log_set(on_log, bad_level, destroy, 0, NULL), TIRO_E_ARGUMENT);
    once(bad_level);
    not_yet(replaced); /* a call that fails changes nothing */
    CHECK_OK(tiro_log_set(on_log, cleared, destroy, TIRO_LOG_WARN, NULL));
    once(replaced);
    CHECK_OK(tiro_log_set(NULL, null_cb, destroy, TIRO_LOG_WARN, NULL));
    once(cleared);
    once(null_cb);
    /* A shutdown is not the end of the log. */
    CHECK_OK(tiro_log_set(on_log, kept, destroy, TIRO_LOG_DEBUG, NULL));
    CHECK_OK(tiro_shutdown(-1, NULL));
    not_yet(kept);
    CHECK_OK(tiro_log_set(NULL, NULL, NULL, TIRO_LOG_WARN, NULL));
    once(kept);
}

static void none_twice(void)
{
    CHECK_OK(tiro_shutdown(-1, NULL));
    sleep_ms(50);
    for (int i = 0; i < used; i++)
        CHECK(atomic_load(&counters[i].destroyed) == 1);
}

int main(void)
{
    RUN(sources_that_are_never_used);
    RUN(sources_whose_making_fails);
    RUN(sources_in_an_operation);
    RUN(sources_whose_operation_is_refused);
    RUN(done_callbacks);
    RUN(done_callbacks_under_shutdown);
    RUN(wakeup_callbacks);
    RUN(log_callbacks);
    RUN(none_twice);
    return 0;
}

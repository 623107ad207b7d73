/*
 * Inside a callback of any kind, a call that would wait is TIRO_E_DEADLOCK instead of a program that stands still; one
 * that need not wait works as anywhere.
 */
#include "check.h"

static tiro_client *slow, *fast;
static tiro_op *waits, *done;
static tiro_queue *empty;
static atomic_int checked;

/* Everything that may block, on the thread of a callback. */
static void check_inside(void)
{
    tiro_op *op = NULL;
    void *tag = NULL;
    int32_t kind = 0;
    tiro_error *err = NULL;
    tiro_recording *recording = NULL;
    CHECK_STATUS(tiro_op_wait(waits, -1, &err), TIRO_E_DEADLOCK);
    CHECK(tiro_error_code(err) == TIRO_E_DEADLOCK);
    tiro_error_free(err);
    CHECK_STATUS(tiro_op_wait(waits, 1, NULL), TIRO_E_DEADLOCK);
    CHECK_STATUS(tiro_op_wait(waits, 0, NULL), TIRO_PENDING);
    CHECK_STATUS(tiro_op_join(waits, -1, NULL), TIRO_E_DEADLOCK);
    CHECK_STATUS(tiro_op_join_recording(waits, 60000, &recording, NULL), TIRO_E_DEADLOCK);
    CHECK_STATUS(tiro_op_join(waits, 0, NULL), TIRO_PENDING); /* all these left the operation as it was */
    CHECK_STATUS(tiro_queue_next(empty, -1, &kind, &op, &tag, NULL, NULL), TIRO_E_DEADLOCK);
    CHECK_STATUS(tiro_queue_next(empty, 0, &kind, &op, &tag, NULL, NULL), TIRO_PENDING);
    CHECK_STATUS(tiro_shutdown(-1, NULL), TIRO_E_DEADLOCK);
    /* It has ended: there is nothing to wait for. */
    CHECK_OK(tiro_op_wait(done, -1, NULL));
    tiro_op *other = NULL;
    CHECK_OK(tiro_client_recordings(fast, 0, 1, NULL, &other, NULL));
    WAIT_UNTIL(tiro_op_wait(other, 0, NULL) == TIRO_OK);
    CHECK_OK(tiro_op_join(other, -1, NULL));
    /* Cancels without waiting. */
    tiro_client *client = scripted(NEVER_READY);
    op = pending(client);
    tiro_status status = tiro_client_cancel_all(client, -1, NULL);
    CHECK(status == TIRO_PENDING || status == TIRO_OK);
    WAIT_UNTIL(tiro_op_wait(op, 0, NULL) == TIRO_E_CANCELLED);
    tiro_op_free(op);
    tiro_client_free(client);
    atomic_fetch_add(&checked, 1);
}

static void start_case(void)
{
    atomic_store(&checked, 0);
    slow = scripted(NEVER_READY);
    fast = scripted(NULL);
    waits = pending(slow);
    done = upload(fast);
    CHECK_OK(tiro_op_wait(done, -1, NULL));
    CHECK_OK(tiro_queue_new(&empty, NULL));
}

static void end_case(int times)
{
    WAIT_UNTIL(atomic_load(&checked) >= times);
    CHECK(atomic_load(&checked) == times);
    tiro_op_free(waits);
    tiro_op_free(done);
    tiro_queue_free(empty);
    tiro_client_free(slow);
    tiro_client_free(fast);
    CHECK_OK(tiro_shutdown(-1, NULL));
}

static void on_done(void *data, tiro_op *op, tiro_status status)
{
    (void)data;
    CHECK_STATUS(tiro_op_wait(op, -1, NULL), status);
    check_inside();
}

static void destroy(void *data)
{
    (void)data;
    check_inside();
}

static void on_wakeup(void *data, tiro_queue *queue)
{
    (void)data;
    tiro_op *op = NULL;
    void *tag = NULL;
    int32_t kind = 0;
    CHECK_OK(tiro_queue_next(queue, -1, &kind, &op, &tag, NULL, NULL)); /* there is one: no wait */
    check_inside();
}

static void on_log(void *data, int32_t level, const char *target, const char *message)
{
    (void)data, (void)level, (void)target, (void)message;
    check_inside();
}

static int64_t on_read(void *data, void *buf, size_t cap)
{
    (void)data, (void)buf, (void)cap;
    check_inside();
    return 0;
}

static int32_t on_rewind(void *data)
{
    (void)data;
    check_inside();
    return 0;
}

static int64_t on_size(void *data)
{
    (void)data;
    check_inside();
    return 0;
}

static void in_done(void)
{
    start_case();
    tiro_op *op = upload(fast);
    CHECK_OK(tiro_op_on_done(op, on_done, NULL, destroy, NULL));
    WAIT_UNTIL(atomic_load(&checked) == 2);
    tiro_op_free(op);
    end_case(2);
}

static void in_wakeup(void)
{
    start_case();
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    CHECK_OK(tiro_queue_set_wakeup(queue, on_wakeup, NULL, NULL, NULL));
    CHECK_OK(tiro_op_attach(done, queue, NULL, NULL));
    WAIT_UNTIL(atomic_load(&checked) == 1);
    tiro_queue_free(queue);
    end_case(1);
}

static void in_read_rewind_and_size(void)
{
    start_case();
    tiro_source *source = NULL;
    CHECK_OK(tiro_source_from_callbacks(on_read, on_rewind, on_size, NULL, destroy, NULL, &source, NULL));
    for (int i = 0; i < 2; i++) {
        tiro_op *op = NULL;
        CHECK_OK(tiro_client_upload(fast, source, NULL, &op, NULL));
        CHECK_OK(tiro_op_join(op, -1, NULL));
    }
    CHECK(atomic_load(&checked) == 5); /* size and read, twice, and one rewind between them */
    tiro_source_free(source);
    end_case(6);
}

/* destroy may run within the very call that failed, or that freed: it counts as a callback there, too. */
static void in_destroy_on_this_thread(void)
{
    start_case();
    tiro_source *source = NULL;
    CHECK_STATUS(tiro_op_on_done(waits, NULL, NULL, destroy, NULL), TIRO_E_NULL);
    CHECK_OK(tiro_source_from_bytes("x", 1, NULL, destroy, NULL, &source, NULL));
    tiro_source_free(source);
    WAIT_UNTIL(atomic_load(&checked) == 2);
    /* And once it has returned this thread may wait again. */
    CHECK_STATUS(tiro_op_wait(waits, 1, NULL), TIRO_PENDING);
    end_case(2);
}

static void in_log(void)
{
    start_case();
    CHECK(setenv("TIRO_NO_SUCH_KEY", "1", 1) == 0);
    tiro_options *options = tiro_options_new();
    CHECK_OK(tiro_log_set(on_log, NULL, NULL, TIRO_LOG_WARN, NULL));
    CHECK_OK(tiro_options_load_environment(options, NULL));
    tiro_options_free(options);
    WAIT_UNTIL(atomic_load(&checked) >= 1);
    CHECK(unsetenv("TIRO_NO_SUCH_KEY") == 0);
    CHECK_OK(tiro_log_set(NULL, NULL, NULL, TIRO_LOG_WARN, NULL));
    end_case(1);
}

int main(void)
{
    RUN(in_done);
    RUN(in_wakeup);
    RUN(in_read_rewind_and_size);
    RUN(in_destroy_on_this_thread);
    RUN(in_log);
    return 0;
}

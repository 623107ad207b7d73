/*
 * A module that uses the library: built as a shared object, loaded and unloaded by dlopen.c. Once it is unloaded its
 * code is gone: a callback that came late would crash.
 */
#include "check.h"

static atomic_int called, destroyed;

static int64_t slow_read(void *data, void *buf, size_t cap)
{
    (void)data;
    memset(buf, 'x', cap);
    sleep_ms(1);
    return (int64_t)cap;
}

static void done(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op;
    CHECK_STATUS(status, TIRO_E_CANCELLED);
    atomic_fetch_add(&called, 1);
}

static void woken(void *data, tiro_queue *queue)
{
    (void)data, (void)queue;
}

static void logged(void *data, int32_t level, const char *target, const char *message)
{
    (void)data, (void)level, (void)target, (void)message;
}

static void destroy(void *data)
{
    (void)data;
    atomic_fetch_add(&destroyed, 1);
}

/* Uses everything, and leaves: by tiro_shutdown, or by tiro_client_cancel_all where others in the process go on. */
void module_run(int by_shutdown);
void module_run(int by_shutdown)
{
    tiro_client *client = scripted(NEVER_READY);
    tiro_queue *queue = NULL;
    tiro_op *ops[10];
    int32_t fd = -1;
    CHECK_OK(tiro_log_set(logged, NULL, destroy, TIRO_LOG_DEBUG, NULL));
    CHECK_OK(tiro_queue_new(&queue, NULL));
    CHECK_OK(tiro_queue_fd(queue, &fd, NULL));
    CHECK_OK(tiro_queue_set_wakeup(queue, woken, NULL, destroy, NULL));
    for (int i = 0; i < 10; i += 2) {
        ops[i] = pending(client);
        tiro_source *source = NULL;
        CHECK_OK(tiro_source_from_callbacks(slow_read, NULL, NULL, NULL, destroy, NULL, &source, NULL));
        CHECK_OK(tiro_client_upload(client, source, NULL, &ops[i + 1], NULL));
        tiro_source_free(source);
    }
    for (int i = 0; i < 10; i++) {
        CHECK_OK(tiro_op_on_done(ops[i], done, NULL, destroy, NULL));
        CHECK_OK(tiro_op_attach(ops[i], queue, NULL, NULL));
    }
    if (by_shutdown) {
        /* The log and the wake-up callback outlive a shutdown: taken back first. */
        CHECK_OK(tiro_log_set(NULL, NULL, NULL, 0, NULL));
        tiro_queue_free(queue);
        CHECK_OK(tiro_shutdown(-1, NULL));
        CHECK(atomic_load(&called) == 10 && atomic_load(&destroyed) == 17);
    } else {
        CHECK_OK(tiro_client_cancel_all(client, -1, NULL));
    }
    for (int i = 0; i < 10; i++)
        CHECK_STATUS(tiro_op_join(ops[i], 0, NULL), TIRO_E_CANCELLED);
    tiro_client_free(client);
    if (!by_shutdown) {
        CHECK_OK(tiro_log_set(NULL, NULL, NULL, 0, NULL));
        tiro_queue_free(queue);
        /* Callbacks may come until destroy has: that, and its return, is what a module waits for. */
        WAIT_UNTIL(atomic_load(&destroyed) == 17);
        sleep_ms(5);
        CHECK(atomic_load(&called) == 10);
    }
    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == 0);
}

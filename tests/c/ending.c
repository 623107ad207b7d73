/*
 * The ways in which a process ends while operations, uploads and callbacks are under way. One way a run, named by the
 * argument; the exit status is 7, nothing is written, and it does not take long: the test that starts this looks.
 */
#include "check.h"

static tiro_client *client;

static int64_t slow_read(void *data, void *buf, size_t cap)
{
    (void)data;
    memset(buf, 'x', cap);
    sleep_ms(1);
    return (int64_t)cap;
}

static void done(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op, (void)status;
}

static void destroy(void *data)
{
    (void)data;
}

static void exit_here(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op, (void)status;
    exit(7);
}

static void log_message(void *data, int32_t level, const char *target, const char *message)
{
    (void)data, (void)level, (void)target, (void)message;
}

static void start_everything(void)
{
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_log_set(log_message, NULL, destroy, TIRO_LOG_DEBUG, NULL));
    CHECK_OK(tiro_queue_new(&queue, NULL));
    client = scripted(NEVER_READY);
    for (int i = 0; i < 10; i++) {
        tiro_source *source = NULL;
        tiro_op *op = pending(client);
        CHECK_OK(tiro_op_on_done(op, done, NULL, destroy, NULL));
        CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
        CHECK_OK(tiro_source_from_callbacks(slow_read, NULL, NULL, NULL, destroy, NULL, &source, NULL));
        CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
        CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
    }
}

static void shut_down(void)
{
    CHECK_OK(tiro_shutdown(-1, NULL));
}

static void use_at_exit(void)
{
    join_transcript(transcribe(scripted(NULL)));
    CHECK_STATUS(tiro_op_join(pending(client), 1, NULL), TIRO_PENDING);
}

static void *wait_for_ever(void *data)
{
    tiro_op_wait(data, -1, NULL);
    return NULL;
}

static void *end_later(void *data)
{
    (void)data;
    sleep_ms(20);
    /* The library serves those that are left, with the main thread gone. */
    tiro_client *fast = scripted(NULL);
    join_transcript(transcribe(fast));
    tiro_client_free(fast);
    exit(7);
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    if (strcmp(way, "return_unused") == 0)
        return tiro_live_handles(TIRO_HANDLE_ANY) == 0 ? 7 : 1;
    if (strcmp(way, "use_at_exit") == 0)
        atexit(use_at_exit);
    if (strcmp(way, "shutdown_at_exit") == 0)
        atexit(shut_down);
    start_everything();
    if (strcmp(way, "return") == 0 || strcmp(way, "use_at_exit") == 0 || strcmp(way, "shutdown_at_exit") == 0)
        return 7;
    if (strcmp(way, "exit") == 0)
        exit(7);
    if (strcmp(way, "_exit") == 0)
        _exit(7);
    if (strcmp(way, "quick_exit") == 0)
        quick_exit(7);
    if (strcmp(way, "return_while_waiting") == 0) {
        for (int i = 0; i < 4; i++)
            start_thread(wait_for_ever, pending(client));
        sleep_ms(10);
        return 7;
    }
    if (strcmp(way, "pthread_exit") == 0) {
        start_thread(end_later, NULL);
        pthread_exit(NULL);
    }
    if (strcmp(way, "exit_in_callback") == 0) {
        tiro_op *op = pending(client);
        CHECK_OK(tiro_op_on_done(op, exit_here, NULL, destroy, NULL));
        tiro_op_free(op);
        for (;;)
            pause();
    }
    if (strcmp(way, "cancel_and_return") == 0) {
        /* Ended and returned at once: the threads are in the middle of their ends. */
        tiro_client_cancel_all(client, 0, NULL);
        tiro_client_free(client);
        tiro_log_set(NULL, NULL, NULL, 0, NULL);
        return 7;
    }
    return 2;
}

/*
 * The log callback, the counts of handles, and the report of leaks that TIRO_DEBUG_LEAKS asks for (which the test that
 * starts this with the argument "leaks" reads).
 */
#include "check.h"

struct log {
    atomic_int messages, destroyed, level, held;
    pthread_t thread;
};

static void on_log(void *data, int32_t level, const char *target, const char *message)
{
    struct log *log = data;
    CHECK(atomic_load(&log->destroyed) == 0);
    CHECK(strcmp(target, "options") == 0 && strstr(message, "TIRO_NO_SUCH_KEY") != NULL);
    CHECK(strstr(message, "s3cr3t") == NULL); /* the name is told, never the value */
    atomic_store(&log->level, level);
    log->thread = pthread_self();
    while (atomic_load(&log->held))
        sleep_ms(1);
    atomic_fetch_add(&log->messages, 1);
}

static void on_destroy(void *data)
{
    atomic_fetch_add(&((struct log *)data)->destroyed, 1);
}

/* One message of the level WARN. */
static void make_message(void)
{
    tiro_options *options = tiro_options_new();
    CHECK_OK(tiro_options_load_environment(options, NULL));
    tiro_options_free(options);
}

static void messages_up_to_the_level(void)
{
    struct log error = {0}, warn = {0}, debug = {0};
    CHECK_OK(tiro_log_set(on_log, &error, on_destroy, TIRO_LOG_ERROR, NULL));
    make_message();
    CHECK_OK(tiro_log_set(on_log, &warn, on_destroy, TIRO_LOG_WARN, NULL));
    make_message();
    WAIT_UNTIL(atomic_load(&warn.messages) == 1);
    CHECK(warn.level == TIRO_LOG_WARN && !pthread_equal(warn.thread, pthread_self()));
    CHECK_OK(tiro_log_set(on_log, &debug, on_destroy, INT32_MAX, NULL)); /* more than all is all */
    WAIT_UNTIL(atomic_load(&warn.destroyed) == 1);
    make_message();
    WAIT_UNTIL(atomic_load(&debug.messages) == 1);
    CHECK_OK(tiro_log_set(NULL, NULL, NULL, 0, NULL));
    WAIT_UNTIL(atomic_load(&debug.destroyed) == 1);
    make_message();
    sleep_ms(10);
    CHECK(atomic_load(&error.messages) == 0 && atomic_load(&error.destroyed) == 1);
    CHECK(atomic_load(&warn.messages) == 1 && atomic_load(&debug.messages) == 1);
}

/* Replaced while messages are on their way: each goes to the one that was there, and none to one that is destroyed. */
static void replaced_under_messages(void)
{
    int count = rounds(500);
    struct log *logs = calloc((size_t)count, sizeof *logs);
    CHECK(logs != NULL);
    for (int i = 0; i < count; i++) {
        CHECK_OK(tiro_log_set(on_log, &logs[i], on_destroy, TIRO_LOG_WARN, NULL));
        make_message();
    }
    CHECK_OK(tiro_log_set(NULL, NULL, NULL, 0, NULL));
    for (int i = 0; i < count; i++) {
        WAIT_UNTIL(atomic_load(&logs[i].destroyed) == 1);
        CHECK(atomic_load(&logs[i].messages) == 1);
    }
    free(logs);
}

/* A callback that does not return delays nobody who writes; what is too much is dropped, not kept without end. */
static void a_slow_callback_does_not_block(void)
{
    struct log slow = {.held = 1};
    CHECK_OK(tiro_log_set(on_log, &slow, on_destroy, TIRO_LOG_WARN, NULL));
    for (int i = 0; i < 3000; i++)
        make_message(); /* none of them waits for it: this would hang */
    CHECK(atomic_load(&slow.messages) == 0);
    atomic_store(&slow.held, 0);
    CHECK_OK(tiro_log_set(NULL, NULL, NULL, 0, NULL));
    WAIT_UNTIL(atomic_load(&slow.destroyed) == 1);
    CHECK(atomic_load(&slow.messages) > 1 && atomic_load(&slow.messages) < 3000);
}

static void on_log_replace(void *data, int32_t level, const char *target, const char *message)
{
    (void)level, (void)target, (void)message;
    CHECK_OK(tiro_log_set(NULL, NULL, NULL, 0, NULL)); /* takes itself back */
    CHECK(atomic_load(&((struct log *)data)->destroyed) == 0);
}

static void taken_back_by_itself(void)
{
    struct log log = {0};
    CHECK_OK(tiro_log_set(on_log_replace, &log, on_destroy, TIRO_LOG_WARN, NULL));
    make_message();
    WAIT_UNTIL(atomic_load(&log.destroyed) == 1);
    WAIT_UNTIL(library_threads(NULL) == 0); /* the thread goes with the last who needs it */
}

static void handles_are_counted_by_kind(void)
{
    tiro_client *client = scripted(NULL);
    tiro_queue *queue = NULL;
    tiro_error *err = NULL;
    tiro_recording *recording = NULL;
    tiro_page *page = NULL;
    tiro_transcript *transcript = NULL;
    tiro_options *options = tiro_options_new();
    tiro_source *source = bytes_source();
    tiro_op *op = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    CHECK_STATUS(tiro_options_set(options, "x", "x", &err), TIRO_E_OPTION);
    CHECK_OK(tiro_op_join_recording(upload(client), -1, &recording, NULL));
    CHECK_OK(tiro_client_recordings(client, 0, 1, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_page(op, -1, &page, NULL));
    CHECK_OK(tiro_op_join_transcript(transcribe(client), -1, &transcript, NULL));
    op = upload(client);
    for (int32_t kind = TIRO_HANDLE_OPTIONS; kind <= TIRO_HANDLE_TRANSCRIPT; kind++)
        CHECK(tiro_live_handles(kind) == 1);
    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == 9);
    tiro_options_free(options);
    tiro_client_free(client);
    tiro_op_free(op);
    tiro_queue_free(queue);
    tiro_source_free(source);
    tiro_error_free(err);
    tiro_recording_free(recording);
    tiro_page_free(page);
    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == 1 && tiro_live_handles(TIRO_HANDLE_TRANSCRIPT) == 1);
    tiro_transcript_free(transcript);
}

/* Leaves an operation, a queue and, of the last kind there is, an order behind, and nothing else. */
static int leave_some(void)
{
    tiro_queue *queue = NULL;
    tiro_order *order = NULL;
    tiro_recording *recording = NULL;
    tiro_client *client = scripted("{\"orders\": {\"prices\": [\"5.00 USD\"]}}");
    tiro_op *op = upload(client), *ordering = NULL;
    CHECK_OK(tiro_op_wait(op, -1, NULL));
    CHECK_OK(tiro_op_join_recording(upload(client), -1, &recording, NULL));
    const char *ids[] = {tiro_recording_id(recording, NULL)};
    CHECK_OK(tiro_client_create_order(client, ids, 1, NULL, &ordering, NULL));
    CHECK_OK(tiro_op_join_order(ordering, -1, &order, NULL));
    tiro_recording_free(recording);
    tiro_client_free(client);
    CHECK_OK(tiro_queue_new(&queue, NULL));
    CHECK_OK(tiro_shutdown(-1, NULL));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "leaks") == 0)
        return leave_some();
    unsetenv("TIRO_DEBUG_LEAKS");
    CHECK(setenv("TIRO_NO_SUCH_KEY", "s3cr3t", 1) == 0);
    RUN(messages_up_to_the_level);
    RUN(replaced_under_messages);
    RUN(a_slow_callback_does_not_block);
    RUN(taken_back_by_itself);
    RUN(handles_are_counted_by_kind);
    return 0;
}

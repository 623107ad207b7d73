/*
 * fork with operations pending and with other threads inside calls: what is the parent's answers TIRO_E_FORKED at once
 * in the child, what is only read stays readable, a new client works, nothing of the parent's is run there; and the
 * parent goes on as if nothing had been. An alarm ends a child that hangs.
 */
#include "check.h"

static pid_t owner;
static atomic_int destroyed, called;

/* Only ever in the process that registered it. */
static void destroy(void *data)
{
    (void)data;
    CHECK(getpid() == owner);
    atomic_fetch_add(&destroyed, 1);
}

static void on_done(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op, (void)status;
    CHECK(getpid() == owner);
    atomic_fetch_add(&called, 1);
}

static void on_wakeup(void *data, tiro_queue *queue)
{
    (void)data, (void)queue;
    CHECK(getpid() == owner);
}

static void on_log(void *data, int32_t level, const char *target, const char *message)
{
    (void)data, (void)level, (void)target, (void)message;
    CHECK(getpid() == owner);
}

static int64_t endless(void *data, void *buf, size_t cap)
{
    (void)data;
    CHECK(getpid() == owner);
    sleep_ms(1);
    memset(buf, 'x', cap);
    return (int64_t)cap;
}

static void child_destroy(void *data)
{
    atomic_fetch_add((atomic_int *)data, 1);
}

/* What the parent has when it forks. */
static struct parent {
    tiro_client *slow, *fast;
    tiro_queue *queue;
    tiro_op *waits, *uploads, *done;
    tiro_source *source, *used;
    tiro_options *options;
    tiro_error *error;
    tiro_recording *recording;
    tiro_page *page;
    tiro_transcript *transcript;
} p;

static void make_parent(void)
{
    tiro_op *op = NULL;
    p.slow = scripted(NEVER_READY);
    p.fast = scripted(NULL);
    CHECK_OK(tiro_log_set(on_log, NULL, destroy, TIRO_LOG_DEBUG, NULL));
    CHECK_OK(tiro_queue_new(&p.queue, NULL));
    CHECK_OK(tiro_queue_set_wakeup(p.queue, on_wakeup, NULL, destroy, NULL));
    int32_t fd = -1;
    CHECK_OK(tiro_queue_fd(p.queue, &fd, NULL));
    p.waits = pending(p.slow);
    CHECK_OK(tiro_op_on_done(p.waits, on_done, NULL, destroy, NULL));
    CHECK_OK(tiro_op_attach(p.waits, p.queue, NULL, NULL));
    CHECK_OK(tiro_source_from_callbacks(endless, NULL, NULL, NULL, destroy, NULL, &p.used, NULL));
    CHECK_OK(tiro_client_upload(p.fast, p.used, NULL, &p.uploads, NULL));
    p.done = upload(p.fast);
    CHECK_OK(tiro_op_wait(p.done, -1, NULL));
    CHECK_OK(tiro_source_from_bytes("bytes", 5, NULL, destroy, NULL, &p.source, NULL));
    p.options = tiro_options_new();
    CHECK_OK(tiro_options_set(p.options, TIRO_OPT_SERVICE, "scripted", NULL));
    CHECK_OK(tiro_options_set(p.options, TIRO_OPT_LANGUAGE, "de", NULL));
    CHECK_STATUS(tiro_options_set(p.options, "serivce", "x", &p.error), TIRO_E_OPTION);
    CHECK_OK(tiro_op_join_recording(upload(p.fast), -1, &p.recording, NULL));
    CHECK_OK(tiro_client_recordings(p.fast, 0, 10, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_page(op, -1, &p.page, NULL));
    CHECK_OK(tiro_op_join_transcript(transcribe(p.fast), -1, &p.transcript, NULL));
}

static void free_parent(void)
{
    tiro_client_free(p.slow);
    tiro_client_free(p.fast);
    tiro_queue_free(p.queue);
    tiro_op_free(p.waits);
    tiro_op_free(p.uploads);
    tiro_op_free(p.done);
    tiro_source_free(p.source);
    tiro_source_free(p.used);
    tiro_options_free(p.options);
    tiro_error_free(p.error);
    tiro_recording_free(p.recording);
    tiro_page_free(p.page);
    tiro_transcript_free(p.transcript);
}

/* The parent after its forks: everything still runs, ends when it is told to, and is destroyed once. */
static void end_parent(void)
{
    CHECK_STATUS(tiro_op_wait(p.waits, 0, NULL), TIRO_PENDING);
    CHECK_STATUS(tiro_op_wait(p.uploads, 0, NULL), TIRO_PENDING);
    join_transcript(transcribe(p.fast));
    CHECK_OK(tiro_client_cancel_all(p.slow, -1, NULL));
    CHECK_OK(tiro_op_cancel(p.uploads, NULL));
    CHECK_STATUS(tiro_op_wait(p.uploads, -1, NULL), TIRO_E_CANCELLED);
    CHECK_OK(tiro_op_wait(p.done, -1, NULL));
    tiro_op *op = NULL;
    void *tag = NULL;
    int32_t kind = 0;
    do
        CHECK_OK(tiro_queue_next(p.queue, 10000, &kind, &op, &tag, NULL, NULL));
    while (kind != TIRO_EVENT_DONE);
    CHECK(op == p.waits);
    free_parent();
    CHECK_OK(tiro_log_set(NULL, NULL, NULL, 0, NULL));
    CHECK_OK(tiro_shutdown(-1, NULL));
    WAIT_UNTIL(atomic_load(&destroyed) == 5); /* log, wake-up, on_done and two sources */
    CHECK(atomic_load(&called) == 1);
    atomic_store(&destroyed, 0);
    atomic_store(&called, 0);
}

static void check_forked(void)
{
    tiro_op *op = NULL;
    tiro_client *client = scripted(NULL);
    tiro_source *source = bytes_source();
    tiro_queue *queue = NULL;
    tiro_error *err = NULL;
    int32_t number = 0;
    void *tag = NULL;
    atomic_int ended = 0;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    CHECK_STATUS(tiro_client_upload(p.slow, source, NULL, &op, &err), TIRO_E_FORKED);
    CHECK(op == NULL && tiro_error_code(err) == TIRO_E_FORKED && tiro_error_hint(err, NULL)[0] != '\0');
    tiro_error_free(err);
    CHECK_STATUS(tiro_client_recordings(p.fast, 0, 1, NULL, &op, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_client_cancel_all(p.slow, -1, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_client_upload(client, p.source, NULL, &op, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_client_upload(client, p.used, NULL, &op, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_op_wait(p.waits, -1, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_op_wait(p.done, 0, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_op_join(p.uploads, -1, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_op_cancel(p.waits, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_op_on_done(p.waits, on_done, &ended, child_destroy, NULL), TIRO_E_FORKED);
    CHECK(atomic_load(&ended) == 1); /* registered here, so ended here */
    CHECK_STATUS(tiro_op_attach(p.waits, queue, NULL, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_queue_next(p.queue, -1, &number, &op, &tag, NULL, NULL), TIRO_E_FORKED);
    CHECK_STATUS(tiro_queue_fd(p.queue, &number, NULL), TIRO_E_FORKED);
    tiro_op *own = upload(client);
    CHECK_STATUS(tiro_op_attach(own, p.queue, NULL, NULL), TIRO_E_FORKED);
    CHECK_OK(tiro_op_attach(own, queue, NULL, NULL));
    CHECK_OK(tiro_op_join(own, -1, NULL));
    tiro_queue_free(queue);
    tiro_source_free(source);
    tiro_client_free(client);
}

static void check_readable(void)
{
    char text[64];
    size_t need = 0;
    CHECK(tiro_error_code(p.error) == TIRO_E_OPTION && tiro_error_message(p.error, NULL)[0] != '\0');
    CHECK(strstr(tiro_error_hint(p.error, NULL), "service") != NULL);
    CHECK_OK(tiro_options_get(p.options, TIRO_OPT_LANGUAGE, text, sizeof text, &need, NULL));
    CHECK(strcmp(text, "de") == 0);
    CHECK_OK(tiro_options_set(p.options, TIRO_OPT_LANGUAGE, "fr", NULL)); /* a copy, as all memory */
    CHECK_OK(tiro_options_set(p.options, TIRO_OPT_LANGUAGE, "de", NULL));
    CHECK(tiro_recording_size(p.recording) == 5 && strcmp(tiro_recording_name(p.recording, NULL), "a.wav") == 0);
    tiro_recording *recording = NULL;
    CHECK(tiro_page_count(p.page) == 2);
    CHECK_OK(tiro_page_recording(p.page, 1, &recording, NULL));
    tiro_recording_free(recording);
    CHECK(strcmp(tiro_transcript_text(p.transcript, NULL), "Hello world.") == 0);
    size_t count = 0;
    CHECK(tiro_transcript_words(p.transcript, &count, NULL) != NULL && count == 2);
}

/* All of a child's life, with a child of its own in it. */
static void be_a_child(int nested)
{
    alarm(child_seconds());
    int destroyed_before = atomic_load(&destroyed), called_before = atomic_load(&called);
    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == 0);
    CHECK(library_threads(NULL) == 0);
    check_forked();
    check_readable();
    tiro_client *client = NULL;
    CHECK_OK(tiro_client_new(p.options, &client, NULL)); /* options of the parent's are good for a client */
    for (int i = 0; i < 3; i++)
        join_transcript(transcribe(client));
    if (nested) {
        tiro_op *op = upload(client);
        pid_t child = fork();
        if (child == 0) {
            alarm(child_seconds());
            CHECK_STATUS(tiro_op_wait(op, -1, NULL), TIRO_E_FORKED);
            CHECK_STATUS(tiro_client_cancel_all(client, -1, NULL), TIRO_E_FORKED);
            be_a_child(0);
            _exit(0);
        }
        int status = 1;
        CHECK(child > 0 && waitpid(child, &status, 0) == child && status == 0);
        CHECK_OK(tiro_op_join(op, -1, NULL));
    }
    free_parent();
    /* A handle that one of the parent's threads held at the fork cannot be taken out of the table: that is all. */
    tiro_status freed = tiro_op_wait(p.waits, 0, NULL);
    CHECK(freed == TIRO_E_HANDLE || freed == TIRO_E_FORKED);
    CHECK_OK(tiro_shutdown(-1, NULL));
    tiro_client_free(client);
    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == 0);
    CHECK(atomic_load(&destroyed) == destroyed_before && atomic_load(&called) == called_before);
}

static void fork_a_child(int nested)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        be_a_child(nested);
        _exit(0);
    }
    int status = 1;
    CHECK(child > 0 && waitpid(child, &status, 0) == child);
    if (status != 0)
        fprintf(stderr, "the child ended with %#x (14 is the alarm: it hung)\n", (unsigned)status);
    CHECK(status == 0);
}

static void with_operations_pending(void)
{
    make_parent();
    for (int i = 0; i < rounds(20); i++)
        fork_a_child(i % 4 == 0);
    end_parent();
}

static atomic_int stop;

/* Is somewhere inside the library at nearly every moment, so that the forks catch locks that are held. */
static void *call_on(void *data)
{
    uint64_t state = (uint64_t)(uintptr_t)data;
    while (!atomic_load(&stop)) {
        tiro_op *op = NULL;
        int32_t kind = 0;
        void *tag = NULL;
        uint64_t dice = next_random(&state);
        if (dice % 8 == 0)
            tiro_op_free(transcribe(p.fast));
        else if (dice % 8 == 1)
            join_transcript(transcribe(p.fast));
        else if (dice % 8 == 2)
            tiro_options_free(tiro_options_new());
        else if (dice % 8 == 3)
            CHECK_STATUS(tiro_client_wait(p.fast, "", NULL, &op, NULL), TIRO_E_ARGUMENT);
        else if (dice % 8 == 4)
            CHECK_OK(tiro_queue_set_wakeup(p.queue, on_wakeup, NULL, NULL, NULL));
        else if (dice % 8 == 5)
            CHECK_STATUS(tiro_op_attach(p.waits, p.queue, NULL, NULL), TIRO_E_STATE);
        else if (dice % 8 == 6)
            tiro_queue_next(p.queue, 0, &kind, &op, &tag, NULL, NULL);
        else
            CHECK_STATUS(tiro_op_wait(p.waits, 1, NULL), TIRO_PENDING);
    }
    return NULL;
}

static void with_threads_inside_calls(void)
{
    make_parent();
    atomic_store(&stop, 0);
    pthread_t threads[3];
    for (int t = 0; t < 3; t++)
        threads[t] = start_thread(call_on, (void *)(uintptr_t)(t + 1));
    for (int i = 0; i < rounds(100); i++)
        fork_a_child(i % 10 == 0);
    atomic_store(&stop, 1);
    for (int t = 0; t < 3; t++)
        end_thread(threads[t]);
    end_parent();
}

int main(void)
{
    owner = getpid();
    RUN(with_operations_pending);
    RUN(with_threads_inside_calls);
    return 0;
}

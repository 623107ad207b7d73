/*
 * Eight threads on two clients, every verb and every way to wait mixed at random. Each call ends in one of the ways it
 * may, and nothing is left at the end.
 */
#include "check.h"

#define THREADS 8

static tiro_client *clients[2];
static tiro_queue *queue;
/* Recordings that are there all the time; threads delete only their own. */
static char ids[2][64];
static atomic_int stop;

static tiro_op *start(tiro_client *client, const char *id, uint64_t dice)
{
    tiro_op *op = NULL;
    tiro_source *source = NULL;
    switch (dice % 7) {
    case 0:
        return upload(client);
    case 1:
        return transcribe(client);
    case 2:
        CHECK_OK(tiro_client_recording(client, id, NULL, &op, NULL));
        return op;
    case 3:
        CHECK_OK(tiro_client_recordings(client, dice >> 8 & 3, 1 + (dice >> 10 & 7), NULL, &op, NULL));
        return op;
    case 4:
        CHECK_OK(tiro_client_wait(client, id, NULL, &op, NULL));
        return op;
    case 5:
        CHECK_OK(tiro_client_transcript(client, id, NULL, &op, NULL));
        return op;
    default:
        /* Upload, then delete what that gave. */
        source = bytes_source();
        CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
        tiro_source_free(source);
        tiro_recording *recording = NULL;
        CHECK_OK(tiro_op_join_recording(op, -1, &recording, NULL));
        CHECK_OK(tiro_client_delete(client, tiro_recording_id(recording, NULL), NULL, &op, NULL));
        tiro_recording_free(recording);
        return op;
    }
}

static void check_outcome(tiro_status status)
{
    if (status != TIRO_OK && status != TIRO_E_CANCELLED)
        CHECK_STATUS(status, TIRO_OK);
}

static void finish(tiro_op *op, uint64_t verb, uint64_t dice)
{
    tiro_recording *recording = NULL;
    tiro_page *page = NULL;
    tiro_transcript *transcript = NULL;
    tiro_error *err = NULL;
    switch (dice % 6) {
    case 0:
        tiro_op_free(op);
        return;
    case 1:
        CHECK_OK(tiro_op_cancel(op, NULL));
        check_outcome(tiro_op_join(op, -1, &err));
        break;
    case 2:
        while (tiro_op_wait(op, 1, NULL) == TIRO_PENDING)
            CHECK_OK(tiro_op_progress(op, NULL, NULL, NULL, NULL));
        check_outcome(tiro_op_join(op, 0, &err));
        break;
    case 3:
        CHECK_OK(tiro_op_detach(op, NULL));
        return;
    default:
        if (verb % 7 == 3)
            CHECK_OK(tiro_op_join_page(op, -1, &page, &err));
        else if (verb % 7 == 1 || verb % 7 == 5)
            CHECK_OK(tiro_op_join_transcript(op, -1, &transcript, &err));
        else if (verb % 7 == 6)
            CHECK_OK(tiro_op_join(op, -1, &err));
        else
            CHECK_OK(tiro_op_join_recording(op, -1, &recording, &err));
    }
    tiro_error_free(err);
    tiro_recording_free(recording);
    tiro_transcript_free(transcript);
    if (page) {
        CHECK(tiro_page_count(page) <= 8);
        for (uint64_t i = 0; i < tiro_page_count(page); i++) {
            CHECK_OK(tiro_page_recording(page, i, &recording, NULL));
            CHECK(tiro_recording_id(recording, NULL)[0] != '\0');
            tiro_recording_free(recording);
        }
        tiro_page_free(page);
    }
}

static void *call_and_call(void *data)
{
    uint64_t state = (uint64_t)(uintptr_t)data;
    for (int i = 0; i < rounds(200); i++) {
        uint64_t verb = next_random(&state), dice = next_random(&state);
        int which = (int)(dice >> 60 & 1);
        tiro_op *op = start(clients[which], ids[which], verb);
        if (dice >> 59 & 1)
            CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
        finish(op, verb, dice);
    }
    return NULL;
}

/* Takes events and texts of errors all the while. */
static void *take_events(void *data)
{
    (void)data;
    while (!atomic_load(&stop)) {
        tiro_op *op = NULL;
        void *tag = NULL;
        int32_t kind = 0;
        tiro_error *err = NULL;
        tiro_status status = tiro_queue_next(queue, 5, &kind, &op, &tag, NULL, &err);
        CHECK(status == TIRO_OK || status == TIRO_PENDING);
        CHECK_STATUS(tiro_queue_next(queue, 0, NULL, &op, &tag, NULL, &err), TIRO_E_NULL);
        CHECK(tiro_error_message(err, NULL)[0] != '\0');
        tiro_error_free(err);
    }
    return NULL;
}

static void eight_threads_on_two_clients(void)
{
    for (int c = 0; c < 2; c++) {
        clients[c] = scripted(c == 0 ? NULL : "{\"answer_ms\": 1}");
        tiro_recording *recording = NULL;
        CHECK_OK(tiro_op_join_recording(upload(clients[c]), -1, &recording, NULL));
        snprintf(ids[c], sizeof ids[c], "%s", tiro_recording_id(recording, NULL));
        tiro_recording_free(recording);
    }
    CHECK_OK(tiro_queue_new(&queue, NULL));
    pthread_t threads[THREADS], taker = start_thread(take_events, NULL);
    for (int t = 0; t < THREADS; t++)
        threads[t] = start_thread(call_and_call, (void *)(uintptr_t)(t + 1));
    for (int t = 0; t < THREADS; t++)
        end_thread(threads[t]);
    atomic_store(&stop, 1);
    end_thread(taker);
    tiro_queue_free(queue);
    tiro_client_free(clients[0]);
    tiro_client_free(clients[1]);
    CHECK_OK(tiro_shutdown(-1, NULL));
    WAIT_UNTIL(library_threads(NULL) == 0);
}

/* One handle, read and freed by many: a read gives the text or the empty one; _copy never gives half of one. */
static tiro_transcript *shared_transcript;
static tiro_error *shared_error;

static void *read_shared(void *data)
{
    pthread_barrier_wait(data);
    for (int i = 0; i < 50; i++) {
        char text[64];
        size_t need = 0;
        tiro_status status =
            tiro_transcript_copy(shared_transcript, TIRO_TRANSCRIPT_TEXT, text, sizeof text, &need, NULL);
        CHECK(status == TIRO_E_HANDLE || (status == TIRO_OK && strcmp(text, "Hello world.") == 0 && need == 13));
        CHECK(tiro_error_code(shared_error) == TIRO_E_OPTION || tiro_error_code(shared_error) == 0);
    }
    return NULL;
}

static void freed_under_readers(void)
{
    tiro_client *client = scripted(NULL);
    tiro_options *options = tiro_options_new();
    for (int i = 0; i < rounds(200); i++) {
        pthread_barrier_t barrier;
        CHECK(pthread_barrier_init(&barrier, NULL, 4) == 0);
        CHECK_OK(tiro_op_join_transcript(transcribe(client), -1, &shared_transcript, NULL));
        CHECK_STATUS(tiro_options_set(options, "no", "x", &shared_error), TIRO_E_OPTION);
        pthread_t threads[3];
        for (int t = 0; t < 3; t++)
            threads[t] = start_thread(read_shared, &barrier);
        pthread_barrier_wait(&barrier);
        tiro_transcript_free(shared_transcript);
        tiro_error_free(shared_error);
        for (int t = 0; t < 3; t++)
            end_thread(threads[t]);
        CHECK(pthread_barrier_destroy(&barrier) == 0);
    }
    tiro_options_free(options);
    tiro_client_free(client);
}

/* Options serve one thread at a time: a race is an orderly TIRO_E_STATE. */
static tiro_options *shared_options;

static void *change_shared(void *data)
{
    (void)data;
    for (int i = 0; i < rounds(2000); i++) {
        char text[64];
        size_t need = 0;
        tiro_status status = tiro_options_set(shared_options, TIRO_OPT_LANGUAGE, i % 2 ? "en" : "de", NULL);
        CHECK(status == TIRO_OK || status == TIRO_E_STATE);
        status = tiro_options_get(shared_options, TIRO_OPT_LANGUAGE, text, sizeof text, &need, NULL);
        CHECK(status == TIRO_E_STATE || (status == TIRO_OK && (!strcmp(text, "en") || !strcmp(text, "de"))));
        tiro_client *client = NULL;
        status = tiro_client_new(shared_options, &client, NULL);
        CHECK(status == TIRO_OK || status == TIRO_E_STATE);
        tiro_client_free(client);
    }
    return NULL;
}

static void options_of_two_threads(void)
{
    shared_options = tiro_options_new();
    CHECK_OK(tiro_options_set(shared_options, TIRO_OPT_SERVICE, "scripted", NULL));
    CHECK_OK(tiro_options_set(shared_options, TIRO_OPT_LANGUAGE, "en", NULL));
    pthread_t other = start_thread(change_shared, NULL);
    change_shared(NULL);
    end_thread(other);
    tiro_options_free(shared_options);
}

int main(void)
{
    RUN(eight_threads_on_two_clients);
    RUN(freed_under_readers);
    RUN(options_of_two_threads);
    return 0;
}

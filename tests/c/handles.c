/*
 * Handles at the wrong moment: stale ones, flipped bits, freed twice, freed in a callback or under a thread that waits,
 * joined by two threads at once.
 */
#include "check.h"

/* A slot that is used again is another handle: the old token stays stale. */
static void a_stale_handle_stays_stale(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *first = upload(client);
    CHECK_OK(tiro_op_join(first, -1, NULL));
    for (int i = 0; i < rounds(2000); i++) {
        tiro_op *op = upload(client);
        CHECK(op != first);
        tiro_error *err = NULL;
        CHECK_STATUS(tiro_op_wait(first, 0, &err), TIRO_E_HANDLE);
        tiro_error_free(err);
        tiro_op_free(first);
        CHECK_OK(tiro_op_join(op, -1, NULL));
    }
    tiro_client_free(client);
}

/* Any single bit that differs makes it none; and nothing happens to the real one. */
static void a_flipped_bit_is_no_handle(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_wait(op, -1, NULL));
    for (int bit = 0; bit < 64; bit++) {
        tiro_op *flipped = (tiro_op *)((uintptr_t)op ^ ((uintptr_t)1 << bit));
        CHECK_STATUS(tiro_op_wait(flipped, 0, NULL), TIRO_E_HANDLE);
        CHECK_STATUS(tiro_op_cancel(flipped, NULL), TIRO_E_HANDLE);
        tiro_op_free(flipped);
    }
    CHECK_OK(tiro_op_join(op, -1, NULL));
    tiro_client_free(client);
}

static void random_values_are_no_handles(void)
{
    uint64_t state = 42;
    for (int i = 0; i < rounds(100000); i++) {
        void *bits = (void *)(uintptr_t)next_random(&state);
        size_t len = 7, count = 7;
        CHECK_STATUS(tiro_op_cancel(bits, NULL), TIRO_E_HANDLE);
        CHECK_STATUS(tiro_client_cancel_all(bits, -1, NULL), TIRO_E_HANDLE);
        CHECK(tiro_error_message(bits, &len)[0] == '\0' && len == 0);
        CHECK(tiro_transcript_words(bits, &count, NULL) == NULL && count == 0);
        tiro_queue_free(bits);
        tiro_source_free(bits);
    }
}

static void freed_twice(void)
{
    tiro_client *client = scripted(NEVER_READY);
    tiro_op *op = pending(client);
    tiro_op_free(op);
    tiro_op_free(op);
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    tiro_queue_free(queue);
    tiro_queue_free(queue);
    CHECK_OK(tiro_client_cancel_all(client, -1, NULL));
    tiro_client_free(client);
    tiro_client_free(client);
    CHECK_STATUS(tiro_client_cancel_all(client, -1, NULL), TIRO_E_HANDLE);
}

static void a_join_of_the_wrong_type_keeps_the_result(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    tiro_page *page = NULL;
    tiro_transcript *transcript = NULL;
    tiro_recording *recording = NULL;
    CHECK_STATUS(tiro_op_join_page(op, -1, &page, NULL), TIRO_E_RESULT_TYPE);
    CHECK_STATUS(tiro_op_join_transcript(op, -1, &transcript, NULL), TIRO_E_RESULT_TYPE);
    CHECK(page == NULL && transcript == NULL);
    CHECK_OK(tiro_op_join_recording(op, -1, &recording, NULL));
    CHECK(tiro_recording_size(recording) == 5);
    tiro_recording *second = recording;
    CHECK_STATUS(tiro_op_join_recording(op, -1, &second, NULL), TIRO_E_HANDLE);
    CHECK(second == NULL);
    tiro_recording_free(recording);
    tiro_client_free(client);
}

struct in_callback {
    atomic_int called, destroyed;
    tiro_status status;
    int free_it;
};

static void end_it(void *data, tiro_op *op, tiro_status status)
{
    struct in_callback *in = data;
    in->status = status;
    if (in->free_it) {
        tiro_op_free(op);
    } else {
        /* It has ended, so this does not wait, and is allowed. */
        tiro_recording *recording = NULL;
        tiro_status joined = tiro_op_join_recording(op, -1, &recording, NULL);
        CHECK(joined == status);
        tiro_recording_free(recording);
    }
    CHECK_STATUS(tiro_op_wait(op, 0, NULL), TIRO_E_HANDLE);
    atomic_fetch_add(&in->called, 1);
}

static void in_callback_destroyed(void *data)
{
    atomic_fetch_add(&((struct in_callback *)data)->destroyed, 1);
}

static void ended_in_its_own_callback(void)
{
    tiro_client *client = scripted(NULL);
    for (int free_it = 0; free_it < 2; free_it++) {
        struct in_callback in = {.status = 99, .free_it = free_it};
        tiro_op *op = upload(client);
        CHECK_OK(tiro_op_on_done(op, end_it, &in, in_callback_destroyed, NULL));
        WAIT_UNTIL(atomic_load(&in.destroyed) == 1);
        CHECK(atomic_load(&in.called) == 1 && in.status == TIRO_OK);
        CHECK_STATUS(tiro_op_cancel(op, NULL), TIRO_E_HANDLE);
    }
    tiro_client_free(client);
}

struct waiter {
    tiro_op *op;
    int join;
    atomic_int thread;
    tiro_status status;
    tiro_status error_code;
};

static void *wait_for_it(void *data)
{
    struct waiter *waiter = data;
    tiro_error *err = NULL;
    tiro_transcript *transcript = NULL;
    tell_thread(&waiter->thread);
    waiter->status = waiter->join ? tiro_op_join_transcript(waiter->op, -1, &transcript, &err)
                                  : tiro_op_wait(waiter->op, -1, &err);
    CHECK(transcript == NULL);
    waiter->error_code = tiro_error_code(err);
    tiro_error_free(err);
    return NULL;
}

/* Whoever waits hears that it was cancelled, and does not wait for ever. */
static void freed_while_another_thread_waits(void)
{
    tiro_client *client = scripted(NEVER_READY);
    for (int i = 0; i < rounds(100); i++) {
        struct waiter waiters[2] = {{.op = pending(client)}, {.join = 1}};
        waiters[1].op = waiters[0].op;
        pthread_t threads[2];
        for (int w = 0; w < 2; w++) {
            threads[w] = start_thread(wait_for_it, &waiters[w]);
            until_it_waits(&waiters[w].thread);
        }
        tiro_op_free(waiters[0].op);
        for (int w = 0; w < 2; w++) {
            end_thread(threads[w]);
            CHECK_STATUS(waiters[w].status, TIRO_E_CANCELLED);
            CHECK(waiters[w].error_code == TIRO_E_CANCELLED);
        }
    }
    CHECK_OK(tiro_client_cancel_all(client, -1, NULL));
    tiro_client_free(client);
}

struct joiner {
    tiro_op *op;
    pthread_barrier_t *barrier;
    tiro_status status;
    tiro_transcript *transcript;
};

static void *join_it(void *data)
{
    struct joiner *joiner = data;
    pthread_barrier_wait(joiner->barrier);
    joiner->status = tiro_op_join_transcript(joiner->op, -1, &joiner->transcript, NULL);
    return NULL;
}

/* One of them gets the result, all others hear that there is nothing any more. */
static void joined_by_four_threads_at_once(void)
{
    tiro_client *client = scripted("{\"answer_ms\": 1}");
    for (int i = 0; i < rounds(300); i++) {
        pthread_barrier_t barrier;
        CHECK(pthread_barrier_init(&barrier, NULL, 4) == 0);
        struct joiner joiners[4];
        pthread_t threads[4];
        tiro_op *op = transcribe(client);
        for (int j = 0; j < 4; j++) {
            joiners[j] = (struct joiner){.op = op, .barrier = &barrier};
            threads[j] = start_thread(join_it, &joiners[j]);
        }
        int winners = 0;
        for (int j = 0; j < 4; j++) {
            end_thread(threads[j]);
            if (joiners[j].status == TIRO_OK) {
                winners++;
                CHECK(strcmp(tiro_transcript_text(joiners[j].transcript, NULL), "Hello world.") == 0);
                tiro_transcript_free(joiners[j].transcript);
            } else {
                CHECK_STATUS(joiners[j].status, TIRO_E_HANDLE);
                CHECK(joiners[j].transcript == NULL);
            }
        }
        CHECK(winners == 1);
        CHECK(pthread_barrier_destroy(&barrier) == 0);
    }
    tiro_client_free(client);
}

/* A free that races a join: the join gets the transcript, or hears one of the three truths. */
static void freed_while_another_thread_joins(void)
{
    tiro_client *client = scripted(NULL);
    for (int i = 0; i < rounds(1000); i++) {
        pthread_barrier_t barrier;
        CHECK(pthread_barrier_init(&barrier, NULL, 2) == 0);
        struct joiner joiner = {.op = transcribe(client), .barrier = &barrier};
        pthread_t thread = start_thread(join_it, &joiner);
        pthread_barrier_wait(&barrier);
        tiro_op_free(joiner.op);
        end_thread(thread);
        CHECK(joiner.status == TIRO_OK || joiner.status == TIRO_E_CANCELLED || joiner.status == TIRO_E_HANDLE);
        CHECK((joiner.status == TIRO_OK) == (joiner.transcript != NULL));
        tiro_transcript_free(joiner.transcript);
        CHECK(pthread_barrier_destroy(&barrier) == 0);
    }
    CHECK_OK(tiro_client_cancel_all(client, -1, NULL));
    tiro_client_free(client);
}

/* Half a million handles come and go, and none is counted wrong. */
static void handles_are_counted(void)
{
    tiro_options *many[100];
    for (int i = 0; i < rounds(5000); i++) {
        for (int j = 0; j < 100; j++)
            many[j] = tiro_options_new();
        CHECK(tiro_live_handles(TIRO_HANDLE_OPTIONS) == 100);
        for (int j = 0; j < 100; j++)
            tiro_options_free(many[j]);
    }
    CHECK(tiro_live_handles(TIRO_HANDLE_OPTIONS) == 0);
    CHECK(tiro_live_handles(-1) == 0 && tiro_live_handles(10) == 0 && tiro_live_handles(INT32_MAX) == 0);
}

int main(void)
{
    RUN(a_stale_handle_stays_stale);
    RUN(a_flipped_bit_is_no_handle);
    RUN(random_values_are_no_handles);
    RUN(freed_twice);
    RUN(a_join_of_the_wrong_type_keeps_the_result);
    RUN(ended_in_its_own_callback);
    RUN(freed_while_another_thread_waits);
    RUN(joined_by_four_threads_at_once);
    RUN(freed_while_another_thread_joins);
    RUN(handles_are_counted);
    return 0;
}

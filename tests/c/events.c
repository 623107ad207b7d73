/*
 * What a queue tells: progress that is merged, the end as the last event and once, and the wake-up callback.
 */
#include "check.h"

struct event {
    tiro_op *op;
    void *tag;
    int32_t kind;
    tiro_status status;
};

static tiro_status next(tiro_queue *queue, int64_t timeout_ms, struct event *event)
{
    return tiro_queue_next(queue, timeout_ms, &event->kind, &event->op, &event->tag, &event->status, NULL);
}

static tiro_queue *new_queue(void)
{
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    return queue;
}

/* A source of so many bytes, given in small pieces. */
static int64_t in_pieces(void *data, void *buf, size_t cap)
{
    int64_t *left = data, count = *left < 100 ? *left : 100;
    CHECK(cap >= 100);
    memset(buf, 'x', (size_t)count);
    *left -= count;
    return count;
}

static int64_t declared(void *data)
{
    return *(int64_t *)data;
}

static tiro_op *upload_pieces(tiro_client *client, int64_t bytes)
{
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    int64_t *left = malloc(sizeof *left); /* the library's until free: a read goes on behind a cancel */
    CHECK(left != NULL);
    *left = bytes;
    CHECK_OK(tiro_source_from_callbacks(in_pieces, NULL, declared, left, free, NULL, &source, NULL));
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    tiro_source_free(source);
    return op;
}

static void progress_is_merged(void)
{
    tiro_client *client = scripted(NULL);
    tiro_queue *queue = new_queue();
    tiro_op *op = upload_pieces(client, 100000);
    CHECK_OK(tiro_op_attach(op, queue, &queue, NULL));
    CHECK_OK(tiro_op_wait(op, -1, NULL));
    /* A thousand steps: one event tells of them, and one of the end. */
    struct event event;
    int progress = 0;
    CHECK_OK(next(queue, 0, &event));
    while (event.kind == TIRO_EVENT_PROGRESS) {
        CHECK(event.op == op && event.tag == &queue && event.status == TIRO_OK);
        progress++;
        CHECK_OK(next(queue, 0, &event));
    }
    CHECK(progress <= 1);
    CHECK(event.kind == TIRO_EVENT_DONE && event.op == op && event.tag == &queue);
    CHECK_STATUS(next(queue, 0, &event), TIRO_PENDING);
    tiro_op_free(op);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

static void progress_goes_up_in_its_unit(void)
{
    tiro_client *client = scripted("{\"upload_bytes_per_second\": 5000, \"statuses\": [{\"status\": \"processing\"},"
                                   " {\"status\": \"ready\", \"after_ms\": 2000}]}");
    tiro_queue *queue = new_queue();
    int64_t left = 10000;
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    CHECK_OK(tiro_source_from_callbacks(in_pieces, NULL, declared, &left, NULL, NULL, &source, NULL));
    CHECK_OK(tiro_client_transcribe(client, source, NULL, &op, NULL));
    tiro_source_free(source);
    CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
    uint64_t uploaded = 0, sounds = 0;
    int32_t last_phase = TIRO_PHASE_STARTING;
    struct event event;
    for (;;) {
        CHECK_OK(next(queue, 30000, &event));
        if (event.kind == TIRO_EVENT_DONE)
            break;
        int32_t phase = -1;
        uint64_t done = 99, total = 99;
        CHECK_OK(tiro_op_progress(op, &phase, &done, &total, NULL));
        CHECK(phase >= last_phase && done <= total);
        last_phase = phase;
        if (phase == TIRO_PHASE_UPLOADING) {
            CHECK(done >= uploaded && total == 10000);
            uploaded = done;
        } else if (phase == TIRO_PHASE_PROCESSING) {
            CHECK(total == 900); /* the script's two words end there */
            sounds++;
        }
    }
    CHECK_STATUS(event.status, TIRO_OK);
    CHECK(uploaded > 0 && sounds > 0);
    join_transcript(op);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

/* Cancelled in the middle of its progress, at many moments: the end is still the last event, and comes once. */
static void the_end_is_the_last_event(void)
{
    tiro_client *client = scripted(NULL);
    for (int i = 0; i < rounds(500); i++) {
        tiro_queue *queue = new_queue();
        tiro_op *op = upload_pieces(client, 3000);
        CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
        struct event event;
        int ends = 0;
        if (i % 2)
            CHECK_OK(next(queue, -1, &event)); /* cancel right at the first progress */
        else
            event.kind = 0;
        ends += event.kind == TIRO_EVENT_DONE;
        CHECK_OK(tiro_op_cancel(op, NULL));
        while (ends == 0) {
            CHECK_OK(next(queue, 30000, &event));
            ends += event.kind == TIRO_EVENT_DONE;
        }
        CHECK(event.status == TIRO_OK || event.status == TIRO_E_CANCELLED);
        CHECK_STATUS(tiro_op_wait(op, 0, NULL), event.status);
        /* The read may go on behind a cancelled operation; what it says is of no interest. */
        CHECK_STATUS(next(queue, i % 8 == 0 ? 2 : 0, &event), TIRO_PENDING);
        tiro_op_free(op);
        tiro_queue_free(queue);
    }
    tiro_client_free(client);
    CHECK_OK(tiro_shutdown(-1, NULL));
}

static atomic_int woken;
static pthread_t waker;

static void wake(void *data, tiro_queue *queue)
{
    CHECK(*(tiro_queue **)data == queue);
    waker = pthread_self();
    atomic_fetch_add(&woken, 1);
}

static tiro_op *ended(tiro_client *client)
{
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_wait(op, -1, NULL));
    return op;
}

static void a_wakeup_when_it_becomes_non_empty(void)
{
    tiro_client *client = scripted(NULL);
    tiro_queue *queue = new_queue();
    struct event event;
    tiro_op *ops[3];
    for (int i = 0; i < 3; i++)
        ops[i] = ended(client);
    atomic_store(&woken, 0);
    CHECK_OK(tiro_queue_set_wakeup(queue, wake, &queue, NULL, NULL));
    sleep_ms(10);
    CHECK(atomic_load(&woken) == 0);
    CHECK_OK(tiro_op_attach(ops[0], queue, NULL, NULL));
    WAIT_UNTIL(atomic_load(&woken) == 1);
    CHECK(!pthread_equal(waker, pthread_self()));
    CHECK_OK(tiro_op_attach(ops[1], queue, NULL, NULL)); /* it was not empty: whoever was woken takes all */
    sleep_ms(10);
    CHECK(atomic_load(&woken) == 1);
    CHECK_OK(next(queue, 0, &event));
    CHECK_OK(next(queue, 0, &event));
    CHECK_STATUS(next(queue, 0, &event), TIRO_PENDING);
    CHECK_OK(tiro_op_attach(ops[2], queue, NULL, NULL));
    WAIT_UNTIL(atomic_load(&woken) == 2);
    /* Set on a queue that is not empty it is called at once. */
    CHECK_OK(tiro_queue_set_wakeup(queue, wake, &queue, NULL, NULL));
    WAIT_UNTIL(atomic_load(&woken) == 3);
    /* Taken back it is not called any more. */
    CHECK_OK(tiro_queue_set_wakeup(queue, NULL, NULL, NULL, NULL));
    CHECK_OK(next(queue, 0, &event));
    tiro_op *last = ended(client);
    CHECK_OK(tiro_op_attach(last, queue, NULL, NULL));
    sleep_ms(10);
    CHECK(atomic_load(&woken) == 3);
    for (int i = 0; i < 3; i++)
        tiro_op_free(ops[i]);
    tiro_op_free(last);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

static void take_all(void *data, tiro_queue *queue)
{
    struct event event;
    while (next(queue, 0, &event) == TIRO_OK) {
        if (event.kind == TIRO_EVENT_DONE) {
            CHECK_OK(tiro_op_join(event.op, 0, NULL));
            atomic_fetch_add((atomic_int *)data, 1);
        }
    }
}

/* A program that does all its work in the callback: no event is missed, however they race. */
static void events_taken_inside_the_wakeup(void)
{
    tiro_client *client = scripted(NULL);
    tiro_queue *queue = new_queue();
    atomic_int taken = 0;
    int count = rounds(2000);
    CHECK_OK(tiro_queue_set_wakeup(queue, take_all, &taken, NULL, NULL));
    for (int i = 0; i < count; i++)
        CHECK_OK(tiro_op_attach(upload(client), queue, NULL, NULL));
    WAIT_UNTIL(atomic_load(&taken) == count);
    tiro_queue_free(queue);
    tiro_client_free(client);
    CHECK_OK(tiro_shutdown(-1, NULL)); /* before `taken` goes */
}

int main(void)
{
    RUN(progress_is_merged);
    RUN(progress_goes_up_in_its_unit);
    RUN(the_end_is_the_last_event);
    RUN(a_wakeup_when_it_becomes_non_empty);
    RUN(events_taken_inside_the_wakeup);
    return 0;
}

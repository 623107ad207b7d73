/*
 * A thousand operations, each ended in some way at some moment: whatever comes together, every one ends, every source
 * is given back once, and nothing is left running. The seed is printed; given as an argument it brings the same back.
 */
#include "check.h"

static uint64_t seed;

/* A source whose every part is counted and checked: no call may come after destroy. */
struct fed {
    atomic_int reads, destroyed;
    int64_t left;
    int slow;
};

static int64_t feed(void *data, void *buf, size_t cap)
{
    struct fed *fed = data;
    CHECK(atomic_load(&fed->destroyed) == 0);
    atomic_fetch_add(&fed->reads, 1);
    if (fed->slow)
        sleep_ms(fed->slow);
    int64_t count = fed->left < 1000 ? fed->left : 1000;
    if ((uint64_t)count > cap)
        count = (int64_t)cap;
    memset(buf, 'x', (size_t)count);
    fed->left -= count;
    return count;
}

static void fed_destroyed(void *data)
{
    atomic_fetch_add(&((struct fed *)data)->destroyed, 1);
}

struct running {
    tiro_op *op;
    struct fed fed;
    struct {
        atomic_int called, destroyed;
    } done;
    int with_source;
};

static void done(void *data, tiro_op *op, tiro_status status)
{
    struct running *running = data;
    (void)op;
    CHECK(status == TIRO_OK || status == TIRO_E_CANCELLED || status == TIRO_E_NOT_FOUND);
    CHECK(atomic_fetch_add(&running->done.called, 1) == 0);
}

static void done_destroyed(void *data)
{
    struct running *running = data;
    CHECK(atomic_load(&running->done.called) == 1);
    atomic_fetch_add(&running->done.destroyed, 1);
}

static void begin(struct running *running, tiro_client *client, tiro_queue *queue, uint64_t dice)
{
    *running = (struct running){.fed = {.left = (int64_t)(dice >> 8 & 0x3fff), .slow = (int)(dice >> 24 & 1)}};
    running->with_source = dice % 4 < 2;
    if (running->with_source) {
        tiro_source *source = NULL;
        CHECK_OK(tiro_source_from_callbacks(feed, NULL, NULL, &running->fed, fed_destroyed, "a.wav", &source, NULL));
        CHECK_OK(dice % 4 == 0 ? tiro_client_upload(client, source, NULL, &running->op, NULL)
                               : tiro_client_transcribe(client, source, NULL, &running->op, NULL));
        tiro_source_free(source);
    } else if (dice % 4 == 2) {
        CHECK_OK(tiro_client_wait(client, "scripted-1", NULL, &running->op, NULL));
    } else {
        CHECK_OK(tiro_client_recordings(client, 0, 10, NULL, &running->op, NULL));
    }
    CHECK_OK(tiro_op_on_done(running->op, done, running, done_destroyed, NULL));
    CHECK_OK(tiro_op_attach(running->op, queue, running, NULL));
}

static void end(struct running *running, tiro_client *client, uint64_t dice)
{
    tiro_status status;
    switch (dice % 7) {
    case 0:
        tiro_op_free(running->op);
        break;
    case 1:
        CHECK_OK(tiro_op_cancel(running->op, NULL));
        status = tiro_op_join(running->op, -1, NULL);
        CHECK(status == TIRO_OK || status == TIRO_E_CANCELLED || status == TIRO_E_NOT_FOUND);
        break;
    case 2:
        CHECK_OK(tiro_op_detach(running->op, NULL));
        break;
    case 3:
        status = tiro_op_join(running->op, (int64_t)(dice >> 8 & 3), NULL);
        CHECK(status == TIRO_OK || status == TIRO_PENDING || status == TIRO_E_NOT_FOUND ||
              status == TIRO_E_CANCELLED);
        if (status == TIRO_PENDING)
            tiro_op_free(running->op);
        break;
    case 4:
        CHECK_OK(tiro_op_cancel(running->op, NULL));
        CHECK_OK(tiro_op_cancel(running->op, NULL));
        tiro_op_free(running->op);
        break;
    case 5:
        CHECK_OK(tiro_client_cancel_all(client, -1, NULL));
        CHECK(tiro_op_wait(running->op, 0, NULL) != TIRO_PENDING);
        tiro_op_free(running->op);
        break;
    default:
        status = tiro_op_wait(running->op, (int64_t)(dice >> 8 & 3), NULL);
        tiro_op_free(running->op);
    }
}

/* How many run at once. */
#define AT_ONCE 24

static void a_thousand_at_random_points(void)
{
    int count = rounds(1000);
    struct running *all = calloc((size_t)count, sizeof *all);
    CHECK(all != NULL);
    tiro_client *client = scripted("{\"statuses\": [{\"status\": \"queued\"}, {\"status\": \"ready\", \"after_ms\": 2}]}");
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    uint64_t state = seed;
    for (int i = 0; i < count + AT_ONCE; i++) {
        if (i < count)
            begin(&all[i], client, queue, next_random(&state));
        if (next_random(&state) % 8 == 0)
            sleep_ms((int)(next_random(&state) % 4));
        if (i >= AT_ONCE)
            end(&all[i - AT_ONCE], client, next_random(&state));
        tiro_op *op = NULL;
        void *tag = NULL;
        int32_t kind = 0;
        while (tiro_queue_next(queue, 0, &kind, &op, &tag, NULL, NULL) == TIRO_OK)
            CHECK((struct running *)tag >= all && (struct running *)tag < all + count);
    }
    /* Those that were detached may go on: nobody holds them, the client still knows them. */
    CHECK_OK(tiro_client_cancel_all(client, -1, NULL));
    for (int i = 0; i < count; i++) {
        WAIT_UNTIL(atomic_load(&all[i].done.destroyed) == 1);
        if (all[i].with_source)
            WAIT_UNTIL(atomic_load(&all[i].fed.destroyed) == 1);
        else
            CHECK(atomic_load(&all[i].fed.destroyed) == 0);
    }
    tiro_queue_free(queue);
    tiro_client_free(client);
    CHECK_OK(tiro_shutdown(-1, NULL));
    /* And once is once: nothing came twice meanwhile. */
    for (int i = 0; i < count; i++)
        CHECK(atomic_load(&all[i].done.destroyed) == 1 && atomic_load(&all[i].done.called) == 1 &&
              atomic_load(&all[i].fed.destroyed) == all[i].with_source);
    free(all);
}

/* An operation that is cancelled is done at once, however long the host's read takes; only destroy waits for it. */
static atomic_int let_go;

static int64_t feed_blocked(void *data, void *buf, size_t cap)
{
    (void)buf, (void)cap;
    atomic_fetch_add(&((struct fed *)data)->reads, 1);
    WAIT_UNTIL(atomic_load(&let_go));
    return 0;
}

static void while_a_read_blocks(void)
{
    struct fed fed = {0};
    atomic_store(&let_go, 0);
    tiro_client *client = scripted(NULL);
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    CHECK_OK(tiro_source_from_callbacks(feed_blocked, NULL, NULL, &fed, fed_destroyed, NULL, &source, NULL));
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    tiro_source_free(source);
    WAIT_UNTIL(atomic_load(&fed.reads) == 1);
    CHECK_OK(tiro_op_cancel(op, NULL));
    CHECK_STATUS(tiro_op_join(op, 10000, NULL), TIRO_E_CANCELLED);
    sleep_ms(20);
    CHECK(atomic_load(&fed.destroyed) == 0);
    atomic_store(&let_go, 1);
    WAIT_UNTIL(atomic_load(&fed.destroyed) == 1);
    CHECK(atomic_load(&fed.reads) == 1);
    tiro_client_free(client);
}

/* A cancel_all that has not waited forgets nobody: the next one waits for those that are left. */
static void cancel_all_twice(void)
{
    tiro_client *client = scripted(NEVER_READY);
    for (int i = 0; i < rounds(50); i++) {
        tiro_op *ops[40];
        for (int j = 0; j < 40; j++)
            ops[j] = pending(client);
        tiro_status first = tiro_client_cancel_all(client, 0, NULL);
        CHECK(first == TIRO_OK || first == TIRO_PENDING);
        CHECK_OK(tiro_client_cancel_all(client, -1, NULL));
        for (int j = 0; j < 40; j++)
            CHECK_STATUS(tiro_op_join(ops[j], 0, NULL), TIRO_E_CANCELLED);
    }
    tiro_client_free(client);
}

int main(int argc, char **argv)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec;
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    RUN(a_thousand_at_random_points);
    RUN(while_a_read_blocks);
    RUN(cancel_all_twice);
    return 0;
}

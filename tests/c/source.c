/*
 * Sources whose functions misbehave: other sizes than declared, failures, more than there was room for, a second read
 * without a rewind. Each is TIRO_E_SOURCE of the operation, and nothing wrong is ever taken for a recording.
 */
#include "check.h"

struct feed {
    int64_t gives;    /* bytes in all */
    int64_t declares; /* what size says */
    int64_t piece;    /* bytes a read */
    int64_t result;   /* what a read returns in the end instead of 0 */
    int32_t rewinds_with;
    int64_t given;
    atomic_int reads, rewinds, destroyed, inside;
};

static int64_t on_read(void *data, void *buf, size_t cap)
{
    struct feed *feed = data;
    CHECK(atomic_fetch_add(&feed->inside, 1) == 0); /* one call at a time */
    CHECK(atomic_load(&feed->destroyed) == 0);
    atomic_fetch_add(&feed->reads, 1);
    int64_t count = feed->gives - feed->given < feed->piece ? feed->gives - feed->given : feed->piece;
    CHECK(cap >= 100 && count <= 100);
    memset(buf, 'x', (size_t)count);
    feed->given += count;
    atomic_fetch_sub(&feed->inside, 1);
    return count > 0 ? count : feed->result;
}

static int32_t on_rewind(void *data)
{
    struct feed *feed = data;
    atomic_fetch_add(&feed->rewinds, 1);
    feed->given = 0;
    return feed->rewinds_with;
}

static int64_t on_size(void *data)
{
    return ((struct feed *)data)->declares;
}

static void on_destroy(void *data)
{
    atomic_fetch_add(&((struct feed *)data)->destroyed, 1);
}

static tiro_source *source_of(struct feed *feed, tiro_rewind_fn rewind, tiro_size_fn size)
{
    tiro_source *source = NULL;
    CHECK_OK(tiro_source_from_callbacks(on_read, rewind, size, feed, on_destroy, "a.wav", &source, NULL));
    return source;
}

/* Uploads it; gives the status, and checks that a recording has all its bytes. */
static tiro_status upload_source(tiro_client *client, tiro_source *source, int64_t bytes)
{
    tiro_op *op = NULL;
    tiro_recording *recording = NULL;
    tiro_error *err = NULL;
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    tiro_status status = tiro_op_join_recording(op, -1, &recording, &err);
    CHECK((status == TIRO_OK) == (recording != NULL));
    if (recording)
        CHECK(tiro_recording_size(recording) == (uint64_t)bytes);
    else
        CHECK(tiro_error_message(err, NULL)[0] != '\0');
    tiro_recording_free(recording);
    tiro_error_free(err);
    return status;
}

static void sizes_that_are_not_as_declared(void)
{
    static const struct {
        int64_t gives, declares;
        int with_size;
        tiro_status wanted;
    } cases[] = {
        {1000, 1000, 1, TIRO_OK},          {0, 0, 1, TIRO_OK},
        {1000, 0, 0, TIRO_OK},             {0, 0, 0, TIRO_OK},
        {1000, -1, 1, TIRO_OK},            {1000, INT64_MIN, 1, TIRO_OK},
        {1001, 1000, 1, TIRO_E_SOURCE},    {999, 1000, 1, TIRO_E_SOURCE},
        {0, 1, 1, TIRO_E_SOURCE},          {1, 0, 1, TIRO_E_SOURCE},
        {1000, INT64_MAX, 1, TIRO_E_SOURCE},
    };
    tiro_client *client = scripted(NULL);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct feed feed = {.gives = cases[c].gives, .declares = cases[c].declares, .piece = 100};
        tiro_source *source = source_of(&feed, NULL, cases[c].with_size ? on_size : NULL);
        CHECK_STATUS(upload_source(client, source, cases[c].gives), cases[c].wanted);
        tiro_source_free(source);
        WAIT_UNTIL(atomic_load(&feed.destroyed) == 1);
    }
    /* What failed did not become a recording. */
    tiro_op *op = NULL;
    tiro_page *page = NULL;
    CHECK_OK(tiro_client_recordings(client, 0, 100, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_page(op, -1, &page, NULL));
    CHECK(tiro_page_count(page) == 6 && tiro_page_total(page) == 6);
    tiro_page_free(page);
    tiro_client_free(client);
}

static void reads_that_fail(void)
{
    tiro_client *client = scripted(NULL);
    static const int64_t results[] = {-1, INT64_MIN, -1000};
    for (int r = 0; r < 3; r++) {
        struct feed feed = {.gives = 500, .piece = 100, .result = results[r]};
        tiro_source *source = source_of(&feed, NULL, NULL);
        CHECK_STATUS(upload_source(client, source, 0), TIRO_E_SOURCE);
        CHECK(atomic_load(&feed.reads) == 6); /* no read after the one that failed */
        tiro_source_free(source);
        WAIT_UNTIL(atomic_load(&feed.destroyed) == 1);
    }
    tiro_client_free(client);
}

static int64_t too_much(void *data, void *buf, size_t cap)
{
    memset(buf, 'x', cap);
    return *(int64_t *)data ? *(int64_t *)data : (int64_t)cap + 1;
}

/* More than there was room for: the library takes none of it. */
static void reads_that_claim_too_much(void)
{
    tiro_client *client = scripted(NULL);
    int64_t claims[] = {0, INT64_MAX, 1 << 30};
    for (int c = 0; c < 3; c++) {
        tiro_source *source = NULL;
        CHECK_OK(tiro_source_from_callbacks(too_much, NULL, NULL, &claims[c], NULL, NULL, &source, NULL));
        CHECK_STATUS(upload_source(client, source, 0), TIRO_E_SOURCE);
        tiro_source_free(source);
    }
    tiro_client_free(client);
}

static void used_twice(void)
{
    tiro_client *client = scripted(NULL);
    struct feed feed = {.gives = 300, .piece = 100};
    tiro_source *once = source_of(&feed, NULL, NULL);
    CHECK_OK(upload_source(client, once, 300));
    CHECK_STATUS(upload_source(client, once, 300), TIRO_E_SOURCE); /* there is no way back */
    CHECK_STATUS(upload_source(client, once, 300), TIRO_E_SOURCE);
    CHECK(atomic_load(&feed.reads) == 4);
    tiro_source_free(once);

    struct feed again = {.gives = 300, .piece = 100};
    tiro_source *rewinds = source_of(&again, on_rewind, NULL);
    for (int i = 0; i < 5; i++)
        CHECK_OK(upload_source(client, rewinds, 300));
    CHECK(atomic_load(&again.rewinds) == 4); /* none before the first read */
    tiro_source_free(rewinds);

    struct feed stuck = {.gives = 300, .piece = 100, .rewinds_with = 1};
    tiro_source *cannot = source_of(&stuck, on_rewind, NULL);
    CHECK_OK(upload_source(client, cannot, 300));
    CHECK_STATUS(upload_source(client, cannot, 300), TIRO_E_SOURCE);
    tiro_source_free(cannot);

    tiro_source *bytes = bytes_source();
    for (int i = 0; i < 5; i++)
        CHECK_OK(upload_source(client, bytes, 5));
    tiro_source_free(bytes);
    tiro_client_free(client);
    CHECK_OK(tiro_shutdown(-1, NULL)); /* before the feeds go */
}

static atomic_int let_go, reading;

static int64_t blocked_read(void *data, void *buf, size_t cap)
{
    (void)data, (void)buf, (void)cap;
    atomic_store(&reading, 1);
    WAIT_UNTIL(atomic_load(&let_go));
    return 0;
}

static void used_by_two_at_once(void)
{
    tiro_client *client = scripted(NULL), *other = scripted(NULL);
    tiro_source *source = NULL;
    tiro_op *op = NULL, *second = NULL;
    tiro_error *err = NULL;
    CHECK_OK(tiro_source_from_callbacks(blocked_read, on_rewind, NULL, &(struct feed){0}, NULL, NULL, &source, NULL));
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    WAIT_UNTIL(atomic_load(&reading));
    CHECK_STATUS(tiro_client_upload(client, source, NULL, &second, &err), TIRO_E_STATE);
    CHECK(second == NULL && tiro_error_code(err) == TIRO_E_STATE);
    tiro_error_free(err);
    CHECK_STATUS(tiro_client_transcribe(other, source, NULL, &second, NULL), TIRO_E_STATE);
    /* Cancelled, the operation is done, but the read is not: until then the source is in use. */
    CHECK_OK(tiro_op_cancel(op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_CANCELLED);
    CHECK_STATUS(tiro_client_upload(client, source, NULL, &second, NULL), TIRO_E_STATE);
    atomic_store(&let_go, 1);
    WAIT_UNTIL(tiro_client_upload(client, source, NULL, &second, NULL) == TIRO_OK);
    CHECK_OK(tiro_op_join(second, -1, NULL));
    tiro_source_free(source);
    tiro_client_free(client);
    tiro_client_free(other);
}

/* A source freed by one thread while others start operations with it. */
static tiro_source *shared;
static tiro_client *shared_client;

static void *use_shared(void *data)
{
    pthread_barrier_wait(data);
    tiro_op *op = NULL;
    tiro_status status = tiro_client_upload(shared_client, shared, NULL, &op, NULL);
    CHECK(status == TIRO_OK || status == TIRO_E_STATE || status == TIRO_E_HANDLE);
    if (status == TIRO_OK)
        CHECK_OK(tiro_op_join(op, -1, NULL));
    return NULL;
}

static void freed_while_others_start(void)
{
    shared_client = scripted(NULL);
    for (int i = 0; i < rounds(300); i++) {
        atomic_int destroyed = 0;
        pthread_barrier_t barrier;
        CHECK(pthread_barrier_init(&barrier, NULL, 3) == 0);
        CHECK_OK(tiro_source_from_bytes("bytes", 5, &destroyed, count_up, NULL, &shared, NULL));
        pthread_t threads[2];
        for (int t = 0; t < 2; t++)
            threads[t] = start_thread(use_shared, &barrier);
        pthread_barrier_wait(&barrier);
        tiro_source_free(shared);
        for (int t = 0; t < 2; t++)
            end_thread(threads[t]);
        WAIT_UNTIL(atomic_load(&destroyed) == 1);
        CHECK(pthread_barrier_destroy(&barrier) == 0);
    }
    tiro_client_free(shared_client);
}

/* Borrowed bytes are read where they are; without a destroy they are copied, and may change at once. */
static void bytes_borrowed_and_copied(void)
{
    tiro_client *client = scripted(NULL);
    char *bytes = malloc(1 << 20);
    CHECK(bytes != NULL);
    memset(bytes, 'x', 1 << 20);
    tiro_source *source = NULL;
    CHECK_OK(tiro_source_from_bytes(bytes, 1 << 20, NULL, NULL, "a.wav", &source, NULL));
    memset(bytes, 0, 1 << 20);
    free(bytes); /* a tool that watches memory would tell if this were read */
    CHECK_OK(upload_source(client, source, 1 << 20));
    tiro_source_free(source);
    bytes = malloc(1 << 20);
    CHECK(bytes != NULL);
    memset(bytes, 'x', 1 << 20);
    CHECK_OK(tiro_source_from_bytes(bytes, 1 << 20, bytes, free, "a.wav", &source, NULL));
    CHECK_OK(upload_source(client, source, 1 << 20));
    tiro_source_free(source);
    CHECK_OK(tiro_source_from_bytes(NULL, 0, NULL, NULL, NULL, &source, NULL));
    CHECK_OK(upload_source(client, source, 0));
    tiro_source_free(source);
    tiro_client_free(client);
    CHECK_OK(tiro_shutdown(-1, NULL));
}

int main(void)
{
    RUN(sizes_that_are_not_as_declared);
    RUN(reads_that_fail);
    RUN(reads_that_claim_too_much);
    RUN(used_twice);
    RUN(used_by_two_at_once);
    RUN(freed_while_others_start);
    RUN(bytes_borrowed_and_copied);
    return 0;
}

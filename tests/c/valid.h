/*
 * For the generated program: valid arguments for every function of the header, made anew for each call, so that the one
 * argument that is wrong is the only reason for what comes back.
 */
#ifndef VALID_H
#define VALID_H

#include "check.h"

enum result { RECORDING, PAGE, TRANSCRIPT, DOCUMENT, LOGIN, ORDER, EVENTS };

struct valid {
    /* inputs */
    tiro_options *options, *call, *accounts;
    tiro_client *client, *remote, *charging;
    tiro_op *op;
    tiro_queue *queue;
    tiro_source *source;
    tiro_error *error;
    tiro_recording *recording;
    tiro_page *page;
    tiro_transcript *transcript;
    tiro_login *login;
    tiro_document *document;
    tiro_service_event *service_event;
    tiro_order *order;
    char id[64];
    const char *ids[1];
    const char *path;
    int fd;
    /* outputs */
    tiro_client *new_client;
    tiro_op *new_op;
    tiro_queue *new_queue;
    tiro_source *new_source;
    tiro_recording *new_recording;
    tiro_page *new_page;
    tiro_transcript *new_transcript;
    tiro_login *new_login;
    tiro_document *new_document;
    tiro_service_event *new_service_event;
    tiro_order *new_order;
    tiro_error *err;
    void *tag;
    char buf[65536];
    size_t need, len, count, stride;
    int32_t kind, fd_out, phase;
    uint64_t done, total;
    tiro_status status;
    tiro_match matches[4];
    struct ArrowSchema schema;
    struct ArrowArray array;
    atomic_int destroyed;
};

/* Documents that can be read. */
#define VALID_JSON "{\"format\": \"tiro.transcript\", \"version\": 1, \"segments\": []}"
#define VALID_SRT "1\n00:00:00,000 --> 00:00:01,000\nA word.\n"
#define VALID_VTT "WEBVTT\n\n00:00.000 --> 00:01.000\nA word.\n"
#define VALID_SEGMENTS "{\"segments\": []}"

/* Two events: one for the handle, one to be taken. And what is ordered. */
#define VALID_SCRIPT \
    "{\"events\": [{\"kind\": \"recording_changed\", \"recording_id\": \"scripted-1\"}," \
    "{\"kind\": \"export_completed\", \"recording_id\": \"scripted-1\", \"detail\": {\"fileId\": \"7\"}}]," \
    "\"orders\": {\"prices\": [\"5.00 USD\"]}}"

/* What a variable holds before a call that has to blank it. */
#define GARBAGE 77

static inline void valid_log(void *data, int32_t level, const char *target, const char *message)
{
    (void)data, (void)level, (void)target, (void)message;
}

static inline int64_t valid_token(void *data, const char *refused, char *buf, size_t cap)
{
    (void)data, (void)refused, (void)cap;
    buf[0] = 't';
    return 1;
}

static inline void valid_done(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op, (void)status;
}

static inline void valid_wakeup(void *data, tiro_queue *queue)
{
    (void)data, (void)queue;
}

static inline int64_t valid_read(void *data, void *buf, size_t cap)
{
    (void)data, (void)buf, (void)cap;
    return 0;
}

static inline int32_t valid_write(void *data, const void *bytes, size_t size)
{
    (void)data, (void)bytes, (void)size;
    return 0;
}

static inline int32_t valid_rewind(void *data)
{
    (void)data;
    return 0;
}

static inline int64_t valid_size(void *data)
{
    (void)data;
    return 0;
}

static inline void valid_destroy(void *data)
{
    atomic_fetch_add(&((struct valid *)data)->destroyed, 1);
}

static inline void valid_make(struct valid *v, enum result result)
{
    memset(v, 0, sizeof *v);
    v->path = "valid.toml";
    v->fd = open(v->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CHECK(v->fd >= 0 && pwrite(v->fd, "[default]\nlanguage = \"en\"\n", 26, 0) == 26);

    v->options = tiro_options_new();
    v->call = tiro_options_new();
    v->accounts = unserved_options();
    CHECK_OK(tiro_options_set(v->options, TIRO_OPT_SERVICE, "scripted", NULL));
    CHECK_OK(tiro_options_set(v->options, TIRO_OPT_SCRIPT, VALID_SCRIPT, NULL));
    CHECK(tiro_options_set(v->options, "no such key", "x", &v->error) == TIRO_E_OPTION);
    CHECK_OK(tiro_client_new(v->options, &v->client, NULL));
    CHECK_OK(tiro_queue_new(&v->queue, NULL));
    v->source = bytes_source();

    tiro_op *op = upload(v->client);
    CHECK_OK(tiro_op_join_recording(op, -1, &v->recording, NULL));
    snprintf(v->id, sizeof v->id, "%s", tiro_recording_id(v->recording, NULL));
    v->ids[0] = v->id;
    CHECK_OK(tiro_client_create_order(v->client, v->ids, 1, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_order(op, -1, &v->order, NULL));
    CHECK_OK(tiro_client_recordings(v->client, 0, 10, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_page(op, -1, &v->page, NULL));
    CHECK_OK(tiro_client_transcript(v->client, v->id, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_transcript(op, -1, &v->transcript, NULL));
    v->remote = unserved();
    v->charging = unserved_charging();
    CHECK_OK(tiro_client_endpoints(v->remote, &v->document, NULL));
    CHECK_OK(tiro_client_login_begin(v->remote, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_login(op, -1, &v->login, NULL));
    tiro_op *events = NULL;
    CHECK_OK(tiro_client_events(v->client, NULL, &events, NULL));
    CHECK_OK(tiro_op_take_event(events, -1, &v->service_event, NULL));

    if (result == RECORDING)
        CHECK_OK(tiro_client_recording(v->client, v->id, NULL, &v->op, NULL));
    else if (result == PAGE)
        CHECK_OK(tiro_client_recordings(v->client, 0, 10, NULL, &v->op, NULL));
    else if (result == TRANSCRIPT)
        CHECK_OK(tiro_client_transcript(v->client, v->id, NULL, &v->op, NULL));
    else if (result == DOCUMENT)
        CHECK_OK(tiro_client_export(v->client, v->id, "txt", NULL, &v->op, NULL));
    else if (result == LOGIN)
        CHECK_OK(tiro_client_login_begin(v->remote, NULL, &v->op, NULL));
    else if (result == ORDER)
        CHECK_OK(tiro_client_order(v->client, tiro_order_id(v->order, NULL), NULL, &v->op, NULL));
    if (result == EVENTS) {
        v->op = events; /* it never ends */
    } else {
        tiro_op_free(events);
        CHECK_OK(tiro_op_wait(v->op, -1, NULL));
    }

    v->need = v->len = v->count = v->stride = GARBAGE;
    v->kind = v->fd_out = v->phase = GARBAGE;
    v->tag = v;
    /* Never used as what they are: a call has to overwrite them. */
    memset(&v->new_client, GARBAGE, sizeof v->new_client);
    memset(&v->new_op, GARBAGE, sizeof v->new_op);
    memset(&v->new_queue, GARBAGE, sizeof v->new_queue);
    memset(&v->new_source, GARBAGE, sizeof v->new_source);
    memset(&v->new_recording, GARBAGE, sizeof v->new_recording);
    memset(&v->new_page, GARBAGE, sizeof v->new_page);
    memset(&v->new_transcript, GARBAGE, sizeof v->new_transcript);
    memset(&v->new_login, GARBAGE, sizeof v->new_login);
    memset(&v->new_document, GARBAGE, sizeof v->new_document);
    memset(&v->new_service_event, GARBAGE, sizeof v->new_service_event);
    memset(&v->new_order, GARBAGE, sizeof v->new_order);
    memset(&v->err, GARBAGE, sizeof v->err);
}

/* Frees everything; every handle must have been one that this knows of. */
static inline void valid_end(struct valid *v, int destroyed)
{
    CHECK_OK(tiro_log_set(NULL, NULL, NULL, 0, NULL));
    tiro_options_free(v->options);
    tiro_options_free(v->call);
    tiro_options_free(v->accounts);
    tiro_client_free(v->client);
    tiro_client_free(v->remote);
    tiro_client_free(v->charging);
    tiro_op_free(v->op);
    tiro_queue_free(v->queue);
    tiro_source_free(v->source);
    tiro_error_free(v->error);
    tiro_recording_free(v->recording);
    tiro_page_free(v->page);
    tiro_transcript_free(v->transcript);
    tiro_login_free(v->login);
    tiro_document_free(v->document);
    tiro_service_event_free(v->service_event);
    tiro_order_free(v->order);
    /* A failed call blanked these, a call that never saw them left them as they were: neither is a handle. */
    tiro_client_free(v->new_client);
    tiro_op_free(v->new_op);
    tiro_queue_free(v->new_queue);
    tiro_source_free(v->new_source);
    tiro_recording_free(v->new_recording);
    tiro_page_free(v->new_page);
    tiro_transcript_free(v->new_transcript);
    tiro_login_free(v->new_login);
    tiro_document_free(v->new_document);
    tiro_service_event_free(v->new_service_event);
    tiro_order_free(v->new_order);
    tiro_error_free(v->err);
    if (v->schema.release != NULL)
        v->schema.release(&v->schema);
    if (v->array.release != NULL)
        v->array.release(&v->array);
    close(v->fd);
    WAIT_UNTIL(atomic_load(&v->destroyed) >= destroyed);
    CHECK(atomic_load(&v->destroyed) == destroyed);
}

/* After a call that failed: the error is there and says the same as the status. */
static inline void valid_failed(struct valid *v, const char *call, tiro_status got, tiro_status wanted)
{
    check_status(call, 0, call, got, wanted);
    CHECK(tiro_error_code(v->err) == wanted);
    size_t len = 0;
    CHECK(tiro_error_message(v->err, &len)[0] != '\0' && len > 0);
}

/* Handles that are none: of each kind one that was freed, and values out of the air. */
static inline int made_up(struct valid *v, void **values)
{
    uint64_t seed = 1;
    int count = 0;
    values[count++] = (void *)(uintptr_t)1;
    values[count++] = (void *)UINTPTR_MAX;
    values[count++] = &count;        /* an address of this stack */
    values[count++] = v;             /* an address of the caller's */
    values[count++] = (void *)v->id; /* one that is not even aligned, most likely */
    for (int i = 0; i < 8; i++)
        values[count++] = (void *)(uintptr_t)next_random(&seed);
    return count;
}

#endif

/*
 * A panic inside the library, told by the script, comes back as TIRO_E_PANIC: from the call, or from the operation.
 * Nothing is printed, and the library works on.
 */
#include "check.h"

static void check_panic(tiro_status status, tiro_error **err)
{
    CHECK_STATUS(status, TIRO_E_PANIC);
    CHECK(tiro_error_code(*err) == TIRO_E_PANIC);
    CHECK(tiro_error_message(*err, NULL)[0] != '\0');
    CHECK(!tiro_error_is_retriable(*err));
    tiro_error_free(*err);
}

static void of_making_a_client(void)
{
    for (int i = 0; i < 100; i++) {
        tiro_options *options = tiro_options_new();
        tiro_client *client = (tiro_client *)options;
        tiro_error *err = NULL;
        CHECK_OK(tiro_options_set(options, TIRO_OPT_SERVICE, "scripted", NULL));
        CHECK_OK(tiro_options_set(options, TIRO_OPT_SCRIPT, "{\"panic\": \"open\"}", NULL));
        check_panic(tiro_client_new(options, &client, &err), &err);
        CHECK(client == NULL);
        CHECK_STATUS(tiro_client_new(options, &client, NULL), TIRO_E_PANIC);
        tiro_options_free(options);
    }
}

/* The recording is there; whatever is asked about it panics. */
static tiro_op *start(tiro_client *client, const char *verb)
{
    tiro_op *op = NULL;
    if (strcmp(verb, "upload") == 0)
        return upload(client);
    if (strcmp(verb, "recording") == 0)
        CHECK_OK(tiro_client_recording(client, "scripted-1", NULL, &op, NULL));
    else if (strcmp(verb, "recordings") == 0)
        CHECK_OK(tiro_client_recordings(client, 0, 10, NULL, &op, NULL));
    else if (strcmp(verb, "wait") == 0)
        CHECK_OK(tiro_client_wait(client, "scripted-1", NULL, &op, NULL));
    else if (strcmp(verb, "transcript") == 0)
        CHECK_OK(tiro_client_transcript(client, "scripted-1", NULL, &op, NULL));
    else
        CHECK_OK(tiro_client_delete(client, "scripted-1", NULL, &op, NULL));
    return op;
}

struct done {
    atomic_int destroyed;
    tiro_status status;
};

static void keep_status(void *data, tiro_op *op, tiro_status status)
{
    (void)op;
    ((struct done *)data)->status = status;
}

static void of_every_verb(void)
{
    static const char *const verbs[] = {"upload", "recording", "recordings", "wait", "transcript", "delete"};
    for (size_t v = 0; v < sizeof verbs / sizeof verbs[0]; v++) {
        char script[64];
        snprintf(script, sizeof script, "{\"panic\": \"%s\"}", verbs[v]);
        tiro_client *client = scripted(script);
        for (int i = 0; i < rounds(50); i++) {
            struct done done = {.status = 99};
            tiro_error *err = NULL;
            tiro_op *op = start(client, verbs[v]);
            CHECK_OK(tiro_op_on_done(op, keep_status, &done, count_up, NULL));
            check_panic(tiro_op_wait(op, -1, &err), &err);
            check_panic(tiro_op_join(op, -1, &err), &err);
            WAIT_UNTIL(atomic_load(&done.destroyed) == 1);
            CHECK_STATUS(done.status, TIRO_E_PANIC);
        }
        /* The client and its worker threads are as good as before: a panic costs one operation. */
        if (strcmp(verbs[v], "recordings") != 0) {
            tiro_op *op = start(client, "recordings");
            CHECK_OK(tiro_op_join(op, -1, NULL));
        }
        tiro_client_free(client);
    }
}

static void of_a_part_of_the_whole_job(void)
{
    static const char *const parts[] = {"upload", "wait", "transcript"};
    for (size_t p = 0; p < sizeof parts / sizeof parts[0]; p++) {
        char script[64];
        snprintf(script, sizeof script, "{\"panic\": \"%s\"}", parts[p]);
        tiro_client *client = scripted(script);
        tiro_transcript *transcript = NULL;
        tiro_error *err = NULL;
        atomic_int destroyed = 0;
        tiro_source *source = NULL;
        CHECK_OK(tiro_source_from_bytes("bytes", 5, &destroyed, count_up, NULL, &source, NULL));
        tiro_op *op = NULL;
        CHECK_OK(tiro_client_transcribe(client, source, NULL, &op, NULL));
        check_panic(tiro_op_join_transcript(op, -1, &transcript, &err), &err);
        CHECK(transcript == NULL);
        /* The operation that panicked gave the source back. */
        tiro_op *again = NULL;
        WAIT_UNTIL(tiro_client_upload(client, source, NULL, &again, NULL) == TIRO_OK);
        tiro_op_join(again, -1, NULL);
        tiro_source_free(source);
        WAIT_UNTIL(atomic_load(&destroyed) == 1);
        tiro_client_free(client);
    }
}

/* Many at once: no thread of the library is lost to a panic. */
static void of_a_thousand_operations(void)
{
    tiro_client *client = scripted("{\"panic\": \"upload\"}");
    int count = rounds(1000);
    tiro_op **ops = calloc((size_t)count, sizeof *ops);
    CHECK(ops != NULL);
    for (int i = 0; i < count; i++)
        ops[i] = upload(client);
    for (int i = 0; i < count; i++)
        CHECK_STATUS(tiro_op_join(ops[i], -1, NULL), TIRO_E_PANIC);
    free(ops);
    tiro_client_free(client);
    client = scripted(NULL);
    join_transcript(transcribe(client));
    tiro_client_free(client);
}

int main(void)
{
    RUN(of_making_a_client);
    RUN(of_every_verb);
    RUN(of_a_part_of_the_whole_job);
    RUN(of_a_thousand_operations);
    return 0;
}

/* Jobs with a journal, and what is left of them where they stop. */
#include "check.h"

static tiro_options *options_of(const char *const pairs[][2], size_t count)
{
    tiro_options *options = tiro_options_new();
    for (size_t at = 0; at < count; at++)
        CHECK_OK(tiro_options_set(options, pairs[at][0], pairs[at][1], NULL));
    return options;
}

static tiro_client *with_journal(const char *script)
{
    const char *const pairs[][2] = {
        {TIRO_OPT_SERVICE, "scripted"},
        {TIRO_OPT_SCRIPT, script},
        {TIRO_OPT_JOURNAL, "jobs.db"},
    };
    tiro_options *options = options_of(pairs, 3);
    tiro_client *client = NULL;
    CHECK_OK(tiro_client_new(options, &client, NULL));
    tiro_options_free(options);
    return client;
}

static tiro_options *impatient(void)
{
    const char *const pairs[][2] = {{TIRO_OPT_WAIT_TIMEOUT_MS, "50"}};
    return options_of(pairs, 1);
}

static tiro_source *talk(const char *content)
{
    tiro_source *source = NULL;
    CHECK_OK(tiro_source_from_bytes(content, strlen(content), NULL, NULL, "talk.wav", &source, NULL));
    return source;
}

/* The document of an operation, as the caller's text. */
static char *json_of(tiro_op *op)
{
    tiro_document *document = NULL;
    CHECK_OK(tiro_op_join_document(op, -1, &document, NULL));
    size_t len = 0;
    const char *text = tiro_document_text(document, &len);
    char *copy = malloc(len + 1);
    CHECK(copy != NULL);
    memcpy(copy, text, len + 1);
    tiro_document_free(document);
    return copy;
}

static char *jobs(tiro_client *client)
{
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_jobs(client, NULL, &op, NULL));
    return json_of(op);
}

/* Starts a job that stops as its recording never gets ready; gives its id. */
static void stop_one(tiro_client *client, tiro_source *source, char *id, size_t cap)
{
    tiro_options *call = impatient();
    tiro_op *op = NULL;
    tiro_error *err = NULL;
    tiro_transcript *transcript = NULL;
    size_t need = 0;
    CHECK_OK(tiro_client_transcribe(client, source, call, &op, NULL));
    CHECK_STATUS(tiro_op_join_transcript(op, -1, &transcript, &err), TIRO_E_TIMEOUT);
    CHECK_OK(tiro_error_copy(err, TIRO_ERROR_JOB_ID, id, cap, &need, NULL));
    CHECK(need > 1);
    tiro_error_free(err);
    tiro_options_free(call);
}

static void a_job_that_stopped_is_listed_resumed_and_forgotten(void)
{
    tiro_client *client = with_journal(NEVER_READY);
    tiro_source *source = talk("some talk");
    tiro_options *call = impatient();
    tiro_op *op = NULL;
    tiro_error *err = NULL;
    char id[64], again[64];
    stop_one(client, source, id, sizeof id);
    stop_one(client, source, again, sizeof again);
    CHECK(strcmp(id, again) == 0);

    char *listed = jobs(client);
    CHECK(strstr(listed, id) && strstr(listed, "\"state\":\"stopped\"") && strstr(listed, "\"step\":\"uploaded\""));
    CHECK(strstr(listed, "\"error\":\"TIRO_E_TIMEOUT\"") && strstr(listed, "\"name\":\"talk.wav\""));
    free(listed);

    CHECK_OK(tiro_client_resume(client, id, NULL, call, &op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, &err), TIRO_E_TIMEOUT);
    CHECK(strcmp(tiro_error_job_id(err, NULL), id) == 0 && tiro_error_recording_id(err, NULL)[0] != '\0');
    tiro_error_free(err);

    CHECK_OK(tiro_client_resume_all(client, call, &op, NULL));
    char *outcomes = json_of(op);
    CHECK(strstr(outcomes, id) && strstr(outcomes, "\"error\":\"TIRO_E_TIMEOUT\""));
    free(outcomes);

    CHECK_OK(tiro_client_forget(client, id, NULL, &op, NULL));
    CHECK_OK(tiro_op_join(op, -1, NULL));
    listed = jobs(client);
    CHECK(strcmp(listed, "[]") == 0);
    free(listed);
    CHECK_OK(tiro_client_resume(client, id, NULL, NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_NOT_FOUND);
    CHECK_OK(tiro_client_forget(client, id, NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_NOT_FOUND);
    tiro_options_free(call);
    tiro_source_free(source);
    tiro_client_free(client);
}

static void a_job_that_is_done_is_the_same_job(void)
{
    tiro_client *client = with_journal("{}");
    tiro_source *source = talk("another talk");
    tiro_transcript *first = NULL, *second = NULL;
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_transcribe(client, source, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_transcript(op, -1, &first, NULL));
    CHECK_OK(tiro_client_transcribe(client, source, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_transcript(op, -1, &second, NULL));
    CHECK(strcmp(tiro_transcript_recording_id(first, NULL), tiro_transcript_recording_id(second, NULL)) == 0);
    char *listed = jobs(client);
    CHECK(strstr(listed, "\"state\":\"ready\"") && !strstr(listed, "},{"));
    free(listed);
    tiro_transcript_free(first);
    tiro_transcript_free(second);
    tiro_source_free(source);
    tiro_client_free(client);
}

static void what_is_no_job_is_refused(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = NULL;
    CHECK_STATUS(tiro_client_resume(client, "", NULL, NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_client_resume(client, NULL, NULL, NULL, &op, NULL), TIRO_E_NULL);
    CHECK_STATUS(tiro_client_forget(client, "\n", NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_client_resume(client, "x", (tiro_source *)client, NULL, &op, NULL), TIRO_E_HANDLE);
    CHECK_STATUS(tiro_client_jobs(NULL, NULL, &op, NULL), TIRO_E_NULL);
    CHECK_STATUS(tiro_client_resume_all(NULL, NULL, &op, NULL), TIRO_E_NULL);
    char *listed = jobs(client);
    CHECK(strcmp(listed, "[]") == 0);
    free(listed);
    tiro_client_free(client);
}

static void without_a_journal_the_same_client_goes_on(void)
{
    tiro_client *client = scripted(NEVER_READY), *other = scripted(NEVER_READY);
    tiro_source *source = talk("some talk");
    char id[64], second[64];
    stop_one(client, source, id, sizeof id);
    stop_one(client, source, second, sizeof second);
    CHECK(strcmp(id, second) != 0);
    char *listed = jobs(client), *none = jobs(other);
    CHECK(strstr(listed, id) && strstr(listed, second) && strcmp(none, "[]") == 0);
    free(listed);
    free(none);
    tiro_source_free(source);
    tiro_client_free(client);
    tiro_client_free(other);
}

int main(void)
{
    RUN(a_job_that_stopped_is_listed_resumed_and_forgotten);
    RUN(a_job_that_is_done_is_the_same_job);
    RUN(what_is_no_job_is_refused);
    RUN(without_a_journal_the_same_client_goes_on);
    return 0;
}

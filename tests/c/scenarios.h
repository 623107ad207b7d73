/*
 * What the programs of GoSpeech's three integration scenarios share: a client of what the environment names, and each
 * verb as one line. A case is one numbered step of a scenario.
 */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include "check.h"

static const char recording_file[] = "talk.wav";

/* Whoever runs these programs looks through all that they say for secrets. */
static inline void tell(void *data, int32_t level, const char *target, const char *message)
{
    (void)data;
    fprintf(stderr, "%d %s: %s\n", level, target, message);
}

static inline tiro_client *client_of_environment(void)
{
    tiro_error *err = NULL;
    DONE(tiro_log_set(tell, NULL, NULL, TIRO_LOG_DEBUG, &err));
    tiro_client *client = NULL;
    tiro_options *options = tiro_options_new();
    DONE(tiro_options_load_environment(options, &err));
    DONE(tiro_options_set(options, TIRO_OPT_SERVICE, "gospeech", &err));
    DONE(tiro_client_new(options, &client, &err));
    tiro_options_free(options);
    return client;
}

static inline void write_recording(void)
{
    FILE *file = fopen(recording_file, "wb");
    CHECK(file != NULL);
    for (int i = 0; i < 300000; i++)
        fputc(i * 31 % 251, file);
    CHECK(fclose(file) == 0);
}

/* The id of the new recording, in a buffer of the caller's. */
static inline void upload_recording(tiro_client *client, char *id, size_t size)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_recording *recording = NULL;
    DONE(tiro_client_upload_file(client, recording_file, NULL, &op, &err));
    DONE(tiro_op_join_recording(op, 30000, &recording, &err));
    CHECK(strcmp(tiro_recording_name(recording, NULL), recording_file) == 0);
    snprintf(id, size, "%s", tiro_recording_id(recording, NULL));
    CHECK(*id != '\0');
    tiro_recording_free(recording);
}

static inline void wait_until_ready(tiro_client *client, const char *id)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_recording *recording = NULL;
    DONE(tiro_client_wait(client, id, NULL, &op, &err));
    DONE(tiro_op_join_recording(op, 60000, &recording, &err));
    CHECK(tiro_recording_status(recording) == TIRO_STATUS_READY);
    CHECK(strcmp(tiro_recording_raw_status(recording, NULL), "readyForCorrection") == 0);
    tiro_recording_free(recording);
}

/* Whether the list has a recording. */
static inline int is_listed(tiro_client *client, const char *id)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_page *page = NULL;
    int found = 0;
    DONE(tiro_client_recordings(client, 0, 100, NULL, &op, &err));
    DONE(tiro_op_join_page(op, 30000, &page, &err));
    for (uint64_t i = 0; i < tiro_page_count(page); i++) {
        tiro_recording *listed = NULL;
        DONE(tiro_page_recording(page, i, &listed, &err));
        found |= strcmp(tiro_recording_id(listed, NULL), id) == 0;
        tiro_recording_free(listed);
    }
    tiro_page_free(page);
    return found;
}

static inline void check_transcript(tiro_client *client, const char *id)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_transcript *transcript = NULL;
    DONE(tiro_client_transcript(client, id, NULL, &op, &err));
    DONE(tiro_op_join_transcript(op, 30000, &transcript, &err));
    CHECK(strstr(tiro_transcript_text(transcript, NULL), "written beforehand") != NULL);
    CHECK(strcmp(tiro_transcript_recording_id(transcript, NULL), id) == 0);
    tiro_transcript_free(transcript);
}

#endif

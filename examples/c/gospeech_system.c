/*
 * Scenario I, the whole system is one GoSpeech user: upload, list, follow, fetch in every format, delete.
 *
 *     cc gospeech_system.c $(pkg-config --cflags --libs tiro) -o gospeech_system
 *     ./gospeech_system talk.wav
 *
 * The account comes from the environment: TIRO_CLIENT_ID, TIRO_CLIENT_SECRET, TIRO_USERNAME; against the sandbox also
 * TIRO_AUTH_BASE_URL and TIRO_API_BASE_URL (docs/gospeech.md).
 */
#include <tiro.h>
#include <stdio.h>

/* A client of the account that the environment names. */
static tiro_status open_client(tiro_client **client, tiro_error **err)
{
    tiro_options *options = tiro_options_new();
    tiro_status status = tiro_options_load_environment(options, err);
    if (status == TIRO_OK)
        status = tiro_options_set(options, TIRO_OPT_SERVICE, "gospeech", err);
    if (status == TIRO_OK)
        status = tiro_client_new(options, client, err);
    tiro_options_free(options);
    return status;
}

static tiro_status upload(tiro_client *client, const char *path, tiro_recording **recording, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_status status = tiro_client_upload_file(client, path, NULL, &op, err);
    return status == TIRO_OK ? tiro_op_join_recording(op, -1, recording, err) : status;
}

static tiro_status list(tiro_client *client, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_page *page = NULL;
    tiro_status status = tiro_client_recordings(client, 0, 20, NULL, &op, err);
    if (status == TIRO_OK)
        status = tiro_op_join_page(op, -1, &page, err);
    for (size_t i = 0; i < tiro_page_count(page); i++) {
        tiro_recording *listed = NULL;
        if (tiro_page_recording(page, i, &listed, NULL) == TIRO_OK)
            printf("  %s  %s  %s\n", tiro_recording_id(listed, NULL), tiro_recording_raw_status(listed, NULL),
                   tiro_recording_name(listed, NULL));
        tiro_recording_free(listed);
    }
    tiro_page_free(page);
    return status;
}

static tiro_status wait_until_ready(tiro_client *client, const char *id, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_status status = tiro_client_wait(client, id, NULL, &op, err);
    return status == TIRO_OK ? tiro_op_join(op, -1, err) : status;
}

static tiro_status print_transcript(tiro_client *client, const char *id, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_transcript *transcript = NULL;
    tiro_status status = tiro_client_transcript(client, id, NULL, &op, err);
    if (status == TIRO_OK)
        status = tiro_op_join_transcript(op, -1, &transcript, err);
    if (status == TIRO_OK)
        puts(tiro_transcript_text(transcript, NULL));
    tiro_transcript_free(transcript);
    return status;
}

static tiro_status export_all(tiro_client *client, const char *id, const char *recording, tiro_error **err)
{
    static const char *const formats[] = {"txt", "docx", "pdf"};
    tiro_status status = TIRO_OK;
    for (size_t i = 0; status == TIRO_OK && i < sizeof formats / sizeof *formats; i++) {
        char path[4096];
        tiro_op *op = NULL;
        snprintf(path, sizeof path, "%s.%s", recording, formats[i]);
        status = tiro_client_export_to_path(client, id, formats[i], path, NULL, &op, err);
        if (status == TIRO_OK)
            status = tiro_op_join(op, -1, err);
        if (status == TIRO_OK)
            puts(path);
    }
    return status;
}

static tiro_status delete_recording(tiro_client *client, const char *id, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_status status = tiro_client_delete(client, id, NULL, &op, err);
    return status == TIRO_OK ? tiro_op_join(op, -1, err) : status;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "talk.wav";
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_recording *recording = NULL;

    int done = open_client(&client, &err) == TIRO_OK && upload(client, path, &recording, &err) == TIRO_OK;
    const char *id = tiro_recording_id(recording, NULL);
    if (done)
        printf("uploaded as %s\n", id);
    done = done && list(client, &err) == TIRO_OK && wait_until_ready(client, id, &err) == TIRO_OK &&
           print_transcript(client, id, &err) == TIRO_OK && export_all(client, id, path, &err) == TIRO_OK &&
           delete_recording(client, id, &err) == TIRO_OK;
    if (!done)
        fprintf(stderr, "%s\n%s\n", tiro_error_message(err, NULL), tiro_error_hint(err, NULL));
    tiro_recording_free(recording);
    tiro_client_free(client);
    tiro_error_free(err);
    return !done;
}

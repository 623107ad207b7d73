/*
 * Scenario II, end-users with accounts that the system manages: create one, upload as they, link to the record, remove.
 *
 *     cc gospeech_managed_users.c $(pkg-config --cflags --libs tiro) -o gospeech_managed_users
 *     ./gospeech_managed_users talk.wav anna@example.com
 *
 * The environment names the API client and, as templates, the vendor's web pages: TIRO_CLIENT_ID, TIRO_CLIENT_SECRET,
 * TIRO_GOSPEECH_LINK_RECORDING, TIRO_GOSPEECH_LINK_WORKLIST (docs/gospeech.md).
 */
#include <tiro.h>
#include <stdio.h>
#include <string.h>

/* A client of the API client that the environment names. */
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

/* The id of the new user is all that is needed of the answer, {"id":"...","email":"...","raw":"..."}. */
static tiro_status create_user(tiro_client *client, const char *email, char *id, size_t size, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_document *user = NULL;
    tiro_status status = tiro_client_create_managed_user(client, email, "Anna", "Example", NULL, NULL, NULL, &op, err);
    if (status == TIRO_OK)
        status = tiro_op_join_document(op, -1, &user, err);
    if (status == TIRO_OK) {
        const char *begin = strstr(tiro_document_text(user, NULL), "\"id\":\"");
        const char *end = begin ? strchr(begin + 6, '"') : NULL;
        snprintf(id, size, "%.*s", end ? (int)(end - begin - 6) : 0, begin ? begin + 6 : "");
    }
    tiro_document_free(user);
    return status;
}

static tiro_status transcribe(tiro_client *person, const char *path, tiro_transcript **transcript, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_status status = tiro_client_transcribe_file(person, path, NULL, &op, err);
    return status == TIRO_OK ? tiro_op_join_transcript(op, -1, transcript, err) : status;
}

static tiro_status print_links(tiro_client *person, const char *recording_id, tiro_error **err)
{
    char link[2048];
    size_t need = 0;
    tiro_status status = tiro_client_recording_link(person, recording_id, link, sizeof link, &need, err);
    if (status == TIRO_OK) {
        printf("open the record:   %s\n", link);
        status = tiro_client_worklist_link(person, link, sizeof link, &need, err);
    }
    if (status == TIRO_OK)
        printf("open the worklist: %s\n", link);
    return status;
}

static tiro_status delete_user(tiro_client *client, const char *id, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_status status = tiro_client_delete_managed_user(client, id, NULL, &op, err);
    return status == TIRO_OK ? tiro_op_join(op, -1, err) : status;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s recording email\n", argv[0]);
        return 2;
    }
    char id[256] = "";
    tiro_error *err = NULL;
    tiro_client *client = NULL, *person = NULL;
    tiro_transcript *transcript = NULL;

    int done = open_client(&client, &err) == TIRO_OK &&
               create_user(client, argv[2], id, sizeof id, &err) == TIRO_OK &&
               tiro_client_as_user(client, argv[2], &person, &err) == TIRO_OK &&
               transcribe(person, argv[1], &transcript, &err) == TIRO_OK;
    if (done)
        puts(tiro_transcript_text(transcript, NULL));
    done = done && print_links(person, tiro_transcript_recording_id(transcript, NULL), &err) == TIRO_OK;
    if (done) {
        puts("Enter removes the user again.");
        fflush(stdout);
        getchar();
        done = delete_user(client, id, &err) == TIRO_OK;
    }
    if (!done)
        fprintf(stderr, "%s\n%s\n", tiro_error_message(err, NULL), tiro_error_hint(err, NULL));
    tiro_transcript_free(transcript);
    tiro_client_free(person);
    tiro_client_free(client);
    tiro_error_free(err);
    return !done;
}

/*
 * Scenario III, a person with an account of their own: they log in at GoSpeech, and the upload that waited goes on.
 *
 *     cc gospeech_login.c $(pkg-config --cflags --libs tiro) -o gospeech_login
 *     ./gospeech_login talk.wav
 *
 * The environment names the API client: TIRO_CLIENT_ID and TIRO_REDIRECT_URI, which is on this machine with a port
 * (http://127.0.0.1:8765/callback) and registered with the client (docs/gospeech.md).
 */
#include <tiro.h>
#include <stdio.h>

/* A client that acts for nobody until somebody has logged in. */
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

/* Shows the person where to log in, and receives their browser. */
static tiro_status log_in(tiro_client *client, tiro_op *op, tiro_error **err)
{
    tiro_login *login = NULL;
    tiro_op *received = NULL;
    tiro_status status = tiro_op_login(op, &login, err);
    if (status == TIRO_OK) {
        printf("log in at %s\n", tiro_login_url(login, NULL));
        fflush(stdout);
        status = tiro_client_receive_login(client, login, NULL, &received, err);
    }
    if (status == TIRO_OK)
        status = tiro_op_join(received, -1, err);
    tiro_login_free(login);
    return status;
}

/* Waits for the transcript; a login that is asked for on the way is seen to. */
static tiro_status follow(tiro_client *client, tiro_op *op, tiro_transcript **transcript, tiro_error **err)
{
    for (int seen = 0;;) {
        tiro_status status = tiro_op_join_transcript(op, 200, transcript, err);
        if (status != TIRO_PENDING)
            return status;
        int32_t phase = 0;
        tiro_op_progress(op, &phase, NULL, NULL, NULL);
        if (phase == TIRO_PHASE_LOGIN_REQUIRED && !seen++) {
            status = log_in(client, op, err);
            if (status != TIRO_OK) {
                tiro_op_free(op);
                return status;
            }
        }
    }
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "talk.wav";
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_op *op = NULL;
    tiro_transcript *transcript = NULL;

    int done = open_client(&client, &err) == TIRO_OK &&
               tiro_client_transcribe_file(client, path, NULL, &op, &err) == TIRO_OK &&
               follow(client, op, &transcript, &err) == TIRO_OK;
    if (done)
        puts(tiro_transcript_text(transcript, NULL));
    else
        fprintf(stderr, "%s\n%s\n", tiro_error_message(err, NULL), tiro_error_hint(err, NULL));
    tiro_transcript_free(transcript);
    tiro_client_free(client);
    tiro_error_free(err);
    return !done;
}

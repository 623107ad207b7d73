/*
 * TranscribeMe step by step: upload, order, quote, ask the person at the terminal, buy, wait, print the text.
 *
 *     cc transcribeme_order.c $(pkg-config --cflags --libs tiro) -o transcribeme_order
 *     ./transcribeme_order talk.wav
 *
 * The account comes from the environment: TIRO_CLIENT_ID, TIRO_CLIENT_SECRET, and TIRO_APPLICATION_TOKEN or TIRO_USERNAME
 * and TIRO_PASSWORD; against the sandbox also TIRO_AUTH_BASE_URL and TIRO_API_BASE_URL (docs/transcribeme.md). All of it in
 * one call, which survives being killed, is tiro_client_transcribe with a journal (docs/jobs.md).
 */
#include <tiro.h>
#include <stdio.h>

/* A client of the account that the environment names. */
static tiro_status open_client(tiro_client **client, tiro_error **err)
{
    tiro_options *options = tiro_options_new();
    tiro_status status = tiro_options_load_environment(options, err);
    if (status == TIRO_OK)
        status = tiro_options_set(options, TIRO_OPT_SERVICE, "transcribeme", err);
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

static tiro_status create_order(tiro_client *client, const char *recording_id, tiro_order **order, tiro_error **err)
{
    const char *const ids[] = {recording_id};
    tiro_op *op = NULL;
    tiro_status status = tiro_client_create_order(client, ids, 1, NULL, &op, err);
    return status == TIRO_OK ? tiro_op_join_order(op, -1, order, err) : status;
}

/* Sets what is bought, by names of the service's lists, and gives the order as it is then, with its price. */
static tiro_status choose(tiro_client *client, const char *order_id, tiro_order **order, tiro_error **err)
{
    static const char *const wanted[][2] = {{TIRO_OPT_LANGUAGE, "en"}, {TIRO_OPT_ORDER_TYPE, "verbatim"}};
    tiro_options *call = tiro_options_new();
    tiro_status status = TIRO_OK;
    tiro_op *op = NULL;
    for (size_t i = 0; status == TIRO_OK && i < sizeof wanted / sizeof *wanted; i++)
        status = tiro_options_set(call, wanted[i][0], wanted[i][1], err);
    if (status == TIRO_OK)
        status = tiro_client_edit_settings(client, order_id, call, &op, err);
    if (status == TIRO_OK)
        status = tiro_op_join_order(op, -1, order, err);
    tiro_options_free(call);
    return status;
}

/* Whether the person says yes to a price. */
static int agrees(const char *price)
{
    char answer[16] = "";
    printf("Buy the transcript for %s? [y/N] ", *price != '\0' ? price : "a price that the service does not tell");
    fflush(stdout);
    return fgets(answer, sizeof answer, stdin) != NULL && (*answer == 'y' || *answer == 'Y');
}

/* Buys the order at exactly the price that the person was told, or not at all. */
static tiro_status place(tiro_client *client, const tiro_order *order, tiro_error **err)
{
    tiro_options *call = tiro_options_new();
    tiro_op *op = NULL;
    tiro_status status = tiro_options_set(call, TIRO_OPT_CONFIRMED_PRICE, tiro_order_price(order, NULL), err);
    if (status == TIRO_OK)
        status = tiro_client_place(client, tiro_order_id(order, NULL), call, &op, err);
    if (status == TIRO_OK)
        status = tiro_op_join(op, -1, err);
    tiro_options_free(call);
    return status;
}

static tiro_status delete_order(tiro_client *client, const char *order_id, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_status status = tiro_client_delete_order(client, order_id, NULL, &op, err);
    return status == TIRO_OK ? tiro_op_join(op, -1, err) : status;
}

static tiro_status print_transcript(tiro_client *client, const char *id, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_transcript *transcript = NULL;
    tiro_status status = tiro_client_wait(client, id, NULL, &op, err);
    if (status == TIRO_OK)
        status = tiro_op_join(op, -1, err);
    if (status == TIRO_OK)
        status = tiro_client_transcript(client, id, NULL, &op, err);
    if (status == TIRO_OK)
        status = tiro_op_join_transcript(op, -1, &transcript, err);
    if (status == TIRO_OK)
        puts(tiro_transcript_text(transcript, NULL));
    tiro_transcript_free(transcript);
    return status;
}

/* Everything after the upload. */
static tiro_status order_and_fetch(tiro_client *client, const char *recording_id, tiro_error **err)
{
    tiro_order *made = NULL, *chosen = NULL;
    tiro_status status = create_order(client, recording_id, &made, err);
    if (status == TIRO_OK)
        status = choose(client, tiro_order_id(made, NULL), &chosen, err);
    if (status == TIRO_OK && agrees(tiro_order_price(chosen, NULL))) {
        status = place(client, chosen, err);
        if (status == TIRO_OK)
            status = print_transcript(client, recording_id, err);
    } else if (status == TIRO_OK) {
        status = delete_order(client, tiro_order_id(chosen, NULL), err);
        puts("Nothing was bought.");
    }
    tiro_order_free(made);
    tiro_order_free(chosen);
    return status;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "talk.wav";
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_recording *recording = NULL;

    int done = open_client(&client, &err) == TIRO_OK && upload(client, path, &recording, &err) == TIRO_OK &&
               order_and_fetch(client, tiro_recording_id(recording, NULL), &err) == TIRO_OK;
    if (!done)
        fprintf(stderr, "%s\n%s\n", tiro_error_message(err, NULL), tiro_error_hint(err, NULL));
    tiro_recording_free(recording);
    tiro_client_free(client);
    tiro_error_free(err);
    return !done;
}

/*
 * What a processor can and cannot do: the scripted service always works; the local one works, or names what is missing.
 *
 *     ./old_processor talk.wav supported|unsupported
 */
#include <tiro.h>
#include <stdio.h>
#include <string.h>

static tiro_status transcribe(const char *service, const char *path, tiro_error **err)
{
    tiro_client *client = NULL;
    tiro_op *op = NULL;
    tiro_transcript *transcript = NULL;
    tiro_options *options = tiro_options_new();
    tiro_status status = tiro_options_set(options, TIRO_OPT_SERVICE, service, err);

    if (status == TIRO_OK)
        status = tiro_client_new(options, &client, err);
    if (status == TIRO_OK)
        status = tiro_client_transcribe_file(client, path, NULL, &op, err);
    if (status == TIRO_OK)
        status = tiro_op_join_transcript(op, -1, &transcript, err);
    if (status == TIRO_OK)
        printf("%s: %s\n", service, tiro_transcript_text(transcript, NULL));
    tiro_transcript_free(transcript);
    tiro_client_free(client);
    tiro_options_free(options);
    return status;
}

int main(int argc, char **argv)
{
    tiro_error *err = NULL;
    if (argc != 3 || transcribe("scripted", argv[1], &err) != TIRO_OK) {
        fprintf(stderr, "scripted: %s\n", tiro_error_message(err, NULL));
        return 1;
    }
    int supported = strcmp(argv[2], "supported") == 0;
    tiro_status status = transcribe("local", argv[1], &err);
    printf("local: %s %s\n", tiro_status_name(status), tiro_error_message(err, NULL));
    int as_expected = supported ? status == TIRO_OK
                                : status == TIRO_E_CPU_UNSUPPORTED && strstr(tiro_error_message(err, NULL), "unsupported cpu");
    tiro_error_free(err);
    return as_expected ? 0 : 1;
}

/*
 * Subtitles of a recording: talk.wav becomes talk.wav.srt and talk.wav.vtt, and what was said is printed.
 *
 *     cc subtitles.c $(pkg-config --cflags --libs tiro) -o subtitles
 *     ./subtitles talk.wav
 */
#include <tiro.h>
#include <stdio.h>

static int32_t on_write(void *file, const void *data, size_t size)
{
    return fwrite(data, 1, size, file) == size ? 0 : -1;
}

static tiro_status save(const tiro_transcript *transcript, const char *recording, const char *format, tiro_error **err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s.%s", recording, format);
    return tiro_transcript_save(transcript, path, format, NULL, err);
}

int main(int argc, char **argv)
{
    const char *recording = argc > 1 ? argv[1] : "talk.wav";
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_op *op = NULL;
    tiro_transcript *transcript = NULL;

    int done = tiro_client_new(NULL, &client, &err) == TIRO_OK &&
               tiro_client_transcribe_file(client, recording, NULL, &op, &err) == TIRO_OK &&
               tiro_op_join_transcript(op, -1, &transcript, &err) == TIRO_OK &&
               save(transcript, recording, "srt", &err) == TIRO_OK &&
               save(transcript, recording, "vtt", &err) == TIRO_OK &&
               tiro_transcript_export(transcript, "txt", NULL, on_write, stdout, &err) == TIRO_OK;
    if (!done)
        fprintf(stderr, "%s\n%s\n", tiro_error_message(err, NULL), tiro_error_hint(err, NULL));
    tiro_transcript_free(transcript);
    tiro_client_free(client);
    tiro_error_free(err);
    return !done;
}

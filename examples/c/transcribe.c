/*
 * Transcribes a recording: the shortest program that uses tiro, plus a line of progress and the words with their times.
 *
 *     cc transcribe.c $(pkg-config --cflags --libs tiro) -o transcribe
 *     ./transcribe talk.wav
 */
#include <tiro.h>
#include <inttypes.h>
#include <stdio.h>

static void print_words(const tiro_transcript *transcript)
{
    size_t count, stride;
    const tiro_word *words = tiro_transcript_words(transcript, &count, &stride);
    for (size_t i = 0; i < count; i++) {
        const tiro_word *word = tiro_word_at(words, stride, i);
        printf("%6.2f - %6.2f s  %3.0f %%  %s\n", (double)word->start_ms / 1000, (double)word->end_ms / 1000,
               (double)word->confidence * 100, word->text);
    }
}

int main(int argc, char **argv)
{
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_op *op = NULL;
    tiro_transcript *transcript = NULL;
    tiro_options *options = tiro_options_new();          /* nothing set: the local service */

    if (tiro_client_new(options, &client, &err) == TIRO_OK &&
        tiro_client_transcribe_file(client, argc > 1 ? argv[1] : "talk.wav", NULL, &op, &err) == TIRO_OK) {
        /* Without the progress this loop is one call: tiro_op_join_transcript(op, -1, &transcript, &err). */
        while (tiro_op_join_transcript(op, 100, &transcript, &err) == TIRO_PENDING) {
            int32_t phase;
            uint64_t done, total;
            tiro_op_progress(op, &phase, &done, &total, NULL);
            if (phase == TIRO_PHASE_PROCESSING && total > 0)
                fprintf(stderr, "\r%3" PRIu64 " %% of %" PRIu64 " s", done * 100 / total, total / 1000);
        }
        fprintf(stderr, "\n");
    }
    if (transcript != NULL) {
        printf("%s\n\n", tiro_transcript_text(transcript, NULL));
        print_words(transcript);
    } else {
        fprintf(stderr, "%s\n%s\n", tiro_error_message(err, NULL), tiro_error_hint(err, NULL));
    }
    int failed = transcript == NULL;
    tiro_transcript_free(transcript);
    tiro_client_free(client);
    tiro_options_free(options);
    tiro_error_free(err);
    return failed;
}

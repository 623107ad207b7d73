/*
 * From a service's document to every word in C: by the array of words, and by Arrow. Arguments: the kind, the file.
 * Prints JSON: medians of processor milliseconds, bytes of the array, megabytes above the document's own, and where
 * Arrow's buffers are.
 */
#include <tiro.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 7 };

typedef tiro_status (*reader)(const void *, size_t, tiro_transcript **, tiro_error **);

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times)
{
    qsort(times, ROUNDS, sizeof *times, ascending);
    return times[ROUNDS / 2];
}

static double megabytes(const char *field)
{
    char line[256];
    double kilobytes = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, field, strlen(field)) == 0)
            kilobytes = atof(line + strlen(field) + 1);
    if (status)
        fclose(status);
    return kilobytes / 1024;
}

static int64_t walk(const tiro_transcript *transcript, size_t *bytes)
{
    size_t count = 0, stride = 0;
    const tiro_word *words = tiro_transcript_words(transcript, &count, &stride);
    int64_t sum = 0;
    *bytes = count * stride;
    for (size_t i = 0; i < count; i++) {
        const tiro_word *word = tiro_word_at(words, stride, i);
        sum += word->end_ms - word->start_ms + (int64_t)word->text_len;
        *bytes += word->text_len + 1;
    }
    return sum;
}

static int64_t sum_columns(const struct ArrowArray *array)
{
    const int64_t *start = array->children[1]->buffers[1], *end = array->children[2]->buffers[1];
    const int64_t *text = array->children[0]->buffers[1];
    int64_t sum = text[array->length] - text[0];
    for (int64_t i = 0; i < array->length; i++)
        sum += end[i] - start[i];
    return sum;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    reader read = strcmp(argv[1], "canonical") == 0    ? tiro_transcript_from_json
                  : strcmp(argv[1], "transcribeme") == 0 ? tiro_transcript_from_transcribeme
                                                         : tiro_transcript_from_gospeech;
    FILE *file = fopen(argv[2], "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        return 2;
    size_t size = (size_t)ftell(file), bytes = 0;
    char *document = malloc(size);
    rewind(file);
    if (!document || fread(document, 1, size, file) != size)
        return 2;
    fclose(file);

    double decode[ROUNDS], array[ROUNDS], arrow[ROUNDS], before = megabytes("VmRSS:"), kept = 0, with_array = 0;
    int64_t sums[2] = {0, 0};
    const void *first = NULL, *second = NULL;
    for (int round = 0; round < ROUNDS; round++) {
        tiro_transcript *transcript = NULL;
        struct ArrowSchema schema;
        struct ArrowArray words, again;
        double start = now_ms();
        if (read(document, size, &transcript, NULL) != TIRO_OK)
            return 1;
        decode[round] = now_ms() - start;
        if (round == 0)
            kept = megabytes("VmRSS:") - before;
        start = now_ms();
        tiro_transcript_words_arrow(transcript, &schema, &words, NULL);
        sums[0] = sum_columns(&words);
        arrow[round] = decode[round] + now_ms() - start;
        start = now_ms();
        sums[1] = walk(transcript, &bytes);
        array[round] = decode[round] + now_ms() - start;
        if (round == 0)
            with_array = megabytes("VmRSS:") - before;
        schema.release(&schema);
        tiro_transcript_words_arrow(transcript, &schema, &again, NULL);
        first = words.children[1]->buffers[1];
        second = again.children[1]->buffers[1];
        schema.release(&schema);
        again.release(&again);
        tiro_transcript_free(transcript);
        if (sum_columns(&words) != sums[0]) /* they outlive the transcript */
            return 1;
        words.release(&words);
    }
    if (sums[0] != sums[1])
        return 1;
    printf("{\"decode\": %.3f, \"array\": %.3f, \"arrow\": %.3f, \"array_bytes\": %zu, \"check\": %lld, \"kept\": %.1f, "
           "\"with_array\": %.1f, \"peak\": %.1f, \"buffers\": [\"%p\", \"%p\"]}\n",
           median(decode), median(array), median(arrow), bytes, (long long)sums[0], kept, with_array,
           megabytes("VmHWM:") - before, first, second);
    free(document);
    return 0;
}

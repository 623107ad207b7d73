/*
 * What a call costs: a getter, a look-up that fails, and an operation from start to free on the scripted service. Beside
 * them, in the same run, what a program pays anyway: a call into another shared library, a thread from start to join.
 */
#include <tiro.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 9 };

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median over the rounds of what one call takes, in ns. */
static double median(void (*call)(void *), void *data, long calls)
{
    double times[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
        double start = now();
        for (long i = 0; i < calls; i++)
            call(data);
        times[round] = (now() - start) / (double)calls;
    }
    qsort(times, ROUNDS, sizeof times[0], ascending);
    return times[ROUNDS / 2];
}

static void get_duration(void *transcript)
{
    tiro_transcript_duration_ms(transcript);
}

static void get_text(void *transcript)
{
    tiro_transcript_text(transcript, NULL);
}

static void get_stale(void *transcript)
{
    tiro_transcript_duration_ms(transcript);
}

static void walk_words(void *data)
{
    size_t count, stride;
    volatile int64_t sum = 0;
    const tiro_word *words = tiro_transcript_words(data, &count, &stride);
    for (size_t i = 0; i < count; i++)
        sum += tiro_word_at(words, stride, i)->end_ms;
}

static void operation(void *client)
{
    tiro_op *op = NULL;
    tiro_page *page = NULL;
    tiro_client_recordings(client, 0, 1, NULL, &op, NULL);
    tiro_op_join_page(op, -1, &page, NULL);
    tiro_page_free(page);
}

static void call_libc(void *unused)
{
    (void)unused;
    getppid();
}

static void *nothing(void *data)
{
    return data;
}

static void thread(void *unused)
{
    pthread_t id;
    (void)unused;
    pthread_create(&id, NULL, nothing, NULL);
    pthread_join(id, NULL);
}

int main(void)
{
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_op *op = NULL;
    tiro_transcript *transcript = NULL;
    tiro_source *source = NULL;
    tiro_options *options = tiro_options_new();

    if (tiro_options_set(options, TIRO_OPT_SERVICE, "scripted", &err) != TIRO_OK ||
        tiro_client_new(options, &client, &err) != TIRO_OK ||
        tiro_source_from_bytes("x", 1, NULL, NULL, "x", &source, &err) != TIRO_OK ||
        tiro_client_transcribe(client, source, NULL, &op, &err) != TIRO_OK ||
        tiro_op_join_transcript(op, -1, &transcript, &err) != TIRO_OK) {
        fprintf(stderr, "%s\n", tiro_error_message(err, NULL));
        return 1;
    }
    printf("getter, number            %8.1f ns\n", median(get_duration, transcript, 1000000));
    printf("getter, text              %8.1f ns\n", median(get_text, transcript, 1000000));
    printf("a walk over all words     %8.1f ns\n", median(walk_words, transcript, 1000000));
    tiro_transcript_free(transcript);
    printf("getter, stale handle      %8.1f ns\n", median(get_stale, transcript, 1000000));
    printf("a system call (getppid)   %8.1f ns\n", median(call_libc, NULL, 1000000));
    printf("start, join, free         %8.1f us\n", median(operation, client, 2000) / 1000);
    printf("a thread, start and join  %8.1f us\n", median(thread, NULL, 2000) / 1000);
    tiro_source_free(source);
    tiro_client_free(client);
    tiro_options_free(options);
    return 0;
}

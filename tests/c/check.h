/*
 * What the programs in this folder share: checks that end the program, counts of threads and descriptors, a scripted
 * client. A case is a function; RUN calls it, sees to it that it left no handle behind, and prints "ok" and its name.
 */
#ifndef CHECK_H
#define CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tiro.h"

/* A recording that never becomes ready: whatever waits for it is pending until somebody ends it. */
#define NEVER_READY "{\"statuses\": [{\"status\": \"queued\"}]}"

static inline void check_failed(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: failed: %s (process %d)\n", file, line, what, (int)getpid());
    fflush(NULL);
    _exit(1);
}

#define CHECK(condition) \
    do { \
        if (!(condition)) \
            check_failed(__FILE__, __LINE__, #condition); \
    } while (0)

static inline void check_status(const char *file, int line, const char *call, tiro_status got, tiro_status wanted)
{
    if (got != wanted) {
        fprintf(stderr, "%s:%d: %s gave %s (%d), not %s\n", file, line, call, tiro_status_name(got), (int)got,
                tiro_status_name(wanted));
        check_failed(file, line, call);
    }
}

#define CHECK_STATUS(call, wanted) check_status(__FILE__, __LINE__, #call, (call), (wanted))
#define CHECK_OK(call) CHECK_STATUS(call, TIRO_OK)

/* Fails with what the service said. */
static inline void check_done(const char *call, tiro_status status, tiro_error *const *err)
{
    if (status != TIRO_OK) {
        fprintf(stderr, "%s: %s (%s)\n", call, tiro_error_message(*err, NULL), tiro_error_hint(*err, NULL));
        check_status(__FILE__, __LINE__, call, status, TIRO_OK);
    }
}

#define DONE(call) check_done(#call, (call), &err)

static inline int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void sleep_ms(int ms)
{
    struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000};
    while (nanosleep(&pause, &pause) != 0 && errno == EINTR)
        continue;
}

/* Waits for something that another thread brings about; half a minute is more than the slowest tool needs. */
#define WAIT_UNTIL(condition) \
    do { \
        int64_t deadline_ = now_ms() + 30000; \
        while (!(condition)) { \
            if (now_ms() > deadline_) \
                check_failed(__FILE__, __LINE__, "waited in vain for " #condition); \
            sleep_ms(1); \
        } \
    } while (0)

/* Seconds after which an alarm ends a forked child: it hangs. */
static inline unsigned child_seconds(void)
{
    return getenv("CHECK_PERCENT") ? 120 : 60;
}

/* A count of rounds, fewer of them under a tool that is slow: CHECK_PERCENT says how many. */
static inline int rounds(int count)
{
    const char *percent = getenv("CHECK_PERCENT");
    int scaled = percent ? count * atoi(percent) / 100 : count;
    return scaled < 2 ? 2 : scaled;
}

static inline int count_entries(const char *folder)
{
    DIR *dir = opendir(folder);
    CHECK(dir != NULL);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

/*
 * ThreadSanitizer's runtime starts threads and opens descriptors of its own when it likes: only the library's own threads
 * tell anything then, and the number of descriptors nothing.
 */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define COUNTS_OF_OTHERS 1
#endif
#endif

static inline int library_threads(void (*visit)(const char *id));

static inline int count_threads(void)
{
#ifdef COUNTS_OF_OTHERS
    return library_threads(NULL);
#else
    return count_entries("/proc/self/task");
#endif
}

static inline int count_fds(void)
{
#ifdef COUNTS_OF_OTHERS
    return 0;
#else
    return count_entries("/proc/self/fd") - 1; /* without the one of this very look */
#endif
}

/* Calls visit with the id of every thread of the library, which are known by their names; gives their number. */
static inline int library_threads(void (*visit)(const char *id))
{
    DIR *dir = opendir("/proc/self/task");
    CHECK(dir != NULL);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char path[320], name[64] = "";
        snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file == NULL)
            continue; /* it has ended since */
        if (fgets(name, sizeof name, file) != NULL && strncmp(name, "tiro-", 5) == 0) {
            count++;
            if (visit)
                visit(entry->d_name);
        }
        fclose(file);
    }
    closedir(dir);
    return count;
}

static inline tiro_client *scripted(const char *script)
{
    tiro_options *options = tiro_options_new();
    tiro_client *client = NULL;
    CHECK_OK(tiro_options_set(options, TIRO_OPT_SERVICE, "scripted", NULL));
    if (script)
        CHECK_OK(tiro_options_set(options, TIRO_OPT_SCRIPT, script, NULL));
    CHECK_OK(tiro_client_new(options, &client, NULL));
    tiro_options_free(options);
    return client;
}

/* Of a service with accounts, where nobody serves: whatever needs the network fails. */
static inline tiro_options *unserved_options(void)
{
    const char *const pairs[][2] = {
        {TIRO_OPT_SERVICE, "gospeech"},
        {TIRO_OPT_API_BASE_URL, "http://127.0.0.1:9"},
        {TIRO_OPT_AUTH_BASE_URL, "http://127.0.0.1:9"},
        {TIRO_OPT_CLIENT_ID, "client"},
        {TIRO_OPT_REDIRECT_URI, "http://127.0.0.1:18931/callback"},
        {TIRO_OPT_GOSPEECH_LINK_RECORDING, "http://127.0.0.1:9/r/{recordId}"},
        {TIRO_OPT_GOSPEECH_LINK_WORKLIST, "http://127.0.0.1:9/list"},
        {TIRO_OPT_MAX_RETRIES, "0"},
    };
    tiro_options *options = tiro_options_new();
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK_OK(tiro_options_set(options, pairs[i][0], pairs[i][1], NULL));
    return options;
}

static inline tiro_client *unserved(void)
{
    tiro_options *options = unserved_options();
    tiro_client *client = NULL;
    CHECK_OK(tiro_client_new(options, &client, NULL));
    tiro_options_free(options);
    return client;
}

/* The same of a service that charges. */
static inline tiro_client *unserved_charging(void)
{
    const char *const pairs[][2] = {
        {TIRO_OPT_SERVICE, "transcribeme"},
        {TIRO_OPT_API_BASE_URL, "http://127.0.0.1:9/api/v1"},
        {TIRO_OPT_AUTH_BASE_URL, "http://127.0.0.1:9/api/v1"},
        {TIRO_OPT_CLIENT_ID, "client"},
        {TIRO_OPT_CLIENT_SECRET, "secret"},
        {TIRO_OPT_USERNAME, "me@example.com"},
        {TIRO_OPT_PASSWORD, "password"},
        {TIRO_OPT_MAX_RETRIES, "0"},
    };
    tiro_options *options = tiro_options_new();
    tiro_client *client = NULL;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        CHECK_OK(tiro_options_set(options, pairs[i][0], pairs[i][1], NULL));
    CHECK_OK(tiro_client_new(options, &client, NULL));
    tiro_options_free(options);
    return client;
}

static inline tiro_source *bytes_source(void)
{
    tiro_source *source = NULL;
    CHECK_OK(tiro_source_from_bytes("bytes", 5, NULL, NULL, "a.wav", &source, NULL));
    return source;
}

static inline tiro_op *upload(tiro_client *client)
{
    tiro_source *source = bytes_source();
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    tiro_source_free(source);
    return op;
}

static inline tiro_op *transcribe(tiro_client *client)
{
    tiro_source *source = bytes_source();
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_transcribe(client, source, NULL, &op, NULL));
    tiro_source_free(source);
    return op;
}

/* An operation of a NEVER_READY client that is past its upload. */
static inline tiro_op *pending(tiro_client *client)
{
    tiro_op *op = transcribe(client);
    CHECK_STATUS(tiro_op_wait(op, 0, NULL), TIRO_PENDING);
    return op;
}

/* Waits for a transcript and frees it. */
static inline void join_transcript(tiro_op *op)
{
    tiro_transcript *transcript = NULL;
    CHECK_OK(tiro_op_join_transcript(op, -1, &transcript, NULL));
    CHECK(strcmp(tiro_transcript_text(transcript, NULL), "Hello world.") == 0);
    tiro_transcript_free(transcript);
}

static inline pthread_t start_thread(void *(*body)(void *), void *data)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, body, data) == 0);
    return thread;
}

static inline void end_thread(pthread_t thread)
{
    CHECK(pthread_join(thread, NULL) == 0);
}

static inline int in_a_wait(pid_t thread)
{
    char path[64];
    long number = -1;
    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", (int)thread);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%ld", &number) != 1)
        number = -1; /* it runs */
    if (file)
        fclose(file);
#ifdef SYS_epoll_wait
    if (number == SYS_epoll_wait)
        return 1;
#endif
    return number == SYS_futex || number == SYS_epoll_pwait;
}

/* Waits until a thread, which has told its id just before a call, waits inside that call: for some time, not for a lock
   that is held for a moment. */
static inline void until_it_waits(atomic_int *thread)
{
    WAIT_UNTIL(atomic_load(thread) != 0);
    int64_t deadline = now_ms() + 30000;
    for (int in_a_row = 0; in_a_row < 3; sleep_ms(1)) {
        CHECK(now_ms() < deadline);
        in_a_row = in_a_wait((pid_t)atomic_load(thread)) ? in_a_row + 1 : 0;
    }
}

static inline void tell_thread(atomic_int *thread)
{
    atomic_store(thread, (int)syscall(SYS_gettid));
}

/* A destroy that counts itself. */
static inline void count_up(void *counter)
{
    atomic_fetch_add((atomic_int *)counter, 1);
}

/* A small generator: the same cases for the same seed everywhere. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline void run_case(const char *name, void (*body)(void))
{
    body();
    if (tiro_live_handles(TIRO_HANDLE_ANY) != 0) {
        for (int32_t kind = 1; kind <= 20; kind++)
            if (tiro_live_handles(kind) != 0)
                fprintf(stderr, "%lld handles of kind %d\n", (long long)tiro_live_handles(kind), (int)kind);
        check_failed(name, 0, "the case left handles behind");
    }
    printf("ok %s\n", name);
    fflush(stdout);
}

#define RUN(name) run_case(#name, name)

#endif

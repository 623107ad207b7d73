/*
 * Transcribes several recordings at once in an event loop: one epoll, one completion queue, no thread of its own. A
 * program with a loop already adds the queue's descriptor to it like that of any socket.
 *
 *     ./event_loop one.wav two.flac three.mp3
 */
#include <tiro.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

static int failures;

static void report(const char *what, tiro_error *err)
{
    const char *hint = tiro_error_hint(err, NULL);

    fprintf(stderr, "%s: %s%s%s\n", what, tiro_error_message(err, NULL), *hint ? "; " : "", hint);
    tiro_error_free(err);
    failures++;
}

/* Takes every event that waits; gives how many operations have ended. */
static int drain(tiro_queue *queue)
{
    int32_t kind;
    tiro_op *op;
    void *tag;
    int ended = 0;

    while (tiro_queue_next(queue, 0, &kind, &op, &tag, NULL, NULL) == TIRO_OK) {
        const char *path = tag;
        if (kind == TIRO_EVENT_PROGRESS) {
            int32_t phase;
            uint64_t done, total;
            if (tiro_op_progress(op, &phase, &done, &total, NULL) == TIRO_OK && phase == TIRO_PHASE_PROCESSING &&
                total > 0)
                fprintf(stderr, "%s: %" PRIu64 " %%\n", path, done * 100 / total);
        } else if (kind == TIRO_EVENT_DONE) {
            tiro_error *err = NULL;
            tiro_transcript *transcript = NULL;
            if (tiro_op_join_transcript(op, 0, &transcript, &err) == TIRO_OK)
                printf("%s: %s\n", path, tiro_transcript_text(transcript, NULL));
            else
                report(path, err);
            tiro_transcript_free(transcript);
            ended++;
        }
    }
    return ended;
}

int main(int argc, char **argv)
{
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_queue *queue = NULL;
    int32_t fd = -1;
    int pending = 0;
    int loop = epoll_create1(EPOLL_CLOEXEC);

    if (tiro_client_new(NULL, &client, &err) != TIRO_OK || tiro_queue_new(&queue, &err) != TIRO_OK ||
        tiro_queue_fd(queue, &fd, &err) != TIRO_OK) {
        report("tiro", err);
    } else {
        struct epoll_event watched = { .events = EPOLLIN };
        epoll_ctl(loop, EPOLL_CTL_ADD, fd, &watched);
        for (int i = 1; i < argc; i++) {
            tiro_op *op = NULL;
            if (tiro_client_transcribe_file(client, argv[i], NULL, &op, &err) == TIRO_OK &&
                tiro_op_attach(op, queue, argv[i], &err) == TIRO_OK)
                pending++;
            else {
                report(argv[i], err);
                tiro_op_free(op);
            }
        }
        while (pending > 0) {
            struct epoll_event event;
            if (epoll_wait(loop, &event, 1, -1) == 1)
                pending -= drain(queue);
        }
        epoll_ctl(loop, EPOLL_CTL_DEL, fd, NULL);
    }
    close(loop);
    tiro_queue_free(queue);
    tiro_client_free(client);
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

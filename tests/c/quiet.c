/*
 * Nothing is written to stdout or stderr, whatever fails, and every descriptor of the library is close-on-exec. The
 * result is the exit status alone: what this prints would be what it looks for.
 */
#include "check.h"

#define MOST 1024

static char before[MOST];

static void look_at_fds(int check)
{
    for (int fd = 0; fd < MOST; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (!check)
            before[fd] = flags >= 0;
        else if (flags >= 0 && !before[fd] && !(flags & FD_CLOEXEC))
            check_failed(__FILE__, fd, "this descriptor would leak into a child");
    }
}

static int count_new_fds(void)
{
    int count = 0;
    for (int fd = 0; fd < MOST; fd++)
        count += fcntl(fd, F_GETFD) >= 0 && !before[fd];
    return count;
}

static void fail_in_every_way(void)
{
    tiro_client *broken = scripted("{\"panic\": \"upload\", \"errors\": {\"recordings\": {\"code\": \"TIRO_E_SERVICE\"}}}");
    tiro_client *client = scripted(NEVER_READY);
    tiro_options *options = tiro_options_new();
    tiro_op *op = NULL;
    tiro_client *none = NULL;
    CHECK_STATUS(tiro_op_join(upload(broken), -1, NULL), TIRO_E_PANIC);
    CHECK_OK(tiro_client_recordings(broken, 0, 1, NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_SERVICE);
    CHECK_OK(tiro_options_set(options, TIRO_OPT_SERVICE, "scripted", NULL));
    CHECK_OK(tiro_options_set(options, TIRO_OPT_SCRIPT, "{\"panic\": \"open\"}", NULL));
    CHECK_STATUS(tiro_client_new(options, &none, NULL), TIRO_E_PANIC);
    CHECK_OK(tiro_options_set(options, TIRO_OPT_SCRIPT, "{", NULL));
    CHECK_STATUS(tiro_client_new(options, &none, NULL), TIRO_E_OPTION);
    CHECK_OK(tiro_client_upload_file(client, "none", NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_FILE_NOT_FOUND);
    CHECK_STATUS(tiro_op_cancel((tiro_op *)1, NULL), TIRO_E_HANDLE);
    tiro_op_free(pending(client));
    CHECK_OK(tiro_options_load_environment(options, NULL));
    tiro_options_free(options);
    tiro_client_free(broken);
    tiro_client_free(client);
}

static int64_t slow_read(void *data, void *buf, size_t cap)
{
    (void)data;
    memset(buf, 'x', cap);
    sleep_ms(1);
    return (int64_t)cap;
}

int main(void)
{
    look_at_fds(0);
    tiro_client *client = scripted(NEVER_READY);
    tiro_queue *queue = NULL;
    tiro_op *waits = pending(client), *reads = NULL;
    tiro_source *source = NULL, *file = NULL;
    int32_t fd = -1;
    int own = open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK_OK(tiro_queue_new(&queue, NULL));
    CHECK_OK(tiro_queue_fd(queue, &fd, NULL));
    CHECK_OK(tiro_source_from_fd(own, 0, NULL, &file, NULL));
    CHECK_OK(tiro_source_from_callbacks(slow_read, NULL, NULL, NULL, NULL, NULL, &source, NULL));
    CHECK_OK(tiro_client_upload(client, source, NULL, &reads, NULL));
    CHECK(count_new_fds() >= 5); /* a queue's pipe, a duplicate, what the threads wait on */
    look_at_fds(1);
    fail_in_every_way();
    look_at_fds(1);
    tiro_op_free(waits);
    tiro_op_free(reads);
    tiro_queue_free(queue);
    tiro_source_free(source);
    tiro_source_free(file);
    tiro_client_free(client);
    close(own);
    CHECK_OK(tiro_shutdown(-1, NULL));
    CHECK(tiro_live_handles(TIRO_HANDLE_ANY) == 0);
    WAIT_UNTIL(count_new_fds() == 0); /* the last thread closes them as it ends */
    return 0;
}

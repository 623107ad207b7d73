/*
 * Completion queues: the descriptor is readable exactly while events wait, each event goes to one caller, the last event
 * of an operation is its end, and what was freed sends nothing any more.
 */
#include "check.h"

#include <poll.h>

static tiro_queue *new_queue(void)
{
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    return queue;
}

static int fd_of(tiro_queue *queue)
{
    int32_t fd = -1;
    CHECK_OK(tiro_queue_fd(queue, &fd, NULL));
    CHECK(fd >= 0);
    return fd;
}

static int readable(int fd, int timeout_ms)
{
    struct pollfd poll_for = {fd, POLLIN, 0};
    int count = poll(&poll_for, 1, timeout_ms);
    CHECK(count == 0 || poll_for.revents == POLLIN);
    return count;
}

/* Takes an event that is there. */
static tiro_op *take(tiro_queue *queue, void *wanted_tag, tiro_status wanted)
{
    tiro_op *op = NULL;
    void *tag = NULL;
    int32_t kind = 0;
    tiro_status status = 99;
    CHECK_OK(tiro_queue_next(queue, 0, &kind, &op, &tag, &status, NULL));
    CHECK(kind == TIRO_EVENT_DONE && tag == wanted_tag);
    CHECK_STATUS(status, wanted);
    return op;
}

static void is_empty(tiro_queue *queue)
{
    tiro_op *op = NULL;
    void *tag = NULL;
    int32_t kind = 7;
    tiro_status status = 99;
    CHECK_STATUS(tiro_queue_next(queue, 0, &kind, &op, &tag, &status, NULL), TIRO_PENDING);
    CHECK(kind == 0 && op == NULL && tag == NULL && status == TIRO_OK);
}

static tiro_op *ended(tiro_client *client)
{
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_wait(op, -1, NULL));
    return op;
}

static void the_descriptor_is_readable_while_events_wait(void)
{
    tiro_client *client = scripted(NULL);
    tiro_queue *queue = new_queue();
    tiro_op *ops[3];
    int fd = fd_of(queue), tags[3];
    CHECK(fd_of(queue) == fd);
    CHECK(!readable(fd, 0));
    for (int i = 0; i < 3; i++) {
        ops[i] = ended(client); /* so that there is no event but the last */
        CHECK_OK(tiro_op_attach(ops[i], queue, &tags[i], NULL));
    }
    for (int i = 0; i < 5; i++)
        CHECK(readable(fd, 10000)); /* looking takes nothing */
    for (int i = 0; i < 3; i++) {
        CHECK(readable(fd, 0));
        CHECK(take(queue, &tags[i], TIRO_OK) == ops[i]);
    }
    CHECK(!readable(fd, 0));
    is_empty(queue);
    CHECK_OK(tiro_op_wait(ops[0], 0, NULL)); /* taking an event frees nothing */
    for (int i = 0; i < 3; i++)
        tiro_op_free(ops[i]);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

static void a_descriptor_asked_for_late(void)
{
    tiro_client *client = scripted(NULL);
    tiro_queue *queue = new_queue();
    tiro_op *op = ended(client);
    CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
    int fd = fd_of(queue);
    CHECK(readable(fd, 0));
    take(queue, NULL, TIRO_OK);
    CHECK(!readable(fd, 0));
    tiro_op_free(op);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

/* Also while operations are attached to it, which know it to their end. */
static void the_descriptor_goes_with_the_queue(void)
{
    tiro_client *client = scripted(NEVER_READY);
    tiro_queue *queue = new_queue();
    tiro_op *op = pending(client);
    CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
    int fd = fd_of(queue);
    tiro_queue_free(queue);
    CHECK(fcntl(fd, F_GETFD) == -1 && errno == EBADF);
    CHECK_STATUS(tiro_op_wait(op, 0, NULL), TIRO_PENDING); /* the operation goes on */
    CHECK_OK(tiro_op_cancel(op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_CANCELLED);
    tiro_client_free(client);
}

static void attached_late_and_twice(void)
{
    tiro_client *client = scripted("{\"errors\": {\"recordings\": {\"code\": \"TIRO_E_QUOTA\"}}}");
    tiro_queue *queue = new_queue(), *other = new_queue();
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_recordings(client, 0, 1, NULL, &op, NULL));
    CHECK_STATUS(tiro_op_wait(op, -1, NULL), TIRO_E_QUOTA);
    CHECK_OK(tiro_op_attach(op, queue, queue, NULL));
    CHECK_STATUS(tiro_op_attach(op, queue, NULL, NULL), TIRO_E_STATE);
    CHECK_STATUS(tiro_op_attach(op, other, NULL, NULL), TIRO_E_STATE);
    CHECK(take(queue, queue, TIRO_E_QUOTA) == op);
    is_empty(queue);
    is_empty(other);
    CHECK_STATUS(tiro_op_attach(op, other, NULL, NULL), TIRO_E_STATE); /* once, for all time */
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_QUOTA);
    tiro_queue_free(queue);
    tiro_queue_free(other);
    tiro_client_free(client);
}

static void what_was_freed_sends_nothing(void)
{
    tiro_client *client = scripted(NULL), *slow = scripted(NEVER_READY);
    tiro_queue *queue = new_queue();
    int fd = fd_of(queue);
    for (int way = 0; way < 3; way++) {
        tiro_op *op = ended(client);
        CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
        CHECK(readable(fd, 0));
        if (way == 0)
            tiro_op_free(op);
        else if (way == 1)
            CHECK_OK(tiro_op_join(op, -1, NULL));
        else
            CHECK_OK(tiro_op_detach(op, NULL));
        CHECK(!readable(fd, 0));
        is_empty(queue);
    }
    /* Freed while it was pending: it ends later, and by then it is nobody's. */
    for (int i = 0; i < rounds(200); i++) {
        tiro_op *op = pending(slow);
        CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
        tiro_op_free(op);
        CHECK_OK(tiro_client_cancel_all(slow, -1, NULL));
        CHECK(!readable(fd, 0));
        is_empty(queue);
    }
    tiro_queue_free(queue);
    tiro_client_free(client);
    tiro_client_free(slow);
}

struct taker {
    tiro_queue *queue;
    atomic_int *left;
    int taken;
};

static void *take_some(void *data)
{
    struct taker *taker = data;
    while (atomic_load(taker->left) > 0) {
        tiro_op *op = NULL;
        void *tag = NULL;
        int32_t kind = 0;
        tiro_status got = tiro_queue_next(taker->queue, 10, &kind, &op, &tag, NULL, NULL);
        if (got == TIRO_PENDING)
            continue;
        CHECK_OK(got);
        if (kind != TIRO_EVENT_DONE)
            continue;
        CHECK(atomic_fetch_add((atomic_int *)tag, 1) == 0);
        CHECK_OK(tiro_op_join(op, 0, NULL)); /* it is done: the join does not wait */
        taker->taken++;
        atomic_fetch_sub(taker->left, 1);
    }
    return NULL;
}

static void each_event_goes_to_one_of_four_threads(void)
{
    int count = rounds(2000);
    tiro_client *client = scripted(NULL);
    tiro_queue *queue = new_queue();
    atomic_int left = count, *seen = calloc((size_t)count, sizeof *seen);
    CHECK(seen != NULL);
    struct taker takers[4];
    pthread_t threads[4];
    for (int t = 0; t < 4; t++) {
        takers[t] = (struct taker){queue, &left, 0};
        threads[t] = start_thread(take_some, &takers[t]);
    }
    for (int i = 0; i < count; i++)
        CHECK_OK(tiro_op_attach(upload(client), queue, &seen[i], NULL));
    int taken = 0;
    for (int t = 0; t < 4; t++) {
        end_thread(threads[t]);
        taken += takers[t].taken;
    }
    CHECK(taken == count);
    is_empty(queue);
    free(seen);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

struct waiter {
    tiro_queue *queue;
    atomic_int thread;
};

static void *wait_for_event(void *data)
{
    struct waiter *waiter = data;
    tiro_op *op = NULL;
    void *tag = NULL;
    int32_t kind = 0;
    tell_thread(&waiter->thread);
    CHECK_STATUS(tiro_queue_next(waiter->queue, -1, &kind, &op, &tag, NULL, NULL), TIRO_PENDING);
    return NULL;
}

static void freed_while_threads_wait(void)
{
    for (int i = 0; i < rounds(50); i++) {
        tiro_queue *queue = new_queue();
        struct waiter waiters[3] = {{.queue = queue}, {.queue = queue}, {.queue = queue}};
        pthread_t threads[3];
        for (int t = 0; t < 3; t++) {
            threads[t] = start_thread(wait_for_event, &waiters[t]);
            until_it_waits(&waiters[t].thread);
        }
        tiro_queue_free(queue);
        for (int t = 0; t < 3; t++)
            end_thread(threads[t]);
    }
}

static void a_wait_ends_but_not_early(void)
{
    tiro_queue *queue = new_queue();
    tiro_op *op = NULL;
    void *tag = NULL;
    int32_t kind = 0;
    int64_t start = now_ms();
    CHECK_STATUS(tiro_queue_next(queue, 50, &kind, &op, &tag, NULL, NULL), TIRO_PENDING);
    CHECK(now_ms() - start >= 49);
    tiro_queue_free(queue);
}

static void *late_event(void *data)
{
    sleep_ms(20);
    CHECK_OK(tiro_op_cancel(data, NULL));
    return NULL;
}

static void a_wait_is_woken(void)
{
    tiro_client *client = scripted(NEVER_READY);
    tiro_queue *queue = new_queue();
    tiro_op *op = pending(client), *got = NULL;
    CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
    pthread_t thread = start_thread(late_event, op);
    void *tag = NULL;
    int32_t kind = 0;
    do
        CHECK_OK(tiro_queue_next(queue, -1, &kind, &got, &tag, NULL, NULL));
    while (kind != TIRO_EVENT_DONE);
    CHECK(got == op);
    end_thread(thread);
    tiro_op_free(op);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

int main(void)
{
    RUN(the_descriptor_is_readable_while_events_wait);
    RUN(a_descriptor_asked_for_late);
    RUN(the_descriptor_goes_with_the_queue);
    RUN(attached_late_and_twice);
    RUN(what_was_freed_sends_nothing);
    RUN(each_event_goes_to_one_of_four_threads);
    RUN(freed_while_threads_wait);
    RUN(a_wait_ends_but_not_early);
    RUN(a_wait_is_woken);
    return 0;
}

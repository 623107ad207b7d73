/*
 * A server that goes away in the middle of an upload, while SIGPIPE does what it does by default: end the program. An
 * error of the operation, and the program lives. The server is whoever runs this.
 */
#include "scenarios.h"

#include <signal.h>

static const int64_t size = 64 << 20;

static int64_t read_zeros(void *data, void *buf, size_t cap)
{
    int64_t *left = data;
    size_t count = *left < (int64_t)cap ? (size_t)*left : cap;
    memset(buf, 0, count);
    *left -= (int64_t)count;
    return (int64_t)count;
}

static int64_t size_of_zeros(void *data)
{
    (void)data;
    return size;
}

static tiro_status upload_zeros(tiro_client *client)
{
    int64_t *left = malloc(sizeof *left); /* the library's until free: a read may go on behind the end */
    CHECK(left != NULL);
    *left = size;
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_source *source = NULL;
    tiro_recording *recording = NULL;
    DONE(tiro_source_from_callbacks(read_zeros, NULL, size_of_zeros, left, free, "zeros.wav", &source, &err));
    DONE(tiro_client_upload(client, source, NULL, &op, &err));
    tiro_status status = tiro_op_join_recording(op, 60000, &recording, &err);
    CHECK(status != TIRO_PENDING && recording == NULL);
    fprintf(stderr, "%s\n", tiro_error_message(err, NULL));
    tiro_error_free(err);
    tiro_source_free(source);
    return status;
}

static void the_program_outlives_its_server(void)
{
    CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    tiro_client *client = client_of_environment();
    for (int round = 0; round < 5; round++) {
        tiro_status status = upload_zeros(client);
        CHECK(status == TIRO_E_CONNECT || status == TIRO_E_PROTOCOL);
    }
    tiro_client_free(client);
}

int main(void)
{
    RUN(the_program_outlives_its_server);
    return 0;
}

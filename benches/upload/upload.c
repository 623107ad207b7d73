/*
 * Uploads a file after a small one, and prints how much the peak of the memory rose, in KiB: upload WAY FILE, the service
 * by the environment. WAY: path, fd, callback.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <tiro.h>

static long status_kib(const char *field)
{
    char line[256];
    long value = -1;
    FILE *file = fopen("/proc/self/status", "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, field, strlen(field)) == 0)
            value = atol(line + strlen(field));
    if (file != NULL)
        fclose(file);
    return value;
}

static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file == NULL || fputs("5", file) < 0 || fclose(file) != 0)
        exit(3);
}

static void check(tiro_status status, tiro_error *err)
{
    if (status == TIRO_OK)
        return;
    fprintf(stderr, "%s\n", tiro_error_message(err, NULL));
    exit(1);
}

static int64_t read_file(void *data, void *buf, size_t cap)
{
    return read(*(int *)data, buf, cap);
}

static int64_t size_of_file(void *data)
{
    struct stat known;
    return fstat(*(int *)data, &known) == 0 ? (int64_t)known.st_size : -1;
}

static void upload(tiro_client *client, const char *way, const char *path)
{
    tiro_error *err = NULL;
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    tiro_recording *recording = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (strcmp(way, "path") == 0)
        check(tiro_source_from_path(path, &source, &err), err);
    else if (strcmp(way, "fd") == 0)
        check(tiro_source_from_fd(fd, 0, "fd.wav", &source, &err), err);
    else
        check(tiro_source_from_callbacks(read_file, NULL, size_of_file, &fd, NULL, "cb.wav", &source, &err), err);
    check(tiro_client_upload(client, source, NULL, &op, &err), err);
    check(tiro_op_join_recording(op, -1, &recording, &err), err);
    tiro_recording_free(recording);
    tiro_source_free(source);
    close(fd);
}

int main(int argc, char **argv)
{
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_options *options = tiro_options_new();
    if (argc != 4)
        return 2;
    check(tiro_options_load_environment(options, &err), err);
    check(tiro_client_new(options, &client, &err), err);
    tiro_options_free(options);
    upload(client, argv[1], argv[2]);
    forget_peak();
    long before = status_kib("VmRSS:");
    upload(client, argv[1], argv[3]);
    printf("%ld\n", status_kib("VmHWM:") - before);
    tiro_client_free(client);
    return 0;
}

/*
 * Sources that are files and descriptors: what is no file, what is not there, what changes underneath, and no
 * descriptors left.
 */
#include "check.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

static tiro_client *client;

static void write_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    for (size_t i = 0; i < size; i++)
        CHECK(fputc('x', file) == 'x');
    CHECK(fclose(file) == 0);
}

static tiro_status join_size(tiro_op *op, uint64_t size)
{
    tiro_recording *recording = NULL;
    tiro_status status = tiro_op_join_recording(op, 20000, &recording, NULL);
    CHECK(recording == NULL || tiro_recording_size(recording) == size);
    tiro_recording_free(recording);
    return status;
}

static tiro_status upload_path(const char *path, uint64_t size)
{
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_upload_file(client, path, NULL, &op, NULL));
    return join_size(op, size);
}

static tiro_status upload_fd(int fd, uint64_t offset, uint64_t size)
{
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    tiro_status status = tiro_source_from_fd(fd, offset, "a.wav", &source, NULL);
    if (status != TIRO_OK)
        return status;
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    tiro_source_free(source);
    return join_size(op, size);
}

static void paths_of_every_kind(void)
{
    client = scripted(NULL);
    write_file("file", 1000);
    write_file("empty", 0);
    CHECK(mkdir("folder", 0700) == 0 && mkfifo("pipe", 0600) == 0);
    CHECK(symlink("file", "link") == 0 && symlink("nowhere", "dangling") == 0 && symlink("loop", "loop") == 0);
    CHECK_OK(upload_path("file", 1000));
    CHECK_OK(upload_path("./folder/../file", 1000));
    CHECK_OK(upload_path("link", 1000));
    CHECK_OK(upload_path("empty", 0));
    CHECK_STATUS(upload_path("none", 0), TIRO_E_FILE_NOT_FOUND);
    CHECK_STATUS(upload_path("dangling", 0), TIRO_E_FILE_NOT_FOUND);
    CHECK_STATUS(upload_path("folder/none/none", 0), TIRO_E_FILE_NOT_FOUND);
    CHECK_STATUS(upload_path("folder", 0), TIRO_E_NOT_A_FILE);
    CHECK_STATUS(upload_path("pipe", 0), TIRO_E_NOT_A_FILE); /* at once: nobody writes into it */
    CHECK_STATUS(upload_path("/dev/null", 0), TIRO_E_NOT_A_FILE);
    CHECK(upload_path("loop", 0) < -500 && upload_path("file/x", 0) < -500);
    tiro_client_free(client);
}

/* As another user: the privileged one may read everything. That all threads change is seen to by signals, too. */
static void a_file_that_may_not_be_read(void)
{
    client = scripted(NULL);
    write_file("secret", 10);
    CHECK_OK(upload_path("secret", 10)); /* and the library's threads run */
    CHECK(chmod("secret", 0) == 0);
    uid_t user = geteuid();
    if (user == 0) {
        CHECK(chmod(".", 0755) == 0);
        if (seteuid(65534) != 0) {
            CHECK(errno == EINVAL);
            printf("SKIPPED: this system has no other user\n");
            tiro_client_free(client);
            return;
        }
    }
    tiro_status status = upload_path("secret", 0);
    if (user == 0)
        CHECK(seteuid(0) == 0);
    CHECK_STATUS(status, TIRO_E_PERMISSION);
    tiro_client_free(client);
}

/* A relative path means what it meant when it was given. */
static void the_working_directory_changes(void)
{
    client = scripted(NULL);
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    write_file("here", 10);
    CHECK_OK(tiro_source_from_path("here", &source, NULL));
    CHECK(chdir("folder") == 0);
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    CHECK_OK(join_size(op, 10));
    CHECK(chdir("..") == 0);
    tiro_source_free(source);
    tiro_client_free(client);
}

/* Made shorter or longer while it is read: never half a recording without a word. */
static void a_file_that_changes_while_it_is_read(void)
{
    client = scripted("{\"upload_bytes_per_second\": 10000}");
    for (int longer = 0; longer < 2; longer++) {
        tiro_op *op = NULL;
        uint64_t done = 0;
        write_file("changing", 20000);
        CHECK_OK(tiro_client_upload_file(client, "changing", NULL, &op, NULL));
        WAIT_UNTIL(tiro_op_progress(op, NULL, &done, NULL, NULL) == TIRO_OK && done > 0);
        CHECK(truncate("changing", longer ? 30000 : 10000) == 0);
        CHECK_STATUS(join_size(op, 0), TIRO_E_SOURCE);
    }
    tiro_client_free(client);
}

/* How many descriptors are open of the file that was once called so. The library has others, which come and go. */
static int open_of(const char *name)
{
    int count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        char link[64], target[512];
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, target, sizeof target - 1);
        target[length < 0 ? 0 : length] = '\0';
        char *slash = strrchr(target, '/');
        count += slash != NULL && strncmp(slash + 1, name, strlen(name)) == 0;
    }
    return count;
}

static void descriptors_of_files(void)
{
    client = scripted(NULL);
    int fd = open("file", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && lseek(fd, 123, SEEK_SET) == 123);
    CHECK_OK(upload_fd(fd, 0, 1000));
    CHECK_OK(upload_fd(fd, 400, 600));
    CHECK_OK(upload_fd(fd, 1000, 0));
    CHECK_OK(upload_fd(fd, 5000, 0)); /* behind the end there is nothing */
    CHECK(upload_fd(fd, UINT64_MAX, 0) <= TIRO_OK);
    CHECK(lseek(fd, 0, SEEK_CUR) == 123); /* its own place has not moved */
    /* A duplicate is kept: the caller's may be closed, and the file may be gone. */
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    CHECK(open_of("file") == 1);
    CHECK_OK(tiro_source_from_fd(fd, 0, NULL, &source, NULL));
    CHECK(open_of("file") == 2);
    close(fd);
    CHECK(unlink("file") == 0);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
        CHECK_OK(join_size(op, 1000));
    }
    tiro_source_free(source);
    CHECK(open_of("file") == 0);
    tiro_client_free(client);
}

static void descriptors_of_pipes(void)
{
    client = scripted(NULL);
    int ends[2];
    CHECK(pipe(ends) == 0 && write(ends[1], "12345", 5) == 5);
    CHECK_STATUS(upload_fd(ends[0], 1, 0), TIRO_E_ARGUMENT); /* a pipe has no offset */
    tiro_source *source = NULL;
    tiro_op *op = NULL;
    CHECK_OK(tiro_source_from_fd(ends[0], 0, NULL, &source, NULL));
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    CHECK_STATUS(tiro_op_wait(op, 20, NULL), TIRO_PENDING); /* the other end is open */
    CHECK(write(ends[1], "678", 3) == 3);
    close(ends[1]);
    CHECK_OK(join_size(op, 8));
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    CHECK_STATUS(join_size(op, 0), TIRO_E_SOURCE); /* it was read */
    tiro_source_free(source);
    close(ends[0]);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 && write(ends[1], "1234", 4) == 4);
    close(ends[1]);
    CHECK_OK(upload_fd(ends[0], 0, 4));
    close(ends[0]);
    tiro_client_free(client);
}

static void descriptors_that_are_none(void)
{
    client = scripted(NULL);
    int fd = open("folder", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    CHECK_STATUS(upload_fd(fd, 0, 0), TIRO_E_NOT_A_FILE);
    close(fd);
    CHECK_STATUS(upload_fd(fd, 0, 0), TIRO_E_ARGUMENT);
    CHECK_STATUS(upload_fd(-1, 0, 0), TIRO_E_ARGUMENT);
    CHECK_STATUS(upload_fd(INT32_MAX, 0, 0), TIRO_E_ARGUMENT);
    CHECK_STATUS(upload_fd(INT32_MIN, 0, 0), TIRO_E_ARGUMENT);
    /* One that can only be written to fails when it is read. */
    fd = open("written", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, "x", 1) == 1);
    CHECK(upload_fd(fd, 0, 0) < -500);
    close(fd);
    tiro_client_free(client);
}

/* Descriptors of this process while the library does nothing. */
static int quiet;

/*
 * Opens descriptors until the system gives none; returns how many. The last ones of a runtime that was shut down are closed
 * a moment after the shutdown's return: they are waited for, and used up too.
 */
static int use_up(int *fds, int most)
{
    int count = 0;
    for (int looks = 0; looks < 3; looks++) {
        while (count < most && (fds[count] = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
            count++;
        CHECK(count < most && errno == EMFILE);
        nanosleep(&(struct timespec){0, 20 * 1000 * 1000}, NULL);
    }
    return count;
}

static void give_back(int *fds, int count)
{
    while (count > 0)
        close(fds[--count]);
}

static void no_descriptor_left(void)
{
    static int fds[4096];
    struct rlimit limit, few;
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    few = (struct rlimit){128, limit.rlim_max};
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    write_file("file", 10);
    CHECK_OK(tiro_shutdown(-1, NULL));
    client = scripted(NULL);
    tiro_op *op = NULL;
    tiro_queue *queue = NULL;
    tiro_source *source = NULL;
    tiro_error *err = NULL;
    int32_t fd = 0;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    for (int i = 0; i < 3; i++) {
        /* The threads cannot be started: nothing is, and the next try is as good as the first. */
        WAIT_UNTIL(library_threads(NULL) == 0 && count_fds() == quiet);
        int count = use_up(fds, 4096);
        CHECK_STATUS(tiro_client_upload_file(client, "file", NULL, &op, &err), TIRO_E_TOO_MANY_FILES);
        CHECK(op == NULL && tiro_error_is_retriable(err));
        tiro_error_free(err);
        CHECK_STATUS(tiro_queue_fd(queue, &fd, NULL), TIRO_E_TOO_MANY_FILES);
        CHECK(fd == -1);
        CHECK_STATUS(tiro_source_from_fd(0, 0, NULL, &source, NULL), TIRO_E_TOO_MANY_FILES);
        give_back(fds, count);
        CHECK_OK(upload_path("file", 10));
        /* With the threads there, the operation is what fails. */
        count = use_up(fds, 4096);
        CHECK_STATUS(upload_path("file", 10), TIRO_E_TOO_MANY_FILES);
        CHECK_OK(tiro_op_join(upload(client), -1, NULL)); /* what needs no descriptor works */
        give_back(fds, count);
        CHECK_OK(upload_path("file", 10));
        CHECK_OK(tiro_shutdown(-1, NULL));
    }
    CHECK_OK(tiro_queue_fd(queue, &fd, NULL));
    tiro_queue_free(queue);
    tiro_client_free(client);
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

int main(void)
{
    quiet = count_fds();
    RUN(paths_of_every_kind);
    RUN(a_file_that_may_not_be_read);
    RUN(the_working_directory_changes);
    RUN(a_file_that_changes_while_it_is_read);
    RUN(descriptors_of_files);
    RUN(descriptors_of_pipes);
    RUN(descriptors_that_are_none);
    RUN(no_descriptor_left);
    WAIT_UNTIL(count_fds() == quiet);
    return 0;
}

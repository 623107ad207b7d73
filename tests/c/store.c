/*
 * Recordings in a folder: purging, folders that are refused, and forked processes. No recognition: no model is needed.
 */
#include "check.h"

#include <sys/stat.h>
#include <sys/wait.h>

static tiro_client *local(const char *folder)
{
    tiro_options *options = tiro_options_new();
    tiro_client *client = NULL;
    if (folder != NULL)
        CHECK_OK(tiro_options_set(options, TIRO_OPT_DATA_DIR, folder, NULL));
    CHECK_OK(tiro_client_new(options, &client, NULL));
    tiro_options_free(options);
    return client;
}

/* How many recordings there are; below zero: why that cannot be told. */
static int64_t count(tiro_client *client, tiro_error **err)
{
    tiro_op *op = NULL;
    tiro_page *page = NULL;
    CHECK_OK(tiro_client_recordings(client, 0, 10, NULL, &op, NULL));
    tiro_status status = tiro_op_join_page(op, 30000, &page, err);
    int64_t total = status == TIRO_OK ? tiro_page_total(page) : status;
    tiro_page_free(page);
    return total;
}

static tiro_status purge(tiro_client *client)
{
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_purge(client, NULL, &op, NULL));
    return tiro_op_join(op, 30000, NULL);
}

static void everything_goes(void)
{
    tiro_client *client = scripted(NULL);
    for (int i = 0; i < 3; i++)
        CHECK_OK(tiro_op_join(upload(client), -1, NULL));
    CHECK(count(client, NULL) == 3);
    CHECK_OK(purge(client));
    CHECK(count(client, NULL) == 0);
    CHECK_OK(purge(client));
    tiro_client_free(client);

    client = scripted("{\"errors\": {\"purge\": {\"code\": \"TIRO_E_FORBIDDEN\"}}}");
    CHECK_STATUS(purge(client), TIRO_E_FORBIDDEN);
    tiro_client_free(client);

    client = local(NULL);
    CHECK_OK(purge(client));
    tiro_client_free(client);
}

static int mode_of(const char *path)
{
    struct stat found;
    CHECK(lstat(path, &found) == 0);
    return found.st_mode & 0777;
}

static void a_folder_is_made_at_the_first_call(void)
{
    tiro_client *client = local("new/store");
    CHECK(access("new", F_OK) != 0);
    CHECK(count(client, NULL) == 0);
    CHECK(mode_of("new") == 0700 && mode_of("new/store") == 0700);
    CHECK(mode_of("new/store/tiro.db") == 0600 && mode_of("new/store/media") == 0700);
    CHECK_OK(purge(client));
    tiro_client_free(client);
    WAIT_UNTIL(count_entries("new/store/owners") == 0);
}

static void folders_that_are_refused(void)
{
    CHECK(mkdir("open", 0700) == 0 && chmod("open", 0777) == 0);
    CHECK(mkdir("odd", 0700) == 0);
    FILE *file = fopen("file", "w");
    CHECK(file != NULL && fputs("Dear diary, today I wrote a text file.", file) >= 0 && fclose(file) == 0);
    const struct {
        const char *folder;
        tiro_status status;
    } cases[] = {{"open", TIRO_E_PERMISSION}, {"odd", TIRO_E_STORE_CORRUPT}, {"file", 0}, {"file/x", 0}};
    CHECK(rename("file", "odd/tiro.db") == 0 && chmod("odd/tiro.db", 0600) == 0);
    CHECK(close(open("file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600)) == 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tiro_client *client = local(cases[i].folder);
        tiro_error *err = NULL;
        int64_t failed = count(client, &err);
        CHECK(failed == cases[i].status || (cases[i].status == 0 && failed <= TIRO_E_IO && failed > -600));
        CHECK(strstr(tiro_error_message(err, NULL), cases[i].folder) != NULL);
        tiro_error_free(err);
        /* Put right, the same client works. */
        if (failed == TIRO_E_PERMISSION) {
            CHECK(chmod("open", 0700) == 0);
            CHECK(count(client, NULL) == 0);
        }
        tiro_client_free(client);
    }
}

static void *keep_writing(void *ended)
{
    tiro_client *client = local("shared");
    while (!atomic_load((atomic_int *)ended))
        CHECK_OK(purge(client));
    tiro_client_free(client);
    return NULL;
}

/* The child has a store of its own in the same folder, or is told that it was forked at the wrong moment. */
static void forks_in_the_middle_of_everything(void)
{
    atomic_int ended = 0;
    tiro_client *client = local("shared");
    CHECK(count(client, NULL) == 0);
    pthread_t writer = start_thread(keep_writing, &ended);
    for (int i = 0; i < rounds(30); i++) {
        sleep_ms(i % 7);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            tiro_op *op = NULL;
            tiro_status status = tiro_client_purge(client, NULL, &op, NULL);
            tiro_client_free(client);
            int64_t total = count(local("shared"), NULL);
            _exit(status == TIRO_E_FORKED && (total == 0 || total == TIRO_E_FORKED) ? 0 : 1);
        }
        int status = -1;
        CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
        CHECK(count(client, NULL) == 0);
    }
    atomic_store(&ended, 1);
    end_thread(writer);
    tiro_client_free(client);
}

int main(void)
{
    RUN(everything_goes);
    RUN(a_folder_is_made_at_the_first_call);
    RUN(folders_that_are_refused);
    RUN(forks_in_the_middle_of_everything);
    return 0;
}

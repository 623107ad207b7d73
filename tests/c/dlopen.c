/*
 * Loads and unloads a module that uses the library, and the library itself, fifty times, with operations pending to the
 * last moment: threads, descriptors and handles come back each time. Not linked with the library; the arguments are the
 * paths of the module and of the library.
 */
#include "check.h"

#include <dlfcn.h>

static const char *module_path, *library_path;

static void *symbol(void *from, const char *name)
{
    void *found = dlsym(from, name);
    if (found == NULL)
        check_failed(name, 0, dlerror());
    return found;
}

static void *open_it(const char *path)
{
    void *opened = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (opened == NULL)
        check_failed(path, 0, dlerror());
    return opened;
}

static void load_and_go(int by_shutdown)
{
    void (*run)(int);
    void *module = open_it(module_path);
    *(void **)(&run) = symbol(module, "module_run");
    run(by_shutdown);
    CHECK(dlclose(module) == 0);
    CHECK(dlopen(module_path, RTLD_NOW | RTLD_NOLOAD) == NULL); /* it is gone, indeed */
}

static void fifty_times(int by_shutdown)
{
    int threads = count_threads();
    load_and_go(by_shutdown); /* the first time loads what stays */
    WAIT_UNTIL(count_threads() == threads);
    int fds = count_fds();
    for (int i = 0; i < rounds(50); i++) {
        load_and_go(by_shutdown);
        WAIT_UNTIL(count_threads() == threads && count_fds() == fds);
    }
}

static void the_library_itself(void)
{
    for (int i = 0; i < rounds(50); i++) {
        tiro_options *(*make)(void);
        void (*end)(tiro_options *);
        int64_t (*live)(int32_t);
        tiro_status (*new_client)(const tiro_options *, tiro_client **, tiro_error **);
        tiro_status (*set)(tiro_options *, const char *, const char *, tiro_error **);
        tiro_status (*list)(tiro_client *, uint64_t, uint64_t, const tiro_options *, tiro_op **, tiro_error **);
        tiro_status (*shut_down)(int64_t, tiro_error **);
        void (*free_client)(tiro_client *);
        void (*free_op)(tiro_op *);
        void *library = open_it(library_path);
        *(void **)(&make) = symbol(library, "tiro_options_new");
        *(void **)(&end) = symbol(library, "tiro_options_free");
        *(void **)(&live) = symbol(library, "tiro_live_handles");
        *(void **)(&set) = symbol(library, "tiro_options_set");
        *(void **)(&new_client) = symbol(library, "tiro_client_new");
        *(void **)(&list) = symbol(library, "tiro_client_recordings");
        *(void **)(&shut_down) = symbol(library, "tiro_shutdown");
        *(void **)(&free_client) = symbol(library, "tiro_client_free");
        *(void **)(&free_op) = symbol(library, "tiro_op_free");
        int threads = count_threads();
        tiro_options *options = make();
        tiro_client *client = NULL;
        tiro_op *op = NULL;
        CHECK(set(options, TIRO_OPT_SERVICE, "scripted", NULL) == TIRO_OK);
        CHECK(set(options, TIRO_OPT_SCRIPT, "{\"answer_ms\": 60000}", NULL) == TIRO_OK);
        CHECK(new_client(options, &client, NULL) == TIRO_OK);
        end(options);
        CHECK(list(client, 0, 1, NULL, &op, NULL) == TIRO_OK);
        if (i % 2 == 0) {
            /* Closed under its own threads: it stays mapped, so nothing happens to them. */
            CHECK(dlclose(library) == 0);
            library = open_it(library_path);
        }
        CHECK(shut_down(-1, NULL) == TIRO_OK);
        free_op(op);
        free_client(client);
        CHECK(live(TIRO_HANDLE_ANY) == 0);
        CHECK(dlclose(library) == 0);
        WAIT_UNTIL(count_threads() == threads);
    }
}

int main(int argc, char **argv)
{
    CHECK(argc == 3);
    module_path = argv[1];
    library_path = argv[2];
    fifty_times(1);
    printf("ok a_module_that_shuts_down\n");
    fifty_times(0);
    printf("ok a_module_that_cancels_its_own\n");
    the_library_itself();
    printf("ok the_library_itself\n");
    return 0;
}

/*
 * A race on purpose: two threads of the library and the program write one number without a lock. ThreadSanitizer must
 * find it, or its silence about everything else means nothing.
 */
#include <tiro.h>
#include <stdio.h>
#include <time.h>

static long unguarded;

static void count(void *user_data, tiro_op *op, tiro_status status)
{
    (void)user_data, (void)op, (void)status;
    unguarded++;
}

int main(void)
{
    tiro_client *client = NULL;
    tiro_options *options = tiro_options_new();
    tiro_options_set(options, TIRO_OPT_SERVICE, "scripted", NULL);
    if (tiro_client_new(options, &client, NULL) != TIRO_OK)
        return 2;
    for (int i = 0; i < 100; i++) {
        tiro_op *op = NULL;
        if (tiro_client_recordings(client, 0, 1, NULL, &op, NULL) != TIRO_OK ||
            tiro_op_on_done(op, count, NULL, NULL, NULL) != TIRO_OK)
            return 2;
        unguarded++;
        tiro_op_join(op, -1, NULL);
    }
    tiro_shutdown(-1, NULL);
    tiro_client_free(client);
    tiro_options_free(options);
    printf("%ld\n", unguarded);
    return 0;
}

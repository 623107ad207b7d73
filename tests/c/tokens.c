/*
 * Access tokens that the program provides: asked on a library thread, given more room, failing; destroy runs once.
 */
#include "check.h"

struct provider {
    atomic_int asked, destroyed;
    int64_t size;      /* of the token; or the failure */
    int blocks_in_it;  /* tries to wait inside */
    pthread_t main;
    tiro_client *client;
};

static int64_t give(void *data, const char *refused, char *buf, size_t cap)
{
    struct provider *provider = data;
    CHECK(refused == NULL && cap >= 4096 && !pthread_equal(pthread_self(), provider->main));
    atomic_fetch_add(&provider->asked, 1);
    if (provider->blocks_in_it) {
        provider->blocks_in_it = 0;
        tiro_op *op = NULL;
        CHECK_OK(tiro_client_sign_in(provider->client, NULL, &op, NULL));
        CHECK_STATUS(tiro_op_wait(op, -1, NULL), TIRO_E_DEADLOCK);
        tiro_op_free(op);
    }
    if (provider->size > 0 && (size_t)provider->size <= cap)
        memset(buf, 't', (size_t)provider->size);
    return provider->size;
}

static void ended(void *data)
{
    atomic_fetch_add(&((struct provider *)data)->destroyed, 1);
}

static tiro_client *with_tokens(struct provider *provider)
{
    tiro_options *options = unserved_options();
    tiro_client *client = NULL;
    provider->main = pthread_self();
    CHECK_OK(tiro_client_new_with_tokens(options, give, provider, ended, &client, NULL));
    tiro_options_free(options);
    provider->client = client;
    return client;
}

static tiro_status sign_in(tiro_client *client, tiro_error **err)
{
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_sign_in(client, NULL, &op, NULL));
    return tiro_op_join(op, -1, err);
}

static void a_token_is_asked_for(void)
{
    struct provider provider = {.size = 5};
    tiro_client *client = with_tokens(&provider);
    CHECK(atomic_load(&provider.asked) == 0);
    CHECK_OK(sign_in(client, NULL));
    CHECK(atomic_load(&provider.asked) >= 1 && atomic_load(&provider.destroyed) == 0);
    tiro_client_free(client);
    WAIT_UNTIL(atomic_load(&provider.destroyed) == 1);
}

static void a_long_token_gets_its_room(void)
{
    struct provider provider = {.size = 100000};
    tiro_client *client = with_tokens(&provider);
    CHECK_OK(sign_in(client, NULL));
    CHECK(atomic_load(&provider.asked) == 2);
    tiro_client_free(client);
    WAIT_UNTIL(atomic_load(&provider.destroyed) == 1);
}

static void what_a_callback_must_not_give(void)
{
    const int64_t sizes[] = {0, -1, INT64_MIN, INT64_MAX, (1 << 20) + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct provider provider = {.size = sizes[i]};
        tiro_client *client = with_tokens(&provider);
        tiro_error *err = NULL;
        CHECK_STATUS(sign_in(client, &err), TIRO_E_AUTH);
        CHECK(strstr(tiro_error_message(err, NULL), "token callback") != NULL);
        tiro_error_free(err);
        tiro_client_free(client);
        WAIT_UNTIL(atomic_load(&provider.destroyed) == 1);
    }
}

static void a_wait_inside_is_refused(void)
{
    struct provider provider = {.size = 5, .blocks_in_it = 1};
    tiro_client *client = with_tokens(&provider);
    CHECK_OK(sign_in(client, NULL));
    tiro_client_free(client);
    WAIT_UNTIL(atomic_load(&provider.destroyed) == 1);
}

static void a_service_that_takes_no_tokens(void)
{
    struct provider provider = {.size = 5};
    tiro_options *options = tiro_options_new();
    tiro_client *client = (void *)&provider;
    CHECK_OK(tiro_options_set(options, TIRO_OPT_SERVICE, "scripted", NULL));
    CHECK_STATUS(tiro_client_new_with_tokens(options, give, &provider, ended, &client, NULL), TIRO_E_ARGUMENT);
    CHECK(client == NULL);
    tiro_options_free(options);
    WAIT_UNTIL(atomic_load(&provider.destroyed) == 1);
    CHECK(atomic_load(&provider.asked) == 0);
}

int main(void)
{
    RUN(a_token_is_asked_for);
    RUN(a_long_token_gets_its_room);
    RUN(what_a_callback_must_not_give);
    RUN(a_wait_inside_is_refused);
    RUN(a_service_that_takes_no_tokens);
    return 0;
}

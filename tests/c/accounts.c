/*
 * What only services with accounts do, as far as no server is needed: logins and the operations that wait for them,
 * links, clients of other users.
 */
#include "check.h"

#define CHECK_UNSUPPORTED(call) \
    do { \
        op = (void *)&op; \
        tiro_error *err = NULL; \
        CHECK_STATUS(call, TIRO_E_UNSUPPORTED); \
        CHECK(op == NULL && tiro_error_code(err) == TIRO_E_UNSUPPORTED); \
        tiro_error_free(err); \
    } while (0)

static void a_service_without_accounts_says_so(void)
{
    tiro_client *client = scripted(NULL), *other = unserved(), *user = (void *)&client;
    tiro_op *op = NULL;
    tiro_login *login = NULL;
    tiro_document *document = (void *)&client;
    char buf[8];
    size_t need = 7;
    CHECK_OK(tiro_client_login_begin(other, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_login(op, -1, &login, NULL));
    CHECK_UNSUPPORTED(tiro_client_sign_in(client, NULL, &op, &err));
    CHECK_UNSUPPORTED(tiro_client_sign_out(client, NULL, &op, &err));
    CHECK_UNSUPPORTED(tiro_client_login_begin(client, NULL, &op, &err));
    CHECK_UNSUPPORTED(tiro_client_complete_login(client, "t", "http://127.0.0.1:1/", NULL, &op, &err));
    CHECK_UNSUPPORTED(tiro_client_receive_login(client, login, NULL, &op, &err));
    CHECK_UNSUPPORTED(tiro_client_request(client, "GET", "/", NULL, 0, NULL, NULL, &op, &err));
    CHECK_UNSUPPORTED(tiro_client_doctor(client, NULL, &op, &err));
    CHECK_UNSUPPORTED(tiro_client_create_managed_user(client, "a@b", "A", "B", NULL, NULL, NULL, &op, &err));
    CHECK_UNSUPPORTED(tiro_client_delete_managed_user(client, "1", NULL, &op, &err));
    CHECK_STATUS(tiro_client_logout_url(client, buf, sizeof buf, &need, NULL), TIRO_E_UNSUPPORTED);
    CHECK_STATUS(tiro_client_recording_link(client, "1", buf, sizeof buf, &need, NULL), TIRO_E_UNSUPPORTED);
    CHECK_STATUS(tiro_client_worklist_link(client, buf, sizeof buf, &need, NULL), TIRO_E_UNSUPPORTED);
    CHECK(need == 0);
    CHECK_STATUS(tiro_client_endpoints(client, &document, NULL), TIRO_E_UNSUPPORTED);
    CHECK_STATUS(tiro_client_as_user(client, "a@example.com", &user, NULL), TIRO_E_UNSUPPORTED);
    CHECK(document == NULL && user == NULL);
    tiro_login_free(login);
    tiro_client_free(client);
    tiro_client_free(other);
}

static tiro_login *begin(tiro_client *client)
{
    tiro_op *op = NULL;
    tiro_login *login = NULL;
    CHECK_OK(tiro_client_login_begin(client, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_login(op, -1, &login, NULL));
    return login;
}

static void a_login_says_where_to_go(void)
{
    tiro_client *client = unserved();
    tiro_login *login = begin(client), *other = begin(client);
    size_t len = 0, need = 0;
    const char *url = tiro_login_url(login, &len), *state = tiro_login_state(login, NULL);
    const char *ticket = tiro_login_ticket(login, NULL);
    CHECK(strlen(url) == len && strncmp(url, "http://127.0.0.1:9/connect/authorize?", 37) == 0);
    CHECK(strstr(url, "code_challenge_method=S256") && strstr(url, "response_type=code") && strstr(url, state));
    CHECK(strlen(state) > 20 && strcmp(state, tiro_login_state(other, NULL)) != 0);
    CHECK(strlen(ticket) > 40 && strstr(url, ticket) == NULL);

    char buf[4096];
    CHECK_STATUS(tiro_login_copy(login, TIRO_LOGIN_URL, buf, len, &need, NULL), TIRO_E_BUFFER);
    CHECK(need == len + 1);
    CHECK_OK(tiro_login_copy(login, TIRO_LOGIN_URL, buf, need, &need, NULL));
    CHECK(strcmp(buf, url) == 0);
    CHECK_OK(tiro_login_copy(login, TIRO_LOGIN_TICKET, buf, sizeof buf, &need, NULL));
    CHECK(strcmp(buf, ticket) == 0);
    CHECK_STATUS(tiro_login_copy(login, 9, buf, sizeof buf, &need, NULL), TIRO_E_ARGUMENT);
    tiro_login_free(login);
    tiro_login_free(other);
    tiro_client_free(client);
}

/* Each redirect with what is wrong with it: nothing is asked of the service. */
static void a_redirect_that_is_not_the_logins_is_refused(void)
{
    tiro_client *client = unserved();
    tiro_login *login = begin(client), *other = begin(client);
    const char *ticket = tiro_login_ticket(login, NULL);
    char redirects[5][512];
    const char *const base = "http://127.0.0.1:18931/callback";
    snprintf(redirects[0], 512, "%s?code=c&state=%s", base, tiro_login_state(other, NULL));
    snprintf(redirects[1], 512, "%s?code=c", base);
    snprintf(redirects[2], 512, "http://127.0.0.1:18931/elsewhere?code=c&state=%s", tiro_login_state(login, NULL));
    snprintf(redirects[3], 512, "%s?error=access_denied&state=%s", base, tiro_login_state(login, NULL));
    snprintf(redirects[4], 512, "no URL at all");
    for (int i = 0; i < 6; i++) {
        tiro_op *op = NULL;
        tiro_client *person = (void *)&op;
        tiro_error *err = NULL;
        if (i < 5)
            CHECK_OK(tiro_client_complete_login(client, ticket, redirects[i], NULL, &op, NULL));
        else
            CHECK_OK(tiro_client_complete_login(client, "no ticket", redirects[0], NULL, &op, NULL));
        tiro_status status = tiro_op_join_client(op, -1, &person, &err);
        CHECK(status < 0 && status != TIRO_E_CONNECT && status != TIRO_E_PANIC && person == NULL);
        CHECK(strstr(tiro_error_message(err, NULL), tiro_login_state(login, NULL)) == NULL);
        tiro_error_free(err);
    }
    tiro_login_free(login);
    tiro_login_free(other);
    tiro_client_free(client);
}

static void an_upload_waits_for_a_login(void)
{
    tiro_client *client = unserved();
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    atomic_int destroyed = 0;
    tiro_source *source = NULL;
    CHECK_OK(tiro_source_from_bytes("bytes", 5, &destroyed, count_up, "a.wav", &source, NULL));
    tiro_op *op = NULL, *told = NULL;
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    tiro_source_free(source);
    CHECK_OK(tiro_op_attach(op, queue, NULL, NULL));
    int32_t kind = 0, phase = 0;
    void *tag = NULL;
    /* It may have come to that before it was attached. */
    while (phase != TIRO_PHASE_LOGIN_REQUIRED) {
        tiro_queue_next(queue, 50, &kind, &told, &tag, NULL, NULL);
        CHECK(kind != TIRO_EVENT_DONE);
        CHECK_OK(tiro_op_progress(op, &phase, NULL, NULL, NULL));
    }
    tiro_login *login = NULL;
    CHECK_OK(tiro_op_login(op, &login, NULL));
    CHECK(strstr(tiro_login_url(login, NULL), tiro_login_state(login, NULL)) != NULL);
    CHECK_STATUS(tiro_op_wait(op, 0, NULL), TIRO_PENDING);
    CHECK(atomic_load(&destroyed) == 0);
    CHECK_OK(tiro_op_cancel(op, NULL));
    CHECK_STATUS(tiro_op_wait(op, -1, NULL), TIRO_E_CANCELLED);
    tiro_login *none = login;
    CHECK_STATUS(tiro_op_login(op, &none, NULL), TIRO_PENDING);
    CHECK(none == NULL);
    WAIT_UNTIL(atomic_load(&destroyed) == 1);
    tiro_op_free(op);
    tiro_login_free(login);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

static void nobody_logs_in_in_time(void)
{
    tiro_client *client = unserved();
    tiro_options *call = tiro_options_new();
    CHECK_OK(tiro_options_set(call, TIRO_OPT_LOGIN_TIMEOUT_MS, "50", NULL));
    tiro_source *source = bytes_source();
    tiro_op *op = NULL;
    tiro_recording *recording = NULL;
    tiro_transcript *transcript = NULL;
    CHECK_OK(tiro_client_upload(client, source, call, &op, NULL));
    CHECK_STATUS(tiro_op_join_recording(op, -1, &recording, NULL), TIRO_E_LOGIN_REQUIRED);
    CHECK_OK(tiro_client_transcribe(client, source, call, &op, NULL));
    CHECK_STATUS(tiro_op_join_transcript(op, -1, &transcript, NULL), TIRO_E_LOGIN_REQUIRED);
    tiro_login *login = begin(client);
    tiro_client *person = NULL;
    CHECK_OK(tiro_client_receive_login(client, login, call, &op, NULL));
    CHECK(tiro_op_join_client(op, -1, &person, NULL) < 0 && person == NULL);
    tiro_login_free(login);
    tiro_source_free(source);
    tiro_options_free(call);
    tiro_client_free(client);
}

static void links_are_filled_in(void)
{
    tiro_client *client = unserved();
    char buf[256] = "as it was";
    size_t need = 0;
    CHECK_OK(tiro_client_recording_link(client, "a/b c?&", buf, sizeof buf, &need, NULL));
    CHECK(strcmp(buf, "http://127.0.0.1:9/r/a%2Fb%20c%3F%26") == 0 && need == strlen(buf) + 1);
    CHECK_STATUS(tiro_client_recording_link(client, "", buf, sizeof buf, &need, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_client_worklist_link(client, NULL, 0, &need, NULL), TIRO_E_BUFFER);
    CHECK(need == sizeof "http://127.0.0.1:9/list");
    CHECK_OK(tiro_client_worklist_link(client, buf, need, &need, NULL));
    CHECK(strcmp(buf, "http://127.0.0.1:9/list") == 0);
    CHECK_OK(tiro_client_logout_url(client, buf, sizeof buf, &need, NULL));
    CHECK(strncmp(buf, "http://127.0.0.1:9/connect/endsession", 37) == 0);
    tiro_client_free(client);
}

static void a_users_client_outlives_its_parent(void)
{
    tiro_client *client = unserved(), *user = NULL;
    CHECK_STATUS(tiro_client_as_user(client, "", &user, NULL), TIRO_E_ARGUMENT);
    CHECK_OK(tiro_client_as_user(client, "ada@example.com", &user, NULL));
    tiro_client_free(client);
    char buf[64];
    size_t need = 0;
    CHECK_OK(tiro_client_worklist_link(user, buf, sizeof buf, &need, NULL));
    tiro_client_free(user);
}

static void a_request_that_is_none_is_refused(void)
{
    tiro_client *client = unserved();
    const char *const bad[][2] = {
        {"TRACE", "/x"}, {"get", "/x"}, {"GET", "https://example.com/x"}, {"GET", "//example.com/x"}, {"GET", "/a/../b"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        tiro_op *op = NULL;
        tiro_document *document = NULL;
        tiro_status status = tiro_client_request(client, bad[i][0], bad[i][1], NULL, 0, NULL, NULL, &op, NULL);
        if (status == TIRO_OK)
            status = tiro_op_join_document(op, -1, &document, NULL);
        CHECK_STATUS(status, TIRO_E_ARGUMENT);
    }
    tiro_client_free(client);
}

int main(void)
{
    RUN(a_service_without_accounts_says_so);
    RUN(a_login_says_where_to_go);
    RUN(a_redirect_that_is_not_the_logins_is_refused);
    RUN(an_upload_waits_for_a_login);
    RUN(nobody_logs_in_in_time);
    RUN(links_are_filled_in);
    RUN(a_users_client_outlives_its_parent);
    RUN(a_request_that_is_none_is_refused);
    return 0;
}

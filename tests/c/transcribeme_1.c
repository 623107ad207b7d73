/*
 * TranscribeMe: a case for each way to sign in, and for the lists and the account that is charged.
 */
#include "transcribeme.h"

/* How signing in ends, with the service's code in the caller's buffer. */
static tiro_status sign_in_fails(const char *const *pairs, char *code, size_t size)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_client *client = client_with(pairs);
    DONE(tiro_client_sign_in(client, NULL, &op, &err));
    tiro_status status = tiro_op_join(op, 30000, &err);
    snprintf(code, size, "%s", tiro_error_service_code(err, NULL));
    tiro_error_free(err);
    tiro_client_free(client);
    return status;
}

static void grant_password(void)
{
    const char *const right[] = {TIRO_OPT_USERNAME, "me@example.com", TIRO_OPT_PASSWORD, "developer-password", NULL};
    const char *const wrong[] = {TIRO_OPT_USERNAME, "me@example.com", TIRO_OPT_PASSWORD, "no-password", NULL};
    char code[64];
    tiro_client *client = client_with(right);
    sign_in(client);
    tiro_client_free(client);
    CHECK_STATUS(sign_in_fails(wrong, code, sizeof code), TIRO_E_AUTH);
    CHECK(strcmp(code, "invalid_grant") == 0);
}

static void grant_application_token(void)
{
    const char *const wrong[] = {TIRO_OPT_APPLICATION_TOKEN, "no-token", NULL};
    char code[64];
    tiro_client *client = by_application_token();
    sign_in(client);
    tiro_client_free(client);
    CHECK_STATUS(sign_in_fails(wrong, code, sizeof code), TIRO_E_AUTH);
}

static void grant_external_token(void)
{
    const char *const google[] = {TIRO_OPT_EXTERNAL_TOKEN, "demo-google-token", TIRO_OPT_PROVIDER, "Google",
                                  TIRO_OPT_ROLE, "Customer", NULL};
    const char *const facebook[] = {TIRO_OPT_EXTERNAL_TOKEN, "demo-facebook-token", TIRO_OPT_PROVIDER, "Facebook",
                                    TIRO_OPT_ROLE, "Customer", NULL};
    tiro_client *client = client_with(google);
    sign_in(client);
    tiro_client_free(client);
    client = client_with(facebook);
    sign_in(client);
    tiro_client_free(client);
}

/* The sandbox's tokens last three seconds here. */
static void grant_refresh_token(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_client *client = by_application_token();
    sign_in(client);
    sleep_ms(3200);
    DONE(tiro_client_dictionary(client, "speakers", NULL, NULL, &op, &err));
    check_document(op, "2");
    tiro_client_free(client);
}

static void a_wrong_client_secret(void)
{
    const char *const wrong[] = {TIRO_OPT_APPLICATION_TOKEN, application_token, TIRO_OPT_CLIENT_SECRET, "no-secret", NULL};
    char code[64];
    CHECK_STATUS(sign_in_fails(wrong, code, sizeof code), TIRO_E_AUTH);
    CHECK(strcmp(code, "invalid_client") == 0);
}

static void dictionaries(void)
{
    static const char *const names[][2] = {
        {"types", "Verbatim"}, {"speakers", "2"},  {"outputs", "PDF"},   {"turnarounds", "24"},
        {"languages", "en"},   {"domains", "Legal"}, {"currencies", "USD"}, {"recording_statuses", "3"},
    };
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_client *client = by_application_token();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        DONE(tiro_client_dictionary(client, names[i][0], NULL, NULL, &op, &err));
        check_document(op, names[i][1]);
    }
    DONE(tiro_client_dictionary(client, "accents", "en", NULL, &op, &err));
    check_document(op, "en-GB");
    DONE(tiro_client_dictionary(client, "accents", NULL, NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, NULL), TIRO_E_ARGUMENT);
    DONE(tiro_client_dictionary(client, "weather", NULL, NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, NULL), TIRO_E_ARGUMENT);
    tiro_client_free(client);
}

static void billing(void)
{
    static const char address[] =
        "{\"firstName\": \"Ada\", \"lastName\": \"Example\", \"email\": \"ada@example.com\", \"address1\": \"1 Street\", "
        "\"address2\": null, \"country\": {\"id\": \"US\", \"name\": \"United States\"}, "
        "\"state\": {\"id\": \"CA\", \"name\": \"California\"}, \"city\": \"Town\", \"zip\": \"90000\"}";
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_client *client = by_application_token();
    CHECK_STATUS(tiro_client_set_billing_address(client, "[]", NULL, &op, NULL), TIRO_E_ARGUMENT);
    DONE(tiro_client_set_billing_address(client, address, NULL, &op, &err));
    DONE(tiro_op_join(op, 30000, &err));
    DONE(tiro_client_billing_address(client, NULL, &op, &err));
    check_document(op, "1 Street");
    DONE(tiro_client_billing_client_token(client, NULL, &op, &err));
    check_document(op, "client-token");
    DONE(tiro_client_save_billing_card(client, "no-nonce", NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, NULL), TIRO_E_REJECTED);
    DONE(tiro_client_save_billing_card(client, "fake-valid-nonce", NULL, &op, &err));
    DONE(tiro_op_join(op, 30000, &err));
    DONE(tiro_client_billing_card(client, NULL, &op, &err));
    check_document(op, "1111");
    tiro_client_free(client);
}

static void a_new_application_token_ends_the_one_before(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_document *document = NULL;
    const char *const before[] = {TIRO_OPT_APPLICATION_TOKEN, "demo-application-token", NULL};
    char code[64];
    tiro_client *client = by_application_token();
    DONE(tiro_client_regenerate_application_token(client, NULL, &op, &err));
    DONE(tiro_op_join_document(op, 30000, &document, &err));
    snprintf(application_token, sizeof application_token, "%s", tiro_document_text(document, NULL));
    CHECK(*application_token != '\0');
    tiro_document_free(document);
    tiro_client_free(client);
    client = by_application_token();
    sign_in(client);
    tiro_client_free(client);
    CHECK_STATUS(sign_in_fails(before, code, sizeof code), TIRO_E_AUTH);
}

int main(void)
{
    RUN(grant_password);
    RUN(grant_application_token);
    RUN(grant_external_token);
    RUN(grant_refresh_token);
    RUN(a_wrong_client_secret);
    RUN(dictionaries);
    RUN(billing);
    RUN(a_new_application_token_ends_the_one_before);
    return 0;
}

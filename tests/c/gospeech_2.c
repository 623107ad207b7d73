/*
 * Scenario II, users that the system manages. The cases are the steps of the vendor's page, by their numbers.
 */
#include "scenarios.h"

static const char email[] = "berta@example.com";
static char user_id[128], id[128];

static tiro_client *as_the_end_user(void)
{
    tiro_error *err = NULL;
    tiro_client *client = client_of_environment(), *person = NULL;
    DONE(tiro_client_as_user(client, email, &person, &err));
    tiro_client_free(client);
    return person;
}

static void step_1_the_connection_is_configured(void)
{
    tiro_client_free(client_of_environment());
}

static void step_2_end_users_are_added(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_document *user = NULL;
    tiro_client *client = client_of_environment();
    DONE(tiro_client_create_managed_user(client, email, "Berta", "Example", NULL, NULL, NULL, &op, &err));
    DONE(tiro_op_join_document(op, 30000, &user, &err));
    const char *begin = strstr(tiro_document_text(user, NULL), "\"id\":\"");
    CHECK(begin != NULL);
    snprintf(user_id, sizeof user_id, "%.*s", (int)strcspn(begin + 6, "\""), begin + 6);
    CHECK(*user_id != '\0');
    tiro_document_free(user);

    DONE(tiro_client_create_managed_user(client, email, "Berta", "Again", NULL, NULL, NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, NULL), TIRO_E_CONFLICT);
    DONE(tiro_client_create_managed_user(client, "no e-mail", "Berta", "Example", NULL, NULL, NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, &err), TIRO_E_REJECTED);
    CHECK(strstr(tiro_error_detail(err, NULL), "\"field\":\"email\"") != NULL);
    tiro_error_free(err);
    tiro_client_free(client);
}

static void step_3_the_end_user_starts_an_upload(void)
{
    tiro_client_free(as_the_end_user());
    write_recording();
}

static void step_4_the_file_goes_to_gospeech(void)
{
    tiro_client *person = as_the_end_user();
    upload_recording(person, id, sizeof id);
    tiro_client_free(person);
}

static void step_5_the_file_is_shown_with_its_status(void)
{
    tiro_client *person = as_the_end_user();
    wait_until_ready(person, id);
    CHECK(is_listed(person, id));
    tiro_client_free(person);
}

static void step_6_the_end_user_opens_the_record(void)
{
    char link[1024], wanted[256];
    size_t need = 0;
    tiro_error *err = NULL;
    tiro_client *person = as_the_end_user();
    DONE(tiro_client_recording_link(person, id, link, sizeof link, &need, &err));
    CHECK(need == strlen(link) + 1);
    snprintf(wanted, sizeof wanted, "/%s", id);
    CHECK(strstr(link, wanted) != NULL);
    tiro_client_free(person);
}

static void step_7_the_end_user_opens_the_worklist(void)
{
    char link[1024];
    size_t need = 0;
    tiro_error *err = NULL;
    tiro_client *person = as_the_end_user();
    DONE(tiro_client_worklist_link(person, link, sizeof link, &need, &err));
    CHECK(strncmp(link, "http", 4) == 0);
    tiro_client_free(person);
}

static void step_8_the_developer_removes_the_end_user(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_client *client = client_of_environment(), *person = as_the_end_user();
    DONE(tiro_client_delete_managed_user(client, user_id, NULL, &op, &err));
    DONE(tiro_op_join(op, 30000, &err));
    DONE(tiro_client_recordings(person, 0, 10, NULL, &op, &err));
    CHECK(tiro_op_join(op, 30000, NULL) < 0);
    tiro_client_free(client);
    tiro_client_free(person);
}

int main(void)
{
    RUN(step_1_the_connection_is_configured);
    RUN(step_2_end_users_are_added);
    RUN(step_3_the_end_user_starts_an_upload);
    RUN(step_4_the_file_goes_to_gospeech);
    RUN(step_5_the_file_is_shown_with_its_status);
    RUN(step_6_the_end_user_opens_the_record);
    RUN(step_7_the_end_user_opens_the_worklist);
    RUN(step_8_the_developer_removes_the_end_user);
    return 0;
}

/*
 * Scenario I, the system as one user. The cases are the steps of the vendor's page, by their numbers.
 */
#include "scenarios.h"

static char id[128];

static void step_1_the_connection_is_configured(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_client *client = client_of_environment();
    DONE(tiro_client_sign_in(client, NULL, &op, &err));
    DONE(tiro_op_join(op, 30000, &err));
    tiro_client_free(client);
}

static void step_2_the_system_uploads_a_file(void)
{
    tiro_client *client = client_of_environment();
    write_recording();
    upload_recording(client, id, sizeof id);
    tiro_client_free(client);
}

static void step_3_the_system_lists_all_records(void)
{
    tiro_client *client = client_of_environment();
    wait_until_ready(client, id);
    CHECK(is_listed(client, id));
    tiro_client_free(client);
}

static void step_4_the_system_gets_a_status_update(void)
{
    tiro_client *client = client_of_environment();
    upload_recording(client, id, sizeof id);
    wait_until_ready(client, id);
    tiro_client_free(client);
}

static void step_5_the_system_gets_the_transcript_in_every_format(void)
{
    static const char *const formats[][2] = {{"txt", "written beforehand"}, {"docx", "PK"}, {"pdf", "%PDF"}};
    tiro_error *err = NULL;
    tiro_client *client = client_of_environment();
    check_transcript(client, id);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        tiro_op *op = NULL;
        char path[64], content[65536] = "";
        snprintf(path, sizeof path, "talk.%s", formats[i][0]);
        DONE(tiro_client_export_to_path(client, id, formats[i][0], path, NULL, &op, &err));
        DONE(tiro_op_join(op, 60000, &err));
        FILE *file = fopen(path, "rb");
        CHECK(file != NULL);
        CHECK(fread(content, 1, sizeof content - 1, file) > 0);
        CHECK(strstr(content, formats[i][1]) != NULL);
        fclose(file);
    }
    tiro_client_free(client);
}

static void step_6_the_system_deletes_the_record(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_client *client = client_of_environment();
    DONE(tiro_client_delete(client, id, NULL, &op, &err));
    DONE(tiro_op_join(op, 30000, &err));
    CHECK(!is_listed(client, id));
    DONE(tiro_client_recording(client, id, NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, NULL), TIRO_E_NOT_FOUND);
    tiro_client_free(client);
}

int main(void)
{
    RUN(step_1_the_connection_is_configured);
    RUN(step_2_the_system_uploads_a_file);
    RUN(step_3_the_system_lists_all_records);
    RUN(step_4_the_system_gets_a_status_update);
    RUN(step_5_the_system_gets_the_transcript_in_every_format);
    RUN(step_6_the_system_deletes_the_record);
    return 0;
}

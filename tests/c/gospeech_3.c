/*
 * Scenario III, persons with accounts of their own. The cases are the steps of the vendor's page, by their numbers. The
 * address of the login page goes to standard output; whoever reads it there logs in.
 */
#include "scenarios.h"

static void step_1_the_connection_is_configured(void)
{
    tiro_client_free(client_of_environment());
}

static void step_2_the_end_user_registers_at_gospeech(void)
{
    /* By themselves: no verb of tiro's has to do with it, and none takes their password. */
    write_recording();
}

static void step_3_the_end_user_starts_an_upload(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    int32_t phase = 0;
    tiro_client *nobody = client_of_environment();
    /* Whoever asks for what needs a person is told so. */
    DONE(tiro_client_recordings(nobody, 0, 10, NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, NULL), TIRO_E_LOGIN_REQUIRED);
    /* An upload waits. */
    DONE(tiro_client_transcribe_file(nobody, recording_file, NULL, &op, &err));
    WAIT_UNTIL(tiro_op_progress(op, &phase, NULL, NULL, NULL) == TIRO_OK && phase == TIRO_PHASE_LOGIN_REQUIRED);
    CHECK_STATUS(tiro_op_wait(op, 100, NULL), TIRO_PENDING);
    CHECK_OK(tiro_op_cancel(op, NULL));
    CHECK_STATUS(tiro_op_join(op, 30000, NULL), TIRO_E_CANCELLED);
    tiro_client_free(nobody);
}

static void steps_4_and_5_the_end_user_logs_in_and_the_upload_goes_on(void)
{
    tiro_error *err = NULL;
    tiro_op *waiting = NULL, *received = NULL;
    tiro_client *client = client_of_environment(), *person = NULL;
    tiro_login *login = NULL;
    tiro_transcript *transcript = NULL;
    int32_t phase = 0;
    DONE(tiro_client_transcribe_file(client, recording_file, NULL, &waiting, &err));
    WAIT_UNTIL(tiro_op_progress(waiting, &phase, NULL, NULL, NULL) == TIRO_OK && phase == TIRO_PHASE_LOGIN_REQUIRED);
    DONE(tiro_op_login(waiting, &login, &err));
    DONE(tiro_client_receive_login(client, login, NULL, &received, &err));
    printf("login %s\n", tiro_login_url(login, NULL));
    fflush(stdout);
    tiro_login_free(login);
    DONE(tiro_op_join_client(received, 60000, &person, &err));
    DONE(tiro_op_join_transcript(waiting, 60000, &transcript, &err));
    CHECK(strstr(tiro_transcript_text(transcript, NULL), "written beforehand") != NULL);
    /* The recording is that person's; the client that began stays nobody's. */
    CHECK(is_listed(person, tiro_transcript_recording_id(transcript, NULL)));
    DONE(tiro_client_recordings(client, 0, 10, NULL, &waiting, &err));
    CHECK_STATUS(tiro_op_join(waiting, 30000, NULL), TIRO_E_LOGIN_REQUIRED);
    tiro_transcript_free(transcript);
    tiro_client_free(person);
    tiro_client_free(client);
}

int main(void)
{
    RUN(step_1_the_connection_is_configured);
    RUN(step_2_the_end_user_registers_at_gospeech);
    RUN(step_3_the_end_user_starts_an_upload);
    RUN(steps_4_and_5_the_end_user_logs_in_and_the_upload_goes_on);
    return 0;
}

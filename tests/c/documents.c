/*
 * Documents: exports, JSON of tiro's own, what errors and recordings say as JSON.
 */
#include "check.h"

static void an_export_is_a_document(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_join(op, -1, NULL));
    tiro_document *document = NULL;
    tiro_recording *recording = (void *)&op;
    CHECK_OK(tiro_client_export(client, "scripted-1", "txt", NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join_recording(op, -1, &recording, NULL), TIRO_E_RESULT_TYPE);
    CHECK(recording == NULL);
    CHECK_OK(tiro_op_join_document(op, -1, &document, NULL));
    size_t len = 0, text_len = 0, need = 0;
    const char *bytes = tiro_document_bytes(document, &len), *text = tiro_document_text(document, &text_len);
    CHECK(strstr(text, "Hello world.") != NULL && len == text_len && memcmp(bytes, text, len) == 0);
    CHECK(strncmp(tiro_document_content_type(document, NULL), "text/plain", 10) == 0);
    CHECK(tiro_document_http_status(document) == 0);
    char buf[256];
    CHECK_STATUS(tiro_document_copy(document, TIRO_DOCUMENT_BYTES, buf, len, &need, NULL), TIRO_E_BUFFER);
    CHECK(need == len + 1);
    CHECK_OK(tiro_document_copy(document, TIRO_DOCUMENT_BYTES, buf, need, &need, NULL));
    CHECK(strcmp(buf, text) == 0);
    CHECK_OK(tiro_document_copy(document, TIRO_DOCUMENT_TEXT, buf, sizeof buf, &need, NULL));
    CHECK(strcmp(buf, text) == 0);
    CHECK_STATUS(tiro_document_copy(document, 9, buf, sizeof buf, &need, NULL), TIRO_E_ARGUMENT);
    tiro_document_free(document);

    CHECK_STATUS(tiro_client_export(client, "scripted-1", "doc", NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_OK(tiro_client_export(client, "no such id", "txt", NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join_document(op, -1, &document, NULL), TIRO_E_NOT_FOUND);
    CHECK(document == NULL);
    tiro_client_free(client);
}

/* The bytes of a document need not be text. */
static void bytes_that_are_no_text(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_join(op, -1, NULL));
    tiro_document *document = NULL;
    if (tiro_client_export(client, "scripted-1", "docx", NULL, &op, NULL) == TIRO_OK) {
        tiro_status status = tiro_op_join_document(op, -1, &document, NULL);
        CHECK(status == TIRO_OK || status == TIRO_E_UNSUPPORTED);
    }
    if (document != NULL) {
        size_t len = 0, text_len = 7;
        CHECK(memcmp(tiro_document_bytes(document, &len), "PK", 2) == 0 && len > 1000);
        CHECK(tiro_document_text(document, &text_len)[0] == '\0' && text_len == 0);
        tiro_document_free(document);
    }
    tiro_client_free(client);
}

static void an_export_into_a_file(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_join(op, -1, NULL));
    CHECK_OK(tiro_client_export_to_path(client, "scripted-1", "srt", "export.srt", NULL, &op, NULL));
    CHECK_OK(tiro_op_join(op, -1, NULL));
    char text[64] = "";
    int fd = open("export.srt", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strncmp(text, "1\n00:00:00,000", 14) == 0);
    close(fd);
    CHECK_OK(tiro_client_export_to_path(client, "scripted-1", "txt", "no such folder/a.txt", NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_FILE_NOT_FOUND);
    CHECK_OK(tiro_client_export_to_path(client, "no such id", "txt", "export.srt", NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_NOT_FOUND);
    CHECK(access("export.srt", F_OK) == 0);
    tiro_client_free(client);
}

static void endpoints_are_json(void)
{
    tiro_client *client = unserved();
    tiro_document *document = NULL;
    CHECK_OK(tiro_client_endpoints(client, &document, NULL));
    const char *text = tiro_document_text(document, NULL);
    CHECK(text[0] == '[' && strcmp(tiro_document_content_type(document, NULL), "application/json") == 0);
    CHECK(strstr(text, "{\"operation\":\"upload\",\"method\":\"POST\",\"path\":\"/api/records\"") != NULL);
    CHECK(strstr(text, "\"standing\":\"configured\"") != NULL && strstr(text, "\"standing\":\"assumed\"") != NULL);
    tiro_client_free(client); /* a document needs no client */
    CHECK(tiro_document_text(document, NULL) == text);
    tiro_document_free(document);
}

static void an_error_says_more_as_json(void)
{
    tiro_client *client = scripted(
        "{\"errors\": {\"upload\": {\"code\": \"TIRO_E_REJECTED\", \"detail\": {\"denied\": [\"badRecordUpload\"]}}}}");
    tiro_op *op = upload(client);
    tiro_error *err = NULL;
    CHECK_STATUS(tiro_op_join(op, -1, &err), TIRO_E_REJECTED);
    const char *wanted = "{\"denied\":[\"badRecordUpload\"]}";
    size_t len = 0, need = 0;
    CHECK(strcmp(tiro_error_detail(err, &len), wanted) == 0 && len == strlen(wanted));
    char buf[64];
    CHECK_OK(tiro_error_copy(err, TIRO_ERROR_DETAIL, buf, sizeof buf, &need, NULL));
    CHECK(strcmp(buf, wanted) == 0);
    tiro_error_free(err);
    tiro_client_free(client);
}

static void a_recording_of_a_service_that_says_less(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = upload(client);
    tiro_recording *recording = NULL;
    CHECK_OK(tiro_op_join_recording(op, -1, &recording, NULL));
    CHECK(tiro_recording_changed_at_ms(recording) == 0 && tiro_recording_created_at_ms(recording) > 0);
    CHECK(tiro_recording_editor(recording, NULL)[0] == '\0' && tiro_recording_raw(recording, NULL)[0] == '\0');
    tiro_recording_free(recording);
    tiro_client_free(client);
}

int main(void)
{
    RUN(an_export_is_a_document);
    RUN(bytes_that_are_no_text);
    RUN(an_export_into_a_file);
    RUN(endpoints_are_json);
    RUN(an_error_says_more_as_json);
    RUN(a_recording_of_a_service_that_says_less);
    return 0;
}

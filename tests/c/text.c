/*
 * Texts and paths: a path is bytes and need not be UTF-8, everything that comes out is UTF-8 and NUL-terminated, and a
 * copy is whole or nothing.
 */
#include "check.h"

#include <sys/stat.h>

/* Latin-1 "für", which is no UTF-8. */
#define STRANGE "f\xfcr.wav"
#define STRANGE_TOML "f\xfcr.toml"

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fputs(content, file) >= 0 && fclose(file) == 0);
}

static int is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        int more = *at < 0x80 ? 0 : *at >= 0xf0 ? 3 : *at >= 0xe0 ? 2 : *at >= 0xc2 ? 1 : -1;
        if (more < 0)
            return 0;
        for (at++; more > 0; more--, at++)
            if ((*at & 0xc0) != 0x80)
                return 0;
    }
    return 1;
}

static void a_path_need_not_be_utf8(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = NULL;
    tiro_recording *recording = NULL;
    tiro_source *source = NULL;
    write_file(STRANGE, "12345678");
    CHECK_OK(tiro_client_upload_file(client, STRANGE, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_recording(op, -1, &recording, NULL));
    CHECK(tiro_recording_size(recording) == 8);
    const char *name = tiro_recording_name(recording, NULL);
    CHECK(is_utf8(name) && strstr(name, ".wav") != NULL);
    tiro_recording_free(recording);
    CHECK_OK(tiro_client_transcribe_file(client, STRANGE, NULL, &op, NULL));
    join_transcript(op);
    CHECK_OK(tiro_source_from_path(STRANGE, &source, NULL));
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    CHECK_OK(tiro_op_join(op, -1, NULL));
    tiro_source_free(source);
    tiro_client_free(client);
}

static void an_error_about_such_a_path_is_utf8(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = NULL;
    tiro_error *err = NULL;
    CHECK_OK(tiro_client_upload_file(client, "not there \xff\xfe", NULL, &op, NULL));
    CHECK_STATUS(tiro_op_join(op, -1, &err), TIRO_E_FILE_NOT_FOUND);
    size_t len = 0;
    const char *message = tiro_error_message(err, &len);
    CHECK(is_utf8(message) && strlen(message) == len && strstr(message, "not there") != NULL);
    tiro_error_free(err);
    tiro_client_free(client);
}

static void options_from_such_a_file(void)
{
    tiro_options *options = tiro_options_new();
    char text[64];
    size_t need = 0;
    write_file(STRANGE_TOML, "[default]\nlanguage = \"de\"\n\n[other]\nlanguage = \"fr\"\n");
    CHECK_OK(tiro_options_load_file(options, STRANGE_TOML, NULL, NULL));
    CHECK_OK(tiro_options_get(options, TIRO_OPT_LANGUAGE, text, sizeof text, &need, NULL));
    CHECK(strcmp(text, "de") == 0);
    CHECK_OK(tiro_options_load_file(options, STRANGE_TOML, "other", NULL));
    CHECK_OK(tiro_options_get(options, TIRO_OPT_LANGUAGE, text, sizeof text, &need, NULL));
    CHECK(strcmp(text, "fr") == 0);
    tiro_error *err = NULL;
    CHECK_STATUS(tiro_options_load_file(options, STRANGE_TOML, "none", &err), TIRO_E_OPTION);
    CHECK(is_utf8(tiro_error_message(err, NULL)));
    tiro_error_free(err);
    CHECK_STATUS(tiro_options_load_file(options, "no\xff.toml", NULL, NULL), TIRO_E_FILE_NOT_FOUND);
    /* What failed took nothing. */
    CHECK_OK(tiro_options_get(options, TIRO_OPT_LANGUAGE, text, sizeof text, &need, NULL));
    CHECK(strcmp(text, "fr") == 0);
    tiro_options_free(options);
}

/* An option that is a path keeps its bytes, there and back. */
static void an_option_that_is_a_path(void)
{
    tiro_options *options = tiro_options_new();
    char text[64];
    size_t need = 0;
    CHECK_OK(tiro_options_set(options, TIRO_OPT_MODEL_DIR, "f\xfcr", NULL));
    CHECK_OK(tiro_options_get(options, TIRO_OPT_MODEL_DIR, text, sizeof text, &need, NULL));
    CHECK(strcmp(text, "f\xfcr") == 0 && need == 4);
    CHECK_STATUS(tiro_options_set(options, TIRO_OPT_LANGUAGE, "f\xfcr", NULL), TIRO_E_UTF8);
    CHECK_STATUS(tiro_options_set(options, "f\xfcr", "x", NULL), TIRO_E_UTF8);
    tiro_options_free(options);
}

static void arguments_out_of_range(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = NULL;
    tiro_source *source = NULL;
    char *overlong = malloc(1 << 20);
    CHECK(overlong != NULL);
    memset(overlong, 'x', 1 << 20);
    overlong[(1 << 20) - 1] = '\0';
    CHECK_STATUS(tiro_client_wait(client, "", NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_client_wait(client, overlong, NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_client_delete(client, "a\nb", NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_client_upload_file(client, "", NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_client_recordings(client, 0, 0, NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_source_from_path("", &source, NULL), TIRO_E_ARGUMENT);
    CHECK(op == NULL && source == NULL);
    /* What is large is no error by itself. */
    tiro_page *page = NULL;
    CHECK_OK(tiro_client_recordings(client, UINT64_MAX, UINT64_MAX, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_page(op, INT64_MAX, &page, NULL));
    CHECK(tiro_page_count(page) == 0 && tiro_page_total(page) == 0);
    tiro_recording *recording = NULL;
    CHECK_STATUS(tiro_page_recording(page, 0, &recording, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_page_recording(page, UINT64_MAX, &recording, NULL), TIRO_E_ARGUMENT);
    tiro_page_free(page);
    /* A path that the system does not take is the operation's failure, with the system's reason. */
    CHECK_OK(tiro_client_upload_file(client, overlong, NULL, &op, NULL));
    CHECK(tiro_op_join(op, INT64_MIN, NULL) < -500);
    CHECK_OK(tiro_source_from_bytes("x", 1, NULL, NULL, overlong, &source, NULL));
    CHECK_OK(tiro_client_upload(client, source, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_recording(op, -1, &recording, NULL));
    CHECK(strlen(tiro_recording_name(recording, NULL)) == (1 << 20) - 1);
    tiro_recording_free(recording);
    tiro_source_free(source);
    free(overlong);
    tiro_client_free(client);
}

static void a_copy_is_whole_or_nothing(void)
{
    tiro_client *client = scripted("{\"transcript\": {\"words\": [{\"text\": \"gr\\u00fc\\u00df\", \"start_ms\": 0, \"end_ms\": 5}]}}");
    tiro_transcript *transcript = NULL;
    CHECK_OK(tiro_op_join_transcript(transcribe(client), -1, &transcript, NULL));
    size_t len = 0, need = 0;
    const char *text = tiro_transcript_text(transcript, &len);
    CHECK(len == 6 && strlen(text) == 6);
    CHECK(tiro_transcript_text(transcript, NULL) == text); /* borrowed: the same each time */
    for (size_t cap = 0; cap < 12; cap++) {
        char buf[16];
        memset(buf, '#', sizeof buf);
        tiro_status status = tiro_transcript_copy(transcript, TIRO_TRANSCRIPT_TEXT, buf, cap, &need, NULL);
        CHECK(need == 7);
        CHECK_STATUS(status, cap < 7 ? TIRO_E_BUFFER : TIRO_OK);
        CHECK(cap < 7 ? buf[0] == '#' : strcmp(buf, text) == 0);
        CHECK(buf[7] == '#'); /* nothing behind the NUL either */
    }
    CHECK_STATUS(tiro_transcript_copy(transcript, TIRO_TRANSCRIPT_TEXT, NULL, 0, &need, NULL), TIRO_E_BUFFER);
    CHECK(need == 7);
    char buf[16] = "#";
    CHECK_OK(tiro_transcript_copy(transcript, TIRO_TRANSCRIPT_RAW, buf, 1, &need, NULL)); /* empty: its NUL alone */
    CHECK(need == 1 && buf[0] == '\0');
    CHECK_STATUS(tiro_transcript_copy(transcript, 4, buf, sizeof buf, &need, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_transcript_copy(transcript, -1, buf, sizeof buf, &need, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_transcript_copy(transcript, INT32_MAX, buf, sizeof buf, &need, NULL), TIRO_E_ARGUMENT);
    CHECK(need == 0);
    tiro_transcript_free(transcript);
    tiro_client_free(client);
}

static void words_and_segments(void)
{
    tiro_client *client = scripted(
        "{\"transcript\": {\"words\": ["
        "{\"text\": \"One\", \"start_ms\": 0, \"end_ms\": 100, \"confidence\": 0.5, \"speaker\": \"A\"},"
        "{\"text\": \"two\", \"start_ms\": 100, \"end_ms\": 250, \"confidence\": null, \"speaker\": \"A\"},"
        "{\"text\": \"three\", \"start_ms\": 300, \"end_ms\": 400, \"confidence\": 1, \"speaker\": \"B\"}]}}");
    tiro_transcript *transcript = NULL;
    CHECK_OK(tiro_op_join_transcript(transcribe(client), -1, &transcript, NULL));
    size_t count = 0, stride = 0;
    const tiro_word *words = tiro_transcript_words(transcript, &count, &stride);
    CHECK(count == 3 && stride >= sizeof(tiro_word) && words == tiro_transcript_words(transcript, NULL, NULL));
    const tiro_word *two = tiro_word_at(words, stride, 1), *three = tiro_word_at(words, stride, 2);
    CHECK(strcmp(two->text, "two") == 0 && two->text_len == 3 && two->start_ms == 100 && two->end_ms == 250);
    CHECK(two->confidence != two->confidence && two->segment == 0); /* NAN: not given */
    CHECK(three->segment == 1 && three->confidence > 0.99f);
    const tiro_segment *segments = tiro_transcript_segments(transcript, &count, &stride);
    CHECK(count == 2 && stride >= sizeof(tiro_segment));
    const tiro_segment *second = tiro_segment_at(segments, stride, 1);
    CHECK(strcmp(second->speaker, "B") == 0 && second->first_word == 2 && second->word_count == 1);
    CHECK(second->start_ms == 300 && second->end_ms == 400);
    tiro_transcript_free(transcript);
    tiro_client_free(client);
}

int main(void)
{
    RUN(a_path_need_not_be_utf8);
    RUN(an_error_about_such_a_path_is_utf8);
    RUN(options_from_such_a_file);
    RUN(an_option_that_is_a_path);
    RUN(arguments_out_of_range);
    RUN(a_copy_is_whole_or_nothing);
    RUN(words_and_segments);
    return 0;
}

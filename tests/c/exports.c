/*
 * Transcripts read, searched and written without a service: every export of tests/conformance has the same bytes here.
 * The first argument is a list of them, a line a case, between tabs: the transcript's file, the format, the options (a
 * count, then keys and values), the file with the bytes.
 */
#include "check.h"

static const char *list;

struct bytes {
    char *data;
    size_t size;
    size_t limit; /* more than that is refused */
};

static int32_t on_write(void *data, const void *more, size_t size)
{
    struct bytes *bytes = data;
    if (bytes->size + size > bytes->limit)
        return -1;
    bytes->data = realloc(bytes->data, bytes->size + size + 1);
    CHECK(bytes->data != NULL);
    memcpy(bytes->data + bytes->size, more, size);
    bytes->size += size;
    return 0;
}

static struct bytes file(const char *path)
{
    struct bytes bytes = {NULL, 0, SIZE_MAX};
    char piece[4096];
    FILE *in = fopen(path, "rb");
    CHECK(in != NULL);
    for (size_t got; (got = fread(piece, 1, sizeof piece, in)) > 0;)
        CHECK(on_write(&bytes, piece, got) == 0);
    fclose(in);
    return bytes;
}

static int same(const struct bytes *one, const char *data, size_t size)
{
    return one->size == size && (size == 0 || memcmp(one->data, data, size) == 0);
}

static tiro_transcript *sample(void)
{
    static const char text[] = "1\n00:00:01,000 --> 00:00:02,000\nIt was the best\n\n"
                               "2\n00:00:03,000 --> 00:00:04,500\nof times, it was\n";
    tiro_transcript *transcript = NULL;
    CHECK_OK(tiro_transcript_from_srt(text, sizeof text - 1, &transcript, NULL));
    return transcript;
}

static void export_case(char *line)
{
    char *field = strtok(line, "\t"), *format = strtok(NULL, "\t");
    struct bytes document = file(field);
    tiro_transcript *transcript = NULL;
    CHECK_OK(tiro_transcript_from_json(document.data, document.size, &transcript, NULL));
    tiro_options *options = tiro_options_new();
    for (int count = atoi(strtok(NULL, "\t")); count > 0; count--) {
        const char *key = strtok(NULL, "\t");
        CHECK_OK(tiro_options_set(options, key, strtok(NULL, "\t"), NULL));
    }
    struct bytes expected = file(strtok(NULL, "\t")), written = {NULL, 0, SIZE_MAX};

    CHECK_OK(tiro_transcript_export(transcript, format, options, on_write, &written, NULL));
    CHECK(same(&expected, written.data, written.size));

    size_t need = 0;
    CHECK_STATUS(tiro_transcript_export_copy(transcript, format, options, NULL, 0, &need, NULL), TIRO_E_BUFFER);
    CHECK(need == expected.size + 1);
    char *copy = malloc(need);
    CHECK_OK(tiro_transcript_export_copy(transcript, format, options, copy, need, &need, NULL));
    CHECK(same(&expected, copy, need - 1) && copy[need - 1] == '\0');

    CHECK_OK(tiro_transcript_save(transcript, "export", format, options, NULL));
    struct bytes saved = file("export");
    CHECK(same(&expected, saved.data, saved.size));

    free(copy);
    free(saved.data);
    free(written.data);
    free(expected.data);
    free(document.data);
    tiro_options_free(options);
    tiro_transcript_free(transcript);
}

static void the_bytes_are_those_of_every_language(void)
{
    struct bytes cases = file(list);
    int count = 0;
    for (char *line = cases.data, *end; (end = memchr(line, '\n', cases.size - (size_t)(line - cases.data))); line = end + 1) {
        *end = '\0';
        export_case(line);
        count++;
        if (end + 1 == cases.data + cases.size)
            break;
    }
    CHECK(count > 10);
    free(cases.data);
}

static void a_save_that_fails_leaves_the_file(void)
{
    tiro_transcript *transcript = sample();
    CHECK_OK(tiro_transcript_save(transcript, "talk.vtt", NULL, NULL, NULL));
    struct bytes before = file("talk.vtt");
    CHECK_STATUS(tiro_transcript_save(transcript, "talk.vtt", "no such", NULL, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_transcript_save(transcript, "talk.unknown", NULL, NULL, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_transcript_save(transcript, "no such folder/talk.vtt", NULL, NULL, NULL), TIRO_E_FILE_NOT_FOUND);
    CHECK_STATUS(tiro_transcript_save(transcript, "/dev/null", "txt", NULL, NULL), TIRO_E_NOT_A_FILE);
    struct bytes after = file("talk.vtt");
    CHECK(same(&before, after.data, after.size));
    free(before.data);
    free(after.data);
    tiro_transcript_free(transcript);
}

static void a_function_may_refuse(void)
{
    tiro_transcript *transcript = sample();
    struct bytes little = {NULL, 0, 3};
    tiro_error *err = NULL;
    CHECK_STATUS(tiro_transcript_export(transcript, "srt", NULL, on_write, &little, &err), TIRO_E_IO);
    CHECK(strstr(tiro_error_message(err, NULL), "write callback failed with -1") != NULL);
    CHECK(little.size == 0);
    tiro_error_free(err);
    tiro_transcript_free(transcript);
}

static void phrases_are_found(void)
{
    tiro_transcript *transcript = sample();
    tiro_match matches[2] = {{0, 0, 0, 0}, {0, 0, 0, 0}};
    size_t need = 0;
    CHECK_STATUS(tiro_transcript_find(transcript, "IT WAS", matches, 1, &need, NULL), TIRO_E_BUFFER);
    CHECK(need == 2 && matches[0].word_count == 0);
    CHECK_OK(tiro_transcript_find(transcript, "IT WAS", matches, 2, &need, NULL));
    CHECK(need == 2 && matches[0].first_word == 0 && matches[0].word_count == 2 && matches[0].start_ms == 1000);
    CHECK(matches[1].first_word == 6 && matches[1].end_ms == 4500);
    CHECK_OK(tiro_transcript_find(transcript, "worst", NULL, 0, &need, NULL));
    CHECK(need == 0);
    tiro_transcript_free(transcript);
}

/* The words by Arrow and by the array are the same; Arrow's outlive the transcript. */
static void arrow_has_the_words(void)
{
    tiro_transcript *transcript = sample();
    size_t count = 0, stride = 0;
    const tiro_word *words = tiro_transcript_words(transcript, &count, &stride);
    int64_t ms = 0, arrow_ms = 0;
    uint64_t length = 0, estimated = 0;
    for (size_t i = 0; i < count; i++) {
        ms += tiro_word_at(words, stride, i)->end_ms - tiro_word_at(words, stride, i)->start_ms;
        length += tiro_word_at(words, stride, i)->text_len;
        estimated += tiro_word_at(words, stride, i)->estimated;
    }
    struct ArrowSchema schema;
    struct ArrowArray array, segments;
    CHECK_OK(tiro_transcript_words_arrow(transcript, &schema, &array, NULL));
    CHECK(strcmp(schema.format, "+s") == 0 && schema.n_children == array.n_children);
    CHECK(strcmp(schema.children[0]->name, "text") == 0 && strcmp(schema.children[0]->format, "U") == 0);
    CHECK(strcmp(schema.children[1]->name, "start_ms") == 0 && strcmp(schema.children[2]->name, "end_ms") == 0);
    schema.release(&schema);
    CHECK(schema.release == NULL);
    CHECK_OK(tiro_transcript_segments_arrow(transcript, &schema, &segments, NULL));
    tiro_transcript_free(transcript);

    CHECK(array.length == (int64_t)count && segments.length == 2);
    const int64_t *start = array.children[1]->buffers[1], *end = array.children[2]->buffers[1];
    for (size_t i = 0; i < count; i++)
        arrow_ms += end[i] - start[i];
    const int64_t *offsets = array.children[0]->buffers[1];
    CHECK(arrow_ms == ms && (uint64_t)offsets[count] == length);
    CHECK(memcmp(array.children[0]->buffers[2], "Itwasthebest", 12) == 0);
    CHECK(array.children[3]->null_count == (int64_t)count); /* subtitles have no confidence */
    CHECK(estimated == count && count == 8 && *(const uint8_t *)array.children[6]->buffers[1] == 0xff);
    array.release(&array);
    segments.release(&segments);
    schema.release(&schema);
    CHECK(array.release == NULL && segments.release == NULL && schema.release == NULL);
    CHECK_STATUS(tiro_transcript_words_arrow(NULL, &schema, &array, NULL), TIRO_E_NULL);
    CHECK(schema.release == NULL && array.release == NULL);
}

/* The recordings of a page by Arrow, which outlive the page. */
static void arrow_has_the_recordings(void)
{
    tiro_client *client = scripted(NULL);
    tiro_recording *recording = NULL;
    tiro_page *page = NULL;
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_join_recording(op, -1, &recording, NULL));
    CHECK_OK(tiro_client_recordings(client, 0, 9, NULL, &op, NULL));
    CHECK_OK(tiro_op_join_page(op, -1, &page, NULL));
    struct ArrowSchema schema;
    struct ArrowArray array;
    CHECK_OK(tiro_page_arrow(page, &schema, &array, NULL));
    tiro_page_free(page);
    CHECK(array.length == 1 && array.n_children == 8 && strcmp(schema.children[0]->name, "id") == 0);
    const char *id = array.children[0]->buffers[2];
    CHECK(memcmp(id, tiro_recording_id(recording, NULL), strlen(tiro_recording_id(recording, NULL))) == 0);
    CHECK(strcmp(schema.children[7]->name, "size") == 0);
    CHECK(*(const uint64_t *)array.children[7]->buffers[1] == tiro_recording_size(recording));
    array.release(&array);
    schema.release(&schema);
    CHECK_STATUS(tiro_page_arrow(page, &schema, &array, NULL), TIRO_E_HANDLE);
    CHECK(schema.release == NULL && array.release == NULL);
    tiro_recording_free(recording);
    tiro_client_free(client);
}

static void what_is_no_document_is_refused(void)
{
    tiro_transcript *transcript = NULL;
    tiro_error *err = NULL;
    CHECK_STATUS(tiro_transcript_from_json("{", 1, &transcript, &err), TIRO_E_DOCUMENT);
    CHECK(transcript == NULL && tiro_error_code(err) == TIRO_E_DOCUMENT);
    tiro_error_free(err);
    CHECK_STATUS(tiro_transcript_from_json("\xff", 1, &transcript, NULL), TIRO_E_UTF8);
    CHECK_STATUS(tiro_transcript_from_vtt(NULL, 0, &transcript, NULL), TIRO_E_DOCUMENT);
    CHECK(transcript == NULL);
}

int main(int argc, char **argv)
{
    CHECK(argc == 2);
    list = argv[1];
    RUN(the_bytes_are_those_of_every_language);
    RUN(a_save_that_fails_leaves_the_file);
    RUN(a_function_may_refuse);
    RUN(phrases_are_found);
    RUN(arrow_has_the_words);
    RUN(arrow_has_the_recordings);
    RUN(what_is_no_document_is_refused);
    return 0;
}

/*
 * TranscribeMe: a case for each way to upload, and the steps of an order. REMOTE_URL is where a recording can be had from.
 */
#include "transcribeme.h"

static tiro_order *order;
static char id[128];

static void write_recording(const char *path)
{
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    for (int i = 0; i < 300000; i++)
        fputc(i * 31 % 251, file);
    CHECK(fclose(file) == 0);
}

/* Uploads, and keeps the recording's id. */
static void upload_with(tiro_client *client, const char *const *pairs)
{
    static const char name[] = "talk & #1 + \"more\".wav";
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_recording *recording = NULL;
    tiro_options *call = options_of(pairs);
    write_recording(name);
    DONE(tiro_client_upload_file(client, name, call, &op, &err));
    DONE(tiro_op_join_recording(op, 30000, &recording, &err));
    CHECK(strcmp(tiro_recording_name(recording, NULL), name) == 0);
    CHECK(tiro_recording_size(recording) == 300000);
    CHECK(tiro_recording_status(recording) == TIRO_STATUS_NEEDS_ACTION);
    snprintf(id, sizeof id, "%s", tiro_recording_id(recording, NULL));
    CHECK(*id != '\0');
    tiro_recording_free(recording);
    tiro_options_free(call);
}

static void upload_case(const char *const *pairs)
{
    tiro_client *client = by_application_token();
    upload_with(client, pairs);
    tiro_client_free(client);
}

static void upload_in_parts(void)
{
    const char *const pairs[] = {TIRO_OPT_TRANSCRIBEME_PART_BYTES, "65536", NULL};
    upload_case(pairs);
}

static void upload_in_parallel_parts(void)
{
    const char *const pairs[] = {TIRO_OPT_TRANSCRIBEME_PART_BYTES, "65536", TIRO_OPT_TRANSCRIBEME_PARALLEL_PARTS, "4", NULL};
    upload_case(pairs);
}

static void upload_in_one_request(void)
{
    const char *const pairs[] = {TIRO_OPT_TRANSCRIBEME_UPLOAD, "simple", NULL};
    upload_case(pairs);
}

static void upload_in_one_request_after_its_id(void)
{
    const char *const pairs[] = {TIRO_OPT_TRANSCRIBEME_UPLOAD, "sync", NULL};
    upload_case(pairs);
}

static void upload_from_a_url(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_source *source = NULL;
    tiro_recording *recording = NULL;
    tiro_client *client = by_application_token();
    CHECK_STATUS(tiro_source_from_url("ftp://example.com/a.wav", &source, NULL), TIRO_E_ARGUMENT);
    DONE(tiro_source_from_url(getenv("REMOTE_URL"), &source, &err));
    DONE(tiro_client_upload(client, source, NULL, &op, &err));
    DONE(tiro_op_join_recording(op, 30000, &recording, &err));
    CHECK(*tiro_recording_id(recording, NULL) != '\0');
    tiro_recording_free(recording);
    tiro_source_free(source);
    tiro_client_free(client);
}

/* The one order of the cases below, as it is after each of them. */
static void take_order(tiro_op *op)
{
    tiro_error *err = NULL;
    tiro_order_free(order);
    order = NULL;
    DONE(tiro_op_join_order(op, 30000, &order, &err));
}

static void check_order(const char *price)
{
    char buffer[64];
    size_t len = 0, need = 0;
    CHECK(strcmp(tiro_order_price(order, &len), price) == 0);
    CHECK(len == strlen(price));
    CHECK_STATUS(tiro_order_copy(order, TIRO_ORDER_PRICE, buffer, 2, &need, NULL), TIRO_E_BUFFER);
    CHECK_OK(tiro_order_copy(order, TIRO_ORDER_PRICE, buffer, sizeof buffer, &need, NULL));
    CHECK(strcmp(buffer, price) == 0 && need == len + 1);
    CHECK(strncmp(price, tiro_order_amount(order, NULL), strlen(tiro_order_amount(order, NULL))) == 0);
    CHECK(strcmp(tiro_order_currency(order, NULL), "USD") == 0);
    CHECK(tiro_order_recording_count(order) == 1);
    CHECK(strcmp(tiro_order_recording_id(order, 0, NULL), id) == 0);
    CHECK(strcmp(tiro_order_recording_id(order, 1, NULL), "") == 0);
    CHECK(strstr(tiro_order_raw(order, NULL), tiro_order_id(order, NULL)) != NULL);
}

/* How placing the order ends with these options; what it fails with tells `detail`. */
static tiro_status place_with(tiro_client *client, const char *const *pairs, const char *detail)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_order *placed = NULL;
    tiro_options *call = options_of(pairs);
    DONE(tiro_client_place(client, tiro_order_id(order, NULL), call, &op, &err));
    tiro_status status = tiro_op_join_order(op, 30000, &placed, &err);
    if (status == TIRO_OK) {
        tiro_order_free(order);
        order = placed;
    } else if (strstr(tiro_error_detail(err, NULL), detail) == NULL) {
        check_failed(detail, 0, tiro_error_detail(err, NULL));
    }
    tiro_error_free(err);
    tiro_options_free(call);
    return status;
}

/* The steps of one order, each as the service has it afterwards. */
static void order_created(tiro_client *client)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    const char *const ids[] = {id}, *const none[] = {NULL};
    CHECK_STATUS(tiro_client_create_order(client, ids, 0, NULL, &op, NULL), TIRO_E_ARGUMENT);
    CHECK_STATUS(tiro_client_create_order(client, none, 1, NULL, &op, NULL), TIRO_E_NULL);
    DONE(tiro_client_create_order(client, ids, 1, NULL, &op, &err));
    take_order(op);
    DONE(tiro_client_order(client, tiro_order_id(order, NULL), NULL, &op, &err));
    take_order(op);
    check_order("1.25 USD");
    CHECK(tiro_order_paid_at_ms(order) == -1);
}

static void settings_edited(tiro_client *client)
{
    const char *const pairs[] = {TIRO_OPT_LANGUAGE, "english", TIRO_OPT_ORDER_TYPE, "verbatim",
                                 TIRO_OPT_ORDER_TURNAROUND, "24h", NULL};
    const char *const unknown[] = {TIRO_OPT_ORDER_TYPE, "verbatm", NULL};
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_options *call = options_of(pairs);
    DONE(tiro_client_edit_settings(client, tiro_order_id(order, NULL), call, &op, &err));
    take_order(op);
    check_order("2.00 USD");
    tiro_options_free(call);
    call = options_of(unknown);
    DONE(tiro_client_edit_settings(client, tiro_order_id(order, NULL), call, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, &err), TIRO_E_OPTION);
    CHECK(strstr(tiro_error_hint(err, NULL), "Verbatim") != NULL);
    tiro_error_free(err);
    tiro_options_free(call);
}

static void promo_applied(tiro_client *client)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    DONE(tiro_client_apply_promo(client, tiro_order_id(order, NULL), "NO-SUCH-CODE", NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, &err), TIRO_E_REJECTED);
    CHECK(strcmp(tiro_error_service_code(err, NULL), "PROMO") == 0);
    tiro_error_free(err);
    DONE(tiro_client_apply_promo(client, tiro_order_id(order, NULL), "SANDBOX-HALF", NULL, &op, &err));
    take_order(op);
    check_order("1.00 USD");
    DONE(tiro_client_quote(client, tiro_order_id(order, NULL), NULL, &op, &err));
    check_document(op, "\"price\":{\"amount\":\"1.00\",\"currency\":\"USD\"}");
}

static void placed_at_the_confirmed_price_only(tiro_client *client)
{
    const char *const too_little[] = {TIRO_OPT_MAX_PRICE, "0.99 USD", NULL};
    const char *const another[] = {TIRO_OPT_CONFIRMED_PRICE, "0.90 USD", NULL};
    const char *const confirmed[] = {TIRO_OPT_CONFIRMED_PRICE, tiro_order_price(order, NULL), NULL};
    CHECK_STATUS(place_with(client, NULL, "\"amount\":\"1.00\""), TIRO_E_CONFIRM_REQUIRED);
    CHECK_STATUS(place_with(client, too_little, "\"amount\":\"1.00\""), TIRO_E_CONFIRM_REQUIRED);
    CHECK_STATUS(place_with(client, another, "\"now\":\"1.00 USD\""), TIRO_E_QUOTE_CHANGED);
    CHECK(tiro_order_paid_at_ms(order) == -1);
    CHECK_OK(place_with(client, confirmed, ""));
    CHECK(tiro_order_paid_at_ms(order) > 0);
}

static void transcript_fetched(tiro_client *client)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_recording *recording = NULL;
    tiro_transcript *transcript = NULL;
    DONE(tiro_client_wait(client, id, NULL, &op, &err));
    DONE(tiro_op_join_recording(op, 60000, &recording, &err));
    CHECK(tiro_recording_status(recording) == TIRO_STATUS_READY);
    CHECK(strcmp(tiro_recording_raw_status(recording, NULL), "3") == 0);
    DONE(tiro_client_transcript(client, id, NULL, &op, &err));
    DONE(tiro_op_join_transcript(op, 30000, &transcript, &err));
    CHECK(strstr(tiro_transcript_text(transcript, NULL), "written beforehand") != NULL);
    DONE(tiro_client_export(client, id, "txt", NULL, &op, &err));
    check_document(op, "written beforehand");
    tiro_transcript_free(transcript);
    tiro_recording_free(recording);
}

static void every_step_of_an_order(void)
{
    tiro_client *client = by_application_token();
    upload_with(client, NULL);
    order_created(client);
    settings_edited(client);
    promo_applied(client);
    placed_at_the_confirmed_price_only(client);
    transcript_fetched(client);
    tiro_order_free(order);
    order = NULL;
    tiro_client_free(client);
}

static void an_order_is_removed(void)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_order *made = NULL;
    tiro_client *client = by_application_token();
    upload_with(client, NULL);
    const char *const ids[] = {id};
    DONE(tiro_client_create_order(client, ids, 1, NULL, &op, &err));
    DONE(tiro_op_join_order(op, 30000, &made, &err));
    DONE(tiro_client_delete_order(client, tiro_order_id(made, NULL), NULL, &op, &err));
    DONE(tiro_op_join(op, 30000, &err));
    DONE(tiro_client_order(client, tiro_order_id(made, NULL), NULL, &op, &err));
    CHECK_STATUS(tiro_op_join(op, 30000, NULL), TIRO_E_NOT_FOUND);
    tiro_order_free(made);
    tiro_client_free(client);
}

int main(void)
{
    RUN(upload_in_parts);
    RUN(upload_in_parallel_parts);
    RUN(upload_in_one_request);
    RUN(upload_in_one_request_after_its_id);
    RUN(upload_from_a_url);
    RUN(every_step_of_an_order);
    RUN(an_order_is_removed);
    return 0;
}

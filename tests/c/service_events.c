/*
 * What a service tells without being asked: waited for, taken after an event of the queue, ended.
 */
#include "check.h"

#define CHANGE "{\"kind\": \"recording_changed\", \"recording_id\": \"scripted-1\", \"detail\": {\"n\": 1}}"
#define EXPORT "{\"kind\": \"export_completed\", \"recording_id\": \"scripted-1\", \"detail\": {\"fileId\": \"7\"}}"
#define LATER "{\"kind\": \"list_changed\", \"after_ms\": 20}"
#define GONE "{\"kind\": \"account_deleted\", \"after_ms\": 20}"

static tiro_op *listen_to(tiro_client *client)
{
    tiro_op *op = NULL;
    CHECK_OK(tiro_client_events(client, NULL, &op, NULL));
    return op;
}

static int32_t kind_of(tiro_service_event *event)
{
    int32_t kind = tiro_service_event_kind(event);
    tiro_service_event_free(event);
    return kind;
}

static void events_are_waited_for(void)
{
    tiro_client *client = scripted("{\"events\": [" CHANGE ", " EXPORT ", " LATER "]}");
    CHECK_OK(tiro_op_join(upload(client), -1, NULL));
    tiro_op *op = listen_to(client);
    tiro_service_event *event = NULL;
    tiro_recording *recording = NULL;
    char buf[64];
    size_t need = 0, len = 0;

    CHECK_OK(tiro_op_take_event(op, -1, &event, NULL));
    CHECK(tiro_service_event_kind(event) == TIRO_SERVICE_EVENT_RECORDING_CHANGED);
    CHECK(strcmp(tiro_service_event_recording_id(event, &len), "scripted-1") == 0 && len == 10);
    CHECK(strcmp(tiro_service_event_detail(event, NULL), "{\"n\":1}") == 0);
    CHECK_OK(tiro_service_event_copy(event, TIRO_SERVICE_EVENT_TEXT_DETAIL, buf, sizeof buf, &need, NULL));
    CHECK(strcmp(buf, "{\"n\":1}") == 0);
    CHECK_STATUS(tiro_service_event_copy(event, 9, buf, sizeof buf, &need, NULL), TIRO_E_ARGUMENT);
    CHECK_OK(tiro_service_event_recording(event, &recording, NULL));
    CHECK(tiro_recording_status(recording) == TIRO_STATUS_READY);
    tiro_recording_free(recording);
    tiro_service_event_free(event);

    CHECK_OK(tiro_op_take_event(op, -1, &event, NULL));
    recording = (void *)&op;
    CHECK_STATUS(tiro_service_event_recording(event, &recording, NULL), TIRO_PENDING);
    CHECK(recording == NULL);
    CHECK(kind_of(event) == TIRO_SERVICE_EVENT_EXPORT_COMPLETED);

    CHECK_OK(tiro_op_take_event(op, -1, &event, NULL));
    CHECK(tiro_service_event_recording_id(event, NULL)[0] == '\0');
    CHECK(tiro_service_event_detail(event, NULL)[0] == '\0');
    CHECK(kind_of(event) == TIRO_SERVICE_EVENT_LIST_CHANGED);

    CHECK_STATUS(tiro_op_take_event(op, 0, &event, NULL), TIRO_PENDING);
    CHECK_STATUS(tiro_op_take_event(op, 20, &event, NULL), TIRO_PENDING);
    CHECK(event == NULL);
    CHECK_OK(tiro_op_cancel(op, NULL));
    CHECK_STATUS(tiro_op_take_event(op, -1, &event, NULL), TIRO_E_CANCELLED);
    tiro_op_free(op);
    tiro_client_free(client);
}

static void a_queue_tells_of_events(void)
{
    tiro_client *client = scripted("{\"events\": [" CHANGE ", " LATER ", " GONE "]}");
    tiro_queue *queue = NULL;
    CHECK_OK(tiro_queue_new(&queue, NULL));
    tiro_op *op = listen_to(client);
    CHECK_OK(tiro_op_attach(op, queue, &queue, NULL));
    int taken = 0;
    for (int32_t kind = 0; kind != TIRO_EVENT_DONE;) {
        tiro_op *told = NULL;
        void *tag = NULL;
        tiro_status status = TIRO_OK;
        CHECK_OK(tiro_queue_next(queue, -1, &kind, &told, &tag, &status, NULL));
        CHECK(told == op && tag == &queue);
        CHECK(kind == TIRO_EVENT_SERVICE || kind == TIRO_EVENT_DONE);
        CHECK((status == TIRO_E_ACCOUNT_DELETED) == (kind == TIRO_EVENT_DONE));
        tiro_service_event *event = NULL;
        while (tiro_op_take_event(op, 0, &event, NULL) == TIRO_OK) {
            static const int32_t kinds[] = {TIRO_SERVICE_EVENT_RECORDING_CHANGED, TIRO_SERVICE_EVENT_LIST_CHANGED,
                                            TIRO_SERVICE_EVENT_ACCOUNT_DELETED};
            CHECK(taken < 3 && kind_of(event) == kinds[taken]);
            taken++;
        }
    }
    CHECK(taken == 3);
    tiro_service_event *event = NULL;
    tiro_error *err = NULL;
    CHECK_STATUS(tiro_op_take_event(op, -1, &event, &err), TIRO_E_ACCOUNT_DELETED);
    CHECK(tiro_error_code(err) == TIRO_E_ACCOUNT_DELETED);
    tiro_error_free(err);
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_ACCOUNT_DELETED);
    tiro_queue_free(queue);
    tiro_client_free(client);
}

static void no_events_where_there_are_none(void)
{
    tiro_client *client = scripted("{\"errors\": {\"events\": {\"code\": \"TIRO_E_UNSUPPORTED\"}}}");
    tiro_op *op = listen_to(client);
    tiro_service_event *event = NULL;
    CHECK_STATUS(tiro_op_take_event(op, -1, &event, NULL), TIRO_E_UNSUPPORTED);
    CHECK_STATUS(tiro_op_join(op, -1, NULL), TIRO_E_UNSUPPORTED);
    op = upload(client);
    CHECK_OK(tiro_op_wait(op, -1, NULL));
    CHECK_STATUS(tiro_op_take_event(op, -1, &event, NULL), TIRO_E_CANCELLED);
    tiro_op_free(op);
    tiro_client_free(client);
}

static tiro_op *silent;
static atomic_int asked;

static void take_in_callback(void *data, tiro_op *op, tiro_status status)
{
    (void)data, (void)op, (void)status;
    tiro_service_event *event = NULL;
    CHECK_STATUS(tiro_op_take_event(silent, -1, &event, NULL), TIRO_E_DEADLOCK);
    CHECK_STATUS(tiro_op_take_event(silent, 0, &event, NULL), TIRO_PENDING);
    atomic_store(&asked, 1);
}

static void a_wait_in_a_callback_is_refused(void)
{
    tiro_client *client = scripted("{\"events\": [{\"kind\": \"list_changed\", \"after_ms\": 600000}]}");
    silent = listen_to(client);
    tiro_op *op = upload(client);
    CHECK_OK(tiro_op_on_done(op, take_in_callback, NULL, NULL, NULL));
    WAIT_UNTIL(atomic_load(&asked) == 1);
    tiro_op_free(op);
    tiro_op_free(silent);
    tiro_client_free(client);
}

/* Freed while another thread waits: that one is told. */
static atomic_int waiting;

static void *wait_for_an_event(void *op)
{
    tiro_service_event *event = NULL;
    tell_thread(&waiting);
    CHECK_STATUS(tiro_op_take_event(op, -1, &event, NULL), TIRO_E_CANCELLED);
    return NULL;
}

static void freed_while_somebody_waits(void)
{
    tiro_client *client = scripted(NULL);
    tiro_op *op = listen_to(client);
    pthread_t thread = start_thread(wait_for_an_event, op);
    until_it_waits(&waiting);
    tiro_op_free(op);
    end_thread(thread);
    tiro_client_free(client);
}

int main(void)
{
    RUN(events_are_waited_for);
    RUN(a_queue_tells_of_events);
    RUN(no_events_where_there_are_none);
    RUN(a_wait_in_a_callback_is_refused);
    RUN(freed_while_somebody_waits);
    return 0;
}

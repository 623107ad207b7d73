/*
 * What the programs about TranscribeMe share. The sandbox is what TIRO_API_BASE_URL and TIRO_AUTH_BASE_URL name.
 */
#ifndef TRANSCRIBEME_H
#define TRANSCRIBEME_H

#include "check.h"

/* A new application token ends the one before. */
static char application_token[256] = "demo-application-token";

/* Options of keys and values in turn, up to NULL. */
static inline tiro_options *options_of(const char *const *pairs)
{
    tiro_options *options = tiro_options_new();
    for (; pairs != NULL && *pairs != NULL; pairs += 2)
        CHECK_OK(tiro_options_set(options, pairs[0], pairs[1], NULL));
    return options;
}

static inline tiro_client *client_with(const char *const *pairs)
{
    tiro_error *err = NULL;
    tiro_client *client = NULL;
    tiro_options *options = options_of(pairs);
    DONE(tiro_options_load_environment(options, &err));
    DONE(tiro_options_set(options, TIRO_OPT_SERVICE, "transcribeme", &err));
    DONE(tiro_client_new(options, &client, &err));
    tiro_options_free(options);
    return client;
}

static inline tiro_client *by_application_token(void)
{
    const char *const pairs[] = {TIRO_OPT_APPLICATION_TOKEN, application_token, NULL};
    return client_with(pairs);
}

static inline void sign_in(tiro_client *client)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    DONE(tiro_client_sign_in(client, NULL, &op, &err));
    DONE(tiro_op_join(op, 30000, &err));
}

/* The text of a document that an operation results in, which has to hold a word. */
static inline void check_document(tiro_op *op, const char *holds)
{
    tiro_error *err = NULL;
    tiro_document *document = NULL;
    DONE(tiro_op_join_document(op, 30000, &document, &err));
    if (strstr(tiro_document_text(document, NULL), holds) == NULL)
        check_failed(holds, 0, tiro_document_text(document, NULL));
    tiro_document_free(document);
}

#endif

